//! The counts of pieces: what training learns from, and what is added up when texts are on several machines.

use super::Trainer;
use super::corpus::{self, Corpus, Counter, Position, Splitting, Totals};
use super::pieces::PieceCounts;
use crate::error::Error;
use crate::pretokenize::Pretokenizer;
use crate::special::{SpecialToken, SpecialTokens};

/// How often each piece of some texts occurs.
pub struct Counts {
    splitting: Splitting,
    pieces: PieceCounts,
    totals: Totals,
    position: Position,
}

impl Trainer {
    /// How texts become pieces.
    pub(super) fn splitting(&self) -> Result<Splitting, Error> {
        let base =
            self.base.iter().flat_map(|base| base.specials().tokens()).filter(|token| token.is_control);
        let names = base.map(|token| token.name.to_string());
        let own = self.specials.iter().chain(&self.separators).cloned();
        let mut names: Vec<String> = names.chain(own).collect();
        // A special token may be named as a separator as well.
        names.sort();
        names.dedup();
        let tokens = names.into_iter().zip(0..).map(|(name, id)| SpecialToken::control(name, id));
        Ok(Splitting {
            pretokenizer: Pretokenizer::new(&self.split)?,
            separators: SpecialTokens::new(tokens.collect())?,
            documents: self.documents.clone(),
        })
    }
}

impl Counts {
    pub(super) fn new(splitting: Splitting) -> Result<Counts, Error> {
        let (pieces, totals) = (PieceCounts::default(), Totals::default());
        Ok(Counts { splitting, pieces, totals, position: Position::default() })
    }

    /// Counts the pieces of a text, which is an input of its own.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::PatternFailed`] if the regular-expression engine gives up, [`crate::ErrorKind::Io`] if a line is
    /// not what [`super::Documents`] says.
    pub fn add_text(&mut self, text: &[u8]) -> Result<(), Error> {
        let mut counter = Counter::new(&self.splitting);
        counter.add(text, true)?;
        let (counts, totals) = (counter.counts, counter.totals);
        self.pieces.absorb(counts);
        self.totals.add(&totals);
        Ok(())
    }

    /// Counts a piece so many times.
    pub fn add_piece(&mut self, piece: &[u8], count: u64) {
        if !piece.is_empty() {
            self.pieces.add(piece, count);
        }
    }

    /// Counts the pieces of all inputs.
    ///
    /// # Errors
    ///
    /// As [`Counts::add_text`] and [`Corpus::open`].
    pub fn add(&mut self, corpus: &dyn Corpus, threads: usize) -> Result<(), Error> {
        let (counts, totals) = corpus::count(corpus, &self.splitting, threads, &mut self.position)?;
        self.pieces.absorb(counts);
        self.totals.add(&totals);
        Ok(())
    }

    /// How many different pieces there are.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Whether there are no pieces.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What was counted besides pieces.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    pub(super) fn for_each(&self, each: &mut dyn FnMut(&[u8], u64)) -> Result<(), Error> {
        self.pieces.for_each(each);
        Ok(())
    }
}
