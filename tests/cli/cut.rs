//! `tokenize cut`.

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::{folder, run, run_in};

const FOX: &str = "The quick brown fox jumps over the lazy dog.";

#[test]
fn a_text_that_fits_passes_through_unchanged() {
    for text in [&b""[..], b"x", FOX.as_bytes(), b"\xff\0\r\n\r\n  ", "\u{feff}e\u{301}\n".as_bytes()] {
        for keep in ["head", "tail", "ends"] {
            let args = ["cut", "-n", "1k", "--keep", keep, "--ellipsis", "...", "--fail-if-cut", "-q"];
            let run = run(&args, text).good();
            assert_eq!((run.raw.as_slice(), run.err.as_str()), (text, ""));
        }
    }
    assert_eq!(run(&["cut", "-n", "10", "-"], FOX).silent(), FOX, "exactly as many as allowed");
}

#[test]
fn each_part_and_border() {
    let cut = |args: &[&str]| {
        let run = run(&[&["cut"], args].concat(), FOX).good();
        assert!(run.err.starts_with("tokenize: note: standard input: kept "), "{run:?}");
        assert_eq!(run.err.lines().count(), 1, "{run:?}");
        run.out
    };
    assert_eq!(cut(&["-n", "4"]), "The quick brown fox");
    assert_eq!(cut(&["-n", "3", "--keep", "tail"]), " lazy dog.");
    assert_eq!(cut(&["-n", "6", "--keep", "ends", "--ellipsis", " ..."]), "The quick brown ... dog.");
    assert_eq!(cut(&["-n", "4", "--at", "word", "--ellipsis", "…"]), "The quick brown…");
    assert_eq!(cut(&["-n", "4", "--at", "line"]), "");
    assert_eq!(cut(&["-n", "0"]), "");
    let run = run(&["cut", "-n", "4", "-q"], FOX);
    assert_eq!(run.silent(), "The quick brown fox");
}

#[test]
fn the_note_says_how_much() {
    let error = run(&["cut", "-n", "4", "--keep", "tail"], FOX).good().err;
    assert_eq!(error, "tokenize: note: standard input: kept 4 of 10 tokens\n");
    let error = run(&["cut", "-n", "2_0"], "a b c ".repeat(1_000_000)).good().err;
    assert!(error.starts_with("tokenize: note: standard input: kept 20 of at least "), "{error}");
}

#[test]
fn cutting_can_be_a_failure() {
    let cut = run(&["cut", "-n", "4", "--fail-if-cut"], FOX);
    assert_eq!((cut.code, cut.out.as_str()), (1, "The quick brown fox"));
    assert_eq!(cut.err, "tokenize: standard input: at least 10 tokens, more than 4: cut to 4\n");
    let quiet = run(&["cut", "-n", "4", "--fail-if-cut", "-q"], FOX);
    assert_eq!(quiet.code, 1);
    run(&["cut", "-n", "10", "--fail-if-cut"], FOX).silent();
    run(&["cut", "-n", "0", "--fail-if-cut"], "").silent();
}

#[test]
fn what_is_wrong_is_told() {
    let nothing =
        |args: &[&str], words: &[&str]| assert_eq!(run(args, FOX).failed(words).out, "", "{args:?}");
    nothing(&["cut"], &["--tokens <N>"]);
    nothing(&["cut", "-n", "many"], &["'many'", "--tokens", "expected a number of tokens"]);
    nothing(&["cut", "-n", "1.5"], &["no whole number"]);
    nothing(&["cut", "-n", "-5"], &["-5"]);
    nothing(&["cut", "-n", "1", "missing.txt"], &["tokenize: missing.txt: "]);
    nothing(&["cut", "-n", "1", "."], &["tokenize: .: is a folder", "hint: "]);
    nothing(&["cut", "-n", "1", "-m", "gpt-99"], &["gpt-99"]);
    nothing(
        &["cut", "-n", "1", "--ellipsis", "one two three"],
        &["the ellipsis alone has 3 tokens", "limit of 1"],
    );
    nothing(&["cut", "-n", "1", "a", "b"], &["'b'"]);
    nothing(&["cut", "-n", "1", "-o", "no/where"], &["tokenize: no/where: "]);
}

#[test]
fn special_tokens() {
    let text = "one<|endoftext|>two";
    let cut = |special| run(&["cut", "-n", "2", "-q", "--special", special], text);
    assert_eq!(cut("encode").silent(), "one<|endoftext|>");
    assert_eq!(cut("text").silent(), "one<");
    cut("forbid").failed(&["<|endoftext|>", "at byte 3", "hint: --special text"]);
}

#[test]
fn files_in_and_out() {
    let utf16: Vec<u8> =
        [0xfeffu16].into_iter().chain(FOX.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let folder = folder(&[("fox", FOX.as_bytes()), ("utf16", &utf16), ("old", b"as it was")]);
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(run_in(&folder, &["cut", "-n", "2", "fox", "-o", "old", "-q"]).silent(), "");
    assert_eq!(read("old"), "The quick");
    let cut = run_in(&folder, &["cut", "-n", "4", "--fail-if-cut", "utf16", "--output", "new"]);
    assert_eq!((cut.code, read("new").as_str()), (1, "The quick brown fox"));
    assert!(cut.err.contains("UTF-16"), "{}", cut.err);
    let cut = run_in(&folder, &["cut", "-n", "4", "--fail-if-cut", "fox"]);
    assert_eq!((cut.code, cut.err.as_str()), (1, "tokenize: fox: 10 tokens, more than 4: cut to 4\n"));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 4, "something was left behind");
}

/// Pipes a stream without end into the command; what it wrote.
fn cut_endless(byte: &str, args: &[&str]) -> Vec<u8> {
    let begin = Instant::now();
    let mut source = match byte {
        "y" => Command::new("yes"),
        _ => {
            let mut tr = Command::new("tr");
            tr.args(["\\0", byte]).stdin(fs::File::open("/dev/zero").unwrap());
            tr
        }
    };
    let mut source = source.stdout(Stdio::piped()).spawn().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokenize"));
    command.env_clear().env("XDG_CONFIG_HOME", "/nonexistent").args(["cut", "-q"]).args(args);
    let output = command.stdin(source.stdout.take().unwrap()).output().unwrap();
    // It holds the other end of the pipe.
    drop(command);
    source.wait().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    assert!(begin.elapsed() < Duration::from_secs(20), "it read on");
    output.stdout
}

#[cfg(unix)]
#[test]
fn streams_without_end_are_cut_at_once() {
    for encoding in ["o200k_base", "gpt2", "gemma3", "llama3"] {
        for byte in ["y", "a", " ", "\\n"] {
            let out = cut_endless(byte, &["-n", "1000", "-e", encoding]);
            let tokens: u64 = run(&["count", "-q", "-e", encoding], out).silent().trim().parse().unwrap();
            assert!((990..=1000).contains(&tokens), "{encoding} {byte}: {tokens}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_no_failure() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokenize"));
    command.env_clear().args(["cut", "-q", "-n", "1M", "--no-config"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, "word ".repeat(100_000).as_bytes()).unwrap();
    drop(stdin);
    let mut error = String::new();
    child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
    assert_eq!((child.wait().unwrap().code(), error.as_str()), (Some(0), ""));
}
