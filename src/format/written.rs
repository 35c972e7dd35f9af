//! What the writers of Hugging Face's and GPT-2's files have to know of a vocabulary: names in the byte alphabet, and a
//! list of merges.

use std::collections::HashSet;

use super::byte_alphabet;
use crate::token::{TokenId, Unit};
use crate::vocabulary::Vocabulary;

/// The tokens and merges of a vocabulary in the byte alphabet.
pub(super) struct Written {
    /// The name of every token, in the order of merge ranks.
    pub(super) names: Vec<(TokenId, String)>,
    /// The merges, the first to be done first: the places of the two parts in `names`. One a token is enough: wherever
    /// merging comes to a token, nothing has reached across its ends before, so it has gone as in the token's bytes alone.
    pub(super) merges: Vec<[usize; 2]>,
    /// Whether there are tokens that no merge makes.
    pub(super) has_unreachable: bool,
    looks_up_whole_pieces: bool,
}

impl Written {
    /// Whether a piece has to be looked up as a whole: only where merging does not come to all tokens.
    pub(super) fn looks_up_whole_pieces(&self) -> bool {
        self.looks_up_whole_pieces
    }

    /// What to write of a vocabulary. Fails if it is not one of bytes.
    pub(super) fn new(vocabulary: &Vocabulary) -> Result<Written, String> {
        // Those libraries take nothing but UTF-8, so bytes that are never a part of that can be missing.
        if vocabulary.unit() != Unit::Byte || !vocabulary.knows_all_of_utf8() {
            return Err("it is not made of single bytes".into());
        }
        if vocabulary.can_spell_twice() {
            let mut spelled = HashSet::new();
            if let Some((id, _)) = vocabulary.iter().find(|(_, bytes)| !spelled.insert(*bytes)) {
                return Err(format!("the token with id {id} has the bytes of another one"));
            }
        }
        let names = vocabulary.iter().map(|(id, bytes)| (id, byte_alphabet::encode(bytes))).collect();
        let merges = vocabulary.tables().merges();
        let merges = merges.map(|(left, right, _)| [left as usize, right as usize]).collect();
        let has_unreachable = vocabulary.has_unreachable_tokens();
        let looks_up_whole_pieces = has_unreachable && vocabulary.whole_pieces();
        Ok(Written { names, merges, has_unreachable, looks_up_whole_pieces })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::BpeModel;

    fn model(words: &[&[u8]]) -> BpeModel {
        let tokens = (0..=255u8).map(|byte| vec![byte]).chain(words.iter().map(|word| word.to_vec()));
        BpeModel::ranked(tokens.zip(0..).collect())
    }

    fn written(model: BpeModel) -> Result<Written, String> {
        Written::new(&Vocabulary::from_model(model).expect("a small model"))
    }

    #[test]
    fn each_token_is_made_as_merging_makes_it() {
        let merges = |model| {
            let written = written(model).expect("bytes");
            let name = |place: usize| &written.names[place].1;
            let merges = written.merges.iter();
            merges.map(|&[left, right]| format!("{} {}", name(left), name(right))).collect::<Vec<_>>()
        };
        let words: [&[u8]; 4] = [b"bc", b"ab", b"abc", b" a"];
        assert_eq!(merges(model(&words)), ["b c", "a b", "a bc", "\u{120} a"]);
        // A list of merges has its own way.
        let (a, b, c) = (97, 98, 99);
        let listed = Some(vec![[a, b, 257], [b, c, 256], [257, c, 258]]);
        assert_eq!(merges(BpeModel { merges: listed, ..model(&words) }), ["a b", "b c", "ab c"]);
    }

    #[test]
    fn whole_pieces_are_looked_up_where_that_is_needed_and_wanted() {
        let flags = |model| {
            let written = written(model).expect("bytes");
            (written.has_unreachable, written.looks_up_whole_pieces())
        };
        assert_eq!(flags(model(&[b"ab"])), (false, false));
        assert_eq!(flags(model(&[b"abc"])), (true, true));
        assert_eq!(flags(BpeModel { whole_pieces: false, ..model(&[b"abc"]) }), (true, false));
    }

    #[test]
    fn what_is_not_of_bytes_is_refused() {
        let refused = |model| written(model).err().expect("no such vocabulary");
        let bytes = model(&[b"ab"]);
        let characters = BpeModel { unit: Unit::Character, ..bytes.clone() };
        assert_eq!(refused(characters), "it is not made of single bytes");
        let few = |count: usize| BpeModel { tokens: bytes.tokens[..count].to_vec(), ..bytes.clone() };
        assert_eq!(refused(few(200)), "it is not made of single bytes");
        assert_eq!(refused(few(0xf4)), "it is not made of single bytes");
        assert_eq!(written(few(0xf5)).expect("all of UTF-8").names.len(), 0xf5);
        let twice = BpeModel { decode_only: vec![(b"ab".to_vec(), 999)], ..bytes };
        assert_eq!(refused(twice), "the token with id 999 has the bytes of another one");
    }
}
