//! `.tiktoken` files: one token a line, its bytes in base64, a space, its merge rank, which is also its id.
//!
//! Source: tiktoken 0.14, `load.py`. The file holds neither special tokens nor a pattern.

use crate::error::{Error, ErrorKind};
use crate::token::TokenId;
use crate::vocabulary::Vocabulary;

/// Reads a `.tiktoken` file. Lines may end in `\r\n`, and may come in any order.
///
/// # Errors
///
/// [`ErrorKind::InvalidVocabulary`], naming the line, if a line is not base64, space, number; if the file is
/// empty or is another kind of file; and where [`Vocabulary::new`] fails.
pub fn read(file: &[u8]) -> Result<Vocabulary, Error> {
    if let Some(what) = another_kind_of_file(file) {
        return Err(Error::new(ErrorKind::InvalidVocabulary, format!("not a .tiktoken file: {what}")));
    }
    let mut tokens: Vec<(Vec<u8>, TokenId)> = Vec::new();
    for (number, line) in file.split(|&byte| byte == b'\n').enumerate() {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        let token = parse_line(line).map_err(|what| {
            Error::new(ErrorKind::InvalidVocabulary, format!("line {}: {what}", number + 1))
        })?;
        tokens.push(token);
    }
    tokens.sort_by_key(|(_, id)| *id);
    Vocabulary::new(tokens)
}

/// Writes a `.tiktoken` file, in the order of merge ranks.
///
/// # Errors
///
/// [`ErrorKind::InvalidVocabulary`] if the ids do not rise with the ranks: the format has one number for
/// both.
pub fn write(vocabulary: &Vocabulary) -> Result<Vec<u8>, Error> {
    let mut file = Vec::new();
    let mut previous = None;
    for (id, bytes) in vocabulary.iter() {
        if previous.is_some_and(|previous| previous >= id) {
            let message = format!(
                "a .tiktoken file cannot hold this vocabulary: the id {id} does not rise with its merge rank"
            );
            return Err(Error::new(ErrorKind::InvalidVocabulary, message));
        }
        previous = Some(id);
        encode_base64(bytes, &mut file);
        file.extend_from_slice(format!(" {id}\n").as_bytes());
    }
    Ok(file)
}

/// What people load by mistake, where it can be told from the first bytes.
fn another_kind_of_file(file: &[u8]) -> Option<&'static str> {
    let start = file.trim_ascii_start();
    match start {
        [] => Some("it is empty, there are no tokens"),
        _ if start.starts_with(b"version https://git-lfs") => {
            Some("it is a Git LFS pointer; fetch the file itself with `git lfs pull`")
        }
        [b'<', ..] => Some("it is a page of HTML or XML, probably an error page of a download"),
        [b'{' | b'[', ..] => Some("it is JSON"),
        _ => None,
    }
}

fn parse_line(line: &[u8]) -> Result<(Vec<u8>, TokenId), String> {
    let mut fields = line.split(|byte| byte.is_ascii_whitespace()).filter(|field| !field.is_empty());
    let base64 = fields.next().unwrap_or_default();
    let rank = fields.next().ok_or("no rank after the token")?;
    if fields.next().is_some() {
        return Err("more than a token and a rank".into());
    }
    let bytes = decode_base64(base64).ok_or_else(|| format!("bad base64 {:?}", lossy(base64)))?;
    let rank = std::str::from_utf8(rank).ok().filter(|rank| rank.bytes().all(|b| b.is_ascii_digit()));
    let rank = rank.and_then(|rank| rank.parse().ok()).ok_or("the rank is not a number below 2^32")?;
    Ok((bytes, rank))
}

fn lossy(bytes: &[u8]) -> String {
    let shown = &bytes[..bytes.len().min(40)];
    String::from_utf8_lossy(shown).into_owned()
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 of RFC 4648 section 4, strictly: padding is required, unused bits must be 0.
fn decode_base64(text: &[u8]) -> Option<Vec<u8>> {
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
            let value = ALPHABET.iter().position(|&other| other == symbol)?;
            bits = bits << 6 | value as u32;
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

fn encode_base64(bytes: &[u8], out: &mut Vec<u8>) {
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
    fn base64_both_ways() {
        for bytes in [&b"a"[..], b"ab", b"abc", b"abcd", &[0, 255, 254], &[0xfb, 0xff]] {
            let mut text = Vec::new();
            encode_base64(bytes, &mut text);
            assert_eq!(decode_base64(&text).as_deref(), Some(bytes));
        }
        for wrong in ["", "!!!", "YQ=", "YQ", "YR==", "Y===", "====", "YQ==YQ=="] {
            assert_eq!(decode_base64(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
