//! What can be measured of a text without any vocabulary: bytes, characters, words, lines.
//!
//! Measures of parts add up to those of the whole ([`Measures::append`]), wherever the text was cut between
//! characters. Tokens are left to the tokenizer, ratios to `report`.

use unicode_segmentation::UnicodeSegmentation;

use crate::unicode::{LETTER, WHITE, class_at, decode, is_unspaced};

/// How much ASCII is looked at at once. Fewer than 256, so that sums fit into a byte.
const BLOCK: usize = 64;

/// The measures of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measures {
    /// Bytes.
    pub bytes: u64,
    /// Characters: Unicode scalar values; every byte that is not valid UTF-8 counts as one.
    pub chars: u64,
    /// Words: the longest runs of characters that are not Unicode white space, as `wc -w` in a UTF-8 locale,
    /// except that `wc` begins no word with a character that cannot be printed.
    pub words: u64,
    /// Lines: line feeds, as `wc -l`. A last line without one does not count.
    pub lines: u64,
    /// Letters (`\p{L}`).
    pub letters: u64,
    /// Those of the letters that belong to scripts written without spaces between words: Han, Hiragana,
    /// Katakana, Thai, Lao, Khmer, Myanmar.
    pub unspaced_letters: u64,
    begins_in_word: bool,
    ends_in_word: bool,
}

impl Measures {
    /// The measures of a text.
    ///
    /// ```
    /// let measures = bytepair::Measures::of("où est\u{a0}la clé ?\n".as_bytes());
    /// assert_eq!((measures.words, measures.chars, measures.bytes, measures.lines), (5, 16, 19, 1));
    /// ```
    pub fn of(text: &[u8]) -> Measures {
        let mut measures = Measures { bytes: text.len() as u64, ..Measures::default() };
        let mut at = 0;
        let mut in_word = false;
        while at < text.len() {
            match text[at..].first_chunk::<BLOCK>() {
                Some(block) if block.is_ascii() => {
                    in_word = measures.add_ascii(block, in_word);
                    at += BLOCK;
                }
                _ => {
                    let stop = text.len().min(at + BLOCK);
                    while at < stop {
                        (at, in_word) = measures.add_character(text, at, in_word);
                    }
                }
            }
        }
        measures.begins_in_word = !text.is_empty() && class_at(text, 0).0 & WHITE == 0;
        measures.ends_in_word = in_word;
        measures
    }

    /// Adds what can be counted of the character at byte `at`; `in_word` tells whether a word goes on there.
    /// Returns where the next character begins and whether a word goes on there.
    #[inline(always)]
    fn add_character(&mut self, text: &[u8], at: usize, in_word: bool) -> (usize, bool) {
        let (class, length) = class_at(text, at);
        let white = class & WHITE != 0;
        self.chars += 1;
        self.words += u64::from(!white && !in_word);
        self.lines += u64::from(text[at] == b'\n');
        if class & LETTER != 0 {
            self.letters += 1;
            self.unspaced_letters +=
                u64::from(length >= 3 && decode(text, at).is_some_and(|(c, _)| is_unspaced(c as u32)));
        }
        (at + length, !white)
    }

    /// As [`Measures::add_character`] for a block of ASCII: sums without branches, which compile to vector
    /// instructions. Returns whether a word goes on after it.
    #[inline]
    fn add_ascii(&mut self, block: &[u8; BLOCK], in_word: bool) -> bool {
        let mut white = [u8::from(!in_word); BLOCK + 1];
        for (white, &byte) in white[1..].iter_mut().zip(block) {
            *white = u8::from(byte == b' ') | u8::from(byte.wrapping_sub(b'\t') < 5);
        }
        let sum = |one: &dyn Fn(usize) -> u8| (0..BLOCK).fold(0u8, |sum, i| sum + one(i));
        self.chars += BLOCK as u64;
        self.words += u64::from(sum(&|i| white[i] & (1 ^ white[i + 1])));
        self.lines += u64::from(sum(&|i| u8::from(block[i] == b'\n')));
        self.letters += u64::from(sum(&|i| u8::from((block[i] | 0x20).wrapping_sub(b'a') < 26)));
        white[BLOCK] == 0
    }

    /// Adds the measures of the text that follows.
    pub fn append(&mut self, next: &Measures) {
        if next.bytes == 0 {
            return;
        }
        let shared_word = self.ends_in_word && next.begins_in_word;
        self.words += next.words - u64::from(shared_word);
        if self.bytes == 0 {
            self.begins_in_word = next.begins_in_word;
        }
        self.ends_in_word = next.ends_in_word;
        self.add_all_but_words(next);
    }

    /// Adds the measures of another text: the two are not neighbours, so no word spans them.
    pub fn add(&mut self, other: &Measures) {
        self.words += other.words;
        self.add_all_but_words(other);
    }

    fn add_all_but_words(&mut self, other: &Measures) {
        self.bytes += other.bytes;
        self.chars += other.chars;
        self.lines += other.lines;
        self.letters += other.letters;
        self.unspaced_letters += other.unspaced_letters;
    }
}

/// The measures of a text that comes in chunks, cut anywhere.
#[derive(Clone, Debug, Default)]
pub struct Meter {
    measures: Measures,
    /// The first bytes of a character whose last ones are still to come.
    pending: Vec<u8>,
    unicode_words: Option<UnicodeWords>,
}

