//! The encoding of protocol buffers: fields of a number and a value, nothing more.
//!
//! Source: protobuf.dev/programming-guides/encoding. Every length is checked against what is left before it is used;
//! nothing is copied.

use super::super::invalid;
use crate::error::Error;

/// The value of a field. What fields of 8 bytes hold is of no interest here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field<'m> {
    Number(u64),
    Fixed32(u32),
    Fixed64,
    Bytes(&'m [u8]),
}

/// The fields of a message, in the order in which they stand there. Ends after the first error.
pub(super) struct Message<'m> {
    rest: &'m [u8],
}

impl<'m> Message<'m> {
    pub(super) fn new(bytes: &'m [u8]) -> Message<'m> {
        Message { rest: bytes }
    }

    /// A number of 7 bits a byte, the lowest first.
    fn number(&mut self) -> Option<u64> {
        let mut number = 0u64;
        for place in 0..10 {
            let (&byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            // The tenth byte has room for one bit.
            if place == 9 && byte > 1 {
                return None;
            }
            number |= u64::from(byte & 0x7f) << (7 * place);
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'m [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn field(&mut self) -> Option<(u64, Field<'m>)> {
        let key = self.number()?;
        let field = match key & 7 {
            0 => Field::Number(self.number()?),
            1 => self.take(8).map(|_| Field::Fixed64)?,
            2 => {
                let length = usize::try_from(self.number()?).ok()?;
                Field::Bytes(self.take(length)?)
            }
            5 => Field::Fixed32(u32::from_le_bytes(*self.take(4)?.first_chunk()?)),
            // Groups have gone out of use long ago.
            _ => return None,
        };
        (key >> 3 != 0).then_some((key >> 3, field))
    }
}

impl<'m> Iterator for Message<'m> {
    type Item = Result<(u64, Field<'m>), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.rest = &[];
        }
        Some(field.ok_or_else(|| invalid("not a SentencePiece model: it is cut short or damaged")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_one_after_the_other() {
        let bytes =
            [0x08, 0x96, 0x01, 0x12, 2, b'h', b'i', 0x1d, 0, 0, 0x80, 0x3f, 0x21, 0, 0, 0, 0, 0, 0, 0, 0];
        let fields: Vec<_> = Message::new(&bytes).map(|field| field.expect("a field")).collect();
        let wanted = [
            (1, Field::Number(150)),
            (2, Field::Bytes(b"hi")),
            (3, Field::Fixed32(0x3f80_0000)),
            (4, Field::Fixed64),
        ];
        assert_eq!(fields, wanted);
        let minus_one = [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
        assert!(matches!(Message::new(&minus_one).next(), Some(Ok((1, Field::Number(u64::MAX))))));
    }

    #[test]
    fn what_is_cut_short_is_an_error_once() {
        for bytes in [
            &[0x08][..],
            &[0x80],
            &[0x12, 3, b'h', b'i'],
            &[0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
            &[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2],
            &[0x1d, 0, 0],
            &[0x0b, 0x0c],
            &[0x00, 0x00],
        ] {
            let fields: Vec<_> = Message::new(bytes).collect();
            assert!(matches!(fields[..], [Err(_)]), "{bytes:?}");
        }
    }
}
