//! Messages of OpenAI's and Anthropic's bodies: roles, content as text or parts, calls of tools and their results.
//!
//! Their bodies are left to `body`, Gemini's messages to `gemini`.

use super::json::Json;
use super::place::Place;
use super::{Call, Conversation, Message, Part};
use crate::error::Error;

/// Keys of messages and parts that hold text or more, none of which the model gets to see.
const HARMLESS: &[&str] = &[
    "annotations",
    "cache_control",
    "citations",
    "created",
    "created_at",
    "finish_reason",
    "id",
    "index",
    "is_error",
    "logprobs",
    "object",
    "phase",
    "signature",
    "status",
    "stop_reason",
    "timestamp",
    "type",
    "usage",
    "weight",
];

/// Kinds of parts that are no text.
const ATTACHMENTS: &[&str] = &[
    "audio",
    "audio_url",
    "container_upload",
    "document",
    "file",
    "image",
    "image_file",
    "image_url",
    "input_audio",
    "input_file",
    "input_image",
    "redacted_thinking",
    "video",
    "video_url",
];

/// Reads the messages of one conversation.
#[derive(Clone, Copy)]
pub(super) struct Reader {
    /// Where the conversation stands.
    pub(super) place: Place,
}

/// A list of messages without a body around it.
pub(super) fn bare(list: &[Json], place: Place) -> Result<Conversation, Error> {
    let mut made = Conversation { place, ..Conversation::default() };
    Reader { place }.messages("messages", list, &mut made.messages)?;
    Ok(made)
}

/// One conversation of a message a line.
pub(super) fn of_lines(lines: &[(usize, Json)]) -> Result<Conversation, Error> {
    let mut made = Conversation::default();
    for (line, value) in lines {
        let reader = Reader { place: Place::Line(*line) };
        let from = made.messages.len();
        reader.message("", value, &mut made.messages)?;
        for message in &mut made.messages[from..] {
            message.path = format!("line {line}");
            for part in &mut message.parts {
                if let Part::Attachment { path, .. } = part {
                    *path = format!("line {line}: {path}");
                }
            }
        }
    }
    Ok(made)
}

/// A message of the user that is only a text.
pub(super) fn user(text: &str, path: &str) -> Message {
    Message { parts: vec![Part::Text(text.to_owned())], ..empty("user", path) }
}

/// A message without content.
pub(super) fn empty(role: &str, path: &str) -> Message {
    Message {
        role: role.to_owned(),
        name: None,
        parts: Vec::new(),
        calls: Vec::new(),
        call_id: None,
        reasoning: None,
        path: path.to_owned(),
    }
}

/// The error for a key that may hold text which nobody here knows how to count.
pub(super) fn unknown_key(place: Place, path: &str, key: &str) -> Error {
    let what = format!("unknown key {key:?}: it is not known whether the model gets it");
    place.error(path, what).with_hint(format!("take {key:?} out to count the rest"))
}

