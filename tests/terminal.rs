//! What people see on a terminal, recorded by tmux: colours there and none in a pipe, and tables that are not broken by
//! the width of the window.
//!
//! Without tmux these are left out, which is said aloud; with `TOKENIZE_TEST_TERMINAL=1`, as in `.ci/run`, it must be there.
//! Which codes there are is left to tests/cli/color.rs and tests/cli/show.rs.

#![cfg(all(feature = "cli", unix))]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::Duration;

/// How wide the windows are.
const WIDTHS: [usize; 2] = [40, 200];

/// A window with a shell line in it, gone when it is dropped.
struct Window {
    /// Its server, which has nothing else.
    server: String,
}

impl Window {
    /// Runs a line of the shell in a folder until its end; `None`, said aloud, where there is no tmux and none must be.
    fn run(folder: &Path, width: usize, line: &str) -> Option<Window> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let place = COUNT.fetch_add(1, Ordering::Relaxed);
        let window = Window { server: format!("tokenize-{}-{place}", std::process::id()) };
        // The server has no settings of anybody's, and the command no environment but this.
        let clean = "env -i PATH=\"$PATH\" LC_ALL=C.UTF-8 TERM=screen-256color XDG_CONFIG_HOME=/nonexistent";
        let line =
            format!("tokenize() {{ {clean} \"$TOKENIZE\" \"$@\"; }}; {line}; echo status=$?; sleep 60");
        let size = width.to_string();
        let tokenize = format!("TOKENIZE={}", env!("CARGO_BIN_EXE_tokenize"));
        let folder = folder.to_str().unwrap();
        let begun = window.tmux(&[
            "-f",
            "/dev/null",
            "-u",
            "new-session",
            "-d",
            "-x",
            &size,
            "-y",
            "24",
            "-c",
            folder,
            "-e",
            &tokenize,
            &line,
        ]);
        match begun {
            Ok(output) if output.status.success() => {}
            begun => {
                let missing =
                    format!("no tmux: the tests on a terminal are SKIPPED (apt-get install tmux): {begun:?}");
                assert!(
                    std::env::var_os("TOKENIZE_TEST_TERMINAL").is_none_or(|value| value != "1"),
                    "{missing}"
                );
                // Not what the test harness would catch.
                let _ = writeln!(std::io::stderr(), "{missing}");
                return None;
            }
        }
        for _ in 0..1500 {
            if window.lines().iter().any(|line| line.starts_with("status=")) {
                return Some(window);
            }
            sleep(Duration::from_millis(20));
        }
        panic!("{line} does not end: {:#?}", window.lines());
    }

    fn tmux(&self, args: &[&str]) -> std::io::Result<Output> {
        Command::new("tmux")
            .env_remove("TMUX")
            .env("SHELL", "/bin/sh")
            .arg("-L")
            .arg(&self.server)
            .args(args)
            .output()
    }

    fn capture(&self, flags: &[&str]) -> String {
        let args = [&["capture-pane", "-p", "-S", "-"], flags].concat();
        String::from_utf8(self.tmux(&args).unwrap().stdout).unwrap()
    }

    /// What is on the screen and above it, with colour codes.
    fn coloured(&self) -> String {
        self.capture(&["-e"])
    }

    /// Its lines as they were written: those that the window broke are whole.
    fn lines(&self) -> Vec<String> {
        self.capture(&["-J"])
            .lines()
            .map(|line| line.trim_end().to_owned())
            .filter(|line| !line.is_empty())
            .collect()
    }

    /// Lines that the window broke.
    fn broken(&self) -> Vec<String> {
        let rows = self.capture(&[]);
        let mut rows = rows.lines().map(str::trim_end).filter(|row| !row.is_empty());
        // What of a line is not in its first row is in the next ones.
        self.lines()
            .into_iter()
            .filter(|line| {
                let (mut rest, mut count) = (line.as_str(), 0);
                while !rest.is_empty() {
                    let row = rows.next().unwrap_or_else(|| panic!("{line:?} is in no row"));
                    rest = rest.trim_start().strip_prefix(row.trim_start()).unwrap().trim_start();
                    count += 1;
                }
                count > 1
            })
            .collect()
    }

    fn is_good(&self) -> bool {
        self.lines().last().is_some_and(|line| line == "status=0")
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.tmux(&["kill-server"]);
    }
}

