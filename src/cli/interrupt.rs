//! The wish of the user that long work ends: Ctrl-C, or the signal that asks a program to end.
//!
//! Work that can leave something whole behind asks for a flag now and then, which the first one sets; the second one takes
//! away what is unfinished and ends the program at once. All other work that writes files is ended so by the first one. Work
//! that writes none needs nothing of this: the system ends it.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::exit::INTERRUPTED;
use crate::cli::failure::{Failure, Problem};
use crate::cli::unfinished;

/// Whether there is work that asks what somebody wants.
static ASKED: AtomicBool = AtomicBool::new(false);

/// Whether somebody wants the program to end.
static WANTED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C takes away what is unfinished before the program ends, if it does not wait for work that asks. May be
/// called more than once. Where signals are ignored, as with [`Interrupt::install`], they still are.
pub(crate) fn clean_up() -> Result<(), Problem> {
    static INSTALLED: OnceLock<Result<(), String>> = OnceLock::new();
    let result = INSTALLED.get_or_init(|| {
        let set = ctrlc::try_set_handler(|| {
            if !ASKED.load(Ordering::Relaxed) || WANTED.swap(true, Ordering::Relaxed) {
                unfinished::end(INTERRUPTED);
            }
        });
        match set {
            Ok(()) | Err(ctrlc::Error::MultipleHandlers) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    });
    result.clone().map_err(|error| Problem::new(format!("Ctrl-C cannot be handled: {error}")))
}

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
        ASKED.store(true, Ordering::Relaxed);
        clean_up()?;
        Ok(Interrupt(&WANTED))
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
