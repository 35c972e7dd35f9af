//! The classes of 64 bytes at once, as wide as the processor can: AVX-512, AVX2, NEON, or plain arithmetic.
//!
//! A [`Kernel`] turns 64 bytes into bit masks, one bit a byte. What the masks mean for a pattern is the work
//! of the neighbours, which are written once and compiled for each kernel ([`scan`] is the door). Which
//! kernel runs is decided by asking the processor; [`Portable`] always can, and is the twin that tests
//! compare the others with.
//!
//! This is the only file of the scanners with `unsafe` in it: to call code that was compiled for
//! instructions the processor may lack, and to load a block into a register. A kernel is a token that only
//! its `detect` gives out, so to hold one is the proof that its instructions are there.

#![allow(unsafe_code)]

use super::scan::{Scanner, scan_with};

/// How many bytes a block has.
pub(super) const BLOCK: usize = 64;

/// The ASCII classes of a block: bit i is set if byte i is of the class. A byte that is in none of them and
/// not in `high` is any other ASCII character.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct AsciiMasks {
    /// `A` to `Z`.
    pub(super) upper: u64,
    /// `a` to `z`.
    pub(super) lower: u64,
    /// `0` to `9`.
    pub(super) digit: u64,
    /// The space.
    pub(super) blank: u64,
    /// Tab, vertical tab, form feed.
    pub(super) tab: u64,
    /// `\r` and `\n`.
    pub(super) newline: u64,
    /// `'`.
    pub(super) apostrophe: u64,
    /// `/`.
    pub(super) slash: u64,
    /// Bytes from 128 on, which are no ASCII.
    pub(super) high: u64,
    /// Those of them below 192, which follow the first byte of a character.
    pub(super) follow: u64,
}

/// A way to classify a block.
pub(super) trait Kernel: Copy {
    /// The ASCII classes of the block.
    fn classify(self, block: &[u8; BLOCK]) -> AsciiMasks;
}

/// [`scan_with`] by the widest kernel of this processor.
pub(super) fn scan<S: Scanner>(text: &[u8], at: usize, stop: usize, ends: &mut [usize]) -> usize {
    #[cfg(target_arch = "x86_64")]
    {
        if let Some(kernel) = x86::Avx512::detect() {
            // SAFETY: the kernel was detected, so the processor has the features of this function.
            return unsafe { x86::scan_avx512::<S>(kernel, text, at, stop, ends) };
        }
        if let Some(kernel) = x86::Avx2::detect() {
            // SAFETY: as above.
            return unsafe { x86::scan_avx2::<S>(kernel, text, at, stop, ends) };
        }
    }
    #[cfg(target_arch = "aarch64")]
    if let Some(kernel) = arm::Neon::detect() {
        return scan_with::<arm::Neon, S>(kernel, text, at, stop, ends);
    }
    scan_with::<Portable, S>(Portable, text, at, stop, ends)
}

#[cfg(test)]
pub(super) type Scan = fn(&[u8], usize, usize, &mut [usize]) -> usize;

#[cfg(test)]
pub(super) type Classify = fn(&[u8; BLOCK]) -> AsciiMasks;

/// Every way to scan that this processor has, with its name. For tests.
#[cfg(test)]
pub(super) fn ways<S: Scanner>() -> Vec<(&'static str, Scan)> {
    let mut ways: Vec<(&'static str, Scan)> =
        vec![("portable", |text, at, stop, ends| scan_with::<Portable, S>(Portable, text, at, stop, ends))];
    #[cfg(target_arch = "x86_64")]
    {
        if x86::Avx512::detect().is_some() {
            ways.push(("avx512", |text, at, stop, ends| {
                let kernel = x86::Avx512::detect().expect("detected before");
                // SAFETY: the kernel was detected.
                unsafe { x86::scan_avx512::<S>(kernel, text, at, stop, ends) }
            }));
        }
        if x86::Avx2::detect().is_some() {
            ways.push(("avx2", |text, at, stop, ends| {
                let kernel = x86::Avx2::detect().expect("detected before");
                // SAFETY: the kernel was detected.
                unsafe { x86::scan_avx2::<S>(kernel, text, at, stop, ends) }
            }));
        }
    }
    #[cfg(target_arch = "aarch64")]
    if arm::Neon::detect().is_some() {
        ways.push(("neon", |text, at, stop, ends| {
            let kernel = arm::Neon::detect().expect("detected before");
            scan_with::<arm::Neon, S>(kernel, text, at, stop, ends)
        }));
    }
    ways
}

/// Every kernel of this processor but the portable one, with its name. For tests.
#[cfg(test)]
pub(super) fn kernels() -> Vec<(&'static str, Classify)> {
    let mut kernels: Vec<(&'static str, Classify)> = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        if x86::Avx512::detect().is_some() {
            kernels.push(("avx512", |block| x86::Avx512::detect().expect("detected before").classify(block)));
        }
        if x86::Avx2::detect().is_some() {
            kernels.push(("avx2", |block| x86::Avx2::detect().expect("detected before").classify(block)));
        }
    }
    #[cfg(target_arch = "aarch64")]
    if arm::Neon::detect().is_some() {
        kernels.push(("neon", |block| arm::Neon::detect().expect("detected before").classify(block)));
    }
    kernels
}

