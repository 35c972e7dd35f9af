//! Places in what was read, so that every complaint says where: line or number of the conversation, and the path of
//! keys in it.

use std::fmt;

use crate::error::{Error, ErrorKind};

/// Where a conversation stands in what was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    /// It is all there is.
    #[default]
    Whole,
    /// It is the value of this line, from 1.
    Line(usize),
    /// It is the value with this number in a list, from 0.
    Item(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Whole => Ok(()),
            Place::Line(line) => write!(f, "line {line}"),
            Place::Item(item) => write!(f, "[{item}]"),
        }
    }
}

impl Place {
    /// The error for something at this path.
    pub(super) fn error(self, path: &str, what: impl fmt::Display) -> Error {
        let place = match (self, path) {
            (Place::Whole, "") => String::new(),
            (Place::Whole, path) => format!("{path}: "),
            (place, "") => format!("{place}: "),
            (place @ Place::Line(_), path) => format!("{place}: {path}: "),
            (place, path) => format!("{place}.{path}: "),
        };
        Error::new(ErrorKind::InvalidConversation, format!("{place}{what}"))
    }
}
