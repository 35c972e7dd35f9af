//! Units of text, from paragraphs to characters, with their counts: how a text is divided, and a unit into finer ones.
//!
//! What is packed together is left to `packing`.

use super::{At, Work};
use crate::error::Error;
use crate::stream::{Counter, Encoder};
use crate::token::Span;
use crate::truncate::{is_between, sentence_ends, word_ends};
use crate::unicode::{WHITE, class_at};

/// How much text is one job when units are counted.
const JOB: usize = 1 << 17;

/// Kinds of units, from coarse to fine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Paragraph,
    Line,
    Sentence,
    Word,
    Token,
    Character,
}

impl Level {
    /// The kind that is preferred.
    pub(super) fn preferred(at: At) -> Level {
        match at {
            At::Paragraph => Level::Paragraph,
            At::Line => Level::Line,
            At::Sentence => Level::Sentence,
            At::Word => Level::Word,
            At::Token => Level::Token,
        }
    }

    /// The kind that units of this kind are divided into: on the way to the preferred one none is needed between.
    fn finer(self, preferred: Level) -> Level {
        let next = match self {
            Level::Paragraph => Level::Line,
            Level::Line => Level::Sentence,
            Level::Sentence => Level::Word,
            Level::Word => Level::Token,
            Level::Token | Level::Character => Level::Character,
        };
        next.max(preferred)
    }
}

/// A unit: a part of the text, with the number of its tokens as far as it is known.
///
/// The number is exact if the text can be cut before and after the unit without a difference to any token: then it is the same
/// by itself and within any text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) tokens: usize,
    pub(super) is_exact: bool,
    pub(super) level: Level,
}

impl Work<'_> {
    /// The units that packing begins with: paragraphs if these are preferred, else lines.
    pub(super) fn coarse_units(&self) -> Result<Vec<Unit>, Error> {
        let level = Level::preferred(self.options.at).min(Level::Line);
        let ends = line_ends(self.text, level == Level::Paragraph);
        let mut jobs = Vec::new();
        let mut first = 0;
        while first < ends.len() {
            let start = if first == 0 { 0 } else { ends[first - 1] };
            let after = first + ends[first..].partition_point(|&end| end <= start + JOB).max(1);
            jobs.push((start, first..after));
            first = after;
        }
        if self.tokenizer.counts_sections(self.options.policy) {
            let count = |counter: &mut _, place: usize| {
                let (start, ref units) = jobs[place];
                let own: Vec<usize> = ends[units.clone()].iter().map(|end| end - start).collect();
                let counts = self.tokenizer.count_sections(counter, &self.text[start..], &own)?;
                self.counted(start, &ends[units.clone()], &counts, level)
            };
            let counter = || self.tokenizer.piece_counter(self.text.len() / self.options.threads.max(1));
            return Ok(self.on_threads(jobs.len(), self.text.len(), counter, count)?.concat());
        }
        let continuing = || {
            // What a vocabulary puts before a text is not put before each unit. Of the first, that is seen later.
            let mut counter = self.counter();
            counter.continue_text();
            counter
        };
        let count = |counter: &mut Counter<'_>, place: usize| {
            let (start, ref units) = jobs[place];
            let mut counts = Vec::with_capacity(units.len());
            let mut from = start;
            for &end in &ends[units.clone()] {
                counter.push(&self.text[from..end])?;
                counts.push(usize::try_from(counter.end_text()?).unwrap_or(usize::MAX));
                from = end;
            }
            self.counted(start, &ends[units.clone()], &counts, level)
        };
        Ok(self.on_threads(jobs.len(), self.text.len(), continuing, count)?.concat())
    }

    /// The units of a job that is done.
    fn counted(
        &self,
        start: usize,
        ends: &[usize],
        counts: &[usize],
        level: Level,
    ) -> Result<Vec<Unit>, Error> {
        let units = self.divide_large(self.units(start, ends, counts, level));
        (self.progress)(ends.last().map_or(0, |end| (end - start) as u64));
        units
    }

    /// The units from `start` on that end at these places and have so many tokens.
    fn units(&self, start: usize, ends: &[usize], counts: &[usize], level: Level) -> Vec<Unit> {
        let (mut start, mut is_cut) = (start, self.is_cut(start));
        let unit = |(&end, &tokens)| {
            let was_cut = std::mem::replace(&mut is_cut, self.is_cut(end));
            let start = std::mem::replace(&mut start, end);
            Unit { start, end, tokens, is_exact: was_cut && is_cut, level }
        };
        ends.iter().zip(counts).map(unit).collect()
    }

    /// Divides the units that fit into no chunk, up to words: it has to be done, and here it is done on all threads.
    fn divide_large(&self, units: Vec<Unit>) -> Result<Vec<Unit>, Error> {
        let is_large = |unit: &Unit| unit.tokens > self.options.limit && unit.level < Level::Word;
        if !units.iter().any(is_large) {
            return Ok(units);
        }
        let mut encoder = Encoder::new(self.tokenizer, self.options.policy);
        let mut divided = Vec::with_capacity(2 * units.len());
        let mut next: Vec<Unit> = units.into_iter().rev().collect();
        while let Some(unit) = next.pop() {
            if is_large(&unit) {
                next.extend(self.divide(unit, &mut encoder)?.into_iter().rev());
            } else {
                divided.push(unit);
            }
        }
        Ok(divided)
    }

    /// Whether a chunk that begins or ends here is certain to have the tokens that this part of the text has anyway.
    fn is_cut(&self, at: usize) -> bool {
        let is_plain = self.tokenizer.normalizer().is_identity();
        is_plain && (at == 0 || at == self.text.len() || self.cut_within(at - 1, at) == Some(at))
    }

    /// The finer units that a unit is made of, in order; one if it cannot be divided into these.
    pub(super) fn divide(&self, unit: Unit, encoder: &mut Encoder<'_>) -> Result<Vec<Unit>, Error> {
        let level = unit.level.finer(Level::preferred(self.options.at));
        let text = &self.text[unit.start..unit.end];
        let spans = self.spans(text, level, encoder)?;
        let ends = ends(text, level, spans.as_deref().unwrap_or_default());
        if ends.len() < 2 {
            return Ok(vec![Unit { level, ..unit }]);
        }
        let mut units = Vec::with_capacity(ends.len());
        let (mut start, mut next) = (0, 0);
        for &end in &ends {
            let tokens = match &spans {
                Some(spans) if level < Level::Character => {
                    let after = next + spans[next..].iter().take_while(|span| span.start < end).count();
                    after - std::mem::replace(&mut next, after)
                }
                _ => self.tokenizer.count_with(&text[start..end], self.options.policy)?,
            };
            let (start_here, end_here) = (unit.start + start, unit.start + end);
            units.push(Unit { start: start_here, end: end_here, tokens, is_exact: false, level });
            start = end;
        }
        Ok(units)
    }

    /// The tokens of a part of the text, by itself, if they have places; of characters they are not needed.
    pub(super) fn spans(
        &self,
        text: &[u8],
        level: Level,
        encoder: &mut Encoder<'_>,
    ) -> Result<Option<Vec<Span>>, Error> {
        if level == Level::Character || !self.tokenizer.cuts_and_knows_all() {
            return Ok(None);
        }
        let mut spans = Vec::with_capacity(text.len() / 4);
        encoder.push_spans(text, &mut spans)?;
        encoder.end_spans(&mut spans)?;
        Ok(Some(spans))
    }
}

