//! Llama's framing: each message between a header with its role and an end, as the chat templates of Llama 3 and of
//! Llama 3.2 write it.
//!
//! Llama 3.1 and later are always told a date, by default 26 July 2024. Tools go into the first message of the user.

use super::json::{Json, quote};
use super::render::{
    ANSWER, BEGIN, Rendering, SYSTEM, TOOLS, Whose, is_answer_due, no_extras, no_role, one_text, only_text,
    trim,
};
use super::{Conversation, Message, Options, parse_date};
use crate::error::Error;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Llama 3.
pub(super) fn v3(conversation: &Conversation, options: &Options, to: &mut Rendering) -> Result<(), Error> {
    only_text(conversation)?;
    to.special(BEGIN, "<|begin_of_text|>");
    for (number, message) in conversation.messages.iter().enumerate() {
        plain(conversation, options, number, message, to)?;
    }
    answer(conversation, to);
    Ok(())
}

/// Llama 3.1, 3.2 and 3.3. Gives a phrase that says which date is stated.
pub(super) fn v31(
    conversation: &Conversation,
    options: &Options,
    to: &mut Rendering,
) -> Result<String, Error> {
    let date = match &options.date {
        Some(date) => {
            let (year, month, day) = parse_date(date)?;
            let month = MONTHS.get(usize::from(month) - 1).copied().unwrap_or_default();
            format!("{day:02} {month} {year:04}")
        }
        None => "26 Jul 2024".to_owned(),
    };
    let messages = &conversation.messages;
    to.special(BEGIN, "<|begin_of_text|>");
    header(SYSTEM, "system", to);
    if !conversation.tools.is_empty() {
        to.text(SYSTEM, "Environment: ipython\n");
    }
    to.text(SYSTEM, &format!("Cutting Knowledge Date: December 2023\nToday Date: {date}\n\n"));
    let mut from = 0;
    if let Some(system) = messages.first().filter(|message| message.role == "system") {
        to.text(Whose::Content(0), trim(one_text(conversation, system)?));
        to.attachments(0, system, options);
        from = 1;
    }
    to.special(SYSTEM, "<|eot_id|>");
    if !conversation.tools.is_empty() {
        tools(conversation, options, from, to)?;
        from += 1;
    }
    for (number, message) in messages.iter().enumerate().skip(from) {
        match message.role() {
            _ if !message.calls.is_empty() => call(conversation, number, message, to)?,
            "tool" => result(conversation, options, number, message, to)?,
            _ => plain(conversation, options, number, message, to)?,
        }
    }
    answer(conversation, to);
    Ok(format!("states the date {date}{}", if options.date.is_none() { " (--date)" } else { "" }))
}

fn header(whose: Whose, role: &str, to: &mut Rendering) {
    to.special(whose, "<|start_header_id|>");
    to.text(whose, role);
    to.special(whose, "<|end_header_id|>");
    to.text(whose, "\n\n");
}

fn answer(conversation: &Conversation, to: &mut Rendering) {
    if is_answer_due(conversation) {
        header(ANSWER, "assistant", to);
    }
}

fn plain(
    conversation: &Conversation,
    options: &Options,
    number: usize,
    message: &Message,
    to: &mut Rendering,
) -> Result<(), Error> {
    no_extras(conversation, message, false)?;
    if !["system", "user", "assistant"].contains(&message.role()) {
        return Err(no_role(conversation, message, "system, user and assistant"));
    }
    header(Whose::Frame(number), message.role(), to);
    words(conversation, options, number, message, to)
}

/// What a message says, and its end.
fn words(
    conversation: &Conversation,
    options: &Options,
    number: usize,
    message: &Message,
    to: &mut Rendering,
) -> Result<(), Error> {
    to.text(Whose::Content(number), trim(one_text(conversation, message)?));
    to.attachments(number, message, options);
    to.special(Whose::Frame(number), "<|eot_id|>");
    Ok(())
}

/// The tools, and the message that they are put into.
fn tools(
    conversation: &Conversation,
    options: &Options,
    number: usize,
    to: &mut Rendering,
) -> Result<(), Error> {
    let Some(message) = conversation.messages.get(number) else {
        let path = &conversation.tools[0].path;
        return Err(
            conversation.error(path, "tools go into the first message of the user, and there is none")
        );
    };
    no_extras(conversation, message, false)?;
    if message.role != "user" {
        return Err(no_role(conversation, message, "the user, whose first message the tools go into"));
    }
    header(Whose::Frame(number), "user", to);
    to.text(
        TOOLS,
        "Given the following functions, please respond with a JSON for a function call with its proper arguments \
         that best answers the given prompt.\n\nRespond in the format {\"name\": function name, \"parameters\": \
         dictionary of argument name and its value}.Do not use variables.\n\n",
    );
    for tool in &conversation.tools {
        to.text(TOOLS, &tool.standard().python_indented());
        to.text(TOOLS, "\n\n");
    }
    words(conversation, options, number, message, to)
}

fn call(
    conversation: &Conversation,
    number: usize,
    message: &Message,
    to: &mut Rendering,
) -> Result<(), Error> {
    no_extras(conversation, message, false)?;
    let [call] = message.calls.as_slice() else {
        return Err(
            conversation.error(&message.path, "several calls of tools in one message, where Llama takes one")
        );
    };
    if message.texts().any(|text| !text.is_empty()) {
        let what = "a text beside a call of a tool, which Llama's template leaves out";
        return Err(conversation.error(&message.path, what).with_hint("take the text out"));
    }
    header(Whose::Frame(number), "assistant", to);
    let arguments = call.json(conversation, message)?.python();
    let text = format!("{{\"name\": \"{}\", \"parameters\": {arguments}}}", call.name);
    to.text(Whose::Content(number), &text);
    to.special(Whose::Frame(number), "<|eot_id|>");
    Ok(())
}

fn result(
    conversation: &Conversation,
    options: &Options,
    number: usize,
    message: &Message,
    to: &mut Rendering,
) -> Result<(), Error> {
    header(Whose::Frame(number), "ipython", to);
    // The template takes a text for a list of characters, and writes it as JSON.
    let mut quoted = String::new();
    quote(one_text(conversation, message)?, &mut quoted);
    to.text(Whose::Content(number), &quoted);
    to.attachments(number, message, options);
    to.special(Whose::Frame(number), "<|eot_id|>");
    Ok(())
}

impl super::Tool {
    /// The tool in the form of OpenAI's chat completions, in which templates get it.
    pub(super) fn standard(&self) -> Json {
        if self.is_standard {
            return self.whole.clone();
        }
        let mut function = vec![("name".to_owned(), Json::Text(self.name.clone()))];
        function.extend(self.description.clone().map(|text| ("description".to_owned(), Json::Text(text))));
        function.extend(self.parameters.clone().map(|schema| ("parameters".to_owned(), schema)));
        let kind = ("type".to_owned(), Json::Text("function".to_owned()));
        Json::Object(vec![kind, ("function".to_owned(), Json::Object(function))])
    }
}

impl super::Call {
    /// The arguments as a value, which some templates write themselves.
    pub(super) fn json(&self, conversation: &Conversation, message: &Message) -> Result<Json, Error> {
        match &self.parsed {
            Some(parsed) => Ok(parsed.clone()),
            None if self.arguments.is_empty() => Ok(Json::Object(Vec::new())),
            None => Json::parse(&self.arguments).map_err(|error| {
                let what = format!("the arguments of {} are not JSON: {error}", self.name);
                conversation.error(&message.path, what)
            }),
        }
    }
}
