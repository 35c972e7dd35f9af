//! What was typed: commands and flags, as clap reads them. What they mean is left to `plan`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::LazyLock;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::messages::{self, Messages};

/// More threads than any machine has use for; each holds some blocks of text.
pub(crate) const MOST_THREADS: i64 = 256;

const EXAMPLES: &str = "\
Examples:
  tokenize prompt.md                        tokens, words and share of the context window
  git diff | tokenize -q                    only the number
  tokenize src --top 10 -m gpt-5            the ten largest files of a folder
  tokenize docs --by ext --json             for programs
  tokenize encode prompt.md                 token ids
  echo 13225 2375 | tokenize decode         text again
  tokenize --vocab tokenizer.json prompt.md tokens of any model whose vocabulary file you have
  tokenize vocab llama3                     all about a vocabulary";

/// Counts tokens exactly, offline; turns text into token ids and back.
#[derive(Debug, Parser)]
#[command(
    name = "tokenize",
    version,
    long_version = long_version(),
    args_conflicts_with_subcommands = true,
    before_long_help = EXAMPLES,
    after_help = "A file named like a command: ./count, or after --. \
                  Exit status: 0 done, 1 a conversion was refused, 2 wrong usage or something failed."
)]
pub(crate) struct Cli {
    /// The command; without one, `count`.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// The arguments of `count`, which may be left out.
    #[command(flatten)]
    pub(crate) count: CountArgs,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Count tokens of files, folders or standard input (what happens if no command is named).
    Count(CountArgs),
    /// Turn text into token ids.
    Encode(EncodeArgs),
    /// Turn token ids into text.
    Decode(DecodeArgs),
    /// List the encodings.
    Encodings(ListArgs),
    /// List the built-in vocabularies with licence and origin, or tell all about one or about a file.
    Vocab(VocabArgs),
    /// Write a vocabulary in another format, after a check that it gives the same ids.
    Convert(ConvertArgs),
    /// List the models and their context windows, or tell all about one.
    Models(ModelsArgs),
}

/// `tokenize count`.
#[derive(Debug, Args)]
pub(crate) struct CountArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) vocabulary: VocabularyArgs,
    /// What a word is: a run between white space, or a word after Unicode Standard Annex 29 [default: white].
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "Output")]
    pub(crate) words: Option<Words>,
    #[command(flatten)]
    pub(crate) format: CountFormat,
    /// Add a column with characters (Unicode scalar values).
    #[arg(long, help_heading = "Output")]
    pub(crate) chars: bool,
    /// Add a column with lines (line feeds).
    #[arg(long, help_heading = "Output")]
    pub(crate) lines: bool,
    /// Sort rows: numbers from the largest, paths from the first. `none` is the order of the command line,
    /// folders by path [default: none].
    #[arg(long, value_enum, value_name = "KEY", help_heading = "Output")]
    pub(crate) sort: Option<Sort>,
    /// Turn the order of the rows round.
    #[arg(long, help_heading = "Output")]
    pub(crate) reverse: bool,
    /// Show only the N rows with the most tokens, or the first N after --sort. The total covers all files.
    #[arg(long, value_name = "N", help_heading = "Output")]
    pub(crate) top: Option<usize>,
    /// One row for each file, for the files of each folder, or for those with the same extension.
    #[arg(long, value_enum, value_name = "WHAT", default_value = "file", help_heading = "Output")]
    pub(crate) by: By,
    /// How many threads to use [default: as many as there are processors]. The answer is always the same.
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// The forms in which counts can be written.
#[derive(Clone, Copy, Debug, Args)]
#[group(multiple = false)]
pub(crate) struct CountFormat {
    /// Write one JSON document.
    ///
    /// Keys: schema_version, model, encoding, window, exactness, words, by, files, omitted, total. Each file:
    /// path (and path_bytes, an array, if it is not UTF-8), files, tokens, words, words_per_token,
    /// tokens_per_word, bytes, chars, lines, bytes_per_token, window_share; null is unknown or meaningless.
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
    /// Write one JSON object a line: the files, then one with "total": true.
    #[arg(long, help_heading = "Output")]
    pub(crate) jsonl: bool,
    /// Write CSV (RFC 4180) with a header and without a total.
    #[arg(long, help_heading = "Output")]
    pub(crate) csv: bool,
}

