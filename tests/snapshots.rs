//! What people see: help, tables, trees, explanations and tokens, as the command prints them, compared with what it
//! printed before. That the numbers are right is left to the other tests; these are here so that every change of what is
//! printed is looked at by somebody.
//!
//! To accept a change: `INSTA_UPDATE=always cargo test --test snapshots`, look at the difference (`git diff
//! tests/snapshots`), and commit it. (With `cargo install cargo-insta`, `cargo insta review` asks one by one.) Without
//! `INSTA_UPDATE` a difference fails, and what was printed is left in `.snap.new` files; in `.ci/run` it is `no`, and none
//! are.
//!
//! Every run has the same files, no configuration, an empty environment and a pipe for its output, 80 columns wide.

// All vocabularies, since some commands list them.
#![cfg(all(
    feature = "cli",
    feature = "licence-apache",
    feature = "licence-gemma",
    feature = "licence-kimi",
    feature = "licence-llama",
    feature = "licence-mit",
    unix
))]
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// All commands but `help`, in the order of the alphabet.
const COMMANDS: [&str; 23] = [
    "chat",
    "check",
    "chunk",
    "compare",
    "completions",
    "config",
    "convert",
    "count",
    "count-words",
    "cut",
    "decode",
    "encode",
    "encodings",
    "evaluate",
    "explain",
    "man",
    "merge-counts",
    "models",
    "show",
    "stats",
    "train",
    "tree",
    "vocab",
];

