//! What a tokenizer is, as plain data: the only thing that readers of vocabulary files make, that writers
//! take and that [`crate::Tokenizer::new`] is made from.

use crate::special::SpecialTokens;
use crate::vocabulary::Vocabulary;

/// A tokenizer as data: a vocabulary, a pattern, special tokens and a name.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The name, for messages: that of the encoding, or of the file it came from.
    pub name: String,
    /// The ordinary tokens.
    pub vocabulary: Vocabulary,
    /// The special tokens. Their ids must not be in the vocabulary.
    pub specials: SpecialTokens,
    /// The regular expression that cuts text into pieces, in the syntax of the `fancy-regex` crate
    /// (Rust's `regex` with look-around, possessive quantifiers and back-references).
    pub pattern: String,
}
