//! The ids of the ranks 0, 1, 2, ..., as runs of consecutive ids.
//!
//! Vocabularies of one piece have one or two runs, those of SentencePiece some hundred.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::invalid;
use crate::error::Error;
use crate::token::{Rank, TokenId};

/// From this many runs on, a rank is not looked for among all of them.
const MANY: usize = 8;

/// How many bytes a text has, at least, for which a table of all ids pays.
const LONG: usize = 1 << 15;

/// How many ranks share a place in the index.
const STRIDE: u32 = 64;

/// What says of a rank that it is none, but an id. No vocabulary has so many tokens.
const APART: Rank = 1 << 31;

/// Ids by rank and ranks by id.
#[derive(Clone, Debug)]
pub(crate) struct Ids {
    by_rank: Vec<Run>,
    by_id: Vec<Run>,
    /// If there are many runs, for each stretch of ranks the run in which it begins.
    index: Vec<u32>,
    /// If there are many runs and many ids were asked for, the id of every rank.
    all: OnceLock<Vec<TokenId>>,
    len: u32,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    rank: Rank,
    id: TokenId,
    length: u32,
}

impl Ids {
    /// Ids from runs of (first id, length).
    pub(crate) fn new(runs: Cow<'_, [(TokenId, u32)]>) -> Result<Ids, Error> {
        let mut len = 0u32;
        let mut by_rank = Vec::with_capacity(runs.len());
        for &(id, length) in runs.iter().filter(|(_, length)| *length > 0) {
            if id.checked_add(length - 1).is_none() {
                return Err(invalid(format!("there are no {length} ids from {id} on")));
            }
            by_rank.push(Run { rank: len, id, length });
            len = len.checked_add(length).ok_or_else(|| invalid("there are more than 2^32 ids"))?;
        }
        let mut by_id = by_rank.clone();
        by_id.sort_unstable_by_key(|run| run.id);
        for pair in by_id.windows(2) {
            if u64::from(pair[0].id) + u64::from(pair[0].length) > u64::from(pair[1].id) {
                return Err(invalid(format!("two tokens have the id {}", pair[1].id)));
            }
        }
        let mut index = Vec::new();
        if by_rank.len() > MANY {
            let mut run = 0;
            for first in (0..len).step_by(STRIDE as usize) {
                while by_rank.get(run + 1).is_some_and(|next| next.rank <= first) {
                    run += 1;
                }
                index.push(run as u32);
            }
        }
        Ok(Ids { by_rank, by_id, index, all: OnceLock::new(), len })
    }

    /// How many ranks have ids.
    #[inline]
    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    /// Whether every rank is its own id.
    pub(crate) fn are_ranks(&self) -> bool {
        matches!(*self.by_rank, [Run { id: 0, .. }])
    }

    /// Says that the ids of a text of so many bytes will be asked for.
    pub(crate) fn expect(&self, bytes: usize) {
        if bytes >= LONG && !self.index.is_empty() {
            self.all.get_or_init(|| {
                let ids = self.by_rank.iter().flat_map(|run| run.id..=run.id + (run.length - 1));
                ids.collect()
            });
        }
    }

    /// What [`Ids::put_for`] makes this id of, which is less than 2^31: for an id of another kind among ranks.
    pub(crate) fn apart(&self, id: TokenId) -> Rank {
        debug_assert!(id < APART);
        if self.are_ranks() { id } else { id | APART }
    }

    /// Makes ids of ranks, and of what [`Ids::apart`] gave, where they stand. Panics if a rank has no id.
    pub(crate) fn put_for(&self, ranks: &mut [Rank]) {
        // In many encodings a rank is an id, and nothing is left to do.
        if self.are_ranks() {
            return;
        }
        match self.all.get() {
            Some(ids) => put_each(ranks, |rank| ids[rank as usize]),
            None => put_each(ranks, |rank| self.id(rank)),
        }
    }

    /// The id of a rank. Panics if the rank has none.
    #[inline]
    pub(crate) fn id(&self, rank: Rank) -> TokenId {
        match self.by_rank[0] {
            first if rank < first.length => first.id + rank,
            _ => self.id_beyond(rank),
        }
    }

    /// The id of a rank that is not in the first run.
    #[inline(never)]
    fn id_beyond(&self, rank: Rank) -> TokenId {
        let runs = &self.by_rank;
        if self.index.is_empty() {
            let run = runs[runs.partition_point(|run| run.rank <= rank) - 1];
            return run.id + (rank - run.rank);
        }
        let mut at = self.index[(rank / STRIDE) as usize] as usize;
        while runs.get(at + 1).is_some_and(|next| next.rank <= rank) {
            at += 1;
        }
        runs[at].id + (rank - runs[at].rank)
    }

    /// The rank of an id.
    pub(crate) fn rank(&self, id: TokenId) -> Option<Rank> {
        let runs = &self.by_id;
        let run = runs.get(runs.partition_point(|run| run.id <= id).checked_sub(1)?)?;
        let offset = id - run.id;
        (offset < run.length).then(|| run.rank + offset)
    }

    /// The ids as inclusive ranges in ascending order.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = (TokenId, TokenId)> {
        self.by_id.iter().map(|run| (run.id, run.id + (run.length - 1)))
    }

    /// The runs as they were given.
    pub(crate) fn runs(&self) -> Vec<(TokenId, u32)> {
        self.by_rank.iter().map(|run| (run.id, run.length)).collect()
    }
}

#[inline]
fn put_each(ranks: &mut [Rank], id: impl Fn(Rank) -> TokenId) {
    for rank in ranks {
        *rank = if *rank & APART == 0 { id(*rank) } else { *rank & !APART };
    }
}
