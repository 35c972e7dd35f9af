//! A vocabulary: which bytes each token id stands for, and in which order merges happen.
//!
//! It is checked when it is made and cannot change afterwards. Special tokens are not in it (see `special`),
//! nor is the pattern that cuts text into pieces. What can be said about merging is in [`BpeModel`]; how that becomes
//! tables is the work of `model`, merging itself that of `bpe`.

mod ids;
mod model;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::bpe::Tables;
use crate::bpe::naive::Textbook;
pub(crate) use crate::bpe::origin::KnownBorders;
use crate::error::{Error, ErrorKind};
use crate::token::{Rank, TokenId, Unit};
pub(crate) use ids::Ids;
pub use model::{BpeModel, UnknownToken};

/// The ordinary tokens of an encoding: ids, bytes and merge ranks.
#[derive(Clone)]
pub struct Vocabulary {
    tables: Tables,
    ids: Ids,
    rules: Rules,
    /// What stands for what is no token.
    unknown: Option<UnknownToken>,
    /// The ranks by bytes, made when first asked for.
    by_bytes: Arc<OnceLock<HashMap<Vec<u8>, Rank>>>,
}

/// How the tokens of a vocabulary merge, and which ranks are what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    pub(crate) unit: Unit,
    /// How many ranks are tokens that merging begins with or makes; above are those that stand for single bytes or are only
    /// decoded.
    pub(crate) merging: u32,
    pub(crate) whole_pieces: bool,
    /// Whether only the pairs of a list merge, not any two neighbours that are a token together.
    pub(crate) is_listed: bool,
    /// Where no token reaches across.
    pub(crate) borders: KnownBorders,
}

impl Vocabulary {
    /// A vocabulary from the bytes and the id of every token, in the order of merge ranks: the pair of
    /// neighbours whose joined bytes come first in this order is merged first. As tiktoken takes them.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidVocabulary`] if a token is empty, if two tokens have the same bytes or the same
    /// id, or if one of the 256 single bytes is missing (some text could then not be encoded).
    ///
    /// ```
    /// let bytes = (0..=255u8).map(|byte| (vec![byte], u32::from(byte)));
    /// let vocabulary = bytepair::Vocabulary::new(bytes.chain([(b"ab".to_vec(), 1000)]))?;
    /// assert_eq!(vocabulary.id(b"ab"), Some(1000));
    /// # Ok::<(), bytepair::Error>(())
    /// ```
    pub fn new(tokens: impl IntoIterator<Item = (Vec<u8>, TokenId)>) -> Result<Vocabulary, Error> {
        let vocabulary = Vocabulary::from_model(BpeModel::ranked(tokens.into_iter().collect()))?;
        let missing: Vec<u8> = vocabulary.missing_bytes().collect();
        let Some(first) = missing.first() else { return Ok(vocabulary) };
        let count = missing.len();
        Err(invalid(format!(
            "{count} of the 256 single bytes are no tokens, the first is 0x{first:02x}: \
             text with these bytes could not be encoded"
        )))
    }

    /// A vocabulary from a byte-pair encoding of any kind.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidVocabulary`] if a token is empty, if two tokens have the same bytes or the same id, if a merge
    /// does not join two tokens into a third one that has their bytes, or if there are about a million tokens or two
    /// million tokens and merges.
    pub fn from_model(model: BpeModel) -> Result<Vocabulary, Error> {
        Vocabulary::from_made(model::make(model)?)
    }

    /// The same of a model whose tokens are in the order of ids: first those that merging begins with, then one for each merge,
    /// in the order of the merges, and each with the pair that merging its bytes comes down to. So nothing has to be found out.
    pub(crate) fn from_learned(model: BpeModel, threads: usize) -> Result<Vocabulary, Error> {
        Vocabulary::from_made(model::make_learned(model, threads)?)
    }

    fn from_made(made: model::Made) -> Result<Vocabulary, Error> {
        Vocabulary::from_images(
            made.images.map(Cow::Owned),
            Ids::new(made.runs.into()),
            made.rules,
            made.unknown,
        )
    }

