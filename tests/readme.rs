//! README.md tells the truth: every command that it shows is run, in order, in an empty folder, and prints
//! what stands below it. A line `...` stands for any lines. With `BLESS=1` in the environment the outputs are
//! written into README.md instead. A block of TOML that begins with `# NAME` is a file that the commands after it
//! find. (Its Rust code is a doc test, see `src/lib.rs`.)

#![cfg(all(feature = "cli", unix))]
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

#[test]
fn shown_commands_print_what_is_shown() {
    let readme = std::fs::read_to_string(README).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (mut blessed, mut commands, mut wrong) = (String::new(), 0, Vec::new());
    let mut lines = readme.lines().peekable();
    let mut in_session = false;
    while let Some(line) = lines.next() {
        blessed += &format!("{line}\n");
        if line.starts_with("```") {
            in_session = line == "```console";
        }
        if let (true, Some(name)) = (line == "```toml", lines.peek().and_then(|line| line.strip_prefix("# ")))
        {
            let text: Vec<&str> = lines.clone().take_while(|line| *line != "```").collect();
            std::fs::write(folder.path().join(name), text.join("\n")).unwrap();
        }
        let Some(command) = line.strip_prefix("$ ").filter(|_| in_session) else { continue };
        let mut shown = Vec::new();
        while let Some(output) = lines.next_if(|next| !next.starts_with("$ ") && !next.starts_with("```")) {
            shown.push(output);
        }
        let printed = run(command, folder.path());
        commands += 1;
        if !fits(&shown, &printed.lines().collect::<Vec<_>>()) {
            wrong.push(format!("$ {command}\nshown:\n{}\nprinted:\n{printed}\n", shown.join("\n")));
            shown = printed.lines().collect();
        }
        shown.iter().for_each(|line| blessed += &format!("{line}\n"));
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(README, blessed).unwrap();
    }
    assert!(commands > 10, "only {commands} commands were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The first two commands set everything up: one runs the main job, one the tests.
#[test]
fn the_first_two_commands_are_the_job_and_the_tests() {
    let readme = std::fs::read_to_string(README).unwrap();
    let block = readme.split("```").nth(1).unwrap();
    let commands: Vec<&str> =
        block.lines().skip(1).map(|line| line.split('#').next().unwrap().trim()).collect();
    assert_eq!(commands, ["cargo run --release -- README.md", "cargo test"]);
    let printed = run(&format!("tokenize {README}"), Path::new("."));
    assert!(printed.ends_with("gpt-4o, o200k_base, window 128000 tokens, exact\n"), "{printed}");
}

/// What a command prints, on both streams.
fn run(command: &str, folder: &Path) -> String {
    let tokenize = Path::new(env!("CARGO_BIN_EXE_tokenize")).parent().unwrap();
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", tokenize.display());
    let script = format!("{{ {command}\n}} 2>&1");
    let output = Command::new("sh")
        .args(["-c", &script])
        .current_dir(folder)
        .env_clear()
        .env("PATH", path)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn fits(shown: &[&str], printed: &[&str]) -> bool {
    match shown {
        ["...", rest @ ..] => (0..=printed.len()).any(|skip| fits(rest, &printed[skip..])),
        [first, rest @ ..] => printed.first() == Some(first) && fits(rest, &printed[1..]),
        [] => printed.is_empty(),
    }
}
