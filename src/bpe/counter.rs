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
    /// For each of them the section that it begins in, where sections are counted.
    sections: Vec<u32>,
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
            sections: Vec::new(),
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

    /// As [`PieceCounter::add`], but adds what was counted to the number of the section of the text that a piece begins in.
    /// `ends` are where sections end, in order, the last not before the last bound; `at` is the section of the first piece, or
    /// one before, and comes to be that of the last.
    pub(crate) fn add_by_section(
        &mut self,
        text: &[u8],
        bounds: &[usize],
        (ends, at): (&[usize], &mut usize),
        sums: &mut [usize],
    ) -> Result<(), Error> {
        let mut batches = Batches::new(self.borders, text, bounds);
        let mut room = std::mem::take(&mut self.room);
        while let Some(bounds) = batches.next(&mut room) {
            let mut from = 0;
            while from + 1 < bounds.len() {
                while ends[*at] <= bounds[from] {
                    *at += 1;
                }
                let to = from + bounds[from..bounds.len() - 1].partition_point(|&start| start < ends[*at]);
                sums[*at] += self.look_up(text, &bounds[from..=to]);
                self.sections.resize(self.noted.len(), *at as u32);
                from = to;
            }
            if self.noted.len() >= ENOUGH {
                self.finish_by_section(text, sums)?;
            }
        }
        self.room = room;
        Ok(())
    }

    /// The number of tokens of all pieces that were noted down.
    ///
    /// Fails only where [`super::LongPiece`] does.
    pub(crate) fn finish(&mut self, text: &[u8]) -> Result<usize, Error> {
        let mut all = 0;
        self.resolve(text, |_, tokens| all += tokens)?;
        Ok(all)
    }

    /// As [`PieceCounter::finish`], for what [`PieceCounter::add_by_section`] noted down.
    pub(crate) fn finish_by_section(&mut self, text: &[u8], sums: &mut [usize]) -> Result<(), Error> {
        let sections = std::mem::take(&mut self.sections);
        self.resolve(text, |place, tokens| sums[sections[place] as usize] += tokens)?;
        self.sections = sections;
        self.sections.clear();
        Ok(())
    }

    /// Finds the tokens of the pieces that were noted down; `credit` is given their places and numbers.
    #[inline(always)]
    fn resolve(&mut self, text: &[u8], credit: impl FnMut(usize, usize)) -> Result<(), Error> {
        if self.noted.is_empty() {
            return Ok(());
        }
        let trader = self.trader.has_company().then_some(&mut self.trader);
        let mut sum = Sum { counts: self.counts.for_more(0), trader, text, pieces: &self.noted, credit };
        self.misses.resolve(text, &self.noted, &mut sum)?;
        let Sum { counts, trader, .. } = sum;
        if let Some(trader) = trader {
            trader.trade(|entry, soon| {
                counts.prefetch_entry(soon);
                counts.put_entry(entry);
            });
        }
        self.noted.clear();
        Ok(())
    }
}

/// Adds up tokens, and keeps them in mind.
struct Sum<'s, F> {
    counts: &'s mut Counts,
    trader: Option<&'s mut Trader>,
    text: &'s [u8],
    pieces: &'s [(usize, usize)],
    credit: F,
}

impl<F: FnMut(usize, usize)> Tokens for Sum<'_, F> {
    #[inline(always)]
    fn announce(&mut self, place: usize) {
        let (start, end) = self.pieces[place];
        self.counts.prefetch_long(self.text, start, end);
    }

    #[inline(always)]
    fn know(&mut self, place: usize) -> bool {
        let (start, end) = self.pieces[place];
        let entry = self.counts.find_long(self.text, start, end);
        let Some(entry) = entry else { return false };
        (self.credit)(place, (entry[3] >> table::COUNT_AT) as usize);
        true
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
        (self.credit)(place, ranks.len());
    }

    fn one(&mut self, place: usize, _: Rank) {
        (self.credit)(place, 1);
    }
}
