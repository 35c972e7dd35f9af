//! Counting the tokens of pieces, many at a time.
//!
//! ```text
//! pieces that are in the cache    -> added up at once         counts
//! others                          -> noted down, and when there are enough of them:
//!     long pieces that are tokens -> 1                        table
//!     of few parts                -> merged side by side      lanes
//!     of many parts               -> one by one               heap, window
//! ```
//!
//! The ids of tokens are left to the other half of this folder, [`super::PieceEncoder`].

use super::counts::{Counts, Known};
use super::lanes::{Done, Waiting};
use super::merge::Row;
use super::pairs::Pairs;
use super::{Tables, encode_piece, heap};
use crate::error::Error;

/// How many pieces are noted down before they are worked on: enough to keep the lanes full.
const ENOUGH: usize = 256;

/// How many pieces ahead the cache is asked for when those that were noted down are gone through.
const AHEAD: usize = 6;

/// Counts the tokens of the pieces of one text after another; what it keeps between pieces makes it fast, and
/// never changes a result.
pub(crate) struct PieceCounter<'v> {
    tables: &'v Tables,
    counts: Counts,
    /// Where the pieces begin and end that are not counted yet.
    noted: Vec<(usize, usize)>,
    /// Those of them that are to be merged.
    merging: Vec<(usize, usize)>,
    waiting: Waiting,
    scratch: heap::Scratch,
}

impl<'v> PieceCounter<'v> {
    /// A counter for about this many bytes of text.
    pub(crate) fn new(tables: &'v Tables, expected_bytes: usize) -> PieceCounter<'v> {
        PieceCounter {
            tables,
            counts: Counts::new(expected_bytes),
            noted: Vec::new(),
            merging: Vec::new(),
            waiting: Waiting::default(),
            scratch: heap::Scratch::default(),
        }
    }

    /// Takes the pieces of `text` that end at `ends`, of which the first begins at `start`. Returns how many
    /// tokens were counted; those of pieces that are noted down come with a later call.
    ///
    /// The text must be the same until [`PieceCounter::finish`]. Fails only where [`super::LongPiece`] does.
    #[inline]
    pub(crate) fn add(&mut self, text: &[u8], start: usize, ends: &[usize]) -> Result<usize, Error> {
        let tokens = self.counts.add_up(text, start, ends, &mut self.noted);
        if self.noted.len() < ENOUGH { Ok(tokens) } else { Ok(tokens + self.finish(text)?) }
    }

    /// The number of tokens of all pieces that were noted down.
    ///
    /// Fails only where [`super::LongPiece`] does.
    pub(crate) fn finish(&mut self, text: &[u8]) -> Result<usize, Error> {
        let mut tokens = 0;
        let mut noted = std::mem::take(&mut self.noted);
        let mut merging = std::mem::take(&mut self.merging);
        // Text repeats what is rare, too: what is under way already comes again when it is known.
        while !noted.is_empty() {
            let mut again = 0;
            merging.clear();
            for place in 0..noted.len() {
                if let Some(&(start, end)) = noted.get(place + AHEAD) {
                    self.counts.prefetch(text, start, end);
                }
                let (start, end) = noted[place];
                match self.counts.get(text, start, end) {
                    Known::Tokens(known) => tokens += known,
                    Known::UnderWay => {
                        noted[again] = (start, end);
                        again += 1;
                    }
                    Known::Nothing if self.tables.is_token_at_once(&text[start..end]) => {
                        self.counts.put(text, start, end, 1);
                        tokens += 1;
                    }
                    Known::Nothing => {
                        merging.push((start, end));
                        tokens += self.begin(text, start, end, merging.len() - 1)?;
                    }
                }
            }
            noted.truncate(again);
            let mut sum = Sum { counts: &mut self.counts, text, pieces: &merging, tokens: 0 };
            self.waiting.merge(self.tables, &mut sum);
            tokens += sum.tokens;
        }
        (self.noted, self.merging) = (noted, merging);
        Ok(tokens)
    }

    /// Lets a piece wait for merging, or counts it if it is too long for that. `place` is its place in `merging`.
    fn begin(&mut self, text: &[u8], start: usize, end: usize, place: usize) -> Result<usize, Error> {
        let piece = &text[start..end];
        if self.waiting.add(self.tables, piece, place) {
            self.counts.announce(text, start, end);
            return Ok(0);
        }
        let mut tokens = 0;
        encode_piece(self.tables, &mut self.scratch, piece, &mut |_| tokens += 1)?;
        Ok(tokens)
    }
}

/// Adds up the tokens of pieces that were merged, and keeps them in mind.
struct Sum<'s> {
    counts: &'s mut Counts,
    text: &'s [u8],
    pieces: &'s [(usize, usize)],
    tokens: usize,
}

impl Done for Sum<'_> {
    #[inline(always)]
    fn done<const ROOM: usize>(&mut self, name: usize, row: &Row<ROOM, Pairs>) {
        let (start, end) = self.pieces[name];
        self.counts.put(self.text, start, end, row.tokens());
        self.tokens += row.tokens();
    }
}
