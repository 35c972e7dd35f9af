//! Normalizing: what is done to text before it is cut into pieces.
//!
//! Bytes go in, bytes come out. Special tokens are found before, pieces are cut after; both are left to others.

use std::borrow::Cow;

/// What is done to text before it is cut into pieces: steps, one after the other. None by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Normalizer {
    steps: Vec<NormalizerStep>,
}

/// One thing that is done to a text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NormalizerStep {
    /// Unicode normalization form C.
    Nfc,
    /// Unicode normalization form D.
    Nfd,
    /// Unicode normalization form KC.
    Nfkc,
    /// Unicode normalization form KD.
    Nfkd,
    /// All letters in lower case.
    Lowercase,
    /// Combining marks are left out.
    StripAccents,
    /// White space at the beginning (left) or end (right) is left out.
    Strip {
        /// At the beginning.
        left: bool,
        /// At the end.
        right: bool,
    },
    /// A string is replaced wherever it stands.
    Replace {
        /// What is looked for; not empty.
        from: String,
        /// What stands there then.
        to: String,
    },
    /// The matches of a regular expression are replaced.
    ReplacePattern {
        /// What is looked for.
        pattern: String,
        /// What stands there then, as it is.
        to: String,
    },
    /// A string is put before the text, unless the text is empty.
    Prepend(String),
    /// A precompiled character map of SentencePiece: as it lies in a `.model` file.
    CharacterMap(Vec<u8>),
    /// Each byte that is not valid UTF-8 becomes U+FFFD, as SentencePiece does it.
    ReplaceInvalid,
    /// White space at both ends is left out, and every run of spaces becomes one (SentencePiece's
    /// `remove_extra_whitespaces`).
    SqueezeSpaces,
}

impl Normalizer {
    /// A normalizer of these steps, in this order.
    pub fn new(steps: Vec<NormalizerStep>) -> Normalizer {
        Normalizer { steps }
    }

    /// The steps, in order.
    pub fn steps(&self) -> &[NormalizerStep] {
        &self.steps
    }

    /// The text, normalized.
    pub(crate) fn apply<'t>(&self, text: &'t [u8]) -> Cow<'t, [u8]> {
        Cow::Borrowed(text)
    }
}
