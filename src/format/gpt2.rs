//! GPT-2's pair of files: `vocab.json` (names and ids, also called `encoder.json`) and `merges.txt` (also called
//! `vocab.bpe`), read and written.
//!
//! Names are in the byte alphabet. The files hold no pattern: GPT-2's belongs to them. Source: GPT-2's `encoder.py`,
//! and Hugging Face's `GPT2Tokenizer` for lines that it passes over.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::merge_model::{self, Merge, Source};
use super::parts::Parts;
use super::written::Written;
use super::{Text, invalid, json_error, json_text, show, without_byte_order_mark};
use crate::definition::{Definition, Frame};
use crate::error::Error;
use crate::normalize::Normalizer;
use crate::pretokenize::{Split, pattern};
use crate::special::SpecialToken;
use crate::token::TokenId;
use crate::token::Unit;

/// Reads `vocab.json` and `merges.txt` under a name of their own. Names that are neither a byte nor made by a merge
/// (such as `<|endoftext|>`) are special tokens.
///
/// # Errors
///
/// [`crate::ErrorKind::InvalidVocabulary`] if the first is not an object of names and ids, if a line of the second is not
/// two names of the first that make a third, or if the files contradict themselves.
pub fn read(vocab: &[u8], merges: &[u8], name: &str) -> Result<Definition, Error> {
    parse(vocab, merges)?.into_definition(name)
}

/// What the files say.
pub(crate) fn parse(vocab: &[u8], merges: &[u8]) -> Result<Parts, Error> {
    let vocab: Names<'_> = serde_json::from_slice(without_byte_order_mark(vocab))
        .map_err(|error| json_error("vocab.json", error))?;
    let merges = std::str::from_utf8(merges).map_err(|_| invalid("merges.txt is not UTF-8"))?;
    let merges = merge_lines(merges)?;
    let made: HashSet<String> = merges.iter().map(|(left, right)| format!("{left}{right}")).collect();
    let is_special = |name: &str| name.chars().nth(1).is_some() && !made.contains(name);
    let mut specials: Vec<(TokenId, &str)> =
        vocab.0.iter().map(|(name, id)| (*id, name.as_ref())).filter(|(_, name)| is_special(name)).collect();
    specials.sort_unstable();
    let source = Source {
        tokens: vocab.0.iter().map(|(name, id)| (Cow::Borrowed(name.as_ref()), *id)).collect(),
        merges: merges.iter().map(|(left, right)| Merge::Pair((*left).into(), (*right).into())).collect(),
        unit: Unit::Byte,
        has_space_sign: false,
        byte_fallback: false,
        unknown: None,
        whole_pieces: false,
        added: specials.iter().map(|(_, name)| *name).collect(),
    };
    Ok(Parts {
        model: merge_model::build(&source)?,
        specials: specials.iter().map(|(id, name)| SpecialToken::control((*name).to_owned(), *id)).collect(),
        normalizer: Normalizer::default(),
        split: Split::Pattern(pattern::GPT2.into()),
        frame: Frame::default(),
        strips_first_space: false,
        hides_control: false,
    })
}

/// The two parts of every line.
fn merge_lines(merges: &str) -> Result<Vec<(&str, &str)>, Error> {
    let mut parts = Vec::new();
    for (number, line) in merges.lines().enumerate() {
        if line.is_empty() || line.starts_with("#version") {
            continue;
        }
        let cut = line
            .split_once(' ')
            .filter(|(left, right)| !left.is_empty() && !right.is_empty() && !right.contains(' '));
        let cut = cut.ok_or_else(|| {
            let line = show(line);
            invalid(format!(
                "merges.txt, line {}: {line} is not two tokens with a space between them",
                number + 1
            ))
        })?;
        parts.push(cut);
    }
    if parts.is_empty() { Err(invalid("merges.txt holds no merges")) } else { Ok(parts) }
}

/// `vocab.json` and `merges.txt` as [`write()`] makes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The bytes of `vocab.json`.
    pub vocab: Vec<u8>,
    /// The bytes of `merges.txt`.
    pub merges: Vec<u8>,
}

