//! Outputs: JSON, JSON lines, CSV, lists, help, colour, pipes that close and disks that are full.

use std::fs;
use std::io::Read as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::{finish, folder, run, run_in, tokenize};

#[test]
fn one_document() {
    let folder = folder(&[("a", b"Hello world\n"), ("b", b"x")]);
    let json = run_in(&folder, &["--json", "a", "b"]).json();
    let keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = "schema_version model encoding window exactness words by files omitted total";
    let sorted = |keys: &[&str]| {
        let mut keys = keys.to_vec();
        keys.sort_unstable();
        keys.join(" ")
    };
    assert_eq!(sorted(&keys), sorted(&expected.split(' ').collect::<Vec<_>>()));
    assert_eq!(json["schema_version"], 1);
    assert_eq!((&json["words"], &json["by"]), (&"white".into(), &"file".into()));
    let first = serde_json::json!({
        "path": "a", "files": 1, "tokens": 3, "upper": 3, "words": 2, "words_per_token": 2.0 / 3.0, "tokens_per_word": 1.5,
        "bytes": 12, "chars": 12, "lines": 1, "bytes_per_token": 4.0, "window_share": 3.0 / 128_000.0,
    });
    assert_eq!(json["files"][0], first);
    assert_eq!((&json["total"]["tokens"], &json["total"]["files"]), (&4.into(), &2.into()));
}

#[test]
fn json_or_nothing() {
    let failed = run(&["--json", "/nonexistent"], "").failed(&[]);
    assert_eq!(failed.out, "");
}

#[test]
fn one_object_a_line() {
    let folder = folder(&[("a", b"x"), ("b", b"x x")]);
    let lines = run_in(&folder, &["--jsonl", "a", "b"]).silent();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!((&lines[1]["path"], &lines[1]["tokens"]), (&"b".into(), &2.into()));
    assert_eq!((&lines[2]["total"], &lines[2]["tokens"]), (&true.into(), &3.into()));
    assert!(lines[0].get("total").is_none());
}

#[test]
fn csv() {
    let folder = folder(&[("a, \"b\"", b"Hello world\n"), ("empty", b"")]);
    let expected = "path,files,tokens,words,words_per_token,tokens_per_word,bytes,chars,lines,bytes_per_token,window_share,upper,exactness\r\n\
                    \"a, \"\"b\"\"\",1,3,2,0.6666666666666666,1.5,12,12,1,4,0.0000234375,3,exact\r\n\
                    empty,1,0,0,,,0,0,0,,0,0,exact\r\n";
    assert_eq!(run_in(&folder, &["--csv", "a, \"b\"", "empty"]).silent(), expected);
    run(&["--csv", "--json"], "x").failed(&["cannot be used with"]);
}

#[test]
fn lists() {
    let encodings = run(&["encodings"], "").silent();
    assert!(encodings.contains("199998        2  o200k_base (default)\n"), "{encodings}");
    let json = run(&["encodings", "--json"], "").json();
    assert_eq!(json.as_array().unwrap().len(), 33);
    let models = run(&["models"], "").silent();
    let rows: Vec<String> =
        models.lines().map(|row| row.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert!(rows.iter().any(|row| row == "128000 - 16384 o200k_base exact 2026-11-25 gpt-4o"), "{models}");
    let one = run(&["models", "gpt-4o"], "").silent();
    assert!(one.contains("window        128000\n"), "{one}");
    assert_eq!(run(&["models", "gpt-5", "--json"], "").json()["max_input"], 272_000);
    run(&["models", "gpt-4p"], "").failed(&["unknown model", "hint: did you mean gpt-4"]);
}

#[test]
fn help_and_version() {
    let long = run(&["--help"], "").silent();
    assert!(long.starts_with("Examples:\n"), "{long}");
    let short = run(&["-h"], "").silent();
    assert!(short.len() < long.len());
    for command in [
        "count",
        "check",
        "encode",
        "decode",
        "encodings",
        "vocab",
        "convert",
        "evaluate",
        "models",
        "config",
    ] {
        assert!(long.contains(command));
        run(&[command, "--help"], "").silent();
        run(&["help", command], "").silent();
    }
    let version = run(&["--version"], "").silent();
    for part in [env!("CARGO_PKG_VERSION"), bytepair::UNICODE_VERSION, "o200k_base"] {
        assert!(version.contains(part), "{version}");
    }
}

#[test]
fn wrong_usage_is_two() {
    let threads = ["-j0", "-j1.5", "-jx"];
    for args in [&["--frobnicate"][..], &["-j"], &["--sort", "size"], &["--top", "-1"], &["encode", "--json"]]
    {
        run(args, "x").failed(&["error: "]);
    }
    threads.iter().for_each(|arg| drop(run(&[arg], "x").failed(&["error: "])));
}

#[test]
fn colour_only_emphasises() {
    let plain = run(&[], "x").silent();
    assert!(!plain.contains('\x1b'));
    let with = |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = tokenize(args);
        command.envs(variables.iter().copied()).write_stdin("x");
        finish(command).silent()
    };
    let coloured = with(&["--color", "always"], &[]);
    assert!(coloured.starts_with("\x1b[1mtokens"), "{coloured:?}");
    assert_eq!(coloured.replace("\x1b[1m", "").replace("\x1b[0m", ""), plain);
    assert_eq!(with(&[], &[("CLICOLOR_FORCE", "1")]), coloured);
    assert_eq!(with(&[], &[("CLICOLOR_FORCE", "0")]), plain);
    assert_eq!(with(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]), plain);
    assert_eq!(with(&["--color=always"], &[("NO_COLOR", "1")]), coloured);
    assert_eq!(with(&["--color=never"], &[("CLICOLOR_FORCE", "1")]), plain);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let folder = folder(&[("a", &b"Hello world\n".repeat(50_000))]);
    let cases: &[&[&str]] = &[
        &["a"],
        &["-q", "a"],
        &["--json", "a"],
        &["--jsonl", "a"],
        &["--csv", "a"],
        &["encode", "a"],
        &["encode", "--jsonl", "a"],
        &["decode", "1"],
        &["models"],
        &["encodings"],
        &["vocab"],
        &["vocab", "gpt2"],
        &["--help"],
        &["--version"],
    ];
    for args in cases {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_tokenize"));
        let command = command.args(*args).env("XDG_CONFIG_HOME", "/nonexistent").current_dir(&folder);
        let output = command.stdin(Stdio::null()).stdout(full).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {told}");
        assert_eq!(told, "tokenize: writing the output failed: No space left on device\n", "{args:?}");
    }
    run_in(&folder, &["encode", "a", "-o", "/dev/full"]).failed(&["No space left on device"]);
}

#[test]
fn a_closed_pipe_is_quiet() {
    let folder = folder(&[("a", &b"Hello world\n".repeat(500_000))]);
    for args in [&["encode", "a"][..], &["encode", "--jsonl", "a"]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tokenize"))
            .args(args)
            .env("XDG_CONFIG_HOME", "/nonexistent")
            .current_dir(&folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut some = [0; 100];
        child.stdout.take().unwrap().read_exact(&mut some).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
    }
}

#[test]
fn rounding_does_not_hide_the_border_of_the_window() {
    for (tokens, shown) in [(8188, "<100%"), (8192, "100.0%"), (8193, ">100%"), (9000, "109.9%")] {
        let table = crate::run(&["-m", "gpt-4"], " a".repeat(tokens)).silent();
        assert!(table.contains(&format!(" {shown}  -")), "{tokens}: {table}");
    }
}
