//! Results: everything that goes to stdout or into the file named by `--output`. The only place that
//! writes there.
//!
//! One file a form: `table`, `json`, `csv`, `ids`, and what only one command has: `chat`, `check`, `chunks`, `explain`,
//! `quality`, `show` and `difference`. Which one is asked for is left to the commands.

pub(crate) mod chat;
pub(crate) mod check;
pub(crate) mod chunks;
pub(crate) mod compare;
pub(crate) mod csv;
pub(crate) mod difference;
pub(crate) mod explain;
pub(crate) mod file;
pub(crate) mod ids;
pub(crate) mod json;
pub(crate) mod quality;
pub(crate) mod show;
pub(crate) mod stats;
pub(crate) mod table;
pub(crate) mod tokens;
pub(crate) mod training;
pub(crate) mod tree;
pub(crate) mod twofold;

use std::env;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use crate::cli::args::{Color, Words};
use crate::cli::arrange::Rows;
use crate::cli::plan::Basis;

/// Counts, with all that is needed to write them in any form.
pub(crate) struct Report<'a> {
    /// The rows and their total.
    pub(crate) rows: &'a Rows,
    /// What the counts are based on.
    pub(crate) basis: &'a Basis,
    /// What a word is.
    pub(crate) words: Words,
    /// What a row stands for, in one word.
    pub(crate) by: &'static str,
    /// Whether a table has a column of characters.
    pub(crate) chars: bool,
    /// Whether a table has a column of lines.
    pub(crate) lines: bool,
    /// Whether the cost is told.
    pub(crate) cost: bool,
}

/// Standard output, in large blocks. Call `flush` at the end: what is dropped unwritten is lost silently.
pub(crate) fn stdout() -> BufWriter<StdoutLock<'static>> {
    BufWriter::with_capacity(64 * 1024, io::stdout().lock())
}

/// Writes bytes to standard output, all of them or an error.
pub(crate) fn bytes(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// Writes one line to standard output.
pub(crate) fn line(text: impl std::fmt::Display) -> io::Result<()> {
    let mut out = stdout();
    writeln!(out, "{text}")?;
    out.flush()
}

/// How many columns the terminal has that standard output is; `None` if it is none.
pub(crate) fn columns() -> Option<usize> {
    terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0))
}

/// A bar for a part of a whole, in so many columns and eighths of them. What is there is never without a bar.
pub(crate) fn bar(part: u64, whole: u64, columns: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if whole == 0 {
        return String::new();
    }
    let eighths = (u128::from(part) * 8 * columns as u128).div_ceil(whole.into()) as usize;
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

/// How text for people looks on this standard output.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    grouped: bool,
    emphasis: anstyle::Style,
}

impl Style {
    /// The style for standard output. Colour codes only emphasise; nothing is lost without them.
    pub(crate) fn of_stdout(color: Color) -> Style {
        let is_terminal = io::stdout().is_terminal();
        let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        let emphasised = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if is_set("NO_COLOR") => false,
            Color::Auto if is_set("CLICOLOR_FORCE") && env::var_os("CLICOLOR_FORCE") != Some("0".into()) => {
                true
            }
            Color::Auto => is_terminal && env::var_os("TERM").is_none_or(|term| term != "dumb"),
        };
        let emphasis = if emphasised { anstyle::Style::new().bold() } else { anstyle::Style::new() };
        Style { grouped: is_terminal, emphasis }
    }

    /// The style of text for programs and logs.
    pub(crate) fn plain() -> Style {
        Style { grouped: false, emphasis: anstyle::Style::new() }
    }

    /// Whether colour codes are written.
    pub(crate) fn is_coloured(&self) -> bool {
        self.emphasis != anstyle::Style::new()
    }

    /// The same, for numbers that people read wherever this output goes.
    pub(crate) fn grouped(mut self) -> Style {
        self.grouped = true;
        self
    }

    /// An emphasised text.
    pub(crate) fn strong(&self, text: &str) -> String {
        format!("{0}{text}{0:#}", self.emphasis)
    }

    /// A number, its digits in groups of three if people read it.
    pub(crate) fn number(&self, number: u64) -> String {
        self.large_number(number.into())
    }

    /// So many of something, named by its noun for one of it.
    pub(crate) fn counted(&self, number: u64, noun: &str) -> String {
        format!("{} {}", self.number(number), plural(number, noun))
    }

    /// The same of one that may be larger.
    pub(crate) fn large_number(&self, number: u128) -> String {
        let digits = number.to_string();
        if !self.grouped {
            return digits;
        }
        let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        grouped
    }
}

/// A noun for so many.
pub(crate) fn plural(number: u64, noun: &str) -> String {
    format!("{noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_part() {
        let shown = [0, 1, 50, 100, 101, 800].map(|part| bar(part, 800, 8));
        assert_eq!(shown, ["", "▏", "▌", "█", "█▏", "████████"]);
        assert_eq!([bar(1, u64::MAX, 4), bar(u64::MAX, u64::MAX, 4), bar(0, 0, 4)], ["▏", "████", ""]);
    }

    #[test]
    fn digits_are_grouped_by_three() {
        let style = Style { grouped: true, emphasis: anstyle::Style::new() };
        let shown = [0, 999, 1000, 123_456, 1_234_567].map(|number| style.number(number));
        assert_eq!(shown, ["0", "999", "1,000", "123,456", "1,234,567"]);
        assert_eq!(
            [0, 1, 2000].map(|number| style.counted(number, "word")),
            ["0 words", "1 word", "2,000 words"]
        );
    }
}
