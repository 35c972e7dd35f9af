//! The rules of the patterns as arithmetic on masks: where in a block a piece begins.
//!
//! What each pattern does is said in `gpt2`, `cl100k`, `o200k` and `deepseek`; here is what they share. All of it looks
//! at most one byte back, by [`Memory`], and into the block that follows only where a run of white space
//! goes on. A pattern never looks back beyond the beginning of a piece, so a fresh [`State`] is right at
//! every boundary.

use super::block::{Block, Memory, reached};
use crate::unicode::decode;
use crate::unicode::masks::whole;

/// What is remembered of the blocks before.
#[derive(Default)]
pub(super) struct State {
    pub(super) word: Memory,
    pub(super) other: Memory,
    pub(super) lower: Memory,
    pub(super) caseless: Memory,
    pub(super) blank: Memory,
    pub(super) space: Memory,
    white: Memory,
    newline: Memory,
    absorbed: Memory,
    prefix: Memory,
    pub(super) slash: Memory,
    pub(super) number: Memory,
    /// Characters that some patterns take for runs of their own, see [`State::picked`].
    pub(super) apart: Memory,
    /// What is taken by a piece that only ASCII letters go on.
    pub(super) ascii: Memory,
    digit: u64,
    digit_starts: u64,
    /// The bits that contractions of the block before set and clear in this one.
    set: u64,
    clear: u64,
}

impl State {
    /// The bytes after a character that may be the one before a word: it begins a piece (`alone` has its first
    /// byte) and is followed by nothing of its kind.
    #[inline(always)]
    pub(super) fn after_prefix(&mut self, alone: u64, follow: u64) -> u64 {
        let mut prefix = alone | (self.prefix.last() & follow);
        if follow != 0 {
            for _ in 0..3 {
                prefix |= (prefix << 1) & follow;
            }
        }
        self.prefix.after(prefix)
    }

    /// The line ends that belong to the other characters before them, as `[\r\n]*` takes them.
    #[inline(always)]
    pub(super) fn absorbed(&mut self, newline: u64, after_other: u64) -> u64 {
        reached(newline & (after_other | self.absorbed.last()), newline)
    }

    /// All bytes of the characters of three bytes or more that begin in `mask` and are picked; among the others
    /// there is none to pick. Those of one that the block before began are known from there.
    #[inline(always)]
    pub(super) fn picked(
        &self,
        block: &Block,
        next: &Block,
        mask: u64,
        text: &[u8],
        at: usize,
        is_picked: impl Fn(u32) -> bool,
    ) -> u64 {
        let mut picked = 0;
        let mut left = mask & block.long_starts(next);
        while left != 0 {
            let place = left.trailing_zeros();
            let code = decode(text, at + place as usize).map_or(0, |(c, _)| c as u32);
            picked |= u64::from(is_picked(code)) << place;
            left &= left - 1;
        }
        whole(picked, block.follow, self.apart.last() & block.follow)
    }

    /// Where pieces of digits begin: `{1,3}` takes three at a time, else each is one. `None` for digits beyond
    /// ASCII of which three are taken.
    #[inline(always)]
    pub(super) fn digit_starts<const MOST: usize>(&mut self, digit: u64, follow: u64) -> Option<u64> {
        const { assert!(MOST == 1 || MOST == 3, "what is below is for three") }
        if MOST == 1 {
            return Some(digit & !follow);
        }
        if digit & follow != 0 {
            return None;
        }
        let back = |distance: u32| digit << distance | self.digit >> (64 - distance);
        // A byte from which three steps back stay within the digits.
        let fourth = digit & back(1) & back(2) & back(3);
        let mut starts = (digit & !back(1)) | (self.digit_starts >> 61 & fourth);
        let mut latest = starts;
        while fourth != 0 && latest != 0 {
            latest = (latest << 3) & fourth;
            starts |= latest;
        }
        self.digit = digit;
        self.digit_starts = starts;
        Some(starts)
    }