/// The kernel for every processor: a table of classes, and a transposed matrix of bits.
#[derive(Clone, Copy)]
pub(super) struct Portable;

impl Kernel for Portable {
    #[inline(always)]
    fn classify(self, block: &[u8; BLOCK]) -> AsciiMasks {
        let mut rows = [0u64; 8];
        let (mut high, mut follow) = (0, 0);
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
        }
        let [upper, lower, digit, blank, tab, newline, apostrophe, slash] = rows;
        AsciiMasks { upper, lower, digit, blank, tab, newline, apostrophe, slash, high, follow }
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

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{AsciiMasks, BLOCK, Kernel, Scanner, scan_with};

    /// 64 bytes in one register, comparisons straight to masks.
    #[derive(Clone, Copy)]
    pub(super) struct Avx512(());

    impl Avx512 {
        #[inline]
        pub(super) fn detect() -> Option<Avx512> {
            (is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("bmi1")
                && is_x86_feature_detected!("bmi2")
                && is_x86_feature_detected!("lzcnt")
                && is_x86_feature_detected!("popcnt"))
            .then_some(Avx512(()))
        }
    }

    impl Kernel for Avx512 {
        #[inline(always)]
        fn classify(self, block: &[u8; BLOCK]) -> AsciiMasks {
            // SAFETY: `self` was detected, so the processor has the features of this function.
            unsafe { classify_avx512(block) }
        }
    }

    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    fn classify_avx512(block: &[u8; BLOCK]) -> AsciiMasks {
        // SAFETY: a block has the 64 bytes that are read; the load asks for no alignment.
        let bytes = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
        let is = |byte: u8| _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte as i8));
        let small = _mm512_set1_epi8(0x20);
        let within = |bytes, first: u8, count: u8| {
            let from_first = _mm512_sub_epi8(bytes, _mm512_set1_epi8(first as i8));
            _mm512_cmplt_epu8_mask(from_first, _mm512_set1_epi8(count as i8))
        };
        let letters = within(_mm512_or_si512(bytes, small), b'a', 26);
        let lower = letters & _mm512_test_epi8_mask(bytes, small);
        let newline = is(b'\n') | is(b'\r');
        AsciiMasks {
            upper: letters & !lower,
            lower,
            digit: within(bytes, b'0', 10),
            blank: is(b' '),
            tab: within(bytes, b'\t', 5) & !newline,
            newline,
            apostrophe: is(b'\''),
            slash: is(b'/'),
            high: _mm512_movepi8_mask(bytes),
            follow: _mm512_cmplt_epi8_mask(bytes, _mm512_set1_epi8(0xc0_u8 as i8)),
        }
    }

    /// # Safety
    ///
    /// The processor must have the features: `kernel` is the proof.
    #[target_feature(enable = "avx512f,avx512bw,bmi1,bmi2,lzcnt,popcnt")]
    pub(super) fn scan_avx512<S: Scanner>(
        kernel: Avx512,
        text: &[u8],
        at: usize,
        stop: usize,
        ends: &mut [usize],
    ) -> usize {
        scan_with::<Avx512, S>(kernel, text, at, stop, ends)
    }

    /// Two registers of 32 bytes.
    #[derive(Clone, Copy)]
    pub(super) struct Avx2(());

    impl Avx2 {
        #[inline]
        pub(super) fn detect() -> Option<Avx2> {
            (is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("bmi1")
                && is_x86_feature_detected!("bmi2")
                && is_x86_feature_detected!("lzcnt")
                && is_x86_feature_detected!("popcnt"))
            .then_some(Avx2(()))
        }
    }

    impl Kernel for Avx2 {
        #[inline(always)]
        fn classify(self, block: &[u8; BLOCK]) -> AsciiMasks {
            // SAFETY: `self` was detected, so the processor has the features of this function.
            unsafe { classify_avx2(block) }
        }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn classify_avx2(block: &[u8; BLOCK]) -> AsciiMasks {
        // SAFETY: a block has the 64 bytes that are read; the loads ask for no alignment.
        let halves = unsafe {
            let start: *const __m256i = block.as_ptr().cast();
            [_mm256_loadu_si256(start), _mm256_loadu_si256(start.add(1))]
        };
        let masks = |one: &dyn Fn(__m256i) -> __m256i| {
            let [low, high] = halves.map(|half| _mm256_movemask_epi8(one(half)) as u32);
            u64::from(low) | u64::from(high) << 32
        };
        let equal = |bytes, byte: u8| _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte as i8));
        // `x - first < count` without signs: the smaller of it and `count - 1` is itself.
        let within = |bytes, first: u8, count: u8| {
            let from_first = _mm256_sub_epi8(bytes, _mm256_set1_epi8(first as i8));
            _mm256_cmpeq_epi8(_mm256_min_epu8(from_first, _mm256_set1_epi8(count as i8 - 1)), from_first)
        };
        let newline = masks(&|bytes| _mm256_or_si256(equal(bytes, b'\n'), equal(bytes, b'\r')));
        AsciiMasks {
            upper: masks(&|bytes| within(bytes, b'A', 26)),
            lower: masks(&|bytes| within(bytes, b'a', 26)),
            digit: masks(&|bytes| within(bytes, b'0', 10)),
            blank: masks(&|bytes| equal(bytes, b' ')),
            tab: masks(&|bytes| within(bytes, b'\t', 5)) & !newline,
            newline,
            apostrophe: masks(&|bytes| equal(bytes, b'\'')),
            slash: masks(&|bytes| equal(bytes, b'/')),
            high: masks(&|bytes| bytes),
            follow: masks(&|bytes| _mm256_cmpgt_epi8(_mm256_set1_epi8(0xc0_u8 as i8), bytes)),
        }
    }

    /// # Safety
    ///
    /// The processor must have the features: `kernel` is the proof.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    pub(super) fn scan_avx2<S: Scanner>(
        kernel: Avx2,
        text: &[u8],
        at: usize,
        stop: usize,
        ends: &mut [usize],
    ) -> usize {
        scan_with::<Avx2, S>(kernel, text, at, stop, ends)
    }
}

