//! The kernel for every processor, in plain arithmetic: a table of classes, a transposed matrix of bits, and
//! characters outside ASCII one by one. It is also the twin that tests compare the wide kernels with.

use super::masks::{AsciiMasks, BLOCK, Characters, Kernel, WINDOW};

/// The kernel for every processor.
#[derive(Clone, Copy)]
pub(super) struct Portable;

impl Kernel for Portable {
    #[inline(always)]
    fn classify(self, block: &[u8; BLOCK]) -> AsciiMasks {
        let mut rows = [0u64; 8];
        let (mut high, mut follow, mut line_feed) = (0, 0, 0);
        for (i, bytes) in block.chunks_exact(8).enumerate() {
            let mut classes = 0;
            let mut raw = 0;
            for (j, &byte) in bytes.iter().enumerate() {
                classes |= u64::from(CLASS_BITS[usize::from(byte)]) << (8 * j);
                raw |= u64::from(byte) << (8 * j);
            }
            let columns = transpose(classes).to_le_bytes();
            for (row, column) in rows.iter_mut().zip(columns) {
                *row |= u64::from(column) << (8 * i);
            }
            high |= gather_tops(raw) << (8 * i);
            follow |= gather_tops(raw & !(raw << 1)) << (8 * i);
            line_feed |= gather_tops(!(raw << 5)) << (8 * i);
        }
        let [upper, lower, digit, blank, tab, newline, apostrophe, slash] = rows;
        // Of the two line ends only the line feed lacks bit 2.
        line_feed &= newline;
        AsciiMasks { upper, lower, digit, blank, tab, newline, line_feed, apostrophe, slash, high, follow }
    }

    #[inline(always)]
    fn characters(self, window: &[u8; WINDOW], ascii: &AsciiMasks) -> Characters {
        let mut characters = Characters::default();
        characters.add_each(window, ascii.high & !ascii.follow);
        characters
    }
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
