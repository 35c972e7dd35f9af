//! `tokenize evaluate`: figures by hand, vocabularies side by side, groups, errors, threads and pipes.

use crate::{folder, run, run_in, write};

/// All bytes, then tokens: a vocabulary file of tiktoken's kind.
fn tiktoken(tokens: &[&str]) -> Vec<u8> {
    let bytes = (0..=255u8).map(|byte| vec![byte]);
    let all = bytes.chain(tokens.iter().map(|token| token.as_bytes().to_vec()));
    let lines = all.zip(0..).map(|(token, rank): (Vec<u8>, u32)| format!("{} {rank}\n", base64(&token)));
    lines.collect::<String>().into_bytes()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().chain([&0, &0]).take(3).fold(0, |bits, &byte| bits << 8 | u32::from(byte));
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place)) as usize & 63] as char;
            text.push(if place <= three.len() { digit } else { '=' });
        }
    }
    text
}

/// The row of a figure in the table of all inputs.
#[track_caller]
fn row<'t>(table: &'t str, figure: &str) -> Vec<&'t str> {
    let line = table.lines().find_map(|line| line.strip_prefix(figure)).unwrap_or_else(|| panic!("{table}"));
    line.split_whitespace().collect()
}

#[test]
fn figures_are_those_computed_by_hand() {
    let folder = folder(&[("small.tiktoken", &tiktoken(&["ab", " c"])), ("text", b"ab c abab c")]);
    let args = ["evaluate", "small.tiktoken", "--like", "gpt2", "--against", "none", "text"];
    // ab, " c", " ", ab, ab, " c": two, three and one of six.
    let table = run_in(&folder, &args).silent();
    let expected = "                       small.tiktoken\n\
                    tokens                              6\n\
                    bytes per token                 1.833\n\
                    tokens per word                 1.500\n\
                    words per token                 0.667\n\
                    vocabulary size                   258\n\
                    used                             1.2%\n\
                    never produced                    255\n\
                    unreachable                         0\n\
                    single-byte tokens              16.7%\n\
                    Shannon entropy, bits           1.459\n\
                    Rényi entropy, bits             1.325\n\
                    Rényi efficiency               0.1653\n\
                    ... of used tokens             0.8358\n\
                    1 file, 11 bytes, 4 words\n";
    assert_eq!(table, expected);
    let json = run_in(&folder, &[&args[..], &["--json"]].concat()).json();
    let figures = &json["total"]["vocabularies"][0];
    assert_eq!(
        (&json["total"]["bytes"], &json["total"]["words"], &json["by"]),
        (&11.into(), &4.into(), &().into())
    );
    assert_eq!((&figures["tokens"], &figures["used_tokens"]), (&6.into(), &3.into()));
    assert_eq!(figures["tokens_per_word"], 1.5);
    assert_eq!(figures["unused_ids"].as_array().unwrap().len(), 100);
    let json = run_in(&folder, &[&args[..], &["--json", "--all"]].concat()).json();
    let ids = json["total"]["vocabularies"][0]["unused_ids"].as_array().unwrap().clone();
    assert_eq!(ids.len(), 255);
    assert!(!ids.contains(&32.into()) && !ids.contains(&256.into()) && ids.contains(&97.into()));
}

#[test]
fn vocabularies_stand_side_by_side_and_none_twice() {
    let text = "Good vocabularies take few tokens.\n";
    let names = |args: &[&str]| -> Vec<String> {
        let table = run(&[&["evaluate"], args].concat(), text).silent();
        table.lines().next().unwrap().split_whitespace().map(str::to_owned).collect()
    };
    assert_eq!(names(&["gpt2"]), ["gpt2", "o200k_base", "cl100k_base"]);
    assert_eq!(names(&["o200k_base", "-"]), ["o200k_base", "cl100k_base"]);
    assert_eq!(names(&["gpt2", "--against", "gpt2", "--against", "p50k_base"]), ["gpt2", "p50k_base"]);
    assert_eq!(names(&["gpt2", "--against", "none"]), ["gpt2"]);
    let table = run(&["evaluate", "gpt2"], text).silent();
    let counted = |encoding| run(&["-q", "-e", encoding], text).silent().trim().to_owned();
    assert_eq!(row(&table, "tokens  "), ["gpt2", "o200k_base", "cl100k_base"].map(counted));
}

