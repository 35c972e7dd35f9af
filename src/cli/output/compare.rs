//! Counts of several models: as a table with a row for each, as JSON and as CSV.

use std::io::{self, Write};
use std::path::PathBuf;

use bytepair::registry::models::Exactness;
use bytepair::report::{Counts, window_share};
use clap::ValueEnum;
use serde::Serialize;

use super::csv::{field, ratio};
use super::json::{SCHEMA_VERSION, value};
use super::table::{Table, percent, shown_tokens, words_per_token};
use crate::cli::args::{By, Words};
use crate::cli::name::{self as names};
use crate::cli::output::{Style, stdout};
use crate::cli::plan::Basis;

/// Some files, with the counts of each model.
pub(crate) struct Group {
    /// The file, the folder or the extension.
    pub(crate) name: PathBuf,
    files: usize,
    counts: Vec<Counts>,
}

impl Group {
    /// No files yet, for so many models.
    pub(crate) fn new(name: PathBuf, models: usize) -> Group {
        Group { name, files: 0, counts: vec![Counts::default(); models] }
    }

    /// Adds the counts of a file.
    pub(crate) fn add(&mut self, counts: &[Counts]) {
        self.files += 1;
        self.counts.iter_mut().zip(counts).for_each(|(sum, counts)| sum.add(counts));
    }
}

/// All that there is to write.
pub(crate) struct Report<'a> {
    /// What is compared.
    pub(crate) bases: &'a [Basis],
    /// The groups, if they are asked for.
    pub(crate) groups: &'a [Group],
    /// All files.
    pub(crate) total: &'a Group,
    /// What a word is.
    pub(crate) words: Words,
    /// What a group is.
    pub(crate) by: Option<By>,
}

/// What the user calls it: the model, or the encoding or file.
pub(crate) fn name(basis: &Basis) -> &str {
    basis.model.as_ref().map_or(&*basis.encoding, |model| &*model.name)
}

/// How far a count can be trusted, in words.
fn exactness(basis: &Basis) -> &'static str {
    match basis.exactness {
        Exactness::Estimate => "estimate",
        Exactness::OfficialLocal => "maker's local",
        Exactness::Exact => "exact",
    }
}

fn share(basis: &Basis, tokens: u64) -> Option<f64> {
    basis.window.and_then(|window| window_share(tokens, window))
}

/// The upper bound of a count, if it has one.
fn upper(basis: &Basis, counts: &Counts) -> Option<u64> {
    (!basis.is_unmeasured()).then_some(counts.upper)
}

/// Writes a table to standard output: of the groups if there are some, and of all files.
pub(crate) fn table(report: &Report, style: Style) -> io::Result<()> {
    let mut out = stdout();
    let mut header = vec!["tokens", "at most", "words/token", "bytes/token", "window", "window size"];
    header.extend(["count", "encoding", "model"]);
    let has_groups = !report.groups.is_empty();
    header.extend(has_groups.then_some("name"));
    let mut rows = Vec::new();
    let all = report.groups.iter().chain([report.total]);
    for group in all {
        for (basis, counts) in report.bases.iter().zip(&group.counts) {
            let mut row = vec![
                shown_tokens(basis, style, counts.tokens),
                upper(basis, counts).map_or("?".to_owned(), |upper| style.number(upper)),
                words_per_token(counts),
                counts.bytes_per_token().map_or("-".to_owned(), |ratio| format!("{ratio:.2}")),
                share(basis, counts.tokens).map_or("-".to_owned(), |share| percent(counts.tokens, share)),
                basis.window.map_or("-".to_owned(), |window| style.number(window)),
                exactness(basis).to_owned(),
                basis.encoding.clone(),
                basis.model.as_ref().map_or("-".to_owned(), |model| model.name.to_string()),
            ];
            row.extend(has_groups.then(|| names::shown(&group.name)));
            rows.push(row);
        }
    }
    let words = if has_groups { 4 } else { 3 };
    Table { header, rows, has_total: false, words }.write(&mut out, style)?;
    let measures = report.total.counts.first().map(|counts| counts.measures).unwrap_or_default();
    let files = style.counted(report.total.files as u64, "file");
    let (bytes, words) = (style.counted(measures.bytes, "byte"), style.counted(measures.words, "word"));
    writeln!(out, "{files}, {bytes}, {words}")?;
    if report.bases.iter().any(|basis| basis.ratios.is_some()) {
        writeln!(out, "~: estimated by measured ratios; 95 % of such texts have at most what is said")?;
    }
    if report.bases.iter().any(Basis::is_unmeasured) {
        writeln!(
            out,
            "?: the model's tokenizer is another one, or is assumed: how far the count is off is not known"
        )?;
    }
    if report.total.counts.iter().any(|counts| !counts.words_are_meaningful()) {
        writeln!(out, "n/a: much of the text is in scripts without spaces, where white space ends no word")?;
    }
    out.flush()
}

