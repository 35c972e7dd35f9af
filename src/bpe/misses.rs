//! Pieces that no cache knows.
//!
//! ```text
//! long, but met before           -> known to who asks             cache
//! twice in the same list         -> merged once
//! long pieces that are tokens    -> looked up whole             pieces
//! of few parts                   -> merged side by side         lanes
//! of many parts                  -> one by one                  heap, window
//! ```
//!
//! What is done with the tokens is left to [`super::PieceCounter`] and [`super::PieceEncoder`].

use super::lanes::{Done, Waiting};
use super::merge::Row;
use super::pairs::Pairs;
use super::{Tables, encode_piece, heap};
use crate::error::Error;
use crate::token::Rank;

/// How many pieces ahead the cache of long ones is asked.
const AHEAD: usize = 6;

/// How many places the table of pieces that come twice has for each piece of a list, and at most.
const PLACES_PER_PIECE: usize = 4;
const MOST_PLACES: usize = 1 << 10;

/// Longer pieces, in bytes, are not looked for among the others of a list: they hardly ever come twice.
const LONGEST: usize = 255;

/// What is done with the tokens of the pieces of a list. They do not come in the order of the list.
pub(super) trait Tokens {
    /// Says that the `place`th piece of the list will be asked for soon.
    fn announce(&mut self, place: usize);

    /// Whether the tokens of that piece are known after all; it is then dealt with.
    fn know(&mut self, place: usize) -> bool;

    /// The ranks of all tokens of the piece that is the `place`th of the list.
    fn all(&mut self, place: usize, ranks: &[Rank]);

    /// The rank of one token of that piece, after that of the token before.
    fn one(&mut self, place: usize, rank: Rank);
}

/// Finds the tokens of pieces.
pub(super) struct Misses<'v> {
    tables: &'v Tables,
    /// Places in the list, by a few bits of the hash; `u32::MAX` for none.
    remembered: Vec<u32>,
    /// Pieces that come again, and as what.
    again: Vec<(usize, usize)>,
    merged: Merged,
    waiting: Waiting,
    scratch: heap::Scratch,
}

/// The tokens of the pieces of a list that were merged.
#[derive(Default)]
struct Merged {
    ranks: Vec<Rank>,
    /// Where in `ranks` those of each piece are, for those that were merged.
    ranges: Vec<(usize, usize)>,
}

impl<'v> Misses<'v> {
    pub(super) fn new(tables: &'v Tables) -> Misses<'v> {
        Misses {
            tables,
            remembered: Vec::new(),
            again: Vec::new(),
            merged: Merged::default(),
            waiting: Waiting::default(),
            scratch: heap::Scratch::default(),
        }
    }

    /// Finds the tokens of all pieces of the list, which says where in `text` they begin and end.
    ///
    /// Fails only where [`super::LongPiece`] does.
    #[inline(never)]
    pub(super) fn resolve(
        &mut self,
        text: &[u8],
        list: &[(usize, usize)],
        tokens: &mut impl Tokens,
    ) -> Result<(), Error> {
        self.begin(list.len());
        for (place, &(start, end)) in list.iter().enumerate() {
            if place + AHEAD < list.len() {
                tokens.announce(place + AHEAD);
            }
            if tokens.know(place) {
                continue;
            }
            let piece = &text[start..end];
            let ranks = &mut self.merged.ranks;
            let from = ranks.len();
            let last = self.remembered.len() - 1;
            let remembered = &mut self.remembered[hash(piece) & last];
            match list.get(*remembered as usize) {
                Some(&(start, end)) if &text[start..end] == piece => {
                    self.again.push((place, *remembered as usize));
                    continue;
                }
                _ => {}
            }
            if !self.tables.is_token_at_once(piece) && self.waiting.add(self.tables, piece, place) {
                *remembered = place as u32;
            } else if piece.len() <= LONGEST {
                *remembered = place as u32;
                encode_piece(self.tables, &mut self.scratch, piece, &mut |rank| ranks.push(rank))?;
                self.merged.ranges[place] = (from, ranks.len());
                tokens.all(place, &self.merged.ranks[from..]);
            } else {
                let one = &mut |rank| tokens.one(place, rank);
                encode_piece(self.tables, &mut self.scratch, piece, one)?;
            }
        }
        self.merge(tokens);
        Ok(())
    }

    /// Gets ready for a list.
    fn begin(&mut self, pieces: usize) {
        let places = (pieces * PLACES_PER_PIECE).next_power_of_two().min(MOST_PLACES);
        self.remembered.clear();
        self.remembered.resize(places, u32::MAX);
        self.again.clear();
        self.merged.ranks.clear();
        self.merged.ranges.clear();
        self.merged.ranges.resize(pieces, (0, 0));
    }

    /// Merges what waits, and passes on what comes again.
    fn merge(&mut self, tokens: &mut impl Tokens) {
        self.waiting.merge(self.tables, &mut Fill { merged: &mut self.merged, tokens });
        for &(place, as_place) in &self.again {
            let (from, to) = self.merged.ranges[as_place];
            tokens.all(place, &self.merged.ranks[from..to]);
        }
    }
}

/// Takes what comes out of the lanes.
struct Fill<'f, T: Tokens> {
    merged: &'f mut Merged,
    tokens: &'f mut T,
}

impl<T: Tokens> Done for Fill<'_, T> {
    #[inline(always)]
    fn done<const ROOM: usize>(&mut self, place: usize, row: &Row<ROOM, Pairs>) {
        let from = self.merged.ranks.len();
        row.each(|rank| self.merged.ranks.push(rank));
        let ranks = &self.merged.ranks[from..];
        self.merged.ranges[place] = (from, self.merged.ranks.len());
        self.tokens.all(place, ranks);
    }
}

/// Where a piece is remembered. One that has the same place as another is only not found.
#[inline]
fn hash(piece: &[u8]) -> usize {
    let word = |at: usize| piece[at..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let (first, last) = match piece.len() {
        8.. => (word(0), word(piece.len() - 8)),
        _ => (piece.iter().fold(0, |word, &byte| word << 8 | u64::from(byte)), 0),
    };
    let mixed = (first ^ last.rotate_left(29) ^ piece.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as usize
}
