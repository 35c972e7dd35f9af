//! The piece table: from the bytes of a token to its merge rank, and back.
//!
//! The table is one flat block of bytes, an *image*, used where it lies: for the embedded vocabularies it is
//! made while compiling (`vocab/build.rs`) and sits in the executable, so that a run touches only the pages
//! it needs and start-up costs nothing. For vocabularies that are loaded at run time the same image is made
//! in memory. This file uses nothing else of the crate, because the build script compiles it too.
//!
//! ```text
//! image   = header singles pairs slots offsets bytes      all numbers little-endian u32
//! header  = tokens, capacity, rank bits, longest token, length of bytes
//! singles = for each byte, rank + 1, or 0 if it is no token
//! pairs   = for each two bytes, first * 256 + second, rank + 1 of the token they are, or 0
//! slots   = capacity times 0 (free) or  tag << rank bits | rank + 1
//! offsets = tokens + 1 times: token of rank r is bytes[offsets[r] .. offsets[r + 1]]
//! ```
//!
//! A look-up hashes the piece, takes the slot from the upper half of the hash and compares the tag with the
//! lower half. Most pieces asked for while merging are no tokens; for those the answer comes from the slots
//! alone, which are small enough for the second-level cache. Two bytes, with which all merging begins, are
//! looked up directly. The fuller layouts (key and answer in one
//! cache line) are several times larger; there are many vocabularies to carry.
//!
//! What pieces are and how they are merged is left to the neighbours of this file.

use std::borrow::Cow;

const HEADER: usize = 5 * 4;
const SINGLES_AT: usize = HEADER;
const PAIRS_AT: usize = SINGLES_AT + 256 * 4;
const SLOTS_AT: usize = PAIRS_AT + 256 * 256 * 4;

/// How many slots there are for each token: with linear probing and a load of one half, a look-up that finds
/// nothing reads 2.5 slots on average, nearly always in one cache line.
const SLOTS_PER_TOKEN: usize = 2;

/// A read-only map between the bytes of tokens and their ranks, see the module.
#[derive(Clone)]
pub(crate) struct PieceTable {
    image: Cow<'static, [u8]>,
    tokens: u32,
    capacity: u32,
    rank_bits: u32,
    longest: usize,
    offsets_at: usize,
    bytes_at: usize,
}

