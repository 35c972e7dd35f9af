//! Explanations against what encoding and the textbook give, on vocabularies of every kind.
#![allow(clippy::unwrap_used)]

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::definition::Definition;
use crate::normalize::{Normalizer, NormalizerStep};
use crate::pretokenize::{Behavior, Split, SplitStep};
use crate::special::{SpecialToken, SpecialTokens};
use crate::token::Unit;
use crate::vocabulary::{BpeModel, UnknownToken, Vocabulary};

/// Tokens of letters that are merged of others of them, or of single ones.
fn tokens(letters: &'static str) -> impl Strategy<Value = Vec<Vec<u8>>> {
    let parts = prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..30);
    let strays = prop::collection::vec("[ab ]{2,4}", 0..3);
    (parts, strays).prop_map(move |(parts, strays)| {
        let mut tokens: Vec<Vec<u8>> = letters.chars().map(|c| c.to_string().into_bytes()).collect();
        for (left, right) in parts {
            let both = [left.get(&tokens).as_slice(), right.get(&tokens).as_slice()].concat();
            if both.len() < 12 && !tokens.contains(&both) {
                tokens.push(both);
            }
        }
        for stray in strays {
            if !tokens.contains(&stray.clone().into_bytes()) {
                tokens.push(stray.into_bytes());
            }
        }
        tokens
    })
}

/// Texts of few letters, bytes that are no UTF-8, and names of special tokens.
fn texts() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        20 => "[abcdé漢 ]{1,9}".prop_map(String::into_bytes),
        1 => Just(b"<end>".to_vec()),
        1 => Just(b"[x]".to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..4),
    ];
    prop::collection::vec(part, 0..7).prop_map(|parts| parts.concat())
}

const LETTERS: &str = "abcdé漢 ";

/// As tiktoken: any two neighbours merge that are a token, all bytes are tokens, whole pieces are looked up or not.
fn ranked(tokens: Vec<Vec<u8>>, whole_pieces: bool) -> Vocabulary {
    let bytes = (0..=255u8).map(|byte| vec![byte]);
    let rest = tokens.into_iter().filter(|token| token.len() > 1);
    let model = BpeModel::ranked(bytes.chain(rest).zip(100..).collect());
    Vocabulary::from_model(BpeModel { whole_pieces, ..model }).unwrap()
}

/// As SentencePiece: characters, with bytes or one token for those that are none.
fn of_characters(tokens: Vec<Vec<u8>>, has_bytes: bool) -> Vocabulary {
    let byte_tokens = if has_bytes { (0..=255u8).zip(3..).collect() } else { Vec::new() };
    let tokens = tokens.into_iter().filter(|token| token != "漢".as_bytes()).zip(1000..).collect();
    let unknown = (!has_bytes).then_some(UnknownToken { id: 0, fuses: true });
    Vocabulary::from_model(BpeModel {
        unit: Unit::Character,
        byte_tokens,
        unknown,
        whole_pieces: false,
        ..BpeModel::ranked(tokens)
    })
    .unwrap()
}

/// As Hugging Face's: a list of merges, here of every third pair that is a token, the longest first.
fn listed(tokens: &[Vec<u8>], whole_pieces: bool) -> Vocabulary {
    let bytes = (0..=255u8).map(|byte| vec![byte]);
    let all: Vec<Vec<u8>> = bytes.chain(tokens.iter().filter(|token| token.len() > 1).cloned()).collect();
    let mut merges = Vec::new();
    for (left, one) in (0u32..).zip(&all) {
        for (right, other) in (0u32..).zip(&all) {
            let both = [&one[..], other].concat();
            if let Some(both) = all.iter().position(|token| *token == both)
                && (left + right) % 3 != 1
            {
                merges.push([left, right, both as u32]);
            }
        }
    }
    merges.reverse();
    let tokens = all.into_iter().zip(7..).collect();
    let model = BpeModel { merges: Some(merges), whole_pieces, ..BpeModel::ranked(tokens) };
    Vocabulary::from_model(model).unwrap()
}

fn specials() -> SpecialTokens {
    let plain = SpecialToken { is_control: false, strips_left: true, ..SpecialToken::control("[x]", 9001) };
    SpecialTokens::new(vec![SpecialToken::control("<end>", 9000), plain]).unwrap()
}

