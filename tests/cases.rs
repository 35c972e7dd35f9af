//! Faults that users of other tokenizers reported, each with the right value: one test for each case, named
//! after it. The cases and their origin are in `tests/data/cases`.

#![allow(clippy::unwrap_used)]

use std::borrow::Cow;

use bytepair::format::tiktoken;
use bytepair::{Definition, ErrorKind, SpecialPolicy, Tokenizer, encoding, model};
use serde_json::Value;
use sha2::{Digest, Sha256};

#[path = "cases/chat.rs"]
mod chat;
#[cfg(feature = "cli")]
#[path = "cases/command.rs"]
mod command;
#[path = "cases/files.rs"]
mod files;
#[path = "cases/training.rs"]
mod training;

/// The names of the tests: those here, and those in `cases/`.
const TESTS: [&str; 5] = [
    include_str!("cases.rs"),
    include_str!("cases/chat.rs"),
    include_str!("cases/command.rs"),
    include_str!("cases/files.rs"),
    include_str!("cases/training.rs"),
];

#[test]
fn every_case_has_its_test() {
    for case in all() {
        let name = format!("fn {}()", case["id"].as_str().unwrap().replace('-', "_").to_lowercase());
        assert!(TESTS.iter().any(|tests| tests.contains(&name)), "{name} is missing");
    }
}

