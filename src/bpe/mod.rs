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

mod heap;
mod merge;
pub(crate) mod naive;
pub(crate) mod table;
mod window;

pub(crate) use table::PieceTable;
pub(crate) use window::LongPiece;

use crate::error::Error;
use crate::token::Rank;

/// Encodes one piece and hands over the rank of each token, from left to right.
///
/// Fails only where [`LongPiece`] does.
#[inline]
pub(crate) fn encode(table: &PieceTable, piece: &[u8], token: &mut impl FnMut(Rank)) -> Result<(), Error> {
    match table.rank(piece) {
        Some(rank) => {
            token(rank);
            Ok(())
        }
        None => encode_by_merging(table, piece, token),
    }
}

/// The number of tokens of one piece: that of [`encode`].
#[inline]
pub(crate) fn count(table: &PieceTable, piece: &[u8]) -> Result<usize, Error> {
    if table.rank(piece).is_some() {
        return Ok(1);
    }
    let mut tokens = 0;
    encode_by_merging(table, piece, &mut |_| tokens += 1)?;
    Ok(tokens)
}

fn encode_by_merging(table: &PieceTable, piece: &[u8], token: &mut impl FnMut(Rank)) -> Result<(), Error> {
    match piece.len() {
        0..=merge::LONGEST => merge::merge(table, piece, token),
        0..=window::WINDOW => heap::merge(table, piece, &mut heap::Scratch::default(), token),
        _ => {
            let mut long = LongPiece::new(table);
            long.push(table, piece, token)?;
            long.finish(table, token)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
