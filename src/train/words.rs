//! The different pieces of a corpus, laid end to end as symbols, for merging.
//!
//! ```text
//! | t h e | o f | t o d a y |          one cell a byte; | stands between words
//! | A . A | o f | B B d a y |          after (t h) and (th e) became A, and (t o) became B
//! ```
//!
//! A symbol of several bytes is written into its first and its last cell, so that it is found at once from the place next
//! to it, on either side; the cells between are holes. Borders between symbols only vanish, never appear.
//!
//! Words are in the order of how often they occur, the most frequent first. So the weight of a place is a step
//! function with few steps, and needs no memory for each word; and what is looked at most lies together.

use std::collections::HashMap;
use std::ops::Range;

use super::Text;
use super::start::Symbols;
use crate::error::{Error, ErrorKind};

/// Counts below this are looked up in a table.
const SMALL_COUNT: u64 = 1 << 16;

/// The most cells of a part: places are numbers of 32 bits.
const MOST_CELLS: u64 = u32::MAX as u64 - 1;

/// A number for a token while merging.
pub(super) trait Symbol: Copy + Eq + Send + Sync + 'static {
    /// What stands between words.
    const BORDER: Self;
    /// What stands in the middle of a symbol.
    const HOLE: Self;
    /// As an index.
    fn index(self) -> usize;
    /// From an index, which is below those of the two above.
    fn new(index: usize) -> Self;
    /// The same in more bits.
    fn widened(self) -> u32;
}

macro_rules! symbol {
    ($number:ty) => {
        impl Symbol for $number {
            const BORDER: $number = <$number>::MAX;
            const HOLE: $number = <$number>::MAX - 1;
            #[inline(always)]
            fn index(self) -> usize {
                self as usize
            }
            #[inline(always)]
            fn new(index: usize) -> $number {
                index as $number
            }
            #[inline(always)]
            fn widened(self) -> u32 {
                match self {
                    Self::BORDER => u32::BORDER,
                    Self::HOLE => u32::HOLE,
                    symbol => u32::from(symbol),
                }
            }
        }
    };
}
symbol!(u16);
symbol!(u32);

/// Gives every piece and its count to a function, in the same order each time it is asked.
pub(super) type Pieces<'p> = dyn FnMut(&mut dyn FnMut(&[u8], u64)) -> Result<(), Error> + 'p;

/// Words as cells.
pub(super) struct Words<S> {
    pub(super) cells: Vec<S>,
    /// Up to which cell words have which count, in the order of the cells.
    pub(super) groups: Vec<(u32, u64)>,
}

/// Finds the weights of places that ascend.
pub(super) struct Weights<'w> {
    groups: &'w [(u32, u64)],
    at: usize,
}

/// Lays out the pieces in so many parts of about the same length. `symbols` says
/// what symbols they are made of.
///
/// Fails if the counts are too large to be added up, or the pieces too long together, and where `pieces` and `symbols` do.
pub(super) fn lay_out<S: Symbol>(
    pieces: &mut Pieces<'_>,
    parts: usize,
    symbols: &mut Symbols<'_>,
) -> Result<(Vec<Words<S>>, Text), Error> {
    let mut layout =
        Layout { parts, small: vec![0; SMALL_COUNT as usize], large: HashMap::new(), groups: Vec::new() };
    let mut weight = 0u128;
    pieces(&mut |piece, count| {
        weight += piece.len() as u128 * u128::from(count);
        layout.place(piece, count);
    })?;
    if weight > u128::from(u64::MAX) {
        let message = format!(
            "the pieces have {weight} bytes together, each as often as it is counted: more than 2^64"
        );
        return Err(Error::new(ErrorKind::InvalidTraining, message));
    }
    let mut words = layout.begin()?;
    let (mut row, mut failed) = (Vec::new(), None);
    let mut text = Text { bytes: weight as u64, tokens: 0 };
    pieces(&mut |piece, count| {
        if failed.is_some() {
            return;
        }
        row.clear();
        failed = symbols.of(piece, &mut row).err();
        // No more than bytes, of which the sum is known to be small enough.
        text.tokens += row.len() as u64 * count;
        if piece.len() < 2 {
            return;
        }
        let (part, place) = layout.place(piece, count);
        let mut place = place as usize;
        let cells: &mut [S] = &mut words[part].cells;
        for &(symbol, length) in &row {
            let symbol = S::new(symbol as usize);
            cells[place..place + length as usize].fill(S::HOLE);
            place += length as usize;
            (cells[place - length as usize], cells[place - 1]) = (symbol, symbol);
        }
    })?;
    match failed {
        Some(error) => Err(error),
        None => Ok((words, text)),
    }
}

