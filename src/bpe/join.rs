//! What merging asks: whether two neighbours merge, and into what.
//!
//! The algorithms (`merge`, `heap`) need no more than this. What answers is left to `pairs`, which holds the answers
//! of a whole vocabulary and is itself made by merging with another one.

/// How many bits a rank has at most, so that three fit into one number.
pub(crate) const RANK_BITS: u32 = 21;

/// No token has this rank: a neighbour that is not there. It merges with nothing.
pub(crate) const NO_NEIGHBOUR: u32 = (1 << RANK_BITS) - 1;

/// What stands for the rank of two tokens that do not merge: greater than every rank, with six bits to spare in
/// a number with a sign.
pub(crate) const NO_PAIR: u32 = (1 << 25) - 1;

/// Something that knows which neighbours merge. A question and its answer are apart, so that much can be asked
/// before the first answer is waited for.
pub(crate) trait Join {
    /// A question that was asked.
    type Asked: Copy + Default;

    /// Asks what the two merge into. One of them may be [`NO_NEIGHBOUR`].
    fn ask(&self, left: u32, right: u32) -> Self::Asked;

    /// The rank of the two joined, or [`NO_PAIR`]; it may be wrong until it is confirmed.
    fn answer(&self, asked: Self::Asked) -> u32;

    /// Whether the candidate, the answer for these two, is what they merge into.
    fn confirm(&self, left: u32, right: u32, candidate: u32) -> bool;
}
