//! Merging several short pieces side by side.
//!
//! To merge one piece is to wait: each step needs the ranks that the step before looked up, and the table of
//! pairs does not fit into the nearer caches. So a few pieces are merged at a time, in turns, one step each.
//! While the look-ups of one piece are on their way, the processor is busy with the others. A piece that is
//! done makes room for the next one, so all lanes stay full until the pieces run out.
//!
//! A step is that of `merge`, where its rules are told. Pieces are not done in their order; what that means is
//! left to those who ask.

use super::Tables;
use super::join::{Join, NO_NEIGHBOUR, NO_PAIR};
use super::merge::{LARGE, MEDIUM, Row, SMALL};
use super::pairs::Pairs;
use crate::token::Rank;

/// How many pieces are merged at a time: so many steps fit between the loads of one and their use.
const LANES: usize = 8;

/// The longest piece, in bytes, that is looked at: one of few parts.
const LONGEST: usize = 4 * LARGE;

/// Pieces that wait for being merged, by how many parts they have.
#[derive(Default)]
pub(super) struct Waiting {
    /// The ranks of the parts of all these pieces.
    parts: Vec<Rank>,
    /// For short pieces of ASCII, the rank of each part joined with the one before.
    joined: Vec<Rank>,
    small: Vec<Piece>,
    medium: Vec<Piece>,
    large: Vec<Piece>,
}

/// Where the parts of a piece are in [`Waiting::parts`], and what the one who asked calls it.
#[derive(Clone, Copy)]
struct Piece {
    first: usize,
    parts: usize,
    name: usize,
    /// Where those of its parts are in [`Waiting::joined`], if they are there.
    joined: Option<usize>,
}

/// What is done with a piece when it is merged.
pub(super) trait Done {
    /// `row` holds the tokens of the piece that was given this name.
    fn done<const ROOM: usize>(&mut self, name: usize, row: &Row<ROOM, Pairs>);
}

impl Waiting {
    /// Lets a piece wait; `false` if it has too many parts for this file.
    pub(super) fn add(&mut self, tables: &Tables, piece: &[u8], name: usize) -> bool {
        if piece.is_empty() || piece.len() > LONGEST {
            return false;
        }
        let first = self.parts.len();
        let mut joined = None;
        if piece.len() <= LARGE - 2 && piece.is_ascii() {
            // Bytes have a table of their own, a small part of which is enough for most of ASCII.
            joined = Some(self.joined.len());
            let rank = |&byte| tables.tokens.rank_of_byte(byte).unwrap_or(NO_NEIGHBOUR);
            self.parts.extend(piece.iter().map(rank));
            let pair = |pair: &[u8]| tables.tokens.rank_of_pair(pair[0], pair[1]).unwrap_or(NO_PAIR);
            self.joined.push(NO_PAIR);
            self.joined.extend(piece.windows(2).map(pair));
        } else {
            self.parts.extend(tables.parts(piece));
        }
        let parts = self.parts.len() - first;
        let list = if parts <= SMALL - 2 {
            &mut self.small
        } else if parts <= MEDIUM - 2 {
            &mut self.medium
        } else if parts <= LARGE - 2 {
            &mut self.large
        } else {
            self.parts.truncate(first);
            return false;
        };
        list.push(Piece { first, parts, name, joined });
        true
    }

    /// Merges all that wait.
    pub(super) fn merge(&mut self, tables: &Tables, done: &mut impl Done) {
        let Waiting { parts, joined, small, medium, large } = self;
        merge_all::<SMALL>(tables, (parts, joined), small, done);
        merge_all::<MEDIUM>(tables, (parts, joined), medium, done);
        merge_all::<LARGE>(tables, (parts, joined), large, done);
        parts.clear();
        joined.clear();
    }
}

fn merge_all<const ROOM: usize>(
    tables: &Tables,
    (parts, joined): (&[Rank], &[Rank]),
    pieces: &mut Vec<Piece>,
    done: &mut impl Done,
) {
    if pieces.is_empty() {
        return;
    }
    let begin = |place: usize, row: &mut Row<ROOM, Pairs>| {
        let Piece { first, parts: count, joined: pairs_at, .. } = pieces[place];
        let parts = parts[first..first + count].iter().copied();
        match pairs_at {
            Some(at) => {
                row.begin_with_pairs(parts.zip(joined[at..at + count].iter().copied()), &tables.pairs)
            }
            None => row.begin(parts, &tables.pairs),
        }
    };
    run::<ROOM, Pairs>(pieces.len(), begin, &tables.pairs, |place, row| done.done(pieces[place].name, row));
    pieces.clear();
}

/// A piece to be merged, and the place of its outcome.
struct Lane<const ROOM: usize, J: Join> {
    row: Row<ROOM, J>,
    place: usize,
}

/// Merges `pieces` rows of at most `ROOM - 2` parts. `begin` fills the row of the piece with this number;
/// `done` is given the row with its tokens.
#[inline(always)]
pub(super) fn run<const ROOM: usize, J: Join>(
    pieces: usize,
    mut begin: impl FnMut(usize, &mut Row<ROOM, J>),
    join: &J,
    mut done: impl FnMut(usize, &Row<ROOM, J>),
) {
    let mut lanes: [Lane<ROOM, J>; LANES] = std::array::from_fn(|_| Lane { row: Row::new(), place: 0 });
    let mut next = 0;
    let mut busy = LANES.min(pieces);
    for lane in &mut lanes[..busy] {
        begin(next, &mut lane.row);
        lane.place = next;
        next += 1;
    }
    while busy > 0 {
        let mut at = 0;
        while at < busy {
            let lane = &mut lanes[at];
            if lane.row.step(join) {
                at += 1;
                continue;
            }
            done(lane.place, &lane.row);
            if next < pieces {
                begin(next, &mut lane.row);
                lane.place = next;
                next += 1;
                at += 1;
            } else {
                busy -= 1;
                lanes.swap(at, busy);
            }
        }
    }
}
