//! Conversations with their tokens: as a table, a row for each message or conversation, and as JSON.
//!
//! What is in them is the library's.

use std::io::{self, Write};

use bytepair::chat::{ChatCount, Conversation, Message, Template};
use bytepair::report::window_share;
use serde::Serialize;

use crate::cli::commands::chat_exactness;
use crate::cli::name;
use crate::cli::output::json::{self, SCHEMA_VERSION};
use crate::cli::output::table::{Table, percent};
use crate::cli::output::{Style, stdout};
use crate::cli::plan::Basis;

/// How many characters of a message a table shows.
const SHOWN: usize = 48;

/// Counts of conversations, with all that is needed to write them.
pub(crate) struct Report<'a> {
    /// What the counts are based on.
    pub(crate) basis: &'a Basis,
    /// How messages are framed.
    pub(crate) template: Template,
    /// Whether the model is known to frame them so.
    pub(crate) is_own: bool,
    /// The conversations.
    pub(crate) counted: &'a [(Conversation, ChatCount)],
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    model: Option<&'static str>,
    encoding: &'a str,
    window: Option<u64>,
    template: &'static str,
    exactness: &'static str,
    conversations: Vec<Entry<'a>>,
    total: u64,
}

#[derive(Serialize)]
struct Entry<'a> {
    place: String,
    messages: Vec<MessageEntry<'a>>,
    fixed: Vec<FixedEntry>,
    content: u64,
    framing: u64,
    tokens: u64,
    window_share: Option<f64>,
    exactness: &'static str,
    label: &'a str,
    notes: &'a [String],
    ignored: &'a [String],
}

#[derive(Serialize)]
struct MessageEntry<'a> {
    role: &'a str,
    name: Option<&'a str>,
    content: u64,
    framing: u64,
    tokens: u64,
}

#[derive(Serialize)]
struct FixedEntry {
    name: &'static str,
    tokens: u64,
}

impl Report<'_> {
    /// The tokens of all conversations.
    pub(crate) fn total(&self) -> u64 {
        self.counted.iter().map(|(_, count)| count.total()).sum()
    }

    fn exactness(&self) -> &'static str {
        let all = self
            .counted
            .iter()
            .map(|(_, count)| chat_exactness(self.basis, self.is_own, count.exactness()).name());
        // The least sure of them.
        let names: Vec<&str> = all.collect();
        let least = ["approximate", "official-local", "exact"];
        least.into_iter().find(|name| names.contains(name)).unwrap_or("exact")
    }

    /// Writes one JSON document.
    pub(crate) fn json(&self) -> io::Result<()> {
        let conversations = self.counted.iter().map(|(conversation, count)| {
            let messages = conversation.messages().iter().zip(count.messages());
            let messages = messages.map(|(message, tokens)| MessageEntry {
                role: message.role(),
                name: message.name(),
                content: tokens.content,
                framing: tokens.framing,
                tokens: tokens.tokens(),
            });
            let fixed = count.fixed().iter().map(|part| FixedEntry { name: part.name, tokens: part.tokens });
            Entry {
                place: conversation.place(),
                messages: messages.collect(),
                fixed: fixed.collect(),
                content: count.content(),
                framing: count.framing(),
                tokens: count.total(),
                window_share: self.share(count.total()),
                exactness: chat_exactness(self.basis, self.is_own, count.exactness()).name(),
                label: count.label(),
                notes: count.notes(),
                ignored: conversation.ignored(),
            }
        });
        json::value(&Document {
            schema_version: SCHEMA_VERSION,
            model: self.basis.model.map(|model| model.name),
            encoding: &self.basis.encoding,
            window: self.basis.window(),
            template: self.template.name(),
            exactness: self.exactness(),
            conversations: conversations.collect(),
            total: self.total(),
        })
    }

    /// Writes a table: of one conversation the messages, of several a row each.
    pub(crate) fn table(&self, style: Style) -> io::Result<()> {
        let mut rows = match self.counted {
            [(conversation, count)] => self.messages(conversation, count, style),
            many => {
                many.iter().map(|(conversation, count)| self.row_of(conversation, count, style)).collect()
            }
        };
        let (first, last) = match self.counted {
            [_] => ("role", "text"),
            _ => ("messages", "conversation"),
        };
        let total = self.total();
        rows.push(vec![style.number(total), self.percent(total), "total".to_owned(), String::new()]);
        let header = vec!["tokens", "window", first, last];
        let mut out = stdout();
        Table { header, rows, has_total: true, words: 2 }.write(&mut out, style)?;
        writeln!(out, "{}", self.label(style))?;
        out.flush()
    }

    fn messages(&self, conversation: &Conversation, count: &ChatCount, style: Style) -> Vec<Vec<String>> {
        let messages = conversation.messages().iter().zip(count.messages()).map(|(message, tokens)| {
            let tokens = tokens.tokens();
            vec![style.number(tokens), self.percent(tokens), role(message), shown(message)]
        });
        let fixed = count.fixed().iter().map(|part| {
            vec![
                style.number(part.tokens),
                self.percent(part.tokens),
                "-".to_owned(),
                format!("({})", part.name),
            ]
        });
        messages.chain(fixed).collect()
    }

    fn row_of(&self, conversation: &Conversation, count: &ChatCount, style: Style) -> Vec<String> {
        let messages = style.number(conversation.messages().len() as u64);
        let tokens = count.total();
        vec![style.number(tokens), self.percent(tokens), messages, conversation.place()]
    }

    fn share(&self, tokens: u64) -> Option<f64> {
        self.basis.window().and_then(|window| window_share(tokens, window))
    }

    fn percent(&self, tokens: u64) -> String {
        self.share(tokens).map_or("-".to_owned(), |share| percent(tokens, share))
    }

    /// What the numbers are based on and how sure they are, in one line.
    fn label(&self, style: Style) -> String {
        let basis = self.basis;
        let mut labels: Vec<&str> = self.counted.iter().map(|(_, count)| count.label()).collect();
        labels.dedup();
        let more = if labels.len() > 1 { " (not all alike: --json)" } else { "" };
        let label = labels.first().copied().unwrap_or_default();
        let mut line = match (basis.model, basis.window()) {
            (Some(model), Some(window)) => {
                format!("{}, {}, window {} tokens", model.name, basis.encoding, style.number(window))
            }
            (Some(model), None) => format!("{}, {}, window unknown", model.name, basis.encoding),
            (None, _) => format!("{}, no model named, so no window", basis.encoding),
        };
        line.push_str(&format!(", template {}, {label}{more}", self.template.name()));
        if !self.is_own {
            line.push_str("; approximate, as it is not known that the model has this template");
        }
        if basis.exactness == bytepair::registry::models::Exactness::Estimate {
            line.push_str("; texts are an estimate: it is not known that the model has this vocabulary");
        }
        line
    }
}

fn role(message: &Message) -> String {
    match message.name() {
        Some(own) => format!("{} {}", message.role(), name::escaped(own)),
        None => message.role().to_owned(),
    }
}

/// The first words of a message in one line.
fn shown(message: &Message) -> String {
    let text = message.text();
    let words = text.split_whitespace().take(SHOWN).collect::<Vec<_>>().join(" ");
    let mut shown: String = words.chars().take(SHOWN).collect();
    if shown.len() < words.len() {
        shown.push('…');
    }
    let attached = match message.attachments() {
        0 => String::new(),
        1 => "[1 image or file] ".to_owned(),
        many => format!("[{many} images or files] "),
    };
    format!("{attached}{}", name::escaped(&shown))
}