#[cfg(target_arch = "aarch64")]
mod arm {
    use std::arch::aarch64::*;

    use super::{AsciiMasks, BLOCK, Kernel};

    /// Four registers of 16 bytes.
    #[derive(Clone, Copy)]
    pub(super) struct Neon(());

    impl Neon {
        #[inline]
        pub(super) fn detect() -> Option<Neon> {
            std::arch::is_aarch64_feature_detected!("neon").then_some(Neon(()))
        }
    }

    impl Kernel for Neon {
        #[inline(always)]
        fn classify(self, block: &[u8; BLOCK]) -> AsciiMasks {
            // SAFETY: `self` was detected, so the processor has the features of this function.
            unsafe { classify_neon(block) }
        }
    }

    #[target_feature(enable = "neon")]
    #[inline]
    fn classify_neon(block: &[u8; BLOCK]) -> AsciiMasks {
        // SAFETY: a block has the 64 bytes that are read; the loads ask for no alignment.
        let quarters = [0, 16, 32, 48].map(|at| unsafe { vld1q_u8(block.as_ptr().add(at)) });
        let masks = |one: &dyn Fn(uint8x16_t) -> uint8x16_t| gather(quarters.map(one));
        let equal = |bytes, byte: u8| vceqq_u8(bytes, vdupq_n_u8(byte));
        let within =
            |bytes, first: u8, count: u8| vcltq_u8(vsubq_u8(bytes, vdupq_n_u8(first)), vdupq_n_u8(count));
        let newline = masks(&|bytes| vorrq_u8(equal(bytes, b'\n'), equal(bytes, b'\r')));
        AsciiMasks {
            upper: masks(&|bytes| within(bytes, b'A', 26)),
            lower: masks(&|bytes| within(bytes, b'a', 26)),
            digit: masks(&|bytes| within(bytes, b'0', 10)),
            blank: masks(&|bytes| equal(bytes, b' ')),
            tab: masks(&|bytes| within(bytes, b'\t', 5)) & !newline,
            newline,
            apostrophe: masks(&|bytes| equal(bytes, b'\'')),
            slash: masks(&|bytes| equal(bytes, b'/')),
            high: masks(&|bytes| vcgeq_u8(bytes, vdupq_n_u8(128))),
            follow: masks(&|bytes| within(bytes, 0x80, 0x40)),
        }
    }

    /// One bit for each byte that is all ones: each keeps the bit of its place among eight, and three rounds
    /// of adding neighbours bring eight of them into one byte.
    #[target_feature(enable = "neon")]
    #[inline]
    fn gather(quarters: [uint8x16_t; 4]) -> u64 {
        const PLACES: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];
        // SAFETY: the 16 bytes that are read are there; the load asks for no alignment.
        let places = unsafe { vld1q_u8(PLACES.as_ptr()) };
        let [a, b, c, d] = quarters.map(|quarter| vandq_u8(quarter, places));
        let sum = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d));
        vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)))
    }
}
