//! Kinds told apart, bounds held against counts of ctok 1.3.0 (`tests/data/estimates/`), and the arithmetic.

use super::profile::is_latin;
use super::*;
use proptest::prelude::*;

fn profile(text: &str) -> Profile {
    let mut profile = Profile::default();
    profile.push(text.as_bytes());
    profile
}

#[test]
fn kinds_of_text() {
    for (text, tokens, wanted) in [
        ("", 0, Kind::PackedLatin),
        ("It was the best of times, it was the worst of times.", 14, Kind::English),
        // The same letters with fewer in a token are another language, whatever its words begin with.
        ("It was the best of times, it was the worst of times.", 18, Kind::SpelledLatin),
        ("It was the best of times, it was the worst of times.", 24, Kind::BrokenLatin),
        ("hello, worldwide reader", 5, Kind::PackedLatin),
        ("Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich", 16, Kind::PackedLatin),
        ("Съешь же ещё этих мягких французских булок", 14, Kind::CyrillicOrGreek),
        ("敏捷的棕色狐狸跳过了懒狗。", 12, Kind::EastAsian),
        ("한국어 텍스트", 4, Kind::EastAsian),
        ("שלום עולם", 4, Kind::ArabicHebrewThai),
        ("नमस्ते दुनिया", 5, Kind::OfIndia),
        ("გამარჯობა", 5, Kind::OfIndia),
        ("ನಮಸ್ಕಾರ", 4, Kind::KannadaMalayalam),
        ("ሰላም", 5, Kind::RareScript),
        ("for (int i = 0; i < n; i++) { a[i] += b[i]; }", 20, Kind::Code),
        ("{\"id\": 17, \"name\": \"x\"}", 10, Kind::Code),
        ("a\tb\tc\td\te", 9, Kind::Unusual),
        ("          ", 1, Kind::Unusual),
    ] {
        assert_eq!(profile(text).kind(tokens), wanted, "{text}");
    }
}

/// Kind and bound of every recorded text. Those that have more tokens than the bound are named, no more and no fewer.
#[test]
fn recorded_texts_lie_below() {
    let rows = include_str!("../../../tests/data/estimates/claude.json");
    let rows: Vec<serde_json::Value> = serde_json::from_str(rows).expect("JSON");
    assert!(rows.len() > 70);
    let mut above = Vec::new();
    for row in &rows {
        let number = |key: &str| row[key].as_u64().expect("a number");
        let text = row["text"].as_str().expect("a text").repeat(number("times") as usize);
        let (profile, base) = (profile(&text), number("o200k_base"));
        assert_eq!(in_script(profile.kind(base)), row["kind"].as_str().expect("a kind"), "{row}");
        for (tokenizer, key) in [("claude-v3", "claude_v3"), ("claude-v4.7", "claude_v4_7")] {
            let ratios = Ratios::of(tokenizer).expect("it is known");
            let Estimate { tokens, upper } = ratios.estimate(base, &profile);
            assert!(tokens <= upper && upper >= ratios.least_upper(base), "{row}");
            if number(key) > upper {
                above.push(format!(
                    "{} {tokenizer} {}/{upper}",
                    row["name"].as_str().expect("a name"),
                    number(key)
                ));
            }
        }
    }
    assert_eq!(
        above,
        [
            "Yoruba claude-v3 150/133",
            "Yoruba claude-v4.7 157/152",
            "Urdu claude-v3 127/113",
            "Urdu claude-v4.7 127/113",
            "English of capitalized words claude-v4.7 68/64",
            "constants claude-v4.7 861/831",
        ]
    );
}

/// What `tests/bench/claude_ratios.py` calls the kind.
fn in_script(kind: Kind) -> &'static str {
    match kind {
        Kind::English => "English",
        Kind::PackedLatin => "packed Latin",
        Kind::SpelledLatin => "spelled Latin",
        Kind::BrokenLatin => "broken Latin",
        Kind::Code => "code",
        Kind::CyrillicOrGreek => "Cyrillic or Greek",
        Kind::EastAsian => "Chinese, Japanese, Korean",
        Kind::ArabicHebrewThai => "Arabic, Hebrew, Thai",
        Kind::OfIndia => "of India",
        Kind::KannadaMalayalam => "Kannada, Malayalam",
        Kind::RareScript => "rare script",
        Kind::Unusual => "unusual",
    }
}

#[test]
fn letters_are_told_apart() {
    assert!("éßĐǅɐ℀Ａ".chars().filter(|&c| is_latin(c)).eq("éßĐǅɐＡ".chars()));
    assert!(!is_latin('×') && !is_latin('÷') && !is_latin('а'));
}

/// Some letters of a script that costs more are seen in a text of another.
#[test]
fn foreign_letters_cost_extra() {
    let ratios = Ratios::of("claude-v3").expect("it is known");
    let english = "It was the best of times, it was the worst of times, it was the age of wisdom. ".repeat(4);
    let bound = |more: &str| ratios.estimate(100, &profile(&format!("{english}{more}"))).upper;
    assert_eq!(bound("ಠಠಠಠಠಠ"), bound("цццццц") + 12);
    assert_eq!(bound("गगगगगग"), bound("цццццц") + 3);
    assert_eq!(profile("गगगगगगठಠ").foreign(Kind::OfIndia), [0, 0, 1]);
}

