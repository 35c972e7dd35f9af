//! A vocabulary: which bytes each token id stands for, and in which order merges happen.
//!
//! It is checked when it is made and cannot change afterwards. Special tokens are not in it (see `special`),
//! nor is the pattern that cuts text into pieces.

use std::borrow::Cow;
use std::fmt;

use crate::bpe::{MOST_TOKENS, PieceTable, Tables};
use crate::error::{Error, ErrorKind};
use crate::token::{Rank, TokenId};

/// A byte-pair encoding as plain data: what [`Vocabulary::from_model`] is made from.
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
    /// What stands for a character (with [`Unit::Byte`]: a byte) that is no token. `None`: text with it is an error.
    pub unknown: Option<UnknownToken>,
    /// Whether a piece that is a token as a whole becomes that token even if merging would not come to it (tiktoken
    /// always; Hugging Face's `ignore_merges`).
    pub whole_pieces: bool,
}

/// What merging begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Single bytes.
    Byte,
    /// Characters, and bytes for those that are no tokens.
    Character,
}

/// A token for what the vocabulary does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownToken {
    /// Its id.
    pub id: TokenId,
    /// Whether several in a row become one.
    pub fuses: bool,
}

/// The ordinary tokens of an encoding: ids, bytes and merge ranks.
#[derive(Clone)]
pub struct Vocabulary {
    tables: Tables,
    ids: IdRuns,
}

/// The ids of the ranks 0, 1, 2, ... as runs of consecutive ids. The known vocabularies have one or two runs.
#[derive(Clone, Debug)]
struct IdRuns {
    by_rank: Vec<Run>,
    by_id: Vec<Run>,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    rank: Rank,
    id: TokenId,
    length: u32,
}

