//! Splitting by steps that also leave text out, put text in, or join matches with their neighbours, as Hugging
//! Face's tokenizers do it: the general and slow way, for whole texts.
//!
//! What is here follows `NormalizedString::split` and the pre-tokenizers `Split`, `ByteLevel` and `Metaspace` of
//! tokenizers 0.23. Bytes that are not UTF-8, which they do not know, belong to the piece before them if it
//! reaches to them, and are a piece if not; what stands after them is split as a text of its own.

use std::borrow::Cow;

use super::Located;
use super::regex::{Pattern, valid_prefix};
use super::scan::skip_invalid;
use super::split::{Behavior, SplitStep};
use crate::error::{Error, ErrorKind};

/// Steps, with their patterns compiled.
#[derive(Clone, Debug)]
pub(super) struct Steps(Vec<Step>);

#[derive(Clone, Debug)]
enum Step {
    Pattern { pattern: Pattern, behavior: Behavior, invert: bool },
    Prefix { text: String, only_first: bool },
}

/// A piece while it is made.
struct Part<'t> {
    text: Cow<'t, str>,
    /// Where it begins and ends in the stretch of text that it is made from; what was put in has no length.
    start: usize,
    end: usize,
}

impl Steps {
    /// Fails with [`ErrorKind::InvalidPattern`] if a pattern is not a regular expression.
    pub(super) fn new(steps: &[SplitStep]) -> Result<Steps, Error> {
        let compiled = steps.iter().map(|step| match step {
            SplitStep::Pattern { pattern, behavior, invert } => {
                let pattern = Pattern::new(&from_oniguruma(pattern)?)?;
                Ok(Step::Pattern { pattern, behavior: *behavior, invert: *invert })
            }
            SplitStep::Prefix { text, only_first } => {
                Ok(Step::Prefix { text: text.clone(), only_first: *only_first })
            }
        });
        Ok(Steps(compiled.collect::<Result<_, Error>>()?))
    }

    /// The pieces of a text that begins at byte `place` of a whole one, each with the bytes of the text that it is made from.
    pub(super) fn pieces<'t>(&self, text: &'t [u8], place: usize) -> Result<Vec<Located<'t>>, Error> {
        let mut pieces: Vec<Located<'t>> = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let stretch = valid_prefix(&text[at..]);
            let parts = self.parts(stretch, place + at)?;
            let end = at + stretch.len();
            let next = skip_invalid(text, end);
            let reaches = parts.last().is_some_and(|part| part.end == stretch.len());
            pieces.extend(parts.into_iter().map(|part| {
                let made_from = at + part.start..at + part.end;
                match part.text {
                    Cow::Borrowed(text) => (Cow::Borrowed(text.as_bytes()), made_from),
                    Cow::Owned(text) => (Cow::Owned(text.into_bytes()), made_from),
                }
            }));
            match pieces.last_mut() {
                _ if next == end => {}
                Some((last, made_from)) if reaches => {
                    match last {
                        Cow::Borrowed(last) => *last = &text[end - last.len()..next],
                        Cow::Owned(last) => last.extend_from_slice(&text[end..next]),
                    }
                    made_from.end = next;
                }
                _ => pieces.push((Cow::Borrowed(&text[end..next]), end..next)),
            }
            at = next;
        }
        Ok(pieces)
    }

    /// The pieces of a text that begins at byte `place` of a longer one.
    fn parts<'t>(&self, text: &'t str, place: usize) -> Result<Vec<Part<'t>>, Error> {
        let mut parts = vec![Part { text: Cow::Borrowed(text), start: 0, end: text.len() }];
        parts.retain(|part| !part.text.is_empty());
        for step in &self.0 {
            match step {
                Step::Pattern { pattern, behavior, invert } => {
                    let mut finer = Vec::new();
                    for part in parts {
                        let mut ranges = ranges(pattern, &part.text, place + part.start, *invert)?;
                        apply(*behavior, &mut ranges);
                        part.cut(&ranges, &mut finer);
                    }
                    parts = finer;
                }
                Step::Prefix { text, only_first } => {
                    for part in &mut parts {
                        if !part.text.starts_with(text) && (!only_first || place + part.start == 0) {
                            part.text.to_mut().insert_str(0, text);
                        }
                    }
                }
            }
        }
        Ok(parts)
    }
}

