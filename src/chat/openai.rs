//! Families without a public template: OpenAI's chat completions, Gemini and Claude. Texts are counted by themselves and
//! what is put around them by rules that were published or found.
//!
//! OpenAI: "How to count tokens with tiktoken" in its cookbook, which says that these are estimates. A message takes 3
//! besides role, name and content (4 for gpt-3.5-turbo-0301, which leaves out the role of a message with a name: 1 less), a
//! name 1 more, and the answer 3. Functions and tools: see `schema` and the methods here.

use super::count::Tally;
use super::json::Json;
use super::render::{ANSWER, TOOLS, Whose};
use super::schema::{self, namespace};
use super::{Choice, Conversation, Exactness, Options, Template, Tool};
use crate::error::Error;
use crate::tokenizer::Tokenizer;

/// What a message after the first is taken to take around it where nothing is known: what it does at OpenAI.
const GUESS: u64 = 4;

struct Counter<'c> {
    tokenizer: &'c Tokenizer,
    options: &'c Options,
    conversation: &'c Conversation,
    tally: &'c mut Tally,
}

pub(super) fn count(
    tokenizer: &Tokenizer,
    template: Template,
    conversation: &Conversation,
    options: &Options,
    tally: &mut Tally,
) -> Result<(), Error> {
    let mut counter = Counter { tokenizer, options, conversation, tally };
    match template {
        Template::Gemini => counter.gemini(),
        Template::Claude { frame } => counter.claude(frame),
        _ => counter.openai(template == Template::OpenAi0301),
    }
}

