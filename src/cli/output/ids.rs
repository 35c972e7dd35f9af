//! Token ids as text: numbers with spaces between them, or one JSON object a token.
//!
//! Ids come in as the encoder finds them; nothing is kept.

use std::io::{self, Write};

use bytepair::stream::Encoder;
use bytepair::{Span, TokenId, Tokenizer};
use serde::Serialize;

/// A way to write the ids of one input after another: takes tokens from an encoder, and writes them when it is told to.
/// Only where they are asked for, tokens come with the places of the text that they stand for.
pub(crate) enum IdWriter<'t> {
    /// Numbers with spaces between them, a line for each input.
    Plain {
        /// Whether the next number is the first of its line.
        first: bool,
        /// What is not written yet.
        ids: Vec<TokenId>,
    },
    /// An object a line.
    Json {
        /// Knows the bytes of tokens.
        tokenizer: &'t Tokenizer,
        /// What is not written yet.
        spans: Vec<Span>,
    },
}

#[derive(Serialize)]
struct Token<'a> {
    id: TokenId,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes_hex: Option<String>,
    start: usize,
    end: usize,
}

impl<'t> IdWriter<'t> {
    /// A writer of numbers.
    pub(crate) fn plain() -> IdWriter<'t> {
        IdWriter::Plain { first: true, ids: Vec::new() }
    }

    /// A writer of objects.
    pub(crate) fn json(tokenizer: &'t Tokenizer) -> IdWriter<'t> {
        IdWriter::Json { tokenizer, spans: Vec::new() }
    }

    /// Takes the tokens that come with the next bytes of a text.
    pub(crate) fn push(&mut self, encoder: &mut Encoder<'_>, chunk: &[u8]) -> Result<(), bytepair::Error> {
        match self {
            IdWriter::Plain { ids, .. } => encoder.push(chunk, ids),
            IdWriter::Json { spans, .. } => encoder.push_spans(chunk, spans),
        }
    }

    /// Takes the last tokens of a text.
    pub(crate) fn finish(&mut self, encoder: Encoder<'_>) -> Result<(), bytepair::Error> {
        match self {
            IdWriter::Plain { ids, .. } => encoder.finish(ids),
            IdWriter::Json { spans, .. } => encoder.finish_spans(spans),
        }
    }

    /// Takes tokens that stand at a place of the text, for none of its bytes.
    pub(crate) fn put_at(&mut self, place: usize, more: &[TokenId]) {
        match self {
            IdWriter::Plain { ids, .. } => ids.extend_from_slice(more),
            IdWriter::Json { spans, .. } => {
                spans.extend(more.iter().map(|&id| Span { id, start: place, end: place }));
            }
        }
    }

    /// Writes what was taken.
    pub(crate) fn write(&mut self, out: &mut impl Write) -> io::Result<()> {
        match self {
            IdWriter::Plain { first, ids } => {
                for id in ids.drain(..) {
                    if !std::mem::take(first) {
                        out.write_all(b" ")?;
                    }
                    number(id, out)?;
                }
            }
            IdWriter::Json { tokenizer, spans } => {
                for Span { id, start, end } in spans.drain(..) {
                    let bytes = tokenizer.token_bytes(id).map_err(io::Error::other)?;
                    let text = std::str::from_utf8(bytes).ok();
                    let bytes_hex = text.is_none().then(|| hex(bytes));
                    serde_json::to_writer(&mut *out, &Token { id, bytes: text, bytes_hex, start, end })?;
                    out.write_all(b"\n")?;
                }
            }
        }
        Ok(())
    }

    /// Ends an input. What was taken and not written, because the input failed, is forgotten.
    pub(crate) fn end(&mut self, out: &mut impl Write) -> io::Result<()> {
        match self {
            IdWriter::Plain { first, ids } => {
                ids.clear();
                *first = true;
                out.write_all(b"\n")
            }
            IdWriter::Json { spans, .. } => {
                spans.clear();
                Ok(())
            }
        }
    }
}

/// Writes a number without the machinery of formatting, which takes longer than to encode.
fn number(mut number: u32, out: &mut impl Write) -> io::Result<()> {
    let mut digits = [0; 10];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return out.write_all(&digits[at..]);
        }
    }
}

/// Bytes that are no UTF-8, where a string is asked for.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
