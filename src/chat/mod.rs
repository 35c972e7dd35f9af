//! Conversations: what an API or a chat template makes of messages, counted. Messages take more tokens than their
//! texts have: each family puts role and borders around them, and some add a message of their own.
//!
//! ```
//! use bytepair::chat::{self, Options, Template};
//! let body = br#"{"messages": [{"role": "user", "content": "hello"}]}"#;
//! let conversations = chat::read(body)?;
//! let tokenizer = bytepair::encoding("cl100k_base")?;
//! let count = chat::count(&tokenizer, Template::OpenAi, &conversations[0], &Options::default())?;
//! assert_eq!(count.total(), 8); // one for "hello"
//! # Ok::<(), bytepair::Error>(())
//! ```
//!
//! In the order in which a conversation goes through them: `json` and `read` (with `body`, `content` and `gemini`, one
//! for each kind of body), `template` (which families there are), `llama`, `gemma`, `qwen`, `deepseek`, `mistral` and
//! `harmony` (messages to text and special tokens, exactly as the makers' own templates put them), `render` (those
//! counted), `openai` (arithmetic where there is no public template), `schema` (tools as text).
//! Which model is which family's is told by its name ([`Template::of`]); nothing is known of models here.
//!
//! # What is text
//!
//! The names of special tokens in messages are ordinary text by default ([`Options::special`]), as the services and
//! mistral-common take them: a user must not be able to end a message by writing its end. Hugging Face's
//! `apply_chat_template` encodes them as the tokens; [`SpecialPolicy::Encode`] does so, too.
//!
//! Nothing is silently left out. What is not text is refused, or counted with [`Options::image_tokens`]; a key of a
//! message that is not known and holds text is an error; keys around the messages that are not known are told by
//! [`Conversation::ignored`].

mod body;
mod content;
mod count;
mod deepseek;
mod gemini;
mod gemma;
mod harmony;
mod json;
mod llama;
mod mistral;
mod openai;
mod place;
mod qwen;
mod read;
mod render;
mod schema;
mod template;

#[cfg(all(
    test,
    feature = "licence-apache",
    feature = "licence-gemma",
    feature = "licence-llama",
    feature = "licence-mit"
))]
mod tests;

use crate::error::{Error, ErrorKind};
use crate::special::SpecialPolicy;
use json::Json;

pub use count::{ChatCount, FixedPart, MessageCount, count};
pub use read::read;
pub use template::{Exactness, Template};

/// Messages that are sent to a model together, with the tools that it is told of.
#[derive(Clone, Debug, Default)]
pub struct Conversation {
    model: Option<String>,
    maker: Option<&'static str>,
    messages: Vec<Message>,
    tools: Vec<Tool>,
    /// Whether the tools came as OpenAI's older `functions`, which are counted by another rule.
    are_functions: bool,
    choice: Choice,
    ignored: Vec<String>,
    place: place::Place,
}

impl Conversation {
    /// The model that the request names, as it is written there.
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// Whose API the request is for, if only that of one maker has such: Anthropic or Google.
    pub fn maker(&self) -> Option<&'static str> {
        self.maker
    }

    /// The messages, a system prompt of its own key as the first.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// How many tools or functions the model is told of.
    pub fn tools(&self) -> usize {
        self.tools.len()
    }

    /// Keys beside the messages that nobody here knows and that hold more than a number: nothing was counted for them.
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// Where it stands in what was read: `line 3`, `[2]`, or nothing if it is all.
    pub fn place(&self) -> String {
        self.place.to_string()
    }

    /// The error for something at this path in the conversation, such as `messages[2]`.
    fn error(&self, path: &str, what: impl std::fmt::Display) -> Error {
        self.place.error(path, what)
    }
}

/// One message.
#[derive(Clone, Debug)]
pub struct Message {
    role: String,
    name: Option<String>,
    parts: Vec<Part>,
    calls: Vec<Call>,
    call_id: Option<String>,
    reasoning: Option<String>,
    /// Where it stands in its conversation, such as `messages[2]`.
    path: String,
}

