//! Where chunks begin in the encoding of the whole text, without encoding the whole text.
//!
//! ```text
//! the anchor of a chunk: the last place, not after its beginning, where the text can be cut without a difference
//! tokens before the chunk = tokens before its anchor + tokens from there on that begin before the chunk
//! ```
//!
//! Between anchors, tokens are counted; or known, since most chunks begin at their anchor and were counted. From an anchor to
//! the chunk it is usually a few tokens, which are encoded. Where a text cannot be cut there is one anchor, its
//! beginning, and all of it is encoded once.

use super::{Chunk, Work};
use crate::error::Error;

/// How far before what is searched a text has to go on, so that nobody takes it for the beginning.
const CONTEXT: usize = 4096;

/// How far is looked for a place to cut at first.
const REACH: usize = 64;

impl Work<'_> {
    /// The number of tokens that begin before each chunk; `None` if the places of tokens are not known.
    pub(super) fn token_starts(&self, chunks: &[Chunk]) -> Result<Option<Vec<u64>>, Error> {
        if !self.tokenizer.cuts_and_knows_all() {
            return Ok(None);
        }
        let anchors = self.anchors(chunks);
        let counts = self.between(chunks, &anchors)?;
        let mut starts = Vec::with_capacity(chunks.len());
        let mut before = 0;
        let mut first = 0;
        while first < chunks.len() {
            let same = anchors[first..].iter().take_while(|&&anchor| anchor == anchors[first]).count();
            let own = first..first + same;
            starts.extend(counts[own.clone()].iter().map(|_| before));
            self.add_beyond(chunks, &anchors, own.clone(), &mut starts)?;
            before += counts[own.end - 1];
            first = own.end;
        }
        Ok(Some(starts))
    }

    fn anchors(&self, chunks: &[Chunk]) -> Vec<usize> {
        let (mut anchor, mut searched) = (0, 0);
        let find = |chunk: &Chunk| {
            let at = chunk.start;
            if self.can_be_cut && at > searched {
                anchor = self.cut_within(searched, at).unwrap_or(anchor);
                searched = at;
            }
            anchor
        };
        chunks.iter().map(find).collect()
    }

    /// The last place to cut that is found after byte `after`, up to byte `last`.
    pub(super) fn cut_within(&self, after: usize, last: usize) -> Option<usize> {
        if !self.can_be_cut {
            return None;
        }
        let base = after.saturating_sub(CONTEXT);
        let end = (last + CONTEXT).min(self.text.len());
        let found = self.tokenizer.last_cut_within(&self.text[base..end], after - base, last - base)?;
        Some(base + found)
    }

    /// For each chunk, the number of tokens from its anchor to that of the next, if that is another, else 0.
    fn between(&self, chunks: &[Chunk], anchors: &[usize]) -> Result<Vec<u64>, Error> {
        let is_plain = self.tokenizer.normalizer().is_identity();
        let next = |place: usize| anchors.get(place + 1).copied().unwrap_or(anchors[place]);
        let bytes = anchors.last().copied().unwrap_or(0);
        self.on_threads(
            chunks.len(),
            bytes,
            || self.counter(),
            |counter, place| {
                let (chunk, anchor, next) = (&chunks[place], anchors[place], next(place));
                if anchor == next {
                    return Ok(0);
                }
                if is_plain && [chunk.start, chunk.end] == [anchor, next] {
                    return Ok(chunk.tokens);
                }
                if anchor == 0 {
                    return Ok(self.tokenizer.count_with(&self.text[..next], self.options.policy)? as u64);
                }
                counter.continue_text();
                counter.push(&self.text[anchor..next])?;
                counter.end_text()
            },
        )
    }

    /// Adds the tokens between the anchor that these chunks have and the beginning of each.
    fn add_beyond(
        &self,
        chunks: &[Chunk],
        anchors: &[usize],
        own: std::ops::Range<usize>,
        starts: &mut [u64],
    ) -> Result<(), Error> {
        let anchor = anchors[own.start];
        let last = chunks[own.end - 1].start;
        if last == anchor {
            return Ok(());
        }
        let mut reach = REACH;
        let end = loop {
            let to = (last + reach).min(self.text.len());
            match self.cut_within(last - 1, to) {
                _ if !self.can_be_cut => break self.text.len(),
                Some(cut) => break cut,
                None if to == self.text.len() => break to,
                None => reach *= 4,
            }
        };
        // What a vocabulary puts before a text must not come before the anchor.
        let is_plain = self.tokenizer.normalizer().is_identity();
        let before = anchors[..own.start].iter().rev().find(|&&before| before < anchor);
        let base = if is_plain { anchor } else { before.copied().unwrap_or(0) };
        let spans = self.tokenizer.spans(&self.text[base..end], self.options.policy)?;
        let places = spans.iter().map(|span| base + span.start);
        let mut places = places.skip_while(|&place| place < anchor).peekable();
        let mut tokens = 0;
        for place in own {
            while places.next_if(|&at| at < chunks[place].start).is_some() {
                tokens += 1;
            }
            starts[place] += tokens;
        }
        Ok(())
    }
}
