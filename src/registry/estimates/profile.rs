//! The characters of a text, counted by what tells apart how closed tokenizers take it.
//!
//! Left to others: what kinds there are and what they cost (the modules beside).

use super::Kind;
use crate::unicode::{LETTER, MARK, class_of};

/// Groups of scripts that measured alike, in the order of [`Profile::scripts`].
const SCRIPTS: [Kind; 6] = [
    Kind::CyrillicOrGreek,
    Kind::EastAsian,
    Kind::ArabicHebrewThai,
    Kind::OfIndia,
    Kind::KannadaMalayalam,
    Kind::RareScript,
];

/// What is in place of a byte before the text, or in a character outside ASCII: no byte of ASCII equals it.
const NONE: u8 = 0xff;

/// The characters of a text, counted by what tells kinds of text apart. It may come in chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    pub(super) bytes: u64,
    ascii_letters: u64,
    /// Latin letters outside ASCII. A combining mark is of no script here but the rare ones.
    accented: u64,
    /// Letters and combining marks that are not Latin, by group.
    scripts: [u64; SCRIPTS.len()],
    /// All but ASCII white space.
    pub(super) visible: u64,
    /// How many words begin with "th", in any case: in English far more than in other languages.
    pub(super) th: u64,
    pub(super) shape: Shape,
    /// The last two bytes, or [`NONE`].
    last: [u8; 2],
    /// The first bytes of a character whose rest is still to come.
    pending: [u8; 4],
    pending_length: usize,
}

/// How often something occurs that costs tokens of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// ASCII capitals right after another.
    pub(super) capitals: u64,
    /// ASCII white space that is the same as the two bytes before it.
    pub(super) blanks: u64,
    /// The same of what lines are drawn with: `- = * # _ / .`
    pub(super) bars: u64,
    /// The same of all else in ASCII.
    pub(super) repeats: u64,
}

impl Shape {
    fn add(&mut self, other: Shape) {
        self.capitals += other.capitals;
        self.blanks += other.blanks;
        self.bars += other.bars;
        self.repeats += other.repeats;
    }
}

impl Default for Profile {
    fn default() -> Profile {
        Profile {
            bytes: 0,
            ascii_letters: 0,
            accented: 0,
            scripts: [0; SCRIPTS.len()],
            visible: 0,
            th: 0,
            shape: Shape::default(),
            last: [NONE; 2],
            pending: [0; 4],
            pending_length: 0,
        }
    }
}

impl Profile {
    /// Takes the next bytes of the text.
    pub fn push(&mut self, mut chunk: &[u8]) {
        self.bytes += chunk.len() as u64;
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
        let other = other.settled();
        self.bytes += other.bytes;
        self.ascii_letters += other.ascii_letters;
        self.accented += other.accented;
        self.scripts.iter_mut().zip(other.scripts).for_each(|(own, other)| *own += other);
        self.visible += other.visible;
        self.th += other.th;
        self.shape.add(other.shape);
    }

    /// The kind of the text so far, of which an encoding made this many tokens: how many characters it packs in one tells
    /// languages apart that have the same letters.
    pub fn kind(&self, tokens: u64) -> Kind {
        let whole = self.settled();
        let latin = whole.ascii_letters + whole.accented;
        let others: u64 = whole.scripts.iter().sum();
        let letters = latin + others;
        let symbols = whole.visible.saturating_sub(letters);
        // At least so many tenths of a character in a token.
        let packs = |tenths: u64| u128::from(whole.visible) * 10 >= u128::from(tokens) * u128::from(tenths);
        if others * 5 > letters {
            // The first of those that are as many.
            let most = whole.scripts.iter().max();
            let group = SCRIPTS.iter().zip(&whole.scripts).find(|(_, count)| Some(*count) == most);
            group.map_or(Kind::RareScript, |(kind, _)| *kind)
        } else if !packs(14) {
            Kind::Unusual
        } else if symbols * 100 > whole.visible * 15 {
            Kind::Code
        } else if !packs(21) {
            Kind::BrokenLatin
        } else if symbols * 100 <= whole.visible * 8
            && whole.accented * 100 < latin
            && whole.th * 1000 >= latin * 7
            && packs(29)
        {
            Kind::English
        } else if packs(31) {
            Kind::PackedLatin
        } else {
            Kind::SpelledLatin
        }
    }

    /// Letters and marks of the scripts that cost more than those of the kind: Arabic, of India, Kannada.
    pub(super) fn foreign(&self, kind: Kind) -> [u64; 3] {
        let whole = self.settled();
        let [_, _, arabic, india, kannada, _] = whole.scripts;
        match kind {
            Kind::KannadaMalayalam => [0, 0, 0],
            Kind::OfIndia => [0, 0, kannada],
            Kind::ArabicHebrewThai => [0, india, kannada],
            _ => [arabic, india, kannada],
        }
    }

    /// The profile of the text as one that ends here.
    pub(super) fn settled(&self) -> Profile {
        let mut whole = *self;
        whole.settle();
        whole
    }

