//! From bytes to conversations: one JSON document or one a line, and which of the known shapes it has.
//!
//! What a body holds is left to `body`, messages to `content` and `gemini`.

use super::json::Json;
use super::place::Place;
use super::{Conversation, body, content};
use crate::error::{Error, ErrorKind};

/// What can be read, for hints.
pub(super) const SHAPES: &str = "what can be read: a request body of OpenAI (messages, or input), Anthropic (messages, \
                                 system) or Gemini (contents), a list of messages, or one message or body a line";

/// Reads conversations. What they are written as is seen from the content: a request body of OpenAI (chat completions or
/// responses), Anthropic or Gemini, a list of messages, a list of bodies; or JSON Lines, a body or list a line (many
/// conversations) or a message a line (one conversation).
///
/// # Errors
///
/// [`ErrorKind::InvalidConversation`] if it is not JSON, has none of these shapes, or holds something that is not known
/// and could be text for the model; the message names line and path.
///
/// ```
/// let lines = br#"{"role": "user", "content": "Hi"}
/// {"role": "assistant", "content": "Hello"}"#;
/// let conversations = bytepair::chat::read(lines)?;
/// assert_eq!((conversations.len(), conversations[0].messages().len()), (1, 2));
/// # Ok::<(), bytepair::Error>(())
/// ```
pub fn read(bytes: &[u8]) -> Result<Vec<Conversation>, Error> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let what = format!("not valid UTF-8 from byte {} on", error.valid_up_to());
        Error::new(ErrorKind::InvalidConversation, what).with_hint("JSON is UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(Place::Whole.error("", "there is nothing to read").with_hint(SHAPES));
    }
    match lines(text) {
        Some(lines) => of_lines(lines),
        None => of_document(text),
    }
}

/// The lines that are not empty with their numbers, if there are several and the first one is a whole value.
fn lines(text: &str) -> Option<Vec<(usize, &str)>> {
    let numbered = text.lines().enumerate().map(|(place, line)| (place + 1, line));
    let lines: Vec<(usize, &str)> = numbered.filter(|(_, line)| !line.trim().is_empty()).collect();
    let starts_value = |line: &str| line.trim_start().starts_with(['{', '[']);
    let (_, first) = lines.first()?;
    // A list that is written over several lines begins with a line that is no value.
    (lines.len() > 1 && starts_value(first) && Json::parse(first).is_ok()).then_some(lines)
}

fn of_document(text: &str) -> Result<Vec<Conversation>, Error> {
    let value = Json::parse(text).map_err(|error| {
        let problem = Place::Whole.error("", format_args!("not JSON: {error}"));
        problem.with_hint("a line that holds no whole value makes a file one document, not JSON Lines")
    })?;
    let Json::List(list) = &value else { return Ok(vec![conversation(value, Place::Whole)?]) };
    if list.is_empty() {
        return Err(Place::Whole.error("", "a list without messages").with_hint(SHAPES));
    }
    let are_messages = |list: &[Json]| list.iter().any(is_message);
    if are_messages(list) {
        return Ok(vec![content::bare(list, Place::Whole)?]);
    }
    let Json::List(list) = value else { return Ok(Vec::new()) };
    list.into_iter().enumerate().map(|(item, value)| conversation(value, Place::Item(item))).collect()
}

fn of_lines(lines: Vec<(usize, &str)>) -> Result<Vec<Conversation>, Error> {
    let parse = |(line, text): (usize, &str)| {
        let error = |error: serde_json::Error| {
            // Every value is read by itself, so that the line in the error is the first of one.
            let what = error.to_string().replacen(" at line 1 column ", " at column ", 1);
            Place::Line(line).error("", format_args!("not JSON: {what}"))
        };
        Json::parse(text).map(|value| (line, value)).map_err(error)
    };
    let values: Vec<(usize, Json)> = lines.into_iter().map(parse).collect::<Result<_, _>>()?;
    let messages = values.iter().filter(|(_, value)| is_message(value)).count();
    if messages == 0 {
        return values.into_iter().map(|(line, value)| conversation(value, Place::Line(line))).collect();
    }
    if let Some((line, _)) = values.iter().find(|(_, value)| is_message(value) != is_message(&values[0].1)) {
        let what = "here lines with a message each and lines with a conversation each are mixed";
        return Err(Place::Line(*line).error("", what).with_hint("every line has to be the same kind"));
    }
    Ok(vec![content::of_lines(&values)?])
}

fn conversation(value: Json, place: Place) -> Result<Conversation, Error> {
    match value {
        Json::List(list) if list.is_empty() => Err(place.error("", "a list without messages")),
        Json::List(list) => content::bare(&list, place),
        Json::Object(_) if is_message(&value) => content::bare(&[value], place),
        Json::Object(entries) => body::conversation(&entries, place),
        other => {
            let what = format!("{}, expected a request body or a list of messages", other.kind());
            Err(place.error("", what).with_hint(SHAPES))
        }
    }
}

/// Whether a value is one message and no body.
fn is_message(value: &Json) -> bool {
    let has = |key: &str| value.get(key).is_some();
    has("role") && !["messages", "contents", "input"].into_iter().any(has)
}
