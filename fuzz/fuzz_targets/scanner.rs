//! Each scanner cuts a text as its regular expression does, and the ids are those of the slow way.

#![no_main]

use bytepair_fuzz::TOKENIZERS;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    for tokenizer in TOKENIZERS.iter() {
        // The engine gives up on some long runs; then there is nothing to compare with.
        if let Ok(pieces) = tokenizer.pieces_naively(text) {
            assert_eq!(tokenizer.pieces(text).expect("a scanner"), pieces);
        }
        if let Ok(ids) = tokenizer.encode_naively(text) {
            assert_eq!(tokenizer.encode(text).expect("a scanner"), ids);
        }
    }
});
