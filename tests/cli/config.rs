//! Settings: flags over environment over project file over user file over defaults.

use std::fs;

use crate::{Run, finish, folder, tokenize};

/// Runs in `sub/` of a folder whose `user/` is the user's configuration folder.
fn run_with(folder: &tempfile::TempDir, variables: &[(&str, &str)], args: &[&str]) -> Run {
    let sub = folder.path().join("sub");
    fs::create_dir_all(&sub).unwrap();
    let mut command = tokenize(args);
    command.env("HOME", folder.path()).env("XDG_CONFIG_HOME", folder.path().join("user"));
    command.envs(variables.iter().copied()).current_dir(sub).write_stdin("one<|endoftext|> it's");
    finish(command)
}

#[test]
fn stronger_layers_win() {
    let user = ("user/tokenize/config.toml", &b"model = \"gpt-4\"\nspecial = \"encode\"\nthreads = 1\n"[..]);
    let project = (".tokenize.toml", &b"model = \"gpt-5\"\nwords = \"unicode\"\n"[..]);
    let both = folder(&[user, project]);
    let model = |variables: &[(&str, &str)], args: &[&str]| {
        let json = run_with(&both, variables, &[args, &["--json"]].concat()).json();
        format!("{} {}", json["model"].as_str().unwrap_or("none"), json["encoding"].as_str().unwrap())
    };
    assert_eq!(model(&[], &["--no-config"]), "gpt-4o o200k_base");
    assert_eq!(model(&[], &[]), "gpt-5 o200k_base");
    assert_eq!(model(&[("TOKENIZE_MODEL", "gpt-4")], &[]), "gpt-4 cl100k_base");
    assert_eq!(model(&[("TOKENIZE_MODEL", "")], &[]), "gpt-5 o200k_base");
    assert_eq!(model(&[("TOKENIZE_MODEL", "gpt-4")], &["-m", "gpt-4.1"]), "gpt-4.1 o200k_base");
    assert_eq!(model(&[("TOKENIZE_MODEL", "gpt-4")], &["-e", "gpt2"]), "none gpt2");
    // An encoding configured for one model must not count for another.
    assert_eq!(model(&[("TOKENIZE_ENCODING", "gpt2")], &["-m", "gpt-4"]), "gpt-4 cl100k_base");
    let json = run_with(&both, &[], &["--json"]).json();
    assert_eq!((&json["words"], &json["total"]["tokens"]), (&"unicode".into(), &3.into()));

    let only_user = folder(&[user]);
    let verbose = run_with(&only_user, &[], &["-v", "-q"]).good();
    assert!(verbose.err.contains("config.toml") && verbose.err.contains("model: gpt-4;"), "{verbose:?}");
}

#[test]
fn wrong_settings_name_their_place() {
    let cases = [
        ("modle = \"gpt-4\"", &[".tokenize.toml: modle: unknown key", "hint: the keys are model, "][..]),
        ("model = 4", &[".tokenize.toml: model: expected a name", "--no-config"]),
        ("model = \"gpt-4p\"", &[".tokenize.toml: model: unknown model \"gpt-4p\"", "hint: did you mean"]),
        ("encoding = \"x\"", &[".tokenize.toml: encoding: unknown encoding \"x\""]),
        ("special = \"maybe\"", &[".tokenize.toml: special: expected one of text, encode, forbid"]),
        ("words = true", &[".tokenize.toml: words: expected one of white, unicode"]),
        ("threads = 0", &[".tokenize.toml: threads: expected a whole number from 1"]),
        ("model = \"gpt-4\"\nx = [", &[".tokenize.toml: line "]),
    ];
    for (text, words) in cases {
        let folder = folder(&[(".tokenize.toml", text.as_bytes())]);
        let failed = run_with(&folder, &[], &[]).failed(words);
        assert_eq!(failed.err.lines().count(), 2, "{failed:?}");
        run_with(&folder, &[], &["--no-config"]).silent();
    }
}

#[test]
fn wrong_variables_are_named() {
    let folder = folder(&[]);
    run_with(&folder, &[("TOKENIZE_MODEL", "gpt-4p")], &[])
        .failed(&["tokenize: TOKENIZE_MODEL: unknown model"]);
    run_with(&folder, &[("TOKENIZE_ENCODING", "x")], &[])
        .failed(&["tokenize: TOKENIZE_ENCODING: unknown enc"]);
    run_with(&folder, &[("TOKENIZE_THREADS", "0")], &[]).failed(&["tokenize: TOKENIZE_THREADS: expected"]);
    run_with(&folder, &[("TOKENIZE_THREADS", "2")], &[]).silent();
}

#[test]
fn an_empty_environment_is_enough() {
    let mut command = tokenize(&["-q"]);
    let folder = folder(&[]);
    command.env_clear().current_dir(&folder).write_stdin("Hello world");
    assert_eq!(finish(command).silent(), "2\n");
}

#[test]
fn what_is_no_file_is_not_waited_for() {
    let folder = crate::folder(&[("a", b"Hello")]);
    std::fs::create_dir(folder.path().join(".tokenize.toml")).unwrap();
    crate::run_in(&folder, &["-q", "a"]).failed(&[".tokenize.toml: is no regular file", "--no-config"]);
    assert_eq!(crate::run_in(&folder, &["-q", "--no-config", "a"]).silent(), "1\n");
}
