//! The pattern of o200k_base and o200k_harmony (GPT-4o and later) and what others made of it. With
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
//! Source: tiktoken 0.14, `openai_public.py`. The relatives differ in this:
//!
//! * Mistral's Tekken has no contractions and takes one digit at a time.
//! * Kimi K2 has no slashes after anything else, and before all that `[\p{Han}]+`; its words are without
//!   characters of that script. Han are most of all letters, but also numbers, symbols and marks; those are
//!   where they are not the first of a piece what others of their class are, only in no word.
//!
//! Letters without case and marks are in both `UP` and `LOW`, and a mark may also be the one character before
//! a word, so the expression backtracks. [`word_end`] says in closed form where that leads.

use super::block::Block;
use super::rules::State;
use super::scan::{Scanner, contraction_any_case, numbers, run, run_by, white_run};
use crate::unicode::{
    CASELESS, Class, LETTER, LOWER, MARK, NUMBER, OTHER, SPACE, UPPER, class_at, decode, is_han,
};

pub(super) type O200k = Cased<3, true, true, false>;
pub(super) type Tekken = Cased<1, false, true, false>;
pub(super) type KimiK2 = Cased<3, true, false, true>;

/// A pattern of this family: how many digits are a piece, whether words end with contractions, anything else
/// with slashes, and whether runs of Han come before all.
pub(super) struct Cased<const DIGITS: usize, const CONTRACTIONS: bool, const SLASHES: bool, const HAN: bool>;

const BOTH: Class = CASELESS | MARK;
const UP: Class = UPPER | BOTH;
const LOW: Class = LOWER | BOTH;

impl<const DIGITS: usize, const CONTRACTIONS: bool, const SLASHES: bool, const HAN: bool> Scanner
    for Cased<DIGITS, CONTRACTIONS, SLASHES, HAN>
{
    #[inline(always)]
    fn piece_end(text: &[u8], at: usize, class: Class, length: usize) -> usize {
        if HAN && is_han_at(text, at) {
            return han_run(text, at);
        }
        if class & (LETTER | MARK | SPACE | OTHER) != 0 {
            let end = word_end::<HAN>(text, at, class, length);
            if end > at {
                return end + if CONTRACTIONS { contraction_any_case(text, end) } else { 0 };
            }
        }
        if class == NUMBER {
            return numbers(text, at, length, DIGITS);
        }
        let other = if text[at] == b' ' { class_at(text, at + 1).0 } else { class };
        if other & (MARK | OTHER) != 0 {
            let mut end = run(text, at + length, MARK | OTHER);
            while matches!(text.get(end), Some(b'\r' | b'\n')) || (SLASHES && text.get(end) == Some(&b'/')) {
                end += 1;
            }
            return end;
        }
        white_run(text, at).lines_or_all_but_last(at)
    }

    /// In a run of letters a piece begins at every upper-case letter after a lower-case one, and nowhere else:
    /// that is what [`word_end`] comes to where no letter without case and no mark precedes an upper-case
    /// letter. Those, marks that are not in a word, slashes after line ends, and Han that are no letters are left
    /// to it.
    #[inline(always)]
    fn starts(state: &mut State, block: &Block, next: &Block, text: &[u8], at: usize) -> Option<u64> {
        let mut both = block.caseless | block.mark;
        let (mut han, mut has_rare_han) = (0, false);
        if HAN && (block.follow | next.follow & 1 | state.apart.last()) != 0 {
            let all = state.picked(block, next, both | block.other | block.digit, text, at, is_han);
            (han, has_rare_han) = (all & block.caseless, all & !block.caseless != 0);
            both &= !han;
        }
        let after_han = state.apart.after(han);
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
        let words = words | han & !after_han;
        let digits = state.digit_starts::<DIGITS>(block.digit, block.follow)?;
        let white = state.white_starts(block, next, after_other, absorbed, [0; 2])?;
        let slashes = if SLASHES { block.slash & state.slash.after(absorbed) } else { 0 };
        if entangled | slashes != 0 || has_rare_han {
            return None;
        }
        let mut starts = state.contracted(words | alone | digits | white);
        let mut apostrophes = if CONTRACTIONS { block.apostrophe & after_word } else { 0 };
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
fn word_end<const HAN: bool>(text: &[u8], at: usize, class: Class, length: usize) -> usize {
    if class & LETTER != 0 {
        return ending_low::<HAN>(text, at).unwrap_or_else(|upper| upper);
    }
    let first = at + length;
    match ending_low::<HAN>(text, first) {
        Ok(end) => end,
        Err(_) if class == MARK => ending_low::<HAN>(text, at).unwrap_or(at),
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
fn ending_low<const HAN: bool>(text: &[u8], at: usize) -> Result<usize, usize> {
    let mut end = at;
    let mut last_both = None;
    loop {
        let (class, length) = word_class_at::<HAN>(text, end);
        if class & UP == 0 {
            return match last_both {
                _ if class == LOWER => Ok(run_by(word_class_at::<HAN>, text, end + length, LOW)),
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

/// The class as words see it: with `HAN`, characters of that script have none.
#[inline(always)]
fn word_class_at<const HAN: bool>(text: &[u8], at: usize) -> (Class, usize) {
    let (class, length) = class_at(text, at);
    // Their letters have no case, and of the others only the marks could be in words.
    if HAN && class & BOTH != 0 && is_han_at(text, at) { (0, length) } else { (class, length) }
}

#[inline(always)]
fn is_han_at(text: &[u8], at: usize) -> bool {
    // The first of them is U+2E80.
    text.get(at).is_some_and(|&byte| byte >= 0xe2) && decode(text, at).is_some_and(|(c, _)| is_han(c as u32))
}

/// The end of `\p{Han}*` from `at`.
fn han_run(text: &[u8], at: usize) -> usize {
    let mut at = at;
    while let Some((c, length)) = decode(text, at)
        && is_han(c as u32)
    {
        at += length;
    }
    at
}
