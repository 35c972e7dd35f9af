//! Messages: everything that goes to stderr, and the exit status that follows from it. The only place that
//! writes there besides the progress bar and the parser of the arguments.
//!
//! An error is always told and makes the run fail; warnings and notes are silenced by `--quiet`.

use std::cell::Cell;
use std::fmt::Display;
use std::io::{self, Write};

use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Problem};

/// Tells things on stderr, and remembers how many of them were errors.
pub(crate) struct Messages {
    quiet: bool,
    verbose: bool,
    errors: Cell<u64>,
}

impl Messages {
    /// Messages of a run.
    pub(crate) fn new(quiet: bool, verbose: bool) -> Messages {
        Messages { quiet, verbose, errors: Cell::new(0) }
    }

    /// An error; the run goes on, and fails in the end.
    pub(crate) fn error(&self, problem: &Problem) {
        self.errors.set(self.errors.get() + 1);
        let about = problem.about.as_ref().map(|about| format!("{about}: ")).unwrap_or_default();
        write_line(format_args!("tokenize: {about}{}", problem.what));
        if let Some(hint) = &problem.hint {
            write_line(format_args!("hint: {hint}"));
        }
    }

    /// Why a check says no. It is told whatever else is, and is no failure of the run.
    pub(crate) fn no(&self, what: impl Display) {
        write_line(format_args!("tokenize: {what}"));
    }

    /// Something that may not be what the user wants, though it is no failure.
    pub(crate) fn warning(&self, about: impl Display, what: impl Display) {
        if !self.quiet {
            write_line(format_args!("tokenize: warning: {about}: {what}"));
        }
    }

    /// Something worth knowing.
    pub(crate) fn note(&self, what: impl Display) {
        if !self.quiet {
            write_line(format_args!("tokenize: note: {what}"));
        }
    }

    /// Something only those want to know who asked with `--verbose`.
    pub(crate) fn detail(&self, what: impl Display) {
        if self.verbose {
            write_line(format_args!("tokenize: {what}"));
        }
    }

    /// Whether warnings and notes are told: what makes them costs time.
    pub(crate) fn tells_notes(&self) -> bool {
        !self.quiet
    }

    /// Whether details are told.
    pub(crate) fn tells_details(&self) -> bool {
        self.verbose
    }

    /// Whether an error was told.
    pub(crate) fn have_failed(&self) -> bool {
        self.errors() > 0
    }

    /// How many errors were told.
    pub(crate) fn errors(&self) -> u64 {
        self.errors.get()
    }

    /// Tells why a run stopped, if it did, and says what its status is.
    pub(crate) fn status(&self, done: Result<(), Failure>) -> Exit {
        match done {
            Ok(()) | Err(Failure::Closed) => {}
            Err(Failure::Problem(problem)) => self.error(&problem),
            Err(Failure::Stopped(problem)) => {
                self.error(&problem);
                return Exit::Interrupted;
            }
            Err(Failure::No(problem)) => {
                let had_failed = self.have_failed();
                if let Some(problem) = problem {
                    self.error(&problem);
                }
                return if had_failed { Exit::Failure } else { Exit::No };
            }
        }
        if self.have_failed() { Exit::Failure } else { Exit::Success }
    }
}

/// The short help, for a run that would have to wait for someone to type a text.
pub(crate) fn usage(help: impl Display) {
    write_line(help);
}

/// A stderr that is closed or full must not change what the run does, so that errors here have no effect.
fn write_line(line: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
