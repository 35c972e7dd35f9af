//! What pieces became before: a cache of fixed size, so memory does not grow with the text.
//!
//! Text repeats itself, so nearly every piece is found in one of two tables: one of pieces of at most 7 bytes
//! (`table`), and one of pieces of at most 15 in sets of two, a hash telling the set. There a new piece takes
//! the place of the older one: with the skew of real text, the frequent ones come back at once. An entry is
//! the piece itself and how many tokens it has, all that counting needs; for encoding the ranks follow. Pieces
//! of up to 31 bytes, which are few in most texts but many in some scripts, have a table with one place each.
//!
//! ```text
//! entry = the bytes, zeros up to 15 (31); in the last byte the length (low half) and the number of tokens
//!         (upper half; a free entry has no length); then, for encoding, the ranks, two in a number
//! ```
//!
//! Pieces are looked up many at a time: first the cache lines of all are asked for, then the answers are
//! looked at. What becomes of pieces that are not here is left to `misses`.

use std::sync::{Arc, Mutex, PoisonError};

use super::table::{self, FREE, Found, SHORT, Slots, prefetch};
use crate::token::Rank;

/// The longest piece in the sets, and in the table of long ones, in bytes.
const MIDDLE: usize = 15;
const LONG: usize = 31;

/// The largest number of tokens that an entry can say.
const MOST_TOKENS: usize = 15;

/// The largest cache has this many slots for short pieces, as a power of two, and sets.
const MOST_SLOT_BITS: u32 = 15;
const MOST_SETS: usize = 1 << 17;
const FEW_LONG: usize = 1 << 10;
const MOST_LONG: usize = 1 << 17;

/// As long as no more bytes were looked up, a small cache will do.
const SHORT_TEXT: usize = 64 * 1024;

/// The most spare caches that are kept.
const MOST_SPARES: usize = 16;

/// How many words a cache line has.
const LINE: usize = 8;

/// How many pieces are asked for before the first answer is looked at.
const STRIDE: usize = 64;

const LENGTH_AT: u32 = table::LENGTH_AT;
const COUNT_AT: u32 = table::COUNT_AT;
const COUNT: u64 = 15 << COUNT_AT;

/// For counting: a slot and an entry are a key and nothing else.
pub(super) type Counts = Cache<1, 2, 4>;
pub(super) type SpareCounts = Spares<1, 2, 4>;
pub(super) type HeldCounts = Held<1, 2, 4>;

/// For encoding: with up to two ranks in a slot, four in an entry of a set, and eight in a long one.
pub(super) type Outcomes = Cache<2, 4, 8>;
pub(super) type SpareOutcomes = Spares<2, 4, 8>;
pub(super) type HeldOutcomes = Held<2, 4, 8>;

/// The cache. `S`, `M` and `L` are the words of a slot, of an entry of a set, and of a long one.
pub(super) struct Cache<const S: usize, const M: usize, const L: usize> {
    slots: Slots<S>,
    /// The sets of two entries, the newer one first, from the first whole cache line on. A set does not lie
    /// across two lines.
    words: Vec<u64>,
    first: usize,
    sets: usize,
    /// The table of long entries: small until many have been put, as most texts have few.
    long: Vec<[u64; L]>,
    long_put: usize,
}

/// For a piece of each length up to 16, what keeps its bytes of the two words read at its beginning, and what
/// is put to them: its length where an entry has it. For 16 bytes and more that makes [`NO_KEY`].
static MASKS: [[u64; 4]; 17] = masks();

const fn masks() -> [[u64; 4]; 17] {
    let mut masks = [[0; 4]; 17];
    let mut length = 1;
    while length <= MIDDLE {
        let mask = (1u128 << (8 * length)) - 1;
        masks[length] = [mask as u64, (mask >> 64) as u64, 0, (length as u64) << LENGTH_AT];
        length += 1;
    }
    masks[16][2] = NO_KEY.0;
    masks
}

/// The key of a piece that is too long: no entry has it, as only a free one has no length.
const NO_KEY: Key = Key(1, 0);

/// A piece of at most [`MIDDLE`] bytes, packed.
#[derive(Clone, Copy)]
struct Key(u64, u64);

/// Caches of the largest size that nobody uses now: what one text taught, the next one need not learn again. As
/// many as were in use at a time, at most [`MOST_SPARES`].
pub(super) struct Spares<const S: usize, const M: usize, const L: usize>(Arc<Mutex<Vec<Cache<S, M, L>>>>);

impl<const S: usize, const M: usize, const L: usize> Spares<S, M, L> {
    /// A cache for a text of about this many bytes: one that is spare, or a new one.
    pub(super) fn take(&self, expected_bytes: usize) -> Cache<S, M, L> {
        let spare = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        spare.unwrap_or_else(|| Cache::new(expected_bytes))
    }

