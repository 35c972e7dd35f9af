//! Merging a long piece with a queue of pairs: O(n log n) for n parts.
//!
//! ```text
//! parts  = the row, as a doubly linked list
//! queue  = every pair of neighbours that is a token, ordered by (rank, position)
//! while a pair comes out of the queue:
//!     skip it if its rank is no longer that of the part at its position (it was changed meanwhile)
//!     join the part with its right neighbour
//!     queue the new pairs with the neighbours on both sides
//! ```
//!
//! It is right because a part's current pair is always in the queue, an outdated entry never equals the
//! current one (a part and its right neighbour together only ever grow, so the same rank cannot come back),
//! and equal ranks come out from left to right, as the textbook asks. What was queued is a candidate, and confirmed
//! when it comes out.
//!
//! Half of all entries are there from the beginning. They are sorted once and taken in order, which is much
//! cheaper than taking them out of a heap; only pairs that come up while merging go into the heap.
//!
//! Pieces longer than a window are left to `window`, which calls this file for each window, so the queue
//! stays small enough for the caches.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::join::{Join, NO_PAIR};
use crate::token::Rank;

/// The working memory, kept between pieces.
#[derive(Default)]
pub(super) struct Scratch {
    parts: Vec<Part>,
    queue: Queue,
}

#[derive(Clone, Copy)]
struct Part {
    /// The neighbours, as places in the row; `END` on either side of the piece.
    left: u32,
    right: u32,
    /// The rank of this part alone.
    rank: Rank,
    /// The rank of this part joined with its right neighbour; `NO_PAIR` if that is no token, or if this part
    /// was itself joined to its left neighbour.
    joined: Rank,
}

const END: u32 = u32::MAX;

/// Pairs ordered by rank, then by the place of their first part; packed in this order into one number.
#[derive(Default)]
struct Queue {
    /// The pairs of the beginning from the last to the first.
    first: Vec<u64>,
    /// The pairs that came up since.
    later: BinaryHeap<Reverse<u64>>,
}

impl Queue {
    fn begin(&mut self, pairs: impl Iterator<Item = (Rank, u32)>) {
        self.first.clear();
        self.first.extend(pairs.map(|(rank, at)| pack(rank, at)));
        self.first.sort_unstable_by_key(|&pair| Reverse(pair));
        self.later.clear();
    }

    fn push(&mut self, rank: Rank, at: u32) {
        self.later.push(Reverse(pack(rank, at)));
    }

    fn pop(&mut self) -> Option<(Rank, u32)> {
        let pair = match (self.first.last(), self.later.peek()) {
            (Some(&first), Some(Reverse(later))) if first > *later => self.later.pop().map(|pair| pair.0),
            (None, _) => self.later.pop().map(|pair| pair.0),
            _ => self.first.pop(),
        }?;
        Some(((pair >> 32) as Rank, pair as u32))
    }
}

fn pack(rank: Rank, at: u32) -> u64 {
    u64::from(rank) << 32 | u64::from(at)
}

/// Merges a row of fewer than 2^32 - 1 parts and hands over the rank of each token, from left to right.
pub(super) fn merge(
    row: impl Iterator<Item = Rank>,
    join: &impl Join,
    scratch: &mut Scratch,
    mut token: impl FnMut(Rank),
) {
    let Scratch { parts, queue } = scratch;
    begin(row, join, parts);
    queue.begin(parts.iter().zip(0..).map(|(part, at)| (part.joined, at)).filter(|pair| pair.0 != NO_PAIR));
    while let Some((rank, at)) = queue.pop() {
        let Part { left, right: gone, joined, .. } = parts[at as usize];
        if joined != rank {
            continue;
        }
        if !join.confirm(parts[at as usize].rank, parts[gone as usize].rank, rank) {
            parts[at as usize].joined = NO_PAIR;
            continue;
        }
        let right = parts[gone as usize].right;
        parts[gone as usize].joined = NO_PAIR;
        parts[at as usize].right = right;
        parts[at as usize].rank = rank;
        if right != END {
            parts[right as usize].left = at;
        }
        queue_pair(join, parts, queue, at);
        if left != END {
            queue_pair(join, parts, queue, left);
        }
    }
    let mut at = if parts.is_empty() { END } else { 0 };
    while at != END {
        token(parts[at as usize].rank);
        at = parts[at as usize].right;
    }
}

/// Finds the rank of the part at `at` joined with its right neighbour, and queues the pair if it has one.
#[inline(always)]
fn queue_pair(join: &impl Join, parts: &mut [Part], queue: &mut Queue, at: u32) {
    let part = parts[at as usize];
    let joined = match part.right {
        END => NO_PAIR,
        right => join.answer(join.ask(part.rank, parts[right as usize].rank)),
    };
    parts[at as usize].joined = joined;
    if joined != NO_PAIR {
        queue.push(joined, at);
    }
}

/// Fills the parts, and links them.
fn begin(row: impl Iterator<Item = Rank>, join: &impl Join, parts: &mut Vec<Part>) {
    parts.clear();
    for (rank, at) in row.zip(0u32..) {
        if let Some(last) = parts.last_mut() {
            last.right = at;
            last.joined = join.answer(join.ask(last.rank, rank));
        }
        parts.push(Part { left: at.checked_sub(1).unwrap_or(END), right: END, rank, joined: NO_PAIR });
    }
}
