//! Estimates for models whose tokenizer is not public: measured ratios between their counts and those of an
//! encoding, by kind of text.
//!
//! Claude's tokenizers since Claude 3 are closed, and no encoding counts as they do. How far o200k_base is off
//! depends on the text, and was measured: 15,040 passages of 20, 60, 200, 2,000 and 20,000 bytes of English books, C
//! and Python, JSON, logs and Markdown, and text in 22 languages were counted with o200k_base and with ctok 1.3.0,
//! a reconstruction whose counts equal those of the service for all of 5,000 recorded texts
//! (`tests/bench/claude_ratios.py`, 2026-11-26). Of the passages of a [`Kind`], `tokens` is the median at 2,000 bytes,
//! and 95 of 100 of every length lie at or below `upper`. It is no bound for all texts: single passages had up to three
//! times as many tokens as `tokens` says, and the Universal Declaration of Human Rights in 501 languages has one with 4.67
//! times as many as o200k_base.
//!
//! Left to others: counting (`tokenizer`), which model has which ratios (`models`), and what an upper bound means for a
//! budget (the report).

use crate::unicode::{LETTER, MARK, class_of};

/// What kind of text a text is, seen from its characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Prose in Latin letters, of which fewer than one in a thousand is outside ASCII: English, most of all.
    PlainLatin,
    /// Prose in Latin letters, some with accents: German, Polish, Vietnamese.
    AccentedLatin,
    /// Program text, JSON, logs: more than 15 of 100 visible characters are digits, punctuation or symbols.
    Code,
    /// More than a fifth of the letters are not Latin: Russian, Chinese, Hindi, Arabic.
    OtherScript,
}

impl Kind {
    /// The kind in words.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::PlainLatin => "prose in plain Latin letters",
            Kind::AccentedLatin => "prose in accented Latin letters",
            Kind::Code => "code",
            Kind::OtherScript => "a script that is not Latin",
        }
    }
}

/// The characters of a text, counted by what tells kinds of text apart. It may come in chunks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    ascii_letters: u64,
    accented: u64,
    /// Letters and combining marks that are not Latin.
    others: u64,
    /// All but ASCII white space.
    visible: u64,
    /// The first bytes of a character whose rest is still to come.
    pending: [u8; 4],
    pending_length: usize,
}

impl Profile {
    /// Takes the next bytes of the text.
    pub fn push(&mut self, mut chunk: &[u8]) {
        while self.pending_length > 0 {
            let Some((&byte, rest)) = chunk.split_first() else { return };
            // What does not continue the character begins another, or is one byte that is no text.
            if byte & 0xc0 != 0x80 {
                self.settle();
                break;
            }
            chunk = rest;
            self.pending[self.pending_length] = byte;
            self.pending_length += 1;
            if self.pending_length == length_of(self.pending[0]) {
                self.settle();
            }
        }
        while let Some(place) = chunk.iter().position(|byte| !byte.is_ascii()) {
            self.ascii(&chunk[..place]);
            chunk = &chunk[place..];
            let length = length_of(chunk[0]);
            if chunk.len() < length && chunk[1..].iter().all(|byte| byte & 0xc0 == 0x80) {
                self.pending[..chunk.len()].copy_from_slice(chunk);
                self.pending_length = chunk.len();
                return;
            }
            let character = &chunk[..length.min(chunk.len())];
            let taken = if self.character(character) { length } else { 1 };
            chunk = &chunk[taken..];
        }
        self.ascii(chunk);
    }

    /// Adds the characters of another text, which is whole.
    pub fn add(&mut self, other: &Profile) {
        let mut other = *other;
        other.settle();
        self.ascii_letters += other.ascii_letters;
        self.accented += other.accented;
        self.others += other.others;
        self.visible += other.visible;
    }

    /// The kind of the text so far.
    pub fn kind(&self) -> Kind {
        let mut whole = *self;
        whole.settle();
        let latin = whole.ascii_letters + whole.accented;
        let letters = latin + whole.others;
        let symbols = whole.visible.saturating_sub(letters);
        if whole.others * 5 > letters {
            Kind::OtherScript
        } else if symbols * 100 > whole.visible * 15 {
            Kind::Code
        } else if whole.accented * 1000 < letters || letters == 0 {
            Kind::PlainLatin
        } else {
            Kind::AccentedLatin
        }
    }

    /// Takes what is pending for what it is.
    fn settle(&mut self) {
        let pending = self.pending;
        let length = std::mem::take(&mut self.pending_length);
        if length > 0 && !self.character(&pending[..length]) {
            // The bytes after the first are none of a character either.
            self.visible += length as u64 - 1;
        }
    }

