//! Conversations with their tokens: as a table, a row for each message or conversation, and as JSON.
//!
//! What is in them is the library's.

use std::io::{self, Write};

use bytepair::Measures;
use bytepair::chat::{self, Message};
use bytepair::registry::estimates::Estimate;
use bytepair::report::{Counts, window_share};
use serde::Serialize;

use crate::cli::conversation::{self, Counted, Framed};
use crate::cli::name;
use crate::cli::output::json::{self, SCHEMA_VERSION};
use crate::cli::output::table::{self, Table, percent, shown_tokens};
use crate::cli::output::{Style, stdout};
use crate::cli::plan::Basis;

/// How many characters of a message a table shows.
const SHOWN: usize = 48;

/// Counts of conversations, with all that is needed to write them.
pub(crate) struct Report<'a> {
    /// What the counts are based on.
    pub(crate) basis: &'a Basis,
    /// How messages are framed.
    pub(crate) framed: Framed,
    /// The conversations.
    pub(crate) counted: &'a [Counted],
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    model: Option<&'a str>,
    encoding: &'a str,
    window: Option<u64>,
    template: &'static str,
    exactness: &'static str,
    conversations: Vec<Entry<'a>>,
    total: u64,
    upper: Option<u64>,
}

#[derive(Serialize)]
struct Entry<'a> {
    place: String,
    messages: Vec<MessageEntry<'a>>,
    fixed: Vec<FixedEntry>,
    content: u64,
    framing: u64,
    tokens: u64,
    upper: Option<u64>,
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
    upper: Option<u64>,
}

#[derive(Serialize)]
struct FixedEntry {
    name: &'static str,
    tokens: u64,
}

impl Report<'_> {
    /// The tokens of all conversations.
    pub(crate) fn total(&self) -> Estimate {
        let mut total = Estimate::default();
        for counted in self.counted {
            total.tokens += counted.total.tokens;
            total.upper += counted.total.upper;
        }
        total
    }

    /// An upper bound for programs, which is unknown for what is approximate without having been measured.
    fn upper(&self, estimate: Estimate, counted: &Counted) -> Option<u64> {
        let is_known = self.basis.ratios.is_some() || counted.exactness != chat::Exactness::Approximate;
        is_known.then_some(estimate.upper)
    }

    fn exactness(&self) -> &'static str {
        // The least sure of them.
        let names: Vec<&str> = self.counted.iter().map(|counted| counted.exactness.name()).collect();
        let least = ["approximate", "official-local", "exact"];
        least.into_iter().find(|name| names.contains(name)).unwrap_or("exact")
    }

    /// Writes one JSON document.
    pub(crate) fn json(&self) -> io::Result<()> {
        let conversations = self.counted.iter().map(|counted| {
            let Counted { conversation, count, total, .. } = counted;
            let messages = conversation.messages().iter().zip(count.messages()).zip(&counted.messages);
            let messages = messages.map(|((message, tokens), estimate)| MessageEntry {
                role: message.role(),
                name: message.name(),
                content: tokens.content,
                framing: tokens.framing,
                tokens: estimate.tokens,
                upper: self.upper(*estimate, counted),
            });
            let fixed = count.fixed().iter().zip(&counted.fixed);
            let fixed = fixed.map(|(part, estimate)| FixedEntry { name: part.name, tokens: estimate.tokens });
            Entry {
                place: conversation.place(),
                messages: messages.collect(),
                fixed: fixed.collect(),
                content: count.content(),
                framing: count.framing(),
                tokens: total.tokens,
                upper: self.upper(*total, counted),
                window_share: self.share(total.tokens),
                exactness: counted.exactness.name(),
                label: count.label(),
                notes: count.notes(),
                ignored: conversation.ignored(),
            }
        });
        json::value(&Document {
            schema_version: SCHEMA_VERSION,
            model: self.basis.model.as_ref().map(|model| &*model.name),
            encoding: &self.basis.encoding,
            window: self.basis.window,
            template: self.framed.template.name(),
            exactness: self.exactness(),
            conversations: conversations.collect(),
            total: self.total().tokens,
            upper: self.counted.iter().map(|counted| self.upper(counted.total, counted)).sum(),
        })
    }

    /// Writes a table: of one conversation the messages, of several a row each.
    pub(crate) fn table(&self, style: Style) -> io::Result<()> {
        let mut rows = match self.counted {
            [counted] => self.messages(counted, style),
            many => many.iter().map(|counted| self.row_of(counted, style)).collect(),
        };
        let (first, last) = match self.counted {
            [_] => ("role", "text"),
            _ => ("messages", "conversation"),
        };
        let total = self.total().tokens;
        rows.push(vec![self.tokens(total, style), self.percent(total), "total".to_owned(), String::new()]);
        let header = vec!["tokens", "window", first, last];
        let mut out = stdout();
        Table { header, rows, has_total: true, words: 2 }.write(&mut out, style)?;
        writeln!(out, "{}", self.label(style))?;
        out.flush()
    }

    fn messages(&self, counted: &Counted, style: Style) -> Vec<Vec<String>> {
        let cells = |tokens: u64| [self.tokens(tokens, style), self.percent(tokens)];
        let messages = counted.conversation.messages().iter().zip(&counted.messages);
        let messages = messages.map(|(message, estimate)| {
            let words = [role(message), shown(message)];
            cells(estimate.tokens).into_iter().chain(words).collect()
        });
        let fixed = counted.count.fixed().iter().zip(&counted.fixed).map(|(part, estimate)| {
            let words = ["-".to_owned(), format!("({})", part.name)];
            cells(estimate.tokens).into_iter().chain(words).collect()
        });
        messages.chain(fixed).collect()
    }

    fn row_of(&self, counted: &Counted, style: Style) -> Vec<String> {
        let messages = style.number(counted.conversation.messages().len() as u64);
        let tokens = counted.total.tokens;
        vec![self.tokens(tokens, style), self.percent(tokens), messages, counted.conversation.place()]
    }

    fn tokens(&self, tokens: u64, style: Style) -> String {
        shown_tokens(self.basis, style, tokens)
    }

    fn share(&self, tokens: u64) -> Option<f64> {
        self.basis.window.and_then(|window| window_share(tokens, window))
    }

    fn percent(&self, tokens: u64) -> String {
        self.share(tokens).map_or("-".to_owned(), |share| percent(tokens, share))
    }

    /// What the numbers are based on and how sure they are, in one line.
    fn label(&self, style: Style) -> String {
        let basis = self.basis;
        let mut labels: Vec<String> =
            self.counted.iter().map(|counted| conversation::label(counted, self.framed)).collect();
        labels.dedup();
        let more = if labels.len() > 1 { " (not all alike: --json)" } else { "" };
        let label = labels.first().map_or("", String::as_str);
        let Estimate { tokens, upper } = self.total();
        let total = Counts { tokens, upper, measures: Measures::default() };
        let basis = table::basis(basis, Some(&total), style);
        format!("{basis}; {label}{more}")
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
