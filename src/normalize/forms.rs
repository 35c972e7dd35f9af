//! The four normalization forms of Unicode, with the data that Hugging Face's tokenizers use.
//!
//! Those are the tables of Unicode 9.0 in the crate `unicode-normalization-alignments` 0.1.12: newer ones put some
//! marks into another order and compose or replace some characters more, which would change ids. That crate does the
//! work here too, but only where something may have to be done: a text is cut before every character that nothing
//! before it can change or reach, and most of the parts are a single character that stays as it is.

use unicode_normalization_alignments::char::{
    canonical_combining_class, decompose_canonical, decompose_compatible,
};
use unicode_normalization_alignments::{
    IsNormalized, UnicodeNormalization, is_nfc_quick, is_nfd_quick, is_nfkc_quick, is_nfkd_quick,
};

use super::characters::{Found, Table, Words, character_before, is_border, look, skip_ascii_and, stops_at};
use super::rewriter::Rewriter;
use crate::unicode;

/// A normalization form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Nfc,
    Nfd,
    Nfkc,
    Nfkd,
}

/// A mark that joins what is before it, but alone after a character that does not join changes nothing.
const QUIET: u8 = 1;
/// What is before it may change it, or it may change that.
const JOINS: u8 = 2;
/// It does not join, but changes.
const CHANGES: u8 = 3;
/// It does not join, and stays as it is unless something joins it.
const INERT: u8 = 4;

static NFC_WORDS: Words = Words::new();
static NFC: Table = Table::new(&NFC_WORDS, |c| property(Form::Nfc, c));
static NFD_WORDS: Words = Words::new();
static NFD: Table = Table::new(&NFD_WORDS, |c| property(Form::Nfd, c));
static NFKC_WORDS: Words = Words::new();
static NFKC: Table = Table::new(&NFKC_WORDS, |c| property(Form::Nfkc, c));
static NFKD_WORDS: Words = Words::new();
static NFKD: Table = Table::new(&NFKD_WORDS, |c| property(Form::Nfkd, c));

/// The first bytes of characters of which not all are inert. A test compares them with the tables.
const NFC_STOPS: [bool; 256] = stops_at(0x1_840f_bbc4_7000);
const NFD_STOPS: [bool; 256] = stops_at(0x1_bc0f_bbcf_f1f8);
const NFKC_STOPS: [bool; 256] = stops_at(0x1_840f_bbc4_fcb4);
const NFKD_STOPS: [bool; 256] = stops_at(0x1_bc0f_bbcf_fdfc);

fn property(form: Form, c: char) -> u8 {
    // A character joins if what it decomposes to begins with one that does: with a mark, which is sorted among the
    // marks before it, or with one that can be the second of two that compose.
    let first = form.first(c);
    let composes = form.is_composed() && is_nfc_quick(std::iter::once(first)) != IsNormalized::Yes;
    let stays = form.quick_check(std::iter::once(c)) == IsNormalized::Yes;
    let is_mark = canonical_combining_class(c) != 0;
    match canonical_combining_class(first) != 0 || composes {
        true if stays && is_mark => QUIET,
        true => JOINS,
        false if stays && !is_mark => INERT,
        false => CHANGES,
    }
}

