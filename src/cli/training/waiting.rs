//! A text of which nobody knows when it comes: standard input, or a pipe. A thread of its own waits for it, so that the user
//! can stop the work in the meantime.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use crate::cli::failure::Problem;
use crate::cli::input::{Input, Opened};
use crate::cli::interrupt::Interrupt;

/// How much is read at a time, and how many such parts the thread may be ahead.
const PART: usize = 256 * 1024;
const AHEAD: usize = 4;

/// How long to wait before the user is asked again.
const PATIENCE: Duration = Duration::from_millis(50);

/// What the thread tells.
enum Part {
    /// It is a text, or none; and whether it is read as something else than its bytes.
    Opened {
        is_text: bool,
        is_transcoded: bool,
    },
    Bytes(Vec<u8>),
    Ended,
    Failed(Problem),
}

/// A text that a thread reads.
pub(super) struct Waiting {
    parts: Receiver<Part>,
    interrupt: Interrupt,
    part: Vec<u8>,
    at: usize,
    ended: bool,
    /// Whether it is read as something else than its bytes.
    pub(super) is_transcoded: bool,
    /// What went wrong, in words.
    pub(super) problem: Option<Problem>,
}

impl Waiting {
    /// Opens an input and waits for its first bytes; `None` if it is no text. With `any`, all are.
    pub(super) fn open(input: &Input, any: bool, interrupt: Interrupt) -> Result<Option<Waiting>, Problem> {
        let (sender, parts) = sync_channel(AHEAD);
        let input = input.clone();
        // Nobody waits for the thread: it may never end.
        std::thread::Builder::new()
            .spawn(move || read(&input, any, &sender))
            .map_err(|error| Problem::new(format!("no thread can be started: {error}")))?;
        let mut waiting = Waiting {
            parts,
            interrupt,
            part: Vec::new(),
            at: 0,
            ended: false,
            is_transcoded: false,
            problem: None,
        };
        match waiting.next() {
            Ok(Part::Opened { is_text, is_transcoded }) => {
                waiting.is_transcoded = is_transcoded;
                Ok(is_text.then_some(waiting))
            }
            Ok(Part::Failed(problem)) => Err(problem),
            Ok(_) => Ok(None),
            Err(error) => Err(Problem::new(error.to_string())),
        }
    }

    /// What the thread tells next.
    fn next(&self) -> io::Result<Part> {
        loop {
            match self.parts.recv_timeout(PATIENCE) {
                Ok(part) => return Ok(part),
                Err(RecvTimeoutError::Timeout) if self.interrupt.is_set() => {
                    return Err(io::Error::other("stopped"));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(io::Error::other("it was not read to its end"));
                }
            }
        }
    }
}

impl Read for Waiting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.part.len() && !self.ended {
            match self.next()? {
                Part::Bytes(part) => (self.part, self.at) = (part, 0),
                Part::Failed(problem) => {
                    let error = io::Error::other(problem.what.clone());
                    self.problem = Some(problem);
                    return Err(error);
                }
                Part::Ended | Part::Opened { .. } => self.ended = true,
            }
        }
        let length = buffer.len().min(self.part.len() - self.at);
        buffer[..length].copy_from_slice(&self.part[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}

/// Reads an input to its end, or until nobody listens any more.
fn read(input: &Input, any: bool, sender: &SyncSender<Part>) {
    let tell = |part| sender.send(part).is_ok();
    let mut text = match input.open_unpacked(any, false) {
        Ok(Opened::Text(text)) => text,
        Ok(Opened::Binary) => {
            tell(Part::Opened { is_text: false, is_transcoded: false });
            return;
        }
        Err(problem) => {
            tell(Part::Failed(problem));
            return;
        }
    };
    if !tell(Part::Opened { is_text: true, is_transcoded: text.is_transcoded() }) {
        return;
    }
    let mut buffer = vec![0; PART];
    loop {
        let part = match text.read(&mut buffer) {
            Ok(0) => Part::Ended,
            Ok(read) => Part::Bytes(buffer[..read].to_vec()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Part::Failed(input.problem(&error)),
        };
        let goes_on = matches!(part, Part::Bytes(_));
        if !tell(part) || !goes_on {
            return;
        }
    }
}
