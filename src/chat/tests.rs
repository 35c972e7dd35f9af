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
            _ if is_claude => (name.to_owned(), "o200k_base"),
            Ok(found) => (found.model.name.to_owned(), found.model.encoding),
            Err(error) => panic!("{name}: {error}"),
        };
        let tokenizer = registry::encoding(encoding).expect("an encoding");
        let template = Template::of(Some(&model), encoding).expect("a template");
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
