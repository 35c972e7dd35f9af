//! The tokens of a vocabulary, ordinary and special ones, and which of them are asked for.
//!
//! How two vocabularies differ is told by `difference`; writing is left to `output`.

pub(crate) mod difference;

use bytepair::explain::{LastMerge, Origin, Unreachable, last_merge, origin, rank, unreachable};
use bytepair::{TokenId, Tokenizer};
use regex_automata::meta::Regex;
use regex_automata::util::syntax;

use crate::cli::failure::Problem;
use crate::cli::literal::{hex, quoted};

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its id.
    pub(crate) id: TokenId,
    /// Its place in the order of merges, if merging comes to it or begins with it.
    pub(crate) rank: Option<u32>,
    /// Its bytes; of a special token, its name.
    pub(crate) bytes: Vec<u8>,
    /// What it is, in a word.
    pub(crate) kind: &'static str,
    /// What its last merge joins.
    pub(crate) merge: Option<LastMerge>,
    /// Why it is not what its own bytes become, if that was asked.
    pub(crate) why: Option<&'static str>,
}

/// All tokens in the order of ids. A special token whose name has the id of an ordinary one with the same bytes is one.
pub(crate) fn all(tokenizer: &Tokenizer) -> Vec<Entry> {
    let ordinary = tokenizer.vocabulary().iter().map(|(id, bytes)| entry(tokenizer, id, bytes));
    let is_other =
        |(name, id): &(&str, TokenId)| tokenizer.vocabulary().bytes(*id).is_none() && !name.is_empty();
    let specials = tokenizer.specials().iter().filter(is_other);
    let mut all: Vec<Entry> =
        ordinary.chain(specials.map(|(name, id)| entry(tokenizer, id, name.as_bytes()))).collect();
    all.sort_by_key(|entry| entry.id);
    all
}

fn entry(tokenizer: &Tokenizer, id: TokenId, bytes: &[u8]) -> Entry {
    // Some vocabularies have thousands of special tokens: they are gone through for those that need it alone.
    let special = || {
        let mut specials = tokenizer.specials().tokens().iter();
        specials.find(|special| special.id == id && special.name.as_bytes() == bytes)
    };
    let kind = match origin(tokenizer, id) {
        Some(Origin::Symbol) => "symbol",
        Some(Origin::Merge(_)) => "merge",
        origin => match (special().map(|special| special.is_control), origin) {
            (Some(false), _) => "text",
            (Some(true), _) | (_, Some(Origin::Special)) => "special",
            (_, Some(Origin::WholePiece)) => "whole-piece",
            (_, Some(Origin::Unknown)) => "unknown",
            _ => "never",
        },
    };
    let (rank, merge) = (rank(tokenizer, id), last_merge(tokenizer, id));
    Entry {
        id,
        rank: rank.filter(|_| matches!(kind, "symbol" | "merge")),
        bytes: bytes.to_vec(),
        kind,
        merge,
        why: None,
    }
}

/// The token with this id.
pub(crate) fn by_id(tokenizer: &Tokenizer, id: TokenId) -> Result<Entry, Problem> {
    let name = || tokenizer.specials().name(id).map(str::as_bytes);
    match tokenizer.vocabulary().bytes(id).or_else(name) {
        Some(bytes) => Ok(entry(tokenizer, id, bytes)),
        // Its error tells which ids there are.
        None => match tokenizer.token_bytes(id) {
            Err(error) => Err(Problem::from(error).about("--id")),
            Ok(bytes) => Ok(entry(tokenizer, id, bytes)),
        },
    }
}

/// The token with these bytes: an ordinary one, else a special one.
pub(crate) fn by_bytes(tokenizer: &Tokenizer, bytes: &[u8], flag: &str) -> Result<Entry, Problem> {
    let special = || std::str::from_utf8(bytes).ok().and_then(|name| tokenizer.specials().id(name));
    if let Some(id) = tokenizer.vocabulary().id(bytes).or_else(special) {
        return Ok(entry(tokenizer, id, bytes));
    }
    let what = format!("{} ({}) is no token of {}", quoted(bytes), hex(bytes), tokenizer.name());
    let ids = tokenizer.encode(bytes).ok().filter(|ids| ids.len() > 1);
    let hint = ids.map(|ids| {
        let parts = ids.iter().map(|&id| tokenizer.token_bytes(id).map(quoted).unwrap_or_default());
        format!("it becomes {}", parts.collect::<Vec<_>>().join(" "))
    });
    let hint = match hint {
        _ if String::from_utf8_lossy(bytes).contains('▁') => {
            "the spaces that SentencePiece writes as ▁ are spaces here".to_owned()
        }
        Some(hint) => hint,
        None => "--search REGEX finds tokens".to_owned(),
    };
    Err(Problem::new(what).about(flag).hint(hint))
}

/// The longest tokens, the longest first: by bytes, or by characters of those that are UTF-8. Of equal ones the lowest ids.
pub(crate) fn longest(mut all: Vec<Entry>, count: usize, by_chars: bool) -> Vec<Entry> {
    if by_chars {
        all.retain(|entry| std::str::from_utf8(&entry.bytes).is_ok());
    }
    all.sort_by_key(|entry| {
        std::cmp::Reverse(if by_chars { chars(&entry.bytes) } else { entry.bytes.len() })
    });
    all.truncate(count);
    all
}

/// How many characters; bytes that are no UTF-8 are none.
pub(crate) fn chars(bytes: &[u8]) -> usize {
    bytes.utf8_chunks().map(|chunk| chunk.valid().chars().count()).sum()
}

/// The tokens in whose bytes a regular expression matches.
pub(crate) fn search(mut all: Vec<Entry>, pattern: &str) -> Result<Vec<Entry>, Problem> {
    let regex = Regex::builder()
        .syntax(syntax::Config::new().utf8(false))
        .configure(Regex::config().utf8_empty(false))
        .build(pattern);
    let regex = regex.map_err(|error| {
        let why = error.syntax_error().map_or_else(|| error.to_string(), ToString::to_string);
        let last = why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        Problem::new(format!("{pattern:?} is no regular expression: {last}"))
            .about("--search")
            .hint("in the syntax of the crate regex, which has no look-around and no back-references")
    })?;
    all.retain(|entry| regex.is_match(&entry.bytes));
    Ok(all)
}

/// The tokens that are not what their own bytes become.
pub(crate) fn never_made(tokenizer: &Tokenizer) -> Result<Vec<Entry>, Problem> {
    let found = unreachable(tokenizer)?.into_iter().map(|(id, why)| {
        let why = match why {
            Unreachable::Never => "never",
            Unreachable::Normalized => "normalized",
            _ => "cut",
        };
        let bytes = tokenizer.vocabulary().bytes(id).unwrap_or_default();
        Entry { why: Some(why), ..entry(tokenizer, id, bytes) }
    });
    Ok(found.collect())
}