    fn ascii(&mut self, bytes: &[u8]) {
        for block in bytes.chunks(255) {
            // Sums in one byte each: the compiler then handles many bytes at a time.
            let (mut letters, mut visible) = (0u8, 0u8);
            for &byte in block {
                letters += u8::from((byte | 0x20).wrapping_sub(b'a') < 26);
                visible += u8::from(byte != b' ' && !(9..=13).contains(&byte));
            }
            self.ascii_letters += u64::from(letters);
            self.visible += u64::from(visible);
        }
    }

    /// Takes one character that is not ASCII; `false` if the bytes are none, and only the first was taken.
    fn character(&mut self, bytes: &[u8]) -> bool {
        self.visible += 1;
        let Some(c) = std::str::from_utf8(bytes).ok().and_then(|text| text.chars().next()) else {
            return false;
        };
        if is_latin(c) {
            self.accented += 1;
        } else if class_of(c) & (LETTER | MARK) != 0 {
            self.others += 1;
        }
        true
    }
}

/// How long a character is by its first byte; 1 for what begins none.
fn length_of(first: u8) -> usize {
    match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    }
}

/// Latin letters outside ASCII: the blocks of Unicode that hold them, without their few symbols.
fn is_latin(c: char) -> bool {
    let in_blocks = matches!(c,
        'ª' | 'º' | '\u{c0}'..='\u{2af}' | '\u{1d00}'..='\u{1d25}' | '\u{1e00}'..='\u{1eff}' | '\u{2c60}'..='\u{2c7f}'
        | '\u{a722}'..='\u{a7ff}' | '\u{ab30}'..='\u{ab64}' | '\u{fb00}'..='\u{fb06}' | '\u{ff21}'..='\u{ff3a}'
        | '\u{ff41}'..='\u{ff5a}');
    in_blocks && class_of(c) & LETTER != 0
}

/// How many tokens a closed tokenizer makes of what an encoding makes one of, by kind of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratios {
    by_kind: [Ratio; 4],
    /// How many tokens the service adds to a single message of a user.
    frame: u64,
}

/// In hundredths, so that sums are exact and the same on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ratio {
    middle: u64,
    upper: u64,
    /// Tokens on top of `upper`: short texts vary more.
    more: u64,
}

const fn ratio(middle: u64, upper: u64, more: u64) -> Ratio {
    Ratio { middle, upper, more }
}

/// Claude 3 to Opus 4.6, against o200k_base. In the order of [`Kind`].
const CLAUDE_3: [Ratio; 4] = [ratio(111, 129, 1), ratio(138, 155, 8), ratio(128, 156, 1), ratio(149, 203, 3)];

/// Opus 4.7 and later, against o200k_base.
const CLAUDE_4_7: [Ratio; 4] =
    [ratio(147, 174, 3), ratio(176, 206, 3), ratio(164, 202, 5), ratio(161, 205, 3)];

/// An estimated number of tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// As likely too high as too low, for texts of the kind.
    pub tokens: u64,
    /// 95 of 100 such texts have no more tokens.
    pub upper: u64,
}

impl Ratios {
    /// The ratios of a tokenizer by its name in the table of models: `claude-v3`, `claude-v4.7`, `claude-v4.8` (which
    /// counts as 4.7 does, with another frame around a message).
    pub fn of(tokenizer: &str) -> Option<Ratios> {
        let (by_kind, frame) = match tokenizer {
            "claude-v3" => (CLAUDE_3, 7),
            "claude-v4.7" => (CLAUDE_4_7, 11),
            "claude-v4.8" => (CLAUDE_4_7, 6),
            _ => return None,
        };
        Some(Ratios { by_kind, frame })
    }

