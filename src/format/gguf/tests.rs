//! Tests of the reader: versions, types of values, lengths that a header only claims, and tokenizers of all kinds. What
//! whole files encode is compared in `tests/`.

use super::*;
use crate::error::ErrorKind;

const U32: u32 = 4;
const I32: u32 = 5;
const F32: u32 = 6;
const BOOL: u32 = 7;
const STRING: u32 = 8;
const ARRAY: u32 = 9;

fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat()
}

fn list(kind: u32, elements: &[Vec<u8>]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(elements.len() as u64).to_le_bytes()[..], &elements.concat()].concat()
}

fn texts(names: &[&str]) -> Vec<u8> {
    list(STRING, &names.iter().map(|name| text(name)).collect::<Vec<_>>())
}

fn numbers(kind: u32, numbers: &[u32]) -> Vec<u8> {
    list(kind, &numbers.iter().map(|number| number.to_le_bytes().to_vec()).collect::<Vec<_>>())
}

type Entry<'e> = (&'e str, u32, Vec<u8>);

fn file_of(version: u32, entries: &[Entry<'_>]) -> Vec<u8> {
    let mut file = b"GGUF".to_vec();
    file.extend(version.to_le_bytes());
    file.extend(0u64.to_le_bytes());
    file.extend((entries.len() as u64).to_le_bytes());
    for (key, kind, value) in entries {
        file.extend(text(key));
        file.extend(kind.to_le_bytes());
        file.extend(value);
    }
    file
}

const NAMES: [&str; 7] = ["a", "b", "\u{120}", "ab", "\u{120}ab", "<|end|>", "[PAD6]"];

/// A byte-level tokenizer, with other values for some keys; an empty value leaves a key out.
fn gpt2<'e>(changes: &[Entry<'e>]) -> Vec<u8> {
    let mut entries: Vec<Entry<'e>> = vec![
        ("tokenizer.ggml.model", STRING, text("gpt2")),
        ("tokenizer.ggml.pre", STRING, text("gpt-2")),
        ("tokenizer.ggml.tokens", ARRAY, texts(&NAMES)),
        ("tokenizer.ggml.token_type", ARRAY, numbers(I32, &[1, 1, 1, 1, 1, 3, 5])),
        ("tokenizer.ggml.merges", ARRAY, texts(&["a b", "\u{120} ab"])),
        ("tokenizer.ggml.bos_token_id", U32, 5u32.to_le_bytes().to_vec()),
    ];
    for change in changes {
        entries.retain(|(key, ..)| *key != change.0);
        if !change.2.is_empty() {
            entries.push(change.clone());
        }
    }
    file_of(3, &entries)
}

/// A SentencePiece tokenizer without byte tokens.
fn llama<'e>(changes: &[Entry<'e>]) -> Vec<u8> {
    let names = ["<unk>", "<s>", "</s>", "\u{2581}", "a", "b", "ab", "<x>"];
    let scores = [0.0f32, 0.0, 0.0, -1.0, -2.0, -3.0, -4.0, 0.0].map(f32::to_bits);
    let mut all: Vec<Entry<'e>> = vec![
        ("tokenizer.ggml.model", STRING, text("llama")),
        ("tokenizer.ggml.tokens", ARRAY, texts(&names)),
        ("tokenizer.ggml.scores", ARRAY, numbers(F32, &scores)),
        ("tokenizer.ggml.token_type", ARRAY, numbers(I32, &[2, 3, 3, 1, 1, 1, 1, 4])),
        ("tokenizer.ggml.merges", ARRAY, vec![]),
    ];
    for change in changes.iter().chain([&("tokenizer.ggml.merges", ARRAY, vec![])]) {
        all.retain(|(key, ..)| *key != change.0);
        if !change.2.is_empty() {
            all.push(change.clone());
        }
    }
    file_of(3, &all)
}

fn refused(file: &[u8]) -> String {
    let error = parse(file).expect_err("a file that cannot be used");
    assert_eq!(error.kind(), ErrorKind::InvalidVocabulary);
    error.to_string()
}

