//! Where a text is cut into pieces, as plain data. What makes it happen is left to the neighbours of this file.

/// Where a text is cut into pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Split {
    /// Nowhere: merging may reach across everything, as in SentencePiece.
    Whole,
    /// At the matches of a regular expression: each match is a piece, and so is what lies between two.
    Pattern(String),
    /// At the matches of several, one after the other, each within the pieces of those before.
    Patterns(Vec<String>),
    /// By steps, one after the other, each within the pieces of those before.
    Steps(Vec<SplitStep>),
}

/// One step of a [`Split`], as Hugging Face's tokenizers (0.23) take them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SplitStep {
    /// At the matches of a regular expression.
    Pattern {
        /// The regular expression.
        pattern: String,
        /// What becomes of the matches.
        behavior: Behavior,
        /// What does not match is taken for the matches.
        invert: bool,
    },
    /// A string is put before each piece that does not begin with it.
    Prefix {
        /// The string.
        text: String,
        /// Only before a piece at the beginning of a text.
        only_first: bool,
    },
}

/// What becomes of the matches of a [`SplitStep::Pattern`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behavior {
    /// Each is a piece.
    Isolated,
    /// They are left out.
    Removed,
    /// Each belongs to the piece before.
    MergedWithPrevious,
    /// Each belongs to the piece after.
    MergedWithNext,
    /// Neighbouring ones are a piece together.
    Contiguous,
}
