//! The exit statuses, all of them. Who decides on one is left to the commands.

use std::process::ExitCode;

/// How a run ended. The status 1 is that of checks that say no; nothing else uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything asked for was done, or the reader of the output wanted no more.
    Success,
    /// A check said no, and nothing else was wrong.
    No,
    /// Wrong usage, an input or output that failed, an unknown name or id; also if only some files failed.
    Failure,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Success => 0,
            Exit::No => 1,
            Exit::Failure => 2,
        })
    }
}
