//! SentencePiece's `.model`: a protocol buffer, read by hand. BPE models only.
//!
//! ```text
//! wire     the encoding of protocol buffers
//! pieces   what pieces and settings mean; GGUF's `llama` vocabularies have the same
//! runs     why pieces of equal scores do no harm
//! ```
//!
//! Source: sentencepiece 0.2.3, `sentencepiece_model.proto` for fields and their defaults.

pub(super) mod pieces;
mod runs;
mod wire;

use std::borrow::Cow;

use super::parts::Parts;
use super::{invalid, show};
use crate::definition::Definition;
use crate::error::Error;
use crate::token::TokenId;
use pieces::{Kind, Piece, Settings};
use wire::{Field, Message};

/// The numbers of two of the kinds of models, and the names of all.
const UNIGRAM: u64 = 1;
const BPE: u64 = 2;
const KINDS_OF_MODELS: [&str; 5] = ["none", "UNIGRAM", "BPE", "WORD", "CHAR"];

/// Reads a `.model` under a name of its own.
///
/// # Errors
///
/// [`crate::ErrorKind::InvalidVocabulary`] if it is not such a file or is cut short; if the model is not BPE, or has a
/// setting that is not supported; where pieces contradict themselves.
pub fn read(file: &[u8], name: &str) -> Result<Definition, Error> {
    parse(file)?.into_definition(name)
}

/// Whether this looks like a `.model`: its first field is a piece that begins with a name.
pub(super) fn is_model(file: &[u8]) -> bool {
    match Message::new(file).next() {
        Some(Ok((1, Field::Bytes(piece)))) => {
            matches!(Message::new(piece).next(), Some(Ok((1, Field::Bytes(name)))) if std::str::from_utf8(name).is_ok())
        }
        _ => false,
    }
}

/// What the file says.
pub(crate) fn parse(file: &[u8]) -> Result<Parts, Error> {
    let mut pieces = Vec::new();
    let mut trainer = Trainer::default();
    let mut settings = Settings::default();
    for field in Message::new(file) {
        match field? {
            (1, Field::Bytes(bytes)) => {
                let place = pieces.len();
                let piece = piece(bytes).map_err(|error| {
                    invalid(format!("the piece with id {place} of the SentencePiece model: {error}"))
                })?;
                pieces.push(piece);
            }
            (2, Field::Bytes(bytes)) => trainer.read(bytes)?,
            (3, Field::Bytes(bytes)) => normalizer(bytes, &mut settings)?,
            (5, Field::Bytes(bytes)) => denormalizer(bytes)?,
            _ => {} // Tests of the model's own, and extensions.
        }
    }
    if pieces.is_empty() {
        return Err(invalid("not a SentencePiece model: it holds no pieces"));
    }
    if trainer.kind != BPE {
        let kind = KINDS_OF_MODELS.get(trainer.kind as usize).unwrap_or(&"of an unknown kind");
        let cut = if trainer.kind == UNIGRAM { " (or it is cut short, and does not say)" } else { "" };
        return Err(invalid(format!("the SentencePiece model is {kind}{cut}; only BPE is supported")));
    }
    if trainer.has_suffixes {
        return Err(invalid(
            "the SentencePiece model sets treat_whitespace_as_suffix, which is not supported",
        ));
    }
    settings.byte_fallback = trainer.byte_fallback;
    settings.begin = (trainer.begin >= 0).then_some(trainer.begin as TokenId);
    pieces::parts(&pieces, settings)
}

fn piece(bytes: &[u8]) -> Result<Piece<'_>, Error> {
    let mut piece = Piece { text: Cow::Borrowed(""), score: 0.0, kind: Kind::Normal };
    for field in Message::new(bytes) {
        match field? {
            (1, Field::Bytes(text)) => {
                let text = std::str::from_utf8(text).map_err(|_| invalid("its name is not UTF-8"))?;
                piece.text = Cow::Borrowed(text);
            }
            (2, Field::Fixed32(bits)) => piece.score = f32::from_bits(bits),
            (3, Field::Number(kind)) => {
                piece.kind = Kind::from_number(kind)
                    .ok_or_else(|| invalid(format!("{} is of the unknown kind {kind}", show(&piece.text))))?;
            }
            _ => {}
        }
    }
    Ok(piece)
}

/// What matters of the `trainer_spec`.
struct Trainer {
    kind: u64,
    has_suffixes: bool,
    byte_fallback: bool,
    begin: i32,
}

impl Default for Trainer {
    fn default() -> Trainer {
        Trainer { kind: 1, has_suffixes: false, byte_fallback: false, begin: 1 }
    }
}

impl Trainer {
    fn read(&mut self, bytes: &[u8]) -> Result<(), Error> {
        for field in Message::new(bytes) {
            match field? {
                (3, Field::Number(kind)) => self.kind = kind,
                (24, Field::Number(value)) => self.has_suffixes = value != 0,
                (35, Field::Number(value)) => self.byte_fallback = value != 0,
                // Negative numbers are written as 64 bits.
                (41, Field::Number(id)) => self.begin = id as i32,
                _ => {}
            }
        }
        Ok(())
    }
}

fn normalizer(bytes: &[u8], settings: &mut Settings) -> Result<(), Error> {
    for field in Message::new(bytes) {
        match field? {
            (2, Field::Bytes(map)) => settings.character_map = map.to_vec(),
            (3, Field::Number(value)) => settings.adds_prefix = value != 0,
            (4, Field::Number(value)) => settings.squeezes_spaces = value != 0,
            (5, Field::Number(value)) => settings.has_space_sign = value != 0,
            _ => {} // Its name, and the rules that the character map was made from.
        }
    }
    Ok(())
}

/// The normalizer of decoded text. No known model has one.
fn denormalizer(bytes: &[u8]) -> Result<(), Error> {
    for field in Message::new(bytes) {
        if let (2, Field::Bytes([_, ..])) = field? {
            return Err(invalid("the SentencePiece model has a denormalizer, which is not supported"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
