//! Writing a `tokenizer.json`: byte-level vocabularies, so that Hugging Face's tokenizers (0.23) give the same ids.
//!
//! What such a file cannot hold is an error that says what it is.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::super::written::Written;
use super::super::{byte_alphabet, invalid, json_text, push_json_text, show};
use super::pattern;
use crate::definition::Definition;
use crate::error::Error;
use crate::normalize::{Normalizer, NormalizerStep};
use crate::pretokenize::pattern::KnownPattern;
use crate::pretokenize::{Behavior, Split, SplitStep};
use crate::special::SpecialToken;
use crate::token::TokenId;

/// The known patterns in the spelling that Oniguruma takes: tiktoken's own have signs that mean something else there.
const GPT2: &str = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
const CL100K: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// Writes a `tokenizer.json`.
///
/// # Errors
///
/// [`crate::ErrorKind::InvalidVocabulary`], naming the reason, if the file cannot hold the definition: a vocabulary that is
/// not of bytes, a normalizer or a pattern that Hugging Face's tokenizers do not have, special tokens whose ids or names
/// they would give to others.
pub fn write(definition: &Definition) -> Result<Vec<u8>, Error> {
    let refuse = |what: String| invalid(format!("a tokenizer.json cannot hold this vocabulary: {what}"));
    let written = Written::new(&definition.vocabulary).map_err(refuse)?;
    if definition.strips_first_space {
        return Err(refuse("decoding leaves out the first space, which is not byte-level".into()));
    }
    let specials = definition.specials.tokens();
    let among = specials_among(&written, specials, &definition.normalizer).map_err(refuse)?;
    let head = json!({
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": specials.iter().map(added_token).collect::<Vec<_>>(),
        "normalizer": normalizer(&definition.normalizer).map_err(refuse)?,
        "pre_tokenizer": pre_tokenizer(&definition.split).map_err(refuse)?,
        "post_processor": post_processor(definition).map_err(refuse)?,
        "decoder": { "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true },
    });
    let mut file = String::from("{");
    for (key, value) in head.as_object().into_iter().flatten() {
        file.extend([&json_text(key), ":", &value.to_string(), ",\n"]);
    }
    file.push_str(
        "\"model\":{\"type\":\"BPE\",\"dropout\":null,\"unk_token\":null,\"continuing_subword_prefix\":null,",
    );
    file.push_str("\"end_of_word_suffix\":null,\"fuse_unk\":false,\"byte_fallback\":false,");
    file.push_str(&format!("\"ignore_merges\":{},\n\"vocab\":{{\n", written.looks_up_whole_pieces()));
    let names = Names::new(&written);
    let among = among.iter().map(|token| (token.id, json_text(&token.name))).collect::<Vec<_>>();
    file.reserve(names.room(&written));
    let own = written.names.iter().zip(0..).map(|((id, _), place)| (*id, names.of(place)));
    let all = own.chain(among.iter().map(|(id, name)| (*id, name.as_str())));
    push_all(&mut file, all, |file, (id, name)| file.extend([name, ":", &id.to_string()]));
    file.push_str("},\n\"merges\":[\n");
    push_all(&mut file, written.merges.iter(), |file, &[left, right]| {
        file.extend(["[", names.of(left), ",", names.of(right), "]"]);
    });
    file.push_str("]}}\n");
    Ok(file.into_bytes())
}

/// The names of all tokens as JSON has them, in one row.
struct Names {
    text: String,
    /// Where each ends.
    ends: Vec<usize>,
}

impl Names {
    fn new(written: &Written) -> Names {
        let bytes: usize = written.names.iter().map(|(_, name)| name.len() + 2).sum();
        let mut names = Names { text: String::with_capacity(bytes), ends: Vec::new() };
        names.ends.extend(written.names.iter().map(|(_, name)| {
            push_json_text(&mut names.text, name);
            names.text.len()
        }));
        names
    }

    /// The name at this place.
    fn of(&self, place: usize) -> &str {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[place]]
    }

    /// How many bytes they take in the file, in the vocabulary and in the merges, with all between them: about, and not less.
    fn room(&self, written: &Written) -> usize {
        const ID: usize = ":4294967295,\n".len();
        const MERGE: usize = "[,],\n".len();
        let merges = written.merges.iter();
        let merges = merges.map(|&[left, right]| self.of(left).len() + self.of(right).len() + MERGE);
        self.text.len() + ID * self.ends.len() + merges.sum::<usize>()
    }
}

