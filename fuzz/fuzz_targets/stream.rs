//! A stream gives what the whole text gives, for every way to cut it: the first bytes of the input say how.

#![no_main]

use bytepair::SpecialPolicy;
use bytepair::stream::{Counter, Encoder};
use bytepair_fuzz::TOKENIZERS;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: ([u8; 4], &[u8])| {
    let (sizes, text) = input;
    for tokenizer in TOKENIZERS.iter() {
        for policy in [SpecialPolicy::Text, SpecialPolicy::Encode] {
            let wanted = tokenizer.encode_with(text, policy).expect("nothing is forbidden");
            let mut encoder = Encoder::new(tokenizer, policy);
            let mut counter = Counter::new(tokenizer, policy);
            let mut ids = Vec::new();
            let (mut rest, mut sizes) = (text, sizes.iter().cycle());
            while !rest.is_empty() {
                let size = 1 + usize::from(*sizes.next().expect("a cycle"));
                let (chunk, after) = rest.split_at(size.min(rest.len()));
                encoder.push(chunk, &mut ids).expect("nothing is forbidden");
                counter.push(chunk).expect("nothing is forbidden");
                rest = after;
            }
            encoder.finish(&mut ids).expect("nothing is forbidden");
            assert_eq!(ids, wanted);
            assert_eq!(counter.finish().expect("nothing is forbidden"), wanted.len() as u64);
        }
    }
});
