//! Tests of the normalizer: each step against the plainest way to do it, and streams, cuts and the way back
//! against the whole text.

mod golden;

use proptest::prelude::*;
use unicode_normalization_alignments::UnicodeNormalization;

use super::NormalizerStep::*;
use super::*;

/// A step, done in the plainest way.
fn naive(step: &NormalizerStep, text: &[u8]) -> Vec<u8> {
    match step {
        Prepend(prefix) if !text.is_empty() => [prefix.as_bytes(), text].concat(),
        Prepend(_) => Vec::new(),
        CharacterMap(_) => naive_map(text),
        SqueezeSpaces => naive_squeeze(text),
        Strip { .. } | ReplacePattern { .. } => unreachable!("tested by themselves"),
        _ => {
            let mut out = Vec::new();
            for chunk in text.utf8_chunks() {
                out.extend(naive_stretch(step, chunk.valid()).into_bytes());
                let invalid = chunk.invalid();
                match step {
                    ReplaceInvalid => out.extend("\u{fffd}".repeat(invalid.len()).bytes()),
                    _ => out.extend(invalid),
                }
            }
            out
        }
    }
}

fn naive_stretch(step: &NormalizerStep, text: &str) -> String {
    match step {
        Nfc => text.nfc().map(|(c, _)| c).collect(),
        Nfd => text.nfd().map(|(c, _)| c).collect(),
        Nfkc => text.nfkc().map(|(c, _)| c).collect(),
        Nfkd => text.nfkd().map(|(c, _)| c).collect(),
        Lowercase => text.chars().flat_map(char::to_lowercase).collect(),
        StripAccents => {
            text.chars().filter(|&c| !unicode_normalization_alignments::char::is_combining_mark(c)).collect()
        }
        Replace { from, to } => text.replace(from, to),
        _ => text.into(),
    }
}

