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
//! the hash is perfect, that is, it gives each pair that is there a slot of its own (`displace`).
//!
//! A slot holds a rank and a few bits of the hash (the tag). One pair in thousands that is not there has the tag of
//! the slot that it is sent to, so an answer is a *candidate*: before a merge is made of it, it is confirmed by the
//! parts of the token, which are kept for each rank. Far more is asked than merged, and that a candidate is right is easily
//! predicted; so the confirmation costs next to nothing, and slots are half as large as they would have to be without.
//!
//! ```text
//! image   = header numbers slots parts          little-endian
//! header  = groups, slots, seed, tokens, tokens that merging cannot reach (u32)
//! numbers = for each group, the number that was found (u8), padded to a multiple of 4
//! slots   = tag << rank bits | rank (u32), or all ones (free)
//! parts   = for each rank, left and right, in as many bits as a rank has, without gaps; or all ones and the number
//!           of a literal: a token that is not joined of two (`tokens`); some bytes more at the end
//! ```
//!
//! Like the other images, that of an embedded vocabulary is made while compiling and used where it lies.

use std::borrow::Cow;
use std::hint::select_unpredictable;

use super::displace;
use super::join::{Join, NO_PAIR, RANK_BITS};
use super::table::prefetch;

const FREE: u32 = u32::MAX;

const HEADER: usize = 20;

/// The bytes at the end that make all parts of whole words.
const PADDING: usize = 8;

/// What a token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Made {
    /// Of two tokens, by their ranks.
    Joined(u32, u32),
    /// Of nothing else: the number of the literal.
    Literal(u32),
}

/// A read-only map from two ranks to the rank of the token that they merge into, see the module.
#[derive(Clone)]
pub(crate) struct Pairs {
    image: Cow<'static, [u8]>,
    groups: u32,
    slots: u32,
    multiplier: u64,
    tokens: u32,
    unreachable: u32,
    rank_bits: u32,
    slots_at: usize,
    parts_at: usize,
}

impl Pairs {
    /// Makes the image from what each token is made of, in the order of ranks, and from how many of them merging
    /// cannot reach. It can be an eighth smaller, which takes three times as long to make.
    pub(crate) fn build_image(made: &[Made], unreachable: u32, saves_room: bool) -> Vec<u8> {
        let rank_bits = rank_bits(made.len() as u32);
        let joined = made.iter().zip(0..).filter_map(|(made, rank)| match *made {
            Made::Joined(left, right) => Some((key(left, right), rank)),
            Made::Literal(_) => None,
        });
        let pairs: Vec<(u64, u32)> = joined.collect();
        let hashes = |seed| pairs.iter().map(|&(key, _)| hash(key, multiplier(seed))).collect::<Vec<_>>();
        // An attempt may fail, and each is another throw.
        let first = if saves_room { 0 } else { displace::TIGHT_TRIES };
        let (seed, (groups, size), mut numbers) = (first..u32::MAX)
            .find_map(|seed| {
                let sizes = displace::sizes(pairs.len(), seed);
                displace::numbers(&hashes(seed), sizes).map(|numbers| (seed, sizes, numbers))
            })
            .unwrap_or_default();
        let mut slots = vec![FREE; size as usize];
        for &(key, rank) in &pairs {
            let hash = hash(key, multiplier(seed));
            let number = numbers[displace::group(hash, groups)];
            slots[displace::slot(hash, number, size)] = tag(hash, rank_bits) | rank;
        }
        let header = [groups, size, seed, made.len() as u32, unreachable];
        numbers.resize(numbers.len().next_multiple_of(4), 0);
        let mut image: Vec<u8> = header.into_iter().flat_map(u32::to_le_bytes).collect();
        image.extend_from_slice(&numbers);
        image.extend(slots.into_iter().flat_map(u32::to_le_bytes));
        put_parts(made, rank_bits, &mut image);
        image
    }

    /// Uses an image made by [`Pairs::build_image`]; `None` if its length is not what its header says.
    pub(crate) fn from_image(image: Cow<'static, [u8]>) -> Option<Pairs> {
        let number = |i: usize| Some(u32::from_le_bytes(*image.get(4 * i..)?.first_chunk()?));
        let (groups, slots, seed, tokens, unreachable) =
            (number(0)?, number(1)?, number(2)?, number(3)?, number(4)?);
        let (multiplier, rank_bits) = (multiplier(seed), rank_bits(tokens));
        let slots_at = HEADER + (groups as usize).next_multiple_of(4);
        let parts_at = slots_at + 4 * slots as usize;
        let end = parts_at + parts_bytes(tokens, rank_bits) + PADDING;
        let whole =
            groups > 0 && slots > 0 && tokens as usize <= super::pieces::MOST_TOKENS && image.len() == end;
        whole.then_some(Pairs {
            image,
            groups,
            slots,
            multiplier,
            tokens,
            unreachable,
            rank_bits,
            slots_at,
            parts_at,
        })
    }

    /// How many tokens there are: the ranks are `0..len`.
    pub(crate) fn len(&self) -> u32 {
        self.tokens
    }

