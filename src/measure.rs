//! What can be measured of a text without any vocabulary: bytes, characters, words, lines, and whether it is
//! UTF-8.
//!
//! Measures of parts add up to those of the whole ([`Measures::append`]), wherever the text was cut between
//! characters. Tokens are left to the tokenizer, ratios to `report`.
//!
//! A text is measured 64 bytes at a time, by counting bits of the class masks of `unicode`. Its end, and
//! blocks with bytes that are not UTF-8, are measured character by character.

use unicode_segmentation::UnicodeSegmentation;

use crate::unicode::masks::{AsciiMasks, BLOCK, Characters, Kernel, WINDOW, Work, whole};
use crate::unicode::simd::by_widest;
use crate::unicode::{LETTER, WHITE, class_at, decode, is_unspaced};

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
    /// The first byte that is not valid UTF-8, counted from the beginning of the text.
    pub first_invalid: Option<u64>,
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
        by_widest(Measuring(text))
    }

    /// Adds what can be counted of the characters that begin from byte `at` on before byte `stop`; returns where
    /// the next one begins.
    fn add_characters(&mut self, text: &[u8], at: usize, stop: usize, in_word: &mut bool) -> usize {
        // Sums of its own can be kept in registers.
        let mut sums = Measures::default();
        let mut place = (at, *in_word);
        while place.0 < stop {
            place = sums.add_character(text, place.0, place.1);
        }
        self.first_invalid = self.first_invalid.or(sums.first_invalid);
        self.words += sums.words;
        self.add_all_but_words(&sums);
        *in_word = place.1;
        place.0
    }

    /// Adds what can be counted of the character at byte `at`; `in_word` tells whether a word goes on there.
    /// Returns where the next character begins and whether a word goes on there.
    #[inline(always)]
    fn add_character(&mut self, text: &[u8], at: usize, in_word: bool) -> (usize, bool) {
        let (class, length) = class_at(text, at);
        if class == 0 {
            self.first_invalid = self.first_invalid.or(Some(at as u64));
        }
        let white = class & WHITE != 0;
        self.chars += 1;
        self.words += u64::from(!white && !in_word);
        self.lines += u64::from(text[at] == b'\n');
        if class & LETTER != 0 {
            self.letters += 1;
            let unspaced = || decode(text, at).is_some_and(|(c, _)| is_unspaced(c as u32));
            self.unspaced_letters += u64::from(length >= 3 && unspaced());
        }
        (at + length, !white)
    }

    /// Adds what can be counted of a block of ASCII.
    #[inline(always)]
    fn add_ascii(&mut self, ascii: &AsciiMasks, border: &mut Border) {
        self.chars += BLOCK as u64;
        self.lines += count(ascii.line_feed);
        self.letters += count(ascii.upper | ascii.lower);
        self.words += border.word_starts(ascii.blank | ascii.tab | ascii.newline);
    }

    /// As [`Measures::add_ascii`] without masks: sums without branches, which even the oldest vector instructions
    /// can do. `in_word` tells whether a word goes on; returns whether one does after the block.
    #[inline(always)]
    fn add_sums(&mut self, block: &[u8; BLOCK], in_word: bool) -> bool {
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

    /// Adds what can be counted of a block with other characters: each where it begins.
    #[inline(always)]
    fn add_block(&mut self, ascii: &AsciiMasks, characters: &Characters, border: &mut Border) {
        let pending = std::mem::replace(&mut border.bytes, characters.beyond);
        self.chars += count(!ascii.follow);
        self.lines += count(ascii.line_feed);
        let letters = characters.upper | characters.lower | characters.caseless;
        self.letters += count(ascii.upper | ascii.lower | letters);
        self.unspaced_letters += count(characters.unspaced);
        let white = whole(characters.space, ascii.follow, pending & u64::from(!border.in_word));
        self.words += border.word_starts(white | ascii.blank | ascii.tab | ascii.newline);
    }

    /// Adds the measures of the text that follows.
    pub fn append(&mut self, next: &Measures) {
        if next.bytes == 0 {
            return;
        }
        self.first_invalid = self.first_invalid.or(next.first_invalid.map(|at| self.bytes + at));
        let shared_word = self.ends_in_word && next.begins_in_word;
        self.words += next.words - u64::from(shared_word);
        if self.bytes == 0 {
            self.begins_in_word = next.begins_in_word;
        }
        self.ends_in_word = next.ends_in_word;
        self.add_all_but_words(next);
    }

    /// Adds the measures of another text: the two are not neighbours, so no word spans them, and there is no
    /// place in both that `first_invalid` could tell.
    pub fn add(&mut self, other: &Measures) {
        self.words += other.words;
        self.first_invalid = None;
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

#[inline(always)]
fn count(mask: u64) -> u64 {
    u64::from(mask.count_ones())
}

/// What a block has to know of the one before.
#[derive(Default)]
struct Border {
    /// The bytes of this block that belong to a character of the one before.
    bytes: u64,
    /// Whether a word goes on here: the last character was no white space.
    in_word: bool,
}

impl Border {
    /// How many words begin in the block whose white space this is.
    #[inline(always)]
    fn word_starts(&mut self, white: u64) -> u64 {
        let after_white = white << 1 | u64::from(!self.in_word);
        self.in_word = white >> 63 == 0;
        count(!white & after_white)
    }
}

/// [`Measures::of`], for each kernel.
struct Measuring<'t>(&'t [u8]);

impl Work for Measuring<'_> {
    type Result = Measures;

    #[inline(always)]
    fn by<K: Kernel>(self, kernel: K) -> Measures {
        let text = self.0;
        let mut measures = Measures { bytes: text.len() as u64, ..Measures::default() };
        let mut at = 0;
        let mut border = Border::default();
        while at < text.len() {
            at = measure_blocks(kernel, text, at, &mut measures, &mut border);
            // A character that is still pending was counted where it began.
            let stop = text.len().min(at + BLOCK);
            at += std::mem::take(&mut border.bytes).count_ones() as usize;
            at = measures.add_characters(text, at, stop, &mut border.in_word);
        }
        measures.begins_in_word = !text.is_empty() && class_at(text, 0).0 & WHITE == 0;
        measures.ends_in_word = border.in_word;
        measures
    }
}

