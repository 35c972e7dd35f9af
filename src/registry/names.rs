//! From the many spellings of a model's name to the model.
//!
//! A name is not looked up as a prefix, ever: with prefixes `gpt-4.1` becomes `gpt-4`, counted with the wrong
//! vocabulary against the wrong window, and `gpt-3.5-turbo-fake` becomes a model. A spelling is instead
//! taken apart by a few fixed rules, and what remains must stand in the table, letter for letter.
//!
//! ```text
//! trim, lower case
//! take off, as often as there is one:   arn:…/TAIL    ft:BASE:org:suffix:id    BASE:ft-…    ROUTE/    MAKER/
//! a "/" still there: an unknown route, refuse
//! [region.]vendor.ID[-vN[:M]] -> ID     (Amazon Bedrock)
//! ID@date -> ID-date                    (Google Vertex)
//! ID[1m] -> ID with a window of 1,000,000 (Claude Code)
//! "_" -> "-"
//! ID:free, ID:latest -> ID              (OpenRouter, Ollama, and the like)
//! gpt-35 -> gpt-3.5                     (Azure)
//! then as it is, or with these where they apply:
//!   ID:tag -> ID-tag                    (Ollama)
//!   ID-fp8, ID-gguf, ID-q4-k-m -> ID    (how weights are stored or served)
//!   llama3-1, meta-llama-3.1 -> llama-3.1; gemma3 -> gemma-3; qwen-2.5 -> qwen2.5;
//!   claude-4.5-sonnet, claude-sonnet-4.5 -> claude-sonnet-4-5
//! look up; if unknown, look up without a date at the end, and say so; else refuse, with names that are near
//! ```
//!
//! The order matters: the date comes last, because some snapshots have rows of their own with other limits.
//! Behind a maker's name only that maker's models are accepted. `tests/data/names` holds spellings that the
//! rules were made for.
//!
//! Left to others: the rules that take a name apart (`spelling`), the table itself (`models`), why a family is
//! not in it (`absent`), and names of encodings (`encodings`).

use std::{cmp::Reverse, error, fmt};

use super::absent;
use super::catalogue::Catalogue;
use super::models::{Exactness, Model, models};
use super::spelling::{self, Id};

/// Longer names are refused unread: no service has any, and finding near names takes time with the length.
const LONGEST: usize = 256;

/// The window that the suffix `[1m]` stands for, in tokens.
const MILLION: u64 = 1_000_000;

/// How many near names an unknown one is answered with.
const NEAR: usize = 3;

/// A model found by one of its spellings.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resolved {
    /// The model.
    pub model: Model,
    /// What the user should know about how the name was read: that it is a snapshot which has no row of its
    /// own, a fine-tune, or an alias that moves to new models. One phrase, or several joined by `"; "`.
    ///
    /// That an encoding is only assumed is not a matter of the name: see [`Model::exactness`].
    pub note: Option<String>,
}

/// There is no model of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownModel {
    /// The name as it was given.
    pub name: String,
    /// At most three names of known models that look like it, the nearest first; often none.
    pub near: Vec<String>,
    /// Why there is no count for the family of models that the name belongs to, if that is known: a phrase
    /// that says what is public and what can be done instead.
    pub why: Option<&'static str>,
}

impl UnknownModel {
    /// Whether the name is that of an encoding, such as `cl100k_base`: the caller may then name the option
    /// that takes one.
    pub fn is_encoding(&self) -> bool {
        is_encoding(&self.name.trim().to_ascii_lowercase())
    }
}

impl fmt::Display for UnknownModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Quoted, with escapes: the name may be empty, or hold whatever a script put into it.
        if self.is_encoding() {
            return write!(f, "{:?} is an encoding, not a model", self.name);
        }
        write!(f, "unknown model {:?}", self.name)?;
        if !self.near.is_empty() {
            write!(f, "; near: {}", self.near.join(", "))?;
        }
        self.why.map_or(Ok(()), |why| write!(f, "; {why}"))
    }
}