impl Counter<'_> {
    fn tokens(&self, text: &str) -> Result<u64, Error> {
        Ok(self.tokenizer.count_with(text, self.options.special)? as u64)
    }

    /// Counts the texts of all messages, each content as one, and what else stands in it. `ending`: what is put to the
    /// content of the first system message.
    fn contents(&mut self, ending: &str) -> Result<(), Error> {
        let system = self.conversation.messages.iter().position(|message| message.role == "system");
        for (number, message) in self.conversation.messages.iter().enumerate() {
            let mut text: String = message.texts().collect();
            if system == Some(number) && !text.is_empty() && !text.ends_with('\n') {
                text.push_str(ending);
            }
            let mut tokens = self.tokens(&text)?;
            for call in &message.calls {
                tokens += self.tokens(&call.name)? + self.tokens(&call.arguments)?;
            }
            tokens += message.attachments() as u64 * self.options.image_tokens.unwrap_or(0);
            self.tally.add(Whose::Content(number), tokens);
        }
        Ok(())
    }

    fn openai(&mut self, is_0301: bool) -> Result<(), Error> {
        let conversation = self.conversation;
        let (has_functions, has_tools) = match conversation.tools.is_empty() {
            true => (false, false),
            false => (conversation.are_functions, !conversation.are_functions),
        };
        self.contents(if has_functions { "\n" } else { "" })?;
        for (number, message) in conversation.messages.iter().enumerate() {
            let mut framing = if is_0301 { 4 } else { 3 } + self.tokens(&message.role)?;
            if let Some(name) = &message.name {
                framing += self.tokens(name)?;
                framing = if is_0301 { framing - 1 } else { framing + 1 };
            }
            if message.role == "function" {
                framing = framing.saturating_sub(2);
            }
            framing += 3 * message.calls.len() as u64;
            self.tally.add(Whose::Frame(number), framing);
            if message.calls.iter().any(|call| !call.is_function) || message.role == "tool" {
                self.remark("calls of tools as those of the older functions");
            }
            if message.reasoning.is_some() {
                self.tally
                    .note("what the model thought before (reasoning) is not counted: it is not sent back");
            }
        }
        if has_functions {
            self.functions()?;
        }
        if has_tools {
            self.tools()?;
        }
        self.choice()?;
        self.tally.add(ANSWER, 3);
        Ok(())
    }

    fn remark(&mut self, what: &str) {
        if !self.tally.remarks.iter().any(|remark| remark == what) {
            self.tally.remarks.push(what.to_owned());
        }
    }

    /// The older `functions`: their text and 9, less 4 that a system message saves.
    fn functions(&mut self) -> Result<(), Error> {
        let tools = &self.conversation.tools;
        let tokens = self.tokens(&namespace(tools))? + 9;
        let system = self.conversation.messages.iter().position(|message| message.role == "system");
        if let Some(number) = system {
            self.tally.take(number, 4);
        }
        self.tally.add(TOOLS, tokens);
        self.remark("functions by the text that users found them to be");
        tools.iter().try_for_each(|tool| self.uncovered(tool, true))
    }

    /// `tools`, by the cookbook: 12, for each function 7 (10 before GPT-4o) and its name and description; 3 if it has
    /// properties, for each property 3 and its name, type and description, for a list of values 3 each, less 3.
    fn tools(&mut self) -> Result<(), Error> {
        let each = if self.tokenizer.name() == "cl100k_base" { 10 } else { 7 };
        let mut tokens = 12;
        for tool in &self.conversation.tools {
            let description = tool.description.as_deref().unwrap_or("");
            let description = description.strip_suffix('.').unwrap_or(description);
            tokens += each + self.tokens(&format!("{}:{description}", tool.name))?;
            let Some(Json::Object(properties)) =
                tool.parameters.as_ref().and_then(|all| all.get("properties"))
            else {
                continue;
            };
            if properties.is_empty() {
                continue;
            }
            tokens += 3;
            for (name, property) in properties {
                let text = |key: &str| property.get(key).and_then(Json::text).unwrap_or("");
                let description = text("description");
                let description = description.strip_suffix('.').unwrap_or(description);
                let line = format!("{name}:{}:{description}", text("type"));
                tokens += 3 + self.tokens(&line)?;
                if let Some(Json::List(values)) = property.get("enum").filter(|values| !values.is_textless())
                {
                    for value in values {
                        let value = value.text().map_or_else(|| schema::value(value), str::to_owned);
                        tokens += 3 + self.tokens(&value)?;
                    }
                    tokens -= 3;
                }
            }
        }
        self.tally.add(TOOLS, tokens);
        self.remark("tools by the formula of the cookbook");
        self.conversation.tools.iter().try_for_each(|tool| self.uncovered(tool, false))
    }

    /// Fields of schemas that no rule covers are counted as their JSON, and named.
    fn uncovered(&mut self, tool: &Tool, covers_inner: bool) -> Result<(), Error> {
        let Some(schema) = &tool.parameters else { return Ok(()) };
        let mut found: Vec<(&str, &Json)> = Vec::new();
        schema::uncovered(schema, if covers_inner { usize::MAX } else { 1 }, &mut |key, value| {
            found.push((key, value))
        });
        let mut keys: Vec<&str> = Vec::new();
        for (key, value) in found {
            let written = format!("{key}: {}", value.python());
            let tokens = self.tokens(&written)?;
            self.tally.add(TOOLS, tokens);
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        if !keys.is_empty() {
            let keys = keys.join(", ");
            self.tally.note(format!("{}: no rule covers {keys}: counted as JSON", tool.path));
        }
        Ok(())
    }

    fn choice(&mut self) -> Result<(), Error> {
        match &self.conversation.choice {
            Choice::Unsaid | Choice::Auto => {}
            Choice::None => self.tally.add(TOOLS, 1),
            Choice::Named(name) => {
                let tokens = self.tokens(name)? + 4;
                self.tally.add(TOOLS, tokens);
            }
            Choice::Required => {
                self.tally.note("what a required choice of tools takes is not known: counted as 0")
            }
        }
        Ok(())
    }

    /// The tools as JSON, where nothing is known of how the model is told of them.
    fn tools_as_json(&mut self) -> Result<(), Error> {
        for tool in &self.conversation.tools {
            let tokens = self.tokens(&tool.whole.python())?;
            self.tally.add(TOOLS, tokens);
        }
        if !self.conversation.tools.is_empty() {
            self.tally.exactness = Exactness::Approximate;
            self.remark("tools counted as their JSON");
        }
        Ok(())
    }

    /// What was thought and the names of who speaks, as texts like others.
    fn extras(&mut self) -> Result<(), Error> {
        for (number, message) in self.conversation.messages.iter().enumerate() {
            for text in [&message.reasoning, &message.name].into_iter().flatten() {
                let tokens = self.tokens(text)?;
                self.tally.add(Whose::Content(number), tokens);
            }
        }
        Ok(())
    }

    fn gemini(&mut self) -> Result<(), Error> {
        self.contents("")?;
        self.extras()?;
        if self.conversation.messages.iter().any(|message| !message.calls.is_empty()) {
            self.tally.exactness = Exactness::Approximate;
            self.remark("calls of tools counted as name and JSON");
        }
        self.tools_as_json()
    }

    fn claude(&mut self, frame: u64) -> Result<(), Error> {
        self.contents("")?;
        self.extras()?;
        self.tools_as_json()?;
        if !self.conversation.tools.is_empty() {
            // Anthropic's pages on tool use state what the prompt takes that it puts before the tools of Claude 4.
            let forced = matches!(self.conversation.choice, Choice::Required | Choice::Named(_));
            self.tally.add(Whose::Fixed("prompt for the use of tools"), if forced { 313 } else { 346 });
        }
        self.tally.add(Whose::Fixed("frame of a message"), frame);
        let messages = &self.conversation.messages;
        let is_one = messages.len() == 1 && messages[0].role == "user";
        for number in 1..messages.len() {
            self.tally.add(Whose::Frame(number), GUESS);
        }
        if !is_one {
            self.remark("what several messages or a system prompt take is not known: 4 each is a guess");
        }
        Ok(())
    }
}
