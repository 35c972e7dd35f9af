//! Character classes as the pre-tokenizer patterns see them, for Unicode 16.0.
//!
//! The reference implementations (tiktoken 0.14 on regex-syntax 0.8, Hugging Face tokenizers on Oniguruma)
//! agree on these classes, and a newer Unicode would change ids: U+1C89 became a letter in 16.0, U+0295
//! changes from `Ll` to `Lo` in 17.0. The table is generated and checked by `tests/unicode_tables.rs`.
//!
//! One character at a time they are asked for here, 64 bytes at a time in `masks`. What the classes are used
//! for is left to `pretokenize` and `measure`.

pub(crate) mod masks;
mod pages;
mod portable;
pub(crate) mod simd;
mod symbols;
mod table;

/// The Unicode version of the class tables.
pub const UNICODE_VERSION: &str = "16.0.0";

/// A set of character classes, one bit each. A character has exactly one class.
///
/// The empty set is what stands at the end of a text and at a byte that is not valid UTF-8: no rule of any
/// pattern matches it, so every run ends there without a special case.
pub(crate) type Class = u8;

/// `\p{Lu}` and `\p{Lt}`.
pub(crate) const UPPER: Class = 1;
/// `\p{Ll}`.
pub(crate) const LOWER: Class = 2;
/// `\p{Lm}` and `\p{Lo}`: letters without case.
pub(crate) const CASELESS: Class = 4;
/// `\p{M}`: combining marks.
pub(crate) const MARK: Class = 8;
/// `\p{N}`.
pub(crate) const NUMBER: Class = 16;
/// `\s` except the two of [`NEWLINE`].
pub(crate) const SPACE: Class = 32;
/// `\r` and `\n`.
pub(crate) const NEWLINE: Class = 64;
/// Everything else: punctuation, symbols, controls, unassigned code points.
pub(crate) const OTHER: Class = 128;

/// `\p{L}`.
pub(crate) const LETTER: Class = UPPER | LOWER | CASELESS;
/// `\s`, 25 code points (those of the property White_Space).
pub(crate) const WHITE: Class = SPACE | NEWLINE;

/// The classes of the 128 ASCII characters, and 0 for the bytes that are none.
const ASCII: [Class; 256] = ascii_classes();

const fn ascii_classes() -> [Class; 256] {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        classes[byte] = match byte as u8 {
            b'A'..=b'Z' => UPPER,
            b'a'..=b'z' => LOWER,
            b'0'..=b'9' => NUMBER,
            b'\n' | b'\r' => NEWLINE,
            b'\t' | 0x0b | 0x0c | b' ' => SPACE,
            _ => OTHER,
        };
        byte += 1;
    }
    classes
}

/// The class of a character.
pub(crate) fn class_of(c: char) -> Class {
    class_of_code(c as u32)
}

/// The class of a code point, at most U+10FFFF.
#[inline(always)]
const fn class_of_code(code: u32) -> Class {
    let code = code as usize;
    table::CLASSES[(table::BLOCKS[code >> 7] as usize) << 7 | (code & 127)]
}

/// The class of the character that begins at byte `at`, and its length in bytes.
///
/// `(0, 0)` at the end of the text; `(0, 1)` where the byte does not begin a valid UTF-8 character.
#[inline(always)]
pub(crate) fn class_at(text: &[u8], at: usize) -> (Class, usize) {
    match text.get(at) {
        None => (0, 0),
        Some(&byte) if byte < 128 => (ASCII[byte as usize], 1),
        Some(_) => class_of_encoded(text, at),
    }
}

/// [`class_at`] for a first byte of 128 or more.
#[inline(always)]
fn class_of_encoded(text: &[u8], at: usize) -> (Class, usize) {
    match decode(text, at) {
        Some((c, length)) => (class_of(c), length),
        None => (0, 1),
    }
}

/// [`class_at`] for a first byte of 128 or more, of a text that goes on for three bytes at least.
#[inline(always)]
pub(crate) fn class_of_four(bytes: [u8; 4]) -> (Class, usize) {
    let word = u32::from_le_bytes(bytes);
    let [lead, second, third, _] = bytes.map(u32::from);
    if word & 0xc0e0 == 0x80c0 && lead >= 0xc2 {
        let code = (lead & 0x1f) << 6 | (second & 0x3f);
        return (class_of_code(code), 2);
    }
    if word & 0x00c0_c0f0 == 0x0080_80e0 {
        let code = (lead & 0x0f) << 12 | (second & 0x3f) << 6 | (third & 0x3f);
        // Neither an overlong form nor a surrogate.
        if code >= 0x800 && code & 0xf800 != 0xd800 {
            return (class_of_code(code), 3);
        }
    }
    class_of_encoded(&bytes, 0)
}

