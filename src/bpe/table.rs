//! Looking up short pieces, eight at a time.
//!
//! Nine pieces of ten have at most seven bytes. Such a piece and its length fit into one number, so a table of
//! them is a row of slots of one number each (more where the tokens themselves are kept), found by a hash, with
//! no chains: a piece that another one has driven out is simply not found here. To look one up is a dozen
//! steps of arithmetic that are the same for all, so the widest processors do them for eight pieces at once.
//! No step depends on the text by a branch: pieces that are not found, or are longer, are listed.
//!
//! ```text
//! key  = the bytes, zeros up to seven; in the uppermost byte the length (low half)
//! slot = key, with the number of tokens in the upper half of that byte; then what the table keeps for it
//! ```
//!
//! This file also has the hint to fetch a cache line; it is the only one of this folder with `unsafe`: to use
//! instructions that the processor may lack, and addresses that were checked before. What is kept in the slots,
//! and what becomes of the other pieces, is left to `cache`. It uses nothing else of the crate, because the build
//! script compiles it too.

#![allow(unsafe_code)]

/// The longest piece that is looked up here, in bytes.
pub(crate) const SHORT: usize = 7;

/// How many pieces can be looked up in one go.
pub(crate) const BATCH: usize = 512;

/// Where the length of the piece and the number of tokens stand in the key of a slot.
pub(crate) const LENGTH_AT: u32 = 56;
pub(crate) const COUNT_AT: u32 = 60;

const LANES: usize = 8;

/// A number without a length: no key is this. Tables are filled with it, and not with zeros, so that the system
/// gives them memory at once. Zeros it hands out page by page: one time when a page is first read, and again
/// when it is written, for which all threads of the process have to stop.
pub(crate) const FREE: u64 = 1;

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// A table of short pieces; each slot is a key and `W - 1` numbers more.
pub(crate) struct Slots<const W: usize> {
    /// A power of two, and one more that is always free.
    slots: Vec<[u64; W]>,
    bits: u32,
}

/// What was looked up in one go.
pub(crate) struct Found {
    /// For each piece the slot that it was found in, or one that is free.
    pub(crate) places: [u32; BATCH],
    /// Which pieces were not found, in their order: as many as `misses` says.
    missed: [u32; BATCH + LANES],
    misses: usize,
}

impl Found {
    pub(crate) fn new() -> Found {
        Found { places: [0; BATCH], missed: [0; BATCH + LANES], misses: 0 }
    }

    /// Which pieces were not found, in their order.
    pub(crate) fn missed(&self) -> &[u32] {
        &self.missed[..self.misses]
    }
}

impl<const W: usize> Slots<W> {
    /// A table of `2^bits` free slots.
    pub(crate) fn new(bits: u32) -> Slots<W> {
        Slots { slots: vec![[FREE; W]; (1 << bits) + 1], bits }
    }

    /// The slot at a place that [`Found`] names.
    #[inline(always)]
    pub(crate) fn slot(&self, place: u32) -> &[u64; W] {
        &self.slots[place as usize]
    }

    /// Puts a slot where its key belongs, in place of the one that was there.
    #[inline]
    pub(crate) fn put(&mut self, slot: [u64; W]) {
        let place = hash(slot[0] & !(15 << COUNT_AT), self.bits);
        self.slots[place] = slot;
    }

    /// Looks up the pieces between neighbouring `bounds`, at most [`BATCH`]. Returns the sum of the numbers of
    /// tokens of all that were found.
    #[inline]
    pub(crate) fn look_up(&self, text: &[u8], bounds: &[usize], found: &mut Found) -> u64 {
        debug_assert!(bounds.len() <= BATCH + 1);
        found.misses = 0;
        #[cfg(target_arch = "x86_64")]
        if let Some(wide) = wide::Avx512::detect() {
            // SAFETY: the processor was found to have the features of this function.
            return unsafe { wide.look_up(self, text, bounds, found) };
        }
        self.look_up_one_by_one(text, bounds, found)
    }

    /// As [`Slots::look_up`], for every processor; the twin that tests compare with.
    #[inline]
    fn look_up_one_by_one(&self, text: &[u8], bounds: &[usize], found: &mut Found) -> u64 {
        let free = 1 << self.bits;
        let mut tokens = 0;
        let mut misses = 0;
        let places = found.places.iter_mut();
        for ((piece, place), index) in bounds.windows(2).zip(places).zip(0u32..) {
            let (start, length) = (piece[0], piece[1] - piece[0]);
            let (key, short) = match text[start..].first_chunk() {
                Some(bytes) => (key(u64::from_le_bytes(*bytes), length.min(SHORT)), length <= SHORT),
                None => (0, false),
            };
            let at = hash(key, self.bits);
            let differing = self.slots[at][0] ^ key;
            let hit = short & (differing << (64 - COUNT_AT) == 0);
            *place = std::hint::select_unpredictable(hit, at as u32, free);
            tokens += std::hint::select_unpredictable(hit, differing >> COUNT_AT, 0);
            found.missed[misses] = index;
            misses += usize::from(!hit);
        }
        found.misses = misses;
        tokens
    }
}