impl Vocabulary {
    /// A vocabulary from the bytes and the id of every token, in the order of merge ranks: the pair of
    /// neighbours whose joined bytes come first in this order is merged first.
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
        let (bytes, ids): (Vec<Vec<u8>>, Vec<TokenId>) = tokens.into_iter().unzip();
        let total: usize = bytes.iter().map(Vec::len).sum();
        if bytes.len() > MOST_TOKENS || total >= 1 << 30 {
            return Err(invalid("a vocabulary holds fewer than 2^21 tokens and 2^30 bytes"));
        }
        let image = PieceTable::build_image(bytes.iter().map(Vec::as_slice)).map_err(|rank| {
            let token = &bytes[rank as usize];
            let what = if token.is_empty() { "is empty" } else { "has the bytes of an earlier token" };
            invalid(format!("the token with id {} and bytes {:?} {what}", ids[rank as usize], show(token)))
        })?;
        let pieces = PieceTable::from_image(Cow::Owned(image)).ok_or_else(not_whole)?;
        let missing: Vec<u8> = (0..=255).filter(|&byte| pieces.rank(&[byte]).is_none()).collect();
        if let Some(first) = missing.first() {
            let count = missing.len();
            return Err(invalid(format!(
                "{count} of the 256 single bytes are no tokens, the first is 0x{first:02x}: \
                 text with these bytes could not be encoded"
            )));
        }
        let mut runs: Vec<(TokenId, u32)> = Vec::new();
        for id in ids {
            match runs.last_mut() {
                Some((first, length)) if first.checked_add(*length) == Some(id) => *length += 1,
                _ => runs.push((id, 1)),
            }
        }
        Vocabulary::from_tables(Tables::new(pieces).ok_or_else(not_whole)?, &runs)
    }

    /// A vocabulary from a byte-pair encoding of any kind.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidVocabulary`] if a token is empty, if two tokens have the same bytes or the same id, if a merge
    /// does not join two tokens into a third one that has their bytes.
    pub fn from_model(model: BpeModel) -> Result<Vocabulary, Error> {
        Vocabulary::new(model.tokens)
    }

    /// A vocabulary on the images of its tables, with the ids of its ranks as runs of (first id, length).
    pub(crate) fn from_images(
        images: [Cow<'static, [u8]>; 4],
        runs: &[(TokenId, u32)],
    ) -> Result<Vocabulary, Error> {
        Vocabulary::from_tables(Tables::from_images(images).ok_or_else(not_whole)?, runs)
    }

    fn from_tables(tables: Tables, runs: &[(TokenId, u32)]) -> Result<Vocabulary, Error> {
        let mut rank = 0;
        let mut by_rank = Vec::with_capacity(runs.len());
        for &(id, length) in runs {
            by_rank.push(Run { rank, id, length });
            rank += length;
        }
        let mut by_id = by_rank.clone();
        by_id.sort_unstable_by_key(|run| run.id);
        for pair in by_id.windows(2) {
            if u64::from(pair[0].id) + u64::from(pair[0].length) > u64::from(pair[1].id) {
                return Err(invalid(format!("two tokens have the id {}", pair[1].id)));
            }
        }
        if rank != tables.pieces.len() {
            return Err(invalid(format!("there are {} tokens but {rank} ids", tables.pieces.len())));
        }
        Ok(Vocabulary { tables, ids: IdRuns { by_rank, by_id } })
    }

    /// How many tokens there are. Ids can have gaps, so this is not the highest id plus one.
    pub fn len(&self) -> usize {
        self.table().len() as usize
    }

    /// Whether there are no tokens. Never true: the 256 bytes are always there.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The length in bytes of the longest token.
    pub fn longest_token(&self) -> usize {
        self.table().longest()
    }

    /// The id of the token with exactly these bytes.
    pub fn id(&self, bytes: &[u8]) -> Option<TokenId> {
        self.table().rank(bytes).map(|rank| self.id_of(rank))
    }

    /// The bytes of a token. They need not be valid UTF-8: a character can be spread over several tokens.
    pub fn bytes(&self, id: TokenId) -> Option<&[u8]> {
        let runs = &self.ids.by_id;
        let run = runs.get(runs.partition_point(|run| run.id <= id).checked_sub(1)?)?;
        let offset = id - run.id;
        (offset < run.length).then(|| self.table().bytes(run.rank + offset))
    }

    /// All tokens as (id, bytes), in the order of merge ranks.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (TokenId, &[u8])> {
        (0..self.table().len()).map(|rank| (self.id_of(rank), self.table().bytes(rank)))
    }

    /// The ids as inclusive ranges in ascending order, for messages.
    pub(crate) fn id_ranges(&self) -> impl Iterator<Item = (TokenId, TokenId)> {
        self.ids.by_id.iter().map(|run| (run.id, run.id + (run.length - 1)))
    }

    /// The ids of the ranks 0, 1, 2, ... as runs of (first id, length).
    pub(crate) fn id_runs(&self) -> Vec<(TokenId, u32)> {
        self.ids.by_rank.iter().map(|run| (run.id, run.length)).collect()
    }

    pub(crate) fn tables(&self) -> &Tables {
        &self.tables
    }

    pub(crate) fn table(&self) -> &PieceTable {
        &self.tables.pieces
    }

    /// The id of a rank of this vocabulary.
    #[inline]
    pub(crate) fn id_of(&self, rank: Rank) -> TokenId {
        let runs = &self.ids.by_rank;
        let first = runs[0];
        if rank < first.length {
            return first.id + rank;
        }
        let run = runs[runs.partition_point(|run| run.rank <= rank) - 1];
        run.id + (rank - run.rank)
    }

    /// Makes ids of ranks, where they stand.
    pub(crate) fn to_ids(&self, ranks: &mut [Rank]) {
        // In most encodings a rank is an id, and nothing is left to do.
        if !matches!(*self.ids.by_rank, [Run { id: 0, .. }]) {
            ranks.iter_mut().for_each(|rank| *rank = self.id_of(*rank));
        }
    }
}

impl fmt::Debug for Vocabulary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vocabulary").field("tokens", &self.len()).field("ids", &self.ids.by_id).finish()
    }
}

fn not_whole() -> Error {
    invalid("a table of tokens is not of the length that it says")
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidVocabulary, message)
}

fn show(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
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