    /// Takes back a cache that is not used any more.
    pub(super) fn give_back(&self, cache: Cache<S, M, L>) {
        let mut spares = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.sets == MOST_SETS && spares.len() < MOST_SPARES {
            spares.push(cache);
        }
    }
}

/// The cache of one who counts or encodes: none before the first piece, a small one at first, and a large one
/// only when the text turns out to be long. To fill a large table takes longer than to count a short text.
pub(super) struct Held<const S: usize, const M: usize, const L: usize> {
    spares: Spares<S, M, L>,
    expected_bytes: usize,
    /// How many bytes were looked up so far.
    seen: usize,
    cache: Option<Cache<S, M, L>>,
}

impl<const S: usize, const M: usize, const L: usize> Held<S, M, L> {
    /// For a text of about this many bytes, or fewer.
    pub(super) fn new(spares: &Spares<S, M, L>, expected_bytes: usize) -> Held<S, M, L> {
        Held { spares: spares.clone(), expected_bytes, seen: 0, cache: None }
    }

    /// The cache, before so many bytes more are looked up in it.
    #[inline]
    pub(super) fn for_more(&mut self, bytes: usize) -> &mut Cache<S, M, L> {
        self.seen += bytes;
        let few = if self.seen < SHORT_TEXT { SHORT_TEXT } else { usize::MAX };
        let expected = self.expected_bytes.min(few);
        if self.cache.as_ref().is_some_and(|cache| cache.sets < sets(expected)) {
            self.cache = None;
        }
        self.cache.get_or_insert_with(|| self.spares.take(expected))
    }
}

impl<const S: usize, const M: usize, const L: usize> Drop for Held<S, M, L> {
    fn drop(&mut self) {
        if let Some(cache) = self.cache.take() {
            self.spares.give_back(cache);
        }
    }
}

impl<const S: usize, const M: usize, const L: usize> Clone for Spares<S, M, L> {
    /// The same caches: what pieces become is the same for all clones of a vocabulary.
    fn clone(&self) -> Spares<S, M, L> {
        Spares(Arc::clone(&self.0))
    }
}

impl<const S: usize, const M: usize, const L: usize> Default for Spares<S, M, L> {
    fn default() -> Spares<S, M, L> {
        Spares(Arc::default())
    }
}

impl<const S: usize, const M: usize, const L: usize> Cache<S, M, L> {
    /// The most tokens that an entry of a set has room for, and a long one.
    const SET_TOKENS: usize = if M == 2 { MOST_TOKENS } else { 2 * (M - 2) };
    const LONG_TOKENS: usize = if L == 4 { MOST_TOKENS } else { 2 * (L - 4) };

    /// A cache for a text of about this many bytes.
    pub(super) fn new(expected_bytes: usize) -> Cache<S, M, L> {
        let sets = sets(expected_bytes);
        let words = vec![FREE; sets * 2 * M + LINE];
        let first = words.as_ptr().align_offset(LINE * size_of::<u64>()).min(LINE);
        let slots = Slots::new(sets.trailing_zeros().min(MOST_SLOT_BITS));
        Cache { slots, words, first, sets, long: vec![[FREE; L]; sets.min(FEW_LONG)], long_put: 0 }
    }

    /// Looks up the pieces between neighbouring `bounds`, at most [`table::BATCH`], in the table of short ones.
    /// Returns the sum of the numbers of tokens of all that were found.
    #[inline]
    pub(super) fn look_up_short(&self, text: &[u8], bounds: &[usize], found: &mut Found) -> u64 {
        self.slots.look_up(text, bounds, found)
    }

    /// The slot at a place that [`Found`] names.
    #[inline(always)]
    pub(super) fn slot(&self, place: u32) -> &[u64; S] {
        self.slots.slot(place)
    }

    /// Looks up those of the pieces between neighbouring `bounds` that are listed. `known` is given the number
    /// of each one that is there and its entry, `unknown` the number of each other one; both in order.
    #[inline(always)]
    pub(super) fn look_up(
        &mut self,
        text: &[u8],
        bounds: &[usize],
        listed: &[u32],
        mut known: impl FnMut(usize, &[u64; M]),
        mut unknown: impl FnMut(usize),
    ) {
        let sets = &mut self.words[self.first..self.first + self.sets * 2 * M];
        let mut asked = [(NO_KEY, 0); STRIDE];
        for listed in listed.chunks(STRIDE) {
            for (asked, &index) in asked.iter_mut().zip(listed) {
                let Some(&[start, end]) = bounds[index as usize..].first_chunk() else { return };
                let key = Key::of(text, start, end);
                let place = key.set(self.sets) * 2 * M;
                prefetch(sets, place);
                *asked = (key, place);
            }
            for (&(key, place), &index) in asked.iter().zip(listed) {
                let Some(set) = sets.get_mut(place..place + 2 * M) else { return };
                match key.find(set) {
                    Some(entry) => {
                        known(index as usize, entry);
                        if let Some(slot) = slot_of(entry) {
                            self.slots.put(slot);
                        }
                    }
                    None => unknown(index as usize),
                }
            }
        }
    }

