//! Where two encodings cut the same text differently.
//!
//! Places where both have a border divide the text into stretches. A stretch is alike if both have one token there; which
//! ids these have is another matter. How stretches look is left to `output::show`.

use std::collections::VecDeque;

use bytepair::stream::Encoder;
use bytepair::{Frame, Span, SpecialPolicy, Tokenizer};

use super::{Encoded, Window, at};
use crate::cli::failure::Failure;

/// A stretch of text between two places where both encodings have a border.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch<'a> {
    /// The tokens of each.
    pub(crate) sides: [&'a [Span]; 2],
    /// Where it begins.
    pub(crate) start: usize,
    /// Where it ends.
    pub(crate) end: usize,
}

impl Stretch<'_> {
    /// Whether both have one token for it.
    pub(crate) fn is_alike(&self) -> bool {
        let is_all = |tokens: &[Span]| matches!(tokens, [Span { start, end, .. }] if start < end);
        self.sides.iter().all(|side| is_all(side))
    }
}

/// What is done with each stretch.
pub(crate) type Doing<'a> = &'a mut dyn FnMut(&Window, Stretch<'_>) -> Result<(), Failure>;

/// Compares two encodings of one text that comes in chunks.
pub(crate) struct Comparer<'t> {
    encoders: Vec<Encoder<'t>>,
    frames: [&'t Frame; 2],
    sides: [Side; 2],
    window: Window,
    start: usize,
}

/// One of the two.
#[derive(Default)]
struct Side {
    found: VecDeque<Span>,
    /// The tokens of the stretch that is not complete.
    taken: Vec<Span>,
    /// Where the last of them ends.
    end: usize,
}

impl Side {
    /// Takes the next token, if it is known.
    fn take(&mut self) -> bool {
        let Some(span) = self.found.pop_front() else { return false };
        self.end = self.end.max(span.end);
        self.taken.push(span);
        true
    }
}

impl<'t> Comparer<'t> {
    /// For one text.
    pub(crate) fn new(
        tokenizers: [&'t Tokenizer; 2],
        policy: SpecialPolicy,
        frames: [&'t Frame; 2],
    ) -> Comparer<'t> {
        let encoders = tokenizers.into_iter().map(|tokenizer| Encoder::new(tokenizer, policy)).collect();
        let mut sides = [Side::default(), Side::default()];
        for (side, frame) in sides.iter_mut().zip(frames) {
            side.taken = at(0, &frame.before);
        }
        Comparer { encoders, frames, sides, window: Window::default(), start: 0 }
    }

    /// Takes the next bytes.
    pub(crate) fn push(&mut self, chunk: &[u8], each: Doing<'_>) -> Result<Encoded, Failure> {
        self.window.push(chunk);
        for (encoder, side) in self.encoders.iter_mut().zip(&mut self.sides) {
            let mut spans = Vec::new();
            if let Err(error) = encoder.push_spans(chunk, &mut spans) {
                return Ok(Err(error));
            }
            side.found.extend(spans);
        }
        self.pass(each).map(Ok)
    }

    /// Ends the text.
    pub(crate) fn finish(mut self, each: Doing<'_>) -> Result<Encoded, Failure> {
        self.window.end();
        for (encoder, side) in std::mem::take(&mut self.encoders).into_iter().zip(&mut self.sides) {
            let mut spans = Vec::new();
            if let Err(error) = encoder.finish_spans(&mut spans) {
                return Ok(Err(error));
            }
            side.found.extend(spans);
        }
        self.pass(each)?;
        // What one of them takes away at the end of the text, and what is put after it.
        let length = self.window.length();
        for (side, frame) in self.sides.iter_mut().zip(self.frames) {
            side.taken.extend(side.found.drain(..));
            side.taken.extend(at(length, &frame.after));
        }
        if self.sides.iter().any(|side| !side.taken.is_empty()) {
            self.emit(length, each)?;
        }
        Ok(Ok(()))
    }

    /// Passes on the stretches that are complete.
    fn pass(&mut self, each: Doing<'_>) -> Result<(), Failure> {
        loop {
            let [left, right] = &mut self.sides;
            let end = left.end;
            let is_complete = end == right.end && !(left.taken.is_empty() && right.taken.is_empty());
            if is_complete {
                if !self.window.is_settled(end) {
                    return Ok(());
                }
                self.emit(end, each)?;
            } else if !(if end <= right.end { left } else { right }).take() {
                return Ok(());
            }
        }
    }

    fn emit(&mut self, end: usize, each: Doing<'_>) -> Result<(), Failure> {
        let [left, right] = &mut self.sides;
        let stretch = Stretch { sides: [&left.taken, &right.taken], start: self.start, end };
        each(&self.window, stretch)?;
        left.taken.clear();
        right.taken.clear();
        self.start = end;
        self.window.forget(end);
        Ok(())
    }
}
