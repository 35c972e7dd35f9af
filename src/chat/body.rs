//! Request bodies: the keys around the messages, of OpenAI, Anthropic and Gemini, and the tools.
//!
//! Messages are left to `content` and `gemini`.

use super::content::{self, Reader};
use super::json::Json;
use super::place::Place;
use super::read::SHAPES;
use super::{Choice, Conversation, Tool, gemini};
use crate::error::Error;

type Entries = [(String, Json)];

/// Keys that hold text or more, and that no model gets to see as tokens of the prompt.
const SETTINGS: &[&str] = &[
    "anthropic_beta",
    "anthropic_version",
    "betas",
    "custom_id",
    "frequency_penalty",
    "generationConfig",
    "generation_config",
    "id",
    "include",
    "labels",
    "logit_bias",
    "metadata",
    "method",
    "modalities",
    "model",
    "parallel_tool_calls",
    "prompt_cache_key",
    "prompt_cache_retention",
    "reasoning",
    "reasoning_effort",
    "response_format",
    "safetySettings",
    "safety_identifier",
    "safety_settings",
    "service_tier",
    "stop",
    "stop_sequences",
    "stream_options",
    "text",
    "thinking",
    "toolConfig",
    "tool_config",
    "truncation",
    "url",
    "user",
    "verbosity",
];

/// Keys by which the model gets more than is in the body.
const ELSEWHERE: &[&str] =
    &["cachedContent", "cached_content", "conversation", "mcp_servers", "previous_response_id"];

/// Reads a body.
pub(super) fn conversation(entries: &Entries, place: Place) -> Result<Conversation, Error> {
    let get = |key: &str| entries.iter().find(|(name, _)| name == key).map(|(_, value)| value);
    // A line of a batch file has the body under a key.
    if let (Some(Json::Object(body)), None) = (get("body"), get("messages")) {
        return conversation(body, place);
    }
    let kinds: Vec<&str> =
        ["messages", "contents", "input"].into_iter().filter(|key| get(key).is_some()).collect();
    let kind = match kinds.as_slice() {
        [kind] => *kind,
        [] => return Err(unknown(entries, place)),
        several => {
            let what = format!("{} stand in one body: which are the messages?", several.join(" and "));
            return Err(place.error("", what).with_hint("keep one of them"));
        }
    };
    let mut made = Conversation { place, ..Conversation::default() };
    made.model = get("model").and_then(Json::text).map(str::to_owned);
    let is_anthropic = kind == "messages" && (get("system").is_some() || get("anthropic_version").is_some());
    made.maker = match kind {
        "contents" => Some("Google"),
        _ if is_anthropic => Some("Anthropic"),
        _ => None,
    };
    let reader = Reader { place };
    for key in ["system", "instructions", "systemInstruction", "system_instruction"] {
        if let Some(value) = get(key).filter(|value| !value.is_textless()) {
            let message = match key {
                "system" | "instructions" => reader.system(key, value)?,
                _ => gemini::system(&reader, key, value)?,
            };
            made.messages.push(message);
        }
    }
    match (kind, get(kind).unwrap_or(&Json::Null)) {
        ("contents", value) => gemini::contents(&reader, value, &mut made.messages)?,
        ("input", Json::Text(text)) => made.messages.push(content::user(text, kind)),
        (_, Json::List(list)) => reader.messages(kind, list, &mut made.messages)?,
        (_, value) => return Err(place.error(kind, format_args!("{}, expected a list", value.kind()))),
    }
    if made.messages.is_empty() {
        return Err(place.error(kind, "no messages"));
    }
    for (key, value) in entries {
        rest(&mut made, key, value)?;
    }
    Ok(made)
}

/// The keys that are no messages.
fn rest(made: &mut Conversation, key: &str, value: &Json) -> Result<(), Error> {
    let place = made.place;
    match key {
        "messages" | "contents" | "input" | "system" | "instructions" | "systemInstruction"
        | "system_instruction" => {}
        "tools" | "functions" => tools(made, key, value)?,
        "tool_choice" | "function_call" => made.choice = choice(place, key, value)?,
        _ if value.is_textless() => {}
        _ if ELSEWHERE.contains(&key) => {
            let what = "the model gets more than is in this body, which cannot be counted";
            return Err(place.error(key, what).with_hint("take it out to count what is here"));
        }
        _ if asks_for_form(key, value) => {
            let what = "a schema of the answer takes tokens of the prompt, and it is not known how many";
            return Err(place.error(key, what).with_hint("take it out to count the rest"));
        }
        _ if SETTINGS.contains(&key) => {}
        _ => made.ignored.push(key.to_owned()),
    }
    Ok(())
}

