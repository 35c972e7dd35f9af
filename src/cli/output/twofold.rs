//! How two vocabularies differ, as text and JSON.

use std::io::{self, Write};

use bytepair::TokenId;
use serde::Serialize;

use crate::cli::literal::quoted;
use crate::cli::output::json::{SCHEMA_VERSION, value};
use crate::cli::output::stdout;
use crate::cli::output::table::Table;
use crate::cli::output::tokens::{Form, TokenEntry, rest, table};
use crate::cli::tokens::Entry;
use crate::cli::tokens::difference::{Difference, Moved};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    vocabularies: [Side<'a>; 2],
    same: usize,
    other_id: usize,
    other_parts: usize,
    only: [Vec<TokenEntry<'a>>; 2],
    moved: Vec<MovedEntry<'a>>,
}

#[derive(Serialize)]
struct Side<'a> {
    name: &'a str,
    tokens: usize,
    only_here: usize,
}

#[derive(Serialize)]
struct MovedEntry<'a> {
    #[serde(flatten)]
    entry: TokenEntry<'a>,
    other_id: TokenId,
}

/// A token of one side, in a line.
#[derive(Serialize)]
struct Line<'a> {
    /// The vocabulary that has it, or nothing if both have.
    only_in: Option<&'a str>,
    #[serde(flatten)]
    entry: TokenEntry<'a>,
    other_id: Option<TokenId>,
}

/// Writes a difference: the numbers, and the first of the tokens.
pub(crate) fn write(difference: &Difference, names: [&str; 2], limit: usize, form: &Form) -> io::Result<()> {
    let some = |all: &'_ [Entry]| all.len().min(limit);
    let [first, second] = [0, 1].map(|side| &difference.only[side][..some(&difference.only[side])]);
    let moved = &difference.moved[..difference.moved.len().min(limit)];
    if form.lines {
        return lines([first, second], moved, names);
    }
    if form.json {
        let side = |at: usize| Side {
            name: names[at],
            tokens: difference.sizes[at],
            only_here: difference.only[at].len(),
        };
        let moved = moved
            .iter()
            .map(|moved| MovedEntry { entry: TokenEntry::of(&moved.entry), other_id: moved.other });
        return value(&Document {
            schema_version: SCHEMA_VERSION,
            vocabularies: [side(0), side(1)],
            same: difference.same,
            other_id: difference.moved.len(),
            other_parts: difference.other_parts,
            only: [first, second].map(|entries| entries.iter().map(TokenEntry::of).collect()),
            moved: moved.collect(),
        });
    }
    text(difference, names, ([first, second], moved), form)
}

fn lines(only: [&[Entry]; 2], moved: &[Moved], names: [&str; 2]) -> io::Result<()> {
    let mut out = stdout();
    let mut line = |line: &Line<'_>| {
        serde_json::to_writer(&mut out, line)?;
        out.write_all(b"\n")
    };
    for (entries, name) in only.into_iter().zip(names) {
        for entry in entries {
            line(&Line { only_in: Some(name), entry: TokenEntry::of(entry), other_id: None })?;
        }
    }
    for moved in moved {
        line(&Line { only_in: None, entry: TokenEntry::of(&moved.entry), other_id: Some(moved.other) })?;
    }
    out.flush()
}

fn text(
    difference: &Difference,
    names: [&str; 2],
    (only, moved): ([&[Entry]; 2], &[Moved]),
    form: &Form,
) -> io::Result<()> {
    let style = form.style;
    let mut out = stdout();
    let number = |number: usize| style.number(number as u64);
    let rows = [
        [number(difference.sizes[0]), format!("tokens of {}", names[0])],
        [number(difference.sizes[1]), format!("tokens of {}", names[1])],
        [number(difference.same), "in both, with the same id".to_owned()],
        [number(difference.moved.len()), "in both, with another id".to_owned()],
        [number(difference.other_parts), "of these, made of other parts".to_owned()],
        [number(difference.only[0].len()), format!("only in {}", names[0])],
        [number(difference.only[1].len()), format!("only in {}", names[1])],
    ];
    let rows = rows.map(|row| row.to_vec()).to_vec();
    Table { header: vec!["tokens", "special tokens are counted, too"], rows, has_total: false, words: 1 }
        .write(&mut out, style)?;
    for side in [0, 1] {
        if !only[side].is_empty() {
            writeln!(out, "\nonly in {}:", names[side])?;
            table(&mut out, only[side], style)?;
            rest(&mut out, difference.only[side].len() - only[side].len(), style)?;
        }
    }
    if !moved.is_empty() {
        writeln!(out, "\nwith another id:")?;
        let rows = moved.iter().map(|moved| {
            vec![moved.entry.id.to_string(), moved.other.to_string(), quoted(&moved.entry.bytes)]
        });
        Table { header: vec!["id", "other id", "text"], rows: rows.collect(), has_total: false, words: 1 }
            .write(&mut out, style)?;
        rest(&mut out, difference.moved.len() - moved.len(), style)?;
    }
    out.flush()
}
