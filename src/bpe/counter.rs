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
//! The ids of tokens are left to the other half of this folder, [`super::Merger`].

use super::counts::{Counts, Known};
use super::merge::{LARGE, MEDIUM, Row, SMALL};
use super::pairs::Pairs;
use super::{Tables, encode_piece, heap, lanes};
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
    waiting: Waiting,
    scratch: heap::Scratch,
}

/// Pieces that have to be merged, by how many parts they have.
#[derive(Default)]
struct Waiting {
    /// The ranks of the parts of all these pieces.
    parts: Vec<u32>,
    small: Vec<Piece>,
    medium: Vec<Piece>,
    large: Vec<Piece>,
}

/// A piece of the text, and where its parts are in [`Waiting::parts`].
#[derive(Clone, Copy)]
struct Piece {
    start: usize,
    end: usize,
    first: usize,
    parts: usize,
}

impl<'v> PieceCounter<'v> {
    /// A counter for about this many bytes of text.
    pub(crate) fn new(tables: &'v Tables, expected_bytes: usize) -> PieceCounter<'v> {
        PieceCounter {
            tables,
            counts: Counts::new(expected_bytes),
            noted: Vec::new(),
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
        // Text repeats what is rare, too: what is under way already comes again when it is known.
        while !noted.is_empty() {
            let mut again = 0;
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
                    Known::Nothing => tokens += self.begin(text, start, end)?,
                }
            }
            noted.truncate(again);
            tokens += self.merge(text);
        }
        self.noted = noted;
        Ok(tokens)
    }

    /// Puts a piece among those that wait for merging, or counts it if it is too long for that.
    fn begin(&mut self, text: &[u8], start: usize, end: usize) -> Result<usize, Error> {
        let Waiting { parts, small, medium, large } = &mut self.waiting;
        let piece = &text[start..end];
        let first = parts.len();
        if piece.len() <= 4 * LARGE {
            parts.extend(self.tables.parts(piece));
        }
        let count = parts.len() - first;
        let list = match count {
            1..=SMALL_PARTS => small,
            ..=MEDIUM_PARTS if count > 0 => medium,
            ..=LARGE_PARTS if count > 0 => large,
            _ => {
                parts.truncate(first);
                let mut tokens = 0;
                encode_piece(self.tables, &mut self.scratch, piece, &mut |_| tokens += 1)?;
                return Ok(tokens);
            }
        };
        self.counts.announce(text, start, end);
        list.push(Piece { start, end, first, parts: count });
        Ok(0)
    }

    /// Merges the pieces that wait.
    fn merge(&mut self, text: &[u8]) -> usize {
        let Waiting { parts, small, medium, large } = &mut self.waiting;
        let mut tokens = merge_all::<SMALL>(self.tables, &mut self.counts, text, parts, small);
        tokens += merge_all::<MEDIUM>(self.tables, &mut self.counts, text, parts, medium);
        tokens += merge_all::<LARGE>(self.tables, &mut self.counts, text, parts, large);
        parts.clear();
        tokens
    }
}

const SMALL_PARTS: usize = SMALL - 2;
const MEDIUM_PARTS: usize = MEDIUM - 2;
const LARGE_PARTS: usize = LARGE - 2;

fn merge_all<const ROOM: usize>(
    tables: &Tables,
    counts: &mut Counts,
    text: &[u8],
    parts: &[u32],
    pieces: &mut Vec<Piece>,
) -> usize {
    if pieces.is_empty() {
        return 0;
    }
    let mut total = 0;
    let begin = |place: usize, row: &mut Row<ROOM, Pairs>| {
        let piece = pieces[place];
        row.begin(parts[piece.first..piece.first + piece.parts].iter().copied(), &tables.pairs);
    };
    lanes::count::<ROOM, Pairs>(pieces.len(), begin, &tables.pairs, |place, tokens| {
        let Piece { start, end, .. } = pieces[place];
        counts.put(text, start, end, tokens);
        total += tokens;
    });
    pieces.clear();
    total
}
