//! The row of parts that a piece is, while it is merged: each with its neighbours, so that a merge takes no longer in a
//! long row, and the part of it around the last merge can be shown.

use bytepair::explain::{MergeStep, Piece};

use crate::cli::literal::plain;
use crate::cli::output::Style;
use crate::cli::width;

/// The row. Parts have the numbers of the symbols that they begin with.
pub(super) struct Row<'p> {
    piece: &'p Piece,
    style: Style,
    ends: Vec<usize>,
    before: Vec<Option<usize>>,
    after: Vec<Option<usize>>,
}

impl<'p> Row<'p> {
    /// The row before the first merge.
    pub(super) fn new(piece: &'p Piece, style: Style) -> Row<'p> {
        let count = piece.symbols.len();
        Row {
            piece,
            style,
            ends: piece.symbols.iter().map(|symbol| symbol.end).collect(),
            before: (0..count).map(|at: usize| at.checked_sub(1)).collect(),
            after: (0..count).map(|at| Some(at + 1).filter(|&after| after < count)).collect(),
        }
    }

    /// Does a merge.
    pub(super) fn join(&mut self, step: &MergeStep) {
        let (left, right) = (self.number(step.start), self.number(step.middle));
        self.ends[left] = step.end;
        self.after[left] = self.after[right];
        if let Some(after) = self.after[left] {
            self.before[after] = Some(left);
        }
    }

    /// The number of the symbol that begins at this byte.
    fn number(&self, start: usize) -> usize {
        self.piece.symbols.partition_point(|symbol| symbol.start < start)
    }

    fn text(&self, at: usize) -> String {
        plain(&self.piece.bytes[self.piece.symbols[at].start..self.ends[at]])
    }

    /// The row, or as much of it around the part that begins at byte `around` as has room.
    pub(super) fn shown(&self, around: Option<usize>, columns: usize) -> String {
        let center = around.map_or(0, |start| self.number(start));
        let text = super::cut(self.text(center), columns);
        let mut used = width::of(&text);
        let mut parts = vec![if around.is_some() { self.style.strong(&text) } else { text }];
        let (mut left, mut right) = (self.before[center], self.after[center]);
        let mut left_parts = Vec::new();
        let mut has_room = [true; 2];
        while has_room[0] && left.is_some() || has_room[1] && right.is_some() {
            for (side, next) in [&mut left, &mut right].into_iter().enumerate() {
                let Some(at) = *next else { continue };
                let text = self.text(at);
                let length = width::of(&text) + 1;
                if !has_room[side] || used + length > columns {
                    has_room[side] = false;
                    continue;
                }
                used += length;
                if side == 0 {
                    left_parts.push(text);
                    *next = self.before[at];
                } else {
                    parts.push(text);
                    *next = self.after[at];
                }
            }
        }
        let row: Vec<String> = left_parts.into_iter().rev().chain(parts).collect();
        let [before, after] =
            [(left, "… "), (right, " …")].map(|(more, sign)| if more.is_some() { sign } else { "" });
        format!("{before}{}{after}", row.join(" "))
    }
}
