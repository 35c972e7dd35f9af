//! How many tokens pieces had before: a cache of counts, of fixed size, for counting alone.
//!
//! A count needs no ids, so an entry is the piece itself and one more byte: 16 bytes for a piece of at most
//! 15, four to a cache line, and 32 for one of at most 31. A hash tells the one place where a piece can be,
//! and a new piece takes the place of the one that was there: with the skew of real text, the frequent ones
//! come back at once.
//!
//! Counting goes in two rounds over a batch of pieces. The first looks all of them up in the short entries,
//! with no branch that depends on the text: what is not found is noted down for the second, which does the
//! hard work. So the processor can run ahead over many pieces at a time, and their waits for memory overlap.
//!
//! Where a piece begins and ends is left to others, and so is what to do about one that is not here.

/// The longest piece in a short entry, in bytes, and in a long one.
const SHORT: usize = 15;
const LONG: usize = 31;

/// The largest number of tokens that an entry can say. Only long entries are not enough sometimes: a piece is
/// then counted anew each time.
const MOST_TOKENS: u64 = 15;

/// The largest cache has this many short entries (of 16 bytes) and long entries (of 32 bytes).
const MOST_SHORT: usize = 1 << 16;
const MOST_LONG: usize = 1 << 14;

/// Where the length of the piece (less 16 in a long entry) and the number of tokens stand in the last word
/// of an entry, four bits each. A free entry is all zeros: no piece has no tokens.
const LENGTH_AT: u32 = 56;
const COUNT_AT: u32 = 60;

/// For a piece of each length up to 16, what keeps its bytes of the two words read at its beginning, and its
/// length where an entry has it. Pieces of 16 bytes and more become 0, which is no key.
static MASKS: [[u64; 3]; 17] = masks();

const fn masks() -> [[u64; 3]; 17] {
    let mut masks = [[0; 3]; 17];
    let mut length = 1;
    while length <= SHORT {
        let mask = (1u128 << (8 * length)) - 1;
        masks[length] = [mask as u64, (mask >> 64) as u64, (length as u64) << LENGTH_AT];
        length += 1;
    }
    masks
}

/// The cache.
pub(super) struct Counts {
    short: Vec<[u64; 2]>,
    long: Vec<[u64; 4]>,
    missed: Vec<(usize, usize)>,
}

/// A piece of at most [`SHORT`] bytes, packed; `(0, 0)` stands for any longer one.
#[derive(Clone, Copy)]
struct ShortKey(u64, u64);

impl Counts {
    /// A cache for a text of about this many bytes.
    pub(super) fn new(expected_bytes: usize) -> Counts {
        let entries = |most: usize| (expected_bytes / 8).next_power_of_two().clamp(16, most);
        Counts {
            short: vec![[0; 2]; entries(MOST_SHORT)],
            long: vec![[0; 4]; entries(MOST_LONG)],
            missed: Vec::new(),
        }
    }

    /// The number of tokens of all pieces of `text` that end at `ends`, the first of which begins at `start`.
    /// `count` is asked for a piece that is not known.
    #[inline(always)]
    pub(super) fn count<E>(
        &mut self,
        text: &[u8],
        start: usize,
        ends: &[usize],
        mut count: impl FnMut(&[u8]) -> Result<usize, E>,
    ) -> Result<usize, E> {
        let mut tokens = self.first_round(text, start, ends);
        let missed = std::mem::take(&mut self.missed);
        for &(start, end) in &missed {
            tokens += self.second_look(text, start, end, &mut count)?;
        }
        self.missed = missed;
        Ok(tokens)
    }

