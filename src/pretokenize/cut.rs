//! Where a text may be cut so that its parts can be split apart from each other.
//!
//! Two questions, for the patterns that have a scanner (for others nothing is known, and the answer is that
//! there is no such place):
//!
//! * [`Pretokenizer::last_cut`]: a boundary that two neighbouring characters prove, whatever stands before
//!   and after them.
//! * [`Pretokenizer::certain_end`]: given that the text begins at a boundary, a boundary that nothing which
//!   may follow the text can change.

use super::pattern::KnownPattern;
use super::{Pretokenizer, Scheme};
use crate::error::Error;
use crate::unicode::{Class, LETTER, MARK, NUMBER, OTHER, WHITE, class_at};

/// No scanner looks further than this many bytes past the run of characters that it is in: the longest is a
/// contraction (`'ll`, `'ſ`: three bytes) and one character to see that a run has ended (four).
const LOOK_AHEAD: usize = 16;

/// Between two characters no scanner looks on if none of these sets holds both of their classes.
const GLUED: [Class; 4] = [LETTER | MARK, NUMBER, WHITE, OTHER | MARK];

impl Pretokenizer {
    /// The last byte position `p > from` where a piece of this text begins, as far as `text[p - 1]` and the
    /// character at `p` alone prove it; `text[..p]` and `text[p..]` can then be split as texts of their own.
    ///
    /// * After an ASCII letter or digit, before an ASCII character that is neither and no apostrophe: no
    ///   alternative of any known pattern goes from one to the other, and for what stands before, the end of
    ///   the text is as good as such a character.
    /// * After a line feed, before a character that is not white space and no slash: within a piece, line
    ///   feeds are followed only by white space (and, in o200k, slashes). GPT-2's pattern splits white space
    ///   otherwise at the end of a text, unless it is a single character.
    pub(crate) fn last_cut(&self, text: &[u8], from: usize) -> Option<usize> {
        (from + 1..text.len()).rev().find(|&at| self.is_cut(text, at))
    }

    /// Whether [`Pretokenizer::last_cut`] may cut before byte `at`, which is neither the first nor the end.
    #[inline(always)]
    pub(super) fn is_cut(&self, text: &[u8], at: usize) -> bool {
        let Scheme::Known(known) = &self.scheme else { return false };
        let (before, after) = (text[at - 1], text[at]);
        if before.is_ascii_alphanumeric() {
            after.is_ascii() && !after.is_ascii_alphanumeric() && after != b'\''
        } else if before == b'\n' && after != b'/' {
            let class = class_at(text, at).0;
            let single = || class_before(text, at - 1) & !WHITE != 0;
            class != 0 && class & WHITE == 0 && (*known != KnownPattern::Gpt2 || single())
        } else {
            false
        }
    }

    /// The last end of a piece that is certain, if `text` begins at a boundary and may go on in any way.
    ///
    /// A scanner that ends a piece at `p` has looked at most [`LOOK_AHEAD`] bytes past the run of glued
    /// characters that `p` is in. So all ends before the last border of such runs are certain, if that border
    /// is far enough from the end of the text.
    ///
    /// Fails only where [`super::Pieces::next_batch`] does.
    pub(crate) fn certain_end(&self, text: &[u8]) -> Result<Option<usize>, Error> {
        let Some(border) = self.last_border(text) else { return Ok(None) };
        let mut pieces = self.pieces(text, border);
        let mut certain = None;
        loop {
            let ends = pieces.next_batch()?;
            if ends.is_empty() {
                return Ok(certain);
            }
            certain = ends.iter().rev().find(|&&end| end < border).copied().or(certain);
        }
    }

    /// The last position, at least [`LOOK_AHEAD`] bytes before the end, between two characters that are not
    /// glued.
    fn last_border(&self, text: &[u8]) -> Option<usize> {
        let single_digits = match &self.scheme {
            Scheme::Known(known) => *known != KnownPattern::Gpt2,
            Scheme::Regex(_) => return None,
        };
        let glued = |before: Class, after: Class| {
            let digits = before == NUMBER && after == NUMBER && single_digits;
            !digits && GLUED.iter().any(|set| before & set != 0 && after & set != 0)
        };
        (1..=text.len().checked_sub(LOOK_AHEAD)?).rev().find(|&at| {
            let (before, after) = (class_before(text, at), class_at(text, at).0);
            before != 0 && after != 0 && !glued(before, after)
        })
    }

    /// Whether the first piece of `text` holds all of it, and will hold all but the last few bytes of it
    /// however the text goes on. Then the text is one run of one class, but for the first few characters.
    ///
    /// Such a run is split in the same way however long it is, so its middle need not be kept.
    pub(crate) fn is_open_run(&self, text: &[u8]) -> Result<bool, Error> {
        if matches!(self.scheme, Scheme::Regex(_)) || text.len() < 4 * LOOK_AHEAD {
            return Ok(false);
        }
        if self.pieces(text, text.len()).next_batch()?.first() != Some(&text.len()) {
            return Ok(false);
        }
        let mut at = 0;
        let mut run = None;
        while at + LOOK_AHEAD < text.len() {
            let (class, length) = class_at(text, at);
            // A line end before a run of other white space decides where the piece ends.
            let begun = at >= LOOK_AHEAD || class & WHITE != 0;
            if begun && *run.get_or_insert(class) != class {
                return Ok(false);
            }
            at += length;
        }
        Ok(true)
    }
}

/// The class of the character that ends at byte `at`; 0 if none does.
fn class_before(text: &[u8], at: usize) -> Class {
    (1..=4.min(at))
        .find_map(|length| match class_at(text, at - length) {
            (class, actual) if class != 0 && actual == length => Some(class),
            _ => None,
        })
        .unwrap_or(0)
}

/// Whether byte `at` lies inside a valid character that begins before it.
pub(crate) fn within_character(text: &[u8], at: usize) -> bool {
    (1..=3.min(at)).any(|back| {
        let (class, length) = class_at(text, at - back);
        class != 0 && length > back
    })
}
