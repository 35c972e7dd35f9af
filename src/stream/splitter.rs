//! What comes before pieces: special tokens are found in the chunks, the text between them is normalized, and what is
//! left is handed to [`Segment`].
//!
//! ```text
//! chunk -> special tokens in the text as it is -> normalizer -> special tokens in normalized text -> segment
//! ```
//!
//! What cannot be done chunk by chunk is done at the end, with all of the text: the places of tokens in a text that is
//! normalized, tokens that white space beside them belongs to, vocabularies that do not know all characters, and
//! normalizers that have to see all of the text.

use super::Segment;
use super::sink::{Merging, Sink};
use crate::error::Error;
use crate::normalize::NormalizerStream;
use crate::pretokenize::Bounds;
use crate::special::{In, SpecialPolicy};
use crate::tokenizer::Tokenizer;

/// How much text a stream is expected to have: enough for the largest cache of pieces.
const EXPECTED: usize = 1 << 20;

/// Larger chunks are taken in steps of this many bytes, so that no more are copied at a time.
const LARGEST_STEP: usize = 1 << 20;

/// See the module.
pub(super) struct Splitter<'t> {
    source: Finding,
    inner: Inner<'t>,
    /// All of the text, where it cannot be done chunk by chunk.
    whole: Option<Vec<u8>>,
    policy: SpecialPolicy,
}

/// What comes after special tokens were found in the text as it is.
struct Inner<'t> {
    merging: Merging<'t>,
    /// `None`: text stays as it is.
    normalizer: Option<NormalizerStream>,
    normalized: Vec<u8>,
    finding: Finding,
    segment: Segment,
}

/// Special tokens that are looked for.
struct Finding {
    place: In,
    policy: SpecialPolicy,
    /// Whether there are any.
    are_there: bool,
    /// The last bytes, which may be the beginning of one.
    held: Vec<u8>,
    /// How many bytes of the text came before `held`.
    passed: u64,
}

/// What comes out: text, or a token with the length of its name.
enum Part<'p> {
    Text(&'p [u8]),
    /// All that there is between two tokens, from a byte of this text to another.
    Between(&'p [u8], [usize; 2]),
    /// The text of what was between tokens goes away.
    Settle(&'p [u8]),
    Special(crate::token::TokenId, usize),
}

impl<'t> Splitter<'t> {
    pub(super) fn new(tokenizer: &'t Tokenizer, policy: SpecialPolicy) -> Splitter<'t> {
        let (merger, counter) = (tokenizer.merger(EXPECTED), tokenizer.piece_counter(EXPECTED));
        let normalizer = tokenizer.normalizer();
        let stream = if normalizer.is_identity() { None } else { normalizer.stream() };
        let is_chunk_by_chunk = tokenizer.cuts_and_knows_all()
            && !tokenizer.specials().look_around(policy)
            && normalizer.is_identity() == stream.is_none();
        let finding = |place| Finding {
            place,
            policy,
            are_there: tokenizer.specials().are_in(place, policy),
            held: Vec::new(),
            passed: 0,
        };
        Splitter {
            source: finding(In::Source),
            inner: Inner {
                merging: Merging { tokenizer, merger, counter, bounds: Bounds::new() },
                normalizer: stream,
                normalized: Vec::new(),
                finding: finding(In::Normalized),
                segment: Segment::default(),
            },
            whole: (!is_chunk_by_chunk).then(Vec::new),
            policy,
        }
    }

    pub(super) fn tokenizer(&self) -> &'t Tokenizer {
        self.inner.merging.tokenizer
    }

    /// What is pushed now is not the beginning of a text.
    pub(super) fn continue_text(&mut self) {
        let normalizer = &mut self.inner.normalizer;
        if normalizer.is_some() {
            let continuing = self.inner.merging.tokenizer.normalizer().continuing();
            *normalizer = continuing.stream().filter(|_| !continuing.is_identity());
        }
    }

    /// Whether text is dealt with as it comes, before all of it is there.
    pub(super) fn is_chunk_by_chunk(&self) -> bool {
        self.whole.is_none()
    }

    /// How many bytes are kept.
    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.inner.segment.text.len()
    }

    /// Holds the whole text if it will be normalized, as is needed for the places of its tokens.
    pub(super) fn expect_places(&mut self) {
        if self.inner.normalizer.is_some() {
            self.whole.get_or_insert_default();
        }
    }

    pub(super) fn push(&mut self, chunk: &[u8], sink: &mut impl Sink) -> Result<(), Error> {
        if let Some(whole) = &mut self.whole {
            whole.extend_from_slice(chunk);
            return Ok(());
        }
        for chunk in chunk.chunks(LARGEST_STEP) {
            let inner = &mut self.inner;
            if self.source.are_there {
                let tokenizer = inner.merging.tokenizer;
                self.source.push(tokenizer, chunk, &mut |part| inner.take(part, sink))?;
            } else {
                inner.text(chunk, sink)?;
            }
        }
        Ok(())
    }

    /// Ends the text, and begins a new one: what is known of pieces is kept.
    pub(super) fn finish(&mut self, sink: &mut impl Sink) -> Result<(), Error> {
        if let Some(whole) = &mut self.whole {
            let text = std::mem::take(whole);
            return sink.whole(self.inner.merging.tokenizer, &text, self.policy);
        }
        let inner = &mut self.inner;
        if self.source.are_there {
            let tokenizer = inner.merging.tokenizer;
            self.source.finish(tokenizer, &mut |part| inner.take(part, sink))?;
        }
        inner.end_stretch(sink)
    }
}

impl Inner<'_> {
    fn take(&mut self, part: Part<'_>, sink: &mut impl Sink) -> Result<(), Error> {
        match part {
            Part::Text(text) => self.text(text, sink),
            Part::Between(text, [start, end]) => self.text(&text[start..end], sink),
            Part::Settle(_) => Ok(()),
            Part::Special(id, length) => {
                self.end_stretch(sink)?;
                sink.special(id, length);
                Ok(())
            }
        }
    }

    /// Takes text as it is.
    fn text(&mut self, text: &[u8], sink: &mut impl Sink) -> Result<(), Error> {
        let Some(normalizer) = &mut self.normalizer else { return self.normalized(text, sink) };
        let mut normalized = std::mem::take(&mut self.normalized);
        normalized.clear();
        normalizer.push(text, &mut normalized);
        self.normalized(&normalized, sink)?;
        self.normalized = normalized;
        Ok(())
    }

    /// Takes normalized text.
    fn normalized(&mut self, text: &[u8], sink: &mut impl Sink) -> Result<(), Error> {
        let Inner { merging, finding, segment, .. } = self;
        if !finding.are_there {
            return segment.push(merging, text, sink);
        }
        let tokenizer = merging.tokenizer;
        finding.push(tokenizer, text, &mut |part| segment.take(merging, part, sink))
    }

    /// Ends the stretch of text between two special tokens.
    fn end_stretch(&mut self, sink: &mut impl Sink) -> Result<(), Error> {
        if let Some(normalizer) = &mut self.normalizer {
            let mut normalized = Vec::new();
            normalizer.finish(&mut normalized);
            self.normalized(&normalized, sink)?;
        }
        let Inner { merging, finding, segment, .. } = self;
        if finding.are_there {
            let tokenizer = merging.tokenizer;
            finding.finish(tokenizer, &mut |part| segment.take(merging, part, sink))?;
        }
        std::mem::take(segment).finish(merging, sink)
    }
}

