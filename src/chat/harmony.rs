//! OpenAI's harmony, the framing of gpt-oss, as OpenAI's library openai-harmony 0.0.8 writes it: a system message with
//! date and effort, what the body calls system as the developer's message, and channels.
//!
//! Answers in the conversation are in the channel `final`, and what was thought before them is left out, as that library
//! does it. Calls of tools are written in more than one way (by OpenAI's library, by its description of the format and by
//! the template on Hugging Face), and so are not built in. Of schemas, what the library writes in ways that were not
//! tried is refused.

use super::count::Tally;
use super::json::Json;
use super::render::{
    ANSWER, Rendering, SYSTEM, TOOLS, Whose, is_answer_due, no_extras, no_role, one_text, text_message,
};
use super::{Conversation, Message, Options, Tool};
use crate::error::Error;

pub(super) fn render(
    conversation: &Conversation,
    options: &Options,
    to: &mut Rendering,
    tally: &mut Tally,
) -> Result<(), Error> {
    let date = options.date.as_deref().unwrap_or("2026-11-25");
    let effort = options.reasoning.name();
    let of_date = if options.date.is_none() { " (--date)" } else { "" };
    tally.remarks.push(format!("states the date {date}{of_date} and the effort {effort}"));
    system(date, effort, !conversation.tools.is_empty(), to);
    let from = developer(conversation, options, to)?;
    for (number, message) in conversation.messages.iter().enumerate().skip(from) {
        text_message(conversation, message)?;
        no_extras(conversation, message, message.role == "assistant")?;
        let frame = Whose::Frame(number);
        to.special(frame, "<|start|>");
        match message.role() {
            "user" => to.text(frame, "user"),
            "assistant" => {
                to.text(frame, "assistant");
                to.special(frame, "<|channel|>");
                to.text(frame, "final");
            }
            _ => {
                return Err(no_role(
                    conversation,
                    message,
                    "one system or developer message first, user and assistant",
                ));
            }
        }
        to.special(frame, "<|message|>");
        to.text(Whose::Content(number), one_text(conversation, message)?);
        to.attachments(number, message, options);
        to.special(frame, "<|end|>");
        if message.reasoning.is_some() {
            tally.note("what the model thought before its answers is not a part of the prompt");
        }
    }
    if is_answer_due(conversation) {
        to.special(ANSWER, "<|start|>");
        to.text(ANSWER, "assistant");
    }
    Ok(())
}

/// The message that there always is.
fn system(date: &str, effort: &str, has_tools: bool, to: &mut Rendering) {
    to.special(SYSTEM, "<|start|>");
    to.text(SYSTEM, "system");
    to.special(SYSTEM, "<|message|>");
    to.text(
        SYSTEM,
        &format!(
            "You are ChatGPT, a large language model trained by OpenAI.\nKnowledge cutoff: 2024-06\nCurrent date: \
             {date}\n\nReasoning: {effort}\n\n# Valid channels: analysis, commentary, final. Channel must be included \
             for every message."
        ),
    );
    if has_tools {
        to.text(TOOLS, "\nCalls to these tools must go to the commentary channel: 'functions'.");
    }
    to.special(SYSTEM, "<|end|>");
}

/// The developer's message, with instructions and tools; how many messages that took.
fn developer(conversation: &Conversation, options: &Options, to: &mut Rendering) -> Result<usize, Error> {
    let is_instruction = |message: &&Message| ["system", "developer"].contains(&message.role());
    let given = conversation.messages.first().filter(is_instruction);
    if given.is_none() && conversation.tools.is_empty() {
        return Ok(0);
    }
    let frame = if given.is_some() { Whose::Frame(0) } else { TOOLS };
    to.special(frame, "<|start|>");
    to.text(frame, "developer");
    to.special(frame, "<|message|>");
    if let Some(message) = given {
        no_extras(conversation, message, false)?;
        to.text(frame, "# Instructions\n\n");
        to.text(Whose::Content(0), one_text(conversation, message)?);
        to.attachments(0, message, options);
    }
    if !conversation.tools.is_empty() {
        if given.is_some() {
            to.text(TOOLS, "\n\n");
        }
        to.text(TOOLS, "# Tools\n\n## functions\n\nnamespace functions {\n\n");
        for tool in &conversation.tools {
            to.text(TOOLS, &function(conversation, tool)?);
        }
        to.text(TOOLS, "} // namespace functions");
    }
    to.special(frame, "<|end|>");
    Ok(usize::from(given.is_some()))
}