/// `tokenize encode`.
#[derive(Debug, Args)]
pub(crate) struct EncodeArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) vocabulary: VocabularyArgs,
    /// Write one JSON object a token: id, bytes, start, end.
    ///
    /// `bytes` is a string if the bytes of the token are valid UTF-8; else `bytes_hex` stands in its place.
    /// `start` and `end` are byte offsets in the file's text, of UTF-16 in its text as UTF-8. They begin anew
    /// for each input.
    #[arg(long, help_heading = "Output")]
    pub(crate) jsonl: bool,
    /// Write to FILE, whole or not at all; - is standard output, where an input that fails leaves the ids of
    /// what came before.
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// `tokenize decode`.
#[derive(Debug, Args)]
pub(crate) struct DecodeArgs {
    /// Token ids; none: from standard input, as numbers separated by white space or commas, as JSON arrays,
    /// or as JSON objects with an "id".
    #[arg(value_name = "ID", allow_negative_numbers = true)]
    pub(crate) ids: Vec<OsString>,
    #[command(flatten)]
    pub(crate) vocabulary: VocabularyArgs,
    /// Write U+FFFD for bytes that are not valid UTF-8, instead of the bytes.
    #[arg(long, help_heading = "Output")]
    pub(crate) lossy: bool,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// `tokenize encodings`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Write one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// `tokenize vocab`.
#[derive(Debug, Args)]
pub(crate) struct VocabArgs {
    /// The encoding, vocabulary file or folder to tell about.
    #[arg(value_name = "NAME|FILE|FOLDER")]
    pub(crate) which: Option<PathBuf>,
    /// Of a file that holds tokens only: the encoding whose pattern, normalizer and special tokens it has.
    #[arg(long, value_name = "ENCODING", requires = "which")]
    pub(crate) like: Option<String>,
    /// List all special tokens, not only the first 20.
    #[arg(long, requires = "which")]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) list: ListArgs,
}

/// `tokenize convert`.
#[derive(Debug, Args)]
pub(crate) struct ConvertArgs {
    /// The vocabulary: a file or folder of any format that --vocab reads, or the name of an encoding.
    #[arg(value_name = "IN")]
    pub(crate) input: PathBuf,
    /// Where to: a file, or a folder for the two files of GPT-2. Written whole or not at all.
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: PathBuf,
    /// The format [default: by the name of OUT: *.tiktoken, *.json, *.pack or a folder].
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) to: Option<Target>,
    /// Of a file that holds tokens only: the encoding whose pattern, normalizer and special tokens it has.
    #[arg(long, value_name = "ENCODING")]
    pub(crate) like: Option<String>,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// `tokenize models`.
#[derive(Debug, Args)]
pub(crate) struct ModelsArgs {
    /// The model to tell about, in any usual spelling.
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) list: ListArgs,
}

/// Which texts to read.
#[derive(Debug, Args)]
pub(crate) struct InputArgs {
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

/// Which vocabulary.
#[derive(Debug, Args)]
pub(crate) struct VocabularyArgs {
    /// The model: gives the encoding and the context window [default: gpt-4o].
    ///
    /// The window is the model's whole context window; where prompt and answer share it, the answer needs
    /// part of it. `tokenize models` lists models.
    #[arg(short, long, value_name = "MODEL", help_heading = "Vocabulary")]
    pub(crate) model: Option<String>,
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
pub(crate) struct CommonArgs {
    /// No warnings and notes; of a count only the total number of tokens.
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Tell which model, encoding and configuration are used.
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Emphasise with colour codes. Honours NO_COLOR, CLICOLOR_FORCE and TERM=dumb.
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
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

/// The formats that vocabularies can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Target {
    /// OpenAI's text file: tokens and ranks only.
    Tiktoken,
    /// Hugging Face's JSON: everything, for byte-level vocabularies.
    #[value(name = "tokenizer.json")]
    TokenizerJson,
    /// vocab.json and merges.txt in a folder.
    Gpt2,
    /// The form in which vocabularies are built in: tokens and merges only.
    Pack,
}

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Words {
    /// A run of characters that are not white space.
    White,
    /// A word after Unicode Standard Annex 29.
    Unicode,
}

/// What rows are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sort {
    /// Most tokens first.
    Tokens,
    /// Most words first.
    Words,
    /// Most bytes first.
    Bytes,
    /// By path.
    Path,
    /// As given.
    None,
}

/// What a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// A file.
    File,
    /// The files of a folder, without those of its subfolders.
    Dir,
    /// The files with one extension.
    Ext,
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

impl Cli {
    /// What every command takes, as it was typed for this one.
    pub(crate) fn common(&self) -> &CommonArgs {
        match &self.command {
            None => &self.count.common,
            Some(Command::Count(args)) => &args.common,
            Some(Command::Encode(args)) => &args.common,
            Some(Command::Decode(args)) => &args.common,
            Some(Command::Encodings(args)) => &args.common,
            Some(Command::Vocab(args)) => &args.list.common,
            Some(Command::Convert(args)) => &args.common,
            Some(Command::Models(args)) => &args.list.common,
        }
    }
}

/// Reads the arguments of this process. Help, version and complaints are printed here.
pub(crate) fn parse() -> Result<Cli, Exit> {
    Cli::try_parse().map_err(|answer| {
        let printed = answer.print().map_err(Failure::from);
        let status = Messages::new(false, false).status(printed);
        if answer.use_stderr() { Exit::Failure } else { status }
    })
}

/// Prints the short help to stderr: of a command, or of the whole.
pub(crate) fn print_usage(command: Option<&str>) {
    let mut whole = Cli::command();
    whole.build();
    let help = match command.and_then(|name| whole.find_subcommand_mut(name)) {
        Some(command) => command.render_help(),
        None => whole.render_help(),
    };
    messages::usage(help.to_string().trim_end());
}

/// Whether a path looks like a command that was not put first.
pub(crate) fn is_command(name: &std::path::Path) -> bool {
    name.to_str().is_some_and(|name| Cli::command().find_subcommand(name).is_some())
}

/// Number of bytes, with a suffix for powers of 1024.
fn size(text: &str) -> Result<u64, String> {
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

/// What `--version` says: a count depends on the vocabularies and on Unicode's tables.
fn long_version() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let encodings: Vec<&str> = bytepair::encoding_names().collect();
        format!(
            "{}\nUnicode {}\nencodings: {}",
            env!("CARGO_PKG_VERSION"),
            bytepair::UNICODE_VERSION,
            encodings.join(", ")
        )
    });
    &TEXT
}
