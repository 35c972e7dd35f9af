//! Tables for people: columns under headers, numbers to the right, words to the left.
//!
//! On a terminal that is too narrow for the columns, a table becomes several under each other; a pipe never sees that.
//! Only the last column, which holds names or texts, may wrap. Emphasis and grouping of digits are left to `Style`.

use std::io::{self, Write};

use bytepair::registry::models::Exactness;
use bytepair::report::{Counts, window_share};

use crate::cli::arrange::Row;
use crate::cli::output::{Report, Style, columns, stdout};
use crate::cli::plan::Basis;
use crate::cli::{cost, name, width};

/// Rows of cells under headers.
pub(crate) struct Table {
    /// The headers.
    pub(crate) header: Vec<&'static str>,
    /// The rows, each with as many cells as there are headers.
    pub(crate) rows: Vec<Vec<String>>,
    /// Whether the last row is a total.
    pub(crate) has_total: bool,
    /// How many of the last columns hold words: they stand to the left, numbers to the right.
    pub(crate) words: usize,
}

impl Table {
    /// Writes the table.
    pub(crate) fn write(&self, out: &mut impl Write, style: Style) -> io::Result<()> {
        self.write_within(columns(), out, style)
    }

    fn write_within(&self, columns: Option<usize>, out: &mut impl Write, style: Style) -> io::Result<()> {
        let before: usize = self.widths().iter().rev().skip(1).map(|width| width + 2).sum();
        let needed = before + self.header.last().map_or(0, |header| width::of(header));
        match columns {
            Some(columns) if columns < needed => self.write_parts(columns, out, style),
            _ => self.write_whole(out, style),
        }
    }

    fn widths(&self) -> Vec<usize> {
        let of_column = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| width::of(cell));
            cells.max().unwrap_or(0).max(width::of(self.header[column]))
        };
        (0..self.header.len()).map(of_column).collect()
    }

    fn write_whole(&self, out: &mut impl Write, style: Style) -> io::Result<()> {
        let widths = self.widths();
        let header: Vec<String> = self.header.iter().map(|&cell| cell.to_owned()).collect();
        let lines = || std::iter::once(&header).chain(&self.rows);
        let last = lines().count() - 1;
        for (place, row) in lines().enumerate() {
            let emphasised = place == 0 || (self.has_total && place == last);
            let emphasis = if emphasised { style.emphasis } else { anstyle::Style::new() };
            writeln!(out, "{emphasis}{}{emphasis:#}", self.line(row, &widths))?;
        }
        Ok(())
    }

    /// Writes several tables under each other, each with as many columns as there is room for and with those that say what
    /// a row is about.
    fn write_parts(&self, columns: usize, out: &mut impl Write, style: Style) -> io::Result<()> {
        let widths = self.widths();
        let last = self.header.len() - 1;
        let names = ["model", "name"];
        let are_named = self.header.iter().any(|header| names.contains(header));
        let is_title =
            |column: usize| if are_named { names.contains(&self.header[column]) } else { column == last };
        let (titles, others): (Vec<usize>, Vec<usize>) = (0..=last).partition(|&column| is_title(column));
        let (title, before) = titles.split_last().unwrap_or((&last, &[]));
        // The last title may wrap, but has half of the line where it needs that.
        let room = columns.saturating_sub(before.iter().map(|&column| widths[column] + 2).sum());
        let room = room.saturating_sub(widths[*title].min(columns / 2));
        let mut parts: Vec<(usize, Vec<usize>)> = Vec::new();
        for column in others {
            let width = widths[column] + 2;
            match parts.last_mut() {
                Some((used, part)) if *used + width <= room => {
                    *used += width;
                    part.push(column);
                }
                _ => parts.push((width, vec![column])),
            }
        }
        for (place, (_, part)) in parts.iter().enumerate() {
            if place > 0 {
                writeln!(out)?;
            }
            let words = part.iter().filter(|&&column| column + self.words > last).count() + titles.len();
            let all: Vec<usize> = part.iter().chain(&titles).copied().collect();
            let rows = self.rows.iter().map(|row| all.iter().map(|&column| row[column].clone()).collect());
            let header = all.iter().map(|&column| self.header[column]).collect();
            Table { header, rows: rows.collect(), has_total: self.has_total, words }
                .write_whole(out, style)?;
        }
        Ok(())
    }

    fn line(&self, row: &[String], widths: &[usize]) -> String {
        let mut line = String::new();
        for (column, (cell, &columns)) in row.iter().zip(widths).enumerate() {
            let gap = if column > 0 { "  " } else { "" };
            line.push_str(gap);
            if column + 1 == row.len() {
                line.push_str(cell);
            } else if column + self.words >= row.len() {
                line.push_str(&width::left(cell, columns));
            } else {
                line.push_str(&width::right(cell, columns));
            }
        }
        line
    }
}

/// Writes counts as a table, with what they are based on under it.
pub(crate) fn counts(report: &Report, style: Style) -> io::Result<()> {
    let columns = Columns { report, style };
    let rows = report.rows;
    let mut cells: Vec<Vec<String>> =
        rows.shown.iter().map(|row| columns.cells(row, &row_name(row))).collect();
    if let Some((number, omitted)) = &rows.omitted {
        let noun = match (report.by, number) {
            ("file", 1) => "file",
            ("file", _) => "files",
            (_, 1) => "row",
            _ => "rows",
        };
        cells.push(columns.cells(omitted, &format!("and {} more {noun}", style.number(*number as u64))));
    }
    let has_total = cells.len() != 1;
    if has_total {
        cells.push(columns.cells(&rows.total, "total"));
    }
    let table = Table { header: columns.header(), rows: cells, has_total, words: 1 };
    let mut out = stdout();
    table.write(&mut out, style)?;
    let total = &rows.total.counts;
    writeln!(out, "{}", basis(report.basis, Some(total), style))?;
    if let Some(price) = report.basis.price.as_ref().filter(|_| report.cost) {
        writeln!(out, "{}", cost::shown(price, total.tokens, total.upper))?;
    }
    let mut counts = rows.shown.iter().chain([&rows.total]).map(|row| row.counts);
    if counts.any(|counts| !counts.words_are_meaningful()) {
        writeln!(out, "n/a: much of the text is in scripts without spaces, where white space ends no word")?;
    }
    out.flush()
}

