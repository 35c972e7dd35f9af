//! The one way in which a step changes a text: it walks over it and says what it keeps and what it puts instead.
//!
//! A text that nothing changes is never copied. What is to be changed is left to the steps.

use std::ops::Range;

/// A stretch of a text that a step changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edit {
    /// Where it was, in bytes of the text before the step.
    pub(super) source: Range<usize>,
    /// Where it is, in bytes of the text after the step.
    pub(super) normalized: Range<usize>,
}

/// A text on its way through one step.
pub(super) struct Rewriter<'t> {
    source: &'t [u8],
    /// How far the step has come.
    at: usize,
    /// From here to `at` everything is kept but not copied yet.
    kept_from: usize,
    changed: Vec<u8>,
    is_changed: bool,
    /// What was changed where, if anybody asked.
    edits: Option<Vec<Edit>>,
}

impl<'t> Rewriter<'t> {
    pub(super) fn new(source: &'t [u8], records: bool) -> Rewriter<'t> {
        let edits = records.then(Vec::new);
        Rewriter { source, at: 0, kept_from: 0, changed: Vec::new(), is_changed: false, edits }
    }

    /// A text of which what is kept and what is changed is appended to `out`, see [`Rewriter::append`].
    pub(super) fn onto(source: &'t [u8], out: Vec<u8>) -> Rewriter<'t> {
        Rewriter { source, at: 0, kept_from: 0, changed: out, is_changed: true, edits: None }
    }

    /// The whole text before the step.
    pub(super) fn source(&self) -> &'t [u8] {
        self.source
    }

    /// How far the step has come, in bytes of the source.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Keeps everything up to byte `end` of the source.
    pub(super) fn keep_to(&mut self, end: usize) {
        debug_assert!(end >= self.at && end <= self.source.len());
        self.at = end;
    }

    /// Puts `new` where the next `length` bytes of the source are.
    pub(super) fn put(&mut self, length: usize, new: &[u8]) {
        let old = &self.source[self.at..self.at + length];
        if old == new {
            self.at += length;
            return;
        }
        self.flush();
        self.is_changed = true;
        let normalized = self.changed.len()..self.changed.len() + new.len();
        self.changed.extend_from_slice(new);
        // A byte for a byte moves nothing.
        if let Some(edits) = self.edits.as_mut().filter(|_| (length, new.len()) != (1, 1)) {
            edits.push(Edit { source: self.at..self.at + length, normalized });
        }
        self.at += length;
        self.kept_from = self.at;
    }

    fn flush(&mut self) {
        self.changed.extend_from_slice(&self.source[self.kept_from..self.at]);
        self.kept_from = self.at;
    }

    /// Keeps the rest. The text if it changed, and the edits if they were asked for.
    pub(super) fn finish(mut self) -> (Option<Vec<u8>>, Vec<Edit>) {
        if !self.is_changed {
            return (None, Vec::new());
        }
        self.at = self.source.len();
        self.flush();
        (Some(self.changed), self.edits.unwrap_or_default())
    }

    /// What was given to [`Rewriter::onto`] and the text, as far as the step has come.
    pub(super) fn append(mut self) -> Vec<u8> {
        self.flush();
        self.changed
    }
}
