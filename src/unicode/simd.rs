//! Masks of 64 bytes as wide as the processor can: AVX-512, AVX2, NEON, or plain arithmetic.
//!
//! Work that is written once for every kernel comes in at [`by_widest`]. Which kernel does it is decided by
//! asking the processor. What kernels have to offer is said in `masks`.
//!
//! This is the only file of the classes with `unsafe` in it: to call code that was compiled for instructions
//! the processor may lack, and to load a block into a register. A kernel is a token that only its `detect`
//! gives out, so to hold one is the proof that its instructions are there.

#![allow(unsafe_code)]

use super::masks::{BLOCK, Vectors, Work};
use super::portable::Portable;

/// Does the work by the widest kernel of this processor.
pub(crate) fn by_widest<W: Work>(work: W) -> W::Result {
    #[cfg(target_arch = "x86_64")]
    {
        if let Some(kernel) = x86::Avx512::detect() {
            // SAFETY: the kernel was detected, so the processor has the features of this function.
            return unsafe { x86::by_avx512(kernel, work) };
        }
        if let Some(kernel) = x86::Avx2::detect() {
            // SAFETY: as above.
            return unsafe { x86::by_avx2(kernel, work) };
        }
    }
    #[cfg(target_arch = "aarch64")]
    if let Some(kernel) = arm::Neon::detect() {
        return work.by(kernel);
    }
    work.by(Portable)
}

/// The names of all kernels. For tests.
#[cfg(test)]
pub(crate) const KERNELS: [&str; 4] = ["portable", "avx512", "avx2", "neon"];