/// Where words go: those with the same count stand together.
struct Layout {
    parts: usize,
    /// One more than the place in `groups`, by count.
    small: Vec<u32>,
    large: HashMap<u64, u32>,
    groups: Vec<Group>,
}

struct Group {
    count: u64,
    /// For each part, how many cells are taken, and which is the first.
    taken: Vec<u64>,
    first: Vec<u64>,
}

impl Layout {
    /// The part that the piece goes to, and its first cell there. Those of one byte go nowhere: they have no pairs.
    fn place(&mut self, piece: &[u8], count: u64) -> (usize, u64) {
        if piece.len() < 2 {
            return (0, 0);
        }
        let slot = match self.small.get_mut(count as usize) {
            Some(slot) if count < SMALL_COUNT => slot,
            _ => self.large.entry(count).or_insert(0),
        };
        if *slot == 0 {
            self.groups.push(Group { count, taken: vec![0; self.parts], first: vec![0; self.parts] });
            *slot = self.groups.len() as u32;
        }
        let Group { taken, first, .. } = &mut self.groups[*slot as usize - 1];
        let part = (0..self.parts).min_by_key(|&part| taken[part]).unwrap_or(0);
        let place = first[part] + taken[part];
        taken[part] += piece.len() as u64 + 1;
        (part, place)
    }

    /// Ends the counting of cells, and makes them.
    fn begin<S: Symbol>(&mut self) -> Result<Vec<Words<S>>, Error> {
        let mut order: Vec<usize> = (0..self.groups.len()).collect();
        order.sort_unstable_by_key(|&group| std::cmp::Reverse(self.groups[group].count));
        (0..self.parts).map(|part| self.begin_part(part, &order)).collect()
    }

    fn begin_part<S: Symbol>(&mut self, part: usize, order: &[usize]) -> Result<Words<S>, Error> {
        // Before the first word there is a border, too.
        let mut end = 1;
        let mut groups = Vec::new();
        for &group in order {
            let Group { count, taken, first } = &mut self.groups[group];
            first[part] = end;
            end += std::mem::take(&mut taken[part]);
            groups.push((end.min(MOST_CELLS) as u32, *count));
        }
        if end > MOST_CELLS {
            let message = format!("the different pieces have {end} bytes together, more than {MOST_CELLS}");
            return Err(Error::new(ErrorKind::InvalidTraining, message)
                .with_hint("leave out rare pieces: --min-count 2, or more"));
        }
        Ok(Words { cells: vec![S::BORDER; end as usize], groups })
    }
}

impl<S> Words<S> {
    pub(super) fn weights(&self) -> Weights<'_> {
        Weights::new(&self.groups)
    }
}

impl<'w> Weights<'w> {
    pub(super) fn new(groups: &'w [(u32, u64)]) -> Weights<'w> {
        Weights { groups, at: 0 }
    }

    /// The count of the word that this place is in; places come in ascending order.
    #[inline(always)]
    pub(super) fn of(&mut self, place: u32) -> u64 {
        let (end, weight) = self.groups[self.at];
        if place < end { weight } else { self.advance(place) }
    }

    #[inline(never)]
    fn advance(&mut self, place: u32) -> u64 {
        // The next group is near in most cases, and far away in some: steps that double find both.
        let (mut low, mut step) = (self.at + 1, 1);
        while self.groups.get(low + step).is_some_and(|group| group.0 <= place) {
            low += step;
            step *= 2;
        }
        let high = (low + step).min(self.groups.len());
        self.at = low + self.groups[low..high].partition_point(|group| group.0 <= place);
        self.groups[self.at].1
    }
}

/// The range of a list.
pub(super) fn range(start: u32, length: u32) -> Range<usize> {
    start as usize..start as usize + length as usize
}