/// The key of the piece of this many bytes, 1 to 7, with which `word` begins.
#[inline(always)]
pub(crate) fn key(word: u64, length: usize) -> u64 {
    (word & (u64::MAX >> (64 - 8 * length))) | (length as u64) << LENGTH_AT
}

#[inline(always)]
fn hash(key: u64, bits: u32) -> usize {
    ((key ^ key >> 29).wrapping_mul(FACTOR) >> (64 - bits)) as usize
}

/// Asks for the cache line of an element that will be looked at soon. Only a hint: it changes nothing.
#[inline(always)]
pub(crate) fn prefetch<T>(slice: &[T], place: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(element) = slice.get(place) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the address is that of an element. SSE, which has the instruction, is in every x86-64.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(element).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (slice, place);
}

#[cfg(target_arch = "x86_64")]
mod wide {
    use std::arch::x86_64::*;

    use super::{BATCH, COUNT_AT, FACTOR, Found, LANES, LENGTH_AT, SHORT, Slots};

    /// The proof that the processor has the instructions: only `detect` gives it out.
    #[derive(Clone, Copy)]
    pub(crate) struct Avx512(());

    impl Avx512 {
        #[inline]
        pub(crate) fn detect() -> Option<Avx512> {
            (is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("popcnt"))
            .then_some(Avx512(()))
        }

        /// [`Slots::look_up`], eight pieces at a time.
        #[target_feature(enable = "avx512f,avx512dq,avx512vl,popcnt")]
        #[inline]
        pub(crate) fn look_up<const W: usize>(
            self,
            slots: &Slots<W>,
            text: &[u8],
            bounds: &[usize],
            found: &mut Found,
        ) -> u64 {
            let pieces = bounds.len().saturating_sub(1).min(BATCH);
            let Some(last_read) = text.len().checked_sub(8) else {
                for index in 0..pieces {
                    (found.missed[index], found.places[index]) = (index as u32, 1 << slots.bits);
                }
                found.misses = pieces;
                return 0;
            };
            let mut tokens = _mm512_setzero_si512();
            let mut first = 0;
            while first < pieces {
                let mut padded = [text.len(); LANES + 1];
                let (eight, live) = match bounds[first..].first_chunk() {
                    Some(all) if first + LANES <= pieces => (all, 0xff),
                    _ => {
                        let left = pieces - first;
                        padded[..=left].copy_from_slice(&bounds[first..][..=left]);
                        (&padded, (1 << left) - 1)
                    }
                };
                tokens = self.look_up_eight(slots, text, last_read, (first, eight, live), tokens, found);
                first += LANES;
            }
            _mm512_reduce_add_epi64(tokens) as u64
        }