/// Elements, each on a line of its own.
fn push_all<T>(file: &mut String, elements: impl Iterator<Item = T>, push: impl Fn(&mut String, T)) {
    for (place, element) in elements.enumerate() {
        file.push_str(if place == 0 { "" } else { ",\n" });
        push(file, element);
    }
    file.push('\n');
}

/// The special tokens that have to stand among the others for their ids: Hugging Face's tokenizers number those that are not
/// there one after the other, whatever the file says.
fn specials_among<'s>(
    written: &Written,
    specials: &'s [SpecialToken],
    normalizer: &Normalizer,
) -> Result<Vec<&'s SpecialToken>, String> {
    let wanted: HashSet<&str> = specials.iter().map(|token| &*token.name).collect();
    let mut named: HashMap<&str, TokenId> = HashMap::new();
    for (id, name) in &written.names {
        if wanted.contains(name.as_str()) {
            named.insert(name, *id);
        }
    }
    for token in specials {
        let shown = show(&token.name);
        let stays = normalizer.apply(token.name.as_bytes()).is_ok_and(|name| *name == *token.name.as_bytes());
        if token.in_normalized && !stays {
            return Err(format!("the normalizer would change the special token {shown}"));
        }
        let is_own = |id| id == token.id && *token.name == byte_alphabet::encode(token.name.as_bytes());
        if named.get(&*token.name).is_some_and(|&id| !is_own(id)) {
            return Err(format!("the special token {shown} has the name of another token"));
        }
    }
    let count = written.names.len();
    let mut ids: Vec<TokenId> = written.names.iter().map(|(id, _)| *id).collect();
    ids.sort_unstable();
    let is_dense = ids.iter().enumerate().all(|(place, &id)| place == id as usize);
    let is_next = |(place, token): (usize, &SpecialToken)| token.id as usize == count + place;
    if is_dense && specials.iter().enumerate().all(is_next) {
        return Ok(Vec::new());
    }
    if written.looks_up_whole_pieces() {
        // There a name among the others would be found in ordinary text.
        return Err(
            "it has tokens that no merge comes to, and special tokens whose ids do not follow on it".into()
        );
    }
    let mut among: Vec<&SpecialToken> = Vec::new();
    let mut taken: HashSet<TokenId> = HashSet::new();
    for token in specials {
        if named.insert(&token.name, token.id).is_some() {
            continue;
        }
        if ids.binary_search(&token.id).is_ok() || !taken.insert(token.id) {
            let (shown, id) = (show(&token.name), token.id);
            return Err(format!("the special token {shown} has the id {id} of another token"));
        }
        among.push(token);
    }
    Ok(among)
}

fn added_token(token: &SpecialToken) -> Value {
    json!({
        "id": token.id,
        "content": token.name,
        "single_word": token.single_word,
        "lstrip": token.strips_left,
        "rstrip": token.strips_right,
        "normalized": token.in_normalized,
        "special": token.is_control,
    })
}

fn normalizer(normalizer: &Normalizer) -> Result<Value, String> {
    let step = |step: &NormalizerStep| match step {
        NormalizerStep::Nfc => Ok(json!({ "type": "NFC" })),
        NormalizerStep::Nfd => Ok(json!({ "type": "NFD" })),
        NormalizerStep::Nfkc => Ok(json!({ "type": "NFKC" })),
        NormalizerStep::Nfkd => Ok(json!({ "type": "NFKD" })),
        NormalizerStep::Lowercase => Ok(json!({ "type": "Lowercase" })),
        NormalizerStep::StripAccents => Ok(json!({ "type": "StripAccents" })),
        NormalizerStep::Strip { left, right } => {
            Ok(json!({ "type": "Strip", "strip_left": left, "strip_right": right }))
        }
        NormalizerStep::Replace { from, to } => {
            Ok(json!({ "type": "Replace", "pattern": { "String": from }, "content": to }))
        }
        NormalizerStep::ReplacePattern { pattern, to } => {
            let pattern = pattern::translate_back(pattern)?;
            Ok(json!({ "type": "Replace", "pattern": { "Regex": pattern }, "content": to }))
        }
        NormalizerStep::Prepend(text) => Ok(json!({ "type": "Prepend", "prepend": text })),
        _ => Err("it has a step of SentencePiece's normalizer".to_owned()),
    };
    let mut steps = normalizer.steps().iter().map(step).collect::<Result<Vec<Value>, String>>()?;
    Ok(match steps.len() {
        0 => Value::Null,
        1 => steps.remove(0),
        _ => json!({ "type": "Sequence", "normalizers": steps }),
    })
}

