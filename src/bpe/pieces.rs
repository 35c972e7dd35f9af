//! The piece table: from the bytes of a token to its rank, and back. It is what the other tables are made with, while
//! compiling (`vocab/build.rs`) or when a vocabulary is loaded.
//!
//! ```text
//! image   = header regions short long offsets bytes     all numbers little-endian u32
//! header  = tokens, short slots, long slots, rank bits, longest token, length of bytes
//! regions = for each of 512 beginnings of a piece, the first short slot and the number of slots for it
//! short   = slots of 12 bytes: a token of at most 8 bytes, padded with zeros; length << 28 | rank + 1, or 0
//! long    = slots of 4 bytes: tag << rank bits | rank + 1, or 0 (free)
//! offsets = tokens + 1 times: the token of rank r is bytes[offsets[r] .. offsets[r + 1]]
//! ```
//!
//! For a short piece the slot holds all there is to know. Short slots are grouped by how a piece begins. For longer pieces,
//! which are few, the slot holds a part of the hash (the tag) to tell most others apart, and the bytes are compared.
//!
//! What pieces are and how they are merged is left to the neighbours of this file.

use std::borrow::Cow;

/// The most tokens a table may have, so that two ranks fit into five bytes, and one rank is to spare.
pub(crate) const MOST_TOKENS: usize = (1 << 20) - 1;

const HEADER_NUMBERS: usize = 6;
const REGIONS_AT: usize = HEADER_NUMBERS * 4;
const REGIONS: usize = 512;
const SHORT_AT: usize = REGIONS_AT + REGIONS * 8;

/// The longest token that a short slot holds, in bytes, and the size of the slot.
const SHORT: usize = 8;
const SHORT_SLOT: usize = 12;

/// Where the length of a short token stands in the last number of its slot, above the rank.
const LENGTH_SHIFT: u32 = 28;

/// How many slots there are for each token: with linear probing and a load of one half, a look-up that finds
/// nothing reads 2.5 slots on average, nearly always in one or two cache lines.
const SLOTS_PER_TOKEN: usize = 2;

/// A read-only map between the bytes of tokens and their ranks, see the module.
#[derive(Clone)]
pub(crate) struct PieceTable {
    image: Cow<'static, [u8]>,
    layout: Layout,
}

/// What the header of an image says, and where its parts begin.
#[derive(Clone, Copy)]
struct Layout {
    tokens: u32,
    long_slots: u32,
    rank_bits: u32,
    longest: usize,
    long_at: usize,
    offsets_at: usize,
    bytes_at: usize,
    end: usize,
}

impl Layout {
    fn new([tokens, short_slots, long_slots, rank_bits, longest, bytes]: [u32; HEADER_NUMBERS]) -> Layout {
        let long_at = SHORT_AT + short_slots as usize * SHORT_SLOT;
        let offsets_at = long_at + long_slots as usize * 4;
        let bytes_at = offsets_at + (tokens as usize + 1) * 4;
        let (longest, end) = (longest as usize, bytes_at + bytes as usize);
        Layout { tokens, long_slots, rank_bits, longest, long_at, offsets_at, bytes_at, end }
    }
}

