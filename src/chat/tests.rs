//! Conversations with the numbers of tokens that the makers' libraries give (`tests/data/chat`), and all that must be an
//! error.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::registry;

const ROWS: &str = include_str!("../../tests/data/chat/chat_tests.json");

fn one(body: &str) -> Conversation {
    let mut all = read(body.as_bytes()).unwrap_or_else(|error| panic!("{body}: {error}"));
    assert_eq!(all.len(), 1, "{body}");
    all.remove(0)
}

fn counted(template: &str, encoding: &str, body: &str) -> ChatCount {
    let tokenizer = registry::encoding(encoding).expect("an encoding");
    let template = Template::named(template).expect("a template");
    count(&tokenizer, template, &one(body), &Options::default())
        .unwrap_or_else(|error| panic!("{body}: {error}"))
}

fn refused(template: &str, encoding: &str, body: &str) -> String {
    let tokenizer = registry::encoding(encoding).expect("an encoding");
    let template = Template::named(template).expect("a template");
    let error = count(&tokenizer, template, &one(body), &Options::default()).expect_err(body);
    format!("{error} / {}", error.hint().unwrap_or_default())
}

/// All rows of the file, those of Claude with o200k_base: what an estimate has to correct is the content.
#[test]
fn every_row_has_its_number() {
    let rows: Vec<Value> = serde_json::from_str(ROWS).expect("JSON");
    let (mut exact, mut claude) = (0, 0);
    for row in &rows {
        let name = row["model"].as_str().and_then(|name| name.split(" / ").next()).expect("a model");
        let is_claude = name.starts_with("claude");
        let (model, encoding) = match registry::model(name) {
            _ if is_claude => (name.to_owned(), "o200k_base".to_owned()),
            Ok(found) => (found.model.name.to_string(), found.model.encoding.unwrap().into_owned()),
            Err(error) => panic!("{name}: {error}"),
        };
        let tokenizer = registry::encoding(&encoding).expect("an encoding");
        let template = Template::of(Some(&model), &encoding).expect("a template");
        let mut body = row.clone();
        body.as_object_mut()
            .expect("an object")
            .retain(|key, _| ["messages", "tools", "functions", "function_call"].contains(&key.as_str()));
        let conversation = one(&body.to_string());
        let found = count(&tokenizer, template, &conversation, &Options::default()).expect("a count");
        let wanted = row["expected_tokens"].as_u64().expect("a number");
        if is_claude {
            claude += 1;
            assert_eq!(found.exactness(), Exactness::Approximate);
            assert!([6, 7, 11].contains(&found.framing()), "{row}");
            // Tokens of 4.7 and later are up to about three times as many.
            assert!(wanted <= found.framing() + 3 * found.content(), "{row}: {found:?}");
        } else {
            exact += 1;
            assert_eq!(found.total(), wanted, "{row}\n{found:?}");
        }
        if let Some(rendered) = row["rendered"].as_str() {
            let mut tally = count::tally_for_tests(conversation.messages.len());
            let rendering = count::render(template, &conversation, &Options::default(), &mut tally);
            assert_eq!(rendering.expect("a rendering").written(), rendered);
        }
    }
    assert_eq!((exact, claude), (37, 6));
}

/// More rows, with what the reference wrote: names of roles, tools, calls, several turns, and texts with edges.
#[test]
fn every_reference_is_met() {
    let text = include_str!("../../tests/data/chat/reference.jsonl");
    let mut wrong = Vec::new();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).expect("JSON");
        let encoding = registry::encoding(row["encoding"].as_str().expect("a name")).expect("an encoding");
        let template = Template::named(row["template"].as_str().expect("a name")).expect("a template");
        let conversation = one(&row["body"].to_string());
        let mut tally = count::tally_for_tests(conversation.messages.len());
        let options = Options::default();
        let written = match count::render(template, &conversation, &options, &mut tally) {
            Ok(rendering) => rendering.written(),
            Err(error) => error.to_string(),
        };
        if let Some(wanted) = row["rendered"].as_str().filter(|wanted| *wanted != written) {
            wrong.push(format!("{line}\n wanted {wanted:?}\n  found {written:?}"));
            continue;
        }
        match count::count(&encoding, template, &conversation, &options) {
            Ok(found) if found.total() == row["tokens"] => {}
            found => wrong.push(format!("{line}\n {written:?}\n {found:?}")),
        }
    }
    assert!(text.lines().count() > 180);
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

const USER: &str = r#"{"role":"user","content":"hello"}"#;

