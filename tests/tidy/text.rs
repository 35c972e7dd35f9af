//! Finds things in Rust text: words, imports, functions, and what is not code.
//!
//! Everything works on text whose comments and literals are spaces, so that no rule is broken by a word in a
//! comment; blanking keeps offsets and line ends.

/// Where code imports from the crate root, and what: `crate::x`, `crate::{x, y::z}`, enough `super::`, and
/// `bytepair::x`, the library's name as the binary sees it.
pub(crate) fn imports(code: &str, depth: usize) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for root in ["crate::", "bytepair::"] {
        for at in words(code, root) {
            found.extend(names(&code[at + root.len()..]).map(|name| (at, name.to_string())));
        }
    }
    for at in words(code, "super::").filter(|at| !code[..*at].ends_with("super::")) {
        let after = code[at..].trim_start_matches("super::");
        let supers = (code.len() - at - after.len()) / "super::".len();
        if supers >= depth {
            found.extend(names(after).map(|name| (at, name.to_string())));
        }
    }
    found
}

/// The first name of each path in what follows a `root::`: one, or those of a brace group.
pub(crate) fn names(after: &str) -> impl Iterator<Item = &str> {
    let (list, most) = match after.strip_prefix('{') {
        Some(group) => (&group[..item_end(after, 0) - 1], usize::MAX),
        None => (after, 1),
    };
    let mut depth = 0;
    let paths = list.split(move |c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    paths.take(most).map(|path| identifier(path.trim_start())).filter(|name| !name.is_empty())
}

/// Every function with a body: where it starts, and its lines from `fn` to the closing brace.
pub(crate) fn functions(code: &str) -> Vec<(usize, usize)> {
    let named = words(code, "fn").filter(|at| code[at + 2..].starts_with(' ')); // `fn(u8)` is a type
    named.map(|at| (at, code[at..item_end(code, at)].matches('\n').count() + 1)).collect()
}

/// The end of the item that begins at `from`: its `;`, or the brace that closes its first one.
fn item_end(code: &str, from: usize) -> usize {
    let (mut nested, mut braces) = (0, 0);
    for (i, byte) in code.bytes().enumerate().skip(from) {
        match byte {
            b'(' | b'[' => nested += 1,
            b')' | b']' => nested -= 1,
            b'{' => braces += 1,
            b'}' if braces <= 1 => return i + 1,
            b'}' => braces -= 1,
            b';' if nested == 0 && braces == 0 => return i + 1,
            _ => {}
        }
    }
    code.len()
}

/// The length of the attribute (`#[…]`) that the code begins with.
pub(crate) fn attribute_length(code: &str) -> usize {
    let mut depth = 0;
    let end = code.find(|c| {
        depth += i32::from(c == '[') - i32::from(c == ']');
        c == ']' && depth == 0
    });
    end.map_or(code.len(), |end| end + 1)
}

/// Where `word` stands as a word of its own.
pub(crate) fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    let open_end = word.ends_with(joins); // `std::` and `println!` end themselves
    code.match_indices(word).map(|(at, _)| at).filter(move |at| {
        !(code[..*at].ends_with(joins) || open_end && code[at + word.len()..].starts_with(joins))
    })
}

/// The name the text begins with, `*` for a glob, or nothing.
pub(crate) fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    if text.starts_with('*') { "*" } else { &text[..end] }
}

/// The text with comments, strings and characters blanked.
pub(crate) fn blank_literals(text: &str) -> String {
    let mut code = text.as_bytes().to_vec();
    let mut at = 0;
    while at < code.len() {
        match literal_length(text, at) {
            Some(length) => {
                blank(&mut code[at..at + length]);
                at += length;
            }
            None => at += 1,
        }
    }
    String::from_utf8(code).expect("whole characters are blanked")
}

/// The code with each item under `#[cfg(test)]` blanked, and the lines these take.
pub(crate) fn blank_tests(code: &str) -> (String, usize) {
    let mut bytes = code.as_bytes().to_vec();
    let (mut from, mut lines) = (0, 0);
    while let Some(found) = code[from..].find("#[cfg(test)]") {
        let (start, end) = (from + found, item_end(code, from + found));
        blank(&mut bytes[start..end]);
        lines += code[start..end].matches('\n').count() + 1;
        from = end;
    }
    (String::from_utf8(bytes).expect("whole characters are blanked"), lines)
}

