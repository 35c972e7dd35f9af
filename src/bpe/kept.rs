//! The row of tokens of a long piece as far as it was merged, and how more are put to its end.
//!
//! The row is always what merging its bytes gives: any two neighbours are compatible (see `window`). When
//! tokens come that were merged apart, the bytes around the border are merged once more:
//!
//! ```text
//! take the last few tokens of the row and the first few that come, and merge their bytes
//! the leftmost must come out as it was, or be the first of the piece; else take more from the left
//! the rightmost must come out as it was, or be the last that came; else take more from the right
//! ```
//!
//! The outermost tokens being the same, they are compatible with what lies beyond as they were before.
//!
//! Old tokens are handed over when there are so many that nothing can change them any more. Which bytes are
//! merged together is left to `window` and `sections`.

use super::sections::Border;
use super::{Tables, heap, merge};
use crate::error::{Error, ErrorKind};
use crate::token::Rank;

/// How many tokens on either side of a border are merged again at first.
const FIRST_REACH: usize = 4;

/// The row, see the module.
#[derive(Default)]
pub(super) struct Kept {
    row: Vec<Rank>,
    /// How many tokens at the end are still those that came, not changed by mending.
    as_they_came: usize,
    /// Whether there are tokens before those in `row`.
    handed_over: bool,
    scratch: heap::Scratch,
    bytes: Vec<u8>,
    merged: Vec<Rank>,
}

impl Kept {
    /// The tokens that were not handed over yet.
    pub(super) fn row(&self) -> &[Rank] {
        &self.row
    }

    /// Merges bytes with a queue and puts their tokens to the end.
    pub(super) fn append_bytes(&mut self, tables: &Tables, bytes: &[u8]) -> Result<(), Error> {
        let mut tokens = Vec::new();
        tables.merge_long(bytes, &mut self.scratch, |rank| tokens.push(rank));
        self.append(tables, &tokens, None)?;
        Ok(())
    }

    /// Puts tokens to the end, which are what merging their bytes gives. `border` may tell what the bytes around
    /// the border become, for the tokens that came last and these. Returns how many bytes had to be merged again.
    #[inline]
    pub(super) fn append(
        &mut self,
        tables: &Tables,
        tokens: &[Rank],
        border: Option<Border<'_>>,
    ) -> Result<usize, Error> {
        match border {
            Some(border) if border.left <= self.as_they_came => {
                self.row.truncate(self.row.len() - border.left);
                self.row.extend_from_slice(border.tokens);
                self.row.extend_from_slice(&tokens[border.right..]);
                self.as_they_came = tokens.len() - border.right + 1;
                Ok(0)
            }
            // Nothing is before the first tokens of all.
            _ if self.row.is_empty() && !self.handed_over => {
                self.row.extend_from_slice(tokens);
                self.as_they_came = tokens.len();
                Ok(0)
            }
            _ => self.mend(tables, tokens),
        }
    }

    /// Puts tokens to the end, and mends the border.
    fn mend(&mut self, tables: &Tables, tokens: &[Rank]) -> Result<usize, Error> {
        let mut bytes = 0;
        let (mut left, mut right) = (FIRST_REACH, FIRST_REACH);
        loop {
            if left >= self.row.len() && self.handed_over {
                let message = "a piece of text this long cannot be merged exactly in bounded memory";
                return Err(Error::new(ErrorKind::InvalidVocabulary, message));
            }
            let from = self.row.len().saturating_sub(left);
            let to = right.min(tokens.len());
            self.merge_again(tables, from, &tokens[..to]);
            bytes += self.bytes.len();
            let left_fits = from == 0 || self.merged.first() == self.row.get(from);
            let right_fits = to == tokens.len() || self.merged.last() == tokens[..to].last();
            if left_fits && right_fits {
                self.row.truncate(from);
                self.row.extend_from_slice(&self.merged);
                self.row.extend_from_slice(&tokens[to..]);
                self.as_they_came = tokens.len() - to;
                return Ok(bytes);
            }
            left *= 1 + usize::from(!left_fits);
            right *= 1 + usize::from(!right_fits);
        }
    }

    /// Merges the bytes of the row's tokens from `from` on and of the tokens after it.
    fn merge_again(&mut self, tables: &Tables, from: usize, after: &[Rank]) {
        self.bytes.clear();
        self.merged.clear();
        for &rank in self.row[from..].iter().chain(after) {
            tables.spell(rank, &mut self.bytes);
        }
        let token = |rank| self.merged.push(rank);
        if self.bytes.len() <= merge::LARGE - 2 {
            tables.merge_short::<{ merge::LARGE }>(&self.bytes, token);
        } else {
            tables.merge_long(&self.bytes, &mut self.scratch, token);
        }
    }

    /// Takes all tokens from this place in the row on away. The caller puts tokens for the same bytes there.
    pub(super) fn truncate(&mut self, to: usize) {
        self.row.truncate(to);
        self.as_they_came = 0;
    }

    /// Puts the last `tokens` tokens to the end so many times more. Right only if the last is compatible with
    /// the first of them.
    pub(super) fn repeat_last(&mut self, tokens: usize, times: usize) {
        let from = self.row.len() - tokens;
        let end = self.row.len() + times * tokens;
        self.row.reserve(times * tokens);
        while self.row.len() < end {
            // All that repeats already is copied at once.
            let more = (self.row.len() - from).min(end - self.row.len());
            self.row.extend_from_within(from..from + more);
        }
        self.as_they_came = 0;
    }

    /// Hands over the tokens before the last `memory`, now and then.
    pub(super) fn hand_over(&mut self, memory: usize, token: &mut impl FnMut(Rank)) {
        if self.row.len() > 2 * memory {
            self.row.drain(..self.row.len() - memory).for_each(token);
            self.handed_over = true;
        }
    }

    /// Hands over all tokens.
    pub(super) fn finish(self, token: &mut impl FnMut(Rank)) {
        self.row.into_iter().for_each(token);
    }
}
