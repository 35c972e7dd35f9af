//! Any other pattern, by a backtracking regular-expression engine; also the oracle of the scanners.
//!
//! What matches is a piece, and what lies between two matches is a piece as well: nothing is dropped. (For
//! the patterns of the known encodings every character matches.) A match of no characters is no piece.

use super::scan::skip_invalid;
use crate::error::{Error, ErrorKind};

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    regex: fancy_regex::Regex,
}

/// Where a split of one text stands: the stretch of valid UTF-8 that it is in.
#[derive(Default)]
pub(super) struct Stretch<'t> {
    text: &'t str,
    /// Where `text` begins in the whole text, in bytes.
    start: usize,
    /// The end of a match that begins after a gap; the gap was the last piece.
    after_gap: Option<usize>,
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

    /// As [`super::scan::scan`], for any pattern. `stretch` is kept between calls on one text.
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
                *stretch = Stretch { text: valid_prefix(&text[at..]), start: at, after_gap: None };
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
        if let Some(end) = stretch.after_gap.take() {
            return Ok(end);
        }
        let mut from = at;
        loop {
            let found = self.regex.find_from_pos(stretch.text, from).map_err(|error| {
                let place = stretch.start + at;
                let message =
                    format!("the pre-tokenizer pattern gave up at byte {place} of the text: {error}");
                Error::new(ErrorKind::PatternFailed, message).with_source(error)
            })?;
            match found {
                None => return Ok(stretch.text.len()),
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

/// The longest prefix that is valid UTF-8.
fn valid_prefix(bytes: &[u8]) -> &str {
    bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid())
}
