//! A byte-pair encoding as plain data, and what tables are made of it: ranks for its tokens, and the pair that each
//! is made of.

use std::collections::HashMap;

use super::{Rules, invalid};
use crate::bpe::{MOST_TOKENS, PieceTable, Plan, origin};
use crate::error::Error;
use crate::token::{Rank, TokenId, Unit};

/// The most tokens and merges together: each has a name while it is found out which merges count.
const MOST_NAMES: usize = (1 << 21) - 1;

/// The most bytes that all tokens have together.
const MOST_BYTES: usize = 1 << 30;

/// A byte-pair encoding as plain data: what [`super::Vocabulary::from_model`] is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BpeModel {
    /// The bytes and the id of every token that merging begins with or makes. If there are no `merges`, in the order
    /// of their ranks. Bytes are those of text after normalizing (SentencePiece's `▁` is a space here).
    pub tokens: Vec<(Vec<u8>, TokenId)>,
    /// Which two neighbours merge into what, as places in `tokens` (left, right, result), the first to be merged
    /// first; of two equal pairs the last one counts, as in Hugging Face's tokenizers. `None`: any two merge whose
    /// bytes together are a token, in the order of `tokens`.
    pub merges: Option<Vec<[u32; 3]>>,
    /// What merging begins with.
    pub unit: Unit,
    /// With [`Unit::Character`]: the tokens of single bytes, with which a character is encoded that is no token.
    /// They never merge. All 256, or none.
    pub byte_tokens: Vec<(u8, TokenId)>,
    /// Tokens that text is never encoded with, but that ids are decoded to. They may have the bytes of others.
    pub decode_only: Vec<(Vec<u8>, TokenId)>,
    /// What stands for a character (with [`Unit::Byte`]: a byte) that is no token. `None`: text with it is an error.
    pub unknown: Option<UnknownToken>,
    /// Whether a piece that is a token as a whole becomes that token even if merging would not come to it (tiktoken
    /// always; Hugging Face's `ignore_merges`).
    pub whole_pieces: bool,
}

/// A token for what the vocabulary does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownToken {
    /// Its id.
    pub id: TokenId,
    /// Whether several in a row become one.
    pub fuses: bool,
}

impl BpeModel {
    /// The model of tiktoken: tokens in the order of ranks, bytes to begin with, whole pieces looked up.
    pub fn ranked(tokens: Vec<(Vec<u8>, TokenId)>) -> BpeModel {
        BpeModel {
            tokens,
            merges: None,
            unit: Unit::Byte,
            byte_tokens: Vec::new(),
            decode_only: Vec::new(),
            unknown: None,
            whole_pieces: true,
        }
    }
}

/// What a vocabulary is made from.
pub(super) struct Made {
    pub(super) images: [Vec<u8>; 4],
    /// The ids of the ranks 0, 1, 2, ... as runs of (first id, length).
    pub(super) runs: Vec<(TokenId, u32)>,
    pub(super) rules: Rules,
    pub(super) unknown: Option<UnknownToken>,
}

/// Gives ranks to the tokens and makes the images.
pub(super) fn make(model: BpeModel) -> Result<Made, Error> {
    check_sizes(&model)?;
    let ranks = match &model.merges {
        None => Ranks { order: (0..model.tokens.len()).collect(), pairs: None },
        Some(merges) => {
            let ranks = by_list(&model, merges)?;
            let tokens: Vec<&[u8]> =
                ranks.order.iter().map(|&place| model.tokens[place].0.as_slice()).collect();
            index(&tokens, &|rank| model.tokens[ranks.order[rank as usize]].1)?;
            ranks
        }
    };
    make_images(model, ranks, false)
}

/// The same of a model whose ranks are known, see [`super::Vocabulary::from_learned`].
pub(super) fn make_learned(model: BpeModel, threads: usize) -> Result<Made, Error> {
    check_sizes(&model)?;
    let mut pairs = vec![None; model.tokens.len()];
    for &[left, right, both] in model.merges.iter().flatten() {
        pairs[both as usize] = Some((left, right));
    }
    make_images(model, Ranks { order: (0..pairs.len()).collect(), pairs: Some(pairs) }, threads > 1)
}

