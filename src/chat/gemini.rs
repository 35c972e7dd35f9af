//! Messages of Gemini's bodies: contents with a role and parts.
//!
//! The keys around them are left to `body`.

use super::content::{Reader, below, empty, unknown_key};
use super::json::Json;
use super::{Call, Message, Part};
use crate::error::Error;

/// A system instruction: a text, or an object with parts.
pub(super) fn system(reader: &Reader, key: &str, value: &Json) -> Result<Message, Error> {
    let mut message = empty("system", key);
    match value {
        Json::Text(text) => message.parts.push(Part::Text(text.clone())),
        _ => parts(reader, key, value, &mut message, &mut Vec::new())?,
    }
    Ok(message)
}

/// The contents: a text, a message, or a list of messages.
pub(super) fn contents(reader: &Reader, value: &Json, to: &mut Vec<Message>) -> Result<(), Error> {
    match value {
        Json::Text(text) => to.push(super::content::user(text, "contents")),
        Json::List(list) => {
            for (place, value) in list.iter().enumerate() {
                message(reader, &format!("contents[{place}]"), value, to)?;
            }
        }
        value => message(reader, "contents", value, to)?,
    }
    Ok(())
}

fn message(reader: &Reader, path: &str, value: &Json, to: &mut Vec<Message>) -> Result<(), Error> {
    let role = match value.get("role") {
        None | Some(Json::Null) => "user",
        Some(role) => match reader.text(&below(path, "role"), role)? {
            "user" => "user",
            "model" => "assistant",
            "function" | "tool" => "tool",
            "system" => "system",
            other => {
                let problem =
                    reader.place.error(&below(path, "role"), format_args!("unknown role {other:?}"));
                return Err(problem.with_hint("Gemini knows user, model and function"));
            }
        },
    };
    let mut made = empty(role, path);
    let mut results = Vec::new();
    parts(reader, path, value, &mut made, &mut results)?;
    let is_only_results = !results.is_empty() && made.parts.is_empty() && made.calls.is_empty();
    to.append(&mut results);
    if !is_only_results {
        to.push(made);
    }
    Ok(())
}

/// The parts of an object, and nothing else in it that may be text.
fn parts(
    reader: &Reader,
    path: &str,
    value: &Json,
    message: &mut Message,
    results: &mut Vec<Message>,
) -> Result<(), Error> {
    let Json::Object(entries) = value else {
        return Err(reader
            .place
            .error(path, format_args!("{}, expected an object with parts", value.kind())));
    };
    let others = entries.iter().filter(|(key, _)| !["role", "parts"].contains(&key.as_str()));
    if let Some((key, _)) = others.into_iter().find(|(_, value)| !value.is_textless()) {
        return Err(unknown_key(reader.place, path, key));
    }
    match value.get("parts") {
        Some(Json::List(list)) => {
            for (place, value) in list.iter().enumerate() {
                part(reader, format!("{path}.parts[{place}]"), value, message, results)?;
            }
            Ok(())
        }
        Some(object @ Json::Object(_)) => part(reader, format!("{path}.parts"), object, message, results),
        _ => Err(reader.place.error(path, "no parts").with_hint("Gemini's contents have role and parts")),
    }
}

fn part(
    reader: &Reader,
    path: String,
    value: &Json,
    message: &mut Message,
    results: &mut Vec<Message>,
) -> Result<(), Error> {
    let Json::Object(entries) = value else {
        return Err(reader.place.error(&path, format_args!("{}, expected a part", value.kind())));
    };
    for (key, value) in entries {
        let path = below(&path, key);
        match key.as_str() {
            "text" => message.parts.push(Part::Text(reader.text(&path, value)?.to_owned())),
            "functionCall" | "function_call" => message.calls.push(call(reader, &path, value)?),
            "functionResponse" | "function_response" => {
                reader.only(&path, object(reader, &path, value)?, &["name", "response"])?;
                let mut result = empty("tool", &path);
                result.name = value.get("name").and_then(Json::text).map(str::to_owned);
                let response = value.get("response").unwrap_or(&Json::Null);
                result.parts.push(Part::Text(response.python()));
                results.push(result);
            }
            "inlineData" | "inline_data" | "fileData" | "file_data" => {
                message.parts.push(Part::Attachment { what: key.clone(), path });
            }
            "thoughtSignature" | "thought_signature" | "videoMetadata" | "video_metadata" => {}
            _ if value.is_textless() => {}
            other => {
                let problem = reader.place.error(&path, format_args!("unknown part {other:?}"));
                return Err(
                    problem.with_hint("known: text, functionCall, functionResponse, inlineData, fileData")
                );
            }
        }
    }
    Ok(())
}

fn object<'j>(reader: &Reader, path: &str, value: &'j Json) -> Result<&'j [(String, Json)], Error> {
    match value {
        Json::Object(entries) => Ok(entries),
        other => Err(reader.place.error(path, format_args!("{}, expected an object", other.kind()))),
    }
}

fn call(reader: &Reader, path: &str, value: &Json) -> Result<Call, Error> {
    reader.only(path, object(reader, path, value)?, &["name", "args"])?;
    let Some(name) = value.get("name").and_then(Json::text) else {
        return Err(reader.place.error(path, "a call without a name"));
    };
    let arguments = value.get("args").cloned().unwrap_or(Json::Object(Vec::new()));
    Ok(Call {
        id: value.get("id").and_then(Json::text).map(str::to_owned),
        name: name.to_owned(),
        arguments: arguments.python(),
        parsed: Some(arguments),
        is_function: false,
    })
}
