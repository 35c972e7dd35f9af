//! How a text became its tokens: the pieces that it was cut into, and every merge in the order in which it was made.
//!
//! [`explain()`] tells what happened to a text, [`origin()`] what is known of a token by itself, [`why_not`] why a token that
//! one would expect is not there, and [`unreachable()`] which tokens never are. Nothing here prints: what is shown of it is left to others.
//!
//! ```
//! use bytepair::explain::explain;
//! let tokenizer = bytepair::encoding("o200k_base")?;
//! let explained = explain(&tokenizer, b"strawberry", Default::default())?;
//! assert_eq!(explained.ids(), [302, 1618, 19772]);
//! let piece = &explained.pieces[0];
//! // Ten bytes; the first merge, of the lowest rank, joins "e" and "r"; seven merges leave three tokens.
//! let first = &piece.merges[0];
//! assert_eq!((piece.symbols.len(), piece.merges.len()), (10, 7));
//! assert_eq!((&piece.bytes[first.start..first.middle], &piece.bytes[first.middle..first.end]), (&b"e"[..], &b"r"[..]));
//! # Ok::<(), bytepair::Error>(())
//! ```
//!
//! # What a rank is
//!
//! The place of a merge in the order of merges: of all pairs that could be joined, the one of the lowest rank comes first, and
//! the leftmost of several. A merge has the rank of the token that it makes: its place (from 0) among the tokens in
//! the order in which merging makes them. In OpenAI's vocabularies this is the number in the `.tiktoken` file; in those that
//! have a list of merges, the order of ranks is that of the list; in SentencePiece's, that of scores.
//!
//! # Trees
//!
//! A token comes of the same two parts wherever it stands: no merge has crossed its borders, so that what happened between
//! them is what happens when its bytes are merged alone. So the merges of a token are a tree that belongs to the token, not to
//! the text: [`last_merge`] gives its top, and the two parts have trees of their own. Only the order between the merges of
//! different tokens is a matter of the text.

mod reach;
mod tokens;
mod why;

use std::ops::Range;

use crate::bpe::Part;
use crate::error::Error;
use crate::special::SpecialPolicy;
use crate::token::{Rank, TokenId};
use crate::tokenizer::{TextPart, TextPiece, Tokenizer};
pub use reach::{Unreachable, unreachable};
pub use tokens::{LastMerge, Origin, last_merge, origin, rank};
pub use why::{Apart, Expected, Reason, apart, why_not};

/// What happened to a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The text that was cut into pieces: what the normalizer made of the text, with special tokens as they stand in it.
    pub text: Vec<u8>,
    /// Whether the normalizer changed anything.
    pub is_normalized: bool,
    /// The pieces from left to right.
    pub pieces: Vec<Piece>,
}

/// A piece of a text: no token spans two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The bytes that were merged; for a special token, those that it was found in.
    pub bytes: Vec<u8>,
    /// Which bytes of [`Explanation::text`] it is made from. They are `bytes`, unless the pre-tokenizer puts something
    /// into the text; between pieces can be bytes that it leaves out.
    pub place: Range<usize>,
    /// Which bytes of the text before normalizing these were. Empty for what was put in.
    pub source: Range<usize>,
    /// How it became tokens.
    pub way: Way,
    /// What merging begins with, from left to right; none for a special token.
    pub symbols: Vec<Symbol>,
    /// All merges in the order in which they are made. With [`Way::Whole`], those that would be.
    pub merges: Vec<MergeStep>,
    /// What is left after the last merge, from left to right. With [`Way::Whole`], what would be.
    pub merged: Vec<Symbol>,
    /// The ids of the piece: those of `merged`, unless it is [`Way::Whole`] or there are bytes that are no token.
    pub ids: Vec<TokenId>,
}

/// How a piece became tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By merging.
    Merged,
    /// It is a token as a whole, so that nothing was merged: the rule of tiktoken, and of Hugging Face's tokenizers with
    /// `ignore_merges`. Merging mostly comes to the same token.
    Whole,
    /// It is a special token.
    Special,
}