fn blank(bytes: &mut [u8]) {
    bytes.iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
}

/// How long the comment or literal is that begins at `at`, if one does.
fn literal_length(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?; // None inside a character
    let until = |from: usize, end: &str| rest[from..].find(end).map_or(rest.len(), |i| from + i + end.len());
    match rest.as_bytes() {
        [b'/', b'/', ..] => Some(rest.find('\n').unwrap_or(rest.len())),
        [b'/', b'*', ..] => Some(block_comment_length(rest)),
        [b'"', ..] => Some(quoted_length(rest, b'"')),
        [b'r', b'"' | b'#', ..] if starts_raw(text, at) => {
            let hashes = rest[1..].find('"')?;
            let only_hashes = rest[1..1 + hashes].bytes().all(|byte| byte == b'#');
            only_hashes.then(|| until(hashes + 2, &format!("\"{}", "#".repeat(hashes))))
        }
        [b'\'', b'\\', ..] => Some(quoted_length(rest, b'\'')),
        [b'\'', ..] => {
            let length = 1 + rest[1..].chars().next()?.len_utf8();
            rest[length..].starts_with('\'').then_some(length + 1) // otherwise a lifetime
        }
        _ => None,
    }
}

/// Whether an `r` begins a raw string rather than ending a name: `r"`, `br"`, `cr"`, but not `for"`.
fn starts_raw(text: &str, at: usize) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    let before = &text[..at];
    !before.strip_suffix(['b', 'c']).unwrap_or(before).ends_with(joins)
}

fn quoted_length(rest: &str, quote: u8) -> usize {
    let mut escaped = false;
    let end = rest.bytes().skip(1).position(|byte| {
        let ends = byte == quote && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(rest.len(), |end| end + 2)
}

/// Block comments nest.
fn block_comment_length(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] if depth == 1 => return at + 2,
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    rest.len()
}

#[test]
fn functions_are_measured() {
    let code =
        blank_literals("fn a() {}\nfn b(\n) -> [u8; 2] {\n  if x { '}' } // }\n}\ntype T = fn(u8);\nfn c();");
    assert_eq!(functions(&code), [(0, 1), (10, 4), (code.rfind("fn c").expect("c"), 1)]);
}

#[test]
fn words_in_comments_and_literals_are_not_code() {
    let hidden = [
        "// unsafe",
        "/* /* */ unsafe */",
        "\"\\\" unsafe\"",
        "r#\"\" unsafe\"#",
        "br\"\\\"; b\"unsafe\"",
        "not_unsafe",
        "'\"'; // unsafe '\"'",
    ];
    for text in hidden {
        assert_eq!(words(&blank_literals(text), "unsafe").next(), None, "{text}");
    }
    let seen = [
        "unsafe {}",
        "\"\\\\\" unsafe",
        "fn f<'a>(x: &'a u8) { unsafe {} }",
        "'\"' unsafe '\"'",
        "'\\'' unsafe",
        "// x\nunsafe",
        "é unsafe",
    ];
    for text in seen {
        assert_eq!(words(&blank_literals(text), "unsafe").count(), 1, "{text}");
    }
}

#[test]
fn imports_are_found() {
    let found =
        |code, depth| imports(code, depth).into_iter().map(|(_, name)| name).collect::<Vec<_>>().join(" ");
    assert_eq!(found("use crate::a::b; x(crate::c::D); my_crate::e", 1), "a c");
    assert_eq!(found("use crate::{a, b::{c, d}, e as f,\n g::*,};", 1), "a b e g");
    assert_eq!(found("use super::a; use super::super::b; use super::{c, d};", 1), "a b c d");
    assert_eq!(found("use super::a; use super::super::b; use super::*;", 2), "b");
    assert_eq!(found("use super::*; use bytepair::Tokenizer;", 1), "Tokenizer *");
}
