//! What several commands take: texts, a vocabulary, and how to talk.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Which files to read.
#[derive(Clone, Debug, Args)]
pub(crate) struct PathArgs {
    /// Files, folders, or - for standard input. None: standard input.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Read the paths from FILE (- is standard input), each ended by a NUL.
    #[arg(long, value_name = "FILE", conflicts_with = "paths", help_heading = "Input")]
    pub(crate) files0_from: Option<PathBuf>,
    /// In folders, read binary files too (those with a NUL in their first 8 KiB).
    #[arg(short = 'a', long, help_heading = "Input")]
    pub(crate) text: bool,
    /// In folders, read hidden files too.
    #[arg(long, help_heading = "Input")]
    pub(crate) hidden: bool,
    /// In folders, read what .gitignore, .ignore and the like leave out, too.
    #[arg(long, help_heading = "Input")]
    pub(crate) no_ignore: bool,
    /// In folders, read only files that match GLOB, or with ! in front none that do. Can be repeated.
    #[arg(short, long, value_name = "GLOB", help_heading = "Input")]
    pub(crate) glob: Vec<String>,
    /// In folders, leave out files larger than SIZE bytes (suffixes K, M, G: 1024, ...).
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Input")]
    pub(crate) max_filesize: Option<u64>,
    /// In folders, follow symbolic links.
    #[arg(short = 'L', long, help_heading = "Input")]
    pub(crate) follow: bool,
}

/// Which texts to read, and what belongs to them.
#[derive(Debug, Args)]
pub(crate) struct InputArgs {
    #[command(flatten)]
    pub(crate) files: PathArgs,
    /// What names of special tokens in the text, such as <|endoftext|>, are [default: text].
    ///
    /// Names of control tokens are ordinary text, the special token, or an error. Tokens that are found in
    /// ordinary text as well, such as runs of spaces in some vocabularies, are not looked for with `plain`.
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "Vocabulary", display_order = 100)]
    pub(crate) special: Option<Special>,
    /// Put before each text what the model's own tokenizer puts there: its beginning-of-sequence token.
    #[arg(long, help_heading = "Vocabulary", display_order = 101)]
    pub(crate) bos: bool,
    /// Put after each text what the model's own tokenizer puts there: its end-of-sequence token.
    #[arg(long, help_heading = "Vocabulary", display_order = 102)]
    pub(crate) eos: bool,
}

/// Which text to read, for commands that take one.
#[derive(Debug, Args)]
pub(crate) struct OneInputArgs {
    /// A file, or - for standard input. None: standard input.
    #[arg(value_name = "PATH")]
    pub(crate) path: Option<PathBuf>,
    /// What names of special tokens in the text, such as <|endoftext|>, are [default: text].
    ///
    /// Names of control tokens are ordinary text, the special token, or an error. Tokens that are found in
    /// ordinary text as well, such as runs of spaces in some vocabularies, are not looked for with `plain`.
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "Vocabulary", display_order = 100)]
    pub(crate) special: Option<Special>,
}

/// Which vocabulary.
#[derive(Clone, Debug, Args)]
pub(crate) struct VocabularyArgs {
    /// The model: gives the encoding and the context window [default: gpt-4o].
    ///
    /// The window is the model's whole context window; where prompt and answer share it, the answer needs
    /// part of it. `tokenize models` lists models.
    #[arg(short, long, value_name = "MODEL", help_heading = "Vocabulary")]
    pub(crate) model: Option<String>,
    /// The context window in tokens, in place of the model's: hosts serve models with windows of their own.
    #[arg(long, value_name = "N", value_parser = tokens, help_heading = "Vocabulary")]
    pub(crate) context: Option<u64>,
    /// The encoding, in place of the model's. Without a model there is no window.
    #[arg(short, long, value_name = "ENCODING", help_heading = "Vocabulary")]
    pub(crate) encoding: Option<String>,
    /// A vocabulary file, or a folder that holds one, in place of a built-in encoding.
    ///
    /// tokenizer.json, tekken.json, SentencePiece's .model, GGUF (only its metadata are read), .tiktoken,
    /// claude.json, packs, and in a folder vocab.json with merges.txt. With --model there is a window, too.
    #[arg(long, value_name = "FILE|FOLDER", conflicts_with = "encoding", help_heading = "Vocabulary")]
    pub(crate) vocab: Option<PathBuf>,
    /// Of a vocabulary file that holds tokens only: the encoding whose pattern, normalizer and special
    /// tokens it has [default: the encoding that has the same tokens].
    #[arg(long, value_name = "ENCODING", requires = "vocab", help_heading = "Vocabulary")]
    pub(crate) like: Option<String>,
}

