//! Normalizing a text that comes in chunks: the same bytes come out as for the whole text.
//!
//! Each step holds back what the next chunk may still change: usually one character. (Only a text that is nothing
//! but combining marks is held back whole by a normalization form: its marks have to be sorted.)

use std::sync::Arc;

use super::step::Step;

/// A text on its way through all steps, chunk by chunk.
#[derive(Clone, Debug)]
pub(crate) struct NormalizerStream {
    steps: Vec<StepStream>,
    /// What goes from one step to the next.
    between: [Vec<u8>; 2],
}

#[derive(Clone, Debug)]
struct StepStream {
    step: Arc<Step>,
    /// What is not settled yet.
    held: Vec<u8>,
    /// Whether anything has come.
    has_begun: bool,
}

/// What is looked at after something held back, to see whether that is settled now. More than a character and
/// its marks.
const GLANCE: usize = 64;

impl NormalizerStream {
    pub(super) fn new(steps: &[Arc<Step>]) -> NormalizerStream {
        let step = |step: &Arc<Step>| StepStream { step: step.clone(), held: Vec::new(), has_begun: false };
        NormalizerStream { steps: steps.iter().map(step).collect(), between: [Vec::new(), Vec::new()] }
    }

    /// Takes the next chunk and appends to `out` what is settled of the normalized text.
    pub(crate) fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        self.advance(chunk, false, out);
    }

    /// Appends the rest of the normalized text to `out`; what is pushed then is a new text.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        self.advance(&[], true, out);
        self.steps.iter_mut().for_each(|step| step.has_begun = false);
    }

    fn advance(&mut self, chunk: &[u8], ends: bool, out: &mut Vec<u8>) {
        let Some((last, before)) = self.steps.split_last_mut() else {
            out.extend_from_slice(chunk);
            return;
        };
        let [from, to] = &mut self.between;
        let mut is_first = true;
        for step in before {
            to.clear();
            step.advance(if is_first { chunk } else { from }, ends, to);
            std::mem::swap(from, to);
            is_first = false;
        }
        last.advance(if is_first { chunk } else { from }, ends, out);
    }
}

impl StepStream {
    fn advance(&mut self, mut chunk: &[u8], ends: bool, out: &mut Vec<u8>) {
        if let Step::Prepend(prefix) = &*self.step {
            if !self.has_begun && !chunk.is_empty() {
                self.has_begun = true;
                out.extend_from_slice(prefix);
            }
            out.extend_from_slice(chunk);
            return;
        }
        if !self.held.is_empty() {
            let before = self.held.len();
            let (glance, rest) = chunk.split_at(chunk.len().min(GLANCE));
            self.held.extend_from_slice(glance);
            let settled = self.settle(before, ends && rest.is_empty(), out);
            if settled < before {
                if !rest.is_empty() {
                    self.held.extend_from_slice(rest);
                    self.settle(before - settled, ends, out);
                }
                return;
            }
            // The rest of the chunk is not copied.
            self.held.clear();
            chunk = &chunk[settled - before..];
        }
        let settled = self.step.feed(chunk, 0, ends, out);
        self.held.extend_from_slice(&chunk[settled..]);
    }

    /// Feeds what is held back, of which the first `before` bytes had no cut in them. How much of it was settled.
    fn settle(&mut self, before: usize, ends: bool, out: &mut Vec<u8>) -> usize {
        // The last three bytes may have been the beginning of a character.
        let settled = self.step.feed(&self.held, before.saturating_sub(3), ends, out);
        self.held.drain(..settled);
        settled
    }
}
