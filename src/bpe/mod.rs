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

/// Encodes the pieces of one text after another; what it keeps between pieces makes it fast, and never
/// changes a result.
pub(crate) struct Merger<'v> {
    table: &'v PieceTable,
    cache: Cache,
    scratch: heap::Scratch,
}

impl<'v> Merger<'v> {
    /// A merger for about this many bytes of text.
    pub(crate) fn new(table: &'v PieceTable, expected_bytes: usize) -> Merger<'v> {
        Merger { table, cache: Cache::new(expected_bytes), scratch: heap::Scratch::default() }
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
        let Some(key) = Key::of(text, start, end) else {
            return self.encode_uncached(&text[start..end], token);
        };
        if let Some(outcome) = self.cache.get(key)
            && let Some(ranks) = outcome.ranks()
        {
            ranks.iter().for_each(|&rank| token(rank));
            return Ok(());
        }
        let mut outcome = Outcome::NONE;
        self.encode_uncached(&text[start..end], &mut |rank| {
            outcome.push(rank);
            token(rank);
        })?;
        self.cache.put(key, outcome);
        Ok(())
    }

    /// The number of tokens of the piece `text[start..end]`.
    ///
    /// Fails only where [`LongPiece`] does.
    #[inline]
    pub(crate) fn count(&mut self, text: &[u8], start: usize, end: usize) -> Result<usize, Error> {
        let Some(key) = Key::of(text, start, end) else {
            // A piece too long for the cache can have more tokens than an outcome can count.
            let mut tokens = 0;
            self.encode_uncached(&text[start..end], &mut |_| tokens += 1)?;
            return Ok(tokens);
        };
        if let Some(outcome) = self.cache.get(key) {
            return Ok(outcome.tokens as usize);
        }
        let mut outcome = Outcome::NONE;
        self.encode_uncached(&text[start..end], &mut |rank| outcome.push(rank))?;
        self.cache.put(key, outcome);
        Ok(outcome.tokens as usize)
    }

    #[inline(never)]
    fn encode_uncached(&mut self, piece: &[u8], token: &mut impl FnMut(Rank)) -> Result<(), Error> {
        if let Some(rank) = self.table.rank(piece) {
            token(rank);
            return Ok(());
        }
        if piece.len() <= merge::LONGEST {
            merge::merge(self.table, piece, token);
        } else if piece.len() <= window::WINDOW {
            heap::merge(self.table, piece, &mut self.scratch, token);
        } else {
            let mut long = LongPiece::new(self.table);
            long.push(self.table, piece, token)?;
            long.finish(self.table, token)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
