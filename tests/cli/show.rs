//! `tokenize show`: exact outputs, without colour and with it. The pages are tried in tests/page.rs, terminals in
//! tests/terminal.rs.

use std::fs;

use proptest::prelude::*;

use crate::{folder, run, run_in, tokenize};

/// What stdout and stderr say of a text.
fn show(args: &[&str], text: impl Into<Vec<u8>>) -> (String, String) {
    let run = run(&[&["show"], args].concat(), text).good();
    (run.out, run.err)
}

#[test]
fn borders_without_colour() {
    let (out, err) = show(&[], "Hello world, understanding\nnext line\n");
    assert_eq!(out, "Hello│ world│,│ understanding│↵│\nnext│ line│↵\n");
    let totals = "tokenize: note: 8 tokens, 5 words, 0.62 words/token, 37 bytes, <0.1% of the window \
                  (gpt-4o, o200k_base, window 128000 tokens, exact)\n";
    assert_eq!(err, totals);
    assert_eq!(
        show(&["-q", "-i"], "Hello world\n\nx"),
        ("Hello:13225│ world:2375│↵\n↵:279│\nx:87\n".into(), "".into())
    );
    assert_eq!(show(&["-q"], "").0, "");
    assert_eq!(show(&["-q"], "a").0, "a\n");
    let one = show(&["-e", "gpt2"], "a").1;
    assert_eq!(
        one,
        "tokenize: note: 1 token, 1 word, 1.00 words/token, 1 byte (gpt2, exact; no model named, so no window)\n"
    );
}

