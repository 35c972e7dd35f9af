//! Mistral's framing, as mistral-common 1.13 makes it: `[INST]` around what the user says.
//!
//! | version | system prompt | special tokens |
//! |---|---|---|
//! | v1 | before the first message of the user | none: `[INST]` is text |
//! | v2, v3 | before the last message of the user | `[INST]`, tools from v3 on here |
//! | v7 | where it stands, in `[SYSTEM_PROMPT]` | the same, ids of calls apart |
//!
//! Messages of one role in a row become one, with an empty line between them. Each is encoded by itself, so that in
//! vocabularies of SentencePiece every one begins with a space. Calls of tools are those of v3 and v7; v2 leaves out old
//! ones and v11 and v13 write them otherwise.

use super::json::{Json, quote};
use super::render::{BEGIN, Rendering, TOOLS, Whose, no_extras, no_role};
use super::{Call, Conversation, Message, Options, Template};
use crate::error::Error;

/// Messages of one role in a row, by their numbers.
struct Group<'c> {
    role: &'c str,
    members: Vec<usize>,
}

struct Writer<'c> {
    conversation: &'c Conversation,
    options: &'c Options,
    version: u8,
    /// The system prompts that are put before a message of the user.
    system: Vec<usize>,
}

pub(super) fn render(
    template: Template,
    conversation: &Conversation,
    options: &Options,
    to: &mut Rendering,
) -> Result<(), Error> {
    let version = match template {
        Template::MistralV1 => 1,
        Template::MistralV2 => 2,
        Template::MistralV3 => 3,
        _ => 7,
    };
    check(conversation, version)?;
    let mut groups = groups(&conversation.messages);
    let mut system = Vec::new();
    if version < 7 {
        groups.retain(|group| group.role != "system");
        system = numbers(conversation, |message| {
            message.role == "system" && message.texts().any(|text| !text.is_empty())
        });
        if groups.first().is_none_or(|group| group.role != "user") {
            groups.insert(0, Group { role: "user", members: Vec::new() });
        }
    }
    let users: Vec<usize> = (0..groups.len()).filter(|&place| groups[place].role == "user").collect();
    if let (Some(tool), true) = (conversation.tools.first(), users.is_empty()) {
        return Err(
            conversation.error(&tool.path, "tools stand before a message of the user, and there is none")
        );
    }
    let system_at = if version == 1 { users.first() } else { users.last() };
    let writer = Writer { conversation, options, version, system };
    to.special(BEGIN, "<s>");
    for (place, group) in groups.iter().enumerate() {
        match group.role {
            "user" => {
                if users.last() == Some(&place) {
                    writer.tools(to);
                }
                writer.user(group, system_at == Some(&place), to);
            }
            "assistant" => writer.assistant(group, to)?,
            "tool" => group.members.iter().try_for_each(|&number| writer.result(number, to))?,
            _ => group.members.iter().for_each(|&number| writer.system(number, to)),
        }
    }
    Ok(())
}

fn check(conversation: &Conversation, version: u8) -> Result<(), Error> {
    for message in &conversation.messages {
        no_extras(conversation, message, false)?;
        if version < 3 {
            super::render::text_message(conversation, message)?;
        }
        if !["system", "user", "assistant", "tool"].contains(&message.role()) {
            return Err(no_role(conversation, message, "system, user, assistant and tool"));
        }
    }
    match conversation.tools.first() {
        Some(_) if version < 3 => super::render::only_text(conversation),
        _ => Ok(()),
    }
}

fn numbers(conversation: &Conversation, wanted: impl Fn(&Message) -> bool) -> Vec<usize> {
    let numbered = conversation.messages.iter().enumerate();
    numbered.filter(|(_, message)| wanted(message)).map(|(number, _)| number).collect()
}

fn groups(messages: &[Message]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (number, message) in messages.iter().enumerate() {
        match groups.last_mut() {
            Some(group) if group.role == message.role => group.members.push(number),
            _ => groups.push(Group { role: &message.role, members: vec![number] }),
        }
    }
    groups
}

