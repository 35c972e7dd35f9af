//! What the hand-written scanners share: runs of a class, white space, contractions, and the loop that turns
//! "the end of the next piece" into many boundaries at a time.
//!
//! The rules of each pattern are in `gpt2`, `cl100k`, `o200k` and `deepseek`; which instructions are used is
//! decided in `simd`. Pieces that begin with spaces only, whatever else stands in them, are found in `spaces`.

use super::block::{Block, Spill};
use super::rules::State;
use crate::unicode::masks::{BLOCK, Kernel, WINDOW};
use crate::unicode::{Class, NEWLINE, NUMBER, WHITE, class_at};

/// One pattern, in two forms: piece by piece, and 64 bytes at a time.
pub(super) trait Scanner {
    /// The end of the piece that begins at byte `at`, whose class and length are `class` and `length`.
    ///
    /// `class` is not 0: a valid character stands there. The text counts as ended where it ends, and at the
    /// first byte that is not valid UTF-8. The result is greater than `at`.
    fn piece_end(text: &[u8], at: usize, class: Class, length: usize) -> usize;

    /// Where in the block at byte `at` pieces begin, one bit a byte. `next` is the block after it, `state` comes
    /// from the block before, or is fresh if a piece begins with this block. `None` if the answer takes more
    /// than this form of the rules knows; the state is then of no more use.
    fn starts(state: &mut State, block: &Block, next: &Block, text: &[u8], at: usize) -> Option<u64>;
}

/// Writes the ends of the pieces from byte `at` on into `ends` until it is nearly full or an end reaches
/// `stop`; returns how many. `at` is the start of a piece, `at < stop <= text.len()`, and there is room for a
/// block of ends.
///
/// Goes block by block where it can. Where a block is refused, and at the end of the text, it goes piece by
/// piece until it is past, and then begins anew with blocks: a boundary is as good as the start of a text.
#[inline(always)]
pub(super) fn scan_with<K: Kernel, S: Scanner>(
    kernel: K,
    text: &[u8],
    at: usize,
    stop: usize,
    ends: &mut [usize],
) -> usize {
    let mut at = at;
    let mut written = 0;
    while ends.len() - written >= BLOCK && at < stop {
        let (more, past) = scan_blocks::<K, S>(kernel, text, at, stop, &mut ends[written..]);
        if more > 0 {
            written += more;
            at = ends[written - 1];
        }
        while written < ends.len() && at < past.min(stop) {
            at = one_piece::<S>(text, at);
            ends[written] = at;
            written += 1;
        }
    }
    written
}

/// As [`scan_with`], piece by piece only.
#[cfg(test)]
pub(super) fn scan_pieces<S: Scanner>(text: &[u8], at: usize, stop: usize, ends: &mut [usize]) -> usize {
    let mut at = at;
    let mut written = 0;
    while written < ends.len() && at < stop {
        at = one_piece::<S>(text, at);
        ends[written] = at;
        written += 1;
    }
    written
}

/// The end of the piece that begins at byte `at`, with the bytes after it that are not valid UTF-8.
fn one_piece<S: Scanner>(text: &[u8], at: usize) -> usize {
    let (class, length) = class_at(text, at);
    let end = if class != 0 { S::piece_end(text, at, class, length) } else { at };
    if text.get(end).is_some_and(|&byte| byte >= 0x80) { skip_invalid(text, end) } else { end }
}

/// The part of [`scan_with`] that goes by blocks. Returns how many ends it wrote, and up to where to go piece
/// by piece then.
#[inline(always)]
fn scan_blocks<K: Kernel, S: Scanner>(
    kernel: K,
    text: &[u8],
    at: usize,
    stop: usize,
    ends: &mut [usize],
) -> (usize, usize) {
    // A block is looked at together with the one after it.
    let limit = stop.min(text.len().saturating_sub(WINDOW));
    if at + BLOCK > limit {
        return (0, stop);
    }
    let mut spill = Spill::default();
    let Some(mut block) = Block::new(kernel, text, at, &mut spill) else { return (0, at + BLOCK) };
    let mut state = State::default();
    let mut written = 0;
    let mut base = at;
    // The piece that begins at `at` is known; what is written are ends.
    let mut wanted = !1;
    while base + BLOCK <= limit {
        let Some(out) = ends[written..].first_chunk_mut::<BLOCK>() else { return (written, at) };
        let Some(next) = Block::new(kernel, text, base + BLOCK, &mut spill) else {
            return (written, base + 2 * BLOCK);
        };
        let Some(starts) = S::starts(&mut state, &block, &next, text, base) else {
            return (written, base + BLOCK);
        };
        written += write_places(starts & wanted, base, out);
        (block, base, wanted) = (next, base + BLOCK, !0);
    }
    (written, stop)
}