/// A part of a piece while it is merged: `bytes[start..end]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// Its token. `None`: the vocabulary has no token for this byte, and what stands for the unknown takes its place.
    pub id: Option<TokenId>,
    /// Where it begins, in bytes from the start of the piece.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// A merge: `bytes[start..middle]` and `bytes[middle..end]` of a piece became one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergeStep {
    /// Its place in the order of merges, see the [module](self).
    pub rank: u32,
    /// The left of the two.
    pub left: TokenId,
    /// The right one.
    pub right: TokenId,
    /// What they became.
    pub token: TokenId,
    /// Where the left one begins, in bytes from the start of the piece.
    pub start: usize,
    /// Where the right one begins.
    pub middle: usize,
    /// Where it ends.
    pub end: usize,
}

impl Explanation {
    /// The ids of the whole text: what [`Tokenizer::encode_with`] gives.
    pub fn ids(&self) -> Vec<TokenId> {
        self.pieces.iter().flat_map(|piece| &piece.ids).copied().collect()
    }
}

/// Tells what happens to a text. For n bytes it takes about n log n steps, and some hundred bytes of memory for each.
///
/// # Errors
///
/// As [`Tokenizer::encode_with`].
pub fn explain(tokenizer: &Tokenizer, text: &[u8], policy: SpecialPolicy) -> Result<Explanation, Error> {
    let mut whole =
        Explanation { text: Vec::with_capacity(text.len()), is_normalized: false, pieces: Vec::new() };
    let mut stretch_at = 0;
    tokenizer.each_part(text, policy, |part| {
        match part {
            TextPart::Special(id, source) => {
                let bytes = &text[source.clone()];
                let place = whole.text.len()..whole.text.len() + bytes.len();
                whole.text.extend_from_slice(bytes);
                whole.pieces.push(special(id, bytes, place, source));
            }
            TextPart::Stretch(bytes) => {
                stretch_at = whole.text.len();
                whole.text.extend_from_slice(bytes);
            }
            TextPart::Piece(piece) => whole.pieces.push(merged(tokenizer, piece, stretch_at)?),
        }
        Ok(())
    })?;
    whole.is_normalized = whole.text != text;
    Ok(whole)
}

fn special(id: TokenId, bytes: &[u8], place: Range<usize>, source: Range<usize>) -> Piece {
    Piece {
        bytes: bytes.to_vec(),
        place,
        source,
        way: Way::Special,
        symbols: Vec::new(),
        merges: Vec::new(),
        merged: Vec::new(),
        ids: vec![id],
    }
}

/// Merges a piece of a stretch that begins at `stretch_at`.
fn merged(tokenizer: &Tokenizer, piece: TextPiece<'_>, stretch_at: usize) -> Result<Piece, Error> {
    let vocabulary = tokenizer.vocabulary();
    let tables = vocabulary.tables();
    let trace = tables.trace(piece.bytes);
    let id = |rank: Rank| vocabulary.id_of(rank);
    let symbol = |part: &Part| Symbol {
        id: vocabulary.is_known(part.rank).then(|| id(part.rank)),
        start: part.start,
        end: part.end,
    };
    let merges = trace.merges.iter().map(|merge| MergeStep {
        rank: merge.rank,
        left: id(merge.left),
        right: id(merge.right),
        token: id(merge.rank),
        start: merge.start,
        middle: merge.middle,
        end: merge.end,
    });
    let looked_up = match (&trace.end[..], vocabulary.whole_pieces()) {
        // One byte that is a token, or stands for what is none.
        ([_], true) if trace.merges.is_empty() => None,
        ([one], true) => Some(one.rank),
        // Of the tokens that merging does not come to, this knows all.
        (_, true) => tables.whole(piece.bytes),
        (_, false) => None,
    };
    let ranks: Vec<Rank> = match looked_up {
        Some(rank) => vec![rank],
        None => trace.end.iter().map(|part| part.rank).collect(),
    };
    let mut ids = Vec::new();
    tokenizer.to_known_ids(&ranks, &mut ids)?;
    Ok(Piece {
        bytes: piece.bytes.to_vec(),
        place: stretch_at + piece.in_stretch.start..stretch_at + piece.in_stretch.end,
        source: piece.source,
        way: if looked_up.is_some() { Way::Whole } else { Way::Merged },
        symbols: trace.begin.iter().map(symbol).collect(),
        merges: merges.collect(),
        merged: trace.end.iter().map(symbol).collect(),
        ids,
    })
}

#[cfg(test)]
mod tests;
