//! Any other pattern, by a backtracking regular-expression engine; also the oracle of the scanners.
//!
//! What matches is a piece, and what lies between two matches is a piece as well: nothing is dropped. (For
//! the patterns of the known encodings every character matches.) A match of no characters is no piece.
//!
//! Of several patterns each splits the pieces of the one before, as texts of their own. What becomes of matches
//! otherwise is left to `steps`.

use std::collections::VecDeque;
use std::ops::Range;

use super::scan::skip_invalid;
use crate::error::{Error, ErrorKind};

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    regex: fancy_regex::Regex,
}

/// Compiled patterns, each for the pieces of the one before.
#[derive(Clone, Debug)]
pub(super) struct Patterns {
    first: Pattern,
    others: Vec<Pattern>,
}

/// Where a split of one text stands: the stretch of valid UTF-8 that it is in.
#[derive(Default)]
pub(super) struct Stretch<'t> {
    text: &'t str,
    /// Where `text` begins in the whole text, in bytes.
    start: usize,
    /// The end of a match that begins after a gap; the gap was the last piece.
    after_gap: Option<usize>,
    /// The ends of the pieces into which the other patterns split what the first one gave last.
    within: VecDeque<usize>,
}

impl Patterns {
    /// Fails with [`ErrorKind::InvalidPattern`] if a text is no regular expression. Of no texts at all, nothing is
    /// split.
    pub(super) fn new(texts: &[impl AsRef<str>]) -> Result<Patterns, Error> {
        let [first, others @ ..] = texts else {
            return Ok(Patterns { first: Pattern::new(r"(?s).+")?, others: Vec::new() });
        };
        let others = others.iter().map(|text| Pattern::new(text.as_ref())).collect::<Result<_, _>>()?;
        Ok(Patterns { first: Pattern::new(first.as_ref())?, others })
    }

    /// As [`super::scan::scan_with`], for any pattern. `stretch` is kept between calls on one text.
    pub(super) fn scan<'t>(
        &self,
        text: &'t [u8],
        at: usize,
        stop: usize,
        stretch: &mut Stretch<'t>,
        ends: &mut [usize],
    ) -> Result<usize, Error> {
        let mut at = at;
        let mut written = 0;
        while written < ends.len() && at < stop {
            if at >= stretch.start + stretch.text.len() {
                *stretch = Stretch { text: valid_prefix(&text[at..]), start: at, ..Stretch::default() };
            }
            let end = stretch.start + self.piece_end(stretch, at - stretch.start)?;
            at = if end == stretch.start + stretch.text.len() { skip_invalid(text, end) } else { end };
            ends[written] = at;
            written += 1;
        }
        Ok(written)
    }

    /// The end of the piece that begins at byte `at` of the stretch; the stretch's end if it is empty.
    fn piece_end(&self, stretch: &mut Stretch<'_>, at: usize) -> Result<usize, Error> {
        if let Some(end) = stretch.within.pop_front() {
            return Ok(end);
        }
        let end = self.first.piece_end(stretch, at)?;
        let mut ends = vec![end];
        for pattern in &self.others {
            let (mut start, mut finer) = (at, Vec::new());
            for end in ends {
                pattern.split(stretch, start, end, &mut finer)?;
                start = end;
            }
            ends = finer;
        }
        stretch.within = ends.into();
        Ok(stretch.within.pop_front().unwrap_or(end))
    }
}

impl Pattern {
    /// Fails with [`ErrorKind::InvalidPattern`] if the text is no regular expression.
    pub(super) fn new(text: &str) -> Result<Pattern, Error> {
        let regex = fancy_regex::Regex::new(text).map_err(|error| {
            let message = format!("the pre-tokenizer pattern is not a regular expression: {error}");
            Error::new(ErrorKind::InvalidPattern, message).with_source(error)
        })?;
        Ok(Pattern { regex })
    }

    /// Puts the ends of the pieces of this part of the stretch, as a text of its own, to `ends`.
    fn split(
        &self,
        stretch: &Stretch<'_>,
        start: usize,
        end: usize,
        ends: &mut Vec<usize>,
    ) -> Result<(), Error> {
        let mut part =
            Stretch { text: &stretch.text[start..end], start: stretch.start + start, ..Stretch::default() };
        let mut at = 0;
        while at < part.text.len() {
            at = self.piece_end(&mut part, at)?;
            ends.push(start + at);
        }
        Ok(())
    }

    /// All matches in a text that begins at byte `place` of a longer one, in order, those of no characters too.
    pub(super) fn matches(&self, text: &str, place: usize) -> Result<Vec<Range<usize>>, Error> {
        let found = self.regex.find_iter(text).map(|found| found.map(|found| found.range()));
        found.collect::<Result<_, _>>().map_err(|error| gave_up(error, place))
    }

    /// The end of the piece that begins at byte `at` of the stretch; the stretch's end if it is empty.
    fn piece_end(&self, stretch: &mut Stretch<'_>, at: usize) -> Result<usize, Error> {
        if let Some(end) = stretch.after_gap.take() {
            return Ok(end);
        }
        let mut from = at;
        loop {
            let found = self.regex.find_from_pos(stretch.text, from);
            match found.map_err(|error| gave_up(error, stretch.start + at))? {
                None => return Ok(stretch.text.len()),
                // A place between characters is a border, too, as in Hugging Face's tokenizers.
                Some(found) if found.range().is_empty() && found.start() > at => return Ok(found.start()),
                Some(found) if found.range().is_empty() => match stretch.text[found.end()..].chars().next() {
                    None => return Ok(stretch.text.len()),
                    Some(c) => from = found.end() + c.len_utf8(),
                },
                Some(found) if found.start() > at => {
                    stretch.after_gap = Some(found.end());
                    return Ok(found.start());
                }
                Some(found) => return Ok(found.end()),
            }
        }
    }
}

/// The error for a search that the engine gave up at this byte of the text.
fn gave_up(error: fancy_regex::Error, place: usize) -> Error {
    let message = format!("the pre-tokenizer pattern gave up at byte {place} of the text: {error}");
    Error::new(ErrorKind::PatternFailed, message).with_source(error)
}

/// The longest prefix that is valid UTF-8.
pub(super) fn valid_prefix(bytes: &[u8]) -> &str {
    bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid())
}
