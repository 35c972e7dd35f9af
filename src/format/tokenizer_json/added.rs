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
/// Hugging Face's tokenizers, whatever the file says.
pub(super) fn read(
    added: &[AddedToken<'_>],
    vocabulary: &[(Cow<'_, str>, TokenId)],
    normalizer: &Normalizer,
) -> Result<Vec<SpecialToken>, Error> {
    let names: HashSet<&str> = added.iter().map(|token| token.content.as_ref()).collect();
    let in_vocabulary: HashMap<&str, TokenId> = vocabulary
        .iter()
        .filter(|(name, _)| names.contains(name.as_ref()))
        .map(|(name, id)| (name.as_ref(), *id))
        .collect();
    let taken: HashSet<TokenId> = vocabulary.iter().map(|(_, id)| *id).collect();
    let mut ids: HashMap<&str, TokenId> = HashMap::new();
    let mut names_of_ids: HashMap<TokenId, &str> = HashMap::new();
    let mut tokens = Vec::new();
    for token in added {
        let content = token.content.as_ref();
        if content.is_empty() {
            continue; // So do Hugging Face's tokenizers.
        }
        let own_id = in_vocabulary.get(content).copied();
        let id = own_id.unwrap_or(token.id);
        if own_id.is_none() && taken.contains(&id) {
            let message = format!("the added token {} has the id {id} of another token", show(content));
            return Err(invalid(message));
        }
        match names_of_ids.insert(id, content) {
            Some(other) if other != content => {
                let message =
                    format!("the added tokens {} and {} both have the id {id}", show(other), show(content));
                return Err(invalid(message));
            }
            _ => {}
        }
        match ids.insert(content, id) {
            Some(other) if other == id => continue,
            Some(other) => {
                return Err(invalid(format!(
                    "the added token {} has the ids {other} and {id}",
                    show(content)
                )));
            }
            None => {}
        }
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

/// What is looked for in normalized text: the name, normalized as a text of its own. (With a normalizer that puts a
/// space before every text, the token is found only where there is one.)
fn in_normalized_text(name: &str, normalizer: &Normalizer) -> Result<String, Error> {
    Ok(String::from_utf8_lossy(&normalizer.apply(name.as_bytes())?).into_owned())
}
