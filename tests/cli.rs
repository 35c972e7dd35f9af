//! The command `tokenize`, run as a user runs it: arguments and files in, stdout, stderr and status out.
//!
//! Every run starts from an empty environment and no configuration. What the library counts is left to its
//! own tests; here the numbers only have to arrive.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use assert_cmd::Command;

#[path = "cli/chat.rs"]
mod chat;
#[path = "cli/check.rs"]
mod check;
#[path = "cli/chunk.rs"]
mod chunk;
#[path = "cli/ci.rs"]
mod ci;
#[path = "cli/color.rs"]
mod color;
#[path = "cli/compare.rs"]
mod compare;
#[path = "cli/config.rs"]
mod config;
#[path = "cli/convert.rs"]
mod convert;
#[path = "cli/count.rs"]
mod count;
#[path = "cli/cut.rs"]
mod cut;
#[path = "cli/evaluate.rs"]
mod evaluate;
#[path = "cli/explain.rs"]
mod explain;
#[path = "cli/ids.rs"]
mod ids;
#[path = "cli/input.rs"]
mod input;
#[path = "cli/models.rs"]
mod models;
#[path = "cli/output.rs"]
mod output;
#[path = "cli/shell.rs"]
mod shell;
#[path = "cli/show.rs"]
mod show;
#[path = "cli/stats.rs"]
mod stats;
#[path = "cli/stopped.rs"]
mod stopped;
#[path = "cli/train.rs"]
mod train;
#[path = "cli/tree.rs"]
mod tree;
#[path = "cli/vocabulary.rs"]
mod vocabulary;

/// What a run left behind.
#[derive(Debug)]
struct Run {
    code: i32,
    out: String,
    err: String,
    raw: Vec<u8>,
}

impl Run {
    /// The run must have gone well, without a word on stderr.
    #[track_caller]
    fn silent(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{self:#?}");
        self.out
    }

    /// The run must have gone well.
    #[track_caller]
    fn good(self) -> Run {
        assert_eq!(self.code, 0, "{self:#?}");
        self
    }

    /// The run must have failed with the one status for failures, and say these words on stderr.
    #[track_caller]
    fn failed(self, words: &[&str]) -> Run {
        assert_eq!(self.code, 2, "{self:#?}");
        for word in words {
            assert!(self.err.contains(word), "{word:?} is missing in {self:#?}");
        }
        self
    }

    /// The output as JSON.
    #[track_caller]
    fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.good().out).unwrap()
    }
}

/// A command in a clean environment.
fn tokenize(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tokenize"));
    command.env_clear().env("XDG_CONFIG_HOME", "/nonexistent").timeout(Duration::from_secs(60));
    command.args(args);
    command
}

fn finish(mut command: Command) -> Run {
    let output = command.output().unwrap();
    Run {
        code: output.status.code().expect("an exit status, not a signal"),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
        raw: output.stdout,
    }
}

/// Runs with a text on standard input.
fn run(args: &[&str], stdin: impl Into<Vec<u8>>) -> Run {
    let mut command = tokenize(args);
    command.write_stdin(stdin);
    finish(command)
}

/// Runs in a folder, with nothing on standard input.
fn run_in(folder: impl AsRef<Path>, args: &[&str]) -> Run {
    let mut command = tokenize(args);
    command.current_dir(folder).write_stdin("");
    finish(command)
}

/// A folder with these files, gone when it is dropped.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        write(&folder, name, bytes);
    }
    folder
}

fn write(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, bytes).unwrap();
    path
}

/// The names in the last column of a table, without header and footer.
fn names(table: &str) -> Vec<&str> {
    let rows = table
        .lines()
        .skip(1)
        .filter(|line| line.starts_with([' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']));
    rows.map(|line| line.split("  ").last().unwrap()).collect()
}