/// Bytes that begin a character and do not go on as one, with a cut between them.
#[test]
fn half_a_character_is_cut() {
    let bytes = [0xe0, 0x80, b'='];
    let mut whole = Profile::default();
    whole.push(&bytes);
    for cut in 1..3 {
        let mut parts = Profile::default();
        parts.push(&bytes[..cut]);
        parts.push(&bytes[cut..]);
        assert_eq!(whole.settled(), parts.settled(), "{cut}");
    }
}

proptest! {
    /// Whatever the chunks, and whatever the bytes.
    #[test]
    fn chunks_do_not_matter(bytes in proptest::collection::vec(any::<u8>(), 0..60), text in "\\PC{0,12}[a-bA-B thTH=\t]{0,300}",
        cuts in proptest::collection::vec(0usize..370, 0..6)) {
        let whole = [bytes.as_slice(), text.as_bytes()].concat();
        let mut at_once = Profile::default();
        at_once.push(&whole);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(whole.len())).collect();
        cuts.extend([0, whole.len()]);
        cuts.sort_unstable();
        let mut in_chunks = Profile::default();
        cuts.windows(2).for_each(|cut| in_chunks.push(&whole[cut[0]..cut[1]]));
        prop_assert_eq!(at_once.settled(), in_chunks.settled());
        let visible = whole.utf8_chunks().map(|chunk| {
            let seen = |c: &char| !matches!(c, ' ' | '\u{9}'..='\u{d}');
            chunk.valid().chars().filter(seen).count() + chunk.invalid().len()
        });
        prop_assert_eq!(at_once.settled().visible, visible.sum::<usize>() as u64);
    }

    /// What shows beside other bytes only, counted the slow way.
    #[test]
    fn shapes_are_counted(text in "[a-bA-B thTH=_!\t]{0,700}") {
        let bytes = text.as_bytes();
        let at = |place: usize| if place < 2 { b'.' } else { bytes[place - 2] };
        let count = |is: &dyn Fn(u8, u8, u8) -> bool| {
            (2..bytes.len() + 2).filter(|&place| is(at(place - 2), at(place - 1), at(place))).count() as u64
        };
        let shape = profile(&text).shape;
        let same = |a: u8, b: u8, c: u8| a == b && b == c;
        prop_assert_eq!(shape.capitals, count(&|_, b, c| b.is_ascii_uppercase() && c.is_ascii_uppercase()));
        prop_assert_eq!(shape.blanks, count(&|a, b, c| same(a, b, c) && b" \t".contains(&c)));
        prop_assert_eq!(shape.bars, count(&|a, b, c| same(a, b, c) && b"=_".contains(&c)));
        prop_assert_eq!(shape.repeats, count(&|a, b, c| same(a, b, c) && !b"=_ \t".contains(&c)));
        let starts = count(&|a, b, c| !a.is_ascii_alphabetic() && b.eq_ignore_ascii_case(&b't') && c.eq_ignore_ascii_case(&b'h'));
        prop_assert_eq!(profile(&text).th, starts);
    }

    /// What is said to be within the limit is, for every usual kind, and one token more is not.
    #[test]
    fn certain_within_is_the_largest(limit in 0u64..1_000_000) {
        for name in ["claude-v3", "claude-v4.7"] {
            let ratios = Ratios::of(name).expect("it is known");
            let most = ratios.certain_within(limit);
            let upper = |kind: Kind, tokens: u64| ratios.estimate_of_kind(tokens, kind).upper;
            let usual = || Kind::ALL.into_iter().filter(|kind| kind.is_usual());
            prop_assert!(usual().all(|kind| upper(kind, most) <= limit));
            prop_assert!(usual().any(|kind| upper(kind, most + 1) > limit));
        }
    }

    /// A check that stops early by the least bound says no more than one that reads on.
    #[test]
    fn no_bound_is_below_the_least(text in "\\PC{1,40}|[A-Z]{1,90}|[ =a\t]{1,90}|[ऀ-ಿ]{1,30}", share in 1u64..=100) {
        let profile = profile(&text);
        let tokens = (text.len() as u64 * share).div_ceil(100);
        for name in ["claude-v3", "claude-v4.7"] {
            let ratios = Ratios::of(name).expect("it is known");
            prop_assert!(ratios.estimate(tokens, &profile).upper >= ratios.least_upper(tokens));
        }
    }
}

#[test]
fn kinds_are_in_order() {
    assert!(Kind::ALL.iter().enumerate().all(|(place, &kind)| kind as usize == place));
}

#[test]
fn nothing_is_nothing_and_much_is_much() {
    let ratios = Ratios::of("claude-v4.8").expect("it is known");
    assert_eq!(ratios.estimate(0, &Profile::default()), Estimate::default());
    assert_eq!((ratios.least_upper(0), ratios.least_upper(1)), (0, 2));
    assert_eq!(ratios.estimate_of_kind(u64::MAX, Kind::Code).upper, u64::MAX);
    // No more than the bytes, and a little.
    assert_eq!(ratios.estimate(1, &profile("a")), Estimate { tokens: 2, upper: 3 });
    assert_eq!((ratios.frame(), Ratios::of("gpt")), (6, None));
}