impl error::Error for UnknownModel {}

/// Finds the model that `name` stands for, however the usual services spell it.
///
/// # Errors
///
/// When no rule leads to a row of the table. There is no default: a count with a guessed vocabulary looks
/// just like a right one.
pub fn resolve(name: &str) -> Result<Resolved, UnknownModel> {
    resolve_in(&Catalogue::built_in(), name)
}

/// As [`resolve`], in a catalogue that may have models of its own.
pub(super) fn resolve_in(catalogue: &Catalogue, name: &str) -> Result<Resolved, UnknownModel> {
    let refuse = |near, why| UnknownModel { name: name.to_owned(), near, why };
    let written = name.trim().to_ascii_lowercase();
    if written.is_empty() || written.len() > LONGEST {
        return Err(refuse(Vec::new(), None));
    }
    // A name that a user gave may look like anything.
    if let Some(model) = catalogue.named(&name.trim().to_lowercase()) {
        let note = moves(&written, &model);
        return Ok(Resolved { model, note });
    }
    let spelling = spelling::read(&written);
    let is_of_maker = |model: &Model| spelling.maker.is_none_or(|maker| maker == model.provider);
    let exactly = spelling.ids.iter().find_map(|id| called(catalogue, id));
    let found = exactly.or_else(|| spelling.ids.iter().find_map(|id| snapshot(catalogue, id)));
    let found = found.filter(|(model, _)| is_of_maker(model) && (!spelling.million || has_million(model)));
    let Some((mut model, remark)) = found else {
        let plain = spelling.ids.first().map_or("", |id| &id.name);
        let plain = plain.rsplit('/').next().unwrap_or(plain);
        let why = absent::why(plain);
        return Err(match why {
            _ if is_encoding(&written) => refuse(Vec::new(), None),
            Some(_) if !absent::is_bare(plain) => refuse(Vec::new(), why),
            _ => refuse(near(catalogue, plain), why),
        });
    };
    let mut notes: Vec<String> = spelling.tuned.into_iter().chain(remark).collect();
    if spelling.million && model.context_window.is_some_and(|window| window < MILLION) {
        model.context_window = Some(MILLION);
        notes.push("[1m]: a window of 1000000 tokens, which has to be asked for at the service".to_owned());
    }
    let note = if notes.is_empty() { None } else { Some(notes.join("; ")) };
    Ok(Resolved { model, note })
}

/// Whether `[1m]` means something for the model: the larger window that Anthropic gives on request.
fn has_million(model: &Model) -> bool {
    model.provider == "anthropic" && model.context_window.is_some_and(|window| window >= 200_000)
}

/// The model that is called `id`, letter for letter, and what is to be said about that.
fn called(catalogue: &Catalogue, id: &Id) -> Option<(Model, Option<String>)> {
    let model = named(catalogue, &id.name, id.open_weights)?;
    let note = moves(&id.name, &model);
    Some((model, note))
}

/// That the name moves to new models, if it does.
fn moves(name: &str, model: &Model) -> Option<String> {
    let moves = name.ends_with("-latest")
        || model.notes.as_ref().is_some_and(|notes| notes.starts_with("moving alias"));
    moves.then(|| format!("{name} is a moving alias"))
}

/// The model whose snapshot `id` is by the date at its end, and what is to be said about that.
fn snapshot(catalogue: &Catalogue, id: &Id) -> Option<(Model, Option<String>)> {
    let base = without_date(&id.name)?;
    // A snapshot of a snapshot, or of what has no fixed content, is a name that nobody gave.
    if without_date(base).is_some() || base.ends_with("-latest") {
        return None;
    }
    Some((named(catalogue, base, id.open_weights)?, Some(format!("unlisted snapshot of {base}"))))
}