impl Segment {
    fn take(&mut self, merging: &mut Merging<'_>, part: Part<'_>, sink: &mut impl Sink) -> Result<(), Error> {
        match part {
            Part::Text(text) => self.push(merging, text, sink),
            Part::Between(text, range) => sink.some(merging, text, range),
            Part::Settle(text) => sink.settle(merging, text),
            Part::Special(id, length) => {
                std::mem::take(self).finish(merging, sink)?;
                sink.special_between(merging, id, length);
                Ok(())
            }
        }
    }
}

impl Finding {
    fn push(
        &mut self,
        tokenizer: &Tokenizer,
        chunk: &[u8],
        each: &mut impl FnMut(Part<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.held.extend_from_slice(chunk);
        // A name that is only begun in `held` is shorter than the longest.
        self.release(tokenizer, tokenizer.specials().longest().saturating_sub(1), each)
    }

    fn finish(
        &mut self,
        tokenizer: &Tokenizer,
        each: &mut impl FnMut(Part<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.release(tokenizer, 0, each)?;
        self.passed = 0;
        Ok(())
    }

    /// Passes on all of `held` but its last `keep` bytes. A name that begins before them and is complete is
    /// found; the longest name wins, so one that could still become longer is left for the next time.
    fn release(
        &mut self,
        tokenizer: &Tokenizer,
        keep: usize,
        each: &mut impl FnMut(Part<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let held = std::mem::take(&mut self.held);
        let certain = held.len().saturating_sub(keep);
        let mut at = 0;
        let find = |at| tokenizer.specials().find(&held, at, self.place, self.policy);
        while let Some(found) = find(at).filter(|found| found.range.start < certain) {
            if self.policy == SpecialPolicy::Forbid && found.is_control {
                return Err(tokenizer.forbidden(found.id, self.passed + found.range.start as u64));
            }
            let range = [at, found.range.start];
            match at {
                0 => each(Part::Text(&held[..range[1]]))?,
                _ => each(Part::Between(&held, range))?,
            }
            each(Part::Special(found.id, found.range.len()))?;
            at = found.range.end;
        }
        let end = certain.max(at);
        each(Part::Settle(&held))?;
        each(Part::Text(&held[at..end]))?;
        self.passed += end as u64;
        self.held = held[end..].to_vec();
        Ok(())
    }
}
