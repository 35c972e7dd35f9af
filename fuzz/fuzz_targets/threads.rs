//! Two threads count what one counts. The input is repeated until it is cut into several blocks.

#![no_main]

use bytepair::parallel::{CountOptions, count_reader};
use bytepair_fuzz::TOKENIZERS;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    if text.is_empty() || text.len() > 600_000 {
        return;
    }
    let text = text.repeat(600_000 / text.len());
    for tokenizer in TOKENIZERS.iter() {
        let count = |threads| {
            let mut options = CountOptions::default();
            options.threads = threads;
            count_reader(tokenizer, text.as_slice(), options, &mut |_| ()).expect("nothing is forbidden")
        };
        assert_eq!(count(1), count(2));
    }
});