/// Whether a setting holds a schema that the answer must have.
fn asks_for_form(key: &str, value: &Json) -> bool {
    let has = |key: &str| value.get(key).is_some_and(|value| !value.is_textless());
    match key {
        "response_format" => has("json_schema") || has("schema"),
        "text" => value.get("format").is_some_and(|format| format.get("schema").is_some()),
        "generationConfig" | "generation_config" => {
            ["responseSchema", "response_schema", "responseJsonSchema", "response_json_schema"]
                .into_iter()
                .any(has)
        }
        _ => false,
    }
}

fn unknown(entries: &Entries, place: Place) -> Error {
    let mut keys: Vec<&str> = entries.iter().take(6).map(|(key, _)| key.as_str()).collect();
    if keys.contains(&"conversations") {
        let what = "ShareGPT's form (conversations of from and value) is not read";
        return place
            .error("", what)
            .with_hint("write it as {\"messages\": [{\"role\": …, \"content\": …}]}");
    }
    if entries.len() > keys.len() {
        keys.push("…");
    }
    let keys = if keys.is_empty() { "without keys".to_owned() } else { format!("with {}", keys.join(", ")) };
    place.error("", format_args!("an object {keys}: no messages, input or contents")).with_hint(SHAPES)
}

fn tools(made: &mut Conversation, key: &str, value: &Json) -> Result<(), Error> {
    let place = made.place;
    let list = match value {
        Json::Null => return Ok(()),
        Json::List(list) => list,
        other => return Err(place.error(key, format_args!("{}, expected a list", other.kind()))),
    };
    if !list.is_empty() && !made.tools.is_empty() {
        return Err(place.error(key, "tools and functions together").with_hint("keep one of them"));
    }
    made.are_functions = key == "functions";
    for (item, value) in list.iter().enumerate() {
        let path = format!("{key}[{item}]");
        let declared = value.get("functionDeclarations").or_else(|| value.get("function_declarations"));
        match declared {
            Some(Json::List(functions)) => {
                for (number, function) in functions.iter().enumerate() {
                    let path = format!("{path}.functionDeclarations[{number}]");
                    made.tools.push(tool(place, &path, function, function, false)?);
                }
            }
            _ => made.tools.push(any_tool(place, key, path, value)?),
        }
    }
    Ok(())
}

/// A tool in the form of OpenAI's chat completions or responses, or of Anthropic's messages.
fn any_tool(place: Place, key: &str, path: String, value: &Json) -> Result<Tool, Error> {
    let kind = value.get("type").and_then(Json::text);
    match (kind, value.get("function")) {
        _ if key == "functions" => tool(place, &path, value, value, false),
        (Some("function"), Some(function)) => tool(place, &format!("{path}.function"), function, value, true),
        (None | Some("function" | "custom"), None) if value.get("name").is_some() => {
            tool(place, &path, value, value, false)
        }
        _ => {
            let kind = kind.map_or("of unknown kind".to_owned(), |kind| format!("{kind:?}"));
            let what = format!("a tool {kind}: how many tokens it takes is not known");
            Err(place
                .error(&path, what)
                .with_hint("only functions can be counted; take it out to count the rest"))
        }
    }
}

fn tool(place: Place, path: &str, function: &Json, whole: &Json, is_standard: bool) -> Result<Tool, Error> {
    let mut made = Tool {
        name: String::new(),
        description: None,
        parameters: None,
        whole: whole.clone(),
        is_standard,
        path: path.to_owned(),
    };
    let Json::Object(entries) = function else {
        return Err(place.error(path, format_args!("{}, expected an object", function.kind())));
    };
    for (key, value) in entries {
        match (key.as_str(), value) {
            ("name", Json::Text(name)) => made.name = name.clone(),
            ("description", Json::Text(text)) => made.description = Some(text.clone()),
            (
                "parameters" | "input_schema" | "parametersJsonSchema" | "parameters_json_schema",
                Json::Object(_),
            ) => made.parameters = Some(value.clone()),
            ("type" | "cache_control", _) => {}
            (_, value) if value.is_textless() => {}
            (key, _) => return Err(content::unknown_key(place, path, key)),
        }
    }
    if made.name.is_empty() {
        return Err(place.error(path, "a function without a name"));
    }
    Ok(made)
}

fn choice(place: Place, key: &str, value: &Json) -> Result<Choice, Error> {
    let name = |value: &Json| value.get("name").and_then(Json::text).map(str::to_owned);
    let kind = value.text().or_else(|| value.get("type").and_then(Json::text));
    let named = name(value).or_else(|| value.get("function").and_then(name));
    match (kind, named) {
        (_, Some(name)) => Ok(Choice::Named(name)),
        (Some("none"), _) => Ok(Choice::None),
        (Some("auto"), _) => Ok(Choice::Auto),
        (Some("required" | "any"), _) => Ok(Choice::Required),
        _ if *value == Json::Null => Ok(Choice::Unsaid),
        _ => {
            let what = "expected none, auto, required or the name of a function";
            Err(place.error(key, what))
        }
    }
}
