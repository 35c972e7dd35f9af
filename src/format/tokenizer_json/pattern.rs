//! Regular expressions of a `tokenizer.json`: Oniguruma's syntax (as Ruby has it), put into that of `fancy-regex`.
//!
//! Most patterns mean the same in both. What does not is rewritten, and what cannot be is an error.
//! Source: Oniguruma's `doc/RE`; the classes were compared by running Hugging Face's tokenizers 0.23.3.

/// What `\w` matches. Rust's `\w` has two more characters, those that join.
const WORD: &str = r"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}";

/// The pattern in the syntax of `fancy-regex`; or what in it is not supported.
pub(super) fn translate(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    let mut class_depth = 0usize;
    while let Some(char) = chars.next() {
        match char {
            '{' if class_depth == 0 => {
                out.push_str(&count(&mut chars)?);
                continue;
            }
            '-' | '~' if class_depth > 0 && chars.peek() == Some(&char) => {
                return Err(format!("{char}{char} in a class of a pattern is not supported"));
            }
            '\\' => {
                let escaped = chars.next().ok_or("the pattern ends in a backslash")?;
                escape(escaped, class_depth > 0, &mut out)?;
                if matches!(escaped, 'p' | 'P' | 'x' | 'u') && chars.peek() == Some(&'{') {
                    while let Some(char) = chars.next_if(|&char| char != '}') {
                        out.push(char);
                    }
                    out.extend(chars.next());
                }
                continue;
            }
            '[' if chars.peek() == Some(&':') && class_depth > 0 => {
                return Err("classes such as [:alpha:] are not supported".into());
            }
            '[' => class_depth += 1,
            ']' => class_depth = class_depth.saturating_sub(1),
            // In Ruby these are the borders of lines, always.
            '^' | '$' if class_depth == 0 => {
                out.push_str(if char == '^' { "(?m:^)" } else { "(?m:$)" });
                continue;
            }
            '(' if class_depth == 0 && chars.peek() == Some(&'?') => {
                out.push(char);
                group(&mut chars, &mut out)?;
                continue;
            }
            _ => {}
        }
        out.push(char);
        // The sign that turns a class round is no border of a line.
        if char == '['
            && let Some('^') = chars.peek()
        {
            out.extend(chars.next());
        }
    }
    Ok(out)
}

/// The pattern in Oniguruma's syntax; or that it cannot be written in it.
pub(super) fn translate_back(pattern: &str) -> Result<String, String> {
    let there = pattern.replace("(?m:^)", "^").replace("(?m:$)", "$");
    // A repetition with numbers cannot be possessive there: the plus would repeat the whole.
    let is_counted = |(end, _): (usize, &str)| {
        let inside = there[..end].rsplit('{').next().unwrap_or_default();
        inside.bytes().all(|byte| byte.is_ascii_digit() || byte == b',')
    };
    let is_same =
        !there.match_indices("}+").any(is_counted) && translate(&there).is_ok_and(|back| back == pattern);
    is_same.then_some(there).ok_or_else(|| format!("its pattern would mean something else there: {pattern}"))
}

/// A backslash and a character.
fn escape(escaped: char, in_class: bool, out: &mut String) -> Result<(), String> {
    match escaped {
        'w' if in_class => out.push_str(WORD),
        'w' => out.extend(["[", WORD, "]"]),
        'W' => out.extend(["[^", WORD, "]"]),
        'b' if !in_class => {
            let word = format!("[{WORD}]");
            out.push_str(&format!("(?:(?<={word})(?!{word})|(?<!{word})(?={word}))"));
        }
        's' | 'S' | 'd' | 'D' | 'p' | 'P' | 'r' | 'n' | 't' | 'f' | 'v' | 'x' | 'u' | '1'..='9' => {
            out.extend(['\\', escaped]);
        }
        // A letter may mean something else there.
        _ if escaped.is_ascii_alphanumeric() => {
            return Err(format!("\\{escaped} in a pattern is not supported"));
        }
        ' ' | '\u{80}'.. => out.push(escaped),
        _ => out.extend(['\\', escaped]),
    }
    Ok(())
}

