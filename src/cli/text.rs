//! A reader that turns UTF-16 into UTF-8, in constant memory.
//!
//! What a file is, and what is told about it, is left to `input`.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, Encoding};

/// How much UTF-16 is decoded at a time.
const BLOCK: usize = 8 * 1024;

/// Reads UTF-16 without its byte order mark as UTF-8.
pub(crate) struct Utf16Reader<R> {
    source: R,
    decoder: Decoder,
    input: Box<[u8; BLOCK]>,
    /// The text of the last block, and how much of it was given out.
    text: Vec<u8>,
    given: usize,
    ended: bool,
    malformed: bool,
}

impl<R: Read> Utf16Reader<R> {
    /// A reader of what follows the mark of `encoding`.
    pub(crate) fn new(source: R, encoding: &'static Encoding) -> Utf16Reader<R> {
        Utf16Reader {
            source,
            decoder: encoding.new_decoder_without_bom_handling(),
            input: Box::new([0; BLOCK]),
            text: Vec::new(),
            given: 0,
            ended: false,
            malformed: false,
        }
    }

    /// Whether something so far was no UTF-16, and became U+FFFD.
    pub(crate) fn is_malformed(&self) -> bool {
        self.malformed
    }

    fn decode_block(&mut self) -> io::Result<()> {
        let length = self.source.read(&mut self.input[..])?;
        self.ended = length == 0;
        let mut input = &self.input[..length];
        let needed = self.decoder.max_utf8_buffer_length(length).unwrap_or(4 * BLOCK);
        self.text.resize(needed, 0);
        self.given = 0;
        let mut filled = 0;
        loop {
            let (result, read, written, malformed) =
                self.decoder.decode_to_utf8(input, &mut self.text[filled..], self.ended);
            self.malformed |= malformed;
            input = &input[read..];
            filled += written;
            match result {
                CoderResult::InputEmpty => break,
                CoderResult::OutputFull => self.text.resize(2 * self.text.len() + 16, 0),
            }
        }
        self.text.truncate(filled);
        Ok(())
    }
}

impl<R: Read> Read for Utf16Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            if self.ended {
                return Ok(0);
            }
            self.decode_block()?;
        }
        let length = buffer.len().min(self.text.len() - self.given);
        buffer[..length].copy_from_slice(&self.text[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn utf16_comes_out_as_utf8(text in "[a-zé漢🦀\r\n\u{feff}]{0,9000}") {
            let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let mut reader = Utf16Reader::new(bytes.as_slice(), encoding_rs::UTF_16LE);
            let mut read = String::new();
            reader.read_to_string(&mut read).unwrap();
            prop_assert_eq!(read, text);
            prop_assert!(!reader.is_malformed());
        }
    }
}
