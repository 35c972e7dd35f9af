//! Lines that are JSON objects: the string under one key of each, or where in the input something else stands.
//!
//! Where a text is cut into lines that are read together is left to `corpus`.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::error::{Error, ErrorKind};

/// What some editors put before UTF-8. JSON has no place for it (RFC 8259, 8.1), but readers may skip it at the very beginning.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The strings of some lines, one after the other.
#[derive(Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    /// Reads the string under `key` of every line of `text`, in place of those that were read before; blank lines have none.
    /// The text begins at byte `byte` of its input, after `lines` lines; how many lines it has.
    ///
    /// Fails if a line is not an object with such a string: the error has the place.
    pub(super) fn read(&mut self, text: &[u8], key: &str, byte: u64, lines: u64) -> Result<u64, Error> {
        self.text.clear();
        self.ends.clear();
        let (mut at, mut number) = (0, lines);
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            number += 1;
            let has_mark = byte == 0 && at == 0 && line.starts_with(MARK);
            let skipped = if has_mark { MARK.len() } else { 0 };
            // Without its end, or the parser would count from there.
            let json = line[skipped..].strip_suffix(b"\n").unwrap_or(&line[skipped..]);
            if !json.trim_ascii().is_empty() {
                let begin = byte + (at + skipped) as u64;
                self.read_line(json, key).map_err(|wrong| wrong.at(number, begin, json, key))?;
            }
            at += line.len();
        }
        Ok(number - lines)
    }

    fn read_line(&mut self, line: &[u8], key: &str) -> Result<(), Wrong> {
        let mut json = serde_json::Deserializer::from_slice(line);
        let before = self.text.len();
        let found = StringUnder { key, text: &mut self.text, before }
            .deserialize(&mut json)
            .and_then(|found| json.end().map(|()| found))
            .map_err(Wrong::Json)?;
        if !found {
            return Err(Wrong::NoString);
        }
        self.ends.push(self.text.len());
        Ok(())
    }

    /// The strings, in the order of the lines.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts.zip(&self.ends).map(|(&start, &end)| &self.text.as_bytes()[start..end])
    }
}

/// What is wrong with a line.
enum Wrong {
    Json(serde_json::Error),
    NoString,
}

impl Wrong {
    /// The error, for a line of this number that begins at byte `begin`.
    #[cold]
    fn at(self, number: u64, begin: u64, line: &[u8], key: &str) -> Error {
        let invalid = |byte: u64, what: &str, hint: &str| {
            Error::new(ErrorKind::Io, format!("line {number}, byte {byte}: {what}")).with_hint(hint)
        };
        let error = match self {
            Wrong::NoString => {
                return invalid(
                    begin,
                    &format!("the line is no object with a string under {key:?}"),
                    "every line that is not blank needs one: name another key, or leave the line out",
                );
            }
            Wrong::Json(error) => error,
        };
        // Of the line that it was given, which is the only one, the parser tells how many bytes it has read.
        let place = if error.is_eof() { line.len() } else { error.column().saturating_sub(1) };
        let text = error.to_string();
        let what = text.split(" at line ").next().unwrap_or(&text);
        let byte = begin + place.min(line.len()) as u64;
        let what = format!("not JSON: {what}");
        invalid(
            byte,
            &what,
            if what.contains("surrogate") || what.contains("hex escape") {
                "half of a UTF-16 pair, such as \\ud83d alone, is no character: write both halves, or leave the line out"
            } else if what.contains("unicode code point") {
                "JSON is UTF-8: convert the file, or leave the line out"
            } else if line.starts_with(MARK) {
                "a byte order mark may stand at the beginning of a file only: take it off"
            } else {
                "every line that is not blank is one JSON object"
            },
        )
    }
}

/// The string under a key, put to the end of `text`; whether there is one. Of a key that comes twice, the last one counts.
struct StringUnder<'a> {
    key: &'a str,
    text: &'a mut String,
    before: usize,
}

