//! The pieces of a text in batches as the cache takes them, long ones cut where no token reaches across.
//!
//! Where that is, is left to `borders`; what the parts become, to `counter` and `encoder`.

use super::borders::{Borders, Walk};
use super::table::BATCH;

/// A piece of so many bytes is cut: the cache does not keep it as it is. A power of two.
const LONG: usize = 32;

/// How many pieces are asked at a time whether one of them is long.
const STRETCH: usize = 64;

/// Pieces on their way into batches.
pub(super) struct Batches<'b> {
    borders: &'b Borders,
    text: &'b [u8],
    /// The bounds of the pieces that are not passed on yet.
    bounds: &'b [usize],
    /// Where the next piece begins: behind the first bound if a part of that piece was passed on.
    at: usize,
    /// How far that piece was looked through.
    walk: Walk,
}

impl<'b> Batches<'b> {
    /// Takes the pieces of `text` between neighbouring `bounds`.
    pub(super) fn new(borders: &'b Borders, text: &'b [u8], bounds: &'b [usize]) -> Batches<'b> {
        let at = bounds.first().copied().unwrap_or(0);
        Batches { borders, text, bounds, at, walk: Walk::from(at) }
    }

    /// The bounds of the next pieces and parts of pieces, at most [`BATCH`] of them; `None` at the end. Where some
    /// were cut, they are put into `room`.
    #[inline]
    pub(super) fn next<'r>(&mut self, room: &'r mut Vec<usize>) -> Option<&'r [usize]>
    where
        'b: 'r,
    {
        if self.bounds.len() < 2 {
            return None;
        }
        let whole = &self.bounds[..self.bounds.len().min(BATCH + 1)];
        if self.at == whole[0] && !(self.borders.are_there() && self.has_long(whole)) {
            self.bounds = &self.bounds[whole.len() - 1..];
            self.at = self.bounds[0];
            return Some(whole);
        }
        Some(self.cut(room))
    }

    /// Whether one of the pieces is long, and not only of ASCII.
    #[inline(never)]
    fn has_long(&self, bounds: &[usize]) -> bool {
        let pieces = bounds.len() - 1;
        (0..pieces).step_by(STRETCH).any(|first| {
            let bounds = &bounds[first..=pieces.min(first + STRETCH)];
            let lengths = bounds.iter().zip(&bounds[1..]).map(|(start, end)| end - start);
            // One of them is long if and only if one of the upper bits is set in one of them.
            lengths.fold(0, |bits, length| bits | length) >= LONG
                && bounds
                    .windows(2)
                    .any(|piece| piece[1] - piece[0] >= LONG && !self.text[piece[0]..piece[1]].is_ascii())
        })
    }

    /// Fills the room with pieces and parts of pieces.
    #[inline(never)]
    fn cut<'r>(&mut self, room: &'r mut Vec<usize>) -> &'r [usize] {
        room.clear();
        room.push(self.at);
        while room.len() <= BATCH && self.bounds.len() > 1 {
            let (start, end) = (self.bounds[0], self.bounds[1]);
            if self.at == start {
                self.walk = Walk::from(start);
            }
            let cut =
                if end - start >= LONG { self.borders.next(self.text, &mut self.walk, end) } else { None };
            self.at = cut.unwrap_or(end);
            if cut.is_none() {
                self.bounds = &self.bounds[1..];
            }
            room.push(self.at);
        }
        room
    }
}
