//! The masks of every kernel against the classes of the characters one by one.

use proptest::prelude::*;

use super::masks::{AsciiMasks, BLOCK, Characters, Kernel, WINDOW, Work, whole};
use super::simd::{KERNELS, by_named};
use super::*;

#[derive(Clone, Copy)]
struct Classify<'w>(&'w [u8; WINDOW]);

impl Work for Classify<'_> {
    type Result = (AsciiMasks, Characters);

    #[inline(always)]
    fn by<K: Kernel>(self, kernel: K) -> Self::Result {
        let ascii = kernel.classify(self.0.first_chunk().expect("a window is longer"));
        (ascii, kernel.characters(self.0, &ascii))
    }
}

/// The masks of a window, by the definitions of their bits.
fn expected(window: &[u8; WINDOW]) -> (AsciiMasks, Characters) {
    let (mut ascii, mut characters) = (AsciiMasks::default(), Characters::default());
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
        let Some((c, length)) = decode(window, at).filter(|_| byte >= 0xc0) else { continue };
        let class = class_of(c);
        characters.starts |= bit(true);
        characters.three |= bit(length >= 3);
        characters.four |= bit(length == 4);
        characters.upper |= bit(class == UPPER);
        characters.lower |= bit(class == LOWER);
        characters.caseless |= bit(class == CASELESS);
        characters.mark |= bit(class == MARK);
        characters.number |= bit(class == NUMBER);
        characters.space |= bit(class == SPACE);
        characters.unspaced |= bit(class & LETTER != 0 && is_unspaced(c as u32));
    }
    (ascii, characters)
}

fn check(window: &[u8; WINDOW]) {
    let expected = expected(window);
    for name in KERNELS {
        if let Some(masks) = by_named(name, Classify(window)) {
            assert_eq!(masks, expected, "{name} {}", window.escape_ascii());
        }
    }
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
    let part = prop_oneof![12 => part.prop_map(String::into_bytes), 1 => raw];
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

    /// What blocks in a row make of the whole text: which of them are UTF-8, and all bytes of some class.
    #[test]
    fn blocks_in_a_row_are_the_text(text in texts()) {
        let mut window = [0; WINDOW];
        let (mut pending, mut last) = (Some(0), 0);
        for at in (0..text.len()).step_by(BLOCK) {
            let there = WINDOW.min(text.len() - at);
            window.fill(b' ');
            window[..there].copy_from_slice(&text[at..at + there]);
            let (ascii, characters) = expected(&window);
            let begun = pending;
            pending = begun.and_then(|bytes| characters.cover(&ascii, bytes));
            let end = text.len().min(at + BLOCK);
            let Some(bytes) = begun.filter(|_| pending.is_some()) else {
                let mut whole_characters = end;
                while whole_characters < text.len() && text[whole_characters] & 0xc0 == 0x80 {
                    whole_characters += 1;
                }
                prop_assert!(std::str::from_utf8(&text[..whole_characters]).is_err());
                return Ok(());
            };
            let marks = whole(characters.mark, ascii.follow, bytes & last);
            last = marks >> 63;
            for place in at..end {
                let start = (0..=place).rev().find(|&start| text[start] & 0xc0 != 0x80).expect("valid so far");
                prop_assert_eq!(marks >> (place - at) & 1 != 0, class_at(&text, start).0 == MARK);
            }
        }
        prop_assert!(std::str::from_utf8(&text).is_ok());
    }
}

#[test]
fn kernels_know_every_character() {
    let all: String = (char::MIN..=char::MAX).collect();
    for at in (0..all.len() - WINDOW).step_by(BLOCK) {
        check(all.as_bytes()[at..].first_chunk().expect("a window"));
    }
}

/// All beginnings of two bytes, with every third byte, and with what may and may not follow.
#[test]
fn kernels_know_what_is_no_character() {
    for lead in 0xc0..=0xffu8 {
        for second in 0..=0xffu8 {
            let thirds: Vec<u8> = (0..=0xff).flat_map(|third| [lead, second, third]).collect();
            let fourths =
                [[lead, second, 0x80, 0xbf], [lead, second, 0xbf, 0x7f], [second, lead, 0x80, 0xc0]];
            let text = [thirds, fourths.as_flattened().repeat(6)].concat();
            for at in (0..text.len() - WINDOW).step_by(BLOCK) {
                check(text[at..].first_chunk().expect("a window"));
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
    for sample in samples {
        let expected = (1..=sample.len().min(4))
            .find_map(|n| std::str::from_utf8(&sample[..n]).ok())
            .and_then(|text| text.chars().next())
            .map(|c| (c, c.len_utf8()));
        assert_eq!(decode(&sample, 0), expected, "{sample:x?}");
    }
}
