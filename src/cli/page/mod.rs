//! Pages for the browser: one file each, which needs no network and lets none be used.
//!
//! This is the shell: title, tabs, light and dark, and the data as JSON that no text in it can break out of. What a page
//! shows is its body, style and script, kept beside this file; `tokens` and `treemap` make the data. Nothing that comes from a
//! text is ever a part of the markup: scripts put it there as text.

pub(crate) mod tokens;
pub(crate) mod treemap;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use serde::Serialize;

use crate::cli::failure::{Failure, Problem};
use crate::cli::name;
use crate::cli::output::file::{Place, is_stdout};

const SHELL: &str = include_str!("shell.html");
const STYLE: &str = include_str!("shell.css");
const SCRIPT: &str = include_str!("shell.js");

/// What every page begins with, by which it is known again.
const BEGIN: &[u8] = b"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta name=\"generator\" content=\"tokenize\">";

/// Refuses to write a page over a file that is none: who forgets FILE after `--html` may have named a text there.
pub(crate) fn may_write(path: &Path) -> Result<(), Problem> {
    if is_stdout(path) || !fs::metadata(path).is_ok_and(|old| old.is_file() && old.len() > 0) {
        return Ok(());
    }
    let mut begin = vec![0; BEGIN.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut begin));
    if read.is_ok() && begin == BEGIN {
        return Ok(());
    }
    let problem = Problem::new("is there already, and is no page of this program");
    Err(problem
        .about(name::shown(path))
        .hint("--html names the page to write: another name, or remove the file"))
}

/// A page.
pub(crate) struct Page<'a, D> {
    /// What it is called. Any text.
    pub(crate) title: &'a str,
    /// What it is about, in a line: how many tokens, and by what vocabulary. Any text.
    pub(crate) about: &'a str,
    /// Its tabs: the id of the panel in the body, and what it is called. With one there is no row of tabs.
    pub(crate) tabs: &'a [(&'a str, &'a str)],
    /// The markup of the panels: `<section id="…" role="tabpanel">` for each. A part of the program.
    pub(crate) body: &'a str,
    /// More style. A part of the program.
    pub(crate) style: &'a str,
    /// The script, which finds the data by `pageData()`. A part of the program.
    pub(crate) script: &'a str,
    /// The data.
    pub(crate) data: D,
}

impl<D: Serialize> Page<'_, D> {
    /// Writes the page into a file, whole or not at all, or to standard output.
    pub(crate) fn write_to(&self, path: &Path) -> Result<(), Failure> {
        let mut out = Place::create(path)?;
        self.write(&mut out)?;
        out.finish(path)
    }

    /// Writes the page.
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let data = embedded(&serde_json::to_string(&self.data)?);
        let tabs: String = self.tabs.iter().enumerate().map(|(place, tab)| tab_of(place, tab)).collect();
        let mut rest = SHELL;
        // In the order in which they stand there.
        for (mark, text) in [
            ("{{title}}", escaped(self.title).as_str()),
            ("{{style}}", STYLE),
            ("{{more-style}}", self.style),
            ("{{heading}}", escaped(self.title).as_str()),
            ("{{about}}", escaped(self.about).as_str()),
            ("{{tabs}}", if self.tabs.len() > 1 { tabs.as_str() } else { "" }),
            ("{{body}}", self.body),
            ("{{data}}", data.as_str()),
            ("{{script}}", SCRIPT),
            ("{{more-script}}", self.script),
        ] {
            let Some((before, after)) = rest.split_once(mark) else {
                return Err(io::Error::other(format!("the shell of pages has no {mark}")));
            };
            out.write_all(before.as_bytes())?;
            out.write_all(text.as_bytes())?;
            rest = after;
        }
        out.write_all(rest.as_bytes())
    }
}

fn tab_of(place: usize, (id, label): &(&str, &str)) -> String {
    let (id, label) = (escaped(id), escaped(label));
    let (selected, index) = if place == 0 { ("true", 0) } else { ("false", -1) };
    format!(
        "<button type=\"button\" role=\"tab\" id=\"tab-{id}\" aria-controls=\"{id}\" \
         aria-selected=\"{selected}\" tabindex=\"{index}\">{label}</button>"
    )
}

/// JSON that may stand in a script element: with nothing in it that ends the element or begins another. These characters
/// can stand in strings only, where their codes mean the same.
fn embedded(json: &str) -> String {
    let mut safe = String::with_capacity(json.len() + json.len() / 16);
    for c in json.chars() {
        match c {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            c => safe.push(c),
        }
    }
    safe
}

/// A text that may stand in markup and in attributes. Control characters have no place there: not even as their codes.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() => safe.push(char::REPLACEMENT_CHARACTER),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_begin_as_they_are_known() {
        assert!(SHELL.as_bytes().starts_with(BEGIN));
    }

    #[test]
    fn no_text_breaks_out() {
        let evil = "</script><!--<script>\"'&\u{2028}\u{2029}\0</title>{{body}}";
        let page =
            Page { title: evil, about: evil, tabs: &[], body: "", style: "", script: "", data: [evil] };
        let mut out = Vec::new();
        page.write(&mut out).unwrap();
        let page = String::from_utf8(out).unwrap();
        assert_eq!(page.matches("</script").count(), 2, "of the data and of the script");
        assert!(!page.contains("<!--") && !page.contains('\0'));
        let (_, data) = page.split_once("type=\"application/json\">").unwrap();
        let (data, _) = data.split_once("</script>").unwrap();
        // In a script these two would end the line; in markup they are text.
        assert!(!data.contains(['\u{2028}', '\u{2029}', '<', '&']), "{data}");
        assert_eq!(serde_json::from_str::<[String; 1]>(data).unwrap(), [evil]);
        assert_eq!(
            page.matches("{{body}}").count(),
            4,
            "as text, three times in markup and once in the data"
        );
    }
}