impl Message {
    /// Who says it, in the words of OpenAI's bodies whatever kind it was read from: `system`, `developer`, `user`,
    /// `assistant`, `tool` or `function`.
    pub fn role(&self) -> &str {
        &self.role
    }

    /// The name of who says it, if there is one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The texts, one after the other; for a message that only calls tools, what they are called with.
    pub fn text(&self) -> String {
        let mut text: String = self.texts().collect();
        let calls = if text.is_empty() { self.calls.as_slice() } else { &[] };
        for call in calls {
            text.push_str(&format!("{}({})", call.name, call.arguments));
        }
        text
    }

    /// The texts and all that is called, one after the other: whatever is counted of it but names.
    pub fn written(&self) -> String {
        let calls = self.calls.iter().map(|call| format!("{}({})", call.name, call.arguments));
        self.texts().map(str::to_owned).chain(calls).collect()
    }

    /// How many images, sounds and files are part of it.
    pub fn attachments(&self) -> usize {
        self.parts.iter().filter(|part| matches!(part, Part::Attachment { .. })).count()
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Attachment { .. } => None,
        })
    }
}

/// A part of the content of a message.
#[derive(Clone, Debug)]
enum Part {
    Text(String),
    /// Something that is no text: what it is, and where it stands.
    Attachment {
        what: String,
        path: String,
    },
}

/// A call of a tool by the model.
#[derive(Clone, Debug)]
struct Call {
    id: Option<String>,
    name: String,
    /// The arguments as they are written: JSON in nearly all cases.
    arguments: String,
    /// Whether the arguments came as an object, of which a template writes its own JSON.
    parsed: Option<Json>,
    /// Whether it is OpenAI's older `function_call`.
    is_function: bool,
}

/// A tool that the model is told of.
#[derive(Clone, Debug)]
struct Tool {
    name: String,
    description: Option<String>,
    parameters: Option<Json>,
    /// As it was written.
    whole: Json,
    /// Whether `whole` is in OpenAI's form of chat completions, which templates put into prompts.
    is_standard: bool,
    path: String,
}

/// What the model is told to do with its tools.
#[derive(Clone, Debug, Default, PartialEq)]
enum Choice {
    #[default]
    Unsaid,
    Auto,
    None,
    Required,
    Named(String),
}

/// How conversations are counted.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Tokens for each image, sound or file. Without it one is an error: it is never counted as nothing.
    pub image_tokens: Option<u64>,
    /// The day that templates with a date in them state, as `YYYY-MM-DD`. Without it that of the template: 26 July 2024
    /// for Llama 3.1 and later; 25 November 2026 for harmony, whose date has the same number of tokens on any day.
    pub date: Option<String>,
    /// How much a model of OpenAI's harmony is to think.
    pub reasoning: Reasoning,
    /// What the names of special tokens in messages are.
    pub special: SpecialPolicy,
}

/// The reasoning effort that the system message of harmony states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reasoning {
    /// `Reasoning: low`.
    Low,
    /// `Reasoning: medium`, the default of OpenAI's library.
    #[default]
    Medium,
    /// `Reasoning: high`.
    High,
}

impl Reasoning {
    /// The word in the prompt.
    pub const fn name(self) -> &'static str {
        match self {
            Reasoning::Low => "low",
            Reasoning::Medium => "medium",
            Reasoning::High => "high",
        }
    }
}

/// Year, month and day of `YYYY-MM-DD`.
fn parse_date(date: &str) -> Result<(u16, u8, u8), Error> {
    let wrong = || {
        Error::new(ErrorKind::InvalidConversation, format!("{date:?} is no date"))
            .with_hint("a date is written YYYY-MM-DD, such as 2026-11-25")
    };
    let bytes = date.as_bytes();
    let shape = bytes.iter().map(|b| if b.is_ascii_digit() { b'0' } else { *b });
    if !shape.eq(*b"0000-00-00") {
        return Err(wrong());
    }
    let number = |range: std::ops::Range<usize>| date[range].parse::<u16>().unwrap_or(0);
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return Err(wrong()),
    };
    if year == 0 || !(1..=days).contains(&day) {
        return Err(wrong());
    }
    Ok((year, month as u8, day as u8))
}
