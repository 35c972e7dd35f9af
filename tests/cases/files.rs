//! The cases about vocabularies beyond OpenAI's, and about their files.

use std::collections::BTreeMap;

#[cfg(feature = "licence-apache")]
use bytepair::encoding;
use bytepair::format::{Loaded, read};
use bytepair::{Error, ErrorKind, SpecialPolicy, Tokenizer};

use super::{case, ids};

fn load(file: &str) -> Result<Tokenizer, Error> {
    match read(file.as_bytes(), "test")? {
        Loaded::Definition(definition) => Tokenizer::new(*definition),
        other => panic!("not a whole tokenizer: {other:?}"),
    }
}

/// The `tokenizer.json` files of a case.
fn files(id: &str) -> Vec<String> {
    let files = case(id)["tokenizer_json"].as_array().unwrap().clone();
    files.iter().map(|file| file.as_str().unwrap().to_owned()).collect()
}

/// Each file with its texts and ids, special tokens being found.
fn encodes_by_file(id: &str, names: &[&str]) {
    let files = files(id);
    assert_eq!(files.len(), names.len());
    for (file, name) in files.iter().zip(names) {
        let tokenizer = load(file).unwrap();
        let rows: BTreeMap<String, serde_json::Value> =
            serde_json::from_value(case(id)["expected"][name].clone()).unwrap();
        assert!(!rows.is_empty());
        for (text, wanted) in rows {
            let found = tokenizer.encode_with(&text, SpecialPolicy::Encode).unwrap();
            assert_eq!(found, ids(&wanted), "{name}: {text:?}");
        }
    }
}

#[test]
#[cfg(feature = "licence-llama")]
fn whole_piece_first() {
    let case = case("whole-piece-first");
    let llama3 = bytepair::encoding("llama3").unwrap();
    let text = case["input_text"].as_str().unwrap();
    assert_eq!(llama3.encode(text).unwrap(), ids(&case["expected"]["llama3"]));
    for (text, wanted) in case["expected"]["single"].as_object().unwrap() {
        assert_eq!(llama3.encode(text).unwrap(), ids(wanted), "{text}");
    }
}

#[test]
fn ignore_merges_flag() {
    let case = case("ignore-merges-flag");
    let text = case["input_text"].as_str().unwrap();
    for (file, flag) in files("ignore-merges-flag").iter().zip(["ignore_merges_true", "ignore_merges_false"])
    {
        assert_eq!(load(file).unwrap().encode(text).unwrap(), ids(&case["expected"][flag]), "{flag}");
    }
}

/// Of a merge that is listed twice the last one counts, as in Hugging Face's tokenizers.
#[test]
fn duplicate_merge() {
    let case = case("duplicate-merge");
    for (file, which) in files("duplicate-merge").iter().zip(["with_duplicate", "without"]) {
        assert_eq!(load(file).unwrap().encode("abc").unwrap(), ids(&case["expected"][which]), "{which}");
    }
}

#[test]
#[cfg(feature = "licence-apache")]
fn tekken_9400_a() {
    let expected = &case("tekken-9400-A")["expected"];
    let tekken = encoding("tekken-240911").unwrap();
    let found = tekken.encode("A".repeat(9400)).unwrap();
    assert_eq!(found.len() as u64, expected["count"].as_u64().unwrap());
    assert_eq!(found[..2], ids(&expected["first"]));
    assert_eq!(tekken.count("A".repeat(9400)).unwrap(), found.len());
}

#[test]
#[cfg(feature = "licence-apache")]
fn tekken_regex() {
    let case = case("tekken-regex");
    let text = case["input_text"].as_str().unwrap();
    let found = encoding("tekken-240911").unwrap().encode(text).unwrap();
    assert_eq!(found, ids(&case["expected"]["tekken"]));
}

#[test]
fn added_strip() {
    encodes_by_file("added-strip", &["rstrip", "lstrip"]);
}

#[test]
fn added_prefix() {
    encodes_by_file("added-prefix", &["order1", "order2"]);
}

#[test]
fn merges_with_spaces() {
    let wanted = ids(&case("merges-with-spaces")["expected"]["array_form"]);
    let [array, string] = &files("merges-with-spaces")[..] else { panic!("two files") };
    assert_eq!(load(array).unwrap().encode("ab c").unwrap(), wanted);
    let error = load(string).unwrap_err();
    assert_eq!(error.to_string(), "merge 2, \"b  c\", can be cut into two tokens in more than one way");
    // Where the vocabulary has the tokens of one way only, that one is meant.
    let one_way = string.replace(", \" c\": 6, \"a b\": 7", ", \"a b\": 6");
    assert_eq!(load(&one_way).unwrap().encode("ab c").unwrap(), wanted);
}

#[test]
fn merges_two_forms() {
    for file in files("merges-two-forms") {
        let found = load(&file).unwrap().encode("abab cd").unwrap();
        assert_eq!(found, ids(&case("merges-two-forms")["expected"]["both"]));
    }
}

/// All bytes of a character are tokens, or none. What would be dropped in silence is an error.
#[test]
fn byte_fallback() {
    let expected = &case("byte-fallback")["expected"];
    let [full, partial, none] = &files("byte-fallback")[..] else { panic!("three files") };
    let encode = |file: &str, text: &str| load(file).unwrap().encode(text);
    assert_eq!(encode(full, "ab\u{e9}a\u{1f980}").unwrap(), ids(&expected["full 'ab\u{e9}a\u{1f980}'"]));
    for text in ["ab\u{e9}a", "\u{e9}\u{e9}"] {
        let wanted = ids(&expected[format!("partial '{text}'")]);
        assert_eq!(encode(partial, text).unwrap(), wanted, "{text}");
    }
    let error = encode(none, "abzab").unwrap_err();
    assert!(error.to_string().contains("0x7a") || error.to_string().contains('z'), "{error}");
    assert_eq!(encode(none, "abab").unwrap(), [2, 2]);
}

#[test]
fn merge_out_of_vocab() {
    let file = case("merge-out-of-vocab")["tokenizer_json"].as_str().unwrap().to_owned();
    let part = file.replace("[\"a b\"]", "[\"ab z\"]").replace("\"c\": 2", "\"c\": 2, \"ab\": 3");
    for (file, words) in [
        (file, "merge 1, \"a\" and \"b\": their result \"ab\" is not in the vocabulary"),
        (part, "merge 1, \"ab\" and \"z\": the token \"z\" is not in the vocabulary"),
    ] {
        let error = load(&file).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidVocabulary);
        assert_eq!(error.to_string(), words);
    }
}
