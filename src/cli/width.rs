//! How many columns text takes on a terminal: characters of East Asian scripts and most emoji take two, marks that stand
//! on the character before take none.
//!
//! Each character counts by itself, after Unicode Standard Annex 11, as terminals do it. What could join characters into
//! one picture is escaped wherever columns matter (see `literal`). Text must have no control characters.

use unicode_width::UnicodeWidthChar;

/// The columns that a text takes.
pub(crate) fn of(text: &str) -> usize {
    text.chars().map(of_char).sum()
}

fn of_char(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// The longest beginning of a text that takes at most so many columns.
pub(crate) fn head(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let end = text.char_indices().find(|&(_, c)| {
        used += of_char(c);
        used > columns
    });
    &text[..end.map_or(text.len(), |(at, _)| at)]
}

/// The longest end of a text that takes at most so many columns.
pub(crate) fn tail(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let start = text.char_indices().rev().find(|&(_, c)| {
        used += of_char(c);
        used > columns
    });
    &text[start.map_or(0, |(at, c)| at + c.len_utf8())..]
}

/// The text with spaces after it up to so many columns.
pub(crate) fn left(text: &str, columns: usize) -> String {
    format!("{text}{}", spaces(text, columns))
}

/// The text with spaces before it up to so many columns.
pub(crate) fn right(text: &str, columns: usize) -> String {
    format!("{}{text}", spaces(text, columns))
}

fn spaces(text: &str, columns: usize) -> String {
    " ".repeat(columns.saturating_sub(of(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_terminals() {
        for (text, columns) in [("", 0), ("abc", 3), ("日本", 4), ("🦀", 2), ("é", 1), ("ไม่", 2), ("‹e2›", 4)]
        {
            assert_eq!(of(text), columns, "{text}");
        }
    }

    #[test]
    fn texts_are_cut_and_padded_by_columns() {
        assert_eq!(["日本", "a日", "abc", "ab"].map(|text| head(text, 3)), ["日", "a日", "abc", "ab"]);
        assert_eq!(["日本", "日a", "abc", "ab"].map(|text| tail(text, 3)), ["本", "日a", "abc", "ab"]);
        // A mark stays with its letter.
        assert_eq!(head("ไม่x", 2), "ไม่");
        assert_eq!(
            (left("日", 4), right("日", 4), right("abcde", 4)),
            ("日  ".into(), "  日".into(), "abcde".into())
        );
    }
}
