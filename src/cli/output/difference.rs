//! Where two encodings differ, for people: what they cut alike on lines that begin with `=`, the rest under each other.
//!
//! Each token ends with a border. Which stretches there are is found by `showing::difference`.

use std::collections::VecDeque;
use std::io::{self, Write};

use anstyle::Style;
use bytepair::{Span, TokenId};

use super::show::{Kind, Look, put, spell};
use crate::cli::showing::difference::Stretch;
use crate::cli::showing::visible::{BORDER, Visible};
use crate::cli::showing::{Token, Window};

/// How many tokens that are alike are shown before and after those that differ.
const NEAR: usize = 8;

/// How the two are called at the beginnings of lines.
pub(crate) const SIDES: [char; 2] = ['A', 'B'];
const ALIKE: char = '=';

/// What is known of a token of either side: its own bytes, and whether it is a special token.
pub(crate) type Knowing<'a> = &'a dyn Fn(usize, TokenId) -> (Vec<u8>, bool);

/// Writes stretches one after another.
pub(crate) struct DifferenceWriter<'a> {
    look: Look,
    /// Whether all that is alike is written.
    all: bool,
    knows: Knowing<'a>,
    visible: [Visible; 2],
    alike: Alike,
    /// What differs, to be written when something alike comes.
    rows: Option<[Row; 2]>,
    /// How many tokens that differ were written: their colours go in turn.
    places: usize,
    /// What there was.
    pub(crate) sums: Sums,
}

/// What two encodings have of a text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sums {
    /// How many places there are where they differ.
    pub(crate) places: u64,
    /// How many bytes of the text these have together.
    pub(crate) bytes: u64,
    /// How many tokens each has.
    pub(crate) tokens: [u64; 2],
}

/// A token, made visible.
struct Cell {
    /// It with its border; where it breaks the line, the new one begins with the name of its side.
    text: String,
    /// Whether the line breaks after it.
    breaks: bool,
}

/// Lines of tokens, of one side or of both.
struct Row {
    name: char,
    text: String,
    /// Whether something stands on the last line.
    is_begun: bool,
}

impl Row {
    fn new(name: char) -> Row {
        Row { name, text: String::new(), is_begun: false }
    }

    fn begin(&mut self) {
        if !std::mem::replace(&mut self.is_begun, true) {
            self.text.extend([self.name, BORDER]);
        }
    }

    fn push(&mut self, cell: &Cell) {
        self.begin();
        self.text.push_str(&cell.text);
        if cell.breaks {
            self.end();
        }
    }

    fn end(&mut self) {
        if std::mem::take(&mut self.is_begun) {
            self.text.push('\n');
        }
    }

    fn write(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let written = out.write_all(self.text.as_bytes());
        self.text.clear();
        written
    }
}

/// Tokens that are alike, since something differed.
struct Alike {
    row: Row,
    written: usize,
    /// The last ones, if not all are to be written.
    held: VecDeque<Cell>,
    hidden: u64,
}

impl Alike {
    fn push(&mut self, cell: Cell, all: bool, out: &mut dyn Write) -> io::Result<()> {
        if all || self.written < NEAR {
            self.written += 1;
            self.row.push(&cell);
            return self.row.write(out);
        }
        self.held.push_back(cell);
        if self.held.len() > NEAR {
            self.held.pop_front();
            self.hidden += 1;
        }
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let hidden = std::mem::take(&mut self.hidden);
        if hidden > 0 {
            self.row.end();
            let noun = if hidden == 1 { "token" } else { "tokens" };
            self.row
                .push(&Cell { text: format!("‹… {hidden} {noun} alike …›{BORDER}"), breaks: true });
        }
        self.held.drain(..).for_each(|cell| self.row.push(&cell));
        self.row.end();
        self.written = 0;
        self.row.write(out)
    }
}

