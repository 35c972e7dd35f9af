//! The embedded encodings: which vocabulary, special tokens, normalizer and split belong to a name.
//!
//! The table is `vocab/encodings.tsv`, whose first lines say what its columns are; the vocabularies are made into tables by
//! the build script (`vocab/build.rs`), and their origin and licences are in `vocab/README.md`.

use std::borrow::Cow;

use super::specials::List;
use crate::definition::{Definition, Frame};
use crate::error::{Error, ErrorKind};
use crate::normalize::{Normalizer, NormalizerStep};
use crate::pretokenize::{Split, pattern};
use crate::special::SpecialTokens;
use crate::token::TokenId;
use crate::tokenizer::Tokenizer;
use crate::vocabulary::{Ids, Rules, Vocabulary};

/// The encoding that is used when none is named: that of GPT-4o and all later OpenAI models.
pub const DEFAULT_ENCODING: &str = "o200k_base";

/// The table, compiled in.
const TABLE: &str = include_str!(concat!(env!("OUT_DIR"), "/encodings.tsv"));

const COLUMNS: usize = 12;

/// An embedded encoding: a row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Encoding {
    /// The name, for example `o200k_base`.
    pub name: &'static str,
    /// The licence of the vocabulary.
    pub licence: &'static str,
    /// The class of the licence, by which vocabularies are built in or left out: the cargo feature `licence-CLASS`, or
    /// `openai` for those that always are.
    pub class: &'static str,
    /// The name of the file that it was made from.
    pub file: &'static str,
    /// The SHA-256 of that file, in hexadecimal.
    pub sha256: &'static str,
    /// Where the file was found.
    pub origin: &'static str,
    pack: &'static str,
    specials: &'static str,
    split: &'static str,
    normalizer: &'static str,
    before: &'static str,
    decoding: &'static str,
}

impl Encoding {
    fn parse(line: &'static str) -> Option<Encoding> {
        let mut cells = [""; COLUMNS];
        let mut found = line.split('\t');
        for cell in &mut cells {
            *cell = found.next()?;
        }
        let [name, pack, specials, split, normalizer, before, decoding, class, licence, file, sha256, origin] =
            cells;
        let is_whole = found.next().is_none();
        is_whole.then_some(Encoding {
            name,
            licence,
            class,
            file,
            sha256,
            origin,
            pack,
            specials,
            split,
            normalizer,
            before,
            decoding,
        })
    }

    /// Whether the vocabulary is built in.
    pub fn is_built_in(&self) -> bool {
        packs::pack(self.pack).is_some()
    }

    /// How many bytes of tables are built in for it. Encodings with the same ranks share them.
    pub fn built_in_bytes(&self) -> Option<usize> {
        packs::pack(self.pack).map(|pack| pack.images.iter().map(|image| image.len()).sum())
    }

    /// All that makes the tokenizer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownEncoding`] if the vocabulary was left out when this library was built.
    pub fn definition(&self) -> Result<Definition, Error> {
        let Some(pack) = packs::pack(self.pack) else {
            let message = format!("the vocabulary of {} is not built in", self.name);
            let hint = format!("build with the cargo feature licence-{}", self.class);
            return Err(Error::new(ErrorKind::UnknownEncoding, message).with_hint(hint));
        };
        let specials = packs::specials(self.specials).map(List::tokens).unwrap_or_default();
        Ok(Definition {
            name: self.name.to_owned(),
            vocabulary: pack.vocabulary()?,
            // A test holds that all lists can be read, and have no errors.
            specials: SpecialTokens::checked(specials),
            normalizer: self.normalizer()?,
            split: self.split()?,
            frame: Frame {
                before: self.before.split(',').filter_map(|id| id.parse().ok()).collect(),
                after: vec![],
            },
            strips_first_space: self.decoding.contains("strip"),
            hides_control: self.decoding.contains("hide"),
        })
    }

    fn split(&self) -> Result<Split, Error> {
        Ok(Split::Pattern(String::from(match self.split {
            "gpt2" => pattern::GPT2,
            "cl100k" => pattern::CL100K,
            "o200k" => pattern::O200K,
            "llama3" => pattern::LLAMA3,
            "qwen2" => pattern::QWEN2,
            "qwen3.5" => pattern::QWEN35,
            "tekken" => pattern::TEKKEN,
            "kimi-k2" => pattern::KIMI_K2,
            "deepseek" => return Ok(Split::Patterns(pattern::DEEPSEEK.map(String::from).to_vec())),
            "whole" => return Ok(Split::Whole),
            other => return Err(self.unknown_cell("split", other)),
        })))
    }

    fn normalizer(&self) -> Result<Normalizer, Error> {
        let sign = || NormalizerStep::Replace { from: "\u{2581}".to_owned(), to: " ".to_owned() };
        Ok(Normalizer::new(match self.normalizer {
            "-" => vec![],
            "nfc" => vec![NormalizerStep::Nfc],
            "nfkc" => vec![NormalizerStep::Nfkc],
            "space-sign" => vec![sign()],
            "sentencepiece" => vec![NormalizerStep::ReplaceInvalid, sign()],
            "sentencepiece-prefix" => {
                vec![NormalizerStep::ReplaceInvalid, sign(), NormalizerStep::Prepend(" ".to_owned())]
            }
            other => return Err(self.unknown_cell("normalizer", other)),
        }))
    }

