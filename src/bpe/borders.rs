//! Where a piece can be cut further, because no token reaches across.
//!
//! Scripts without spaces give long pieces, most of which come once and must be merged. But few of all the
//! neighbouring characters of a text stand side by side in any token. Where two do not, no merge ever crosses
//! the border between them, for what a merge makes is a token. So both sides are merged as if the other were
//! not there, and can be dealt with as two pieces; these are short, come again and again, and are found in a cache.
//! (A piece that is looked up whole, though merging cannot reach it, would be missed. A vocabulary that has such
//! tokens is given no borders.)
//!
//! Which characters stand side by side in a token is kept in a Bloom filter (Bloom 1970), two bits for each pair.
//! It takes some for neighbours that are not, which costs a cut and nothing else. A token may begin or end inside a
//! character; then all that is known of the border are the two bytes at it, which have bits of their own.
//! Borders between two characters of ASCII are left out: tokens reach across nearly all of them.
//!
//! ```text
//! image = size bytes characters
//! size       = how many bits a hash has (little-endian u32)
//! bytes      = 2^16 bits: for the byte before a border and the byte after it
//! characters = 2^size bits: for both hashes of the characters before and after
//! ```

use std::borrow::Cow;

use super::chars::is_continuation;

/// The size of the image of a vocabulary without borders; there is nothing behind it.
const NO_BORDERS: u32 = 0;

const BYTES_AT: usize = 4;
const CHARS_AT: usize = BYTES_AT + (1 << 16) / 8;

/// How many bytes from the ends of a text its outermost places to cut are looked for.
const NOT_FAR: usize = 1024;

/// How many bits there are for two characters that stand side by side in a token, at least.
const BITS_PER_PAIR: usize = 16;

/// A read-only set of neighbours, see the module.
#[derive(Clone)]
pub(crate) struct Borders {
    image: Cow<'static, [u8]>,
    shift: u32,
}

/// A character in a text: any lead byte with the bytes that have to follow it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Character {
    code: u32,
    length: usize,
}

/// How far a piece was looked through for borders.
pub(super) struct Walk {
    /// Where the next character begins, and the one before it, if it is of the same piece.
    at: usize,
    before: Option<Character>,
}

impl Walk {
    /// From where a piece begins.
    pub(super) fn from(start: usize) -> Walk {
        Walk { at: start, before: None }
    }
}

impl Borders {
    /// Makes the image for these tokens.
    ///
    /// `are_there` says whether pieces become what merging makes of them, and nothing else.
    pub(crate) fn build_image(tokens: &[&[u8]], are_there: bool) -> Vec<u8> {
        if !are_there {
            return NO_BORDERS.to_le_bytes().to_vec();
        }
        let mut neighbours = Vec::new();
        let mut image = vec![0; CHARS_AT];
        for token in tokens {
            for at in (1..token.len()).filter(|&at| !is_continuation(token[at])) {
                match (before(token, at), Character::at(token, at)) {
                    (Some(before), Some(after)) => neighbours.push((before.code, after.code)),
                    _ => set(&mut image, BYTES_AT, bytes_bit(token[at - 1], token[at])),
                }
            }
        }
        neighbours.retain(|&(before, after)| before >= 0x80 || after >= 0x80);
        neighbours.sort_unstable();
        neighbours.dedup();
        let size = (neighbours.len() * BITS_PER_PAIR).next_power_of_two().max(64).ilog2();
        image[..BYTES_AT].copy_from_slice(&size.to_le_bytes());
        image.resize(CHARS_AT + (1 << size) / 8, 0);
        for (before, after) in neighbours {
            chars_bits(before, after, u64::BITS - size).for_each(|bit| set(&mut image, CHARS_AT, bit));
        }
        image
    }