fn pre_tokenizer(split: &Split) -> Result<Value, String> {
    let isolated = |pattern: &String| SplitStep::Pattern {
        pattern: pattern.clone(),
        behavior: Behavior::Isolated,
        invert: false,
    };
    let steps: Vec<SplitStep> = match split {
        Split::Whole => Vec::new(),
        Split::Pattern(pattern) => vec![isolated(pattern)],
        Split::Patterns(patterns) => patterns.iter().map(isolated).collect(),
        Split::Steps(steps) => steps.clone(),
    };
    let mut parts = Vec::new();
    let mut has_prefix = false;
    for step in &steps {
        match step {
            SplitStep::Prefix { text, only_first: false } if text == " " && !has_prefix => has_prefix = true,
            SplitStep::Prefix { .. } => return Err("it puts something before pieces".into()),
            // Only at the very end, and before its own pattern, is there a place for the space.
            SplitStep::Pattern { .. } if has_prefix => {
                return Err("it cuts pieces after a space was put before them".into());
            }
            SplitStep::Pattern { pattern, behavior, invert } => {
                let behavior = match behavior {
                    Behavior::Isolated => "Isolated",
                    Behavior::Removed => "Removed",
                    Behavior::MergedWithPrevious => "MergedWithPrevious",
                    Behavior::MergedWithNext => "MergedWithNext",
                    Behavior::Contiguous => "Contiguous",
                };
                let regex = spelled(pattern)?;
                parts.push(json!({
                    "type": "Split", "pattern": { "Regex": regex }, "behavior": behavior, "invert": invert,
                }));
            }
        }
    }
    parts.push(json!({
        "type": "ByteLevel", "add_prefix_space": has_prefix, "trim_offsets": true, "use_regex": false,
    }));
    Ok(if parts.len() == 1 { parts.remove(0) } else { json!({ "type": "Sequence", "pretokenizers": parts }) })
}

/// The pattern as Oniguruma takes it.
fn spelled(text: &str) -> Result<String, String> {
    match KnownPattern::from_text(text) {
        Some(KnownPattern::Gpt2) => Ok(GPT2.into()),
        Some(KnownPattern::Cl100k) => Ok(CL100K.into()),
        _ => pattern::translate_back(text),
    }
}

/// The frame, as a template.
fn post_processor(definition: &Definition) -> Result<Value, String> {
    let frame = &definition.frame;
    if frame.before.is_empty() && frame.after.is_empty() {
        return Ok(Value::Null);
    }
    let mut known = serde_json::Map::new();
    let mut pieces = |ids: &[TokenId]| -> Result<Vec<Value>, String> {
        let piece = |&id: &TokenId| {
            let name = definition
                .specials
                .name(id)
                .ok_or_else(|| format!("the id {id} around texts has no name"))?;
            known.insert(name.into(), json!({ "id": name, "ids": [id], "tokens": [name] }));
            Ok(json!({ "SpecialToken": { "id": name, "type_id": 0 } }))
        };
        ids.iter().map(piece).collect()
    };
    let (before, after) = (pieces(&frame.before)?, pieces(&frame.after)?);
    let text = |name| json!({ "Sequence": { "id": name, "type_id": 0 } });
    let single: Vec<Value> = [before.clone(), vec![text("A")], after.clone()].concat();
    let pair: Vec<Value> = [before, vec![text("A"), text("B")], after].concat();
    Ok(json!({ "type": "TemplateProcessing", "single": single, "pair": pair, "special_tokens": known }))
}
