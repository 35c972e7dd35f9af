//! `tokenize chat`: the table, models and templates, JSON, what is refused.

use crate::{folder, run, run_in};

const CHAT: &str = r#"{"model":"gpt-4","messages":[{"role":"system","content":"You answer in one short line."},
    {"role":"user","name":"ana","content":"Where is Lisbon?"},{"role":"assistant","content":"In\nPortugal."}]}"#;

#[test]
fn a_row_for_each_message() {
    let found = run(&["chat"], CHAT).good();
    let expected = "tokens  window  role       text\n\
                    \x20   11    0.1%  system     You answer in one short line.\n\
                    \x20   10    0.1%  user ana   Where is Lisbon?\n\
                    \x20    9    0.1%  assistant  In Portugal.\n\
                    \x20    3   <0.1%  -          (start of the answer)\n\
                    \x20   33    0.4%  total      \n";
    assert!(found.out.starts_with(expected), "{}", found.out);
    let label = found.out.lines().last().unwrap();
    assert!(
        label.starts_with("gpt-4, cl100k_base, window 8192 tokens, exact; template openai, approximate: "),
        "{label}"
    );
    assert!(found.err.contains("note: the body names the model gpt-4"), "{}", found.err);
    assert_eq!(run(&["chat", "-q", "-"], CHAT).silent(), "33\n");
}

#[test]
fn files_and_formats() {
    let folder = folder(&[
        ("chat.json", CHAT.as_bytes()),
        ("many.jsonl", b"{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}\n{\"messages\":[{\"role\":\"user\",\"content\":\"hello hello\"}]}\n"),
    ]);
    assert_eq!(run_in(&folder, &["chat", "chat.json", "-q"]).silent(), "33\n");
    let table = run_in(&folder, &["chat", "many.jsonl", "-m", "gpt-4o"]).silent();
    let expected = "tokens  window  messages  conversation\n\
                    \x20    8   <0.1%  1         line 1\n\
                    \x20    9   <0.1%  1         line 2\n\
                    \x20   17   <0.1%  total     \n";
    assert!(table.starts_with(expected), "{table}");
    let json = run_in(&folder, &["chat", "many.jsonl", "-m", "gpt-4o", "--json"]).json();
    assert_eq!(
        (&json["total"], &json["template"], &json["exactness"]),
        (&17.into(), &"openai".into(), &"approximate".into())
    );
    assert_eq!(json["conversations"][1]["place"], "line 2");
    assert_eq!(json["conversations"][1]["messages"][0]["content"], 2);
    assert_eq!(json["conversations"][1]["fixed"][0]["tokens"], 3);
    run_in(&folder, &["chat", "missing.json"]).failed(&["missing.json"]);
}

#[test]
fn models_choose_templates() {
    let user = r#"[{"role":"user","content":"What is the capital of France?"}]"#;
    for (args, tokens, label) in [
        (&["-m", "llama-3"][..], "17", "template llama3, exact"),
        (&["-m", "llama-3.2"], "42", "26 Jul 2024"),
        (&["-m", "llama-3.2", "--date", "2026-11-25"], "42", "25 Nov 2026"),
        (&["-m", "gemma-3"], "16", "template gemma3, exact"),
        (&["-m", "qwen3"], "15", "exact"),
        (&["-m", "deepseek-v3"], "10", "exact"),
        (&["-m", "open-mistral-7b"], "15", "exact"),
        (&["-m", "mistral-large-2411"], "10", "exact"),
        (&["-e", "qwen3", "--template", "qwen3"], "15", "no model named"),
        (&["-m", "gpt-oss-120b", "--reasoning", "low"], "74", "effort low"),
        (&["-m", "gemini-2.5-pro"], "7", "official-local"),
        (&["-m", "gpt-6.2-sol"], "~14", "estimate"),
        (&["-m", "claude-opus-4-8"], "~17", "95 % of such texts lie below 20"),
        (&["-m", "gpt-3.5-turbo-0301"], "15", "0301"),
    ] {
        let table = run(&[&["chat"], args].concat(), user).good().out;
        let total = table.lines().rev().nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
        assert_eq!(total, tokens, "{args:?}\n{table}");
        assert!(table.contains(label), "{args:?}\n{table}");
    }
}