#[test]
fn what_cannot_be_seen_is_shown() {
    let cases: [(&[u8], &str); 13] = [
        ("🦀".as_bytes(), "‹f0 9f›│‹a6›│‹80=🦀›\n"),
        (b"a\xff\xfeb", "a│‹ff›│‹fe›│b\n"),
        (b"caf\xe9", "caf│‹e9›\n"),
        (b"a  \nb \r\nc ", "a│␣␣↵│\nb│␣␍↵│\nc│␣\n"),
        (b"a\tb\0\x1b[31m\x7f", "a│⇥b│␀│␛│[│31│m│␡\n"),
        ("x\u{a0}y".as_bytes(), "x│‹NBSP›│y\n"),
        ("a\u{200b}b".as_bytes(), "a│‹ZWSP›│b\n"),
        ("\u{feff}a".as_bytes(), "‹BOM›│a\n"),
        ("a\u{202e}b\u{202c}".as_bytes(), "a│‹RLO›│b│‹PDF›\n"),
        ("e\u{301}".as_bytes(), "e│◌\u{301}\n"),
        ("a│b".as_bytes(), "a│‹e2 94 82=│›│b\n"),
        ("‹⟦↵".as_bytes(), ""),
        ("日本語".as_bytes(), "日本│語\n"),
    ];
    for (text, wanted) in cases {
        let (out, _) = show(&["-q"], text);
        if !wanted.is_empty() {
            assert_eq!(out, wanted, "{text:?}");
        }
        let strange = |c: char| {
            c != '\n' && (c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'))
        };
        assert!(!out.contains(strange), "{out:?}");
    }
    let signs = show(&["-q", "-e", "gpt2"], "‹⟦↵").0;
    assert!(signs.contains("=‹›") && signs.contains("=⟦›") && signs.contains("=↵›"), "{signs}");
}

#[test]
fn special_tokens_are_marked() {
    assert_eq!(show(&["-q", "--special", "encode"], "a<|endoftext|>b").0, "a│⟦<|endoftext|>⟧│b\n");
    assert_eq!(show(&["-q", "-m", "llama-2", "--bos"], "Hi").0, "⟦<s>⟧│Hi\n");
}

#[test]
fn neighbours_have_other_colours_and_nothing_else_is_a_code() {
    let (out, _) = show(&["-q", "--color", "always"], "one two three\nfour <|endoftext|> five six seven");
    let colours: Vec<&str> = out.split("48;5;").skip(1).filter_map(|rest| rest.split('m').next()).collect();
    assert!(colours.windows(2).all(|pair| pair[0] != pair[1]), "{colours:?}");
    assert_eq!(colours.iter().collect::<std::collections::HashSet<_>>().len(), 6);
    assert!(out.starts_with(
        "\u{1b}[38;5;16m\u{1b}[48;5;153mone\u{1b}[0m\u{1b}[38;5;16m\u{1b}[48;5;223m two\u{1b}[0m"
    ));
    // Colours end before the line does, and what the text has of codes is none.
    assert!(out.lines().all(|line| line.ends_with("\u{1b}[0m")), "{out:?}");
    let (evil, _) = show(&["-q", "--color", "always"], "\u{1b}[31m\u{1b}]0;x\u{7}");
    assert!(!evil.contains("\u{1b}[31m") && !evil.contains("\u{1b}]") && !evil.contains('\u{7}'), "{evil:?}");
    let special = show(&["-q", "--color", "always", "--special", "encode"], "<|endoftext|>").0;
    assert!(special.starts_with("\u{1b}[1m\u{1b}[4m\u{1b}[38;5;16m"), "{special:?}");
    // In colours a border is no sign, and the ids stand beside the tokens.
    assert!(show(&["-q", "--color", "always"], "a│b").0.contains("│\u{1b}[0m"));
    assert!(show(&["-q", "-i", "--color", "always"], "a").0.ends_with("a\u{1b}[0m64 \n"));
    for name in ["NO_COLOR", "TERM"] {
        let mut command = tokenize(&["show", "-q"]);
        command.env(name, if name == "TERM" { "dumb" } else { "1" }).write_stdin("a b");
        assert_eq!(String::from_utf8(command.output().unwrap().stdout).unwrap(), "a│ b\n");
    }
}

#[test]
fn a_window_of_tokens() {
    let text = "one two three four five";
    assert_eq!(show(&["-q", "--from", "2", "--count", "2"], text).0, " two│ three\n");
    assert_eq!(show(&["-q", "--from", "5"], text).0, " five\n");
    assert_eq!(show(&["-q", "--count", "0"], text).0, "");
    let (out, totals) = show(&["--from", "9"], text);
    assert!(out.is_empty() && totals.contains("5 tokens"), "{totals}");
    // A window can begin inside a character.
    assert_eq!(show(&["-q", "--from", "2"], "🦀").0, "‹a6›│‹80=🦀›\n");
    run(&["show", "--from", "0"], text).failed(&["--from", "the first token is 1"]);
}

#[test]
fn what_is_past_a_limit() {
    let (out, err) = show(&["--over", "2"], "one two three");
    assert_eq!(out, "one│ two\n‹──── limit of 2 tokens ────›\n three\n");
    assert!(err.ends_with("note: over the limit of 2 tokens by 1\n"), "{err}");
    let (out, err) = show(&["--over", "3"], "one two three");
    assert_eq!(out, "one│ two│ three\n");
    assert!(err.ends_with("note: within the limit of 3 tokens, 0 left\n"), "{err}");
    let (out, _) = show(&["-q", "--over", "0", "--color", "always"], "a");
    assert!(out.contains("limit of 0 tokens") && out.contains("48;5;88m"), "{out:?}");
}

#[test]
fn several_files_are_counted_through() {
    let folder = folder(&[("a", b"one two"), ("b", b"three")]);
    let run = run_in(&folder, &["show", "a", "b", "--over", "2"]).good();
    assert_eq!(run.out, "‹──── a ────›\none│ two\n‹──── b ────›\n‹──── limit of 2 tokens ────›\nthree\n");
    assert!(run.err.contains("3 tokens, 3 words"), "{}", run.err);
    let run = run_in(&folder, &["show", "missing", "b"]).failed(&["missing"]);
    assert_eq!(run.out, "three\n");
}

#[test]
fn where_two_encodings_differ() {
    let (out, err) = show(&["-e", "gpt2", "-e", "o200k_base"], "The tokenizer of it\n\nend");
    let wanted = "=│The│\nA│ token│izer│\nB│ tokenizer│\n=│ of│ it│\nA│↵│\nA│↵│\nB│↵\nB│↵│\n=│end│\n";
    assert_eq!(out, wanted);
    assert!(err.contains("note: A: 8 tokens (gpt2, exact; "), "{err}");
    assert!(err.ends_with("note: they differ in 2 places, 12 of 24 bytes\n"), "{err}");
    let (out, err) = show(&["-m", "gpt-4", "-m", "gpt-4o"], "same");
    assert_eq!(out, "=│same│\n");
    assert!(err.contains("(gpt-4, cl100k_base, ") && err.contains("both cut alike"), "{err}");
    let words = "a ".repeat(100);
    let (out, _) = show(&["-q", "-e", "gpt2", "-e", "o200k_base"], words.trim());
    assert!(out.contains("=│‹… 84 tokens alike …›│\n"), "{out}");
    let all = show(&["-q", "--all", "-e", "gpt2", "-e", "o200k_base"], words.trim()).0;
    assert_eq!(all.matches('a').count(), 100, "{all}");
    let ids = show(&["-q", "-i", "-e", "gpt2", "-e", "o200k_base"], "Hello").0;
    assert_eq!(ids, "=│Hello:15496/13225│\n");
    run(&["show", "-e", "gpt2", "-e", "o200k_base", "--html", "x.html"], "x")
        .failed(&["--html", "one vocabulary"]);
    run(&["show", "-e", "gpt2", "-e", "o200k_base", "-e", "cl100k_base"], "x").failed(&["more than two"]);
    run(&["show", "-m", "claude-opus-4-5"], "x").failed(&["not public"]);
}

#[test]
fn a_page_is_written_whole_or_not_at_all() {
    let folder = folder(&[("a", b"Hello"), ("old", b"as it was")]);
    let err = run_in(&folder, &["show", "a", "--html", "page.html"]).good().err;
    assert!(err.starts_with("tokenize: note: page.html: 1 token, "), "{err}");
    let page = fs::read_to_string(folder.path().join("page.html")).unwrap();
    assert!(
        page.starts_with("<!DOCTYPE html>")
            && page.contains("Content-Security-Policy")
            && !page.contains("http://")
    );
    let out = run_in(&folder, &["show", "-q", "a", "--html", "-"]).silent();
    assert!(out == page, "the page is the same each time");
    run_in(&folder, &["show", "a", "missing", "--html", "page.html"]).failed(&["page.html: not written"]);
    assert_eq!(fs::read_to_string(folder.path().join("page.html")).unwrap(), page);
    // Who forgets the name of the page names a text in its place.
    for args in
        [&["show", "--html", "old"][..], &["show", "old", "--html", "old"], &["tree", "--html", "old"]]
    {
        run_in(&folder, args).failed(&["old: is there already", "--html names the page to write"]);
    }
    assert_eq!(fs::read_to_string(folder.path().join("old")).unwrap(), "as it was");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Between the borders are as many tokens as `encode` gives, with the same ids, whatever the text is.
    #[test]
    fn the_ids_are_those_of_encode(text in prop::collection::vec(prop_oneof![
        "[a-z ]{0,6}|│|‹|⟦|:[0-9]|\n|\r\n|  \n|é|漢|🦀|e\u{301}|\u{200d}".prop_map(String::into_bytes),
        any::<u8>().prop_map(|byte| vec![byte]),
    ], 0..30)) {
        let text = text.concat();
        let wanted = run(&["encode", "-q"], text.clone()).good().out;
        let (out, _) = show(&["-q", "-i"], text);
        // Breaks of lines come after the sign of the line feed, and borders before the break.
        let shown: String = out.replace('\n', "").replace("=│›", "=border›");
        let ids: Vec<&str> = shown.split('│').filter_map(|token| Some(token.rsplit_once(':')?.1)).collect();
        prop_assert_eq!(ids.join(" "), wanted.trim(), "{}", out);
    }
}