    /// Adds up what is known of the pieces, and notes down the others.
    #[inline(always)]
    fn first_round(&mut self, text: &[u8], mut start: usize, ends: &[usize]) -> usize {
        // Pieces near the end of the text cannot be read as 16 bytes.
        let readable = text.len().saturating_sub(16);
        let direct = match ends.last() {
            Some(&last) if last > readable => ends.partition_point(|&end| end <= readable),
            _ => ends.len(),
        };
        let mut missed = std::mem::take(&mut self.missed);
        missed.clear();
        missed.resize(ends.len() + 1, (0, 0));
        let mut misses = 0;
        let mut tokens = 0;
        for &end in &ends[..direct] {
            let key = match text[start..].first_chunk::<16>() {
                Some(bytes) => ShortKey::new(u128::from_le_bytes(*bytes), end - start),
                None => ShortKey(0, 0),
            };
            let found = key.count(self.short[key.place(self.short.len())]);
            tokens += found as usize;
            missed[misses] = (start, end);
            misses += usize::from(found == 0);
            start = end;
        }
        missed.truncate(misses);
        for &end in &ends[direct..] {
            missed.push((start, end));
            start = end;
        }
        self.missed = missed;
        tokens
    }

    /// The number of tokens of one piece that the first round did not find.
    #[inline]
    fn second_look<E>(
        &mut self,
        text: &[u8],
        start: usize,
        end: usize,
        count: &mut impl FnMut(&[u8]) -> Result<usize, E>,
    ) -> Result<usize, E> {
        let piece = &text[start..end];
        if piece.len() > LONG {
            return count(piece);
        }
        if piece.len() <= SHORT {
            let key = ShortKey::new(word_at(text, start, piece.len()), piece.len());
            let entries = self.short.len();
            let entry = &mut self.short[key.place(entries)];
            // It may have come earlier in this batch.
            let known = key.count(*entry);
            if known > 0 {
                return Ok(known as usize);
            }
            let tokens = count(piece)?;
            if tokens as u64 <= MOST_TOKENS {
                *entry = [key.0, key.1 | (tokens as u64) << COUNT_AT];
            }
            return Ok(tokens);
        }
        let key = long_key(text, start, piece.len());
        let place = long_place(key, self.long.len());
        let [a, b, c, d] = self.long[place];
        if [a, b, c, d & !(MOST_TOKENS << COUNT_AT)] == key {
            return Ok((d >> COUNT_AT) as usize);
        }
        let tokens = count(piece)?;
        if tokens as u64 <= MOST_TOKENS {
            let [a, b, c, d] = key;
            self.long[place] = [a, b, c, d | (tokens as u64) << COUNT_AT];
        }
        Ok(tokens)
    }
}

impl ShortKey {
    /// The key of the piece that `word` begins with.
    #[inline(always)]
    fn new(word: u128, length: usize) -> ShortKey {
        let [low, high, length] = MASKS[length.min(16)];
        ShortKey(word as u64 & low, ((word >> 64) as u64 & high) | length)
    }

    #[inline(always)]
    fn place(self, entries: usize) -> usize {
        let hash = (self.0 ^ self.1.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (hash >> 32) as usize & (entries - 1)
    }

    /// What the entry says of the piece, or 0.
    #[inline(always)]
    fn count(self, [low, high]: [u64; 2]) -> u64 {
        let count = high >> COUNT_AT;
        let other = (low ^ self.0) | (high ^ self.1 ^ (count << COUNT_AT));
        if other == 0 { count } else { 0 }
    }
}

/// The first `length` bytes at `start`, at most 16, and whatever follows them.
#[inline(always)]
fn word_at(text: &[u8], start: usize, length: usize) -> u128 {
    match text[start..].first_chunk::<16>() {
        Some(bytes) => u128::from_le_bytes(*bytes),
        None => {
            let mut bytes = [0; 16];
            bytes[..length].copy_from_slice(&text[start..start + length]);
            u128::from_le_bytes(bytes)
        }
    }
}

/// The key of a piece of 16 to 31 bytes, as it stands in an entry but for the count.
#[inline(always)]
fn long_key(text: &[u8], start: usize, length: usize) -> [u64; 4] {
    let first = word_at(text, start, 16);
    let rest = word_at(text, start + 16, length - 16) & ((1 << (8 * (length - 16))) - 1);
    let last = (rest >> 64) as u64 | (length as u64 - 16) << LENGTH_AT;
    [first as u64, (first >> 64) as u64, rest as u64, last]
}

#[inline(always)]
fn long_place([a, b, c, d]: [u64; 4], entries: usize) -> usize {
    let first = (a ^ b.rotate_left(23)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let second = (c ^ d.rotate_left(29)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    ((first ^ second.rotate_left(32)) >> 32) as usize & (entries - 1)
}