impl<'t> Part<'t> {
    /// Puts the parts in these ranges to `parts`, but for empty ones.
    fn cut(self, ranges: &[Matched], parts: &mut Vec<Part<'t>>) {
        // What was put in stands at the beginning.
        let put_in = self.text.len() - (self.end - self.start);
        let place = |at: usize| self.start + at.saturating_sub(put_in);
        for range in ranges.iter().filter(|range| range.start < range.end) {
            let text = match &self.text {
                Cow::Borrowed(text) => Cow::Borrowed(&text[range.start..range.end]),
                Cow::Owned(text) => Cow::Owned(text[range.start..range.end].to_owned()),
            };
            parts.push(Part { text, start: place(range.start), end: place(range.end) });
        }
    }
}

/// A range of a text, and whether it is a match.
#[derive(Clone, Copy)]
struct Matched {
    start: usize,
    end: usize,
    is_match: bool,
}

/// The text as matches and what lies between them. Matches can be empty.
fn ranges(pattern: &Pattern, text: &str, place: usize, invert: bool) -> Result<Vec<Matched>, Error> {
    let mut ranges = Vec::new();
    let mut at = 0;
    for found in pattern.matches(text, place)? {
        if at < found.start {
            ranges.push(Matched { start: at, end: found.start, is_match: invert });
        }
        ranges.push(Matched { start: found.start, end: found.end, is_match: !invert });
        at = found.end;
    }
    if at < text.len() {
        ranges.push(Matched { start: at, end: text.len(), is_match: invert });
    }
    Ok(ranges)
}

/// Does to the ranges what the behavior says. A match joins a neighbour only if that is no match itself.
fn apply(behavior: Behavior, ranges: &mut Vec<Matched>) {
    let join_next = |one: &mut Matched, next: &Matched| one.end = next.end;
    match behavior {
        Behavior::Isolated => {}
        Behavior::Removed => ranges.retain(|range| !range.is_match),
        Behavior::Contiguous => fold(ranges, |range, before| range.is_match == before, join_next),
        Behavior::MergedWithPrevious => fold(ranges, |range, before| range.is_match && !before, join_next),
        Behavior::MergedWithNext => {
            ranges.reverse();
            let join_previous = |one: &mut Matched, previous: &Matched| one.start = previous.start;
            fold(ranges, |range, before| range.is_match && !before, join_previous);
            ranges.reverse();
        }
    }
}

/// Joins each range that `joins`, which also hears whether the one before was a match, to the one before.
fn fold(
    ranges: &mut Vec<Matched>,
    joins: impl Fn(&Matched, bool) -> bool,
    join: impl Fn(&mut Matched, &Matched),
) {
    let mut before = false;
    let mut folded: Vec<Matched> = Vec::new();
    for range in ranges.drain(..) {
        match folded.last_mut() {
            Some(last) if joins(&range, before) => join(last, &range),
            _ => folded.push(range),
        }
        before = range.is_match;
    }
    *ranges = folded;
}

