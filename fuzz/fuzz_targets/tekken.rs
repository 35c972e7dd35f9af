//! Reading a `tekken.json` never panics, and what was read encodes as the slow way does:
//! see `tests/formats/check.rs`.

#![no_main]

use bytepair_fuzz::check;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| check("tekken", file));
