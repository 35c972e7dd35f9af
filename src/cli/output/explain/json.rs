//! Explanations as one JSON document. Its keys are those that `explain --help` names.

use std::io;

use bytepair::explain::{MergeStep, Piece, Symbol, Way};
use bytepair::{TokenId, Tokenizer};
use serde::Serialize;

use crate::cli::explaining::reasons::{self, Expectation};
use crate::cli::explaining::{Explained, Other};
use crate::cli::output::ids::hex;
use crate::cli::output::json::{SCHEMA_VERSION, value};
use crate::cli::plan::Basis;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    model: Option<&'a str>,
    encoding: &'a str,
    texts: Vec<TextEntry<'a>>,
}

/// Bytes: as text, or in hexadecimal digits if they are no UTF-8.
#[derive(Serialize)]
struct Bytes<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes_hex: Option<String>,
}

impl<'a> Bytes<'a> {
    fn of(bytes: &'a [u8]) -> Bytes<'a> {
        let text = std::str::from_utf8(bytes).ok();
        Bytes { text, bytes_hex: text.is_none().then(|| hex(bytes)) }
    }
}

#[derive(Serialize)]
struct TextEntry<'a> {
    #[serde(flatten)]
    text: Bytes<'a>,
    normalized: Option<Bytes<'a>>,
    tokens: usize,
    ids: Vec<TokenId>,
    pieces: Vec<PieceEntry<'a>>,
    others: Vec<OtherEntry<'a>>,
    expected: Vec<ExpectedEntry<'a>>,
}

#[derive(Serialize)]
struct PieceEntry<'a> {
    #[serde(flatten)]
    text: Bytes<'a>,
    start: usize,
    end: usize,
    source_start: usize,
    source_end: usize,
    way: &'static str,
    symbols: Vec<SymbolEntry<'a>>,
    merges: Vec<MergeEntry<'a>>,
    merged: Vec<SymbolEntry<'a>>,
    ids: &'a [TokenId],
    #[serde(skip_serializing_if = "Option::is_none")]
    neighbours: Option<Vec<NeighbourEntry>>,
}

#[derive(Serialize)]
struct SymbolEntry<'a> {
    id: Option<TokenId>,
    #[serde(flatten)]
    text: Bytes<'a>,
    start: usize,
    end: usize,
}

#[derive(Serialize)]
struct MergeEntry<'a> {
    rank: u32,
    left: TokenId,
    right: TokenId,
    token: TokenId,
    #[serde(flatten)]
    text: Bytes<'a>,
    start: usize,
    middle: usize,
    end: usize,
}

#[derive(Serialize)]
struct NeighbourEntry {
    left: Option<TokenId>,
    right: Option<TokenId>,
    reason: &'static str,
    words: String,
}

#[derive(Serialize)]
struct OtherEntry<'a> {
    encoding: &'a str,
    tokens: usize,
    ids: Vec<TokenId>,
    texts: Vec<Bytes<'a>>,
}

#[derive(Serialize)]
struct ExpectedEntry<'a> {
    token: Bytes<'a>,
    id: Option<TokenId>,
    made: &'a str,
    places: Vec<PlaceEntry<'a>>,
    has_more_places: bool,
}

#[derive(Serialize)]
struct PlaceEntry<'a> {
    piece: usize,
    start: usize,
    end: usize,
    reason: &'static str,
    words: &'a str,
}

/// Writes explanations as one document.
pub(crate) fn json(basis: &Basis, all: &[Explained], with_neighbours: bool) -> io::Result<()> {
    let neighbours = |piece: &Piece| with_neighbours.then(|| neighbours(&basis.tokenizer, piece));
    let texts = all.iter().map(|explained| {
        let explanation = &explained.explanation;
        let ids = explanation.ids();
        TextEntry {
            text: Bytes::of(&explained.text),
            normalized: explanation.is_normalized.then(|| Bytes::of(&explanation.text)),
            tokens: ids.len(),
            ids,
            pieces: explanation
                .pieces
                .iter()
                .map(|one| PieceEntry { neighbours: neighbours(one), ..piece(one) })
                .collect(),
            others: explained.others.iter().map(other).collect(),
            expected: explained.expectations.iter().map(expected).collect(),
        }
    });
    value(&Document {
        schema_version: SCHEMA_VERSION,
        model: basis.model.as_ref().map(|model| &*model.name),
        encoding: &basis.encoding,
        texts: texts.collect(),
    })
}

fn piece(piece: &Piece) -> PieceEntry<'_> {
    let symbols = |symbols: &[Symbol]| {
        let entry = |symbol: &Symbol| {
            let Symbol { id, start, end } = *symbol;
            SymbolEntry { id, text: Bytes::of(&piece.bytes[start..end]), start, end }
        };
        symbols.iter().map(entry).collect()
    };
    let merge = |step: &MergeStep| {
        let MergeStep { rank, left, right, token, start, middle, end } = *step;
        MergeEntry { rank, left, right, token, text: Bytes::of(&piece.bytes[start..end]), start, middle, end }
    };
    PieceEntry {
        text: Bytes::of(&piece.bytes),
        start: piece.place.start,
        end: piece.place.end,
        source_start: piece.source.start,
        source_end: piece.source.end,
        way: match piece.way {
            Way::Merged => "merged",
            Way::Whole => "whole",
            Way::Special => "special",
        },
        symbols: symbols(&piece.symbols),
        merges: piece.merges.iter().map(merge).collect(),
        merged: symbols(&piece.merged),
        ids: &piece.ids,
        neighbours: None,
    }
}

fn neighbours(tokenizer: &Tokenizer, piece: &Piece) -> Vec<NeighbourEntry> {
    let entry = |pair: &[Symbol]| {
        let (left, right) = (pair[0].id, pair[1].id);
        let why = left.zip(right).and_then(|(left, right)| reasons::neighbours(tokenizer, left, right));
        let (reason, words) = why.unwrap_or(("unknown", "one of them is not known".to_owned()));
        NeighbourEntry { left, right, reason, words }
    };
    piece.merged.windows(2).map(entry).collect()
}

fn other(other: &Other) -> OtherEntry<'_> {
    OtherEntry {
        encoding: &other.encoding,
        tokens: other.tokens.len(),
        ids: other.tokens.iter().map(|(id, _)| *id).collect(),
        texts: other.tokens.iter().map(|(_, bytes)| Bytes::of(bytes)).collect(),
    }
}

fn expected(expectation: &Expectation) -> ExpectedEntry<'_> {
    let places = expectation.places.iter().map(|place| PlaceEntry {
        piece: place.piece,
        start: place.start,
        end: place.end,
        reason: place.reason,
        words: &place.words,
    });
    ExpectedEntry {
        token: Bytes::of(&expectation.token),
        id: expectation.id,
        made: &expectation.made,
        places: places.collect(),
        has_more_places: expectation.has_more,
    }
}