#[test]
fn groups_and_their_total() {
    let folder = folder(&[("a/x.md", b"one two\n"), ("a/y.rs", b"fn x() {}\n"), ("b/z.md", b"three\n")]);
    let json = |by| {
        let args = ["evaluate", "gpt2", "--against", "none", "--json", "--by", by, "."];
        run_in(&folder, &args).json()
    };
    for (by, expected) in [
        ("file", vec![("./a/x.md", 1, 8), ("./a/y.rs", 1, 10), ("./b/z.md", 1, 6)]),
        ("dir", vec![("./a", 2, 18), ("./b", 1, 6)]),
        ("ext", vec![(".md", 2, 14), (".rs", 1, 10)]),
    ] {
        let json = json(by);
        let groups = json["groups"].as_array().unwrap().iter();
        let groups: Vec<(&str, u64, u64)> = groups
            .map(|group| {
                (
                    group["path"].as_str().unwrap(),
                    group["files"].as_u64().unwrap(),
                    group["bytes"].as_u64().unwrap(),
                )
            })
            .collect();
        assert_eq!(groups, expected, "{by}");
        assert_eq!((&json["total"]["bytes"], &json["total"]["files"]), (&24.into(), &3.into()));
        let tokens = |entry: &serde_json::Value| entry["vocabularies"][0]["tokens"].as_u64().unwrap();
        let sum: u64 = json["groups"].as_array().unwrap().iter().map(tokens).sum();
        assert_eq!(sum, tokens(&json["total"]));
    }
    let table = run_in(&folder, &["evaluate", "gpt2", "--by", "ext", "."]).silent();
    assert!(table.starts_with("tokens  bytes/token  tokens/word "), "{table}");
    assert_eq!(table.lines().filter(|line| line.ends_with(" .md") || line.ends_with(" .rs")).count(), 6);
    assert!(table.ends_with("3 files, 24 bytes, 6 words\n"), "{table}");
    // A file that is named twice is two rows, and counts twice.
    let twice = run_in(&folder, &["evaluate", "gpt2", "--by", "file", "--csv", "a/x.md", "a/x.md"]).silent();
    assert_eq!(twice.matches("a/x.md,1,gpt2,").count(), 2, "{twice}");
}

#[test]
fn csv_has_a_field_for_each_header() {
    let all = run(&["evaluate", "gpt2", "--csv"], "one two\n").silent();
    let lines: Vec<Vec<&str>> = all.split_terminator("\r\n").map(|line| line.split(',').collect()).collect();
    assert_eq!(lines.len(), 4);
    assert!(lines.iter().all(|line| line.len() == 22), "{all}");
    assert_eq!(lines[1][..6], ["total", "1", "gpt2", "3", "0", "8"]);
}

#[test]
fn a_pipe_and_a_file_give_the_same_at_any_number_of_threads() {
    let text = "Voilà: words, und noch mehr — 漢字 x1 == 2;\n".repeat(60_000);
    let folder = folder(&[("text", text.as_bytes())]);
    let file = folder.path().join("text");
    let args = ["evaluate", "gpt2", "--json", "--all", "--words"];
    for words in ["white", "unicode"] {
        let args = [&args[..], &[words]].concat();
        let wanted = run(&[&args[..], &["-j1", "-"]].concat(), text.as_str()).silent();
        for threads in ["-j1", "-j2", "-j7"] {
            let piped = run(&[&args[..], &[threads]].concat(), text.as_str()).silent();
            let read = run(&[&args[..], &[threads, file.to_str().unwrap()]].concat(), "").silent();
            assert!(piped == wanted && read == wanted, "{words} {threads}");
        }
    }
}

#[test]
fn special_tokens_and_their_errors() {
    let text = "one<|endoftext|>two";
    let json = run(&["evaluate", "gpt2", "--special", "encode", "--json"], text).json();
    assert_eq!(json["total"]["vocabularies"][0]["special_tokens"], 1);
    let forbidden = run(&["evaluate", "gpt2", "--special", "forbid"], text);
    forbidden.failed(&["standard input", "<|endoftext|>", "--special text"]);
    run(&["evaluate", "gpt2", "--bos"], "x").failed(&["--bos", "leave it out"]);
}

#[test]
fn what_fails_is_told_and_the_rest_is_done() {
    let folder = folder(&[("good.txt", b"one two\n")]);
    let some = run_in(&folder, &["evaluate", "gpt2", "good.txt", "missing.txt"]);
    let some = some.failed(&["missing.txt: No such file or directory"]);
    assert!(some.out.ends_with("1 file, 8 bytes, 2 words\n"), "{some:#?}");
    let none = run_in(&folder, &["evaluate", "gpt2", "missing.txt"]).failed(&["missing.txt"]);
    assert_eq!(none.out, "");
    run_in(&folder, &["evaluate", "gpt3", "good.txt"]).failed(&["gpt3", "no encoding has this name"]);
    run_in(&folder, &["evaluate", "good.txt", "good.txt"]).failed(&["good.txt", "hint: "]);
    run_in(&folder, &["evaluate", "gpt2", "--against", "nothing", "good.txt"]).failed(&["nothing"]);
    run_in(&folder, &["evaluate", "gpt2", "--against", "none", "--against", "gpt2", "good.txt"])
        .failed(&["--against", "none cannot stand beside a vocabulary"]);
    run_in(&folder, &["evaluate", "gpt2", "--like", "gpt2", "good.txt"]).failed(&["--like", "leave it out"]);
    write(&folder, "small.tiktoken", &tiktoken(&["ab"]));
    run_in(&folder, &["evaluate", "small.tiktoken", "good.txt"]).failed(&["small.tiktoken", "--like"]);
}

#[test]
fn nothing_has_no_figures() {
    let table = run(&["evaluate", "gpt2", "--against", "none", "-q"], "").silent();
    assert_eq!(row(&table, "bytes per token"), ["-"]);
    assert_eq!(row(&table, "Rényi efficiency"), ["-"]);
    let thai = run(&["evaluate", "o200k_base", "--against", "none"], "ภาษาไทยไม่มีช่องว่าง\n").silent();
    assert_eq!(row(&thai, "tokens per word"), ["n/a"]);
    assert!(thai.contains("n/a: much of the text is in scripts without spaces"), "{thai}");
}
