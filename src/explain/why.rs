//! Why merging did not come to something: two neighbours that stay apart, a token that is not there although its bytes are.
//!
//! The answer is complete, because of one thing: if a merge makes the token at all, and none of the merges that were made
//! crosses the borders of its bytes, then these were merged as if they stood alone, and so the token was made.

use std::ops::Range;

use super::{Explanation, LastMerge, MergeStep, Origin, Piece, Way, last_merge, origin};
use crate::token::TokenId;
use crate::tokenizer::Tokenizer;

/// Why two neighbours stay apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apart {
    /// Their bytes together are no token.
    NoToken,
    /// Their bytes together are a token, but one that is made of two others, which these never were.
    OtherParts {
        /// The token.
        token: TokenId,
        /// What it is made of.
        merge: LastMerge,
    },
    /// Their bytes together are a token that no merge makes.
    NoMerge {
        /// The token.
        token: TokenId,
    },
    /// They do not stay apart: neighbours like these are merged.
    Merged {
        /// What they become.
        token: TokenId,
    },
}

/// A place where the bytes of a token stand, and what became of them there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The piece in which the bytes begin: its place among the pieces.
    pub piece: usize,
    /// Where they stand, in bytes from the start of that piece. They can reach beyond its end.
    pub place: Range<usize>,
    /// Whether the token is there, and if not, why.
    pub reason: Reason,
}

/// Why a token is not where its bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The token is there.
    Used,
    /// The text was cut within its bytes, so many bytes after the start of the piece: no token spans two pieces.
    Cut {
        /// Where the first piece ends.
        at: usize,
    },
    /// The bytes are in a special token.
    InSpecial,
    /// The piece is a token as a whole, and was not merged.
    InWhole {
        /// That token.
        token: TokenId,
    },
    /// No merge makes the token; where it does come from, if from anywhere, is this.
    NoMerge(Origin),
    /// They begin or end inside a character with which merging begins.
    InSymbol,
    /// The token was made, and then joined with a neighbour.
    MergedOn {
        /// By which of the piece's merges.
        step: usize,
    },
    /// A merge joined some of its bytes with what is beside them, before the token could be made.
    Crossed {
        /// Which of the piece's merges.
        step: usize,
    },
}

/// Why two tokens that stand beside each other in a piece are not merged. Their order matters. `None` if one of them is no
/// ordinary token.
///
/// ```
/// use bytepair::explain::{Apart, apart};
/// let tokenizer = bytepair::encoding("o200k_base")?;
/// // "st" "raw" "berry": neither "straw" nor "rawberry" is a token.
/// assert_eq!(apart(&tokenizer, 302, 1618), Some(Apart::NoToken));
/// # Ok::<(), bytepair::Error>(())
/// ```
pub fn apart(tokenizer: &Tokenizer, left: TokenId, right: TokenId) -> Option<Apart> {
    let vocabulary = tokenizer.vocabulary();
    let mut bytes = Vec::new();
    let are_known = vocabulary.spell(left, &mut bytes) && vocabulary.spell(right, &mut bytes);
    if !are_known {
        return None;
    }
    let Some(token) = vocabulary.id(&bytes) else { return Some(Apart::NoToken) };
    Some(match last_merge(tokenizer, token) {
        Some(merge) if (merge.left, merge.right) == (left, right) => Apart::Merged { token },
        Some(merge) => Apart::OtherParts { token, merge },
        None => Apart::NoMerge { token },
    })
}

/// Where the bytes of a token stand in a text that was explained, and what became of them at each place, from left to right.
/// Nothing if they are not there, or if the tokenizer has no such token.
///
/// ```
/// use bytepair::explain::{Reason, explain, why_not};
/// let tokenizer = bytepair::encoding("o200k_base")?;
/// let explained = explain(&tokenizer, b"strawberry", Default::default())?;
/// let berry = tokenizer.vocabulary().id(b"berry").expect("a token");
/// let there = why_not(&tokenizer, &explained, berry).next().expect("its bytes are there");
/// assert_eq!((there.place, there.reason), (5..10, Reason::Used));
/// # Ok::<(), bytepair::Error>(())
/// ```
pub fn why_not<'e>(
    tokenizer: &'e Tokenizer,
    explained: &'e Explanation,
    token: TokenId,
) -> impl Iterator<Item = Expected> + 'e {
    let wanted = tokenizer.token_bytes(token).unwrap_or_default();
    let origin = origin(tokenizer, token);
    let row: Vec<u8> = explained.pieces.iter().flat_map(|piece| &piece.bytes).copied().collect();
    let (mut at, mut piece, mut piece_at) = (0, 0, 0);
    std::iter::from_fn(move || {
        let origin = origin.filter(|_| !wanted.is_empty())?;
        let found = at + row.get(at..)?.windows(wanted.len()).position(|bytes| bytes == wanted)?;
        at = found + 1;
        while piece_at + explained.pieces[piece].bytes.len() <= found {
            piece_at += explained.pieces[piece].bytes.len();
            piece += 1;
        }
        let place = found - piece_at..found - piece_at + wanted.len();
        let reason = reason(&explained.pieces[piece], &place, token, origin);
        Some(Expected { piece, place, reason })
    })
}

fn reason(piece: &Piece, place: &Range<usize>, token: TokenId, origin: Origin) -> Reason {
    let is_all = *place == (0..piece.bytes.len());
    match piece.way {
        _ if is_all && piece.ids == [token] => return Reason::Used,
        _ if origin == Origin::Special && piece.way != Way::Special => return Reason::NoMerge(origin),
        _ if place.end > piece.bytes.len() => return Reason::Cut { at: piece.bytes.len() },
        Way::Special => return Reason::InSpecial,
        Way::Whole if piece.merged.len() > 1 => return Reason::InWhole { token: piece.ids[0] },
        _ => {}
    }
    if !matches!(origin, Origin::Symbol | Origin::Merge(_)) {
        return Reason::NoMerge(origin);
    }
    let borders =
        piece.symbols.iter().filter(|symbol| symbol.start == place.start || symbol.end == place.end);
    let is_symbol = |start: usize, end: usize| (start, end) == (place.start, place.end);
    let (mut begins, mut ends) = (false, false);
    for symbol in borders {
        begins |= symbol.start == place.start;
        ends |= symbol.end == place.end;
    }
    if !begins || !ends {
        return Reason::InSymbol;
    }
    let crosses = |step: &MergeStep| {
        let is_inside = |border: usize| step.start < border && border < step.end;
        is_inside(place.start) || is_inside(place.end)
    };
    let Some(step) = piece.merges.iter().position(crosses) else { return Reason::Used };
    let was_made = piece.symbols.iter().any(|symbol| is_symbol(symbol.start, symbol.end))
        || piece.merges[..step].iter().any(|merge| is_symbol(merge.start, merge.end));
    if was_made { Reason::MergedOn { step } } else { Reason::Crossed { step } }
}
