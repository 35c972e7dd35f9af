//! The added tokens of a `tokenizer.json`: those that are found in the text before it is cut into pieces.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::super::{invalid, show};
use super::file::AddedToken;
use crate::error::Error;
use crate::normalize::Normalizer;
use crate::special::SpecialToken;
use crate::token::TokenId;

/// The tokens, in the order of the file. One whose name is in the vocabulary has the id that it has there, as in
/// Hugging Face's tokenizers, whatever the file says. To others these give the next free id: a file that says something else
/// is refused.
pub(super) fn read(
    added: &[AddedToken<'_>],
    vocabulary: &[(Cow<'_, str>, TokenId)],
    normalizer: &Normalizer,
) -> Result<Vec<SpecialToken>, Error> {
    let names: HashSet<&str> = added.iter().map(|token| token.content.as_ref()).collect();
    let mut ids = Ids {
        in_vocabulary: vocabulary
            .iter()
            .filter(|(name, _)| names.contains(name.as_ref()))
            .map(|(name, id)| (name.as_ref(), *id))
            .collect(),
        taken: vocabulary.iter().map(|(_, id)| *id).collect(),
        tokens: vocabulary.len(),
        by_name: HashMap::new(),
        names: HashMap::new(),
        highest: None,
    };
    let mut tokens = Vec::new();
    for token in added {
        let content = token.content.as_ref();
        if content.is_empty() {
            continue; // So do Hugging Face's tokenizers.
        }
        let Some(id) = ids.give(content, token.id)? else { continue };
        tokens.push(SpecialToken {
            name: if token.normalized {
                in_normalized_text(content, normalizer)?.into()
            } else {
                content.to_owned().into()
            },
            id,
            is_control: token.special,
            in_normalized: token.normalized,
            single_word: token.single_word,
            strips_left: token.lstrip,
            strips_right: token.rstrip,
        });
    }
    Ok(tokens)
}

/// The ids that added tokens have, while they are read.
struct Ids<'a> {
    /// Those of added tokens that are in the vocabulary, too.
    in_vocabulary: HashMap<&'a str, TokenId>,
    /// All of the vocabulary.
    taken: HashSet<TokenId>,
    /// How many tokens the vocabulary has.
    tokens: usize,
    by_name: HashMap<&'a str, TokenId>,
    names: HashMap<TokenId, &'a str>,
    highest: Option<TokenId>,
}

impl<'a> Ids<'a> {
    /// The id of a token to which the file gives this one; nothing if the token has come before.
    fn give(&mut self, content: &'a str, in_file: TokenId) -> Result<Option<TokenId>, Error> {
        let own_id = self.in_vocabulary.get(content).copied();
        let id = own_id.unwrap_or(in_file);
        let shown = show(content);
        if own_id.is_none() && self.taken.contains(&id) {
            return Err(invalid(format!("the added token {shown} has the id {id} of another token")));
        }
        if let Some(other) = self.names.insert(id, content).filter(|other| *other != content) {
            return Err(invalid(format!(
                "the added tokens {} and {shown} both have the id {id}",
                show(other)
            )));
        }
        match self.by_name.insert(content, id) {
            Some(other) if other == id => return Ok(None),
            Some(other) => {
                return Err(invalid(format!("the added token {shown} has the ids {other} and {id}")));
            }
            None => {}
        }
        let next = next_id(self.highest, self.tokens);
        if own_id.is_none() && id != next {
            return Err(invalid(format!(
                "the added token {shown} has the id {id}, where Hugging Face's tokenizers give it {next}, the next that is free"
            )));
        }
        self.highest = self.highest.max(Some(id));
        Ok(Some(id))
    }
}

/// The id of the next added token that is not in a vocabulary of so many tokens, after `given` as the highest so far. As
/// `AddedVocabulary::add_tokens` of tokenizers 0.23 has it.
fn next_id(given: Option<TokenId>, tokens: usize) -> TokenId {
    let tokens = TokenId::try_from(tokens).unwrap_or(TokenId::MAX);
    match given {
        Some(highest) if highest >= tokens || tokens == 0 => highest.saturating_add(1),
        _ => tokens,
    }
}

/// What is looked for in normalized text: the name, normalized as a text of its own. (With a normalizer that puts a
/// space before every text, the token is found only where there is one.)
fn in_normalized_text(name: &str, normalizer: &Normalizer) -> Result<String, Error> {
    Ok(String::from_utf8_lossy(&normalizer.apply(name.as_bytes())?).into_owned())
}