/// Tokenizers of these tokens, of every kind.
fn tokenizers(tokens: &[Vec<u8>]) -> Vec<Tokenizer> {
    let words = || Split::Pattern(" ?[^ ]+| +".to_owned());
    let prefixed = Split::Steps(vec![
        SplitStep::Prefix { text: " ".to_owned(), only_first: true },
        SplitStep::Pattern { pattern: " ".to_owned(), behavior: Behavior::MergedWithNext, invert: false },
        SplitStep::Pattern { pattern: "d+".to_owned(), behavior: Behavior::Removed, invert: false },
    ]);
    let changes = Normalizer::new(vec![
        NormalizerStep::Nfc,
        NormalizerStep::Prepend(" ".to_owned()),
        NormalizerStep::Replace { from: "cc".to_owned(), to: "aba".to_owned() },
    ]);
    let make = |vocabulary, split, normalizer| {
        let definition = Definition::new("test", vocabulary, ".");
        Tokenizer::new(Definition { split, normalizer, specials: specials(), ..definition }).unwrap()
    };
    let none = Normalizer::default;
    vec![
        make(ranked(tokens.to_vec(), true), words(), none()),
        make(ranked(tokens.to_vec(), false), Split::Whole, none()),
        make(ranked(tokens.to_vec(), true), Split::Whole, changes.clone()),
        make(ranked(tokens.to_vec(), true), prefixed.clone(), changes.clone()),
        make(of_characters(tokens.to_vec(), true), Split::Whole, changes.clone()),
        make(of_characters(tokens.to_vec(), false), Split::Whole, none()),
        make(of_characters(tokens.to_vec(), false), words(), none()),
        make(listed(tokens, true), words(), none()),
        make(listed(tokens, false), prefixed, none()),
        make(listed(tokens, false), Split::Whole, changes),
    ]
}

/// Does the merges of a piece one after the other, and checks what they say.
fn replay(tokenizer: &Tokenizer, piece: &Piece) {
    let mut row = piece.symbols.clone();
    let mut made = Vec::new();
    for step in &piece.merges {
        let at = row.iter().position(|symbol| symbol.start == step.start).unwrap();
        let (left, right) = (row[at], row.remove(at + 1));
        assert_eq!((left.id, left.end), (Some(step.left), step.middle));
        assert_eq!((right.id, right.start, right.end), (Some(step.right), step.middle, step.end));
        row[at] = Symbol { id: Some(step.token), start: step.start, end: step.end };
        assert_eq!(tokenizer.token_bytes(step.token).unwrap(), &piece.bytes[step.start..step.end]);
        let merge = LastMerge { left: step.left, right: step.right, rank: step.rank };
        assert_eq!(last_merge(tokenizer, step.token), Some(merge));
        assert_eq!(origin(tokenizer, step.token), Some(Origin::Merge(merge)));
        made.push(step.token);
    }
    assert_eq!(row, piece.merged);
    for symbol in &piece.symbols {
        if let Some(id) = symbol.id {
            assert_eq!(origin(tokenizer, id), Some(Origin::Symbol));
        }
    }
    for pair in piece.merged.windows(2) {
        if let (Some(left), Some(right)) = (pair[0].id, pair[1].id) {
            assert!(!matches!(apart(tokenizer, left, right), Some(Apart::Merged { .. }) | None));
        }
    }
}

