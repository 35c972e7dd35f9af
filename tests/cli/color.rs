//! Colour codes, of all commands: none in a pipe, unless they are asked for, and what else says so is heard.

use super::*;

/// A line for each command. Those in the first list emphasise something.
const COLOURED: [&str; 18] = [
    "count a.txt b.txt",
    "check --max 1k a.txt",
    "chat -m gpt-4o chat.json",
    "compare -m gpt-4 a.txt",
    "tree .",
    "stats a.txt",
    "show a.txt",
    "show -e gpt2 -e o200k_base a.txt",
    "show --over 1 a.txt",
    "explain strawberry",
    "vocab",
    "vocab gpt2 --id 5",
    "vocab gpt2 --longest 3",
    "vocab gpt2 --diff cl100k_base",
    "vocab cl100k_base",
    "evaluate gpt2 --against none a.txt",
    "encodings",
    "models",
];
const PLAIN: [&str; 13] = [
    "encode a.txt",
    "decode 5",
    "cut -n 1 a.txt",
    "chunk -n 5 a.txt",
    "count --json a.txt",
    "train --size 260 -o own.json a.txt",
    "count-words -o one.counts a.txt",
    "merge-counts -o all.counts one.counts",
    "convert gpt2 -o gpt2.tiktoken",
    "models gpt-4o",
    "config",
    "completions bash",
    "man",
];

type Flags<'a> = &'a [&'a str];
type Variables<'a> = &'a [(&'a str, &'a str)];

const CODE: char = '\u{1b}';

/// What goes to both streams, run with these flags and variables.
fn printed(folder: &tempfile::TempDir, line: &str, flags: Flags, set: Variables) -> String {
    let mut command = tokenize(&line.split(' ').collect::<Vec<_>>());
    command.args(flags).current_dir(folder).envs(set.iter().copied()).write_stdin("");
    let run = finish(command);
    assert_eq!(run.code, 0, "{line} {flags:?} {set:?}: {run:#?}");
    assert!(!run.err.contains(CODE), "{line} {flags:?} {set:?}: {run:#?}");
    run.out
}

/// The same without codes.
fn without_codes(text: &str) -> String {
    let mut parts = text.split(CODE);
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').unwrap().1)
}

#[test]
fn codes_are_where_they_are_wanted() {
    let chat = br#"[{"role": "user", "content": "Hi"}]"#;
    let folder = folder(&[("a.txt", b"one tokenizer, three"), ("b.txt", b"four"), ("chat.json", chat)]);
    let always = ["--color", "always"];
    let never = ["--color", "never"];
    let (forced, no) = (("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1"));
    let mut seen = std::collections::BTreeSet::new();
    for (line, is_coloured) in
        COLOURED.iter().map(|line| (line, true)).chain(PLAIN.iter().map(|line| (line, false)))
    {
        seen.insert(line.split(' ').next().unwrap());
        let plain = printed(&folder, line, &[], &[]);
        let without: [(Flags, Variables); 8] = [
            (&[], &[]),
            (&[], &[no]),
            (&[], &[no, forced]),
            (&[], &[("CLICOLOR_FORCE", "0")]),
            (&[], &[("CLICOLOR_FORCE", "")]),
            (&[], &[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]),
            (&never, &[forced]),
            (&["--color=auto"], &[]),
        ];
        for (flags, set) in without {
            let out = printed(&folder, line, flags, set);
            assert!(!out.contains(CODE), "{line} {flags:?} {set:?}: {out}");
        }
        let with: [(Flags, Variables); 5] = [
            (&always, &[]),
            (&always, &[no]),
            (&always, &[("TERM", "dumb")]),
            (&[], &[forced]),
            (&["--color=auto"], &[forced, ("NO_COLOR", "")]),
        ];
        for (flags, set) in with {
            let out = printed(&folder, line, flags, set);
            assert_eq!(out.contains(CODE), is_coloured, "{line} {flags:?} {set:?}: {out}");
            // Where colours stand for borders, the text is another.
            if !line.starts_with("show") {
                assert!(without_codes(&out) == plain, "{line} {flags:?} {set:?}: {out}\n{plain}");
            }
        }
    }
    let commands: Vec<&str> = shell::COMMANDS.to_vec();
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), commands, "a command is in no list");
}