/// Does the work by the kernel of this name, if this processor has it. For tests.
#[cfg(test)]
pub(crate) fn by_named<W: Work>(name: &str, work: W) -> Option<W::Result> {
    match name {
        "portable" => Some(work.by(Portable)),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the kernel was detected.
        "avx512" => x86::Avx512::detect().map(|kernel| unsafe { x86::by_avx512(kernel, work) }),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the kernel was detected.
        "avx2" => x86::Avx2::detect().map(|kernel| unsafe { x86::by_avx2(kernel, work) }),
        #[cfg(target_arch = "aarch64")]
        "neon" => arm::Neon::detect().map(|kernel| work.by(kernel)),
        _ => None,
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{BLOCK, Vectors, Work};

    /// 64 bytes in one register, comparisons straight to masks, a table of 64 entries in one instruction (that
    /// is VBMI: processors with the other parts of AVX-512 only are better off with AVX2).
    #[derive(Clone, Copy)]
    pub(super) struct Avx512(());

    impl Avx512 {
        #[inline]
        pub(super) fn detect() -> Option<Avx512> {
            (is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512vbmi")
                && is_x86_feature_detected!("bmi1")
                && is_x86_feature_detected!("bmi2")
                && is_x86_feature_detected!("lzcnt")
                && is_x86_feature_detected!("popcnt"))
            .then_some(Avx512(()))
        }
    }

    impl Vectors for Avx512 {
        type Bytes = __m512i;
        type Mask = u64;

        #[inline(always)]
        fn load(self, block: &[u8; BLOCK]) -> __m512i {
            // SAFETY: detected; a block has the 64 bytes that are read, and the load asks for no alignment.
            unsafe { _mm512_loadu_si512(block.as_ptr().cast()) }
        }

        #[inline(always)]
        fn equal(self, bytes: __m512i, byte: u8) -> u64 {
            // SAFETY: `self` was detected.
            unsafe { _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte as i8)) }
        }

        #[inline(always)]
        fn within(self, bytes: __m512i, first: u8, count: u8) -> u64 {
            // SAFETY: `self` was detected.
            unsafe {
                let from_first = _mm512_sub_epi8(bytes, _mm512_set1_epi8(first as i8));
                _mm512_cmplt_epu8_mask(from_first, _mm512_set1_epi8(count as i8))
            }
        }

        #[inline(always)]
        fn having(self, bytes: __m512i, bit: u8) -> u64 {
            // SAFETY: `self` was detected.
            unsafe { _mm512_test_epi8_mask(bytes, _mm512_set1_epi8(bit as i8)) }
        }

        #[inline(always)]
        fn high(self, bytes: __m512i) -> u64 {
            // SAFETY: `self` was detected.
            unsafe { _mm512_movepi8_mask(bytes) }
        }

        #[inline(always)]
        fn both(self, one: u64, other: u64) -> u64 {
            one & other
        }

        #[inline(always)]
        fn bits(self, mask: u64) -> u64 {
            mask
        }

        #[inline(always)]
        fn look_up(self, page: &[u8; 64], bytes: __m512i) -> __m512i {
            // SAFETY: `self` was detected.
            unsafe { _mm512_permutexvar_epi8(bytes, self.load(page)) }
        }

        #[inline(always)]
        fn choose(self, mask: u64, new: __m512i, old: __m512i) -> __m512i {
            // SAFETY: `self` was detected.
            unsafe { _mm512_mask_blend_epi8(mask, old, new) }
        }
    }

    /// # Safety
    ///
    /// The processor must have the features: `kernel` is the proof.
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,bmi2,lzcnt,popcnt")]
    pub(super) fn by_avx512<W: Work>(kernel: Avx512, work: W) -> W::Result {
        work.by(kernel)
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

    // Without closures: one of them would be compiled on its own, without the instructions.
    impl Vectors for Avx2 {
        type Bytes = [__m256i; 2];
        type Mask = [__m256i; 2];

        #[inline(always)]
        fn load(self, block: &[u8; BLOCK]) -> [__m256i; 2] {
            let start: *const __m256i = block.as_ptr().cast();
            // SAFETY: detected; a block has the 64 bytes that are read, and the loads ask for no alignment.
            unsafe { [_mm256_loadu_si256(start), _mm256_loadu_si256(start.add(1))] }
        }

        #[inline(always)]
        fn equal(self, [low, high]: [__m256i; 2], byte: u8) -> [__m256i; 2] {
            // SAFETY: `self` was detected.
            unsafe {
                let all = _mm256_set1_epi8(byte as i8);
                [_mm256_cmpeq_epi8(low, all), _mm256_cmpeq_epi8(high, all)]
            }
        }

        #[inline(always)]
        fn within(self, [low, high]: [__m256i; 2], first: u8, count: u8) -> [__m256i; 2] {
            // SAFETY: `self` was detected.
            unsafe {
                let (first, last) = (_mm256_set1_epi8(first as i8), _mm256_set1_epi8(count as i8 - 1));
                let (low, high) = (_mm256_sub_epi8(low, first), _mm256_sub_epi8(high, first));
                // `x < count` without signs: the smaller of it and `count - 1` is itself.
                let [low_least, high_least] = [_mm256_min_epu8(low, last), _mm256_min_epu8(high, last)];
                [_mm256_cmpeq_epi8(low_least, low), _mm256_cmpeq_epi8(high_least, high)]
            }
        }

        #[inline(always)]
        fn having(self, bytes: [__m256i; 2], bit: u8) -> u64 {
            // SAFETY: `self` was detected.
            let all = unsafe { _mm256_set1_epi8(bit as i8) };
            self.bits(self.equal(self.both(bytes, [all; 2]), bit))
        }

        #[inline(always)]
        fn high(self, bytes: [__m256i; 2]) -> u64 {
            // The uppermost bit is all that is taken of a mask.
            self.bits(bytes)
        }

        #[inline(always)]
        fn both(self, one: [__m256i; 2], other: [__m256i; 2]) -> [__m256i; 2] {
            // SAFETY: `self` was detected.
            unsafe { [_mm256_and_si256(one[0], other[0]), _mm256_and_si256(one[1], other[1])] }
        }

        #[inline(always)]
        fn bits(self, [low, high]: [__m256i; 2]) -> u64 {
            // SAFETY: `self` was detected.
            let (low, high) = unsafe { (_mm256_movemask_epi8(low), _mm256_movemask_epi8(high)) };
            u64::from(low as u32) | u64::from(high as u32) << 32
        }

        #[inline(always)]
        fn look_up(self, page: &[u8; 64], bytes: [__m256i; 2]) -> [__m256i; 2] {
            // SAFETY: `self` was detected.
            unsafe { look_up_avx2(page, bytes) }
        }

        #[inline(always)]
        fn choose(self, mask: [__m256i; 2], new: [__m256i; 2], old: [__m256i; 2]) -> [__m256i; 2] {
            // SAFETY: `self` was detected.
            unsafe {
                let low = _mm256_blendv_epi8(old[0], new[0], mask[0]);
                [low, _mm256_blendv_epi8(old[1], new[1], mask[1])]
            }
        }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn look_up_avx2(page: &[u8; 64], bytes: [__m256i; 2]) -> [__m256i; 2] {
        let quarters = [0, 16, 32, 48].map(|at| {
            // SAFETY: the page has the 16 bytes that are read; the load asks for no alignment.
            _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(page.as_ptr().add(at).cast()) })
        });
        bytes.map(|half| {
            let low = _mm256_and_si256(half, _mm256_set1_epi8(0x0f));
            let [a, b, c, d] = quarters.map(|quarter| _mm256_shuffle_epi8(quarter, low));
            // A choice is made by the top bit: bit 4 is moved there, then bit 5.
            let (bit4, bit5) = (_mm256_slli_epi16(half, 3), _mm256_slli_epi16(half, 2));
            let (ab, cd) = (_mm256_blendv_epi8(a, b, bit4), _mm256_blendv_epi8(c, d, bit4));
            _mm256_blendv_epi8(ab, cd, bit5)
        })
    }

    /// # Safety
    ///
    /// The processor must have the features: `kernel` is the proof.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    pub(super) fn by_avx2<W: Work>(kernel: Avx2, work: W) -> W::Result {
        work.by(kernel)
    }
}