/// What follows on `{`, with it: how often something comes. In Ruby's syntax what follows on that is no part of it but comes
/// after it: `a{2}?` is `(?:a{2})?`, `a{2}+` is `(?:a{2})+`.
fn count(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<String, String> {
    let mut count = String::from("{");
    while let Some(char) = chars.next_if(|&char| char.is_ascii_digit() || char == ',') {
        count.push(char);
    }
    let end = chars.next_if_eq(&'}').ok_or("a { that is no count is not supported; write \\{")?;
    let (least, most) = match count[1..].split_once(',') {
        Some(("", _)) => {
            return Err(format!("{count}}} in a pattern is not supported; write {{0{}}}", &count[1..]));
        }
        Some((least, most)) => (least, most),
        None => (&count[1..], &count[1..]),
    };
    let number =
        |digits: &str| digits.parse::<u32>().map_err(|_| format!("{count}}} in a pattern is no count"));
    if !most.is_empty() && number(least)? > number(most)? {
        return Err(format!("{count}}} in a pattern is not supported"));
    }
    number(least)?;
    if let Some(sign @ ('+' | '?')) = chars.peek() {
        return Err(format!(
            "{count}}}{sign} in a pattern means {{…}} and then {sign} in some engines: write (?:…){sign} around it"
        ));
    }
    count.push(end);
    Ok(count)
}

/// What follows on `(`: the question mark and what it says, up to where both syntaxes go on alike.
fn group(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, out: &mut String) -> Result<(), String> {
    out.extend(chars.next());
    while let Some(&char) = chars.peek() {
        match char {
            'i' | '-' => out.extend(chars.next()),
            ':' | '=' | '!' | '>' | ')' | '<' => {
                out.extend(chars.next());
                return Ok(());
            }
            _ => return Err(format!("(?{char} in a pattern is not supported")),
        }
    }
    Ok(())
}

/// A pattern that matches this text only.
pub(super) fn literally(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_ascii_punctuation()
            && !matches!(
                char,
                '<' | '>' | '\'' | '"' | '_' | ',' | '=' | ':' | ';' | '!' | '%' | '@' | '`' | '/'
            )
        {
            pattern.push('\\');
        }
        pattern.push(char);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_the_same_stays() {
        for pattern in [
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s+(?!\S)|\s+",
            "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+| ?[\\p{P}\\p{S}]+[\r\n]*",
            r"[\p{Lu}&&[^\p{Han}]]+",
        ] {
            assert_eq!(translate(pattern).as_deref(), Ok(pattern));
        }
    }

    #[test]
    fn the_way_back() {
        for (pattern, wanted) in [(r"\p{L}+(?m:$)", Some(r"\p{L}+$")), (r"a|\s+(?!\S)", Some(r"a|\s+(?!\S)"))]
        {
            assert_eq!(translate_back(pattern).ok().as_deref(), wanted);
        }
        for refused in [r"\p{N}{1,3}+", "^a", r"\s++$", r"\w+", r"\bx"] {
            assert!(translate_back(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn what_means_something_else_is_rewritten_or_refused() {
        let cut = |pattern: &str, text: &str| -> Vec<String> {
            let regex = fancy_regex::Regex::new(&translate(pattern).expect("supported")).expect("a pattern");
            regex.find_iter(text).map(|found| found.expect("few steps").as_str().to_owned()).collect()
        };
        // Made with Hugging Face's tokenizers 0.23.3: the matches of a Split that isolates.
        assert_eq!(cut("^a", "xa\na b\na"), ["a", "a"]);
        assert_eq!(cut("a$", "xa\na b\na"), ["a", "a"]);
        assert_eq!(cut(r"\w+", "b a\u{e9}\u{24b6}\u{200d}x"), ["b", "a\u{e9}\u{24b6}", "x"]);
        for refused in [
            r"1{2}+",
            "1{2}?",
            "(?:1){1,2}+",
            "1{,2}",
            "1{2,1}",
            "a{",
            "a{b}",
            "[a--b]",
            "[a~~b]",
            r"\h",
            "(?m).",
            "(?x) a",
            "[[:alpha:]]+",
            r"\R",
            r"\K",
        ] {
            assert!(translate(refused).is_err(), "{refused}");
        }
    }
}
