//! Qwen's framing (ChatML), as the chat templates of Qwen 2.5 and Qwen 3 write it: role, line end, text.
//!
//! Qwen 2.5 has a system message of its own if there is none. Qwen 3 keeps what the model thought only in what comes
//! after the last words of the user.

use super::render::{ANSWER, Rendering, SYSTEM, TOOLS, Whose, is_answer_due, no_extras, no_role, one_text};
use super::{Conversation, Message, Options};
use crate::error::Error;

const OWN: &str = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.";

const BEFORE_TOOLS: &str = "# Tools\n\nYou may call one or more functions to assist with the user query.\n\nYou are \
                            provided with function signatures within <tools></tools> XML tags:\n<tools>";

const AFTER_TOOLS: &str = "\n</tools>\n\nFor each function call, return a json object with function name and arguments \
                           within <tool_call></tool_call> XML tags:\n<tool_call>\n{\"name\": <function-name>, \
                           \"arguments\": <args-json-object>}\n</tool_call>";

/// Tokens of the vocabulary in the words of the template. Qwen 2.5 has them, but for the last four.
const MARKS: [&str; 2] = ["<tool_call>", "</tool_call>"];

/// Qwen 2.5.
pub(super) fn v25(conversation: &Conversation, options: &Options, to: &mut Rendering) -> Result<(), Error> {
    let from = system(conversation, options, Some(OWN), to)?;
    for (number, message) in conversation.messages.iter().enumerate().skip(from) {
        no_extras(conversation, message, false)?;
        let text = one_text(conversation, message)?;
        let (frame, content) = (Whose::Frame(number), Whose::Content(number));
        match message.role() {
            "user" | "system" | "assistant" if message.calls.is_empty() => {
                plain(conversation, options, number, message, to)?;
            }
            "assistant" => {
                to.special(frame, "<|im_start|>");
                to.text(frame, "assistant");
                if !text.is_empty() {
                    to.text(frame, "\n");
                    to.text(content, text);
                }
                for call in &message.calls {
                    let arguments = call.json(conversation, message)?.python();
                    to.text(content, "\n");
                    one_call(content, &call.name, &arguments, to);
                }
                to.attachments(number, message, options);
                end(frame, to);
            }
            "tool" => result(conversation, options, number, message, false, to)?,
            _ => return Err(no_role(conversation, message, "system, user, assistant and tool")),
        }
    }
    answer(conversation, to);
    Ok(())
}

/// Qwen 3.
pub(super) fn v3(conversation: &Conversation, options: &Options, to: &mut Rendering) -> Result<(), Error> {
    let from = system(conversation, options, None, to)?;
    let last_query = last_query(conversation)?;
    for (number, message) in conversation.messages.iter().enumerate().skip(from) {
        no_extras(conversation, message, message.role == "assistant")?;
        match message.role() {
            "user" | "system" => plain(conversation, options, number, message, to)?,
            "assistant" => thinker(conversation, options, number, number > last_query, to)?,
            "tool" => result(conversation, options, number, message, true, to)?,
            _ => return Err(no_role(conversation, message, "system, user, assistant and tool")),
        }
    }
    answer(conversation, to);
    Ok(())
}

fn end(whose: Whose, to: &mut Rendering) {
    to.special(whose, "<|im_end|>");
    to.text(whose, "\n");
}

fn answer(conversation: &Conversation, to: &mut Rendering) {
    if is_answer_due(conversation) {
        to.special(ANSWER, "<|im_start|>");
        to.text(ANSWER, "assistant\n");
    }
}

/// The system message with the tools in it; how many messages that took. `own`: what it says if there is none.
fn system(
    conversation: &Conversation,
    options: &Options,
    own: Option<&str>,
    to: &mut Rendering,
) -> Result<usize, Error> {
    let given = conversation.messages.first().filter(|message| message.role == "system");
    let has_tools = !conversation.tools.is_empty();
    let frame = match given {
        Some(_) => Whose::Frame(0),
        None if has_tools && own.is_none() => TOOLS,
        None if own.is_some() => SYSTEM,
        None => return Ok(0),
    };
    to.special(frame, "<|im_start|>");
    to.text(frame, "system\n");
    match given {
        Some(message) => {
            no_extras(conversation, message, false)?;
            to.text(Whose::Content(0), one_text(conversation, message)?);
            to.attachments(0, message, options);
        }
        None => to.text(SYSTEM, own.unwrap_or_default()),
    }
    if has_tools {
        if given.is_some() || own.is_some() {
            to.text(TOOLS, "\n\n");
        }
        to.text(TOOLS, BEFORE_TOOLS);
        for tool in &conversation.tools {
            to.text(TOOLS, "\n");
            to.text(TOOLS, &tool.standard().python());
        }
        to.mixed(TOOLS, AFTER_TOOLS, &MARKS);
    }
    end(frame, to);
    Ok(usize::from(given.is_some()))
}

