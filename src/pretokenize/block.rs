//! The character classes of 64 bytes of any text, as bit masks, and what the patterns' rules share that is
//! arithmetic on such masks.
//!
//! Bit i of a mask is byte i of the block. All bytes of a character have its class, so a run of characters
//! is a run of bits. A rule speaks of neighbours: `after(mask)` moves every bit to the next byte, with the
//! last bit of the block before coming in at the beginning ([`Memory`] keeps it), so blocks need not be
//! looked at together.
//!
//! A block that holds something rare, such as bytes that are no UTF-8, is refused (`None`), and the scanner
//! that goes character by character takes over there. So the rules here only have to be right where they
//! answer, and may leave every entangled case to the other.

use super::simd::{AsciiMasks, BLOCK, Kernel};
use crate::unicode::{Class, class_of_four};

/// The classes of a block.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Block {
    pub(super) upper: u64,
    pub(super) lower: u64,
    pub(super) caseless: u64,
    pub(super) mark: u64,
    pub(super) digit: u64,
    /// White space without line ends.
    pub(super) space: u64,
    pub(super) newline: u64,
    /// Everything else.
    pub(super) other: u64,
    /// The ASCII space alone.
    pub(super) blank: u64,
    pub(super) apostrophe: u64,
    pub(super) slash: u64,
    /// All bytes of a character but its first.
    pub(super) follow: u64,
}

/// The bits of a character that begins in one block and ends in the next, for each class.
#[derive(Clone, Copy, Default)]
pub(super) struct Spill {
    classes: [u64; 8],
    any: u64,
}

/// How many bytes must follow a block in the text: the longest character that begins in its last byte.
pub(super) const BEYOND: usize = 3;

impl Block {
    /// The classes of the block at byte `at`, whose first bytes may belong to a character of the block before
    /// (`spill`). `None` if it holds bytes that are not valid UTF-8. At least `BLOCK + BEYOND` bytes are
    /// there.
    #[inline(always)]
    pub(super) fn new<K: Kernel>(kernel: K, text: &[u8], at: usize, spill: &mut Spill) -> Option<Block> {
        let bytes: &[u8; BLOCK] = text[at..].first_chunk()?;
        let ascii = kernel.classify(bytes);
        if ascii.high == 0 {
            return (spill.any == 0).then(|| Block::of_ascii(&ascii));
        }
        Block::of_characters(&ascii, text, at, spill)
    }

    #[inline(always)]
    fn of_ascii(ascii: &AsciiMasks) -> Block {
        let space = ascii.blank | ascii.tab;
        let known = ascii.upper | ascii.lower | ascii.digit | space | ascii.newline | ascii.high;
        Block {
            upper: ascii.upper,
            lower: ascii.lower,
            caseless: 0,
            mark: 0,
            digit: ascii.digit,
            space,
            newline: ascii.newline,
            other: !known,
            blank: ascii.blank,
            apostrophe: ascii.apostrophe,
            slash: ascii.slash,
            follow: 0,
        }
    }

    /// As [`Block::new`], for blocks with characters of more than one byte.
    fn of_characters(ascii: &AsciiMasks, text: &[u8], at: usize, spill: &mut Spill) -> Option<Block> {
        // Characters in turn write to one of two rows, so that one need not wait for the one before.
        let mut rows = [std::mem::take(&mut spill.classes), [0; 8]];
        let mut covered = std::mem::take(&mut spill.any);
        let mut left = ascii.high & !ascii.follow;
        let mut row = 0;
        while left != 0 {
            let place = left.trailing_zeros();
            let four = text[at + place as usize..].first_chunk::<4>()?;
            let (class, length) = class_of_four(*four);
            if class == 0 {
                return None;
            }
            let bits = u128::from((1u32 << length) - 1) << place;
            let index = Class::trailing_zeros(class) as usize & 7;
            rows[row][index] |= bits as u64;
            covered |= bits as u64;
            if bits >> 64 != 0 {
                spill.classes[index] = (bits >> 64) as u64;
                spill.any = (bits >> 64) as u64;
            }
            left &= left - 1;
            row ^= 1;
        }
        // What is not part of any character is not UTF-8.
        if covered != ascii.high {
            return None;
        }
        let classes: [u64; 8] = std::array::from_fn(|index| rows[0][index] | rows[1][index]);
        let mut block = Block::of_ascii(ascii);
        let [upper, lower, caseless, mark, digit, space, newline, other] = classes;
        block.upper |= upper;
        block.lower |= lower;
        block.caseless |= caseless;
        block.mark |= mark;
        block.digit |= digit;
        block.space |= space;
        block.newline |= newline;
        block.other |= other;
        block.follow = ascii.follow;
        Some(block)
    }

    #[inline(always)]
    pub(super) fn white(&self) -> u64 {
        self.space | self.newline
    }
}

/// A mask of the block before, of which the last bits still matter.
#[derive(Clone, Copy, Default)]
pub(super) struct Memory(u64);

impl Memory {
    /// The mask moved on by one byte; it is remembered for the next block.
    #[inline(always)]
    pub(super) fn after(&mut self, mask: u64) -> u64 {
        let moved = mask << 1 | self.0 >> 63;
        self.0 = mask;
        moved
    }

    /// Whether the last byte of the block before had the bit.
    #[inline(always)]
    pub(super) fn last(&self) -> u64 {
        self.0 >> 63
    }
}

/// The bits of `mask` that are reached from `starts` (which are in `mask`) without a gap, upwards.
///
/// Adding a start to the run that it begins carries through the whole run and clears it; what the sum lacks
/// is what was reached. A start in the middle of a run would not do, so each must be the first bit of a run,
/// or of the block.
#[inline(always)]
pub(super) fn reached(starts: u64, mask: u64) -> u64 {
    mask & !mask.wrapping_add(starts)
}
