//! What the pieces and settings of a SentencePiece BPE model mean.
//!
//! Source: sentencepiece 0.2.3, `bpe_model.cc`, `model_interface.cc` and `normalizer.cc`. The pair of neighbours that
//! makes the piece with the highest score is merged first, of equal ones the first in the text. What makes this a
//! byte-pair encoding by rank:
//!
//! * Pieces have different scores, or are the runs of one character that Llama 2 and Mistral have for spaces: there the
//!   first in the text grows first, which is what ranks do that prefer the longer.
//! * A piece that is not used is made all the same and taken apart again. That is an error here, unless nothing makes it.
//! * Pieces that the user has defined are found before; they never merge.

use std::borrow::Cow;
use std::collections::HashMap;

use super::super::merge_model::{SPACE_SIGN, byte_of_name};
use super::super::parts::Parts;
use super::super::{invalid, show};
use super::runs;
use crate::definition::Frame;
use crate::error::Error;
use crate::normalize::{Normalizer, NormalizerStep};
use crate::pretokenize::Split;
use crate::special::SpecialToken;
use crate::token::{TokenId, Unit};
use crate::vocabulary::{BpeModel, UnknownToken};

/// A piece; its place in the list is its id.
pub(in super::super) struct Piece<'m> {
    pub(in super::super) text: Cow<'m, str>,
    pub(in super::super) score: f32,
    pub(in super::super) kind: Kind,
}

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Kind {
    Normal,
    Unknown,
    Control,
    UserDefined,
    Unused,
    Byte,
    /// It fills a gap of the ids, and is as good as not there.
    Padding,
}

impl Kind {
    /// The kind with this number, in `.model` files and GGUF alike.
    pub(in super::super) fn from_number(number: u64) -> Option<Kind> {
        Some(match number {
            1 => Kind::Normal,
            2 => Kind::Unknown,
            3 => Kind::Control,
            4 => Kind::UserDefined,
            5 => Kind::Unused,
            6 => Kind::Byte,
            _ => return None,
        })
    }
}

/// What is said beside the pieces.
pub(in super::super) struct Settings {
    pub(in super::super) byte_fallback: bool,
    /// A precompiled character map; empty if there is none.
    pub(in super::super) character_map: Vec<u8>,
    /// A space is put before the text (`add_dummy_prefix`).
    pub(in super::super) adds_prefix: bool,
    pub(in super::super) squeezes_spaces: bool,
    /// Spaces are written as a sign (`escape_whitespaces`).
    pub(in super::super) has_space_sign: bool,
    /// The id of the token for the unknown; `None`: that of the only piece of this kind.
    pub(in super::super) unknown: Option<TokenId>,
    /// The id of the token that a model's own tokenizer puts before a text.
    pub(in super::super) begin: Option<TokenId>,
    /// The id of the one that it puts after.
    pub(in super::super) end: Option<TokenId>,
}

impl Default for Settings {
    /// What a `.model` means that does not say it.
    fn default() -> Settings {
        Settings {
            byte_fallback: false,
            character_map: Vec::new(),
            adds_prefix: true,
            squeezes_spaces: true,
            has_space_sign: true,
            unknown: None,
            begin: None,
            end: None,
        }
    }
}