impl<'a> DifferenceWriter<'a> {
    /// A writer.
    pub(crate) fn new(look: Look, all: bool, knows: Knowing<'a>) -> DifferenceWriter<'a> {
        let visible = [(); 2].map(|()| Visible::new(true));
        let alike = Alike { row: Row::new(ALIKE), written: 0, held: VecDeque::new(), hidden: 0 };
        DifferenceWriter { look, all, knows, visible, alike, rows: None, places: 0, sums: Sums::default() }
    }

    /// Writes a stretch.
    pub(crate) fn stretch(
        &mut self,
        window: &Window,
        stretch: Stretch<'_>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        for (sum, side) in self.sums.tokens.iter_mut().zip(stretch.sides) {
            *sum += side.len() as u64;
        }
        if stretch.is_alike() {
            self.end_differing(out)?;
            let cell = self.alike_cell(window, &stretch);
            return self.alike.push(cell, self.all, out);
        }
        self.alike.end(out)?;
        self.sums.bytes += (stretch.end - stretch.start) as u64;
        let mut rows = self.rows.take().unwrap_or_else(|| {
            self.sums.places += 1;
            SIDES.map(Row::new)
        });
        for (side, row) in rows.iter_mut().enumerate() {
            let mut at = stretch.start;
            for &span in stretch.sides[side] {
                let cell = self.cell(side, window, span, at);
                row.push(&cell);
                at = at.max(span.end);
            }
        }
        self.rows = Some(rows);
        Ok(())
    }

    /// Ends a text.
    pub(crate) fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.end_differing(out)?;
        self.alike.end(out)?;
        self.visible = [(); 2].map(|()| Visible::new(true));
        Ok(())
    }

    fn end_differing(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let Some(rows) = self.rows.take() else { return Ok(()) };
        for mut row in rows {
            if row.text.is_empty() {
                row.begin();
            }
            row.end();
            row.write(out)?;
        }
        Ok(())
    }

    /// A token of one side, `at` being where the one before it ended.
    fn cell(&mut self, side: usize, window: &Window, span: Span, at: usize) -> Cell {
        let Span { id, start, end } = span;
        let (text, skipped) = (window.slice(start, end), window.slice(at, start));
        let token = Token { id, text, skipped, after: window.after(end) };
        let shown = self.shown(side, token);
        let kind = Kind { special: (self.knows)(side, id).1, over: false };
        let style = self.look.style(self.places, kind);
        self.places += 1;
        let id = if self.look.ids { format!(":{id}") } else { String::new() };
        finished(&shown, style, SIDES[side], &id)
    }

    /// A token that both have. What comes of the text goes to both, as later tokens may complete a character.
    fn alike_cell(&mut self, window: &Window, stretch: &Stretch<'_>) -> Cell {
        let text = window.slice(stretch.start, stretch.end);
        let ids = stretch.sides.map(|side| side.first().map_or(0, |span| span.id));
        let [shown, _] = [0, 1].map(|side| {
            let after = window.after(stretch.end);
            self.shown(side, Token { id: ids[side], text, skipped: &[], after })
        });
        let ids = match (self.look.ids, ids) {
            (false, _) => String::new(),
            (true, [left, right]) if left == right => format!(":{left}"),
            (true, [left, right]) => format!(":{left}/{right}"),
        };
        finished(&shown, Style::new(), ALIKE, &ids)
    }

    fn shown(&mut self, side: usize, token: Token<'_>) -> String {
        let (own, is_special) = (self.knows)(side, token.id);
        let mut shown = String::new();
        spell(&mut self.visible[side], token, &own, is_special, &mut shown);
        shown
    }
}

/// A token with its style, id and border.
fn finished(shown: &str, style: Style, name: char, id: &str) -> Cell {
    let mut text = String::new();
    let breaks = put(shown, style, &format!("\n{name}{BORDER}"), &mut text);
    text.push_str(id);
    text.push(BORDER);
    Cell { text, breaks }
}
