//! Scanners against the regular expressions they stand for, and cuts against whole texts.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::cl100k::{Cl100k, Llama3, Qwen2, Qwen35};
use super::deepseek::Deepseek;
use super::gpt2::Gpt2;
use super::o200k::{KimiK2, O200k, Tekken};
use super::pattern::*;
use super::scan::{Scanner, scan_pieces};
use super::simd::{self, Scan};
use super::{BATCH, Behavior, Bounds, Pretokenizer, Split, SplitStep, within_character};

/// All splits that have a scanner of their own.
pub(super) fn known_splits() -> Vec<(Split, KnownPattern)> {
    let one = |pattern: &str| Split::Pattern(pattern.to_owned());
    vec![
        (one(GPT2), KnownPattern::Gpt2),
        (one(CL100K), KnownPattern::Cl100k),
        (one(LLAMA3), KnownPattern::Llama3),
        (one(QWEN2), KnownPattern::Qwen2),
        (one(QWEN35), KnownPattern::Qwen35),
        (one(O200K), KnownPattern::O200k),
        (one(TEKKEN), KnownPattern::Tekken),
        (one(KIMI_K2), KnownPattern::KimiK2),
        (Split::Patterns(DEEPSEEK.map(str::to_owned).to_vec()), KnownPattern::Deepseek),
    ]
}

/// The scanners of all known patterns, and the slow twin of each.
fn twins() -> &'static [(KnownPattern, Pretokenizer, Pretokenizer)] {
    static TWINS: OnceLock<Vec<(KnownPattern, Pretokenizer, Pretokenizer)>> = OnceLock::new();
    TWINS.get_or_init(|| {
        let twins = known_splits().into_iter().map(|(split, known)| {
            let scanner = Pretokenizer::new(&split).expect("known");
            assert!(matches!(&scanner.scheme, super::Scheme::Known(found) if *found == known));
            (known, scanner, Pretokenizer::by_regex(&split).expect("regular expressions"))
        });
        twins.collect()
    })
}

fn ends(pretokenizer: &Pretokenizer, text: &[u8]) -> Vec<usize> {
    let mut bounds = Bounds::new();
    let mut pieces = pretokenizer.pieces(text, text.len(), &mut bounds);
    let mut all = Vec::new();
    loop {
        let Some(bounds) = pieces.next_batch().expect("texts here are short") else { return all };
        all.extend_from_slice(&bounds[1..]);
    }
}

/// What the patterns tell apart: each class in one, two, three and four bytes, contractions and what is
/// nearly one, white space of every kind, slashes.
#[rustfmt::skip]
const PARTS: &[&str] = &[
    "a", "b", "Z", "Q", "é", "É", "ǅ", "ʰ", "漢", "字", "ก", "ß", "ſ", "K", "İ", "\u{301}", "\u{903}",
    "\u{20dd}", "0", "7", "½", "٣", "Ⅻ", " ", "  ", "\n", "\r", "\r\n", "\t", "\u{b}", "\u{85}",
    "\u{a0}", "\u{2028}", "\u{3000}", "\u{200b}", "\u{feff}", "\u{180e}", "'", "'s", "'S", "'ſ", "'ll",
    "'lL", "'l", "'re", "'VE", "'d", "’s", "/", "//", "!", "?", ".", "<|", "_", "-", "€", "🦀",
    "\u{1f1e6}", "\u{200d}", "\u{0}", "\u{7f}", "\u{10ffff}", "Ა", "ა", "\u{1c89}", "word", " Word",
    "WORD", "123", "\n\n", "   x", "々", "〇", "〡", "⺀", "㐀", "龥", "龦", "\u{16ff0}", "\u{20000}", "か", "カ", "・",
    "\u{3099}", "\u{3097}", "、", "“", "(a", "\u{ad}", "\u{e000}", "\u{1}", "\u{0} ", "䷀",
];

