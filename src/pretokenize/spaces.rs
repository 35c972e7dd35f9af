//! Pieces of text for SentencePiece vocabularies, which know no pattern: a piece begins where a vocabulary proves
//! that no token reaches across: before spaces, and, if the rules say so, beside line feeds, digits and words.
//!
//! ```text
//! \n | \n+                      a line feed, or a run of them
//! |[0-9]                        each digit
//! | *[A-Za-z\x80-\xff]+|[^...]+  letters apart from other signs of ASCII; the rest of Unicode goes with both
//! | *[^ ]+| +                   else spaces, and what follows them up to the next one
//! ```
//!
//! A vocabulary can have a single byte after which a space may go on (Gemma's has `> </`): it is looked for where a
//! boundary would be.
//!
//! Two bytes of ASCII say all that there is to say about the boundary between them, so any bytes will do. That a
//! vocabulary proves the rules is left to others. SentencePiece's trainer, unless told otherwise, makes no token of
//! several scripts, or of letters and other signs; that is why nearly all vocabularies prove them.

use super::scan::write_places;
use crate::unicode::masks::{AsciiMasks, BLOCK, Kernel, Work};
use crate::unicode::simd::by_widest;

/// What is known of all tokens of a vocabulary, besides that in none of them a space follows anything but spaces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SpaceRules {
    /// In no token a line feed stands beside anything.
    pub(crate) newline_alone: bool,
    /// In no token a line feed stands beside anything but line feeds.
    pub(crate) newline_runs: bool,
    /// The one byte that a space follows in a token.
    pub(crate) but_after: Option<u8>,
    /// In no token a letter stands beside anything else of ASCII, but after a space.
    pub(crate) letters_apart: bool,
    /// In no token a digit stands beside anything.
    pub(crate) digits_alone: bool,
}

impl SpaceRules {
    /// Whether a piece begins with the second of these two bytes.
    #[inline(always)]
    pub(super) fn is_boundary(self, before: u8, after: u8) -> bool {
        let (from_feed, to_feed) = (before == b'\n', after == b'\n');
        let is_letter = |byte: u8| (byte | 0x20).wrapping_sub(b'a') < 26;
        let is_digit = |byte: u8| byte.wrapping_sub(b'0') < 10;
        let letters_end =
            (is_letter(before) != is_letter(after)) & ((before | after) < 0x80) & (before != b' ');
        ((after == b' ') & (before != b' ') & (Some(before) != self.but_after))
            | (self.newline_alone & (from_feed | to_feed))
            | (self.newline_runs & (from_feed != to_feed))
            | (self.letters_apart & letters_end)
            | (self.digits_alone & (is_digit(before) | is_digit(after)))
    }

    /// As `Pieces::next_batch` wants it: the ends of the pieces from `at` on, which is a boundary, until `ends` is
    /// nearly full or `stop` is reached.
    pub(super) fn scan(self, text: &[u8], at: usize, stop: usize, ends: &mut [usize]) -> usize {
        by_widest(Scanning { rules: self, text: &text[..stop], at, ends })
    }

    /// Where in a block pieces begin, and where a space is that might go on, see [`SpaceRules::without_exceptions`]; `last` has
    /// the classes of the byte before it at bit 63, if there is one.
    #[inline(always)]
    fn starts(self, ascii: &AsciiMasks, last: &mut Last) -> [u64; 2] {
        let letter = ascii.upper | ascii.lower;
        let now = Last {
            blank: ascii.blank,
            line_feed: ascii.line_feed,
            letter,
            sign: !(letter | ascii.blank | ascii.high),
            digit: ascii.digit,
        };
        let after = |now: u64, last: u64| now << 1 | last >> 63;
        let after_letter = after(now.letter, last.letter);
        let after_sign = after(now.sign, last.sign);
        let after_feed = after(now.line_feed, last.line_feed);
        let after_digit = after(now.digit, last.digit);
        let lines = match self {
            SpaceRules { newline_alone: true, .. } => now.line_feed | after_feed,
            SpaceRules { newline_runs: true, .. } => now.line_feed ^ after_feed,
            _ => 0,
        };
        let if_so = |rule: bool, places: u64| if rule { places } else { 0 };
        let letters = letter & after_sign | (now.sign | now.blank) & after_letter;
        let blanks = now.blank & !after(now.blank, last.blank);
        *last = now;
        let starts = blanks
            | lines
            | if_so(self.letters_apart, letters)
            | if_so(self.digits_alone, now.digit | after_digit);
        let is_sign = |byte: u8| byte.is_ascii() && !byte.is_ascii_alphabetic() && byte != b' ';
        let exceptions = match self.but_after {
            Some(byte) if is_sign(byte) => blanks & after_sign,
            Some(_) => blanks,
            None => 0,
        };
        [starts, exceptions]
    }

    /// The starts in the block at `base` without those before a space that goes on, which are among `exceptions`.
    #[inline(always)]
    fn without_exceptions(self, [starts, exceptions]: [u64; 2], text: &[u8], base: usize) -> u64 {
        let (mut kept, mut left) = (starts, exceptions);
        while left != 0 {
            let place = left.trailing_zeros();
            let at = base + place as usize;
            if at > 0 && Some(text[at - 1]) == self.but_after {
                kept &= !(1 << place);
            }
            left &= left - 1;
        }
        kept
    }
}

/// The classes of the bytes of a block.
#[derive(Clone, Copy, Default)]
struct Last {
    blank: u64,
    line_feed: u64,
    letter: u64,
    /// What is of ASCII, and neither a letter nor a space.
    sign: u64,
    digit: u64,
}

