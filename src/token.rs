//! The small words of the field: token id, merge rank, span.
//!
//! What a token's bytes are is left to [`crate::Vocabulary`].

/// The number a model reads for a token. It says nothing about the order of merges, which is that of ranks.
pub type TokenId = u32;

/// The merge priority of a token: the lower, the earlier two neighbours are joined into it.
///
/// Ranks are dense, from 0; a rank is *not* a token id. In OpenAI's encodings the two differ after the
/// first gap in the ids (p50k_base has no ordinary token 50256), in other families from the start.
pub(crate) type Rank = u32;

/// One token and the bytes of the text that it stands for: `text[start..end]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The token.
    pub id: TokenId,
    /// Where the token begins, in bytes from the start of the text. Need not be a character border.
    pub start: usize,
    /// Where the token ends, in bytes from the start of the text (exclusive).
    pub end: usize,
}

/// What merging begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Single bytes.
    Byte,
    /// Characters, and bytes for those that are no tokens.
    Character,
}
