//! Special tokens: names such as `<|endoftext|>` that stand for an id of their own, outside the vocabulary.
//!
//! Whether such a name in a text means the token is the caller's choice, see [`SpecialPolicy`]. The default
//! is that text is text: a document *about* special tokens must be countable, and input from others must not
//! be able to smuggle in control tokens.

mod finder;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use crate::error::{Error, ErrorKind};
use crate::token::TokenId;
use finder::{Finder, Pairs, by_name};

/// What to do where a text holds the name of a special token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SpecialPolicy {
    /// Encode the name of a control token as ordinary text (tiktoken's `encode_ordinary`, Hugging Face's
    /// `encode_special_tokens`).
    #[default]
    Text,
    /// Encode it as the special token (tiktoken's `allowed_special="all"`).
    Encode,
    /// Fail with [`ErrorKind::ForbiddenSpecial`] (tiktoken's default).
    Forbid,
    /// As [`SpecialPolicy::Text`], and tokens that are found in ordinary text ([`SpecialToken::is_control`] says
    /// no) are not looked for either: all of the text is cut into pieces.
    Plain,
}

/// A token that is found in the text before it is cut into pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecialToken {
    /// The text that it is found by, and decodes to.
    pub name: Cow<'static, str>,
    /// Its id. It may be that of an ordinary token, with the same bytes.
    pub id: TokenId,
    /// Whether it means something to the model, so that text from others must not be able to smuggle it in. One that
    /// does not (such as a run of spaces) is found in ordinary text as well. Hugging Face: `special`; SentencePiece:
    /// control (yes) and user-defined (no).
    pub is_control: bool,
    /// Whether it is looked for in the normalized text, not in the text as it is.
    pub in_normalized: bool,
    /// Whether it is found only where no letter, digit or underscore stands beside it.
    pub single_word: bool,
    /// Whether white space before it belongs to it.
    pub strips_left: bool,
    /// Whether white space after it belongs to it.
    pub strips_right: bool,
}

impl SpecialToken {
    /// A token that means something to the model, looked for in the text as it is.
    pub fn control(name: impl Into<Cow<'static, str>>, id: TokenId) -> SpecialToken {
        SpecialToken {
            name: name.into(),
            id,
            is_control: true,
            in_normalized: false,
            single_word: false,
            strips_left: false,
            strips_right: false,
        }
    }
}

/// The highest id of a special token.
const MOST: TokenId = (1 << 31) - 1;

/// The special tokens of an encoding.
#[derive(Clone, Debug, Default)]
pub struct SpecialTokens {
    tokens: Vec<SpecialToken>,
    /// The places in `tokens`, ordered by id and then by place; and ordered by name. Made when first needed.
    by_id: OnceLock<Vec<u32>>,
    by_name: OnceLock<Vec<u32>>,
    /// The length of the longest name, in bytes.
    longest: usize,
    /// Made at the first search, since most runs never need them: by whether control tokens are found as well, and
    /// whether the text is normalized.
    finders: [[OnceLock<Finder>; 2]; 2],
    /// The bytes that stand beside each other in names, made when first asked for.
    neighbours: OnceLock<Pairs>,
}

/// A special token's name found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where the name stands, in bytes.
    pub(crate) range: Range<usize>,
    pub(crate) id: TokenId,
    pub(crate) is_control: bool,
}

/// Which text tokens are looked for in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum In {
    /// The text as it is.
    Source,
    /// The normalized text.
    Normalized,
}

impl SpecialTokens {
    /// Special tokens. Two names may share an id; the first is what the id decodes to.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidVocabulary`] if a name is empty or comes twice, or an id is 2^31 or more.
    pub fn new(tokens: Vec<SpecialToken>) -> Result<SpecialTokens, Error> {
        let sorted = by_name(&tokens);
        let name = |place: u32| &*tokens[place as usize].name;
        if sorted.first().is_some_and(|&place| name(place).is_empty()) {
            let message = "the name of a special token is empty";
            return Err(Error::new(ErrorKind::InvalidVocabulary, message));
        }
        if let Some(token) = tokens.iter().find(|token| token.id > MOST) {
            let message =
                format!("the special token {} has the id {}, more than {MOST}", token.name, token.id);
            return Err(Error::new(ErrorKind::InvalidVocabulary, message));
        }
        if let Some(pair) = sorted.windows(2).find(|pair| name(pair[0]) == name(pair[1])) {
            let message = format!("the special token {} comes twice", name(pair[0]));
            return Err(Error::new(ErrorKind::InvalidVocabulary, message));
        }
        let checked = SpecialTokens::checked(tokens);
        Ok(SpecialTokens { by_name: OnceLock::from(sorted), ..checked })
    }