        /// Looks up the pieces between the nine bounds, of which those in `live` are there, and adds their tokens
        /// to `tokens`. The first has the number `first`, a multiple of eight below [`BATCH`]; `last_read`
        /// is 8 less than the length of the text.
        #[target_feature(enable = "avx512f,avx512dq,avx512vl,popcnt")]
        #[inline]
        fn look_up_eight<const W: usize>(
            self,
            slots: &Slots<W>,
            text: &[u8],
            last_read: usize,
            (first, bounds, live): (usize, &[usize; LANES + 1], u8),
            tokens: __m512i,
            found: &mut Found,
        ) -> __m512i {
            // SAFETY: nine bounds are there, and the loads ask for no alignment.
            let (starts, ends) = unsafe {
                let from = bounds.as_ptr();
                (_mm512_loadu_si512(from.cast()), _mm512_loadu_si512(from.add(1).cast()))
            };
            let all = |number: u64| _mm512_set1_epi64(number as i64);
            // Pieces that begin too late to read eight bytes are read elsewhere, and not found.
            let readable = _mm512_cmple_epu64_mask(starts, all(last_read as u64));
            let from = numbers(_mm512_min_epu64(starts, all(last_read as u64)));
            // SAFETY: `from` is at most `last_read`, from where on eight bytes are in the text.
            let word = |lane: usize| unsafe {
                text.as_ptr().add(from[lane] as usize).cast::<i64>().read_unaligned()
            };
            let words = eight(word);
            let lengths = _mm512_sub_epi64(ends, starts);
            let short = _mm512_mask_cmple_epu64_mask(readable & live, lengths, all(SHORT as u64));
            let unused = _mm512_sub_epi64(all(64), _mm512_slli_epi64::<3>(lengths));
            let bytes = _mm512_and_si512(words, _mm512_srlv_epi64(all(u64::MAX), unused));
            let keys = _mm512_or_si512(bytes, _mm512_slli_epi64::<LENGTH_AT>(lengths));
            let mixed = _mm512_xor_si512(keys, _mm512_srli_epi64::<29>(keys));
            let shift = _mm_cvtsi32_si128(64 - slots.bits as i32);
            let places = _mm512_srl_epi64(_mm512_mullo_epi64(mixed, all(FACTOR)), shift);
            let at = numbers(places);
            // SAFETY: what is left of a number after this shift is below `2^bits`, and there are more slots.
            let slot =
                |lane: usize| unsafe { slots.slots.as_ptr().add(at[lane] as usize).cast::<i64>().read() };
            let differing = _mm512_xor_si512(eight(slot), keys);
            let hit = _mm512_mask_testn_epi64_mask(short, differing, all((1 << COUNT_AT) - 1));
            let places = _mm512_mask_mov_epi64(all(1 << slots.bits), hit, places);
            let missed = !hit & live;
            let eight_indices = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
            let indices = _mm256_add_epi32(_mm256_set1_epi32(first as i32), eight_indices);
            let misses = found.misses;
            debug_assert!(misses <= first && first + LANES <= BATCH);
            // SAFETY: `first` is a multiple of eight below `BATCH`, so eight places are there; no more pieces were
            // missed than came before, and the list has room for eight more than `BATCH`.
            unsafe {
                let to = found.places.as_mut_ptr().add(first & (BATCH - LANES));
                _mm256_storeu_si256(to.cast(), _mm512_cvtepi64_epi32(places));
                let to = found.missed.as_mut_ptr().add(misses.min(BATCH));
                _mm256_storeu_si256(to.cast(), _mm256_maskz_compress_epi32(missed, indices));
            }
            found.misses = misses + missed.count_ones() as usize;
            _mm512_mask_add_epi64(tokens, hit, tokens, _mm512_srli_epi64::<COUNT_AT>(differing))
        }
    }

    /// The eight numbers that were read for each lane: as many plain loads, which are faster than a gathering
    /// one.
    #[target_feature(enable = "avx512f")]
    #[inline]
    fn eight(read: impl Fn(usize) -> i64) -> __m512i {
        _mm512_set_epi64(read(7), read(6), read(5), read(4), read(3), read(2), read(1), read(0))
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    fn numbers(register: __m512i) -> [u64; LANES] {
        let mut numbers = [0; LANES];
        // SAFETY: eight numbers have room for a register, and the store asks for no alignment.
        unsafe { _mm512_storeu_si512(numbers.as_mut_ptr().cast(), register) };
        numbers
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Eight at a time is one by one, up to the last byte of the text, and finds what was put in.
        #[test]
        fn both_ways_find_the_same(
            lengths in prop::collection::vec(prop_oneof![9 => 1usize..9, 1 => 9usize..40], 0..200),
            letters in prop::collection::vec(0u8..3, 40),
            put in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
            bits in 1u32..9,
        ) {
            let mut bounds = vec![0];
            bounds.extend(lengths.iter().scan(0, |end, length| {
                *end += length;
                Some(*end)
            }));
            let text: Vec<u8> = (0..bounds[lengths.len()]).map(|at| letters[at * 7 % 40]).collect();
            let mut slots = Slots::<2>::new(bits);
            for index in put.iter().filter(|_| !lengths.is_empty()).map(|index| index.index(lengths.len())) {
                let (start, length) = (bounds[index], lengths[index]);
                let mut word = [0; 8];
                let read = (text.len() - start).min(8);
                word[..read].copy_from_slice(&text[start..start + read]);
                if length <= SHORT {
                    let key = key(u64::from_le_bytes(word), length);
                    slots.put([key | (1 + key % 14) << COUNT_AT, key]);
                }
            }
            let (mut found, mut twin) = (Found::new(), Found::new());
            let tokens = slots.look_up(&text, &bounds, &mut found);
            prop_assert_eq!(tokens, slots.look_up_one_by_one(&text, &bounds, &mut twin));
            prop_assert_eq!(found.missed(), twin.missed());
            prop_assert_eq!(&found.places[..lengths.len()], &twin.places[..lengths.len()]);
            let mut sum = 0;
            for (index, piece) in bounds.windows(2).enumerate() {
                let slot = slots.slot(found.places[index]);
                if found.missed().contains(&(index as u32)) {
                    prop_assert_eq!(slot, &[FREE; 2]);
                    continue;
                }
                let bytes = slot[1].to_le_bytes();
                prop_assert_eq!(&bytes[..piece[1] - piece[0]], &text[piece[0]..piece[1]]);
                sum += slot[0] >> COUNT_AT;
            }
            prop_assert_eq!(sum, tokens);
        }
    }
}
