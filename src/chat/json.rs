//! JSON as it was written: keys stay in their order, and none is dropped because it comes twice. And as Python
//! writes it, which is the form in which templates put tools into a prompt.
//!
//! What the values mean is left to the readers of conversations.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads one value and nothing after it. The error says where it is wrong, by line and column.
    pub(super) fn parse(text: &str) -> Result<Json, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The value of a key, if this is an object that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Json> {
        let Json::Object(entries) = self else { return None };
        entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The text, if it is one.
    pub(super) fn text(&self) -> Option<&str> {
        if let Json::Text(text) = self { Some(text) } else { None }
    }

    /// What kind of value this is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Bool(_) => "true or false",
            Json::Number(_) => "a number",
            Json::Text(_) => "a string",
            Json::List(_) => "a list",
            Json::Object(_) => "an object",
        }
    }

    /// Whether no text can be in it: null, true, false, a number, or nothing at all.
    pub(super) fn is_textless(&self) -> bool {
        match self {
            Json::Null | Json::Bool(_) | Json::Number(_) => true,
            Json::Text(text) => text.is_empty(),
            Json::List(list) => list.is_empty(),
            Json::Object(entries) => entries.is_empty(),
        }
    }

    /// As Python's `json.dumps(value, ensure_ascii=False)` writes it: a space after each comma and colon.
    pub(super) fn python(&self) -> String {
        let mut out = String::new();
        write(self, None, 0, &mut out);
        out
    }

    /// The same with `indent=4`: each entry in a line of its own.
    pub(super) fn python_indented(&self) -> String {
        let mut out = String::new();
        write(self, Some(4), 0, &mut out);
        out
    }
}

fn write(value: &Json, indent: Option<usize>, depth: usize, out: &mut String) {
    let line = |depth: usize, out: &mut String| {
        if let Some(indent) = indent {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent * depth));
        }
    };
    let between = |place: usize, out: &mut String| match (place, indent) {
        (0, _) => line(depth + 1, out),
        (_, None) => out.push_str(", "),
        (_, Some(_)) => {
            out.push(',');
            line(depth + 1, out);
        }
    };
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Json::Number(number) => out.push_str(&python_number(number)),
        Json::Text(text) => quote(text, out),
        Json::List(list) if list.is_empty() => out.push_str("[]"),
        Json::List(list) => {
            out.push('[');
            for (place, value) in list.iter().enumerate() {
                between(place, out);
                write(value, indent, depth + 1, out);
            }
            line(depth, out);
            out.push(']');
        }
        Json::Object(entries) if entries.is_empty() => out.push_str("{}"),
        Json::Object(entries) => {
            out.push('{');
            for (place, (key, value)) in entries.iter().enumerate() {
                between(place, out);
                quote(key, out);
                out.push_str(": ");
                write(value, indent, depth + 1, out);
            }
            line(depth, out);
            out.push('}');
        }
    }
}

/// A text in quotes, with a backslash before what JSON does not allow. All else stays as it is.
pub(super) fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\u{1f}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A number as Python writes it: with an exponent, of two digits at least, from 1e16 on and below 1e-4.
fn python_number(number: &Number) -> String {
    let Some(float) = number.as_f64().filter(|_| number.is_f64()) else { return number.to_string() };
    let scientific = format!("{float:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match exponent.parse::<i32>() {
        Ok(exponent) if float != 0.0 && !(-4..16).contains(&exponent) => {
            format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
        }
        _ => format!("{float:?}"),
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(Values)
    }
}

struct Values;

impl<'de> Visitor<'de> for Values {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = entries.next_element()? {
            list.push(value);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut object: Vec<(String, Json)> = Vec::new();
        while let Some((key, value)) = entries.next_entry::<String, Json>()? {
            // Readers keep the first or the last of two: whichever, a text would be lost. Long objects are no
            // part of any conversation, and looking through them would take long.
            if object.len() < 4096 && object.iter().any(|(other, _)| *other == key) {
                return Err(A::Error::custom(format_args!("the key {key:?} comes twice in one object")));
            }
            object.push((key, value));
        }
        Ok(Json::Object(object))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Made with Python 3.11: `json.dumps(json.loads(x), ensure_ascii=False)`.
    #[test]
    fn as_python_writes_it() {
        for (json, python) in [
            (r#"{"b":1,"a":[true,null,{}],"c":[]}"#, r#"{"b": 1, "a": [true, null, {}], "c": []}"#),
            (r#"[0.5,1.0,1e16,1e-5,0.0001,-3,1.5e300]"#, "[0.5, 1.0, 1e+16, 1e-05, 0.0001, -3, 1.5e+300]"),
            (r#""é\u00e9\u0001\u007f\"\\\/\n\b""#, "\"éé\\u0001\u{7f}\\\"\\\\/\\n\\b\""),
            (r#"18446744073709551615"#, "18446744073709551615"),
        ] {
            assert_eq!(Json::parse(json).unwrap().python(), python);
        }
        let indented = Json::parse(r#"{"a":[1,2],"b":{}}"#).unwrap().python_indented();
        assert_eq!(indented, "{\n    \"a\": [\n        1,\n        2\n    ],\n    \"b\": {}\n}");
    }

    #[test]
    fn a_key_that_comes_twice_is_an_error() {
        let error = Json::parse("{\"a\": 1,\n \"a\": 2}").unwrap_err().to_string();
        assert!(error.contains("\"a\" comes twice") && error.contains("line 2"), "{error}");
        assert!(Json::parse(&"[".repeat(100_000)).is_err());
    }
}
