//! What each step does to a text: to all of it, or to as much of one that goes on as is settled.
//!
//! Normalization forms and character maps are left to files of their own, the order of steps to `mod.rs`.

use aho_corasick::AhoCorasick;
use fancy_regex::{Regex, RegexBuilder};
use unicode_normalization_alignments::char::is_combining_mark;

use super::NormalizerStep;
use super::character_map::{CharacterMap, REPLACEMENT};
use super::characters::{
    Found, Table, Words, character_before, is_border, last_cut, look, skip, skip_ascii_and, stops_at,
};
use super::forms::Form;
use super::rewriter::Rewriter;
use crate::error::{Error, ErrorKind};

/// Strings that are looked for may be longer, but then a text with them is neither streamed nor cut.
const SHORT: usize = 64;

/// A step, ready to run.
#[derive(Debug)]
pub(super) enum Step {
    Form(Form),
    Lowercase,
    StripAccents,
    Strip { left: bool, right: bool },
    Replace { finder: AhoCorasick, from: Vec<u8>, to: Vec<u8> },
    ReplacePattern { regex: Box<Regex>, to: Vec<u8> },
    Prepend(Vec<u8>),
    CharacterMap(Box<CharacterMap>),
    ReplaceInvalid,
    SqueezeSpaces,
}

static LOWER_WORDS: Words = Words::new();
/// Whether a character stays as it is (1) or not (2).
static LOWER: Table = Table::new(&LOWER_WORDS, |c| 1 + u8::from(!c.to_lowercase().eq([c])));
static MARKS_WORDS: Words = Words::new();
static MARKS: Table = Table::new(&MARKS_WORDS, |c| 1 + u8::from(is_combining_mark(c)));

/// Where there may be something to do: the capital letters of ASCII, and all of the first bytes of characters but
/// those of U+3000..=U+9FFF and U+B000..=U+DFFF, which know no case. A test compares them with the table.
const LOWER_STOPS: [bool; 256] = {
    let mut stops = stops_at(!(0x7f << 0x23 | 0x7 << 0x2b));
    let mut byte = b'A';
    while byte <= b'Z' {
        stops[byte as usize] = true;
        byte += 1;
    }
    stops
};
/// Combining marks begin at U+0300.
const MARK_STOPS: [bool; 256] = stops_at(!0 << 0x0c);

impl Step {
    /// Makes a step ready. If the step after is [`NormalizerStep::ReplaceInvalid`], a character map does that too.
    pub(super) fn new(step: &NormalizerStep, next: Option<&NormalizerStep>) -> Result<Step, Error> {
        Ok(match step {
            NormalizerStep::Nfc => Step::Form(Form::Nfc),
            NormalizerStep::Nfd => Step::Form(Form::Nfd),
            NormalizerStep::Nfkc => Step::Form(Form::Nfkc),
            NormalizerStep::Nfkd => Step::Form(Form::Nfkd),
            NormalizerStep::Lowercase => Step::Lowercase,
            NormalizerStep::StripAccents => Step::StripAccents,
            &NormalizerStep::Strip { left, right } => Step::Strip { left, right },
            NormalizerStep::Replace { from, to } => Step::replace(from, to)?,
            NormalizerStep::ReplacePattern { pattern, to } => Step::replace_pattern(pattern, to)?,
            NormalizerStep::Prepend(prefix) => Step::Prepend(prefix.as_bytes().to_vec()),
            NormalizerStep::CharacterMap(data) => {
                let map = CharacterMap::new(data, next == Some(&NormalizerStep::ReplaceInvalid));
                let message = |what| format!("the normalizer's character map is not whole: {what}");
                Step::CharacterMap(Box::new(
                    map.map_err(|what| Error::new(ErrorKind::InvalidVocabulary, message(what)))?,
                ))
            }
            NormalizerStep::ReplaceInvalid => Step::ReplaceInvalid,
            NormalizerStep::SqueezeSpaces => Step::SqueezeSpaces,
        })
    }

    fn replace(from: &str, to: &str) -> Result<Step, Error> {
        if from.is_empty() {
            let message = "the normalizer is to replace an empty string";
            return Err(Error::new(ErrorKind::InvalidVocabulary, message));
        }
        let finder = AhoCorasick::new([from]).map_err(|error| {
            let message = format!("the normalizer cannot look for a string of {} bytes: {error}", from.len());
            Error::new(ErrorKind::InvalidVocabulary, message)
        })?;
        Ok(Step::Replace { finder, from: from.as_bytes().to_vec(), to: to.as_bytes().to_vec() })
    }

