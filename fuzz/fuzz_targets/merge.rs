//! Merging one piece is what the textbook says, for any vocabulary: the first part of the input makes the
//! tokens, the rest is the piece.

#![no_main]

use bytepair::{Definition, Tokenizer, Vocabulary};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (Vec<Vec<u8>>, Vec<u8>)| {
    let (words, piece) = input;
    let mut tokens: Vec<Vec<u8>> = words.into_iter().filter(|word| word.len() > 1).collect();
    tokens.extend((0..=255).map(|byte| vec![byte]));
    // Ids that say nothing of the ranks.
    let ids = (0..tokens.len() as u32).map(|rank| rank ^ 0x5555);
    let Ok(vocabulary) = Vocabulary::new(tokens.into_iter().zip(ids)) else { return };
    let tokenizer = Tokenizer::new(Definition::new("any", vocabulary, "(?s).+")).expect("a vocabulary of all bytes");
    let piece = &piece[..piece.len().min(400)];
    assert_eq!(
        tokenizer.encode(piece).expect("one match"),
        tokenizer.encode_naively(piece).expect("one match")
    );
});