/// Whether a letter belongs to a script that is written without spaces between words: Han, Hiragana, Katakana,
/// Thai, Lao, Khmer, Myanmar. Ranges of blocks, Unicode 16.0 (`Blocks.txt`); only letters in them are asked for.
pub(crate) const fn is_unspaced(code: u32) -> bool {
    matches!(code,
        0x0e00..=0x0eff         // Thai, Lao
        | 0x1000..=0x109f       // Myanmar
        | 0x1780..=0x17ff       // Khmer
        | 0x3005..=0x3007       // ideographic iteration mark, closing mark, zero
        | 0x3040..=0x30ff       // Hiragana, Katakana
        | 0x31f0..=0x31ff       // Katakana phonetic extensions
        | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff // Han
        | 0xa9e0..=0xa9ff | 0xaa60..=0xaa7f // Myanmar extended
        | 0xff66..=0xff9f       // half-width Katakana
        | 0x1_aff0..=0x1_b16f   // Kana extended, supplement and small
        | 0x2_0000..=0x3_ffff   // Han, supplementary planes
    )
}

/// Whether a character is of the script Han, `\p{Han}`: ideographs, and also their radicals (symbols), the
/// zero and the numerals of merchants (numbers), and two marks.
#[inline]
pub(crate) const fn is_han(code: u32) -> bool {
    matches!(code,
        0x4e00..=0x9fff | 0x3400..=0x4dbf
        | 0x2e80..=0x2e99 | 0x2e9b..=0x2ef3 | 0x2f00..=0x2fd5
        | 0x3005 | 0x3007 | 0x3021..=0x3029 | 0x3038..=0x303b
        | 0xf900..=0xfa6d | 0xfa70..=0xfad9
        | 0x1_6fe2..=0x1_6fe3 | 0x1_6ff0..=0x1_6ff1
        | 0x2_0000..=0x2_a6df | 0x2_a700..=0x2_b739 | 0x2_b740..=0x2_b81d | 0x2_b820..=0x2_cea1
        | 0x2_ceb0..=0x2_ebe0 | 0x2_ebf0..=0x2_ee5d | 0x2_f800..=0x2_fa1d
        | 0x3_0000..=0x3_134a | 0x3_1350..=0x3_23af
    )
}

/// Whether a character is punctuation or a symbol, `[\p{P}\p{S}]`: all of [`OTHER`] but controls, format
/// characters, private and unassigned ones.
#[inline]
pub(crate) fn is_symbol(code: u32) -> bool {
    let block = symbols::BLOCKS.get(code as usize >> 7);
    block.is_some_and(|&set| symbols::SETS[usize::from(set)] >> (code & 127) & 1 != 0)
}

/// The character of two to four bytes that begins at byte `at`, and its length in bytes; `None` if the bytes
/// there are not valid UTF-8 (Unicode 16.0, table 3-7: no overlong forms, no surrogates, at most U+10FFFF).
#[inline(always)]
pub(crate) fn decode(text: &[u8], at: usize) -> Option<(char, usize)> {
    let rest = text.get(at..)?;
    let follow = |i: usize| match rest.get(i) {
        Some(&byte) if byte & 0xc0 == 0x80 => Some(u32::from(byte & 0x3f)),
        _ => None,
    };
    let lead = u32::from(*rest.first()?);
    let (code, length) = match lead {
        0xc2..=0xdf => ((lead & 0x1f) << 6 | follow(1)?, 2),
        0xe0..=0xef => {
            let code = (lead & 0x0f) << 12 | follow(1)? << 6 | follow(2)?;
            (if code < 0x800 { return None } else { code }, 3)
        }
        0xf0..=0xf4 => {
            let code = (lead & 0x07) << 18 | follow(1)? << 12 | follow(2)? << 6 | follow(3)?;
            (if code < 0x1_0000 { return None } else { code }, 4)
        }
        _ => return None,
    };
    Some((char::from_u32(code)?, length))
}

#[cfg(test)]
mod tests;
