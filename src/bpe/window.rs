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
//! So a row may be proposed by whatever means, if its neighbours are seen to be compatible. A long piece is
//! merged window by window, and each window in short sections side by side; around each border a few tokens
//! are merged again, until they fit to both sides (`sections`, `kept`). Text that repeats itself is not merged
//! again at all (`repeat`). What is kept is always a row of compatible neighbours, hence the exact result.
//! Nothing is assumed about how the vocabulary was made.
//!
//! How far back can what follows change the row? In a vocabulary that was trained, a pair gets its rank after its
//! two parts got theirs, so merges happen in the order of ranks, and from left to right within one rank. What
//! follows a text can then change its tokens from the right end inwards by at most one token for each rank.
//! So as many kept tokens as there are ranks are remembered, and beyond them nothing can change. Should a
//! vocabulary made otherwise break this, the result is an error and never a wrong row.
//!
//! One piece of a gigabyte thus needs a few megabytes. What is a piece is left to `pretokenize`.

use super::Tables;
use super::chars::is_continuation;
use super::kept::Kept;
use super::repeat::{self, Cycle};
use super::sections::Sections;
use crate::error::Error;
use crate::token::Rank;

/// How many bytes are merged at a time: enough sections to keep the lanes full, few enough that all that is
/// made of them stays in the nearer caches.
const WINDOW: usize = 8 * 1024;

/// From this many bytes on, a piece that is here at once is merged faster in sections than with one queue.
pub(super) const WORTHWHILE: usize = 300;

/// What share of a window is looked at for whether it repeats itself.
const LOOK: usize = 4;

/// If the first bytes of a window, so many, repeat themselves, the window is merged with a queue.
const HEAD: usize = 64;

/// When more than one byte in so many is merged again by hand at borders, merging in sections does not pay for
/// this text. Then the rest of the window and so many more are merged with a queue, each at once, before sections are tried again.
const MENDED: usize = 2;
const BY_QUEUE: usize = 16;

/// How many bytes a character has at most.
const LONGEST_CHARACTER: usize = 4;

/// One piece on its way through merging: its bytes come in parts, its tokens go out as they are certain.
pub(crate) struct LongPiece {
    /// Bytes that came; the first `taken` of them are in `kept` as tokens.
    pending: Vec<u8>,
    taken: usize,
    kept: Kept,
    /// What the row in `kept` ends with, if it may be repeated.
    cycle: Cycle,
    window: usize,
    sections: Sections,
    /// How many windows are still to be merged with a queue.
    by_queue: usize,
}

impl LongPiece {
    pub(crate) fn new(tables: &Tables) -> LongPiece {
        LongPiece::with_window(tables, WINDOW)
    }

    /// A piece merged with a window of about this many bytes. Small ones are for tests.
    pub(super) fn with_window(tables: &Tables, window: usize) -> LongPiece {
        // The lengths of tokens are asked for again and again.
        tables.tokens.measure_all(&tables.pairs);
        LongPiece {
            pending: Vec::new(),
            taken: 0,
            kept: Kept::default(),
            cycle: Cycle::default(),
            window: window.max(64),
            sections: Sections::default(),
            by_queue: 0,
        }
    }

    /// Takes the next bytes of the piece, and hands over the ranks of the tokens that nothing can change.
    pub(crate) fn push(
        &mut self,
        tables: &Tables,
        bytes: &[u8],
        token: &mut impl FnMut(Rank),
    ) -> Result<(), Error> {
        for bytes in bytes.chunks(WINDOW) {
            self.pending.drain(..std::mem::take(&mut self.taken));
            self.pending.extend_from_slice(bytes);
            self.advance(tables, self.window)?;
            self.kept.hand_over(tables.len() as usize, token);
        }
        Ok(())
    }

    /// Ends the piece and hands over the ranks of its last tokens.
    pub(crate) fn finish(mut self, tables: &Tables, token: &mut impl FnMut(Rank)) -> Result<(), Error> {
        self.advance(tables, 1)?;
        self.kept.finish(token);
        Ok(())
    }