fn function(conversation: &Conversation, tool: &Tool) -> Result<String, Error> {
    let mut text = String::new();
    for line in tool.description.iter().filter(|text| !text.is_empty()).flat_map(|text| text.lines()) {
        text.push_str(&format!("// {line}\n"));
    }
    match &tool.parameters {
        None => text.push_str(&format!("type {} = () => any;\n\n", tool.name)),
        Some(schema) => {
            let writer = Writer { conversation };
            let written = writer.object(schema, "", &tool.path)?;
            text.push_str(&format!("type {} = (_: {written}) => any;\n\n", tool.name));
        }
    }
    Ok(text)
}

struct Writer<'c> {
    conversation: &'c Conversation,
}

impl Writer<'_> {
    fn refuse(&self, path: &str, what: &str) -> Error {
        let what = format!("harmony's form of {what} in a schema is not built in");
        self.conversation.error(path, what).with_hint("take it out to count the rest")
    }

    /// An object: each property in a line of its own.
    fn object(&self, schema: &Json, indent: &str, path: &str) -> Result<String, Error> {
        let is_outer = indent.is_empty();
        self.known(
            schema,
            &["type", "properties", "required"],
            path,
            if is_outer { &[] } else { &["description"] },
        )?;
        let required: Vec<&str> = match schema.get("required") {
            Some(Json::List(list)) => list.iter().filter_map(Json::text).collect(),
            _ => Vec::new(),
        };
        let mut text = "{\n".to_owned();
        if let Some(Json::Object(properties)) = schema.get("properties") {
            for (name, property) in properties {
                let path = format!("{path}.{name}");
                if let Some(description) = property.get("description").and_then(Json::text) {
                    text.push_str(&format!("{indent}// {description}\n"));
                }
                let mark = if required.contains(&name.as_str()) { "" } else { "?" };
                let kind = self.kind(property, indent, &path)?;
                let default = match property.get("default") {
                    None => String::new(),
                    Some(value @ (Json::Number(_) | Json::Bool(_))) => {
                        format!(", // default: {}", value.python())
                    }
                    Some(Json::Text(value)) if property.get("enum").is_some() => {
                        format!(", // default: {value}")
                    }
                    Some(_) => return Err(self.refuse(&path, "this default")),
                };
                let comma = if default.is_empty() { "," } else { "" };
                text.push_str(&format!("{indent}{name}{mark}: {kind}{default}{comma}\n"));
            }
        }
        text.push_str(indent);
        text.push('}');
        Ok(text)
    }

    fn kind(&self, schema: &Json, indent: &str, path: &str) -> Result<String, Error> {
        let kinds = ["type", "enum", "items", "properties", "required"];
        self.known(schema, &kinds, path, &["description", "default"])?;
        Ok(match schema.get("type").map(|kind| (kind.text(), kind)) {
            None if schema.is_textless() => "any".to_owned(),
            Some((Some("string"), _)) => match schema.get("enum") {
                Some(Json::List(values)) => {
                    let values = values.iter().map(|value| value.text().map(|text| format!("\"{text}\"")));
                    let values: Option<Vec<String>> = values.collect();
                    values.ok_or_else(|| self.refuse(path, "values that are no strings"))?.join(" | ")
                }
                _ => "string".to_owned(),
            },
            Some((Some("number" | "integer"), _)) => "number".to_owned(),
            Some((Some("boolean"), _)) => "boolean".to_owned(),
            Some((Some("array"), _)) => match schema.get("items") {
                Some(items) => format!("{}[]", self.kind(items, indent, &format!("{path}.items"))?),
                None => "Array<any>".to_owned(),
            },
            Some((Some("object"), _)) => self.object(schema, &format!("{indent}    "), path)?,
            _ => return Err(self.refuse(path, "this type")),
        })
    }

    /// Refuses keys whose form was not tried. Those that hold no text, such as a greatest length, are left out there.
    fn known(&self, schema: &Json, known: &[&str], path: &str, also: &[&str]) -> Result<(), Error> {
        let Json::Object(entries) = schema else { return Err(self.refuse(path, "what is no object")) };
        let is_known = |key: &str| known.contains(&key) || also.contains(&key);
        let is_left_out = |key: &str, value: &Json| {
            matches!(value, Json::Number(_) | Json::Bool(_)) && key != "nullable" && key != "const"
                || key == "$schema"
        };
        match entries.iter().find(|(key, value)| !is_known(key) && !is_left_out(key, value)) {
            Some((key, _)) => Err(self.refuse(path, &format!("{key:?}"))),
            None => Ok(()),
        }
    }
}
