//! What kind of file this is, by its content: names of files say little, and are often wrong.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::{packed, sentencepiece, tiktoken, without_byte_order_mark};

/// A format of vocabulary files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// OpenAI's `.tiktoken`: tokens in base64 and their ranks.
    Tiktoken,
    /// Hugging Face's `tokenizer.json`.
    TokenizerJson,
    /// GPT-2's `vocab.json`, also called `encoder.json`.
    Gpt2Vocab,
    /// GPT-2's `merges.txt`, also called `vocab.bpe`.
    Gpt2Merges,
    /// Mistral's `tekken.json`.
    Tekken,
    /// SentencePiece's `.model`.
    SentencePiece,
    /// A model file of llama.cpp.
    Gguf,
    /// The JSON of `js-tiktoken`, and Anthropic's `claude.json`.
    JsTiktoken,
    /// A vocabulary packed by this crate.
    Pack,
}

/// The format of a file, or `None` if it is none of those that can be read. That the file is not damaged is left to
/// its reader.
pub fn detect(file: &[u8]) -> Option<Format> {
    if file.starts_with(b"GGUF") {
        return Some(Format::Gguf);
    }
    if packed::is_pack(file) {
        return Some(Format::Pack);
    }
    let start = without_byte_order_mark(file).trim_ascii_start();
    if start.starts_with(b"{") {
        return detect_json(start);
    }
    if start.starts_with(b"#version:") {
        return Some(Format::Gpt2Merges);
    }
    if sentencepiece::is_model(file) {
        return Some(Format::SentencePiece);
    }
    let line = start.split(|&byte| byte == b'\n').next().unwrap_or_default();
    tiktoken::parse_line(line.trim_ascii()).is_ok().then_some(Format::Tiktoken)
}

/// Which JSON this is, by the keys of the whole.
fn detect_json(file: &[u8]) -> Option<Format> {
    let mut keys = Keys::default();
    let mut json = serde_json::Deserializer::from_slice(file);
    // A file that breaks off is known by the keys up to there.
    let _ = keys.deserialize(&mut json);
    match keys {
        Keys { numbers, others: 0, .. } if numbers > 0 => Some(Format::Gpt2Vocab),
        Keys { model: true, .. } => Some(Format::TokenizerJson),
        Keys { bpe_ranks: true, .. } => Some(Format::JsTiktoken),
        Keys { config: true, vocab: true, .. } => Some(Format::Tekken),
        _ => None,
    }
}

/// What the keys of a JSON object are.
#[derive(Default)]
struct Keys {
    model: bool,
    bpe_ranks: bool,
    config: bool,
    vocab: bool,
    numbers: usize,
    others: usize,
}

impl<'de> DeserializeSeed<'de> for &mut Keys {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Keys {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<super::Text<'de>>()? {
            match key.as_ref() {
                "model" => self.model = true,
                "bpe_ranks" => self.bpe_ranks = true,
                "config" => self.config = true,
                "vocab" => self.vocab = true,
                _ => {}
            }
            match map.next_value::<Kind>()? {
                Kind::Number => self.numbers += 1,
                Kind::Other => self.others += 1,
            }
            // With this many tokens it is a vocab.json, also if one of them is called "model".
            if self.others > 0 && (self.model || self.bpe_ranks) {
                return Ok(());
            }
        }
        self.model &= self.others > 0;
        Ok(())
    }
}

/// Whether a value is a number. Nothing of it is kept.
enum Kind {
    Number,
    Other,
}

