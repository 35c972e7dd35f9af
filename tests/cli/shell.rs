//! Help, completions and manual: of one definition, so all commands and flags are in all of them.

use super::*;

pub(crate) const COMMANDS: &[&str] = &[
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

#[test]
fn the_short_help_is_short_and_has_all_commands() {
    let help = run(&["-h"], "").silent();
    assert!(help.lines().count() <= 75, "{} lines", help.lines().count());
    for command in COMMANDS {
        assert_eq!(help.matches(&format!("\n  {command} ")).count(), 1, "{command}\n{help}");
    }
    assert!(!help.contains("--max-filesize") && !help.contains("Commands:"), "{help}");
    assert!(!help.contains('\u{1b}'));
    let long = run(&["--help"], "").silent();
    assert!(long.starts_with("Examples:\n") && long.contains("--max-filesize"), "{long}");
    for command in COMMANDS {
        let help = run(&["help", command], "").silent();
        assert!(help.contains(&format!("Usage: tokenize {command}")), "{help}");
    }
}

#[test]
fn shells_are_told_commands_flags_models_and_encodings() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(&["completions", shell], "").silent();
        let mut words = vec!["tokenize", "merge-counts", "files0-from"];
        // The others complete no values.
        if ["bash", "zsh", "fish"].contains(&shell) {
            words.extend(["gpt-4o-mini", "cl100k_base"]);
        }
        for word in words.iter().chain(COMMANDS) {
            assert!(script.contains(word), "{word} for {shell}");
        }
    }
    run(&["completions", "tcsh"], "").failed(&["tcsh", "bash, zsh, fish, powershell, elvish"]);
}

/// Bash itself completes.
#[test]
fn bash_completes_the_name_of_a_model() {
    let script = run(&["completions", "bash"], "").silent();
    let ask = "\nCOMP_WORDS=(tokenize check -m gpt-4o-m); COMP_CWORD=3; _tokenize tokenize gpt-4o-m -m\n\
               printf '%s\\n' \"${COMPREPLY[@]}\"\n";
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("complete.sh");
    fs::write(&file, script + ask).unwrap();
    let run = match std::process::Command::new("bash").arg(&file).output() {
        Ok(run) => run,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            use std::io::Write;
            let _ = writeln!(std::io::stderr(), "no bash: its completion is SKIPPED");
            return;
        }
        Err(error) => panic!("{error}"),
    };
    let reply = String::from_utf8(run.stdout).unwrap();
    assert!(
        reply.lines().any(|line| line == "gpt-4o-mini"),
        "{reply} {}",
        String::from_utf8_lossy(&run.stderr)
    );
    assert!(reply.lines().all(|line| line.starts_with("gpt-4o-m")), "{reply}");
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let page = run(&["man"], "").silent();
    assert!(page.contains(".TH tokenize 1") && page.contains("\\-\\-max\\-filesize"), "{page}");
    let check = run(&["man", "check"], "").silent();
    assert!(check.contains(".TH tokenize-check 1") && check.contains("\\-\\-reserve"), "{check}");
    run(&["man", "chek"], "").failed(&["chek", "check"]);
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("new/man1");
    let run = run(&["man", "--dir", folder.to_str().unwrap()], "").good();
    assert!(run.out.is_empty() && run.err.contains("pages"), "{run:?}");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let mut expected: Vec<String> = COMMANDS.iter().map(|command| format!("tokenize-{command}.1")).collect();
    expected.push("tokenize.1".into());
    expected.sort();
    assert_eq!(names, expected);
    assert_eq!(fs::read_to_string(folder.join("tokenize-check.1")).unwrap(), check);
}
