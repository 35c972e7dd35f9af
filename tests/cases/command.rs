//! The cases about the command line, through the command.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use super::{case, check_long};

/// Runs `tokenize` in an empty environment, with this standard input.
fn tokenize(args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tokenize"))
        .args(args)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // The command may end without reading everything.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn file(folder: &tempfile::TempDir, name: &str, text: &[u8]) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn invalid_utf8_file() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = b"name: caf\xdd\xe9\nok\n";
    let (bad, good) = (file(&folder, "bad", bytes), file(&folder, "good", b"hello world"));
    let output = tokenize(&["-e", "cl100k_base", "--jsonl", &bad, &good], b"");
    assert_eq!(output.status.code(), Some(0));
    assert!(err(&output).contains("bad") && err(&output).contains("byte 9"), "{}", err(&output));
    let rows: Vec<serde_json::Value> =
        out(&output).lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    assert_eq!((&rows[0]["tokens"], &rows[1]["tokens"]), (&8.into(), &2.into()));
    // The same bytes through a pipe give the same number, and the ids are those of the bytes themselves.
    assert_eq!(out(&tokenize(&["-q", "-e", "cl100k_base"], bytes)), "8\n");
    let encoded = out(&tokenize(&["encode", "-e", "cl100k_base", &bad], b""));
    assert_eq!(encoded, "609 25 30203 153 165 198 564 198\n");
    assert_eq!(tokenize(&["decode", "-e", "cl100k_base"], encoded.as_bytes()).stdout, bytes);
}

#[test]
fn utf16_file() {
    let folder = tempfile::tempdir().unwrap();
    let text: Vec<u8> = "\u{feff}<p>Hello World</p>\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let path = file(&folder, "page.html", &text);
    let output = tokenize(&["encode", &path], b"");
    assert_eq!(out(&output), "19512 192249 5922 808 79 2876\n");
    assert!(err(&output).contains("UTF-16"), "{}", err(&output));
    assert_eq!(out(&tokenize(&["-q", &path], b"")), "6\n");
}

#[test]
fn empty_input() {
    for encoding in ["cl100k_base", "o200k_base", "r50k_base"] {
        let output = tokenize(&["--json", "-e", encoding], b"");
        assert_eq!(output.status.code(), Some(0));
        let report: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
        assert_eq!((&report["total"]["tokens"], &report["total"]["words"]), (&0.into(), &0.into()));
        assert!(report["total"]["tokens_per_word"].is_null() && report["total"]["words_per_token"].is_null());
        let table = out(&tokenize(&["-e", encoding], b""));
        assert!(!table.contains("NaN") && !table.contains("inf"), "{table}");
    }
}

/// 64 MiB of words made by a recipe: count, ids and the memory that counting takes.
#[test]
fn large_file_memory() {
    let mut seed = 12345u64;
    let mut text = String::new();
    while text.len() < 64 << 20 {
        seed = (seed * 1_103_515_245 + 12_345) & 0x7fff_ffff;
        text.push_str(&format!("w{} ", (seed >> 8) % 50_000));
    }
    text.pop();
    let expected = &case("large-file-memory")["expected"];
    assert_eq!(text.len() as u64 + 1, expected["bytes"].as_u64().unwrap() + 1);
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "words", text.as_bytes());
    assert_eq!(out(&tokenize(&["-q", "-e", "cl100k_base", &path], b"")), format!("{}\n", expected["count"]));
    check_long(&bytepair::encoding("cl100k_base").unwrap().encode(&text).unwrap(), expected);
    #[cfg(target_os = "linux")]
    assert!(peak_memory(&path) < 64 << 20);
}

/// The memory in bytes that counting a file takes at most, as the system accounts it (`VmHWM` of proc(5)).
#[cfg(target_os = "linux")]
fn peak_memory(path: &str) -> u64 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tokenize"))
        .args(["-q", "-e", "cl100k_base", path])
        .env_clear()
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
        peak = peak.max(line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(peak > 0);
    peak
}

#[test]
fn cli_dash_stdin() {
    let text = case("cli-dash-stdin")["input_text"].as_str().unwrap().to_owned();
    let output = tokenize(&["count", "-q", "-e", "cl100k_base", "-"], text.as_bytes());
    assert_eq!((out(&output).as_str(), output.status.code()), ("10\n", Some(0)));
}

#[test]
fn cli_open_stdin() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "hello", b"hello");
    let mut child = Command::new(env!("CARGO_BIN_EXE_tokenize"))
        .args(["count", "-q", &path])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Standard input stays open, and nothing is ever written to it.
    let stdin = child.stdin.take();
    let start = std::time::Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if start.elapsed().as_secs() > 30 => panic!("it waits for standard input"),
            None => std::thread::sleep(std::time::Duration::from_millis(5)),
        }
    };
    assert!(status.success());
    drop(stdin);
    let nothing = tokenize(&["-q"], b"");
    assert_eq!((out(&nothing).as_str(), nothing.status.code()), ("0\n", Some(0)));
}

#[test]
fn cli_broken_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "big", "hello world\n".repeat(200_000).as_bytes());
    for command in [&["encode", &path][..], &["encode", "--jsonl", &path]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tokenize"))
            .args(command)
            .env_clear()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0; 10];
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut first).unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(matches!(output.status.code(), Some(0) | None), "{output:?}");
        assert_eq!(err(&output), "");
    }
}

#[cfg(unix)]
#[test]
fn cli_symlink_loop() {
    let folder = tempfile::tempdir().unwrap();
    file(&folder, "a.txt", b"hello world");
    std::os::unix::fs::symlink(".", folder.path().join("loop")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("broken")).unwrap();
    let path = folder.path().to_str().unwrap();
    for flags in [&[][..], &["--follow"]] {
        let output = tokenize(&[&["count", "--json", path], flags].concat(), b"");
        let report: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
        assert_eq!(report["files"].as_array().unwrap().len(), 1, "{report}");
        assert_eq!(report["total"]["tokens"], 2);
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        assert!(err(&output).contains("broken"), "{}", err(&output));
    }
}

#[test]
fn cli_offline() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "hello", b"hello world");
    for encoding in ["cl100k_base", "o200k_base"] {
        let output = tokenize(&["-q", "-e", encoding, &path], b"");
        assert_eq!((out(&output).as_str(), output.status.code()), ("2\n", Some(0)));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "files were written");
}
