//! The kernel for every processor, in plain arithmetic: a table of classes, a transposed matrix of bits, and
//! characters outside ASCII one by one. It is also the twin that tests compare the wide kernels with.

use super::decode;
use super::masks::{AsciiMasks, BLOCK, Characters, Kernel, WINDOW};
use super::pages::marked_class;

/// The kernel for every processor.
#[derive(Clone, Copy)]
pub(super) struct Portable;

impl Kernel for Portable {
    const WIDE: bool = false;

    #[inline(always)]
    fn classify(self, block: &[u8; BLOCK]) -> AsciiMasks {
        let mut classes = [0; BLOCK];
        for (class, &byte) in classes.iter_mut().zip(block) {
            *class = CLASS_BITS[usize::from(byte)];
        }
        let [upper, lower, digit, blank, tab, newline, apostrophe, slash] = rows(&classes);
        let (mut high, mut follow, mut line_feed) = (0, 0, 0);
        for (i, bytes) in eights(block) {
            high |= gather_tops(bytes) << (8 * i);
            follow |= gather_tops(bytes & !(bytes << 1)) << (8 * i);
            line_feed |= gather_tops(!(bytes << 5)) << (8 * i);
        }
        // Of the two line ends only the line feed lacks bit 2.
        line_feed &= newline;
        AsciiMasks { upper, lower, digit, blank, tab, newline, line_feed, apostrophe, slash, high, follow }
    }

    #[inline(always)]
    fn characters(self, window: &[u8; WINDOW], ascii: &AsciiMasks, pending: u64) -> Option<Characters> {
        let mut classes = [0; BLOCK];
        let mut follow = u128::from(pending);
        let mut left = ascii.high & !ascii.follow;
        while left != 0 {
            let place = left.trailing_zeros() as usize;
            left &= left - 1;
            let (c, length) = decode(window[place..].first_chunk::<4>()?, 0)?;
            classes[place] = marked_class(c as u32);
            follow |= u128::from((1u32 << length) - 2) << place;
        }
        if follow as u64 != ascii.follow {
            return None;
        }
        let [upper, lower, caseless, mark, number, space, unspaced, _] = rows(&classes);
        let beyond = (follow >> BLOCK) as u64;
        Some(Characters { upper, lower, caseless, mark, number, space, unspaced, beyond })
    }
}

/// Eight bytes each as a number, the first byte lowest, and which eight they are.
#[inline(always)]
fn eights(bytes: &[u8; BLOCK]) -> impl Iterator<Item = (usize, u64)> {
    bytes.as_chunks().0.iter().map(|eight| u64::from_le_bytes(*eight)).enumerate()
}

/// For each of the eight bits a mask of the bytes that have it.
#[inline(always)]
fn rows(bytes: &[u8; BLOCK]) -> [u64; 8] {
    let mut rows = [0; 8];
    for (i, matrix) in eights(bytes) {
        for (row, column) in rows.iter_mut().zip(transpose(matrix).to_le_bytes()) {
            *row |= u64::from(column) << (8 * i);
        }
    }
    rows
}

/// One bit for each class, in the order of [`AsciiMasks`].
const CLASS_BITS: [u8; 256] = class_bits();

const fn class_bits() -> [u8; 256] {
    let mut bits = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        bits[byte] = match byte as u8 {
            b'A'..=b'Z' => 1,
            b'a'..=b'z' => 2,
            b'0'..=b'9' => 4,
            b' ' => 8,
            b'\t' | 0x0b | 0x0c => 16,
            b'\r' | b'\n' => 32,
            b'\'' => 64,
            b'/' => 128,
            _ => 0,
        };
        byte += 1;
    }
    bits
}

/// The uppermost bit of each byte: every bit of the product from 56 on comes from one of them.
#[inline(always)]
fn gather_tops(bytes: u64) -> u64 {
    ((bytes >> 7) & 0x0101_0101_0101_0101).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// Transposes a matrix of 8 by 8 bits, one row a byte: swaps bits, then pairs, then fours across the
/// diagonal (Warren, Hacker's Delight, 2nd edition, 7-3).
#[inline(always)]
fn transpose(matrix: u64) -> u64 {
    let swap = |matrix: u64, distance: u32, mask: u64| {
        let differing = (matrix ^ (matrix >> distance)) & mask;
        matrix ^ differing ^ (differing << distance)
    };
    let matrix = swap(matrix, 7, 0x00aa_00aa_00aa_00aa);
    let matrix = swap(matrix, 14, 0x0000_cccc_0000_cccc);
    swap(matrix, 28, 0x0000_0000_f0f0_f0f0)
}
