//! What becomes of the tokens of a stream: they are counted, or their ids are kept, with or without their places.
//!
//! Which stretches of text there are is found by the [parent](super).

use crate::bpe::{PieceCounter, PieceEncoder};
use crate::error::Error;
use crate::pretokenize::Bounds;
use crate::special::SpecialPolicy;
use crate::token::{Rank, Span, TokenId};
use crate::tokenizer::Tokenizer;

/// A tokenizer, and what it keeps between pieces.
pub(super) struct Merging<'t> {
    pub(super) tokenizer: &'t Tokenizer,
    pub(super) merger: PieceEncoder<'t>,
    pub(super) counter: PieceCounter<'t>,
    pub(super) bounds: Bounds,
}

impl Merging<'_> {
    /// Puts the ranks of the tokens of a stretch to `ranks`.
    fn encode(&mut self, text: &[u8], stretch: Stretch, ranks: &mut Vec<Rank>) -> Result<(), Error> {
        match stretch {
            Stretch::Pieces(start, stop) => {
                let Merging { tokenizer, merger, bounds, .. } = self;
                tokenizer.encode_pieces(merger, bounds, text, [start, stop], ranks)
            }
            Stretch::Part(start, stop) => {
                self.merger.encode(text, &[start, stop], ranks)?;
                self.merger.finish(text, ranks)
            }
        }
    }
}

/// Where a stretch of text begins and ends.
#[derive(Clone, Copy)]
pub(super) enum Stretch {
    /// Some pieces, whole ones.
    Pieces(usize, usize),
    /// A part of a piece, between two places where no token reaches across.
    Part(usize, usize),
}

/// What becomes of the tokens.
pub(super) trait Sink {
    fn pieces(&mut self, merging: &mut Merging<'_>, text: &[u8], stretch: Stretch) -> Result<(), Error>;

    /// Takes the pieces of one of many short stretches of a text, from a byte to another. What is not settled at once is
    /// with [`Sink::settle`], before any other text comes.
    fn some(&mut self, merging: &mut Merging<'_>, text: &[u8], range: [usize; 2]) -> Result<(), Error> {
        self.pieces(merging, &text[..range[1]], Stretch::Pieces(range[0], range[1]))
    }

    /// A special token before, between or after such stretches.
    fn special_between(&mut self, _: &mut Merging<'_>, id: TokenId, length: usize) {
        self.special(id, length);
    }

    fn settle(&mut self, _: &mut Merging<'_>, _: &[u8]) -> Result<(), Error> {
        Ok(())
    }

    fn rank(&mut self, tokenizer: &Tokenizer, rank: Rank);
    /// A special token, whose name in the text has this many bytes: two names can share an id.
    fn special(&mut self, id: TokenId, length: usize);
    /// All of a text at once.
    fn whole(&mut self, tokenizer: &Tokenizer, text: &[u8], policy: SpecialPolicy) -> Result<(), Error>;
}

pub(super) struct Count(pub(super) u64);

impl Sink for Count {
    fn pieces(&mut self, merging: &mut Merging<'_>, text: &[u8], stretch: Stretch) -> Result<(), Error> {
        let Merging { tokenizer, counter, bounds, .. } = merging;
        self.0 += match stretch {
            Stretch::Pieces(start, stop) => tokenizer.count_pieces(counter, bounds, text, [start, stop])?,
            Stretch::Part(start, stop) => counter.add(text, &[start, stop])? + counter.finish(text)?,
        } as u64;
        Ok(())
    }

    fn some(&mut self, merging: &mut Merging<'_>, text: &[u8], range: [usize; 2]) -> Result<(), Error> {
        let Merging { tokenizer, counter, bounds, .. } = merging;
        self.0 += tokenizer.count_some(counter, bounds, &text[..range[1]], range[0])? as u64;
        Ok(())
    }

    fn settle(&mut self, merging: &mut Merging<'_>, text: &[u8]) -> Result<(), Error> {
        self.0 += merging.counter.finish(text)? as u64;
        Ok(())
    }

    fn rank(&mut self, _: &Tokenizer, _: Rank) {
        self.0 += 1;
    }

    fn special(&mut self, _: TokenId, _: usize) {
        self.0 += 1;
    }

    fn whole(&mut self, tokenizer: &Tokenizer, text: &[u8], policy: SpecialPolicy) -> Result<(), Error> {
        self.0 += tokenizer.count_with(text, policy)? as u64;
        Ok(())
    }
}

impl Sink for Vec<TokenId> {
    fn pieces(&mut self, merging: &mut Merging<'_>, text: &[u8], stretch: Stretch) -> Result<(), Error> {
        let from = self.len();
        merging.encode(text, stretch, self)?;
        merging.tokenizer.vocabulary().to_ids(&mut self[from..]);
        Ok(())
    }

    fn some(&mut self, merging: &mut Merging<'_>, text: &[u8], range: [usize; 2]) -> Result<(), Error> {
        let Merging { tokenizer, merger, bounds, .. } = merging;
        let from = self.len();
        tokenizer.encode_some(merger, bounds, &text[..range[1]], range[0], self)?;
        tokenizer.vocabulary().to_ids(&mut self[from..]);
        Ok(())
    }

    fn special_between(&mut self, merging: &mut Merging<'_>, id: TokenId, _: usize) {
        merging.merger.put(merging.tokenizer.vocabulary().apart(id));
    }

    fn settle(&mut self, merging: &mut Merging<'_>, text: &[u8]) -> Result<(), Error> {
        let from = self.len();
        merging.merger.finish(text, self)?;
        merging.tokenizer.vocabulary().to_ids(&mut self[from..]);
        Ok(())
    }

    fn rank(&mut self, tokenizer: &Tokenizer, rank: Rank) {
        self.push(tokenizer.vocabulary().id_of(rank));
    }

    fn special(&mut self, id: TokenId, _: usize) {
        self.push(id);
    }

    fn whole(&mut self, tokenizer: &Tokenizer, text: &[u8], policy: SpecialPolicy) -> Result<(), Error> {
        self.extend(tokenizer.encode_with(text, policy)?);
        Ok(())
    }
}

/// Tokens with their places.
pub(super) struct Spans<'s> {
    pub(super) spans: &'s mut Vec<Span>,
    pub(super) end: &'s mut usize,
}

impl Spans<'_> {
    fn push(&mut self, id: TokenId, length: usize) {
        let start = *self.end;
        *self.end += length;
        self.spans.push(Span { id, start, end: *self.end });
    }
}

impl Sink for Spans<'_> {
    fn pieces(&mut self, merging: &mut Merging<'_>, text: &[u8], stretch: Stretch) -> Result<(), Error> {
        let mut ranks = Vec::new();
        merging.encode(text, stretch, &mut ranks)?;
        ranks.iter().for_each(|&rank| self.rank(merging.tokenizer, rank));
        Ok(())
    }

    fn rank(&mut self, tokenizer: &Tokenizer, rank: Rank) {
        let vocabulary = tokenizer.vocabulary();
        self.push(vocabulary.id_of(rank), vocabulary.tables().token_length(rank));
    }

    fn special(&mut self, id: TokenId, length: usize) {
        self.push(id, length);
    }

    fn whole(&mut self, tokenizer: &Tokenizer, text: &[u8], policy: SpecialPolicy) -> Result<(), Error> {
        self.spans.extend(tokenizer.spans(text, policy)?);
        *self.end += text.len();
        Ok(())
    }
}