    /// Turns pending bytes into tokens, as long as there are so many of them.
    fn advance(&mut self, tables: &Tables, least: usize) -> Result<(), Error> {
        while self.pending.len() - self.taken >= least {
            let times = self.cycle.times(&self.pending[self.taken..]);
            if times > 0 {
                self.kept.repeat_last(self.cycle.tokens, times);
                self.taken += times * self.cycle.bytes.len();
            } else if !self.begin_cycle(tables)? {
                self.merge_window(tables, least == 1)?;
            }
        }
        Ok(())
    }

    /// If the text repeats itself for a while, merges just enough of it to know what is to be repeated.
    fn begin_cycle(&mut self, tables: &Tables) -> Result<bool, Error> {
        let text = &self.pending[self.taken..];
        let Some(period) = text.get(..self.window / LOOK).and_then(repeat::period) else {
            return Ok(false);
        };
        let enough = 2 * period + 8 * tables.longest();
        if repeat::common_prefix(text, &text[period..]) < 2 * enough {
            return Ok(false);
        }
        let enough = character_border(tables, text, enough);
        let text = &text[..enough];
        self.cycle.tokens = 0;
        self.cycle.bytes.clear();
        self.kept.append_bytes(tables, text)?;
        let row = self.kept.row();
        let Some((after, tokens)) = repeat::find(tables, row, enough, period) else {
            self.taken += enough;
            return Ok(true);
        };
        let end = row.len() - after;
        let bytes = |ranks: &[Rank]| ranks.iter().map(|&rank| tables.token_length(rank)).sum::<usize>();
        let to = enough - bytes(&row[end..]);
        let from = to - bytes(&row[end - tokens..end]);
        self.cycle.bytes.extend_from_slice(&text[from..to]);
        self.cycle.tokens = tokens;
        self.kept.truncate(end);
        self.taken += to;
        Ok(true)
    }

    /// Merges the next window, or what there is of it; of a text that goes on not the last character, of which
    /// bytes may be missing.
    fn merge_window(&mut self, tables: &Tables, is_last: bool) -> Result<(), Error> {
        self.cycle.tokens = 0;
        self.cycle.bytes.clear();
        let mut end = self.pending.len().min(self.taken + self.window);
        if end < self.pending.len() || !is_last {
            end = character_border(tables, &self.pending, end);
        }
        let window = &self.pending[self.taken..end];
        self.taken = end;
        // Tokens of runs are long, and their borders never where sections end.
        if self.by_queue > 0 || window.get(..HEAD).and_then(repeat::period).is_some() {
            self.by_queue = self.by_queue.saturating_sub(1);
            return self.kept.append_bytes(tables, window);
        }
        self.sections.merge(tables, window);
        let (mut mended, mut at) = (0, 0);
        for section in 0..self.sections.len() {
            let tokens = self.sections.tokens(section);
            if mended * MENDED > window.len() {
                self.by_queue = BY_QUEUE;
                return self.kept.append_bytes(tables, &window[at..]);
            }
            let border = self.sections.border_before(section);
            mended += self.kept.append(tables, tokens, border)?;
            at += tokens.iter().map(|&rank| tables.token_length(rank)).sum::<usize>();
        }
        Ok(())
    }
}

/// A place at `at` or not far before it where no character is cut, for tables whose merging begins with characters: its
/// parts would not merge. Where the text ends at `at`, its last character counts as cut.
fn character_border(tables: &Tables, text: &[u8], at: usize) -> usize {
    if !tables.begins_with_characters() {
        return at;
    }
    let begins = |&at: &usize| text.get(at).is_some_and(|&byte| !is_continuation(byte));
    // Bytes that are no characters can be cut anywhere.
    (at.saturating_sub(LONGEST_CHARACTER)..=at).rev().find(begins).unwrap_or(at)
}
