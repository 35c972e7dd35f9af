//! Pre-tokenizing: where a text is cut into pieces, before and without any vocabulary.
//!
//! Bytes go in, piece boundaries come out, many at a time: [`Pretokenizer::pieces`] gives a cursor whose
//! [`Pieces::next_batch`] fills a buffer of bounds. The known patterns have hand-written scanners; every
//! other pattern goes through a regular-expression engine, which is also the scanners' oracle.
//!
//! # Bytes that are not UTF-8
//!
//! Patterns are made of characters. A stretch of valid UTF-8 is split as a text of its own; bytes that are
//! not valid UTF-8 end the stretch and belong to its last piece, or are a piece if there is none. For a text
//! that is cut inside a character, or has any invalid bytes at its end, this is what tiktoken 0.14's
//! `_encode_bytes` does; tiktoken then takes all the rest of the text for one piece, where here the pattern
//! goes on after the invalid bytes.
//!
//! # Where a text may be cut
//!
//! A part of a text can be split on its own if it begins and ends at boundaries of the whole text's pieces.
//! [`Pretokenizer::last_cut`] finds such a place by looking at two characters, [`Pretokenizer::certain_end`]
//! by knowing how far a scanner can look ahead. What is done with them is left to `stream` and `parallel`.

mod block;
mod cl100k;
mod cut;
mod gpt2;
mod o200k;
pub(crate) mod pattern;
mod regex;
mod rules;
mod scan;
mod simd;
mod split;

use crate::error::Error;
use cl100k::Cl100k;
pub(crate) use cut::within_character;
use gpt2::Gpt2;
use o200k::O200k;
use pattern::KnownPattern;
pub use split::{Behavior, Split, SplitStep};

/// How many boundaries are found at a time, at most: enough to keep the two loops apart, few enough for the
/// first-level cache. More than a block has.
const BATCH: usize = 512;

/// A way to cut text into pieces.
#[derive(Clone, Debug)]
pub(crate) struct Pretokenizer {
    scheme: Scheme,
}

#[derive(Clone, Debug)]
enum Scheme {
    Known(KnownPattern),
    Regex(Box<regex::Pattern>),
}

/// A cursor over the pieces of one text, see [`Pretokenizer::pieces`].
pub(crate) struct Pieces<'t> {
    pretokenizer: &'t Pretokenizer,
    text: &'t [u8],
    at: usize,
    stop: usize,
    stretch: regex::Stretch<'t>,
    /// Where the first piece of the batch begins, then the end of each piece.
    bounds: [usize; BATCH + 1],
}

impl Pretokenizer {
    /// The pre-tokenizer with this pattern.
    ///
    /// Fails if the pattern has no scanner and is not a regular expression either.
    pub(crate) fn new(pattern: &str) -> Result<Pretokenizer, Error> {
        match KnownPattern::from_text(pattern) {
            Some(known) => Ok(Pretokenizer { scheme: Scheme::Known(known) }),
            None => Pretokenizer::by_regex(pattern),
        }
    }

    /// The pre-tokenizer with this pattern, by the regular-expression engine even where there is a scanner.
    pub(crate) fn by_regex(pattern: &str) -> Result<Pretokenizer, Error> {
        Ok(Pretokenizer { scheme: Scheme::Regex(Box::new(regex::Pattern::new(pattern)?)) })
    }

    /// The pieces of `text` up to byte `stop`, which is the text's end or a boundary between two pieces. What
    /// stands after `stop` is looked at where the pattern looks ahead.
    pub(crate) fn pieces<'t>(&'t self, text: &'t [u8], stop: usize) -> Pieces<'t> {
        let stretch = regex::Stretch::default();
        Pieces { pretokenizer: self, text, at: 0, stop, stretch, bounds: [0; BATCH + 1] }
    }
}

impl Pieces<'_> {
    /// The bounds of the next pieces, in bytes from the start of the text: where the first begins, then where
    /// each ends, which is where the next one begins. `None` when there are no more.
    ///
    /// Fails only for patterns without a scanner, when the regular-expression engine gives up.
    #[inline]
    pub(crate) fn next_batch(&mut self) -> Result<Option<&[usize]>, Error> {
        let (text, at, stop) = (self.text, self.at, self.stop);
        let ends = &mut self.bounds[1..];
        let written = match &self.pretokenizer.scheme {
            Scheme::Known(KnownPattern::Gpt2) => simd::scan::<Gpt2>(text, at, stop, ends),
            Scheme::Known(KnownPattern::Cl100k) => simd::scan::<Cl100k>(text, at, stop, ends),
            Scheme::Known(KnownPattern::O200k) => simd::scan::<O200k>(text, at, stop, ends),
            Scheme::Regex(pattern) => pattern.scan(text, at, stop, &mut self.stretch, ends)?,
        };
        self.bounds[0] = at;
        self.at = self.bounds[written];
        Ok((written > 0).then_some(&self.bounds[..=written]))
    }
}

#[cfg(test)]
mod tests;
