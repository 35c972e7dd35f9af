//! `tokenize chunk`.

use std::fs;

use serde_json::Value;

use crate::{folder, run, run_in};

const TEXT: &str = "First one. And more of it.\n\nA second paragraph. It is \"short\".\n\nThe third, which is the longest \
                    of all of them. Is it? Yes!\n";

fn objects(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn an_object_for_each_chunk() {
    let out = run(&["chunk", "-n", "20"], TEXT).silent();
    let expected = "{\"index\":0,\"start\":0,\"end\":64,\"token_start\":0,\"tokens\":17,\"text\":\"First one. And more of it.\
                    \\n\\nA second paragraph. It is \\\"short\\\".\\n\\n\"}\n";
    assert!(out.starts_with(expected), "{out}");
    let objects = objects(&out);
    let whole: String = objects.iter().map(|object| object["text"].as_str().unwrap()).collect();
    assert_eq!(whole, TEXT);
    for (index, object) in objects.iter().enumerate() {
        let text = object["text"].as_str().unwrap();
        assert_eq!(object["index"], index);
        assert_eq!(
            text,
            &TEXT[object["start"].as_u64().unwrap() as usize..object["end"].as_u64().unwrap() as usize]
        );
        assert_eq!(object["tokens"].to_string(), run(&["-q"], text).silent().trim());
    }
    let ids = run(&["encode"], TEXT).silent();
    let start = objects[1]["token_start"].as_u64().unwrap() as usize;
    let rest: Vec<&str> = ids.split_whitespace().skip(start).collect();
    let rest = run(&["decode", &rest.join(" ")], "").silent();
    assert_eq!(rest, TEXT[64..]);
}

#[test]
fn bytes_that_are_no_text() {
    let run = run(&["chunk", "-n", "5"], b"\xff\0 and\n").good();
    let object = &objects(&run.out)[0];
    assert_eq!(object["text_hex"], "ff0020616e640a");
    assert!(object.get("text").is_none());
    assert!(run.err.contains("standard input: not valid UTF-8 from byte 0 on"), "{run:?}");
}

#[test]
fn a_file_for_each_chunk() {
    let folder = folder(&[("text", TEXT.as_bytes()), ("part-0001.txt", b"as it was"), ("dir/x", b"")]);
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let wrote = run_in(&folder, &["chunk", "-n", "20", "text", "-o", "part-{:04}.txt"]);
    assert_eq!(
        (&*wrote.out, &*wrote.err),
        ("", "tokenize: note: 2 chunks: part-0000.txt to part-0001.txt\n")
    );
    assert_eq!([read("part-0000.txt"), read("part-0001.txt")].concat(), TEXT);
    run_in(&folder, &["chunk", "-q", "-n", "20", "text", "--output", "dir/{}"]).silent();
    run_in(&folder, &["chunk", "-n", "20", "text", "--output", "none/{}"])
        .failed(&["none/0", "does not exist"]);
    assert_eq!([read("dir/0"), read("dir/1")].concat(), TEXT);
    for (pattern, word) in [
        ("part.txt", "has no {}"),
        ("{", "without }"),
        ("{}{}", "more than one"),
        ("{:4}", "something else"),
        ("{:0x}", "no number"),
        ("{name}", "something else"),
    ] {
        run_in(&folder, &["chunk", "-n", "20", "text", "-o", pattern]).failed(&[
            "--output: ",
            word,
            "hint: {}",
        ]);
    }
    run_in(&folder, &["chunk", "-n", "20", "text", "-o", "no/{}"]).failed(&["tokenize: no/0: "]);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 4, "something was left behind");
    let out = run_in(&folder, &["chunk", "-n", "20", "text", "-o", "-"]).silent();
    assert_eq!(objects(&out).len(), 2);
}

#[test]
fn chunks_with_nuls_between() {
    let out = run(&["chunk", "-n", "20", "-0"], TEXT).silent();
    assert_eq!(out.split('\0').collect::<Vec<_>>(), [&TEXT[..64], &TEXT[64..], ""]);
    run(&["chunk", "-n", "20", "--null"], "a\0b").failed(&["has a NUL at byte 1", "hint: "]);
    run(&["chunk", "-n", "20", "-0", "-o", "{}"], TEXT).failed(&["cannot be used with"]);
}

#[test]
fn units_overlap_and_balance() {
    let text = "One is here. Two is here. Three is here. Four is here. Five is here. ";
    let chunks = |args: &[&str]| {
        let out = run(&[&["chunk"], args].concat(), text).silent();
        let texts = objects(&out).into_iter().map(|object| object["text"].as_str().unwrap().to_owned());
        texts.collect::<Vec<String>>()
    };
    let sentences = chunks(&["-n", "14", "--at", "sentence", "--overlap", "5"]);
    assert_eq!(sentences[0], "One is here. Two is here. Three is here. ");
    assert!(sentences[1].starts_with("Three is here. Four"), "{sentences:?}");
    let words = chunks(&["-n", "5", "--at", "word", "-j", "2"]);
    assert_eq!(words.concat(), text);
    let full = chunks(&["-n", "17", "--at", "sentence"]);
    let balanced = chunks(&["-n", "17", "--at", "sentence", "--balanced"]);
    assert_eq!((full.len(), balanced.len()), (2, 2));
    assert!(full[1].len() < balanced[1].len(), "{full:?} {balanced:?}");
}

#[test]
fn what_is_wrong_is_told() {
    let nothing =
        |args: &[&str], words: &[&str]| assert_eq!(run(args, TEXT).failed(words).out, "", "{args:?}");
    nothing(&["chunk"], &["--tokens <N>"]);
    nothing(&["chunk", "-n", "0"], &["standard input: the character at bytes 0-1 has 1 token", "hint: "]);
    nothing(&["chunk", "-n", "10", "--overlap", "10"], &["--overlap: 10 tokens", "at most 10", "hint: "]);
    nothing(&["chunk", "-n", "10", "missing.txt"], &["tokenize: missing.txt: "]);
    nothing(&["chunk", "-n", "10", "."], &["tokenize: .: is a folder"]);
    nothing(&["chunk", "-n", "10", "-m", "gpt-99"], &["gpt-99"]);
    nothing(&["chunk", "-n", "x"], &["expected a number of tokens"]);
    let text = "some words <|endoftext|>";
    run(&["chunk", "-n", "9", "--special", "forbid"], text).failed(&["at byte 11", "hint: --special text"]);
    assert_eq!(run(&["chunk", "-n", "10"], "").silent(), "", "an empty text has no chunks");
    assert_eq!(run(&["chunk", "-n", "0"], "").silent(), "");
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_no_failure() {
    use std::io::{Read, Write};
    use std::process::{Command, Stdio};
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokenize"));
    command.env_clear().args(["chunk", "-n", "100", "--no-config"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    child.stdin.take().unwrap().write_all("word ".repeat(100_000).as_bytes()).unwrap();
    let mut error = String::new();
    child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
    assert_eq!((child.wait().unwrap().code(), error.as_str()), (Some(0), ""));
}
