//! Encoding pieces, many at a time: the ranks of their tokens, in order.
//!
//! ```text
//! a batch of pieces:
//!     those that the cache knows                   cache
//!     the others                                   misses
//!     the ranks of all of them, in their order
//! ```
//!
//! Counting without ranks is the other half of this folder, `counter`.

use super::Tables;
use super::batches::Batches;
use super::borders::Borders;
use super::cache::{HeldOutcomes, Outcomes};
use super::misses::{Misses, Tokens};
use super::table::{self, BATCH, Found};
use crate::error::Error;
use crate::token::Rank;

/// How many ranks of a piece are kept in the batch itself.
const FEW: usize = 4;

/// How many pieces are looked up, or noted down because the cache does not know them, before the latter are worked
/// on: enough to keep the lanes of `misses` full, few enough to stay in the nearer caches.
const ENOUGH_PIECES: usize = 3 * BATCH;
const ENOUGH_NOTED: usize = 64;

/// Encodes the pieces of one text after another; what it keeps between pieces makes it fast, and never
/// changes a result.
pub(crate) struct PieceEncoder<'v> {
    borders: &'v Borders,
    misses: Misses<'v>,
    cache: HeldOutcomes,
    found: Found,
    /// Bounds of parts of pieces.
    room: Vec<usize>,
    batch: Batch,
    /// The pieces that the cache does not know: where they begin and end, and their places in the batch.
    noted: Vec<(usize, usize)>,
    places: Vec<usize>,
}

/// What some pieces became.
#[derive(Default)]
struct Batch {
    /// How many pieces there are.
    pieces: usize,
    /// The ranks of a piece, two in a number, if they are few. There is room for more pieces.
    few: Vec<[u64; FEW / 2]>,
    /// How many they are.
    counts: Vec<u8>,
    /// The pieces with more: place in the batch, and where in `ranks` theirs begin and end; not in order.
    many: Vec<(usize, usize, usize)>,
    ranks: Vec<Rank>,
    /// Room for the ranks of pieces that have few.
    row: Vec<Rank>,
}

impl<'v> PieceEncoder<'v> {
    /// An encoder for about this many bytes of text.
    pub(crate) fn new(tables: &'v Tables, expected_bytes: usize) -> PieceEncoder<'v> {
        PieceEncoder {
            borders: &tables.borders,
            misses: Misses::new(tables),
            cache: HeldOutcomes::new(&tables.spare_outcomes, expected_bytes),
            found: Found::new(),
            room: Vec::new(),
            batch: Batch::default(),
            noted: Vec::new(),
            places: Vec::new(),
        }
    }

    /// Encodes the pieces of `text` between neighbouring `bounds`, and puts the ranks of their tokens to `ranks`;
    /// those of the last pieces with a later call, at the latest [`PieceEncoder::finish`].
    ///
    /// The text must be the same until then. Fails only where [`super::LongPiece`] does; the
    /// encoder is then of no more use.
    #[inline]
    pub(crate) fn encode(
        &mut self,
        text: &[u8],
        bounds: &[usize],
        ranks: &mut Vec<Rank>,
    ) -> Result<(), Error> {
        let mut batches = Batches::new(self.borders, text, bounds);
        let mut room = std::mem::take(&mut self.room);
        while let Some(bounds) = batches.next(&mut room) {
            self.look_up(text, bounds);
            if self.batch.pieces > ENOUGH_PIECES || self.noted.len() > ENOUGH_NOTED {
                self.finish(text, ranks)?;
            }
        }
        self.room = room;
        Ok(())
    }

    /// Takes what is no piece, but stands between those before and those after it.
    pub(crate) fn put(&mut self, rank: Rank) {
        let Batch { few, counts, pieces, .. } = self.batch.with_room(1);
        (few[*pieces - 1], counts[*pieces - 1]) = ([u64::from(rank), 0], 1);
    }

    /// Puts the ranks of the tokens of all pieces so far to `ranks`.
    ///
    /// Fails only where [`super::LongPiece`] does.
    pub(crate) fn finish(&mut self, text: &[u8], ranks: &mut Vec<Rank>) -> Result<(), Error> {
        if !self.noted.is_empty() {
            let (pieces, places) = (&self.noted, &self.places);
            let cache = self.cache.for_more(0);
            let mut fill = Fill { batch: &mut self.batch, cache, text, pieces, places };
            self.misses.resolve(text, pieces, &mut fill)?;
            self.noted.clear();
            self.places.clear();
        }
        self.batch.write(ranks);
        Ok(())
    }

    /// Puts to the batch what the cache knows, and notes down what it does not know.
    #[inline(never)]
    fn look_up(&mut self, text: &[u8], bounds: &[usize]) {
        let cache = self.cache.for_more(bounds[bounds.len() - 1] - bounds[0]);
        let first = self.batch.pieces;
        let Batch { few, counts, .. } = self.batch.with_room(bounds.len() - 1);
        let (few, counts) = (&mut few[first..], &mut counts[first..]);
        cache.look_up_short(text, bounds, &mut self.found);
        let batch = few.iter_mut().zip(counts.iter_mut());
        for ((few, count), &place) in batch.zip(&self.found.places[..bounds.len() - 1]) {
            let [key, ranks] = *cache.slot(place);
            few[0] = ranks;
            *count = (key >> table::COUNT_AT) as u8;
        }
        let known = |index: usize, &[_, key, first, second]: &[u64; 4]| {
            few[index] = [first, second];
            counts[index] = (key >> table::COUNT_AT) as u8;
        };
        let unknown = |index: usize| {
            self.noted.push((bounds[index], bounds[index + 1]));
            self.places.push(first + index);
        };
        cache.look_up(text, bounds, self.found.missed(), known, unknown);
    }
}

impl Batch {
    /// With so many pieces more.
    #[inline]
    fn with_room(&mut self, pieces: usize) -> &mut Batch {
        self.pieces += pieces;
        if self.few.len() < self.pieces {
            self.few.resize(self.pieces, [0; 2]);
            self.counts.resize(self.pieces, 0);
        }
        self
    }