    /// Special tokens that [`SpecialTokens::new`] has no error for.
    pub(crate) fn checked(tokens: Vec<SpecialToken>) -> SpecialTokens {
        let longest = tokens.iter().map(|token| token.name.len()).max().unwrap_or(0);
        SpecialTokens { tokens, longest, ..SpecialTokens::default() }
    }

    /// The names and ids, in the order in which they were given.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, TokenId)> {
        self.tokens.iter().map(|token| (&*token.name, token.id))
    }

    /// All that is known of the tokens, in the order in which they were given.
    pub fn tokens(&self) -> &[SpecialToken] {
        &self.tokens
    }

    /// The id of a special token.
    pub fn id(&self, name: &str) -> Option<TokenId> {
        self.iter().find(|(other, _)| *other == name).map(|(_, id)| id)
    }

    /// The name of a special token.
    pub fn name(&self, id: TokenId) -> Option<&str> {
        self.token(id).map(|token| &*token.name)
    }

    /// The special token with this id; of several, the first that was given.
    pub(crate) fn token(&self, id: TokenId) -> Option<&SpecialToken> {
        let at = |place: u32| &self.tokens[place as usize];
        let by_id = self.by_id.get_or_init(|| {
            let mut by_id: Vec<u32> = (0..).zip(&self.tokens).map(|(place, _)| place).collect();
            by_id.sort_by_key(|&place| at(place).id);
            by_id
        });
        let token = at(*by_id.get(by_id.partition_point(|&place| at(place).id < id))?);
        (token.id == id).then_some(token)
    }

    /// Whether anything is looked for in such text.
    pub(crate) fn are_in(&self, place: In, policy: SpecialPolicy) -> bool {
        self.tokens.iter().any(|token| is_in(token, place, policy))
    }

    /// Whether what is looked for depends on more than the names: white space or words beside them.
    pub(crate) fn look_around(&self, policy: SpecialPolicy) -> bool {
        let looks = |token: &&SpecialToken| token.single_word || token.strips_left || token.strips_right;
        let mut looking = self.tokens.iter().filter(looks);
        looking.any(|token| is_in(token, In::Source, policy) || is_in(token, In::Normalized, policy))
    }

    /// Whether any name has these two bytes beside each other. Where none has, none stands across.
    pub(crate) fn join(&self, before: u8, after: u8) -> bool {
        let neighbours = self.neighbours.get_or_init(|| {
            let pairs = self.tokens.iter().flat_map(|token| token.name.as_bytes().windows(2));
            Pairs::of(pairs.map(|pair| [pair[0], pair[1]]))
        });
        neighbours.has([before, after])
    }

    /// The length in bytes of the longest name; 0 if there are none.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// The first name in `text` from byte `from` on; of several that begin there, the longest. Before `from` stands nothing,
    /// or a token that was found.
    pub(crate) fn find(&self, text: &[u8], from: usize, place: In, policy: SpecialPolicy) -> Option<Found> {
        let with_control = matches!(policy, SpecialPolicy::Encode | SpecialPolicy::Forbid);
        let finder = &self.finders[usize::from(with_control)][usize::from(place == In::Normalized)];
        let wanted = |token: &SpecialToken| is_in(token, place, policy);
        let by_name = self.by_name.get_or_init(|| by_name(&self.tokens));
        let finder = finder.get_or_init(|| Finder::new(&self.tokens, by_name, wanted));
        if policy == SpecialPolicy::Plain { None } else { finder.find(&self.tokens, text, from) }
    }
}

/// Whether a token is looked for in such text.
fn is_in(token: &SpecialToken, place: In, policy: SpecialPolicy) -> bool {
    let is_wanted = match policy {
        SpecialPolicy::Text => !token.is_control,
        SpecialPolicy::Encode | SpecialPolicy::Forbid => true,
        SpecialPolicy::Plain => false,
    };
    is_wanted && token.in_normalized == (place == In::Normalized)
}
