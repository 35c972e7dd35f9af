//! Rows of counts in order: put together by folder or extension, sorted, cut to the largest.
//!
//! Writing them is left to `output`.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use bytepair::report::Counts;

use crate::cli::args::{By, Sort};

/// A row: a file, or several files together.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The file, the folder or the extension.
    pub(crate) name: PathBuf,
    /// How many files it stands for.
    pub(crate) files: usize,
    /// Their counts.
    pub(crate) counts: Counts,
}

/// Rows to be shown.
pub(crate) struct Rows {
    /// What is shown.
    pub(crate) shown: Vec<Row>,
    /// The sum of the rows that are not, if there are any, and their number.
    pub(crate) omitted: Option<(usize, Row)>,
    /// The sum of all.
    pub(crate) total: Row,
}

/// How to arrange rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrangement {
    /// What a row stands for.
    pub(crate) by: By,
    /// What rows are sorted by; `None`: by tokens if only the largest are shown, else as given.
    pub(crate) sort: Option<Sort>,
    /// Turn the order round.
    pub(crate) reverse: bool,
    /// How many are shown.
    pub(crate) top: Option<usize>,
}

impl Arrangement {
    /// Puts the rows of files into order.
    pub(crate) fn apply(&self, files: Vec<Row>) -> Rows {
        let total = sum("total", &files);
        let mut rows = match self.by {
            By::File => files,
            by => grouped(files, by),
        };
        let fallback = if self.top.is_some() { Sort::Tokens } else { Sort::None };
        self.sort_rows(&mut rows, self.sort.unwrap_or(fallback));
        let top = self.top.unwrap_or(usize::MAX).min(rows.len());
        let rest = rows.split_off(top);
        let omitted = (!rest.is_empty()).then(|| (rest.len(), sum("omitted", &rest)));
        Rows { shown: rows, omitted, total }
    }

    fn sort_rows(&self, rows: &mut [Row], sort: Sort) {
        match sort {
            Sort::Tokens => rows.sort_by(|a, b| order(|row| row.counts.tokens, a, b)),
            Sort::Words => rows.sort_by(|a, b| order(|row| row.counts.measures.words, a, b)),
            Sort::Bytes => rows.sort_by(|a, b| order(|row| row.counts.measures.bytes, a, b)),
            Sort::Path => rows.sort_by(|a, b| a.name.cmp(&b.name)),
            Sort::None => {}
        }
        if self.reverse {
            rows.reverse();
        }
    }
}

/// The larger number first; among equals, by name.
fn order(key: impl Fn(&Row) -> u64, a: &Row, b: &Row) -> std::cmp::Ordering {
    (Reverse(key(a)), &a.name).cmp(&(Reverse(key(b)), &b.name))
}

fn sum(name: &str, rows: &[Row]) -> Row {
    let mut total = Row { name: name.into(), files: 0, counts: Counts::default() };
    for row in rows {
        total.files += row.files;
        total.counts.add(&row.counts);
    }
    total
}

/// Puts rows with the same key together, in the order in which the keys first come.
fn grouped(files: Vec<Row>, by: By) -> Vec<Row> {
    let mut places: HashMap<PathBuf, usize> = HashMap::new();
    let mut rows: Vec<Row> = Vec::new();
    for file in files {
        let name = group(by, &file.name);
        let place = *places.entry(name.clone()).or_insert(rows.len());
        match rows.get_mut(place) {
            Some(row) => {
                row.files += file.files;
                row.counts.add(&file.counts);
            }
            None => rows.push(Row { name, ..file }),
        }
    }
    rows
}

/// The name of what a file is put together with.
pub(crate) fn group(by: By, path: &Path) -> PathBuf {
    match by {
        By::File => path.to_owned(),
        By::Dir => folder(path),
        By::Ext => extension(path),
    }
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => PathBuf::from("."),
        Some(parent) => parent.to_owned(),
        None => path.to_owned(),
    }
}

fn extension(path: &Path) -> PathBuf {
    match path.extension() {
        Some(extension) => {
            let mut name = std::ffi::OsString::from(".");
            name.push(extension);
            name.into()
        }
        None => PathBuf::from("(none)"),
    }
}
