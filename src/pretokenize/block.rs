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

use crate::unicode::masks::{AsciiMasks, Characters, Kernel, WINDOW, whole};

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

/// What a block hands on to the next: the bytes there of a character that began before, and its class.
#[derive(Clone, Copy, Default)]
pub(super) struct Spill {
    bytes: u64,
    upper: u64,
    lower: u64,
    caseless: u64,
    mark: u64,
    digit: u64,
    space: u64,
}

impl Block {
    /// The classes of the block at byte `at`, whose first bytes may belong to a character of the block before
    /// (`spill`). `None` if it holds bytes that are not valid UTF-8. At least a window is there.
    #[inline(always)]
    pub(super) fn new<K: Kernel>(kernel: K, text: &[u8], at: usize, spill: &mut Spill) -> Option<Block> {
        let window: &[u8; WINDOW] = text[at..].first_chunk()?;
        let ascii = kernel.classify(window.first_chunk()?);
        if ascii.high == 0 {
            return (spill.bytes == 0).then(|| Block::of_ascii(&ascii));
        }
        let characters = kernel.characters(window, &ascii, spill.bytes)?;
        Some(Block::of_characters(&ascii, &characters, spill))
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
    #[inline(always)]
    fn of_characters(ascii: &AsciiMasks, characters: &Characters, spill: &mut Spill) -> Block {
        let follow = ascii.follow;
        let pending = std::mem::replace(&mut spill.bytes, characters.beyond);
        let whole = |starts: u64, class: &mut u64| {
            let mask = whole(starts, follow, pending & *class);
            *class = mask >> 63;
            mask
        };
        let upper = whole(characters.upper, &mut spill.upper) | ascii.upper;
        let lower = whole(characters.lower, &mut spill.lower) | ascii.lower;
        let caseless = whole(characters.caseless, &mut spill.caseless);
        let mark = whole(characters.mark, &mut spill.mark);
        let (mut digit, mut space) = (ascii.digit, ascii.blank | ascii.tab);
        // These are rare, and so is a branch for nothing.
        if characters.number | characters.space | spill.digit | spill.space != 0 {
            digit |= whole(characters.number, &mut spill.digit);
            space |= whole(characters.space, &mut spill.space);
        }
        let other = !(upper | lower | caseless | mark | digit | space | ascii.newline);
        Block {
            upper,
            lower,
            caseless,
            mark,
            digit,
            space,
            newline: ascii.newline,
            other,
            blank: ascii.blank,
            apostrophe: ascii.apostrophe,
            slash: ascii.slash,
            follow,
        }
    }

    /// The first bytes of the characters of three bytes or more. `next` is the block after it.
    #[inline(always)]
    pub(super) fn long_starts(&self, next: &Block) -> u64 {
        let second = self.follow >> 1 | next.follow << 63;
        let third = self.follow >> 2 | next.follow << 62;
        second & third & !self.follow
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
