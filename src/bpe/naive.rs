//! The textbook algorithm, kept for ever as the oracle of the fast ones: tests and fuzz targets compare
//! every other file of this folder with it. It is quadratic, and never used for real work.
//!
//! Sennrich, Haddow, Birch 2016, "Neural Machine Translation of Rare Words with Subword Units", algorithm 1,
//! applied as tiktoken 0.14 does it: begin with single bytes; again and again join the two neighbours whose
//! concatenation is the token of lowest rank, the leftmost such pair if there are several; stop when no two
//! neighbours form a token.

use super::pieces::PieceTable;
use crate::token::Rank;

/// Merges one piece; the ranks of its tokens from left to right.
pub(crate) fn merge(table: &PieceTable, piece: &[u8]) -> Vec<Rank> {
    let mut parts: Vec<&[u8]> = piece.chunks(1).collect();
    loop {
        let mut best: Option<(Rank, usize)> = None;
        for i in 1..parts.len() {
            let joined = [parts[i - 1], parts[i]].concat();
            if let Some(rank) = table.rank(&joined)
                && best.is_none_or(|(lowest, _)| rank < lowest)
            {
                best = Some((rank, i));
            }
        }
        let Some((_, i)) = best else { break };
        let start: usize = parts[..i - 1].iter().map(|part| part.len()).sum();
        let length = parts[i - 1].len() + parts[i].len();
        parts[i - 1] = &piece[start..start + length];
        parts.remove(i);
    }
    parts.iter().map(|part| table.rank(part).expect("every byte and every merge is a token")).collect()
}

/// Encodes one piece as tiktoken does: the whole piece if it is a token, else by merging.
pub(crate) fn encode(table: &PieceTable, piece: &[u8]) -> Vec<Rank> {
    match table.rank(piece) {
        Some(rank) => vec![rank],
        None => merge(table, piece),
    }
}
