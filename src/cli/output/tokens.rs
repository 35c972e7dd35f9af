//! Tokens of a vocabulary as text, trees and JSON.

use std::io::{self, Write};

use bytepair::explain::last_merge;
use bytepair::{TokenId, Tokenizer};
use serde::Serialize;

use crate::cli::explaining::reasons;
use crate::cli::literal::{hex, quoted};
use crate::cli::output::json::{SCHEMA_VERSION, value};
use crate::cli::output::table::Table;
use crate::cli::output::{Style, ids, stdout};
use crate::cli::tokens::{Entry, chars};

/// How tokens are written.
pub(crate) struct Form {
    /// As one JSON document.
    pub(crate) json: bool,
    /// As one JSON object a token.
    pub(crate) lines: bool,
    /// How text looks.
    pub(crate) style: Style,
}

/// A token as JSON.
#[derive(Serialize)]
pub(crate) struct TokenEntry<'a> {
    id: TokenId,
    rank: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes_hex: Option<String>,
    bytes: usize,
    chars: usize,
    kind: &'static str,
    left: Option<TokenId>,
    right: Option<TokenId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tree: Option<Node>,
}

/// A token and what it is made of, as JSON.
#[derive(Serialize)]
struct Node {
    id: TokenId,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes_hex: Option<String>,
    rank: Option<u32>,
    parts: Vec<Node>,
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    vocabulary: &'a str,
    found: usize,
    tokens: Vec<TokenEntry<'a>>,
}

