//! The pattern of GPT-2 and GPT-3 (gpt2, r50k_base, p50k_base, p50k_edit):
//!
//! ```text
//! '(?:[sdmt]|ll|ve|re)         contraction, lower case only
//! | ?\p{L}+                     letters, with one space before
//! | ?\p{N}+                     digits, with one space before
//! | ?[^\s\p{L}\p{N}]+           anything else, with one space before
//! |\s+$|\s+(?!\S)|\s            white space, the last character of which goes to the next piece
//! ```
//!
//! Source: Radford et al. 2019 (GPT-2, `encoder.py`), in the form of tiktoken 0.14. The alternatives are
//! tried in this order, so a contraction wins over the apostrophe as punctuation.

use super::block::{Block, Memory};
use super::rules::State;
use super::scan::{Scanner, run, white_run};
use crate::unicode::{Class, LETTER, MARK, NUMBER, OTHER, class_at};

pub(super) struct Gpt2;

impl Scanner for Gpt2 {
    #[inline(always)]
    fn piece_end(text: &[u8], at: usize, class: Class, _: usize) -> usize {
        if text[at] == b'\'' {
            let contraction = contraction(text, at);
            if contraction > 0 {
                return at + contraction;
            }
        }
        let (first, class) = match text[at] {
            b' ' => (at + 1, class_at(text, at + 1).0),
            _ => (at, class),
        };
        match class {
            0 => at + 1,
            _ if class & LETTER != 0 => run(text, first, LETTER),
            NUMBER => run(text, first, NUMBER),
            MARK | OTHER => run(text, first, MARK | OTHER),
            _ => white_run(text, at).all_but_last(at),
        }
    }

    #[inline(always)]
    fn starts(state: &mut State, block: &Block, next: &Block, text: &[u8], at: usize) -> Option<u64> {
        let word = block.upper | block.lower | block.caseless;
        let other = block.other | block.mark;
        let after_blank = state.blank.after(block.blank);
        let begins = |memory: &mut Memory, mask: u64| mask & !memory.after(mask) & !after_blank;
        let words = begins(&mut state.word, word);
        let others = begins(&mut state.other, other);
        let numbers = begins(&mut state.number, block.digit);
        let white = state.plain_white_starts(block, next)?;
        let mut starts = state.contracted(words | others | numbers | white);
        let mut apostrophes = block.apostrophe & others;
        while apostrophes != 0 {
            let place = apostrophes.trailing_zeros();
            let length = contraction(text, at + place as usize);
            if length > 0 {
                state.contract(&mut starts, place, length, 2);
            }
            apostrophes &= apostrophes - 1;
        }
        Some(starts)
    }
}

/// The length of `'(?:[sdmt]|ll|ve|re)` at `at`, where an apostrophe stands, or 0.
fn contraction(text: &[u8], at: usize) -> usize {
    match (text.get(at + 1), text.get(at + 2)) {
        (Some(b's' | b'd' | b'm' | b't'), _) => 2,
        (Some(b'l'), Some(b'l')) | (Some(b'v' | b'r'), Some(b'e')) => 3,
        _ => 0,
    }
}
