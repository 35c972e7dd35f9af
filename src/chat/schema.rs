//! Functions as OpenAI's older models are told of them: as TypeScript, in a namespace. Found by users from what the API
//! counted, and written down in several libraries; gpt-tokenizer 4.0 has 32 requests with their numbers.
//!
//! Counting is left to `openai`.

use super::Tool;
use super::json::{Json, quote};

/// Keys of a schema that the text holds, or that are known to have no place in it.
const KNOWN: [&str; 8] =
    ["type", "description", "enum", "properties", "required", "items", "additionalProperties", "$schema"];

/// The namespace.
pub(super) fn namespace(tools: &[Tool]) -> String {
    let mut lines = vec!["namespace functions {".to_owned(), String::new()];
    for tool in tools {
        lines
            .extend(tool.description.iter().filter(|text| !text.is_empty()).map(|text| format!("// {text}")));
        let schema = tool.parameters.as_ref();
        match schema.filter(|schema| schema.get("properties").is_some_and(|all| !all.is_textless())) {
            None => lines.push(format!("type {} = () => any;", tool.name)),
            Some(schema) => {
                lines.push(format!("type {} = (_: {{", tool.name));
                lines.push(properties(schema, 0));
                lines.push("}) => any;".to_owned());
            }
        }
        lines.push(String::new());
    }
    lines.push("} // namespace functions".to_owned());
    lines.join("\n")
}

/// The properties of an object, one a line; only the outer ones are described.
fn properties(schema: &Json, indent: usize) -> String {
    let Some(Json::Object(all)) = schema.get("properties") else { return String::new() };
    let is_required = |name: &str| match schema.get("required") {
        Some(Json::List(list)) => list.iter().any(|other| other.text() == Some(name)),
        _ => false,
    };
    let spaces = " ".repeat(indent);
    let mut lines = Vec::new();
    for (name, property) in all {
        let description = property.get("description").and_then(Json::text).filter(|text| !text.is_empty());
        lines.extend(description.filter(|_| indent < 2).map(|text| format!("{spaces}// {text}")));
        let mark = if is_required(name) { "" } else { "?" };
        lines.push(format!("{spaces}{name}{mark}: {},", kind(property, indent)));
    }
    lines.join("\n")
}

fn kind(schema: &Json, indent: usize) -> String {
    let values = || match schema.get("enum") {
        Some(Json::List(values)) => Some(values.iter().map(value).collect::<Vec<_>>().join(" | ")),
        _ => None,
    };
    match schema.get("type").and_then(Json::text) {
        Some("string") => values().unwrap_or_else(|| "string".to_owned()),
        Some("number" | "integer") => values().unwrap_or_else(|| "number".to_owned()),
        Some("boolean") => "boolean".to_owned(),
        Some("null") => "null".to_owned(),
        Some("array") => match schema.get("items") {
            Some(items) => format!("{}[]", kind(items, indent)),
            None => "any[]".to_owned(),
        },
        Some("object") => format!("{{\n{}\n{}}}", properties(schema, indent + 2), " ".repeat(indent)),
        _ => "any".to_owned(),
    }
}

/// One of the values that are allowed, as JSON writes it.
pub(super) fn value(value: &Json) -> String {
    let mut written = String::new();
    match value {
        Json::Text(text) => quote(text, &mut written),
        other => written = other.python(),
    }
    written
}

/// Calls `each` with the keys of a schema, and of those in it, that no rule covers, and with what they hold. `depth`: how
/// many levels of properties the rule knows.
pub(super) fn uncovered<'j>(schema: &'j Json, depth: usize, each: &mut impl FnMut(&'j str, &'j Json)) {
    let Json::Object(entries) = schema else { return };
    for (key, value) in entries {
        match (key.as_str(), value) {
            ("properties" | "items", value) if depth == 0 => each(key, value),
            ("properties", Json::Object(all)) => {
                all.iter().for_each(|(_, schema)| uncovered(schema, depth - 1, each));
            }
            ("items", items) => uncovered(items, depth, each),
            ("type", Json::Text(_)) => {}
            ("type", value) => each(key, value),
            (key, _) if KNOWN.contains(&key) => {}
            (_, value) if value.is_textless() && !matches!(value, Json::Number(_)) => {}
            (key, value) => each(key, value),
        }
    }
}
