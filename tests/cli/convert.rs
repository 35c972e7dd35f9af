//! `tokenize convert`.

use std::fs;

use crate::vocabulary::tiktoken;
use crate::{Run, folder, run_in};

/// A conversion that was refused: status 1, a reason, and nothing on stdout.
#[track_caller]
fn refused(run: Run, words: &[&str]) {
    assert_eq!((run.code, run.out.as_str()), (1, ""), "{run:#?}");
    for word in words.iter().chain(&["hint: nothing was written"]) {
        assert!(run.err.contains(word), "{word:?} is missing in {run:#?}");
    }
}

#[test]
fn encodings_become_files_that_give_the_same_ids() {
    let folder = folder(&[("text", "It's 1234 naïve  漢字\n\tx<|endoftext|>".as_bytes())]);
    fs::create_dir(folder.path().join("pair")).unwrap();
    for (encoding, out, vocab) in [
        ("gpt2", "pair", "pair"),
        ("gpt2", "gpt2.json", "gpt2.json"),
        ("cl100k_base", "c.tiktoken", "c.tiktoken"),
        ("cl100k_base", "tokenizer.json", "tokenizer.json"),
        ("mistral-v1", "m.pack", "m.pack"),
    ] {
        let done = run_in(&folder, &["convert", encoding, "-o", out]).good();
        assert_eq!(done.out, "");
        let holds_all = out.contains("json") || out == "pair";
        assert_eq!(
            done.err.contains(&format!("note: {out} does not hold the pattern, ")),
            !holds_all,
            "{}",
            done.err
        );
        for special in ["text", "encode"] {
            let with =
                |flag, name| run_in(&folder, &["encode", flag, name, "--special", special, "text"]).silent();
            assert_eq!(with("--vocab", vocab), with("-e", encoding), "{out}");
        }
    }
    let published = fs::read(folder.path().join("c.tiktoken")).unwrap();
    let own = bytepair::format::tiktoken::write(bytepair::encoding("cl100k_base").unwrap().vocabulary());
    assert!(own.unwrap() == published);
}

#[test]
fn files_become_others_and_back() {
    let ranks = tiktoken(&[b"ab", b" ab", b"abc"]);
    let folder = folder(&[("a.tiktoken", &ranks), ("text", b"ab abc abcd")]);
    let convert = |args: &[&str]| run_in(&folder, &[&["convert", "-q"], args].concat()).silent();
    convert(&["a.tiktoken", "--like", "cl100k_base", "-o", "b.json"]);
    convert(&["b.json", "-o", "c.pack"]);
    // Neither of these holds a pattern, and none is needed.
    convert(&["c.pack", "-o", "d.tiktoken"]);
    assert!(fs::read(folder.path().join("d.tiktoken")).unwrap() == ranks);
    let encoded = run_in(&folder, &["encode", "--vocab", "b.json", "text"]).silent();
    assert_eq!(encoded, "256 257 99 257 99 100\n");
    let told = run_in(&folder, &["convert", "-v", "c.pack", "-o", "-", "--to", "tiktoken"]).good();
    assert!(told.out.as_bytes() == ranks && told.err.contains("the same ids for "), "{}", told.err);
    run_in(&folder, &["convert", "a.tiktoken", "-o", "e.json"]).failed(&["a.tiktoken: ", "hint: --like"]);
}

#[test]
fn what_cannot_be_held_is_refused_and_nothing_is_written() {
    let folder = folder(&[("old.tiktoken", b"as it was")]);
    for (from, out, words) in [
        ("gemma4", "old.tiktoken", &["gemma4: ", "does not rise with its merge rank"][..]),
        ("gemma3", "new.json", &["byte-level vocabularies only", "begins with characters"]),
        ("cl100k_base", "new/", &["not GPT-2's"]),
        ("qwen3.5", "new.tiktoken", &["qwen3.5: ", "read back, the ids of "]),
    ] {
        refused(run_in(&folder, &["convert", from, "-o", out]), words);
    }
    let mut left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["old.tiktoken"]);
    assert_eq!(fs::read(folder.path().join("old.tiktoken")).unwrap(), b"as it was");
}

#[test]
fn wrong_usage() {
    let folder = folder(&[("a.tiktoken", b"!! 1\n")]);
    run_in(&folder, &["convert", "gpt2"]).failed(&["--output"]);
    run_in(&folder, &["convert", "gpt2", "-o", "x.bin"]).failed(&["x.bin: ", "hint: --to tiktoken"]);
    run_in(&folder, &["convert", "gpt2", "-o", "vocab.json"]).failed(&["two files", "--to gpt2"]);
    run_in(&folder, &["convert", "a.tiktoken", "-o", "x.json"]).failed(&["a.tiktoken: "]);
    run_in(&folder, &["convert", "missing", "-o", "x.json"]).failed(&["missing: "]);
    run_in(&folder, &["convert", "gpt2", "-o", "no/x.json"]).failed(&["no/x.json: No such file"]);
    run_in(&folder, &["convert", "gpt2", "-o", "no/x", "--to", "gpt2"]).failed(&["no/x: No such file"]);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}
