//! Pre-tokenizing: where a text is cut into pieces, before and without any vocabulary.
//!
//! Bytes go in, piece boundaries come out, many at a time: [`Pretokenizer::pieces`] gives a cursor whose
//! [`Pieces::next_batch`] fills a buffer of bounds. The known patterns have hand-written scanners; every
//! other pattern goes through a regular-expression engine, which is also the scanners' oracle. Splits that leave
//! text out or put text in have no boundaries to give: [`Pretokenizer::general_pieces`] gives their pieces.
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
mod deepseek;
mod gpt2;
mod o200k;
pub(crate) mod pattern;
mod regex;
mod rules;
mod scan;
mod simd;
mod spaces;
mod split;
mod steps;

use std::borrow::Cow;
use std::ops::Range;

use crate::error::{Error, ErrorKind};
use cl100k::{Cl100k, Llama3, Qwen2, Qwen35};
pub(crate) use cut::within_character;
use deepseek::Deepseek;
use gpt2::Gpt2;
use o200k::{KimiK2, O200k, Tekken};
use pattern::KnownPattern;
pub(crate) use pattern::known_pattern;
pub(crate) use spaces::SpaceRules;
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
    Spaces(SpaceRules),
    Regex(Box<regex::Patterns>),
    /// A text is one piece.
    Whole,
    General(Box<steps::Steps>),
}

/// A cursor over the pieces of one text, see [`Pretokenizer::pieces`].
pub(crate) struct Pieces<'t> {
    pretokenizer: &'t Pretokenizer,
    text: &'t [u8],
    at: usize,
    stop: usize,
    stretch: regex::Stretch<'t>,
    bounds: &'t mut Bounds,
}

/// A piece, and the bytes of the text that it is made from: what it is, but where text was put in or is not UTF-8.
pub(crate) type Located<'t> = (Cow<'t, [u8]>, Range<usize>);

/// Room for the bounds of some pieces: where the first of them begins, then the end of each.
pub(crate) struct Bounds([usize; BATCH + 1]);

impl Bounds {
    pub(crate) fn new() -> Bounds {
        Bounds([0; BATCH + 1])
    }
}

impl Pretokenizer {
    /// The pre-tokenizer that splits so.
    ///
    /// Fails with [`ErrorKind::InvalidPattern`] if a pattern has no scanner and is not a regular expression either.
    pub(crate) fn new(split: &Split) -> Result<Pretokenizer, Error> {
        let known = split.patterns().and_then(|texts| KnownPattern::from_texts(&texts));
        match known {
            Some(known) => Ok(Pretokenizer { scheme: Scheme::Known(known) }),
            None => Pretokenizer::by_regex(split),
        }
    }

    /// The pre-tokenizer that splits so, by the regular-expression engine even where there is a scanner.
    pub(crate) fn by_regex(split: &Split) -> Result<Pretokenizer, Error> {
        let scheme = match (split, split.patterns()) {
            (Split::Whole, _) => Scheme::Whole,
            (Split::Steps(steps), None) => Scheme::General(Box::new(steps::Steps::new(steps)?)),
            (_, texts) => Scheme::Regex(Box::new(regex::Patterns::new(&texts.unwrap_or_default())?)),
        };
        Ok(Pretokenizer { scheme })
    }

    /// The pre-tokenizer for a vocabulary in which no merge makes a token that holds a space after anything but spaces, and
    /// of which these rules hold too: it cuts where no token reaches across.
    pub(crate) fn spaces(rules: SpaceRules) -> Pretokenizer {
        Pretokenizer { scheme: Scheme::Spaces(rules) }
    }

    /// Whether two neighbouring bytes say all that there is to say about the boundary between them.
    pub(crate) fn is_by_neighbours(&self) -> bool {
        matches!(self.scheme, Scheme::Spaces(_))
    }

    /// Whether the pieces are not simply the text, cut up: then only [`Pretokenizer::general_pieces`] gives them, and
    /// nothing is known of places to cut.
    pub(crate) fn is_general(&self) -> bool {
        matches!(self.scheme, Scheme::General(_))
    }

    /// Whether there are texts that it gives up on.
    pub(crate) fn can_fail(&self) -> bool {
        matches!(self.scheme, Scheme::Regex(_) | Scheme::General(_))
    }