/// The rules of the small map, tried one by one.
fn naive_map(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let fitting = golden::RULES.iter().filter(|(from, _)| text[at..].starts_with(from.as_bytes()));
        if let Some((from, to)) = fitting.max_by_key(|(from, _)| from.len()) {
            out.extend(to.bytes());
            at += from.len();
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    out
}

fn naive_squeeze(text: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::new();
    for &byte in text {
        if byte != b' ' || out.last().is_some_and(|&last| last != b' ') {
            out.push(byte);
        }
    }
    while let Some(rest) = out.strip_suffix(b" ").or(out.strip_suffix("▁".as_bytes())) {
        out.truncate(rest.len());
    }
    out
}

/// What composes, joins, is replaced, or begins like it.
#[rustfmt::skip]
const PARTS: [&str; 48] = [
    "a",
    "b",
    "ab",
    "abc",
    "abcd",
    "e",
    "e\u{301}",
    "é",
    "\u{301}",
    "\u{323}",
    "\u{327}",
    "\u{344}",
    " ",
    "  ",
    "▁",
    "\t",
    "\u{3000}",
    "\u{ad}",
    "①",
    "㌀",
    "ﬃ",
    "Ａ",
    "ﾊﾟ",
    "が",
    "か",
    "\u{3099}",
    "한",
    "가",
    "\u{1100}",
    "\u{1161}",
    "\u{11a8}",
    "語",
    "Привет",
    "Й",
    "ΑΣ",
    "İ",
    "ẞ",
    "Å",
    "\u{958}",
    "\u{e33}",
    "\u{1d15e}",
    "\u{11131}\u{11127}",
    "\u{fdfa}",
    "🙂",
    "\u{8d3}",
    "aa",
    "The quick brown fox jumps over the lazy dog, once more. ",
    "ein Satz mit Umlauten: äöüß und noch etwas mehr davon, größer",
];

/// Texts in which something happens: what composes, joins, is replaced, begins like it, or is no UTF-8.
fn texts() -> impl Strategy<Value = Vec<u8>> {
    let parts: Vec<&'static [u8]> = PARTS
        .iter()
        .map(|part| part.as_bytes())
        .chain([
            &b"\xff"[..],
            b"\x80",
            b"\xe4",
            b"\xe4\xb8",
            b"\xf0\x9f\x98",
            b"\xcc",
            b"\xed\xa0\x80",
            b"\xc0\x81",
            b"\x82",
        ])
        .collect();
    prop::collection::vec(prop::sample::select(parts), 0..14).prop_map(|parts| parts.concat())
}

fn replace(from: &str, to: &str) -> NormalizerStep {
    Replace { from: from.into(), to: to.into() }
}

fn simple_steps() -> Vec<NormalizerStep> {
    let map = CharacterMap(golden::small_map());
    let replaces =
        [("aa", "b"), ("aab", "a"), (" ", "▁"), ("▁", " "), ("é", "aa"), ("b", ""), ("abab", "ba")];
    let mut steps =
        vec![Nfc, Nfd, Nfkc, Nfkd, Lowercase, StripAccents, ReplaceInvalid, map, Prepend(" a".into())];
    steps.extend(replaces.map(|(from, to)| replace(from, to)));
    steps
}

fn sequences(steps: Vec<NormalizerStep>) -> impl Strategy<Value = Normalizer> {
    prop::collection::vec(prop::sample::select(steps), 1..4).prop_map(Normalizer::new)
}

fn all_steps() -> Vec<NormalizerStep> {
    let mut steps = simple_steps();
    steps.extend([SqueezeSpaces, Strip { left: true, right: false }, Strip { left: true, right: true }]);
    steps
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn each_step_is_the_plain_one(text in texts()) {
        for step in simple_steps().into_iter().chain([SqueezeSpaces]) {
            let wanted = naive(&step, &text);
            let normalizer = Normalizer::new(vec![step]);
            let found = normalizer.apply(&text).unwrap();
            prop_assert_eq!(&*found, &wanted[..], "{:?}", normalizer);
            prop_assert!(text != wanted || matches!(found, Cow::Borrowed(_)), "copied for nothing");
        }
    }

    #[test]
    fn a_stream_is_the_whole_text(
        text in texts(),
        normalizer in sequences(simple_steps()),
        sizes in prop::collection::vec(prop_oneof![0usize..5, 0usize..90], 1..8),
    ) {
        let wanted = normalizer.apply(&text).unwrap();
        let mut stream = normalizer.stream().unwrap();
        for _again in 0..2 {
            let (mut out, mut rest) = (Vec::new(), &text[..]);
            for &size in sizes.iter().cycle().take(200) {
                let (chunk, more) = rest.split_at(size.min(rest.len()));
                stream.push(chunk, &mut out);
                rest = more;
            }
            stream.push(rest, &mut out);
            stream.finish(&mut out);
            prop_assert_eq!(&*wanted, &out[..]);
        }
    }

    #[test]
    fn two_parts_cut_where_it_is_safe_are_the_whole_text(text in texts(), normalizer in sequences(all_steps())) {
        let whole = normalizer.apply(&text).unwrap();
        let continuing = normalizer.continuing();
        for at in (0..=text.len()).filter(|&at| normalizer.is_cut_safe(&text, at)) {
            let left = normalizer.apply(&text[..at]).unwrap();
            let right = if at == 0 { &normalizer } else { &continuing }.apply(&text[at..]).unwrap();
            prop_assert_eq!(&*whole, &[left, right].concat()[..], "cut at {}", at);
        }
    }

    #[test]
    fn the_way_back_goes_from_end_to_end(text in texts(), normalizer in sequences(all_steps())) {
        let (normalized, alignment) = normalizer.apply_aligned(&text).unwrap();
        prop_assert_eq!(&normalized, &normalizer.apply(&text).unwrap());
        prop_assert_eq!(alignment.source(0), 0);
        if !normalized.is_empty() {
            prop_assert_eq!(alignment.source(normalized.len()), text.len());
        }
        let places: Vec<usize> = (0..=normalized.len()).map(|offset| alignment.source(offset)).collect();
        prop_assert!(places.is_sorted(), "{:?}", places);
        // If nothing is left out or put, a byte that stayed is where it was.
        if alignment.is_identity() {
            prop_assert_eq!(&normalized[..], &text[..]);
        }
    }

    #[test]
    fn no_bytes_make_a_map_panic(mut data in prop::collection::vec(any::<u8>(), 0..40), place in 0usize..1069, byte: u8, text in texts()) {
        let mut map = golden::small_map();
        map[place] = byte;
        let spoiled = Normalizer::new(vec![CharacterMap(map)]);
        data.splice(0..0, [20, 0, 0, 0]);
        for normalizer in [spoiled, Normalizer::new(vec![CharacterMap(data)])] {
            let found = normalizer.apply(&text);
            prop_assert_eq!(found.is_ok(), normalizer.check().is_ok());
            if let Some(mut stream) = normalizer.stream() {
                let mut out = Vec::new();
                text.chunks(3).for_each(|chunk| stream.push(chunk, &mut out));
                stream.finish(&mut out);
                prop_assert_eq!(&*found.unwrap(), &out[..]);
            }
        }
    }
}

#[test]
fn most_places_are_safe_to_cut() {
    let text = "Some words, and a few more: größer, Й, が, 漢字.".as_bytes();
    let borders = |at: &usize| text.get(*at).is_none_or(|byte| byte & 0xc0 != 0x80);
    for step in [Nfc, Nfkc, Lowercase, ReplaceInvalid, replace(" ", "▁"), CharacterMap(golden::small_map())]
    {
        // Beside what is replaced, the bytes are not what they were.
        let is_replaced = |at: usize| matches!(step, Replace { .. }) && text.get(at) == Some(&b' ');
        let kept = |&at: &usize| !is_replaced(at) && !at.checked_sub(1).is_some_and(is_replaced);
        let all = (0..=text.len()).filter(borders).filter(kept).count();
        let both = Normalizer::new(vec![ReplaceInvalid, step.clone(), Prepend("▁".into())]);
        let one = Normalizer::new(vec![step.clone()]);
        for normalizer in [one, both] {
            let safe = (0..=text.len()).filter(|&at| normalizer.is_cut_safe(text, at)).count();
            assert!(safe + 6 >= all, "{safe} of {all}: {normalizer:?}");
        }
    }
    // What is a border between these two bytes need not be one between what they become.
    assert!(!Normalizer::new(vec![replace(" ", "▁")]).is_cut_safe(b"a b", 1));
    let marks = "e\u{301}\u{323}".as_bytes();
    assert!(!Normalizer::new(vec![Nfc]).is_cut_safe(marks, 1));
    assert!(!Normalizer::new(vec![Nfc]).is_cut_safe(marks, 3));
    // Found by chance: neither half would be known as what is left out at the end.
    assert!(!Normalizer::new(vec![SqueezeSpaces]).is_cut_safe("▁".as_bytes(), 1));
}

#[test]
fn the_way_back_knows_what_was_put_and_left_out() {
    let back = |steps: Vec<NormalizerStep>, text: &str| {
        let (normalized, alignment) =
            Normalizer::new(steps).apply_aligned(text.as_bytes()).map(|(n, a)| (n.into_owned(), a)).unwrap();
        let places = (0..=normalized.len()).map(|offset| alignment.source(offset)).collect::<Vec<_>>();
        (String::from_utf8(normalized).unwrap(), places)
    };
    assert_eq!(back(vec![Nfc], "xe\u{301}y"), ("xéy".into(), vec![0, 1, 1, 4, 5]));
    assert_eq!(back(vec![Nfkc], "㌀"), ("アパート".into(), [vec![0; 12], vec![3]].concat()));
    assert_eq!(back(vec![Prepend("▁".into())], "ab"), ("▁ab".into(), vec![0, 0, 0, 0, 1, 2]));
    assert_eq!(back(vec![StripAccents], "e\u{301}x"), ("ex".into(), vec![0, 3, 4]));
    assert_eq!(
        back(vec![SqueezeSpaces, replace(" ", "▁")], " a  b "),
        ("a▁b".into(), vec![0, 2, 2, 2, 4, 6])
    );
    assert_eq!(back(vec![Lowercase], "ABC"), ("abc".into(), vec![0, 1, 2, 3]));
    assert_eq!(back(vec![Nfc], "nothing"), ("nothing".into(), vec![0, 1, 2, 3, 4, 5, 6, 7]));
}

#[test]
fn strip_is_done_at_the_ends_of_all_of_the_text() {
    let strip = |left, right| Normalizer::new(vec![Strip { left, right }]);
    let text = b" \t\xe3\x80\x80a \xff b\n ";
    assert_eq!(&*strip(true, true).apply(text).unwrap(), b"a \xff b");
    assert_eq!(&*strip(true, false).apply(text).unwrap(), b"a \xff b\n ");
    assert_eq!(&*strip(false, true).apply(text).unwrap(), b" \t\xe3\x80\x80a \xff b");
    assert_eq!(&*strip(false, true).apply(b"\xff ").unwrap(), b"\xff");
    assert!(strip(true, true).stream().is_none() && Normalizer::new(vec![SqueezeSpaces]).stream().is_none());
}

#[test]
fn a_pattern_is_tried_in_each_stretch_of_valid_text() {
    let pattern =
        |pattern: &str| Normalizer::new(vec![ReplacePattern { pattern: pattern.into(), to: "-".into() }]);
    assert_eq!(&*pattern("^a").apply(b"aa\xffaa\xff\xff").unwrap(), b"-a\xff-a\xff\xff");
    let error = pattern("a(").check().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidPattern);
    let slow = pattern("(x+x+)+(?=y)\\1");
    assert_eq!(slow.apply("x".repeat(200).as_bytes()).unwrap_err().kind(), ErrorKind::PatternFailed);
}

