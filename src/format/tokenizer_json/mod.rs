//! Hugging Face's `tokenizer.json`, as tokenizers 0.23 reads it: BPE models only.
//!
//! ```text
//! file           the JSON, as it stands there
//! component      one of its parts that has a `type`
//! normalizer, pre_tokenizer (with pattern), ends (post-processor and decoder), added
//!                what each part means
//! write          the way back, for byte-level vocabularies
//! ```
//!
//! What is not supported is an error that names the part. The model itself is left to `merge_model`.
//!
//! Where a file makes `▁` of every space, the space is kept here and `▁` becomes one: the same ids, and most
//! texts need not be rewritten.

mod added;
mod component;
mod ends;
mod file;
mod normalizer;
mod pattern;
mod pre_tokenizer;
mod write;

use super::merge_model::{self, Source};
use super::parts::Parts;
use super::{invalid, without_byte_order_mark};
use crate::definition::{Definition, Frame};
use crate::error::Error;
use crate::normalize::Normalizer;
use crate::token::Unit;
use file::File;
pub use write::write;

/// Reads a `tokenizer.json` under a name of its own.
///
/// # Errors
///
/// [`crate::ErrorKind::InvalidVocabulary`] if it is not such a file or contradicts itself, or naming the part that is
/// not supported: models other than BPE, dropout, prefixes and suffixes of words, truncation, padding, and what cannot
/// be expressed in a [`Definition`].
pub fn read(file: &[u8], name: &str) -> Result<Definition, Error> {
    parse(file)?.into_definition(name)
}

/// What the file says.
pub(crate) fn parse(file: &[u8]) -> Result<Parts, Error> {
    let file = File::parse(without_byte_order_mark(file))?;
    let model = &file.model;
    model.check()?;
    for (part, value) in [("truncation", &file.truncation), ("padding", &file.padding)] {
        if !value.is_null() {
            let message = format!("tokenizer.json sets {part}, which is not supported");
            return Err(invalid(message).with_hint(format!("set \"{part}\" to null in the file")));
        }
    }
    if !file.version.is_null() && file.version != "1.0" {
        return Err(invalid(format!(
            "tokenizer.json of version {} is not supported, only 1.0",
            file.version
        )));
    }
    let normalizer = normalizer::read(&file.normalizer)?;
    let splits = pre_tokenizer::read(&file.pre_tokenizer, normalizer.has_space_sign)?;
    if normalizer.is_byte_level && (splits.is_byte_level || !splits.is_empty()) {
        return Err(invalid("a pre-tokenizer after the normalizer ByteLevel is not supported"));
    }
    let has_space_sign = normalizer.has_space_sign || splits.has_space_sign;
    let is_byte_level = normalizer.is_byte_level || splits.is_byte_level;
    if has_space_sign && is_byte_level {
        return Err(invalid("a byte-level vocabulary with a sign for the space is not supported"));
    }
    let ends = ends::read(&file.post_processor, &file.decoder, has_space_sign)?;
    let mut steps = normalizer.steps;
    if has_space_sign && !normalizer.has_space_sign {
        steps.push(normalizer::space_sign_to_space());
    }
    let normalizer = Normalizer::new(steps);
    let source = Source {
        tokens: model.tokens(),
        merges: model.merges(),
        unit: if is_byte_level { Unit::Byte } else { Unit::Character },
        has_space_sign,
        byte_fallback: model.byte_fallback,
        unknown: model.unk_token.as_ref().map(|name| (name.as_ref(), model.fuse_unk)),
        whole_pieces: model.ignore_merges,
        added: file.added_tokens.iter().map(|token| token.content.as_ref()).collect(),
    };
    let specials = added::read(&file.added_tokens, &source.tokens, &normalizer)?;
    Ok(Parts {
        model: merge_model::build(&source)?,
        specials,
        normalizer,
        split: splits.into_split(),
        frame: Frame { before: ends.before, after: ends.after },
        strips_first_space: ends.strips_first_space,
        hides_control: false,
    })
}

#[cfg(test)]
mod tests;