/// Writes `vocab.json` and `merges.txt`.
///
/// # Errors
///
/// [`crate::ErrorKind::InvalidVocabulary`], naming the reason, if the files cannot hold the definition: another pattern
/// than GPT-2's, a normalizer, a vocabulary that is not of bytes, tokens that no merge comes to, special tokens whose
/// names would be taken for bytes.
pub fn write(definition: &Definition) -> Result<Files, Error> {
    let refuse =
        |what: String| invalid(format!("vocab.json and merges.txt cannot hold this vocabulary: {what}"));
    let is_gpt2 = match &definition.split {
        Split::Pattern(text) => pattern::KnownPattern::from_text(text) == Some(pattern::KnownPattern::Gpt2),
        _ => false,
    };
    if !is_gpt2 {
        return Err(refuse("they hold no pattern, and this one is not GPT-2's".into()));
    }
    if !definition.normalizer.steps().is_empty() {
        return Err(refuse("they hold no normalizer".into()));
    }
    let written = Written::new(&definition.vocabulary).map_err(&refuse)?;
    if written.has_unreachable {
        return Err(refuse("it has tokens that no merge comes to".into()));
    }
    let mut names: BTreeMap<TokenId, Cow<'_, str>> =
        written.names.iter().map(|(id, name)| (*id, name.as_str().into())).collect();
    let mut known: HashSet<&str> = written.names.iter().map(|(_, name)| name.as_str()).collect();
    for token in definition.specials.tokens() {
        let is_odd = !token.is_control
            || token.in_normalized
            || token.single_word
            || token.strips_left
            || token.strips_right;
        if is_odd || names.contains_key(&token.id) || !known.insert(&token.name) {
            return Err(refuse(format!("they have no place for the special token {}", show(&token.name))));
        }
        names.insert(token.id, Cow::Borrowed(&token.name));
    }
    let mut vocab = b"{".to_vec();
    for (place, (id, name)) in names.iter().enumerate() {
        vocab.extend_from_slice(if place == 0 { b"" } else { b", " });
        vocab.extend(json_text(name).into_bytes());
        vocab.extend(format!(": {id}").into_bytes());
    }
    vocab.extend_from_slice(b"}");
    let mut lines = String::from("#version: 0.2\n");
    for parts in &written.merges {
        let [left, right] = parts.map(|place| written.names[place].1.as_str());
        lines.extend([left, " ", right, "\n"]);
    }
    Ok(Files { vocab, merges: lines.into_bytes() })
}

/// Names and ids, in the order of the file.
struct Names<'f>(Vec<(Text<'f>, TokenId)>);

