//! The counts of pieces: what training learns from, and what is added up when texts are on several machines.

use std::io::{Read, Write};

use super::corpus::{self, Corpus, Counted, Documents, Halt, Position, Splitting};
use super::counter::Counter;
use super::counts_file::{CountsHeader, CountsReader, CountsTotals};
use super::pieces::PieceCounts;
use super::{Trainer, merge_counts};
use crate::error::Error;
use crate::pretokenize::{Pretokenizer, Split};
use crate::special::{SpecialToken, SpecialTokens};

/// Where training gets pieces and their counts from.
pub trait PieceSource {
    /// Calls `each` with every piece and how often it occurs, each piece once. It is asked more than once, and has to give
    /// the pieces in the same order then.
    ///
    /// # Errors
    ///
    /// What goes wrong with reading.
    fn for_each(&self, each: &mut dyn FnMut(&[u8], u64)) -> Result<(), Error>;
}

/// How often each piece of some texts occurs.
pub struct Counts {
    splitting: Splitting,
    pieces: PieceCounts,
    totals: CountsTotals,
}

impl Trainer {
    /// How texts become pieces.
    fn splitting(&self) -> Result<Splitting, Error> {
        let base =
            self.base.iter().flat_map(|base| base.specials().tokens()).filter(|token| token.is_control);
        let names = base.map(|token| token.name.to_string());
        let own = self.specials.iter().chain(&self.separators).cloned();
        let mut names: Vec<String> = names.chain(own).collect();
        // A special token may be named as a separator as well.
        names.sort();
        names.dedup();
        let header = CountsHeader::new(self.split.texts(), names.clone(), self.documents.described());
        let tokens = names.into_iter().zip(0..).map(|(name, id)| SpecialToken::control(name, id));
        Ok(Splitting {
            pretokenizer: Pretokenizer::new(&self.split)?,
            separators: SpecialTokens::new(tokens.collect())?,
            documents: self.documents.clone(),
            header,
        })
    }

    /// Counts for this trainer, with nothing counted yet.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::InvalidPattern`] if texts cannot be cut so, [`crate::ErrorKind::InvalidVocabulary`] if a special token is empty.
    pub fn counts(&self) -> Result<Counts, Error> {
        let splitting = self.splitting()?;
        Ok(Counts { splitting, pieces: PieceCounts::default(), totals: CountsTotals::default() })
    }

    /// Counts the pieces of all inputs.
    ///
    /// # Errors
    ///
    /// As [`Trainer::counts`], [`Corpus::open`] and [`Counts::add_text`].
    pub fn count(&self, corpus: &dyn Corpus) -> Result<Counts, Error> {
        let (counts, halts) = self.count_from(corpus, &mut Position::default())?;
        match halts.into_iter().next() {
            Some(halt) => Err(halt.error),
            None => Ok(counts),
        }
    }

    /// Counts the pieces of all inputs from a position on, which is moved on. If [`Corpus::stops`] says so, or an input cannot
    /// be read, or the regular-expression engine gives up on it ([`crate::ErrorKind::PatternFailed`]), the work ends before the
    /// end of all inputs: the position and the counts belong together then, and another call can go on from there. Each
    /// thread can meet a bad input of its own.
    ///
    /// # Errors
    ///
    /// As [`Trainer::counts`]; [`crate::ErrorKind::InvalidCounts`] if there are 2^64 pieces. What was counted is lost then.
    pub fn count_from(
        &self,
        corpus: &dyn Corpus,
        position: &mut Position,
    ) -> Result<(Counts, Vec<Halt>), Error> {
        let splitting = self.splitting()?;
        let Counted { pieces, totals, halts } = corpus::count(corpus, &splitting, self.threads, position)?;
        Ok((Counts { splitting, pieces, totals }, halts))
    }
}

impl Counts {
    /// Counts the pieces of a text, which is an input of its own.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::PatternFailed`] if the regular-expression engine gives up, [`crate::ErrorKind::Io`] if a line is
    /// not what [`Documents`] says, [`crate::ErrorKind::InvalidTraining`] if it has more than 2^31 bytes ([`Trainer::count`]
    /// cuts it).
    pub fn add_text(&mut self, text: &[u8]) -> Result<(), Error> {
        if text.len() > corpus::LONGEST {
            return Err(corpus::too_long());
        }
        let mut counter = Counter::new(&self.splitting);
        counter.add_whole(text)?;
        self.totals = corpus::sum(self.totals, counter.totals)?;
        let counts = counter.counts;
        self.pieces.absorb(counts);
        Ok(())
    }

    /// Counts a piece so many times; an empty one is none.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::InvalidCounts`] if there are 2^64 pieces then.
    pub fn add_piece(&mut self, piece: &[u8], count: u64) -> Result<(), Error> {
        if piece.len() > corpus::LONGEST {
            return Err(corpus::too_long());
        }
        if !piece.is_empty() && count > 0 {
            let more = CountsTotals { pieces: count, ..CountsTotals::default() };
            self.totals = corpus::sum(self.totals, more)?;
            self.pieces.add(piece, count);
        }
        Ok(())
    }

    /// Adds all counts of a file.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::InvalidCounts`] if the file is damaged, was not counted in the same way, or there are 2^64 pieces
    /// then; these counts are of no more use.
    pub fn add_file<R: Read>(&mut self, reader: CountsReader<R>) -> Result<(), Error> {
        reader.check_header(&self.splitting.header, "what is to be trained")?;
        let pieces = &mut self.pieces;
        let totals = merge_counts(vec![reader], |piece, count| match piece.len() {
            0..=corpus::LONGEST => {
                pieces.add(piece, count);
                Ok(())
            }
            _ => Err(corpus::too_long()),
        })?;
        self.totals = corpus::sum(self.totals, totals)?;
        Ok(())
    }

    /// Writes the counts as a file. Equal counts are equal files.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Io`] if writing fails.
    pub fn write(&self, mut sink: impl Write) -> Result<(), Error> {
        self.pieces.write(&mut sink, &self.splitting.header, self.totals)
    }

    /// How many different pieces there are.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Whether there are no pieces.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What was counted.
    pub fn totals(&self) -> CountsTotals {
        self.totals
    }

    /// How the pieces came to be.
    pub fn header(&self) -> &CountsHeader {
        &self.splitting.header
    }
}

impl PieceSource for Counts {
    fn for_each(&self, each: &mut dyn FnMut(&[u8], u64)) -> Result<(), Error> {
        self.pieces.for_each(each);
        Ok(())
    }
}

impl Documents {
    /// As it is written into files of counts.
    fn described(&self) -> String {
        match self {
            Documents::Whole => "file".to_owned(),
            Documents::Lines => "lines".to_owned(),
            Documents::Json(key) => format!("jsonl {key}"),
        }
    }
}

impl Split {
    /// What says how texts are split, one text a step.
    fn texts(&self) -> Vec<String> {
        match self {
            Split::Whole => Vec::new(),
            Split::Pattern(pattern) => vec![pattern.clone()],
            Split::Patterns(patterns) => patterns.clone(),
            Split::Steps(steps) => steps.iter().map(|step| format!("{step:?}")).collect(),
        }
    }
}