#[test]
fn what_is_not_known_is_refused() {
    let user = r#"[{"role":"user","content":"x"}]"#;
    run(&["chat", "-m", "kimi-k2"], user).failed(&["kimi-k2", "--template NAME", "qwen3"]);
    run(&["chat", "-e", "llama3"], user).failed(&["llama3", "several", "llama3.1"]);
    run(&["chat", "--template", "chatml"], user).failed(&["--template", "chatml", "qwen2.5"]);
    run(&["chat", "-m", "gpt-4o", "--template", "gemma3"], user).failed(&["o200k_base has no token <bos>"]);
    run(&["chat", "--date", "tomorrow", "-m", "llama-3.1"], user).failed(&["\"tomorrow\" is no date"]);
    run(&["chat"], "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"x\"}]}]}")
        .failed(&["standard input: messages[0].content[0]: unknown part \"x\""]);
    run(&["chat"], "{\"model\":\"gtp-4\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}")
        .failed(&["the model of the body", "gpt-4"]);
    let two = "{\"model\":\"gpt-4\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}\n";
    run(&["chat"], format!("{two}{}", two.replace("gpt-4", "gpt-4o")))
        .failed(&["several models: gpt-4 and gpt-4o", "-m MODEL"]);
    let image = r#"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}},{"type":"text","text":"x"}]}]"#;
    run(&["chat"], image).failed(&["messages[0].content[0]: image_url", "--image-tokens N"]);
    let table = run(&["chat", "--image-tokens", "85"], image).silent();
    assert!(table.contains("[1 image or file] x") && table.contains("85 each"), "{table}");
    run(&["chat", "--special", "forbid"], r#"[{"role":"user","content":"a<|endoftext|>"}]"#)
        .failed(&["messages[0]", "<|endoftext|>"]);
}

#[test]
fn a_named_template_is_the_users_word() {
    let user = r#"[{"role":"user","content":"x"}]"#;
    let table = run(&["chat", "-m", "deepseek-r1-distill-llama", "--template", "llama3"], user).silent();
    assert!(table.contains("not known that the model has this template"), "{table}");
    let own = run(&["chat", "-m", "llama-3", "--template", "llama3", "--json"], user).json();
    assert_eq!(own["exactness"], "exact");
    let other = run(&["chat", "-m", "llama-3.1", "--template", "llama3", "--json"], user).json();
    assert_eq!(other["exactness"], "approximate");
    run(&["chat", "--template", "llama3"], user).failed(&["o200k_base has no token", "-m MODEL"]);
}

/// What was not counted is told, unless all but numbers is silenced.
#[test]
fn nothing_is_dropped_without_a_word() {
    let body = r#"{"messages":[{"role":"user","content":"x"}],"prompt":"y"}"#;
    let found = run(&["chat"], body).good();
    assert!(found.err.contains("nothing is counted for prompt"), "{}", found.err);
    assert_eq!(run(&["chat", "-q"], body).silent(), "8\n");
}

/// Claude's rows of the collected conversations: the number that its service gives lies below the bound.
#[test]
fn estimates_of_claude_hold() {
    let text = std::fs::read_to_string("tests/data/chat/chat_tests.json").unwrap();
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let mut seen = 0;
    for row in rows.iter().filter(|row| row["model"].as_str().unwrap().starts_with("claude")) {
        seen += 1;
        let body = serde_json::json!({"model": row["model"], "messages": row["messages"]}).to_string();
        let json = run(&["chat", "--json"], body).json();
        let wanted = row["expected_tokens"].as_u64().unwrap();
        assert!(json["total"].as_u64().unwrap() <= wanted + 3, "{row} {json}");
        assert!(json["upper"].as_u64().unwrap() >= wanted, "{row} {json}");
        assert_eq!(json["exactness"], "approximate");
    }
    assert_eq!(seen, 6);
    // What an image takes was said in tokens of the model: no ratio is put to it.
    let image = r#"[{"role":"user","content":[{"type":"text","text":"hi"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"x"}}]}]"#;
    let with = |tokens: &str| {
        run(&["chat", "-m", "claude-opus-5", "--image-tokens", tokens, "-q"], image)
            .silent()
            .trim()
            .parse::<u64>()
            .unwrap()
    };
    assert_eq!(with("1000"), with("0") + 1000);
}