impl<'de: 'f, 'f> Deserialize<'de> for Names<'f> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Names<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of tokens and their ids")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names<'de>, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = map.next_entry()? {
                    names.push(name);
                }
                Ok(Names(names))
            }
        }
        deserializer.deserialize_map(All)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::NormalizerStep;
    use crate::special::SpecialTokens;
    use crate::vocabulary::Vocabulary;

    const VOCAB: &str = r#"{"a": 0, "b": 1, "Ġ": 2, "ab": 3, "Ġab": 9, "<|end|>": 5}"#;
    const MERGES: &str = "#version: 0.2\na b\n\nĠ ab\n";

    fn refused(vocab: &str, merges: &[u8]) -> String {
        parse(vocab.as_bytes(), merges).expect_err("files that cannot be used").to_string()
    }

    #[test]
    fn names_are_bytes_and_the_rest_is_special() {
        let parts = parse(VOCAB.as_bytes(), MERGES.as_bytes()).expect("two small files");
        let tokens: Vec<(&[u8], TokenId)> =
            parts.model.tokens.iter().map(|(bytes, id)| (bytes.as_slice(), *id)).collect();
        assert_eq!(tokens, [(&b"a"[..], 0), (b"b", 1), (b" ", 2), (b"ab", 3), (b" ab", 9)]);
        assert_eq!(parts.model.merges, Some(vec![[0, 1, 3], [2, 3, 4]]));
        assert_eq!(parts.specials, [SpecialToken::control("<|end|>", 5)]);
        assert_eq!(parts.split, Split::Pattern(pattern::GPT2.into()));
        // Line ends of Windows, a mark before the JSON, no last line end.
        let crlf = MERGES.replace('\n', "\r\n");
        let marked = format!("\u{feff}{VOCAB}");
        assert_eq!(parse(marked.as_bytes(), crlf.trim_end().as_bytes()).expect("from Windows"), parts);
    }

    #[test]
    fn faults_are_named() {
        for (merges, words) in [
            (&b"#version: 0.2\na b\nab\n"[..], "merges.txt, line 3: \"ab\" is not two tokens"),
            (b"a b c\n", "merges.txt, line 1: \"a b c\" is not two tokens"),
            (b"a \n", "line 1"),
            (b" a\n", "line 1"),
            (b"", "merges.txt holds no merges"),
            (b"#version: 0.2\n", "merges.txt holds no merges"),
            (b"a \xff\n", "merges.txt is not UTF-8"),
            (b"a x\n", "merge 1, \"a\" and \"x\": the token \"x\" is not in the vocabulary"),
            (b"b a\n", "their result \"ba\" is not in the vocabulary"),
        ] {
            let found = refused(VOCAB, merges);
            assert!(found.contains(words), "{found}");
        }
        for (vocab, words) in [
            ("[]", "an object of tokens and their ids"),
            (r#"{"a": "0"}"#, "vocab.json cannot be read"),
            (r#"{"a": 0, "b": 1, "ab": 1}"#, "both have the id 1"),
            (r#"{"a": 0, "b": 1, "ab": 2, "a": 3}"#, "the token \"a\" comes twice"),
        ] {
            let found = refused(vocab, b"a b\n");
            assert!(found.contains(words), "{found}");
        }
        for end in 0..VOCAB.len() {
            if let Some(beginning) = VOCAB.get(..end) {
                assert!(refused(beginning, MERGES.as_bytes()).contains("vocab.json"), "{end}");
            }
        }
    }

    fn definition() -> Definition {
        let words = [&b"ab"[..], b" ab", b"abab"].map(<[u8]>::to_vec);
        let tokens = (0..=255u8).map(|byte| vec![byte]).chain(words).zip(0..);
        let vocabulary = Vocabulary::new(tokens).expect("distinct tokens");
        let specials = vec![SpecialToken::control("<|end|>", 300)];
        let specials = SpecialTokens::new(specials).expect("one name");
        Definition { specials, ..Definition::new("test", vocabulary, pattern::GPT2) }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let definition = definition();
        let Files { vocab, merges } = write(&definition).expect("byte-level");
        assert_eq!(merges, "#version: 0.2\na b\nĠ ab\nab ab\n".as_bytes());
        let again = read(&vocab, &merges, "test").expect("our own files");
        assert!(again.vocabulary.iter().eq(definition.vocabulary.iter()));
        assert!(again.vocabulary.merges().eq(definition.vocabulary.merges()));
        assert_eq!(again.specials.tokens(), definition.specials.tokens());
    }

    #[test]
    fn what_cannot_be_written_is_refused() {
        let special = |token: SpecialToken| SpecialTokens::new(vec![token]).expect("one name");
        let unreachable = (0..=255u8).map(|byte| vec![byte]).chain([b"abc".to_vec()]).zip(0..);
        let cases: [(Definition, &str); 6] = [
            (Definition { split: Split::Whole, ..definition() }, "this one is not GPT-2's"),
            (
                Definition { normalizer: Normalizer::new(vec![NormalizerStep::Nfc]), ..definition() },
                "they hold no normalizer",
            ),
            (
                Definition {
                    vocabulary: Vocabulary::new(unreachable).expect("distinct tokens"),
                    ..definition()
                },
                "tokens that no merge comes to",
            ),
            (
                Definition { specials: special(SpecialToken::control("ab", 300)), ..definition() },
                "no place for the special token \"ab\"",
            ),
            (
                Definition { specials: special(SpecialToken::control("<x>", 7)), ..definition() },
                "no place for the special token \"<x>\"",
            ),
            (
                Definition {
                    specials: special(SpecialToken {
                        strips_left: true,
                        ..SpecialToken::control("<x>", 300)
                    }),
                    ..definition()
                },
                "no place for the special token \"<x>\"",
            ),
        ];
        for (definition, words) in cases {
            let error = write(&definition).expect_err("no such files").to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
