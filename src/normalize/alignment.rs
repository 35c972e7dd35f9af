//! Where a place in a normalized text was in the text before.
//!
//! What changed is told by the steps; what the places are for is left to others.

use super::rewriter::Edit;

/// The way back from a normalized text to its source. Places are offsets in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Alignment {
    /// The steps that changed something, in their order.
    steps: Vec<StepEdits>,
}

/// What one step changed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct StepEdits {
    /// In the order of the text; none overlaps another.
    edits: Vec<Edit>,
    source_length: usize,
    normalized_length: usize,
}

impl Alignment {
    /// Adds what the next step changed.
    pub(super) fn push(&mut self, edits: Vec<Edit>, source_length: usize, normalized_length: usize) {
        self.steps.push(StepEdits { edits, source_length, normalized_length });
    }

    /// Whether normalizing changed nothing, so that every place is where it was.
    pub(crate) fn is_identity(&self) -> bool {
        self.steps.is_empty()
    }

    /// The place in the source of a place in the normalized text. It never goes back as the place goes on; the
    /// beginning is the beginning and the end is the end. Inside a stretch that changed it is the beginning of that
    /// stretch, at its end the end. What was left out belongs to what is before it, and what was put before the text
    /// has no bytes in the source.
    pub(crate) fn source(&self, offset: usize) -> usize {
        self.steps.iter().rev().fold(offset, |offset, step| step.source(offset))
    }
}

impl StepEdits {
    fn source(&self, offset: usize) -> usize {
        if offset == 0 {
            return 0;
        }
        if offset >= self.normalized_length {
            return self.source_length;
        }
        let before = self.edits.partition_point(|edit| edit.normalized.end <= offset);
        if let Some(edit) = self.edits.get(before)
            && edit.normalized.start < offset
        {
            return edit.source.start;
        }
        match before.checked_sub(1).and_then(|last| self.edits.get(last)) {
            Some(last) => last.source.end + (offset - last.normalized.end),
            None => offset,
        }
    }
}
