//! The arguments of `tokenize encode` and `tokenize decode`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::{CommonArgs, InputArgs, VocabularyArgs};

/// `tokenize encode`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tokenize encode prompt.md                     the ids in a line
  tokenize encode --jsonl -m llama-3.1 a.txt    with bytes and places")]
pub(crate) struct EncodeArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) vocabulary: VocabularyArgs,
    /// Write one JSON object a token: id, bytes, start, end.
    ///
    /// `bytes` is a string if the bytes of the token are valid UTF-8; else `bytes_hex` stands in its place.
    /// `start` and `end` are byte offsets in the file's text, of UTF-16 in its text as UTF-8. They begin anew
    /// for each input.
    #[arg(long, help_heading = "Output")]
    pub(crate) jsonl: bool,
    /// Write to FILE, whole or not at all; - is standard output, where an input that fails leaves the ids of
    /// what came before.
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// `tokenize decode`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tokenize decode 13225 2375                    Hello world
  tokenize encode a.txt | tokenize decode       the text again, byte for byte")]
pub(crate) struct DecodeArgs {
    /// Token ids; none: from standard input, as numbers separated by white space or commas, as JSON arrays,
    /// or as JSON objects with an "id".
    #[arg(value_name = "ID", allow_negative_numbers = true)]
    pub(crate) ids: Vec<OsString>,
    #[command(flatten)]
    pub(crate) vocabulary: VocabularyArgs,
    /// Write U+FFFD for bytes that are not valid UTF-8, instead of the bytes.
    #[arg(long, help_heading = "Output")]
    pub(crate) lossy: bool,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}
