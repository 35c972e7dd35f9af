//! The three patterns of DeepSeek V3 and R1 and their successors, each within the pieces of the one before:
//!
//! ```text
//! 1.  \p{N}{1,3}                                 up to three digits
//! 2.  [一-龥぀-ゟ゠-ヿ]+                            Chinese characters and kana (U+4E00-9FA5, U+3040-30FF)
//! 3.  [!-/:-@\[-`{-~][A-Za-z]+                   ASCII letters after one ASCII punctuation character or symbol
//!     |[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+      letters and marks, with one other character before
//!     | ?[\p{P}\p{S}]+[\r\n]*                    punctuation and symbols, with one space before and line ends after
//!     |\s*[\r\n]+                                white space up to its last line end
//!     |\s+(?!\S)|\s+                             white space, the last character of which goes to the next piece
//! ```
//!
//! Source: `tokenizer.json` of DeepSeek-V3. What the first two find ends the text for the third: white space
//! before a digit is one piece. The third cuts further what the second finds: symbols, of which there are some, from
//! letters.
//!
//! Neither punctuation nor symbols nor white space are controls, format characters, private and unassigned
//! ones. The third pattern takes one of them only before letters; what it cannot take lies between matches,
//! and is a piece as well ([`STRAY`]).

use super::block::{Block, reached};
use super::rules::State;
use super::scan::{Scanner, numbers, run, run_by, white_run_by};
use crate::unicode::masks::BLOCK;
use crate::unicode::{Class, LETTER, MARK, NEWLINE, NUMBER, OTHER, class_at, decode, is_symbol};

pub(super) struct Deepseek;

/// Characters that no pattern takes for their own sake. The bit of numbers is free, as those are taken first.
const STRAY: Class = NUMBER;

const WORD: Class = LETTER | MARK;

impl Scanner for Deepseek {
    #[inline(always)]
    fn piece_end(text: &[u8], at: usize, class: Class, length: usize) -> usize {
        if class == NUMBER {
            return numbers(text, at, length, 3);
        }
        let class = class_between(text, at).0;
        if class == 0 {
            return cjk_end(text, at);
        }
        if class & WORD != 0 {
            return run_by(class_between, text, at + length, WORD);
        }
        let next = class_between(text, at + length).0;
        if class == OTHER && text[at].is_ascii() {
            let end = at + letters(&text[at + 1..]);
            if end > at {
                return end + 1;
            }
        }
        if next & WORD != 0 && class & (OTHER | NEWLINE) == 0 {
            return run_by(class_between, text, at + length, WORD);
        }
        if class == OTHER || (text[at] == b' ' && next == OTHER) {
            return run(text, run_by(class_between, text, at + length, OTHER), NEWLINE);
        }
        if class == STRAY {
            return stray_end(text, at);
        }
        white_run_by(class_between, text, at).lines_or_all_but_last(at)
    }

    #[inline(always)]
    fn starts(state: &mut State, block: &Block, next: &Block, text: &[u8], at: usize) -> Option<u64> {
        let beyond_ascii = (block.follow | next.follow) != 0;
        let mut cjk = 0;
        if beyond_ascii || state.apart.last() != 0 {
            let mask = block.caseless | block.mark | block.other;
            cjk = state.picked(block, next, mask, text, at, is_cjk);
        }
        let other = block.other & !cjk;
        // Symbols among them are pieces of their own.
        if cjk & block.other != 0 || has_stray(block, next, other, text, at) {
            return None;
        }
        let word = (block.upper | block.lower | block.caseless | block.mark) & !cjk;
        let after_cjk = state.apart.after(cjk);
        let after_word = state.word.after(word);
        let after_other = state.other.after(other);
        let after_blank = state.blank.after(block.blank);
        let after_space = state.space.after(block.space);
        let alone = other & !after_other & !after_blank;
        let absorbed = state.absorbed(block.newline, after_other);
        // An ASCII character that stands alone takes the ASCII letters after it, and only those.
        let letter = ascii_letters(block, next);
        let prefix = alone & !block.follow & !leads(block, next);
        let after_prefix = state.after_prefix(prefix, 0) & letter;
        let taken = reached(after_prefix | (state.ascii.last() & letter), letter);
        let after_taken = state.ascii.after(taken);
        let words = word & !after_word & !after_space & !after_prefix | word & !letter & after_taken;
        let digits = state.digit_starts::<3>(block.digit, block.follow)?;
        let next_ends = next.digit | u64::from(beyond_ascii && is_cjk_at(text, at + BLOCK));
        let white =
            state.white_starts(block, next, after_other, absorbed, [block.digit | cjk, next_ends & 1])?;
        Some(words | alone | digits | white | cjk & !after_cjk)
    }
}