impl PieceTable {
    /// Makes the image for tokens in the order of their ranks. `Err` holds the rank of the first token that
    /// is empty, or that is the same as an earlier one.
    pub(crate) fn build_image<'a>(tokens: impl ExactSizeIterator<Item = &'a [u8]>) -> Result<Vec<u8>, u32> {
        let count = tokens.len();
        let capacity = (count * SLOTS_PER_TOKEN).max(16);
        let rank_bits = u32::BITS - (count as u32 + 1).leading_zeros();
        let mut slots = vec![0u32; capacity];
        let mut singles = vec![0u32; 256];
        let mut pairs = vec![0u32; 256 * 256];
        let mut offsets = Vec::with_capacity(count + 1);
        let mut bytes: Vec<u8> = Vec::new();
        let mut longest = 0;
        offsets.push(0u32);
        for (rank, token) in tokens.enumerate() {
            if token.is_empty() {
                return Err(rank as u32);
            }
            let hash = hash(token);
            let mut slot = first_slot(hash, capacity as u32);
            while slots[slot] != 0 {
                let other = ((slots[slot] & mask(rank_bits)) - 1) as usize;
                if &bytes[offsets[other] as usize..offsets[other + 1] as usize] == token {
                    return Err(rank as u32);
                }
                slot = if slot + 1 == capacity { 0 } else { slot + 1 };
            }
            slots[slot] = tag(hash, rank_bits) | (rank as u32 + 1);
            match *token {
                [byte] => singles[usize::from(byte)] = rank as u32 + 1,
                [first, second] => pairs[pair_index(first, second)] = rank as u32 + 1,
                _ => {}
            }
            bytes.extend_from_slice(token);
            offsets.push(bytes.len() as u32);
            longest = longest.max(token.len());
        }
        let header = [count as u32, capacity as u32, rank_bits, longest as u32, bytes.len() as u32];
        let numbers = header.iter().chain(&singles).chain(&pairs).chain(&slots).chain(&offsets);
        let mut image: Vec<u8> = numbers.flat_map(|number| number.to_le_bytes()).collect();
        image.extend_from_slice(&bytes);
        Ok(image)
    }

    /// Uses an image made by [`PieceTable::build_image`]; `None` if the block is not of the length that its
    /// header says.
    pub(crate) fn from_image(image: Cow<'static, [u8]>) -> Option<PieceTable> {
        let mut header = [0; 5];
        for (i, number) in header.iter_mut().enumerate() {
            *number = u32::from_le_bytes(image.get(i * 4..i * 4 + 4)?.try_into().ok()?);
        }
        let [tokens, capacity, rank_bits, longest, bytes] = header;
        let offsets_at = SLOTS_AT + capacity as usize * 4;
        let bytes_at = offsets_at + (tokens as usize + 1) * 4;
        if image.len() != bytes_at + bytes as usize || capacity <= tokens {
            return None;
        }
        let longest = longest as usize;
        Some(PieceTable { image, tokens, capacity, rank_bits, longest, offsets_at, bytes_at })
    }

    /// How many tokens there are: the ranks are `0..len`.
    pub(crate) fn len(&self) -> u32 {
        self.tokens
    }

    /// The length in bytes of the longest token.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// The rank of the token with exactly these bytes.
    #[inline]
    pub(crate) fn rank(&self, piece: &[u8]) -> Option<u32> {
        if piece.len() > self.longest || piece.is_empty() {
            return None;
        }
        let hash = hash(piece);
        let wanted = tag(hash, self.rank_bits);
        let rank_mask = mask(self.rank_bits);
        let mut slot = first_slot(hash, self.capacity);
        loop {
            let entry = self.number(SLOTS_AT + slot * 4);
            if entry == 0 {
                return None;
            }
            if entry & !rank_mask == wanted {
                let rank = (entry & rank_mask) - 1;
                if self.bytes(rank) == piece {
                    return Some(rank);
                }
            }
            slot = if slot + 1 == self.capacity as usize { 0 } else { slot + 1 };
        }
    }

    /// The rank of a single byte. Every table used for merging has all 256 of them.
    #[inline]
    pub(crate) fn rank_of_byte(&self, byte: u8) -> Option<u32> {
        self.number(SINGLES_AT + usize::from(byte) * 4).checked_sub(1)
    }

    /// The rank of the token that consists of these two bytes.
    #[inline]
    pub(crate) fn rank_of_pair(&self, first: u8, second: u8) -> Option<u32> {
        self.number(PAIRS_AT + pair_index(first, second) * 4).checked_sub(1)
    }

    /// The bytes of the token of this rank. Panics if there is no such rank: ranks come from this table.
    #[inline]
    pub(crate) fn bytes(&self, rank: u32) -> &[u8] {
        let (start, end) = self.range(rank);
        &self.image[self.bytes_at + start..self.bytes_at + end]
    }

    /// The length in bytes of the token of this rank.
    #[inline]
    pub(crate) fn token_length(&self, rank: u32) -> usize {
        let (start, end) = self.range(rank);
        end - start
    }

    fn range(&self, rank: u32) -> (usize, usize) {
        let at = self.offsets_at + rank as usize * 4;
        (self.number(at) as usize, self.number(at + 4) as usize)
    }

    #[inline(always)]
    fn number(&self, at: usize) -> u32 {
        let bytes = &self.image[at..at + 4];
        u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
    }
}

#[inline(always)]
fn pair_index(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}