/// Writes `base` plus the place of each bit of the mask; returns how many bits there are. Eight at a time, so
/// that the number of bits decides about few branches.
#[inline(always)]
pub(super) fn write_places(mask: u64, base: usize, out: &mut [usize; BLOCK]) -> usize {
    let mut left = mask;
    for eight in out.chunks_exact_mut(8) {
        if left == 0 {
            break;
        }
        for place in eight {
            *place = base.wrapping_add(left.trailing_zeros() as usize);
            left &= left.wrapping_sub(1);
        }
    }
    mask.count_ones() as usize
}

/// The end of the bytes from `at` on that are not valid UTF-8.
pub(super) fn skip_invalid(text: &[u8], at: usize) -> usize {
    let mut at = at;
    while class_at(text, at) == (0, 1) {
        at += 1;
    }
    at
}

/// What tells a scanner the class and the length of the character at a byte of a text: [`class_at`], or that
/// with differences that one pattern makes.
pub(super) trait ClassAt: Fn(&[u8], usize) -> (Class, usize) {}

impl<F: Fn(&[u8], usize) -> (Class, usize)> ClassAt for F {}

/// The end of the longest run from `at` of characters whose class is in `classes`.
#[inline(always)]
pub(super) fn run(text: &[u8], at: usize, classes: Class) -> usize {
    run_by(class_at, text, at, classes)
}

/// As [`run`], with another notion of classes.
#[inline(always)]
pub(super) fn run_by(class_at: impl ClassAt, text: &[u8], at: usize, classes: Class) -> usize {
    let mut at = at;
    loop {
        let (class, length) = class_at(text, at);
        if class & classes == 0 {
            return at;
        }
        at += length;
    }
}

/// The end of at most `most` numbers, as `{1,3}` takes three of them; the first, of `length` bytes, is known to
/// be one.
#[inline(always)]
pub(super) fn numbers(text: &[u8], at: usize, length: usize, most: usize) -> usize {
    let mut at = at + length;
    for _ in 1..most {
        let (class, length) = class_at(text, at);
        if class != NUMBER {
            break;
        }
        at += length;
    }
    at
}

/// A run of white space: what the last alternatives of every pattern need to know of it.
pub(super) struct WhiteRun {
    /// Where the run ends.
    pub(super) end: usize,
    /// Where its last character begins.
    pub(super) last: usize,
    /// The end of its last `\r` or `\n`, if it has one.
    pub(super) newline_end: Option<usize>,
    /// Whether the text ends with it.
    pub(super) ends_text: bool,
}

/// The run of white space from `at` on.
pub(super) fn white_run(text: &[u8], at: usize) -> WhiteRun {
    white_run_by(class_at, text, at)
}

/// As [`white_run`], with another notion of classes; what has none ends the text.
#[inline(always)]
pub(super) fn white_run_by(class_at: impl ClassAt, text: &[u8], at: usize) -> WhiteRun {
    let mut run = WhiteRun { end: at, last: at, newline_end: None, ends_text: false };
    loop {
        let (class, length) = class_at(text, run.end);
        if class & WHITE == 0 {
            run.ends_text = class == 0;
            return run;
        }
        run.last = run.end;
        run.end += length;
        if class == NEWLINE {
            run.newline_end = Some(run.end);
        }
    }
}

impl WhiteRun {
    /// The end of what `\s*[\r\n]+|\s+(?!\S)|\s+` takes from `at`, where the run begins.
    pub(super) fn lines_or_all_but_last(&self, at: usize) -> usize {
        self.newline_end.unwrap_or_else(|| self.all_but_last(at))
    }

    /// The end of what `\s+(?!\S)|\s` takes from `at`, where the run begins: all of the run at the end of
    /// the text, else all but its last character, which is left for the next piece, else that one character.
    pub(super) fn all_but_last(&self, at: usize) -> usize {
        if self.ends_text || self.last == at { self.end } else { self.last }
    }
}

/// The length of `(?i:'s|'t|'re|'ve|'m|'ll|'d)` at `at`, or 0. Case folding makes `ſ` (U+017F) an `s`; the
/// other letters have no more forms (Unicode 16.0, CaseFolding).
#[inline]
pub(super) fn contraction_any_case(text: &[u8], at: usize) -> usize {
    let byte = |i: usize| text.get(at + i).map_or(0, |byte| byte | 0x20);
    if text.get(at) != Some(&b'\'') {
        return 0;
    }
    match byte(1) {
        b's' | b't' | b'm' | b'd' => 2,
        b'r' | b'v' if byte(2) == b'e' => 3,
        b'l' if byte(2) == b'l' => 3,
        _ if text[at + 1..].starts_with("ſ".as_bytes()) => 3,
        _ => 0,
    }
}
