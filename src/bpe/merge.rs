//! Merging a short piece, on the stack, without a queue.
//!
//! A piece of text is rarely longer than a few dozen bytes. For so few parts, looking at all pairs for the
//! lowest rank is faster than keeping them in order: the ranks lie in one or two cache lines.
//!
//! Longer pieces are left to `heap`.

use super::table::PieceTable;
use crate::token::{NO_RANK, Rank};

/// The longest piece, in bytes, that this file takes.
pub(super) const LONGEST: usize = 64;

/// How many bits of a key are the position in the piece.
const POSITION_BITS: u32 = LONGEST.trailing_zeros();

/// Greater than every key. Keys are signed because the oldest vector instructions compare only those.
const NO_KEY: i32 = i32::MAX;

/// How many keys are compared at a time.
const LANES: usize = 8;

/// Merges a piece of at most [`LONGEST`] bytes and hands over the rank of each token, from left to right.
///
/// A part is known by the position of its first byte. Rank and position of a pair are packed into one key,
/// so that the lowest key is the leftmost pair of lowest rank.
pub(super) fn merge(table: &PieceTable, piece: &[u8], mut token: impl FnMut(Rank)) {
    let length = piece.len();
    let mut ranks = [NO_RANK; LONGEST];
    let mut keys = [NO_KEY; LONGEST];
    let mut before = [0u8; LONGEST + 1];
    let mut after = [0u8; LONGEST + 1];
    for (at, &byte) in piece.iter().enumerate() {
        ranks[at] = table.rank_of_byte(byte).unwrap_or(NO_RANK);
        before[at + 1] = at as u8;
        after[at] = at as u8 + 1;
        if let Some(&next) = piece.get(at + 1) {
            keys[at] = key(table.rank_of_pair(byte, next), at);
        }
    }
    loop {
        let lowest = lowest(&keys[..length.next_multiple_of(LANES)]);
        if lowest == NO_KEY {
            break;
        }
        let at = lowest as usize & (LONGEST - 1);
        let gone = usize::from(after[at]);
        let next = usize::from(after[gone]);
        ranks[at] = (lowest >> POSITION_BITS) as Rank;
        after[at] = next as u8;
        before[next] = at as u8;
        keys[gone] = NO_KEY;
        keys[at] = match next < length {
            true => key(table.rank(&piece[at..usize::from(after[next])]), at),
            false => NO_KEY,
        };
        if at > 0 {
            let previous = usize::from(before[at]);
            keys[previous] = key(table.rank(&piece[previous..next]), previous);
        }
    }
    let mut at = 0;
    while at < length {
        token(ranks[at]);
        at = usize::from(after[at]);
    }
}

/// The key of a pair; ranks are below 2^24, see [`super::table::MOST_TOKENS`].
#[inline(always)]
fn key(rank: Option<Rank>, at: usize) -> i32 {
    rank.map_or(NO_KEY, |rank| (rank << POSITION_BITS | at as u32) as i32)
}

/// The lowest key; their number is a multiple of [`LANES`].
#[inline(always)]
fn lowest(keys: &[i32]) -> i32 {
    let mut lanes = [NO_KEY; LANES];
    for keys in keys.chunks_exact(LANES) {
        for (lane, &key) in lanes.iter_mut().zip(keys) {
            *lane = key.min(*lane);
        }
    }
    lanes.into_iter().fold(NO_KEY, i32::min)
}