    fn unknown_cell(&self, column: &str, cell: &str) -> Error {
        Error::new(ErrorKind::UnknownEncoding, format!("the {column} {cell:?} of {} is not known", self.name))
    }
}

/// An embedded vocabulary: its tables made by the build script, and the ids of its ranks.
struct Pack {
    images: [&'static [u8]; 4],
    ids: &'static [(TokenId, u32)],
    rules: Rules,
}

impl Pack {
    fn vocabulary(&self) -> Result<Vocabulary, Error> {
        let ids = Ids::new(Cow::Borrowed(self.ids));
        Vocabulary::from_images(self.images.map(Cow::Borrowed), ids, self.rules, None)
    }
}

/// The packs and lists of special tokens, as the build script found them in `vocab/`.
mod packs {
    use super::{List, Pack, Rules};
    use crate::token::Unit;
    use crate::vocabulary::KnownBorders;

    include!(concat!(env!("OUT_DIR"), "/packs.rs"));
}

/// The embedded encodings, sorted by name; also those that were left out when this library was built.
pub fn encodings() -> impl Iterator<Item = Encoding> {
    // A test holds that every row can be read.
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(Encoding::parse)
}

/// The names of the embedded encodings that are built in, sorted.
pub fn encoding_names() -> impl Iterator<Item = &'static str> {
    encodings().filter(Encoding::is_built_in).map(|encoding| encoding.name)
}

/// The embedded encoding with this name.
///
/// # Errors
///
/// [`ErrorKind::UnknownEncoding`] if none has it.
pub fn find(name: &str) -> Result<Encoding, Error> {
    encodings().find(|encoding| encoding.name == name).ok_or_else(|| unknown(name))
}

/// The tokenizer of an embedded encoding. Cheap: nothing is unpacked or parsed but the special tokens.
///
/// # Errors
///
/// [`ErrorKind::UnknownEncoding`] if no embedded encoding has this name, or if its vocabulary was left out when this library
/// was built.
///
/// ```
/// let tokenizer = bytepair::encoding("o200k_base")?;
/// assert_eq!(tokenizer.encode("Hello world")?, [13225, 2375]);
/// # Ok::<(), bytepair::Error>(())
/// ```
pub fn encoding(name: &str) -> Result<Tokenizer, Error> {
    Tokenizer::new(definition(name)?)
}

/// The definition of an embedded encoding.
///
/// # Errors
///
/// As [`encoding`].
pub fn definition(name: &str) -> Result<Definition, Error> {
    find(name)?.definition()
}

fn unknown(name: &str) -> Error {
    let names: Vec<&str> = encoding_names().collect();
    // Also the first part of a name, as many write it: cl100k, o200k.
    let is_begun = |known: &str| name.len() >= 3 && known.starts_with(name);
    let near = encoding_names().filter(|known| is_begun(known) || super::names::distance(name, known) <= 3);
    let model = super::models::models().find(|model| model.is_called(name));
    if let Some(own) = model.and_then(|model| model.encoding) {
        let message = format!("unknown encoding {name:?}");
        return Error::new(ErrorKind::UnknownEncoding, message)
            .with_hint(format!("{name} is a model (--model), its encoding is {own}"));
    }
    let hint = match near.min_by_key(|known| super::names::distance(name, known)) {
        Some(near) => format!("did you mean {near}? The encodings are {}", names.join(", ")),
        None => format!("the encodings are {}", names.join(", ")),
    };
    Error::new(ErrorKind::UnknownEncoding, format!("unknown encoding {name:?}")).with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_can_be_read_is_sorted_and_makes_a_tokenizer() {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
        assert_eq!(rows.count(), encodings().count());
        let names: Vec<&str> = encodings().map(|encoding| encoding.name).collect();
        assert!(names.is_sorted());
        for encoding in encodings().filter(Encoding::is_built_in) {
            let definition = encoding.definition().expect("an embedded encoding");
            let specials = packs::specials(encoding.specials).expect("a list");
            assert_eq!(definition.specials.tokens().len(), specials.count(), "{}", encoding.name);
            assert!(SpecialTokens::new(definition.specials.tokens().to_vec()).is_ok(), "{}", encoding.name);
            assert_eq!(Tokenizer::new(definition).expect("an embedded encoding").name(), encoding.name);
            assert!(encoding.sha256.len() == 64 && !encoding.origin.is_empty());
        }
    }

    #[test]
    fn harmony_has_the_names_and_ids_of_tiktoken() {
        let specials = definition("o200k_harmony").expect("always built in").specials;
        assert_eq!(specials.iter().len(), 1_091);
        assert_eq!(specials.name(200_018), Some("<|endofprompt|>"));
        assert_eq!(specials.id("<|reserved_200018|>"), Some(200_018));
        assert_eq!(specials.id("<|reserved_201087|>"), Some(201_087));
        assert_eq!(specials.id("<|reserved_200002|>"), None);
    }
}
