//! The cases about conversations, through the library.

use bytepair::chat::{self, ChatCount, Options, Template};
use bytepair::encoding;

use super::case;

fn counted(template: Template, name: &str, body: &str) -> ChatCount {
    let conversations = chat::read(body.as_bytes()).unwrap();
    chat::count(&encoding(name).unwrap(), template, &conversations[0], &Options::default()).unwrap()
}

#[test]
fn chat_count() {
    let case = case("chat-count");
    let (body, expected) = (case["input_text"].as_str().unwrap(), &case["expected"]);
    for (template, name, key) in [
        (Template::OpenAi, "cl100k_base", "gpt-3.5-turbo-0613 / gpt-4"),
        (Template::OpenAi, "o200k_base", "gpt-4o"),
        (Template::OpenAi0301, "cl100k_base", "gpt-3.5-turbo-0301 (4,-1)"),
    ] {
        let found = counted(template, name, body);
        assert_eq!(found.total(), expected[key], "{key}");
        assert_eq!(found.content(), expected["content_tokens_only"][name], "{key}");
    }
}

#[test]
fn tool_schema() {
    let case = case("tool-schema");
    let (body, expected) = (case["input_text"].as_str().unwrap(), &case["expected"]);
    for (model, name) in [("gpt-4", "cl100k_base"), ("gpt-4o", "o200k_base")] {
        let template = Template::of(Some(model), name).unwrap();
        let found = counted(template, name, body);
        assert_eq!(found.total(), expected[model], "{model}");
        let tools: u64 = found.fixed().iter().filter(|part| part.is_text).map(|part| part.tokens).sum();
        assert_eq!(found.total() - tools, expected["messages_only"][model], "{model}");
        assert!(found.label().starts_with("approximate"), "{}", found.label());
        // A field that the formula does not know is told, and not left out.
        let more = body.replace(
            "\"enum\": [\"c\", \"f\"]",
            "\"enum\": [\"c\", \"f\"], \"anyOf\": [{\"type\": \"null\"}]",
        );
        let more = counted(template, name, &more);
        assert!(more.total() > found.total() && more.notes().join(" ").contains("anyOf"), "{more:?}");
    }
}