/// A path that goes one key further.
pub(super) fn below(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

impl Reader {
    /// The messages of a list under a key.
    pub(super) fn messages(self, key: &str, list: &[Json], to: &mut Vec<Message>) -> Result<(), Error> {
        for (place, value) in list.iter().enumerate() {
            self.message(&format!("{key}[{place}]"), value, to)?;
        }
        Ok(())
    }

    /// A system prompt that has a key of its own: a text, or a list of parts.
    pub(super) fn system(self, key: &str, value: &Json) -> Result<Message, Error> {
        let mut message = empty("system", key);
        self.content(key, value, &mut message, None)?;
        Ok(message)
    }

    fn expected(self, path: &str, value: &Json, what: &str) -> Error {
        self.place.error(path, format_args!("{}, expected {what}", value.kind()))
    }

    /// A text, or the error that says what is there instead.
    pub(super) fn text<'j>(self, path: &str, value: &'j Json) -> Result<&'j str, Error> {
        value.text().ok_or_else(|| self.expected(path, value, "a string"))
    }

    /// Reads a message; with results of tools in it, it is several.
    fn message(self, path: &str, value: &Json, to: &mut Vec<Message>) -> Result<(), Error> {
        let Json::Object(entries) = value else { return Err(self.expected(path, value, "a message")) };
        if let Some(made) = self.item(path, value)? {
            to.push(made);
            return Ok(());
        }
        let role = match value.get("role") {
            Some(role) => self.text(&below(path, "role"), role)?,
            None => {
                return Err(self.place.error(path, "no role").with_hint("a message has role and content"));
            }
        };
        let mut message = empty(self.role(path, role)?, path);
        let (mut results, mut has_content) = (Vec::new(), false);
        for (key, value) in entries {
            let path = below(path, key);
            match (key.as_str(), value) {
                ("role", _) => {}
                ("content", content) => {
                    has_content = true;
                    self.content(&path, content, &mut message, Some(&mut results))?;
                }
                (_, value) if value.is_textless() => {}
                ("name", name) => message.name = Some(self.text(&path, name)?.to_owned()),
                ("tool_call_id", id) => message.call_id = Some(self.text(&path, id)?.to_owned()),
                ("refusal", text) => message.parts.push(Part::Text(self.text(&path, text)?.to_owned())),
                ("reasoning_content" | "reasoning" | "thinking", text) => {
                    message.reasoning = Some(self.text(&path, text)?.to_owned());
                }
                ("tool_calls", calls) => self.calls(&path, calls, &mut message)?,
                ("function_call", call) => message.calls.push(self.call(&path, call, None, true)?),
                ("audio" | "images", _) => message.parts.push(Part::Attachment { what: key.clone(), path }),
                (key, _) if HARMLESS.contains(&key) => {}
                (key, _) => return Err(unknown_key(self.place, &message.path, key)),
            }
        }
        if !has_content && message.calls.is_empty() && message.parts.is_empty() {
            return Err(self.place.error(path, "no content").with_hint("a message has role and content"));
        }
        let is_only_results = !results.is_empty() && message.parts.is_empty() && message.calls.is_empty();
        to.append(&mut results);
        if !is_only_results {
            to.push(message);
        }
        Ok(())
    }

    fn role(self, path: &str, role: &str) -> Result<&'static str, Error> {
        Ok(match role {
            "system" => "system",
            "developer" => "developer",
            "user" => "user",
            "assistant" | "model" => "assistant",
            "tool" => "tool",
            "function" => "function",
            other => {
                let problem = self.place.error(&below(path, "role"), format_args!("unknown role {other:?}"));
                return Err(problem.with_hint("known: system, developer, user, assistant, tool, function"));
            }
        })
    }

    /// An item of OpenAI's responses that is no message: a call of a function, or its result.
    fn item(self, path: &str, value: &Json) -> Result<Option<Message>, Error> {
        let kind = value.get("type").and_then(Json::text).filter(|_| value.get("role").is_none());
        match kind {
            None | Some("message") => Ok(None),
            Some("function_call") => {
                let call = self.call(path, value, value.get("call_id"), false)?;
                Ok(Some(Message { calls: vec![call], ..empty("assistant", path) }))
            }
            Some("function_call_output") => {
                let mut message = empty("tool", path);
                message.call_id = value.get("call_id").and_then(Json::text).map(str::to_owned);
                let output = value.get("output").unwrap_or(&Json::Null);
                self.content(&below(path, "output"), output, &mut message, None)?;
                Ok(Some(message))
            }
            Some(other) => {
                let what = format!("an item {other:?}: how many tokens it takes is not known");
                Err(self.place.error(path, what).with_hint("take it out to count the rest"))
            }
        }
    }

    /// What a message says: a text, nothing, or a list of parts.
    pub(super) fn content(
        self,
        path: &str,
        value: &Json,
        message: &mut Message,
        results: Option<&mut Vec<Message>>,
    ) -> Result<(), Error> {
        let mut results = results;
        match value {
            Json::Null => Ok(()),
            Json::Text(text) => {
                message.parts.push(Part::Text(text.clone()));
                Ok(())
            }
            Json::List(parts) => {
                for (place, part) in parts.iter().enumerate() {
                    self.part(format!("{path}[{place}]"), part, message, results.as_deref_mut())?;
                }
                Ok(())
            }
            other => Err(self.expected(path, other, "a string, null or a list of parts")),
        }
    }

    fn part(
        self,
        path: String,
        part: &Json,
        message: &mut Message,
        results: Option<&mut Vec<Message>>,
    ) -> Result<(), Error> {
        let Json::Object(entries) = part else {
            return Err(self.expected(&path, part, "a part (an object)"));
        };
        let Some(kind) = part.get("type").and_then(Json::text) else {
            return Err(self.place.error(&path, "a part without a type").with_hint(PARTS));
        };
        match kind {
            "tool_result" if results.is_none() => {
                return Err(self
                    .place
                    .error(&path, "the result of a tool inside of another, or of a system prompt"));
            }
            "text" | "input_text" | "output_text" | "refusal" => {
                let key = if kind == "refusal" { "refusal" } else { "text" };
                let text = self.wanted(&path, part, key)?;
                self.only(&path, entries, &[key])?;
                message.parts.push(Part::Text(self.text(&below(&path, key), text)?.to_owned()));
            }
            "thinking" => {
                let text = self.wanted(&path, part, "thinking")?;
                self.only(&path, entries, &["thinking"])?;
                let text = self.text(&below(&path, "thinking"), text)?;
                message.reasoning.get_or_insert_default().push_str(text);
            }
            "tool_use" => message.calls.push(self.use_of_tool(&path, part, entries)?),
            "tool_result" => {
                let mut result = empty("tool", &path);
                result.call_id = part.get("tool_use_id").and_then(Json::text).map(str::to_owned);
                self.only(&path, entries, &["content", "tool_use_id"])?;
                let content = part.get("content").unwrap_or(&Json::Null);
                self.content(&below(&path, "content"), content, &mut result, None)?;
                results.into_iter().for_each(|results| results.push(result.clone()));
            }
            "document"
                if part
                    .get("source")
                    .is_some_and(|source| source.get("data").is_some() && is_text(source)) =>
            {
                self.document(&path, part, entries, message)?;
            }
            kind if ATTACHMENTS.contains(&kind) => {
                message.parts.push(Part::Attachment { what: kind.to_owned(), path });
            }
            other => {
                let problem = self.place.error(&path, format_args!("unknown part {other:?}"));
                return Err(problem.with_hint(PARTS));
            }
        }
        Ok(())
    }

    /// A document of Anthropic's that is a text.
    fn document(
        self,
        path: &str,
        part: &Json,
        entries: &[(String, Json)],
        message: &mut Message,
    ) -> Result<(), Error> {
        self.only(path, entries, &["source", "title", "context"])?;
        let data = part.get("source").and_then(|source| source.get("data"));
        for text in [part.get("title"), part.get("context"), data].into_iter().flatten() {
            if *text != Json::Null {
                message.parts.push(Part::Text(self.text(path, text)?.to_owned()));
            }
        }
        Ok(())
    }

    fn use_of_tool(self, path: &str, part: &Json, entries: &[(String, Json)]) -> Result<Call, Error> {
        self.only(path, entries, &["name", "input", "caller"])?;
        let name = self.text(&below(path, "name"), self.wanted(path, part, "name")?)?;
        let input = part.get("input").cloned().unwrap_or(Json::Object(Vec::new()));
        Ok(Call {
            id: part.get("id").and_then(Json::text).map(str::to_owned),
            name: name.to_owned(),
            arguments: input.python(),
            parsed: Some(input),
            is_function: false,
        })
    }

    fn wanted<'j>(self, path: &str, part: &'j Json, key: &str) -> Result<&'j Json, Error> {
        part.get(key).ok_or_else(|| self.place.error(path, format_args!("no {key:?}")))
    }

    /// Whether an object has no keys that may hold text besides these.
    pub(super) fn only(self, path: &str, entries: &[(String, Json)], known: &[&str]) -> Result<(), Error> {
        let is_known = |key: &str| known.contains(&key) || HARMLESS.contains(&key);
        match entries.iter().find(|(key, value)| !is_known(key) && !value.is_textless()) {
            Some((key, _)) => Err(unknown_key(self.place, path, key)),
            None => Ok(()),
        }
    }

    fn calls(self, path: &str, value: &Json, message: &mut Message) -> Result<(), Error> {
        let Json::List(calls) = value else { return Err(self.expected(path, value, "a list")) };
        for (place, call) in calls.iter().enumerate() {
            let path = format!("{path}[{place}]");
            let function = match call.get("function") {
                Some(function) => function,
                None if call.get("name").is_some() => call,
                None => {
                    let problem = self.place.error(&path, "no call of a function");
                    return Err(problem.with_hint("only calls of functions can be counted"));
                }
            };
            message.calls.push(self.call(&path, function, call.get("id"), false)?);
        }
        Ok(())
    }

    fn call(self, path: &str, function: &Json, id: Option<&Json>, is_function: bool) -> Result<Call, Error> {
        let Json::Object(entries) = function else { return Err(self.expected(path, function, "an object")) };
        self.only(path, entries, &["name", "arguments", "call_id"])?;
        let name = self.text(&below(path, "name"), self.wanted(path, function, "name")?)?.to_owned();
        let id = id.and_then(Json::text).map(str::to_owned);
        let (arguments, parsed) = match function.get("arguments") {
            None | Some(Json::Null) => (String::new(), None),
            Some(Json::Text(text)) => (text.clone(), None),
            Some(object @ Json::Object(_)) => (object.python(), Some(object.clone())),
            Some(other) => return Err(self.expected(&below(path, "arguments"), other, "a string")),
        };
        Ok(Call { id, name, arguments, parsed, is_function })
    }
}

/// Whether the source of a document is text as it stands.
fn is_text(source: &Json) -> bool {
    source.get("type").and_then(Json::text) == Some("text")
}

const PARTS: &str = "known: text, image_url, input_audio, file, refusal (OpenAI), input_text, output_text, input_image, \
                     input_file (responses), text, image, document, thinking, tool_use, tool_result (Anthropic)";