struct Scanning<'a> {
    rules: SpaceRules,
    text: &'a [u8],
    at: usize,
    ends: &'a mut [usize],
}

impl Work for Scanning<'_> {
    type Result = usize;

    #[inline(always)]
    fn by<K: Kernel>(self, kernel: K) -> usize {
        let Scanning { rules, text, at, ends } = self;
        let mut last = Last::default();
        let (mut base, mut written) = (at, 0);
        // The piece that begins at `at` is known; what is written are ends.
        let mut wanted = !1;
        while let Some(out) = ends[written..].first_chunk_mut::<BLOCK>() {
            let Some(block) = text[base..].first_chunk::<BLOCK>() else { break };
            let starts = rules.starts(&kernel.classify(block), &mut last);
            let starts = rules.without_exceptions(starts, text, base);
            written += write_places(starts & wanted, base, out);
            (base, wanted) = (base + BLOCK, !0);
        }
        let rest = &text[base..];
        // One more for the end of the text.
        if rest.len() < BLOCK && ends.len() - written > BLOCK {
            let mut block = [0; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            let there = (1u64 << rest.len()) - 1;
            let starts = rules.starts(&kernel.classify(&block), &mut last);
            let starts = rules.without_exceptions(starts.map(|starts| starts & there), text, base) & wanted;
            if let Some(out) = ends[written..].first_chunk_mut::<BLOCK>() {
                written += write_places(starts, base, out);
            }
            if at < text.len() {
                ends[written] = text.len();
                written += 1;
            }
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{BATCH, Pretokenizer};
    use super::*;
    use crate::unicode::simd::{KERNELS, by_named};

    /// The ends by the definition, byte by byte.
    fn expected(rules: SpaceRules, text: &[u8]) -> Vec<usize> {
        let inner = (1..text.len()).filter(|&at| rules.is_boundary(text[at - 1], text[at]));
        inner.chain((!text.is_empty()).then_some(text.len())).collect()
    }

    fn all_ends(text: &[u8], mut scan: impl FnMut(usize, &mut [usize]) -> usize) -> Vec<usize> {
        let (mut all, mut at, mut ends) = (Vec::new(), 0, [0; BATCH]);
        while at < text.len() {
            let written = scan(at, &mut ends);
            all.extend_from_slice(&ends[..written]);
            at = *all.last().expect("a piece");
        }
        all
    }

    fn texts() -> impl Strategy<Value = Vec<u8>> {
        let part = "[a-zA-Zé漢]{1,12}|[ ]{1,3}|[ ]{60,70}|a{50,200}|\n{1,3}|[ ]a|( a){60,300}|[ \t\r\n\u{3000}▁]{1,9}\
             |[0-9]{1,3}|[!-/:-@\\[-`{-~]{1,4}|>{60,70}";
        prop::collection::vec(part, 0..20).prop_map(|parts| parts.concat().into_bytes())
    }

    fn rules() -> impl Strategy<Value = SpaceRules> {
        let but_after = prop::option::of(prop::sample::select(b"a>1".as_slice()));
        (any::<[bool; 4]>(), but_after).prop_map(|([alone, runs, letters, digits], but_after)| {
            // What is proven of a byte is proven of a space after it.
            let goes_on =
                |rule: bool, which: fn(&u8) -> bool| rule && !but_after.is_some_and(|byte| which(&byte));
            SpaceRules {
                newline_alone: alone,
                newline_runs: runs && !alone,
                but_after,
                letters_apart: goes_on(letters, u8::is_ascii_alphabetic),
                digits_alone: goes_on(digits, u8::is_ascii_digit),
            }
        })
    }

    proptest! {
        #[test]
        fn every_kernel_finds_what_the_definition_says(text in texts(), rules in rules()) {
            let expected = expected(rules, &text);
            for name in KERNELS {
                let scan = |at, ends: &mut [usize]| by_named(name, Scanning { rules, text: &text, at, ends });
                if scan(0, &mut [0; BATCH]).is_some() {
                    let found = all_ends(&text, |at, ends| scan(at, ends).expect("present before"));
                    prop_assert_eq!(&found, &expected, "{} {}", name, text.escape_ascii());
                }
            }
            prop_assert_eq!(all_ends(&text, |at, ends| rules.scan(&text, at, text.len(), ends)), expected);
        }

        #[test]
        fn cuts_and_certain_ends_are_boundaries(text in texts(), from in any::<prop::sample::Index>(), rules in rules()) {
            let mut inner = expected(rules, &text);
            inner.pop();
            let pretokenizer = Pretokenizer::spaces(rules);
            let from = from.index(text.len() + 1);
            let wanted = inner.iter().rev().find(|&&at| at > from).copied();
            prop_assert_eq!(pretokenizer.last_cut(&text, from), wanted);
            prop_assert_eq!(pretokenizer.cuts(&text), inner.first().copied().zip(inner.last().copied()));
            prop_assert_eq!(pretokenizer.certain_end(&text).expect("never fails"), inner.last().copied());
            let is_open = pretokenizer.is_open_run(&text).expect("never fails");
            prop_assert!(!is_open || inner.is_empty());
            // Short texts are never asked for.
            prop_assert!(is_open || !inner.is_empty() || text.len() < 64);
        }
    }

    #[test]
    fn a_run_of_spaces_belongs_to_what_follows() {
        let split = |text: &str, newline_alone| {
            expected(SpaceRules { newline_alone, ..SpaceRules::default() }, text.as_bytes())
        };
        assert_eq!(split("a  bc d", false), [1, 5, 7]);
        assert_eq!(split("a\n\n b ", false), [3, 5, 6]);
        assert_eq!(split("a\n\n b ", true), [1, 2, 3, 5, 6]);
    }
}