    /// A vocabulary on the images of its tables, with the ids of its ranks as runs of (first id, length).
    pub(crate) fn from_images(
        images: [Cow<'static, [u8]>; 4],
        ids: Result<Ids, Error>,
        rules: Rules,
        unknown: Option<UnknownToken>,
    ) -> Result<Vocabulary, Error> {
        let not_whole = || invalid("a table of tokens is not of the length that it says");
        let (tables, ids) = (Tables::from_images(images).ok_or_else(not_whole)?, ids?);
        if ids.len() > tables.len() || rules.merging > ids.len() {
            return Err(invalid(format!("there are {} tokens but {} ids", tables.len(), ids.len())));
        }
        Ok(Vocabulary { tables, ids, rules, unknown, by_bytes: Arc::default() })
    }

    /// How many tokens there are. Ids can have gaps, so this is not the highest id plus one.
    pub fn len(&self) -> usize {
        self.ids.len() as usize
    }

    /// Whether there are no tokens.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The length in bytes of the longest token.
    pub fn longest_token(&self) -> usize {
        self.tables.longest()
    }

    /// What merging begins with.
    pub fn unit(&self) -> Unit {
        self.rules.unit
    }

    /// Whether a piece that is a token as a whole becomes that token even if merging would not come to it.
    pub fn whole_pieces(&self) -> bool {
        self.rules.whole_pieces
    }

    /// What stands for what is no token, if anything does.
    pub fn unknown(&self) -> Option<UnknownToken> {
        self.unknown
    }

    /// The single bytes (as parts of characters that are no tokens, too) that nothing stands for.
    pub fn missing_bytes(&self) -> impl Iterator<Item = u8> {
        let bytes = self.tables.byte_ranks();
        (0..=255).filter(move |&byte| bytes[usize::from(byte)].is_none_or(|rank| !self.is_known(rank)))
    }

    /// The id of the token with exactly these bytes. Of several, that which text is encoded with.
    pub fn id(&self, bytes: &[u8]) -> Option<TokenId> {
        let by_bytes = self.by_bytes.get_or_init(|| {
            let ranks = (0..self.ids.len()).rev();
            ranks.map(|rank| (self.tables.bytes(rank).to_vec(), rank)).collect()
        });
        by_bytes.get(bytes).map(|&rank| self.id_of(rank))
    }

    /// Whether an ordinary token has this id.
    pub(crate) fn has(&self, id: TokenId) -> bool {
        self.ids.rank(id).is_some()
    }

    /// The rank of an ordinary token.
    pub(crate) fn rank_of(&self, id: TokenId) -> Option<Rank> {
        self.ids.rank(id)
    }

    /// The bytes of a token. They need not be valid UTF-8: a character can be spread over several tokens.
    pub fn bytes(&self, id: TokenId) -> Option<&[u8]> {
        self.ids.rank(id).map(|rank| self.tables.bytes(rank))
    }

    /// All tokens as (id, bytes), in the order of merge ranks.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (TokenId, &[u8])> {
        (0..self.ids.len()).map(|rank| (self.id_of(rank), self.tables.bytes(rank)))
    }

    /// All merges that encoding can come to, in their order: the ids of the left token, the right one, and the result.
    pub fn merges(&self) -> impl Iterator<Item = (TokenId, TokenId, TokenId)> {
        self.tables
            .merges()
            .map(|(left, right, both)| (self.id_of(left), self.id_of(right), self.id_of(both)))
    }

    /// Whether there are tokens of several bytes (characters) that merging does not come to.
    pub fn has_unreachable_tokens(&self) -> bool {
        !self.tables.reach_all()
    }

    /// Whether two tokens may have the same bytes: only those can that text is never encoded with.
    pub(crate) fn can_spell_twice(&self) -> bool {
        self.ids.len() > self.rules.merging
    }

    /// Puts the bytes of a token to `out`; `false` if there is no such token.
    pub(crate) fn spell(&self, id: TokenId, out: &mut Vec<u8>) -> bool {
        self.ids.rank(id).map(|rank| self.tables.spell(rank, out)).is_some()
    }

    /// The ids as inclusive ranges in ascending order, for messages.
    pub(crate) fn id_ranges(&self) -> impl Iterator<Item = (TokenId, TokenId)> {
        self.ids.ranges()
    }

    /// The ids of the ranks 0, 1, 2, ... as runs of (first id, length).
    pub(crate) fn id_runs(&self) -> Vec<(TokenId, u32)> {
        self.ids.runs()
    }

    /// The bytes of all ranks.
    pub(crate) fn spelled(&self) -> Vec<&[u8]> {
        (0..self.tables.len()).map(|rank| self.tables.bytes(rank)).collect()
    }