impl Form {
    fn table(self) -> &'static Table {
        match self {
            Form::Nfc => &NFC,
            Form::Nfd => &NFD,
            Form::Nfkc => &NFKC,
            Form::Nfkd => &NFKD,
        }
    }

    fn stops(self) -> &'static [bool; 256] {
        match self {
            Form::Nfc => &NFC_STOPS,
            Form::Nfd => &NFD_STOPS,
            Form::Nfkc => &NFKC_STOPS,
            Form::Nfkd => &NFKD_STOPS,
        }
    }

    fn is_composed(self) -> bool {
        matches!(self, Form::Nfc | Form::Nfkc)
    }

    /// The first character of what `c` decomposes to.
    fn first(self, c: char) -> char {
        let mut first = None;
        let take = |d| {
            first.get_or_insert(d);
        };
        match self {
            Form::Nfc | Form::Nfd => decompose_canonical(c, take),
            Form::Nfkc | Form::Nfkd => decompose_compatible(c, take),
        }
        first.unwrap_or(c)
    }

    fn quick_check(self, text: impl Iterator<Item = char>) -> IsNormalized {
        match self {
            Form::Nfc => is_nfc_quick(text),
            Form::Nfd => is_nfd_quick(text),
            Form::Nfkc => is_nfkc_quick(text),
            Form::Nfkd => is_nfkd_quick(text),
        }
    }

    /// The form of a text that is valid UTF-8, all of it the slow way.
    pub(super) fn of(self, text: &str, out: &mut String) {
        match self {
            Form::Nfc => out.extend(text.nfc().map(|(c, _)| c)),
            Form::Nfd => out.extend(text.nfd().map(|(c, _)| c)),
            Form::Nfkc => out.extend(text.nfkc().map(|(c, _)| c)),
            Form::Nfkd => out.extend(text.nfkd().map(|(c, _)| c)),
        }
    }

    /// Whether the text may be cut at byte `at`, whatever follows it.
    pub(super) fn is_cut(self, text: &[u8], at: usize) -> bool {
        at < text.len()
            && match look(text, at) {
                Found::Character(c, _) => !self.joins(c),
                Found::Invalid => is_border(text, at),
                Found::Incomplete => false,
            }
    }

    pub(super) fn run(self, rewriter: &mut Rewriter<'_>) {
        let text = rewriter.source();
        let mut part = String::new();
        let mut at = 0;
        loop {
            at = skip_ascii_and(text, at, self.stops());
            if at == text.len() {
                return;
            }
            let Some((c, length)) = unicode::decode(text, at) else {
                at += 1;
                continue;
            };
            let start = match self.table().get(c) {
                INERT => {
                    at += length;
                    continue;
                }
                QUIET if !self.is_joined(text, at + length) => {
                    at += length;
                    continue;
                }
                QUIET | JOINS => character_before(text, at).unwrap_or(at),
                _ => at,
            };
            at = self.end_of_part(text, at + length);
            self.rewrite(rewriter, start, at, &mut part);
        }
    }

    fn joins(self, c: char) -> bool {
        self.table().get(c) <= JOINS
    }

    /// Whether the character at byte `at` joins what is before it. ASCII does not, nor do invalid bytes.
    fn is_joined(self, text: &[u8], at: usize) -> bool {
        unicode::decode(text, at).is_some_and(|(c, _)| self.joins(c))
    }

    /// Where the first character at or after byte `at` is that does not join.
    fn end_of_part(self, text: &[u8], mut at: usize) -> usize {
        while let Some((c, length)) = unicode::decode(text, at)
            && self.joins(c)
        {
            at += length;
        }
        at
    }

    fn rewrite(self, rewriter: &mut Rewriter<'_>, start: usize, end: usize, part: &mut String) {
        let Ok(old) = std::str::from_utf8(&rewriter.source()[start..end]) else { return };
        if self.quick_check(old.chars()) == IsNormalized::Yes {
            return;
        }
        part.clear();
        self.of(old, part);
        rewriter.keep_to(start);
        rewriter.put(end - start, part.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMS: [Form; 4] = [Form::Nfc, Form::Nfd, Form::Nfkc, Form::Nfkd];

    fn all() -> impl Iterator<Item = char> {
        '\0'..=char::MAX
    }

    fn of(form: Form, text: &str) -> String {
        let mut out = String::new();
        form.of(text, &mut out);
        out
    }

    fn first_byte(c: char) -> usize {
        usize::from(c.to_string().as_bytes()[0])
    }

    #[test]
    fn the_stops_are_the_first_bytes_of_what_is_not_inert() {
        let mut wrong = Vec::new();
        for form in FORMS {
            let mut leads = 0u64;
            for c in all().filter(|&c| form.table().get(c) != INERT) {
                leads |= 1 << (first_byte(c) - 0xc0);
            }
            if *form.stops() != stops_at(leads) {
                wrong.push(format!("{form:?} should be stops_at({leads:#x})"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn what_is_inert_stays_and_what_joins_nothing_is_where_a_text_can_be_cut() {
        // All characters that can be the second of two that compose: of each decomposition, the last.
        let mut seconds: Vec<char> = Vec::new();
        for c in all().filter(|&c| of(Form::Nfc, &c.to_string()) == c.to_string()) {
            let mut parts = Vec::new();
            decompose_canonical(c, |part| parts.push(part));
            seconds.extend(parts.get(1..).and_then(|parts| parts.last()));
        }
        for form in FORMS {
            assert!(seconds.iter().all(|&c| !form.is_composed() || form.joins(c)));
            for c in all() {
                let property = form.table().get(c);
                let text = c.to_string();
                assert!(property != INERT || of(form, &text) == text, "{form:?} {c:?} is not inert");
                if !form.joins(c) {
                    for before in
                        ["a", "가", "\u{1100}", "e\u{323}", "\u{301}\u{327}", "か", "\u{ac00}\u{11a8}"]
                    {
                        let apart = of(form, before) + &of(form, &text);
                        assert_eq!(of(form, &format!("{before}{text}")), apart, "{form:?} {before} {c:?}");
                    }
                }
            }
        }
    }
}
