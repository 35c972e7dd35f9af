//! What is known of tokens by themselves: which bytes merging begins with, which pieces are tokens as a whole, and
//! the bytes of those that are not joined of two others. (What the others are joined of is known to `pairs`.)
//!
//! The table is one flat block of bytes, an *image*, used where it lies: for the embedded vocabularies it is
//! made while compiling (`vocab/build.rs`) and sits in the executable, so that a run touches only the pages
//! it needs and start-up costs nothing. For vocabularies that are loaded at run time the same image is made
//! in memory.
//!
//! ```text
//! image    = header singles pairs whole offsets bytes          numbers are little-endian, u32 but for pairs
//! header   = literals, slots, shortest token looked up as a whole, longest token, length of bytes, tokens
//! singles  = for each byte, rank + 1 of the token that merging begins with, or 0
//! pairs    = for each two bytes of ASCII, first * 128 + second, rank + 1 of the token they are, or 0 (three bytes)
//! whole    = slots: tag << rank bits | rank, or all ones (free): see below
//! offsets  = literals + 1 times: literal n is bytes[offsets[n] .. offsets[n + 1]]
//! ```
//!
//! A piece that is a token need not be merged. Short ones are merged as fast as they are looked up, so only tokens
//! of more than [`QUICKLY_MERGED`] bytes are here; and, in vocabularies whose rule it is that a piece that is a token becomes that
//! token, all those that merging would not come to. (In others, those that merging does not come to must not be
//! found, and are not here.)

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use super::pairs::{Made, Pairs};

const HEADER_NUMBERS: usize = 6;
const SINGLES_AT: usize = HEADER_NUMBERS * 4;
const PAIRS_AT: usize = SINGLES_AT + 256 * 4;
const WHOLE_AT: usize = PAIRS_AT + 128 * 128 * PAIR;

/// How many bytes the rank of a pair has.
const PAIR: usize = 3;

const FREE: u32 = u32::MAX;

/// To merge a piece of at most this many bytes does not take longer than to look it up.
pub(crate) const QUICKLY_MERGED: usize = 15;

/// A read-only table of tokens, see the module.
#[derive(Clone)]
pub(crate) struct Tokens {
    image: Cow<'static, [u8]>,
    slots: u32,
    rank_bits: u32,
    shortest_whole: usize,
    longest: usize,
    offsets_at: usize,
    bytes_at: usize,
    /// The bytes of all tokens, put together when many are asked for.
    spelled: Arc<OnceLock<Spelled>>,
    /// The lengths of all tokens, found when many are asked for.
    lengths: Arc<OnceLock<Vec<u32>>>,
}

/// The bytes of all tokens: that of rank r is `bytes[offsets[r]..offsets[r + 1]]`.
struct Spelled {
    offsets: Vec<u32>,
    bytes: Vec<u8>,
}

/// What [`Tokens::build_image`] takes.
pub(crate) struct Facts<'f> {
    /// For each byte, the rank of the token that merging begins with.
    pub(crate) singles: &'f [Option<u32>; 256],
    /// The bytes of all tokens, in the order of ranks.
    pub(crate) tokens: &'f [&'f [u8]],
    /// What they are made of; the number of a literal is its place among the literals.
    pub(crate) made: &'f [Made],
    /// Whether a piece that is this token becomes this token; of those that merging comes to only asked for the longer
    /// ones.
    pub(crate) found_whole: &'f dyn Fn(u32) -> bool,
}

