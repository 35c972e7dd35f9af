//! Merging a short piece, on the stack, without a queue.
//!
//! A piece of text is rarely longer than a few dozen bytes. For so few parts, looking at all pairs for the
//! lowest rank is faster than keeping them in order. Nothing here branches on what the look-ups say, only on
//! whether there is one more merge: the parts at both ends have neighbours that merge with nothing.
//!
//! Longer pieces are left to `heap`; `lanes` does the same with several at a time.

use super::join::{Join, NO_NEIGHBOUR, NO_PAIR};
use crate::token::Rank;

/// Room for pieces of few parts and for the most that this file takes, each with the two neighbours that are
/// not there.
pub(super) const SMALL: usize = 16;
pub(super) const MEDIUM: usize = 32;
pub(super) const LARGE: usize = 64;

/// How many bits of a key are the place of the pair.
const PLACE_BITS: u32 = LARGE.trailing_zeros();

/// Greater than the key of any pair that merges, and still positive: the oldest vector instructions compare
/// only numbers with a sign.
const NO_KEY: i32 = (NO_PAIR << PLACE_BITS) as i32;

/// A row of parts that is being merged. Places begin at 1; before the first part and after the last stands
/// one that merges with nothing.
pub(super) struct Row<const ROOM: usize, J: Join> {
    ranks: [Rank; ROOM],
    /// Rank and place of the pair that begins here, in one number: the lowest is the leftmost of lowest rank.
    keys: [i32; ROOM],
    before: [u8; ROOM],
    after: [u8; ROOM],
    parts: usize,
    merges: usize,
    /// What was asked when the row began, for each pair.
    first: [J::Asked; ROOM],
    /// What was asked by the last step; nothing before the first.
    asked: Option<Asked<J>>,
}

/// The two pairs that a merge made, which are being looked up.
struct Asked<J: Join> {
    at: usize,
    with_next: J::Asked,
    previous: usize,
    with_previous: J::Asked,
}

impl<const ROOM: usize, J: Join> Row<ROOM, J> {
    pub(super) fn new() -> Row<ROOM, J> {
        Row {
            ranks: [NO_NEIGHBOUR; ROOM],
            keys: [NO_KEY; ROOM],
            before: [0; ROOM],
            after: [0; ROOM],
            parts: 0,
            merges: 0,
            first: [J::Asked::default(); ROOM],
            asked: None,
        }
    }

    /// Begins a row of at most `ROOM - 2` parts, whatever was there before.
    #[inline(always)]
    pub(super) fn begin(&mut self, parts: impl Iterator<Item = Rank>, join: &J) {
        let mut count = 0;
        for rank in parts {
            count += 1;
            self.ranks[count] = rank;
        }
        self.ranks[count + 1] = NO_NEIGHBOUR;
        self.keys = [NO_KEY; ROOM];
        for at in 1..=count {
            self.before[at] = at as u8 - 1;
            self.after[at] = at as u8 + 1;
            self.first[at] = join.ask(self.ranks[at], self.ranks[at + 1]);
        }
        self.parts = count;
        self.merges = 0;
        self.asked = None;
    }

    /// Begins a row of parts that come with the rank of each joined with the one before, if there is one.
    #[inline(always)]
    pub(super) fn begin_with_pairs(&mut self, parts: impl Iterator<Item = (Rank, Rank)>, join: &J) {
        let mut count = 0;
        self.keys = [NO_KEY; ROOM];
        for (rank, joined) in parts {
            self.keys[count] = key(joined, count);
            count += 1;
            self.ranks[count] = rank;
            self.before[count] = count as u8 - 1;
            self.after[count] = count as u8 + 1;
        }
        self.keys[0] = NO_KEY;
        self.ranks[count + 1] = NO_NEIGHBOUR;
        self.parts = count;
        self.merges = 0;
        // The first step finds the keys as any other does, after a question about nothing.
        let nothing = join.ask(NO_NEIGHBOUR, NO_NEIGHBOUR);
        self.asked = Some(Asked { at: 0, with_next: nothing, previous: 0, with_previous: nothing });
    }

    /// Takes the answers to what the last step asked, merges one pair, and asks; `false` if there is none.
    #[inline(always)]
    pub(super) fn step(&mut self, join: &J) -> bool {
        // All keys are looked at at once, which would have to wait for keys just written. So the new ones are
        // looked at apart, and their places hold no key until then.
        let mut lowest = NO_KEY;
        if let Some(asked) = &self.asked {
            lowest = self.keys.iter().fold(NO_KEY, |lowest, &key| lowest.min(key));
            let with_next = key(join.answer(asked.with_next), asked.at);
            let with_previous = key(join.answer(asked.with_previous), asked.previous);
            self.keys[asked.at] = with_next;
            self.keys[asked.previous] = with_previous;
            lowest = lowest.min(with_next).min(with_previous);
        } else {
            for at in 1..self.parts {
                let first = key(join.answer(self.first[at]), at);
                self.keys[at] = first;
                lowest = lowest.min(first);
            }
        }
        let (at, rank, gone) = loop {
            if lowest >= NO_KEY {
                return false;
            }
            let at = lowest as usize & (LARGE - 1);
            let rank = (lowest >> PLACE_BITS) as Rank;
            let gone = usize::from(self.after[at]);
            if join.confirm(self.ranks[at], self.ranks[gone], rank) {
                break (at, rank, gone);
            }
            self.keys[at] = NO_KEY;
            lowest = self.keys.iter().fold(NO_KEY, |lowest, &key| lowest.min(key));
        };
        let next = usize::from(self.after[gone]);
        let previous = usize::from(self.before[at]);
        self.ranks[at] = rank;
        self.after[at] = next as u8;
        self.before[next] = at as u8;
        self.keys[at] = NO_KEY;
        self.keys[gone] = NO_KEY;
        self.keys[previous] = NO_KEY;
        self.merges += 1;
        let with_next = join.ask(rank, self.ranks[next]);
        let with_previous = join.ask(self.ranks[previous], rank);
        self.asked = Some(Asked { at, with_next, previous, with_previous });
        true
    }

    /// Hands over the rank of each token, from left to right.
    #[inline(always)]
    pub(super) fn each(&self, mut token: impl FnMut(Rank)) {
        let mut at = 1;
        while at <= self.parts {
            token(self.ranks[at]);
            at = usize::from(self.after[at]);
        }
    }
}

/// Merges a row of at most `ROOM - 2` parts and hands over the rank of each token, from left to right.
#[inline(always)]
pub(super) fn merge<const ROOM: usize, J: Join>(
    parts: impl Iterator<Item = Rank>,
    join: &J,
    token: impl FnMut(Rank),
) {
    let mut row = Row::<ROOM, J>::new();
    row.begin(parts, join);
    while row.step(join) {}
    row.each(token);
}

#[inline(always)]
fn key(rank: Rank, at: usize) -> i32 {
    (rank << PLACE_BITS | at as u32) as i32
}
