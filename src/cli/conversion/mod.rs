//! A vocabulary in another format: written, read back, and proven to give the same ids.
//!
//! The formats are the library's; which texts prove it is in `proof`. Where the files go is left to the command.

pub(crate) mod place;
mod proof;

use bytepair::format::{gpt2, pack, tiktoken, tokenizer_json, unpack};
use bytepair::{Definition, Error, Tokenizer, Unit};

use crate::cli::args::Target;
use crate::cli::failure::Problem;

/// The bytes of a file, with its name where several belong together.
pub(crate) type NamedFile = (Option<&'static str>, Vec<u8>);

/// What was written, and is right.
#[derive(Debug)]
pub(crate) struct Conversion {
    /// The files.
    pub(crate) files: Vec<NamedFile>,
    /// What the files do not hold although the ids are the same, in words.
    pub(crate) missing: Vec<String>,
    /// How many texts were compared.
    pub(crate) texts: usize,
}

/// Writes a vocabulary in a format, unless that cannot hold it: the problem says why.
pub(crate) fn convert(source: &Definition, target: Target) -> Result<Conversion, Problem> {
    let files = write(source, target)?;
    let unreadable = |error: Error| {
        Problem::new(format!("{} cannot hold this vocabulary: read back, {error}", title(target)))
    };
    let back = read_back(source, target, &files).map_err(unreadable)?;
    let missing = missing(source, &back, target);
    let before = Tokenizer::new(source.clone())?;
    let after = Tokenizer::new(back).map_err(unreadable)?;
    let texts = proof::compare(&before, &after).map_err(|what| {
        Problem::new(format!("{} cannot hold this vocabulary: read back, {what}", title(target)))
    })?;
    Ok(Conversion { files, missing, texts })
}

/// What the format is called in a sentence.
fn title(target: Target) -> &'static str {
    match target {
        Target::Tiktoken => "a .tiktoken file",
        Target::TokenizerJson => "a tokenizer.json",
        Target::Gpt2 => "vocab.json with merges.txt",
        Target::Pack => "a pack",
    }
}

/// Whether the format holds nothing but tokens and merges.
pub(crate) fn holds_ranks_only(target: Target) -> bool {
    matches!(target, Target::Tiktoken | Target::Pack)
}

/// Writes a vocabulary in a format, or says why that cannot hold it.
pub(crate) fn write(source: &Definition, target: Target) -> Result<Vec<NamedFile>, Problem> {
    let vocabulary = &source.vocabulary;
    let of_bytes = || match vocabulary.unit() {
        Unit::Byte => Ok(()),
        Unit::Character => {
            let what = "merging begins with characters, not bytes";
            let title = title(target);
            Err(Problem::new(match target {
                Target::TokenizerJson => {
                    format!("{title} is written for byte-level vocabularies only: in this one {what}")
                }
                _ => format!("{title} cannot hold this vocabulary: {what}"),
            }))
        }
    };
    if matches!(target, Target::TokenizerJson | Target::Gpt2) {
        of_bytes()?;
    }
    Ok(match target {
        Target::Tiktoken => {
            let file = tiktoken::write(vocabulary)?;
            of_bytes()?;
            vec![(None, file)]
        }
        Target::TokenizerJson => vec![(None, tokenizer_json::write(source)?)],
        Target::Gpt2 => {
            let files = gpt2::write(source)?;
            vec![(Some("vocab.json"), files.vocab), (Some("merges.txt"), files.merges)]
        }
        Target::Pack => {
            if vocabulary.unknown().is_some() {
                let what = "a pack cannot hold this vocabulary: it has a token for what is unknown";
                return Err(Problem::new(what));
            }
            vec![(None, pack(vocabulary)?)]
        }
    })
}

fn read_back(source: &Definition, target: Target, files: &[NamedFile]) -> Result<Definition, Error> {
    let bytes = |place: usize| files.get(place).map(|(_, bytes)| bytes.as_slice()).unwrap_or_default();
    let name = &source.name;
    let vocabulary = match target {
        Target::TokenizerJson => return tokenizer_json::read(bytes(0), name),
        Target::Gpt2 => return gpt2::read(bytes(0), bytes(1), name),
        Target::Tiktoken => tiktoken::read(bytes(0))?,
        Target::Pack => unpack(bytes(0))?,
    };
    // All else is what the reader will be told, such as by --like.
    Ok(Definition { vocabulary, ..source.clone() })
}

/// What is in the source and not in the files.
fn missing(source: &Definition, back: &Definition, target: Target) -> Vec<String> {
    let specials = source.specials.iter().len();
    let specials = (specials > 0).then(|| format!("{specials} special tokens"));
    let has_frame = !source.frame.before.is_empty() || !source.frame.after.is_empty();
    let frame = "which tokens are put around a text";
    let decoding = "what decoding leaves out";
    let leaves_out = source.strips_first_space || source.hides_control;
    let mut missing = Vec::new();
    if holds_ranks_only(target) {
        missing.push("the pattern".to_owned());
        missing.extend(specials);
        missing.extend((!source.normalizer.steps().is_empty()).then(|| "the normalizer".to_owned()));
        missing.extend(has_frame.then(|| frame.to_owned()));
        missing.extend(leaves_out.then(|| decoding.to_owned()));
        return missing;
    }
    let decodes_same =
        (source.strips_first_space, source.hides_control) == (back.strips_first_space, back.hides_control);
    missing.extend((source.frame != back.frame).then(|| frame.to_owned()));
    missing.extend((!decodes_same).then(|| decoding.to_owned()));
    missing
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytepair::registry::encodings::definition;

    fn refusal(name: &str, target: Target) -> String {
        convert(&definition(name).expect("built in"), target).expect_err("it cannot be held").what
    }

    #[test]
    fn what_a_format_cannot_hold_is_refused() {
        for (name, target, words) in [
            ("gemma4", Target::Tiktoken, "does not rise with its merge rank"),
            ("mistral-v3", Target::Tiktoken, "cannot hold this vocabulary"),
            ("gemma3", Target::TokenizerJson, "begins with characters"),
            ("cl100k_base", Target::Gpt2, "this one is not GPT-2's"),
            ("qwen3.5", Target::Tiktoken, "cannot hold this vocabulary: read back, the ids of "),
        ] {
            let what = refusal(name, target);
            assert!(what.contains(words), "{name}: {what}");
        }
    }

    #[test]
    fn what_it_does_not_hold_is_told() {
        let converted = convert(&definition("r50k_base").expect("built in"), Target::Tiktoken);
        let converted = converted.expect("it is of that format");
        assert_eq!(converted.missing, ["the pattern", "1 special tokens"]);
        assert!(converted.texts > 50_000);
        let whole = convert(&definition("gpt2").expect("built in"), Target::Gpt2).expect("GPT-2's own");
        assert!(whole.missing.is_empty() && whole.files.len() == 2);
    }
}