impl PieceTable {
    /// Makes the image for tokens in the order of their ranks. `Err` holds the rank of the first token that
    /// is empty, or that is the same as an earlier one.
    pub(crate) fn build_image<'a>(tokens: impl ExactSizeIterator<Item = &'a [u8]>) -> Result<Vec<u8>, u32> {
        let tokens: Vec<&[u8]> = tokens.collect();
        if let Some(empty) = tokens.iter().position(|token| token.is_empty()) {
            return Err(empty as u32);
        }
        let short = tokens.iter().filter(|token| token.len() <= SHORT).count();
        let slots = |tokens: usize| (tokens * SLOTS_PER_TOKEN).max(16);
        let rank_bits = usize::BITS - (tokens.len() + 1).leading_zeros();
        let regions = regions(&tokens);
        let short_slots = regions.iter().map(|&(_, slots)| slots as usize).sum();
        let mut builder = Builder {
            rank_bits,
            regions,
            short: vec![(0, 0); short_slots],
            long: vec![0; slots(tokens.len() - short)],
        };
        let mut offsets = vec![0];
        let mut bytes = Vec::new();
        for (rank, token) in tokens.iter().enumerate() {
            if !builder.insert(&tokens, rank) {
                return Err(rank as u32);
            }
            bytes.extend_from_slice(token);
            offsets.push(bytes.len() as u32);
        }
        let longest = tokens.iter().map(|token| token.len()).max().unwrap_or(0);
        let header = [tokens.len(), builder.short.len(), builder.long.len(), rank_bits as usize, longest];
        let mut image = Vec::new();
        let mut put = |number: u32| image.extend_from_slice(&number.to_le_bytes());
        header.into_iter().chain([bytes.len()]).for_each(|number| put(number as u32));
        builder.regions.into_iter().flat_map(|(first, slots)| [first, slots]).for_each(&mut put);
        builder
            .short
            .into_iter()
            .flat_map(|(key, word)| [key as u32, (key >> 32) as u32, word])
            .for_each(&mut put);
        builder.long.into_iter().chain(offsets).for_each(&mut put);
        image.extend_from_slice(&bytes);
        Ok(image)
    }

    /// Uses an image made by [`PieceTable::build_image`]; `None` if the block is not of the length that its
    /// header says.
    pub(crate) fn from_image(image: Cow<'static, [u8]>) -> Option<PieceTable> {
        let mut header = [0; HEADER_NUMBERS];
        for (i, number) in header.iter_mut().enumerate() {
            *number = u32::from_le_bytes(image.get(i * 4..i * 4 + 4)?.try_into().ok()?);
        }
        let layout = Layout::new(header);
        (image.len() == layout.end).then_some(PieceTable { image, layout })
    }

    /// How many tokens there are: the ranks are `0..len`.
    pub(crate) fn len(&self) -> u32 {
        self.layout.tokens
    }

    /// The rank of the token with exactly these bytes.
    #[inline]
    pub(crate) fn rank(&self, piece: &[u8]) -> Option<u32> {
        if piece.len() <= SHORT { self.rank_of_short(piece) } else { self.rank_of_long(piece) }
    }

    #[inline]
    fn rank_of_short(&self, piece: &[u8]) -> Option<u32> {
        let key = short_key(piece);
        let region = REGIONS_AT + region(piece) * 8;
        let (first, slots) = (self.number(region) as usize, self.number(region + 4) as usize);
        let mut slot = first_slot(short_hash(key, piece.len()), slots);
        loop {
            let at = SHORT_AT + (first + slot) * SHORT_SLOT;
            let bytes = self.image[at..].first_chunk::<SHORT_SLOT>()?;
            let entry = u32::from_le_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]);
            if entry == 0 {
                return None;
            }
            if word64(bytes, 0) == key && (entry >> LENGTH_SHIFT) as usize == piece.len() {
                return Some((entry & ((1 << LENGTH_SHIFT) - 1)) - 1);
            }
            slot = if slot + 1 == slots { 0 } else { slot + 1 };
        }
    }

    fn rank_of_long(&self, piece: &[u8]) -> Option<u32> {
        let Layout { long_slots, long_at, rank_bits, longest, .. } = self.layout;
        if piece.len() > longest {
            return None;
        }
        let hash = long_hash(piece);
        let (wanted, slots) = (tag(hash, rank_bits), long_slots as usize);
        let mut slot = first_slot(hash, slots);
        loop {
            let entry = self.number(long_at + slot * 4);
            if entry == 0 {
                return None;
            }
            let rank = (entry & mask(rank_bits)) - 1;
            if entry & !mask(rank_bits) == wanted && self.bytes(rank) == piece {
                return Some(rank);
            }
            slot = if slot + 1 == slots { 0 } else { slot + 1 };
        }
    }

    /// The bytes of the token of this rank. Panics if there is no such rank: ranks come from this table.
    #[inline]
    pub(crate) fn bytes(&self, rank: u32) -> &[u8] {
        let (start, end) = self.range(rank);
        &self.image[self.layout.bytes_at + start..self.layout.bytes_at + end]
    }

    fn range(&self, rank: u32) -> (usize, usize) {
        let at = self.layout.offsets_at + rank as usize * 4;
        (self.number(at) as usize, self.number(at + 4) as usize)
    }

    #[inline(always)]
    fn number(&self, at: usize) -> u32 {
        let bytes = &self.image[at..at + 4];
        u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
    }
}

/// The parts of an image that are filled token by token.
struct Builder {
    rank_bits: u32,
    regions: Vec<(u32, u32)>,
    short: Vec<(u64, u32)>,
    long: Vec<u32>,
}

impl Builder {
    /// Puts in the token of this rank; `false` if its bytes are there already.
    fn insert(&mut self, tokens: &[&[u8]], rank: usize) -> bool {
        let token = tokens[rank];
        let found = rank as u32 + 1;
        if token.len() <= SHORT {
            let key = short_key(token);
            let (first, slots) = self.regions[region(token)];
            let region = &mut self.short[first as usize..(first + slots) as usize];
            let mut slot = first_slot(short_hash(key, token.len()), region.len());
            while region[slot].1 != 0 {
                if region[slot].0 == key && (region[slot].1 >> LENGTH_SHIFT) as usize == token.len() {
                    return false;
                }
                slot = if slot + 1 == region.len() { 0 } else { slot + 1 };
            }
            region[slot] = (key, (token.len() as u32) << LENGTH_SHIFT | found);
        } else {
            let (hash, slots) = (long_hash(token), self.long.len());
            let mut slot = first_slot(hash, slots);
            while self.long[slot] != 0 {
                if tokens[(self.long[slot] & mask(self.rank_bits)) as usize - 1] == token {
                    return false;
                }
                slot = if slot + 1 == slots { 0 } else { slot + 1 };
            }
            self.long[slot] = tag(hash, self.rank_bits) | found;
        }
        true
    }
}