impl<'de> serde::de::Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Kind;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }

            fn visit_u64<E>(self, _: u64) -> Result<Kind, E> {
                Ok(Kind::Number)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Kind, E> {
                Ok(Kind::Other)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Kind, E> {
                Ok(Kind::Other)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Kind, E> {
                Ok(Kind::Other)
            }

            fn visit_str<E>(self, _: &str) -> Result<Kind, E> {
                Ok(Kind::Other)
            }

            fn visit_unit<E>(self) -> Result<Kind, E> {
                Ok(Kind::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Kind, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Kind::Other)
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Kind, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Kind::Other)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// Of a file that nothing is known of.
pub(super) const UNKNOWN: &str = "its content is of no known format";

/// What people load by mistake, where it can be told from the first bytes.
pub(super) fn another_kind_of_file(file: &[u8]) -> Option<&'static str> {
    let start = file.trim_ascii_start();
    let is_safetensors = file.get(8..10) == Some(b"{\"") && file[4..8] == [0; 4];
    match start {
        [] => Some("it is empty, there are no tokens"),
        _ if is_safetensors => Some("it is a safetensors file, the weights of a model"),
        _ if start.starts_with(b"version https://git-lfs") => {
            Some("it is a Git LFS pointer; fetch the file itself with `git lfs pull`")
        }
        _ if start.starts_with(b"[PAD]") || start.starts_with(b"[UNK]") => {
            Some("it is the vocab.txt of a WordPiece model; only byte-pair encodings are supported")
        }
        [b'P', b'K', 3, 4, ..] => {
            Some("it is a zip archive, or the weights of a model as PyTorch saves them")
        }
        [0x80, 2..=5, ..] => Some("it is a Python pickle, probably the weights of a model"),
        [0x1f, 0x8b, ..] => Some("it is compressed with gzip"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some("it is compressed with zstd"),
        [b'<', ..] => Some("it is a page of HTML or XML, probably an error page of a download"),
        [b'{' | b'[', ..] => Some("it is JSON"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_their_content() {
        for (file, format) in [
            (&b"GGUF\x03\0\0\0"[..], Format::Gguf),
            (b"bytepair pack 3\n", Format::Pack),
            (b"{\"version\": \"1.0\", \"model\": {\"type\": \"BPE\"}}", Format::TokenizerJson),
            (b"\xef\xbb\xbf {\"model\": {}, \"ver", Format::TokenizerJson),
            (b"{\"config\": {\"pattern\": \"\"}, \"vocab\": [{\"rank\": 0", Format::Tekken),
            (b"{\"pat_str\": \"\", \"special_tokens\": {}, \"bpe_ranks\": \"", Format::JsTiktoken),
            (b"{\"!\": 0, \"model\": 1, \"config\": 2, \"vocab\": 3}", Format::Gpt2Vocab),
            (b"#version: 0.2\na b\n", Format::Gpt2Merges),
            (b"\nYQ== 0\r\nYg== 1\r\n", Format::Tiktoken),
            (b"\x0a\x0e\x0a\x05<unk>\x15\0\0\0\0\x18\x02", Format::SentencePiece),
        ] {
            assert_eq!(detect(file), Some(format), "{}", file.escape_ascii());
        }
    }

    #[test]
    fn other_files_are_named() {
        for (file, words) in [
            (&b""[..], "empty"),
            (b"  \n", "empty"),
            (b"<!DOCTYPE html><html>", "HTML"),
            (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "Git LFS"),
            (b"[PAD]\n[UNK]\n[CLS]\nthe\n", "WordPiece"),
            (b"PK\x03\x04\x14\0", "zip"),
            (b"\x80\x02}q\0", "pickle"),
            (b"\x58\x01\0\0\0\0\0\0{\"__metadata__\":{", "safetensors"),
            (b"\x1f\x8b\x08", "gzip"),
            (b"\x28\xb5\x2f\xfd\0", "zstd"),
            (b"{\"unk_token\": \"<unk>\"}", "JSON"),
            (b"hello world\n", "no known format"),
            (b"\x0a\xff\xff\xff\xff\xff", "no known format"),
        ] {
            assert_eq!(detect(file), None, "{}", file.escape_ascii());
            let error = super::super::read(file, "any").expect_err("no vocabulary");
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}