/// Texts of such parts, of any characters, and of bytes that are no UTF-8.
fn texts() -> impl Strategy<Value = Vec<u8>> {
    let raw: [&[u8]; 7] =
        [b"\x80", b"\xff", b"\xe4", b"\xe4\xbd", b"\xf0\x9f\xa6", b"\xc0\x80", b"\xed\xa0\x80"];
    let part = prop_oneof![
        20 => prop::sample::select(PARTS).prop_map(|part| part.as_bytes().to_vec()),
        2 => any::<char>().prop_map(|c| c.to_string().into_bytes()),
        1 => prop::sample::select(raw.to_vec()).prop_map(<[u8]>::to_vec),
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

/// Texts of many blocks: prose-like parts mixed with everything in [`texts`], so that blocks are both taken
/// and refused, and every rule meets every border.
fn long_texts() -> impl Strategy<Value = Vec<u8>> {
    #[rustfmt::skip]
    let prose = prop::sample::select(&[
        "the", " quick", " Brown", "camelCase", "HTTPServer", " it's", "don't", "we'll", "x'S", ", ", ". ", " (", ")",
        "\n", "\n\n", "\r\n", "    ", "\t\t", " \n  ", ";\n", "12", "1234567", "2024-", "//", "/*", "==", "->", "'", "\"",
        "où", " café", "слово", " Слово", "漢字", "かな、", " कि", "ไทย", "한국어", "—", "…", "🦀", "❤\u{fe0f}", "\u{a0}", "\u{3000}",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "                                     ",
    ][..]).prop_map(|part| part.as_bytes().to_vec());
    let some = prop::collection::vec(prose, 0..60).prop_map(|parts| parts.concat());
    prop::collection::vec(prop_oneof![4 => some, 1 => texts()], 1..8).prop_map(|parts| parts.concat())
}

/// For each pattern the ways to scan it; the first is the twin of the others.
fn known_scans() -> [(KnownPattern, Vec<(&'static str, Scan)>); 9] {
    fn ways<S: Scanner + 'static>() -> Vec<(&'static str, Scan)> {
        let mut ways: Vec<(&'static str, Scan)> = vec![("pieces", Box::new(scan_pieces::<S>))];
        ways.extend(simd::ways::<S>());
        ways
    }
    [
        (KnownPattern::Gpt2, ways::<Gpt2>()),
        (KnownPattern::Cl100k, ways::<Cl100k>()),
        (KnownPattern::Llama3, ways::<Llama3>()),
        (KnownPattern::Qwen2, ways::<Qwen2>()),
        (KnownPattern::Qwen35, ways::<Qwen35>()),
        (KnownPattern::O200k, ways::<O200k>()),
        (KnownPattern::Tekken, ways::<Tekken>()),
        (KnownPattern::KimiK2, ways::<KimiK2>()),
        (KnownPattern::Deepseek, ways::<Deepseek>()),
    ]
}

fn all_ends(scan: &Scan, text: &[u8], stop: usize) -> Vec<usize> {
    let (mut all, mut at, mut ends) = (Vec::new(), 0, [0; BATCH]);
    while at < stop {
        let written = scan(text, at, stop, &mut ends);
        all.extend_from_slice(&ends[..written]);
        at = all.last().copied().expect("a piece");
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn scanner_is_the_regex(text in texts()) {
        for (pattern, scanner, regex) in twins() {
            prop_assert_eq!(ends(scanner, &text), ends(regex, &text), "{:?} {:?}", text.escape_ascii().to_string(), pattern);
        }
    }

    #[test]
    fn blocks_are_the_pieces(text in long_texts(), stop in any::<prop::sample::Index>()) {
        for (pattern, scans) in known_scans() {
            let mut pieces = all_ends(&scans[0].1, &text, text.len());
            // The text may go on after the boundary where the scan is to stop.
            pieces.truncate(stop.index(2 * pieces.len() + 1));
            let stop = pieces.last().copied().unwrap_or(0);
            for (name, scan) in &scans[1..] {
                prop_assert_eq!(all_ends(scan, &text, stop), pieces.clone(), "{} {:?} {}", name, pattern, text.escape_ascii().to_string());
            }
        }
    }

    #[test]
    fn both_sides_of_a_cut_are_texts_of_their_own(text in texts()) {
        for (pattern, scanner, _) in twins() {
            let whole = ends(scanner, &text);
            for cut in (1..text.len()).filter(|&at| scanner.is_cut(&text, at)) {
                let mut parts = ends(scanner, &text[..cut]);
                parts.extend(ends(scanner, &text[cut..]).iter().map(|end| end + cut));
                prop_assert_eq!(&parts, &whole, "cut at {} of {:?} {:?}", cut, text.escape_ascii().to_string(), pattern);
            }
        }
    }

    #[test]
    fn certain_ends_stay(text in texts(), more in texts(), at in any::<prop::sample::Index>()) {
        let known = &text[..at.index(text.len() + 1)];
        for (_, scanner, _) in twins() {
            for whole in [text.clone(), [known, &more].concat(), known.to_vec()] {
                if let Some(end) = scanner.certain_end(known).expect("a scanner") {
                    let wanted: Vec<usize> = ends(scanner, &whole).into_iter().filter(|e| *e <= end).collect();
                    let found: Vec<usize> = ends(scanner, known).into_iter().filter(|e| *e <= end).collect();
                    prop_assert_eq!(found, wanted, "{:?} + {:?}", known.escape_ascii().to_string(), whole.escape_ascii().to_string());
                    prop_assert!(ends(scanner, &whole).contains(&end));
                }
            }
        }
    }

    #[test]
    fn an_open_run_stays_one_piece(
        start in texts(),
        set in prop::sample::select(RUNS),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 60..200),
        more in texts(),
    ) {
        let start = &start[..start.len().min(12)];
        let run: Vec<&str> = picks.iter().map(|pick| *pick.get(set)).collect();
        let text = [start, run.concat().as_bytes()].concat();
        for (pattern, scanner, _) in twins() {
            if !scanner.is_open_run(&text).expect("a scanner") {
                continue;
            }
            let whole = [text.as_slice(), &more].concat();
            let first = ends(scanner, &whole)[0];
            prop_assert!(first + 16 >= text.len(), "{} of {:?} {:?}", first, whole.escape_ascii().to_string(), pattern);
            // Without its middle the piece ends in the same place.
            let border = |at: usize| (0..=at).rev().find(|&at| !within_character(&text, at)).expect("0 is one");
            let (head, tail) = (border(64), border(text.len() - 16));
            if head < tail {
                let shorter = [&text[..head], &text[tail..], &more].concat();
                let moved: Vec<usize> = ends(scanner, &shorter).iter().map(|end| end + (tail - head)).collect();
                prop_assert_eq!(moved, ends(scanner, &whole), "{:?} {:?}", whole.escape_ascii().to_string(), pattern);
            }
        }
    }
}

/// What endless pieces are made of.
const RUNS: &[&[&str]] = &[
    &["a"],
    &["Z"],
    &["漢"],
    &["\u{301}"],
    &["7"],
    &["!"],
    &[" "],
    &["\n"],
    &["\t", " "],
    &["\u{3000}"],
    &["🦀"],
    &["a", "é"],
    &["ก", "\u{e34}"],
    &["ก", "a"],
    &["ก", "A"],
    &["!", "\u{301}"],
    &["/", "\n"],
    &["/", "\r\n"],
    &["a", "B", "漢"],
    &[" ", "\n"],
    &["\u{301}", "a"],
    &["か", "\u{3099}"],
    &["・"],
    &["漢", "々"],
    &["〇"],
    &["⺀"],
    &["\u{0}"],
    &["、"],
];

/// Two characters of every kind where blocks meet, in text that is otherwise ASCII: what a block does not hold whole
/// must be seen all the same.
#[test]
fn characters_at_every_place_of_a_block() {
    for kind in ["é", "É", "漢", "〇", "ก", "𠀀", "́", "٣", "　", "、", "😀", "ー"] {
        for before in ["x", " ", ">", "1", "\n", "é", "漢"] {
            for place in 0..70 {
                let text = ["a".repeat(place).as_str(), before, kind, kind, "b c", &" d".repeat(80)].concat();
                for (pattern, scanner, regex) in twins() {
                    assert_eq!(
                        ends(scanner, text.as_bytes()),
                        ends(regex, text.as_bytes()),
                        "{text:?} {pattern:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn every_character_alone_and_beside_others() {
    for c in char::MIN..=char::MAX {
        let text = format!("a{c}A{c}{c} {c}1{c}!{c}\n{c}'{c}漢{c}(a{c}");
        for (pattern, scanner, regex) in twins() {
            let (found, wanted) = (ends(scanner, text.as_bytes()), ends(regex, text.as_bytes()));
            assert_eq!(found, wanted, "U+{:04X} {pattern:?}", c as u32);
        }
    }
}

#[test]
fn what_a_pattern_does_not_match_is_a_piece() {
    let pretokenizer = Pretokenizer::new(&Split::Pattern(r"[0-9]+|x*".into())).expect("a regular expression");
    assert_eq!(ends(&pretokenizer, "ab12é".as_bytes()), [1, 2, 4, 6]);
    assert_eq!(ends(&pretokenizer, b"12\xff34"), [3, 5]);
}

#[test]
fn patterns_split_within_the_pieces_of_those_before() {
    let split = |patterns: &[&str]| Split::Patterns(patterns.iter().map(|&pattern| pattern.into()).collect());
    let pretokenizer = Pretokenizer::new(&split(&["1", "a+", r"b(?!\S)"])).expect("regular expressions");
    assert_eq!(ends(&pretokenizer, b"bb1cb\xffaab1"), [1, 2, 3, 4, 6, 8, 9, 10]);
    assert_eq!(ends(&Pretokenizer::new(&split(&[])).expect("nothing"), "a\nbé".as_bytes()), [5]);
    let long = Pretokenizer::new(&split(&["b", "a"])).expect("regular expressions");
    assert_eq!(ends(&long, &b"aaab".repeat(BATCH)), (1..=4 * BATCH).collect::<Vec<_>>());
}

#[test]
fn nothing_is_split_if_so_said() {
    let pretokenizer = Pretokenizer::new(&Split::Whole).expect("no pattern");
    assert_eq!(ends(&pretokenizer, b"a b\xff c"), [6]);
    assert!(ends(&pretokenizer, b"").is_empty());
    assert_eq!(pretokenizer.last_cut(b"a b", 0), None);
}

/// Only one step, and only matches: the same as the pattern.
#[test]
fn steps_that_say_no_more_than_patterns_have_the_scanners() {
    let step =
        |pattern: &str, behavior, invert| SplitStep::Pattern { pattern: pattern.into(), behavior, invert };
    let known = |steps: Vec<SplitStep>| match Pretokenizer::new(&Split::Steps(steps)).expect("steps").scheme {
        super::Scheme::Known(known) => Some(known),
        _ => None,
    };
    assert_eq!(known(vec![step(LLAMA3, Behavior::Removed, true)]), Some(KnownPattern::Llama3));
    assert_eq!(known(vec![step(O200K, Behavior::Isolated, false)]), Some(KnownPattern::O200k));
    let steps = DEEPSEEK.map(|pattern| step(pattern, Behavior::Isolated, false)).to_vec();
    assert_eq!(known(steps), Some(KnownPattern::Deepseek));
    assert_eq!(known(vec![step(LLAMA3, Behavior::Removed, false)]), None);
    assert_eq!(known(vec![step(r"\d", Behavior::Isolated, false)]), None);
    assert!(Pretokenizer::new(&Split::Steps(vec![step(CL100K, Behavior::Isolated, false)])).is_err());
}

/// Each character that folds to a letter of a contraction, and the ends of texts: where spellings could differ.
#[test]
fn spellings_of_gpt2_are_the_same_pattern() {
    let first = Pretokenizer::new(&Split::Pattern(GPT2.into())).expect("known");
    for spelling in GPT2_SPELLINGS {
        assert_eq!(KnownPattern::from_text(spelling), Some(KnownPattern::Gpt2));
        let other = Pretokenizer::by_regex(&Split::Pattern(spelling.into())).expect("a regular expression");
        for text in ["a  b\n\n c  ", "it's IT'S 'll", "  \n  ", "x \u{a0}\u{3000} y"] {
            assert_eq!(ends(&first, text.as_bytes()), ends(&other, text.as_bytes()));
        }
    }
}

/// Llama 3's pattern is cl100k's but for white space at the end of a text, after a line end.
#[test]
fn llama3_and_cl100k_differ_at_the_end_of_a_text_only() {
    let [cl100k, llama3] =
        [CL100K, LLAMA3].map(|pattern| Pretokenizer::new(&Split::Pattern(pattern.into())).expect("known"));
    assert_eq!(ends(&cl100k, b"a\n  "), [1, 4]);
    assert_eq!(ends(&llama3, b"a\n  "), [1, 2, 4]);
}

proptest! {
    #[test]
    fn llama3_is_cl100k_before_the_last_white_space(text in texts()) {
        let text = [text.as_slice(), b"x"].concat();
        // Bytes that are not UTF-8 end a text too.
        prop_assume!(std::str::from_utf8(&text).is_ok());
        let [_, (_, cl100k, _), (_, llama3, _), ..] = twins() else { panic!("the order of known_splits") };
        prop_assert_eq!(ends(cl100k, &text), ends(llama3, &text));
    }
}