    /// Takes what is pending for what it is.
    fn settle(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        let length = std::mem::take(&mut self.pending_length);
        if length > 0 && !self.character(&pending[..length]) {
            // The bytes after the first are none of a character either.
            self.visible += length as u64 - 1;
        }
    }

    fn ascii(&mut self, bytes: &[u8]) {
        let [before, previous] = self.last;
        let mut start = [before, previous, NONE, NONE];
        let head = bytes.len().min(2);
        start[2..2 + head].copy_from_slice(&bytes[..head]);
        self.triples(&start[..2 + head]);
        self.triples(bytes);
        for block in bytes.chunks(255) {
            // Sums in one byte each: the compiler then handles many bytes at a time.
            let (mut letters, mut visible) = (0u8, 0u8);
            for &byte in block {
                letters += u8::from((byte | 0x20).wrapping_sub(b'a') < 26);
                visible += u8::from(!is_blank(byte));
            }
            self.ascii_letters += u64::from(letters);
            self.visible += u64::from(visible);
        }
        self.last = match *bytes {
            [.., before, previous] => [before, previous],
            [only] => [previous, only],
            [] => self.last,
        };
    }

    /// Counts what shows only beside the two bytes before, from the third byte on.
    fn triples(&mut self, bytes: &[u8]) {
        let Some(thirds) = bytes.get(2..) else { return };
        let blocks = bytes.chunks(255).zip(bytes[1..].chunks(255)).zip(thirds.chunks(255));
        for ((firsts, seconds), thirds) in blocks {
            let (mut th, mut capitals, mut same, mut blanks, mut bars) = (0u8, 0u8, 0u8, 0u8, 0u8);
            for ((&first, &second), &third) in firsts.iter().zip(seconds).zip(thirds) {
                let is_same = first == second && second == third;
                th += u8::from(second | 0x20 == b't')
                    & u8::from(third | 0x20 == b'h')
                    & u8::from(!first.is_ascii_alphabetic());
                capitals += u8::from(second.is_ascii_uppercase()) & u8::from(third.is_ascii_uppercase());
                same += u8::from(is_same);
                blanks += u8::from(is_same) & u8::from(is_blank(third));
                bars += u8::from(is_same) & u8::from(is_bar(third));
            }
            self.th += u64::from(th);
            self.shape.add(Shape {
                capitals: u64::from(capitals),
                blanks: u64::from(blanks),
                bars: u64::from(bars),
                repeats: u64::from(same - blanks - bars),
            });
        }
    }

    /// Takes one character that is not ASCII; `false` if the bytes are none, and only the first was taken.
    fn character(&mut self, bytes: &[u8]) -> bool {
        self.visible += 1;
        self.last = [NONE; 2];
        let Some(c) = std::str::from_utf8(bytes).ok().and_then(|text| text.chars().next()) else {
            return false;
        };
        if is_latin(c) {
            self.accented += 1;
        } else if class_of(c) & (LETTER | MARK) != 0 {
            self.scripts[group_of(c)] += 1;
        }
        true
    }
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || (9..=13).contains(&byte)
}

fn is_bar(byte: u8) -> bool {
    matches!(byte, b'-' | b'=' | b'*' | b'#' | b'_' | b'/' | b'.')
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
pub(super) fn is_latin(c: char) -> bool {
    let in_blocks = matches!(c,
        'ª' | 'º' | '\u{c0}'..='\u{2af}' | '\u{1d00}'..='\u{1d25}' | '\u{1e00}'..='\u{1eff}' | '\u{2c60}'..='\u{2c7f}'
        | '\u{a722}'..='\u{a7ff}' | '\u{ab30}'..='\u{ab64}' | '\u{fb00}'..='\u{fb06}' | '\u{ff21}'..='\u{ff3a}'
        | '\u{ff41}'..='\u{ff5a}');
    in_blocks && class_of(c) & LETTER != 0
}

/// The place in [`SCRIPTS`] of a letter or mark that is not Latin, by blocks of Unicode.
fn group_of(c: char) -> usize {
    match c as u32 {
        0x370..=0x52f | 0x1c80..=0x1c8f | 0x1f00..=0x1fff | 0x2de0..=0x2dff | 0xa640..=0xa69f => 0,
        0x1100..=0x11ff | 0x3040..=0x318f | 0x31f0..=0x31ff | 0x3400..=0x9fff | 0xa960..=0xa97f => 1,
        0xac00..=0xd7ff | 0xf900..=0xfaff | 0xff66..=0xffdc | 0x20000..=0x323af => 1,
        0x590..=0x6ff | 0x750..=0x77f | 0x870..=0x8ff | 0xe00..=0xe7f | 0x1000..=0x109f => 2,
        0xfb1d..=0xfdff | 0xfe70..=0xfeff => 2,
        0x530..=0x58f | 0x900..=0x9ff | 0xa80..=0xaff | 0xb80..=0xc7f | 0xd80..=0xdff | 0x10a0..=0x10ff => 3,
        0xa00..=0xa7f | 0xb00..=0xb7f | 0xc80..=0xd7f => 4,
        _ => 5,
    }
}
