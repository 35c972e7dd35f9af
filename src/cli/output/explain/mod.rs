//! Explanations as text: what the text became, the merges of each piece as a table, and what follows from them. As JSON in
//! `json`.

mod json;
mod row;

use std::collections::HashMap;
use std::io::{self, Write};

use bytepair::explain::{MergeStep, Piece, Symbol, Way};

use crate::cli::explaining::reasons::{self, Expectation};
use crate::cli::explaining::{Explained, Other};
use crate::cli::literal::plain;
use crate::cli::output::table::Table;
use crate::cli::output::{Style, stdout};
use crate::cli::plan::Basis;
use crate::cli::width;
pub(crate) use json::json;
use row::Row;

/// How wide lines are that do not go to a terminal, and at least on narrow ones.
const WIDTH: usize = 110;
const NARROWEST: usize = 40;

/// How wide the keys of the first lines are.
const KEYS: usize = 12;

/// How wide the first two columns of other encodings are, with the gaps after them.
const OTHERS: usize = 25;

/// How much is shown, and how.
pub(crate) struct How {
    /// The most merges of a piece; 0 is all.
    pub(crate) limit: usize,
    /// Whether it is said of all neighbours that are left why they are not merged.
    pub(crate) neighbours: bool,
    /// How text looks.
    pub(crate) style: Style,
    /// How many columns the terminal has, if it is one.
    pub(crate) columns: Option<usize>,
}

impl How {
    /// What is left of a line beside so many characters.
    fn beside(&self, taken: usize) -> usize {
        self.columns.map_or(WIDTH, |columns| columns.max(NARROWEST)).saturating_sub(taken).max(NARROWEST / 5)
    }

    /// A text in a line with others.
    fn short(&self, bytes: &[u8]) -> String {
        cut(plain(bytes), self.beside(0) / 3)
    }
}

/// Writes explanations, with an empty line between two.
pub(crate) fn text(basis: &Basis, all: &[Explained], how: &How) -> io::Result<()> {
    let mut out = stdout();
    for (place, explained) in all.iter().enumerate() {
        if place > 0 {
            writeln!(out)?;
        }
        one(&mut out, basis, explained, how)?;
    }
    out.flush()
}

fn one(out: &mut impl Write, basis: &Basis, explained: &Explained, how: &How) -> io::Result<()> {
    let style = how.style;
    let pieces = &explained.explanation.pieces;
    let ids = explained.explanation.ids();
    let mut line = |key: &str, value: String| writeln!(out, "{}", format!("{key:<KEYS$}{value}").trim_end());
    let room = how.beside(KEYS);
    let beside_number = |number: usize| room.saturating_sub(style.number(number as u64).len() + 2);
    line("text", trimmed([plain(&explained.text)], room))?;
    if explained.explanation.is_normalized {
        line("normalized", trimmed([plain(&explained.explanation.text)], room))?;
    }
    let model = basis.model.as_ref().map(|model| format!(" ({})", model.name));
    line("encoding", format!("{}{}", basis.encoding, model.unwrap_or_default()))?;
    let texts = trimmed(pieces.iter().map(|piece| plain(&piece.bytes)), beside_number(pieces.len()));
    line("pieces", format!("{}: {texts}", style.number(pieces.len() as u64)))?;
    let tokens = ids.iter().map(|&id| reasons::shown(&basis.tokenizer, id));
    line(
        "tokens",
        format!(
            "{}: {}",
            style.number(ids.len() as u64),
            style.strong(&trimmed(tokens, beside_number(ids.len())))
        ),
    )?;
    line("ids", trimmed(ids.iter().map(ToString::to_string), room))?;
    let mut seen: HashMap<(&[u8], bool), usize> = HashMap::new();
    let shown = if how.limit == 0 { pieces.len() } else { pieces.len().min(how.limit) };
    for (place, piece) in pieces.iter().take(shown).enumerate() {
        writeln!(out)?;
        let heading = match pieces.len() {
            1 => how.short(&piece.bytes),
            count => format!("piece {} of {count}: {}", place + 1, how.short(&piece.bytes)),
        };
        match seen.entry((&piece.bytes, piece.way == Way::Special)) {
            std::collections::hash_map::Entry::Occupied(first) => {
                writeln!(out, "{}, as piece {}", style.strong(&heading), first.get() + 1)?;
            }
            std::collections::hash_map::Entry::Vacant(place_of) => {
                place_of.insert(place);
                one_piece(out, basis, piece, &heading, how)?;
            }
        }
    }
    if shown < pieces.len() {
        let more = style.number((pieces.len() - shown) as u64);
        writeln!(out, "\nmore pieces: {more} (--limit 0 shows all)")?;
    }
    for expectation in &explained.expectations {
        writeln!(out)?;
        expected(out, pieces, expectation, how)?;
    }
    if !explained.others.is_empty() {
        writeln!(out)?;
        others(out, &explained.others, how)?;
    }
    Ok(())
}