impl<'de> DeserializeSeed<'de> for StringUnder<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<bool, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for StringUnder<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut found = false;
        while let Some(is_it) = map.next_key_seed(IsKey(self.key))? {
            if is_it {
                self.text.truncate(self.before);
                found = map.next_value_seed(Text(self.text))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// Whether a key is this one.
struct IsKey<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for IsKey<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<bool, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for IsKey<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(key == self.0)
    }
}

/// A value: if it is a string, it is put to the end of the text. Whether it is one.
struct Text<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for Text<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<bool, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Text<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<bool, E> {
        self.0.push_str(text);
        Ok(true)
    }

    fn visit_bool<E>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_i64<E>(self, _: i64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_u64<E>(self, _: u64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_f64<E>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<bool, A::Error> {
        while values.next_element::<IgnoredAny>()?.is_some() {}
        Ok(false)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, byte: u64) -> Result<(u64, Vec<String>), Error> {
        let mut strings = Strings::default();
        let lines = strings.read(text.as_bytes(), "text", byte, 10)?;
        Ok((lines, strings.iter().map(|text| String::from_utf8(text.to_vec()).expect("UTF-8")).collect()))
    }

    #[test]
    fn strings_are_found_as_a_parser_of_values_finds_them() {
        let text = "{\"text\": \"a\\n\\u00e9\"}\r\n\n \t\n{\"id\": [1, {\"text\": \"no\"}], \"text\":\"\"}\n\
                    {\"text\": 1, \"text\": \"last\"}\n{\"\\u0074ext\": \"\\ud83d\\ude00\", \"x\": null}";
        let (lines, strings) = read(text, 5).expect("good lines");
        assert_eq!((lines, strings), (6, vec!["a\né".into(), String::new(), "last".into(), "😀".into()]));
    }

    #[test]
    fn a_mark_is_skipped_at_the_beginning_only() {
        assert_eq!(read("\u{feff}{\"text\": \"a\"}\n", 0).expect("a mark").1, ["a"]);
        assert_eq!(read("\u{feff}\n{\"text\": \"a\"}\n", 0).expect("a mark alone").1, ["a"]);
        for (text, byte) in
            [("\u{feff}{\"text\": \"a\"}", 7), ("{\"text\": \"a\"}\n\u{feff}{\"text\": \"b\"}", 0)]
        {
            let error = read(text, byte).expect_err("a mark elsewhere");
            assert!(error.hint().expect("a hint").contains("byte order mark"), "{error}");
        }
        let error = read("\u{feff}\u{feff}{\"text\": \"a\"}\n", 0).expect_err("two marks");
        assert!(error.to_string().starts_with("line 11, byte 3: not JSON"), "{error}");
    }

    #[test]
    fn errors_have_the_line_and_the_byte() {
        let good = "{\"text\": \"a\"}\n";
        for (line, place, words) in [
            ("{\"text\": x}", 9, "not JSON: expected value"),
            ("{\"text\": \"a\"", 12, "EOF"),
            ("{\"text\": \"a\"} {}", 14, "trailing"),
            ("{\"text\": \"\\ud83d\"}", 16, "hex escape"),
            ("{\"text\": \"\\ude00\"}", 15, "surrogate"),
            ("[\"text\"]", 0, "object"),
            ("{\"text\": \"a\", \"text\": null}", 0, "no object with a string under \"text\""),
            ("{\"txt\": \"a\"}", 0, "no object with a string under \"text\""),
            ("7", 0, "object"),
        ] {
            let error = read(&format!("{good}{line}\n{good}"), 100).expect_err("a bad line");
            let begin = 100 + good.len() as u64;
            let message = error.to_string();
            let at = message
                .strip_prefix("line 12, byte ")
                .and_then(|rest| rest.split_once(": "))
                .expect("a place");
            assert!(message.contains(words), "{message}");
            assert!(
                at.0.parse::<u64>().expect("a number").abs_diff(begin + place) <= 2,
                "{message}, not {place}"
            );
            assert!(error.hint().is_some());
        }
    }
}
