//! Encoding pieces, many at a time: the ranks of their tokens, in order.
//!
//! ```text
//! a batch of pieces:
//!     all are asked for in the cache               cache
//!     those that are not there                     lanes, heap, window
//!     the ranks of all of them, in their order
//! ```
//!
//! Counting without ranks is the other half of this folder, `counter`.

use super::cache::{Cache, Key, Outcome};
use super::lanes::{Done, Waiting};
use super::merge::Row;
use super::pairs::Pairs;
use super::{Tables, encode_piece, heap};
use crate::error::Error;
use crate::token::Rank;

/// How many pieces are worked on together, and for how many of them the cache is asked before the first
/// answer is looked at.
const BATCH: usize = 512;
const STRIDE: usize = 32;

/// Encodes the pieces of one text after another; what it keeps between pieces makes it fast, and never
/// changes a result.
pub(crate) struct PieceEncoder<'v> {
    tables: &'v Tables,
    expected_bytes: usize,
    cache: Option<Cache>,
    batch: Batch,
    missed: Vec<Missed>,
    waiting: Waiting,
    scratch: heap::Scratch,
}

/// What the pieces of a batch became.
#[derive(Default)]
struct Batch {
    outcomes: Vec<Outcome>,
    /// The ranks of pieces with more than an outcome holds; its first rank says where they are.
    more: Vec<Rank>,
}

/// A piece that the cache does not know.
#[derive(Clone, Copy)]
struct Missed {
    place: usize,
    key: Option<Key>,
    start: usize,
    end: usize,
}

impl<'v> PieceEncoder<'v> {
    /// An encoder for about this many bytes of text.
    pub(crate) fn new(tables: &'v Tables, expected_bytes: usize) -> PieceEncoder<'v> {
        PieceEncoder {
            tables,
            expected_bytes,
            cache: None,
            batch: Batch::default(),
            missed: Vec::new(),
            waiting: Waiting::default(),
            scratch: heap::Scratch::default(),
        }
    }

    /// Encodes the pieces of `text` that end at `ends`, of which the first begins at `start`, and hands over the
    /// rank of each token, from left to right.
    ///
    /// Fails only where [`super::LongPiece`] does.
    #[inline]
    pub(crate) fn encode(
        &mut self,
        text: &[u8],
        mut start: usize,
        ends: &[usize],
        token: &mut impl FnMut(Rank),
    ) -> Result<(), Error> {
        for ends in ends.chunks(BATCH) {
            self.look_up(text, start, ends);
            self.merge_missed(text)?;
            for outcome in &self.batch.outcomes {
                match outcome.ranks() {
                    Some(&[rank]) => token(rank),
                    Some(ranks) => ranks.iter().for_each(|&rank| token(rank)),
                    None => self.batch.more_of(outcome).iter().for_each(|&rank| token(rank)),
                }
            }
            start = ends.last().copied().unwrap_or(start);
        }
        Ok(())
    }

    /// Fills the batch with what the cache knows, and notes down what it does not know.
    #[inline(never)]
    fn look_up(&mut self, text: &[u8], mut start: usize, ends: &[usize]) {
        let expected = self.expected_bytes;
        let cache = self.cache.get_or_insert_with(|| Cache::new(expected));
        self.batch.outcomes.clear();
        self.batch.outcomes.reserve(ends.len());
        self.batch.more.clear();
        self.missed.clear();
        let mut keys = [None; STRIDE];
        for ends in ends.chunks(STRIDE) {
            let mut from = start;
            for (key, &end) in keys.iter_mut().zip(ends) {
                *key = Key::of(text, from, end);
                if let Some(key) = *key {
                    cache.prefetch(key);
                }
                from = end;
            }
            for (&key, &end) in keys.iter().zip(ends) {
                let known = key.and_then(|key| cache.get(key)).filter(|outcome| outcome.ranks().is_some());
                if known.is_none() {
                    self.missed.push(Missed { place: self.batch.outcomes.len(), key, start, end });
                }
                self.batch.outcomes.push(known.unwrap_or(Outcome::NONE));
                start = end;
            }
        }
    }

    /// Merges what was noted down.
    #[inline(never)]
    fn merge_missed(&mut self, text: &[u8]) -> Result<(), Error> {
        for (name, missed) in self.missed.iter().enumerate() {
            let piece = &text[missed.start..missed.end];
            if self.tables.is_token_at_once(piece) || !self.waiting.add(self.tables, piece, name) {
                let outcome = self.batch.begin();
                let mut tokens = 0;
                encode_piece(self.tables, &mut self.scratch, piece, &mut |rank| {
                    self.batch.more.push(rank);
                    tokens += 1;
                })?;
                self.batch.outcomes[missed.place] = self.batch.end(outcome);
            }
        }
        if let Some(cache) = &mut self.cache {
            let mut fill = Fill { batch: &mut self.batch, cache, missed: &self.missed };
            self.waiting.merge(self.tables, &mut fill);
        }
        Ok(())
    }
}

impl Batch {
    /// Where the ranks of the next outcome begin.
    fn begin(&self) -> usize {
        self.more.len()
    }

    /// The outcome whose ranks were put to `more` since `begin`.
    fn end(&mut self, begin: usize) -> Outcome {
        let outcome = Outcome::of(&self.more[begin..], begin as Rank);
        if outcome.ranks().is_some() {
            self.more.truncate(begin);
        }
        outcome
    }

    /// The ranks of an outcome that does not hold them.
    fn more_of(&self, outcome: &Outcome) -> &[Rank] {
        let begin = outcome.first() as usize;
        &self.more[begin..begin + outcome.tokens as usize]
    }
}

/// Puts what was merged into the batch and the cache.
struct Fill<'f> {
    batch: &'f mut Batch,
    cache: &'f mut Cache,
    missed: &'f [Missed],
}

impl Done for Fill<'_> {
    #[inline(always)]
    fn done<const ROOM: usize>(&mut self, name: usize, row: &Row<ROOM, Pairs>) {
        let Missed { place, key, .. } = self.missed[name];
        let begin = self.batch.begin();
        row.each(|rank| self.batch.more.push(rank));
        let outcome = self.batch.end(begin);
        self.batch.outcomes[place] = outcome;
        if let (Some(key), Some(_)) = (key, outcome.ranks()) {
            self.cache.put(key, outcome);
        }
    }
}