fn make_images(model: BpeModel, ranks: Ranks, side_by_side: bool) -> Result<Made, Error> {
    let tokens: Vec<&[u8]> = ranks.order.iter().map(|&place| model.tokens[place].0.as_slice()).collect();
    let others = Others::new(&model, &tokens);
    let pairs = match ranks.pairs {
        Some(pairs) => pairs,
        None => {
            let table = index(&tokens, &|rank| model.tokens[ranks.order[rank as usize]].1)?;
            origin::by_rank(&table, model.unit, &others.bytes)
        }
    };
    let plan = Plan {
        unit: model.unit,
        tokens: &tokens,
        pairs: &pairs,
        others: &others.spelled,
        bytes: &others.bytes,
        whole_pieces: model.whole_pieces,
        saves_room: false,
        side_by_side,
    };
    let ids = ranks.order.iter().map(|&place| model.tokens[place].1).chain(others.ids);
    let rules = Rules {
        unit: model.unit,
        merging: tokens.len() as u32,
        whole_pieces: model.whole_pieces,
        is_listed: model.merges.is_some(),
        borders: origin::KnownBorders::of(&tokens, &pairs),
    };
    Ok(Made { images: plan.build_images(), runs: runs(ids), rules, unknown: model.unknown })
}

fn check_sizes(model: &BpeModel) -> Result<(), Error> {
    let others = model.byte_tokens.len() + model.decode_only.len() + 256;
    let names = model.tokens.len() + model.merges.as_ref().map_or(0, Vec::len);
    let bytes = |tokens: &[(Vec<u8>, TokenId)]| tokens.iter().map(|(bytes, _)| bytes.len()).sum::<usize>();
    if model.tokens.len() + others >= MOST_TOKENS
        || names >= MOST_NAMES
        || bytes(&model.tokens) + bytes(&model.decode_only) >= MOST_BYTES
    {
        return Err(invalid(
            "a vocabulary holds fewer than 2^20 tokens, 2^21 tokens and merges together, and 2^30 bytes",
        ));
    }
    Ok(())
}

/// The ranks by bytes; an error if a token is empty or comes twice.
fn index(tokens: &[&[u8]], id: &dyn Fn(Rank) -> TokenId) -> Result<PieceTable, Error> {
    let image = PieceTable::build_image(tokens.iter().copied()).map_err(|rank| {
        let token = tokens[rank as usize];
        let what = if token.is_empty() { "is empty" } else { "has the bytes of an earlier token" };
        invalid(format!(
            "the token with id {} and bytes {:?} {what}",
            id(rank),
            token.escape_ascii().to_string()
        ))
    })?;
    PieceTable::from_image(image.into()).ok_or_else(|| invalid("the tokens are too many"))
}

/// Which tokens have which ranks.
struct Ranks {
    /// The places in the model of the tokens of rank 0, 1, 2, ...
    order: Vec<usize>,
    /// The pair of each, if it is known already.
    pairs: Option<Vec<Option<(Rank, Rank)>>>,
}

