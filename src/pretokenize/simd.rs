//! The scanners by the widest instructions of this processor.
//!
//! The loop over the blocks is in `scan`, what a block holds in `block`; both are compiled for each kernel of
//! the class masks, which are left to `unicode`.

use std::marker::PhantomData;

use super::scan::{Scanner, scan_with};
use crate::unicode::masks::{Kernel, Work};
use crate::unicode::simd::by_widest;

/// [`scan_with`] by the widest kernel of this processor.
pub(super) fn scan<S: Scanner>(text: &[u8], at: usize, stop: usize, ends: &mut [usize]) -> usize {
    by_widest(Scanning::<S> { text, at, stop, ends, scanner: PhantomData })
}

struct Scanning<'a, S> {
    text: &'a [u8],
    at: usize,
    stop: usize,
    ends: &'a mut [usize],
    scanner: PhantomData<S>,
}

impl<S: Scanner> Work for Scanning<'_, S> {
    type Result = usize;

    #[inline(always)]
    fn by<K: Kernel>(self, kernel: K) -> usize {
        scan_with::<K, S>(kernel, self.text, self.at, self.stop, self.ends)
    }
}

#[cfg(test)]
pub(super) type Scan = Box<dyn Fn(&[u8], usize, usize, &mut [usize]) -> usize>;

/// Every way to scan that this processor has, with its name. For tests.
#[cfg(test)]
pub(super) fn ways<S: Scanner + 'static>() -> Vec<(&'static str, Scan)> {
    use crate::unicode::simd::{KERNELS, by_named};

    let scan = |name, text: &[u8], at, stop, ends: &mut [usize]| {
        by_named(name, Scanning::<S> { text, at, stop, ends, scanner: PhantomData })
    };
    let present = KERNELS.into_iter().filter(|name| scan(name, b"", 0, 0, &mut []).is_some());
    present
        .map(|name| {
            let way: Scan = Box::new(move |text, at, stop, ends| {
                scan(name, text, at, stop, ends).expect("present before")
            });
            (name, way)
        })
        .collect()
}
