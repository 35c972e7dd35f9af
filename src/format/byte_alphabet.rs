//! The alphabet in which GPT-2's files write bytes: each byte is a printable character.
//!
//! Source: `bytes_to_unicode` of GPT-2's `encoder.py`, which Hugging Face calls `ByteLevel`. Printable bytes of
//! Latin-1 stand for themselves, the others for the characters from U+0100 on, in order.

/// The characters of the alphabet reach from U+0021 to U+0143.
const END: usize = 0x144;

const CHARS: [char; 256] = {
    let mut chars = ['\0'; 256];
    let (mut byte, mut next) = (0, 0x100);
    while byte < 256 {
        let printable = matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
        let code = if printable { byte as u32 } else { next };
        if !printable {
            next += 1;
        }
        if let Some(char) = char::from_u32(code) {
            chars[byte] = char;
        }
        byte += 1;
    }
    chars
};

/// One more than the byte that a character stands for; 0 if it stands for none.
const BYTES: [u16; END] = {
    let mut bytes = [0; END];
    let mut byte = 0;
    while byte < 256 {
        bytes[CHARS[byte] as usize] = byte as u16 + 1;
        byte += 1;
    }
    bytes
};

/// The character that stands for a byte.
pub(super) fn char_of(byte: u8) -> char {
    CHARS[usize::from(byte)]
}

/// The byte that a character stands for.
pub(super) fn byte_of(char: char) -> Option<u8> {
    let found = *BYTES.get(char as usize)?;
    found.checked_sub(1).map(|byte| byte as u8)
}

/// The bytes that a text stands for; `None` if a character of it is not in the alphabet.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    text.chars().map(byte_of).collect()
}

/// The text that stands for bytes.
pub(super) fn encode(bytes: &[u8]) -> String {
    // No character of the alphabet has more than two bytes.
    let mut text = String::with_capacity(2 * bytes.len());
    text.extend(bytes.iter().map(|&byte| char_of(byte)));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_one_of_gpt2() {
        assert_eq!(encode(b" a\n\x00\x7f\xad\xff"), "\u{120}a\u{10a}\u{100}\u{121}\u{143}\u{ff}");
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(&encode(&all)), Some(all));
        for foreign in [" ", "\u{ad}", "\u{144}", "\u{2581}", "\u{4e00}"] {
            assert_eq!(decode(foreign), None);
        }
    }
}