/// Ranks by a list of merges: tokens come in the order of the pairs that count. Where those come that have none, does not
/// matter: so that ids run on, each before the next higher id.
fn by_list(model: &BpeModel, merges: &[[u32; 3]]) -> Result<Ranks, Error> {
    let tokens = &model.tokens;
    for (place, merge) in merges.iter().enumerate() {
        let bytes = |i: usize| tokens.get(merge[i] as usize).map(|(bytes, _)| bytes.as_slice());
        let [Some(left), Some(right), Some(both)] = [bytes(0), bytes(1), bytes(2)] else {
            return Err(invalid(format!("merge {place} is of a token that is not there")));
        };
        if both.strip_prefix(left) != Some(right) || left.is_empty() || right.is_empty() {
            let [left, right, both] = [left, right, both].map(|bytes| bytes.escape_ascii().to_string());
            return Err(invalid(format!("merge {place} makes {both:?} of {left:?} and {right:?}")));
        }
    }
    let places: HashMap<&[u8], u32> =
        (0..).zip(tokens).map(|(place, (bytes, _))| (bytes.as_slice(), place)).collect();
    let rows: Vec<Vec<u32>> = tokens
        .iter()
        .map(|(bytes, _)| {
            origin::units(model.unit, bytes).map(|one| places.get(one).copied().unwrap_or(u32::MAX)).collect()
        })
        .collect();
    let listed = origin::listed(&rows, merges);
    let mut merged: Vec<usize> = (0..tokens.len()).filter(|&place| listed[place].is_some()).collect();
    merged.sort_by_key(|&place| listed[place].map(|pair| pair.priority));
    let mut rest: Vec<usize> = (0..tokens.len()).filter(|&place| listed[place].is_none()).collect();
    rest.sort_by_key(|&place| tokens[place].1);
    let mut rest = rest.into_iter().peekable();
    let mut order = Vec::with_capacity(tokens.len());
    for place in merged {
        while let Some(other) = rest.next_if(|&other| tokens[other].1 < tokens[place].1) {
            order.push(other);
        }
        order.push(place);
    }
    order.extend(rest);
    let mut ranks = vec![0; tokens.len()];
    (0..).zip(&order).for_each(|(rank, &place)| ranks[place] = rank);
    let rank = |place: u32| ranks[place as usize];
    let pairs = order.iter().map(|&place| listed[place].map(|pair| (rank(pair.left), rank(pair.right))));
    Ok(Ranks { pairs: Some(pairs.collect()), order })
}

/// The pair of each token if any two neighbours merged that are a token together.
pub(super) fn pairs_by_rank(vocabulary: &super::Vocabulary) -> Option<Vec<Option<(Rank, Rank)>>> {
    let Rules { unit, merging, .. } = vocabulary.rules();
    let spelled = vocabulary.spelled();
    let image = PieceTable::build_image(spelled[..merging as usize].iter().copied()).ok()?;
    let table = PieceTable::from_image(image.into())?;
    Some(origin::by_rank(
        &table,
        unit,
        &vocabulary.byte_ranks().map(|rank| rank.filter(|&rank| rank >= merging)),
    ))
}

/// What has ranks above those of the tokens that merge.
struct Others<'m> {
    spelled: Vec<&'m [u8]>,
    /// The ids of the first of them; the last have none.
    ids: Vec<TokenId>,
    /// The ranks of those that stand for the bytes of what is no token.
    bytes: [Option<Rank>; 256],
}

/// Every byte.
static BYTES: [u8; 256] = {
    let mut bytes = [0; 256];
    let mut at = 0;
    while at < 256 {
        bytes[at] = at as u8;
        at += 1;
    }
    bytes
};

impl<'m> Others<'m> {
    /// The byte tokens, those that are only decoded, and something for each byte that would have nothing else.
    fn new(model: &'m BpeModel, tokens: &[&[u8]]) -> Others<'m> {
        let first = tokens.len() as Rank;
        let mut others = Others { spelled: Vec::new(), ids: Vec::new(), bytes: [None; 256] };
        for &(byte, id) in &model.byte_tokens {
            others.bytes[usize::from(byte)] = Some(first + others.spelled.len() as Rank);
            others.spelled.push(&BYTES[usize::from(byte)..][..1]);
            others.ids.push(id);
        }
        for (bytes, id) in &model.decode_only {
            others.spelled.push(bytes);
            others.ids.push(*id);
        }
        let begins = |byte: u8| byte < 0x80 || model.unit == Unit::Byte;
        let mut is_there = [false; 256];
        for token in tokens {
            if let [byte] = **token {
                is_there[usize::from(byte)] = begins(byte);
            }
        }
        for byte in 0..=255u8 {
            let place = &mut others.bytes[usize::from(byte)];
            if place.is_none() && !is_there[usize::from(byte)] {
                *place = Some(first + others.spelled.len() as Rank);
                others.spelled.push(&BYTES[usize::from(byte)..][..1]);
            }
        }
        others
    }
}

/// Runs of consecutive ids, as (first, length).
fn runs(ids: impl Iterator<Item = TokenId>) -> Vec<(TokenId, u32)> {
    let mut runs: Vec<(TokenId, u32)> = Vec::new();
    for id in ids {
        match runs.last_mut() {
            Some((first, length)) if first.checked_add(*length) == Some(id) => *length += 1,
            _ => runs.push((id, 1)),
        }
    }
    runs
}
