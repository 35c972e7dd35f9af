//! Where the merging of a piece can begin: with whole characters instead of single bytes, where that is safe.
//!
//! Text in most scripts has characters of two or three bytes, nearly all of which are tokens, so merging
//! mostly begins with putting characters together, which is known in advance. Not always: a token may end
//! inside a character (such as a space with the first byte of a Cyrillic letter) and come before the
//! character in the order of merges. So the neighbours are asked:
//!
//! > Let c be a character whose bytes, merged alone, become one token, and let all these merges have ranks of
//! > at most R. If every token that reaches from before c into c and ends inside it, every token that begins
//! > inside c and reaches out of it, and every token that c merges into has a rank above R, then c can be put
//! > together before all else.
//!
//! While c is in parts, a merge inside it with a rank of at most R is waiting. A merge that crosses a border
//! of c makes a token that ends or begins inside c (if it held all of c and more, the border between its two
//! parts would lie inside c, and one of them would have crossed before), so its rank is above R and it has
//! to wait: nothing else touches the bytes of c. And when c is put together too early, what becomes possible
//! are merges of c with a neighbour, of ranks above R, which wait for all merges that would have come before
//! c. So the others come in the same order as without it. (The last condition holds by itself where a token
//! comes after its parts, as in all trained vocabularies.)
//!
//! Which tokens reach across a border is asked of the two bytes at it. That counts some that do not fit the
//! other bytes, and so errs on the safe side.
//!
//! ```text
//! image = characters ending beginning          all numbers little-endian u32
//! characters = for each code point below 2^16, R + 1, which is also the rank of c; or 0
//! ending     = for the byte before c and the first byte of c, the lowest rank of a token that ends inside
//! beginning  = for the last byte of c and the byte after it, the lowest rank of a token that begins inside
//! ```

use std::borrow::Cow;

use super::join::{NO_NEIGHBOUR, NO_PAIR};
use super::pairs::Pairs;
use super::pieces::PieceTable;

const CODES: usize = 1 << 16;
const ENDING_AT: usize = CODES * 4;
const BEGINNING_AT: usize = ENDING_AT + 256 * 64 * 4;
const LENGTH: usize = BEGINNING_AT + 64 * 256 * 4;

/// A read-only table of characters, see the module.
#[derive(Clone)]
pub(crate) struct Chars {
    image: Cow<'static, [u8]>,
}

impl Chars {
    /// Makes the image for the tokens of a table.
    pub(crate) fn build_image(table: &PieceTable, pairs: &Pairs) -> Vec<u8> {
        let mut numbers = vec![0; CODES];
        numbers.resize(LENGTH / 4, u32::MAX);
        let mut lower = |at: usize, rank: u32| numbers[at / 4] = numbers[at / 4].min(rank);
        let mut found = Vec::new();
        for rank in 0..table.len() {
            let token = table.bytes(rank);
            for (at, pair) in token.windows(2).enumerate() {
                if is_lead(pair[1]) && at + 1 + length(pair[1]) > token.len() {
                    lower(ending(pair[0], pair[1]), rank);
                }
            }
            if is_continuation(token[0])
                && let Some(out) = token.iter().position(|&byte| !is_continuation(byte))
            {
                lower(beginning(token[out - 1], token[out]), rank);
            }
            if let Some((code, length)) = character(token, 0)
                && length == token.len()
                && is_last_merge(table, pairs, token, rank)
            {
                found.push((code, rank));
            }
        }
        let mut comes_before_parts = vec![false; table.len() as usize];
        for (left, right, rank) in pairs.iter() {
            [left, right]
                .into_iter()
                .filter(|&part| rank < part)
                .for_each(|part| comes_before_parts[part as usize] = true);
        }
        found.retain(|&(_, rank)| !comes_before_parts[rank as usize]);
        found.into_iter().for_each(|(code, rank)| numbers[code] = rank + 1);
        numbers.into_iter().flat_map(u32::to_le_bytes).collect()
    }

    /// Uses an image made by [`Chars::build_image`]; `None` if it has another length.
    pub(crate) fn from_image(image: Cow<'static, [u8]>) -> Option<Chars> {
        (image.len() == LENGTH).then_some(Chars { image })
    }