    fn replace_pattern(pattern: &str, to: &str) -> Result<Step, Error> {
        // In Oniguruma, which Hugging Face's tokenizers use, `^` and `$` are always those of a line.
        let regex = RegexBuilder::new(pattern).multi_line(true).build().map_err(|error| {
            let message = format!("the normalizer's pattern is not a regular expression: {error}");
            Error::new(ErrorKind::InvalidPattern, message)
        })?;
        Ok(Step::ReplacePattern { regex: Box::new(regex), to: to.as_bytes().to_vec() })
    }

    /// Does the step to a whole text.
    pub(super) fn run(&self, rewriter: &mut Rewriter<'_>) -> Result<(), Error> {
        match self {
            Step::Form(form) => form.run(rewriter),
            Step::Lowercase => lowercase(rewriter),
            Step::StripAccents => strip_accents(rewriter),
            &Step::Strip { left, right } => strip(rewriter, left, right),
            Step::Replace { finder, to, .. } => replace(rewriter, finder, to),
            Step::ReplacePattern { regex, to } => replace_pattern(rewriter, regex, to)?,
            Step::Prepend(prefix) => {
                if !rewriter.source().is_empty() {
                    rewriter.put(0, prefix);
                }
            }
            Step::CharacterMap(map) => map.run(rewriter, true),
            Step::ReplaceInvalid => replace_invalid(rewriter),
            Step::SqueezeSpaces => squeeze_spaces(rewriter),
        }
        Ok(())
    }

    /// Whether [`Step::feed`] can be used.
    pub(super) fn is_streamable(&self) -> bool {
        match self {
            Step::Strip { .. } | Step::ReplacePattern { .. } | Step::SqueezeSpaces => false,
            Step::Replace { from, .. } => from.len() <= SHORT,
            _ => true,
        }
    }

    /// Does the step to as much of a text as does not depend on what follows (all, if it ends here), appends that
    /// to `out` and gives its length before the step. A cut is looked for from byte `from` on. Not for
    /// [`Step::Prepend`], which knows no beginning here.
    pub(super) fn feed(&self, text: &[u8], from: usize, ends: bool, out: &mut Vec<u8>) -> usize {
        let length = match self {
            Step::CharacterMap(_) | Step::Replace { .. } => text.len(),
            _ if ends => text.len(),
            _ => last_cut(text, from, |text, at| self.is_cut(text, at)),
        };
        let mut rewriter = Rewriter::onto(&text[..length], std::mem::take(out));
        match self {
            Step::CharacterMap(map) => map.run(&mut rewriter, ends),
            Step::Replace { finder, from, to } => {
                replace(&mut rewriter, finder, to);
                let rest = &text[rewriter.at()..];
                let begun = |length: &usize| !ends && rest.ends_with(&from[..*length]);
                let held = (1..from.len().min(rest.len() + 1)).rev().find(begun).unwrap_or(0);
                rewriter.keep_to(text.len() - held);
            }
            _ => {
                let done = self.run(&mut rewriter);
                debug_assert!(done.is_ok(), "only patterns fail, and they are not streamable");
                rewriter.keep_to(length);
            }
        }
        let length = rewriter.at();
        *out = rewriter.append();
        length
    }

    /// Whether doing the step to `text[..at]` and `text[at..]` apart gives what it gives together, whatever follows
    /// the text; `at` is not 0. Only if [`Step::reach`] bytes before `at` are known, or all.
    pub(super) fn is_cut(&self, text: &[u8], at: usize) -> bool {
        let byte = |at: usize| text.get(at).copied();
        match self {
            Step::Form(form) => form.is_cut(text, at),
            Step::Lowercase | Step::StripAccents | Step::ReplaceInvalid => is_border(text, at),
            Step::Strip { right: true, .. } | Step::ReplacePattern { .. } => false,
            Step::Strip { right: false, .. } => character_before(text, at).is_some_and(
                |start| matches!(look(text, start), Found::Character(c, _) if !c.is_whitespace()),
            ),
            Step::Replace { from, .. } => {
                from.len() <= SHORT
                    && (at.saturating_sub(from.len() - 1)..at).all(|start| {
                        let length = from.len().min(text.len() - start);
                        text[start..start + length] != from[..length]
                    })
            }
            Step::Prepend(_) => true,
            Step::CharacterMap(map) => map.is_cut(text, at),
            // Neither side may lose what is no longer at an end of the text.
            Step::SqueezeSpaces => {
                is_border(text, at)
                    && byte(at).is_some_and(|byte| byte != b' ')
                    && byte(at - 1) != Some(b' ')
                    && !text[..at].ends_with(WHITE.as_bytes())
            }
        }
    }

    /// How many bytes before a place [`Step::is_cut`] has to know.
    pub(super) fn reach(&self) -> usize {
        match self {
            Step::Replace { from, .. } => from.len().min(SHORT),
            Step::CharacterMap(map) => map.reach(),
            _ => 4,
        }
    }
}

