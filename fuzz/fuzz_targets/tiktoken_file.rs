//! Reading a `.tiktoken` file never panics, and what was read is written back as the same vocabulary.

#![no_main]

use bytepair::format::tiktoken;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    if let Ok(vocabulary) = tiktoken::read(file) {
        let written = tiktoken::write(&vocabulary).expect("ids in the order of ranks");
        let again = tiktoken::read(&written).expect("our own file");
        assert!(again.iter().eq(vocabulary.iter()));
    }
});
