//! Mistral's `tekken.json`: ranks of bytes as in tiktoken, after a block of special tokens.
//!
//! Source: mistral-common 1.13, `tekken.py`. Ids are ranks plus the number of special tokens; only the first ranks are
//! used, as many as fit into the size of the vocabulary. A text never holds a special token unless that is asked for.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::parts::Parts;
use super::{Text, base64, invalid, json_error, without_byte_order_mark};
use crate::definition::{Definition, Frame};
use crate::error::Error;
use crate::normalize::Normalizer;
use crate::pretokenize::Split;
use crate::special::SpecialToken;
use crate::vocabulary::BpeModel;

/// The special tokens of files that do not hold any: those up to version 7.
const FIRST_SPECIALS: [&str; 20] = [
    "<unk>",
    "<s>",
    "</s>",
    "[INST]",
    "[/INST]",
    "[AVAILABLE_TOOLS]",
    "[/AVAILABLE_TOOLS]",
    "[TOOL_RESULTS]",
    "[/TOOL_RESULTS]",
    "[TOOL_CALLS]",
    "[IMG]",
    "<pad>",
    "[IMG_BREAK]",
    "[IMG_END]",
    "[PREFIX]",
    "[MIDDLE]",
    "[SUFFIX]",
    "[SYSTEM_PROMPT]",
    "[/SYSTEM_PROMPT]",
    "[TOOL_CONTENT]",
];

/// More special tokens than any file has; each is made here, not in the file.
const MOST_SPECIALS: u32 = 1 << 14;

#[derive(Deserialize)]
struct File<'f> {
    config: Config,
    #[serde(borrow)]
    vocab: Vec<Token<'f>>,
    #[serde(default)]
    special_tokens: Option<Vec<Special>>,
}

#[derive(Deserialize)]
struct Config {
    pattern: String,
    default_vocab_size: u32,
    default_num_special_tokens: u32,
    #[serde(default)]
    version: Option<String>,
}

#[derive(Deserialize)]
struct Token<'f> {
    rank: u32,
    #[serde(borrow)]
    token_bytes: Text<'f>,
    #[serde(rename = "token_str")]
    _token_str: IgnoredAny,
}

#[derive(Deserialize)]
struct Special {
    rank: u32,
    token_str: String,
}

/// Reads a `tekken.json` under a name of its own.
///
/// # Errors
///
/// [`crate::ErrorKind::InvalidVocabulary`] if it is not such a file, if a token is not base64 or has another rank than its
/// place, or if the special tokens are missing or contradict themselves.
pub fn read(file: &[u8], name: &str) -> Result<Definition, Error> {
    parse(file)?.into_definition(name)
}

/// What the file says.
pub(crate) fn parse(file: &[u8]) -> Result<Parts, Error> {
    let file: File<'_> = serde_json::from_slice(without_byte_order_mark(file))
        .map_err(|error| json_error("tekken.json", error))?;
    let Config { default_vocab_size: size, default_num_special_tokens: first, .. } = file.config;
    let wanted = size.saturating_sub(first) as usize;
    if wanted == 0 || wanted > file.vocab.len() || first > MOST_SPECIALS {
        let message = format!(
            "tekken.json is to hold {size} tokens, {first} of them special, but lists {} others",
            file.vocab.len()
        );
        return Err(invalid(message));
    }
    let mut tokens = Vec::with_capacity(wanted);
    for (place, token) in file.vocab[..wanted].iter().enumerate() {
        if token.rank as usize != place {
            let message = format!("tekken.json: entry {place} of vocab has the rank {}", token.rank);
            return Err(invalid(message));
        }
        let text = token.token_bytes.as_ref();
        let bytes = base64::decode(text.as_bytes()).ok_or_else(|| {
            let shown = super::show(text);
            invalid(format!("tekken.json: the token of rank {place} is bad base64: {shown}"))
        })?;
        tokens.push((bytes, first + token.rank));
    }
    let specials = specials(&file, first)?;
    let begin = specials.iter().find(|token| token.name == "<s>").map(|token| token.id);
    Ok(Parts {
        model: BpeModel::ranked(tokens),
        specials,
        normalizer: Normalizer::default(),
        split: Split::Pattern(file.config.pattern),
        frame: Frame { before: begin.into_iter().collect(), after: Vec::new() },
        strips_first_space: false,
        hides_control: false,
    })
}

