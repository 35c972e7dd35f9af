//! The pattern of cl100k_base (GPT-3.5, GPT-4):
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
//! Source: tiktoken 0.14, `openai_public.py`.

use super::block::Block;
use super::rules::State;
use super::scan::{Scanner, contraction_any_case, run, up_to_three, white_run};
use crate::unicode::{Class, LETTER, MARK, NEWLINE, NUMBER, OTHER, class_at};

pub(super) struct Cl100k;

impl Scanner for Cl100k {
    #[inline(always)]
    fn piece_end(text: &[u8], at: usize, class: Class, length: usize) -> usize {
        if class & LETTER != 0 {
            return run(text, at + length, LETTER);
        }
        if class == NUMBER {
            return up_to_three(text, at, length, NUMBER);
        }
        let contraction = contraction_any_case(text, at);
        if contraction > 0 {
            return at + contraction;
        }
        let (next, next_length) = class_at(text, at + length);
        if next & LETTER != 0 && class != NEWLINE {
            return run(text, at + length + next_length, LETTER);
        }
        if class & (MARK | OTHER) != 0 || (text[at] == b' ' && next & (MARK | OTHER) != 0) {
            return run(text, run(text, at + length, MARK | OTHER), NEWLINE);
        }
        let run = white_run(text, at);
        match run.newline_end {
            _ if run.ends_text => run.end,
            Some(end) => end,
            None => run.all_but_last(at),
        }
    }

    #[inline(always)]
    fn starts(state: &mut State, block: &Block, next: &Block, text: &[u8], at: usize) -> Option<u64> {
        let word = block.upper | block.lower | block.caseless;
        let other = block.other | block.mark;
        let after_word = state.word.after(word);
        let after_other = state.other.after(other);
        let after_blank = state.blank.after(block.blank);
        let after_space = state.space.after(block.space);
        let alone = other & !after_other & !after_blank;
        let after_prefix = state.after_prefix(alone, block.follow);
        let absorbed = state.absorbed(block.newline, after_other);
        let words = word & !after_word & !after_space & !after_prefix;
        let digits = state.digit_starts(block.digit, block.follow)?;
        let white = state.white_starts(block, next, after_other, absorbed)?;
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
