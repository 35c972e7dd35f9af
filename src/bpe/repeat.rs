//! Text that repeats itself: runs of one character, and anything else with a short period.
//!
//! When a token comes again in a row of tokens, what stands between the two places is a *cycle*: the last
//! token of it is compatible with the first, because these were neighbours before. So if the bytes of the
//! cycle come again and again, its tokens can be put down again and again without merging anything.
//!
//! Here is only looked for periods and cycles, and how often one fits; the rest is left to `window`.

use super::Tables;
use crate::token::Rank;

/// How many bytes of the beginning must come again, for a closer look.
const HINT: usize = 8;

/// The tokens at the end of a row that may be repeated.
#[derive(Default)]
pub(super) struct Cycle {
    /// How many tokens they are; 0 if nothing is known to repeat.
    pub(super) tokens: usize,
    /// Their bytes.
    pub(super) bytes: Vec<u8>,
}

impl Cycle {
    /// How many times the text begins with the bytes of the cycle.
    pub(super) fn times(&self, text: &[u8]) -> usize {
        let length = self.bytes.len();
        if length == 0 || !text.starts_with(&self.bytes) {
            return 0;
        }
        1 + common_prefix(text, &text[length..]) / length
    }
}

/// The smallest period of the text, if it is at most half as long as the text.
pub(super) fn period(text: &[u8]) -> Option<usize> {
    let half = text.len() / 2;
    // Most texts are done with here, in little time.
    let first: &[u8; HINT] = text.first_chunk()?;
    let mut others = text[1..half + HINT.min(half)].windows(HINT);
    if !others.any(|other| other == first) {
        return None;
    }
    let period = text.len() - longest_border(text);
    (period <= half).then_some(period)
}

/// The length of the longest beginning of the text that is also its end, but not all of it (Knuth, Morris,
/// Pratt 1977).
fn longest_border(text: &[u8]) -> usize {
    let mut borders = vec![0; text.len()];
    let mut border = 0;
    for at in 1..text.len() {
        while border > 0 && text[at] != text[border] {
            border = borders[border - 1];
        }
        border += usize::from(text[at] == text[border]);
        borders[at] = border;
    }
    border
}

/// How many bytes at the beginning of the two are the same.
pub(super) fn common_prefix(one: &[u8], other: &[u8]) -> usize {
    const STEP: usize = 32;
    let same = |(one, other): &(&[u8], &[u8])| one == other;
    let steps = one.chunks_exact(STEP).zip(other.chunks_exact(STEP)).take_while(same).count();
    let done = steps * STEP;
    done + one[done..].iter().zip(&other[done..]).take_while(|(one, other)| one == other).count()
}

/// Looks for a cycle of whole periods in the tokens at the end of a row that make up a text of this length.
/// Returns how many tokens after it are to be taken away, and how many it has.
///
/// The cycle ends halfway: what is near the beginning depends on what was before the text, and what is near
/// the end on where it was cut off.
pub(super) fn find(tables: &Tables, row: &[Rank], text: usize, period: usize) -> Option<(usize, usize)> {
    let length = |&rank: &Rank| tables.token_length(rank);
    let mut after = 0;
    let mut tail = 0;
    while tail < text / 2 {
        after += 1;
        tail += row.len().checked_sub(after).and_then(|at| row.get(at)).map(length)?;
    }
    let end = row.len() - after;
    let mut bytes = 0;
    for first in (0..end).rev() {
        bytes += length(&row[first]);
        if tail + bytes > text {
            return None;
        }
        if bytes.is_multiple_of(period) && row[first] == row[end] {
            return Some((after, end - first));
        }
    }
    None
}