fn named(catalogue: &Catalogue, name: &str, open_weights: bool) -> Option<Model> {
    catalogue.named(name).filter(|model| !open_weights || has_open_weights(model))
}

/// Whether people run the model themselves, and so name it after how its weights are stored. The table does
/// not say so; but of what is closed, only OpenAI names its vocabularies.
fn has_open_weights(model: &Model) -> bool {
    let is_closed = model.provider == "openai"
        && model.encoding.as_ref().is_some_and(|encoding| !["gpt2", "o200k_harmony"].contains(&&**encoding));
    model.exactness == Exactness::Exact && !is_closed
}

/// `ID-2024-05-13`, `ID-20240513`, `ID-0513` -> `ID`.
fn without_date(id: &str) -> Option<&str> {
    [10, 8, 4].into_iter().find_map(|len| {
        let (base, date) = id.split_at_checked(id.len().checked_sub(len)?)?;
        if is_date(date) { base.strip_suffix('-') } else { None }
    })
}

/// Whether `text` is `YYYY-MM-DD`, `YYYYMMDD` or `MMDD`, with a month and a day that can be.
pub(super) fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits: Vec<u32> = bytes.iter().filter_map(|&b| char::from(b).to_digit(10)).collect();
    let year = match (bytes.len(), digits.len()) {
        (10, 8) if bytes[4] == b'-' && bytes[7] == b'-' => digits[..4].to_vec(),
        (8, 8) => digits[..4].to_vec(),
        (4, 4) => vec![2, 0, 0, 0],
        _ => return false,
    };
    let number = |digits: &[u32]| digits.iter().fold(0, |sum, digit| sum * 10 + digit);
    let (month, day) = digits[digits.len() - 4..].split_at(2);
    number(&year) / 100 == 20 && (1..=12).contains(&number(month)) && (1..=31).contains(&number(day))
}

/// Whether a model of the table uses the encoding `name`, and no model is called so.
fn is_encoding(name: &str) -> bool {
    // `p50k_edit` belongs to models that took an instruction beside the text; none of them is in the table.
    let is_one = name == "p50k_edit" || models().any(|model| model.encoding.as_deref() == Some(name));
    is_one && !models().any(|model| model.is_called(name))
}

/// The names nearest to `plain`, at most one of each model.
///
/// Nearest are those that begin with it and go on with another word (a family named without its member),
/// then those that differ least: without punctuation first, which people forget, and then with it. If there are none, those
/// that have it as a word.
fn near(catalogue: &Catalogue, plain: &str) -> Vec<String> {
    let wanted = without_date(plain).unwrap_or(plain);
    let squeezed = squeeze(wanted);
    if squeezed.is_empty() {
        return Vec::new();
    }
    // With more than every third letter wrong, a name is near anything.
    let limit = (squeezed.len() / 3).max(1);
    let rank = |name: &str| {
        let goes_on = name.strip_prefix(wanted).is_some_and(|rest| rest.starts_with(['-', '.']));
        let apart = if goes_on { 0 } else { distance(&squeezed, &squeeze(name)) };
        // Of names that are as near, the one with the higher version is the likelier.
        (apart <= limit).then(|| (apart, distance(wanted, name), Reverse(name.to_owned())))
    };
    let of_model = |model: Model| {
        // A date is nothing one mistypes for another name, and would crowd out the name without it.
        let names = model.aliases().chain([&*model.name]).filter(|name| without_date(name).is_none());
        names.filter_map(rank).min()
    };
    let mut found: Vec<_> = catalogue.models().filter_map(of_model).collect();
    if found.is_empty() {
        return holding(catalogue, wanted);
    }
    found.sort_unstable();
    // Where only punctuation is wrong, or a word is missing, a guess at other letters is noise.
    if found.first().is_some_and(|(apart, ..)| *apart == 0) {
        found.retain(|(apart, ..)| *apart == 0);
    }
    found.into_iter().take(NEAR).map(|(_, _, Reverse(name))| name).collect()
}

