//! Training against the textbook, on random texts.

use proptest::prelude::*;

use super::*;

/// The tokens and counts that were learned.
fn learned(trained: &Trained) -> Vec<(Vec<u8>, u64)> {
    let merges = trained.merges().map(|merge| (merge.bytes.to_vec(), merge.count));
    merges.chain([(b"tokens".to_vec(), trained.text_tokens())]).collect()
}

/// A text of words that have much in common, so that there are many ties and runs.
fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        4 => "[ab]{1,9}",
        2 => "[a-e]{1,6}",
        1 => "(a|aa|aaa){1,12}",
        1 => "[ก-ฮ]{1,8}",
        1 => "[漢字日本語]{1,6}",
        1 => "[0-9!?.]{1,5}",
        1 => "[\n\r\t ]{1,4}",
    ];
    prop::collection::vec((word, 1usize..4), 0..60)
        .prop_map(|words| words.iter().map(|(word, times)| format!("{word} ").repeat(*times)).collect())
}

proptest! {
    /// The fast way is the textbook's, for any number of threads, order of texts and options.
    #[test]
    fn fast_is_naive(
        texts in prop::collection::vec(text(), 0..4),
        size in 256usize..420,
        least in 0u64..6,
        longest in prop_oneof![2 => Just(u32::MAX), 1 => 0u32..9],
        raw in any::<bool>(),
        like_hugging_face in any::<bool>(),
        pattern in prop::sample::select(vec!["gpt2", "cl100k", "o200k", r"\w+|\W+", "(?s).+"]),
        alphabet in "[漢ก語é]{0,3}",
    ) {
        let ties = if raw { Ties::Raw } else { Ties::HuggingFace };
        let trainer = Trainer::new(size + 12)
            .pattern(pattern)
            .ties(ties)
            .min_frequency(least)
            .max_token_length(longest)
            .like_hugging_face(like_hugging_face)
            .alphabet(alphabet.chars());
        let (mut counts, mut backwards) = (trainer.counts().expect("a pattern"), trainer.counts().expect("a pattern"));
        for text in &texts {
            counts.add_text(text.as_bytes()).expect("no regular expression gives up");
        }
        for text in texts.iter().rev() {
            backwards.add_text(text.as_bytes()).expect("no regular expression gives up");
        }
        let naive = learned(&trainer.train_naively(&counts).expect("large enough"));
        for threads in [1, 2, 3] {
            let trainer = trainer.clone().threads(threads);
            prop_assert_eq!(&learned(&trainer.train(&counts).expect("large enough")), &naive);
            prop_assert_eq!(&learned(&trainer.train(&backwards).expect("large enough")), &naive);
        }
    }

    /// What is continued gives what was learned in one go, if the size of the first part is one of its sizes.
    #[test]
    fn continued_is_in_one_go(text in text(), first in 256usize..300, more in 0usize..60) {
        let trainer = Trainer::new(first).pattern("gpt2");
        let mut counts = trainer.counts().expect("a pattern");
        counts.add_text(text.as_bytes()).expect("a scanner");
        let all = trainer.clone();
        let all = learned(&Trainer { size: first + more, ..all }.train(&counts).expect("large enough"));
        let part = trainer.train(&counts).expect("large enough");
        let before = learned(&part);
        let base = Tokenizer::new(part.into_definition()).expect("a vocabulary");
        let trainer = Trainer::new(first + more).continuing(&base).expect("a byte-level vocabulary");
        let after = trainer.train(&counts).expect("large enough");
        let naive = trainer.train_naively(&counts).expect("large enough");
        prop_assert_eq!(learned(&after), learned(&naive));
        prop_assert_eq!([&before[..before.len() - 1], &learned(&after)].concat(), all);
    }
}
