//! Files of piece counts: any bytes are an error or a file; what is written is read; one bit changed or one byte cut off is
//! an error: see `tests/formats/check.rs`.

#![no_main]

use bytepair_fuzz::check;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| check("counts_file", file));