/// The names of models, newest first, that have this as a word: many call a model by it, as sonnet or mini.
fn holding(catalogue: &Catalogue, word: &str) -> Vec<String> {
    let holds =
        |model: &Model| word.len() > 2 && model.name.split(['-', '.', ':']).any(|other| other == word);
    let mut found: Vec<Model> = catalogue.models().filter(holds).collect();
    found.sort_by(|a, b| (&b.released, &b.name).cmp(&(&a.released, &a.name)));
    found.into_iter().take(NEAR).map(|model| model.name.into_owned()).collect()
}

/// The name without its punctuation.
fn squeeze(name: &str) -> String {
    name.chars().filter(|c| !['-', '.', ':', ' '].contains(c)).collect()
}

/// How many characters must be put in, taken out, replaced, or swapped with their neighbour to turn `a` into
/// `b` (optimal string alignment: nothing is changed twice).
pub(super) fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    // Three rows of the table of distances between beginnings of `a` and of `b`.
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// Name and note that `name` resolves to.
    fn found(name: &str) -> (String, Option<String>) {
        let resolved = resolve(name).unwrap_or_else(|unknown| panic!("{unknown}"));
        (resolved.model.name.into_owned(), resolved.note)
    }

    fn encoding(name: &str) -> String {
        let model = resolve(name).unwrap_or_else(|unknown| panic!("{unknown}")).model;
        model.encoding.expect("built in").into_owned()
    }

    fn near_to(name: &str) -> Vec<String> {
        resolve(name).map(|resolved| resolved.model.name).expect_err(name).near
    }

    /// See `tests/data/names/README.md`.
    #[test]
    fn collected_names() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/names/name_tests.json");
        let rows: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let (mut known, mut refused) = (0, 0);
        for row in &rows {
            let name = row["name"].as_str().unwrap();
            let wanted = models().find(|model| Some(&*model.name) == row["canonical"].as_str());
            match (wanted, resolve(name)) {
                (Some(model), Ok(resolved)) => {
                    known += 1;
                    assert_eq!(resolved.model, model, "{row}");
                    let own = resolved.model.tokenizer.or(resolved.model.encoding);
                    assert_eq!(own.as_deref(), row["encoding"].as_str(), "{row}");
                    assert_eq!(resolved.model.context_window, row["context_window"].as_u64(), "{row}");
                    assert_notes(row, resolved.note.as_deref());
                }
                (None, Err(unknown)) => {
                    refused += 1;
                    assert_eq!(unknown.name, name);
                    assert!(unknown.near.len() <= NEAR, "{row} {unknown:?}");
                    assert_suggestions(row, &unknown.near);
                }
                (wanted, got) => panic!("{row}\nwanted {wanted:?}\ngot    {got:?}"),
            }
        }
        assert!(known >= 39 && refused >= 7, "{known} {refused}");
    }

    /// Routes are no news to who wrote them; all else must be said.
    fn assert_notes(row: &Value, note: Option<&str>) {
        let notes = row["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap());
        let wanted: Vec<_> =
            notes.filter(|note| !note.starts_with("route ") && !note.starts_with("bedrock ")).collect();
        let is_moving = row["why"] == "moving alias";
        assert_eq!(wanted.is_empty() && !is_moving, note.is_none(), "{row} {note:?}");
        assert!(wanted.iter().all(|part| note.unwrap().contains(part)), "{row} {note:?}");
    }

    /// The best suggestion must be there if its model is known, and where none is wanted there is none.
    fn assert_suggestions(row: &Value, near: &[String]) {
        let Some(wanted) = row["suggestions"].as_array() else { return };
        match wanted.first() {
            None => assert!(near.is_empty(), "{row} {near:?}"),
            Some(first) if resolve(first.as_str().unwrap()).is_ok() => {
                assert!(near.iter().any(|name| first == name), "{row} {near:?}");
            }
            Some(_) => {}
        }
    }

    /// Also shows that no rule destroys a name that stands in the table.
    #[test]
    fn every_name_of_the_table_resolves() {
        for model in models() {
            for name in model.aliases().chain([&*model.name]) {
                let resolved = resolve(name).unwrap();
                assert_eq!(resolved.model, model, "{name}");
                assert!(!resolved.note.is_some_and(|note| note.contains("snapshot")), "{name}");
                assert_eq!(resolve(&name.to_uppercase()).unwrap().model, model, "{name}");
            }
        }
    }

    #[test]
    fn minor_versions_are_not_their_family() {
        let o200k = "gpt-5.1 gpt-5.1-2025-11-13 gpt-4.5 gpt-4.5-preview gpt-4.1 gpt-4.1-mini o4-mini";
        assert!(o200k.split(' ').all(|name| encoding(name) == "o200k_base"));
        let cl100k = "gpt-4-0613 gpt-4-turbo";
        assert!(cl100k.split(' ').all(|name| encoding(name) == "cl100k_base"));
    }

    #[test]
    fn bare_azure_and_dated_names() {
        for (name, wanted) in [
            ("o1", "o200k_base"),
            ("o3", "o200k_base"),
            ("o1-preview", "o200k_base"),
            ("gpt-35-turbo", "cl100k_base"),
            ("gpt-35-turbo-16k", "cl100k_base"),
            ("gpt-3.5-turbo-0301", "cl100k_base"),
            ("chatgpt-4o-latest", "o200k_base"),
            ("gpt-oss-120b", "o200k_harmony"),
            ("text-davinci-003", "p50k_base"),
            ("davinci", "r50k_base"),
            ("openai/gpt-4o", "o200k_base"),
            ("azure/gpt-4o", "o200k_base"),
        ] {
            assert_eq!(encoding(name), wanted, "{name}");
        }
        assert_eq!(near_to("nonsense-model"), [""; 0]);
        assert_eq!(near_to(""), [""; 0]);
        assert_eq!(near_to("o"), ["o3", "o1"]);
    }

    #[test]
    fn routes() {
        for name in [
            "ollama/gpt-oss:20b",
            "groq/openai/gpt-oss-20b",
            "fireworks_ai/accounts/fireworks/models/gpt-oss-20b",
            "bedrock/converse/openai.gpt-oss-20b-1:0",
            "bedrock/us.openai.gpt-oss-20b-v1:0",
            "arn:aws:bedrock:us-east-1::foundation-model/openai.gpt-oss-20b-1:0",
            "bedrock/arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/openai.gpt-oss-120b-1:0",
            "gpt-oss:20b-q4_K_M",
            "gpt-oss:120b-cloud",
            "gpt-oss:latest",
            "openai/gpt-oss-20b:free",
        ] {
            assert_eq!(found(name), ("gpt-oss-120b".to_owned(), None), "{name}");
        }
        let tuned = Some("fine-tune of gpt-4o-mini".to_owned());
        assert_eq!(found("openai/ft:gpt-4o-mini:acme::1"), ("gpt-4o-mini".to_owned(), tuned));
        assert_eq!(found("gpt-4o@2024-05-13"), ("gpt-4o-2024-05-13".to_owned(), None));
    }

    /// As Anthropic's, Amazon's, Google's and OpenRouter's documents and Claude Code spell them.
    #[test]
    fn names_of_claude() {
        for (name, wanted) in [
            ("claude-opus-4-5-20251101", "claude-opus-4-5"),
            ("claude-haiku-4-5@20251001", "claude-haiku-4-5"),
            ("claude-3-5-sonnet-v2@20241022", "claude-3-5-sonnet"),
            ("anthropic/claude-sonnet-4.5", "claude-sonnet-4-5"),
            ("anthropic/claude-4.5-sonnet", "claude-sonnet-4-5"),
            ("claude-4-5-haiku-20251001", "claude-haiku-4-5"),
            ("claude-3.7-sonnet", "claude-3-7-sonnet"),
            ("anthropic/claude-3.5-haiku:beta", "claude-3-5-haiku"),
            ("global.anthropic.claude-opus-4-6-v1", "claude-opus-4-6"),
            ("anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet"),
            ("bedrock/converse/us.anthropic.claude-opus-4-7-20260416-v1:0", "claude-opus-4-7"),
            ("vertex_ai/claude-opus-4@20250514", "claude-opus-4"),
            ("publishers/anthropic/models/claude-sonnet-5", "claude-sonnet-5"),
            ("CLAUDE_OPUS_5_5", "claude-opus-5-5"),
            ("github_copilot/claude-opus-5", "claude-opus-5"),
        ] {
            assert_eq!(found(name), (wanted.to_owned(), None), "{name}");
        }
        let snapshot = Some("unlisted snapshot of claude-opus-5".to_owned());
        assert_eq!(found("claude-opus-5-20261001"), ("claude-opus-5".to_owned(), snapshot));
        for name in [
            "claude-opus-9",
            "claude-sonnet",
            "claude-4.9-opus",
            "openai.claude-opus-5",
            "claude-5",
            "claude-",
        ] {
            assert!(resolve(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_million_by_suffix() {
        let resolved = resolve("anthropic/claude-sonnet-4-5[1m]").unwrap();
        assert_eq!(resolved.model.context_window, Some(1_000_000));
        assert!(resolved.note.unwrap().contains("asked for"));
        assert_eq!(resolve("claude-opus-5[1m]").unwrap().note, None);
        for name in ["gpt-4o[1m]", "claude-2[1m]", "claude-sonnet-4-5[2m]", "[1m]"] {
            assert!(resolve(name).is_err(), "{name}");
        }
    }

    /// As the documents of Google, Meta's and Mistral's hosts, Ollama and xAI spell them.
    #[test]
    fn names_of_others() {
        for (name, wanted) in [
            ("models/gemini-2.5-pro", "gemini-2.5-pro"),
            ("publishers/google/models/gemini-2.5-flash", "gemini-2.5-flash"),
            ("google/gemini-2.5-pro", "gemini-2.5-pro"),
            ("xai/grok-4-0709", "grok-4"),
            ("us.meta.llama3-1-8b-instruct-v1:0", "llama-3.1"),
            ("meta-llama/Llama-3.3-70B-Instruct", "llama-3.3"),
            ("accounts/fireworks/models/llama-v3p1-8b-instruct", "llama-3.1"),
            ("llama3.2:3b-instruct-q4_K_M", "llama-3.2"),
            ("cohere.command-r-plus-v1:0", "command-r"),
            ("groq/qwen/qwen3-32b", "qwen3"),
        ] {
            let (canonical, note) = found(name);
            assert!(canonical.starts_with(wanted) && note.is_none(), "{name} {canonical} {note:?}");
        }
    }

    #[test]
    fn not_routes() {
        for name in [
            "/gpt-4o",
            "openai/",
            "openai/gpt-4o/",
            "anthropic/gpt-4o",
            "gpt-4o/openai",
            "openai.",
            "us.gpt-4o",
            "ft:",
            "ft:gpt-9:acme::1",
            ":ft-x",
            "arn:aws:s3:::bucket/gpt-4o",
            "gpt-oss:20b-instructed",
            "gpt-oss:b",
            "gpt-4:turbo",
            "gpt-4o:extended",
            "gpt-4o@latest",
            "gpt-355",
            "\u{212a}",
        ] {
            assert!(resolve(name).is_err(), "{name}");
        }
    }

    #[test]
    fn no_open_prefix() {
        for name in ["gpt-3.5-turbo-FAKE", "gpt-4o-mini-2", "gpt-5.9", "o3-2025", "gpt-4-", "gpt", "gpt-6"] {
            assert!(resolve(name).is_err(), "{name}");
        }
    }

    #[test]
    fn snapshots() {
        let snapshot = |of: &str| Some(format!("unlisted snapshot of {of}"));
        assert_eq!(found("gpt-5-2025-12-31"), ("gpt-5".to_owned(), snapshot("gpt-5")));
        assert_eq!(found("gpt-5-20251231"), ("gpt-5".to_owned(), snapshot("gpt-5")));
        assert_eq!(found("gpt-4-1231"), ("gpt-4".to_owned(), snapshot("gpt-4")));
        for name in [
            "gpt-5-2025-13-01",
            "gpt-5-2025-12-32",
            "gpt-5-1925-12-01",
            "gpt-5-2025/12/31",
            "gpt-52025-12-31",
            "gpt-5-1332",
            "gpt-5-２０２５-12-31",
            "2025-12-31",
            "-2025-12-31",
            "gpt-4o-2024-05-13-2024-08-06",
            "chatgpt-4o-latest-2024-08-06",
        ] {
            assert!(resolve(name).is_err(), "{name}");
        }
    }

    #[test]
    fn moving_aliases_are_said() {
        for name in ["chat-latest", "gpt-5.5-instant", "chatgpt-4o-latest", "gpt-5-chat-latest"] {
            assert_eq!(found(name).1, Some(format!("{name} is a moving alias")));
        }
        assert_eq!(found("gpt-5-chat").1, None);
    }

    #[test]
    fn near_names() {
        assert_eq!(near_to("gpt4o"), ["gpt-4o"]);
        assert_eq!(near_to("gpt-o4")[0], "gpt-4o");
        assert_eq!(near_to("gpt4o-2024-05-13"), ["gpt-4o"]);
        assert_eq!(near_to("gpt-4-1-mini")[0], "gpt-4.1-mini");
        assert_eq!(near_to("sonnet").len(), 3);
        assert!(near_to("sonnet").iter().all(|name| name.contains("sonnet")));
        assert_eq!(near_to("gpt-7"), ["gpt-5", "gpt-4", "gpt-2"]);
        assert_eq!(near_to("gpt-6"), ["gpt-6-sol", "gpt-6.2-sol", "gpt-6.1-sol"]);
        assert_eq!(near_to("someone/gpt-oss-20b")[0], "gpt-oss-20b");
        assert!(near_to("gpt-3.5-turbo-FAKE").contains(&"gpt-3.5-turbo".to_owned()));
        assert_eq!(near_to(&"gpt-4o".repeat(100)), [""; 0]);
    }

    #[test]
    fn messages() {
        let message = |name| resolve(name).map(|resolved| resolved.model.name).unwrap_err().to_string();
        assert_eq!(message("gpt4o"), "unknown model \"gpt4o\"; near: gpt-4o");
        assert_eq!(message("\n"), "unknown model \"\\n\"");
        assert_eq!(message("cl100k_base"), "\"cl100k_base\" is an encoding, not a model");
        assert_eq!(message("p50k_edit"), "\"p50k_edit\" is an encoding, not a model");
    }

    proptest::proptest! {
        #[test]
        fn no_name_panics(name in "(ft:|arn:aws:bedrock:|openai[./]|us[.])?[-a-z0-9.:/@_é]{0,24}(-[0-9-]{4,10})?") {
            if let Err(unknown) = resolve(&name) {
                assert!(unknown.near.len() <= NEAR && unknown.near.iter().all(|near| resolve(near).is_ok()));
            }
        }
    }

    #[test]
    fn distances() {
        for (a, b, wanted) in
            [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "acb", 1), ("kitten", "sitting", 3)]
        {
            assert_eq!(distance(a, b), wanted, "{a} {b}");
            assert_eq!(distance(b, a), wanted, "{b} {a}");
        }
    }
}