/// The first slot and the number of slots for each beginning. There is always a free one.
fn regions(tokens: &[&[u8]]) -> Vec<(u32, u32)> {
    let mut regions = vec![(0, 1); REGIONS];
    for token in tokens.iter().filter(|token| token.len() <= SHORT) {
        regions[region(token)].1 += SLOTS_PER_TOKEN as u32;
    }
    let mut first = 0;
    for region in &mut regions {
        region.0 = first;
        first += region.1;
    }
    regions
}

/// How a piece begins: its first byte, or after a space its second. Most words begin with a space, and the
/// byte after it tells the script.
#[inline(always)]
fn region(piece: &[u8]) -> usize {
    match *piece {
        [b' ', second, ..] => 256 + usize::from(second),
        [first, ..] => usize::from(first),
        [] => 0,
    }
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

/// Maps the upper 32 bits of the hash evenly to `0..slots` (Lemire 2019, "Fast random integer generation in
/// an interval"), so that the number of slots need not be a power of two.
#[inline(always)]
fn first_slot(hash: u64, slots: usize) -> usize {
    (((hash >> 32) * slots as u64) >> 32) as usize
}

/// Folds a 128-bit product: every bit of both factors reaches every bit of the result. The hashes made with
/// it are part of the image's format. They need not resist attack: the table is read-only and its probe
/// lengths are fixed when it is built.
#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

const A: u64 = 0x9e37_79b9_7f4a_7c15;
const B: u64 = 0xd6e8_feb8_6659_fd93;

/// A piece of at most 8 bytes as a little-endian number, padded with zeros. Read as two parts that overlap,
/// which agree where they do, instead of byte by byte.
#[inline(always)]
fn short_key(piece: &[u8]) -> u64 {
    let length = piece.len();
    match length {
        0 => 0,
        1..4 => {
            let middle = length / 2;
            let at = |i: usize| u64::from(piece[i]) << (8 * i);
            at(0) | at(middle) | at(length - 1)
        }
        _ => word32(piece, 0) | word32(piece, length - 4) << (8 * (length - 4)),
    }
}

#[inline(always)]
fn short_hash(key: u64, length: usize) -> u64 {
    fold(key ^ A, B ^ length as u64)
}

/// The hash of a piece of more than 8 bytes, read as words of which the last two may overlap others.
fn long_hash(piece: &[u8]) -> u64 {
    let length = piece.len();
    if length <= 16 {
        return fold(word64(piece, 0) ^ A ^ length as u64, word64(piece, length - 8) ^ B);
    }
    let mut state = A;
    let mut at = 0;
    while at + 16 < length {
        state = fold(word64(piece, at) ^ state, word64(piece, at + 8) ^ B);
        at += 16;
    }
    fold(word64(piece, length - 16) ^ state ^ length as u64, word64(piece, length - 8) ^ B)
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
        let mut distinct: Vec<Vec<u8>> =
            vec![vec![0], vec![0, 0], vec![0; 3], vec![0; 8], vec![0; 9], b"a\0".to_vec()];
        for i in 0..3000u32 {
            let length = 1 + (i % 60) as usize;
            let mut token = i.to_be_bytes()[1..].repeat(length.div_ceil(3));
            token.truncate(length);
            if !distinct.contains(&token) {
                distinct.push(token);
            }
        }
        let borrowed: Vec<&[u8]> = distinct.iter().map(Vec::as_slice).collect();
        let table = table(&borrowed);
        assert_eq!(table.len() as usize, distinct.len());
        let place = |token: &[u8]| distinct.iter().position(|other| other == token).map(|rank| rank as u32);
        for (rank, token) in distinct.iter().enumerate() {
            assert_eq!(table.rank(token), Some(rank as u32));
            assert_eq!(table.bytes(rank as u32), *token);
            for byte in [0, 7] {
                let other = [token.as_slice(), &[byte]].concat();
                assert_eq!(table.rank(&other), place(&other));
            }
        }
        assert_eq!(table.rank(b""), None);
    }

    #[test]
    fn refuses_what_is_no_set_of_tokens() {
        let build = |tokens: &[&'static [u8]]| PieceTable::build_image(tokens.iter().copied());
        assert_eq!(build(&[b"a", b"b", b"a"]), Err(2));
        assert_eq!(build(&[b"0123456789", b"b", b"0123456789"]), Err(2));
        assert_eq!(build(&[b"a", b""]), Err(1));
        assert!(PieceTable::from_image(Cow::Borrowed(b"short")).is_none());
    }
}
