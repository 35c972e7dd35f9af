//! `tokenize count`: numbers, models, special tokens, order of rows, threads.

use crate::{folder, names, run, run_in, write};

#[test]
fn counts_standard_input() {
    let expected = "tokens  words  words/token  bytes  window  name\n\
                    \x20    3      2         0.67     12   <0.1%  -\n\
                    gpt-4o, o200k_base, window 128000 tokens, exact\n";
    assert_eq!(run(&[], "Hello world\n").silent(), expected);
    assert_eq!(run(&["count"], "Hello world\n").silent(), expected);
    assert_eq!(run(&["-"], "Hello world\n").silent(), expected);
    assert_eq!(run(&["-q"], "Hello world\n").silent(), "3\n");
}

#[test]
fn nothing_has_no_tokens_and_no_ratio() {
    let run_of_nothing = run(&[], "").good();
    // A pipe whose other end has failed is empty, too.
    assert_eq!(run_of_nothing.err, "tokenize: note: standard input was empty\n");
    let table = run_of_nothing.out;
    assert!(table.contains("     0      0            -      0    0.0%  -\n"), "{table}");
    assert_eq!(run(&["-q"], "").silent(), "0\n");
    let json = run(&["--json"], "").json();
    assert_eq!(json["total"]["tokens"], 0);
    for key in ["words_per_token", "tokens_per_word", "bytes_per_token"] {
        assert!(json["total"][key].is_null(), "{json}");
    }
}

#[test]
fn files_and_their_total() {
    let folder = folder(&[("b.txt", b"one two three\n"), ("a.txt", b"x")]);
    let table = run_in(&folder, &["b.txt", "a.txt", "b.txt"]).silent();
    assert_eq!(names(&table), ["b.txt", "a.txt", "b.txt", "total"]);
    assert_eq!(run_in(&folder, &["-q", "b.txt", "a.txt", "b.txt"]).silent(), "9\n");
    let one = run_in(&folder, &["b.txt"]).silent();
    assert_eq!(names(&one), ["b.txt"]);
}

#[test]
fn extra_columns() {
    let table = run(&["--chars", "--lines"], "où\n").silent();
    let header = "tokens  words  words/token  bytes  chars  lines  window  name\n";
    assert!(table.starts_with(header), "{table}");
    assert!(table.contains("      4      3      1   <0.1%  -\n"), "{table}");
}

#[test]
fn a_model_gives_encoding_and_window() {
    let json = run(&["-m", "gpt-4", "--json"], "Hello world").json();
    assert_eq!((&json["model"], &json["encoding"]), (&"gpt-4".into(), &"cl100k_base".into()));
    assert_eq!((&json["window"], &json["exactness"]), (&8192.into(), &"exact".into()));
    assert_eq!(json["total"]["window_share"], 2.0 / 8192.0);
}

#[test]
fn an_encoding_alone_has_no_window() {
    let table = run(&["-e", "gpt2"], "Hello").silent();
    assert!(table.contains("       -  -\ngpt2, exact; no model named, so no window\n"), "{table}");
    let json = run(&["-e", "gpt2", "--json"], "Hello").json();
    assert!(json["model"].is_null() && json["window"].is_null());
    assert!(json["total"]["window_share"].is_null());
}

#[test]
fn model_and_encoding_together() {
    let json = run(&["-m", "gpt-4", "-e", "o200k_base", "--json"], "Hello").json();
    assert_eq!((&json["window"], &json["encoding"]), (&8192.into(), &"o200k_base".into()));
    assert_eq!(json["exactness"], "estimate");
    let table = run(&["-m", "gpt-4", "-e", "o200k_base"], "Hello").silent();
    assert!(table.contains("estimate: not exactly the model's encoding, cl100k_base"), "{table}");
}

#[test]
fn estimates_are_called_estimates() {
    let table = run(&["-m", "chat-latest", "-q", "--json"], "Hello").json();
    assert_eq!(table["exactness"], "estimate");
    let table = run(&["-m", "chat-latest"], "Hello").good().out;
    assert!(table.contains("estimate"), "{table}");
}

#[test]
fn how_a_model_was_read_is_told() {
    let run_ = run(&["-m", "ft:gpt-4o:acme::1"], "Hello").good();
    assert!(run_.err.starts_with("tokenize: note: "), "{run_:?}");
    run(&["-q", "-m", "ft:gpt-4o:acme::1"], "Hello").silent();
}

