//! Which pattern texts the hand-written scanners stand for.
//!
//! A pattern is looked up by its exact text. Spellings of the same pattern are listed only where they give
//! the same pieces on every text; every other pattern goes to the regular-expression engine and is just as
//! right, only slower.

/// The pattern of gpt2, r50k_base, p50k_base and p50k_edit (tiktoken 0.14).
pub(crate) const GPT2: &str =
    r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s";

/// The pattern of cl100k_base (tiktoken 0.14).
pub(crate) const CL100K: &str = r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s";

/// The pattern of o200k_base and o200k_harmony (tiktoken 0.14).
pub(crate) const O200K: &str = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// Other spellings of [`GPT2`]: OpenAI's `encoder.py` of 2019, tiktoken before 0.7.
pub(super) const GPT2_SPELLINGS: [&str; 2] = [
    r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
];

/// A pattern that has a scanner of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KnownPattern {
    /// See [`GPT2`].
    Gpt2,
    /// See [`CL100K`].
    Cl100k,
    /// See [`O200K`].
    O200k,
}

impl KnownPattern {
    /// The known pattern with this text.
    pub(crate) fn from_text(text: &str) -> Option<KnownPattern> {
        match text {
            GPT2 => Some(KnownPattern::Gpt2),
            CL100K => Some(KnownPattern::Cl100k),
            O200K => Some(KnownPattern::O200k),
            _ => GPT2_SPELLINGS.contains(&text).then_some(KnownPattern::Gpt2),
        }
    }
}