    /// Takes the ranks of the piece at this place.
    #[inline(always)]
    fn take(&mut self, place: usize, ranks: &[Rank]) {
        if ranks.len() <= FEW {
            let rank = |i: usize| ranks.get(i).map_or(0, |&rank| u64::from(rank));
            self.few[place] = [rank(0) | rank(1) << 32, rank(2) | rank(3) << 32];
            self.counts[place] = ranks.len() as u8;
        } else {
            let begin = self.ranks.len();
            self.ranks.extend_from_slice(ranks);
            self.many.push((place, begin, self.ranks.len()));
        }
    }

    /// Puts the ranks of all pieces to `ranks`, and begins with none.
    #[inline(never)]
    fn write(&mut self, ranks: &mut Vec<Rank>) {
        self.many.sort_unstable();
        self.row.resize(self.pieces.max(BATCH) * FEW, 0);
        let mut from = 0;
        for at in 0..self.many.len() {
            let (place, begin, end) = self.many[at];
            self.write_few(from, place, ranks);
            ranks.extend_from_slice(&self.ranks[begin..end]);
            from = place + 1;
        }
        self.write_few(from, self.pieces, ranks);
        self.pieces = 0;
        self.many.clear();
        self.ranks.clear();
    }

    /// Puts the ranks of pieces that have few to `ranks`: always the room for all of them is written, and the
    /// next piece begins where those of the last one end.
    #[inline]
    fn write_few(&mut self, from: usize, to: usize, ranks: &mut Vec<Rank>) {
        let mut end = 0;
        for (&[first, second], &count) in self.few[from..to].iter().zip(&self.counts[from..to]) {
            let Some(four) = self.row[end..].first_chunk_mut::<FEW>() else { break };
            *four = [first as Rank, (first >> 32) as Rank, second as Rank, (second >> 32) as Rank];
            end += usize::from(count);
        }
        ranks.extend_from_slice(&self.row[..end]);
    }
}

/// Puts what was found into the batch and the cache.
struct Fill<'f> {
    batch: &'f mut Batch,
    cache: &'f mut Outcomes,
    text: &'f [u8],
    pieces: &'f [(usize, usize)],
    places: &'f [usize],
}

impl Tokens for Fill<'_> {
    #[inline(always)]
    fn announce(&mut self, place: usize) {
        let (start, end) = self.pieces[place];
        self.cache.prefetch_long(self.text, start, end);
    }

    #[inline(always)]
    fn know(&mut self, place: usize) -> bool {
        let (start, end) = self.pieces[place];
        let Some(&[.., key, a, b, c, d]) = self.cache.find_long(self.text, start, end) else { return false };
        let ranks = [a, b, c, d].map(|pair| [pair as Rank, (pair >> 32) as Rank]);
        let count = (key >> table::COUNT_AT) as usize;
        self.batch.take(self.places[place], &ranks.as_flattened()[..count]);
        true
    }

    #[inline(always)]
    fn all(&mut self, place: usize, ranks: &[Rank]) {
        let (start, end) = self.pieces[place];
        self.batch.take(self.places[place], ranks);
        self.cache.put(self.text, start, end, ranks);
    }

    fn one(&mut self, place: usize, rank: Rank) {
        let index = self.places[place];
        let ranks = &mut self.batch.ranks;
        match self.batch.many.last_mut() {
            Some((last, _, end)) if *last == index => *end += 1,
            _ => self.batch.many.push((index, ranks.len(), ranks.len() + 1)),
        }
        ranks.push(rank);
    }
}