/// The name of each snapshot, and what was typed. Files are those of `files`.
const TYPED: &[(&str, &str)] = &[
    ("count-one", "count fox.txt"),
    ("count-files", "count fox.txt project/README.md project/src/main.rs"),
    ("count-folder", "count project"),
    ("count-by-ext", "count --by ext project"),
    ("count-by-dir", "count --by dir --sort tokens project"),
    ("count-top", "count --top 2 project"),
    ("count-chars-lines", "count --chars --lines project"),
    ("count-estimate", "count -m claude-opus-4-5 project"),
    ("count-no-window", "count -e gpt2 fox.txt"),
    ("count-hard", "count hard.txt empty.txt"),
    ("count-quiet", "count -q project"),
    ("count-missing", "count fox.txt missing.txt"),
    ("models-one", "models gpt-4o"),
    ("models-estimated", "models claude-opus-4-5"),
    ("models-maker", "models ibm"),
    ("models-unknown", "models gpt4x"),
    ("encodings", "encodings"),
    ("check-within", "check --max 1k project"),
    ("check-near", "check --max 120 --warn-at 80% project"),
    ("check-over", "check --max 50 project"),
    ("check-per-file", "check --max 40 --per-file project"),
    ("check-model", "check -m gpt-4o --reserve 4k fox.txt"),
    ("check-estimate", "check -m claude-opus-4-5 --max 1k fox.txt"),
    ("check-github", "check --max 50 --github project"),
    ("compare-usual", "compare fox.txt"),
    ("compare-named", "compare -m gpt-4o -m gpt-4 -m claude-opus-4-5 -e gpt2 fox.txt project/README.md"),
    ("compare-by-ext", "compare -m gpt-4o -m gpt-4 --by ext project"),
    ("stats", "stats project"),
    ("stats-hard", "stats --top 4 hard.txt"),
    ("stats-whole", "stats -e gemma3 --top 2 fox.txt"),
    ("evaluate", "evaluate gpt2 project"),
    ("evaluate-by-ext", "evaluate gpt2 --against o200k_base --by ext project"),
    ("vocab-list", "vocab"),
    ("vocab-one", "vocab cl100k_base"),
    ("vocab-sentencepiece", "vocab llama2"),
    ("vocab-token", "vocab cl100k_base --token ' the' --id 1820"),
    ("vocab-token-tree", "vocab o200k_base --token ' understanding' --tree"),
    ("vocab-bytes", "vocab o200k_base --bytes 'e2 80'"),
    ("vocab-list-all", "vocab gpt2 --list --limit 8"),
    ("vocab-longest", "vocab cl100k_base --longest 4"),
    ("vocab-longest-chars", "vocab o200k_base --longest 6 --chars"),
    ("vocab-search", "vocab o200k_base --search '^ ?[Tt]oken' --limit 0"),
    ("vocab-search-wide", "vocab o200k_base --search '^日本' --limit 6"),
    ("vocab-diff", "vocab gpt2 --diff r50k_base --limit 3"),
    ("vocab-diff-other", "vocab cl100k_base --diff o200k_base --limit 3"),
    ("vocab-unreachable", "vocab cl100k_base --unreachable --limit 5"),
    ("vocab-no-such-token", "vocab cl100k_base --token understandinglessness"),
    ("tree", "tree project"),
    ("tree-depth", "tree --depth 1 project"),
    ("tree-top", "tree --top 1 project"),
    ("tree-estimate", "tree -m claude-opus-4-5 project"),
    ("explain", "explain understanding"),
    ("explain-no-merge-found", "explain strawberry --no-merge-found --in none"),
    ("explain-expect", "explain unhappiness --expect happiness --expect happy --expect ness --in none"),
    ("explain-pieces", "explain 'The cat'\\''s 12345 hats' -e cl100k_base --in gpt2"),
    ("explain-whole", "explain ' the' -e gemma3 --in none"),
    ("explain-special", "explain 'a<|endoftext|>' --special encode --in none"),
    ("explain-wide", "explain 日本語を勉強する -e cl100k_base --limit 12"),
    ("explain-wide-merges", "explain 日本語を勉強する -e gemma3 --in none"),
    ("explain-emoji", "explain 👩‍🔬 -e cl100k_base"),
    ("explain-limit", "explain antidisestablishmentarianism --limit 3 --in none"),
    ("explain-all", "explain indivisible --all --limit 2"),
    ("show", "show fox.txt"),
    ("show-hard", "show hard.txt"),
    ("show-hard-ids", "show -i hard.txt"),
    ("show-special", "show --special encode special.txt"),
    ("show-special-text", "show special.txt"),
    ("show-over", "show --over 12 fox.txt"),
    ("show-window", "show --from 5 --count 4 fox.txt"),
    ("show-several", "show fox.txt project/src/main.rs"),
    ("show-two", "show -e gpt2 -e o200k_base hard.txt"),
    ("show-two-ids", "show -i -e gpt2 -e o200k_base fox.txt"),
    ("show-two-alike", "show -e gpt2 -e r50k_base fox.txt"),
    ("show-bos", "show -m llama-2 --bos fox.txt"),
    ("cut", "cut -n 8 --ellipsis ' …' fox.txt"),
    ("wrong-flag", "count --by extension fox.txt"),
    ("wrong-model", "count -m gpt-4oo fox.txt"),
    ("wrong-encoding", "count -e cl100k fox.txt"),
    ("wrong-estimate", "show -m claude-opus-4-5 fox.txt"),
];

