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
use super::chars::Before;
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
    inner: Rows,
    /// The first border is that between the first two sections.
    borders: Rows,
    /// How many tokens each border took from either side.
    taken: Vec<(usize, usize)>,
}

/// Rows of parts that are merged side by side.
#[derive(Default)]
struct Rows {
    /// The parts of all rows, then the tokens of each where its parts were.
    ranks: Vec<Rank>,
    /// The rank of each part together with the one before it.
    joined: Vec<Rank>,
    stretches: Vec<Stretch>,
}

/// Where the parts or tokens of a row are.
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
        self.inner.clear();
        self.inner.add(tables, window, ENOUGH_PARTS);
        self.inner.merge_all::<LARGE>(tables);
        self.lay_borders(tables, window);
        self.borders.merge_all::<SMALL>(tables);
    }

    /// How many sections there are.
    pub(super) fn len(&self) -> usize {
        self.inner.stretches.len()
    }

    /// The tokens of a section, merged alone.
    pub(super) fn tokens(&self, section: usize) -> &[Rank] {
        self.inner.row(section)
    }

    /// The border before a section; `None` if it is open, which that before the first always is.
    pub(super) fn border_before(&self, section: usize) -> Option<Border<'_>> {
        let border = section.checked_sub(1)?;
        let (left, right) = self.taken[border];
        let tokens = self.borders.row(border);
        let before = self.tokens(section - 1);
        let outermost =
            (*before.get(before.len() - left)?, *self.tokens(section).get(right.checked_sub(1)?)?);
        (tokens.first() == Some(&outermost.0) && tokens.last() == Some(&outermost.1)).then_some(Border {
            left,
            right,
            tokens,
        })
    }

    /// Finds the parts of the borders between sections that are merged.
    fn lay_borders(&mut self, tables: &Tables, window: &[u8]) {
        self.borders.clear();
        self.taken.clear();
        let length = |&rank: &Rank| tables.token_length(rank);
        let mut at = 0;
        for section in 1..self.len() {
            let before = self.inner.row(section - 1);
            at += before.iter().map(length).sum::<usize>();
            let (left, left_bytes) = reach(before.iter().rev().map(length));
            let (right, right_bytes) = reach(self.inner.row(section).iter().map(length));
            // With no token on one side, there is nothing to be merged across the border.
            let is_open = left == 0 || right == 0;
            let border = if is_open { at..at } else { at - left_bytes..at + right_bytes };
            self.borders.add(tables, &window[border], usize::MAX);
            self.taken.push((left, right));
        }
    }
}

impl Rows {
    fn clear(&mut self) {
        self.ranks.clear();
        self.joined.clear();
        self.stretches.clear();
    }

    fn row(&self, place: usize) -> &[Rank] {
        let Stretch { first, count } = self.stretches[place];
        &self.ranks[first..first + count]
    }

    /// Adds the parts of these bytes, as a new row whenever there are `enough`; as one empty row if there are none.
    fn add(&mut self, tables: &Tables, bytes: &[u8], enough: usize) {
        let mut first = self.ranks.len();
        let mut parts = tables.parts(bytes);
        let mut before = Before::NOTHING;
        while let Some((part, joined, is_between)) = parts.next_with_pair(&tables.pairs, &mut before) {
            self.ranks.push(part);
            self.joined.push(joined);
            let count = self.ranks.len() - first;
            if count >= enough && (count == MOST_PARTS || is_between) {
                self.stretches.push(Stretch { first, count });
                first += count;
            }
        }
        if self.ranks.len() > first || bytes.is_empty() {
            self.stretches.push(Stretch { first, count: self.ranks.len() - first });
        }
    }

    /// Merges each row, of at most `ROOM - 2` parts, and puts its tokens where its parts were.
    fn merge_all<const ROOM: usize>(&mut self, tables: &Tables) {
        let ranks = Cell::from_mut(&mut self.ranks[..]).as_slice_of_cells();
        let stretches = Cell::from_mut(&mut self.stretches[..]).as_slice_of_cells();
        lanes::run::<ROOM, _>(
            stretches.len(),
            |place, row| {
                let Stretch { first, count } = stretches[place].get();
                let joined = self.joined[first..first + count].iter().copied();
                let parts = ranks[first..first + count].iter().map(Cell::get).zip(joined);
                row.begin_with_pairs(parts, &tables.pairs);
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