#[test]
fn a_byte_level_tokenizer() {
    let parts = parse(&gpt2(&[])[..]).expect("a small file");
    let tokens: Vec<(&[u8], u32)> =
        parts.model.tokens.iter().map(|(bytes, id)| (bytes.as_slice(), *id)).collect();
    assert_eq!(tokens, [(&b"a"[..], 0), (b"b", 1), (b" ", 2), (b"ab", 3), (b" ab", 4)]);
    assert_eq!(parts.model.merges, Some(vec![[0, 1, 3], [2, 3, 4]]));
    assert_eq!(parts.specials, [SpecialToken::control("<|end|>", 5)]);
    assert!(matches!(parts.split, Split::Pattern(_)));
    assert_eq!(parts.frame, Frame::default());
    let yes = || vec![1u8];
    let framed = parse(
        &gpt2(&[
            ("tokenizer.ggml.add_bos_token", BOOL, yes()),
            ("tokenizer.ggml.add_eos_token", BOOL, yes()),
            ("tokenizer.ggml.eos_token_id", U32, 5u32.to_le_bytes().to_vec()),
        ])[..],
    );
    assert_eq!(framed.expect("a frame").frame, Frame { before: vec![5], after: vec![5] });
    // Llama 3 has a token before the text without saying so, and looks pieces up.
    let llama3 =
        parse(&gpt2(&[("tokenizer.ggml.pre", STRING, text("llama-bpe"))])[..]).expect("a known name");
    assert_eq!((llama3.frame.before, llama3.model.whole_pieces), (vec![5], true));
    let qwen = parse(&gpt2(&[("tokenizer.ggml.pre", STRING, text("qwen2"))])[..]).expect("a known name");
    assert_eq!(qwen.normalizer.steps(), [NormalizerStep::Nfc]);
}

#[test]
fn a_sentencepiece_tokenizer() {
    let parts = parse(&llama(&[])[..]).expect("a small file");
    let ids: Vec<u32> = parts.model.tokens.iter().map(|(_, id)| *id).collect();
    assert_eq!(ids, [3, 4, 5, 6]);
    assert_eq!((parts.model.unit, parts.frame.before), (Unit::Character, vec![1]));
    assert_eq!(parts.specials.len(), 4);
    let steps = parts.normalizer.steps();
    assert_eq!(steps.last(), Some(&NormalizerStep::Prepend(" ".into())));
    let bare = parse(
        &llama(&[
            ("tokenizer.ggml.add_space_prefix", BOOL, vec![0]),
            ("tokenizer.ggml.add_bos_token", BOOL, vec![0]),
            ("tokenizer.ggml.remove_extra_whitespaces", BOOL, vec![1]),
        ])[..],
    )
    .expect("settings");
    assert!(bare.frame.before.is_empty());
    assert!(bare.normalizer.steps().contains(&NormalizerStep::SqueezeSpaces));
    assert!(!bare.normalizer.steps().contains(&NormalizerStep::Prepend(" ".into())));
}

#[test]
fn versions() {
    let entries = [("general.architecture", STRING, text("x"))];
    for version in [2, 3] {
        assert_eq!(refused(&file_of(version, &entries)), "this GGUF file holds no tokenizer");
    }
    for version in [0, 1, 4, 999] {
        let words = format!("GGUF files of version {version} are not supported");
        assert_eq!(refused(&file_of(version, &entries)), words);
    }
    for version in [1u32, 2, 3] {
        assert!(refused(&file_of(version.swap_bytes(), &entries)).contains("big-endian"));
    }
    assert!(refused(b"GGML\x03\0\0\0").contains("does not begin with GGUF"));
}

#[test]
fn values_of_other_keys_are_passed_over() {
    let nested = list(ARRAY, &[numbers(U32, &[1, 2]), texts(&["x", "yz"])]);
    let others: Vec<Entry<'_>> = vec![
        ("x.u8", 0, vec![1]),
        ("x.i8", 1, vec![1]),
        ("x.u16", 2, vec![1; 2]),
        ("x.i16", 3, vec![1; 2]),
        ("x.u32", U32, vec![1; 4]),
        ("x.i32", I32, vec![1; 4]),
        ("x.f32", F32, vec![1; 4]),
        ("x.bool", BOOL, vec![1]),
        ("x.text", STRING, text("some text")),
        ("x.list", ARRAY, nested),
        ("x.u64", 10, vec![1; 8]),
        ("x.i64", 11, vec![1; 8]),
        ("x.f64", 12, vec![1; 8]),
        ("tokenizer.ggml.padding_token_id", U32, vec![0; 4]),
        ("tokenizer.chat_template", STRING, text("{{ x }}")),
    ];
    assert_eq!(parse(&gpt2(&others)[..]).expect("all types"), parse(&gpt2(&[])[..]).expect("none of them"));
    assert!(refused(&gpt2(&[("x.new", 13, vec![1; 4])])).contains("a value of unknown type 13"));
    let mut deep = numbers(U32, &[1]);
    for _ in 0..1000 {
        deep = list(ARRAY, &[deep]);
    }
    assert!(refused(&gpt2(&[("x.deep", ARRAY, deep)])).contains("unknown type 9"));
}