#[test]
fn shapes_are_seen_from_the_content() {
    for (what, text, wanted) in [
        ("a body", r#"{"messages":[{"role":"user","content":"hello"}]}"#, "user hello"),
        ("a list", r#"[{"role":"user","content":"hello"}]"#, "user hello"),
        ("a list over lines", "[\n{\"role\":\"user\",\n\"content\":\"hello\"}]", "user hello"),
        ("one message", r#"{"role":"user","content":"hello"}"#, "user hello"),
        ("a byte order mark", "\u{feff}{\"role\":\"user\",\"content\":\"hello\"}", "user hello"),
        (
            "a message a line",
            "{\"role\":\"user\",\"content\":\"a\"}\r\n\n{\"role\":\"assistant\",\"content\":\"b\"}\n",
            "user a|assistant b",
        ),
        ("responses", r#"{"input":"hello","instructions":"Be brief."}"#, "system Be brief.|user hello"),
        (
            "items of responses",
            r#"{"input":[{"role":"developer","content":"D"},{"type":"message","role":"user","content":[{"type":"input_text","text":"q"}]},{"type":"function_call","call_id":"1","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"1","output":"done"}]}"#,
            "developer D|user q|assistant f({})|tool done",
        ),
        (
            "anthropic",
            r#"{"system":[{"type":"text","text":"S","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":[{"type":"text","text":"r"}]},{"type":"text","text":"and"}]},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"abc"},{"type":"tool_use","id":"1","name":"f","input":{"a":1}}]}]}"#,
            "system S|tool r|user and|assistant f({\"a\": 1})",
        ),
        (
            "gemini",
            r#"{"systemInstruction":{"parts":[{"text":"S"}]},"contents":[{"role":"user","parts":[{"text":"a"},{"text":"b"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{"x":1}}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"y":2}}}]}],"tools":[{"functionDeclarations":[{"name":"f"}]}],"generationConfig":{"temperature":1}}"#,
            "system S|user ab|assistant f({\"x\": 1})|tool {\"y\": 2}",
        ),
        ("gemini in snakes", r#"{"system_instruction":"S","contents":"q"}"#, "system S|user q"),
        (
            "a line of a batch",
            r#"{"custom_id":"1","method":"POST","url":"/v1","body":{"messages":[{"role":"user","content":"q"}]}}"#,
            "user q",
        ),
        (
            "null",
            r#"[{"role":"user","content":"q"},{"role":"assistant","content":null,"refusal":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]}]"#,
            "user q|assistant f({})",
        ),
        ("a refusal", r#"[{"role":"assistant","content":null,"refusal":"No."}]"#, "assistant No."),
    ] {
        let messages = one(text).messages;
        let found: Vec<String> =
            messages.iter().map(|message| format!("{} {}", message.role(), message.text())).collect();
        assert_eq!(found.join("|"), wanted, "{what}");
    }
}

#[test]
fn many_conversations() {
    for text in [
        format!("{{\"messages\":[{USER}]}}\n{{\"messages\":[{USER},{USER}],\"source\":\"x\"}}\n"),
        format!("[{USER}]\n[{USER},{USER}]"),
        format!("[{{\"messages\":[{USER}]}},[{USER},{USER}]]"),
    ] {
        let all = read(text.as_bytes()).expect("conversations");
        let sizes: Vec<usize> = all.iter().map(|conversation| conversation.messages().len()).collect();
        assert_eq!(sizes, [1, 2], "{text}");
        assert!(["line 2", "[1]"].contains(&all[1].place().as_str()), "{text}");
    }
    let told = read(format!("{{\"messages\":[{USER}],\"source\":\"x\",\"n\":1,\"user\":\"me\"}}").as_bytes());
    assert_eq!(told.expect("a conversation")[0].ignored(), ["source"]);
}

/// What is refused when it is read, and words of the error: where it is, and what.
const BAD: &[(&str, &[&str])] = &[
    ("", &["nothing to read"]),
    ("{", &["not JSON", "line 1"]),
    ("hello", &["not JSON"]),
    ("3", &["a number", "request body"]),
    ("[]", &["without messages"]),
    ("[[]]", &["[0]", "without messages"]),
    ("{}", &["without keys", "messages, input or contents"]),
    (r#"{"a":1,"b":2}"#, &["with a, b"]),
    (r#"{"conversations":[{"from":"human","value":"x"}]}"#, &["ShareGPT"]),
    (r#"{"messages":[]}"#, &["messages: no messages"]),
    (r#"{"messages":3}"#, &["messages: a number, expected a list"]),
    (r#"{"messages":[],"contents":[]}"#, &["messages and contents"]),
    (r#"{"messages":["x"]}"#, &["messages[0]: a string, expected a message"]),
    (r#"{"messages":[{"content":"x"}]}"#, &["messages[0]: no role"]),
    (r#"{"messages":[{"role":"user"}]}"#, &["messages[0]: no content"]),
    (r#"{"messages":[{"role":"human","content":"x"}]}"#, &["messages[0].role: unknown role \"human\""]),
    (r#"{"messages":[{"role":"user","content":3}]}"#, &["messages[0].content: a number"]),
    (
        r#"{"messages":[{"role":"user","content":["x"]}]}"#,
        &["messages[0].content[0]: a string, expected a part"],
    ),
    (r#"{"messages":[{"role":"user","content":[{"text":"x"}]}]}"#, &["content[0]: a part without a type"]),
    (
        r#"{"messages":[{"role":"user","content":[{"type":"text","text":"x"},{"type":"hologram"}]}]}"#,
        &["messages[0].content[1]: unknown part \"hologram\""],
    ),
    (r#"{"messages":[{"role":"user","content":[{"type":"text"}]}]}"#, &["content[0]: no \"text\""]),
    (
        r#"{"messages":[{"role":"user","content":[{"type":"text","text":"a","more":"b"}]}]}"#,
        &["content[0]: unknown key \"more\"", "take \"more\" out"],
    ),
    (
        r#"{"messages":[{"role":"user","content":"x","extra":{"text":"y"}}]}"#,
        &["messages[0]: unknown key \"extra\""],
    ),
    (r#"{"messages":[{"role":"user","content":"x","content":"y"}]}"#, &["\"content\" comes twice"]),
    (
        r#"{"messages":[{"role":"assistant","tool_calls":[{"type":"custom","custom":{}}]}]}"#,
        &["tool_calls[0]: no call of a function"],
    ),
    (
        r#"{"messages":[{"role":"assistant","tool_calls":[{"function":{"arguments":"{}"}}]}]}"#,
        &["tool_calls[0]: no \"name\""],
    ),
    (
        r#"{"messages":[{"role":"assistant","content":[{"type":"tool_result","content":[{"type":"tool_result","content":"x"}]}]}]}"#,
        &["content[0].content[0]: the result of a tool inside"],
    ),
    (r#"{"input":[{"type":"reasoning","encrypted_content":"x"}]}"#, &["input[0]: an item \"reasoning\""]),
    (r#"{"input":"x","previous_response_id":"resp_1"}"#, &["previous_response_id: the model gets more"]),
    (
        r#"{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":{"name":"a"}}}"#,
        &["response_format: a schema", "take it out"],
    ),
    (
        r#"{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"web_search"}]}"#,
        &["tools[0]: a tool \"web_search\""],
    ),
    (
        r#"{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{}}]}"#,
        &["tools[0].function: a function without a name"],
    ),
    (
        r#"{"messages":[{"role":"user","content":"x"}],"tools":[{"name":"f","examples":["y"]}]}"#,
        &["tools[0]: unknown key \"examples\""],
    ),
    (r#"{"messages":[{"role":"user","content":"x"}],"tools":{}}"#, &["tools: an object, expected a list"]),
    (r#"{"contents":[{"role":"user"}]}"#, &["contents[0]: no parts"]),
    (r#"{"contents":[{"role":"assistant","parts":[]}]}"#, &["contents[0].role: unknown role \"assistant\""]),
    (
        r#"{"contents":[{"parts":[{"executableCode":{"code":"x"}}]}]}"#,
        &["contents[0].parts[0].executableCode: unknown part"],
    ),
    (
        r#"{"contents":[{"parts":[{"functionResponse":{"name":"f","response":{},"parts":[{"x":1}]}}]}]}"#,
        &["unknown key \"parts\""],
    ),
    ("{\"role\":\"user\",\"content\":\"x\"}\n{\"role\":\"user\",", &["line 2: not JSON", "column"]),
    ("{\"role\":\"user\",\"content\":\"x\"}\n{\"messages\":[]}", &["line 2", "mixed"]),
    (
        "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}\n{\"messages\":[{\"role\":\"user\"}]}",
        &["line 2: messages[0]: no content"],
    ),
    (
        "{\"role\":\"user\",\"content\":\"x\"}\n{\"role\":\"user\",\"content\":[{\"type\":\"x\"}]}",
        &["line 2: content[0]: unknown part"],
    ),
];

#[test]
fn bad_shapes_are_errors_that_say_where() {
    for (text, wanted) in BAD {
        let error = read(text.as_bytes()).expect_err(text);
        assert_eq!(error.kind(), ErrorKind::InvalidConversation);
        let said = format!("{error} / {}", error.hint().unwrap_or_default());
        for word in *wanted {
            assert!(said.contains(word), "{text}\n{word:?} is missing in {said}");
        }
    }
    let error = read(b"{\"messages\": \"\xff\"}").expect_err("no UTF-8");
    assert!(error.to_string().contains("byte 14"), "{error}");
}

/// What can be read, but is not a part of a template.
#[test]
fn what_a_template_has_no_place_for_is_an_error() {
    let calls = r#"[{"role":"user","content":"q"},{"role":"assistant","content":"x","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]}]"#;
    let tools = r#"{"messages":[{"role":"user","content":"q"}],"tools":[{"name":"f","parameters":{"type":"object","properties":{"a":{"anyOf":[]},"b":{"oneOf":[{"type":"string"}]}}}}]}"#;
    let developer = r#"[{"role":"developer","content":"q"}]"#;
    let named = r#"[{"role":"user","name":"ana","content":"q"}]"#;
    let two = r#"[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]"#;
    for (template, encoding, body, wanted) in [
        ("llama3", "llama3", calls, "messages[1]: how this template writes calls"),
        ("llama3.1", "llama3", calls, "messages[1]: a text beside a call"),
        ("mistral-v1", "mistral-v1", calls, "messages[1]"),
        ("mistral-v3", "mistral-v3", calls, "messages[1]: content and calls"),
        ("gemma3", "gemma3", calls, "messages[1]"),
        ("harmony", "o200k_harmony", calls, "messages[1]"),
        ("harmony", "o200k_harmony", tools, "tools[0].a: harmony's form of \"anyOf\""),
        ("deepseek-v3", "deepseek-v3", tools, "tools[0]: how this template tells of tools"),
        ("qwen3", "qwen3", developer, "messages[0]: the template knows no role \"developer\""),
        ("llama3", "llama3", named, "messages[0]: a name"),
        ("qwen3", "qwen3", two, "messages[0]: several texts"),
        (
            "gemma3",
            "gemma3",
            r#"[{"role":"assistant","content":"x"}]"#,
            "messages[0]: the template knows no role",
        ),
        ("gemma3", "gemma3", r#"[{"role":"system","content":"x"}]"#, "there is none"),
        ("mistral-v7", "mistral-v3", USER, ""),
        ("qwen3", "o200k_base", USER, "o200k_base has no token <|im_start|>"),
    ] {
        if wanted.is_empty() {
            assert!(counted(template, encoding, body).total() > 0);
            continue;
        }
        let said = refused(template, encoding, body);
        assert!(said.contains(wanted), "{template}: {wanted:?} is missing in {said}");
    }
}

/// The numbers of the cookbook's formula, and what is told where no rule is known.
#[test]
fn openai_by_hand() {
    let total = |template: &str, encoding: &str, body: &str| counted(template, encoding, body).total();
    let named = r#"[{"role":"user","name":"ana","content":"Where is Lisbon?"}]"#;
    // "ana" and the content are 1 and 4 tokens.
    assert_eq!(total("openai", "cl100k_base", named), 3 + 1 + 4 + 1 + 1 + 3);
    assert_eq!(total("openai-0301", "cl100k_base", named), 4 + 1 + 4 + 1 - 1 + 3);
    let call = r#"[{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}}]"#;
    assert_eq!(total("openai", "cl100k_base", call), 3 + 1 + 3 + 1 + 1 + 3);
    let body = r#"{"messages":[{"role":"user","content":"q"}],"tool_choice":{"type":"function","function":{"name":"f"}},
        "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":
        {"a":{"type":"string","default":"x"},"b":{"type":"array","items":{"type":"string"}}}}}}]}"#;
    let found = counted("openai", "o200k_base", body);
    let notes = found.notes().join(" ");
    assert!(notes.contains("default, items: counted as JSON"), "{notes}");
    assert!(found.label().contains("approximate: OpenAI's published formula"), "{}", found.label());
    assert_eq!(
        found.fixed().iter().map(|part| part.name).collect::<Vec<_>>(),
        ["tools", "start of the answer"]
    );
    assert_eq!(found.content() + found.framing(), found.total());
}

#[test]
fn claude_and_gemini() {
    let one = counted("claude-4.7", "o200k_base", USER);
    assert_eq!((one.content(), one.framing(), one.total()), (1, 11, 12));
    assert!(!one.label().contains("guess"), "{}", one.label());
    let body = format!("{{\"system\":\"Be brief.\",\"messages\":[{USER}]}}");
    let several = counted("claude-3", "o200k_base", &body);
    assert_eq!((several.content(), several.framing()), (4, 7 + 4));
    assert!(several.label().contains("guess"), "{}", several.label());
    let gemini = counted("gemini", "gemma3", r#"{"contents":[{"parts":[{"text":"hello"}]}]}"#);
    assert_eq!((gemini.total(), gemini.exactness()), (1, Exactness::OfficialLocal));
    assert!(gemini.label().contains("roles are not counted"), "{}", gemini.label());
}

#[test]
fn images_are_never_nothing() {
    let body = r#"{"messages":[{"role":"user","content":[{"type":"text","text":"hello"},{"type":"image_url","image_url":{"url":"x"}},{"type":"input_audio","input_audio":{}}]}]}"#;
    let conversation = one(body);
    for (template, encoding) in [
        ("openai", "o200k_base"),
        ("gemma3", "gemma3"),
        ("qwen3", "qwen3"),
        ("mistral-v7", "mistral-v7"),
        ("claude-3", "o200k_base"),
    ] {
        let said = refused(template, encoding, body);
        assert!(
            said.contains("messages[0].content[1]: image_url") && said.contains("--image-tokens"),
            "{said}"
        );
        let tokenizer = registry::encoding(encoding).expect("an encoding");
        let template = Template::named(template).expect("a template");
        let with = |tokens| {
            let options = Options { image_tokens: Some(tokens), ..Options::default() };
            count(&tokenizer, template, &conversation, &options).expect("a count")
        };
        assert_eq!(with(85).total(), with(0).total() + 2 * 85);
        assert_eq!(with(85).exactness(), Exactness::Approximate);
        assert!(with(85).label().contains("85 each"), "{}", with(85).label());
    }
}

/// In a file of a message a line, what is found only when counting is still found by its line.
#[test]
fn lines_are_named_when_counting_too() {
    let lines =
        "{\"role\":\"user\",\"content\":\"a\"}\n{\"role\":\"user\",\"content\":[{\"type\":\"image\"}]}";
    let said = refused("openai", "o200k_base", lines);
    assert!(said.contains("line 2: content[0]: image"), "{said}");
    let lines = "{\"role\":\"user\",\"content\":\"a\"}\n{\"role\":\"tool\",\"content\":\"b\"}";
    let said = refused("llama3", "llama3", lines);
    assert!(said.starts_with("line 2: how this template"), "{said}");
}

#[test]
fn dates_and_efforts_are_stated() {
    let tokenizer = registry::encoding("o200k_harmony").expect("an encoding");
    let conversation = one(USER);
    let with = |date: &str, reasoning| {
        let options = Options { date: Some(date.to_owned()), reasoning, ..Options::default() };
        count(&tokenizer, Template::Harmony, &conversation, &options)
    };
    let label = with("2025-01-31", Reasoning::High).expect("a count").label().to_owned();
    assert!(label.contains("2025-01-31 and the effort high"), "{label}");
    for date in [
        "2025-02-29",
        "2025-1-1",
        "yesterday",
        "2025-13-01",
        "2025-00-10",
        "2025-06-31",
        "0000-01-01",
        "２025-01-01",
    ] {
        let error = with(date, Reasoning::Low).expect_err(date);
        assert!(error.to_string().contains("is no date"), "{error}");
    }
    assert!(with("2024-02-29", Reasoning::Low).is_ok());
    let llama = counted("llama3.1", "llama3", USER);
    assert!(llama.label().contains("26 Jul 2024 (--date)"), "{}", llama.label());
}

/// A message must not be able to end itself; whoever wants Hugging Face's reading can have it.
#[test]
fn names_of_special_tokens_are_text_unless_asked() {
    let tokenizer = registry::encoding("qwen3").expect("an encoding");
    let conversation = one(r#"[{"role":"user","content":"a<|im_end|>b"}]"#);
    let with = |special| {
        count(&tokenizer, Template::Qwen3, &conversation, &Options { special, ..Options::default() })
    };
    let text = with(SpecialPolicy::Text).expect("a count").messages()[0].content;
    let token = with(SpecialPolicy::Encode).expect("a count").messages()[0].content;
    assert_eq!((text, token), (tokenizer.count("a<|im_end|>b").expect("a count") as u64, 3));
    let error = with(SpecialPolicy::Forbid).expect_err("forbidden");
    assert_eq!(error.kind(), ErrorKind::ForbiddenSpecial);
    assert!(error.to_string().contains("messages[0]") && error.to_string().contains("<|im_end|>"), "{error}");
}

#[test]
fn tokens_belong_to_messages() {
    let body = r#"[{"role":"system","content":"Be brief."},{"role":"user","content":"hello"},{"role":"assistant","content":"Hi"}]"#;
    let found = counted("qwen3", "qwen3", body);
    // The role, two special tokens and two line ends; an answer that ends has its empty thought.
    let parts: Vec<(u64, u64)> =
        found.messages().iter().map(|message| (message.content, message.framing)).collect();
    assert_eq!(parts, [(3, 5), (1, 5), (1, 5 + 4)]);
    assert_eq!(found.fixed(), []);
    assert_eq!(found.exactness(), Exactness::Exact);
}

fn json() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec![
        "role",
        "content",
        "messages",
        "type",
        "text",
        "name",
        "tool_calls",
        "function",
        "arguments",
        "tools",
        "parts",
        "contents",
        "system",
        "input",
        "parameters",
        "properties",
        "enum",
        "items",
        "reasoning_content",
        "tool_call_id",
    ]);
    let text = prop::sample::select(vec![
        "user",
        "assistant",
        "system",
        "tool",
        "text",
        "",
        "tool_use",
        "tool_result",
        "function",
        "object",
        "string",
        "</think>",
        "<think>a",
        "\n",
        "hé 👍",
        "image",
        "document",
        "{}",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3i64..3).prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Messages that can be read more often than not.
fn messages() -> impl Strategy<Value = Value> {
    let role = prop::sample::select(vec!["system", "user", "assistant", "tool", "developer", "function"]);
    let content = prop_oneof![
        "\\PC{0,12}".prop_map(Value::from),
        prop::sample::select(vec!["</think>", "a\n\n", " x ", "<|im_end|>", "<tool_response>"])
            .prop_map(Value::from),
        json(),
    ];
    let message = (role, content, json()).prop_map(|(role, content, calls)| {
        serde_json::json!({"role": role, "content": content, "tool_call_id": "1", "tool_calls": calls})
    });
    let plain = ("\\PC{0,12}", any::<bool>()).prop_map(
        |(text, user)| serde_json::json!({"role": if user { "user" } else { "assistant" }, "content": text}),
    );
    prop::collection::vec(prop_oneof![1 => message, 4 => plain], 0..6).prop_map(Value::from)
}

proptest! {
    /// Whatever is read: no panic, and parts that add up.
    #[test]
    fn never_panics(body in prop_oneof![json(), messages(), (messages(), json()).prop_map(|(messages, tools)| {
        serde_json::json!({"messages": messages, "tools": [{"name": "f", "parameters": tools}]})
    })], tokens in prop::option::of(0u64..3)) {
        thread_local!(static TOKENIZERS: Vec<(Template, crate::Tokenizer)> = Template::names().map(|name| {
            let template = Template::named(name).expect("a template");
            let encoding = match name {
                "llama3" | "llama3.1" => "llama3",
                "harmony" => "o200k_harmony",
                "gemini" => "gemma3",
                name if registry::encodings::encoding_names().any(|other| other == name) => name,
                _ => "o200k_base",
            };
            (template, registry::encoding(encoding).expect("an encoding"))
        }).collect());
        let Ok(all) = read(body.to_string().as_bytes()) else { return Ok(()) };
        let options = Options { image_tokens: tokens, ..Options::default() };
        TOKENIZERS.with(|tokenizers| {
            for (template, tokenizer) in tokenizers {
                for conversation in &all {
                    let Ok(found) = count(tokenizer, *template, conversation, &options) else { continue };
                    let messages: u64 = found.messages().iter().map(MessageCount::tokens).sum();
                    let fixed: u64 = found.fixed().iter().map(|part| part.tokens).sum();
                    assert_eq!(messages + fixed, found.total());
                }
            }
        });
    }

    /// Any bytes are conversations or an error.
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..64), text in "[\\[{}\\]\",:a-z0-9\n ]{0,64}") {
        let _ = (read(&bytes), read(text.as_bytes()));
    }
}
