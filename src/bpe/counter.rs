//! Counting the tokens of pieces, many at a time.
//!
//! What the cache knows is added up at once; other pieces are noted down, and when there are enough of them
//! their tokens are found together (`misses`). The ids of tokens are left to the other half of this folder,
//! [`super::PieceEncoder`].

use super::Tables;
use super::batches::Batches;
use super::borders::Borders;
use super::cache::{Counts, HeldCounts};
use super::exchange::Trader;
use super::misses::{Misses, Tokens};
use super::table::{self, Found};
use crate::error::Error;
use crate::token::Rank;

/// How many pieces are noted down before they are worked on: enough to keep the lanes full.
const ENOUGH: usize = 256;

/// Counts the tokens of the pieces of one text after another; what it keeps between pieces makes it fast, and
/// never changes a result.
pub(crate) struct PieceCounter<'v> {
    borders: &'v Borders,
    misses: Misses<'v>,
    counts: HeldCounts,
    trader: Trader,
    found: Found,
    /// Bounds of parts of pieces.
    room: Vec<usize>,
    /// Where the pieces begin and end that are not counted yet.
    noted: Vec<(usize, usize)>,
}

impl<'v> PieceCounter<'v> {
    /// A counter for about this many bytes of text.
    pub(crate) fn new(tables: &'v Tables, expected_bytes: usize) -> PieceCounter<'v> {
        PieceCounter {
            borders: &tables.borders,
            misses: Misses::new(tables),
            counts: HeldCounts::new(&tables.spare_counts, expected_bytes),
            trader: tables.exchange.join(),
            found: Found::new(),
            room: Vec::new(),
            noted: Vec::new(),
        }
    }

    /// Takes the pieces of `text` between neighbouring `bounds`. Returns how many tokens were counted; those
    /// of pieces that are noted down come with a later call.
    ///
    /// The text must be the same until [`PieceCounter::finish`]. Fails only where [`super::LongPiece`] does;
    /// the counter is then of no more use.
    #[inline]
    pub(crate) fn add(&mut self, text: &[u8], bounds: &[usize]) -> Result<usize, Error> {
        let mut tokens = 0;
        let mut batches = Batches::new(self.borders, text, bounds);
        let mut room = std::mem::take(&mut self.room);
        while let Some(bounds) = batches.next(&mut room) {
            tokens += self.look_up(text, bounds);
            if self.noted.len() >= ENOUGH {
                tokens += self.finish(text)?;
            }
        }
        self.room = room;
        Ok(tokens)
    }

    /// Adds up what the cache knows, and notes down the other pieces.
    #[inline(never)]
    fn look_up(&mut self, text: &[u8], bounds: &[usize]) -> usize {
        let counts = self.counts.for_more(bounds[bounds.len() - 1] - bounds[0]);
        let mut tokens = counts.look_up_short(text, bounds, &mut self.found);
        let noted = &mut self.noted;
        let known = |_: usize, entry: &[u64; 2]| tokens += entry[1] >> table::COUNT_AT;
        let unknown = |index: usize| noted.push((bounds[index], bounds[index + 1]));
        counts.look_up(text, bounds, self.found.missed(), known, unknown);
        tokens as usize
    }

    /// The number of tokens of all pieces that were noted down.
    ///
    /// Fails only where [`super::LongPiece`] does.
    pub(crate) fn finish(&mut self, text: &[u8]) -> Result<usize, Error> {
        if self.noted.is_empty() {
            return Ok(0);
        }
        let trader = self.trader.has_company().then_some(&mut self.trader);
        let mut sum = Sum { counts: self.counts.for_more(0), trader, text, pieces: &self.noted, tokens: 0 };
        self.misses.resolve(text, &self.noted, &mut sum)?;
        let Sum { counts, trader, tokens, .. } = sum;
        if let Some(trader) = trader {
            trader.trade(|entry, soon| {
                counts.prefetch_entry(soon);
                counts.put_entry(entry);
            });
        }
        self.noted.clear();
        Ok(tokens)
    }
}

/// Adds up tokens, and keeps them in mind.
struct Sum<'s> {
    counts: &'s mut Counts,
    trader: Option<&'s mut Trader>,
    text: &'s [u8],
    pieces: &'s [(usize, usize)],
    tokens: usize,
}

impl Tokens for Sum<'_> {
    #[inline(always)]
    fn announce(&mut self, place: usize) {
        let (start, end) = self.pieces[place];
        self.counts.prefetch_long(self.text, start, end);
    }

    #[inline(always)]
    fn know(&mut self, place: usize) -> bool {
        let (start, end) = self.pieces[place];
        let entry = self.counts.find_long(self.text, start, end);
        self.tokens += entry.map_or(0, |entry| (entry[3] >> table::COUNT_AT) as usize);
        entry.is_some()
    }

    #[inline(always)]
    fn all(&mut self, place: usize, ranks: &[Rank]) {
        let (start, end) = self.pieces[place];
        if let Some(entry) = Counts::entry(self.text, start, end, ranks.len()) {
            self.counts.put_entry(&entry);
            if let Some(trader) = &mut self.trader {
                trader.offer(entry);
            }
        }
        self.tokens += ranks.len();
    }

    fn one(&mut self, _: usize, _: Rank) {
        self.tokens += 1;
    }
}