/// A folder with texts in it.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files: &[(&str, &str)] = &[
        ("fox.txt", "The quick brown fox, 日本語 🦀 e\u{301}, jumps over it\nand the next line.\n"),
        ("src/main.rs", "fn main() { println!(\"Hello, world!\"); }\n"),
        ("src/日本語.md", "日本語を勉強する。\n"),
        (".tokenize.toml", ""),
    ];
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// Commands with tables, and how their lines begin that are no rows of a table: sentences, which a window may break.
const TABLES: &[(&str, &[&str])] = &[
    ("count fox.txt src", BASIS),
    ("count --chars --lines -m claude-opus-4-5 fox.txt src", &["claude-opus-4-5, ", "n/a: "]),
    ("compare -m gpt-4o -m claude-opus-4-5 --by ext .", &["~: ", "n/a: "]),
    ("stats fox.txt", BASIS),
    ("explain strawberry", SENTENCES),
    ("explain 日本語を勉強する -e gemma3", SENTENCES),
    ("explain 日本語を勉強する -e cl100k_base", SENTENCES),
    ("check --max 10 --per-file fox.txt src", &["over: ", "  over: ", "gpt-4o, "]),
    ("check --max 10 fox.txt src", &["over: ", "gpt-4o, ", "         "]),
    ("vocab cl100k_base --search '^日' --limit 9", &["and "]),
    ("vocab gpt2 --token ' understanding' --tree", &["bytes ", "text ", "length ", "made of "]),
    ("vocab gpt2 --diff cl100k_base --limit 2", &["tokens  special"]),
    ("models mistral", &["where each is from"]),
];
const BASIS: &[&str] = &["gpt-4o, ", "n/a: "];
const SENTENCES: &[&str] = &[
    "  no two neighbours",
    "  looked up as a whole",
    "  more merges",
    "tokens      ",
    "ids         ",
    "text        ",
    "pieces      ",
];

#[test]
fn tables_are_not_broken() {
    let folder = folder();
    for width in WIDTHS {
        for (command, sentences) in TABLES {
            // What a check says is no failure here.
            let line = format!("tokenize {command} | cat > piped; tokenize {command}; [ $? -lt 2 ]");
            let Some(window) = Window::run(folder.path(), width, &line) else { return };
            assert!(window.is_good(), "{width}: {command}: {:#?}", window.lines());
            assert!(window.coloured().contains("\u{1b}[1m"), "{width}: {command}: {:?}", window.coloured());
            let mut broken = window.broken();
            broken.retain(|line| {
                !line.contains(" symbols, ") && !sentences.iter().any(|begin| line.starts_with(begin))
            });
            assert!(broken.is_empty(), "{width}: {command}: {broken:#?}\nof {:#?}", window.lines());
            let piped = fs::read_to_string(folder.path().join("piped")).unwrap();
            assert!(!piped.is_empty() && !piped.contains('\u{1b}'), "{width}: {command}: {piped}");
        }
    }
}

/// Columns give way, then long names are cut, so that each entry has one line.
#[test]
fn a_tree_fits_the_window() {
    let folder = folder();
    let deep =
        folder.path().join("日本語という名前のとても長い長いフォルダー/and another one of a long name");
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("a file whose name is longer than a narrow terminal is wide.txt"), "text\n").unwrap();
    for width in WIDTHS {
        let line = "tokenize tree --depth 9 | cat > .piped; tokenize tree --depth 9";
        let Some(window) = Window::run(folder.path(), width, line) else { return };
        assert!(window.is_good(), "{:#?}", window.lines());
        assert!(window.coloured().contains("\u{1b}[1m"), "{width}: {:?}", window.coloured());
        let lines = window.lines();
        let has_bar = lines.iter().any(|line| line.contains("main.rs") && line.contains('█'));
        assert_eq!(has_bar, width == 200, "{lines:#?}");
        assert_eq!(lines.iter().any(|line| line.contains('…')), width < 200, "{lines:#?}");
        assert_eq!(lines[0].contains("words/token"), width == 200, "{lines:#?}");
        let mut broken = window.broken();
        broken.retain(|line| !BASIS.iter().any(|begin| line.starts_with(begin)));
        assert!(broken.is_empty(), "{width}: {broken:#?}");
        let piped = fs::read_to_string(folder.path().join(".piped")).unwrap();
        assert!(piped.contains("narrow terminal is wide.txt") && !piped.contains('\u{1b}'), "{piped}");
    }
}