/// The class of the character at byte `at` for the third pattern: none where the others cut.
#[inline(always)]
fn class_between(text: &[u8], at: usize) -> (Class, usize) {
    let (class, length) = class_at(text, at);
    let is_taken = class == NUMBER || (length == 3 && is_cjk_at(text, at));
    let class = match class {
        _ if is_taken => 0,
        OTHER if length == 1 && text[at].is_ascii_control() => STRAY,
        OTHER if length > 1 && !decode(text, at).is_some_and(|(c, _)| is_symbol(c as u32)) => STRAY,
        _ => class,
    };
    (class, length)
}

/// What the second pattern takes.
#[inline(always)]
fn is_cjk(code: u32) -> bool {
    matches!(code, 0x4e00..=0x9fa5 | 0x3040..=0x30ff)
}

#[inline(always)]
fn is_cjk_at(text: &[u8], at: usize) -> bool {
    text.get(at).is_some_and(|byte| matches!(byte, 0xe3..=0xe9))
        && decode(text, at).is_some_and(|(c, _)| is_cjk(c as u32))
}

/// The class for the third pattern of a Chinese character or kana at byte `at`; none at all others. Among them are a
/// few symbols (`゛゜゠・`) and some that are not assigned.
fn cjk_class(text: &[u8], at: usize) -> Class {
    if !is_cjk_at(text, at) {
        return 0;
    }
    match class_at(text, at).0 {
        OTHER if !decode(text, at).is_some_and(|(c, _)| is_symbol(c as u32)) => STRAY,
        class => class,
    }
}

/// The end of the piece of Chinese characters and kana that begins at `at`.
fn cjk_end(text: &[u8], at: usize) -> usize {
    let run = |at: usize, classes: Class| {
        let places = (at..text.len()).step_by(3);
        places.take_while(|&at| cjk_class(text, at) & classes != 0).last().map_or(at, |at| at + 3)
    };
    match cjk_class(text, at) {
        OTHER => run(at, OTHER),
        STRAY if cjk_class(text, at + 3) & WORD != 0 => run(at + 3, WORD),
        STRAY => {
            let end = run(at, STRAY);
            if cjk_class(text, end) & WORD != 0 { end - 3 } else { end }
        }
        _ => run(at, WORD),
    }
}

/// How many ASCII letters the text begins with.
#[inline(always)]
fn letters(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count()
}

/// The end of the stray characters from `at` on. The last one is the beginning of a word if one follows, unless
/// it is the first.
fn stray_end(text: &[u8], at: usize) -> usize {
    let (mut end, mut last) = (at, at);
    loop {
        let (class, length) = class_between(text, end);
        if class != STRAY {
            return if class & WORD != 0 { last } else { end };
        }
        (last, end) = (end, end + length);
    }
}

/// Whether a stray character is in the block, where they can be: among `other`.
#[inline(always)]
fn has_stray(block: &Block, next: &Block, other: u64, text: &[u8], at: usize) -> bool {
    let Some(bytes) = text[at..].first_chunk::<BLOCK>() else { return true };
    // Most blocks have none, and that is quickly seen; those of white space are none.
    let is_control = |byte: u8| (byte < 0x20) & (byte.wrapping_sub(b'\t') >= 5) | (byte == 0x7f);
    if bytes.iter().fold(false, |found, &byte| found | is_control(byte)) {
        return true;
    }
    let mut left = other & leads(block, next);
    while left != 0 {
        let place = left.trailing_zeros() as usize;
        if !decode(text, at + place).is_some_and(|(c, _)| is_symbol(c as u32)) {
            return true;
        }
        left &= left - 1;
    }
    false
}

/// The first bytes of the characters that are no ASCII.
#[inline(always)]
fn leads(block: &Block, next: &Block) -> u64 {
    (block.follow >> 1 | next.follow << 63) & !block.follow
}

#[inline(always)]
fn ascii_letters(block: &Block, next: &Block) -> u64 {
    (block.upper | block.lower) & !block.follow & !leads(block, next)
}