/// The ends of the units of a kind that a text has; `spans` are its tokens.
pub(super) fn ends(text: &[u8], level: Level, spans: &[Span]) -> Vec<usize> {
    match level {
        Level::Paragraph => line_ends(text, true),
        Level::Line => line_ends(text, false),
        Level::Sentence => sentence_ends(text),
        Level::Word => word_ends(text),
        Level::Token => {
            let inner = spans.iter().map(|span| span.start).filter(|&at| at > 0 && is_between(text, at));
            let mut ends: Vec<usize> = inner.chain([text.len()]).collect();
            ends.dedup();
            ends
        }
        Level::Character => (1..=text.len()).filter(|&at| is_between(text, at)).collect(),
    }
}

/// The ends of the lines of a text, or of its paragraphs. Blank lines belong to what is before, at the beginning to
/// what follows.
fn line_ends(text: &[u8], paragraphs: bool) -> Vec<usize> {
    let mut ends = Vec::new();
    let (mut start, mut had_text, mut had_blank) = (0, false, false);
    for end in memchr::memchr_iter(b'\n', text).map(|feed| feed + 1).chain([text.len()]) {
        if is_blank(&text[start..end]) {
            had_blank = true;
        } else {
            if had_text && (had_blank || !paragraphs) {
                ends.push(start);
            }
            (had_text, had_blank) = (true, false);
        }
        start = end;
    }
    if !text.is_empty() {
        ends.push(text.len());
    }
    ends
}

/// Whether a line has nothing but white space.
fn is_blank(line: &[u8]) -> bool {
    let mut at = 0;
    while at < line.len() {
        let (class, length) = class_at(line, at);
        if class & WHITE == 0 {
            return false;
        }
        at += length;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_belong_to_what_is_before() {
        let parts = |text: &'static str, paragraphs| {
            let mut start = 0;
            let part = |end| &text[std::mem::replace(&mut start, end)..end];
            line_ends(text.as_bytes(), paragraphs).into_iter().map(part).collect::<Vec<_>>()
        };
        let text = "\n \none\ntwo\n\n\t\u{3000}\r\n  three\n\u{a0}\nfour";
        assert_eq!(parts(text, true), ["\n \none\ntwo\n\n\t\u{3000}\r\n", "  three\n\u{a0}\n", "four"]);
        assert_eq!(parts(text, false), ["\n \none\n", "two\n\n\t\u{3000}\r\n", "  three\n\u{a0}\n", "four"]);
        for blank in [" ", "\n", "\n\n", " \n \n"] {
            assert_eq!(parts(blank, true), [blank]);
        }
        assert!(parts("", true).is_empty());
    }
}
