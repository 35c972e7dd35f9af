//! Merging a piece of any length, exactly, with memory that does not grow with it.
//!
//! The merges of a piece are decided by what lies near. Let `merge(x)` be the textbook result for the bytes
//! x, and call two tokens *compatible* when `merge(a b) = [a, b]`. Then:
//!
//! > A row of tokens is `merge` of its bytes if and only if any two neighbours in it are compatible.
//!
//! *Only if.* Take two neighbours of the result. No merge ever crossed the outer borders of the two, and the
//! merges inside came in the order of (rank, position); merging the two tokens' bytes alone makes the same
//! choices in the same order, so it ends in the same two tokens. The same holds for any stretch of the row.
//! *If.* Suppose that merging all the bytes crosses a border of the row somewhere, and look at the first
//! time it does. Until then every merge stayed inside one token, so for the two tokens at that border things
//! went as they would for them alone, and the crossing pair, lowest of all, is also lowest for these two.
//! Then merging the two alone would cross the border as well, and they would not be compatible.
//!
//! So a long piece is merged window by window. Of each window all tokens but the last few are kept; the next
//! window begins where the kept tokens end, and is taken over only if its first token is compatible with the
//! last kept one, else it begins one kept token earlier (then two, four, ...). What is kept is always a row
//! of compatible neighbours, hence the exact result. Nothing is assumed about how the vocabulary was made.
//!
//! How far back can a window have to begin? In a vocabulary that was trained, a pair gets its rank after its
//! two parts got theirs, so merges happen in the order of ranks, and from left to right within one rank. What
//! follows a text can then change its tokens from the right end inwards by at most one token for each rank.
//! So as many kept tokens as there are ranks are remembered, and beyond them nothing can change. Should a
//! vocabulary made otherwise break this, the result is an error and never a wrong row.
//!
//! One piece of a gigabyte thus needs a few megabytes. What is a piece is left to `pretokenize`.

use super::Tables;
use super::heap;
use crate::error::{Error, ErrorKind};
use crate::token::Rank;

/// How many bytes are merged at a time: large against the tokens that are merged twice ([`MARGIN`] at each
/// border), small enough that parts and queue stay in the second-level cache.
pub(super) const WINDOW: usize = 8 * 1024;

/// How many tokens at the end of a window are merged again with the next one. It decides only how often a
/// window must begin earlier, not the result.
const MARGIN: usize = 4;

/// One piece on its way through [`heap`]: its bytes come in parts, its tokens go out as they are certain.
pub(crate) struct LongPiece {
    /// The bytes after the tokens in `kept`.
    pending: Vec<u8>,
    /// Tokens that are certain unless a later window has to begin earlier; not yet handed over.
    kept: Vec<Rank>,
    /// Whether tokens before those in `kept` were handed over.
    handed_over: bool,
    /// How many bytes are merged at a time: [`WINDOW`], or more so that 32 tokens always fit, or more where
    /// what follows reached back through a whole window.
    window: usize,
    scratch: heap::Scratch,
    ranks: Vec<Rank>,
}

impl LongPiece {
    pub(crate) fn new(tables: &Tables) -> LongPiece {
        LongPiece::with_window(tables, WINDOW)
    }

    /// A piece merged with a window of at least this many bytes. Small ones are for tests.
    pub(super) fn with_window(tables: &Tables, window: usize) -> LongPiece {
        LongPiece {
            pending: Vec::new(),
            kept: Vec::new(),
            handed_over: false,
            window: window.max(32 * tables.pieces.longest()),
            scratch: heap::Scratch::default(),
            ranks: Vec::new(),
        }
    }

    /// Takes the next bytes of the piece, and hands over the ranks of the tokens that nothing can change.
    pub(crate) fn push(
        &mut self,
        tables: &Tables,
        bytes: &[u8],
        token: &mut impl FnMut(Rank),
    ) -> Result<(), Error> {
        let memory = tables.pieces.len() as usize;
        for bytes in bytes.chunks(WINDOW) {
            self.pending.extend_from_slice(bytes);
            while self.pending.len() > self.window {
                self.advance(tables, false)?;
                if self.kept.len() > 2 * memory {
                    self.kept.drain(..self.kept.len() - memory).for_each(&mut *token);
                    self.handed_over = true;
                }
            }
        }
        Ok(())
    }

    /// Ends the piece and hands over the ranks of its last tokens.
    pub(crate) fn finish(mut self, tables: &Tables, token: &mut impl FnMut(Rank)) -> Result<(), Error> {
        while !self.pending.is_empty() {
            self.advance(tables, true)?;
        }
        self.kept.into_iter().for_each(token);
        Ok(())
    }

    /// Moves one window of bytes from `pending` to tokens in `kept`; `last` if the piece ends with `pending`.
    fn advance(&mut self, tables: &Tables, last: bool) -> Result<(), Error> {
        let behind = self.pending.len();
        let mut back = 0;
        loop {
            self.step_back(tables, back)?;
            // A window that begins so much earlier must also end later than the last one did, beyond the
            // tokens that will not be kept of it; or the two could follow each other for ever.
            let stepped_back = self.pending.len() - behind;
            self.window = self.window.max(2 * stepped_back + 2 * MARGIN * tables.pieces.longest());
            let end = self.pending.len().min(self.window);
            self.ranks.clear();
            let ranks = &mut self.ranks;
            tables.merge_long(&self.pending[..end], &mut self.scratch, |rank| ranks.push(rank));
            if !(last && end == self.pending.len()) {
                ranks.truncate(ranks.len() - MARGIN);
            }
            let fits = match (self.kept.last(), ranks.first()) {
                (Some(&before), Some(&after)) => compatible(tables, before, after, &mut self.scratch),
                _ => true,
            };
            if fits {
                let bytes: usize = ranks.iter().map(|&rank| tables.pieces.token_length(rank)).sum();
                self.kept.extend_from_slice(ranks);
                self.pending.drain(..bytes);
                return Ok(());
            }
            back = (back * 2).max(1);
        }
    }

    /// Turns the last `tokens` kept tokens into pending bytes again.
    fn step_back(&mut self, tables: &Tables, tokens: usize) -> Result<(), Error> {
        if tokens >= self.kept.len() && tokens > 0 && self.handed_over {
            let message = "a piece of text this long cannot be merged exactly in bounded memory";
            return Err(Error::new(ErrorKind::InvalidVocabulary, message));
        }
        let from = self.kept.len().saturating_sub(tokens);
        let bytes: Vec<u8> =
            self.kept.drain(from..).flat_map(|rank| tables.pieces.bytes(rank)).copied().collect();
        self.pending.splice(..0, bytes);
        Ok(())
    }
}

/// Whether merging the bytes of the two tokens gives back the two tokens.
fn compatible(tables: &Tables, before: Rank, after: Rank, scratch: &mut heap::Scratch) -> bool {
    let bytes = [tables.pieces.bytes(before), tables.pieces.bytes(after)].concat();
    let mut ranks = Vec::with_capacity(2);
    tables.merge_long(&bytes, scratch, |rank| ranks.push(rank));
    ranks == [before, after]
}