/// Characters of two columns must not move what is beside them. After each beginning of a row stands a bar, and then what
/// is in the cell where the last column begins is written over: the bars must be there.
#[test]
fn columns_stand_under_each_other_on_the_screen() {
    let folder = folder();
    let args = ["explain", "日本語を勉強する", "-e", "gemma3", "--in", "none", "--no-config"];
    let explained = Command::new(env!("CARGO_BIN_EXE_tokenize")).args(args).output().unwrap();
    let explained = String::from_utf8(explained.stdout).unwrap();
    let table = explained.lines().skip_while(|line| !line.starts_with("  step"));
    let is_row = |line: &&str| line.trim_start().starts_with(|c: char| c == 's' || c.is_ascii_digit());
    let table: Vec<&str> = table.take_while(is_row).collect();
    let begin = table[0].find("row").unwrap();
    let wide = table.iter().filter(|line| line.contains("本 +") || line.contains("+ 本")).count();
    assert!(table.len() > 4 && wide > 0, "{explained}");
    let mut marked = String::new();
    for line in &table {
        let row = line.rsplit("  ").next().unwrap();
        marked += &format!("{}|\r\u{1b}[{begin}C#\n", line.strip_suffix(row).unwrap());
    }
    fs::write(folder.path().join("marked"), marked).unwrap();
    let Some(window) = Window::run(folder.path(), 120, "cat marked") else { return };
    let lines = window.lines();
    let rows = lines.iter().filter(|line| line.ends_with('#')).count();
    assert!(rows == table.len() && !lines.iter().any(|line| line.contains('|')), "{lines:#?}");
}

#[test]
fn show_is_coloured_at_all_widths() {
    let folder = folder();
    for width in WIDTHS {
        for flags in ["", "--no-pager", "-i"] {
            let Some(window) = Window::run(folder.path(), width, &format!("tokenize show {flags} fox.txt"))
            else {
                return;
            };
            let screen = window.coloured();
            assert!(window.is_good(), "{width} {flags}: {screen}");
            assert!(
                screen.contains("48;5;153m") && screen.contains("48;5;223m"),
                "{width} {flags}: {screen:?}"
            );
            assert!(
                screen.contains("quick") && screen.contains("tokens") && screen.contains("日本"),
                "{screen:?}"
            );
            assert!(!screen.contains('│'), "{screen}");
        }
        let Some(piped) = Window::run(folder.path(), width, "tokenize show -q fox.txt | cat") else { return };
        let screen = piped.coloured();
        assert!(screen.contains("The│ quick│ brown│") && !screen.contains("48;5"), "{screen:?}");
        let never =
            Window::run(folder.path(), width, "tokenize show -q --color never fox.txt").unwrap().coloured();
        assert!(never.contains("The│ quick│") && !never.contains("48;5"), "{never:?}");
    }
}

#[test]
fn no_color_is_heard_on_a_terminal() {
    let folder = folder();
    let line = "export NO_COLOR=1; for c in count stats 'explain' show; do env \"$TOKENIZE\" $c --no-config fox.txt; done; \
                env \"$TOKENIZE\" --help";
    let Some(window) = Window::run(folder.path(), 100, line) else { return };
    assert!(window.is_good() && !window.coloured().contains('\u{1b}'), "{:?}", window.coloured());
}

#[test]
fn a_pager_that_is_not_there_is_told() {
    let folder = folder();
    let line = "echo hi | tokenize show -q --no-config --pager nothing-of-this-name";
    let Some(window) = Window::run(folder.path(), 100, line) else { return };
    let lines = window.lines().join("\n");
    assert!(lines.contains("the pager was not found") && lines.contains("status=2"), "{lines}");
}