    /// What the token of this rank is made of. Panics if there is no such rank: ranks come from this table.
    #[inline]
    pub(crate) fn made(&self, rank: u32) -> Made {
        assert!(rank < self.tokens, "the ranks of a vocabulary are below {}", self.tokens);
        let both = self.parts(rank);
        let literal = literal(self.rank_bits);
        let (left, right) = (both as u32 & literal, (both >> self.rank_bits) as u32);
        if left == literal { Made::Literal(right) } else { Made::Joined(left, right) }
    }

    /// All pairs that merge: left, right, and the rank of the token.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, u32, u32)> + '_ {
        (0..self.tokens).filter_map(|rank| match self.made(rank) {
            Made::Joined(left, right) => Some((left, right, rank)),
            Made::Literal(_) => None,
        })
    }

    /// Whether merging the bytes of a token always gives that token.
    pub(crate) fn reach_all(&self) -> bool {
        self.unreachable == 0
    }

    /// The rank of the token that the two merge into, or [`NO_PAIR`].
    pub(crate) fn rank(&self, left: u32, right: u32) -> u32 {
        let candidate = self.answer(self.ask(left, right));
        if self.confirm(left, right, candidate) { candidate } else { NO_PAIR }
    }

    /// Both parts of a token, or 0 if there is no such rank.
    #[inline(always)]
    fn parts(&self, rank: u32) -> u64 {
        let bits = 2 * self.rank_bits;
        let at = rank as usize * bits as usize;
        let bytes = self.image.get(self.parts_at + at / 8..).and_then(|bytes| bytes.first_chunk());
        bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes) >> (at % 8) & ((1 << bits) - 1))
    }
}

impl Join for Pairs {
    /// The tag, and where in the image the slot is.
    type Asked = (u32, usize);

    #[inline(always)]
    fn ask(&self, left: u32, right: u32) -> (u32, usize) {
        let hash = hash(key(left, right), self.multiplier);
        let number = self.image[HEADER + displace::group(hash, self.groups)];
        let at = self.slots_at + 4 * displace::slot(hash, number, self.slots);
        prefetch(&self.image, at);
        (tag(hash, self.rank_bits), at)
    }

    #[inline(always)]
    fn answer(&self, (tag, at): (u32, usize)) -> u32 {
        let slot = self.image[at..].first_chunk().map_or(FREE, |bytes| u32::from_le_bytes(*bytes));
        let rank = slot & ((1 << self.rank_bits) - 1);
        select_unpredictable(slot - rank == tag, rank, NO_PAIR)
    }

    #[inline(always)]
    fn confirm(&self, left: u32, right: u32, candidate: u32) -> bool {
        self.parts(candidate) == parts(left, right, self.rank_bits) && candidate < self.tokens
    }
}

/// The fewest bits that hold all ranks and one number more, which is that of a free slot.
fn rank_bits(tokens: u32) -> u32 {
    u32::BITS - tokens.leading_zeros()
}

/// What stands for the left part of a token that is not joined of two: all ones, as no rank is.
#[inline(always)]
fn literal(rank_bits: u32) -> u32 {
    (1 << rank_bits) - 1
}

/// Both parts in one number. A neighbour that is not there has more bits than any rank, all ones: what comes out is
/// the number of no two parts.
#[inline(always)]
fn parts(left: u32, right: u32, rank_bits: u32) -> u64 {
    u64::from(left) | u64::from(right) << rank_bits
}

/// How many bytes the parts take.
fn parts_bytes(tokens: u32, rank_bits: u32) -> usize {
    (2 * rank_bits as usize * tokens as usize).div_ceil(8)
}

/// Writes the parts of all tokens, and what comes after them.
fn put_parts(made: &[Made], rank_bits: u32, image: &mut Vec<u8>) {
    let parts_at = image.len();
    image.resize(parts_at + parts_bytes(made.len() as u32, rank_bits) + PADDING, 0);
    for (rank, made) in made.iter().enumerate() {
        let parts = match *made {
            Made::Joined(left, right) => parts(left, right, rank_bits),
            Made::Literal(number) => parts(literal(rank_bits), number, rank_bits),
        };
        let at = 2 * rank_bits as usize * rank;
        let bytes = (parts << (at % 8)).to_le_bytes();
        // What is there already are bits of the token before.
        image[parts_at + at / 8..].iter_mut().zip(bytes).for_each(|(there, byte)| *there |= byte);
    }
}

#[inline(always)]
fn key(left: u32, right: u32) -> u64 {
    u64::from(left) << RANK_BITS | u64::from(right)
}

/// The factor of the hash: another hash for each seed. Odd, so that no two keys become one.
fn multiplier(seed: u32) -> u64 {
    u64::from(seed).wrapping_mul(0xd6e8_feb8_6659_fd92).wrapping_add(0x9e37_79b9_7f4a_7c15)
}

/// A folded product: every bit of both factors reaches every bit of the result. It is a part of the image's format.
#[inline(always)]
fn hash(key: u64, multiplier: u64) -> u64 {
    let product = u128::from(key) * u128::from(multiplier);
    (product as u64) ^ (product >> 64) as u64
}

/// The part of the hash that is stored above the rank: its lowest bits, which matter least for the slot.
#[inline(always)]
fn tag(hash: u64, rank_bits: u32) -> u32 {
    (hash as u32) << rank_bits
}
