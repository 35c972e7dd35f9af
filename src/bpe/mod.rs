//! Byte-pair encoding of one piece: bytes in, merge ranks (or only their number) out.
//!
//! ```text
//! long pieces                  -> cut where no token reaches     batches, borders
//! many pieces at a time        -> known ones from a cache        counter, encoder, with cache, table
//! unknown ones                 -> each once                      misses
//! of few parts                 -> merged side by side            lanes, merge
//! of a few hundred bytes       -> merged with a queue            heap
//! longer                       -> window after window            window, sections, kept, repeat
//! ```
//!
//! Four tables are made of a vocabulary: its tokens (`pieces`), which neighbours merge (`pairs`), which
//! characters can be put together before merging begins (`chars`), and between which no token reaches across
//! (`borders`). All ways give what the textbook algorithm
//! gives, which stays here as `naive` and is what tests compare with.
//!
//! Nothing here knows of texts, special tokens, ids or files: where pieces begin and end is the work of
//! `pretokenize`, which id a rank has is known to the vocabulary.

mod batches;
mod borders;
mod cache;
mod chars;
mod counter;
mod encoder;
mod exchange;
mod heap;
mod join;
mod kept;
mod lanes;
mod merge;
mod misses;
pub(crate) mod naive;
mod pairs;
mod pieces;
mod repeat;
mod sections;
mod table;
mod window;

pub(crate) use counter::PieceCounter;
pub(crate) use encoder::PieceEncoder;
use pairs::Pairs;
pub(crate) use pieces::{MOST_TOKENS, PieceTable};
pub(crate) use window::LongPiece;

use std::borrow::Cow;

use crate::error::Error;
use crate::token::Rank;
use borders::Borders;
use cache::{SpareCounts, SpareOutcomes};
use chars::Chars;
use exchange::Exchange;

/// What is known of a vocabulary: its tokens, and which of them merge; and caches of what pieces become.
#[derive(Clone)]
pub(crate) struct Tables {
    pub(crate) pieces: PieceTable,
    pairs: Pairs,
    chars: Chars,
    pub(crate) borders: Borders,
    spare_counts: SpareCounts,
    spare_outcomes: SpareOutcomes,
    exchange: Exchange,
}

impl Tables {
    /// The tables of a vocabulary of which only the tokens are known yet, all single bytes among them.
    pub(crate) fn new(pieces: PieceTable) -> Option<Tables> {
        let pairs = Pairs::from_image(Cow::Owned(Pairs::build_image(&pieces)))?;
        let chars = Chars::from_image(Cow::Owned(Chars::build_image(&pieces, &pairs)))?;
        let borders = Borders::from_image(Cow::Owned(Borders::build_image(&pieces, &pairs)))?;
        Some(Tables::with(pieces, pairs, chars, borders))
    }

    /// The tables on their images; `None` if these are not of the length that they say.
    pub(crate) fn from_images([pieces, pairs, chars, borders]: [Cow<'static, [u8]>; 4]) -> Option<Tables> {
        let (pieces, pairs) = (PieceTable::from_image(pieces)?, Pairs::from_image(pairs)?);
        Some(Tables::with(pieces, pairs, Chars::from_image(chars)?, Borders::from_image(borders)?))
    }

    fn with(pieces: PieceTable, pairs: Pairs, chars: Chars, borders: Borders) -> Tables {
        let (spare_counts, spare_outcomes) = (SpareCounts::default(), SpareOutcomes::default());
        Tables { pieces, pairs, chars, borders, spare_counts, spare_outcomes, exchange: Exchange::default() }
    }

    /// Whether the piece is a token; asked only where merging might not show it, or would show it late. Long
    /// tokens are nearly all runs of one character.
    #[inline(always)]
    fn is_token_at_once(&self, piece: &[u8]) -> bool {
        let is_run = matches!(piece, [.., a, b] if a == b && piece.len() > QUICKLY_MERGED);
        (is_run || !self.pairs.reach_all()) && self.pieces.rank(piece).is_some()
    }

    /// The parts that merging a piece begins with.
    #[inline(always)]
    fn parts<'p>(&'p self, piece: &'p [u8]) -> chars::Parts<'p> {
        self.chars.parts(&self.pieces, piece)
    }

    /// Merges the piece with a queue.
    fn merge_long(&self, piece: &[u8], scratch: &mut heap::Scratch, token: impl FnMut(Rank)) {
        heap::merge(self.parts(piece), &self.pairs, scratch, token);
    }

    /// Merges the piece, of at most `ROOM - 2` bytes, on the stack.
    fn merge_short<const ROOM: usize>(&self, piece: &[u8], token: impl FnMut(Rank)) {
        merge::merge::<ROOM, _>(self.parts(piece), &self.pairs, token);
    }
}

/// To merge a piece of at most this many bytes does not take longer than to look it up.
const QUICKLY_MERGED: usize = 15;

/// Encodes a piece that no cache knows.
#[inline(never)]
fn encode_piece(
    tables: &Tables,
    scratch: &mut heap::Scratch,
    piece: &[u8],
    token: &mut impl FnMut(Rank),
) -> Result<(), Error> {
    if (piece.len() > QUICKLY_MERGED || !tables.pairs.reach_all())
        && let Some(rank) = tables.pieces.rank(piece)
    {
        token(rank);
        return Ok(());
    }
    if piece.len() <= merge::SMALL - 2 {
        tables.merge_short::<{ merge::SMALL }>(piece, token);
    } else if piece.len() <= merge::LARGE - 2 {
        tables.merge_short::<{ merge::LARGE }>(piece, token);
    } else if piece.len() < window::WORTHWHILE {
        tables.merge_long(piece, scratch, token);
    } else {
        let mut long = LongPiece::new(tables);
        long.push(tables, piece, token)?;
        long.finish(tables, token)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