    /// Uses an image made by [`Borders::build_image`]; `None` if its length is not what it says.
    pub(crate) fn from_image(image: Cow<'static, [u8]>) -> Option<Borders> {
        let size = u32::from_le_bytes(*image.first_chunk()?);
        if size == NO_BORDERS && image.len() == BYTES_AT {
            return Some(Borders { image, shift: 0 });
        }
        let is_whole = (6..32).contains(&size) && image.len() == CHARS_AT + (1 << size) / 8;
        is_whole.then_some(Borders { image, shift: u64::BITS - size })
    }

    /// Whether there is a place to cut in any text.
    #[inline]
    pub(super) fn are_there(&self) -> bool {
        self.shift > 0
    }

    /// The first byte after where the walk is, and before `end`, where the text can be cut. The walk goes on
    /// from there.
    #[inline]
    pub(super) fn next(&self, text: &[u8], walk: &mut Walk, end: usize) -> Option<usize> {
        let text = &text[..end];
        while walk.at < end && self.are_there() {
            let (at, before) = (walk.at, walk.before);
            let after = Character::at(text, at);
            walk.before = after;
            walk.at += after.map_or(1, |after| after.length);
            if let (Some(before), Some(after)) = (before, after)
                && (before.code >= 0x80 || after.code >= 0x80)
                && !chars_bits(before.code, after.code, self.shift).all(|bit| self.has(CHARS_AT, bit))
                && !self.has(BYTES_AT, bytes_bit(text[at - 1], text[at]))
            {
                return Some(at);
            }
        }
        None
    }

    /// The first and the last place where `text[start..end]`, of one piece, can be cut, if both are there: not
    /// far from its ends.
    pub(crate) fn outermost(&self, text: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
        let first = self.next(text, &mut Walk::from(start), end.min(start + NOT_FAR))?;
        let near_end = first.max(end.saturating_sub(NOT_FAR));
        let from = (near_end..end).find(|&at| !is_continuation(text[at]))?;
        let mut walk = Walk::from(from);
        let last = std::iter::from_fn(|| self.next(text, &mut walk, end)).last()?;
        Some((first, last))
    }

    #[inline(always)]
    fn has(&self, at: usize, bit: usize) -> bool {
        self.image[at + bit / 8] >> (bit % 8) & 1 != 0
    }
}

impl Character {
    /// The character that begins at byte `at`; `None` if the bytes there are none.
    #[inline(always)]
    fn at(text: &[u8], at: usize) -> Option<Character> {
        let lead = text[at];
        if lead < 0x80 {
            return Some(Character { code: u32::from(lead), length: 1 });
        }
        let follow =
            |i: usize| text.get(at + i).filter(|&&byte| is_continuation(byte)).map(|&byte| u32::from(byte));
        // All bits that tell it from others; not the number that Unicode gives it.
        let (code, length) = match lead {
            ..0xc0 => return None,
            0xc0..0xe0 => (u32::from(lead) << 8 | follow(1)?, 2),
            0xe0..0xf0 => (u32::from(lead) << 16 | follow(1)? << 8 | follow(2)?, 3),
            0xf0.. => (u32::from(lead) << 24 | follow(1)? << 16 | follow(2)? << 8 | follow(3)?, 4),
        };
        Some(Character { code, length })
    }
}

/// The character that ends before byte `at` of a token, if it is all there.
fn before(token: &[u8], at: usize) -> Option<Character> {
    let start = token[..at].iter().rposition(|&byte| !is_continuation(byte))?;
    Character::at(token, start).filter(|character| start + character.length == at)
}

fn set(image: &mut [u8], at: usize, bit: usize) {
    image[at + bit / 8] |= 1 << (bit % 8);
}

#[inline(always)]
fn bytes_bit(before: u8, after: u8) -> usize {
    usize::from(before) << 8 | usize::from(after)
}

#[inline(always)]
fn chars_bits(before: u32, after: u32, shift: u32) -> impl Iterator<Item = usize> {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let both = u64::from(before) << 32 | u64::from(after);
    let hash = (both ^ both >> 29).wrapping_mul(FACTOR);
    [hash, (hash ^ hash >> 29).wrapping_mul(FACTOR)].into_iter().map(move |hash| (hash >> shift) as usize)
}