impl Tokens {
    /// Makes the image.
    pub(crate) fn build_image(facts: &Facts<'_>) -> Vec<u8> {
        let Facts { singles, tokens, made, found_whole } = facts;
        let mut pairs = vec![0u32; 128 * 128];
        let (mut literals, mut literal_bytes) = (vec![0u32], Vec::new());
        let mut whole = Vec::new();
        for (rank, (token, made)) in (0u32..).zip(tokens.iter().zip(*made)) {
            match *made {
                Made::Joined(..) => {
                    if let [first @ ..0x80, second @ ..0x80] = **token {
                        pairs[pair_index(first, second)] = rank + 1;
                    }
                    if token.len() > QUICKLY_MERGED {
                        whole.push(rank);
                    }
                }
                Made::Literal(_) => {
                    literal_bytes.extend_from_slice(token);
                    literals.push(literal_bytes.len() as u32);
                    if token.len() > 1 && found_whole(rank) {
                        whole.push(rank);
                    }
                }
            }
        }
        let rank_bits = rank_bits(tokens.len());
        let mut slots = vec![FREE; 2 * whole.len() + 1];
        for &rank in &whole {
            let hash = hash(tokens[rank as usize]);
            let mut slot = first_slot(hash, slots.len());
            while slots[slot] != FREE {
                slot = if slot + 1 == slots.len() { 0 } else { slot + 1 };
            }
            slots[slot] = tag(hash, rank_bits) | rank;
        }
        let shortest =
            whole.iter().map(|&rank| tokens[rank as usize].len()).min().unwrap_or(usize::MAX >> 32);
        let longest = tokens.iter().map(|token| token.len()).max().unwrap_or(0);
        let header = [literals.len() - 1, slots.len(), shortest, longest, literal_bytes.len(), tokens.len()];
        let numbers = header.into_iter().map(|number| number as u32);
        let singles = singles.iter().map(|rank| rank.map_or(0, |rank| rank + 1));
        let mut image: Vec<u8> = numbers.chain(singles).flat_map(u32::to_le_bytes).collect();
        pairs.into_iter().for_each(|number| image.extend_from_slice(&number.to_le_bytes()[..PAIR]));
        image.extend(slots.into_iter().chain(literals).flat_map(u32::to_le_bytes));
        image.extend_from_slice(&literal_bytes);
        image
    }

    /// Uses an image made by [`Tokens::build_image`]; `None` if its length is not what its header says.
    pub(crate) fn from_image(image: Cow<'static, [u8]>) -> Option<Tokens> {
        let mut header = [0; HEADER_NUMBERS];
        for (number, bytes) in header.iter_mut().zip(image.chunks_exact(4)) {
            *number = u32::from_le_bytes(*bytes.first_chunk()?);
        }
        let [literals, slots, shortest, longest, bytes, tokens] = header;
        let offsets_at = WHOLE_AT + slots as usize * 4;
        let bytes_at = offsets_at + (literals as usize + 1) * 4;
        let (shortest_whole, longest) = (shortest as usize, longest as usize);
        let rank_bits = rank_bits(tokens as usize);
        (slots > 0 && image.len() == bytes_at + bytes as usize).then_some(Tokens {
            image,
            slots,
            rank_bits,
            shortest_whole,
            longest,
            offsets_at,
            bytes_at,
            spelled: Arc::default(),
            lengths: Arc::default(),
        })
    }

    /// The length in bytes of the longest token.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// The rank of the token that merging begins with for this byte.
    #[inline]
    pub(crate) fn rank_of_byte(&self, byte: u8) -> Option<u32> {
        self.number(SINGLES_AT + usize::from(byte) * 4).checked_sub(1)
    }

    /// The rank of the token that consists of these two bytes of ASCII.
    #[inline]
    pub(crate) fn rank_of_pair(&self, first: u8, second: u8) -> Option<u32> {
        debug_assert!(first < 0x80 && second < 0x80);
        let number = self.number(PAIRS_AT + pair_index(first & 0x7f, second & 0x7f) * PAIR);
        (number & 0xff_ffff).checked_sub(1)
    }

    /// Whether there are short pieces that are to be looked up whole.
    #[inline(always)]
    pub(crate) fn has_short_whole(&self) -> bool {
        self.shortest_whole <= QUICKLY_MERGED
    }

    /// The rank of the token with exactly these bytes, if it is one of those that are looked up whole.
    #[inline]
    pub(crate) fn whole(&self, pairs: &Pairs, piece: &[u8]) -> Option<u32> {
        if piece.len() < self.shortest_whole || piece.len() > self.longest {
            return None;
        }
        let hash = hash(piece);
        let (wanted, slots) = (tag(hash, self.rank_bits), self.slots as usize);
        let mut slot = first_slot(hash, slots);
        loop {
            let entry = self.number(WHOLE_AT + slot * 4);
            if entry == FREE {
                return None;
            }
            let rank = entry & ((1 << self.rank_bits) - 1);
            if entry - rank == wanted && self.is_spelled(pairs, rank, piece) {
                return Some(rank);
            }
            slot = if slot + 1 == slots { 0 } else { slot + 1 };
        }
    }

    /// The bytes of the token of this rank. Panics if there is no such rank: ranks come from these tables. At the first
    /// call, all tokens are spelled.
    pub(crate) fn bytes(&self, pairs: &Pairs, rank: u32) -> &[u8] {
        let Spelled { offsets, bytes } = self.spelled(pairs);
        &bytes[offsets[rank as usize] as usize..offsets[rank as usize + 1] as usize]
    }

    fn spelled(&self, pairs: &Pairs) -> &Spelled {
        self.spelled.get_or_init(|| self.spell_all(pairs))
    }

