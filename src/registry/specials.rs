//! The lists of special tokens of the embedded encodings, as the build script writes them (`vocab/build.rs`).
//!
//! Most of the thousands of names are those of places that a model keeps free, such as `<unused17>`: they differ by a
//! number that grows with the id. So a run of them is one row, and is unfolded when its list is read first.
//! The names are unfolded into one text for the whole process, so that no token has a text of its own.
//!
//! ```text
//! row = id, rules, name                            without rules it is a control token, as nearly all are
//!     | id, rules, before, number, count, after    the names before{number}after, before{number + 1}after, ...;
//!                                                  the ids grow in the same way
//! ```
//!
//! Which encoding has which list is left to `encodings`.

use std::fmt::Write;
use std::sync::OnceLock;

use crate::special::SpecialToken;
use crate::token::TokenId;

/// A list of special tokens.
pub(super) struct List {
    /// How many tokens there are.
    count: usize,
    rows: &'static str,
    /// The names of all runs, one after the other, made when they are first needed.
    run_names: OnceLock<String>,
}

/// One row of a list.
struct Row {
    first: SpecialToken,
    run: Option<Run>,
}

/// The names that a row stands for.
struct Run {
    before: &'static str,
    number: u32,
    count: u32,
    after: &'static str,
}

impl List {
    /// A list of so many tokens, in rows as the module says.
    pub(super) const fn new(count: usize, rows: &'static str) -> List {
        List { count, rows, run_names: OnceLock::new() }
    }

    /// The tokens, in the order of the list.
    pub(super) fn tokens(&'static self) -> Vec<SpecialToken> {
        let mut tokens = Vec::with_capacity(self.count);
        let mut run_names = self.run_names.get_or_init(|| self.unfold()).as_str();
        // A test holds that every row can be read.
        for Row { first, run } in self.rows.lines().filter_map(row) {
            let Some(run) = run else {
                tokens.push(first);
                continue;
            };
            let around = run.before.len() + run.after.len();
            for next in 0..run.count {
                let (name, rest) = run_names.split_at(around + digits(run.number + next));
                run_names = rest;
                tokens.push(SpecialToken { name: name.into(), id: first.id + next, ..first });
            }
        }
        tokens
    }

    fn unfold(&self) -> String {
        let mut names = String::new();
        for Run { before, number, count, after } in self.rows.lines().filter_map(|line| row(line)?.run) {
            names.reserve(count as usize * (before.len() + digits(number + count) + after.len()));
            for number in number..number + count {
                names.push_str(before);
                // A string takes everything.
                let _ = write!(names, "{number}");
                names.push_str(after);
            }
        }
        names
    }

    /// How many tokens the list says that it has.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.count
    }
}

/// How many digits a number has.
fn digits(number: u32) -> usize {
    number.checked_ilog10().map_or(1, |power| power as usize + 1)
}

fn row(line: &'static str) -> Option<Row> {
    let mut rest = Some(line);
    // Cells are so short that anything cleverer takes longer.
    let mut cell = || {
        let line = rest?;
        let Some(end) = line.bytes().position(|byte| byte == b'\t') else { return rest.take() };
        rest = Some(&line[end + 1..]);
        Some(&line[..end])
    };
    let (id, rules, name): (TokenId, _, _) = (cell()?.parse().ok()?, cell()?, cell()?);
    let run = match cell() {
        None => None,
        Some(number) => Some(Run {
            before: name,
            number: number.parse().ok()?,
            count: cell()?.parse().ok()?,
            after: cell()?,
        }),
    };
    let has = |letter: u8| rules.bytes().any(|rule| rule == letter);
    let first = SpecialToken {
        name: if name.contains('\\') { unescape(name).into() } else { name.into() },
        id,
        is_control: rules.is_empty() || has(b'c'),
        in_normalized: has(b'n'),
        single_word: has(b'w'),
        strips_left: has(b'l'),
        strips_right: has(b'r'),
    };
    Some(Row { first, run })
}

/// A name in which line ends, tabs and backslashes are written with a backslash.
fn unescape(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut chars = name.chars();
    while let Some(char) = chars.next() {
        plain.push(match char {
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                other => other.unwrap_or('\\'),
            },
            other => other,
        });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_unfolded_between_other_rows() {
        static LIST: List =
            List::new(6, "7\t\t<s>\n98\tn\t<unused\t9\t3\t>\n3\tcw\t\\t\\\\x\n0\t\tb\t0\t1\t\n");
        let tokens = LIST.tokens();
        let names: Vec<(&str, u32)> = tokens.iter().map(|token| (&*token.name, token.id)).collect();
        let wanted =
            [("<s>", 7), ("<unused9>", 98), ("<unused10>", 99), ("<unused11>", 100), ("\t\\x", 3), ("b0", 0)];
        assert_eq!(names, wanted);
        let rules: Vec<_> = tokens.iter().map(|t| (t.is_control, t.in_normalized, t.single_word)).collect();
        let run = (false, true, false);
        assert_eq!(rules, [(true, false, false), run, run, run, (true, false, true), (true, false, false)]);
        assert_eq!(LIST.count(), tokens.len());
        assert_eq!(LIST.tokens(), tokens);
    }

    #[test]
    fn digits_are_counted() {
        for number in [0, 1, 9, 10, 99, 100, 6_241, u32::MAX] {
            assert_eq!(digits(number), number.to_string().len());
        }
    }
}