impl Meter {
    /// A meter for one text. With `unicode_words` it counts words after Unicode Standard Annex 29 (with the
    /// tables of the crate unicode-segmentation 1.13, Unicode 17) instead of
    /// runs between white space; it then keeps the text since the last line feed, or space before an ASCII
    /// letter or digit.
    pub fn new(unicode_words: bool) -> Meter {
        Meter { unicode_words: unicode_words.then(UnicodeWords::default), ..Meter::default() }
    }

    /// Takes the next bytes of the text.
    pub fn push(&mut self, chunk: &[u8]) {
        if let Some(words) = &mut self.unicode_words {
            words.push(chunk);
        }
        let joined;
        let text = if self.pending.is_empty() {
            chunk
        } else {
            joined = [std::mem::take(&mut self.pending).as_slice(), chunk].concat();
            joined.as_slice()
        };
        let (whole, rest) = text.split_at(text.len() - incomplete(text));
        self.measures.append(&Measures::of(whole));
        self.pending.extend_from_slice(rest);
    }

    /// Ends the text.
    pub fn finish(mut self) -> Measures {
        self.measures.append(&Measures::of(&self.pending));
        if let Some(words) = self.unicode_words {
            self.measures.words = words.finish();
        }
        self.measures
    }
}

/// How many bytes at the end of a text may be the beginning of a character that is not complete.
fn incomplete(text: &[u8]) -> usize {
    let follow = text.iter().rev().take(3).position(|&byte| byte & 0xc0 != 0x80);
    match follow {
        // The lead byte tells how many bytes it wants; whether they are right is seen when they are there.
        Some(follow) if text[text.len() - 1 - follow].leading_ones() as usize > follow + 1 => follow + 1,
        _ => 0,
    }
}

/// Counts words after Unicode Standard Annex 29 (the segments that hold a letter or digit), chunk by chunk.
#[derive(Clone, Debug, Default)]
struct UnicodeWords {
    /// The text after the last place that is surely between two words.
    pending: Vec<u8>,
    searched: usize,
    words: u64,
}

impl UnicodeWords {
    fn push(&mut self, chunk: &[u8]) {
        self.pending.extend_from_slice(chunk);
        let text = &self.pending;
        // Rules WB3a and WB3b break around a line feed; and no rule joins a space and an ASCII letter.
        let cut = (self.searched + 1..text.len())
            .rev()
            .find(|&at| text[at - 1] == b'\n' || (text[at - 1] == b' ' && text[at].is_ascii_alphanumeric()));
        if let Some(cut) = cut {
            self.words += unicode_words(&text[..cut]);
            self.pending.drain(..cut);
        }
        self.searched = self.pending.len().saturating_sub(1);
    }

    fn finish(self) -> u64 {
        self.words + unicode_words(&self.pending)
    }
}

fn unicode_words(text: &[u8]) -> u64 {
    text.utf8_chunks().map(|chunk| chunk.valid().unicode_words().count() as u64).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_add_up(text in "([a-z]|\\s|[à-ÿ]|[ก-ฮ]|[一-龠]|\u{a0}|\u{3000}|🦀){0,40}", cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4)) {
            let mut borders: Vec<usize> = cuts.iter().map(|cut| {
                let at = cut.index(text.len() + 1);
                (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
            }).collect();
            borders.extend([0, text.len()]);
            borders.sort_unstable();
            let mut sum = Measures::default();
            for pair in borders.windows(2) {
                sum.append(&Measures::of(&text.as_bytes()[pair[0]..pair[1]]));
            }
            prop_assert_eq!(sum, Measures::of(text.as_bytes()));
            prop_assert_eq!(sum.words, text.split_whitespace().count() as u64);
            prop_assert_eq!(sum.chars, text.chars().count() as u64);
        }

        /// Blocks of ASCII are what their characters are one by one.
        #[test]
        fn blocks_are_characters(text in "([a-zA-Z0-9 \\t\r\n\u{b}\u{c}\u{1c}\u{1f}.'@\\[`{]{0,99}(é|漢|\u{85}|\u{3000})?){0,6}") {
            let mut by_character = Measures { bytes: text.len() as u64, ..Measures::default() };
            let (mut at, mut in_word) = (0, false);
            while at < text.len() {
                (at, in_word) = by_character.add_character(text.as_bytes(), at, in_word);
            }
            by_character.ends_in_word = in_word;
            by_character.begins_in_word = text.chars().next().is_some_and(|c| !c.is_whitespace());
            prop_assert_eq!(Measures::of(text.as_bytes()), by_character);
            prop_assert_eq!(by_character.words, text.split_whitespace().count() as u64);
        }

        #[test]
        fn a_meter_gives_what_the_whole_text_gives(
            text in prop::collection::vec(
                prop_oneof![
                    any::<u8>().prop_map(|byte| vec![byte]),
                    "[a-z ]|\n|é|漢|\u{a0}|\\.|'".prop_map(String::into_bytes),
                ],
                0..60,
            ),
            size in 1usize..9,
        ) {
            let text = text.concat();
            let (mut white, mut unicode) = (Meter::new(false), Meter::new(true));
            for chunk in text.chunks(size) {
                white.push(chunk);
                unicode.push(chunk);
            }
            prop_assert_eq!(white.finish(), Measures::of(&text));
            prop_assert_eq!(unicode.finish().words, unicode_words(&text));
        }
    }
}
