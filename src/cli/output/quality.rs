//! The quality of vocabularies: as a table with a column for each, as JSON and as CSV.

use std::io::{self, Write};

use bytepair::TokenId;
use bytepair::evaluate::Quality;
use clap::ValueEnum;
use serde::Serialize;

use super::csv::{field, ratio};
use super::json::{SCHEMA_VERSION, value};
use super::table::{Table, percent};
use crate::cli::args::{By, Words};
use crate::cli::evaluation::{Candidate, Evaluation, Group};
use crate::cli::output::{Style, stdout};
use crate::cli::{name, width};

/// How many of the ids that were never produced are listed, if not all are asked for.
const LISTED: usize = 100;

/// An evaluation, with all that is needed to write it in any form.
pub(crate) struct Report<'a> {
    /// The vocabularies.
    pub(crate) candidates: &'a [Candidate],
    /// What came out.
    pub(crate) evaluation: &'a Evaluation,
    /// What a word is.
    pub(crate) words: Words,
    /// What a group is; `None`: there are none.
    pub(crate) by: Option<By>,
}

/// What a table calls a figure, and how it shows it.
type Figure = (&'static str, fn(&Candidate, &Quality, Style) -> String);

/// The figures of a table, in its order.
const FIGURES: [Figure; 13] = [
    ("tokens", |_, quality, style| style.number(quality.counts.tokens)),
    ("bytes per token", |_, quality, _| decimal(quality.bytes_per_token(), 3)),
    ("tokens per word", |_, quality, _| per_word(quality, quality.tokens_per_word())),
    ("words per token", |_, quality, _| per_word(quality, quality.words_per_token())),
    ("vocabulary size", |_, quality, style| style.number(quality.size)),
    ("used", |_, quality, _| share(quality.distinct, quality.used_share())),
    ("never produced", |_, quality, style| style.number(quality.unused())),
    ("unreachable", |candidate, _, style| {
        candidate.unreachable.map_or("-".to_owned(), |number| style.number(number))
    }),
    ("single-byte tokens", |_, quality, _| share(quality.single_bytes, quality.single_byte_share())),
    ("Shannon entropy, bits", |_, quality, _| decimal(quality.shannon_entropy, 3)),
    ("Rényi entropy, bits", |_, quality, _| decimal(quality.renyi_entropy, 3)),
    ("Rényi efficiency", |_, quality, _| decimal(quality.renyi_efficiency(), 4)),
    ("... of used tokens", |_, quality, _| decimal(quality.renyi_efficiency_of_used(), 4)),
];

/// Writes a table to standard output: of the groups if there are some, and of all inputs.
pub(crate) fn table(report: &Report, style: Style) -> io::Result<()> {
    let mut out = stdout();
    if report.by.is_some() {
        groups(report, style, &mut out)?;
        writeln!(out)?;
    }
    total(report, style, &mut out)?;
    out.flush()
}

/// Writes the table of all inputs together: a row for each figure, a column for each vocabulary.
pub(crate) fn total(report: &Report, style: Style, out: &mut impl Write) -> io::Result<()> {
    let Group { files, qualities, .. } = &report.evaluation.total;
    let mut rows = vec![vec![String::new()]];
    rows[0].extend(report.candidates.iter().map(|candidate| candidate.name.clone()));
    rows.extend(FIGURES.map(|(name, show)| {
        let pairs = report.candidates.iter().zip(qualities);
        let cells = pairs.map(|(candidate, quality)| show(candidate, quality, style));
        std::iter::once(name.to_owned()).chain(cells).collect()
    }));
    let widest = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| width::of(cell)).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..=qualities.len()).map(widest).collect();
    for (place, row) in rows.iter().enumerate() {
        let mut line = width::left(&row[0], widths[0]);
        for (cell, &columns) in row.iter().zip(&widths).skip(1) {
            line.push_str("  ");
            line.push_str(&width::right(cell, columns));
        }
        let emphasis = if place == 0 { style.emphasis } else { anstyle::Style::new() };
        writeln!(out, "{emphasis}{line}{emphasis:#}")?;
    }
    let Some(Quality { counts, .. }) = qualities.first() else { return Ok(()) };
    let (bytes, words) =
        (style.counted(counts.measures.bytes, "byte"), style.counted(counts.measures.words, "word"));
    writeln!(out, "{}, {bytes}, {words}", style.counted(*files as u64, "file"))?;
    if !counts.words_are_meaningful() {
        writeln!(out, "n/a: much of the text is in scripts without spaces, where white space ends no word")?;
    }
    Ok(())
}

