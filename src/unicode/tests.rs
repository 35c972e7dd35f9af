//! The masks of every kernel against the classes of the characters one by one.

use proptest::prelude::*;

use super::masks::{AsciiMasks, BLOCK, Characters, Kernel, WINDOW, Work, whole};
use super::simd::{KERNELS, by_named};
use super::*;

#[derive(Clone, Copy)]
struct Classify<'w> {
    window: &'w [u8; WINDOW],
    pending: u64,
}

impl Work for Classify<'_> {
    type Result = (AsciiMasks, Option<Characters>);

    #[inline(always)]
    fn by<K: Kernel>(self, kernel: K) -> Self::Result {
        let ascii = kernel.classify(self.window.first_chunk().expect("a window is longer"));
        (ascii, kernel.characters(self.window, &ascii, self.pending))
    }
}

/// The ASCII masks of a window, by the definitions of their bits.
fn expected_ascii(window: &[u8; WINDOW]) -> AsciiMasks {
    let mut ascii = AsciiMasks::default();
    for (at, &byte) in window[..BLOCK].iter().enumerate() {
        let bit = |truth: bool| u64::from(truth) << at;
        ascii.upper |= bit(byte.is_ascii_uppercase());
        ascii.lower |= bit(byte.is_ascii_lowercase());
        ascii.digit |= bit(byte.is_ascii_digit());
        ascii.blank |= bit(byte == b' ');
        ascii.tab |= bit(matches!(byte, b'\t' | 0x0b | 0x0c));
        ascii.newline |= bit(matches!(byte, b'\r' | b'\n'));
        ascii.line_feed |= bit(byte == b'\n');
        ascii.apostrophe |= bit(byte == b'\'');
        ascii.slash |= bit(byte == b'/');
        ascii.high |= bit(byte >= 0x80);
        ascii.follow |= bit((0x80..0xc0).contains(&byte));
    }
    ascii
}

/// The other masks, one character after the other; the first `pending` bytes are not looked at.
fn expected_characters(window: &[u8; WINDOW], pending: usize) -> Option<Characters> {
    let mut characters = Characters::default();
    let mut at = pending;
    while at < BLOCK {
        let (class, length) = class_at(window, at);
        if class == 0 {
            return None;
        }
        let bit = |truth: bool| u64::from(truth && length > 1) << at;
        characters.upper |= bit(class == UPPER);
        characters.lower |= bit(class == LOWER);
        characters.caseless |= bit(class == CASELESS);
        characters.mark |= bit(class == MARK);
        characters.number |= bit(class == NUMBER);
        characters.space |= bit(class == SPACE);
        let code = || decode(window, at).expect("it has a class").0 as u32;
        characters.unspaced |= bit(class & LETTER != 0 && length > 1 && is_unspaced(code()));
        at += length;
    }
    characters.beyond = (1 << (at - BLOCK)) - 1;
    Some(characters)
}

/// Every kernel against the definitions; the first follow bytes are once taken for those of a character before.
/// Returns whether the block is UTF-8 then.
fn check(window: &[u8; WINDOW]) -> bool {
    let ascii = expected_ascii(window);
    let begun = ascii.follow.trailing_ones().min(3) as usize;
    for pending in [0, begun] {
        let expected = expected_characters(window, pending);
        for name in KERNELS {
            if let Some(masks) = by_named(name, Classify { window, pending: (1 << pending) - 1 }) {
                assert_eq!(masks, (ascii, expected), "{name} {pending} {}", window.escape_ascii());
            }
        }
    }
    expected_characters(window, begun).is_some()
}

