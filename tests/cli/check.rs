//! `tokenize check`: the exit status of every kind of invocation, and what is said.

use std::process::Stdio;

use crate::{Run, finish, folder, run, run_in, tokenize, write};

/// Ten tokens and nine words under o200k_base.
const FOX: &[u8] = b"The quick brown fox jumps over the lazy dog.\n";

const RULES: &str = "\
[[rule]]
paths = [\"AGENTS.md\", \"prompts/**\"]
exclude = [\"prompts/archive/**\"]
max = 10
";

/// A project with rules: two files of ten tokens are guarded, and one of twenty is not.
fn project(rules: &str) -> tempfile::TempDir {
    folder(&[
        (".tokenize.toml", rules.as_bytes()),
        ("AGENTS.md", FOX),
        ("prompts/deep/a.md", FOX),
        ("prompts/archive/b.md", &FOX.repeat(2)),
        ("src/main.rs", &FOX.repeat(9)),
    ])
}

/// One row an invocation: the arguments, standard input, and the status. The folder has `fox.txt` of ten tokens, `two.txt`
/// of twenty, `empty`, `binary`, and a folder `texts` with two files of ten.
const INVOCATIONS: &[(&str, &[u8], i32)] = &[
    // Files: below, exactly at, and one above the limit.
    ("fox.txt --max 11", b"", 0),
    ("fox.txt --max 10", b"", 0),
    ("fox.txt --max 9", b"", 1),
    ("fox.txt two.txt --max 30", b"", 0),
    ("fox.txt two.txt --max 29", b"", 1),
    ("fox.txt two.txt --max 20 --per-file", b"", 0),
    ("fox.txt two.txt --max 19 --per-file", b"", 1),
    ("texts --max 20", b"", 0),
    ("texts --max 19", b"", 1),
    ("fox.txt --max 0", b"", 1),
    ("fox.txt --max 0.01k", b"", 0),
    ("fox.txt --max 10 --warn-at 50%", b"", 0),
    ("fox.txt --max 10 --warn-at 50", b"", 2),
    ("fox.txt --max 10 --warn-at 101%", b"", 2),
    ("/dev/stdin --max 9", FOX, 1),
    ("fox.txt --max 10 --margin 10%", b"", 1),
    ("fox.txt --max 11 --margin 10%", b"", 0),
    // Standard input.
    ("--max 10", FOX, 0),
    ("--max 9", FOX, 1),
    ("- --max 10", FOX, 0),
    ("- fox.txt --max 20", FOX, 0),
    ("- fox.txt --max 19", FOX, 1),
    ("--max 10 --pass", FOX, 0),
    ("--max 9 --pass", FOX, 1),
    ("--max 9 -q", FOX, 1),
    ("", FOX, 0),
    // Nothing at all fits everywhere; what is no text is counted if it is named.
    ("--max 0", b"", 0),
    ("empty --max 0", b"", 0),
    ("binary --max 100", b"", 0),
    ("binary --max 1", b"", 1),
    // Models: windows, room for the answer, estimates.
    ("fox.txt -m gpt-4o", b"", 0),
    ("fox.txt -m gpt-4o --reserve 16k", b"", 0),
    ("fox.txt -m gpt-4o --reserve 17k", b"", 2),
    ("fox.txt -m gpt-4o --reserve 17k --max-output 20k", b"", 0),
    ("fox.txt -m gpt-4 --context 18 --reserve 8", b"", 0),
    ("fox.txt -m gpt-4 --context 18 --reserve 9", b"", 1),
    ("fox.txt -m gpt-4 --context 18 --reserve 18", b"", 2),
    ("fox.txt -e gpt2 --context 12", b"", 0),
    ("fox.txt -e gpt2", b"", 2),
    ("fox.txt -m claude-opus-5 --max 19", b"", 0),
    ("fox.txt -m claude-opus-5 --max 18", b"", 1),
    ("fox.txt -m claude-opus-5 --max 15", b"", 1),
    ("fox.txt -m gpt-6.2-sol --max 10", b"", 0),
    // What is no answer is 2, whatever else is over.
    ("nope --max 10", b"", 2),
    ("fox.txt nope --max 9", b"", 2),
    ("fox.txt nope --max 100 --json", b"", 2),
    ("fox.txt -m gpt4o", b"", 2),
    ("fox.txt -m command-r", b"", 2),
    ("fox.txt --max ten", b"", 2),
    ("fox.txt --max 1.5", b"", 2),
    ("fox.txt --max -1", b"", 2),
    ("fox.txt --max 10 --reserve 1", b"", 2),
    ("fox.txt --max 10 --pass", b"", 2),
    ("--rules", b"", 2),
    ("fox.txt --max 10 --cost", b"", 2),
    // The forms of the output change nothing.
    ("fox.txt --max 9 --json", b"", 1),
    ("fox.txt --max 10 --json", b"", 0),
    ("fox.txt --max 9 --github", b"", 1),
    ("fox.txt --max 10 --github", b"", 0),
    ("fox.txt two.txt --max 9 --per-file --json", b"", 1),
];

#[test]
fn a_status_for_every_invocation() {
    let folder = folder(&[
        ("fox.txt", FOX),
        ("two.txt", &FOX.repeat(2)),
        ("empty", b""),
        ("binary", b"\0\x01\xff\0"),
        ("texts/a", FOX),
        ("texts/b", FOX),
    ]);
    let mut wrong = Vec::new();
    for (args, stdin, status) in INVOCATIONS {
        let all: Vec<&str> = ["check"].into_iter().chain(args.split_whitespace()).collect();
        let mut command = tokenize(&all);
        command.current_dir(&folder).write_stdin(*stdin);
        let run = finish(command);
        if run.code != *status {
            wrong.push(format!("check {args}: wanted {status}, got {run:#?}"));
        }
        // With status 2 there is always a reason.
        assert!(
            run.code != 2 || run.err.contains("tokenize: ") || run.err.contains("error: "),
            "{args} {run:#?}"
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(INVOCATIONS.len() >= 50);
}

#[test]
fn status_by_rules() {
    for (rules, args, status) in [
        (RULES.to_owned(), "", 0),
        (RULES.replace("10", "9"), "", 1),
        (RULES.replace("10", "9"), "--rules", 1),
        (RULES.replace("10", "9"), "--json", 1),
        (RULES.replace("10", "9"), "--github", 1),
        (RULES.replace("10", "9"), "--rules src", 0),
        (RULES.replace("10", "9"), "--rules prompts/deep/a.md", 1),
        // A limit that is named is the only one.
        (RULES.replace("10", "9"), "AGENTS.md --max 10", 0),
        (format!("{}level = \"warning\"\n", RULES.replace("10", "9")), "", 0),
        (format!("{RULES}total = true\n"), "", 1),
        (RULES.replace("10", "20\ntotal = true"), "", 0),
        (RULES.replace("10", "19\ntotal = true"), "--rules AGENTS.md", 1),
        (RULES.replace("10", "19\ntotal = true"), "--rules src", 0),
        (RULES.replace("max = 10", "model = \"claude-opus-5\""), "", 0),
        (RULES.replace("max = 10", "model = \"gpt-9\""), "", 2),
        (RULES.replace("max = 10", "reserve = \"17k\""), "", 2),
        (RULES.replace("max = 10", "maximum = 10"), "", 2),
        (RULES.replace("max = 10", "max = 10\nreserve = 1"), "", 2),
        (RULES.replace("max = 10", "max = \"ten\""), "", 2),
        (RULES.replace("AGENTS.md", "[z-a].md"), "", 2),
        (RULES.replace("AGENTS.md", "[a.md"), "", 2),
        (RULES.replace("AGENTS.md", "../AGENTS.md"), "", 2),
        (RULES.replace("AGENTS.md", " "), "", 2),
        (RULES.replace("AGENTS.md", "./AGENTS.md").replace("10", "9"), "", 1),
        (RULES.to_owned(), "--hidden", 2),
        (RULES.to_owned(), "-g *.md", 2),
        (RULES.to_owned(), "--rules -", 2),
        (RULES.replace("paths", "path"), "", 2),
        (RULES.replace("[[rule]]", "[rule]"), "", 2),
        // A guard of nothing is a failure.
        (RULES.replace("AGENTS.md\", \"prompts/**", "nothing.md"), "", 2),
        (format!("{RULES}\n[[rule]]\npaths = \"src/**\"\nmax = \"80\"\n"), "", 1),
        (format!("{RULES}\n[[rule]]\npaths = \"src\"\nmax = \"1k\"\n"), "", 0),
    ] {
        let folder = project(&rules);
        let all: Vec<&str> = ["check"].into_iter().chain(args.split_whitespace()).collect();
        let run = run_in(&folder, &all);
        assert_eq!(run.code, status, "check {args}\n{rules}\n{run:#?}");
    }
}

#[test]
fn rules_are_those_of_the_project() {
    let folder = project(&RULES.replace("10", "9"));
    std::os::unix::fs::symlink("AGENTS.md", folder.path().join("CLAUDE.md")).unwrap();
    let told = |rules: &str, from: &str| {
        write(&folder, ".tokenize.toml", rules.as_bytes());
        run_in(folder.path().join(from), &["check"])
    };
    let run = told(&RULES.replace("10", "9"), "");
    assert!(
        run.out.contains("over: 2 of 2 files above 9 tokens, rule 1 (AGENTS.md, prompts/**)"),
        "{run:#?}"
    );
    assert!(run.out.contains("  over: prompts/deep/a.md: 10 of 9 tokens (111.1%), 1 too many"), "{run:#?}");
    assert!(!run.out.contains("archive") && !run.out.contains("src"), "{run:#?}");
    // From a folder of the project, files are named from there.
    let run = told(&RULES.replace("10", "9"), "prompts/deep");
    assert!(run.out.contains(" a.md: 10") && run.out.contains(" ../../AGENTS.md: 10"), "{run:#?}");
    // A link is a file of its own, and ignored files are none of the project.
    let linked = RULES.replace("AGENTS.md", "CLAUDE.md").replace("10", "9");
    assert!(told(&linked, "").out.contains("over: CLAUDE.md"));
    write(&folder, ".gitignore", b"deep\n");
    assert!(told(&RULES.replace("10", "9"), "").out.contains("over: 1 of 1 file "));
    // Hidden files can be prompts.
    write(&folder, ".github/copilot-instructions.md", FOX);
    let hidden = RULES.replace("AGENTS.md", ".github/*.md").replace("10", "9");
    assert!(told(&hidden, "").out.contains("over: .github/copilot-instructions.md"));
    let nothing = told(&RULES.replace("AGENTS.md\", \"prompts/**", "nothing.md"), "");
    assert!(nothing.err.contains("rule 1: no file matches \"nothing.md\""), "{nothing:#?}");
    let mistyped = told(&RULES.replace("prompts/archive", "prompts/arhive").replace("10", "30"), "");
    assert!(
        mistyped.code == 0 && mistyped.err.contains("no file matches \"prompts/arhive/**\""),
        "{mistyped:#?}"
    );
    let renamed = told(&RULES.replace("AGENTS.md", "AGENT.md"), "");
    assert!(renamed.err.contains("no file matches \"AGENT.md\""), "{renamed:#?}");
}

#[test]
fn rules_have_their_place() {
    let folder = folder(&[("user/tokenize/config.toml", RULES.as_bytes()), ("AGENTS.md", FOX)]);
    let mut command = tokenize(&["check"]);
    command.env("XDG_CONFIG_HOME", folder.path().join("user")).current_dir(&folder).write_stdin("");
    finish(command).failed(&["config.toml", "rules are those of a project", ".tokenize.toml"]);
}

/// What is not the project's own decides nothing, and what cannot be looked at is told.
#[test]
fn a_guard_has_no_holes() {
    let outer = folder(&[
        (".gitignore", b"*.md\n"),
        ("repo/.tokenize.toml", RULES.replace("10", "9").as_bytes()),
        ("repo/prompts/x.md", FOX),
        ("repo/prompts/.ignore", b"x.md\n"),
        ("repo/AGENTS.md", FOX),
        ("other/y.md", FOX),
    ]);
    let repo = outer.path().join("repo");
    for (target, link) in [("../../other", "prompts/folder"), ("nowhere", "prompts/broken.md")] {
        std::os::unix::fs::symlink(target, repo.join(link)).unwrap();
    }
    let run = run_in(&repo, &["check", "--rules"]);
    assert!(run.out.starts_with("over: 2 of 3 files above 9 tokens"), "{run:#?}");
    for link in ["prompts/folder", "prompts/broken.md"] {
        assert!(run.err.contains(&format!("{link}: no file, or a link to none: not checked")), "{run:#?}");
    }
    // By another way to the project, too.
    std::os::unix::fs::symlink("repo", outer.path().join("link")).unwrap();
    let by_link = outer.path().join("link/AGENTS.md");
    assert_eq!(run_in(&repo, &["check", "--rules", by_link.to_str().unwrap()]).code, 1);
    // Settings of a part of the project do not end the guard.
    std::fs::write(repo.join("prompts/.tokenize.toml"), "model = \"gpt-4\"\n").unwrap();
    let part = run_in(repo.join("prompts"), &["check", "--rules"]);
    assert!(part.code == 1 && part.out.contains("gpt-4, cl100k_base"), "{part:#?}");
    // Whoever runs it, the model is that of the project; a flag says that it is not.
    write(
        &outer,
        "repo/.tokenize.toml",
        format!("model = \"gpt-4o\"\n{}", RULES.replace("10", "9")).as_bytes(),
    );
    let mut command = tokenize(&["check", "--rules"]);
    command.env("TOKENIZE_MODEL", "claude-opus-5").current_dir(&repo);
    assert!(finish(command).out.contains("gpt-4o, o200k_base"));
    let named = run_in(&repo, &["check", "AGENTS.md"]);
    assert!(
        named.err.contains("AGENTS.md: rule 1 (AGENTS.md, prompts/**) is not looked at without --rules"),
        "{named:#?}"
    );
    // Without rules, saying so is an error.
    run_in(outer.path(), &["check", "--rules"]).failed(&["there are no rules"]);
    let piped = run_in(&repo, &["check", "-m", "gpt-4o"]);
    assert!(piped.err.contains("reading standard input; --rules would check"), "{piped:#?}");
}

/// What was not read, and what was read in part, is said of the right inputs.
#[test]
fn each_input_has_its_own_verdict() {
    let rules = "special = \"forbid\"\n[[rule]]\npaths = \"a\"\nmax = 9\n[[rule]]\npaths = \"b\"\nmax = 9\n";
    let folder = folder(&[
        (".tokenize.toml", rules.as_bytes()),
        ("a", b"<|endoftext|>"),
        ("b", b"<|endoftext|>"),
        ("c", FOX),
    ]);
    let run = run_in(&folder, &["check", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((run.code, &json["verdict"]), (2, &"unknown".into()));
    for place in 0..2 {
        assert_eq!(
            (&json["checks"][place]["complete"], &json["checks"][place]["verdict"]),
            (&false.into(), &"unknown".into())
        );
    }
    let mut command = tokenize(&["check", "--per-file", "--max", "5", "--no-config", "-", "c"]);
    command.current_dir(&folder).write_stdin("y\n".repeat(100_000));
    let out = finish(command).out;
    assert!(out.contains("over: c: 10 of 5 tokens (200.0%), 5 too many"), "{out}");
    assert!(out.contains("over: -: more than the 5 tokens that fit"), "{out}");
}

/// What is over, by how much, and where it is.
#[test]
fn verdicts_in_words() {
    let folder = folder(&[("a", FOX), ("b", &FOX.repeat(3)), ("c", FOX)]);
    let within = run_in(&folder, &["check", "a", "--max", "20"]).silent();
    let lines: Vec<&str> = within.lines().collect();
    assert_eq!(
        lines,
        [
            "within: 10 of 20 tokens (50.0%), 10 left; 0.90 words/token",
            "limit 20 tokens: --max",
            "gpt-4o, o200k_base, window 128000 tokens, exact",
        ]
    );
    let over = run_in(&folder, &["check", "a", "b", "c", "--max", "44"]);
    assert_eq!((over.code, over.err.as_str()), (1, ""));
    let lines: Vec<&str> = over.out.lines().collect();
    assert_eq!(
        lines[..4],
        [
            "over: 50 of 44 tokens (113.6%), 6 too many; 0.90 words/token",
            "         30   60.0%  b (without it 20)",
            "         10   20.0%  a (without it 40)",
            "         10   20.0%  c (without it 40)",
        ]
    );
    let near = run_in(&folder, &["check", "a", "--max", "11", "--warn-at", "90%"]);
    assert!(near.out.starts_with("near: 10 of 11 tokens (90.9%), 1 left"), "{near:#?}");
    let room = run_in(&folder, &["check", "a", "-m", "gpt-5", "--reserve", "128k"]).silent();
    assert!(room.contains("of 272000 tokens"), "{room}");
    assert!(
        room.contains("limit 272000 tokens: the largest prompt of gpt-5 beside an answer of 128000"),
        "{room}"
    );
    let missing = run_in(&folder, &["check", "a", "nope", "--max", "20"]).failed(&["nope: No such file"]);
    assert!(missing.out.starts_with("unknown: 10 of 20"), "{missing:#?}");
}

/// An estimate is judged by its upper bound, and says so.
#[test]
fn estimates_in_words() {
    let run = run(&["check", "-m", "claude-sonnet-4-5", "--max", "13"], FOX);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.out.starts_with("over: ~11, at most 14 of 13 tokens (107.7%), 1 too many"), "{run:#?}");
    assert!(run.out.contains("the upper bound of the estimate must not pass it"), "{run:#?}");
    assert!(run.out.contains("~11 (estimate, 95 % of such texts lie below 14)"), "{run:#?}");
    let json = crate::run(&["check", "-m", "claude-sonnet-4-5", "--json"], FOX).json();
    let check = &json["checks"][0];
    assert_eq!((&check["tokens"], &check["upper"], &check["used"]), (&11.into(), &14.into(), &14.into()));
    assert_eq!((&check["exactness"], &check["limit"]), (&"estimate".into(), &200_000.into()));
    let assumed = crate::run(&["check", "-m", "gpt-6.2-sol", "--json"], FOX).good();
    assert!(assumed.err.contains("is not known (--margin"), "{assumed:#?}");
    assert!(assumed.json()["checks"][0]["upper"].is_null());
}

#[test]
fn passed_on_or_nothing() {
    let bytes = b"caf\xe9 \0 \xff\xfe\r\n".as_slice();
    let run = run(&["check", "--max", "100", "--pass"], bytes).good();
    assert_eq!(run.raw, bytes);
    let over = crate::run(&["check", "--max", "9", "--pass"], FOX);
    assert_eq!((over.code, over.out.as_str()), (1, ""));
    assert!(over.err.contains("over: 10 of 9 tokens"), "{over:#?}");
    let near = crate::run(&["check", "--max", "10", "--warn-at", "90%", "--pass"], FOX).good();
    assert_eq!(near.raw, FOX);
    assert!(near.err.contains("warning: standard input: near: 10 of 10"), "{near:#?}");
    crate::run(&["check", "--max", "9", "--pass"], b"\xff\xfea\0".as_slice()).failed(&["UTF-16", "iconv"]);
    crate::run(&["check", "--pass", "--max", "9", "/nonexistent"], FOX).failed(&["--pass"]);
    let quiet = crate::run(&["check", "--max", "9", "-q"], FOX);
    assert_eq!((quiet.code, quiet.out.as_str(), quiet.err.as_str()), (1, "", ""));
}

/// Runs a pipeline of the shell, which must end in time.
fn shell(line: &str) -> Run {
    let mut command = assert_cmd::Command::new("bash");
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("T", env!("CARGO_BIN_EXE_tokenize"));
    command.args(["-c", line]).timeout(std::time::Duration::from_secs(20));
    finish(command)
}

#[test]
fn endless_input_has_an_answer() {
    let run = shell("yes | $T check --max 1000; exit ${PIPESTATUS[1]}");
    assert_eq!((run.code, run.err.as_str()), (1, ""), "{run:#?}");
    assert!(run.out.starts_with("over: more than the 1000 tokens that fit: "), "{run:#?}");
    assert!(run.out.contains("were read, and then no more"), "{run:#?}");
    for line in [
        "tr '\\0' a < /dev/zero | $T check --max 1000",
        "yes | $T check -m claude-opus-5 --max 1000 --pass",
        "yes | $T check - /dev/null --max 1000 --json",
        "yes | $T check -m gemini-2.5-pro --max 10 --per-file",
    ] {
        assert_eq!(shell(&format!("{line}; exit ${{PIPESTATUS[1]}}")).code, 1, "{line}");
    }
}

#[test]
fn a_closed_pipe_is_quiet() {
    let run = shell(
        "head -c 300000 /dev/zero | tr '\\0' x | $T check --max 1M --pass | head -c 1 > /dev/null; exit ${PIPESTATUS[2]}",
    );
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    // A status that is no must be no even if nobody reads the reason.
    let status = tempfile::NamedTempFile::new().unwrap();
    let line =
        format!("{{ sleep 0.3; yes | $T check --max 10; echo $? > {}; }} | true", status.path().display());
    shell(&line);
    assert_eq!(std::fs::read_to_string(status.path()).unwrap(), "1\n");
    let run = shell("yes | $T check --max 10 >&-; exit ${PIPESTATUS[1]}");
    assert_ne!(run.code, 0, "{run:#?}");
    let line = format!(
        "{{ sleep 0.3; yes | $T cut -n 5 --fail-if-cut -q; echo $? > {}; }} | true",
        status.path().display()
    );
    shell(&line);
    assert_eq!(std::fs::read_to_string(status.path()).unwrap(), "1\n");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_tokenize"));
    command.env_clear().args(["check", "--max", "9"]).stdin(Stdio::null()).stdout(Stdio::null());
    assert!(command.status().unwrap().success());
}

#[test]
fn annotations() {
    let folder = folder(&[("a,b:c%.md", FOX), ("d.md", &FOX.repeat(2))]);
    let args = ["check", "a,b:c%.md", "d.md", "--max", "10", "--per-file", "--warn-at", "100%", "--github"];
    let run = run_in(&folder, &args);
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(
        lines,
        [
            "::warning file=a%2Cb%3Ac%25.md,title=tokenize::near: 10 of 10 tokens (100.0%25), 0 left; 0.90 words/token (--max)",
            "::error file=d.md,title=tokenize::over: 20 of 10 tokens (200.0%25), 10 too many; 0.90 words/token (--max)",
            "over: 1 of 2 files above 10 tokens (--max)",
        ]
    );
    let mut command = tokenize(&["check", "../d.md", "--max", "10", "--github"]);
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    command.current_dir(folder.path().join("sub")).env("GITHUB_WORKSPACE", folder.path());
    assert!(finish(command).out.starts_with("::error file=d.md,"));
    let total = run_in(&folder, &["check", "d.md", "--max", "10", "--github"]);
    assert!(total.out.starts_with("::error file=d.md,title=tokenize::over: 20 of 10"), "{total:#?}");
}

#[test]
fn what_is_in_force_is_told() {
    let folder = project(&format!("model = \"gpt-4\"\nwords = \"unicode\"\n{RULES}warn-at = \"90%\"\n"));
    let mut command = tokenize(&["config"]);
    command.env("TOKENIZE_THREADS", "3").current_dir(&folder);
    let out = finish(command).silent();
    for part in [
        "model     gpt-4 ",
        "threads   3 ",
        "from the environment",
        "special   text ",
        "by default",
        "rule 1 ",
    ] {
        assert!(out.contains(part), "{part:?} is missing in {out}");
    }
    assert!(
        out.contains("AGENTS.md, prompts/** but not prompts/archive/**: each at most 10 tokens, warn at 90%"),
        "{out}"
    );
    let json = run_in(&folder, &["config", "--json"]).json();
    assert_eq!((&json["rules"][0]["max"], &json["rules"][0]["level"]), (&10.into(), &"error".into()));
    assert_eq!(json["settings"][0]["value"], "gpt-4");
}

const CHAT: &str = r#"{"model":"gpt-4","messages":[{"role":"system","content":"You answer in one short line."},
    {"role":"user","name":"ana","content":"Where is Lisbon?"},{"role":"assistant","content":"In\nPortugal."}]}"#;

/// Conversations take what their framing takes, and each is a prompt by itself.
#[test]
fn conversations() {
    let two = "{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}\n{\"messages\":[{\"role\":\"user\",\"content\":\"hello hello\"}]}\n";
    let image = r#"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]"#;
    let folder = folder(&[
        ("chat.json", CHAT.as_bytes()),
        ("two.jsonl", two.as_bytes()),
        ("image.json", image.as_bytes()),
        ("anthropic.json", br#"{"system":"Be brief.","messages":[{"role":"user","content":"hi"}]}"#),
        ("gemini.json", br#"{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}"#),
    ]);
    for (args, status) in [
        ("chat.json --max 33", 0),
        ("chat.json --max 32", 1),
        ("chat.json", 0),
        ("chat.json --reserve 9k", 2),
        ("chat.json -m gpt-4o --reserve 9k", 0),
        ("two.jsonl --max 9", 0),
        ("two.jsonl --max 8", 1),
        ("two.jsonl -m llama-3 --max 12", 0),
        ("two.jsonl -m kimi-k2", 2),
        ("two.jsonl -m kimi-k2 --template openai", 0),
        ("image.json", 2),
        ("anthropic.json", 2),
        ("anthropic.json -m claude-opus-5", 0),
        ("gemini.json", 2),
        ("image.json --image-tokens 85 --max 92", 0),
        ("image.json --image-tokens 85 --max 91", 1),
        ("chat.json nope.json", 2),
        ("chat.json -m claude-opus-5 --max 100", 0),
        ("--max 33", 2),
    ] {
        let all: Vec<&str> = ["check", "--chat"].into_iter().chain(args.split_whitespace()).collect();
        let run = run_in(&folder, &all);
        assert_eq!(run.code, status, "check --chat {args} {run:#?}");
    }
    let over = run_in(&folder, &["check", "--chat", "two.jsonl", "--max", "8"]);
    assert!(over.out.contains("over: two.jsonl line 2: 9 of 8 tokens"), "{over:#?}");
    assert!(over.out.contains("template openai, approximate: "), "{over:#?}");
    let json = run_in(&folder, &["check", "--chat", "chat.json", "--json"]).json();
    assert_eq!(
        (&json["checks"][0]["exactness"], &json["checks"][0]["tokens"]),
        (&"approximate".into(), &33.into())
    );
    assert_eq!(run(&["check", "--chat", "--max", "33"], CHAT).code, 0);
    assert_eq!(run(&["check", "--chat", "--max", "32"], CHAT).code, 1);
}