#[cfg(target_arch = "aarch64")]
mod arm {
    use std::arch::aarch64::*;

    use super::{BLOCK, Vectors};

    /// Four registers of 16 bytes.
    #[derive(Clone, Copy)]
    pub(super) struct Neon(());

    impl Neon {
        #[inline]
        pub(super) fn detect() -> Option<Neon> {
            std::arch::is_aarch64_feature_detected!("neon").then_some(Neon(()))
        }
    }

    impl Vectors for Neon {
        type Bytes = [uint8x16_t; 4];
        type Mask = [uint8x16_t; 4];

        #[inline(always)]
        fn load(self, block: &[u8; BLOCK]) -> [uint8x16_t; 4] {
            // SAFETY: detected; a block has the 64 bytes that are read, and the loads ask for no alignment.
            [0, 16, 32, 48].map(|at| unsafe { vld1q_u8(block.as_ptr().add(at)) })
        }

        #[inline(always)]
        fn equal(self, bytes: [uint8x16_t; 4], byte: u8) -> [uint8x16_t; 4] {
            // SAFETY: `self` was detected.
            bytes.map(|quarter| unsafe { vceqq_u8(quarter, vdupq_n_u8(byte)) })
        }

        #[inline(always)]
        fn within(self, bytes: [uint8x16_t; 4], first: u8, count: u8) -> [uint8x16_t; 4] {
            // SAFETY: `self` was detected.
            bytes.map(|quarter| unsafe { vcltq_u8(vsubq_u8(quarter, vdupq_n_u8(first)), vdupq_n_u8(count)) })
        }

        #[inline(always)]
        fn high(self, bytes: [uint8x16_t; 4]) -> u64 {
            self.having(bytes, 0x80)
        }

        #[inline(always)]
        fn having(self, bytes: [uint8x16_t; 4], bit: u8) -> u64 {
            // SAFETY: `self` was detected.
            self.bits(bytes.map(|quarter| unsafe { vtstq_u8(quarter, vdupq_n_u8(bit)) }))
        }

        #[inline(always)]
        fn both(self, one: [uint8x16_t; 4], other: [uint8x16_t; 4]) -> [uint8x16_t; 4] {
            // SAFETY: `self` was detected.
            [0, 1, 2, 3].map(|quarter| unsafe { vandq_u8(one[quarter], other[quarter]) })
        }

        #[inline(always)]
        fn bits(self, mask: [uint8x16_t; 4]) -> u64 {
            // SAFETY: `self` was detected.
            unsafe { gather(mask) }
        }

        #[inline(always)]
        fn look_up(self, page: &[u8; 64], bytes: [uint8x16_t; 4]) -> [uint8x16_t; 4] {
            let [a, b, c, d] = self.load(page);
            // SAFETY: `self` was detected.
            bytes.map(|quarter| unsafe {
                vqtbl4q_u8(uint8x16x4_t(a, b, c, d), vandq_u8(quarter, vdupq_n_u8(0x3f)))
            })
        }

        #[inline(always)]
        fn choose(
            self,
            mask: [uint8x16_t; 4],
            new: [uint8x16_t; 4],
            old: [uint8x16_t; 4],
        ) -> [uint8x16_t; 4] {
            // SAFETY: `self` was detected.
            [0, 1, 2, 3].map(|quarter| unsafe { vbslq_u8(mask[quarter], new[quarter], old[quarter]) })
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