    /// Where pieces of white space begin, for `\s*[\r\n]+|\s+(?!\S)|\s+` and what is the same: a run up to
    /// its last line end; then all but the last character; then that. `absorbed` line ends are not of the run.
    ///
    /// Before what stands in `ends` (first of this block, then of the next) the text is as good as ended.
    ///
    /// `None` where it would take another look further on.
    #[inline(always)]
    pub(super) fn white_starts(
        &mut self,
        block: &Block,
        next: &Block,
        after_other: u64,
        absorbed: u64,
        ends: [u64; 2],
    ) -> Option<u64> {
        let white = block.white();
        let after_white = self.white.after(white);
        let after_newline = self.newline.after(block.newline);
        let after_absorbed = self.absorbed.after(absorbed);
        let goes_on = before(white | ends[0], next.white() | ends[1]);
        let last = last_characters(block.space & !goes_on, block.follow)?;
        let indent = block.space & after_newline;
        let run = block.space & !after_white;
        let lines = block.newline & !after_white & !after_other;
        let starts = run | last | lines | indent;
        // A run of spaces after a line end is a piece of its own, unless one more line end follows it.
        let (ends, overflow) = block.space.overflowing_add(indent);
        let blank_lines = ends & block.newline;
        if blank_lines == 0 && !overflow {
            return Some(starts);
        }
        let mut gone = 0;
        if overflow {
            let spaces = next.space.trailing_ones();
            if spaces == u64::BITS {
                return None;
            }
            if next.newline >> spaces & 1 != 0 {
                gone |= highest(indent);
            }
        }
        let mut left = blank_lines & !block.space;
        while left != 0 {
            gone |= highest(indent & (lowest(left) - 1));
            left &= left - 1;
        }
        Some(starts & !(gone & !after_absorbed))
    }

    /// As [`State::white_starts`] for `\s+(?!\S)|\s+` alone, where line ends are as other white space.
    #[inline(always)]
    pub(super) fn plain_white_starts(&mut self, block: &Block, next: &Block) -> Option<u64> {
        let white = block.white();
        let last = last_characters(white & !before(white, next.white()), block.follow)?;
        Some((white & !self.white.after(white)) | last)
    }

    /// Puts a contraction of `length` bytes at `place` of the block: the bits in `clear`, moved there, are no
    /// starts; what follows it is one.
    #[inline(always)]
    pub(super) fn contract(&mut self, starts: &mut u64, place: u32, length: usize, clear: u64) {
        let set = 1u128 << (place as usize + length);
        let clear = u128::from(clear) << place;
        *starts = (*starts & !(clear as u64)) | set as u64;
        self.set |= (set >> 64) as u64;
        self.clear |= (clear >> 64) as u64;
    }

    /// The starts of this block after what contractions of the block before did to them.
    #[inline(always)]
    pub(super) fn contracted(&mut self, starts: u64) -> u64 {
        (starts & !std::mem::take(&mut self.clear)) | std::mem::take(&mut self.set)
    }
}

/// The mask moved back by one byte, with the first bit of the next block coming in.
#[inline(always)]
fn before(mask: u64, next: u64) -> u64 {
    mask >> 1 | next << 63
}

/// From last bytes of white-space characters to their first bytes; `None` if one is in the block before.
#[inline(always)]
fn last_characters(mut last: u64, follow: u64) -> Option<u64> {
    // No white space has more than three bytes.
    for _ in 0..2 {
        let inside = last & follow;
        if inside == 0 {
            break;
        }
        if inside & 1 != 0 {
            return None;
        }
        last = (last & !follow) | inside >> 1;
    }
    Some(last)
}

#[inline(always)]
fn lowest(mask: u64) -> u64 {
    mask & mask.wrapping_neg()
}

#[inline(always)]
fn highest(mask: u64) -> u64 {
    match mask {
        0 => 0,
        _ => 1 << (63 - mask.leading_zeros()),
    }
}