impl<'a> TokenEntry<'a> {
    /// A token.
    pub(crate) fn of(entry: &'a Entry) -> TokenEntry<'a> {
        let text = std::str::from_utf8(&entry.bytes).ok();
        TokenEntry {
            id: entry.id,
            rank: entry.rank,
            text,
            bytes_hex: text.is_none().then(|| ids::hex(&entry.bytes)),
            bytes: entry.bytes.len(),
            chars: chars(&entry.bytes),
            kind: entry.kind,
            left: entry.merge.map(|merge| merge.left),
            right: entry.merge.map(|merge| merge.right),
            why: entry.why,
            tree: None,
        }
    }
}

/// Writes tokens that were named, all about each.
pub(crate) fn named(tokenizer: &Tokenizer, entries: &[Entry], tree: bool, form: &Form) -> io::Result<()> {
    if form.json || form.lines {
        let with_tree =
            |entry| TokenEntry { tree: tree.then(|| node(tokenizer, entry)), ..TokenEntry::of(entry) };
        return objects(tokenizer, entries.len(), entries.iter().map(with_tree).collect(), form);
    }
    let mut out = stdout();
    for (place, entry) in entries.iter().enumerate() {
        if place > 0 {
            writeln!(out)?;
        }
        let mut line = |key: &str, value: &str| writeln!(out, "{key:<7} {value}");
        line("id", &entry.id.to_string())?;
        line("text", &form.style.strong(&quoted(&entry.bytes)))?;
        line("bytes", &hex(&entry.bytes))?;
        let lengths = [entry.bytes.len(), chars(&entry.bytes)];
        line("length", &format!("{} in bytes, {} in characters", lengths[0], lengths[1]))?;
        line("kind", entry.kind)?;
        line("rank", &entry.rank.map_or("-".to_owned(), |rank| rank.to_string()))?;
        let made = match entry.merge {
            Some(merge) => {
                let [left, right] =
                    [merge.left, merge.right].map(|id| format!("{} ({id})", text_of(tokenizer, id)));
                format!("{left} + {right}")
            }
            None => reasons::made_of(tokenizer, entry.id),
        };
        line("made of", &made)?;
        if tree {
            writeln!(out)?;
            write_tree(&mut out, tokenizer, entry.id)?;
        }
    }
    out.flush()
}

fn text_of(tokenizer: &Tokenizer, id: TokenId) -> String {
    tokenizer.token_bytes(id).map(quoted).unwrap_or_default()
}

/// Writes the tree of a token: under each token what it is made of. A tree can be as deep as a token is long, so it
/// is walked with a list.
fn write_tree(out: &mut impl Write, tokenizer: &Tokenizer, root: TokenId) -> io::Result<()> {
    let mut waiting = vec![(root, String::new(), String::new())];
    while let Some((id, before, under)) = waiting.pop() {
        let merge = last_merge(tokenizer, id);
        let rank = merge.map_or(String::new(), |merge| format!("  rank {}", merge.rank));
        writeln!(out, "{before}{}  {id}{rank}", text_of(tokenizer, id))?;
        if let Some(merge) = merge {
            waiting.push((merge.right, format!("{under}└─ "), format!("{under}   ")));
            waiting.push((merge.left, format!("{under}├─ "), format!("{under}│  ")));
        }
    }
    Ok(())
}

/// The tree of a token. JSON of a tree deeper than any real token's would be of no use, but must not end the run: below
/// some depth, parts are left to be looked up.
fn node(tokenizer: &Tokenizer, entry: &Entry) -> Node {
    fn of(tokenizer: &Tokenizer, id: TokenId, depth: usize) -> Node {
        const DEEPEST: usize = 500;
        let bytes = tokenizer.token_bytes(id).unwrap_or_default();
        let text = std::str::from_utf8(bytes).ok().map(str::to_owned);
        let merge = last_merge(tokenizer, id);
        let parts =
            merge.filter(|_| depth < DEEPEST).map_or(Vec::new(), |merge| vec![merge.left, merge.right]);
        Node {
            id,
            bytes_hex: text.is_none().then(|| ids::hex(bytes)),
            text,
            rank: bytepair::explain::rank(tokenizer, id),
            parts: parts.into_iter().map(|part| of(tokenizer, part, depth + 1)).collect(),
        }
    }
    of(tokenizer, entry.id, 0)
}

/// Writes a list of tokens, the first of them.
pub(crate) fn list(tokenizer: &Tokenizer, entries: &[Entry], limit: usize, form: &Form) -> io::Result<()> {
    let shown = &entries[..entries.len().min(limit)];
    if form.json || form.lines {
        return objects(tokenizer, entries.len(), shown.iter().map(TokenEntry::of).collect(), form);
    }
    let mut out = stdout();
    if !shown.is_empty() {
        table(&mut out, shown, form.style)?;
    }
    rest(&mut out, entries.len() - shown.len(), form.style)?;
    out.flush()
}

/// Writes tokens as a table.
pub(crate) fn table(out: &mut impl Write, entries: &[Entry], style: Style) -> io::Result<()> {
    let with_reasons = entries.iter().any(|entry| entry.why.is_some());
    let rows = entries.iter().map(|entry| {
        let rank = entry.rank.map_or("-".to_owned(), |rank| rank.to_string());
        let kind = entry.why.unwrap_or(entry.kind);
        vec![entry.id.to_string(), rank, entry.bytes.len().to_string(), kind.to_owned(), quoted(&entry.bytes)]
    });
    let header = vec!["id", "rank", "bytes", if with_reasons { "why" } else { "kind" }, "text"];
    Table { header, rows: rows.collect(), has_total: false, words: 2 }.write(out, style)
}

/// Tells how many were left out.
pub(crate) fn rest(out: &mut impl Write, rest: usize, style: Style) -> io::Result<()> {
    if rest > 0 {
        writeln!(out, "and {} more (--limit 0 lists all)", style.number(rest as u64))?;
    }
    Ok(())
}

fn objects(tokenizer: &Tokenizer, found: usize, tokens: Vec<TokenEntry<'_>>, form: &Form) -> io::Result<()> {
    if form.json {
        return value(&Document {
            schema_version: SCHEMA_VERSION,
            vocabulary: tokenizer.name(),
            found,
            tokens,
        });
    }
    let mut out = stdout();
    for token in tokens {
        serde_json::to_writer(&mut out, &token)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}