fn one_piece(out: &mut impl Write, basis: &Basis, piece: &Piece, heading: &str, how: &How) -> io::Result<()> {
    let style = how.style;
    let heading = style.strong(heading);
    let id = piece.ids.first().copied().unwrap_or_default();
    if piece.way == Way::Special {
        return writeln!(out, "{heading}\n  the special token {id}, found before the text is cut");
    }
    let count = |number: usize, noun: &str| style.counted(number as u64, noun);
    writeln!(
        out,
        "{heading}: {}, {}, {}",
        count(piece.symbols.len(), "symbol"),
        count(piece.merges.len(), "merge"),
        count(piece.ids.len(), "token")
    )?;
    merges(out, piece, how)?;
    let comes_to = || {
        trimmed(
            piece.merged.iter().map(|symbol| plain(&piece.bytes[symbol.start..symbol.end])),
            how.beside(36).max(NARROWEST / 2),
        )
    };
    match (piece.way, piece.merged.len()) {
        (Way::Whole, 1) => writeln!(out, "  looked up as a whole: token {id} (merging comes to the same)")?,
        (Way::Whole, _) => {
            writeln!(out, "  looked up as a whole: token {id} (merging would come to {})", comes_to())?
        }
        (_, 1) => {}
        _ => writeln!(out, "  no two neighbours merge any more: {}", comes_to())?,
    }
    if piece.merged.iter().any(|symbol| symbol.id.is_none()) {
        writeln!(out, "  what is no token became what stands for the unknown")?;
    }
    if how.neighbours && piece.way == Way::Merged {
        for pair in piece.merged.windows(2) {
            neighbours(out, basis, piece, pair, how)?;
        }
    }
    Ok(())
}

/// The merges of a piece, each with the row that it leaves.
fn merges(out: &mut impl Write, piece: &Piece, how: &How) -> io::Result<()> {
    if piece.merges.is_empty() {
        return Ok(());
    }
    let shown = if how.limit == 0 { piece.merges.len() } else { piece.merges.len().min(how.limit) };
    let joined = |step: &MergeStep| {
        let parts =
            [step.start..step.middle, step.middle..step.end].map(|range| how.short(&piece.bytes[range]));
        parts.join(" + ")
    };
    let steps = &piece.merges[..shown];
    let widest = steps.iter().map(|step| width::of(&joined(step))).max().unwrap_or(0);
    let ranks = steps.iter().map(|step| step.rank.to_string().len()).max().unwrap_or(0);
    // The signs for what is left out take four columns.
    let taken = 6 + 2 + ranks.max(4) + 2 + widest.max(5) + 2 + 4;
    let is_narrow = how.columns.is_some_and(|columns| columns < taken + NARROWEST / 5);
    let room = how.beside(if is_narrow { 8 } else { taken });
    let mut row = Row::new(piece, how.style);
    let mut rows = vec![vec!["  0".to_owned(), String::new(), String::new(), row.shown(None, room)]];
    for (place, step) in steps.iter().enumerate() {
        row.join(step);
        let row = row.shown(Some(step.start), room);
        rows.push(vec![format!("  {}", place + 1), step.rank.to_string(), joined(step), row]);
    }
    if is_narrow {
        let rest = rows.iter_mut().map(|row| row.pop().unwrap_or_default()).collect::<Vec<String>>();
        for (row, rest) in rows.iter().zip(rest) {
            writeln!(out, "{}", row.join("  ").trim_end())?;
            writeln!(out, "    {rest}")?;
        }
    } else {
        let header = vec!["  step", "rank", "merge", "row"];
        Table { header, rows, has_total: false, words: 2 }.write(out, how.style)?;
    }
    if shown < piece.merges.len() {
        let more = how.style.number((piece.merges.len() - shown) as u64);
        writeln!(out, "  more merges: {more} (--limit 0 shows all)")?;
    }
    Ok(())
}

