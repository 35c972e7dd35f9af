//! Borders between characters, words and lines of a text that may not be UTF-8.
//!
//! Bytes that are no UTF-8 are each a character, and a word, of their own. Words are those of Unicode Standard Annex 29.
//! What is done at a border is left to the [parent](super) and to `chunk`.

use unicode_segmentation::UnicodeSegmentation;

use crate::unicode::decode;

/// How far beyond a place is looked for what decides whether a word ends there.
const LOOK_AHEAD: usize = 256;

/// Whether no character has bytes on both sides of byte `at`.
pub(crate) fn is_between(text: &[u8], at: usize) -> bool {
    let may_be_within = text.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    let spans = |back: usize| decode(text, at - back).is_some_and(|(_, length)| length > back);
    !may_be_within || !(1..=3.min(at)).any(spans)
}

/// The last border between characters that is not after byte `at`.
pub(crate) fn character_before(text: &[u8], at: usize) -> usize {
    (0..=at).rev().find(|&at| is_between(text, at)).unwrap_or(0)
}

/// The first border between characters that is not before byte `at`.
pub(crate) fn character_after(text: &[u8], at: usize) -> usize {
    (at..text.len()).find(|&at| is_between(text, at)).unwrap_or(text.len())
}

/// The last beginning of a line, or end of the text, that is not after byte `at`.
pub(super) fn line_before(text: &[u8], at: usize) -> usize {
    if at >= text.len() {
        return text.len();
    }
    memchr::memrchr(b'\n', &text[..at]).map_or(0, |feed| feed + 1)
}

/// The first beginning of a line, or end of the text, that is not before byte `at`.
pub(super) fn line_after(text: &[u8], at: usize) -> usize {
    match at.checked_sub(1) {
        None => 0,
        Some(before) => memchr::memchr(b'\n', &text[before..]).map_or(text.len(), |feed| before + feed + 1),
    }
}

/// The last border of words that is not after byte `at`.
pub(super) fn word_before(text: &[u8], at: usize) -> usize {
    let start = certain_word(text, at);
    let end = character_before(text, text.len().min(at + LOOK_AHEAD));
    let mut found = start;
    each_part(
        &text[start..end],
        |part| part.split_word_bounds().map(str::len).collect(),
        |border| {
            let is_before = start + border <= at;
            if is_before {
                found = start + border;
            }
            is_before
        },
    );
    found
}

/// The first border of words that is not before byte `at`.
pub(super) fn word_after(text: &[u8], at: usize) -> usize {
    let start = certain_word(text, at);
    if start == at {
        return at;
    }
    let mut reach = LOOK_AHEAD;
    loop {
        let end = character_before(text, text.len().min(at + reach));
        let mut found = None;
        each_part(
            &text[start..end],
            |part| part.split_word_bounds().map(str::len).collect(),
            |border| {
                found = (start + border >= at).then_some(start + border);
                found.is_none()
            },
        );
        match found {
            // The end of what is looked at need not be the end of a word.
            Some(found) if found < end || end == text.len() => return found,
            _ if end == text.len() => return end,
            _ => reach *= 4,
        }
    }
}

/// A place, not after `at`, where a word begins whatever stands before it: the beginning of a line (rule WB3a), or a
/// letter or digit of ASCII after a space, which no rule takes together.
fn certain_word(text: &[u8], at: usize) -> usize {
    let begins = |&at: &usize| match text[at - 1] {
        b'\n' => true,
        b' ' => text.get(at).is_some_and(u8::is_ascii_alphanumeric),
        _ => false,
    };
    (1..=at).rev().find(begins).unwrap_or(0)
}

/// The ends of the words of a text. White space counts with the word after it, as it does in most tokens.
pub(crate) fn word_ends(text: &[u8]) -> Vec<usize> {
    let mut ends = Vec::new();
    let words = |part: &str| {
        let (mut lengths, mut was_white): (Vec<usize>, bool) = (Vec::new(), false);
        for word in part.split_word_bounds() {
            match lengths.last_mut() {
                Some(last) if was_white => *last += word.len(),
                _ => lengths.push(word.len()),
            }
            was_white = word.ends_with(char::is_whitespace);
        }
        lengths
    };
    each_part(text, words, |end| {
        ends.push(end);
        true
    });
    ends
}

