//! Special tokens: names such as `<|endoftext|>` that stand for an id of their own, outside the vocabulary.
//!
//! Whether such a name in a text means the token is the caller's choice, see [`SpecialPolicy`]. The default
//! is that text is text: a document *about* special tokens must be countable, and input from others must not
//! be able to smuggle in control tokens.

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::error::{Error, ErrorKind};
use crate::token::TokenId;

/// What to do where a text holds the name of a special token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SpecialPolicy {
    /// Encode the name as ordinary text (tiktoken's `encode_ordinary`).
    #[default]
    Text,
    /// Encode it as the special token (tiktoken's `allowed_special="all"`).
    Encode,
    /// Fail with [`ErrorKind::ForbiddenSpecial`] (tiktoken's default).
    Forbid,
}

/// The special tokens of an encoding.
#[derive(Clone, Debug, Default)]
pub struct SpecialTokens {
    tokens: Vec<(String, TokenId)>,
    /// The places in `tokens`, ordered by id and then by place.
    by_id: Vec<usize>,
    /// Made at the first search: most runs never need it.
    finder: OnceLock<AhoCorasick>,
}

/// A special token's name found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where the name stands, in bytes.
    pub(crate) range: Range<usize>,
    pub(crate) id: TokenId,
}

impl SpecialTokens {
    /// Special tokens as (name, id). Two names may share an id; the first is what the id decodes to.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidVocabulary`] if a name is empty or comes twice.
    pub fn new(tokens: Vec<(String, TokenId)>) -> Result<SpecialTokens, Error> {
        let mut names: Vec<&str> = tokens.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        if names.first() == Some(&"") {
            let message = "the name of a special token is empty";
            return Err(Error::new(ErrorKind::InvalidVocabulary, message));
        }
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            let message = format!("the special token {} comes twice", pair[0]);
            return Err(Error::new(ErrorKind::InvalidVocabulary, message));
        }
        let mut by_id: Vec<usize> = (0..tokens.len()).collect();
        by_id.sort_by_key(|&place| tokens[place].1);
        Ok(SpecialTokens { tokens, by_id, finder: OnceLock::new() })
    }

    /// The names and ids, in the order in which they were given.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, TokenId)> {
        self.tokens.iter().map(|(name, id)| (name.as_str(), *id))
    }

    /// The id of a special token.
    pub fn id(&self, name: &str) -> Option<TokenId> {
        self.iter().find(|(other, _)| *other == name).map(|(_, id)| id)
    }

    /// The name of a special token.
    pub fn name(&self, id: TokenId) -> Option<&str> {
        let first = self.by_id.partition_point(|&place| self.tokens[place].1 < id);
        let (name, found) = self.tokens.get(*self.by_id.get(first)?)?;
        (*found == id).then_some(name)
    }

    /// The length in bytes of the longest name; 0 if there are none.
    pub(crate) fn longest(&self) -> usize {
        self.iter().map(|(name, _)| name.len()).max().unwrap_or(0)
    }

    /// The first name in `text` from byte `from` on; of several that begin there, the longest.
    pub(crate) fn find(&self, text: &[u8], from: usize) -> Option<Found> {
        if self.tokens.is_empty() {
            return None;
        }
        let finder = self.finder.get_or_init(|| {
            AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(self.tokens.iter().map(|(name, _)| name))
                .expect("some thousand short names are far below the limits of the automaton")
        });
        let found = finder.find(aho_corasick::Input::new(text).range(from..))?;
        Some(Found { range: found.range(), id: self.tokens[found.pattern().as_usize()].1 })
    }
}
