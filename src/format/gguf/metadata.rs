//! The metadata of a GGUF file: keys and values, of which those of the tokenizer are kept.
//!
//! Numbers are little-endian. Nothing is allocated for a length that the file only claims: what is kept grows with what
//! has been read, what is not kept is read past through a small buffer.

use std::io::{self, BufReader, Read};

use super::super::invalid;
use crate::error::Error;

/// No name of a key, and no token, is longer.
const LONGEST_TEXT: u64 = 1 << 20;
/// Nothing is nested that deep: an array of arrays is allowed, none is known.
const DEEPEST: u32 = 8;

const STRING: u32 = 8;
const ARRAY: u32 = 9;

/// The values of the keys under `tokenizer.ggml`.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    /// That of the model, `general.architecture`.
    pub(super) architecture: Option<String>,
    pub(super) model: Option<String>,
    pub(super) pre: Option<String>,
    pub(super) tokens: Vec<String>,
    pub(super) scores: Vec<f32>,
    pub(super) kinds: Vec<i32>,
    pub(super) merges: Vec<String>,
    pub(super) begin: Option<u32>,
    pub(super) end: Option<u32>,
    pub(super) unknown: Option<u32>,
    pub(super) adds_begin: Option<bool>,
    pub(super) adds_end: Option<bool>,
    pub(super) adds_space_prefix: Option<bool>,
    pub(super) removes_extra_spaces: Option<bool>,
    pub(super) character_map: Vec<u8>,
}

impl Metadata {
    pub(super) fn read(reader: impl Read) -> Result<Metadata, Error> {
        let mut source = Reader { inner: BufReader::new(reader) };
        if source.bytes::<4>()? != *b"GGUF" {
            return Err(invalid("not a GGUF file: it does not begin with GGUF"));
        }
        let version = source.u32()?;
        match version {
            2 | 3 => {}
            _ if matches!(version.swap_bytes(), 1..=3) => {
                return Err(invalid("this GGUF file is big-endian, which is not supported"));
            }
            _ => return Err(invalid(format!("GGUF files of version {version} are not supported"))),
        }
        let _tensors = source.u64()?;
        let keys = source.u64()?;
        let mut metadata = Metadata::default();
        for _ in 0..keys {
            let key = source.text()?;
            let kind = source.u32()?;
            metadata.value(&key, kind, &mut source)?;
        }
        Ok(metadata)
    }

    fn value<R: Read>(&mut self, key: &str, kind: u32, source: &mut Reader<R>) -> Result<(), Error> {
        if key == "general.architecture" && kind == STRING {
            self.architecture = Some(source.text()?);
            return Ok(());
        }
        // The start of the key is that of the writer, "tokenizer.ggml." in all files.
        let Some(name) = key.strip_prefix("tokenizer.ggml.") else { return source.skip(kind, 0) };
        let in_key = |what: &str| invalid(format!("the value of {key} in this GGUF file is {what}"));
        match (name, kind) {
            ("model", STRING) => self.model = Some(source.text()?),
            ("pre", STRING) => self.pre = Some(source.text()?),
            ("bos_token_id", 4) => self.begin = Some(source.u32()?),
            ("eos_token_id", 4) => self.end = Some(source.u32()?),
            ("unknown_token_id", 4) => self.unknown = Some(source.u32()?),
            ("add_bos_token", 7) => self.adds_begin = Some(source.bool()?),
            ("add_eos_token", 7) => self.adds_end = Some(source.bool()?),
            ("add_space_prefix", 7) => self.adds_space_prefix = Some(source.bool()?),
            ("remove_extra_whitespaces", 7) => self.removes_extra_spaces = Some(source.bool()?),
            ("tokens" | "merges" | "scores" | "token_type" | "precompiled_charsmap", ARRAY) => {
                let element = source.u32()?;
                let count = source.u64()?;
                match (name, element) {
                    ("tokens", STRING) => self.tokens = source.list(count, Reader::text)?,
                    ("merges", STRING) => self.merges = source.list(count, Reader::text)?,
                    ("scores", 6) => {
                        self.scores = source.list(count, |source| Ok(f32::from_bits(source.u32()?)))?
                    }
                    ("token_type", 4 | 5) => {
                        self.kinds = source.list(count, |source| Ok(source.u32()? as i32))?
                    }
                    ("precompiled_charsmap", 0 | 1) => {
                        self.character_map = source.list(count, |source| Ok(source.bytes::<1>()?[0]))?;
                    }
                    _ => return Err(in_key("a list of something unexpected")),
                }
            }
            (
                "model"
                | "pre"
                | "bos_token_id"
                | "eos_token_id"
                | "add_bos_token"
                | "add_eos_token"
                | "add_space_prefix"
                | "remove_extra_whitespaces"
                | "tokens"
                | "merges"
                | "scores"
                | "token_type"
                | "precompiled_charsmap",
                _,
            ) => return Err(in_key("of an unexpected type")),
            _ => source.skip(kind, 0)?,
        }
        Ok(())
    }
}