/// The ranks of what a piece becomes are those of the textbook.
fn check_by_textbook(tokenizer: &Tokenizer, piece: &Piece) {
    let vocabulary = tokenizer.vocabulary();
    let known = |ranks: Vec<Rank>| -> Vec<Option<TokenId>> {
        ranks.into_iter().map(|rank| vocabulary.is_known(rank).then(|| vocabulary.id_of(rank))).collect()
    };
    let textbook = vocabulary.textbook();
    let merged: Vec<Option<TokenId>> = piece.merged.iter().map(|symbol| symbol.id).collect();
    assert_eq!(merged, known(textbook.merge(&piece.bytes)));
    if piece.way == Way::Whole {
        let ids: Vec<_> = piece.ids.iter().copied().map(Some).collect();
        assert_eq!(ids, known(textbook.encode(&piece.bytes)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_explained_is_what_encoding_does(tokens in tokens(LETTERS), text in texts()) {
        for (which, tokenizer) in tokenizers(&tokens).iter().enumerate() {
            for policy in [SpecialPolicy::Text, SpecialPolicy::Encode, SpecialPolicy::Plain] {
                let explained = explain(tokenizer, &text, policy).unwrap();
                prop_assert_eq!(explained.ids(), tokenizer.encode_with(&text, policy).unwrap(), "{}", which);
                let mut at = 0;
                for piece in explained.pieces.iter().filter(|piece| piece.way != Way::Special) {
                    prop_assert!(piece.place.start >= at && piece.source.end <= text.len());
                    at = piece.place.end;
                    replay(tokenizer, piece);
                    check_by_textbook(tokenizer, piece);
                }
            }
            let explained = explain(tokenizer, &text, SpecialPolicy::Text).unwrap();
            prop_assert_eq!(explained.ids(), tokenizer.encode_naively(&text).unwrap(), "{}", which);
        }
    }

    /// Every token in every text is either there or has a reason, and the reason is right.
    #[test]
    fn reasons_are_right(tokens in tokens(LETTERS), text in texts()) {
        for tokenizer in &tokenizers(&tokens) {
            let explained = explain(tokenizer, &text, SpecialPolicy::Text).unwrap();
            for (id, bytes) in tokenizer.vocabulary().iter() {
                for Expected { piece, place, reason } in why_not(tokenizer, &explained, id) {
                    let piece = &explained.pieces[piece];
                    let is_there = piece.way != Way::Special && if piece.way == Way::Whole {
                        piece.ids == [id] && place == (0..piece.bytes.len())
                    } else {
                        piece.merged.contains(&Symbol { id: Some(id), start: place.start, end: place.end })
                    };
                    prop_assert_eq!(is_there, reason == Reason::Used, "{:?} {:?}", bytes, reason);
                    match reason {
                        Reason::Crossed { step } | Reason::MergedOn { step } => {
                            let MergeStep { start, end, .. } = piece.merges[step];
                            prop_assert!(start < place.start || end > place.end);
                            prop_assert!(end > place.start && start < place.end);
                        }
                        Reason::Cut { at } => prop_assert!(place.start < at && at < place.end),
                        _ => {}
                    }
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// What is said to be never made is in no text; what is said nothing of is what its own bytes become, and what is cut is not.
    #[test]
    fn what_is_unreachable_is_not_reached(tokens in tokens(LETTERS), texts in prop::collection::vec(texts(), 1..5)) {
        for tokenizer in &tokenizers(&tokens) {
            let found: HashMap<TokenId, Unreachable> = unreachable(tokenizer).unwrap().into_iter().collect();
            for text in &texts {
                let ids = tokenizer.encode_with(text, SpecialPolicy::Plain).unwrap();
                prop_assert!(ids.iter().all(|id| found.get(id) != Some(&Unreachable::Never)));
            }
            if !tokenizer.normalizer().is_identity() || matches!(tokenizer.split(), Split::Steps(_)) {
                continue;
            }
            for (id, bytes) in tokenizer.vocabulary().iter() {
                let alone = tokenizer.encode_with(bytes, SpecialPolicy::Plain).unwrap() == [id];
                match found.get(&id) {
                    Some(_) => prop_assert!(!alone, "{:?}", bytes),
                    None if std::str::from_utf8(bytes).is_ok() => prop_assert!(alone, "{:?}", bytes),
                    None => {}
                }
            }
        }
    }
}

#[test]
fn the_built_in_encodings_are_explained() {
    let text =
        "  The tokenization of strawberry, naïve 漢字 don't\n\n\t<|endoftext|> 12345 ﬁ \u{fffd}".as_bytes();
    let bad = [text, b"\xe2\x80 \xff"].concat();
    for name in
        ["o200k_base", "cl100k_base", "llama3", "gemma3", "deepseek-v3", "mistral-v3", "qwen3", "gpt-neox"]
    {
        let Ok(tokenizer) = crate::encoding(name) else { continue };
        for policy in [SpecialPolicy::Text, SpecialPolicy::Encode] {
            let explained = explain(&tokenizer, &bad, policy).unwrap();
            assert_eq!(explained.ids(), tokenizer.encode_with(&bad, policy).unwrap(), "{name}");
            explained.pieces.iter().for_each(|piece| replay(&tokenizer, piece));
        }
    }
}

/// A long piece takes no quadratic time: this would take hours.
#[test]
fn a_long_word_is_no_cliff() {
    let tokenizer = crate::encoding("o200k_base").unwrap();
    for text in ["ab".repeat(200_000), "a".repeat(400_000)] {
        let explained = explain(&tokenizer, text.as_bytes(), SpecialPolicy::Text).unwrap();
        assert_eq!(explained.ids(), tokenizer.encode(&text).unwrap());
        assert_eq!(explained.pieces.len(), 1);
    }
}
