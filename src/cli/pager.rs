//! The pager: a command that long output for people is written through, as `git` does it.
//!
//! Whether the output is for people is seen here (it goes to a terminal); what is written is left to `output`.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::process::{Child, Command, Stdio};

use crate::cli::failure::{Failure, Problem, reason};
use crate::cli::interrupt::Interrupt;
use crate::cli::output::stdout;

/// The pager if nobody names one: ends by itself if all fits on the screen, passes colours on, leaves the text there.
const DEFAULT: [&str; 2] = ["less", "-RFX"];

/// Where results for people go.
pub(crate) enum Sheet {
    /// To standard output.
    Plain(io::BufWriter<io::StdoutLock<'static>>),
    /// To a pager, which writes there.
    Paged(io::BufWriter<std::process::ChildStdin>, Child),
}

impl Sheet {
    /// Standard output, through a pager if it is a terminal: the one that was named, or that of `PAGER`, or `less`. An
    /// empty name, or `cat`, is none.
    pub(crate) fn open(wanted: bool, named: Option<&str>) -> Result<Sheet, Failure> {
        if !wanted || !io::stdout().is_terminal() {
            return Ok(Sheet::Plain(stdout()));
        }
        let set = env::var("PAGER").ok();
        let child = match named.or(set.as_deref()).map(str::trim) {
            Some("" | "cat") => return Ok(Sheet::Plain(stdout())),
            Some(command) => start(Command::new("sh").arg("-c").arg(command))
                .map_err(|error| Problem::new(reason(&error)).about(command).hint("--no-pager needs none"))?,
            None => match start(Command::new(DEFAULT[0]).arg(DEFAULT[1])) {
                Ok(child) => child,
                // Not every machine has it, and nobody asked for it.
                Err(_) => return Ok(Sheet::Plain(stdout())),
            },
        };
        // Ctrl-C in a pager ends what the pager does, not this program under its hands.
        Interrupt::install()?;
        Ok(Sheet::of(child))
    }

    fn of(mut child: Child) -> Sheet {
        match child.stdin.take() {
            Some(input) => Sheet::Paged(io::BufWriter::with_capacity(64 * 1024, input), child),
            None => Sheet::Plain(stdout()),
        }
    }

    /// Writes what is left, and waits until the reader has seen enough.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let (flushed, mut child) = match self {
            Sheet::Plain(mut out) => return Ok(out.flush()?),
            Sheet::Paged(mut out, child) => (out.flush(), child),
        };
        let status = child.wait()?;
        if status.code() == Some(127) {
            let problem = Problem::new("the pager was not found").hint("--no-pager needs none");
            return Err(problem.into());
        }
        Ok(flushed?)
    }

    /// The writer.
    pub(crate) fn out(&mut self) -> &mut dyn Write {
        match self {
            Sheet::Plain(out) => out,
            Sheet::Paged(out, _) => out,
        }
    }
}

fn start(command: &mut Command) -> io::Result<Child> {
    // `less` without its flags would show colours as codes, and guess how the text is encoded.
    for (name, value) in [("LESS", "RFX"), ("LESSCHARSET", "utf-8"), ("LV", "-c")] {
        if env::var_os(name).is_none() {
            command.env(name, value);
        }
    }
    command.stdin(Stdio::piped()).spawn()
}
