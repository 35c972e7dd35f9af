//! Inputs: files and standard input as readers of text, and what a reader should know about them.
//!
//! What a file is shows in its first bytes. Which files there are is left to `walk`, the decoding of UTF-16 to `text`,
//! and that of what is compressed to `compressed`.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use bytepair::registry::estimates::Profile;
use bytepair::{Measures, Meter, NormalizerStep, Tokenizer};

use crate::cli::compressed::{Damage, Decompressor, Packing};
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
        let bytes = self.begin()?;
        self.opened(bytes, any, watch)
    }

    /// Opens the input as [`Input::open`] does; one that is compressed is opened as the text that was compressed. What
    /// cannot be decompressed is an error, if somebody named it, for it is no text.
    pub(crate) fn open_unpacked(&self, any: bool, watch: bool) -> Result<Opened, Problem> {
        let bytes = self.begin()?;
        let unpacked = match Packing::of(&bytes.head[..bytes.length]) {
            None => return self.opened(bytes, any, watch),
            Some(Packing::Gzip) => Decompressor::gzip(bytes),
            Some(Packing::Zstd) => Decompressor::zstd(bytes),
            Some(Packing::Other(..)) if matches!(self.origin, Origin::Walked(_)) => {
                return Ok(Opened::Binary);
            }
            Some(Packing::Other(name, command)) => {
                let problem =
                    Problem::new(format!("{name} files cannot be decompressed")).about(self.shown());
                let hint = format!("decompress it first: {command}; gzip and zstd are read as they are");
                return Err(problem.hint(hint));
            }
        };
        self.opened(self.bytes(Source::Packed(Box::new(unpacked)))?, any, watch)
    }

    fn begin(&self) -> Result<Bytes, Problem> {
        self.bytes(match self.origin {
            Origin::Stdin => Source::Stdin,
            _ => File::open(&self.path).map(Source::File).map_err(|error| self.problem(&error))?,
        })
    }

    /// The source with its head read.
    fn bytes(&self, source: Source) -> Result<Bytes, Problem> {
        let mut bytes = Bytes { head: [0; HEAD], given: 0, length: 0, taken: 0, source };
        bytes.length = fill(&mut bytes.source, &mut bytes.head).map_err(|error| self.problem(&error))?;
        bytes.taken = bytes.length as u64;
        Ok(bytes)
    }

    fn opened(&self, mut bytes: Bytes, any: bool, watch: bool) -> Result<Opened, Problem> {
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
        let problem = Problem::new(reason(error)).about(self.shown());
        match Damage::of(error) {
            Some(damage) => problem.hint(damage.hint),
            None => problem,
        }
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

    /// How many bytes of the file were read so far: of one that is compressed, these are not those of its text. Out of
    /// [`Input::size`], for progress.
    pub(crate) fn taken(&self) -> u64 {
        match &self.body {
            Body::Bytes(bytes, _) => bytes.taken(),
            Body::Utf16(reader) => reader.source().taken(),
        }
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
    /// How much was read from the source.
    taken: u64,
    source: Source,
}

impl Bytes {
    fn taken(&self) -> u64 {
        match &self.source {
            Source::Packed(unpacked) => unpacked.taken(),
            _ => self.taken,
        }
    }
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given < self.length {
            let length = buffer.len().min(self.length - self.given);
            buffer[..length].copy_from_slice(&self.head[self.given..self.given + length]);
            self.given += length;
            return Ok(length);
        }
        let read = self.source.read(buffer)?;
        self.taken += read as u64;
        Ok(read)
    }
}

enum Source {
    Stdin,
    File(File),
    Packed(Box<Decompressor<Bytes>>),
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            // Reads larger than the buffer of the standard library go past it.
            Source::Stdin => io::stdin().lock().read(buffer),
            Source::File(file) => file.read(buffer),
            Source::Packed(unpacked) => unpacked.read(buffer),
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(text: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest)
    }

    /// The text of a file, `None` if it is left out, or what is wrong and what to do.
    fn unpacked(file: &[u8], origin: Origin) -> Result<Option<(Vec<u8>, u64, bool)>, Problem> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, file).unwrap();
        let input = Input { path, origin, size: None };
        let Opened::Text(mut text) = input.open_unpacked(false, true)? else { return Ok(None) };
        let mut read = Vec::new();
        text.read_to_end(&mut read).map_err(|error| input.problem(&error))?;
        Ok(Some((read, text.taken(), text.is_transcoded())))
    }

    #[test]
    fn what_is_compressed_is_read_as_its_text() {
        let text = "Zeile für Zeile\n".repeat(3000).into_bytes();
        let utf16: Vec<u8> =
            "\u{feff}Zeile für Zeile\n".repeat(3000).encode_utf16().flat_map(u16::to_le_bytes).collect();
        let utf16_read = "Zeile für Zeile\n\u{feff}".repeat(3000);
        let utf16_read = utf16_read.strip_suffix('\u{feff}').unwrap().as_bytes();
        for origin in [Origin::Named, Origin::Walked(0)] {
            for file in [text.clone(), gzip(&text), zstd(&text)] {
                let wanted = (text.clone(), file.len() as u64, false);
                assert!(unpacked(&file, origin).unwrap() == Some(wanted));
            }
            for file in [utf16.clone(), gzip(&utf16), zstd(&utf16)] {
                let wanted = (utf16_read.to_vec(), file.len() as u64, true);
                assert!(unpacked(&file, origin).unwrap() == Some(wanted));
            }
        }
        assert!(unpacked(&gzip(b"a\0b"), Origin::Walked(0)).unwrap().is_none(), "binary within");
        assert!(unpacked(&gzip(b"a\0b"), Origin::Named).unwrap().is_some());
        assert_eq!(unpacked(b"\x1f", Origin::Named).unwrap().unwrap().0, b"\x1f");
    }

    #[test]
    fn what_cannot_be_decompressed_is_no_text() {
        let problem = unpacked(b"\xfd7zXZ\0 and so on", Origin::Named).unwrap_err();
        assert_eq!(problem.what, "xz files cannot be decompressed");
        assert!(problem.hint.unwrap().contains("xz -dc"));
        assert!(unpacked(b"BZh91AY&SY", Origin::Walked(0)).unwrap().is_none());
        let text: Vec<u8> =
            (0u32..60_000).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let file = gzip(&text);
        for length in [5, 100, file.len() - 1] {
            let problem = unpacked(&file[..length], Origin::Named).unwrap_err();
            assert!(problem.about.unwrap().contains("file"));
            assert!(problem.what.contains(&format!("ends after {length} bytes")), "{}", problem.what);
            assert!(problem.hint.unwrap().contains("copy or download it again"));
        }
    }
}
