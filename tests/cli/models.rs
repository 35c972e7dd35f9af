//! Models: the table, a user's own, estimates, and what tokens cost.

use crate::{finish, folder, run, run_in, tokenize};

const OWN: &[u8] = b"\
[models.\"our-llama\"]\n\
like = \"llama-3.1\"\n\
window = \"16k\"\n\
aliases = [\"acme/llama\"]\n\
input-price = 0.25\n\
[models.\"gpt-4o\"]\n\
window = 64_000\n\
input-price = 2.5\n\
output-price = 10\n\
currency = \"EUR\"\n";

#[test]
fn own_models_are_known() {
    let folder = folder(&[("own.toml", OWN), ("x", b"Hello world")]);
    let own = |args: &[&str]| run_in(&folder, &[args, &["--models", "own.toml"]].concat());
    let json = own(&["count", "x", "-m", "ACME/llama", "--json", "--cost"]).json();
    assert_eq!((&json["model"], &json["window"]), (&"our-llama".into(), &16_000.into()));
    assert_eq!((&json["encoding"], &json["total"]["cost"]), (&"llama3".into(), &(2.0 * 0.25 / 1e6).into()));
    assert_eq!(own(&["x", "--json"]).json()["window"], 64_000);
    let cost = own(&["x", "--cost"]).silent();
    assert!(
        cost.contains("cost as a prompt: 0.00000500 EUR, at 2.5 EUR for a million tokens (own.toml)"),
        "{cost}"
    );
    let one = own(&["models", "our-llama", "--json"]).json();
    assert_eq!((&one["source"], &one["input_price"]), (&"own.toml".into(), &0.25.into()));
    assert!(
        own(&["models", "gpt-4o"]).silent().contains("2.5 EUR for a million tokens of a prompt, 10 EUR for")
    );
    assert!(own(&["models"]).silent().contains("our-llama\n"));
    own(&["x", "-m", "our-lama"]).failed(&["did you mean our-llama?"]);
    run_in(&folder, &["x", "-m", "our-llama"]).failed(&["unknown model"]);
    // The other names stay, and what is stated otherwise has the file as its source.
    let row = own(&["models", "gpt-4o-2024-08-06", "--json"]).good();
    assert_eq!(row.err, "");
    let row: serde_json::Value = serde_json::from_str(&row.out).unwrap();
    assert_eq!(
        (&row["name"], &row["source"], &row["as_of"]),
        (&"gpt-4o".into(), &"own.toml".into(), &"-".into())
    );
}

#[test]
fn own_models_in_any_order() {
    let text = b"[models.a]\nlike = \"z\"\n[models.z]\nlike = \"gpt-4o\"\nwindow = 9\naliases = [\"zz\"]\n";
    let folder = folder(&[("own.toml", text.as_slice()), ("x", b"x")]);
    let json = run_in(&folder, &["x", "-m", "a", "--models", "own.toml", "--json"]).json();
    assert_eq!((&json["window"], &json["encoding"]), (&9.into(), &"o200k_base".into()));
    assert_eq!(run_in(&folder, &["x", "-m", "zz", "--models", "own.toml"]).code, 0);
    // By another name of it; and like the one of the table that it replaces.
    let text = b"[models.a]\nlike = \"zz\"\n[models.z]\nlike = \"gpt-4o\"\nwindow = 9\naliases = [\"zz\"]\n\
                 [models.\"gpt-4\"]\nlike = \"gpt-4\"\nwindow = 7\n";
    crate::write(&folder, "own.toml", text);
    for (name, window) in [("a", 9), ("gpt-4", 7)] {
        let json = run_in(&folder, &["x", "-m", name, "--models", "own.toml", "--json"]).json();
        assert_eq!(json["window"], window, "{name}");
    }
}

#[test]
fn own_models_in_the_configuration_folder() {
    let folder = folder(&[("user/tokenize/models.toml", OWN)]);
    let with = |args: &[&str]| {
        let mut command = tokenize(args);
        command.env("XDG_CONFIG_HOME", folder.path().join("user")).write_stdin("x");
        finish(command)
    };
    assert_eq!(with(&["--json"]).json()["window"], 64_000);
    assert_eq!(with(&["--json", "--no-config"]).json()["window"], 128_000);
    assert_eq!(with(&["--json", "--context", "5k"]).json()["window"], 5000);
    assert!(with(&["config"]).silent().contains("models.toml"));
}

#[test]
fn own_models_that_are_wrong() {
    for (text, parts) in [
        ("[models.x]\nwindw = 1\n", &["own.toml: models.\"x\": windw: unknown key", "the keys are"][..]),
        ("[models.x]\nwindow = \"many\"\n", &["window: expected a number of tokens"]),
        ("[models.x]\nwindow = -1\n", &["window: expected a number of tokens"]),
        ("[models.x]\nlike = \"gpt4o\"\n", &["unknown model \"gpt4o\"", "did you mean gpt-4o?"]),
        ("[models.x]\nencoding = \"nope\"\n", &["models.\"x\"", "nope"]),
        ("[models.x]\nio = \"both\"\n", &["expected one of shared"]),
        ("[models.x]\nexactness = \"sure\"\n", &["expected one of exact"]),
        ("[models.x]\ninput-price = -1\n", &["expected a price"]),
        ("[models.x]\noutput-price = 1\n", &["no input-price"]),
        ("[models]\nx = 1\n", &["expected a table"]),
        ("[model.x]\nwindow = 1\n", &["unknown key"]),
        ("[models.x]\naliases = [\"a\", \"x\"]\n[models.a]\n", &["stands twice"]),
        ("[models.x\n", &["line 1"]),
        ("[models.a]\nlike = \"b\"\n[models.b]\nlike = \"a\"\n", &["in a circle: a, b"]),
        ("[models.gpt-4.1]\nwindow = 1\n", &["in quotes: [models.\"gpt-4.1\"]"]),
    ] {
        let folder = folder(&[("own.toml", text.as_bytes())]);
        run_in(&folder, &["--models", "own.toml", "-q"]).failed(parts);
    }
    run(&["--models", "/nonexistent/own.toml"], "x").failed(&["own.toml: No such file"]);
}