    /// The pieces of a text that begins at byte `place` of a whole one; they can leave some of it out and have other text put
    /// in.
    ///
    /// Fails with [`ErrorKind::PatternFailed`] when the regular-expression engine gives up.
    pub(crate) fn general_pieces<'t>(
        &self,
        text: &'t [u8],
        place: usize,
    ) -> Result<Vec<Cow<'t, [u8]>>, Error> {
        Ok(self.located_pieces(text, place)?.into_iter().map(|(piece, _)| piece).collect())
    }

    /// The same, each with the bytes of the text that it is made from.
    pub(crate) fn located_pieces<'t>(&self, text: &'t [u8], place: usize) -> Result<Vec<Located<'t>>, Error> {
        if let Scheme::General(steps) = &self.scheme {
            return steps.pieces(text, place);
        }
        let mut all = Vec::new();
        let mut bounds = Bounds::new();
        let mut pieces = self.pieces(text, text.len(), &mut bounds);
        while let Some(bounds) = pieces.next_batch()? {
            let located = |pair: &[usize]| (Cow::Borrowed(&text[pair[0]..pair[1]]), pair[0]..pair[1]);
            all.extend(bounds.windows(2).map(located));
        }
        Ok(all)
    }

    /// The pieces of `text` up to byte `stop`, which is the text's end or a boundary between two pieces. What
    /// stands after `stop` is looked at where the pattern looks ahead.
    pub(crate) fn pieces<'t>(&'t self, text: &'t [u8], stop: usize, bounds: &'t mut Bounds) -> Pieces<'t> {
        Pieces { pretokenizer: self, text, at: 0, stop, stretch: regex::Stretch::default(), bounds }
    }

    /// The pieces of `text` from byte `start` on. What stands before it is not looked at.
    pub(crate) fn pieces_from<'t>(
        &'t self,
        text: &'t [u8],
        start: usize,
        bounds: &'t mut Bounds,
    ) -> Pieces<'t> {
        Pieces { at: start, ..self.pieces(text, text.len(), bounds) }
    }
}

impl Pieces<'_> {
    /// The bounds of the next pieces, in bytes from the start of the text: where the first begins, then where
    /// each ends, which is where the next one begins. `None` when there are no more.
    ///
    /// Fails only for patterns without a scanner, when the regular-expression engine gives up, and for what
    /// [`Pretokenizer::is_general`].
    #[inline]
    pub(crate) fn next_batch(&mut self) -> Result<Option<&[usize]>, Error> {
        let (text, at, stop) = (self.text, self.at, self.stop);
        let Bounds(bounds) = &mut *self.bounds;
        let ends = &mut bounds[1..];
        let written = match &self.pretokenizer.scheme {
            Scheme::Known(known) => scan_known(*known, text, at, stop, ends),
            Scheme::Spaces(rules) => rules.scan(text, at, stop, ends),
            Scheme::Regex(patterns) => patterns.scan(text, at, stop, &mut self.stretch, ends)?,
            Scheme::Whole => {
                ends[0] = stop;
                usize::from(at < stop)
            }
            Scheme::General(_) => {
                let message = "this split leaves text out or puts text in, so it has no boundaries to give";
                return Err(Error::new(ErrorKind::PatternFailed, message));
            }
        };
        bounds[0] = at;
        self.at = bounds[written];
        Ok((written > 0).then_some(&bounds[..=written]))
    }
}

/// The scan for a known pattern, see [`simd::scan`].
#[inline]
fn scan_known(known: KnownPattern, text: &[u8], at: usize, stop: usize, ends: &mut [usize]) -> usize {
    match known {
        KnownPattern::Gpt2 => simd::scan::<Gpt2>(text, at, stop, ends),
        KnownPattern::Cl100k => simd::scan::<Cl100k>(text, at, stop, ends),
        KnownPattern::Llama3 => simd::scan::<Llama3>(text, at, stop, ends),
        KnownPattern::Qwen2 => simd::scan::<Qwen2>(text, at, stop, ends),
        KnownPattern::Qwen35 => simd::scan::<Qwen35>(text, at, stop, ends),
        KnownPattern::O200k => simd::scan::<O200k>(text, at, stop, ends),
        KnownPattern::Tekken => simd::scan::<Tekken>(text, at, stop, ends),
        KnownPattern::KimiK2 => simd::scan::<KimiK2>(text, at, stop, ends),
        KnownPattern::Deepseek => simd::scan::<Deepseek>(text, at, stop, ends),
    }
}

#[cfg(test)]
mod tests;