fn all() -> Vec<Value> {
    let text = std::fs::read_to_string("tests/data/cases/bug_reports.jsonl").unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn case(id: &str) -> Value {
    all().into_iter().find(|case| case["id"] == id).unwrap()
}

fn ids(value: &Value) -> Vec<u32> {
    value.as_array().unwrap().iter().map(|id| u32::try_from(id.as_u64().unwrap()).unwrap()).collect()
}

/// The text of a case gives the ids that the case says, in each encoding that it names.
fn encodes(id: &str) {
    let case = case(id);
    let text = case["input_text"].as_str().unwrap();
    check_ids(text.as_bytes(), &case["expected"]["ids"]);
}

fn check_ids(text: &[u8], expected: &Value) {
    let expected = expected.as_object().unwrap();
    assert!(!expected.is_empty());
    for (name, wanted) in expected {
        let tokenizer = encoding(name).unwrap();
        assert_eq!(tokenizer.encode(text).unwrap(), ids(wanted), "{name}");
        assert_eq!(tokenizer.decode(&ids(wanted)).unwrap(), text, "{name}");
    }
}

/// A text too long to write down gives the count, the ends and the hash of ids that the case says.
fn encodes_long(text: &str, expected: &Value) {
    for name in ["cl100k_base", "o200k_base", "r50k_base"] {
        let Some(wanted) = expected.get(name) else { continue };
        let tokenizer = encoding(name).unwrap();
        check_long(&tokenizer.encode(text).unwrap(), wanted);
        assert_eq!(tokenizer.count(text).unwrap() as u64, wanted["count"].as_u64().unwrap());
    }
}

fn check_long(found: &[u32], wanted: &Value) {
    let bytes: Vec<u8> = found.iter().flat_map(|id| id.to_le_bytes()).collect();
    let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(found.len() as u64, wanted["count"].as_u64().unwrap());
    assert_eq!(found[..3], ids(&wanted["first3"]));
    assert_eq!(found[found.len() - 3..], ids(&wanted["last3"]));
    assert_eq!(hash, wanted["sha256_u32le"]);
}

#[test]
fn contraction_uppercase() {
    encodes("contraction-uppercase");
    assert_eq!(encoding("cl100k_base").unwrap().encode("'RE").unwrap(), [95253]);
}

#[test]
fn unicode_version_1c89() {
    encodes("unicode-version-1c89");
}

#[test]
fn combining_marks_nfc() {
    encodes("combining-marks-nfc");
    #[cfg(feature = "licence-apache")]
    {
        let case = case("combining-marks-nfc");
        let qwen3 = encoding("qwen3").unwrap();
        let found = qwen3.encode(case["input_text"].as_str().unwrap()).unwrap();
        assert_eq!(found, ids(&case["expected"]["qwen3"]));
        // What it decodes to is the text in form C.
        assert!(qwen3.decode_lossy(&found).unwrap().starts_with("caf\u{e9} na\u{ef}ve "));
    }
}

#[test]
fn turkish_no_normalise() {
    encodes("turkish-no-normalise");
}

#[test]
fn ideographic_space_line_end() {
    encodes("ideographic-space-line-end");
}

#[test]
fn lookahead_last_space() {
    encodes("lookahead-last-space");
}

#[test]
fn newline_pairs() {
    encodes("newline-pairs");
}

#[test]
fn digit_groups() {
    encodes("digit-groups");
    let case = case("digit-groups");
    for (name, class) in
        [("llama3", cfg!(feature = "licence-llama")), ("qwen3", cfg!(feature = "licence-apache"))]
    {
        if class {
            let found = encoding(name).unwrap().encode(case["input_text"].as_str().unwrap()).unwrap();
            assert_eq!(found, ids(&case["expected"][name]), "{name}");
        }
    }
}

#[test]
fn emoji_utf8() {
    encodes("emoji-utf8");
}

#[test]
fn crlf() {
    let text = "one\r\ntwo\r\n\r\nthree\r\n\r";
    check_ids(text.as_bytes(), &case("crlf")["expected"]["ids"]);
    for (name, count) in case("crlf")["expected"]["lf_version_count"].as_object().unwrap() {
        let count = count.as_u64().unwrap() as usize;
        assert_eq!(encoding(name).unwrap().count(text.replace("\r\n", "\n")).unwrap(), count, "{name}");
    }
}

#[test]
fn json_surrogates() {
    let tokenizer = encoding("cl100k_base").unwrap();
    assert_eq!(tokenizer.encode("👍").unwrap(), [9468, 239, 235]);
    assert_eq!(tokenizer.encode("\u{fffd}").unwrap(), [5809]);
    // A lone surrogate that reaches a file as bytes stays the bytes it is.
    let ids = tokenizer.encode(b"\xed\xa0\xbd").unwrap();
    assert_eq!(tokenizer.decode(&ids).unwrap(), b"\xed\xa0\xbd");
}

#[test]
fn decode_partial_utf8() {
    let r50k = encoding("r50k_base").unwrap();
    assert_eq!(r50k.decode(&[49426]).unwrap(), b"\xe7\x90");
    assert_eq!(r50k.decode_lossy(&[49426]).unwrap(), "\u{fffd}");
    assert_eq!(encoding("cl100k_base").unwrap().decode(&[9468, 239]).unwrap(), b"\xf0\x9f\x91");
}

#[test]
fn stream_decode() {
    let expected = &case("stream-decode")["expected"];
    let tokenizer = encoding("cl100k_base").unwrap();
    let mut decoder = bytepair::stream::TextDecoder::new(&tokenizer);
    let parts: Vec<String> = ids(&expected["ids"]).iter().map(|&id| decoder.push(id).unwrap()).collect();
    let wanted: Vec<&str> =
        expected["incremental_text"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
    assert_eq!(parts, wanted);
    assert_eq!(decoder.finish(), "");
}

/// The text of the first tokens, without half a character: what a decoder gives before it is finished.
#[test]
fn truncate_char_boundary() {
    let tokenizer = encoding("cl100k_base").unwrap();
    for (text, tokens, wanted) in [
        ("green 🧠", 2, "green "),
        ("green 🧠", 4, "green 🧠"),
        ("\u{fffd}漢漢", 1, "\u{fffd}"),
        ("green 🧠", 0, ""),
    ] {
        let mut decoder = bytepair::stream::TextDecoder::new(&tokenizer);
        let first = &tokenizer.encode(text).unwrap()[..tokens];
        let cut: String = first.iter().map(|&id| decoder.push(id).unwrap()).collect();
        assert_eq!(cut, wanted);
        assert!(tokenizer.count(&cut).unwrap() <= tokens);
    }
}

#[test]
fn million_caret() {
    encodes_long(&"^".repeat(1_000_000), &case("million-caret")["expected"]);
}

#[test]
fn million_spaces_then_x() {
    encodes_long(&(" ".repeat(1_000_000) + "x"), &case("million-spaces-then-x")["expected"]);
}

#[test]
fn special_in_user_text() {
    let case = case("special-in-user-text");
    let text = case["input_text"].as_str().unwrap();
    check_ids(text.as_bytes(), &case["expected"]["default_ids"]);
    for (name, wanted) in case["expected"]["allowed"].as_object().unwrap() {
        let tokenizer = encoding(name).unwrap();
        assert_eq!(tokenizer.encode_with(text, SpecialPolicy::Encode).unwrap(), ids(wanted), "{name}");
    }
}

#[test]
fn im_start_not_special() {
    encodes("im-start-not-special");
    let case = case("im-start-not-special");
    let text = case["input_text"].as_str().unwrap();
    let tokenizer = encoding("cl100k_base").unwrap();
    assert_eq!(tokenizer.encode_with(text, SpecialPolicy::Encode).unwrap(), tokenizer.encode(text).unwrap());
}

#[test]
fn specials_adjacent() {
    let case = case("specials-adjacent");
    let text = case["input_text"].as_str().unwrap();
    for name in ["cl100k_base", "o200k_base"] {
        let tokenizer = encoding(name).unwrap();
        let wanted = ids(&case["expected"][name]["ids"]);
        assert_eq!(tokenizer.encode_with(text, SpecialPolicy::Encode).unwrap(), wanted);
        assert_eq!(tokenizer.count_with(text, SpecialPolicy::Encode).unwrap(), wanted.len());
        assert_eq!(tokenizer.decode(&wanted).unwrap(), text.as_bytes());
    }
}

#[test]
fn model_dot_minor() {
    for (name, wanted) in case("model-dot-minor")["expected"].as_object().unwrap() {
        assert_eq!(model(name).unwrap().model.encoding.as_deref(), wanted.as_str(), "{name}");
    }
}

#[test]
fn model_alias() {
    for (name, wanted) in case("model-alias")["expected"].as_object().unwrap() {
        let wanted = wanted.as_str().unwrap();
        match wanted.starts_with("error") {
            true => {
                for name in if name.starts_with('\'') { vec!["", "o"] } else { vec![name.as_str()] } {
                    assert_eq!(model(name).unwrap_err().kind(), ErrorKind::UnknownModel, "{name}");
                }
            }
            false => {
                for name in name.split(", ") {
                    let found = model(name).unwrap().model.encoding;
                    assert_eq!(found.as_deref(), wanted.split(',').next(), "{name}");
                }
            }
        }
    }
}

#[test]
fn window_128k() {
    for (name, wanted) in case("window-128k")["expected"].as_object().unwrap() {
        let found = model(name).unwrap().model;
        if let Some(window) = wanted["window"].as_u64() {
            assert_eq!(found.context_window, Some(window), "{name}");
        } else {
            assert!(matches!(found.context_window, Some(4096 | 4097)), "{name}");
        }
        if let Some(output) = wanted["max_output"].as_u64() {
            assert_eq!(found.max_output, Some(output), "{name}");
        }
    }
}

#[test]
fn limit_inclusive() {
    let tokenizer = encoding("cl100k_base").unwrap();
    let text = " a".repeat(8192);
    assert_eq!(tokenizer.count_within(&text, 8192).unwrap(), Some(8192));
    assert_eq!(tokenizer.count_within(&text, 8191).unwrap(), None);
    assert_eq!(tokenizer.count_within(&text, 8193).unwrap(), Some(8192));
    assert_eq!(tokenizer.count_within(text + " a", 8192).unwrap(), None);
}

/// A `.tiktoken` file with these lines first, and all single bytes that they lack after them.
fn with_all_bytes(lines: &str, line_end: &str) -> String {
    let vocabulary = encoding("r50k_base").unwrap();
    let file = String::from_utf8(tiktoken::write(vocabulary.vocabulary()).unwrap()).unwrap();
    let bytes = file.lines().take(256).map(|line| line.split(' ').next().unwrap());
    let missing = bytes.filter(|base64| !lines.contains(base64)).enumerate();
    let all =
        lines.lines().map(Cow::from).chain(missing.map(|(i, byte)| format!("{byte} {}", 1000 + i).into()));
    all.collect::<Vec<_>>().join(line_end)
}

#[test]
fn tiktoken_file_broken() {
    for (file, words) in [
        ("YQ== 0\nYg==\n", "line 2: no rank"),
        ("!!! 0\n", "line 1: bad base64"),
        ("YQ= 0\n", "line 1: bad base64"),
        ("YQ== x\n", "line 1: the rank is not a number"),
        ("YQ== 0 1\n", "line 1: more than a token and a rank"),
        ("YQ== 4294967296\n", "line 1: the rank"),
        ("<!DOCTYPE html><html></html>", "not a .tiktoken file: it is a page of HTML"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS pointer"),
        ("{\"model\": {}}", "not a .tiktoken file: it is JSON"),
        ("", "there are no tokens"),
        ("YQ== 0\nYWI= 2\n", "255 of the 256 single bytes are no tokens"),
    ] {
        let error = tiktoken::read(file.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidVocabulary);
        assert!(error.to_string().contains(words), "{file:?}: {error}");
    }
    let twice = with_all_bytes("YQ== 0\nYg== 1\nYWI= 1", "\n");
    let error = tiktoken::read(twice.as_bytes()).unwrap_err().to_string();
    assert!(error.starts_with("line ") && error.contains(": the rank 1 is that of line "), "{error}");
}

#[test]
fn tiktoken_file_crlf() {
    for line_end in ["\n", "\r\n"] {
        for end in ["", line_end] {
            let file = with_all_bytes("YQ== 0\nYg== 1\nYWI= 2", line_end) + end;
            let vocabulary = tiktoken::read(file.as_bytes()).unwrap();
            let definition = Definition {
                split: encoding("cl100k_base").unwrap().split().clone(),
                ..Definition::new("test", vocabulary, "")
            };
            assert_eq!(Tokenizer::new(definition).unwrap().encode("abab").unwrap(), [2, 2]);
        }
    }
}

#[test]
fn vocab_missing_byte() {
    let error = tiktoken::read(b"YQ== 0\nYWI= 2\n").unwrap_err();
    assert!(
        error.to_string().contains("255 of the 256 single bytes are no tokens, the first is 0x00"),
        "{error}"
    );
    let words = [b"AUG", b"UGC", b"GCA"].iter().enumerate().map(|(id, word)| (word.to_vec(), id as u32));
    let error = bytepair::Vocabulary::new(words).unwrap_err();
    assert!(error.to_string().contains("256 of the 256 single bytes"), "{error}");
}