    /// Asks for what [`Cache::find_long`] will look at.
    #[inline]
    pub(super) fn prefetch_long(&self, text: &[u8], start: usize, end: usize) {
        if is_long(end - start) {
            prefetch(&self.long, long_place(long_key(text, start, end), self.long.len()));
        }
    }

    /// The entry of a piece that is too long for the sets.
    #[inline]
    pub(super) fn find_long(&self, text: &[u8], start: usize, end: usize) -> Option<&[u64; L]> {
        if !is_long(end - start) {
            return None;
        }
        let key = long_key(text, start, end);
        let entry = &self.long[long_place(key, self.long.len())];
        let is_it = entry[..3] == key[..3] && entry[3] & !COUNT == key[3];
        is_it.then_some(entry)
    }

    /// Keeps the tokens of a piece, if there is an entry that can.
    #[inline]
    pub(super) fn put(&mut self, text: &[u8], start: usize, end: usize, ranks: &[Rank]) {
        let count = (ranks.len() as u64) << COUNT_AT;
        if end - start <= MIDDLE && ranks.len() <= Self::SET_TOKENS {
            let key = Key::of(text, start, end);
            let mut entry = [0; M];
            (entry[0], entry[1]) = (key.0, key.1 | count);
            write_ranks(&mut entry[2..], ranks);
            self.put_in_set(key, &entry);
        } else if is_long(end - start) && ranks.len() <= Self::LONG_TOKENS {
            let key = long_key(text, start, end);
            let mut entry = [0; L];
            entry[..4].copy_from_slice(&key);
            entry[3] |= count;
            write_ranks(&mut entry[4..], ranks);
            self.put_long(key, entry);
        }
    }

    /// Puts a long entry; where there have been more than the small table has room for, into a large one.
    #[inline]
    fn put_long(&mut self, key: [u64; 4], entry: [u64; L]) {
        self.long_put += 1;
        if self.long_put == FEW_LONG && self.sets == MOST_SETS {
            self.long = vec![[FREE; L]; MOST_LONG];
        }
        let place = long_place(key, self.long.len());
        self.long[place] = entry;
    }

    /// Puts an entry into the set that its key belongs to, and into the table of short ones if it is short.
    #[inline(always)]
    fn put_in_set(&mut self, key: Key, entry: &[u64; M]) {
        if let Some(slot) = slot_of(entry) {
            self.slots.put(slot);
        }
        let place = self.first + key.set(self.sets) * 2 * M;
        let set = &mut self.words[place..place + 2 * M];
        if key.find::<M>(set).is_none() {
            set.copy_within(..M, M);
        }
        set[..M].copy_from_slice(entry);
    }
}

impl Counts {
    /// The entry of a piece with so many tokens, in four words, if there can be one: for pieces that have theirs
    /// in the sets the last two are zero.
    #[inline]
    pub(super) fn entry(text: &[u8], start: usize, end: usize, tokens: usize) -> Option<[u64; 4]> {
        let count = (tokens as u64) << COUNT_AT;
        if tokens > MOST_TOKENS {
            return None;
        }
        if end - start <= MIDDLE {
            let key = Key::of(text, start, end);
            return Some([key.0, key.1 | count, 0, 0]);
        }
        let [a, b, c, d] = is_long(end - start).then(|| long_key(text, start, end))?;
        Some([a, b, c, d | count])
    }

    /// Asks for the place that [`Counts::put_entry`] will write to.
    #[inline]
    pub(super) fn prefetch_entry(&self, entry: &[u64; 4]) {
        let [a, b, c, d] = *entry;
        if d == 0 {
            prefetch(&self.words, self.first + Key(a, b & !COUNT).set(self.sets) * 4);
        } else {
            prefetch(&self.long, long_place([a, b, c, d & !COUNT], self.long.len()));
        }
    }

    /// Keeps an entry, whoever made it.
    #[inline]
    pub(super) fn put_entry(&mut self, entry: &[u64; 4]) {
        let [a, b, c, d] = *entry;
        if d == 0 {
            self.put_in_set(Key(a, b & !COUNT), &[a, b]);
        } else {
            self.put_long([a, b, c, d & !COUNT], *entry);
        }
    }
}