fn plain(
    conversation: &Conversation,
    options: &Options,
    number: usize,
    message: &Message,
    to: &mut Rendering,
) -> Result<(), Error> {
    let frame = Whose::Frame(number);
    to.special(frame, "<|im_start|>");
    to.text(frame, &format!("{}\n", message.role));
    to.text(Whose::Content(number), one_text(conversation, message)?);
    to.attachments(number, message, options);
    end(frame, to);
    Ok(())
}

fn one_call(whose: Whose, name: &str, arguments: &str, to: &mut Rendering) {
    to.special(whose, "<tool_call>");
    to.text(whose, &format!("\n{{\"name\": \"{name}\", \"arguments\": {arguments}}}\n"));
    to.special(whose, "</tool_call>");
}

/// Results in a row stand in one message of the user.
fn result(
    conversation: &Conversation,
    options: &Options,
    number: usize,
    message: &Message,
    has_marks: bool,
    to: &mut Rendering,
) -> Result<(), Error> {
    let frame = Whose::Frame(number);
    let is_result =
        |number: usize| conversation.messages.get(number).is_some_and(|other| other.role == "tool");
    if number == 0 || !is_result(number - 1) {
        to.special(frame, "<|im_start|>");
        to.text(frame, "user");
    }
    // The marks are tokens in Qwen 3 only.
    let mark = |name: &'static str, to: &mut Rendering| match has_marks {
        true => to.special(frame, name),
        false => to.text(frame, name),
    };
    to.text(frame, "\n");
    mark("<tool_response>", to);
    to.text(frame, "\n");
    to.text(Whose::Content(number), one_text(conversation, message)?);
    to.attachments(number, message, options);
    to.text(frame, "\n");
    mark("</tool_response>", to);
    if !is_result(number + 1) {
        end(frame, to);
    }
    Ok(())
}

/// The number of the last message in which the user says something and does not give the result of a tool.
fn last_query(conversation: &Conversation) -> Result<usize, Error> {
    for (number, message) in conversation.messages.iter().enumerate().rev() {
        let text = one_text(conversation, message)?;
        let is_result = text.starts_with("<tool_response>") && text.ends_with("</tool_response>");
        if message.role == "user" && !is_result {
            return Ok(number);
        }
    }
    Ok(conversation.messages.len().saturating_sub(1))
}

/// A message of the model, with what it thought if that is kept.
fn thinker(
    conversation: &Conversation,
    options: &Options,
    number: usize,
    is_after_query: bool,
    to: &mut Rendering,
) -> Result<(), Error> {
    let message = &conversation.messages[number];
    let (frame, content) = (Whose::Frame(number), Whose::Content(number));
    let whole = one_text(conversation, message)?;
    let (mut text, mut thought) = (whole, message.reasoning.as_deref().unwrap_or(""));
    if message.reasoning.is_none()
        && let (Some(last), Some(first)) = (whole.rfind("</think>"), whole.find("</think>"))
    {
        text = whole[last + "</think>".len()..].trim_start_matches('\n');
        let before = whole[..first].trim_end_matches('\n');
        let start = before.rfind("<think>").map_or(0, |at| at + "<think>".len());
        thought = before[start..].trim_start_matches('\n');
    }
    to.special(frame, "<|im_start|>");
    to.text(frame, "assistant\n");
    let is_last = number + 1 == conversation.messages.len();
    if is_after_query && (is_last || !thought.is_empty()) {
        to.special(frame, "<think>");
        to.text(frame, "\n");
        to.text(content, thought.trim_matches('\n'));
        to.text(frame, "\n");
        to.special(frame, "</think>");
        to.text(frame, "\n\n");
        to.text(content, text.trim_start_matches('\n'));
    } else {
        to.text(content, text);
    }
    for (place, call) in message.calls.iter().enumerate() {
        if place > 0 || !text.is_empty() {
            to.text(content, "\n");
        }
        let arguments = match &call.parsed {
            Some(parsed) => parsed.python(),
            None => call.arguments.clone(),
        };
        one_call(content, &call.name, &arguments, to);
    }
    to.attachments(number, message, options);
    end(frame, to);
    Ok(())
}
