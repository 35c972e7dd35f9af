//! What short pieces became before: a cache of fixed size, so memory does not grow with the text.
//!
//! Text repeats itself. One look into the cache is one cache line, where the piece table takes three that
//! depend on each other, and merging takes dozens. A piece of up to 15 bytes and its length are packed into
//! 16 bytes and compared as two numbers. A new piece takes the place of the one that was there (direct
//! mapping): with the skew of real text, the frequent ones come back at once.
//!
//! Longer pieces are left to the table and to merging.

use super::table::prefetch;
use crate::token::Rank;

/// The longest piece, in bytes, that the cache can hold.
const LONGEST: usize = 15;

/// How many ranks an entry can hold. Pieces with more tokens are not kept.
const RANKS: usize = 3;

/// The largest cache has this many entries (of 32 bytes, so 2 MiB).
const MOST_ENTRIES: usize = 1 << 16;

/// A piece of text, packed: its bytes, zeros, its length. Never 0.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Key(u64, u64);

/// What a piece became: how many tokens, and their ranks if they are at most [`RANKS`].
#[derive(Clone, Copy)]
pub(super) struct Outcome {
    pub(super) tokens: u32,
    ranks: [Rank; RANKS],
}

/// The cache. An entry is four words: the key, then number and first rank, then the other two ranks; all 0
/// when it is free. Plain words are handed out zeroed by the system, page by page, when they are touched.
pub(super) struct Cache {
    words: Vec<[u64; 4]>,
    shift: u32,
}

impl Cache {
    /// A cache for a text of about this many bytes.
    pub(super) fn new(expected_bytes: usize) -> Cache {
        let entries = (expected_bytes / 8).next_power_of_two().clamp(16, MOST_ENTRIES);
        Cache { words: vec![[0; 4]; entries], shift: u64::BITS - entries.trailing_zeros() }
    }

    /// Asks for what [`Cache::get`] will look at.
    #[inline(always)]
    pub(super) fn prefetch(&self, key: Key) {
        prefetch(&self.words, self.place(key));
    }

    #[inline(always)]
    pub(super) fn get(&self, key: Key) -> Option<Outcome> {
        let [low, high, first, others] = self.words[self.place(key)];
        let ranks = [(first >> 32) as Rank, others as Rank, (others >> 32) as Rank];
        (Key(low, high) == key).then_some(Outcome { tokens: first as u32, ranks })
    }

    #[inline]
    pub(super) fn put(&mut self, key: Key, outcome: Outcome) {
        let [first, second, third] = outcome.ranks.map(u64::from);
        let place = self.place(key);
        self.words[place] = [key.0, key.1, u64::from(outcome.tokens) | first << 32, second | third << 32];
    }

    #[inline(always)]
    fn place(&self, key: Key) -> usize {
        let product = u128::from(key.0 ^ 0x9e37_79b9_7f4a_7c15) * u128::from(key.1 ^ 0xd6e8_feb8_6659_fd93);
        (((product >> 64) as u64 ^ product as u64) >> self.shift) as usize
    }
}

impl Key {
    /// The key of the piece `text[start..end]`; `None` if it is too long.
    #[inline(always)]
    pub(super) fn of(text: &[u8], start: usize, end: usize) -> Option<Key> {
        let length = end - start;
        if length > LONGEST {
            return None;
        }
        let word = match text[start..].first_chunk::<16>() {
            Some(bytes) => u128::from_le_bytes(*bytes) & !(u128::MAX << (8 * length)),
            None => {
                let mut bytes = [0; 16];
                bytes[..length].copy_from_slice(&text[start..end]);
                u128::from_le_bytes(bytes)
            }
        };
        let word = word | (length as u128) << 120;
        Some(Key(word as u64, (word >> 64) as u64))
    }
}

impl Outcome {
    /// No tokens yet.
    pub(super) const NONE: Outcome = Outcome { tokens: 0, ranks: [0; RANKS] };

    /// These ranks; if they are too many, their number and as the first rank what `elsewhere` is.
    pub(super) fn of(found: &[Rank], elsewhere: Rank) -> Outcome {
        let mut ranks = [0; RANKS];
        match ranks.get_mut(..found.len()) {
            Some(all) => all.copy_from_slice(found),
            None => ranks[0] = elsewhere,
        }
        Outcome { tokens: found.len() as u32, ranks }
    }

    /// The first rank, or what stands in its place.
    pub(super) fn first(&self) -> Rank {
        self.ranks[0]
    }

    /// The ranks, if all of them are known.
    #[inline(always)]
    pub(super) fn ranks(&self) -> Option<&[Rank]> {
        self.ranks.get(..self.tokens as usize)
    }
}