/// What every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "General")]
pub(crate) struct CommonArgs {
    /// No warnings and notes; of a count only the total number of tokens, of an estimate, too.
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Tell which model, encoding and configuration are used.
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Emphasise with colour codes. Honours NO_COLOR, CLICOLOR_FORCE and TERM=dumb.
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    /// A file with models of your own: windows, encodings, prices [default: tokenize/models.toml in the user's
    /// configuration folder].
    #[arg(long, value_name = "FILE")]
    pub(crate) models: Option<PathBuf>,
    /// Read no configuration files.
    ///
    /// Settings come from flags, then TOKENIZE_MODEL, TOKENIZE_ENCODING and TOKENIZE_THREADS, then the first
    /// .tokenize.toml in this folder or above, then tokenize/config.toml in the user's configuration folder.
    /// Keys: model, encoding, special, words, threads. Model and encoding are taken together, from the first
    /// of these places that names either.
    #[arg(long)]
    pub(crate) no_config: bool,
}

/// What names of special tokens in a text are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Special {
    /// Ordinary text.
    Text,
    /// The special token.
    Encode,
    /// An error.
    Forbid,
    /// Ordinary text, also tokens that are found in ordinary text.
    Plain,
}

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Words {
    /// A run of characters that are not white space.
    White,
    /// A word after Unicode Standard Annex 29.
    Unicode,
}

/// When to write colour codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// If standard output is a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Number of bytes, with a suffix for powers of 1024.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        _ => return Err("expected a number of bytes, with K, M or G after it for more".to_owned()),
    };
    let number: u64 = digits.parse().map_err(|_| "expected a number, such as 500K".to_owned())?;
    number.checked_mul(unit).ok_or_else(|| "too large".to_owned())
}

/// Number of tokens: digits with `_` between them, and a suffix for thousands or millions. A fraction has to give a
/// whole number.
pub(crate) fn tokens(text: &str) -> Result<u64, String> {
    let wanted =
        || "expected a number of tokens, such as 500, 1_000, 8k (8,000) or 1M (1,000,000)".to_owned();
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let places = match text[number.len()..].to_ascii_lowercase().as_str() {
        "" => 0,
        "k" => 3,
        "m" => 6,
        _ => return Err(wanted()),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let are_digits = |text: &str| {
        let groups = text.split('_');
        groups.into_iter().all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if !are_digits(whole) || !are_digits(fraction) {
        return Err(wanted());
    }
    let fraction = fraction.replace('_', "");
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > places {
        return Err("is no whole number of tokens".to_owned());
    }
    let digits = format!("{}{fraction}{}", whole.replace('_', ""), "0".repeat(places - fraction.len()));
    digits.parse().map_err(|_| "too large".to_owned())
}

/// A share of a limit, in parts of ten thousand, so that it is compared exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Share(pub(crate) u64);

/// A share: `90%` or `12.5%`. Without the sign, nobody could tell 1 from 1 %.
pub(crate) fn share(text: &str) -> Result<Share, String> {
    let wrong = || format!("{text:?} is no share; expected one such as 90%");
    let digits = text.trim().strip_suffix('%').ok_or_else(wrong)?;
    let hundredths = tokens(&format!("{digits}k")).map_err(|_| wrong())?;
    if digits.contains(|c: char| c != '.' && !c.is_ascii_digit()) || hundredths % 10 != 0 {
        return Err(wrong());
    }
    Ok(Share(hundredths / 10))
}

/// A share of which there cannot be more than all.
pub(crate) fn part(text: &str) -> Result<Share, String> {
    let part = share(text)?;
    if part.0 > 10_000 { Err(format!("{text} is more than all")) } else { Ok(part) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_tokens() {
        let good =
            ["0", "500", "1_000", "8k", "8K", "1M", "1m", "1.5k", "0.25M", "1.0", "12_345.678k", "007"];
        let numbers = [0, 500, 1000, 8000, 8000, 1_000_000, 1_000_000, 1500, 250_000, 1, 12_345_678, 7];
        assert_eq!(good.map(tokens), numbers.map(Ok));
        assert_eq!(tokens("18446744073709551615"), Ok(u64::MAX));
        for text in
            ["", "k", "-1", "+1", " 1", "1 k", "1kk", "1g", "1__0", "_1", "1_", ".5k", "1.", "1e3", "１"]
        {
            assert!(tokens(text).is_err_and(|error| error.starts_with("expected ")), "{text:?}");
        }
        for text in ["1.5", "1.0001k", "0.0000001M"] {
            assert_eq!(tokens(text), Err("is no whole number of tokens".to_owned()), "{text:?}");
        }
        for text in ["18446744073709551616", "18446744073709551615k"] {
            assert_eq!(tokens(text), Err("too large".to_owned()), "{text:?}");
        }
    }

    #[test]
    fn shares() {
        for (text, wanted) in [("90%", 9000), ("12.5%", 1250), ("0%", 0), ("100%", 10_000), ("150%", 15_000)]
        {
            assert_eq!(share(text), Ok(Share(wanted)), "{text}");
        }
        for text in ["", "%", "90", "0.9", "-1%", "0.001%", "9_0%", "9k%", "half"] {
            assert!(share(text).is_err(), "{text}");
        }
    }
}