    /// The parts that merging the piece may begin with.
    pub(super) fn parts<'p>(&'p self, table: &'p PieceTable, piece: &'p [u8]) -> Parts<'p> {
        Parts { chars: self, table, piece, at: 0 }
    }

    /// The rank and the length in bytes of the character at byte `at` of the piece, if it can be put together
    /// in advance.
    #[inline(always)]
    fn at(&self, piece: &[u8], at: usize) -> Option<(u32, usize)> {
        let (code, length) = character(piece, at)?;
        let rank = self.number(code * 4).checked_sub(1)?;
        let is_safe_before = match at.checked_sub(1) {
            Some(before) => rank < self.number(ending(piece[before], piece[at])),
            None => true,
        };
        let end = at + length;
        let is_safe_after = match piece.get(end) {
            // Bytes that are no character of their own could belong to tokens that begin inside this one.
            Some(&after) => !is_continuation(after) && rank < self.number(beginning(piece[end - 1], after)),
            None => true,
        };
        (is_safe_before && is_safe_after).then_some((rank, length))
    }

    #[inline(always)]
    fn number(&self, at: usize) -> u32 {
        self.image[at..].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }
}

/// See [`Chars::parts`].
pub(super) struct Parts<'p> {
    chars: &'p Chars,
    table: &'p PieceTable,
    piece: &'p [u8],
    at: usize,
}

/// The last part, and its byte if it is one.
pub(super) struct Before {
    rank: u32,
    byte: Option<u8>,
}

impl Before {
    /// Nothing is before the first part.
    pub(super) const NOTHING: Before = Before { rank: NO_NEIGHBOUR, byte: None };
}

impl Parts<'_> {
    /// The next part, its rank together with the part before it, or `NO_PAIR`, and whether the byte after it, if
    /// there is one, can begin a character.
    #[inline(always)]
    pub(super) fn next_with_pair(&mut self, pairs: &Pairs, before: &mut Before) -> Option<(u32, u32, bool)> {
        let from = self.at;
        let rank = self.next()?;
        let byte = (self.at == from + 1).then(|| self.piece[from]);
        let joined = match (before.byte, byte) {
            // Bytes have a table of their own, without a hash.
            (Some(before), Some(byte)) => self.table.rank_of_pair(before, byte).unwrap_or(NO_PAIR),
            _ => pairs.rank(before.rank, rank),
        };
        *before = Before { rank, byte };
        Some((rank, joined, self.is_between_characters()))
    }
    /// Whether the next byte, if there is one, can begin a character.
    fn is_between_characters(&self) -> bool {
        self.piece.get(self.at).is_none_or(|&byte| !is_continuation(byte))
    }
}

impl Iterator for Parts<'_> {
    type Item = u32;

    #[inline(always)]
    fn next(&mut self) -> Option<u32> {
        let &byte = self.piece.get(self.at)?;
        if byte >= 0x80
            && let Some((rank, length)) = self.chars.at(self.piece, self.at)
        {
            self.at += length;
            return Some(rank);
        }
        self.at += 1;
        self.table.rank_of_byte(byte)
    }
}

/// The code point (as far as its bits go) and the length of the character of two or three bytes at byte `at`.
///
/// It need not be a valid one: all that matters is that its bytes are a lead and what follows it.
#[inline(always)]
fn character(piece: &[u8], at: usize) -> Option<(usize, usize)> {
    let lead = piece[at];
    let follow = |i: usize| {
        piece.get(at + i).filter(|&&byte| is_continuation(byte)).map(|&byte| usize::from(byte & 0x3f))
    };
    match lead {
        0xc0..=0xdf => Some((usize::from(lead & 0x1f) << 6 | follow(1)?, 2)),
        0xe0..=0xef => {
            let code = usize::from(lead & 0x0f) << 12 | follow(1)? << 6 | follow(2)?;
            // Smaller ones would share a place with characters of two bytes.
            (code >= 0x800).then_some((code, 3))
        }
        _ => None,
    }
}

fn is_lead(byte: u8) -> bool {
    byte >= 0xc0
}

/// Whether the byte can only be a second or later one of a character.
#[inline(always)]
pub(super) fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// How many bytes a character with this first byte has.
fn length(lead: u8) -> usize {
    match lead {
        ..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    }
}

#[inline(always)]
fn ending(before: u8, lead: u8) -> usize {
    ENDING_AT + (usize::from(before) << 6 | usize::from(lead & 0x3f)) * 4
}

#[inline(always)]
fn beginning(last: u8, after: u8) -> usize {
    BEGINNING_AT + (usize::from(last & 0x3f) << 8 | usize::from(after)) * 4
}

/// Whether merging the bytes of the token gives the token, and no step before has a higher rank.
fn is_last_merge(table: &PieceTable, pairs: &Pairs, token: &[u8], rank: u32) -> bool {
    let byte = |i: usize| table.rank_of_byte(token[i]);
    let pair = |i: usize| table.rank_of_pair(token[i], token[i + 1]).unwrap_or(u32::MAX);
    let joined = match token.len() {
        2 => Some(rank),
        _ if pair(0).min(pair(1)) > rank => None,
        _ if pair(0) <= pair(1) => byte(2).map(|last| pairs.rank(pair(0), last)),
        _ => byte(0).map(|first| pairs.rank(first, pair(1))),
    };
    joined == Some(rank)
}