    /// Gets ready for many calls of [`Tokens::length`].
    pub(crate) fn measure_all(&self, pairs: &Pairs) {
        self.lengths.get_or_init(|| {
            let mut lengths = Vec::with_capacity(pairs.len() as usize);
            for rank in 0..pairs.len() {
                lengths.push(match pairs.made(rank) {
                    // Mostly both parts came before.
                    Made::Joined(left, right) if left.max(right) < rank => {
                        lengths[left as usize] + lengths[right as usize]
                    }
                    _ => self.measure(pairs, rank) as u32,
                });
            }
            lengths
        });
    }

    /// The length in bytes of the token of this rank.
    #[inline]
    pub(crate) fn length(&self, pairs: &Pairs, rank: u32) -> usize {
        match self.lengths.get() {
            Some(lengths) => lengths[rank as usize] as usize,
            None => self.measure(pairs, rank),
        }
    }

    fn measure(&self, pairs: &Pairs, rank: u32) -> usize {
        let mut length = 0;
        self.each_literal(pairs, rank, |literal| length += literal.len());
        length
    }

    /// Puts the bytes of the token of this rank to `out`.
    pub(crate) fn spell(&self, pairs: &Pairs, rank: u32, out: &mut Vec<u8>) {
        self.each_literal(pairs, rank, |literal| out.extend_from_slice(literal));
    }

    fn is_spelled(&self, pairs: &Pairs, rank: u32, piece: &[u8]) -> bool {
        let mut rest = Some(piece);
        self.each_literal(pairs, rank, |literal| rest = rest.and_then(|rest| rest.strip_prefix(literal)));
        rest.is_some_and(<[u8]>::is_empty)
    }

    fn literal(&self, number: u32) -> &[u8] {
        let at = self.offsets_at + number as usize * 4;
        let (start, end) = (self.number(at) as usize, self.number(at + 4) as usize);
        &self.image[self.bytes_at + start..self.bytes_at + end]
    }

    /// Calls `each` with the literals that the token is made of, from left to right.
    fn each_literal(&self, pairs: &Pairs, rank: u32, mut each: impl FnMut(&[u8])) {
        let mut waiting = Vec::new();
        let mut at = rank;
        loop {
            match pairs.made(at) {
                Made::Joined(left, right) => {
                    waiting.push(right);
                    at = left;
                }
                Made::Literal(number) => {
                    each(self.literal(number));
                    match waiting.pop() {
                        Some(next) => at = next,
                        None => return,
                    }
                }
            }
        }
    }

    fn spell_all(&self, pairs: &Pairs) -> Spelled {
        let (mut offsets, mut bytes) = (vec![0u32], Vec::new());
        for rank in 0..pairs.len() {
            match pairs.made(rank) {
                // Mostly both parts came before, and only have to be copied.
                Made::Joined(left, right) if left.max(right) < rank => {
                    for part in [left, right] {
                        let (start, end) = (offsets[part as usize], offsets[part as usize + 1]);
                        bytes.extend_from_within(start as usize..end as usize);
                    }
                }
                _ => self.spell(pairs, rank, &mut bytes),
            }
            offsets.push(bytes.len() as u32);
        }
        Spelled { offsets, bytes }
    }

    #[inline(always)]
    fn number(&self, at: usize) -> u32 {
        self.image[at..].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }
}

fn rank_bits(tokens: usize) -> u32 {
    u32::BITS - (tokens as u32).leading_zeros()
}

#[inline(always)]
fn pair_index(first: u8, second: u8) -> usize {
    usize::from(first) << 7 | usize::from(second)
}

/// The part of the hash that is stored above the rank. It comes from other bits than the slot.
#[inline(always)]
fn tag(hash: u64, rank_bits: u32) -> u32 {
    (hash as u32) << rank_bits
}

/// Maps the upper 32 bits of the hash evenly to `0..slots` (Lemire 2019).
#[inline(always)]
fn first_slot(hash: u64, slots: usize) -> usize {
    (((hash >> 32) * slots as u64) >> 32) as usize
}

/// A hash of the bytes, eight at a time. It is a part of the image's format.
fn hash(piece: &[u8]) -> u64 {
    const A: u64 = 0x9e37_79b9_7f4a_7c15;
    let fold = |state: u64, word: u64| {
        let product = u128::from(state ^ word) * u128::from(A);
        (product as u64) ^ (product >> 64) as u64
    };
    let chunks = piece.chunks(8).map(|chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        u64::from_le_bytes(word)
    });
    fold(chunks.fold(piece.len() as u64 + 1, fold), A >> 7)
}
