//! The tokenizer in a model file of llama.cpp (GGUF). Only the metadata at its beginning is read.
//!
//! ```text
//! metadata   the keys and values, of which the tokenizer's are kept
//! pre        which pattern belongs to the name of a pre-tokenizer
//! ```
//!
//! The ids are those of the model's own tokenizer, where llama.cpp does something else: it keeps texts as they are where
//! the model normalizes them, and rewrites some patterns for its own engine.
//!
//! Source: llama.cpp of 2026, `llama-vocab.cpp`, and `gguf.md` of ggml for the file.

mod metadata;
mod pre;

use std::borrow::Cow;
use std::io::Read;

use super::byte_alphabet;
use super::merge_model::{self, Merge, SPACE_SIGN, Source};
use super::parts::Parts;
use super::sentencepiece::pieces::{self, Kind, Piece, Settings};
use super::{invalid, show};
use crate::definition::{Definition, Frame};
use crate::error::Error;
use crate::normalize::{Normalizer, NormalizerStep};
use crate::pretokenize::Split;
use crate::special::SpecialToken;
use crate::token::TokenId;
use crate::token::Unit;
use metadata::Metadata;

/// Reads the tokenizer of a GGUF file under a name of its own. The bytes need not be the whole file, which can be very
/// big: its beginning is enough, as far as the metadata reach.
///
/// # Errors
///
/// [`crate::ErrorKind::InvalidVocabulary`] if it is no GGUF file of version 2 or 3, if the bytes end within the metadata, if
/// there is no tokenizer or one that is not supported (which is named), and where it contradicts itself.
pub fn read(file: &[u8], name: &str) -> Result<Definition, Error> {
    read_from(file, name)
}

/// As [`read`], from a reader, of which no more is read than the metadata.
///
/// # Errors
///
/// As [`read`], and [`crate::ErrorKind::Io`] if reading fails.
pub fn read_from(reader: impl Read, name: &str) -> Result<Definition, Error> {
    parse(reader)?.into_definition(name)
}

/// What the file says.
pub(crate) fn parse(reader: impl Read) -> Result<Parts, Error> {
    let metadata = Metadata::read(reader)?;
    match metadata.model.as_deref() {
        None | Some("none" | "no_vocab") => Err(invalid("this GGUF file holds no tokenizer")),
        Some("llama") => sentencepiece(&metadata),
        Some("gpt2") => byte_level(&metadata),
        Some("gemma4") => gemma4(&metadata),
        Some(model) => {
            let message = format!("the tokenizer model {model} of this GGUF file is not supported");
            Err(invalid(message).with_hint("llama, gpt2 and gemma4 are"))
        }
    }
}

/// Whether a token fills a gap of the ids: llama.cpp's converter makes them, of several types. No text becomes one.
fn is_padding(id: usize, name: &str) -> bool {
    name.strip_prefix("[PAD")
        .and_then(|rest| rest.strip_suffix(']'))
        .is_some_and(|number| number == id.to_string())
}

/// The tokens with their kinds; if none are said, all are normal.
fn kinds(metadata: &Metadata) -> Result<Vec<Kind>, Error> {
    let tokens = metadata.tokens.len();
    if tokens == 0 {
        return Err(invalid("this GGUF file holds no tokens"));
    }
    if metadata.kinds.is_empty() {
        return Ok(vec![Kind::Normal; tokens]);
    }
    if metadata.kinds.len() != tokens {
        let kinds = metadata.kinds.len();
        return Err(invalid(format!("this GGUF file holds {tokens} tokens but {kinds} token types")));
    }
    let kind = |(id, number): (usize, &i32)| {
        let kind = u64::try_from(*number).ok().and_then(Kind::from_number);
        kind.ok_or_else(|| invalid(format!("the token with id {id} has the unknown type {number}")))
    };
    metadata.kinds.iter().enumerate().map(kind).collect()
}

/// A vocabulary of SentencePiece.
fn sentencepiece(metadata: &Metadata) -> Result<Parts, Error> {
    let kinds = kinds(metadata)?;
    if metadata.scores.len() != kinds.len() {
        let (tokens, scores) = (kinds.len(), metadata.scores.len());
        return Err(invalid(format!("this GGUF file holds {tokens} tokens but {scores} scores")));
    }
    let byte_fallback = kinds.contains(&Kind::Byte);
    let texts = metadata.tokens.iter().zip(&metadata.scores).zip(kinds);
    let texts = texts.enumerate().map(|(id, ((text, &score), kind))| {
        let kind = if is_padding(id, text) { Kind::Padding } else { kind };
        Piece { text: Cow::Borrowed(text), score, kind }
    });
    let list: Vec<Piece<'_>> = texts.collect();
    pieces::parts(
        &list,
        Settings {
            byte_fallback,
            character_map: metadata.character_map.clone(),
            adds_prefix: metadata.adds_space_prefix.unwrap_or(true),
            squeezes_spaces: metadata.removes_extra_spaces.unwrap_or(false),
            has_space_sign: true,
            unknown: Some(metadata.unknown.unwrap_or(0)),
            begin: metadata.adds_begin.unwrap_or(true).then_some(metadata.begin.unwrap_or(1)),
            end: metadata.adds_end.unwrap_or(false).then_some(metadata.end.unwrap_or(2)),
        },
    )
}

