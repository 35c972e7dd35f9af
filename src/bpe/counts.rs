//! How many tokens pieces had before: a cache of counts, of fixed size, for counting alone.
//!
//! A count needs no ids, so an entry is the piece itself and one more byte: 16 bytes for a piece of at most
//! 15, four to a cache line, and 32 for one of at most 31. A hash tells the two places where a short piece can
//! be, and the one for a longer one. A new piece takes the place of the older one that was there: with the
//! skew of real text, the frequent ones come back at once.
//!
//! Pieces are looked up many at a time, with no branch that depends on the text: what is not found is noted
//! down for later. So the processor can run ahead over many pieces, and their waits for memory overlap.
//!
//! What to do about pieces that are not here is left to `counter`.

use super::table::prefetch;

/// The longest piece in a short entry, in bytes, and in a long one.
const SHORT: usize = 15;
const LONG: usize = 31;

/// The largest number of tokens that an entry can say, and what it says of a piece that is being worked on. A
/// piece of more tokens is counted anew each time; few are.
const MOST_TOKENS: u64 = 14;
const UNDER_WAY: u64 = 15;

/// The largest cache has this many sets of two short entries, and long entries.
const MOST_SETS: usize = 1 << 16;
const MOST_LONG: usize = 1 << 16;

/// A set is four words: two short entries, the newer one first.
const SET: usize = 4;

/// How many words a cache line has. A set does not lie across two of them.
const LINE: usize = 8;

/// How many pieces are asked for before the first answer is looked at.
const STRIDE: usize = 64;

/// Where the length of the piece (less 16 in a long entry) and the number of tokens stand in the last word
/// of an entry, four bits each. A free entry is all zeros: no piece has no tokens.
const LENGTH_AT: u32 = 56;
const COUNT_AT: u32 = 60;
const COUNT: u64 = 15 << COUNT_AT;

/// For a piece of each length up to 16, what keeps its bytes of the two words read at its beginning, and what
/// is put to them: its length where an entry has it. For 16 bytes and more that makes [`NO_KEY`].
static MASKS: [[u64; 4]; 17] = masks();

const fn masks() -> [[u64; 4]; 17] {
    let mut masks = [[0; 4]; 17];
    let mut length = 1;
    while length <= SHORT {
        let mask = (1u128 << (8 * length)) - 1;
        masks[length] = [mask as u64, (mask >> 64) as u64, 0, (length as u64) << LENGTH_AT];
        length += 1;
    }
    masks[16][2] = NO_KEY.0;
    masks
}

/// The key of a piece that is too long: no entry has it, as only a free one has no length.
const NO_KEY: ShortKey = ShortKey(1, 0);

/// The cache.
pub(super) struct Counts {
    /// The sets, from the first whole cache line on.
    words: Vec<u64>,
    first: usize,
    sets: usize,
    long: Vec<[u64; 4]>,
}

/// A piece of at most [`SHORT`] bytes, packed.
#[derive(Clone, Copy)]
struct ShortKey(u64, u64);

impl Counts {
    /// A cache for a text of about this many bytes.
    pub(super) fn new(expected_bytes: usize) -> Counts {
        let entries = |most: usize| (expected_bytes / 8).next_power_of_two().clamp(16, most);
        let sets = entries(MOST_SETS);
        // Plain words are handed out zeroed by the system, page by page, when they are touched.
        let words = vec![0u64; sets * SET + LINE];
        let first = words.as_ptr().align_offset(LINE * size_of::<u64>()).min(LINE);
        Counts { words, first, sets, long: vec![[0; 4]; entries(MOST_LONG)] }
    }

    /// Adds up the tokens of the pieces of `text` that end at `ends`, the first of which begins at `start`, as far
    /// as they are known and short; notes down where the others begin and end.
    #[inline(never)]
    pub(super) fn add_up(
        &mut self,
        text: &[u8],
        mut start: usize,
        ends: &[usize],
        unknown: &mut Vec<(usize, usize)>,
    ) -> usize {
        // Pieces near the end of the text cannot be read as 16 bytes.
        let readable = text.len().saturating_sub(16);
        let direct = match ends.last() {
            Some(&last) if last > readable => ends.partition_point(|&end| end <= readable),
            _ => ends.len(),
        };
        let mut tokens = 0;
        let sets = &mut self.words[self.first..self.first + self.sets * SET];
        let mut asked = [(NO_KEY, 0); STRIDE];
        for ends in ends[..direct].chunks(STRIDE) {
            let mut from = start;
            for (asked, &end) in asked.iter_mut().zip(ends) {
                let key = match text[from..].first_chunk::<16>() {
                    Some(bytes) => ShortKey::new(u128::from_le_bytes(*bytes), end - from),
                    None => NO_KEY,
                };
                let place = key.place(self.sets);
                prefetch(sets, place);
                *asked = (key, place);
                from = end;
            }
            for (&(key, place), &end) in asked.iter().zip(ends) {
                let Some(set) = sets[place..].first_chunk_mut::<SET>() else { break };
                tokens += match key.count_in(set[0], set[1]) {
                    0 => key.promote(set).unwrap_or_else(|| {
                        unknown.push((start, end));
                        0
                    }),
                    newest => newest,
                };
                start = end;
            }
        }
        for &end in &ends[direct..] {
            unknown.push((start, end));
            start = end;
        }
        tokens as usize
    }

