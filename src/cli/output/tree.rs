//! Where the tokens are: folders and files as a tree with bars, and as JSON.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use bytepair::report::{Counts, window_share};
use clap::ValueEnum;
use serde::Serialize;

use super::json::{SCHEMA_VERSION, value};
use super::table::{self, percent, shown_tokens, words_per_token};
use crate::cli::args::Words;
use crate::cli::name;
use crate::cli::output::{Style, columns, stdout};
use crate::cli::plan::Basis;

/// How many columns the longest bar has, and on a narrow terminal.
const BAR: usize = 20;
const NARROW_BAR: usize = 8;

/// Terminals of fewer columns are narrow.
const NARROW: usize = 72;

/// A folder or a file, with all that is in it.
pub(crate) struct Node {
    /// Its name in the folder above; of the root the path.
    pub(crate) name: OsString,
    /// How many files it is, or are in it.
    pub(crate) files: usize,
    /// Their counts.
    pub(crate) counts: Counts,
    /// What is in it and shown.
    pub(crate) children: Vec<Node>,
    /// What is in it and not shown, together.
    omitted: Option<(usize, Counts)>,
}

impl Node {
    /// Something with nothing in it.
    pub(crate) fn new(name: OsString) -> Node {
        Node { name, files: 0, counts: Counts::default(), children: Vec::new(), omitted: None }
    }

    /// Puts the most tokens first, and keeps so many levels and so many entries of each folder. Sums stay what they are.
    pub(crate) fn arrange(&mut self, depth: usize, top: usize) {
        if depth == 0 {
            self.children.clear();
            return;
        }
        // Sorting keeps the order of names among equals.
        self.children.sort_by_key(|child| std::cmp::Reverse(child.counts.tokens));
        if self.children.len() > top {
            let others = self.children.split_off(top);
            let mut counts = Counts::default();
            others.iter().for_each(|child| counts.add(&child.counts));
            self.omitted = Some((others.len(), counts));
        }
        self.children.iter_mut().for_each(|child| child.arrange(depth - 1, top));
    }
}

/// All that there is to write.
pub(crate) struct Report<'a> {
    /// Model and vocabulary.
    pub(crate) basis: &'a Basis,
    /// All of it.
    pub(crate) root: &'a Node,
    /// What a word is.
    pub(crate) words: Words,
}

/// Writes the tree to standard output.
pub(crate) fn table(report: &Report, style: Style) -> io::Result<()> {
    let mut out = stdout();
    let bar = if columns().is_some_and(|columns| columns < NARROW) { NARROW_BAR } else { BAR };
    let mut lines = Lines { report, style, bar, rows: Vec::new() };
    lines.add(&name::shown(Path::new(&report.root.name)), &report.root.counts);
    lines.add_children(report.root, "");
    let header = ["tokens", "share", "window", "words/token"].map(str::to_owned);
    let width = |column: usize| {
        let cells = lines.rows.iter().map(|row| row.cells[column].len());
        cells.chain([header[column].len()]).max().unwrap_or(0)
    };
    let widths = [0, 1, 2, 3].map(width);
    let line = |cells: &[String; 4]| {
        let cells = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:>width$}"));
        cells.collect::<Vec<String>>().join("  ")
    };
    writeln!(out, "{}", style.strong(&format!("{}  {:<bar$}  name", line(&header), "")))?;
    for row in &lines.rows {
        writeln!(out, "{}  {:<bar$}  {}", line(&row.cells), "█".repeat(row.bar), row.name)?;
    }
    writeln!(out, "{}", table::basis(report.basis, Some(&report.root.counts), style))?;
    if !report.root.counts.words_are_meaningful() {
        writeln!(out, "n/a: much of the text is in scripts without spaces, where white space ends no word")?;
    }
    out.flush()
}

struct Lines<'a> {
    report: &'a Report<'a>,
    style: Style,
    bar: usize,
    rows: Vec<Row>,
}

struct Row {
    /// Tokens, share, share of the window, words for each token.
    cells: [String; 4],
    bar: usize,
    name: String,
}

impl Lines<'_> {
    fn add(&mut self, name: &str, counts: &Counts) {
        let all = self.report.root.counts.tokens;
        let share = share(counts.tokens, all);
        let of_window = self.report.basis.window.and_then(|window| window_share(counts.tokens, window));
        let shown = |share: Option<f64>| share.map_or("-".to_owned(), |share| percent(counts.tokens, share));
        self.rows.push(Row {
            cells: [
                shown_tokens(self.report.basis, self.style, counts.tokens),
                shown(share),
                shown(of_window),
                words_per_token(counts),
            ],
            // What has tokens is never without a bar.
            bar: share.map_or(0, |share| (share * self.bar as f64).ceil() as usize).min(self.bar),
            name: name.to_owned(),
        });
    }

    fn add_children(&mut self, node: &Node, indent: &str) {
        let count = node.children.len() + usize::from(node.omitted.is_some());
        for (place, child) in node.children.iter().enumerate() {
            let is_last = place + 1 == count;
            let branch = if is_last { "└─ " } else { "├─ " };
            self.add(&format!("{indent}{branch}{}", name::shown(Path::new(&child.name))), &child.counts);
            let more = if is_last { "   " } else { "│  " };
            self.add_children(child, &format!("{indent}{more}"));
        }
        if let Some((number, counts)) = &node.omitted {
            self.add(&format!("{indent}└─ and {} more", self.style.number(*number as u64)), counts);
        }
    }
}

fn share(tokens: u64, all: u64) -> Option<f64> {
    (all > 0).then(|| tokens as f64 / all as f64)
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    model: Option<&'a str>,
    encoding: &'a str,
    window: Option<u64>,
    exactness: &'static str,
    words: Option<String>,
    tree: Entry,
}

#[derive(Serialize)]
struct Entry {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_bytes: Option<Vec<u8>>,
    files: usize,
    tokens: u64,
    upper: Option<u64>,
    share: Option<f64>,
    window_share: Option<f64>,
    words: u64,
    words_per_token: Option<f64>,
    bytes: u64,
    children: Vec<Entry>,
    omitted: usize,
}

impl Entry {
    fn of(report: &Report, node: &Node) -> Entry {
        let counts = &node.counts;
        let window = report.basis.window;
        Entry {
            name: node.name.to_string_lossy().into_owned(),
            name_bytes: name::raw_bytes(Path::new(&node.name)),
            files: node.files,
            tokens: counts.tokens,
            upper: (!report.basis.is_unmeasured()).then_some(counts.upper),
            share: share(counts.tokens, report.root.counts.tokens),
            window_share: window.and_then(|window| window_share(counts.tokens, window)),
            words: counts.measures.words,
            words_per_token: counts.words_per_token(),
            bytes: counts.measures.bytes,
            children: node.children.iter().map(|child| Entry::of(report, child)).collect(),
            omitted: node.omitted.map_or(0, |(number, _)| number),
        }
    }
}

/// Writes one JSON document to standard output.
pub(crate) fn json(report: &Report) -> io::Result<()> {
    value(&Document {
        schema_version: SCHEMA_VERSION,
        model: report.basis.model.as_ref().map(|model| &*model.name),
        encoding: &report.basis.encoding,
        window: report.basis.window,
        exactness: report.basis.exactness.name(),
        words: report.words.to_possible_value().map(|kind| kind.get_name().to_owned()),
        tree: Entry::of(report, report.root),
    })
}