/// The files that commands are run on.
fn files(folder: &Path) {
    let fox = "The quick brown fox jumps over the lazy dog.\nUnderstanding takes time, doesn't it?\n";
    let guide = fox.repeat(3);
    let hard: &[&[u8]] = &[
        "Emoji: 🦀 👩‍🔬 🇩🇪 ❤️\n".as_bytes(),
        "Marks: e\u{301} ñ n\u{303} ก็ किताब\n".as_bytes(),
        "Right to left: שלום עולם, مرحبا\u{200f}!\n".as_bytes(),
        "Wide: 日本語を勉強する\u{3000}한국어\n".as_bytes(),
        b"Bytes: \xff\xfe caf\xe9 \xe2\x80 \0 \x1b[31m\x07\x7f\n",
        "Unseen: a\u{a0}b\u{200b}c\u{ad}d\u{202e}e\u{202c} \u{feff}\n".as_bytes(),
        b"Space: tab\there  two  \r\n\n\n  end of file",
    ];
    let all: &[(&str, &[u8])] = &[
        // What somebody has above the folder of temporary files ignores nothing here.
        (".ignore", b"!*\n"),
        ("fox.txt", fox.as_bytes()),
        ("empty.txt", b""),
        ("hard.txt", &hard.concat()),
        ("special.txt", b"<|im_start|>user\nHi<|endoftext|><|endofprompt|>\n"),
        ("project/README.md", "# A project\n\nIt does *one* thing, and says so: здравствуйте.\n".as_bytes()),
        ("project/docs/guide.md", guide.as_bytes()),
        ("project/docs/日本語.md", "日本語を勉強するのは楽しいです。\n".as_bytes()),
        ("project/src/main.rs", b"fn main() {\n    println!(\"Hello, world!\");\n}\n"),
        ("project/src/deep/down/note.txt", b"one\n"),
        ("project/src/empty.rs", b""),
    ];
    for (name, bytes) in all {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// What somebody sees who types this: the line, what it prints on both streams, and its status if that is not 0.
fn session(folder: &Path, typed: &str, more: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_tokenize"))
        .args(words(typed))
        .args(more)
        .current_dir(folder)
        .env_clear()
        .env("COLUMNS", "80")
        .env("XDG_CONFIG_HOME", folder.join("no-such-folder"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|stream| String::from_utf8(stream).expect("UTF-8"));
    let mut shown = format!("$ tokenize {typed}\n{out}");
    if !out.is_empty() && !out.ends_with('\n') {
        shown.push_str("\n--- no line feed before this line\n");
    }
    if !err.is_empty() {
        shown.push_str(&format!("--- stderr\n{err}"));
    }
    match output.status.code() {
        Some(0) => {}
        code => shown.push_str(&format!("--- status {}\n", code.expect("a status, not a signal"))),
    }
    let is_code = |c: char| c.is_control() && c != '\n';
    assert!(!shown.contains(is_code), "a control character in {shown:?}");
    shown
}

/// The words of a line, as a shell takes it apart: quoted, or a quote after a backslash.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut is_quoted, mut is_open) = (Vec::<String>::new(), false, false);
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == ' ' && !is_quoted {
            is_open = false;
            continue;
        }
        if !std::mem::replace(&mut is_open, true) {
            words.push(String::new());
        }
        match c {
            '\'' => is_quoted = !is_quoted,
            '\\' if !is_quoted => words.last_mut().unwrap().extend(chars.next()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words
}

/// Compares with the snapshot of this name.
#[track_caller]
fn matches(name: &str, shown: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, shown));
}

/// All that can be typed whose name begins so.
fn all_match(prefix: &str) {
    let folder = tempfile::tempdir().unwrap();
    files(folder.path());
    let group = TYPED.iter().filter(|(name, _)| name.split('-').next() == Some(prefix));
    let mut count = 0;
    for (name, typed) in group {
        // The folder of temporary files may lie below a configuration of somebody.
        let shown = session(folder.path(), typed, &["--no-config"]);
        matches(name, &if prefix == "models" { steady(&shown) } else { shown });
        count += 1;
    }
    assert!(count > 0, "no snapshot begins with {prefix}");
}

/// The same without what changes whenever the table of models is looked over: dates, and where they are from.
fn steady(shown: &str) -> String {
    let line = |line: &str| {
        if line.starts_with("source ") {
            return "source        SOURCE\n".to_owned();
        }
        let is_date = |word: &str| {
            word.len() == 10
                && word
                    .char_indices()
                    .all(|(at, c)| if at == 4 || at == 7 { c == '-' } else { c.is_ascii_digit() })
        };
        let words = line.split(' ').map(|word| if is_date(word) { "YYYY-MM-DD" } else { word });
        words.collect::<Vec<&str>>().join(" ") + "\n"
    };
    shown.lines().map(line).collect()
}

/// What help is asked for, with the name of its snapshot.
fn helps() -> Vec<(String, String)> {
    let whole = ["-h", "--help"].map(|flag| (format!("help{flag}"), flag.to_owned()));
    let of = |command: &&str| (format!("help-of-{command}"), format!("{command} --help"));
    whole.into_iter().chain(COMMANDS.iter().map(of)).collect()
}

macro_rules! tables {
    ($($prefix:ident)*) => {
        const PREFIXES: &[&str] = &[$(stringify!($prefix)),*];
        $(#[test] fn $prefix() { all_match(stringify!($prefix)); })*
    };
}
tables!(count models encodings check compare stats evaluate vocab tree explain show cut wrong);

#[test]
fn help() {
    let folder = tempfile::tempdir().unwrap();
    for (name, typed) in helps() {
        matches(&name, &session(folder.path(), &typed, &[]));
    }
}

/// Lines of help are broken where there is no more room, but examples, signs and tables have to fit as they stand.
#[test]
fn help_fits_80_columns() {
    let folder = tempfile::tempdir().unwrap();
    let mut broken = Vec::new();
    for (_, typed) in helps() {
        let mut wide = Command::new(env!("CARGO_BIN_EXE_tokenize"));
        wide.args(words(&typed)).current_dir(folder.path()).env_clear().env("COLUMNS", "400");
        let wide = String::from_utf8(wide.stdin(Stdio::null()).output().unwrap().stdout).unwrap();
        let narrow = session(folder.path(), &typed, &[]);
        let narrow: BTreeSet<&str> = narrow.lines().map(str::trim_end).collect();
        broken.extend(
            narrow.iter().filter(|line| line.chars().count() > 80).map(|line| format!("{typed}: {line}")),
        );
        // Between the heading and the next empty line, or to the end.
        let mut stands = false;
        for line in wide.lines() {
            stands |= ["Examples:", "Signs:"].contains(&line);
            let is_heading = line.ends_with(':') && !line.starts_with(' ');
            stands &= !is_heading || ["Examples:", "Signs:"].contains(&line);
            if stands && !narrow.contains(line.trim_end()) {
                broken.push(format!("{typed}: broken at 80 columns: {line}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Commands that help shows are understood. Their files are not there, so that most fail, but not for how they are written.
#[test]
fn examples_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    let mut count = 0;
    for (_, typed) in helps() {
        let help = session(folder.path(), &typed, &[]);
        let lines = help.lines().skip_while(|line| *line != "Examples:").skip(1);
        let lines: Vec<&str> = lines.take_while(|line| line.starts_with("  ")).collect();
        // What is said of a command stands behind two spaces.
        let commands = lines.iter().filter_map(|line| line.trim().split("  ").next());
        for part in commands.flat_map(|command| command.split(" | ")) {
            let Some(example) = part.strip_prefix("tokenize ") else { continue };
            let example = example.split(['>', '<']).next().unwrap().trim_end_matches([' ', '\\']);
            let mut command = Command::new(env!("CARGO_BIN_EXE_tokenize"));
            let command = command.args(words(example)).current_dir(folder.path()).env_clear();
            let error = String::from_utf8(command.stdin(Stdio::null()).output().unwrap().stderr).unwrap();
            assert!(!error.starts_with("error:"), "{typed}: tokenize {example}: {error}");
            assert!(!error.contains("unknown"), "{typed}: tokenize {example}: {error}");
            count += 1;
        }
    }
    assert!(count > 50, "only {count} examples were found");
}

/// No snapshot is left behind by a case that is gone, and no case belongs to no test.
#[test]
fn every_snapshot_is_compared() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let found: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| Some(name.strip_suffix(".snap")?.to_owned()))
        .collect();
    let of_typed = TYPED.iter().map(|(name, _)| name.to_string());
    let all: BTreeSet<String> = of_typed.chain(helps().into_iter().map(|(name, _)| name)).collect();
    assert_eq!(all.len(), TYPED.len() + COMMANDS.len() + 2, "a name stands for two");
    // What is missing fails where it is compared.
    let left: Vec<&String> = found.difference(&all).collect();
    assert!(left.is_empty() && !found.is_empty(), "nothing prints this any more: {left:?}");
    for (name, _) in TYPED {
        assert!(PREFIXES.contains(&name.split('-').next().unwrap()), "{name} is in no test");
    }
}

#[test]
fn lines_are_taken_apart_as_shells_do_it() {
    assert_eq!(words("a  'b c'd '' e\\'f"), ["a", "b cd", "", "e'f"]);
}