#[test]
fn wrong_types_and_numbers_are_refused() {
    for (change, words) in [
        (
            ("tokenizer.ggml.model", U32, vec![1; 4]),
            "tokenizer.ggml.model in this GGUF file is of an unexpected type",
        ),
        (("tokenizer.ggml.tokens", STRING, text("x")), "is of an unexpected type"),
        (("tokenizer.ggml.tokens", ARRAY, numbers(U32, &[1])), "a list of something unexpected"),
        (("tokenizer.ggml.merges", ARRAY, numbers(U32, &[1])), "a list of something unexpected"),
        (("tokenizer.ggml.bos_token_id", STRING, text("x")), "is of an unexpected type"),
        (
            ("tokenizer.ggml.model", STRING, text("bert")),
            "the tokenizer model bert of this GGUF file is not supported",
        ),
        (("tokenizer.ggml.model", STRING, text("none")), "this GGUF file holds no tokenizer"),
        (
            ("tokenizer.ggml.pre", STRING, text("new-one")),
            "the pre-tokenizer new-one of this GGUF file is not known",
        ),
        (("tokenizer.ggml.pre", STRING, vec![]), "does not name its pre-tokenizer"),
        (("tokenizer.ggml.tokens", ARRAY, vec![]), "holds no tokens"),
        (("tokenizer.ggml.merges", ARRAY, vec![]), "holds no merges"),
        (("tokenizer.ggml.merges", ARRAY, texts(&["a c"])), "merge 1, \"a\" and \"c\": the token \"c\""),
        (("tokenizer.ggml.merges", ARRAY, texts(&["ab"])), "is not two tokens"),
        (("tokenizer.ggml.token_type", ARRAY, numbers(I32, &[1])), "7 tokens but 1 token types"),
        (
            ("tokenizer.ggml.token_type", ARRAY, numbers(I32, &[1, 1, 1, 1, 1, 3, 9])),
            "id 6 has the unknown type 9",
        ),
        (
            ("tokenizer.ggml.token_type", ARRAY, numbers(I32, &[1, 1, 1, 1, 1, 3, u32::MAX])),
            "id 6 has the unknown type -1",
        ),
        (("tokenizer.ggml.tokens", ARRAY, texts(&["a", "a", "b", "ab", "c", "d", "e"])), "\"a\" comes twice"),
        (("tokenizer.ggml.add_space_prefix", BOOL, vec![1]), "add_space_prefix with a byte-level vocabulary"),
    ] {
        let found = refused(&gpt2(&[change]));
        assert!(found.contains(words), "{found}");
    }
    let scores = ("tokenizer.ggml.scores", ARRAY, numbers(F32, &[0]));
    assert!(refused(&llama(&[scores])).contains("8 tokens but 1 scores"));
    let unknown = ("tokenizer.ggml.unknown_token_id", U32, 99u32.to_le_bytes().to_vec());
    assert!(refused(&llama(&[unknown])).contains("the unknown token has the id 99 of no token"));
}

/// Every beginning is refused, with a hint that more of the file may be needed; what follows the metadata is not read.
#[test]
fn cut_files_are_refused() {
    for file in [gpt2(&[]), llama(&[])] {
        for end in 4..file.len() {
            let error = parse(&file[..end]).expect_err("half a file");
            assert_eq!(error.to_string(), "the GGUF file ends within its metadata", "{end}");
            assert!(error.hint().is_some_and(|hint| hint.contains("more of it is needed")));
        }
        let more = [&file[..], &[0xff; 1000]].concat();
        assert_eq!(parse(&more[..]).expect("a longer file"), parse(&file[..]).expect("the file"));
    }
}

/// Lengths and counts of up to 2^64 in small files: an error, before any memory is taken for them.
#[test]
fn lengths_are_not_believed() {
    for length in [10_000_000_000u64, 1 << 40, u64::MAX, u64::MAX / 2] {
        let length = length.to_le_bytes();
        let of = |kind: u32| [&kind.to_le_bytes()[..], &length[..], b"abc"].concat();
        for (change, words) in [
            (("tokenizer.ggml.model", STRING, [&length[..], b"abc"].concat()), "claims"),
            (("tokenizer.ggml.tokens", ARRAY, of(STRING)), "ends within"),
            (("tokenizer.ggml.scores", ARRAY, of(F32)), "ends within"),
            (("tokenizer.ggml.token_type", ARRAY, of(I32)), "ends within"),
            (("x.text", STRING, [&length[..], b"abc"].concat()), "ends within"),
            (("x.numbers", ARRAY, of(10)), "ends within"),
            (("x.texts", ARRAY, of(STRING)), "ends within"),
            (("x.lists", ARRAY, of(ARRAY)), "ends within"),
        ] {
            let found = refused(&gpt2(&[change]));
            assert!(found.contains(words), "{found}");
        }
        let mut keys = b"GGUF\x03\0\0\0".to_vec();
        keys.extend([&[0; 8][..], &length].concat());
        assert!(refused(&keys).contains("ends within"));
    }
}