impl Writer<'_> {
    fn message(&self, number: usize) -> &Message {
        &self.conversation.messages[number]
    }

    /// The texts of messages with an empty line between them. `is_trimmed`: without spaces at the end.
    fn texts(&self, members: &[usize], mut has_some: bool, is_trimmed: bool, to: &mut Rendering) -> bool {
        let all = members.iter().flat_map(|&number| {
            let texts = self.message(number).texts().filter(|text| !text.is_empty());
            texts.map(move |text| (number, text))
        });
        let all: Vec<(usize, &str)> = all.collect();
        for (place, &(number, text)) in all.iter().enumerate() {
            if has_some {
                to.text(Whose::Frame(number), "\n\n");
            }
            let is_last = place + 1 == all.len();
            to.text(
                Whose::Content(number),
                if is_last && is_trimmed { text.trim_end_matches(' ') } else { text },
            );
            has_some = true;
        }
        members.iter().for_each(|&number| to.attachments(number, self.message(number), self.options));
        has_some
    }

    fn tools(&self, to: &mut Rendering) {
        let tools = &self.conversation.tools;
        if tools.is_empty() {
            return;
        }
        let text = |text: &str| Json::Text(text.to_owned());
        let tools = tools.iter().map(|tool| {
            let function = vec![
                ("name".to_owned(), text(&tool.name)),
                ("description".to_owned(), text(tool.description.as_deref().unwrap_or(""))),
                ("parameters".to_owned(), tool.parameters.clone().unwrap_or(Json::Object(Vec::new()))),
            ];
            let function = ("function".to_owned(), Json::Object(function));
            Json::Object(vec![("type".to_owned(), text("function")), function])
        });
        to.special(TOOLS, "[AVAILABLE_TOOLS]");
        to.text(TOOLS, &Json::List(tools.collect()).python());
        to.special(TOOLS, "[/AVAILABLE_TOOLS]");
    }

    fn user(&self, group: &Group<'_>, has_system: bool, to: &mut Rendering) {
        // An empty message that was put at the beginning is nobody's.
        let frame = group.members.first().map_or(BEGIN, |&number| Whose::Frame(number));
        if self.version == 1 {
            to.cut();
            to.text(frame, "[INST] ");
        } else {
            to.special(frame, "[INST]");
        }
        let mut has_some = false;
        if has_system {
            has_some = self.texts(&self.system, false, false, to);
            // What follows the system prompt does so even if it is empty.
            if has_some && !self.has_text(group) {
                to.text(frame, "\n\n");
            }
        }
        self.texts(&group.members, has_some, false, to);
        if self.version == 1 {
            to.text(frame, " [/INST]");
            to.cut();
        } else {
            to.special(frame, "[/INST]");
        }
    }

    fn has_text(&self, group: &Group<'_>) -> bool {
        group.members.iter().any(|&number| self.message(number).texts().any(|text| !text.is_empty()))
    }

    fn assistant(&self, group: &Group<'_>, to: &mut Rendering) -> Result<(), Error> {
        let Some(&first) = group.members.first() else { return Ok(()) };
        let has_text = self.has_text(group);
        let calls: Vec<&Call> =
            group.members.iter().flat_map(|&number| &self.message(number).calls).collect();
        let wrong = match (has_text, calls.is_empty()) {
            (false, true) => "an answer without content",
            (true, false) if self.version < 7 => "content and calls of tools in one answer",
            _ => "",
        };
        if !wrong.is_empty() {
            let what = format!("{wrong}, for which Mistral has no form here");
            return Err(self.conversation.error(&self.message(first).path, what));
        }
        to.cut();
        self.texts(&group.members, false, self.version > 1, to);
        if !calls.is_empty() {
            to.special(Whose::Content(first), "[TOOL_CALLS]");
            let calls = calls.into_iter().map(|call| {
                let arguments = if call.arguments.is_empty() { "{}" } else { &call.arguments };
                let mut entries = vec![
                    ("name".to_owned(), Json::Text(call.name.clone())),
                    ("arguments".to_owned(), json_or_text(arguments)),
                ];
                if let Some(id) = call.id.as_ref().filter(|id| !["", "null"].contains(&id.as_str())) {
                    entries.push(("id".to_owned(), Json::Text(id.clone())));
                }
                Json::Object(entries)
            });
            to.text(Whose::Content(first), &Json::List(calls.collect()).python());
        }
        to.special(Whose::Frame(*group.members.last().unwrap_or(&first)), "</s>");
        Ok(())
    }

    fn result(&self, number: usize, to: &mut Rendering) -> Result<(), Error> {
        let message = self.message(number);
        let (frame, content) = (Whose::Frame(number), Whose::Content(number));
        let Some(id) = &message.call_id else {
            return Err(self
                .conversation
                .error(&message.path, "no tool_call_id, which Mistral's form needs"));
        };
        let text: Vec<&str> = message.texts().filter(|text| !text.is_empty()).collect();
        let text = text.join("\n\n");
        to.special(frame, "[TOOL_RESULTS]");
        if self.version < 7 {
            let mut quoted = String::new();
            quote(id, &mut quoted);
            let value = if text.is_empty() { "{}" } else { &text };
            to.text(frame, "{\"content\": ");
            to.text(content, &json_or_text(value).python());
            to.text(frame, &format!(", \"call_id\": {quoted}}}"));
        } else {
            to.text(frame, id);
            to.special(frame, "[TOOL_CONTENT]");
            to.text(content, &text);
        }
        to.attachments(number, message, self.options);
        to.special(frame, "[/TOOL_RESULTS]");
        Ok(())
    }

    fn system(&self, number: usize, to: &mut Rendering) {
        to.special(Whose::Frame(number), "[SYSTEM_PROMPT]");
        self.texts(&[number], false, false, to);
        to.special(Whose::Frame(number), "[/SYSTEM_PROMPT]");
    }
}

/// What a text holds as JSON, or the text.
fn json_or_text(text: &str) -> Json {
    Json::parse(text).unwrap_or_else(|_| Json::Text(text.to_owned()))
}