#[test]
fn unknown_names_are_errors_with_near_ones() {
    run(&["-m", "gpt-4p"], "x").failed(&["tokenize: unknown model \"gpt-4p\"\nhint: did you mean gpt-4"]);
    run(&["-e", "o200k_bse"], "x").failed(&["unknown encoding", "hint: did you mean o200k_base?"]);
    run(&["-e", "cl100k"], "x").failed(&["hint: did you mean cl100k_base?"]);
    run(&["-m", "cl100k_base"], "x").failed(&["hint: ", "--encoding cl100k_base"]);
}

#[test]
fn special_tokens() {
    let text = "one<|endoftext|>";
    assert_eq!(run(&["-q"], text).silent(), "8\n");
    assert_eq!(run(&["-q", "--special", "encode"], text).silent(), "2\n");
    let folder = folder(&[("bad", text.as_bytes()), ("good", b"x")]);
    let both = run_in(&folder, &["-q", "--special=forbid", "bad", "good"]);
    let both = both.failed(&["tokenize: bad: ", "<|endoftext|> at byte 3\nhint: --special text"]);
    assert_eq!(both.out, "1\n");
}

#[test]
fn words_after_unicode() {
    let words = |args: &[&str]| run(args, "it's one-two").json()["total"]["words"].clone();
    assert_eq!(words(&["--json"]), 2);
    assert_eq!(words(&["--json", "--words", "unicode"]), 3);
}

#[test]
fn words_say_nothing_about_text_without_spaces() {
    let table = run(&[], "これは日本語の文章です。\n").silent();
    assert!(table.contains("  n/a  ") && table.contains("\nn/a: "), "{table}");
    let json = run(&["--json"], "これは日本語の文章です。\n").json();
    assert!(json["total"]["words_per_token"].is_null());
}

#[test]
fn order_of_rows() {
    let folder = folder(&[("a", b"x x"), ("b", b"x x x x"), ("c", b"x")]);
    let order = |args: &[&str]| {
        let table = run_in(&folder, &[args, &["c", "b", "a"]].concat()).silent();
        names(&table).join(" ")
    };
    assert_eq!(order(&[]), "c b a total");
    assert_eq!(order(&["--reverse"]), "a b c total");
    assert_eq!(order(&["--sort", "path"]), "a b c total");
    for key in ["tokens", "words", "bytes"] {
        assert_eq!(order(&["--sort", key]), "b a c total");
        assert_eq!(order(&["--sort", key, "--reverse"]), "c a b total");
    }
    assert_eq!(order(&["--top", "1"]), "b and 2 more files total");
    assert_eq!(order(&["--top", "2", "--sort", "path"]), "a b and 1 more file total");
    let json = run_in(&folder, &["--top", "1", "--json", "c", "b", "a"]).json();
    assert_eq!((&json["omitted"], &json["total"]["tokens"]), (&2.into(), &7.into()));
    assert_eq!(json["files"].as_array().unwrap().len(), 1);
}

#[test]
fn rows_by_folder_and_extension() {
    let folder = folder(&[("a.rs", b"x"), ("d/b.rs", b"x x"), ("d/c.md", b"x"), ("LICENSE", b"x x")]);
    let table = run_in(&folder, &["--by", "ext", "--sort", "tokens", "."]).silent();
    assert_eq!(names(&table), [".rs", "(none)", ".md", "total"]);
    let json = run_in(&folder, &["--by", "dir", "--json", "."]).json();
    assert_eq!(json["by"], "dir");
    assert_eq!((&json["files"][0]["path"], &json["files"][0]["files"]), (&".".into(), &2.into()));
    assert_eq!((&json["files"][1]["path"], &json["files"][1]["files"]), (&"./d".into(), &2.into()));
}

#[test]
fn threads_change_nothing() {
    let folder = folder(&[]);
    let line = "The quick brown fox jumps over the lazy dog; naïve café, 日本語 12345!\n";
    for (name, copies) in [("a", 150_000), ("b", 20_000), ("c", 7), ("d", 9_000)] {
        write(&folder, name, line.repeat(copies).as_bytes());
    }
    let one = run_in(&folder, &["--json", "-j1", "."]).good().out;
    for threads in ["-j2", "-j7"] {
        assert_eq!(run_in(&folder, &["--json", threads, "."]).good().out, one);
    }
    let text = line.repeat(30_000);
    assert_eq!(run(&["--json", "-j3"], text.as_str()).out, run(&["--json", "-j1"], text.as_str()).out);
}