/// Measures as many blocks as can be from byte `at` on; returns where the next one begins.
#[inline(always)]
fn measure_blocks<K: Kernel>(
    kernel: K,
    text: &[u8],
    at: usize,
    measures: &mut Measures,
    border: &mut Border,
) -> usize {
    let mut at = at;
    while let Some(window) = text[at..].first_chunk::<WINDOW>()
        && let Some(block) = window.first_chunk()
    {
        if !K::WIDE {
            if !block.is_ascii() {
                break;
            }
            border.in_word = measures.add_sums(block, border.in_word);
            at += BLOCK;
            continue;
        }
        let ascii = kernel.classify(block);
        if ascii.high | border.bytes == 0 {
            measures.add_ascii(&ascii, border);
        } else {
            let Some(characters) = kernel.characters(window, &ascii, border.bytes) else { break };
            measures.add_block(&ascii, &characters, border);
        }
        at += BLOCK;
    }
    at
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
        let mut chunk = chunk;
        while let ([byte, rest @ ..], true) = (chunk, incomplete(&self.pending) > 0)
            && byte & 0xc0 == 0x80
        {
            self.pending.push(*byte);
            chunk = rest;
        }
        // At the end of the chunk the character may still be incomplete.
        if chunk.is_empty() {
            return;
        }
        self.measures.append(&Measures::of(&self.pending));
        let (whole, rest) = chunk.split_at(chunk.len() - incomplete(chunk));
        self.measures.append(&Measures::of(whole));
        self.pending.clear();
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
    use crate::unicode::simd::{KERNELS, by_named};

    /// The slow twin: the measures of a text character by character.
    fn by_character(text: &[u8]) -> Measures {
        let mut measures = Measures { bytes: text.len() as u64, ..Measures::default() };
        let (mut at, mut in_word) = (0, false);
        while at < text.len() {
            (at, in_word) = measures.add_character(text, at, in_word);
        }
        measures.ends_in_word = in_word;
        measures.begins_in_word = !text.is_empty() && class_at(text, 0).0 & WHITE == 0;
        measures
    }

    /// Texts of many blocks in ASCII, in one script and in many, seldom with bytes that are no UTF-8.
    fn texts() -> impl Strategy<Value = Vec<u8>> {
        let part = prop_oneof![
            6 => "[a-zA-Z0-9 \t\r\n\u{b}\u{c}\u{1c}\u{1f}.'@\\[`{]{0,99}",
            2 => "([а-я]{1,9} ){1,9}",
            2 => "[ก-๛]{1,30}",
            2 => "[一-龠ぁ-ヿ、。]{1,30}",
            2 => "[é漢\u{85}\u{a0}\u{1680}\u{2000}-\u{200b}\u{2028}\u{202f}\u{205f}\u{3000}🦀𠀀]{1,9}",
            1 => any::<char>().prop_map(String::from),
        ];
        let raw: [&[u8]; 7] =
            [b"\x80", b"\xff", b"\xe4", b"\xe3\x80", b"\xf0\x9f\xa6", b"\xc0\x80", b"\xed\xa0\x80"];
        let raw = prop::sample::select(raw.to_vec()).prop_map(<[u8]>::to_vec);
        let valid = prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat().into_bytes());
        let broken = (valid.clone(), raw, valid.clone()).prop_map(|(a, b, c)| [a, b, c].concat());
        prop_oneof![1 => valid, 1 => broken]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

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

        /// Blocks are what their characters are one by one, by every kernel.
        #[test]
        fn blocks_are_characters(text in texts()) {
            let expected = by_character(&text);
            let valid = std::str::from_utf8(&text);
            for name in KERNELS {
                if let Some(measures) = by_named(name, Measuring(&text)) {
                    prop_assert_eq!(measures, expected, "{} {}", name, text.escape_ascii());
                }
            }
            prop_assert_eq!(expected.first_invalid, valid.err().map(|error| error.valid_up_to() as u64));
            if let Ok(valid) = valid {
                prop_assert_eq!(expected.words, valid.split_whitespace().count() as u64);
                prop_assert_eq!(expected.chars, valid.chars().count() as u64);
            }
        }

        #[test]
        fn long_texts_come_in_chunks(text in texts(), size in 1usize..200) {
            let mut meter = Meter::new(false);
            text.chunks(size).for_each(|chunk| meter.push(chunk));
            prop_assert_eq!(meter.finish(), by_character(&text));
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
