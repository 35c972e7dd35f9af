//! Cases about training: what is learned, in which order, and when it ends.

use bytepair::train::{Stop, Ties, Trained, Trainer};
use bytepair::{SpecialPolicy, Tokenizer};
use serde_json::Value;

use super::case;

fn train(trainer: &Trainer, text: &str) -> Trained {
    let mut counts = trainer.counts().unwrap();
    counts.add_text(text.as_bytes()).unwrap();
    trainer.train(&counts).unwrap()
}

/// The merges as pairs in GPT-2's alphabet, as far as the cases need it.
fn merges(trained: &Trained) -> Value {
    let vocabulary = &trained.definition().vocabulary;
    let written = |id| {
        let bytes = vocabulary.bytes(id).unwrap();
        bytes.iter().map(|&byte| if byte == b' ' { 'Ġ' } else { char::from(byte) }).collect::<String>()
    };
    vocabulary.merges().map(|(left, right, _)| vec![written(left), written(right)]).collect::<Vec<_>>().into()
}

#[test]
fn train_empty() {
    let expected = &case("train-empty")["expected"];
    for (name, text) in [("'' / no files' bytes", ""), ("'a'", "a"), ("'   ' (3 spaces, GPT-2 split)", "   ")]
    {
        let trained = train(&Trainer::new(300).pattern("gpt2"), text);
        let wanted = &expected[name];
        match &wanted["merges"] {
            Value::Number(number) => assert_eq!(trained.merges().len() as u64, number.as_u64().unwrap()),
            pairs => assert_eq!(&merges(&trained), pairs),
        }
        assert_eq!((trained.size() as u64, trained.stop()), (wanted["vocab"].as_u64().unwrap(), Stop::Pairs));
    }
}

#[test]
fn train_ties() {
    let case = case("train-ties");
    let texts = case["input_text"].as_str().unwrap();
    for text in [texts.to_owned(), texts.split(' ').rev().collect::<Vec<_>>().join(" ")] {
        for threads in [1, 2, 8] {
            let trained = train(&Trainer::new(260).pattern("(?s).+").threads(threads), &text);
            assert_eq!(merges(&trained), case["expected"]["merges_for_both_texts_4"], "{text}");
        }
    }
}

#[test]
fn train_overlap_runs() {
    let case = case("train-overlap-runs");
    let trained = train(&Trainer::new(264).pattern("gpt2"), case["input_text"].as_str().unwrap());
    assert_eq!(merges(&trained), case["expected"]["merges"]);
    // With the merges (a a) and (aa a), aaaaa is aa and aaa.
    let two = train(&Trainer::new(258).pattern("gpt2"), "aaa aaa aa");
    assert_eq!(merges(&two), serde_json::json!([["a", "a"], ["Ġ", "aa"]]));
}

#[test]
fn train_vocab_too_large() {
    let case = case("train-vocab-too-large");
    let trained = train(&Trainer::new(100_000).pattern("gpt2"), case["input_text"].as_str().unwrap());
    assert_eq!(merges(&trained), case["expected"]["merges"]);
    assert_eq!(trained.size() as u64, case["expected"]["vocab"].as_u64().unwrap());
    assert_eq!(trained.stop(), Stop::Pairs);
}

#[test]
fn train_merge_count() {
    let lines = (0..100).map(|i| format!("abcdefghijklmnop qrstuvwxyz the quick brown tea pot {i}"));
    let text = lines.collect::<Vec<_>>().join(" ");
    let expected = &case("train-merge-count")["expected"];
    for ties in [Ties::HuggingFace, Ties::Raw] {
        let trained = train(&Trainer::new(300).special("<|end|>").ties(ties), &text);
        assert_eq!(trained.merges().len() as u64, expected["merges"].as_u64().unwrap());
        assert_eq!(trained.size() as u64, expected["vocab"].as_u64().unwrap());
    }
}

#[test]
fn train_special_in_corpus() {
    let expected = &case("train-special-in-corpus")["expected"]["right"]["merges"];
    let text = "a<|end|>b<|end|>c<|end|>\n".repeat(5);
    let trained = train(&Trainer::new(270).pattern("gpt2").special("<|end|>"), &text);
    assert_eq!(trained.merges().len() as u64, expected.as_u64().unwrap());
    let tokenizer = Tokenizer::new(trained.into_definition()).unwrap();
    let ids = tokenizer.encode_with(&text, SpecialPolicy::Encode).unwrap();
    assert_eq!(ids.iter().filter(|&&id| id == 256).count(), 15);
}

#[test]
fn train_no_alphabet_loss() {
    let case = case("train-no-alphabet-loss");
    let trained = train(&Trainer::new(300), case["input_text"].as_str().unwrap());
    let tokenizer = Tokenizer::new(trained.into_definition()).unwrap();
    let text = case["expected"]["roundtrip"].as_str().unwrap();
    assert_eq!(tokenizer.decode(&tokenizer.encode(text).unwrap()).unwrap(), text.as_bytes());
    assert!((0..=255).all(|byte| tokenizer.vocabulary().id(&[byte]).is_some()));
}
