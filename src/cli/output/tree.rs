//! Where the tokens are: folders and files as a tree with bars, and as JSON.

use std::io::{self, Write};
use std::path::{Path, is_separator};

use bytepair::report::{Counts, window_share};
use clap::ValueEnum;
use serde::Serialize;

use super::json::{SCHEMA_VERSION, value};
use super::table::{self, percent, shown_tokens, words_per_token};
use crate::cli::args::Words;
use crate::cli::folders::Node;
use crate::cli::output::{Style, bar, columns, stdout};
use crate::cli::plan::Basis;
use crate::cli::{name, width};

/// What stands in a line before the name.
const HEADER: [&str; 4] = ["tokens", "share", "window", "words/token"];

/// How many of the columns before the name there are, and columns of the terminal for the longest bar: the first for which a
/// name has room, or the last.
const LAYOUTS: [(usize, usize); 5] = [(4, 20), (4, 8), (3, 8), (2, 8), (2, 0)];

/// Longer names are cut, if a layout with more has room otherwise.
const NAME: usize = 32;

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
    let mut lines = Lines { report, style, rows: Vec::new() };
    lines.add("", shown(report.root), &report.root.counts, report.root.is_folder);
    lines.add_children(report.root, "");
    let width = |column: usize| {
        let cells = lines.rows.iter().map(|row| row.cells[column].len());
        cells.chain([HEADER[column].len()]).max().unwrap_or(0)
    };
    let layout = Layout::of([0, 1, 2, 3].map(width), &lines.rows, columns());
    writeln!(out, "{}", style.strong(&layout.line(&HEADER, "", "name")))?;
    for row in &lines.rows {
        let cells = [0, 1, 2, 3].map(|column| &*row.cells[column]);
        let bar = bar(row.tokens, report.root.counts.tokens, layout.bar);
        writeln!(out, "{}", layout.line(&cells, &bar, &row.name(layout.name, style)))?;
    }
    writeln!(out, "{}", table::basis(report.basis, Some(&report.root.counts), style))?;
    if !report.root.counts.words_are_meaningful() {
        writeln!(out, "n/a: much of the text is in scripts without spaces, where white space ends no word")?;
    }
    out.flush()
}

/// How the lines use the columns of the terminal.
struct Layout {
    /// Of the columns that are shown.
    widths: Vec<usize>,
    bar: usize,
    /// How many columns a name may have.
    name: usize,
}

impl Layout {
    fn of(widths: [usize; 4], rows: &[Row], columns: Option<usize>) -> Layout {
        let longest = rows.iter().map(Row::width).max().unwrap_or(0).max("name".len());
        let mut layout = Layout { widths: Vec::new(), bar: 0, name: usize::MAX };
        for (shown, bar) in LAYOUTS {
            layout.widths = widths[..shown].to_vec();
            layout.bar = bar;
            let Some(columns) = columns else { break };
            let before = width::of(&layout.line(&[""; 4], "", ""));
            layout.name = columns.saturating_sub(before).max(NAME / 2);
            if before + longest.min(NAME) <= columns {
                break;
            }
        }
        layout
    }

    fn line(&self, cells: &[&str; 4], bar: &str, name: &str) -> String {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(&self.widths) {
            line += &format!("{cell:>width$}  ");
        }
        if self.bar > 0 {
            line += &format!("{bar:<0$}  ", self.bar);
        }
        line + name
    }
}

struct Lines<'a> {
    report: &'a Report<'a>,
    style: Style,
    rows: Vec<Row>,
}

struct Row {
    /// Tokens, share, share of the window, words for each token.
    cells: [String; 4],
    tokens: u64,
    /// The lines that lead to the name.
    branch: String,
    name: String,
    is_folder: bool,
}

impl Row {
    fn width(&self) -> usize {
        width::of(&self.branch) + width::of(&self.name)
    }

    /// The name with the lines that lead to it, in so many columns: what is too much of a path is cut at its beginning.
    fn name(&self, columns: usize, style: Style) -> String {
        let mut name = self.name.clone();
        if self.width() > columns {
            let kept = columns.saturating_sub(width::of(&self.branch) + 1).max(NAME / 4);
            name = match self.branch.is_empty() {
                true => format!("…{}", width::tail(&name, kept)),
                false => format!("{}…", width::head(&name, kept)),
            };
        }
        let name = if self.is_folder { style.strong(&name) } else { name };
        format!("{}{name}", self.branch)
    }
}

impl Lines<'_> {
    fn add(&mut self, branch: &str, name: String, counts: &Counts, is_folder: bool) {
        let share = share(counts.tokens, self.report.root.counts.tokens);
        let of_window = self.report.basis.window.and_then(|window| window_share(counts.tokens, window));
        let shown = |share: Option<f64>| share.map_or("-".to_owned(), |share| percent(counts.tokens, share));
        let cells = [
            shown_tokens(self.report.basis, self.style, counts.tokens),
            shown(share),
            shown(of_window),
            words_per_token(counts),
        ];
        self.rows.push(Row { cells, tokens: counts.tokens, branch: branch.to_owned(), name, is_folder });
    }

    fn add_children(&mut self, node: &Node, indent: &str) {
        let count = node.children.len() + usize::from(node.omitted.is_some());
        for (place, child) in node.children.iter().enumerate() {
            let (branch, more) = if place + 1 == count { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            self.add(&format!("{indent}{branch}"), shown(child), &child.counts, child.is_folder);
            self.add_children(child, &format!("{indent}{more}"));
        }
        if let Some((number, counts)) = &node.omitted {
            let name = format!("and {} more", self.style.number(*number as u64));
            self.add(&format!("{indent}└─ "), name, counts, false);
        }
    }
}

/// The name of an entry, that of a folder with a slash at its end, if it needs one to look like a folder.
fn shown(node: &Node) -> String {
    let name = name::shown(Path::new(&node.name));
    let is_plain = !node.is_folder || node.is_all || name == "." || name.ends_with(is_separator);
    if is_plain { name } else { name + "/" }
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
    kind: &'static str,
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
            kind: match node {
                node if node.is_all => "all",
                node if node.is_folder => "folder",
                _ => "file",
            },
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