    /// The encoding that the ratios were measured against.
    pub fn encoding(&self) -> &'static str {
        "o200k_base"
    }

    /// How many tokens the service counts for a message of a user beside its text, measured by the author of ctok.
    pub fn frame(&self) -> u64 {
        self.frame
    }

    /// The estimate for a text that has this many tokens in [`Ratios::encoding`].
    ///
    /// ```
    /// use bytepair::registry::estimates::{Estimate, Kind, Ratios};
    /// let ratios = Ratios::of("claude-v3").expect("it is known");
    /// assert_eq!(ratios.estimate(1000, Kind::PlainLatin), Estimate { tokens: 1110, upper: 1291 });
    /// ```
    pub fn estimate(&self, tokens: u64, kind: Kind) -> Estimate {
        if tokens == 0 {
            return Estimate::default();
        }
        let Ratio { middle, upper, more } = self.by_kind[kind as usize];
        let times = |hundredths: u64| (u128::from(tokens) * u128::from(hundredths)).div_ceil(100);
        let tokens_of = |number: u128| u64::try_from(number).unwrap_or(u64::MAX);
        Estimate { tokens: tokens_of(times(middle)), upper: tokens_of(times(upper) + u128::from(more)) }
    }

    /// The smallest upper bound that a text with this many tokens in [`Ratios::encoding`] can have, whatever its kind.
    pub fn least_upper(&self, tokens: u64) -> u64 {
        let kinds = [Kind::PlainLatin, Kind::AccentedLatin, Kind::Code, Kind::OtherScript];
        kinds.map(|kind| self.estimate(tokens, kind).upper).into_iter().min().unwrap_or(0)
    }

    /// The largest number of tokens in [`Ratios::encoding`] whose estimate, whatever the kind of the text, stays within
    /// `limit` with its upper bound.
    pub fn certain_within(&self, limit: u64) -> u64 {
        let within = |ratio: &Ratio| {
            let room = u128::from(limit.saturating_sub(ratio.more)) * 100 / u128::from(ratio.upper);
            u64::try_from(room).unwrap_or(u64::MAX)
        };
        self.by_kind.iter().map(within).min().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kind(text: &str) -> Kind {
        let mut profile = Profile::default();
        profile.push(text.as_bytes());
        profile.kind()
    }

    #[test]
    fn kinds_of_text() {
        for (text, wanted) in [
            ("", Kind::PlainLatin),
            ("hello, world", Kind::PlainLatin),
            ("It was the best of times, it was the worst of times.", Kind::PlainLatin),
            ("Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich", Kind::AccentedLatin),
            ("Съешь же ещё этих мягких французских булок", Kind::OtherScript),
            ("敏捷的棕色狐狸跳过了懒狗。", Kind::OtherScript),
            ("for (int i = 0; i < n; i++) { a[i] += b[i]; }", Kind::Code),
            ("{\"id\": 17, \"name\": \"x\"}", Kind::Code),
            ("12 34 56", Kind::Code),
        ] {
            assert_eq!(kind(text), wanted, "{text}");
        }
    }

    #[test]
    fn letters_are_told_apart() {
        assert!("éßĐǅɐ℀Ａ".chars().filter(|&c| is_latin(c)).eq("éßĐǅɐＡ".chars()));
        assert!(!is_latin('×') && !is_latin('÷') && !is_latin('а'));
    }

    proptest! {
        /// Whatever the chunks, and whatever the bytes.
        #[test]
        fn chunks_do_not_matter(bytes in proptest::collection::vec(any::<u8>(), 0..60), text in "\\PC{0,12}",
            cuts in proptest::collection::vec(0usize..70, 0..6)) {
            let whole = [bytes.as_slice(), text.as_bytes()].concat();
            let mut at_once = Profile::default();
            at_once.push(&whole);
            at_once.settle();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(whole.len())).collect();
            cuts.extend([0, whole.len()]);
            cuts.sort_unstable();
            let mut in_chunks = Profile::default();
            cuts.windows(2).for_each(|cut| in_chunks.push(&whole[cut[0]..cut[1]]));
            in_chunks.settle();
            let numbers = |p: Profile| (p.ascii_letters, p.accented, p.others, p.visible);
            prop_assert_eq!(numbers(at_once), numbers(in_chunks));
            let visible = whole.utf8_chunks().map(|chunk| {
                let seen = |c: &char| !matches!(c, ' ' | '\u{9}'..='\u{d}');
                chunk.valid().chars().filter(seen).count() + chunk.invalid().len()
            });
            prop_assert_eq!(at_once.visible, visible.sum::<usize>() as u64);
        }

        /// What is said to be within the limit is, for every kind, and one token more is not.
        #[test]
        fn certain_within_is_the_largest(limit in 0u64..1_000_000) {
            for name in ["claude-v3", "claude-v4.7"] {
                let ratios = Ratios::of(name).expect("it is known");
                let most = ratios.certain_within(limit);
                let kinds = [Kind::PlainLatin, Kind::AccentedLatin, Kind::Code, Kind::OtherScript];
                prop_assert!(kinds.iter().all(|&kind| ratios.estimate(most, kind).upper <= limit));
                prop_assert!(kinds.iter().any(|&kind| ratios.estimate(most + 1, kind).upper > limit));
            }
        }
    }

    #[test]
    fn nothing_is_nothing_and_much_is_much() {
        let ratios = Ratios::of("claude-v4.8").expect("it is known");
        assert_eq!(ratios.estimate(0, Kind::Code), Estimate::default());
        assert_eq!(ratios.estimate(u64::MAX, Kind::Code).upper, u64::MAX);
        assert_eq!(ratios.estimate(1, Kind::PlainLatin), Estimate { tokens: 2, upper: 5 });
        assert_eq!((ratios.frame(), Ratios::of("gpt")), (6, None));
    }
}
