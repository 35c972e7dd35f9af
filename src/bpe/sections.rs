//! Merging one window of a long piece in short sections, side by side.
//!
//! ```text
//! sections = the window, cut after every few dozen parts
//! merge the sections side by side                                     lanes
//! borders  = the last few tokens of each section with the first few of the next
//! merge the bytes of the borders side by side                         lanes
//! ```
//!
//! Where a border comes out with the same outermost tokens as before, its tokens fit to both sides: all
//! neighbours in it are compatible (see `window`), and so were its outermost tokens with what lies beyond.
//! That is nearly always so, and then there is nothing left to do but to copy. The other borders are told to
//! be open, and mended by `kept`.

use std::cell::Cell;

use super::Tables;
use super::lanes;
use super::merge::{LARGE, SMALL};
use crate::token::Rank;

/// The most parts a section has: room for them in a row, whose ends stand for neighbours that are not there.
const MOST_PARTS: usize = LARGE - 2;

/// From this many parts on, a section ends before the next byte that can begin a character.
const ENOUGH_PARTS: usize = MOST_PARTS - 3;

/// What a border takes from either side at most: few tokens are merged twice, and still nearly all changes end
/// within them.
const BORDER_TOKENS: usize = 3;
const BORDER_BYTES: usize = SMALL / 2 - 1;

/// The sections of a window, with their tokens; the memory is kept between windows.
#[derive(Default)]
pub(super) struct Sections {
    /// The parts of all sections, then the tokens of each where its parts were.
    ranks: Vec<Rank>,
    sections: Vec<Stretch>,
    /// The same for the borders; the first is that between the first two sections.
    border_ranks: Vec<Rank>,
    borders: Vec<Stretch>,
    /// How many tokens each border took from either side.
    taken: Vec<(usize, usize)>,
}

/// Where the parts or tokens of a section or border are.
#[derive(Clone, Copy)]
struct Stretch {
    first: usize,
    count: usize,
}

/// The tokens that came of the last `left` tokens of a section and the first `right` of the next. The outermost
/// are as they were.
pub(super) struct Border<'s> {
    pub(super) left: usize,
    pub(super) right: usize,
    pub(super) tokens: &'s [Rank],
}

impl Sections {
    /// Merges the sections of this window, and their borders.
    pub(super) fn merge(&mut self, tables: &Tables, window: &[u8]) {
        self.cut(tables, window);
        merge_all::<LARGE>(tables, &mut self.ranks, &mut self.sections);
        self.lay_borders(tables, window);
        merge_all::<SMALL>(tables, &mut self.border_ranks, &mut self.borders);
    }

    /// How many sections there are.
    pub(super) fn len(&self) -> usize {
        self.sections.len()
    }

    /// The tokens of a section, merged alone.
    pub(super) fn tokens(&self, section: usize) -> &[Rank] {
        let Stretch { first, count } = self.sections[section];
        &self.ranks[first..first + count]
    }

    /// The border before a section; `None` if it is open, which that before the first always is.
    pub(super) fn border_before(&self, section: usize) -> Option<Border<'_>> {
        let border = section.checked_sub(1)?;
        let (left, right) = self.taken[border];
        let Stretch { first, count } = self.borders[border];
        let tokens = &self.border_ranks[first..first + count];
        let before = self.tokens(section - 1);
        let outermost =
            (*before.get(before.len() - left)?, *self.tokens(section).get(right.checked_sub(1)?)?);
        (tokens.first() == Some(&outermost.0) && tokens.last() == Some(&outermost.1)).then_some(Border {
            left,
            right,
            tokens,
        })
    }

    /// Cuts the window into sections, and finds their parts.
    fn cut(&mut self, tables: &Tables, window: &[u8]) {
        self.ranks.clear();
        self.sections.clear();
        let mut parts = tables.parts(window);
        let mut first = 0;
        while let Some(part) = parts.next() {
            self.ranks.push(part);
            let count = self.ranks.len() - first;
            if count >= ENOUGH_PARTS && (count == MOST_PARTS || parts.is_between_characters()) {
                self.sections.push(Stretch { first, count });
                first += count;
            }
        }
        if self.ranks.len() > first {
            self.sections.push(Stretch { first, count: self.ranks.len() - first });
        }
    }

    /// Finds the parts of the borders between sections that are merged.
    fn lay_borders(&mut self, tables: &Tables, window: &[u8]) {
        self.border_ranks.clear();
        self.borders.clear();
        self.taken.clear();
        let length = |&rank: &Rank| tables.pieces.token_length(rank);
        let mut at = 0;
        for section in 1..self.sections.len() {
            let before = self.tokens(section - 1);
            at += before.iter().map(length).sum::<usize>();
            let (left, left_bytes) = reach(before.iter().rev().map(length));
            let (right, right_bytes) = reach(self.tokens(section).iter().map(length));
            let first = self.border_ranks.len();
            // With no token on one side, there is nothing to be merged across the border.
            if left > 0 && right > 0 {
                self.border_ranks.extend(tables.parts(&window[at - left_bytes..at + right_bytes]));
            }
            self.borders.push(Stretch { first, count: self.border_ranks.len() - first });
            self.taken.push((left, right));
        }
    }
}

/// How many of the tokens of these lengths a border takes, and how many bytes they have.
fn reach(lengths: impl Iterator<Item = usize>) -> (usize, usize) {
    let (mut tokens, mut bytes) = (0, 0);
    for length in lengths.take(BORDER_TOKENS) {
        if bytes + length > BORDER_BYTES {
            break;
        }
        tokens += 1;
        bytes += length;
    }
    (tokens, bytes)
}

/// Merges each stretch of at most `ROOM - 2` parts, and puts its tokens where its parts were.
fn merge_all<const ROOM: usize>(tables: &Tables, ranks: &mut [Rank], stretches: &mut [Stretch]) {
    let ranks = Cell::from_mut(ranks).as_slice_of_cells();
    let stretches = Cell::from_mut(stretches).as_slice_of_cells();
    lanes::run::<ROOM, _>(
        stretches.len(),
        |place, row| {
            let Stretch { first, count } = stretches[place].get();
            row.begin(ranks[first..first + count].iter().map(Cell::get), &tables.pairs);
        },
        &tables.pairs,
        |place, row| {
            let first = stretches[place].get().first;
            let mut count = 0;
            row.each(|token| {
                ranks[first + count].set(token);
                count += 1;
            });
            stretches[place].set(Stretch { first, count });
        },
    );
}
