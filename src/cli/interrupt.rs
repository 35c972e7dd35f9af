//! The wish of the user that long work ends: Ctrl-C, or the signal that asks a program to end.
//!
//! The first one sets a flag that the work asks now and then, so that it can leave something whole behind. The second one
//! takes away what is unfinished and ends the program at once. What is left behind is up to the work.

use std::process;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::exit::INTERRUPTED;
use crate::cli::failure::{Failure, Problem};
use crate::cli::unfinished;

/// Whether somebody wants the program to end.
///
/// ```ignore
/// let interrupt = Interrupt::install()?;
/// for document in documents {
///     if interrupt.is_set() {
///         // Leave a state to go on from, or nothing, and say which.
///         let problem = Problem::new("stopped before the end").hint("go on with --resume");
///         return Err(Failure::Stopped(problem));
///     }
///     learn_from(document)?;
/// }
/// ```
///
/// To try it, send the command a signal while it works (`kill -INT`), once and twice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Interrupt(&'static AtomicBool);

impl Interrupt {
    /// From now on Ctrl-C is a wish. May be called more than once.
    ///
    /// Where whoever started the program wants signals to be ignored (`nohup`, or `&` in a script), none is touched: work
    /// that was to outlive its terminal does, and the flag is never set.
    pub(crate) fn install() -> Result<Interrupt, Problem> {
        static WANTED: AtomicBool = AtomicBool::new(false);
        static INSTALLED: OnceLock<Result<(), String>> = OnceLock::new();
        let result = INSTALLED.get_or_init(|| {
            let set = ctrlc::try_set_handler(|| {
                if WANTED.swap(true, Ordering::Relaxed) {
                    unfinished::remove_all();
                    process::exit(INTERRUPTED.into());
                }
            });
            match set {
                Ok(()) | Err(ctrlc::Error::MultipleHandlers) => Ok(()),
                Err(error) => Err(error.to_string()),
            }
        });
        match result {
            Ok(()) => Ok(Interrupt(&WANTED)),
            Err(error) => Err(Problem::new(format!("Ctrl-C cannot be handled: {error}"))),
        }
    }

    /// Whether the work is to end.
    pub(crate) fn is_set(self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// What failed, if it is not for the wish of the user; else that it was stopped: this is what became of the work.
    pub(crate) fn instead_of(
        self,
        failure: impl Into<Failure>,
        stopped: impl FnOnce() -> Problem,
    ) -> Failure {
        if self.is_set() { Failure::Stopped(stopped()) } else { failure.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_set_at_first() {
        let (first, second) = (Interrupt::install(), Interrupt::install());
        assert!(!first.expect("a handler").is_set());
        assert!(!second.expect("the same").is_set());
    }
}
