//! A reader that turns UTF-16 into UTF-8, in constant memory.
//!
//! The standard library decodes: a crate for all encodings of the web would bring their tables into the executable. What a
//! file is, and what is told about it, is left to `input`.

use std::io::{self, Read};

/// How much UTF-16 is decoded at a time.
const BLOCK: usize = 8 * 1024;

/// In which order the two bytes of a unit stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The lower byte first.
    Little,
    /// The higher byte first.
    Big,
}

impl Order {
    /// The order that a byte order mark at the beginning of a text states.
    pub(crate) fn of_mark(head: &[u8]) -> Option<Order> {
        match head {
            [0xff, 0xfe, ..] => Some(Order::Little),
            [0xfe, 0xff, ..] => Some(Order::Big),
            _ => None,
        }
    }

    fn unit(self, bytes: [u8; 2]) -> u16 {
        match self {
            Order::Little => u16::from_le_bytes(bytes),
            Order::Big => u16::from_be_bytes(bytes),
        }
    }
}

/// Reads UTF-16 without its byte order mark as UTF-8.
pub(crate) struct Utf16Reader<R> {
    source: R,
    order: Order,
    /// Bytes that are not decoded yet: after a block half a unit, or the first half of a pair.
    input: Vec<u8>,
    /// The text of the last block, and how much of it was given out.
    text: String,
    given: usize,
    ended: bool,
    malformed: bool,
}

impl<R: Read> Utf16Reader<R> {
    /// A reader of what follows the mark.
    pub(crate) fn new(source: R, order: Order) -> Utf16Reader<R> {
        let (input, text) = (Vec::with_capacity(BLOCK), String::new());
        Utf16Reader { source, order, input, text, given: 0, ended: false, malformed: false }
    }

    /// What the UTF-16 is read from.
    pub(crate) fn source(&self) -> &R {
        &self.source
    }

    /// Whether something so far was no UTF-16, and became U+FFFD.
    pub(crate) fn is_malformed(&self) -> bool {
        self.malformed
    }

    fn decode_block(&mut self) -> io::Result<()> {
        let kept = self.input.len();
        self.input.resize(BLOCK, 0);
        let read = self.source.read(&mut self.input[kept..]);
        self.input.truncate(kept + *read.as_ref().unwrap_or(&0));
        self.ended = read? == 0;
        let mut units: Vec<u16> =
            self.input.chunks_exact(2).map(|pair| self.order.unit([pair[0], pair[1]])).collect();
        // The other half of a pair may come with the next block.
        let is_open = units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit));
        if is_open && !self.ended {
            units.pop();
        }
        self.input.drain(..2 * units.len());
        (self.given, self.text) = (0, String::with_capacity(3 * units.len()));
        for decoded in char::decode_utf16(units) {
            self.malformed |= decoded.is_err();
            self.text.push(decoded.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        if self.ended && !self.input.is_empty() {
            self.malformed = true;
            self.input.clear();
            self.text.push(char::REPLACEMENT_CHARACTER);
        }
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
        buffer[..length].copy_from_slice(&self.text.as_bytes()[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A reader that gives a few bytes at a time.
    struct Dripping<'a>(&'a [u8], usize);

    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(buffer.len());
            self.0.read(&mut buffer[..length])
        }
    }

    proptest! {
        #[test]
        fn utf16_comes_out_as_utf8(text in "[a-zé漢🦀\r\n\u{feff}]{0,9000}", drip in 1usize..9000, big: bool) {
            let order = if big { Order::Big } else { Order::Little };
            let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
            let bytes: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
            let mut reader = Utf16Reader::new(Dripping(&bytes, drip), order);
            let mut read = String::new();
            reader.read_to_string(&mut read).unwrap();
            prop_assert_eq!(read, text);
            prop_assert!(!reader.is_malformed());
        }

        /// What is no UTF-16 becomes what the standard library makes of it, wherever blocks end.
        #[test]
        fn malformed_is_told(units in proptest::collection::vec(0xd700u16..0xe100, 0..40), odd: bool, drip in 1usize..9) {
            let mut bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            bytes.extend(odd.then_some(b'x'));
            let mut reader = Utf16Reader::new(Dripping(&bytes, drip), Order::Little);
            let mut read = String::new();
            reader.read_to_string(&mut read).unwrap();
            let wanted = String::from_utf16_lossy(&units) + if odd { "\u{fffd}" } else { "" };
            prop_assert_eq!(&read, &wanted);
            prop_assert_eq!(reader.is_malformed(), odd || String::from_utf16(&units).is_err());
        }
    }
}
