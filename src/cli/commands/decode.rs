//! `tokenize decode`: the bytes that token ids stand for, all of them or none.
//!
//! Ids are kept until the last one is known to be right, so that a wrong one leaves no half a text behind.

use std::ffi::OsStr;
use std::io::{self, IsTerminal, Read};

use bytepair::{TokenId, Tokenizer};
use serde_json::Value;

use crate::cli::args::{self, DecodeArgs};
use crate::cli::config::Settings;
use crate::cli::failure::{Failure, Problem};
use crate::cli::messages::Messages;
use crate::cli::progress::Progress;
use crate::cli::{name, output, plan};

/// After how many ids, or bytes of JSON, progress is told.
const TOLD: usize = 1 << 16;

/// Decodes.
pub(crate) fn run(args: &DecodeArgs, settings: &Settings, messages: &Messages) -> Result<(), Failure> {
    let from_stdin = args.ids.is_empty() || args.ids == ["-"];
    if args.ids.is_empty() && io::stdin().is_terminal() {
        args::print_usage(Some("decode"));
        return Err(Problem::new("no ID, and standard input is a terminal").hint("- reads it").into());
    }
    let basis = plan::basis(&args.vocabulary, settings, messages)?;
    basis.must_have_ids()?;
    let typed = if from_stdin { read_stdin()? } else { args.ids.join(OsStr::new(" ")).into_encoded_bytes() };
    let progress = Progress::text(messages.tells_notes(), typed.len() as u64, 1);
    let ids = parse(&typed, &progress)?;
    progress.finish(messages);
    if args.lossy {
        let text = decode(&basis.tokenizer, &ids, Tokenizer::decode_lossy)?;
        return Ok(output::bytes(text.as_bytes())?);
    }
    Ok(output::bytes(&decode(&basis.tokenizer, &ids, Tokenizer::decode)?)?)
}

fn decode<T>(
    tokenizer: &Tokenizer,
    ids: &[TokenId],
    how: fn(&Tokenizer, &[TokenId]) -> Result<T, bytepair::Error>,
) -> Result<T, Problem> {
    how(tokenizer, ids).map_err(Problem::from)
}

fn read_stdin() -> Result<Vec<u8>, Problem> {
    let mut read = Vec::new();
    let done = io::stdin().lock().read_to_end(&mut read);
    done.map_err(|error| Problem::file("-".as_ref(), &error))?;
    Ok(read)
}

/// The ids in a text: numbers between white space or commas, or JSON.
fn parse(text: &[u8], progress: &Progress) -> Result<Vec<TokenId>, Problem> {
    let text = std::str::from_utf8(text)
        .map_err(|error| Problem::new(format!("not token ids: byte {} is not UTF-8", error.valid_up_to())))?;
    if text.trim_start().starts_with(['[', '{']) {
        return parse_json(text, progress);
    }
    let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
    let mut told = 0;
    let id = |(place, word): (usize, &str)| {
        if place % TOLD == TOLD - 1 {
            let at = word.as_ptr() as usize - text.as_ptr() as usize;
            progress.add((at - told) as u64);
            told = at;
        }
        word.parse().map_err(|_| no_id(word, place))
    };
    words.enumerate().map(id).collect()
}

fn no_id(what: &str, place: usize) -> Problem {
    let most = TokenId::MAX;
    let start: String = what.chars().take(40).collect();
    Problem::new(format!("{:?} is no token id (at place {place} of the ids, from 0)", name::escaped(&start)))
        .hint(format!("ids are whole numbers from 0 to {most}, separated by white space or commas, or JSON"))
}

/// Ids of arrays, of objects with an `id`, and numbers, one after the other.
fn parse_json(text: &str, progress: &Progress) -> Result<Vec<TokenId>, Problem> {
    let (mut ids, mut told) = (Vec::new(), 0);
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    while let Some(value) = values.next() {
        if values.byte_offset() >= told + TOLD {
            progress.add((values.byte_offset() - told) as u64);
            told = values.byte_offset();
        }
        match value.map_err(|error| Problem::new(format!("not JSON: {error}")))? {
            Value::Array(values) => {
                for value in &values {
                    ids.push(json_id(value, ids.len())?);
                }
            }
            Value::Object(mut object) => {
                let Some(id) = object.remove("id") else {
                    let what =
                        format!("a JSON object has no \"id\" (at place {} of the ids, from 0)", ids.len());
                    return Err(Problem::new(what));
                };
                ids.push(json_id(&id, ids.len())?);
            }
            other => ids.push(json_id(&other, ids.len())?),
        }
    }
    Ok(ids)
}

fn json_id(value: &Value, place: usize) -> Result<TokenId, Problem> {
    let id = value.as_u64().and_then(|id| TokenId::try_from(id).ok());
    id.ok_or_else(|| no_id(&value.to_string(), place))
}
