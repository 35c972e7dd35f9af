//! What is known of a token by itself: whether merging begins with it, comes to it, or never does.

use crate::bpe::origin::units;
use crate::token::{TokenId, Unit};
use crate::tokenizer::Tokenizer;

/// The last merge that makes a token when its bytes are merged alone; in a text it is made by the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastMerge {
    /// The left of the two tokens that are joined.
    pub left: TokenId,
    /// The right one.
    pub right: TokenId,
    /// The place of the merge in the order of merges, see the [module](super).
    pub rank: u32,
}

/// Where a token comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// Merging begins with it: a single byte or character.
    Symbol,
    /// A merge makes it.
    Merge(LastMerge),
    /// Merging never makes it, but a piece that has exactly its bytes becomes it: the vocabulary is one that looks up
    /// whole pieces ([`crate::Vocabulary::whole_pieces`]).
    WholePiece,
    /// It is found in the text before it is cut into pieces.
    Special,
    /// It stands for what is no token.
    Unknown,
    /// No text becomes it: no merge makes it, and it is nothing that merging begins with. Ids are decoded with it all the same.
    Never,
}

/// The place of a token in the order of merges, see the [module](super). `None` if merging neither begins with it nor could make
/// it: special tokens, those that stand for single bytes in vocabularies of characters, and ids that are not there.
pub fn rank(tokenizer: &Tokenizer, id: TokenId) -> Option<u32> {
    let vocabulary = tokenizer.vocabulary();
    vocabulary.rank_of(id).filter(|&rank| rank < vocabulary.rules().merging)
}

/// The last merge that makes a token. `None` if merging begins with it or does not come to it, for special tokens, and if there
/// is no such id: [`origin`] says which.
pub fn last_merge(tokenizer: &Tokenizer, id: TokenId) -> Option<LastMerge> {
    let vocabulary = tokenizer.vocabulary();
    let rank = vocabulary.rank_of(id)?;
    let (left, right) = vocabulary.tables().parts_of(rank)?;
    Some(LastMerge { left: vocabulary.id_of(left), right: vocabulary.id_of(right), rank })
}

/// Where a token comes from; `None` if there is no such id.
///
/// What the pre-tokenizer keeps apart is not looked at: a token that a merge makes never comes in a text either if no piece
/// can hold its bytes.
///
/// ```
/// use bytepair::explain::{Origin, origin};
/// let tokenizer = bytepair::encoding("cl100k_base")?;
/// assert_eq!(origin(&tokenizer, 0), Some(Origin::Symbol)); // "!"
/// let Some(Origin::Merge(merge)) = origin(&tokenizer, 1820) else { panic!("\"the\" is merged") };
/// assert_eq!(tokenizer.decode(&[merge.left, merge.right])?, b"the");
/// assert_eq!(origin(&tokenizer, 100257), Some(Origin::Special));
/// assert_eq!(origin(&tokenizer, 100256), None); // a gap in the ids
/// # Ok::<(), bytepair::Error>(())
/// ```
pub fn origin(tokenizer: &Tokenizer, id: TokenId) -> Option<Origin> {
    let vocabulary = tokenizer.vocabulary();
    let is_special = tokenizer.specials().name(id).is_some();
    let is_unknown = vocabulary.unknown().is_some_and(|unknown| unknown.id == id);
    let otherwise = |origin| match () {
        () if is_special => Origin::Special,
        () if is_unknown => Origin::Unknown,
        () => origin,
    };
    let Some(rank) = vocabulary.rank_of(id) else {
        return (is_special || is_unknown).then(|| otherwise(Origin::Never));
    };
    if let Some(merge) = last_merge(tokenizer, id) {
        return Some(Origin::Merge(merge));
    }
    let rules = vocabulary.rules();
    let mut bytes = Vec::new();
    vocabulary.tables().spell(rank, &mut bytes);
    let is_symbol = match bytes[..] {
        [byte] => vocabulary.tables().byte_ranks()[usize::from(byte)] == Some(rank),
        _ => {
            rules.unit == Unit::Character
                && rank < rules.merging
                && units(rules.unit, &bytes).nth(1).is_none()
        }
    };
    Some(match () {
        () if is_symbol => Origin::Symbol,
        () if rules.whole_pieces && rank < rules.merging => otherwise(Origin::WholePiece),
        () => otherwise(Origin::Never),
    })
}
