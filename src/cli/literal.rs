//! Bytes of tokens as text that shows all of them: nothing is invisible, and two different tokens never look alike.
//!
//! [`quoted`] is for lists and can be read back by programs; [`plain`] is for rows of tokens that people read.

use std::fmt::Write;

/// Characters that cannot be seen, or that change how others are seen, first and last of each run: spaces but U+0020,
/// default-ignorable characters, controls of direction and of annotation, and what is no character. After the Unicode
/// Character Database, 16.0 (Zs, Zl, Zp, Cf and Default_Ignorable_Code_Point, noncharacters).
pub(crate) const INVISIBLE: [(u32, u32); 31] = [
    (0x80, 0xa0),
    (0xad, 0xad),
    (0x34f, 0x34f),
    (0x600, 0x605),
    (0x61c, 0x61c),
    (0x6dd, 0x6dd),
    (0x70f, 0x70f),
    (0x890, 0x891),
    (0x8e2, 0x8e2),
    (0x115f, 0x1160),
    (0x1680, 0x1680),
    (0x17b4, 0x17b5),
    (0x180b, 0x180f),
    (0x2000, 0x200f),
    (0x2028, 0x202f),
    (0x205f, 0x206f),
    (0x2800, 0x2800),
    (0x3000, 0x3000),
    (0x3164, 0x3164),
    (0xfdd0, 0xfdef),
    (0xfe00, 0xfe0f),
    (0xfeff, 0xfeff),
    (0xffa0, 0xffa0),
    (0xfff0, 0xfffb),
    (0xfffe, 0xffff),
    (0x110bd, 0x110bd),
    (0x110cd, 0x110cd),
    (0x13430, 0x1343f),
    (0x1bca0, 0x1bca3),
    (0x1d173, 0x1d17a),
    (0xe0000, 0xe0fff),
];

/// The blocks of combining marks that are used with all scripts: they stand on the character before, which is another token's.
const MARKS: [(u32, u32); 5] =
    [(0x300, 0x36f), (0x1ab0, 0x1aff), (0x1dc0, 0x1dff), (0x20d0, 0x20ff), (0xfe20, 0xfe2f)];

/// The bytes between quotes. `\"`, `\\`, `\n`, `\r`, `\t` are what they are in most languages, `\u{HEX}` is a character, and
/// `\xHH` a byte that is no part of UTF-8 here. What else stands there stands for itself.
pub(crate) fn quoted(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 2);
    out.push('"');
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                c => put(c, &mut out),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out.push('"');
    out
}

/// The bytes for a row of tokens: spaces as `␣`, bytes that are no character as `‹e2 80›`, characters that cannot be seen
/// as [`quoted`] has them; and so the signs themselves, where the text has them.
pub(crate) fn plain(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                ' ' => out.push('␣'),
                '\\' => out.push_str("\\\\"),
                '␣' | '‹' | '›' | '…' => out.extend(c.escape_unicode()),
                c => put(c, &mut out),
            }
        }
        let invalid = chunk.invalid();
        for (place, byte) in invalid.iter().enumerate() {
            let before = if place == 0 { "‹" } else { " " };
            let _ = write!(out, "{before}{byte:02x}");
        }
        out.extend((!invalid.is_empty()).then_some('›'));
    }
    // Bytes of several characters that are not whole stand beside each other.
    out.replace("›‹", " ")
}

fn put(c: char, out: &mut String) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if is_unseen(c) => out.extend(c.escape_unicode()),
        c => out.push(c),
    }
}

fn is_unseen(c: char) -> bool {
    c < ' ' || c == '\x7f' || is_invisible(c) || is_within(c, &MARKS)
}

/// Whether a character cannot be seen, or changes how others are seen. Controls of ASCII are left to the caller.
pub(crate) fn is_invisible(c: char) -> bool {
    let plane_end = c as u32 & 0xfffe == 0xfffe;
    plane_end || is_within(c, &INVISIBLE)
}

fn is_within(c: char, runs: &[(u32, u32)]) -> bool {
    let code = u32::from(c);
    let at = runs.partition_point(|&(_, last)| last < code);
    runs.get(at).is_some_and(|&(first, _)| first <= code)
}

/// The bytes in hexadecimal digits, with spaces between them.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let bytes: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.join(" ")
}

/// The bytes of hexadecimal digits, two for each; white space, commas and `0x` between them do not matter.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()) {
        let digits = word.strip_prefix("0x").unwrap_or(word);
        if digits.is_empty() || digits.len() % 2 == 1 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            return None;
        }
        for at in (0..digits.len()).step_by(2) {
            bytes.push(u8::from_str_radix(&digits[at..at + 2], 16).ok()?);
        }
    }
    (!bytes.is_empty()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_seen() {
        let cases: [(&[u8], &str, &str); 7] = [
            (b" the", "\" the\"", "␣the"),
            (b"\xe2\x80", "\"\\xe2\\x80\"", "‹e2 80›"),
            (b"\xff\xfe\xe2\x80x", "\"\\xff\\xfe\\xe2\\x80x\"", "‹ff fe e2 80›x"),
            (b"a\"b\\n\n", "\"a\\\"b\\\\n\\n\"", "a\"b\\\\n\\n"),
            ("\u{200b}e\u{301}\u{7}".as_bytes(), "\"\\u{200b}e\\u{301}\\u{7}\"", "\\u{200b}e\\u{301}\\u{7}"),
            ("‹␣".as_bytes(), "\"‹␣\"", "\\u{2039}\\u{2423}"),
            ("漢é🦀".as_bytes(), "\"漢é🦀\"", "漢é🦀"),
        ];
        for (bytes, in_quotes, in_row) in cases {
            assert_eq!(quoted(bytes), in_quotes);
            assert_eq!(plain(bytes), in_row);
        }
        for runs in [&INVISIBLE[..], &MARKS] {
            assert!(runs.windows(2).all(|pair| pair[0].1 < pair[1].0));
        }
    }

    #[test]
    fn bytes_are_read() {
        for text in ["e2 80", "e280", "0xe2, 0x80", "E2\t80", "0xE280"] {
            assert_eq!(from_hex(text).as_deref(), Some(&b"\xe2\x80"[..]), "{text}");
        }
        for text in ["", "e", "e2 8", "xy", "+1", "é1"] {
            assert_eq!(from_hex(text), None, "{text}");
        }
    }
}