/// A vocabulary in the byte alphabet.
fn byte_level(metadata: &Metadata) -> Result<Parts, Error> {
    // Files of before May 2024 do not name it.
    let by_architecture = match metadata.architecture.as_deref() {
        Some("gptneox") => Some("mpt"),
        Some("gpt2") => Some("gpt-2"),
        _ => None,
    };
    let name = metadata.pre.as_deref().or(by_architecture).ok_or_else(|| {
        invalid("this GGUF file does not name its pre-tokenizer (tokenizer.ggml.pre)")
            .with_hint("convert the model again with a newer llama.cpp")
    })?;
    let pre = pre::find(name)
        .ok_or_else(|| invalid(format!("the pre-tokenizer {name} of this GGUF file is not known")))?;
    let normalizer = Normalizer::new(if pre.is_nfc { vec![NormalizerStep::Nfc] } else { Vec::new() });
    let mut parts = by_merges(metadata, Unit::Byte, pre.whole_pieces, normalizer, pre.split())?;
    if metadata.adds_begin.unwrap_or(pre.adds_begin) {
        parts.frame.before.extend(metadata.begin);
    }
    if metadata.adds_space_prefix == Some(true) {
        return Err(invalid("add_space_prefix with a byte-level vocabulary is not supported"));
    }
    Ok(parts)
}

/// Gemma 4: merges as in GPT-2, text as in SentencePiece.
fn gemma4(metadata: &Metadata) -> Result<Parts, Error> {
    let step = NormalizerStep::Replace { from: SPACE_SIGN.into(), to: " ".into() };
    let mut parts = by_merges(metadata, Unit::Character, false, Normalizer::new(vec![step]), Split::Whole)?;
    if metadata.adds_begin == Some(true) {
        parts.frame.before.extend(metadata.begin);
    }
    Ok(parts)
}

fn by_merges(
    metadata: &Metadata,
    unit: Unit,
    whole_pieces: bool,
    normalizer: Normalizer,
    split: Split,
) -> Result<Parts, Error> {
    if metadata.merges.is_empty() {
        return Err(invalid("this GGUF file holds no merges"));
    }
    let kinds = kinds(metadata)?;
    let is_text = unit == Unit::Character;
    let mut unknown = None;
    let mut specials = Vec::new();
    let mut tokens = Vec::new();
    for ((id, name), kind) in metadata.tokens.iter().enumerate().zip(kinds) {
        let id = id as TokenId;
        match kind {
            _ if is_padding(id as usize, name) => {}
            // With ids that no merge makes it would only be one more name.
            Kind::Unused if byte_alphabet::decode(name).is_none() => {}
            Kind::Normal | Kind::Unused | Kind::Byte | Kind::Padding => {
                tokens.push((Cow::Borrowed(name.as_str()), id))
            }
            Kind::Unknown | Kind::Control | Kind::UserDefined => {
                if kind == Kind::Unknown {
                    unknown = Some(name.as_str());
                }
                let is_control = kind != Kind::UserDefined;
                specials.push(SpecialToken { is_control, ..SpecialToken::control(name.to_owned(), id) });
                // Some are made by merges as well, as runs of spaces in Gemma.
                if is_text {
                    tokens.push((Cow::Borrowed(name.as_str()), id));
                }
            }
        }
    }
    let source = Source {
        tokens,
        merges: metadata.merges.iter().map(|merge| Merge::Line(Cow::Borrowed(merge))).collect(),
        unit,
        has_space_sign: is_text,
        byte_fallback: is_text,
        unknown: unknown.filter(|_| is_text).map(|name| (name, true)),
        whole_pieces,
        added: specials.iter().map(|token| &*token.name).collect(),
    };
    if let Some(token) = specials.iter().find(|token| token.name.is_empty()) {
        return Err(invalid(format!("the special token with id {} has no name, {}", token.id, show(""))));
    }
    let model = merge_model::build(&source)?;
    let mut frame = Frame::default();
    if metadata.adds_end == Some(true) {
        frame.after.extend(metadata.end);
    }
    Ok(Parts { model, specials, normalizer, split, frame, strips_first_space: false, hides_control: false })
}

#[cfg(test)]
mod tests;