fn neighbours(
    out: &mut impl Write,
    basis: &Basis,
    piece: &Piece,
    pair: &[Symbol],
    how: &How,
) -> io::Result<()> {
    let [left, right] = [pair[0], pair[1]].map(|symbol| how.short(&piece.bytes[symbol.start..symbol.end]));
    let ids = pair[0].id.zip(pair[1].id);
    let why = ids.and_then(|(left, right)| reasons::neighbours(&basis.tokenizer, left, right));
    let words = why.map_or("one of them is not known".to_owned(), |(_, words)| words);
    writeln!(out, "  {left} + {right}: {words}")
}

fn expected(out: &mut impl Write, pieces: &[Piece], expectation: &Expectation, how: &How) -> io::Result<()> {
    let token = how.short(&expectation.token);
    let Some(id) = expectation.id else {
        return writeln!(out, "expected {token}: {}", expectation.made);
    };
    writeln!(out, "expected {token}, the token {id} ({})", expectation.made)?;
    if expectation.places.is_empty() {
        let why = "its bytes are not in the text; a space before a word belongs to the token";
        return writeln!(out, "  {why}");
    }
    for place in &expectation.places {
        let piece = if pieces.len() == 1 { String::new() } else { format!("piece {}, ", place.piece + 1) };
        writeln!(out, "  {piece}byte {} to {}: {}", place.start, place.end, place.words)?;
    }
    if expectation.has_more {
        writeln!(out, "  and more places")?;
    }
    Ok(())
}

fn others(out: &mut impl Write, others: &[Other], how: &How) -> io::Result<()> {
    let rows = others.iter().map(|other| {
        let texts = other.tokens.iter().map(|(_, bytes)| plain(bytes));
        vec![
            how.style.number(other.tokens.len() as u64),
            other.encoding.clone(),
            trimmed(texts, how.beside(OTHERS)),
        ]
    });
    let last = if how.beside(OTHERS) < 18 { "texts" } else { "text of the tokens" };
    let header = vec!["tokens", "other encodings", last];
    Table { header, rows: rows.collect(), has_total: false, words: 2 }.write(out, how.style)
}

/// Texts with spaces between them in so many columns: what is left out is told, in short if there is little room.
fn trimmed(texts: impl IntoIterator<Item = String>, room: usize) -> String {
    let is_brief = room < 32;
    let columns = room.saturating_sub(if is_brief { 7 } else { 16 });
    let (mut out, mut used, mut left_out) = (String::new(), 0, 0);
    for text in texts {
        let gap = usize::from(!out.is_empty());
        let length = width::of(&text);
        if left_out > 0 || (used + gap + length > columns && gap > 0) {
            left_out += 1;
            continue;
        }
        out.extend((gap > 0).then_some(' '));
        out.push_str(&cut(text, columns));
        used += gap + length;
    }
    match (left_out, is_brief) {
        (0, _) => {}
        (_, true) => out.push_str(&format!(" … +{left_out}")),
        (_, false) => out.push_str(&format!(" … and {left_out} more")),
    }
    out
}

/// A text, or so many columns of it.
fn cut(text: String, columns: usize) -> String {
    match width::head(&text, columns) {
        head if head.len() < text.len() => format!("{head}…"),
        _ => text,
    }
}
