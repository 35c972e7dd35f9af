//! The pattern of o200k_base and o200k_harmony (GPT-4o and later). With
//! `UP = [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]` and `LOW = [\p{Ll}\p{Lm}\p{Lo}\p{M}]`:
//!
//! ```text
//! [^\r\n\p{L}\p{N}]?UP*LOW+(?i:'s|'t|'re|'ve|'m|'ll|'d)?      a word that ends in lower case
//! |[^\r\n\p{L}\p{N}]?UP+LOW*(?i:'s|'t|'re|'ve|'m|'ll|'d)?     a word in upper case
//! |\p{N}{1,3}                                                 up to three digits
//! | ?[^\s\p{L}\p{N}]+[\r\n/]*                                 anything else, line ends and slashes after
//! |\s*[\r\n]+                                                 white space up to its last line end
//! |\s+(?!\S)|\s+                                              white space, its last character goes on
//! ```
//!
//! Source: tiktoken 0.14, `openai_public.py`.
//!
//! Letters without case and marks are in both `UP` and `LOW`, and a mark may also be the one character before
//! a word, so the expression backtracks. [`word_end`] says in closed form where that leads.

use super::block::Block;
use super::rules::State;
use super::scan::{Scanner, contraction_any_case, run, up_to_three, white_run};
use crate::unicode::{CASELESS, Class, LETTER, LOWER, MARK, NUMBER, OTHER, SPACE, UPPER, class_at};

pub(super) struct O200k;

const BOTH: Class = CASELESS | MARK;
const UP: Class = UPPER | BOTH;
const LOW: Class = LOWER | BOTH;

impl Scanner for O200k {
    #[inline(always)]
    fn piece_end(text: &[u8], at: usize, class: Class, length: usize) -> usize {
        if class & (LETTER | MARK | SPACE | OTHER) != 0 {
            let end = word_end(text, at, class, length);
            if end > at {
                return end + contraction_any_case(text, end);
            }
        }
        if class == NUMBER {
            return up_to_three(text, at, length, NUMBER);
        }
        let other = if text[at] == b' ' { class_at(text, at + 1).0 } else { class };
        if other & (MARK | OTHER) != 0 {
            let mut end = run(text, at + length, MARK | OTHER);
            while matches!(text.get(end), Some(b'\r' | b'\n' | b'/')) {
                end += 1;
            }
            return end;
        }
        let run = white_run(text, at);
        run.newline_end.unwrap_or_else(|| run.all_but_last(at))
    }

    /// In a run of letters a piece begins at every upper-case letter after a lower-case one, and nowhere else:
    /// that is what [`word_end`] comes to where no letter without case and no mark precedes an upper-case
    /// letter. Those, marks that are not in a word, and slashes after line ends are left to it.
    #[inline(always)]
    fn starts(state: &mut State, block: &Block, next: &Block, text: &[u8], at: usize) -> Option<u64> {
        let both = block.caseless | block.mark;
        let word = block.upper | block.lower | both;
        let after_word = state.word.after(word);
        let after_lower = state.lower.after(block.lower);
        let entangled = block.upper & state.caseless.after(both) | block.mark & !after_word;
        let after_other = state.other.after(block.other);
        let after_blank = state.blank.after(block.blank);
        let after_space = state.space.after(block.space);
        let alone = block.other & !after_other & !after_blank;
        let after_prefix = state.after_prefix(alone, block.follow);
        let absorbed = state.absorbed(block.newline, after_other);
        let words = word & !after_word & !after_space & !after_prefix | block.upper & after_lower;
        let digits = state.digit_starts(block.digit, block.follow)?;
        let white = state.white_starts(block, next, after_other, absorbed)?;
        if entangled | block.slash & state.slash.after(absorbed) != 0 {
            return None;
        }
        let mut starts = state.contracted(words | alone | digits | white);
        let mut apostrophes = block.apostrophe & after_word;
        while apostrophes != 0 {
            let place = apostrophes.trailing_zeros();
            let first = at + place as usize;
            let length = contraction_any_case(text, first);
            if length > 0 {
                // The next apostrophe stands after a contraction, not after a word.
                if text.get(first + length) == Some(&b'\'') {
                    return None;
                }
                state.contract(&mut starts, place, length, (1 << length) - 1);
            }
            apostrophes &= apostrophes - 1;
        }
        Some(starts)
    }
}

/// The end of the first two alternatives without the contraction, or `at` if neither matches.
///
/// The order in which a backtracking engine tries: alternative 1 with a character before, 1 without, 2 with,
/// 2 without. A letter cannot be the character before; a character that is neither letter nor mark cannot
/// begin a word. Only a mark can be both, and alternative 1 without a character before then always matches
/// (at least the mark itself), so alternative 2 is never reached for it.
#[inline(always)]
fn word_end(text: &[u8], at: usize, class: Class, length: usize) -> usize {
    if class & LETTER != 0 {
        return ending_low(text, at).unwrap_or_else(|upper| upper);
    }
    let first = at + length;
    match ending_low(text, first) {
        Ok(end) => end,
        Err(_) if class == MARK => ending_low(text, at).unwrap_or(at),
        Err(upper) if upper > first => upper,
        Err(_) => at,
    }
}

/// `UP*LOW+` from `at`: `Ok` is its end. `Err` is the end of the run of `UP` if there is no match; it then
/// consists of upper-case letters only, or is empty.
///
/// `UP*` first takes all it can. If a lower-case letter follows, `LOW+` takes the run from there. Otherwise
/// `UP*` gives back characters until one of them is also in `LOW`: that is the last one in [`BOTH`], and
/// `LOW+` takes it alone, because upper-case letters follow.
#[inline(always)]
fn ending_low(text: &[u8], at: usize) -> Result<usize, usize> {
    let mut end = at;
    let mut last_both = None;
    loop {
        let (class, length) = class_at(text, end);
        if class & UP == 0 {
            return match last_both {
                _ if class == LOWER => Ok(run(text, end + length, LOW)),
                Some(both) => Ok(both),
                None => Err(end),
            };
        }
        end += length;
        if class & BOTH != 0 {
            last_both = Some(end);
        }
    }
}
