//! The pattern of cl100k_base (GPT-3.5, GPT-4) and what others made of it:
//!
//! ```text
//! '(?i:[sdmt]|ll|ve|re)                  contraction, any case
//! |[^\r\n\p{L}\p{N}]?+\p{L}++            letters, with one character before that is none of line end, letter, digit
//! |\p{N}{1,3}+                           up to three digits
//! | ?[^\s\p{L}\p{N}]++[\r\n]*+           anything else, with one space before and line ends after
//! |\s++$                                 white space at the end of the text
//! |\s*[\r\n]                             white space up to its last line end
//! |\s+(?!\S)|\s                          white space, the last character of which goes to the next piece
//! ```
//!
//! Source: tiktoken 0.14, `openai_public.py`. The relatives differ in this:
//!
//! * Llama 3 has no `\s++$`. That matters only where the text ends with white space that has a line end in it
//!   and something after that: there the line end ends a piece. All else that is written otherwise is the same:
//!   possessive or not, a run ends before a character that is not of it, and nothing is left to give back; and
//!   `\s*[\r\n]+` ends where `\s*[\r\n]` does, at the last line end.
//! * Qwen 2 to 3 take one digit at a time, `\p{N}`; again without `\s++$`.
//! * Qwen 3.5 also has marks in words, `[\p{L}\p{M}]+`, and not among anything else. That a mark may also be the
//!   one character before a word makes no difference: the word takes it anyway.

use super::block::Block;
use super::rules::State;
use super::scan::{Scanner, contraction_any_case, numbers, run, white_run};
use crate::unicode::{Class, LETTER, MARK, NEWLINE, NUMBER, OTHER, class_at};

pub(super) type Cl100k = Words<3, false, true>;
pub(super) type Llama3 = Words<3, false, false>;
pub(super) type Qwen2 = Words<1, false, false>;
pub(super) type Qwen35 = Words<1, true, false>;

/// A pattern of this family: how many digits are a piece, whether marks are in words, and whether all white
/// space at the end of a text is one piece.
pub(super) struct Words<const DIGITS: usize, const MARKS: bool, const TAIL: bool>;

impl<const DIGITS: usize, const MARKS: bool, const TAIL: bool> Words<DIGITS, MARKS, TAIL> {
    /// What words consist of.
    const WORD: Class = if MARKS { LETTER | MARK } else { LETTER };
    /// What `[^\s\p{L}\p{N}]` is, or the same without marks.
    const ELSE: Class = if MARKS { OTHER } else { OTHER | MARK };
}

impl<const DIGITS: usize, const MARKS: bool, const TAIL: bool> Scanner for Words<DIGITS, MARKS, TAIL> {
    #[inline(always)]
    fn piece_end(text: &[u8], at: usize, class: Class, length: usize) -> usize {
        if class & Self::WORD != 0 {
            return run(text, at + length, Self::WORD);
        }
        if class == NUMBER {
            return numbers(text, at, length, DIGITS);
        }
        let contraction = contraction_any_case(text, at);
        if contraction > 0 {
            return at + contraction;
        }
        let (next, next_length) = class_at(text, at + length);
        if next & Self::WORD != 0 && class != NEWLINE {
            return run(text, at + length + next_length, Self::WORD);
        }
        if class & Self::ELSE != 0 || (text[at] == b' ' && next & Self::ELSE != 0) {
            return run(text, run(text, at + length, Self::ELSE), NEWLINE);
        }
        let run = white_run(text, at);
        if TAIL && run.ends_text { run.end } else { run.lines_or_all_but_last(at) }
    }

    #[inline(always)]
    fn starts(state: &mut State, block: &Block, next: &Block, text: &[u8], at: usize) -> Option<u64> {
        let letter = block.upper | block.lower | block.caseless;
        let (word, other) = match MARKS {
            true => (letter | block.mark, block.other),
            false => (letter, block.other | block.mark),
        };
        let after_word = state.word.after(word);
        let after_other = state.other.after(other);
        let after_blank = state.blank.after(block.blank);
        let after_space = state.space.after(block.space);
        let alone = other & !after_other & !after_blank;
        let after_prefix = state.after_prefix(alone, block.follow);
        let absorbed = state.absorbed(block.newline, after_other);
        let words = word & !after_word & !after_space & !after_prefix;
        let digits = state.digit_starts::<DIGITS>(block.digit, block.follow)?;
        let white = state.white_starts(block, next, after_other, absorbed, [0; 2])?;
        let mut starts = state.contracted(words | alone | digits | white);
        let mut apostrophes = block.apostrophe & alone;
        while apostrophes != 0 {
            let place = apostrophes.trailing_zeros();
            let length = contraction_any_case(text, at + place as usize);
            if length > 0 {
                state.contract(&mut starts, place, length, 0);
            }
            apostrophes &= apostrophes - 1;
        }
        Some(starts)
    }
}