/// Texts of one script and of many, with bytes that are no UTF-8.
fn texts() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        4 => "[ -~]{0,9}",
        4 => "[а-я]{1,9} ?",
        2 => "[À-ſ]{1,3}",
        2 => "[ก-๛]{1,9}",
        2 => "[अ-ॿ]{1,9} ?",
        2 => "[一-龠]{1,9}。?",
        2 => "[ぁ-ヿ]{1,9}、?",
        2 => "[가-힣]{1,5} ?",
        1 => "[🦀-🧀]{1,3}",
        1 => "[\u{a0}\u{1680}\u{2000}-\u{200d}\u{2028}\u{3000}\u{fb00}-\u{ffff}]",
        1 => any::<char>().prop_map(String::from),
    ];
    let raw = prop::collection::vec(any::<u8>(), 0..3);
    // Few, so that most blocks are UTF-8.
    let part = prop_oneof![60 => part.prop_map(String::into_bytes), 1 => raw];
    prop::collection::vec(part, 0..60).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn kernels_agree_on_bytes(window in prop::collection::vec(any::<u8>(), WINDOW)) {
        check(&window.try_into().expect("a window"));
    }

    #[test]
    fn kernels_agree_on_texts(text in texts()) {
        for window in text.windows(WINDOW) {
            check(window.try_into().expect("a window"));
        }
    }

    /// What blocks in a row make of the whole text: whether it is UTF-8, and all bytes of some class.
    #[test]
    fn blocks_in_a_row_are_the_text(text in texts()) {
        // Spaces at the end make it whole windows.
        let padded = [text.as_slice(), &[b' '; 2 * WINDOW]].concat();
        let valid = std::str::from_utf8(&text).map_or_else(|error| error.valid_up_to(), str::len);
        let (mut pending, mut last, mut at) = (0, 0, 0);
        while at < text.len() {
            let window = padded[at..].first_chunk().expect("padded");
            let ascii = expected_ascii(window);
            let Some(characters) = by_named("portable", Classify { window, pending }).expect("always").1 else {
                prop_assert!(valid < text.len() && valid < at + BLOCK);
                return Ok(());
            };
            let marks = whole(characters.mark, ascii.follow, pending & last);
            (pending, last) = (characters.beyond, marks >> 63);
            for place in at..text.len().min(at + BLOCK) {
                let start = (0..=place).rev().find(|&start| text[start] & 0xc0 != 0x80).expect("valid so far");
                prop_assert_eq!(marks >> (place - at) & 1 != 0, class_at(&text, start).0 == MARK);
            }
            at += BLOCK;
        }
        prop_assert_eq!(valid, text.len());
    }
}

#[test]
fn kernels_know_every_character() {
    let all: String = (char::MIN..=char::MAX).collect();
    for at in (0..all.len() - WINDOW).step_by(BLOCK) {
        assert!(check(all.as_bytes()[at..].first_chunk().expect("a window")));
    }
}

/// All beginnings of two bytes, with what may and may not follow, at the border of the block and within: one
/// by one, since one that is no character decides for the whole block.
#[test]
fn kernels_know_what_is_no_character() {
    let rests: [&[u8]; 9] =
        [b"", b"\x80", b"\xbf", b"\xc0", b"\x7f", b"\x80\x80", b"\xbf\xbf", b"\x80\xc0", b"\x80\x80\x80"];
    for lead in 0x80..=0xffu8 {
        for second in 0..=0xffu8 {
            for rest in rests {
                for at in [7, 59, 60, 61, 62, 63] {
                    let sample = [&[lead, second], rest].concat();
                    let mut window = [b'a'; WINDOW];
                    let there = sample.len().min(WINDOW - at);
                    window[at..at + there].copy_from_slice(&sample[..there]);
                    check(&window);
                }
            }
        }
    }
}

#[test]
fn ascii_table_is_the_general_table() {
    for byte in 0..128u8 {
        assert_eq!(ASCII[byte as usize], class_of(byte as char), "U+{byte:04X}");
    }
}

#[test]
fn sets_are_those_of_the_reference() {
    type Holds = fn(u32) -> bool;
    for (pattern, holds) in [(r"\p{Han}", is_han as Holds), (r"[\p{P}\p{S}]", is_symbol as Holds)] {
        let hir = regex_syntax::parse(pattern).expect("a class").into_kind();
        let regex_syntax::hir::HirKind::Class(regex_syntax::hir::Class::Unicode(class)) = hir else {
            panic!("{pattern} is no class");
        };
        for c in char::MIN..=char::MAX {
            let expected = class.iter().any(|range| (range.start()..=range.end()).contains(&c));
            assert_eq!(holds(c as u32), expected, "U+{:04X} {pattern}", c as u32);
        }
    }
}

#[test]
fn white_space_is_the_property() {
    for c in char::MIN..=char::MAX {
        assert_eq!(class_of(c) & WHITE != 0, c.is_whitespace(), "U+{:04X}", c as u32);
    }
}

#[test]
fn decoding_agrees_with_the_standard_library() {
    let mut samples: Vec<Vec<u8>> = Vec::new();
    for first in 0x80..=0xffu8 {
        for second in 0..=0xffu8 {
            for rest in [&[][..], &[0x80], &[0xbf, 0x80], &[0x80, 0xbf], &[0x41], &[0x80, 0x41]] {
                let mut sample = vec![first, second];
                sample.extend_from_slice(rest);
                samples.push(sample);
            }
        }
    }
    for mut sample in samples {
        let expected = (1..=sample.len().min(4))
            .find_map(|n| std::str::from_utf8(&sample[..n]).ok())
            .and_then(|text| text.chars().next())
            .map(|c| (c, c.len_utf8()));
        assert_eq!(decode(&sample, 0), expected, "{sample:x?}");
        sample.resize(4, 0);
        let four = [sample[0], sample[1], sample[2], sample[3]];
        assert_eq!(class_of_four(four), class_at(&four, 0), "{four:x?}");
    }
}
