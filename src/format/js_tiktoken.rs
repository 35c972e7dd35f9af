//! The JSON of `js-tiktoken` (ranks, pattern and special tokens of a tiktoken encoding), and Anthropic's `claude.json`,
//! which is one and wants its text in NFKC.
//!
//! Source: js-tiktoken 1.0 and @anthropic-ai/tokenizer 0.0.4, which says `text.normalize("NFKC")` itself.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::parts::Parts;
use super::{Text, base64, invalid, json_error, show, without_byte_order_mark};
use crate::definition::{Definition, Frame};
use crate::error::Error;
use crate::normalize::{Normalizer, NormalizerStep};
use crate::pretokenize::Split;
use crate::special::SpecialToken;
use crate::token::TokenId;
use crate::vocabulary::BpeModel;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'f> {
    pat_str: String,
    special_tokens: BTreeMap<String, TokenId>,
    #[serde(borrow)]
    bpe_ranks: Text<'f>,
    #[serde(default, rename = "explicit_n_vocab")]
    _explicit_n_vocab: IgnoredAny,
}

/// Reads such a file under a name of its own. One with the special tokens of Claude gets a normalizer, NFKC.
///
/// # Errors
///
/// [`crate::ErrorKind::InvalidVocabulary`] if it is not such a file, naming the token that is not base64, and where a
/// vocabulary contradicts itself.
pub fn read(file: &[u8], name: &str) -> Result<Definition, Error> {
    parse(file)?.into_definition(name)
}

/// What the file says.
pub(crate) fn parse(file: &[u8]) -> Result<Parts, Error> {
    let file: File<'_> = serde_json::from_slice(without_byte_order_mark(file))
        .map_err(|error| json_error("the JSON", error))?;
    let mut tokens = Vec::new();
    for (number, line) in file.bpe_ranks.as_ref().lines().enumerate() {
        // An exclamation mark, the first rank, and the tokens from there on.
        let mut words = line.split(' ').filter(|word| !word.is_empty());
        let Some(_mark) = words.next() else { continue };
        let first = words.next().and_then(|word| word.parse::<TokenId>().ok());
        let first = first.ok_or_else(|| invalid(format!("bpe_ranks, line {}: no first rank", number + 1)))?;
        for (id, word) in (u64::from(first)..).zip(words) {
            let bytes = base64::decode(word.as_bytes()).ok_or_else(|| {
                invalid(format!("bpe_ranks, line {}: bad base64 {}", number + 1, show(word)))
            })?;
            let id = TokenId::try_from(id).map_err(|_| invalid("bpe_ranks: a rank is not below 2^32"))?;
            tokens.push((bytes, id));
        }
    }
    tokens.sort_by_key(|(_, id)| *id);
    let is_claude = ["<EOT>", "<META>", "<SOS>"].iter().all(|name| file.special_tokens.contains_key(*name));
    let mut specials: Vec<SpecialToken> =
        file.special_tokens.into_iter().map(|(name, id)| SpecialToken::control(name, id)).collect();
    specials.sort_by_key(|token| token.id);
    Ok(Parts {
        model: BpeModel::ranked(tokens),
        specials,
        normalizer: Normalizer::new(if is_claude { vec![NormalizerStep::Nfkc] } else { Vec::new() }),
        split: Split::Pattern(file.pat_str),
        frame: Frame::default(),
        strips_first_space: false,
        hides_control: false,
    })
}
