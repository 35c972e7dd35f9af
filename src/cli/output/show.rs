//! Tokens for people: in colours, or with borders between them.
//!
//! Texts are made visible by `showing::visible`: a line feed in what it gives is a place where the line breaks. Where two
//! encodings differ is written by `difference`.

use std::io::{self, Write};

use anstyle::{Ansi256Color, Color, Style};
use bytepair::TokenId;

use crate::cli::showing::Token;
use crate::cli::showing::visible::{BORDER, Visible};

/// Backgrounds in turn, of the 256 colours that terminals share: pale ones, on which black can be read whether the
/// terminal is dark or light.
const COLORS: [u8; 6] = [153, 223, 157, 219, 229, 189];
/// The same for what is past the limit: dark ones, on which white can be read.
const COLORS_OVER: [u8; 3] = [88, 52, 124];
const BLACK: u8 = 16;
const WHITE: u8 = 231;

/// How tokens look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// In colours; else with borders.
    pub(crate) coloured: bool,
    /// With their ids.
    pub(crate) ids: bool,
}

/// What a token is besides its text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Kind {
    /// It is a special token.
    pub(crate) special: bool,
    /// It is past the limit.
    pub(crate) over: bool,
}

impl Look {
    /// The style of the token at a place: that of its neighbours is another.
    pub(crate) fn style(self, place: usize, kind: Kind) -> Style {
        if !self.coloured {
            return Style::new();
        }
        let color = |code: u8| Some(Color::Ansi256(Ansi256Color(code)));
        let style = match kind.over {
            false => Style::new().fg_color(color(BLACK)).bg_color(color(COLORS[place % COLORS.len()])),
            true => {
                let background = COLORS_OVER[place % COLORS_OVER.len()];
                Style::new().fg_color(color(WHITE)).bg_color(color(background)).italic()
            }
        };
        if kind.special { style.bold().underline() } else { style }
    }
}

/// Writes tokens one after another.
pub(crate) struct Painter {
    look: Look,
    visible: Visible,
    /// How many tokens were written.
    written: usize,
    /// Whether the line is to break before the next token.
    breaks: bool,
    /// Whether something stands on the line.
    is_begun: bool,
    shown: String,
    line: String,
}

impl Painter {
    /// Writes tokens that look so.
    pub(crate) fn new(look: Look) -> Painter {
        let visible = Visible::new(!look.coloured);
        let (shown, line) = (String::new(), String::new());
        Painter { look, visible, written: 0, breaks: false, is_begun: false, shown, line }
    }

    /// A new text begins.
    pub(crate) fn begin_text(&mut self) {
        self.visible = Visible::new(!self.look.coloured);
    }

    /// Passes over a token that is not to be written; it may begin a character.
    pub(crate) fn pass_over(&mut self, token: Token<'_>) {
        self.shown.clear();
        self.visible.token(token.text, token.after, &mut self.shown);
        self.written += 1;
    }

    /// Writes a token. `own` are its bytes, for one that stands for no text.
    pub(crate) fn token(
        &mut self,
        token: Token<'_>,
        own: &[u8],
        kind: Kind,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        self.shown.clear();
        self.line.clear();
        spell(&mut self.visible, token, own, kind.special, &mut self.shown);
        if self.is_begun && !self.look.coloured {
            self.line.push(BORDER);
        }
        if std::mem::take(&mut self.breaks) {
            self.line.push('\n');
        }
        let style = self.look.style(self.written, kind);
        self.breaks = put(&self.shown, style, "\n", &mut self.line);
        if self.look.ids {
            self.line.push_str(&shown_id(token.id, self.look));
        }
        self.written += 1;
        self.is_begun = true;
        out.write_all(self.line.as_bytes())
    }

    /// Writes a line that is no part of the text.
    pub(crate) fn line(
        &mut self,
        what: &str,
        style: crate::cli::output::Style,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        self.end(out)?;
        writeln!(out, "{}", style.strong(&format!("‹──── {what} ────›")))
    }

    /// Ends the line.
    pub(crate) fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.breaks = false;
        if std::mem::take(&mut self.is_begun) { out.write_all(b"\n") } else { Ok(()) }
    }
}

/// Puts a token to `out`, made visible. `own` are its bytes, for one that stands for no text.
pub(crate) fn spell(visible: &mut Visible, token: Token<'_>, own: &[u8], is_special: bool, out: &mut String) {
    if !token.skipped.is_empty() {
        visible.without_other('-', token.skipped, out);
    }
    match (is_special, token.text.is_empty()) {
        (true, true) => visible.special(own, out),
        (true, false) => visible.special(token.text, out),
        (false, true) => visible.without_other('+', own, out),
        (false, false) => visible.token(token.text, token.after, out),
    }
}

fn shown_id(id: TokenId, look: Look) -> String {
    if look.coloured { format!("{id} ") } else { format!(":{id}") }
}

/// Puts the text of a token to `out`, each line in its style and `joint` between them, but for a break of the line at its end, which is told.
pub(crate) fn put(text: &str, style: Style, joint: &str, out: &mut String) -> bool {
    let (text, breaks) = match text.strip_suffix('\n') {
        Some(text) => (text, true),
        None => (text, false),
    };
    for (place, line) in text.split('\n').enumerate() {
        if place > 0 {
            out.push_str(joint);
        }
        if !line.is_empty() {
            out.push_str(&format!("{style}{line}{style:#}"));
        }
    }
    breaks
}
