//! The pieces of a text on their way from the pre-tokenizer to what merges or counts them.
//!
//! Which stretches of a text there are, and what is put for special tokens, is left to `text` and to `stream`.

use super::Tokenizer;
use crate::bpe::{PieceCounter, PieceEncoder};
use crate::error::Error;
use crate::pretokenize::{Bounds, Pretokenizer, SpaceRules};
use crate::special::SpecialPolicy;
use crate::token::Rank;
use crate::vocabulary::Vocabulary;

impl Tokenizer {
    /// Puts the ranks of the tokens of `text[start..stop]` to `ranks`. Both are boundaries between pieces; what stands after
    /// `stop` is looked at where the pattern looks ahead.
    pub(crate) fn encode_pieces(
        &self,
        merger: &mut PieceEncoder<'_>,
        room: &mut Bounds,
        text: &[u8],
        [start, stop]: [usize; 2],
        ranks: &mut Vec<Rank>,
    ) -> Result<(), Error> {
        let text = &text[start..];
        let mut pieces = self.pretokenizer().pieces(text, stop - start, room);
        while let Some(bounds) = pieces.next_batch()? {
            merger.encode(text, bounds, ranks)?;
        }
        merger.finish(text, ranks)
    }

    /// The number of tokens that [`Tokenizer::encode_pieces`] gives.
    pub(crate) fn count_pieces(
        &self,
        counter: &mut PieceCounter<'_>,
        room: &mut Bounds,
        text: &[u8],
        [start, stop]: [usize; 2],
    ) -> Result<usize, Error> {
        let text = &text[start..];
        let mut pieces = self.pretokenizer().pieces(text, stop - start, room);
        let mut tokens = 0;
        while let Some(bounds) = pieces.next_batch()? {
            tokens += counter.add(text, bounds)?;
        }
        Ok(tokens + counter.finish(text)?)
    }

    /// Whether [`Tokenizer::count_sections`] counts what there is: pieces of the text as it is.
    pub(crate) fn counts_sections(&self, policy: SpecialPolicy) -> bool {
        self.normalizer().is_identity() && self.cuts_and_knows_all() && !self.finds_specials(policy)
    }

    /// How many tokens of `text[..stop]` belong to pieces that begin in each of its sections; these end at `ends`, the last
    /// of which is `stop`. Special tokens are not looked for.
    ///
    /// Between two places where the text can be cut these are the tokens of what stands there by itself.
    pub(crate) fn count_sections(
        &self,
        counter: &mut PieceCounter<'_>,
        text: &[u8],
        ends: &[usize],
    ) -> Result<Vec<usize>, Error> {
        let mut sums = vec![0; ends.len()];
        let (mut room, mut at) = (Bounds::new(), 0);
        let stop = ends.last().copied().unwrap_or(0);
        let mut pieces = self.pretokenizer().pieces(text, stop, &mut room);
        while let Some(bounds) = pieces.next_batch()? {
            counter.add_by_section(text, bounds, (ends, &mut at), &mut sums)?;
        }
        counter.finish_by_section(text, &mut sums)?;
        Ok(sums)
    }

    /// As [`Tokenizer::encode_pieces`] for `text[start..]`, which nothing follows; but ranks can come with a later call: the
    /// merger is still to be finished with a text that begins with this one.
    pub(crate) fn encode_some(
        &self,
        merger: &mut PieceEncoder<'_>,
        room: &mut Bounds,
        text: &[u8],
        start: usize,
        ranks: &mut Vec<Rank>,
    ) -> Result<(), Error> {
        let mut pieces = self.pretokenizer().pieces_from(text, start, room);
        while let Some(bounds) = pieces.next_batch()? {
            merger.encode(text, bounds, ranks)?;
        }
        Ok(())
    }

    /// As [`Tokenizer::encode_some`], in numbers.
    pub(crate) fn count_some(
        &self,
        counter: &mut PieceCounter<'_>,
        room: &mut Bounds,
        text: &[u8],
        start: usize,
    ) -> Result<usize, Error> {
        let mut pieces = self.pretokenizer().pieces_from(text, start, room);
        let mut tokens = 0;
        while let Some(bounds) = pieces.next_batch()? {
            tokens += counter.add(text, bounds)?;
        }
        Ok(tokens)
    }
}

/// The pieces of a text that is not split, if a vocabulary knows borders that no merge crosses.
pub(super) fn by_borders(vocabulary: &Vocabulary) -> Option<Pretokenizer> {
    let borders = vocabulary.rules().borders;
    let looks_up_whole = vocabulary.whole_pieces() && vocabulary.has_unreachable_tokens();
    if !borders.before_spaces || looks_up_whole {
        return None;
    }
    // What is unknown on both sides of a border can become one token together: one side must be known.
    let fuses = vocabulary.unknown().is_some_and(|unknown| unknown.fuses);
    let missing: Vec<u8> = if fuses { vocabulary.missing_bytes().collect() } else { Vec::new() };
    let are_known = |which: fn(&u8) -> bool| !missing.iter().any(which);
    let newlines_known = are_known(|&byte| byte == b'\n');
    are_known(|&byte| byte == b' ').then(|| {
        Pretokenizer::spaces(SpaceRules {
            newline_alone: borders.beside_newlines && newlines_known,
            newline_runs: borders.beside_newline_runs && !borders.beside_newlines && newlines_known,
            but_after: borders.but_after,
            letters_apart: borders.beside_letters && are_known(u8::is_ascii_alphabetic),
            digits_alone: borders.beside_digits && are_known(u8::is_ascii_digit),
        })
    })
}
