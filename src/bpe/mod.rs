//! Byte-pair encoding of one piece: bytes in, merge ranks (or only their number) out.
//!
//! ```text
//! piece is a token            -> that token                 table
//! piece of at most 64 bytes   -> merge on the stack         merge
//! piece of at most a window   -> merge with a queue         heap
//! longer                      -> window after window        window
//! ```
//!
//! The four give what the textbook algorithm gives, which stays here as `naive` and is what tests compare
//! with. Nothing here knows of texts, special tokens, ids or files: where pieces begin and end is the work of
//! `pretokenize`, which id a rank has is known to the vocabulary.

mod cache;
mod counts;
mod heap;
mod merge;
pub(crate) mod naive;
pub(crate) mod table;
mod window;

pub(crate) use table::{MOST_TOKENS, PieceTable};
pub(crate) use window::LongPiece;

use crate::error::Error;
use crate::token::Rank;
use cache::{Cache, Key, Outcome};
use counts::Counts;

/// Encodes the pieces of one text after another; what it keeps between pieces makes it fast, and never
/// changes a result.
pub(crate) struct Merger<'v> {
    table: &'v PieceTable,
    expected_bytes: usize,
    cache: Option<Cache>,
    counts: Option<Counts>,
    scratch: heap::Scratch,
}

impl<'v> Merger<'v> {
    /// A merger for about this many bytes of text.
    pub(crate) fn new(table: &'v PieceTable, expected_bytes: usize) -> Merger<'v> {
        Merger { table, expected_bytes, cache: None, counts: None, scratch: heap::Scratch::default() }
    }

    /// Encodes the piece `text[start..end]` and hands over the rank of each token, from left to right.
    ///
    /// Fails only where [`LongPiece`] does.
    #[inline]
    pub(crate) fn encode(
        &mut self,
        text: &[u8],
        start: usize,
        end: usize,
        token: &mut impl FnMut(Rank),
    ) -> Result<(), Error> {
        let expected = self.expected_bytes;
        let cache = self.cache.get_or_insert_with(|| Cache::new(expected));
        let Some(key) = Key::of(text, start, end) else {
            return encode_piece(self.table, &mut self.scratch, &text[start..end], token);
        };
        if let Some(outcome) = cache.get(key)
            && let Some(ranks) = outcome.ranks()
        {
            ranks.iter().for_each(|&rank| token(rank));
            return Ok(());
        }
        let mut outcome = Outcome::NONE;
        encode_piece(self.table, &mut self.scratch, &text[start..end], &mut |rank| {
            outcome.push(rank);
            token(rank);
        })?;
        cache.put(key, outcome);
        Ok(())
    }

    /// The number of tokens of the pieces of `text` that end at `ends`, of which the first begins at `start`.
    ///
    /// Fails only where [`LongPiece`] does.
    pub(crate) fn count(&mut self, text: &[u8], start: usize, ends: &[usize]) -> Result<usize, Error> {
        let expected = self.expected_bytes;
        let counts = self.counts.get_or_insert_with(|| Counts::new(expected));
        let (table, scratch) = (self.table, &mut self.scratch);
        counts.count(text, start, ends, |piece| {
            let mut tokens = 0;
            encode_piece(table, scratch, piece, &mut |_| tokens += 1)?;
            Ok(tokens)
        })
    }
}

/// Encodes a piece that no cache knows.
#[inline(never)]
fn encode_piece(
    table: &PieceTable,
    scratch: &mut heap::Scratch,
    piece: &[u8],
    token: &mut impl FnMut(Rank),
) -> Result<(), Error> {
    if let Some(rank) = table.rank(piece) {
        token(rank);
        return Ok(());
    }
    if piece.len() <= merge::LONGEST {
        merge::merge(table, piece, token);
    } else if piece.len() <= window::WINDOW {
        heap::merge(table, piece, scratch, token);
    } else {
        let mut long = LongPiece::new(table);
        long.push(table, piece, token)?;
        long.finish(table, token)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