    fn set(&self, key: ShortKey) -> &[u64] {
        &self.words[self.first + key.place(self.sets)..]
    }

    /// Asks for what [`Counts::get`] will look at.
    #[inline]
    pub(super) fn prefetch(&self, text: &[u8], start: usize, end: usize) {
        let length = end - start;
        if length <= SHORT {
            let key = ShortKey::new(word_at(text, start, length), length);
            prefetch(&self.words, self.first + key.place(self.sets));
        } else if length <= LONG {
            prefetch(&self.long, long_place(long_key(text, start, length), self.long.len()));
        }
    }

    /// What is known of one piece.
    #[inline]
    pub(super) fn get(&self, text: &[u8], start: usize, end: usize) -> Known {
        let length = end - start;
        let count = if length <= SHORT {
            let key = ShortKey::new(word_at(text, start, length), length);
            self.set(key).first_chunk().map_or(0, |set| key.count(set))
        } else if length <= LONG {
            let key = long_key(text, start, length);
            let [a, b, c, d] = self.long[long_place(key, self.long.len())];
            if [a, b, c, d & !COUNT] == key { d >> COUNT_AT } else { 0 }
        } else {
            0
        };
        match count {
            0 => Known::Nothing,
            UNDER_WAY => Known::UnderWay,
            tokens => Known::Tokens(tokens as usize),
        }
    }

    /// Says that a piece is being worked on, so that it need not be worked on twice, until [`Counts::put`].
    #[inline]
    pub(super) fn announce(&mut self, text: &[u8], start: usize, end: usize) {
        self.write(text, start, end, UNDER_WAY);
    }

    /// Keeps the number of tokens of a piece, if there is an entry that can.
    #[inline]
    pub(super) fn put(&mut self, text: &[u8], start: usize, end: usize, tokens: usize) {
        self.write(text, start, end, if tokens as u64 <= MOST_TOKENS { tokens as u64 } else { 0 });
    }

    #[inline]
    fn write(&mut self, text: &[u8], start: usize, end: usize, count: u64) {
        let length = end - start;
        let count = count << COUNT_AT;
        if length <= SHORT {
            let key = ShortKey::new(word_at(text, start, length), length);
            let place = self.first + key.place(self.sets);
            let Some(set) = self.words[place..].first_chunk_mut::<SET>() else { return };
            if key.count(set) == 0 {
                set.copy_within(..2, 2);
                [set[0], set[1]] = [key.0, key.1 | count];
            } else {
                let entry = if key.count_in(set[0], set[1]) > 0 { 0 } else { 2 };
                set[entry + 1] = key.1 | count;
            }
        } else if length <= LONG {
            let key = long_key(text, start, length);
            let place = long_place(key, self.long.len());
            let [a, b, c, d] = key;
            self.long[place] = [a, b, c, d | count];
        }
    }
}

/// What [`Counts`] knows of a piece.
pub(super) enum Known {
    Nothing,
    /// The piece was announced.
    UnderWay,
    Tokens(usize),
}

impl ShortKey {
    /// The key of the piece that `word` begins with.
    #[inline(always)]
    fn new(word: u128, length: usize) -> ShortKey {
        let [low, high, key_low, key_high] = MASKS[length.min(16)];
        ShortKey((word as u64 & low) | key_low, ((word >> 64) as u64 & high) | key_high)
    }

    /// Where in the words of so many sets its set begins.
    #[inline(always)]
    fn place(self, sets: usize) -> usize {
        (fold(self.0 ^ self.1.rotate_left(29)) as usize & (sets - 1)) * SET
    }

    /// What the set says of the piece, or 0.
    fn count(self, &[low, high, older_low, older_high]: &[u64; SET]) -> u64 {
        self.count_in(low, high) | self.count_in(older_low, older_high)
    }

    /// What an entry says of the piece, or 0. A key has no count, so what differs in the last word is that.
    #[inline(always)]
    fn count_in(self, low: u64, high: u64) -> u64 {
        let differing = high ^ self.1;
        if (low ^ self.0) | (differing & !COUNT) == 0 { differing >> COUNT_AT } else { 0 }
    }

    /// What the older entry of the set says of the piece, if it is about it; it is then the newer one.
    #[cold]
    fn promote(self, set: &mut [u64; SET]) -> Option<u64> {
        match self.count_in(set[2], set[3]) {
            0 => None,
            count => {
                set.rotate_left(2);
                Some(count)
            }
        }
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
    let first = fold(a ^ b.rotate_left(23));
    fold(first ^ c ^ d.rotate_left(29)) as usize & (entries - 1)
}

/// Both halves of a product, so that every bit of the number reaches every bit of the result.
#[inline(always)]
fn fold(number: u64) -> u64 {
    let product = u128::from(number) * 0x9e37_79b9_7f4a_7c15;
    product as u64 ^ (product >> 64) as u64
}
