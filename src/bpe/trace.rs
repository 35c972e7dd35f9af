//! Merging a piece step after step, with every merge written down in the order in which it is made.
//!
//! The same as `naive` in what it does, but with a queue, so that a piece of n bytes takes O(n log n) steps; and slower than
//! all else here, as it keeps what the others throw away. What merging begins with is not put together in advance: a
//! character of a vocabulary of bytes is merged of its bytes, as the textbook says.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Tables;
use super::join::NO_PAIR;
use super::pairs::Made;
use crate::token::Rank;

/// A part of a piece: `piece[start..end]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) rank: Rank,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Two neighbours that were joined: `piece[start..middle]` and `piece[middle..end]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Merge {
    pub(crate) left: Rank,
    pub(crate) right: Rank,
    pub(crate) rank: Rank,
    pub(crate) start: usize,
    pub(crate) middle: usize,
    pub(crate) end: usize,
}

/// All that happens to a piece.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trace {
    /// What merging begins with, from left to right.
    pub(crate) begin: Vec<Part>,
    /// The merges in their order.
    pub(crate) merges: Vec<Merge>,
    /// What is left in the end, from left to right.
    pub(crate) end: Vec<Part>,
}

/// A part that is being merged, with its neighbours as places in the row.
struct Linked {
    part: Part,
    left: Option<usize>,
    right: Option<usize>,
    is_gone: bool,
}

/// The pair of a part and its right neighbour: rank of both together, place of the left part, ranks of the two.
type Waiting = Reverse<(Rank, usize, Rank, Rank)>;

impl Tables {
    /// Which two tokens the last merge joins when the bytes of this token are merged alone, if that gives the token. Panics if
    /// there is no such rank.
    pub(crate) fn parts_of(&self, rank: Rank) -> Option<(Rank, Rank)> {
        match self.pairs.made(rank) {
            Made::Joined(left, right) => Some((left, right)),
            Made::Literal(_) => None,
        }
    }

    /// Merges a piece, even if it is a token that is not to be merged, and tells every step.
    pub(crate) fn trace(&self, piece: &[u8]) -> Trace {
        let begin = self.begin(piece);
        let last = begin.len().saturating_sub(1);
        let mut row: Vec<Linked> = (0..)
            .zip(&begin)
            .map(|(at, &part)| {
                let right = Some(at + 1).filter(|&right| right <= last);
                Linked { part, left: usize::checked_sub(at, 1), right, is_gone: false }
            })
            .collect();
        let mut queue: BinaryHeap<Waiting> = (0..row.len()).filter_map(|at| self.waiting(&row, at)).collect();
        let mut merges = Vec::with_capacity(begin.len().saturating_sub(1));
        while let Some(Reverse((rank, at, left, right))) = queue.pop() {
            // Parts only grow: what waits is still there if both its parts are what they were.
            let Some(gone) = row[at].right else { continue };
            if row[at].is_gone || row[at].part.rank != left || row[gone].part.rank != right {
                continue;
            }
            let (start, middle, end) = (row[at].part.start, row[gone].part.start, row[gone].part.end);
            merges.push(Merge { left, right, rank, start, middle, end });
            row[at].part = Part { rank, start, end };
            row[at].right = row[gone].right;
            row[gone].is_gone = true;
            if let Some(next) = row[at].right {
                row[next].left = Some(at);
            }
            queue.extend(self.waiting(&row, at));
            queue.extend(row[at].left.and_then(|before| self.waiting(&row, before)));
        }
        let end = row.iter().filter(|linked| !linked.is_gone).map(|linked| linked.part).collect();
        Trace { begin, merges, end }
    }

    /// The parts that merging begins with, as the textbook says.
    fn begin(&self, piece: &[u8]) -> Vec<Part> {
        let mut at = 0;
        let mut part = |rank, length| {
            at += length;
            Part { rank, start: at - length, end: at }
        };
        if self.begins_with_characters() {
            let parts = self.parts(piece);
            return parts.map(|rank| part(rank, self.token_length(rank))).collect();
        }
        piece.iter().filter_map(|&byte| Some(part(self.tokens.rank_of_byte(byte)?, 1))).collect()
    }

    fn waiting(&self, row: &[Linked], at: usize) -> Option<Waiting> {
        let (left, right) = (row[at].part.rank, row[row[at].right?].part.rank);
        let rank = self.pairs.rank(left, right);
        (rank != NO_PAIR).then_some(Reverse((rank, at, left, right)))
    }
}
