//! What training begins with: the symbols that there are before the first merge, and what a piece is made of.
//!
//! Symbols are numbered in the order that decides ties. In a vocabulary that is continued that is the order of ids; of the
//! single bytes see [`Ties`].

use super::Ties;
use crate::bpe::PieceEncoder;
use crate::error::{Error, ErrorKind};
use crate::token::{TokenId, Unit};
use crate::vocabulary::{BpeModel, Vocabulary};

/// What to do about a vocabulary that cannot be continued.
pub(super) const INSTEAD: &str =
    "continue a byte-level one, such as o200k_base, qwen2.5 or llama3, or learn a new one without --from";

/// The symbols to begin with.
pub(super) struct Start {
    /// The bytes of each.
    pub(super) tokens: Vec<Vec<u8>>,
    /// How they came to be, if they are more than bytes.
    pub(super) base: Option<Base>,
    /// The symbol of each byte, if they are no more.
    bytes: [u32; 256],
}

/// A vocabulary that is continued.
pub(super) struct Base {
    pub(super) vocabulary: Vocabulary,
    /// The id of each symbol.
    pub(super) ids: Vec<TokenId>,
    /// The symbol of each rank.
    symbols: Vec<u32>,
}

/// Makes symbols of pieces.
pub(super) struct Symbols<'s> {
    start: &'s Start,
    encoder: Option<PieceEncoder<'s>>,
    ranks: Vec<u32>,
}

impl Start {
    /// The single bytes.
    pub(super) fn bytes(ties: Ties) -> Start {
        let order = ties.bytes();
        let mut bytes = [0; 256];
        for (&byte, symbol) in order.iter().zip(0..) {
            bytes[usize::from(byte)] = symbol;
        }
        Start { tokens: order.iter().map(|&byte| vec![byte]).collect(), base: None, bytes }
    }

    /// The tokens of a vocabulary.
    ///
    /// Fails if it is not one of bytes.
    pub(super) fn vocabulary(vocabulary: &Vocabulary) -> Result<Start, Error> {
        let what = match (vocabulary.unit(), vocabulary.knows_all()) {
            (Unit::Byte, true) => None,
            (Unit::Byte, false) => Some("lacks tokens for some of the 256 bytes"),
            _ => Some("merges characters, as SentencePiece does, and bytes stand in for rare ones only"),
        };
        if let Some(what) = what {
            let message = format!("only byte-level vocabularies can be continued, and this one {what}");
            return Err(Error::new(ErrorKind::InvalidTraining, message).with_hint(INSTEAD));
        }
        let mut tokens: Vec<(TokenId, u32, &[u8])> =
            vocabulary.iter().zip(0..).map(|((id, bytes), rank)| (id, rank, bytes)).collect();
        tokens.sort_unstable();
        let mut symbols = vec![0; tokens.len()];
        for (&(_, rank, _), symbol) in tokens.iter().zip(0..) {
            symbols[rank as usize] = symbol;
        }
        let ids = tokens.iter().map(|token| token.0).collect();
        let base = Base { vocabulary: vocabulary.clone(), ids, symbols };
        let tokens = tokens.iter().map(|token| token.2.to_vec()).collect();
        Ok(Start { tokens, base: Some(base), bytes: [0; 256] })
    }

    /// The lengths of the symbols, in bytes.
    pub(super) fn lengths(&self) -> Vec<u32> {
        self.tokens.iter().map(|token| token.len() as u32).collect()
    }

    pub(super) fn symbols(&self) -> Symbols<'_> {
        let encoder = self.base.as_ref().map(|base| PieceEncoder::new(base.vocabulary.tables(), usize::MAX));
        Symbols { start: self, encoder, ranks: Vec::new() }
    }
}

impl Symbols<'_> {
    /// Puts the symbols of a piece to `row`, each with its length in bytes.
    pub(super) fn of(&mut self, piece: &[u8], row: &mut Vec<(u32, u32)>) -> Result<(), Error> {
        let (Some(base), Some(encoder)) = (&self.start.base, &mut self.encoder) else {
            row.extend(piece.iter().map(|&byte| (self.start.bytes[usize::from(byte)], 1)));
            return Ok(());
        };
        self.ranks.clear();
        encoder.encode(piece, &[0, piece.len()], &mut self.ranks)?;
        encoder.finish(piece, &mut self.ranks)?;
        row.extend(self.ranks.iter().map(|&rank| {
            let symbol = base.symbols[rank as usize];
            (symbol, self.start.tokens[symbol as usize].len() as u32)
        }));
        Ok(())
    }
}

/// The vocabulary of the single bytes and of these characters, each a token with all that begin its bytes.
pub(super) fn with_characters(ties: Ties, characters: &[char]) -> Result<Vocabulary, Error> {
    let mut tokens: Vec<Vec<u8>> = ties.bytes().iter().map(|&byte| vec![byte]).collect();
    let mut merges = Vec::new();
    let place = |tokens: &[Vec<u8>], bytes: &[u8]| tokens.iter().position(|token| token == bytes);
    for character in characters {
        let bytes = character.to_string().into_bytes();
        for end in 2..=bytes.len() {
            if place(&tokens, &bytes[..end]).is_some() {
                continue;
            }
            let parts = [&bytes[..end - 1], &bytes[end - 1..end]].map(|part| place(&tokens, part));
            if let [Some(left), Some(right)] = parts {
                merges.push([left as u32, right as u32, tokens.len() as u32]);
                tokens.push(bytes[..end].to_vec());
            }
        }
    }
    Vocabulary::from_model(model(tokens.into_iter().zip(0..).collect(), merges))
}

/// A byte-level model with these tokens and merges.
pub(super) fn model(tokens: Vec<(Vec<u8>, TokenId)>, merges: Vec<[u32; 3]>) -> BpeModel {
    BpeModel { merges: Some(merges), whole_pieces: false, ..BpeModel::ranked(tokens) }
}
