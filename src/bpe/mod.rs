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
//! Four tables are made of a vocabulary: its tokens (`tokens`), which neighbours merge (`pairs`, found by `origin`),
//! which characters can be put together before merging begins (`chars`), and between which no token reaches across
//! (`borders`). All ways give what the textbook algorithm gives, which stays here as `naive` and is what tests
//! compare with.
//!
//! Merging begins with bytes or with characters (`crate::token::Unit`); nearly nothing here has to know.
//!
//! Nothing here knows of texts, special tokens, ids or files: where pieces begin and end is the work of
//! `pretokenize`, which id a rank has is known to the vocabulary.

mod batches;
mod borders;
mod cache;
mod chars;
mod counter;
mod displace;
mod encoder;
mod exchange;
mod heap;
mod join;
mod kept;
mod lanes;
mod merge;
mod misses;
pub(crate) mod naive;
pub(crate) mod origin;
mod pairs;
mod pieces;
mod plan;
mod repeat;
mod sections;
mod table;
mod tokens;
mod trace;
mod window;

pub(crate) use counter::PieceCounter;
pub(crate) use encoder::PieceEncoder;
use pairs::Pairs;
pub(crate) use pieces::{MOST_TOKENS, PieceTable};
pub(crate) use plan::Plan;
pub(crate) use table::prefetch;
pub(crate) use trace::Part;
pub(crate) use window::LongPiece;

use std::borrow::Cow;

use crate::error::Error;
use crate::token::Rank;
use borders::Borders;
use cache::{SpareCounts, SpareOutcomes};
use chars::Chars;
use exchange::Exchange;
use tokens::{QUICKLY_MERGED, Tokens};

/// What is known of a vocabulary: its tokens, and which of them merge; and caches of what pieces become.
#[derive(Clone)]
pub(crate) struct Tables {
    tokens: Tokens,
    pairs: Pairs,
    chars: Chars,
    pub(crate) borders: Borders,
    spare_counts: SpareCounts,
    spare_outcomes: SpareOutcomes,
    exchange: Exchange,
}

impl Tables {
    /// The tables on their images; `None` if these are not of the length that they say.
    pub(crate) fn from_images([tokens, pairs, chars, borders]: [Cow<'static, [u8]>; 4]) -> Option<Tables> {
        Some(Tables {
            tokens: Tokens::from_image(tokens)?,
            pairs: Pairs::from_image(pairs)?,
            chars: Chars::from_image(chars)?,
            borders: Borders::from_image(borders)?,
            spare_counts: SpareCounts::default(),
            spare_outcomes: SpareOutcomes::default(),
            exchange: Exchange::default(),
        })
    }

    /// How many ranks there are.
    pub(crate) fn len(&self) -> u32 {
        self.pairs.len()
    }

    /// The length in bytes of the longest token.
    pub(crate) fn longest(&self) -> usize {
        self.tokens.longest()
    }

    /// The bytes of the token of this rank. Panics if there is no such rank.
    pub(crate) fn bytes(&self, rank: Rank) -> &[u8] {
        self.tokens.bytes(&self.pairs, rank)
    }

    /// Puts the bytes of the token of this rank to `out`: faster than [`Tables::bytes`] for a few. Panics if there is no
    /// such rank.
    pub(crate) fn spell(&self, rank: Rank, out: &mut Vec<u8>) {
        self.tokens.spell(&self.pairs, rank, out);
    }

    /// The length in bytes of the token of this rank. Panics if there is no such rank.
    #[inline]
    pub(crate) fn token_length(&self, rank: Rank) -> usize {
        self.tokens.length(&self.pairs, rank)
    }

    /// Gets ready for lengths of the tokens of so many bytes of text: for few, each is found when it is asked for.
    pub(crate) fn expect_lengths(&self, bytes: usize) {
        if bytes >= MANY_LENGTHS {
            self.tokens.measure_all(&self.pairs);
        }
    }

    /// All pairs that merge, in the order of the ranks of what they merge into: left, right and result.
    pub(crate) fn merges(&self) -> impl Iterator<Item = (Rank, Rank, Rank)> {
        self.pairs.iter()
    }

    /// Whether merging the bytes of a token always gives that token.
    pub(crate) fn reach_all(&self) -> bool {
        self.pairs.reach_all()
    }

    /// The ranks of what stands for single bytes, as merging begins with them.
    pub(crate) fn byte_ranks(&self) -> [Option<Rank>; 256] {
        std::array::from_fn(|byte| self.tokens.rank_of_byte(byte as u8))
    }

    /// Whether merging begins with characters.
    pub(crate) fn begins_with_characters(&self) -> bool {
        self.chars.are_all()
    }

    /// The rank of the token that the piece is as a whole. Found are the longer ones of those that merging would come to,
    /// and all those that it would not come to where such a piece becomes that token.
    pub(crate) fn whole(&self, piece: &[u8]) -> Option<Rank> {
        self.tokens.whole(&self.pairs, piece)
    }

    /// Whether the piece is a token; asked only where merging might not show it, or would show it late. Long
    /// tokens are nearly all runs of one character.
    #[inline(always)]
    fn is_token_at_once(&self, piece: &[u8]) -> bool {
        let is_run = matches!(piece, [.., a, b] if a == b && piece.len() > QUICKLY_MERGED);
        (is_run || self.tokens.has_short_whole()) && self.whole(piece).is_some()
    }

    /// The parts that merging a piece begins with.
    #[inline(always)]
    fn parts<'p>(&'p self, piece: &'p [u8]) -> chars::Parts<'p> {
        self.chars.parts(&self.tokens, piece)
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

/// From this many bytes of text on, the lengths of all tokens are found at once.
const MANY_LENGTHS: usize = 4096;

/// Encodes a piece that no cache knows.
#[inline(never)]
fn encode_piece(
    tables: &Tables,
    scratch: &mut heap::Scratch,
    piece: &[u8],
    token: &mut impl FnMut(Rank),
) -> Result<(), Error> {
    if let Some(rank) = tables.whole(piece) {
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
