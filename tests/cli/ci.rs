//! What runs the command in other people's projects: the hooks of pre-commit and the step of GitHub Actions, run as those
//! run them. Building the command, which they begin with, is left out.

use std::path::Path;

use crate::{finish, folder, tokenize};

const FOX: &[u8] = b"The quick brown fox jumps over the lazy dog.\n";

fn rules(max: u32) -> String {
    format!("[[rule]]\npaths = [\"AGENTS.md\"]\nmax = {max}\n")
}

/// The text of a file of the project.
fn text(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The entry of a hook.
fn entry(id: &str) -> Vec<String> {
    let hooks = text(".pre-commit-hooks.yaml");
    let hook =
        hooks.split("- id: ").find(|hook| hook.lines().next() == Some(id)).expect("a hook of this name");
    let entry = hook.lines().find_map(|line| line.trim().strip_prefix("entry: tokenize ")).expect("an entry");
    entry.split(' ').map(str::to_owned).collect()
}

#[test]
fn hooks_pass_and_fail() {
    let hook = |id: &str, args: &[&str], max: u32| {
        let folder = folder(&[("AGENTS.md", FOX), (".tokenize.toml", rules(max).as_bytes())]);
        let entry = entry(id);
        let all: Vec<&str> = entry.iter().map(String::as_str).chain(args.iter().copied()).collect();
        let mut command = tokenize(&all);
        command.current_dir(&folder);
        finish(command)
    };
    assert_eq!(hook("tokenize-check", &[], 10).code, 0);
    let over = hook("tokenize-check", &[], 9);
    assert_eq!(over.code, 1);
    assert!(over.out.contains("over: AGENTS.md: 10 of 9 tokens"), "{over:#?}");
    assert_eq!(hook("tokenize-check-files", &["--max", "10", "AGENTS.md"], 1).code, 0);
    assert_eq!(hook("tokenize-check-files", &["--max", "9", "AGENTS.md"], 100).code, 1);
}

/// The script of the last step, without its indentation.
fn script() -> String {
    let action = text(".github/actions/check/action.yml");
    let (_, script) = action.rsplit_once("run: |\n").expect("a script");
    script.lines().map(|line| format!("{}\n", line.trim_start())).collect()
}

#[test]
fn the_step_of_github_passes_and_fails() {
    let step = |args: &str, max: u32| {
        let folder = folder(&[("AGENTS.md", FOX), (".tokenize.toml", rules(max).as_bytes())]);
        let bin = folder.path().join("temp/tokenize/bin");
        std::fs::create_dir_all(&bin).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_tokenize"), bin.join("tokenize")).unwrap();
        let mut command = assert_cmd::Command::new("bash");
        command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("TOKENIZE_ARGS", args);
        command.env("RUNNER_TEMP", folder.path().join("temp")).current_dir(&folder);
        // As the runner calls bash for a step.
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &script()]);
        finish(command)
    };
    assert_eq!(step("--rules", 10).code, 0);
    let over = step("--rules", 9);
    assert_eq!(over.code, 1);
    assert!(over.out.starts_with("::error file=AGENTS.md,title=tokenize::over: 10 of 9 tokens"), "{over:#?}");
    assert_eq!(step("AGENTS.md --max 10", 1).code, 0);
    assert_eq!(step("--max 9 AGENTS.md", 100).code, 1);
    assert_eq!(step("nope.md", 100).code, 2);
}