/// Writes a table with a row for each group and vocabulary.
fn groups(report: &Report, style: Style, out: &mut impl Write) -> io::Result<()> {
    let header = vec![
        "tokens",
        "bytes/token",
        "tokens/word",
        "used",
        "single-byte",
        "Rényi eff.",
        "vocabulary",
        "name",
    ];
    let mut rows = Vec::new();
    for group in &report.evaluation.groups {
        for (candidate, quality) in report.candidates.iter().zip(&group.qualities) {
            rows.push(vec![
                style.number(quality.counts.tokens),
                decimal(quality.bytes_per_token(), 3),
                per_word(quality, quality.tokens_per_word()),
                share(quality.distinct, quality.used_share()),
                share(quality.single_bytes, quality.single_byte_share()),
                decimal(quality.renyi_efficiency(), 4),
                candidate.name.clone(),
                name::shown(&group.name),
            ]);
        }
    }
    Table { header, rows, has_total: false, words: 2 }.write(out, style)
}

fn decimal(number: Option<f64>, places: usize) -> String {
    number.map_or("-".to_owned(), |number| format!("{number:.places$}"))
}

fn per_word(quality: &Quality, number: Option<f64>) -> String {
    match number {
        None if !quality.counts.words_are_meaningful() => "n/a".to_owned(),
        number => decimal(number, 3),
    }
}

fn share(part: u64, share: Option<f64>) -> String {
    share.map_or("-".to_owned(), |share| percent(part, share))
}

#[derive(Serialize)]
struct Document {
    schema_version: u32,
    words: String,
    by: Option<String>,
    groups: Vec<Entry>,
    total: Entry,
}

/// A group. `path` is missing in the total; it is not exact where `path_bytes` is there.
#[derive(Serialize)]
struct Entry {
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<Vec<u8>>,
    files: usize,
    bytes: u64,
    chars: u64,
    words: u64,
    lines: u64,
    vocabularies: Vec<Figures>,
}

#[derive(Serialize)]
struct Figures {
    name: String,
    tokens: u64,
    special_tokens: u64,
    bytes_per_token: Option<f64>,
    tokens_per_word: Option<f64>,
    words_per_token: Option<f64>,
    vocabulary_size: u64,
    used_tokens: u64,
    used_share: Option<f64>,
    unused_tokens: u64,
    unreachable_tokens: Option<u64>,
    single_byte_share: Option<f64>,
    shannon_entropy: Option<f64>,
    renyi_entropy: Option<f64>,
    renyi_efficiency: Option<f64>,
    renyi_efficiency_of_used: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unused_ids: Option<Vec<TokenId>>,
}

impl Figures {
    fn new(candidate: &Candidate, quality: &Quality) -> Figures {
        Figures {
            name: candidate.name.clone(),
            tokens: quality.counts.tokens,
            special_tokens: quality.special_tokens,
            bytes_per_token: quality.bytes_per_token(),
            tokens_per_word: quality.tokens_per_word(),
            words_per_token: quality.words_per_token(),
            vocabulary_size: quality.size,
            used_tokens: quality.distinct,
            used_share: quality.used_share(),
            unused_tokens: quality.unused(),
            unreachable_tokens: candidate.unreachable,
            single_byte_share: quality.single_byte_share(),
            shannon_entropy: quality.shannon_entropy,
            renyi_entropy: quality.renyi_entropy,
            renyi_efficiency: quality.renyi_efficiency(),
            renyi_efficiency_of_used: quality.renyi_efficiency_of_used(),
            unused_ids: None,
        }
    }
}

