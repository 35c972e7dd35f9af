//! What can go wrong on the command line: a problem in words, or an output that nobody reads any more.
//!
//! Telling it is left to `messages`.

use std::fmt::Display;
use std::io;
use std::path::Path;

use crate::cli::name;

/// A problem: what it is about, what it is, and what to try.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    /// The file, variable or flag that it is about.
    pub(crate) about: Option<String>,
    /// What is wrong, in one line.
    pub(crate) what: String,
    /// What to try, in one line.
    pub(crate) hint: Option<String>,
}

impl Problem {
    /// A problem that is about nothing in particular.
    pub(crate) fn new(what: impl Into<String>) -> Problem {
        Problem { about: None, what: what.into(), hint: None }
    }

    /// A file that cannot be read or written.
    pub(crate) fn file(path: &Path, error: &io::Error) -> Problem {
        Problem::new(reason(error)).about(name::shown(path))
    }

    /// Says what it is about. An earlier subject becomes part of the sentence.
    pub(crate) fn about(mut self, about: impl Display) -> Problem {
        if let Some(inner) = self.about.replace(about.to_string()) {
            self.what = format!("{inner}: {}", self.what);
        }
        self
    }

    /// Says what to try.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Problem {
        self.hint = Some(hint.into());
        self
    }
}

impl From<bytepair::Error> for Problem {
    fn from(error: bytepair::Error) -> Problem {
        Problem { about: None, what: error.to_string(), hint: error.hint().map(str::to_owned) }
    }
}

/// Why a command stopped before its end.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Whoever read the output has gone: no reason to complain.
    Closed,
    /// Something to tell.
    Problem(Problem),
    /// The user wanted it to end: this is what became of the work.
    Stopped(Problem),
    /// A check said no: this is why, if it was not told already.
    No(Option<Problem>),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure::Problem(problem)
    }
}

impl From<bytepair::Error> for Failure {
    fn from(error: bytepair::Error) -> Failure {
        Failure::Problem(error.into())
    }
}

impl Failure {
    /// An error of writing something of the library's to `about`.
    pub(crate) fn writing(error: bytepair::Error, about: impl Display) -> Failure {
        let io = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<io::Error>());
        match io.map(io::Error::kind) {
            Some(io::ErrorKind::BrokenPipe) => Failure::Closed,
            _ => Problem::from(error).about(about).into(),
        }
    }
}

/// Errors of writing results. Errors of reading are about a file and become problems where it is known.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::Closed,
            _ => Problem::new(format!("writing the output failed: {}", reason(&error))).into(),
        }
    }
}

/// An error of the system in its words, without its number.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}
