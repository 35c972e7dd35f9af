//! Merging several short pieces side by side, for their number of tokens.
//!
//! To merge one piece is to wait: each step needs the ranks that the step before looked up, and the table of
//! pairs does not fit into the nearer caches. So a few pieces are merged at a time, in turns, one step each.
//! While the look-ups of one piece are on their way, the processor is busy with the others. A piece that is
//! done makes room for the next one, so all lanes stay full until the pieces run out.
//!
//! A step is that of `merge`, where its rules are told. For counting the order in which pieces are done does
//! not matter; to encode them is left to `merge`.

use super::merge::Row;
use super::pairs::Join;

/// How many pieces are merged at a time: so many steps fit between the loads of one and their use.
const LANES: usize = 8;

/// A piece to be merged, and the place of its outcome.
struct Lane<const ROOM: usize, J: Join> {
    row: Row<ROOM, J>,
    place: usize,
}

/// Merges `pieces` rows of at most `ROOM - 2` parts. `begin` fills the row of the piece with this number;
/// `done` is told its number of tokens.
#[inline(always)]
pub(super) fn count<const ROOM: usize, J: Join>(
    pieces: usize,
    mut begin: impl FnMut(usize, &mut Row<ROOM, J>),
    join: &J,
    mut done: impl FnMut(usize, usize),
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
            done(lane.place, lane.row.tokens());
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
