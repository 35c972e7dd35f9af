//! The picture in README.md is what the command prints: it is drawn here, from the bytes that a terminal gets.
//!
//! `BLESS=1 cargo test --test picture` draws it anew. How terminals look is left to the crate `anstyle-svg`.

#![cfg(all(feature = "cli", unix))]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Command;

const PICTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/show.svg");

const TEXT: &str = "How many r’s are in “strawberry”? 🍓\n\
    Unbelievably, understanding 日本語 takes naïve tokenizers\tlonger.   \n\
    fn main() { println!(\"0.1 + 0.2 = {}\", 0.30000000000000004); }\n";

/// What is typed, and what a terminal gets.
const COMMANDS: [&str; 2] = ["tokenize show -q prompt.md", "tokenize show -q --over 12 -i question.md"];

#[test]
fn the_picture_is_what_the_command_prints() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("prompt.md"), TEXT).unwrap();
    fs::write(folder.path().join("question.md"), TEXT.lines().next().unwrap()).unwrap();
    let transcript: String = COMMANDS
        .iter()
        .map(|command| format!("\u{1b}[2m$\u{1b}[0m {command}\n{}", run(command, folder.path())))
        .collect();
    let drawn = anstyle_svg::Term::new().render_svg(&transcript) + "\n";
    if std::env::var_os("BLESS").is_some() {
        fs::write(PICTURE, &drawn).unwrap();
    }
    let picture = fs::read_to_string(PICTURE).unwrap();
    assert!(picture == drawn, "docs/show.svg is not what the command prints: BLESS=1 draws it anew");
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    assert!(readme.contains("](docs/show.svg)"), "README.md does not show it");
    // A picture without the colours would be no picture of them.
    let fills: std::collections::HashSet<&str> =
        picture.split("fill: ").skip(1).filter_map(|rest| rest.split('}').next()).collect();
    assert!(fills.len() > 6, "{fills:?}");
}

/// What a terminal gets, both streams in one.
fn run(command: &str, folder: &Path) -> String {
    let tokenize = Path::new(env!("CARGO_BIN_EXE_tokenize")).parent().unwrap();
    let output = Command::new("sh")
        .args(["-c", &format!("{command} --color always 2>&1")])
        .current_dir(folder)
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", tokenize.display()))
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}
