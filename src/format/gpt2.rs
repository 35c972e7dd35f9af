//! GPT-2's pair of files: `vocab.json` (names and ids, also called `encoder.json`) and `merges.txt` (also called
//! `vocab.bpe`), read and written.
//!
//! Names are in the byte alphabet. The files hold no pattern: GPT-2's belongs to them. Source: GPT-2's `encoder.py`,
//! and Hugging Face's `GPT2Tokenizer` for lines that it passes over.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::merge_model::{self, Merge, Source};
use super::parts::Parts;
use super::written::Written;
use super::{Text, invalid, json_error, json_text, show, without_byte_order_mark};
use crate::definition::{Definition, Frame};
use crate::error::Error;
use crate::normalize::Normalizer;
use crate::pretokenize::{Split, pattern};
use crate::special::SpecialToken;
use crate::token::TokenId;
use crate::token::Unit;

/// Reads `vocab.json` and `merges.txt` under a name of their own. Names that are neither a byte nor made by a merge
/// (such as `<|endoftext|>`) are special tokens.
///
/// # Errors
///
/// [`crate::ErrorKind::InvalidVocabulary`] if the first is not an object of names and ids, if a line of the second is not
/// two names of the first that make a third, or if the files contradict themselves.
pub fn read(vocab: &[u8], merges: &[u8], name: &str) -> Result<Definition, Error> {
    parse(vocab, merges)?.into_definition(name)
}

/// What the files say.
pub(crate) fn parse(vocab: &[u8], merges: &[u8]) -> Result<Parts, Error> {
    let vocab: Names<'_> = serde_json::from_slice(without_byte_order_mark(vocab))
        .map_err(|error| json_error("vocab.json", error))?;
    let merges = std::str::from_utf8(merges).map_err(|_| invalid("merges.txt is not UTF-8"))?;
    let merges = merge_lines(merges)?;
    let made: HashSet<String> = merges.iter().map(|(left, right)| format!("{left}{right}")).collect();
    let is_special = |name: &str| name.chars().nth(1).is_some() && !made.contains(name);
    let mut specials: Vec<(TokenId, &str)> =
        vocab.0.iter().map(|(name, id)| (*id, name.as_ref())).filter(|(_, name)| is_special(name)).collect();
    specials.sort_unstable();
    let source = Source {
        tokens: vocab.0.iter().map(|(name, id)| (Cow::Borrowed(name.as_ref()), *id)).collect(),
        merges: merges.iter().map(|(left, right)| Merge::Pair((*left).into(), (*right).into())).collect(),
        unit: Unit::Byte,
        has_space_sign: false,
        byte_fallback: false,
        unknown: None,
        whole_pieces: false,
        added: specials.iter().map(|(_, name)| *name).collect(),
    };
    Ok(Parts {
        model: merge_model::build(&source)?,
        specials: specials.iter().map(|(id, name)| SpecialToken::control(*name, *id)).collect(),
        normalizer: Normalizer::default(),
        split: Split::Pattern(pattern::GPT2.into()),
        frame: Frame::default(),
        strips_first_space: false,
        hides_control: false,
    })
}

/// The two parts of every line.
fn merge_lines(merges: &str) -> Result<Vec<(&str, &str)>, Error> {
    let mut parts = Vec::new();
    for (number, line) in merges.lines().enumerate() {
        if line.is_empty() || line.starts_with("#version") {
            continue;
        }
        let cut = line
            .split_once(' ')
            .filter(|(left, right)| !left.is_empty() && !right.is_empty() && !right.contains(' '));
        let cut = cut.ok_or_else(|| {
            let line = show(line);
            invalid(format!(
                "merges.txt, line {}: {line} is not two tokens with a space between them",
                number + 1
            ))
        })?;
        parts.push(cut);
    }
    if parts.is_empty() { Err(invalid("merges.txt holds no merges")) } else { Ok(parts) }
}

/// `vocab.json` and `merges.txt` as [`write()`] makes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The bytes of `vocab.json`.
    pub vocab: Vec<u8>,
    /// The bytes of `merges.txt`.
    pub merges: Vec<u8>,
}

/// Writes `vocab.json` and `merges.txt`.
///
/// # Errors
///
/// [`crate::ErrorKind::InvalidVocabulary`], naming the reason, if the files cannot hold the definition: another pattern
/// than GPT-2's, a normalizer, a vocabulary that is not of bytes, tokens that no merge comes to, special tokens whose
/// names would be taken for bytes.
pub fn write(definition: &Definition) -> Result<Files, Error> {
    let refuse =
        |what: String| invalid(format!("vocab.json and merges.txt cannot hold this vocabulary: {what}"));
    let is_gpt2 = match &definition.split {
        Split::Pattern(text) => pattern::KnownPattern::from_text(text) == Some(pattern::KnownPattern::Gpt2),
        _ => false,
    };
    if !is_gpt2 {
        return Err(refuse("they hold no pattern, and this one is not GPT-2's".into()));
    }
    if !definition.normalizer.steps().is_empty() {
        return Err(refuse("they hold no normalizer".into()));
    }
    let written = Written::new(&definition.vocabulary).map_err(&refuse)?;
    if written.has_unreachable {
        return Err(refuse("it has tokens that no merge comes to".into()));
    }
    let mut names: BTreeMap<TokenId, Cow<'_, str>> =
        written.names.into_iter().map(|(id, name)| (id, name.into())).collect();
    let mut known: HashSet<String> = names.values().map(|name| name.to_string()).collect();
    for token in definition.specials.tokens() {
        let is_odd = !token.is_control
            || token.in_normalized
            || token.single_word
            || token.strips_left
            || token.strips_right;
        if is_odd || names.contains_key(&token.id) || !known.insert(token.name.clone()) {
            return Err(refuse(format!("they have no place for the special token {}", show(&token.name))));
        }
        names.insert(token.id, Cow::Borrowed(&token.name));
    }
    let mut vocab = b"{".to_vec();
    for (place, (id, name)) in names.iter().enumerate() {
        vocab.extend_from_slice(if place == 0 { b"" } else { b", " });
        vocab.extend(json_text(name).into_bytes());
        vocab.extend(format!(": {id}").into_bytes());
    }
    vocab.extend_from_slice(b"}");
    let mut lines = String::from("#version: 0.2\n");
    for (left, right) in &written.merges {
        lines.extend([left, " ", right, "\n"]);
    }
    Ok(Files { vocab, merges: lines.into_bytes() })
}

/// Names and ids, in the order of the file.
struct Names<'f>(Vec<(Text<'f>, TokenId)>);

impl<'de: 'f, 'f> Deserialize<'de> for Names<'f> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Names<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of tokens and their ids")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names<'de>, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = map.next_entry()? {
                    names.push(name);
                }
                Ok(Names(names))
            }
        }
        deserializer.deserialize_map(All)
    }
}
