//! What the writers of Hugging Face's and GPT-2's files have to know of a vocabulary: names in the byte alphabet, and a
//! list of merges.

use std::collections::{HashMap, HashSet};

use super::byte_alphabet;
use crate::token::TokenId;
use crate::vocabulary::Vocabulary;

/// The tokens and merges of a vocabulary in the byte alphabet.
pub(super) struct Written {
    /// The name of every token, in the order of merge ranks.
    pub(super) names: Vec<(TokenId, String)>,
    /// The merges, the first to be done first.
    pub(super) merges: Vec<(String, String)>,
    /// Whether there are tokens that no merge makes.
    pub(super) has_unreachable: bool,
}

impl Written {
    /// Whether a piece has to be looked up as a whole: only where merging does not come to all tokens.
    pub(super) fn looks_up_whole_pieces(&self) -> bool {
        self.has_unreachable
    }

    /// What to write of a vocabulary. Fails if it is not one of bytes.
    pub(super) fn new(vocabulary: &Vocabulary) -> Result<Written, String> {
        if (0..=255).any(|byte: u8| vocabulary.id(&[byte]).is_none()) {
            return Err("it is not made of single bytes".into());
        }
        let of = |id| vocabulary.bytes(id).map(byte_alphabet::encode).unwrap_or_default();
        let names = vocabulary.iter().map(|(id, bytes)| (id, byte_alphabet::encode(bytes))).collect();
        let list = merges(vocabulary);
        let made: HashSet<TokenId> = list.iter().map(|&(.., result)| result).collect();
        let has_unreachable = vocabulary.iter().any(|(id, bytes)| bytes.len() > 1 && !made.contains(&id));
        let merges = list.into_iter().map(|(left, right, _)| (of(left), of(right))).collect();
        Ok(Written { names, merges, has_unreachable })
    }
}

/// The merges of a vocabulary in which any two tokens merge whose bytes together are a token: left, right and result,
/// in the order of ranks. One merge a token is enough: wherever merging comes to a token, nothing has reached across its
/// ends before, so it has gone as in the token's bytes alone.
fn merges(vocabulary: &Vocabulary) -> Vec<(TokenId, TokenId, TokenId)> {
    let ranks: HashMap<&[u8], usize> =
        vocabulary.iter().enumerate().map(|(rank, (_, bytes))| (bytes, rank)).collect();
    let mut merges = Vec::new();
    for (id, bytes) in vocabulary.iter().filter(|(_, bytes)| bytes.len() > 1) {
        if let [start, end] = last_ends(bytes, &ranks)[..]
            && let (Some(left), Some(right)) =
                (vocabulary.id(&bytes[..start]), vocabulary.id(&bytes[start..end]))
        {
            merges.push((left, right, id));
        }
    }
    merges
}

/// Where the parts of a token end after all merging but that into itself.
fn last_ends(token: &[u8], ranks: &HashMap<&[u8], usize>) -> Vec<usize> {
    let mut ends: Vec<usize> = (1..=token.len()).collect();
    loop {
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let pairs = starts.zip(ends.iter().skip(1)).enumerate();
        let joined = pairs.filter(|&(_, (start, &end))| end - start < token.len());
        let best =
            joined.filter_map(|(place, (start, &end))| Some((*ranks.get(&token[start..end])?, place))).min();
        match best {
            Some((_, place)) => ends.remove(place),
            None => return ends,
        };
    }
}
