//! Where a text may be cut so that its parts can be split apart from each other.
//!
//! Two questions, for what has a scanner (for other patterns nothing is known, and the answer is that there is no
//! such place):
//!
//! * [`Pretokenizer::last_cut`]: a boundary that two neighbouring characters prove, whatever stands before
//!   and after them.
//! * [`Pretokenizer::certain_end`]: given that the text begins at a boundary, a boundary that nothing which
//!   may follow the text can change.

use super::pattern::KnownPattern;
use super::{Bounds, Pretokenizer, Scheme};
use crate::error::Error;
use crate::unicode::{
    CASELESS, Class, LETTER, LOWER, MARK, NEWLINE, NUMBER, OTHER, SPACE, UPPER, WHITE, class_at,
    class_of_four,
};

/// Beyond the end of a piece no scanner looks further than this many bytes, but for the runs in
/// [`is_glued`]: the longest is a contraction (`'ll`, `'ſ`: three bytes) and one character to
/// see that a run has ended (four).
const LOOK_AHEAD: usize = 16;

/// How many bytes are looked at together where nothing is expected.
const STEP: usize = 64;

impl Pretokenizer {
    /// The last byte position `p > from` where a piece of this text begins, as far as `text[p - 1]` and the
    /// character at `p` alone prove it; `text[..p]` and `text[p..]` can then be split as texts of their own.
    ///
    /// * After an ASCII letter or digit, before an ASCII character that is neither and no apostrophe: no
    ///   alternative of any known pattern goes from one to the other, and for what stands before, the end of
    ///   the text is as good as such a character.
    /// * After a line feed, before a character that is not white space and no slash: within a piece, line
    ///   feeds are followed only by white space (and, in o200k and Tekken, slashes). GPT-2's pattern splits white
    ///   space otherwise at the end of a text, unless it is a single character.
    ///
    /// Of pieces by [`SpaceRules`], two bytes say all that there is to say about the boundary between them.
    pub(crate) fn last_cut(&self, text: &[u8], from: usize) -> Option<usize> {
        let mut end = text.len();
        while end > from + 1 {
            let start = end.saturating_sub(STEP).max(from + 1);
            // In most steps through an endless piece there is none, and that is quickly seen.
            if self.may_cut_within(&text[start - 1..end])
                && let Some(at) = (start..end).rev().find(|&at| self.is_cut(text, at))
            {
                return Some(at);
            }
            end = start;
        }
        None
    }

    /// The first and the last place in this text where [`Pretokenizer::last_cut`] may cut.
    pub(crate) fn cuts(&self, text: &[u8]) -> Option<(usize, usize)> {
        let last = self.last_cut(text, 0)?;
        Some(((1..last).find(|&at| self.is_cut(text, at)).unwrap_or(last), last))
    }

    /// Whether [`Pretokenizer::is_cut`] may say yes between any two of these bytes. Many are asked about at once,
    /// without branches.
    fn may_cut_within(&self, bytes: &[u8]) -> bool {
        let neighbours = bytes.iter().zip(&bytes[1..]);
        match self.scheme {
            Scheme::Known(_) => {
                neighbours.fold(false, |found, (&before, &after)| found | may_cut(before, after))
            }
            Scheme::Spaces(rules) => {
                neighbours.fold(false, |found, (&before, &after)| found | rules.is_boundary(before, after))
            }
            _ => false,
        }
    }

