//! Counts as JSON: one document, or one object a line. The shape is what `--help` says, and changes only
//! together with `SCHEMA_VERSION`.

use std::io::{self, Write};

use bytepair::report::{Counts, window_share};
use clap::ValueEnum;
use serde::Serialize;

use crate::cli::arrange::Row;
use crate::cli::output::{Report, stdout};
use crate::cli::{cost, name};

/// Goes up when a key changes its meaning or goes away.
pub(crate) const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    model: Option<&'a str>,
    encoding: &'a str,
    window: Option<u64>,
    exactness: &'static str,
    words: String,
    by: &'static str,
    files: Vec<Entry>,
    omitted: usize,
    total: Entry,
}

/// A row. `path` is missing in a total; it is not exact where `path_bytes` is there.
#[derive(Serialize)]
struct Entry {
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<Vec<u8>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<bool>,
    files: usize,
    tokens: u64,
    upper: Option<u64>,
    words: u64,
    words_per_token: Option<f64>,
    tokens_per_word: Option<f64>,
    bytes: u64,
    chars: u64,
    lines: u64,
    bytes_per_token: Option<f64>,
    window_share: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<f64>,
}

impl Entry {
    fn named(report: &Report, row: &Row) -> Entry {
        let path = Some(row.name.to_string_lossy().into_owned());
        Entry { path, path_bytes: name::raw_bytes(&row.name), ..Entry::of(report, &row.counts, row.files) }
    }

    fn of(report: &Report, counts: &Counts, files: usize) -> Entry {
        let Counts { tokens, upper, measures } = *counts;
        let price = report.basis.price.as_ref().filter(|_| report.cost);
        Entry {
            path: None,
            path_bytes: None,
            total: None,
            files,
            tokens,
            upper: (!report.basis.is_unmeasured()).then_some(upper),
            words: measures.words,
            words_per_token: counts.words_per_token(),
            tokens_per_word: counts.tokens_per_word(),
            bytes: measures.bytes,
            chars: measures.chars,
            lines: measures.lines,
            bytes_per_token: counts.bytes_per_token(),
            window_share: report.basis.window.and_then(|window| window_share(tokens, window)),
            cost: price.map(|price| cost::of(price, tokens)),
        }
    }
}

/// Writes counts as one document.
pub(crate) fn document(report: &Report) -> io::Result<()> {
    let total = &report.rows.total;
    let words = report.words.to_possible_value();
    value(&Document {
        schema_version: SCHEMA_VERSION,
        model: report.basis.model.as_ref().map(|model| &*model.name),
        encoding: &report.basis.encoding,
        window: report.basis.window,
        exactness: report.basis.exactness.name(),
        words: words.map(|words| words.get_name().to_owned()).unwrap_or_default(),
        by: report.by,
        files: report.rows.shown.iter().map(|row| Entry::named(report, row)).collect(),
        omitted: report.rows.omitted.as_ref().map_or(0, |(number, _)| *number),
        total: Entry::of(report, &total.counts, total.files),
    })
}

/// Writes counts as one object a line, the total last.
pub(crate) fn lines(report: &Report) -> io::Result<()> {
    let mut out = stdout();
    let total = &report.rows.total;
    let total = Entry { total: Some(true), ..Entry::of(report, &total.counts, total.files) };
    for entry in report.rows.shown.iter().map(|row| Entry::named(report, row)).chain([total]) {
        serde_json::to_writer(&mut out, &entry)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// Writes anything as one document, indented.
pub(crate) fn value(value: &impl Serialize) -> io::Result<()> {
    let mut out = stdout();
    serde_json::to_writer_pretty(&mut out, value)?;
    out.write_all(b"\n")?;
    out.flush()
}