/// A pattern in the words of this engine. Those files are written for Oniguruma, where `^` and `$` are the
/// beginning and the end of any line, and a `+` after `{1,3}` repeats it.
fn from_oniguruma(pattern: &str) -> Result<String, Error> {
    let counted = |before: &str| {
        let inside = before.rfind('{').map(|open| &before[open + 1..]);
        inside.is_some_and(|inside| inside.bytes().all(|byte| byte.is_ascii_digit() || byte == b','))
    };
    match pattern.match_indices("}+").find(|(at, _)| counted(&pattern[..*at])) {
        None => Ok(format!("(?m){pattern}")),
        Some((at, _)) => {
            let message = format!(
                "the pre-tokenizer pattern {pattern:?} has a `+` after a count at byte {at}, which engines read differently"
            );
            let hint = "write (?:…{1,3})+ if it is to be repeated, (?>…{1,3}) if it is not to be given back";
            Err(Error::new(ErrorKind::InvalidPattern, message).with_hint(hint))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Pretokenizer, Split};
    use super::*;

    fn step(pattern: &str, behavior: Behavior, invert: bool) -> SplitStep {
        SplitStep::Pattern { pattern: pattern.into(), behavior, invert }
    }

    fn pieces(steps: &[SplitStep], text: impl AsRef<[u8]>) -> Vec<String> {
        let pretokenizer = Pretokenizer::new(&Split::Steps(steps.to_vec())).expect("regular expressions");
        assert!(pretokenizer.is_general());
        let pieces = pretokenizer.general_pieces(text.as_ref(), 0).expect("short");
        pieces.iter().map(|piece| piece.escape_ascii().to_string()).collect()
    }

    /// What `pre_tokenizers.Split(Regex(pattern), behavior, invert)` of tokenizers 0.23.3 gives.
    #[test]
    fn behaviors_are_those_of_tokenizers() {
        use Behavior::*;
        #[rustfmt::skip]
        let golden: [(Behavior, bool, &str, &str); 10] = [
            (Isolated, false, "-|-|a|-|b|-|-|c|-|-|-", "a|xx|b|c|x"),
            (Isolated, true, "-|-|a|-|b|-|-|c|-|-|-", "a|xx|b|c|x"),
            (Removed, false, "a|b|c", "a|b|c"),
            (Removed, true, "-|-|-|-|-|-|-|-", "xx|x"),
            (MergedWithPrevious, false, "-|-|a-|b-|-|c-|-|-", "axx|b|cx"),
            (MergedWithPrevious, true, "-|-a|-b|-|-c|-|-|-", "a|xxb|c|x"),
            (MergedWithNext, false, "-|-a|-b|-|-c|-|-|-", "a|xxb|c|x"),
            (MergedWithNext, true, "-|-|a-|b-|-|c-|-|-", "axx|b|cx"),
            (Contiguous, false, "--|a|-|b|--|c|---", "a|xx|b|c|x"),
            (Contiguous, true, "--|a|-|b|--|c|---", "a|xx|b|c|x"),
        ];
        for (behavior, invert, dashes, empties) in golden {
            assert_eq!(
                pieces(&[step("-", behavior, invert)], "--a-b--c---").join("|"),
                dashes,
                "{behavior:?}"
            );
            assert_eq!(pieces(&[step("x*", behavior, invert)], "axxbcx").join("|"), empties, "{behavior:?}");
        }
    }

    /// `ByteLevel(add_prefix_space)` and `Metaspace(prepend_scheme)` of tokenizers 0.23.3, after other steps.
    #[test]
    fn prefixes_are_put_before_pieces() {
        let prefix = |text: &str, only_first| SplitStep::Prefix { text: text.into(), only_first };
        let spaces = step(" ", Behavior::Removed, false);
        assert_eq!(pieces(&[prefix(" ", false)], "hello"), [" hello"]);
        assert_eq!(pieces(&[prefix(" ", false)], " hello"), [" hello"]);
        assert_eq!(pieces(&[prefix(" ", false)], "\thello"), [r" \thello"]);
        assert_eq!(pieces(&[prefix(" ", false)], ""), [""; 0]);
        assert_eq!(pieces(&[spaces.clone(), prefix("_", true)], "a b"), ["_a", "b"]);
        assert_eq!(pieces(&[spaces.clone(), prefix("_", true)], " a b"), ["a", "b"]);
        assert_eq!(pieces(&[spaces, prefix("_", false)], "a b"), ["_a", "_b"]);
        let steps = [prefix("#", true), step("[#a]", Behavior::Isolated, false), prefix("_", true)];
        assert_eq!(pieces(&steps, "a b"), ["_#", "_a", " b"]);
    }

    #[test]
    fn line_ends_are_those_of_oniguruma() {
        assert_eq!(
            pieces(&[step("a$|^b", Behavior::Isolated, false)], "xa\nbab"),
            ["x", "a", r"\n", "b", "ab"]
        );
        let counted = Pretokenizer::new(&Split::Steps(vec![step(r"\d{1,3}+", Behavior::Isolated, false)]));
        assert_eq!(counted.expect_err("ambiguous").kind(), ErrorKind::InvalidPattern);
        assert_eq!(pieces(&[step(r"\p{L}+", Behavior::Isolated, false)], "ab1"), ["ab", "1"]);
    }

    #[test]
    fn bytes_that_are_not_utf8_go_with_what_reaches_to_them() {
        let removed = step("-", Behavior::Removed, false);
        assert_eq!(pieces(std::slice::from_ref(&removed), b"a-b\xff-c-\xfe"), ["a", r"b\xff", "c", r"\xfe"]);
        let prefix = SplitStep::Prefix { text: "_".into(), only_first: true };
        assert_eq!(pieces(&[prefix, removed], b"b\xff\xffb"), [r"_b\xff\xff", "b"]);
        assert_eq!(pieces(&[step("-", Behavior::Isolated, false)], b"\xff"), [r"\xff"]);
    }

    #[test]
    fn there_are_no_boundaries_to_give() {
        let split = Split::Steps(vec![step("-", Behavior::Removed, false)]);
        let pretokenizer = Pretokenizer::new(&split).expect("a regular expression");
        assert!(pretokenizer.pieces(b"a-b", 3, &mut super::super::Bounds::new()).next_batch().is_err());
        assert_eq!(pretokenizer.cuts(b"a-b\nc"), None);
    }
}
