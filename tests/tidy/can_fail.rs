//! The rules on small inline files: each can fail, and none fails on what is allowed.

use crate::{Source, flags_not_in, machine_paths, source_breaches, table_breaches};

/// What a file at `path` with this text would be reported for.
fn report(path: &str, text: &str) -> String {
    let source = Source::new(path, text);
    let flags = flags_not_in("use `--depth-first` or `--name`", &source);
    [source_breaches(&source), flags, machine_paths(path, text)].concat().join("; ")
}

#[test]
fn each_rule_can_fail() {
    let long = format!("//! x\nfn f() {{\n{}}}\n", "\n".repeat(59));
    let cases = [
        (
            "src/bpe/heap.rs",
            "//! x\nuse crate::pretokenize::Piece;",
            "src/bpe/heap.rs:2: bpe may not import `pretokenize`",
        ),
        (
            "src/bpe/mod.rs",
            "//! x\nuse super::{error::Error, special};",
            "mod.rs:2: bpe may not import `special`",
        ),
        (
            "src/report/ratio.rs",
            "//! x\n\nfn f() { super::super::stream::go() }",
            "ratio.rs:3: report may not import `stream`",
        ),
        ("src/error.rs", "//! x\nuse crate::Tokenizer;", "error.rs:2: error may not import `Tokenizer`"),
        ("src/lib.rs", "//! x\npub use crate::cli::run;", "lib.rs:2: lib may not import `cli`"),
        ("src/stray.rs", "//! x", "module `stray` is not in MODULES"),
        ("src/token.rs", "//! x\nuse std::{io::Read, fs};", "token.rs:2: `std::fs`: only the command"),
        ("src/token.rs", "//! x\nfn f() { println!(); }", "token.rs:2: `println!`: only the command"),
        ("src/token.rs", "//! x\nfn f() { g().unwrap() }", "token.rs:2: unwrap() outside tests"),
        ("src/token.rs", "fn f() {}", "token.rs:1: does not begin with //!"),
        ("src/token.rs", "//! x\nfn f() { unsafe { g() } }", "token.rs:2: unsafe outside UNSAFE_FILES"),
        ("src/token/util.rs", "//! x", "a module named `util`"),
        ("src/token.rs", "//! x\nmod misc {}", "token.rs:2: a module named `misc`"),
        ("src/token.rs", &long, "token.rs:2: a function of 61 lines"),
        ("src/token.rs", &format!("//! x\n{}", "\n".repeat(500)), "501 lines without tests"),
        (
            "src/cli/args.rs",
            "//! x\n#[arg(long = \"nam\")]\nx: u8",
            "args.rs:2: flag --nam is not in README.md",
        ),
        ("src/cli/args.rs", "//! x\n#[arg(long)]\npub(crate) depth: u8", "args.rs:2: flag --depth is not"),
        ("notes.md", concat!("//! x\nsee /wo", "rk/x"), "notes.md:2: a path of one machine"),
    ];
    for (path, text, expected) in cases {
        assert!(report(path, text).contains(expected), "{path} {text:?}: {:?}", report(path, text));
    }
}

#[test]
fn what_is_allowed_is_not_reported() {
    let long = format!("//! x\nfn f() {{\n{}}}\n", "\n".repeat(58));
    let cases = [
        (
            "src/bpe/heap.rs",
            "//! x\nuse crate::error::Error;\nuse super::pairs::Pairs;\nuse std::collections::BTreeMap;",
        ),
        (
            "src/bpe/heap.rs",
            "//! x\n// crate::cli, unsafe, .unwrap()\nconst A: &str = \"unsafe println! crate::cli\";",
        ),
        (
            "src/token.rs",
            "//! x\n#[cfg(test)]\nmod tests { use super::*; fn f() { crate::cli::g().unwrap(); println!() } }",
        ),
        ("src/cli/input.rs", "//! x\nuse bytepair::Tokenizer;\nuse std::{env, fs};\nuse crate::cli::args;"),
        ("src/cli/args.rs", "//! x\n#[arg(short, long)]\n#[arg(value_name = \"N\")]\npub depth_first: u8"),
        ("src/lib.rs", "//! x\npub use crate::bpe::{a, b::c};"),
        ("src/unicode/table.rs", &format!("//! x\n//! @generated\n{}", "\n".repeat(2000))),
        ("src/token.rs", &long),
    ];
    for (path, text) in cases {
        assert_eq!(report(path, text), "", "{path} {text:?}");
    }
}

#[test]
fn the_table_is_checked() {
    let table = [("bpe", "tokenizer"), ("tokenizer", ""), ("format", "bpe tokenizer")];
    let breaches = table_breaches(&table).join("; ");
    for expected in [
        "bpe may not import tokenizer",
        "wall between bpe and tokenizer",
        "wall between format and tokenizer",
    ] {
        assert!(breaches.contains(expected), "{breaches}");
    }
}
