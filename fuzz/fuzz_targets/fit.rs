//! Texts cut and in chunks: never over the limit when they are counted by themselves, and together the text.

#![no_main]

use bytepair::chunk::{self, chunks};
use bytepair::truncate::{At, Keep, Options, truncate};
use bytepair_fuzz::TOKENIZERS;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: ([u8; 4], &[u8])| {
    let ([limit, keep, at, overlap], text) = input;
    let limit = u64::from(limit);
    let keep = [Keep::Head, Keep::Tail, Keep::Ends][usize::from(keep % 3)];
    let border = [At::Token, At::Char, At::Word, At::Line][usize::from(at % 4)];
    let unit = [chunk::At::Paragraph, chunk::At::Sentence, chunk::At::Line, chunk::At::Word, chunk::At::Token];
    let unit = unit[usize::from(at % 5)];
    for tokenizer in TOKENIZERS.iter() {
        let options = Options::new(limit).keep(keep).at(border);
        let cut = truncate(tokenizer, text, &options).expect("there is no ellipsis that does not fit");
        let kept = cut.parts(text, &options).concat();
        assert_eq!(tokenizer.count(&kept).expect("a count") as u64, cut.tokens);
        assert!(cut.tokens <= limit);
        match keep {
            Keep::Head => assert!(text.starts_with(&kept)),
            Keep::Tail => assert!(text.ends_with(&kept)),
            _ => assert!(kept.len() <= text.len()),
        }
        let overlap = u64::from(overlap).min(limit.saturating_sub(1));
        let options = chunk::Options::new(limit).overlap(overlap).at(unit);
        // A single character can have more tokens than the limit.
        let Ok(made) = chunks(tokenizer, text, &options) else { continue };
        let mut end = 0;
        for chunk in made {
            assert!(chunk.tokens <= limit && chunk.start <= end && chunk.end > end);
            assert!(overlap > 0 || chunk.start == end);
            let own = tokenizer.count(&text[chunk.start..chunk.end]).expect("a count");
            assert_eq!(own as u64, chunk.tokens);
            end = chunk.end;
        }
        assert_eq!(end, text.len());
    }
});
