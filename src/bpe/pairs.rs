//! Which two neighbouring tokens merge, and into what: the table that merging asks at every step.
//!
//! Merging may join two tokens whenever their bytes together are a token. But of all the ways to cut a token
//! in two, only one can ever come up: let a piece be at a point where the neighbours a and b are the bytes
//! of the token T. No merge has crossed the outer borders of the two, so what happened between them is what
//! happens, in the same order, when the bytes of T are merged alone; and that comes down to two parts once,
//! just before the end. So there is at most one pair for each token, found by merging its bytes. (This needs
//! nothing of the way the vocabulary was made. A token that merging cannot reach has no pair.)
//!
//! Most pairs that are asked for are not there, and which ones is hard to predict, so a look-up has no branch:
//! the hash is perfect, that is, it gives each pair that is there a slot of its own, and one comparison
//! tells. It is made by trying ("hash and displace", Belazzougui, Botelho, Dietzfelbinger 2009): pairs fall
//! into small groups; for one group after the other, the largest first, a number is sought that sends all of
//! its pairs to free slots.
//!
//! ```text
//! image   = header numbers slots          little-endian
//! header  = groups, slots, seed, tokens that merging cannot reach (u32)
//! numbers = for each group, the number that was found (u8)
//! slots   = left << 42 | right << 21 | rank (u64), or all ones (free)
//! ```
//!
//! Like the piece table, the image of an embedded vocabulary is made while compiling and used where it lies.

use std::borrow::Cow;
use std::hint::select_unpredictable;

use super::join::{Join, NO_NEIGHBOUR, NO_PAIR, RANK_BITS};
use super::pieces::PieceTable;
use super::table::prefetch;
use super::{heap, merge};

/// The bits of a rank in a slot.
const RANK: u64 = (1 << RANK_BITS) - 1;

const FREE: u64 = u64::MAX;

const HEADER: usize = 16;

/// How many pairs a group has, and how many slots there are for four pairs: the fuller, the longer it takes to
/// find the numbers.
const GROUP: usize = 3;
const SLOTS_FOR_FOUR: usize = 5;

/// A read-only map from two ranks to the rank of the token that they merge into, see the module.
#[derive(Clone)]
pub(crate) struct Pairs {
    image: Cow<'static, [u8]>,
    groups: u32,
    slots: u32,
    multiplier: u64,
    unreachable: u32,
    slots_at: usize,
}

impl Pairs {
    /// Makes the image for the tokens of a table.
    pub(crate) fn build_image(table: &PieceTable) -> Vec<u8> {
        let mut scratch = heap::Scratch::default();
        let pairs: Vec<u64> = (0..table.len())
            .filter_map(|rank| {
                let (left, right) = last_pair(table, rank, &mut scratch)?;
                Some(key(left, right) << RANK_BITS | u64::from(rank))
            })
            .collect();
        let bytes = (0..table.len()).filter(|&rank| table.token_length(rank) == 1).count();
        let unreachable = table.len() as usize - bytes - pairs.len();
        // One seed in thousands fails, and each is another throw.
        let (seed, numbers, slots) = (0..u32::MAX)
            .find_map(|seed| place(&pairs, seed).map(|(numbers, slots)| (seed, numbers, slots)))
            .unwrap_or_default();
        let mut image = Vec::with_capacity(HEADER + numbers.len() + 8 * slots.len());
        for number in [numbers.len() as u32, slots.len() as u32, seed, unreachable as u32] {
            image.extend_from_slice(&number.to_le_bytes());
        }
        image.extend_from_slice(&numbers);
        image.extend(slots.into_iter().flat_map(u64::to_le_bytes));
        image
    }

    /// Uses an image made by [`Pairs::build_image`]; `None` if its length is not what its header says.
    pub(crate) fn from_image(image: Cow<'static, [u8]>) -> Option<Pairs> {
        let number = |i: usize| Some(u32::from_le_bytes(*image.get(4 * i..)?.first_chunk()?));
        let (groups, slots, seed, unreachable) = (number(0)?, number(1)?, number(2)?, number(3)?);
        let slots_at = HEADER + groups as usize;
        let whole = groups > 0 && slots > 0 && image.len() == slots_at + 8 * slots as usize;
        whole.then_some(Pairs { image, groups, slots, multiplier: multiplier(seed), unreachable, slots_at })
    }

    /// All pairs that merge: left, right, and the rank of the token.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, u32, u32)> + '_ {
        let rank = |word: u64| (word & RANK) as u32;
        let slots = self.image[self.slots_at..].chunks_exact(8);
        slots.filter_map(move |slot| {
            let slot = u64::from_le_bytes(*slot.first_chunk()?);
            (slot != FREE).then(|| (rank(slot >> (2 * RANK_BITS)), rank(slot >> RANK_BITS), rank(slot)))
        })
    }

    /// Whether merging the bytes of a token always gives that token.
    pub(crate) fn reach_all(&self) -> bool {
        self.unreachable == 0
    }

    /// The rank of the token that the two merge into, or [`NO_PAIR`].
    pub(crate) fn rank(&self, left: u32, right: u32) -> u32 {
        self.answer(self.ask(left, right))
    }
}

impl Join for Pairs {
    /// The pair as it stands in a slot, and where in the image the slot is.
    type Asked = (u64, usize);