#[test]
fn what_cannot_be_done_is_an_error_that_says_so() {
    let message = |step| Normalizer::new(vec![Nfc, step]).check().unwrap_err().to_string();
    assert!(message(replace("", "x")).contains("empty string"));
    let map = |data: &[u8]| message(CharacterMap(data.into()));
    assert!(map(b"ab").contains("shorter"), "{}", map(b"ab"));
    assert!(map(b"\x05\0\0\0hello").contains("5 bytes"));
    assert!(map(b"\xff\xff\xff\xff").contains("trie"));
    assert!(map(b"\x04\0\0\0abcd\xff\0").contains("UTF-8"));
    // A trie whose root has a child `a` that leads back to the root.
    let mut units = vec![0u32; 256];
    units[0] = 1 << 10;
    units[0x60] = 0x61 | (0x61 << 10);
    let trie: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let data = [&1024u32.to_le_bytes()[..], &trie, b"x\0"].concat();
    assert!(map(&data).contains("back into itself"), "{}", map(&data));
    assert!(Normalizer::new(vec![CharacterMap(data)]).stream().is_none());
}

#[test]
fn much_of_the_same_takes_linear_time() {
    // Quadratic work on this would take minutes.
    for part in ["\u{301}", "e\u{301}", "한", "a", " ", "\u{1161}", "ab"] {
        let text = part.repeat(1 << 19);
        for steps in [
            vec![Nfc],
            vec![Nfkd],
            vec![CharacterMap(golden::small_map()), ReplaceInvalid],
            vec![replace("aab", "x"), Lowercase],
        ] {
            let normalizer = Normalizer::new(steps);
            let (mut stream, mut out) = (normalizer.stream().unwrap(), Vec::new());
            text.as_bytes().chunks(97).for_each(|chunk| stream.push(chunk, &mut out));
            stream.finish(&mut out);
            assert!(out == *normalizer.apply(text.as_bytes()).unwrap());
        }
    }
}
