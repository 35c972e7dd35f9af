//! In words: why a token that is expected is not there, and why neighbours are not merged.

use bytepair::explain::{
    Apart, Expected, Explanation, MergeStep, Origin, Piece, Reason, apart, last_merge, rank, why_not,
};
use bytepair::{TokenId, Tokenizer};

use crate::cli::failure::Problem;
use crate::cli::literal::plain;

/// At how many places is said what became of an expected token.
const PLACES: usize = 20;

/// What became of a token that was expected.
pub(crate) struct Expectation {
    /// Its text.
    pub(crate) token: Vec<u8>,
    /// Its id; `None` if the vocabulary has no such token.
    pub(crate) id: Option<TokenId>,
    /// What it is made of, or what its bytes become if it is no token.
    pub(crate) made: String,
    /// The places where its bytes stand, and what became of them there.
    pub(crate) places: Vec<Place>,
    /// Whether there are more places.
    pub(crate) has_more: bool,
}

/// A place where a token was expected.
pub(crate) struct Place {
    /// The number of the piece, from 0.
    pub(crate) piece: usize,
    /// Where in the piece it begins and ends.
    pub(crate) start: usize,
    /// Where it ends.
    pub(crate) end: usize,
    /// In one word.
    pub(crate) reason: &'static str,
    /// In a sentence.
    pub(crate) words: String,
}

/// What became of a token where its bytes stand in the text.
pub(crate) fn expectation(
    tokenizer: &Tokenizer,
    explanation: &Explanation,
    token: Vec<u8>,
) -> Result<Expectation, Problem> {
    if token.is_empty() {
        return Err(Problem::new("an empty text is no token").about("--expect"));
    }
    let as_special = || std::str::from_utf8(&token).ok().and_then(|name| tokenizer.specials().id(name));
    let Some(id) = tokenizer.vocabulary().id(&token).or_else(as_special) else {
        let ids = tokenizer.encode(&token)?;
        let parts: Vec<String> = ids.into_iter().map(|id| shown(tokenizer, id)).collect();
        let made = format!("no token of {}; by itself it becomes {}", tokenizer.name(), parts.join(" "));
        return Ok(Expectation { token, id: None, made, places: Vec::new(), has_more: false });
    };
    let mut all = why_not(tokenizer, explanation, id);
    let place = |found: Expected| {
        let (reason, words) = in_words(tokenizer, &explanation.pieces[found.piece], id, found.reason);
        Place { piece: found.piece, start: found.place.start, end: found.place.end, reason, words }
    };
    let places: Vec<Place> = all.by_ref().take(PLACES).map(place).collect();
    let has_more = all.next().is_some();
    drop(all);
    Ok(Expectation { made: made_of(tokenizer, id), token, id: Some(id), places, has_more })
}

/// What a token is made of.
pub(crate) fn made_of(tokenizer: &Tokenizer, id: TokenId) -> String {
    match last_merge(tokenizer, id) {
        Some(merge) => {
            let [left, right] = [merge.left, merge.right].map(|id| shown(tokenizer, id));
            format!("made of {left} + {right}, rank {}", merge.rank)
        }
        None => match bytepair::explain::origin(tokenizer, id) {
            Some(Origin::Symbol) => "merging begins with it".to_owned(),
            Some(Origin::Special) => "a special token, found before text is cut".to_owned(),
            Some(Origin::Unknown) => "stands for what is no token".to_owned(),
            Some(Origin::WholePiece) => {
                "no merge makes it; a piece that is exactly this becomes it".to_owned()
            }
            _ => "no merge makes it: no text becomes it".to_owned(),
        },
    }
}

fn in_words(tokenizer: &Tokenizer, piece: &Piece, id: TokenId, reason: Reason) -> (&'static str, String) {
    let step = |at: usize| step_in_words(piece, at);
    match reason {
        Reason::Used => ("used", "it is there".to_owned()),
        Reason::Cut { at } => {
            let before = plain(&piece.bytes[..at]);
            (
                "cut",
                format!("the text is cut after {before}, before merging begins: no token spans two pieces"),
            )
        }
        Reason::InSpecial => ("special", "its bytes are in a special token".to_owned()),
        Reason::InWhole { token } => {
            ("whole", format!("the piece is a token as a whole ({token}), so nothing is merged"))
        }
        Reason::NoMerge(Origin::Special) => {
            ("not_found", "no special token was found here: --special encode looks for them".to_owned())
        }
        Reason::NoMerge(_) => ("no_merge", made_of(tokenizer, id)),
        Reason::InSymbol => {
            ("symbol", "it begins or ends inside a character with which merging begins".to_owned())
        }
        Reason::MergedOn { step: at } => ("merged_on", format!("it is made, and then {}", step(at))),
        Reason::Crossed { step: at } => {
            let own =
                rank(tokenizer, id).map_or(String::new(), |rank| format!(" (its own merge has rank {rank})"));
            ("crossed", format!("{} first, across its border{own}", step(at)))
        }
        _ => ("other", format!("{reason:?}")),
    }
}

fn step_in_words(piece: &Piece, at: usize) -> String {
    let MergeStep { rank, start, middle, end, .. } = piece.merges[at];
    let [left, right] = [start..middle, middle..end].map(|range| plain(&piece.bytes[range]));
    format!("merge {} (rank {rank}) joins {left} + {right}", at + 1)
}

/// Why two neighbours are not merged: in one word, and in a sentence. `None` if one of them is not known.
pub(crate) fn neighbours(
    tokenizer: &Tokenizer,
    left: TokenId,
    right: TokenId,
) -> Option<(&'static str, String)> {
    Some(match apart(tokenizer, left, right)? {
        Apart::NoToken => ("no_token", "together no token".to_owned()),
        Apart::OtherParts { token, .. } => {
            let made = made_of(tokenizer, token);
            (
                "other_parts",
                format!("together the token {token}, but that is {made}: this pair is not in the list"),
            )
        }
        Apart::NoMerge { token } => {
            ("no_merge", format!("together the token {token}; {}", made_of(tokenizer, token)))
        }
        Apart::Merged { token } => ("merged", format!("merged into {token}")),
    })
}

/// The bytes of a token, for people.
pub(crate) fn shown(tokenizer: &Tokenizer, id: TokenId) -> String {
    tokenizer.token_bytes(id).map(plain).unwrap_or_default()
}