/// The slot for the piece of an entry of a set, if it is short and has few tokens.
#[inline(always)]
fn slot_of<const S: usize, const M: usize>(entry: &[u64; M]) -> Option<[u64; S]> {
    let most_tokens = if S == 1 { MOST_TOKENS } else { 2 * (S - 1) };
    let tokens = entry[1] >> COUNT_AT;
    let length = (entry[1] & !COUNT) >> LENGTH_AT;
    if length > SHORT as u64 || tokens > most_tokens as u64 {
        return None;
    }
    let mut slot = [0; S];
    // A piece this short has no bytes in the second word.
    slot[0] = entry[0] | entry[1];
    slot[1..].iter_mut().zip(&entry[2..]).for_each(|(slot, &ranks)| *slot = ranks);
    Some(slot)
}

/// Two ranks in a word; for counting there are no words for them.
#[inline(always)]
fn write_ranks(words: &mut [u64], ranks: &[Rank]) {
    for (word, ranks) in words.iter_mut().zip(ranks.chunks(2)) {
        *word = u64::from(ranks[0]) | ranks.get(1).map_or(0, |&rank| u64::from(rank) << 32);
    }
}

/// How many sets there are for a text of about this many bytes.
#[inline]
fn sets(expected_bytes: usize) -> usize {
    (expected_bytes / 8).next_power_of_two().clamp(16, MOST_SETS)
}

#[inline(always)]
fn is_long(length: usize) -> bool {
    (MIDDLE + 1..=LONG).contains(&length)
}

/// The key of a piece of 16 to 31 bytes, as it stands in an entry but for the number of tokens.
#[inline(always)]
fn long_key(text: &[u8], start: usize, end: usize) -> [u64; 4] {
    let first = word_at(text, start);
    let length = end - start - (MIDDLE + 1);
    let rest = word_at(text, start + 16) & ((1 << (8 * length)) - 1);
    [first as u64, (first >> 64) as u64, rest as u64, (rest >> 64) as u64 | (length as u64) << LENGTH_AT]
}

#[inline(always)]
fn long_place([a, b, c, d]: [u64; 4], entries: usize) -> usize {
    let first = fold(a ^ b.rotate_left(23));
    fold(first ^ c ^ d.rotate_left(29)) as usize & (entries - 1)
}

/// Both halves of a product, so that every bit of the number reaches every bit of the result.
#[inline(always)]
fn fold(number: u64) -> u64 {
    let product = u128::from(number) * 0x9e37_79b9_7f4a_7c15;
    product as u64 ^ (product >> 64) as u64
}

/// The 16 bytes at `start`, with zeros for what the text does not have.
#[inline(always)]
fn word_at(text: &[u8], start: usize) -> u128 {
    match text[start..].first_chunk::<16>() {
        Some(bytes) => u128::from_le_bytes(*bytes),
        None => {
            let mut bytes = [0; 16];
            let rest = &text[start..text.len().min(start + 16)];
            bytes[..rest.len()].copy_from_slice(rest);
            u128::from_le_bytes(bytes)
        }
    }
}

impl Key {
    /// The key of the piece `text[start..end]`, or [`NO_KEY`].
    #[inline(always)]
    fn of(text: &[u8], start: usize, end: usize) -> Key {
        let length = end - start;
        let [low, high, key_low, key_high] = MASKS[length.min(16)];
        let word = word_at(text, start);
        Key((word as u64 & low) | key_low, ((word >> 64) as u64 & high) | key_high)
    }

    /// Which of so many sets, a power of two, the piece belongs to.
    #[inline(always)]
    fn set(self, sets: usize) -> usize {
        fold(self.0 ^ self.1.rotate_left(29)) as usize & (sets - 1)
    }

    /// The entry of the set that is about the piece; it is then the newer one.
    #[inline(always)]
    fn find<const M: usize>(self, set: &mut [u64]) -> Option<&[u64; M]> {
        if !self.is_in(set.first_chunk::<M>()?) {
            if !self.is_in(set.last_chunk::<M>()?) {
                return None;
            }
            set.rotate_left(M);
        }
        set.first_chunk()
    }

    /// Whether the entry is about the piece.
    #[inline(always)]
    fn is_in<const M: usize>(self, entry: &[u64; M]) -> bool {
        (entry[0] ^ self.0) | ((entry[1] ^ self.1) & !COUNT) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Streams do not know how long their text is: a short one must not pay for large tables.
    #[test]
    fn a_cache_is_small_until_the_text_is_long_and_then_handed_on() {
        let spares = SpareCounts::default();
        let mut held = HeldCounts::new(&spares, 1 << 20);
        assert!(held.for_more(1000).sets < MOST_SETS);
        assert_eq!(held.for_more(SHORT_TEXT).sets, MOST_SETS);
        drop(held);
        let mut next = HeldCounts::new(&spares, 1 << 20);
        assert_eq!(next.for_more(1000).sets, MOST_SETS);
    }
}