impl Entry {
    fn new(report: &Report, group: &Group) -> Entry {
        // All vocabularies read the same text.
        let measures = group.qualities.first().map(|quality| quality.counts.measures).unwrap_or_default();
        let pairs = report.candidates.iter().zip(&group.qualities);
        Entry {
            path: None,
            path_bytes: None,
            files: group.files,
            bytes: measures.bytes,
            chars: measures.chars,
            words: measures.words,
            lines: measures.lines,
            vocabularies: pairs.map(|(candidate, quality)| Figures::new(candidate, quality)).collect(),
        }
    }

    fn named(report: &Report, group: &Group) -> Entry {
        let path = Some(group.name.to_string_lossy().into_owned());
        Entry { path, path_bytes: name::raw_bytes(&group.name), ..Entry::new(report, group) }
    }
}

/// Writes one JSON document to standard output, with all the ids that were never produced or the first of them.
pub(crate) fn json(report: &Report, all: bool) -> io::Result<()> {
    value(&document(report, all))
}

/// What stands in the JSON document, for others to put into theirs.
pub(crate) fn document(report: &Report, all: bool) -> impl Serialize + use<> {
    let evaluation = report.evaluation;
    let mut total = Entry::new(report, &evaluation.total);
    let usages = evaluation.usages.iter().zip(report.candidates);
    for (figures, (usage, candidate)) in total.vocabularies.iter_mut().zip(usages) {
        let mut ids = usage.unused_ids(&candidate.tokenizer);
        ids.truncate(if all { usize::MAX } else { LISTED });
        figures.unused_ids = Some(ids);
    }
    Document {
        schema_version: SCHEMA_VERSION,
        words: named(report.words),
        by: report.by.map(named),
        groups: evaluation.groups.iter().map(|group| Entry::named(report, group)).collect(),
        total,
    }
}

/// How a choice is spelled on the command line.
fn named(choice: impl ValueEnum) -> String {
    choice.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

const HEADER: &str = "path,files,vocabulary,tokens,special_tokens,bytes,chars,words,lines,bytes_per_token,\
                      tokens_per_word,words_per_token,vocabulary_size,used_tokens,used_share,unused_tokens,\
                      unreachable_tokens,single_byte_share,shannon_entropy,renyi_entropy,renyi_efficiency,\
                      renyi_efficiency_of_used";

/// Writes CSV to standard output: a line for each vocabulary, of the groups if there are some, else of all.
pub(crate) fn csv(report: &Report) -> io::Result<()> {
    let mut out = stdout();
    write!(out, "{HEADER}\r\n")?;
    let evaluation = report.evaluation;
    let groups =
        if report.by.is_some() { &evaluation.groups[..] } else { std::slice::from_ref(&evaluation.total) };
    for group in groups {
        for (candidate, quality) in report.candidates.iter().zip(&group.qualities) {
            let measures = &quality.counts.measures;
            out.write_all(&field(group.name.as_os_str().as_encoded_bytes()))?;
            write!(out, ",{},", group.files)?;
            out.write_all(&field(candidate.name.as_bytes()))?;
            let (tokens, special) = (quality.counts.tokens, quality.special_tokens);
            write!(out, ",{tokens},{special},{},{}", measures.bytes, measures.chars)?;
            write!(out, ",{},{}", measures.words, measures.lines)?;
            let ratios =
                [quality.bytes_per_token(), quality.tokens_per_word(), quality.words_per_token()].map(ratio);
            write!(out, ",{},{},{}", ratios.join(","), quality.size, quality.distinct)?;
            let unreachable = candidate.unreachable.map(|number| number.to_string()).unwrap_or_default();
            write!(out, ",{},{},{unreachable}", ratio(quality.used_share()), quality.unused())?;
            let ratios = [
                quality.single_byte_share(),
                quality.shannon_entropy,
                quality.renyi_entropy,
                quality.renyi_efficiency(),
                quality.renyi_efficiency_of_used(),
            ];
            write!(out, ",{}\r\n", ratios.map(ratio).join(","))?;
        }
    }
    out.flush()
}
