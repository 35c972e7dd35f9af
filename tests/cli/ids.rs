//! `tokenize encode` and `tokenize decode`.

use std::fs;

use proptest::prelude::*;

use crate::{folder, run, run_in};

#[test]
fn ids_of_each_input_on_a_line() {
    assert_eq!(run(&["encode"], "Hello world").silent(), "13225 2375\n");
    assert_eq!(run(&["encode", "-m", "gpt-4"], "Hello world").silent(), "9906 1917\n");
    let folder = folder(&[("a", b"Hello"), ("b", b""), ("c", b" world")]);
    assert_eq!(run_in(&folder, &["encode", "a", "b", "c"]).silent(), "13225\n\n2375\n");
    let partial = run_in(&folder, &["encode", "a", "missing"]).failed(&["tokenize: missing: "]);
    assert_eq!(partial.out, "13225\n");
}

#[test]
fn an_object_for_each_token() {
    let expected = "{\"id\":13225,\"bytes\":\"Hello\",\"start\":0,\"end\":5}\n\
                    {\"id\":2375,\"bytes\":\" world\",\"start\":5,\"end\":11}\n";
    assert_eq!(run(&["encode", "--jsonl"], "Hello world").silent(), expected);
    let byte = run(&["encode", "--jsonl", "-q"], b"\xff").silent();
    assert!(byte.ends_with(",\"bytes_hex\":\"ff\",\"start\":0,\"end\":1}\n"), "{byte}");
}

#[test]
fn special_tokens() {
    assert_eq!(run(&["encode", "--special", "encode"], "<|endoftext|>").silent(), "199999\n");
    let text = "x".repeat(100_000) + "<|endoftext|>";
    run(&["encode", "--special", "forbid"], text).failed(&["standard input: ", "at byte 100000", "hint: "]);
    let object = run(&["encode", "--special", "encode", "--jsonl"], "<|endoftext|>").silent();
    assert_eq!(object, "{\"id\":199999,\"bytes\":\"<|endoftext|>\",\"start\":0,\"end\":13}\n");
}

#[test]
fn the_output_file_is_written_whole_or_not_at_all() {
    let folder = folder(&[("a", b"Hello world"), ("old", b"as it was")]);
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(run_in(&folder, &["encode", "a", "-o", "new"]).silent(), "");
    assert_eq!(read("new"), "13225 2375\n");
    run_in(&folder, &["encode", "a", "missing", "-o", "old"]).failed(&["tokenize: old: not written"]);
    assert_eq!(read("old"), "as it was");
    run_in(&folder, &["encode", "a", "-o", "old"]).silent();
    assert_eq!(read("old"), "13225 2375\n");
    run_in(&folder, &["encode", "a", "-o", "no/where"]).failed(&["tokenize: no/where: "]);
    run_in(&folder, &["encode", "a", "-o", "."]).failed(&["tokenize: .: is a folder"]);
    let left = fs::read_dir(&folder).unwrap().count();
    assert_eq!(left, 3, "something was left behind");
}

#[cfg(unix)]
#[test]
fn a_device_is_not_replaced() {
    run(&["encode", "-o", "/dev/null"], "x").silent();
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}

#[test]
fn ids_become_text() {
    assert_eq!(run(&["decode", "13225", "2375"], "").silent(), "Hello world");
    assert_eq!(run(&["decode", "13225,2375"], "").silent(), "Hello world");
    for ids in ["13225 2375\n", "13225,\n\t2375", "[13225, 2375]", "[13225]\n[2375]\n"] {
        assert_eq!(run(&["decode"], ids).silent(), "Hello world", "{ids}");
        assert_eq!(run(&["decode", "-"], ids).silent(), "Hello world", "{ids}");
    }
    assert_eq!(run(&["decode"], "").silent(), "");
    assert_eq!(run(&["decode", "-e", "cl100k_base", "9906"], "").silent(), "Hello");
}

#[test]
fn wrong_ids_write_nothing() {
    let nothing = |args: &[&str], stdin: &str, words: &[&str]| {
        assert_eq!(run(args, stdin).failed(words).out, "");
    };
    nothing(
        &["decode", "13225", "900000"],
        "",
        &["900000 is no token of o200k_base", "at place 1", "hint: "],
    );
    nothing(&["decode", "13225", "x"], "", &["\"x\" is no token id (at place 1"]);
    nothing(&["decode", "-5"], "", &["\"-5\" is no token id"]);
    nothing(&["decode", "4294967296"], "", &["4294967296", "from 0 to 4294967295"]);
    nothing(&["decode"], "[1, 2.5]", &["\"2.5\" is no token id (at place 1"]);
    nothing(&["decode"], "[1, 2", &["not JSON"]);
    nothing(&["decode"], "{\"a\": 1}", &["no \"id\""]);
}

#[test]
fn lossy_on_request() {
    let ids = run(&["encode", "-q"], b"a\xff").silent();
    assert_eq!(run(&["decode"], ids.as_str()).raw, b"a\xff");
    assert_eq!(run(&["decode", "--lossy"], ids.as_str()).silent(), "a\u{fffd}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn there_and_back(bytes in prop::collection::vec(any::<u8>(), 0..400), json in any::<bool>()) {
        // A byte order mark of UTF-16 or UTF-32 would not come back.
        let bytes = [b"x".to_vec(), bytes].concat();
        let args: &[&str] = if json { &["encode", "-q", "--jsonl"] } else { &["encode", "-q"] };
        let ids = run(args, bytes.clone()).good();
        prop_assert_eq!(run(&["decode"], ids.out).raw, bytes);
    }
}

#[test]
fn offsets_are_those_of_the_text_where_two_names_share_an_id() {
    let args = ["encode", "--jsonl", "--special", "encode", "-e", "o200k_harmony"];
    let rows = run(&args, "<|reserved_200018|>x").silent();
    assert!(rows.contains("\"start\":0,\"end\":19}") && rows.contains("\"start\":19,\"end\":20}"), "{rows}");
}

#[cfg(unix)]
#[test]
fn standard_output_as_a_file_is_not_replaced() {
    let folder = folder(&[("a", b"Hello")]);
    for name in ["-", "/dev/stdout"] {
        assert_eq!(run_in(&folder, &["encode", "a", "-o", name]).silent(), "13225\n");
    }
    assert!(!folder.path().join("-").exists());
}
