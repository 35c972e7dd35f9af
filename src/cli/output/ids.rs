//! Token ids as text: numbers with spaces between them, or one JSON object a token.
//!
//! Ids come in as the encoder finds them; nothing is kept.

use std::io::{self, Write};

use bytepair::{Span, TokenId, Tokenizer};
use serde::Serialize;

/// A way to write the ids of one input after another.
pub(crate) enum IdWriter<'t> {
    /// Numbers with spaces between them, a line for each input.
    Plain {
        /// Whether the next number is the first of its line.
        first: bool,
    },
    /// An object a line.
    Json {
        /// Knows the bytes of tokens.
        tokenizer: &'t Tokenizer,
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
        IdWriter::Plain { first: true }
    }

    /// A writer of objects.
    pub(crate) fn json(tokenizer: &'t Tokenizer) -> IdWriter<'t> {
        IdWriter::Json { tokenizer }
    }

    /// Writes the next tokens of an input.
    pub(crate) fn write(&mut self, tokens: &[Span], out: &mut impl Write) -> io::Result<()> {
        match self {
            IdWriter::Plain { first } => {
                for &Span { id, .. } in tokens {
                    if !std::mem::take(first) {
                        out.write_all(b" ")?;
                    }
                    number(id, out)?;
                }
            }
            IdWriter::Json { tokenizer } => {
                for &Span { id, start, end } in tokens {
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

    /// Ends an input.
    pub(crate) fn end(&mut self, out: &mut impl Write) -> io::Result<()> {
        match self {
            IdWriter::Plain { first } => {
                *first = true;
                out.write_all(b"\n")
            }
            IdWriter::Json { .. } => Ok(()),
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

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
