//! What a tokenizer is, as plain data: the only thing that readers of vocabulary files make, that writers
//! take and that [`crate::Tokenizer::new`] is made from.

use crate::normalize::Normalizer;
use crate::pretokenize::Split;
use crate::special::SpecialTokens;
use crate::token::TokenId;
use crate::vocabulary::Vocabulary;

/// A tokenizer as data. A text goes through its parts in this order: special tokens are found, the text
/// between them is normalized and cut into pieces, and each piece is merged into tokens of the vocabulary.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The name, for messages: that of the encoding, or of the file it came from.
    pub name: String,
    /// The ordinary tokens.
    pub vocabulary: Vocabulary,
    /// Tokens that are found in the text before it is cut into pieces.
    pub specials: SpecialTokens,
    /// What is done to text before it is cut into pieces.
    pub normalizer: Normalizer,
    /// Where text is cut into pieces, which no token of the vocabulary reaches across.
    pub split: Split,
    /// What the model's own tokenizer puts around a text.
    pub frame: Frame,
    /// Whether decoding leaves out one space at the beginning, which encoding puts there.
    pub strips_first_space: bool,
    /// Whether control tokens are decoded to nothing, as SentencePiece does it, and not to their names.
    pub hides_control: bool,
}

/// What a model's own tokenizer puts around a text if it is not told otherwise. Nothing here does so by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// The ids before the text: the beginning-of-sequence token. Empty if there is none.
    pub before: Vec<TokenId>,
    /// The ids after the text: the end-of-sequence token. Empty if there is none.
    pub after: Vec<TokenId>,
}

impl Definition {
    /// A definition of a vocabulary and a pattern (in the syntax of the `fancy-regex` crate: Rust's `regex` with
    /// look-around, possessive quantifiers and back-references), without special tokens, normalizer and frame.
    pub fn new(name: impl Into<String>, vocabulary: Vocabulary, pattern: impl Into<String>) -> Definition {
        Definition {
            name: name.into(),
            vocabulary,
            specials: SpecialTokens::default(),
            normalizer: Normalizer::default(),
            split: Split::Pattern(pattern.into()),
            frame: Frame::default(),
            strips_first_space: false,
            hides_control: false,
        }
    }
}