/// The special tokens; those without a name are called after their ids.
fn specials(file: &File<'_>, count: u32) -> Result<Vec<SpecialToken>, Error> {
    let version = file.config.version.as_deref().unwrap_or("v3");
    let number = version.trim_start_matches('v').split(['m', '.']).next().and_then(|n| n.parse::<u32>().ok());
    let mut named: Vec<(u32, Cow<'static, str>)> = match &file.special_tokens {
        Some(specials) => specials.iter().map(|token| (token.rank, token.token_str.clone().into())).collect(),
        None if number.is_some_and(|number| number <= 7) => {
            FIRST_SPECIALS.into_iter().zip(0..count).map(|(name, id)| (id, name.into())).collect()
        }
        None => return Err(invalid(format!("tekken.json of version {version} holds no special_tokens"))),
    };
    let filled = u32::try_from(named.len()).unwrap_or(u32::MAX)..count;
    named.extend(filled.map(|id| (id, format!("<SPECIAL_{id}>").into())));
    let ids: HashSet<u32> = named.iter().map(|(id, _)| *id).collect();
    if ids.len() != count as usize || named.len() != ids.len() || ids.iter().any(|&id| id >= count) {
        let message = format!("tekken.json: the special tokens do not have the ids from 0 to {count}");
        return Err(invalid(message));
    }
    named.sort_by_key(|(id, _)| *id);
    Ok(named.into_iter().map(|(id, name)| SpecialToken::control(name, id)).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn file() -> Value {
        json!({
            "config": {
                "pattern": r"\p{L}+|.", "num_vocab_tokens": 4, "default_vocab_size": 6,
                "default_num_special_tokens": 3, "version": "v3",
            },
            "vocab": [
                {"rank": 0, "token_bytes": "YQ==", "token_str": "a"},
                {"rank": 1, "token_bytes": "Yg==", "token_str": "b"},
                {"rank": 2, "token_bytes": "YWI=", "token_str": "ab"},
                {"rank": 3, "token_bytes": "/w==", "token_str": null},
            ],
        })
    }

    fn refused(change: impl FnOnce(&mut Value)) -> String {
        let mut file = file();
        change(&mut file);
        parse(file.to_string().as_bytes()).expect_err("a file that cannot be used").to_string()
    }

    #[test]
    fn ids_follow_on_the_special_tokens() {
        let parts = parse(file().to_string().as_bytes()).expect("a small file");
        // The last rank is beyond the size of the vocabulary.
        assert_eq!(parts.model.tokens, [(b"a".to_vec(), 3), (b"b".to_vec(), 4), (b"ab".to_vec(), 5)]);
        let names: Vec<&str> = parts.specials.iter().map(|token| &*token.name).collect();
        assert_eq!(names, ["<unk>", "<s>", "</s>"]);
        assert!(parts.specials.iter().all(|token| token.is_control));
        assert_eq!(parts.split, Split::Pattern(r"\p{L}+|.".into()));
        assert_eq!(parts.frame.before, [1]);
        let mut named = file();
        named["config"]["version"] = "v13".into();
        named["special_tokens"] = json!([
            {"rank": 1, "token_str": "<s>", "is_control": true}, {"rank": 0, "token_str": "<x>", "is_control": true},
        ]);
        let parts = parse(named.to_string().as_bytes()).expect("names of its own");
        let names: Vec<&str> = parts.specials.iter().map(|token| &*token.name).collect();
        assert_eq!((names, parts.frame.before), (vec!["<x>", "<s>", "<SPECIAL_2>"], vec![1]));
    }

    #[test]
    fn faults_are_named() {
        let special = |rank: u64, name: &str| json!({"rank": rank, "token_str": name});
        type Change = Box<dyn FnOnce(&mut Value)>;
        let cases: [(Change, &str); 11] = [
            (
                Box::new(|file| file["vocab"][1]["token_bytes"] = "Yg=".into()),
                "rank 1 is bad base64: \"Yg=\"",
            ),
            (Box::new(|file| file["vocab"][1]["token_bytes"] = "".into()), "rank 1 is bad base64"),
            (Box::new(|file| file["vocab"][1]["rank"] = 2.into()), "entry 1 of vocab has the rank 2"),
            (
                Box::new(|file| file["config"]["default_vocab_size"] = 9.into()),
                "is to hold 9 tokens, 3 of them special",
            ),
            (Box::new(|file| file["config"]["default_vocab_size"] = 2.into()), "is to hold 2 tokens"),
            (
                Box::new(|file| {
                    file["config"]["default_num_special_tokens"] = 20_000.into();
                    file["config"]["default_vocab_size"] = 20_003.into();
                }),
                "20000 of them special",
            ),
            (
                Box::new(|file| file["config"]["version"] = "v11".into()),
                "version v11 holds no special_tokens",
            ),
            (Box::new(|file| file["config"]["pattern"] = Value::Null), "tekken.json cannot be read"),
            (Box::new(move |file| file["special_tokens"] = json!([special(3, "x")])), "ids from 0 to 3"),
            (
                Box::new(move |file| file["special_tokens"] = json!([special(0, "x"), special(0, "y")])),
                "ids from 0 to 3",
            ),
            (Box::new(|file| file["vocab"] = json!({})), "tekken.json cannot be read"),
        ];
        for (change, words) in cases {
            let found = refused(change);
            assert!(found.contains(words), "{found}");
        }
        let file = file().to_string();
        for end in 0..file.len() {
            assert!(parse(&file.as_bytes()[..end]).is_err(), "{end}");
        }
    }
}
