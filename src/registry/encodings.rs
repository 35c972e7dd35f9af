//! The embedded encodings: which vocabulary, pattern and special tokens belong to a name.
//!
//! Facts from tiktoken 0.14, `openai_public.py`; the vocabularies and their origin are in `vocab/`.

use std::borrow::Cow;

use crate::definition::Definition;
use crate::error::{Error, ErrorKind};
use crate::pretokenize::pattern;
use crate::special::{SpecialToken, SpecialTokens};
use crate::token::TokenId;
use crate::tokenizer::Tokenizer;
use crate::vocabulary::{Ids, Rules, Vocabulary};

/// The encoding that is used when none is named: that of GPT-4o and all later OpenAI models.
pub const DEFAULT_ENCODING: &str = "o200k_base";

/// An embedded encoding, as data in the executable.
struct Embedded {
    name: &'static str,
    pack: &'static Pack,
    pattern: &'static str,
    specials: fn() -> Vec<SpecialToken>,
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

/// The packs, as the build script found them in `vocab/`.
mod packs {
    use super::{Pack, Rules};
    use crate::token::Unit;
    use crate::vocabulary::KnownBorders;

    include!(concat!(env!("OUT_DIR"), "/packs.rs"));
}

static EMBEDDED: [Embedded; 7] = [
    Embedded {
        name: "cl100k_base",
        pack: &packs::CL100K_BASE,
        pattern: pattern::CL100K,
        specials: cl100k_specials,
    },
    Embedded { name: "gpt2", pack: &packs::R50K_BASE, pattern: pattern::GPT2, specials: gpt2_specials },
    Embedded {
        name: "o200k_base",
        pack: &packs::O200K_BASE,
        pattern: pattern::O200K,
        specials: o200k_specials,
    },
    Embedded {
        name: "o200k_harmony",
        pack: &packs::O200K_BASE,
        pattern: pattern::O200K,
        specials: harmony_specials,
    },
    Embedded { name: "p50k_base", pack: &packs::P50K_BASE, pattern: pattern::GPT2, specials: gpt2_specials },
    Embedded {
        name: "p50k_edit",
        pack: &packs::P50K_BASE,
        pattern: pattern::GPT2,
        specials: p50k_edit_specials,
    },
    Embedded { name: "r50k_base", pack: &packs::R50K_BASE, pattern: pattern::GPT2, specials: gpt2_specials },
];

/// The names of the embedded encodings, sorted.
pub fn encoding_names() -> impl ExactSizeIterator<Item = &'static str> {
    EMBEDDED.iter().map(|embedded| embedded.name)
}

/// The tokenizer of an embedded encoding. Cheap: nothing is unpacked or parsed.
///
/// # Errors
///
/// [`ErrorKind::UnknownEncoding`] if no embedded encoding has this name.
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
    let embedded = EMBEDDED.iter().find(|embedded| embedded.name == name).ok_or_else(|| unknown(name))?;
    let specials = SpecialTokens::new((embedded.specials)())?;
    Ok(Definition {
        specials,
        ..Definition::new(embedded.name, embedded.pack.vocabulary()?, embedded.pattern)
    })
}

fn unknown(name: &str) -> Error {
    let names: Vec<&str> = encoding_names().collect();
    let near = encoding_names().filter(|known| super::names::distance(name, known) <= 3);
    let hint = match near.min_by_key(|known| super::names::distance(name, known)) {
        Some(near) => format!("did you mean {near}? The encodings are {}", names.join(", ")),
        None => format!("the encodings are {}", names.join(", ")),
    };
    Error::new(ErrorKind::UnknownEncoding, format!("unknown encoding {name:?}")).with_hint(hint)
}

fn owned(tokens: &[(&str, TokenId)]) -> Vec<SpecialToken> {
    tokens.iter().map(|(name, id)| SpecialToken::control(*name, *id)).collect()
}

fn gpt2_specials() -> Vec<SpecialToken> {
    owned(&[("<|endoftext|>", 50_256)])
}

fn p50k_edit_specials() -> Vec<SpecialToken> {
    owned(&[
        ("<|endoftext|>", 50_256),
        ("<|fim_prefix|>", 50_281),
        ("<|fim_middle|>", 50_282),
        ("<|fim_suffix|>", 50_283),
    ])
}

fn cl100k_specials() -> Vec<SpecialToken> {
    owned(&[
        ("<|endoftext|>", 100_257),
        ("<|fim_prefix|>", 100_258),
        ("<|fim_middle|>", 100_259),
        ("<|fim_suffix|>", 100_260),
        ("<|endofprompt|>", 100_276),
    ])
}

fn o200k_specials() -> Vec<SpecialToken> {
    owned(&[("<|endoftext|>", 199_999), ("<|endofprompt|>", 200_018)])
}

/// Besides the named ones, `<|reserved_N|>` for all other ids from 200000 to 201087. The id 200018 has both
/// names, and decodes to the first.
fn harmony_specials() -> Vec<SpecialToken> {
    let mut tokens = owned(&[
        ("<|startoftext|>", 199_998),
        ("<|endoftext|>", 199_999),
        ("<|return|>", 200_002),
        ("<|constrain|>", 200_003),
        ("<|channel|>", 200_005),
        ("<|start|>", 200_006),
        ("<|end|>", 200_007),
        ("<|message|>", 200_008),
        ("<|call|>", 200_012),
        ("<|endofprompt|>", 200_018),
    ]);
    let named = [200_002, 200_003, 200_005, 200_006, 200_007, 200_008, 200_012];
    let reserved = (200_000..=201_087).filter(|id| !named.contains(id));
    tokens.extend(reserved.map(|id| SpecialToken::control(format!("<|reserved_{id}|>"), id)));
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_each_makes_a_tokenizer() {
        let names: Vec<&str> = encoding_names().collect();
        assert!(names.is_sorted());
        for name in names {
            assert_eq!(encoding(name).expect("an embedded encoding").name(), name);
        }
    }

    #[test]
    fn harmony_has_the_names_and_ids_of_tiktoken() {
        let specials = SpecialTokens::new(harmony_specials()).expect("distinct names");
        assert_eq!(specials.iter().len(), 1_091);
        assert_eq!(specials.name(200_018), Some("<|endofprompt|>"));
        assert_eq!(specials.id("<|reserved_200018|>"), Some(200_018));
        assert_eq!(specials.id("<|reserved_201087|>"), Some(201_087));
        assert_eq!(specials.id("<|reserved_200002|>"), None);
    }
}
