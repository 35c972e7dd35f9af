//! Merging a long piece with a queue of pairs: O(n log n) for n bytes.
//!
//! ```text
//! parts  = the bytes, as a doubly linked list
//! queue  = every pair of neighbours that is a token, ordered by (rank, position)
//! while a pair comes out of the queue:
//!     skip it if its rank is no longer that of the part at its position (it was changed meanwhile)
//!     join the part with its right neighbour
//!     queue the new pairs with the neighbours on both sides
//! ```
//!
//! It is right because a part's current pair is always in the queue, an outdated entry never equals the
//! current one (a part only ever grows, so the same rank cannot come back), and equal ranks come out from
//! left to right, as the textbook asks.
//!
//! Pieces longer than a window are left to `window`, which calls this file for each window, so the queue
//! stays small enough for the caches.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::table::PieceTable;
use crate::token::{NO_RANK, Rank};

/// The working memory, kept between windows of one piece.
#[derive(Default)]
pub(super) struct Scratch {
    parts: Vec<Part>,
    queue: BinaryHeap<Reverse<(Rank, u32)>>,
}

#[derive(Clone, Copy)]
struct Part {
    /// The neighbours, as byte positions; `END` on either side of the piece.
    left: u32,
    right: u32,
    /// The rank of this part alone.
    rank: Rank,
    /// The rank of this part joined with its right neighbour; `NO_RANK` if that is no token, or if this part
    /// was itself joined to its left neighbour.
    joined: Rank,
}

const END: u32 = u32::MAX;

/// Merges a piece of fewer than 2^32 - 1 bytes and hands over the rank of each token, from left to right.
pub(super) fn merge(table: &PieceTable, piece: &[u8], scratch: &mut Scratch, mut token: impl FnMut(Rank)) {
    let Scratch { parts, queue } = scratch;
    begin(table, piece, parts, queue);
    while let Some(Reverse((rank, at))) = queue.pop() {
        let Part { left, right: gone, joined, .. } = parts[at as usize];
        if joined != rank {
            continue;
        }
        let right = parts[gone as usize].right;
        parts[gone as usize].joined = NO_RANK;
        parts[at as usize].right = right;
        parts[at as usize].rank = rank;
        if right != END {
            parts[right as usize].left = at;
        }
        queue_pair(table, piece, parts, queue, at);
        if left != END {
            queue_pair(table, piece, parts, queue, left);
        }
    }
    let mut at = 0;
    while (at as usize) < piece.len() {
        token(parts[at as usize].rank);
        at = parts[at as usize].right;
    }
}

/// Finds the rank of the part at `at` joined with its right neighbour, and queues the pair if it has one.
fn queue_pair(
    table: &PieceTable,
    piece: &[u8],
    parts: &mut [Part],
    queue: &mut BinaryHeap<Reverse<(Rank, u32)>>,
    at: u32,
) {
    let joined = match parts[at as usize].right {
        END => NO_RANK,
        right => {
            let end = (parts[right as usize].right as usize).min(piece.len());
            table.rank(&piece[at as usize..end]).unwrap_or(NO_RANK)
        }
    };
    parts[at as usize].joined = joined;
    if joined != NO_RANK {
        queue.push(Reverse((joined, at)));
    }
}

/// Fills the parts with single bytes and the queue with their pairs.
fn begin(
    table: &PieceTable,
    piece: &[u8],
    parts: &mut Vec<Part>,
    queue: &mut BinaryHeap<Reverse<(Rank, u32)>>,
) {
    parts.clear();
    let mut pairs = std::mem::take(queue).into_vec();
    pairs.clear();
    for i in 0..piece.len() {
        let joined = match piece.get(i..i + 2) {
            Some(pair) => table.rank_of_pair(pair[0], pair[1]).unwrap_or(NO_RANK),
            None => NO_RANK,
        };
        if joined != NO_RANK {
            pairs.push(Reverse((joined, i as u32)));
        }
        let left = if i == 0 { END } else { i as u32 - 1 };
        let right = if i + 1 == piece.len() { END } else { i as u32 + 1 };
        let rank = table.rank_of_byte(piece[i]).unwrap_or(NO_RANK);
        parts.push(Part { left, right, rank, joined });
    }
    *queue = BinaryHeap::from(pairs);
}