struct Reader<R> {
    inner: BufReader<R>,
}

impl<R: Read> Reader<R> {
    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        self.inner.read_exact(&mut bytes).map_err(cut_short)?;
        Ok(bytes)
    }

    fn u32(&mut self) -> Result<u32, Error> {
        self.bytes().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, Error> {
        self.bytes().map(u64::from_le_bytes)
    }

    fn bool(&mut self) -> Result<bool, Error> {
        Ok(self.bytes::<1>()?[0] != 0)
    }

    fn text(&mut self) -> Result<String, Error> {
        let length = self.u64()?;
        if length > LONGEST_TEXT {
            return Err(invalid(format!("a text in the metadata of this GGUF file claims {length} bytes")));
        }
        let mut bytes = Vec::new();
        (&mut self.inner).take(length).read_to_end(&mut bytes).map_err(Error::from)?;
        if (bytes.len() as u64) < length {
            return Err(cut_short(io::ErrorKind::UnexpectedEof.into()));
        }
        String::from_utf8(bytes).map_err(|error| {
            let shown = super::super::show(&String::from_utf8_lossy(error.as_bytes()));
            invalid(format!("a text in the metadata of this GGUF file is not UTF-8: {shown}"))
        })
    }

    /// A list of elements. It grows with what is there.
    fn list<T>(
        &mut self,
        count: u64,
        mut element: impl FnMut(&mut Self) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut list = Vec::new();
        for _ in 0..count {
            list.push(element(self)?);
        }
        Ok(list)
    }

    /// Reads past bytes.
    fn past(&mut self, length: u64) -> Result<(), Error> {
        let read = io::copy(&mut (&mut self.inner).take(length), &mut io::sink())?;
        if read < length { Err(cut_short(io::ErrorKind::UnexpectedEof.into())) } else { Ok(()) }
    }

    /// Reads past a value.
    fn skip(&mut self, kind: u32, depth: u32) -> Result<(), Error> {
        match kind {
            STRING => {
                let length = self.u64()?;
                self.past(length)
            }
            ARRAY if depth < DEEPEST => {
                let element = self.u32()?;
                let count = self.u64()?;
                match size(element) {
                    Some(size) => {
                        let length = count.checked_mul(size);
                        self.past(length.unwrap_or(u64::MAX))
                    }
                    None => (0..count).try_for_each(|_| self.skip(element, depth + 1)),
                }
            }
            _ => match size(kind) {
                Some(size) => self.past(size),
                None => Err(invalid(format!(
                    "the metadata of this GGUF file hold a value of unknown type {kind}"
                ))),
            },
        }
    }
}

/// How many bytes a value of this type has; `None` if it has a length of its own or there is no such type.
fn size(kind: u32) -> Option<u64> {
    match kind {
        0 | 1 | 7 => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}

fn cut_short(error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return invalid("the GGUF file ends within its metadata")
            .with_hint("if this is the beginning of a bigger file, more of it is needed");
    }
    error.into()
}
