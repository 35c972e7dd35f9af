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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn file(ranks: &str, specials: serde_json::Value) -> Vec<u8> {
        json!({"pat_str": "a+", "special_tokens": specials, "bpe_ranks": ranks}).to_string().into_bytes()
    }

    #[test]
    fn ranks_are_read_line_by_line() {
        let parts =
            parse(&file("! 5 IA==\n\n! 0 YQ== Yg==  YWI=\n", json!({"<s>": 9}))).expect("a small file");
        let tokens = [(b"a".to_vec(), 0), (b"b".to_vec(), 1), (b"ab".to_vec(), 2), (b" ".to_vec(), 5)];
        assert_eq!(parts.model.tokens, tokens);
        assert_eq!(parts.specials, [SpecialToken::control("<s>", 9)]);
        assert_eq!(parts.split, Split::Pattern("a+".into()));
        assert!(parts.normalizer.steps().is_empty());
        let claude = json!({"<EOT>": 0, "<META>": 1, "<META_START>": 2, "<META_END>": 3, "<SOS>": 4});
        let claude = parse(&file("! 5 YQ==", claude)).expect("as Anthropic's");
        assert_eq!(claude.normalizer.steps(), [NormalizerStep::Nfkc]);
        assert_eq!(claude.specials[4], SpecialToken::control("<SOS>", 4));
    }

    #[test]
    fn faults_are_named() {
        for (ranks, words) in [
            ("! 0 YQ==\n! 1 Yg=", "bpe_ranks, line 2: bad base64 \"Yg=\""),
            ("! YQ==", "bpe_ranks, line 1: no first rank"),
            ("!", "bpe_ranks, line 1: no first rank"),
            ("! 4294967295 YQ== Yg==", "a rank is not below 2^32"),
            ("! 4294967296 YQ==", "no first rank"),
        ] {
            let error = parse(&file(ranks, json!({}))).expect_err("a bad file").to_string();
            assert!(error.contains(words), "{error}");
        }
        let twice =
            read(&file("! 0 YQ== Yg==\n! 1 Yw==", json!({})), "test").expect_err("an id that comes twice");
        assert!(twice.to_string().contains("two tokens have the id 1"), "{twice}");
        let same = read(&file("! 0 YQ== YQ==", json!({})), "test").expect_err("bytes that come twice");
        assert!(same.to_string().contains("has the bytes of an earlier token"), "{same}");
        let whole = file("! 0 YQ== Yg==", json!({"<s>": 9}));
        for end in 0..whole.len() {
            assert!(parse(&whole[..end]).is_err(), "{end}");
        }
        assert!(parse(br#"{"pat_str": "a", "special_tokens": {}, "bpe_ranks": "", "x": 1}"#).is_err());
    }
}