    #[inline(always)]
    fn ask(&self, left: u32, right: u32) -> (u64, usize) {
        let key = key(left, right);
        let hash = hash(key, self.multiplier);
        let number = self.image[HEADER + reduce((hash >> 32) as u32, self.groups)];
        let at = self.slots_at + 8 * slot(hash, number, self.slots);
        prefetch(&self.image, at);
        (key, at)
    }

    #[inline(always)]
    fn answer(&self, (key, at): (u64, usize)) -> u32 {
        let slot = self.image[at..].first_chunk().map_or(FREE, |bytes| u64::from_le_bytes(*bytes));
        select_unpredictable(slot >> RANK_BITS == key, (slot & RANK) as u32, NO_PAIR)
    }
}

/// Finds a number for each group; `None` if there is none for one of them.
fn place(pairs: &[u64], seed: u32) -> Option<(Vec<u8>, Vec<u64>)> {
    let mut groups: Vec<Vec<(u64, u64)>> = vec![Vec::new(); pairs.len() / GROUP + 1];
    let count = groups.len() as u32;
    for &pair in pairs {
        let hash = hash(pair >> RANK_BITS, multiplier(seed));
        groups[reduce((hash >> 32) as u32, count)].push((hash, pair));
    }
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|&group| std::cmp::Reverse(groups[group].len()));
    let mut numbers = vec![0; groups.len()];
    let mut slots = vec![FREE; pairs.len() * SLOTS_FOR_FOUR / 4 + 1];
    let size = slots.len() as u32;
    for group in order {
        let members = &groups[group];
        numbers[group] = (0..=u8::MAX).find(|&number| {
            let filled = members.iter().take_while(|&&(hash, pair)| {
                let free = &mut slots[slot(hash, number, size)];
                let was_free = *free == FREE;
                if was_free {
                    *free = pair;
                }
                was_free
            });
            let filled = filled.count();
            if filled < members.len() {
                // Two of the group can want the same slot, so they are put in one by one, and taken out again.
                members[..filled].iter().for_each(|&(hash, _)| slots[slot(hash, number, size)] = FREE);
            }
            filled == members.len()
        })?;
    }
    Some((numbers, slots))
}

#[inline(always)]
fn key(left: u32, right: u32) -> u64 {
    u64::from(left) << RANK_BITS | u64::from(right)
}

/// The factor of the hash: another hash for each seed. Odd, so that no two keys become one.
fn multiplier(seed: u32) -> u64 {
    u64::from(seed).wrapping_mul(0xd6e8_feb8_6659_fd92).wrapping_add(0x9e37_79b9_7f4a_7c15)
}

/// A folded product, as in the piece table. It is a part of the image's format.
#[inline(always)]
fn hash(key: u64, multiplier: u64) -> u64 {
    let product = u128::from(key) * u128::from(multiplier);
    (product as u64) ^ (product >> 64) as u64
}

#[inline(always)]
fn slot(hash: u64, number: u8, slots: u32) -> usize {
    reduce(hash as u32 ^ u32::from(number).wrapping_mul(0x9e37_79b9), slots)
}

/// Maps a hash evenly to `0..size` (Lemire 2019).
#[inline(always)]
fn reduce(hash: u32, size: u32) -> usize {
    ((u64::from(hash) * u64::from(size)) >> 32) as usize
}

/// The two tokens that merging the bytes of the token of this rank comes down to before the last step; `None`
/// if it does not come down to one token. Merging without that token stops there.
fn last_pair(table: &PieceTable, rank: u32, scratch: &mut heap::Scratch) -> Option<(u32, u32)> {
    let token = table.bytes(rank);
    if token.len() < 2 {
        return None;
    }
    let mut parts = [0; 2];
    let mut count = 0;
    let part = |rank| {
        if let Some(place) = parts.get_mut(count) {
            *place = rank;
        }
        count += 1;
    };
    let bytes = token.iter().map(|&byte| table.rank_of_byte(byte).unwrap_or(NO_NEIGHBOUR));
    if token.len() <= merge::LARGE - 2 {
        merge::merge::<{ merge::LARGE }, _>(bytes, &Without { table, rank }, part);
    } else {
        heap::merge(bytes, &Without { table, rank }, scratch, part);
    }
    (count == 2).then_some((parts[0], parts[1]))
}

/// Merging by the bytes of the tokens, as if the token of one rank were not there.
struct Without<'t> {
    table: &'t PieceTable,
    rank: u32,
}

impl Join for Without<'_> {
    type Asked = (u32, u32);

    fn ask(&self, left: u32, right: u32) -> (u32, u32) {
        (left, right)
    }

    fn answer(&self, (left, right): (u32, u32)) -> u32 {
        if left == NO_NEIGHBOUR || right == NO_NEIGHBOUR {
            return NO_PAIR;
        }
        let (left, right) = (self.table.bytes(left), self.table.bytes(right));
        let mut short = [0; 2 * merge::LARGE];
        let long;
        let both = match short.get_mut(..left.len() + right.len()) {
            Some(both) => {
                both[..left.len()].copy_from_slice(left);
                both[left.len()..].copy_from_slice(right);
                &*both
            }
            None => {
                long = [left, right].concat();
                long.as_slice()
            }
        };
        self.table.rank(both).filter(|&joined| joined != self.rank).unwrap_or(NO_PAIR)
    }
}
