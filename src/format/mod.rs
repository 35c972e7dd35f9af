//! Vocabulary files: readers make definitions, writers take them.
//!
//! * [`read`] finds out what a file is by its content; [`detect`] only says what it is.
//! * [`tiktoken`]: OpenAI's `.tiktoken` text files, which hold the ranks only.
//! * [`tokenizer_json`]: Hugging Face's `tokenizer.json`.
//! * [`gpt2`]: `vocab.json` and `merges.txt`.
//! * [`tekken`]: Mistral's `tekken.json`.
//! * [`sentencepiece`]: SentencePiece's `.model`.
//! * [`gguf`]: the tokenizer in a llama.cpp model file.
//! * [`js_tiktoken`]: the JSON of `js-tiktoken`, which is also Anthropic's `claude.json`.
//! * [`pack`]: the form in which this crate carries its vocabularies.
//!
//! A reader never makes a tokenizer, so it cannot change how one behaves. What a file asks for and this crate does
//! not do is an error that names it.

mod base64;
mod byte_alphabet;
mod detect;
pub mod gguf;
pub mod gpt2;
pub mod js_tiktoken;
mod merge_model;
pub(crate) mod packed;
mod parts;
pub mod sentencepiece;
pub mod tekken;
pub mod tiktoken;
pub mod tokenizer_json;
mod written;

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Visitor};

use crate::definition::Definition;
use crate::error::{Error, ErrorKind};
use crate::vocabulary::{BpeModel, Rules, Vocabulary};
pub use detect::{Format, detect};

/// What [`read`] has found in a file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Loaded {
    /// A whole tokenizer.
    Definition(Box<Definition>),
    /// Tokens and their ranks only: the file does not say by which pattern text is cut into pieces, nor what special
    /// tokens there are.
    Ranks(Box<Vocabulary>),
}

/// Reads a vocabulary file of any format, under a name of its own.
///
/// # Errors
///
/// [`ErrorKind::InvalidVocabulary`] if the file is of no known format (the message says what it is, if that can be
/// told), if another file belongs to it, and where the format's own reader fails.
///
/// ```
/// use bytepair::format::{Loaded, read};
///
/// let ranks: String = (0..=255).map(|byte| format!("{} {byte}\n", ["AA==", "AQ=="][byte.min(1)])).collect();
/// assert!(read(ranks.as_bytes(), "two tokens with many ids").is_err());
/// let error = read(b"<html>404</html>", "a download").expect_err("no vocabulary");
/// assert_eq!(error.to_string(), "not a vocabulary file: it is a page of HTML or XML, probably an error page of a download");
/// # let _ = |loaded| match loaded { Loaded::Ranks(_) => 0, _ => 1 };
/// ```
pub fn read(file: &[u8], name: &str) -> Result<Loaded, Error> {
    match detect(file) {
        Some(Format::Tiktoken) => tiktoken::read(file).map(Box::new).map(Loaded::Ranks),
        Some(Format::Pack) => unpack(file).map(Box::new).map(Loaded::Ranks),
        Some(Format::TokenizerJson) => tokenizer_json::read(file, name).map(Box::new).map(Loaded::Definition),
        Some(Format::Tekken) => tekken::read(file, name).map(Box::new).map(Loaded::Definition),
        Some(Format::JsTiktoken) => js_tiktoken::read(file, name).map(Box::new).map(Loaded::Definition),
        Some(Format::SentencePiece) => sentencepiece::read(file, name).map(Box::new).map(Loaded::Definition),
        Some(Format::Gguf) => gguf::read(file, name).map(Box::new).map(Loaded::Definition),
        Some(Format::Gpt2Vocab) => {
            let message = "this is GPT-2's vocab.json, which is read together with merges.txt";
            Err(invalid(message).with_hint("give the folder that holds both files"))
        }
        Some(Format::Gpt2Merges) => {
            let message = "this is GPT-2's merges.txt, which is read together with vocab.json";
            Err(invalid(message).with_hint("give the folder that holds both files"))
        }
        None => {
            let what = detect::another_kind_of_file(file).unwrap_or(detect::UNKNOWN);
            Err(invalid(format!("not a vocabulary file: {what}")))
        }
    }
}