fn row_name(row: &Row) -> String {
    name::shown(&row.name)
}

struct Columns<'a> {
    report: &'a Report<'a>,
    style: Style,
}

impl Columns<'_> {
    fn header(&self) -> Vec<&'static str> {
        let mut header = vec!["tokens"];
        header.extend(self.report.basis.ratios.map(|_| "at most"));
        header.extend(["words", "words/token", "bytes"]);
        header.extend(self.report.chars.then_some("chars"));
        header.extend(self.report.lines.then_some("lines"));
        header.extend(["window", "name"]);
        header
    }

    fn cells(&self, row: &Row, name: &str) -> Vec<String> {
        let Counts { tokens, upper, measures } = row.counts;
        let number = |number| self.style.number(number);
        let mut cells = vec![shown_tokens(self.report.basis, self.style, tokens)];
        cells.extend(self.report.basis.ratios.map(|_| number(upper)));
        cells.extend([number(measures.words), words_per_token(&row.counts), number(measures.bytes)]);
        cells.extend(self.report.chars.then(|| number(measures.chars)));
        cells.extend(self.report.lines.then(|| number(measures.lines)));
        let share = self.report.basis.window.and_then(|window| window_share(tokens, window));
        cells.push(share.map_or("-".to_owned(), |share| percent(tokens, share)));
        cells.push(name.to_owned());
        cells
    }
}

/// Words for each token, in words.
pub(crate) fn words_per_token(counts: &Counts) -> String {
    match counts.words_per_token() {
        Some(ratio) => format!("{ratio:.2}"),
        None if counts.tokens > 0 => "n/a".to_owned(),
        None => "-".to_owned(),
    }
}

/// A share in words.
pub(crate) fn percent(tokens: u64, share: f64) -> String {
    match share * 100.0 {
        share if tokens > 0 && share < 0.1 => "<0.1%".to_owned(),
        // Rounding must not hide on which side of the window a text is.
        share if share != 100.0 && (99.95..100.05).contains(&share) => {
            if share < 100.0 { "<100%" } else { ">100%" }.to_owned()
        }
        share => format!("{share:.1}%"),
    }
}

/// A number of tokens, marked if it is an estimate.
pub(crate) fn shown_tokens(basis: &Basis, style: Style, tokens: u64) -> String {
    let mark = if basis.exactness == Exactness::Estimate { "~" } else { "" };
    format!("{mark}{}", style.number(tokens))
}

/// What counts are based on, in one line. `total` are those that an estimate is about.
pub(crate) fn basis(basis: &Basis, total: Option<&Counts>, style: Style) -> String {
    let encoding = &basis.encoding;
    let window = match (basis.window, &basis.model) {
        (Some(window), _) => format!("window {} tokens", style.number(window)),
        (None, Some(_)) => "window unknown".to_owned(),
        (None, None) => return format!("{encoding}, exact; no model named, so no window"),
    };
    let Some(model) = &basis.model else { return format!("{encoding}, {window}, exact") };
    let name = &model.name;
    if basis.ratios.is_some() {
        let estimate = total.map_or(String::new(), |total| {
            let [tokens, upper] = [total.tokens, total.upper].map(|number| style.number(number));
            format!(": ~{tokens} (estimate, 95 % of such texts lie below {upper})")
        });
        return format!("{name}, {window}, by {encoding} and measured ratios{estimate}");
    }
    let exactness = match (basis.exactness, model.encoding.as_deref()) {
        (Exactness::Estimate, Some(own)) if own != encoding => {
            format!("estimate: not exactly the model's encoding, {own}")
        }
        (Exactness::Estimate, _) => "estimate: that the model has this tokenizer is assumed".to_owned(),
        (Exactness::OfficialLocal, _) => "by the maker's local tokenizer".to_owned(),
        (Exactness::Exact, _) => "exact".to_owned(),
    };
    format!("{name}, {encoding}, {window}, {exactness}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn written(columns: Option<usize>) -> String {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = vec![row(["12", "日本", "漢字.md"]), row(["3", "abcdef", "a.md"])];
        let table = Table { header: vec!["tokens", "kind", "name"], rows, has_total: false, words: 2 };
        let mut out = Vec::new();
        table.write_within(columns, &mut out, Style::plain()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_stand_under_each_other() {
        let wide = "tokens  kind    name\n    12  日本    漢字.md\n     3  abcdef  a.md\n";
        for columns in [None, Some(200), Some(20)] {
            assert_eq!(written(columns), wide, "{columns:?}");
        }
    }

    #[test]
    fn a_narrow_terminal_has_tables_under_each_other() {
        let narrow =
            "tokens  name\n    12  漢字.md\n     3  a.md\n\nkind    name\n日本    漢字.md\nabcdef  a.md\n";
        for columns in [0, 1, 10, 19] {
            assert_eq!(written(Some(columns)), narrow, "{columns}");
        }
    }
}