fn lowercase(rewriter: &mut Rewriter<'_>) {
    let text = rewriter.source();
    let mut lower = String::new();
    let mut at = 0;
    loop {
        at = skip(text, at, &LOWER_STOPS);
        if at == text.len() {
            return;
        }
        let Found::Character(c, length) = look(text, at) else {
            at += 1;
            continue;
        };
        if LOWER.get(c) == 2 {
            rewriter.keep_to(at);
            lower.clear();
            lower.extend(c.to_lowercase());
            rewriter.put(length, lower.as_bytes());
        }
        at += length;
    }
}

fn strip_accents(rewriter: &mut Rewriter<'_>) {
    let text = rewriter.source();
    let mut at = 0;
    loop {
        at = skip_ascii_and(text, at, &MARK_STOPS);
        if at == text.len() {
            return;
        }
        let Found::Character(c, length) = look(text, at) else {
            at += 1;
            continue;
        };
        if MARKS.get(c) == 2 {
            rewriter.keep_to(at);
            rewriter.put(length, b"");
        }
        at += length;
    }
}

fn strip(rewriter: &mut Rewriter<'_>, left: bool, right: bool) {
    let text = rewriter.source();
    let white = |at| match look(text, at) {
        Found::Character(c, length) if c.is_whitespace() => Some(length),
        _ => None,
    };
    let (mut start, mut end) = (0, text.len());
    while left
        && start < end
        && let Some(length) = white(start)
    {
        start += length;
    }
    while right
        && start < end
        && let Some(before) = character_before(text, end)
        && white(before).is_some()
    {
        end = before;
    }
    rewriter.put(start, b"");
    rewriter.keep_to(end);
    rewriter.put(text.len() - end, b"");
}

fn replace(rewriter: &mut Rewriter<'_>, finder: &AhoCorasick, to: &[u8]) {
    let text = rewriter.source();
    for found in finder.find_iter(text) {
        rewriter.keep_to(found.start());
        rewriter.put(found.range().len(), to);
    }
}

/// Every match, also one of no characters, as long as none ended there.
fn replace_pattern(rewriter: &mut Rewriter<'_>, regex: &Regex, to: &[u8]) -> Result<(), Error> {
    let mut start = 0;
    for chunk in rewriter.source().utf8_chunks() {
        let stretch = chunk.valid();
        let matches = (!stretch.is_empty()).then(|| regex.find_iter(stretch));
        for found in matches.into_iter().flatten() {
            let found = found.map_err(|error| {
                let message =
                    format!("the normalizer's pattern gave up after byte {} of the text: {error}", start);
                Error::new(ErrorKind::PatternFailed, message)
            })?;
            rewriter.keep_to(start + found.start());
            rewriter.put(found.range().len(), to);
        }
        start += stretch.len() + chunk.invalid().len();
    }
    Ok(())
}

fn replace_invalid(rewriter: &mut Rewriter<'_>) {
    // Most texts have nothing to replace, and this is sooner seen than chunk by chunk.
    if std::str::from_utf8(rewriter.source()).is_ok() {
        return rewriter.keep_to(rewriter.source().len());
    }
    for chunk in rewriter.source().utf8_chunks() {
        rewriter.keep_to(rewriter.at() + chunk.valid().len());
        for _ in chunk.invalid() {
            rewriter.put(1, REPLACEMENT);
        }
    }
}

/// What SentencePiece writes for a space.
const WHITE: &str = "\u{2581}";

fn squeeze_spaces(rewriter: &mut Rewriter<'_>) {
    let text = rewriter.source();
    let start = text.iter().position(|&byte| byte != b' ').unwrap_or(text.len());
    let mut end = text.len();
    while let Some(rest) =
        text[start..end].strip_suffix(b" ").or(text[start..end].strip_suffix(WHITE.as_bytes()))
    {
        end = start + rest.len();
    }
    rewriter.put(start, b"");
    let mut at = start;
    while let Some(space) = text[at..end].iter().position(|&byte| byte == b' ') {
        at += space + 1;
        let more = text[at..end].iter().take_while(|&&byte| byte == b' ').count();
        if more > 0 {
            rewriter.keep_to(at);
            rewriter.put(more, b"");
            at += more;
        }
    }
    rewriter.keep_to(end);
    rewriter.put(text.len() - end, b"");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_that_something_happens_to_stops() {
        for c in '\0'..=char::MAX {
            let first = usize::from(c.to_string().as_bytes()[0]);
            assert!(LOWER.get(c) == 1 || LOWER_STOPS[first], "{c:?}");
            assert!(MARKS.get(c) == 1 || MARK_STOPS[first], "{c:?}");
        }
    }
}