/// The ends of the sentences of a text, which are those of Unicode Standard Annex 29.
pub(crate) fn sentence_ends(text: &[u8]) -> Vec<usize> {
    let mut ends = Vec::new();
    each_part(text, sentences, |end| {
        ends.push(end);
        true
    });
    ends
}

/// The lengths of the sentences of a text.
///
/// No sentence ends before the first character that can end one, and of what stands before that only the last character
/// matters (rules SB6 and SB7). So all of ASCII up to there is skipped.
fn sentences(text: &str) -> Vec<usize> {
    let may_end = |byte: &u8| !byte.is_ascii() || matches!(byte, b'.' | b'?' | b'!' | b'\r' | b'\n');
    let (mut lengths, mut start) = (Vec::new(), 0);
    while start < text.len() {
        let skipped = text.as_bytes()[start..].iter().position(may_end);
        let from = skipped.map_or(text.len(), |skipped| start + skipped.saturating_sub(1));
        let end = text[from..].split_sentence_bounds().next().map_or(text.len(), |found| from + found.len());
        lengths.push(end - start);
        start = end;
    }
    lengths
}

/// Calls `each` for the ends of the parts that `split` finds in stretches of UTF-8, and of the bytes between them, as
/// long as it says so.
fn each_part(text: &[u8], split: impl Fn(&str) -> Vec<usize>, mut each: impl FnMut(usize) -> bool) {
    let mut at = 0;
    for stretch in text.utf8_chunks() {
        let invalid = stretch.invalid().iter().map(|_| 1);
        for length in split(stretch.valid()).into_iter().chain(invalid) {
            at += length;
            if !each(at) {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn characters_are_not_divided_and_other_bytes_are() {
        let text = "a漢".as_bytes();
        let all = |text: &[u8]| (0..=text.len()).filter(|&at| is_between(text, at)).collect::<Vec<_>>();
        assert_eq!(all(text), [0, 1, 4]);
        assert_eq!(all(&text[..3]), [0, 1, 2, 3], "not all of the character is there");
        assert_eq!(all(&text[2..]), [0, 1, 2], "its beginning is missing");
        assert_eq!(all(b"\xf8\x80\x80\xc0\x80"), [0, 1, 2, 3, 4, 5]);
        assert_eq!((character_before(text, 3), character_after(text, 2)), (1, 4));
    }

    #[test]
    fn lines_end_after_line_feeds() {
        let text = b"one\ntwo\n\nlast";
        let before: Vec<usize> = (0..=text.len()).map(|at| line_before(text, at)).collect();
        assert_eq!(before, [0, 0, 0, 0, 4, 4, 4, 4, 8, 9, 9, 9, 9, 13]);
        let after: Vec<usize> = (0..=text.len()).map(|at| line_after(text, at)).collect();
        assert_eq!(after, [0, 4, 4, 4, 4, 8, 8, 8, 8, 9, 13, 13, 13, 13]);
    }

    proptest! {
        /// What is skipped makes no difference.
        #[test]
        fn sentences_are_those_of_the_annex(
            text in "([a-cA-C0-9 ]{0,6}[.?!,;:\"')(\r\n\t\u{85}\u{2028}。？é\u{301}\u{200d}“”’…-]{1,3}|[ a-zA-Z]{1,9}|Mr\\. |3\\.1){0,16}",
        ) {
            let wanted: Vec<usize> = text.split_sentence_bounds().map(str::len).collect();
            prop_assert_eq!(sentences(&text), wanted);
        }

        /// Where the search begins, and how far it looks, makes no difference.
        #[test]
        fn words_are_those_of_the_whole_text(
            text in "([a-c'. ,\n0-9]{1,9}|[漢字é\u{301}🇩🇪👩\u{200d}👧 ]{1,4}|can't|3,14){0,12}",
            broken in prop::option::of(any::<prop::sample::Index>()),
        ) {
            let mut text = text.into_bytes();
            if let Some(broken) = broken.filter(|_| !text.is_empty()) {
                text.remove(broken.index(text.len()));
            }
            let mut all = vec![0];
            each_part(&text, |part| part.split_word_bounds().map(str::len).collect(), |border| {
                all.push(border);
                true
            });
            for at in 0..=text.len() {
                prop_assert_eq!(word_before(&text, at), *all.iter().rfind(|&&border| border <= at).unwrap());
                prop_assert_eq!(word_after(&text, at), *all.iter().find(|&&border| border >= at).unwrap());
            }
        }
    }
}
