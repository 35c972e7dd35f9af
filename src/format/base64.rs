//! Base64 of RFC 4648 section 4, strictly: padding is required, unused bits must be 0.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The value of each symbol; 255 for what is none.
const VALUES: [u8; 256] = {
    let mut values = [255; 256];
    let mut value = 0;
    while value < 64 {
        values[ALPHABET[value] as usize] = value as u8;
        value += 1;
    }
    values
};

/// The bytes of a text in base64; `None` if it is empty or not base64.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    if text.is_empty() || !text.len().is_multiple_of(4) {
        return None;
    }
    let padding = text.iter().rev().take_while(|&&byte| byte == b'=').count();
    if padding > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for group in text[..text.len() - padding].chunks(4) {
        let mut bits = 0u32;
        for &symbol in group {
            let value = VALUES[usize::from(symbol)];
            if value == 255 {
                return None;
            }
            bits = bits << 6 | u32::from(value);
        }
        let missing = 4 - group.len() as u32;
        bits <<= 6 * missing;
        let bytes_of_bits = bits.to_be_bytes();
        let (kept, unused) = bytes_of_bits[1..].split_at((3 - missing) as usize);
        if unused.iter().any(|&byte| byte != 0) {
            return None;
        }
        bytes.extend_from_slice(kept);
    }
    Some(bytes)
}

/// Writes bytes in base64.
pub(super) fn encode(bytes: &[u8], out: &mut Vec<u8>) {
    for group in bytes.chunks(3) {
        let mut padded = [0u8; 4];
        padded[1..=group.len()].copy_from_slice(group);
        let bits = u32::from_be_bytes(padded);
        for i in 0..4 {
            let symbol = ALPHABET[(bits >> (18 - 6 * i) & 63) as usize];
            out.push(if i <= group.len() { symbol } else { b'=' });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        for bytes in [&b"a"[..], b"ab", b"abc", b"abcd", &[0, 255, 254], &[0xfb, 0xff]] {
            let mut text = Vec::new();
            encode(bytes, &mut text);
            assert_eq!(decode(&text).as_deref(), Some(bytes));
        }
        for wrong in ["", "!!!", "YQ=", "YQ", "YR==", "Y===", "====", "YQ==YQ=="] {
            assert_eq!(decode(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