    /// The ranks of what stands for single bytes.
    pub(crate) fn byte_ranks(&self) -> [Option<Rank>; 256] {
        self.tables.byte_ranks()
    }

    /// The pair of each rank that merges, or `None` for those that merging begins with or does not come to.
    pub(crate) fn pairs(&self) -> Vec<Option<(Rank, Rank)>> {
        let mut pairs = vec![None; self.rules.merging as usize];
        self.tables.merges().for_each(|(left, right, both)| pairs[both as usize] = Some((left, right)));
        pairs
    }

    /// Whether it would change nothing if any two neighbours merged that are a token together, in the order of ranks.
    pub(crate) fn merges_any_neighbours(&self) -> bool {
        !self.rules.is_listed || model::pairs_by_rank(self).is_some_and(|pairs| pairs == self.pairs())
    }

    pub(crate) fn tables(&self) -> &Tables {
        &self.tables
    }

    pub(crate) fn rules(&self) -> Rules {
        self.rules
    }

    /// The textbook algorithm for this vocabulary, the oracle of `tables`.
    pub(crate) fn textbook(&self) -> Textbook {
        let tokens = (0..self.rules.merging).map(|rank| self.tables.bytes(rank).to_vec());
        let bytes = self.tables.byte_ranks();
        let textbook = Textbook::new(self.rules.unit, tokens, bytes, self.rules.whole_pieces);
        if self.rules.is_listed { textbook.with_list(self.tables.merges()) } else { textbook }
    }

    /// Whether the rank is that of a token; others stand for bytes that are no tokens.
    #[inline]
    pub(crate) fn is_known(&self, rank: Rank) -> bool {
        rank < self.ids.len()
    }

    /// Whether every text can be encoded without unknown tokens.
    pub(crate) fn knows_all(&self) -> bool {
        self.ids.len() == self.tables.len()
    }

    /// Whether every text that is UTF-8 can be encoded without unknown tokens: no byte is missing but those that such a
    /// text never has.
    pub(crate) fn knows_all_of_utf8(&self) -> bool {
        self.missing_bytes().all(|byte| matches!(byte, 0xc0 | 0xc1 | 0xf5..))
    }

    /// The id of a rank of this vocabulary.
    #[inline]
    pub(crate) fn id_of(&self, rank: Rank) -> TokenId {
        self.ids.id(rank)
    }

    /// Says that the ids of a text of so many bytes will be made.
    pub(crate) fn expect_ids(&self, bytes: usize) {
        self.ids.expect(bytes);
    }

    /// What [`Vocabulary::to_ids`] makes the id of a special token of.
    pub(crate) fn apart(&self, id: TokenId) -> Rank {
        self.ids.apart(id)
    }

    /// Makes ids of ranks, and of what [`Vocabulary::apart`] gave, where they stand.
    pub(crate) fn to_ids(&self, ranks: &mut [Rank]) {
        self.ids.put_for(ranks);
    }
}

impl fmt::Debug for Vocabulary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vocabulary").field("tokens", &self.len()).field("rules", &self.rules).finish()
    }
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidVocabulary, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes() -> impl Iterator<Item = (Vec<u8>, TokenId)> {
        (0..=255u8).map(|byte| (vec![byte], 10 + u32::from(byte)))
    }

    #[test]
    fn ids_need_not_rise_with_ranks() {
        let more =
            [(b"ab".to_vec(), u32::MAX), (b"bc".to_vec(), 0), (b"cd".to_vec(), 9), (b"de".to_vec(), 1)];
        let vocabulary = Vocabulary::new(bytes().chain(more.clone())).expect("distinct ids");
        for (bytes, id) in bytes().chain(more) {
            assert_eq!(vocabulary.id(&bytes), Some(id));
            assert_eq!(vocabulary.bytes(id), Some(bytes.as_slice()));
        }
        for unknown in [2, 8, 266, u32::MAX - 1] {
            assert_eq!(vocabulary.bytes(unknown), None);
        }
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        for (token, words) in [
            ((b"ab".to_vec(), 100), "two tokens have the id 100"),
            ((b"a".to_vec(), 5), "has the bytes of an earlier token"),
            ((Vec::new(), 5), "is empty"),
        ] {
            let error = Vocabulary::new(bytes().chain([token])).expect_err(words);
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}
