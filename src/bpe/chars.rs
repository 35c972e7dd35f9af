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
//! other bytes, and so errs on the safe side; and so does it that of the lowest rank only the first five bits are known.
//!
//! In a vocabulary whose merging begins with characters ([`Unit::Character`]), the characters are those that are tokens,
//! and there is nothing to be asked.
//!
//! ```text
//! image     = header index pages ending beginning          little-endian
//! header    = code points, divided by 64; pages (u32)
//! index     = for each 64 code points the page that they are on, or ffff (u16)
//! pages     = 64 times R + 1, which is also the rank of c; or 0 (three bytes); one byte more at the end
//! ending    = for the byte before c and the first byte of c, the lowest rank of a token that ends inside, rounded
//! beginning = for the last byte of c and the byte after it, the lowest rank of a token that begins inside, rounded
//! ```

use std::borrow::Cow;

use super::join::{Join, NO_NEIGHBOUR, NO_PAIR};
use super::pairs::Pairs;
use super::tokens::Tokens;
use crate::token::Unit;

/// How many code points are on a page, and how many pages there are at most: of characters of two and three bytes,
/// and of all.
const PAGE: usize = 64;
const PAGES_OF_THREE: usize = (1 << 16) / PAGE;
const PAGES_OF_ALL: usize = 0x11_0000 / PAGE;
const NO_PAGE: u16 = u16::MAX;

const HEADER: usize = 8;

/// How many bytes a rank has.
const RANK: usize = 3;

/// What stands for the lowest of no ranks.
const NO_LOWEST: u8 = u8::MAX;

/// How many pairs of bytes there are at each end.
const BORDERS: usize = 256 * 64;

/// A read-only table of characters, see the module.
#[derive(Clone)]
pub(crate) struct Chars {
    image: Cow<'static, [u8]>,
    /// How many places the index has.
    places: usize,
    pages_at: usize,
    /// Where the lowest ranks begin; the end if there are none.
    ending_at: usize,
}

impl Chars {
    /// Makes the image for these tokens, given in the order of ranks.
    pub(crate) fn build_image(unit: Unit, tokens: &[&[u8]], known: &Tokens, pairs: &Pairs) -> Vec<u8> {
        let mut found = Vec::new();
        for (rank, token) in (0u32..).zip(tokens) {
            if let Some((code, length)) = character(token, 0)
                && length == token.len()
                && (unit == Unit::Character || length < 4 && is_last_merge(known, pairs, token, rank))
            {
                found.push((code, rank));
            }
        }
        let mut lowest = Vec::new();
        if unit == Unit::Byte {
            let mut comes_before_parts = vec![false; tokens.len()];
            for (left, right, rank) in pairs.iter() {
                [left, right]
                    .into_iter()
                    .filter(|&part| rank < part)
                    .for_each(|part| comes_before_parts[part as usize] = true);
            }
            found.retain(|&(_, rank)| !comes_before_parts[rank as usize]);
            lowest = lowest_across(tokens);
        }
        let places = if unit == Unit::Byte { PAGES_OF_THREE } else { PAGES_OF_ALL };
        let (mut index, mut pages) = (vec![NO_PAGE; places], Vec::new());
        for (code, rank) in found {
            let page = &mut index[code / PAGE];
            if *page == NO_PAGE {
                *page = (pages.len() / PAGE) as u16;
                pages.resize(pages.len() + PAGE, 0u32);
            }
            pages[usize::from(*page) * PAGE + code % PAGE] = rank + 1;
        }
        let header = [places as u32, (pages.len() / PAGE) as u32];
        let mut image: Vec<u8> = header.into_iter().flat_map(u32::to_le_bytes).collect();
        image.extend(index.into_iter().flat_map(u16::to_le_bytes));
        pages.into_iter().for_each(|number| image.extend_from_slice(&number.to_le_bytes()[..RANK]));
        image.push(0);
        image.extend(lowest);
        image
    }

    /// Uses an image made by [`Chars::build_image`]; `None` if it has another length.
    pub(crate) fn from_image(image: Cow<'static, [u8]>) -> Option<Chars> {
        let number = |i: usize| Some(u32::from_le_bytes(*image.get(4 * i..)?.first_chunk()?) as usize);
        let (places, pages) = (number(0)?, number(1)?);
        let pages_at = HEADER + 2 * places;
        let ending_at = pages_at + RANK * PAGE * pages + 1;
        let lowest = if places == PAGES_OF_THREE { 2 * BORDERS } else { 0 };
        (image.len() == ending_at + lowest).then_some(Chars { image, places, pages_at, ending_at })
    }

    /// Whether merging begins with characters.
    pub(super) fn are_all(&self) -> bool {
        self.places == PAGES_OF_ALL
    }

    /// The parts that merging the piece may begin with.
    pub(super) fn parts<'p>(&'p self, tokens: &'p Tokens, piece: &'p [u8]) -> Parts<'p> {
        Parts { chars: self, tokens, piece, at: 0 }
    }

    /// The rank and the length in bytes of the character at byte `at` of the piece, if it can be put together
    /// in advance.
    #[inline(always)]
    fn at(&self, piece: &[u8], at: usize) -> Option<(u32, usize)> {
        let (code, length) = character(piece, at)?;
        if code / PAGE >= self.places {
            return None;
        }
        let page = usize::from(self.number_of_two(HEADER + 2 * (code / PAGE)));
        if page == usize::from(NO_PAGE) {
            return None;
        }
        let place = self.pages_at + RANK * (page * PAGE + code % PAGE);
        let rank =
            self.image[place..].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes) & 0xff_ffff);
        let rank = rank.checked_sub(1)?;
        if self.are_all() {
            return Some((rank, length));
        }
        let rounded = rounded(rank);
        let is_below =
            |lowest: usize| self.image.get(self.ending_at + lowest).is_some_and(|&lowest| rounded < lowest);
        let is_safe_before = match at.checked_sub(1) {
            Some(before) => is_below(ending(piece[before], piece[at])),
            None => true,
        };
        let end = at + length;
        let is_safe_after = match piece.get(end) {
            // Bytes that are no character of their own could belong to tokens that begin inside this one.
            Some(&after) => !is_continuation(after) && is_below(beginning(piece[end - 1], after)),
            None => true,
        };
        (is_safe_before && is_safe_after).then_some((rank, length))
    }

    #[inline(always)]
    fn number_of_two(&self, at: usize) -> u16 {
        self.image[at..].first_chunk().map_or(0, |bytes| u16::from_le_bytes(*bytes))
    }
}