    /// Whether [`Pretokenizer::last_cut`] may cut before byte `at`, which is neither the first nor the end.
    #[inline(always)]
    pub(super) fn is_cut(&self, text: &[u8], at: usize) -> bool {
        let (before, after) = (text[at - 1], text[at]);
        let known = match &self.scheme {
            Scheme::Known(known) => known,
            Scheme::Spaces(rules) => return rules.is_boundary(before, after),
            _ => return false,
        };
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
    /// A scanner takes most of what it looks at into the piece. Beyond the end `p` of a piece it has looked
    /// at no more than [`LOOK_AHEAD`] bytes, except in two cases: white space is looked at up to its end, and
    /// o200k's words are looked at to the end of the upper-case letters that follow `p`. So all ends before a
    /// border of such runs are certain, if that border is far enough from the end of the text; and so is one at
    /// the border itself unless upper-case letters follow, since only white space looks on at white space.
    ///
    /// Where two bytes prove a boundary, nothing changes it.
    ///
    /// Fails only where [`super::Pieces::next_batch`] does.
    pub(crate) fn certain_end(&self, text: &[u8]) -> Result<Option<usize>, Error> {
        if let Scheme::Spaces(_) = self.scheme {
            return Ok(self.last_cut(text, 0));
        }
        let Some(border) = self.last_border(text) else { return Ok(None) };
        let limit = if class_at(text, border).0 == UPPER { border - 1 } else { border };
        let mut bounds = Bounds::new();
        let mut pieces = self.pieces(text, text.len(), &mut bounds);
        let mut certain = None;
        loop {
            let Some([_, ends @ ..]) = pieces.next_batch()? else { return Ok(certain) };
            certain = ends.iter().rev().find(|&&end| end <= limit).copied().or(certain);
            if ends.last().is_none_or(|&end| end >= border) {
                return Ok(certain);
            }
        }
    }

    /// The last position, at least [`LOOK_AHEAD`] bytes before the end, between two characters that are not
    /// glued.
    fn last_border(&self, text: &[u8]) -> Option<usize> {
        let Scheme::Known(known) = &self.scheme else { return None };
        let mut at = text.len().checked_sub(LOOK_AHEAD)?;
        while at > 0 {
            if !within_character(text, at) && !is_glued(*known, class_before(text, at), class_at(text, at).0)
            {
                return Some(at);
            }
            at -= 1;
            if text[at].is_ascii() && text[at] == text[at + 1] {
                // Between two such characters more, the answer would be the same.
                at -= same(text[..at].rchunks_exact(STEP), text[at]);
            }
        }
        None
    }

    /// Whether the first piece of `text` holds all of it, and will hold all but the last few bytes of it
    /// however the text goes on, and its middle could be left out without a difference to where it ends.
    pub(crate) fn is_open_run(&self, text: &[u8]) -> Result<bool, Error> {
        let known = match &self.scheme {
            Scheme::Known(known) => known,
            // Spaces and then none: that is so of any part of it.
            Scheme::Spaces(_) => return Ok(text.len() >= 4 * LOOK_AHEAD && self.last_cut(text, 0).is_none()),
            _ => return Ok(false),
        };
        if text.len() < 4 * LOOK_AHEAD {
            return Ok(false);
        }
        // o200k's words give back upper-case letters at the end; what they end with must be near.
        let mut bounds = Bounds::new();
        let first = self.pieces(text, text.len(), &mut bounds).next_batch()?.map_or(0, |bounds| bounds[1]);
        if first + LOOK_AHEAD / 2 < text.len() {
            return Ok(false);
        }
        let (mut head, mut middle) = (0, 0);
        let (mut invalid, mut slashes) = (0, true);
        let mut at = 0;
        let mut characters = 0;
        while at + LOOK_AHEAD < text.len() {
            let (class, length) = match text[at..].first_chunk::<4>() {
                Some(&bytes) if !bytes[0].is_ascii() => class_of_four(bytes),
                _ => class_at(text, at),
            };
            if at < LOOK_AHEAD {
                head |= class;
            } else {
                middle |= class;
                characters += 1;
                invalid += usize::from(class == 0);
                slashes &= matches!(text[at], b'\r' | b'\n' | b'/');
            }
            at += length;
            if at > LOOK_AHEAD && text[at].is_ascii() && text[at] == text[at - 1] {
                // More of the same character tell nothing new.
                at +=
                    same(text[at..text.len() - LOOK_AHEAD.min(text.len() - at)].chunks_exact(STEP), text[at]);
            }
        }
        let within = |classes: Class| middle & !classes == 0;
        let other = if known.has_marks_in_words() { OTHER } else { MARK | OTHER };
        Ok(match known {
            _ if invalid > 0 => invalid == characters,
            KnownPattern::Gpt2 => [LETTER, NUMBER, MARK | OTHER, WHITE].into_iter().any(within),
            _ if known.has_case() => {
                // What an earlier lower-case letter or line end decided must still be seen at the beginning.
                [UPPER | CASELESS | MARK, MARK | OTHER, NEWLINE].into_iter().any(within)
                    || (within(LOWER | CASELESS | MARK) && head & LOWER != 0)
                    || (within(SPACE) && head & NEWLINE == 0)
                    || (slashes && head & NEWLINE != 0)
            }
            _ => {
                [LETTER | (MARK & !other), other, NEWLINE].into_iter().any(within)
                    || (within(SPACE) && head & NEWLINE == 0)
            }
        })
    }
}

/// Whether [`Pretokenizer::is_cut`] may say yes between the two bytes, for known patterns.
#[inline(always)]
fn may_cut(before: u8, after: u8) -> bool {
    let is_word = |byte: u8| byte.wrapping_sub(b'0') < 10 || (byte | 0x20).wrapping_sub(b'a') < 26;
    let is_white = after == b' ' || after.wrapping_sub(b'\t') < 5;
    (is_word(before) & !is_word(after) & (after < 0x80)) | ((before == b'\n') & !is_white)
}

/// How many bytes the chunks have before the first that is not of this byte alone.
fn same<'t>(chunks: impl Iterator<Item = &'t [u8]>, byte: u8) -> usize {
    let is_same = |chunk: &&[u8]| chunk.iter().fold(0, |other, &next| other | (next ^ byte)) == 0;
    chunks.take_while(is_same).count() * STEP
}

