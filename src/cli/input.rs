//! Inputs: files and standard input as readers of text, and what a reader should know about them.
//!
//! What a file is shows in its first bytes. Which files there are is left to `walk`, and the decoding of
//! UTF-16 to `text`.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use bytepair::registry::estimates::Profile;
use bytepair::{Measures, Meter, NormalizerStep, Tokenizer};

use crate::cli::failure::{Problem, reason};
use crate::cli::text::{Order, Utf16Reader};

/// How much of a file is looked at to tell what it is.
const HEAD: usize = 8 * 1024;

/// How long the byte order mark of UTF-16 is.
const MARK: usize = 2;

/// Something to read.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    /// The file, or `-` for standard input.
    pub(crate) path: PathBuf,
    /// How it came to be read.
    pub(crate) origin: Origin,
    /// Its size when it was found, if it has one.
    pub(crate) size: Option<u64>,
}

/// How an input came to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// It is standard input.
    Stdin,
    /// It was named: it is read whatever it is.
    Named,
    /// It was found in a folder, the one with this place among those that were named.
    Walked(usize),
}

/// Something to tell about an input that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Remark {
    /// It was read otherwise than the user may think.
    Note(&'static str),
    /// It may not be what the user thinks.
    Warning(String),
}

/// An input that was opened.
pub(crate) enum Opened {
    /// A text.
    Text(Box<Text>),
    /// Not a text, and nobody named it: to be left out.
    Binary,
}

/// A text to be read, as UTF-8 or as the bytes it is.
pub(crate) struct Text {
    body: Body,
    is_short: bool,
    /// What characters it has, if somebody wants to know.
    profile: Option<Profile>,
}

enum Body {
    Bytes(Bytes, Option<Meter>),
    Utf16(Utf16Reader<Bytes>),
}

impl Input {
    /// Opens the input. With `any`, a binary file is a text like any other.
    ///
    /// With `watch`, the text is watched for what is not UTF-8; without, whoever measures it tells.
    pub(crate) fn open(&self, any: bool, watch: bool) -> Result<Opened, Problem> {
        let source = match self.origin {
            Origin::Stdin => Source::Stdin,
            _ => File::open(&self.path).map(Source::File).map_err(|error| self.problem(&error))?,
        };
        let mut bytes = Bytes { head: [0; HEAD], given: 0, length: 0, source };
        bytes.length = fill(&mut bytes.source, &mut bytes.head).map_err(|error| self.problem(&error))?;
        let head = &bytes.head[..bytes.length];
        let is_short = head.len() < HEAD;
        if head.starts_with(b"\xff\xfe\0\0") || head.starts_with(b"\0\0\xfe\xff") {
            let problem = Problem::new("UTF-32 is not supported").about(self.shown());
            return Err(problem.hint("convert it first: iconv -f UTF-32 -t UTF-8"));
        }
        // The decoder is given what follows the mark. The mark alone is no text, and stays the bytes it is.
        if let Some(order) = Order::of_mark(head).filter(|_| head.len() > MARK) {
            bytes.given = MARK;
            let body = Body::Utf16(Utf16Reader::new(bytes, order));
            return Ok(Opened::Text(Box::new(Text { body, is_short, profile: None })));
        }
        if !any && matches!(self.origin, Origin::Walked(_)) && head.contains(&0) {
            return Ok(Opened::Binary);
        }
        let body = Body::Bytes(bytes, watch.then(Meter::default));
        Ok(Opened::Text(Box::new(Text { body, is_short, profile: None })))
    }

    /// An error of reading this input.
    pub(crate) fn problem(&self, error: &io::Error) -> Problem {
        Problem::new(reason(error)).about(self.shown())
    }

    /// The name of the input for messages.
    pub(crate) fn shown(&self) -> String {
        match self.origin {
            Origin::Stdin => "standard input".to_owned(),
            _ => crate::cli::name::shown(&self.path),
        }
    }
}

impl Text {
    /// Whether all of it is in memory already: threads would not pay.
    pub(crate) fn is_short(&self) -> bool {
        self.is_short
    }

    /// Whether it is read as something other than the bytes that it is.
    pub(crate) fn is_transcoded(&self) -> bool {
        matches!(self.body, Body::Utf16(_))
    }

    /// Has the characters of the text counted while it is read.
    pub(crate) fn profile(&mut self) {
        self.profile = Some(Profile::default());
    }

    /// The profile of what was read, if it was to be made.
    pub(crate) fn profiled(&self) -> Option<&Profile> {
        self.profile.as_ref()
    }

    /// What there is to tell, once the text was read by this tokenizer. `measured` are its measures, if it was not
    /// watched.
    pub(crate) fn remarks(self, measured: Option<&Measures>, tokenizer: &Tokenizer) -> Vec<Remark> {
        match self.body {
            Body::Bytes(_, watch) => {
                let watched = watch.map(Meter::finish);
                let invalid = watched.as_ref().or(measured).and_then(|measures| measures.first_invalid);
                let replaces = tokenizer.normalizer().steps().contains(&NormalizerStep::ReplaceInvalid);
                let taken = match replaces {
                    true => "U+FFFD stands for each wrong byte, as in this vocabulary's own tokenizer",
                    false => "counted as the bytes it is",
                };
                let what = |at| format!("not valid UTF-8 from byte {at} on; {taken}");
                invalid.map(|at| Remark::Warning(what(at))).into_iter().collect()
            }
            Body::Utf16(reader) => {
                let mut remarks = vec![Remark::Note("UTF-16, read as UTF-8: bytes are those of UTF-8")];
                if reader.is_malformed() {
                    let what = "malformed UTF-16: what is no character was counted as U+FFFD";
                    remarks.push(Remark::Warning(what.to_owned()));
                }
                remarks
            }
        }
    }
}

impl Read for Text {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = match &mut self.body {
            Body::Bytes(bytes, watch) => {
                let length = bytes.read(buffer)?;
                if let Some(watch) = watch {
                    watch.push(&buffer[..length]);
                }
                length
            }
            Body::Utf16(reader) => reader.read(buffer)?,
        };
        if let Some(profile) = &mut self.profile {
            profile.push(&buffer[..length]);
        }
        Ok(length)
    }
}

/// The bytes of an input: its first ones, which were read already, and the rest.
struct Bytes {
    head: [u8; HEAD],
    given: usize,
    length: usize,
    source: Source,
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given < self.length {
            let length = buffer.len().min(self.length - self.given);
            buffer[..length].copy_from_slice(&self.head[self.given..self.given + length]);
            self.given += length;
            return Ok(length);
        }
        self.source.read(buffer)
    }
}

enum Source {
    Stdin,
    File(File),
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            // Reads larger than the buffer of the standard library go past it.
            Source::Stdin => io::stdin().lock().read(buffer),
            Source::File(file) => file.read(buffer),
        }
    }
}

/// Reads until the buffer is full or the source ends.
fn fill(source: &mut Source, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match source.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

/// Whether a path stands for standard input.
pub(crate) fn is_stdin(path: &Path) -> bool {
    ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"].into_iter().any(|name| path == Path::new(name))
}
