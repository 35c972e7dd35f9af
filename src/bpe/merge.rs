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

/// Merges a piece of at most [`LONGEST`] bytes and hands over the rank of each token, from left to right.
pub(super) fn merge(table: &PieceTable, piece: &[u8], mut token: impl FnMut(Rank)) {
    // Part i is piece[starts[i]..starts[i + 1]] and has the rank ranks[i]; joined[i] is the rank of the parts
    // i and i + 1 together.
    let mut starts = [0u8; LONGEST + 1];
    let mut ranks = [NO_RANK; LONGEST];
    let mut joined = [NO_RANK; LONGEST];
    let mut parts = piece.len();
    for (i, &byte) in piece.iter().enumerate() {
        starts[i + 1] = i as u8 + 1;
        ranks[i] = table.rank_of_byte(byte).unwrap_or(NO_RANK);
        if let Some(&next) = piece.get(i + 1) {
            joined[i] = table.rank_of_pair(byte, next).unwrap_or(NO_RANK);
        }
    }
    while parts > 1 {
        let (mut lowest, mut at) = (NO_RANK, 0);
        for (i, &rank) in joined[..parts - 1].iter().enumerate() {
            if rank < lowest {
                (lowest, at) = (rank, i);
            }
        }
        if lowest == NO_RANK {
            break;
        }
        starts.copy_within(at + 2..=parts, at + 1);
        ranks.copy_within(at + 1..parts, at);
        joined.copy_within(at + 1..parts - 1, at);
        parts -= 1;
        ranks[at] = lowest;
        joined[parts - 1] = NO_RANK;
        let rank_of = |from: usize, to: usize| {
            table.rank(&piece[starts[from] as usize..starts[to] as usize]).unwrap_or(NO_RANK)
        };
        if at + 1 < parts {
            joined[at] = rank_of(at, at + 2);
        }
        if at > 0 {
            joined[at - 1] = rank_of(at - 1, at + 1);
        }
    }
    ranks[..parts].iter().for_each(|&rank| token(rank));
}