/// Whether a scanner that ended a piece before the first character may have looked past both.
fn is_glued(known: KnownPattern, before: Class, after: Class) -> bool {
    let both = |classes: Class| before & classes != 0 && after & classes != 0;
    both(WHITE) || (known.has_case() && both(UPPER))
}

/// The class of the character that ends at byte `at`; 0 if none does.
#[inline]
fn class_before(text: &[u8], at: usize) -> Class {
    if let Some(before) = at.checked_sub(1)
        && text[before].is_ascii()
    {
        return class_at(text, before).0;
    }
    (1..=4.min(at))
        .find_map(|length| match class_at(text, at - length) {
            (class, actual) if class != 0 && actual == length => Some(class),
            _ => None,
        })
        .unwrap_or(0)
}

/// Whether byte `at` lies inside a valid character that begins before it.
#[inline]
pub(crate) fn within_character(text: &[u8], at: usize) -> bool {
    let is_follow = |byte: &u8| byte & 0xc0 == 0x80;
    text.get(at).is_some_and(is_follow)
        && (1..=3.min(at)).any(|back| {
            let (class, length) = class_at(text, at - back);
            class != 0 && length > back
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::known_splits;
    use super::*;

    proptest! {
        /// What is skipped at a time is what is passed by one after another.
        #[test]
        fn long_steps_are_many_short_ones(
            parts in prop::collection::vec(" {60,200}|\n{60,200}|[aA^漢]{1,3}|A{60,200}|[a1'/漢 \r\n!é]{1,9}", 1..6),
            broken in prop::option::of(any::<prop::sample::Index>()),
            from in any::<prop::sample::Index>(),
        ) {
            let mut text = parts.concat().into_bytes();
            if let Some(broken) = broken {
                text.remove(broken.index(text.len()));
            }
            for (split, known) in known_splits() {
                let pretokenizer = Pretokenizer::new(&split).expect("a known pattern");
                let from = from.index(text.len() + 1);
                let cut = (from + 1..text.len()).rev().find(|&at| pretokenizer.is_cut(&text, at));
                prop_assert_eq!(pretokenizer.last_cut(&text, from), cut);
                let border = (1..(text.len() + 1).saturating_sub(LOOK_AHEAD)).rev().find(|&at| {
                    !within_character(&text, at)
                        && !is_glued(known, class_before(&text, at), class_at(&text, at).0)
                });
                prop_assert_eq!(pretokenizer.last_border(&text), border);
            }
        }
    }
}
