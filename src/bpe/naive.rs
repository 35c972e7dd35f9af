//! The textbook algorithm, kept for ever as the oracle of the fast ones: tests and fuzz targets compare
//! every other file of this folder with it. It is quadratic, and never used for real work.
//!
//! Sennrich, Haddow, Birch 2016, "Neural Machine Translation of Rare Words with Subword Units", algorithm 1: begin
//! with single bytes or characters; again and again join the two neighbours that come first in the order of
//! merges, the leftmost such pair if there are several; stop when no two neighbours merge. Which merge, and in what order,
//! is the rank of the token that both are together (tiktoken 0.14, SentencePiece 0.2), or a list of pairs
//! (Hugging Face's tokenizers 0.23).

use std::collections::HashMap;

use super::origin::units;
use crate::token::{Rank, Unit};

/// Merges as the textbook says.
#[derive(Clone, Debug)]
pub(crate) struct Textbook {
    unit: Unit,
    ranks: HashMap<Vec<u8>, Rank>,
    /// What stands for the bytes of what is no token.
    bytes: [Option<Rank>; 256],
    whole_pieces: bool,
    /// Which two merge into what, in which order; `None`: any two whose bytes together are a token, in the order of ranks.
    listed: Option<HashMap<(Rank, Rank), (usize, Rank)>>,
}

impl Textbook {
    /// Of tokens in the order of ranks, of which any two merge whose bytes together are a token.
    pub(crate) fn new(
        unit: Unit,
        tokens: impl Iterator<Item = Vec<u8>>,
        bytes: [Option<Rank>; 256],
        whole_pieces: bool,
    ) -> Textbook {
        let ranks = tokens.zip(0..).collect();
        Textbook { unit, ranks, bytes, whole_pieces, listed: None }
    }

    /// The same, of which only these merge: left, right, result, the first to be merged first. Of two equal pairs the last
    /// one counts.
    pub(crate) fn with_list(self, merges: impl Iterator<Item = (Rank, Rank, Rank)>) -> Textbook {
        let place = |(place, (left, right, result))| ((left, right), (place, result));
        Textbook { listed: Some(merges.enumerate().map(place).collect()), ..self }
    }

    /// Encodes one piece; the ranks of its tokens from left to right.
    ///
    /// Panics if the piece holds a byte that nothing stands for.
    pub(crate) fn encode(&self, piece: &[u8]) -> Vec<Rank> {
        match self.ranks.get(piece) {
            Some(&rank) if self.whole_pieces => vec![rank],
            _ => self.merge(piece),
        }
    }

    /// Merges one piece, even if it is a token.
    pub(crate) fn merge(&self, piece: &[u8]) -> Vec<Rank> {
        let mut parts: Vec<(&[u8], Rank)> = Vec::new();
        for one in units(self.unit, piece) {
            match self.ranks.get(one) {
                Some(&rank) if one.len() > 1 || one[0] < 0x80 || self.unit == Unit::Byte => {
                    parts.push((one, rank))
                }
                _ => parts.extend(one.chunks(1).map(|byte| (byte, self.byte(byte[0])))),
            }
        }
        loop {
            let joined = (1..parts.len()).filter_map(|i| Some((self.joined(parts[i - 1], parts[i])?, i)));
            // The first of several that are lowest.
            let Some(((_, rank), i)) = joined.min_by_key(|&((order, _), i)| (order, i)) else { break };
            let start: usize = parts[..i - 1].iter().map(|(part, _)| part.len()).sum();
            let length = parts[i - 1].0.len() + parts[i].0.len();
            parts[i - 1] = (&piece[start..start + length], rank);
            parts.remove(i);
        }
        parts.into_iter().map(|(_, rank)| rank).collect()
    }

    fn byte(&self, byte: u8) -> Rank {
        self.bytes[usize::from(byte)].expect("something stands for every byte")
    }

    /// The place in the order of merges and the rank of what the two merge into.
    fn joined(&self, left: (&[u8], Rank), right: (&[u8], Rank)) -> Option<(usize, Rank)> {
        match &self.listed {
            Some(listed) => listed.get(&(left.1, right.1)).copied(),
            // What stands for the bytes of a character that is no token never merges.
            None if [left, right].iter().any(|(bytes, rank)| self.ranks.get(*bytes) != Some(rank)) => None,
            None => self.ranks.get(&[left.0, right.0].concat()).map(|&rank| (rank as usize, rank)),
        }
    }
}