/// For all pairs of bytes at the ends of a character, the lowest rank of a token that ends inside or begins inside,
/// rounded down.
fn lowest_across(tokens: &[&[u8]]) -> Vec<u8> {
    let mut lowest = vec![NO_LOWEST; 2 * BORDERS];
    let mut lower = |at: usize, rank: u32| lowest[at] = lowest[at].min(rounded(rank));
    for (rank, token) in (0u32..).zip(tokens) {
        for (at, pair) in token.windows(2).enumerate() {
            if is_lead(pair[1]) && at + 1 + length(pair[1]) > token.len() {
                lower(ending(pair[0], pair[1]), rank);
            }
        }
        if token.first().is_some_and(|&first| is_continuation(first))
            && let Some(out) = token.iter().position(|&byte| !is_continuation(byte))
        {
            lower(beginning(token[out - 1], token[out]), rank);
        }
    }
    lowest
}

/// A rank to its first five bits, in one byte: of two ranks the one that is less after this was less before. Below
/// [`NO_LOWEST`] for all ranks that a vocabulary can have (2^20).
#[inline(always)]
fn rounded(rank: u32) -> u8 {
    let number = rank >> 2;
    let scale = (number | 31).ilog2() - 4;
    // From each power of two to the next there are 16 steps.
    (scale * 16 + (number >> scale)).min(u32::from(NO_LOWEST) - 1) as u8
}

/// See [`Chars::parts`].
pub(super) struct Parts<'p> {
    chars: &'p Chars,
    tokens: &'p Tokens,
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
    /// The next part, its rank together with the part before it (a candidate), or `NO_PAIR`, and whether the byte after it, if
    /// there is one, can begin a character.
    #[inline(always)]
    pub(super) fn next_with_pair(&mut self, pairs: &Pairs, before: &mut Before) -> Option<(u32, u32, bool)> {
        let from = self.at;
        let rank = self.next()?;
        let byte = (self.at == from + 1).then(|| self.piece[from]);
        let joined = match (before.byte, byte) {
            // Bytes of ASCII have a table of their own, without a hash.
            (Some(before @ ..0x80), Some(byte @ ..0x80)) => {
                self.tokens.rank_of_pair(before, byte).unwrap_or(NO_PAIR)
            }
            _ => pairs.answer(pairs.ask(before.rank, rank)),
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
        self.tokens.rank_of_byte(byte)
    }
}

/// The code point (as far as its bits go) and the length of the character of two to four bytes at byte `at`.
///
/// It need not be a valid one: all that matters is that its bytes are a lead and what follows it.
#[inline(always)]
pub(super) fn character(piece: &[u8], at: usize) -> Option<(usize, usize)> {
    let lead = piece[at];
    let follow = |i: usize| {
        piece.get(at + i).filter(|&&byte| is_continuation(byte)).map(|&byte| usize::from(byte & 0x3f))
    };
    // Smaller ones would share a place with shorter characters.
    match lead {
        0xc0..=0xdf => Some((usize::from(lead & 0x1f) << 6 | follow(1)?, 2)),
        0xe0..=0xef => {
            let code = usize::from(lead & 0x0f) << 12 | follow(1)? << 6 | follow(2)?;
            (code >= 0x800).then_some((code, 3))
        }
        0xf0..=0xf4 => {
            let code = usize::from(lead & 0x07) << 18 | follow(1)? << 12 | follow(2)? << 6 | follow(3)?;
            (0x1_0000..0x11_0000).contains(&code).then_some((code, 4))
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
    usize::from(before) << 6 | usize::from(lead & 0x3f)
}

#[inline(always)]
fn beginning(last: u8, after: u8) -> usize {
    BORDERS + (usize::from(last & 0x3f) << 8 | usize::from(after))
}

/// Whether merging the bytes of the token gives the token, and no step before has a higher rank.
fn is_last_merge(known: &Tokens, pairs: &Pairs, token: &[u8], rank: u32) -> bool {
    let byte = |i: usize| known.rank_of_byte(token[i]).unwrap_or(NO_NEIGHBOUR);
    let pair = |i: usize| pairs.rank(byte(i), byte(i + 1));
    let joined = match token.len() {
        2 => pair(0),
        _ if pair(0).min(pair(1)) > rank => NO_PAIR,
        _ if pair(0) <= pair(1) => pairs.rank(pair(0), byte(2)),
        _ => pairs.rank(byte(0), pair(1)),
    };
    joined == rank
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_keeps_the_order() {
        let all: Vec<u8> = (0..1 << 20).map(rounded).collect();
        assert!(all.is_sorted() && all.last().is_some_and(|&last| last < NO_LOWEST));
        // To a sixteenth.
        assert!((1000..1 << 20).all(|rank: u32| rounded(rank) < rounded(rank + rank / 14)));
    }
}