/// Writes CSV to standard output.
pub(crate) fn csv(report: &Report) -> io::Result<()> {
    let mut out = stdout();
    write!(
        out,
        "path,files,model,encoding,window,exactness,tokens,upper,words,words_per_token,tokens_per_word,bytes,\
         bytes_per_token,window_share\r\n"
    )?;
    // As everywhere in CSV there is no total beside parts of it.
    let groups = if report.by.is_some() { report.groups } else { std::slice::from_ref(report.total) };
    for group in groups {
        for (basis, counts) in report.bases.iter().zip(&group.counts) {
            out.write_all(&field(group.name.as_os_str().as_encoded_bytes()))?;
            write!(out, ",{},", group.files)?;
            let model = basis.model.as_ref().map(|model| model.name.to_string()).unwrap_or_default();
            out.write_all(&field(model.as_bytes()))?;
            out.write_all(b",")?;
            out.write_all(&field(basis.encoding.as_bytes()))?;
            let optional = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
            write!(
                out,
                ",{},{},{},{},{},{},{},{},{},{}\r\n",
                optional(basis.window),
                basis.exactness,
                counts.tokens,
                optional(upper(basis, counts)),
                counts.measures.words,
                ratio(counts.words_per_token()),
                ratio(counts.tokens_per_word()),
                counts.measures.bytes,
                ratio(counts.bytes_per_token()),
                ratio(share(basis, counts.tokens)),
            )?;
        }
    }
    out.flush()
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    words: Option<String>,
    by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<Entry<'a>>>,
    total: Entry<'a>,
}

#[derive(Serialize)]
struct Entry<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<Vec<u8>>,
    files: usize,
    words: u64,
    bytes: u64,
    chars: u64,
    lines: u64,
    models: Vec<Count<'a>>,
}

#[derive(Serialize)]
struct Count<'a> {
    model: Option<&'a str>,
    encoding: &'a str,
    window: Option<u64>,
    exactness: &'static str,
    tokens: u64,
    upper: Option<u64>,
    words_per_token: Option<f64>,
    tokens_per_word: Option<f64>,
    bytes_per_token: Option<f64>,
    window_share: Option<f64>,
}

fn entry<'a>(report: &Report<'a>, group: &Group, is_named: bool) -> Entry<'a> {
    let measures = group.counts.first().map(|counts| counts.measures).unwrap_or_default();
    let models = report.bases.iter().zip(&group.counts).map(|(basis, counts)| Count {
        model: basis.model.as_ref().map(|model| &*model.name),
        encoding: &basis.encoding,
        window: basis.window,
        exactness: basis.exactness.name(),
        tokens: counts.tokens,
        upper: upper(basis, counts),
        words_per_token: counts.words_per_token(),
        tokens_per_word: counts.tokens_per_word(),
        bytes_per_token: counts.bytes_per_token(),
        window_share: share(basis, counts.tokens),
    });
    Entry {
        path: is_named.then(|| group.name.to_string_lossy().into_owned()),
        path_bytes: if is_named { names::raw_bytes(&group.name) } else { None },
        files: group.files,
        words: measures.words,
        bytes: measures.bytes,
        chars: measures.chars,
        lines: measures.lines,
        models: models.collect(),
    }
}

/// Writes one JSON document to standard output.
pub(crate) fn json(report: &Report) -> io::Result<()> {
    let named = |value: &dyn Fn() -> Option<clap::builder::PossibleValue>| {
        value().map(|value| value.get_name().to_owned())
    };
    value(&Document {
        schema_version: SCHEMA_VERSION,
        words: named(&|| report.words.to_possible_value()),
        by: named(&|| report.by.and_then(|by| by.to_possible_value())),
        groups: report.by.map(|_| report.groups.iter().map(|group| entry(report, group, true)).collect()),
        total: entry(report, report.total, false),
    })
}