#[inline(always)]
fn mask(rank_bits: u32) -> u32 {
    (1u32 << rank_bits) - 1
}

/// The part of the hash that is stored beside the rank. It comes from other bits than the slot.
#[inline(always)]
fn tag(hash: u64, rank_bits: u32) -> u32 {
    (hash as u32) & !mask(rank_bits)
}

/// Maps the upper 32 bits of the hash evenly to `0..capacity` (Lemire 2019, "Fast random integer generation
/// in an interval"), so that the capacity need not be a power of two.
#[inline(always)]
fn first_slot(hash: u64, capacity: u32) -> usize {
    (((hash >> 32) * u64::from(capacity)) >> 32) as usize
}

/// Folds a 128-bit product: every bit of both factors reaches every bit of the result.
#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

/// A hash that reads short pieces as two overlapping words, without a loop. It is part of the image's
/// format. It need not resist attack: the table is read-only and its probe lengths are fixed when built.
#[inline]
fn hash(piece: &[u8]) -> u64 {
    const A: u64 = 0x9e37_79b9_7f4a_7c15;
    const B: u64 = 0xd6e8_feb8_6659_fd93;
    let length = piece.len();
    let (first, last) = match length {
        0 => (0, 0),
        1..4 => {
            let ends = u64::from(piece[0]) | u64::from(piece[length - 1]) << 16;
            (ends, u64::from(piece[length / 2]))
        }
        4..8 => (word32(piece, 0), word32(piece, length - 4)),
        8..=16 => (word64(piece, 0), word64(piece, length - 8)),
        _ => {
            let mut state = A;
            let mut at = 0;
            while at + 16 < length {
                state = fold(word64(piece, at) ^ state, word64(piece, at + 8) ^ B);
                at += 16;
            }
            (word64(piece, length - 16) ^ state, word64(piece, length - 8))
        }
    };
    fold(first ^ A ^ length as u64, last ^ B)
}

#[inline(always)]
fn word32(piece: &[u8], at: usize) -> u64 {
    let b = &piece[at..at + 4];
    u64::from(u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

#[inline(always)]
fn word64(piece: &[u8], at: usize) -> u64 {
    let b = &piece[at..at + 8];
    u64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(tokens: &[&[u8]]) -> PieceTable {
        let image = PieceTable::build_image(tokens.iter().copied()).expect("distinct tokens");
        PieceTable::from_image(Cow::Owned(image)).expect("an image just made")
    }

    #[test]
    fn finds_every_token_and_nothing_else() {
        let tokens: Vec<Vec<u8>> = (0..5000u32)
            .map(|i| {
                let length = 1 + (i % 60) as usize;
                let mut token = i.to_be_bytes()[1..].repeat(length.div_ceil(3));
                token.truncate(length.max(3));
                token
            })
            .collect();
        let mut distinct: Vec<&[u8]> = Vec::new();
        for token in &tokens {
            if !distinct.contains(&token.as_slice()) {
                distinct.push(token);
            }
        }
        let table = table(&distinct);
        assert_eq!(table.len() as usize, distinct.len());
        for (rank, token) in distinct.iter().enumerate() {
            assert_eq!(table.rank(token), Some(rank as u32));
            assert_eq!(table.bytes(rank as u32), *token);
            let mut other = token.to_vec();
            other.push(7);
            assert_eq!(table.rank(&other), distinct.iter().position(|t| *t == other).map(|r| r as u32));
        }
        assert_eq!(table.rank(b""), None);
    }

    #[test]
    fn refuses_what_is_no_set_of_tokens() {
        let build = |tokens: &[&'static [u8]]| PieceTable::build_image(tokens.to_vec().into_iter());
        assert_eq!(build(&[b"a", b"b", b"a"]), Err(2));
        assert_eq!(build(&[b"a", b""]), Err(1));
        assert!(PieceTable::from_image(Cow::Borrowed(b"short")).is_none());
    }
}