/// The names under which vocabularies lie in a model's folder, the best first: [`read`] takes the first that is
/// there. A folder without any of them may hold `vocab.json` and `merges.txt`, for [`gpt2::read`].
pub const FILE_NAMES: [&str; 6] = [
    "tokenizer.json",
    "tekken.json",
    "tokenizer.model",
    "spiece.model",
    "tiktoken.model",
    "sentencepiece.bpe.model",
];

/// The packed form of a vocabulary, as it lies in the repository's `vocab/`.
///
/// # Errors
///
/// [`crate::ErrorKind::InvalidVocabulary`] if a token is longer than 65,535 bytes.
pub fn pack(vocabulary: &Vocabulary) -> Result<Vec<u8>, Error> {
    let Rules { unit, merging, whole_pieces, .. } = vocabulary.rules();
    let spelled = vocabulary.spelled();
    let (tokens, others) = spelled.split_at(merging as usize);
    let bytes = vocabulary.byte_ranks().map(|rank| rank.filter(|&rank| rank >= merging));
    packed::write(&packed::Pack {
        unit,
        whole_pieces,
        ids: vocabulary.id_runs(),
        tokens: tokens.to_vec(),
        pairs: (!vocabulary.merges_any_neighbours()).then(|| vocabulary.pairs()),
        others: others.to_vec(),
        bytes,
    })
}

/// The vocabulary in a pack.
///
/// # Errors
///
/// [`crate::ErrorKind::InvalidVocabulary`] if the bytes are no pack, and where [`Vocabulary::from_model`] fails.
pub fn unpack(pack: &[u8]) -> Result<Vocabulary, Error> {
    let pack = packed::read(pack)?;
    let ids = pack.ids.iter().flat_map(|&(first, length)| (0..length).map(move |i| first.wrapping_add(i)));
    let mut all = pack.tokens.iter().chain(&pack.others).zip(ids);
    let tokens = all.by_ref().take(pack.tokens.len()).map(|(bytes, id)| (bytes.to_vec(), id)).collect();
    let (mut byte_tokens, mut decode_only) = (Vec::new(), Vec::new());
    for ((bytes, id), rank) in all.zip(pack.tokens.len() as u32..) {
        match **bytes {
            [byte] if pack.bytes[usize::from(byte)] == Some(rank) => byte_tokens.push((byte, id)),
            _ => decode_only.push((bytes.to_vec(), id)),
        }
    }
    let merges = pack.pairs.as_ref().map(|pairs| {
        let merges =
            pairs.iter().zip(0..).filter_map(|(pair, rank)| pair.map(|(left, right)| [left, right, rank]));
        merges.collect()
    });
    Vocabulary::from_model(BpeModel {
        tokens,
        merges,
        unit: pack.unit,
        byte_tokens,
        decode_only,
        unknown: None,
        whole_pieces: pack.whole_pieces,
    })
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidVocabulary, message)
}

fn json_error(file: &str, error: serde_json::Error) -> Error {
    invalid(format!("{file} cannot be read: {error}")).with_source(error)
}

/// A text as JSON has it, in quotation marks.
fn json_text(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    push_json_text(&mut json, text);
    json
}

/// Puts a text to others as JSON has it, in quotation marks.
fn push_json_text(json: &mut String, text: &str) {
    // Nearly all have nothing in them that is to be escaped.
    if text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
        json.extend(["\"", text, "\""]);
    } else {
        json.push_str(&serde_json::Value::from(text).to_string());
    }
}

/// A name for a message: quoted, cut if it is long.
fn show(name: &str) -> String {
    const LONGEST: usize = 60;
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}...", &name[..end]),
        None => format!("{name:?}"),
    }
}

/// The file without the mark that Windows' editors put before JSON.
fn without_byte_order_mark(file: &[u8]) -> &[u8] {
    file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file)
}

/// A text in JSON: a part of the file where nothing in it is escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Text<'f>(Cow<'f, str>);

impl AsRef<str> for Text<'_> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'f, 'f> Deserialize<'de> for Text<'f> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.into())))
            }
        }
        deserializer.deserialize_str(Any)
    }
}