#[test]
fn estimates_say_so() {
    let fox = "The quick brown fox jumps over the lazy dog.\n";
    let table = run(&["-m", "claude-opus-5"], fox).silent();
    assert!(table.contains("at most") && table.contains("~15       19"), "{table}");
    assert!(table.contains("~15 (estimate, 95 % of such texts lie below 19)"), "{table}");
    let json = run(&["-m", "claude-opus-5", "--json"], fox).json();
    assert_eq!((&json["exactness"], &json["total"]["upper"]), (&"estimate".into(), &19.into()));
    assert_eq!((&json["total"]["tokens"], &json["window"]), (&15.into(), &1_000_000.into()));
    // The kind of the text is seen: the same tokens of code are more of Claude's.
    let code =
        run(&["-m", "claude-opus-5", "--json"], "if (values[index] != limit) { total += 1; }\n").json();
    let base = run(&["--json"], "if (values[index] != limit) { total += 1; }\n").json()["total"]["tokens"]
        .as_u64()
        .unwrap();
    assert_eq!(code["total"]["tokens"], (base * 155).div_ceil(100));
    assert_eq!(code["total"]["upper"], (base * 185).div_ceil(100) + 1);
    assert_eq!(run(&["-m", "claude-opus-5", "-q"], fox).silent(), "15\n");
    assert!(run(&["-m", "gpt-6.2-sol", "--json"], fox).json()["total"]["upper"].is_null());
    run(&["encode", "-m", "claude-opus-5"], fox).failed(&["is not public: there are no token ids"]);
    run(&["decode", "-m", "claude-opus-5", "1"], "").failed(&["is not public"]);
    run(&["-m", "granite-4"], fox).failed(&["not built in", "--vocab"]);
    // Another encoding that is named is counted as it is, and is an estimate of unknown error.
    let other = run(&["-m", "claude-opus-5", "-e", "cl100k_base", "--json"], fox).json();
    assert_eq!((&other["exactness"], &other["total"]["tokens"]), (&"estimate".into(), &10.into()));
}

#[test]
fn models_of_a_maker() {
    let anthropic = run(&["models", "anthropic"], "").silent();
    assert!(anthropic.contains("claude-opus-5\n") && !anthropic.contains("gpt"), "{anthropic}");
    assert!(run(&["models", "openai", "--json"], "").json().as_array().unwrap().len() > 20);
    let verbose = run(&["models", "google", "--verbose"], "").silent();
    assert!(
        verbose.lines().next().unwrap().ends_with("source") && verbose.contains("models.dev"),
        "{verbose}"
    );
    let one = run(&["models", "us.anthropic.claude-sonnet-4-20250514-v1:0"], "").silent();
    assert!(one.contains("estimate: claude-v3, by measured ratios"), "{one}");
    assert!(
        one.contains("not public; o200k_base stands in") && one.contains("prompt and answer together"),
        "{one}"
    );
    assert!(run(&["models", "command-a"], "").silent().contains("not built in"));
    // A word that is no model lists those that have it.
    let opus = run(&["models", "opus"], "").silent();
    assert!(
        opus.contains("claude-opus-5\n") && opus.contains("claude-3-opus\n") && !opus.contains("sonnet"),
        "{opus}"
    );
    run(&["models", "nonsense"], "").failed(&["unknown model"]);
}

/// What is cut or chunked for a model without a public tokenizer fits by the upper bound of its estimate.
#[test]
fn cut_for_estimates() {
    let text = "The quick brown fox jumps over the lazy dog. ".repeat(100);
    let cut = run(&["cut", "-m", "claude-opus-5", "-n", "100"], text.as_str()).good();
    assert!(cut.err.contains("at most 100, of 100 tokens; the text has"), "{cut:#?}");
    let kept: u64 = run(&["-q", "-m", "gpt-4o"], cut.out.as_str()).silent().trim().parse().unwrap();
    assert!((50..70).contains(&kept), "{kept}");
    assert_eq!(run(&["check", "-m", "claude-opus-5", "--max", "100"], cut.out.as_str()).code, 0);
    let chunks = run(&["chunk", "-m", "claude-opus-5", "-n", "100", "-q"], text.as_str()).silent();
    for line in chunks.lines() {
        let chunk: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(
            chunk["tokens"].as_u64() < chunk["upper"].as_u64() && chunk["upper"].as_u64() <= Some(100),
            "{line}"
        );
        assert_eq!(
            run(&["check", "-m", "claude-opus-5", "--max", "100"], chunk["text"].as_str().unwrap()).code,
            0
        );
    }
}