/// The parts of the definition.
pub(in super::super) fn parts(pieces: &[Piece<'_>], settings: Settings) -> Result<Parts, Error> {
    let by_text = by_text(pieces)?;
    let unknown = unknown(pieces, settings.unknown)?;
    let model = BpeModel {
        tokens: tokens(pieces, &by_text, settings.has_space_sign)?,
        merges: None,
        unit: Unit::Character,
        byte_tokens: byte_tokens(pieces, settings.byte_fallback)?,
        decode_only: decode_only(pieces, settings.has_space_sign),
        unknown: Some(UnknownToken { id: unknown, fuses: true }),
        whole_pieces: false,
    };
    let framing = |id: Option<TokenId>| match id {
        Some(id) if pieces.get(id as usize).is_none_or(|piece| piece.kind != Kind::Control) => Vec::new(),
        id => id.into_iter().collect(),
    };
    let frame = Frame { before: framing(settings.begin), after: framing(settings.end) };
    let strips_first_space = settings.adds_prefix || settings.squeezes_spaces;
    let specials = specials(pieces, settings.has_space_sign);
    let normalizer = normalizer(settings);
    Ok(Parts {
        model,
        specials,
        normalizer,
        split: Split::Whole,
        frame,
        strips_first_space,
        hides_control: true,
    })
}

/// The id of the piece for the unknown.
fn unknown(pieces: &[Piece<'_>], given: Option<TokenId>) -> Result<TokenId, Error> {
    if let Some(id) = given {
        let is_there = (id as usize) < pieces.len();
        return is_there
            .then_some(id)
            .ok_or_else(|| invalid(format!("the unknown token has the id {id} of no token")));
    }
    let ids: Vec<usize> = (0..pieces.len()).filter(|&id| pieces[id].kind == Kind::Unknown).collect();
    match ids[..] {
        [id] => Ok(id as TokenId),
        _ => Err(invalid(format!("the model has {} pieces for the unknown, not one", ids.len()))),
    }
}

fn normalizer(settings: Settings) -> Normalizer {
    let mut steps = vec![NormalizerStep::ReplaceInvalid];
    if !settings.character_map.is_empty() {
        steps.push(NormalizerStep::CharacterMap(settings.character_map));
    }
    if settings.squeezes_spaces {
        steps.push(NormalizerStep::SqueezeSpaces);
    }
    if settings.has_space_sign {
        steps.push(NormalizerStep::Replace { from: SPACE_SIGN.into(), to: " ".into() });
    }
    if settings.adds_prefix {
        steps.push(NormalizerStep::Prepend(" ".into()));
    }
    Normalizer::new(steps)
}

/// The ids of the pieces by their text.
fn by_text<'p>(pieces: &'p [Piece<'_>]) -> Result<HashMap<&'p str, usize>, Error> {
    let mut ids = HashMap::with_capacity(pieces.len());
    for (id, piece) in pieces.iter().enumerate() {
        if piece.text.is_empty() {
            return Err(invalid(format!("the piece with id {id} is empty")));
        }
        if let Some(other) = ids.insert(piece.text.as_ref(), id) {
            return Err(invalid(format!("the piece {} has the ids {other} and {id}", show(&piece.text))));
        }
    }
    Ok(ids)
}

/// The tokens that merging begins with or makes, in the order in which they are made.
fn tokens(
    pieces: &[Piece<'_>],
    by_text: &HashMap<&str, usize>,
    has_space_sign: bool,
) -> Result<Vec<(Vec<u8>, TokenId)>, Error> {
    let merges = |piece: &Piece<'_>| matches!(piece.kind, Kind::Normal | Kind::Unused);
    let kind_of = |text: &str| by_text.get(text).map(|&id| pieces[id].kind);
    let mut ids: Vec<usize> = Vec::new();
    for (id, piece) in pieces.iter().enumerate().filter(|(_, piece)| merges(piece)) {
        // A space is never merged where a sign stands for it.
        if has_space_sign && piece.text.contains(' ') {
            continue;
        }
        if piece.score.is_nan() {
            return Err(invalid(format!("the piece {} has no number for a score", show(&piece.text))));
        }
        if is_long(&piece.text) {
            let mut buffer = [0; 4];
            for char in piece.text.chars() {
                if kind_of(char.encode_utf8(&mut buffer)).is_none() {
                    let message = format!(
                        "the piece {} has the character {char:?}, which is no piece of its own",
                        show(&piece.text)
                    );
                    return Err(invalid(message));
                }
            }
            if piece.kind == Kind::Unused && is_made(&piece.text, |text| kind_of(text).is_some()) {
                let message =
                    format!("the piece {} is made but not used, which is not supported", show(&piece.text));
                return Err(invalid(message));
            }
        }
        ids.push(id);
    }
    ids.sort_by(|&a, &b| {
        let (a, b) = (&pieces[a], &pieces[b]);
        b.score
            .partial_cmp(&a.score)
            .unwrap_or(std::cmp::Ordering::Equal)
            .then(b.text.len().cmp(&a.text.len()))
    });
    check_ties(pieces, &ids)?;
    let bytes = |text: &str| match has_space_sign {
        true => text.replace(SPACE_SIGN, " ").into_bytes(),
        false => text.as_bytes().to_vec(),
    };
    Ok(ids.into_iter().map(|id| (bytes(&pieces[id].text), id as TokenId)).collect())
}

/// The pieces that text never becomes: a space is never merged where a sign stands for it.
fn decode_only(pieces: &[Piece<'_>], has_space_sign: bool) -> Vec<(Vec<u8>, TokenId)> {
    let has_kind = |piece: &Piece<'_>| matches!(piece.kind, Kind::Normal | Kind::Unused | Kind::UserDefined);
    let is_left_out = |piece: &Piece<'_>| has_space_sign && has_kind(piece) && piece.text.contains(' ');
    let left_out = pieces.iter().enumerate().filter(|(_, piece)| is_left_out(piece));
    left_out.map(|(id, piece)| (piece.text.replace(SPACE_SIGN, " ").into_bytes(), id as TokenId)).collect()
}

/// Whether a piece is more than one character.
fn is_long(text: &str) -> bool {
    text.chars().nth(1).is_some()
}

/// Whether two pieces make this one.
fn is_made(text: &str, is_piece: impl Fn(&str) -> bool) -> bool {
    text.char_indices().skip(1).any(|(at, _)| is_piece(&text[..at]) && is_piece(&text[at..]))
}

/// Fails if pieces of equal scores could be merged in another order than the text's. `ids` are in the order of merging.
fn check_ties(pieces: &[Piece<'_>], ids: &[usize]) -> Result<(), Error> {
    let long: Vec<&Piece<'_>> =
        ids.iter().map(|&id| &pieces[id]).filter(|piece| is_long(&piece.text)).collect();
    let run = |piece: &Piece<'_>| {
        let mut chars = piece.text.chars();
        let first = chars.next()?;
        chars.all(|char| char == first).then_some(first)
    };
    // `==`, as 0.0 and -0.0 are one score.
    for tied in long.chunk_by(|a, b| a.score == b.score).filter(|tied| tied.len() > 1) {
        let char = run(tied[0]);
        let are_runs = char.is_some() && tied.iter().all(|piece| run(piece) == char);
        let lengths: Vec<usize> = tied.iter().map(|piece| piece.text.chars().count()).collect();
        // All of them, as others would come before or after.
        let all = long.iter().filter(|piece| run(piece) == char).count();
        if !are_runs || all != tied.len() || !runs::longer_first_is_first_first(&lengths) {
            let message = format!(
                "the pieces {} and {} have the same score: which is merged first cannot be told",
                show(&tied[0].text),
                show(&tied[1].text)
            );
            return Err(invalid(message));
        }
    }
    Ok(())
}

/// The tokens of single bytes: all 256, or none.
fn byte_tokens(pieces: &[Piece<'_>], byte_fallback: bool) -> Result<Vec<(u8, TokenId)>, Error> {
    let mut tokens = Vec::new();
    for (id, piece) in pieces.iter().enumerate().filter(|(_, piece)| piece.kind == Kind::Byte) {
        let byte = byte_of_name(&piece.text);
        let byte = byte.ok_or_else(|| invalid(format!("the byte piece {} is no byte", show(&piece.text))))?;
        tokens.push((byte, id as TokenId));
    }
    tokens.sort_unstable();
    let wanted = if byte_fallback { 256 } else { 0 };
    if tokens.len() != wanted {
        let setting = if byte_fallback { "with" } else { "without" };
        let message =
            format!("the model is one {setting} byte_fallback, but has {} byte pieces", tokens.len());
        return Err(invalid(message));
    }
    Ok(tokens)
}

/// Control pieces, the one for the unknown, and those that the user has defined.
fn specials(pieces: &[Piece<'_>], has_space_sign: bool) -> Vec<SpecialToken> {
    let mut tokens = Vec::new();
    for (id, piece) in pieces.iter().enumerate() {
        let control = SpecialToken::control(piece.text.clone().into_owned(), id as TokenId);
        match piece.kind {
            Kind::Control | Kind::Unknown => tokens.push(control),
            // It is looked for where there are no spaces any more.
            Kind::UserDefined if has_space_sign && piece.text.contains(' ') => {}
            Kind::UserDefined => {
                let plain = has_space_sign.then(|| piece.text.replace(SPACE_SIGN, " ").into());
                tokens.push(SpecialToken {
                    name: plain.unwrap_or_else(|| control.name.clone()),
                    is_control: false,
                    in_normalized: true,
                    ..control
                });
            }
            Kind::Normal | Kind::Unused | Kind::Byte | Kind::Padding => {}
        }
    }
    tokens
}
