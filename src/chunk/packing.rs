//! Units packed into chunks, each counted by itself; and where a chunk begins that overlaps the one before.
//!
//! How it goes is told in the [parent](super). What units are, and how they are divided, is left to `units`.

use super::units::{Level, Unit, ends};
use super::{Chunk, Work};
use crate::error::{Error, ErrorKind};
use crate::stream::{Counter, Encoder};
use crate::truncate::plural;

/// At most so many chunks are packed before they are counted.
const MOST_AT_ONCE: usize = 4096;

/// Packs chunks, from the beginning of the text to its end.
pub(super) struct Packer<'a> {
    work: &'a Work<'a>,
    preferred: Level,
    /// The size up to which chunks are filled: the limit, or less.
    size: usize,
    /// The units that come next: the last of these, then those of `coarse`.
    returned: Vec<Unit>,
    coarse: std::slice::Iter<'a, Unit>,
    counter: Counter<'a>,
    encoder: Encoder<'a>,
}

/// Some units of a chunk that is packed and not counted.
struct Packed {
    start: usize,
    /// Where its units begin and end among all that are packed.
    units: std::ops::Range<usize>,
}

impl<'a> Packer<'a> {
    pub(super) fn new(work: &'a Work<'a>, coarse: &'a [Unit], size: usize) -> Packer<'a> {
        let preferred = Level::preferred(work.options.at);
        let encoder = Encoder::new(work.tokenizer, work.options.policy);
        let (returned, coarse) = (Vec::new(), coarse.iter());
        Packer { work, preferred, size, returned, coarse, counter: work.counter(), encoder }
    }

    /// All chunks.
    pub(super) fn all(mut self) -> Result<Vec<Chunk>, Error> {
        match self.work.options.overlap {
            0 => self.side_by_side(),
            _ => self.overlapping(),
        }
    }

    fn side_by_side(&mut self) -> Result<Vec<Chunk>, Error> {
        let mut chunks: Vec<Chunk> = Vec::new();
        let mut at_once = 64;
        loop {
            let (mut units, mut packed) = (Vec::new(), Vec::new());
            while packed.len() < at_once {
                let from = units.len();
                self.fill(&mut units, 0)?;
                let Some(first) = units.get(from) else { break };
                packed.push(Packed { start: first.start, units: from..units.len() });
            }
            if packed.is_empty() {
                return Ok(chunks);
            }
            let counts = self.count_all(&packed, &units)?;
            let limit = self.work.options.limit;
            let good = counts.iter().take_while(|&&tokens| tokens <= limit).count();
            for (packed, &tokens) in packed.iter().zip(&counts[..good]) {
                chunks.push(chunk(packed.start, units[packed.units.end - 1].end, tokens));
            }
            at_once = (2 * at_once).min(MOST_AT_ONCE);
            if let Some(wrong) = packed.get(good) {
                self.returned.extend(units.drain(wrong.units.end..).rev());
                let mut own = units.split_off(wrong.units.start);
                chunks.extend(self.settle(wrong.start, &mut own)?);
                // What comes after it is packed anew: a small step if that happens again.
                at_once = (good + 1).max(1);
            }
        }
    }

    /// The counts of some chunks, each by itself.
    fn count_all(&self, packed: &[Packed], units: &[Unit]) -> Result<Vec<usize>, Error> {
        let work = self.work;
        let own = |packed: &Packed| &units[packed.units.clone()];
        let text = |packed: &Packed| &work.text[packed.start..units[packed.units.end - 1].end];
        let sum = |packed| own(packed).iter().map(|unit| unit.tokens).sum::<usize>();
        let is_exact = |packed| own(packed).iter().all(|unit| unit.is_exact);
        let unsure: Vec<&Packed> = packed.iter().filter(|packed| !is_exact(packed)).collect();
        let bytes = unsure.iter().map(|packed| text(packed).len()).sum();
        let job = |counter: &mut Counter<'_>, place: usize| count(counter, text(unsure[place]));
        let mut counted = work.on_threads(unsure.len(), bytes, || work.counter(), job)?.into_iter();
        let known = |packed| if is_exact(packed) { Some(sum(packed)) } else { counted.next() };
        Ok(packed.iter().filter_map(known).collect())
    }

    fn overlapping(&mut self) -> Result<Vec<Chunk>, Error> {
        let mut chunks: Vec<Chunk> = Vec::new();
        let mut units = Vec::new();
        loop {
            let Some(next) = self.take() else { return Ok(chunks) };
            self.returned.push(next);
            let starts = match chunks.last() {
                Some(last) => self.overlap_starts(last)?,
                None => Vec::new(),
            };
            let mut made = None;
            // The longest overlap that leaves room for the next unit; the last of all is none.
            for start in starts.into_iter().chain([next.start]) {
                let overlap = count(&mut self.counter, &self.work.text[start..next.start])?;
                if start < next.start && overlap > self.work.options.overlap {
                    continue;
                }
                units.clear();
                self.fill(&mut units, overlap)?;
                made = self.settle(start, &mut units)?;
                if made.is_some() {
                    break;
                }
            }
            chunks.extend(made);
        }
    }

    fn take(&mut self) -> Option<Unit> {
        self.returned.pop().or_else(|| self.coarse.next().copied())
    }

    /// Puts as many units to `units` as there is room for beside an overlap of so many tokens; at least one if there is
    /// none. Units are divided if they have to be.
    fn fill(&mut self, units: &mut Vec<Unit>, overlap: usize) -> Result<(), Error> {
        let limit = self.work.options.limit;
        let (mut tokens, mut is_empty) = (overlap, true);
        while let Some(unit) = self.take() {
            if tokens + unit.tokens > self.size {
                if unit.level < Level::Character && (unit.level < self.preferred || unit.tokens > limit) {
                    let finer = self.work.divide(unit, &mut self.encoder)?;
                    self.returned.extend(finer.into_iter().rev());
                    continue;
                }
                let is_alone = is_empty && overlap == 0;
                if is_alone && unit.tokens > limit {
                    return Err(too_large(unit, limit));
                }
                if !is_alone {
                    self.returned.push(unit);
                    return Ok(());
                }
            }
            tokens += unit.tokens;
            is_empty = false;
            units.push(unit);
        }
        Ok(())
    }

    /// The chunk from `start` on with as many of these units as are within the limit when it is counted by itself; the
    /// others are given back. `None` if there are none beside the overlap.
    fn settle(&mut self, start: usize, units: &mut Vec<Unit>) -> Result<Option<Chunk>, Error> {
        let limit = self.work.options.limit;
        let mut step = 1;
        while let (Some(&first), Some(&last)) = (units.first(), units.last()) {
            let tokens = count(&mut self.counter, &self.work.text[start..last.end])?;
            if tokens <= limit {
                return Ok(Some(chunk(start, last.end, tokens)));
            }
            if units.len() > 1 {
                let keep = units.len().saturating_sub(step).max(1);
                self.returned.extend(units.drain(keep..).rev());
                step *= 2;
                continue;
            }
            units.clear();
            if start < first.start {
                self.returned.push(first);
            } else {
                // It was taken for smaller than it is.
                self.returned.push(Unit { tokens, ..first });
                self.fill(units, 0)?;
                step = 1;
            }
        }
        Ok(None)
    }

    /// Where a chunk can begin that overlaps the last one: after its beginning, and as far as can be told within as many
    /// tokens of its end as the options allow. The first is the best.
    fn overlap_starts(&mut self, last: &Chunk) -> Result<Vec<usize>, Error> {
        let text = &self.work.text[last.start..last.end];
        let spans = self.work.spans(text, Level::Token, &mut self.encoder)?;
        let from = match &spans {
            Some(spans) => {
                let beyond = spans.len().saturating_sub(self.work.options.overlap);
                spans.get(beyond).map_or(0, |span| span.start)
            }
            None => 0,
        };
        let finer = [Level::Line, Level::Sentence, Level::Word, Level::Token, Level::Character];
        let finer = finer.into_iter().filter(|&level| level > self.preferred);
        for level in [self.preferred].into_iter().chain(finer) {
            let mut starts = ends(text, level, spans.as_deref().unwrap_or_default());
            starts.retain(|&at| at >= from.max(1) && at < text.len());
            if !starts.is_empty() {
                starts.iter_mut().for_each(|at| *at += last.start);
                return Ok(few(starts));
            }
        }
        Ok(Vec::new())
    }
}

/// The first of these places, and others farther and farther from each other: each is tried only if those before failed.
fn few(places: Vec<usize>) -> Vec<usize> {
    let steps = std::iter::successors(Some(0usize), |place| Some(2 * place + 1));
    steps.map_while(|place| places.get(place).copied()).collect()
}

fn count(counter: &mut Counter<'_>, text: &[u8]) -> Result<usize, Error> {
    counter.push(text)?;
    Ok(usize::try_from(counter.end_text()?).unwrap_or(usize::MAX))
}

fn chunk(start: usize, end: usize, tokens: usize) -> Chunk {
    Chunk { start, end, token_start: None, tokens: tokens as u64 }
}

fn too_large(unit: Unit, limit: usize) -> Error {
    let Unit { start, end, .. } = unit;
    let tokens = plural(unit.tokens as u64);
    let message =
        format!("the character at bytes {start}-{end} has {tokens}, more than the limit of {limit}");
    let hint = format!("a character is never divided: a limit of at least {}", unit.tokens);
    Error::new(ErrorKind::OverLimit, message).with_hint(hint)
}
