//! The exit statuses, all of them. Who decides on one is left to the commands.

use std::process::ExitCode;

/// The status of a program that was ended by Ctrl-C, as shells have it: 128 and the number of the signal.
pub(crate) const INTERRUPTED: u8 = 130;

/// How a run ended. The status 1 is that of checks that say no; nothing else uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything asked for was done, or the reader of the output wanted no more.
    Success,
    /// A check said no, and nothing else was wrong.
    No,
    /// Wrong usage, an input or output that failed, an unknown name or id; also if only some files failed.
    Failure,
    /// The user wanted it to end before its end.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Success => 0,
            Exit::No => 1,
            Exit::Failure => 2,
            Exit::Interrupted => INTERRUPTED,
        })
    }
}
