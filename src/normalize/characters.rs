//! Characters in bytes that may not be UTF-8: where they begin, where a text may be cut between them, and what is
//! known of them, looked up once for each.
//!
//! What is done with them is left to the steps.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::unicode;

/// What stands at a place of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A character, and its length in bytes.
    Character(char, usize),
    /// A byte that belongs to no character, whatever follows the text.
    Invalid,
    /// The end of the text, which may be the beginning of a character.
    Incomplete,
}

/// What stands at byte `at`, which is inside the text.
#[inline(always)]
pub(super) fn look(text: &[u8], at: usize) -> Found {
    let byte = text[at];
    if byte < 128 {
        return Found::Character(char::from(byte), 1);
    }
    match unicode::decode(text, at) {
        Some((c, length)) => Found::Character(c, length),
        None if is_incomplete(&text[at..]) => Found::Incomplete,
        None => Found::Invalid,
    }
}

/// Whether these bytes are the beginning of a character and not all of it.
fn is_incomplete(bytes: &[u8]) -> bool {
    let error = |bytes| std::str::from_utf8(bytes).err();
    bytes.len() < 4 && error(bytes).is_some_and(|e| e.valid_up_to() == 0 && e.error_len().is_none())
}

/// Where the character ends at byte `end` begins; `None` if the bytes before are no character.
pub(super) fn character_before(text: &[u8], end: usize) -> Option<usize> {
    (1..=end.min(4)).map(|back| end - back).find(|&start| text[start] & 0xc0 != 0x80).filter(
        |&start| matches!(look(&text[..end], start), Found::Character(_, length) if start + length == end),
    )
}

/// Whether byte `at` is where a character or an invalid byte begins, and not perhaps inside of a character that
/// what follows the text completes. At the end of the text: whether no character is begun there.
pub(super) fn is_border(text: &[u8], at: usize) -> bool {
    if text.get(at).is_some_and(|byte| byte & 0xc0 != 0x80) {
        return look(text, at) != Found::Incomplete;
    }
    let begin = (1..=at.min(3)).map(|back| at - back).find(|&start| text[start] & 0xc0 != 0x80);
    begin.is_none_or(|start| match look(text, start) {
        Found::Character(_, length) => start + length <= at,
        Found::Invalid => true,
        Found::Incomplete => false,
    })
}

/// The last place in the text, from byte `from` on, for which `is_cut` holds; 0 if there is none.
pub(super) fn last_cut(text: &[u8], from: usize, is_cut: impl Fn(&[u8], usize) -> bool) -> usize {
    (from.max(1)..=text.len()).rev().find(|&at| is_cut(text, at)).unwrap_or(0)
}

/// The first byte from `at` on for which `stops` holds; the length of the text if there is none.
#[inline]
pub(super) fn skip(text: &[u8], at: usize, stops: &[bool; 256]) -> usize {
    text[at..].iter().position(|&byte| stops[byte as usize]).map_or(text.len(), |length| at + length)
}

/// [`skip`] where no ASCII character stops.
#[inline]
pub(super) fn skip_ascii_and(text: &[u8], mut at: usize, stops: &[bool; 256]) -> usize {
    const STEP: usize = 32;
    while let Some(next) = text.get(at..at + STEP) {
        if !next.is_ascii() {
            let found = skip(next, 0, stops);
            if found < STEP {
                return at + found;
            }
        }
        at += STEP;
    }
    skip(text, at, stops)
}

/// For [`skip`]: the first bytes of characters that stop, of 0xC0..=0xFF, the lowest bit for 0xC0. What is not set
/// goes on, as do ASCII and the bytes inside a character.
pub(super) const fn stops_at(leads: u64) -> [bool; 256] {
    let mut stops = [false; 256];
    let mut lead = 0;
    while lead < 64 {
        stops[0xc0 + lead] = leads >> lead & 1 == 1;
        lead += 1;
    }
    stops
}

/// A property of characters, of 1 to 15, that is looked up the slow way only once for each: at the first question
/// about one of 16 neighbours. The tables are part of no file and cost nothing until then.
pub(super) struct Table {
    /// Four bits for a character; 0 in all of a word: not looked up yet.
    words: &'static Words,
    /// The slow way. Never 0, at most 15.
    property: fn(char) -> u8,
}

/// What a table has looked up. A static of its own that is all zeros, so that it takes no place in the executable.
pub(super) struct Words([AtomicU64; WORDS]);

const WORDS: usize = 0x11_0000 / 16;

impl Words {
    pub(super) const fn new() -> Words {
        Words([const { AtomicU64::new(0) }; WORDS])
    }
}

impl Table {
    pub(super) const fn new(words: &'static Words, property: fn(char) -> u8) -> Table {
        Table { words, property }
    }

    #[inline(always)]
    pub(super) fn get(&self, c: char) -> u8 {
        let code = c as usize;
        // Relaxed: each word is complete in itself, and two threads that make it make the same.
        let mut word = self.words.0[code >> 4].load(Ordering::Relaxed);
        if word == 0 {
            word = self.fill(code >> 4);
        }
        (word >> ((code & 15) * 4)) as u8 & 15
    }

    #[cold]
    fn fill(&self, index: usize) -> u64 {
        let property = |place: u32| char::from_u32(index as u32 * 16 + place).map_or(1, self.property);
        let word = (0..16).fold(0, |word, place| word | u64::from(property(place)) << (place * 4));
        self.words.0[index].store(word, Ordering::Relaxed);
        word
    }
}
