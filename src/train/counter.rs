//! Counting one stretch of text: its documents, what is between separators, and the pieces of that.
//!
//! Where stretches begin and end is left to `corpus`, the table to `pieces`.

use std::io::Write;

use super::corpus::{Documents, Splitting};
use super::counts_file::CountsTotals;
use super::json_lines::Strings;
use super::pieces::PieceCounts;
use crate::error::Error;
use crate::pretokenize::Bounds;
use crate::special::{In, SpecialPolicy};

/// The counts of one thread.
pub(super) struct Counter<'s> {
    splitting: &'s Splitting,
    bounds: Bounds,
    pub(super) counts: PieceCounts,
    pub(super) totals: CountsTotals,
}

impl<'s> Counter<'s> {
    pub(super) fn new(splitting: &'s Splitting) -> Counter<'s> {
        let (counts, totals) = (PieceCounts::default(), CountsTotals::default());
        Counter { splitting, bounds: Bounds::new(), counts, totals }
    }

    /// Counts the pieces of a whole text.
    pub(super) fn add_whole(&mut self, text: &[u8]) -> Result<(), Error> {
        let mut strings = Strings::default();
        if let Documents::Json(key) = &self.splitting.documents {
            strings.read(text, key, 0, 0)?;
        }
        self.add(text, &strings, true)
    }

    /// Counts the pieces of a stretch of an input, which begins and ends where it can be cut; of lines of JSON, those of the
    /// strings in it.
    pub(super) fn add(&mut self, text: &[u8], strings: &Strings, begins_input: bool) -> Result<(), Error> {
        self.totals.bytes += text.len() as u64;
        match &self.splitting.documents {
            Documents::Whole => {
                self.totals.documents += u64::from(begins_input);
                self.add_between_separators(text)
            }
            Documents::Lines => lines(text).try_for_each(|line| {
                self.totals.documents += 1;
                self.add_between_separators(line)
            }),
            Documents::Json(_) => strings.iter().try_for_each(|text| {
                self.totals.documents += 1;
                self.add_between_separators(text)
            }),
        }
    }

    /// Writes what was counted, sorted.
    pub(super) fn write(&self, sink: &mut dyn Write) -> Result<(), Error> {
        self.counts.write(sink, &self.splitting.header, self.totals)
    }

    fn add_between_separators(&mut self, text: &[u8]) -> Result<(), Error> {
        let mut from = 0;
        while let Some(found) = self.splitting.separators.find(text, from, In::Source, SpecialPolicy::Encode)
        {
            self.add_text(&text[from..found.range.start])?;
            from = found.range.end;
        }
        self.add_text(&text[from..])
    }

    fn add_text(&mut self, text: &[u8]) -> Result<(), Error> {
        if self.splitting.pretokenizer.is_general() {
            for piece in self.splitting.pretokenizer.general_pieces(text, 0)? {
                if !piece.is_empty() {
                    self.counts.add(&piece, 1);
                    self.totals.pieces += 1;
                }
            }
            return Ok(());
        }
        let mut pieces = self.splitting.pretokenizer.pieces(text, text.len(), &mut self.bounds);
        while let Some(bounds) = pieces.next_batch()? {
            self.counts.add_batch(text, bounds);
            self.totals.pieces += bounds.len() as u64 - 1;
        }
        Ok(())
    }
}

/// The lines of a text, with what ends them.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|&byte| byte == b'\n')
}
