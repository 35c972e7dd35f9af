//! What can go wrong, in one opaque type: a kind to match on, a sentence for people, a hint, a cause.
//!
//! Printing and exit codes are left to the command line.

use std::error::Error as StdError;
use std::fmt;

/// Everything in this crate that can fail fails with this.
///
/// [`Error::kind`] is for programs, `Display` is one sentence for people, [`Error::hint`] is the next step
/// where there is an obvious one.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What kind of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No encoding has this name.
    UnknownEncoding,
    /// No model has this name.
    UnknownModel,
    /// A token id that the vocabulary does not hold.
    UnknownToken,
    /// The text holds a special token, and the policy forbids it.
    ForbiddenSpecial,
    /// A vocabulary, or the file that holds it, contradicts itself or is not one.
    InvalidVocabulary,
    /// A pre-tokenizer pattern is not a regular expression that can be used.
    InvalidPattern,
    /// A pre-tokenizer pattern gave up on this text (it needed too many steps).
    PatternFailed,
    /// A conversation cannot be read, or not be counted in the way that was asked for.
    InvalidConversation,
    /// A file of piece counts is damaged, is none, or does not go with another.
    InvalidCounts,
    /// A limit of tokens that cannot be kept.
    OverLimit,
    /// A vocabulary cannot be trained as it was asked for, or not from these counts.
    InvalidTraining,
    /// Reading or writing failed.
    Io,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Box::new(Inner { kind, message: message.into(), hint: None, source: None }))
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// What kind of thing went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The next step to try, if there is an obvious one. A sentence without a full stop.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("hint", &self.0.hint)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Error::new(ErrorKind::Io, error.to_string()).with_source(error)
    }
}
