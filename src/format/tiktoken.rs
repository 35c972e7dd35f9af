//! `.tiktoken` files: one token a line, its bytes in base64, a space, its merge rank, which is also its id.
//!
//! Source: tiktoken 0.14, `load.py`. The file holds neither special tokens nor a pattern.

use super::base64;
use super::detect::another_kind_of_file;
use std::collections::HashMap;

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
    let mut lines: HashMap<TokenId, usize> = HashMap::new();
    for (number, line) in file.split(|&byte| byte == b'\n').enumerate() {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        let token = parse_line(line).map_err(|what| {
            Error::new(ErrorKind::InvalidVocabulary, format!("line {}: {what}", number + 1))
        })?;
        if let Some(other) = lines.insert(token.1, number + 1) {
            let message = format!("line {}: the rank {} is that of line {other}", number + 1, token.1);
            return Err(Error::new(ErrorKind::InvalidVocabulary, message));
        }
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
        base64::encode(bytes, &mut file);
        file.extend_from_slice(format!(" {id}\n").as_bytes());
    }
    Ok(file)
}

/// The bytes and the rank in a line. Fails with what is wrong with it.
pub(super) fn parse_line(line: &[u8]) -> Result<(Vec<u8>, TokenId), String> {
    let mut fields = line.split(|byte| byte.is_ascii_whitespace()).filter(|field| !field.is_empty());
    let token = fields.next().unwrap_or_default();
    let rank = fields.next().ok_or("no rank after the token")?;
    if fields.next().is_some() {
        return Err("more than a token and a rank".into());
    }
    let bytes = base64::decode(token).ok_or_else(|| format!("bad base64 {:?}", lossy(token)))?;
    let rank = std::str::from_utf8(rank).ok().filter(|rank| rank.bytes().all(|b| b.is_ascii_digit()));
    let rank = rank.and_then(|rank| rank.parse().ok()).ok_or("the rank is not a number below 2^32")?;
    Ok((bytes, rank))
}

fn lossy(bytes: &[u8]) -> String {
    let shown = &bytes[..bytes.len().min(40)];
    String::from_utf8_lossy(shown).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(vocabulary: impl IntoIterator<Item = (Vec<u8>, TokenId)>) -> String {
        let mut file = Vec::new();
        for (bytes, id) in vocabulary {
            base64::encode(&bytes, &mut file);
            file.extend(format!(" {id}\n").into_bytes());
        }
        String::from_utf8(file).expect("base64")
    }

    fn bytes() -> impl Iterator<Item = (Vec<u8>, TokenId)> {
        (0..=255u8).map(|byte| (vec![byte], u32::from(byte)))
    }

    #[test]
    fn what_is_read_is_written() {
        let file = file(bytes().chain([(b"ab".to_vec(), 300), (b"abc".to_vec(), u32::MAX)]));
        let vocabulary = read(file.as_bytes()).expect("all bytes");
        assert_eq!(write(&vocabulary).expect("ids rise"), file.as_bytes());
        let mut lines: Vec<&str> = file.lines().collect();
        lines.reverse();
        let reversed = read(lines.join("\r\n").as_bytes()).expect("any order");
        assert!(reversed.iter().eq(vocabulary.iter()));
        let falling = Vocabulary::new(bytes().chain([(b"bc".to_vec(), 400), (b"ab".to_vec(), 300)]));
        let error = write(&falling.expect("distinct tokens")).expect_err("ids that fall").to_string();
        assert!(error.contains("the id 300 does not rise with its merge rank"), "{error}");
    }

    #[test]
    fn every_beginning_but_that_of_whole_lines_is_refused() {
        let file = file(bytes().chain([(b"ab".to_vec(), 300)]));
        let last = file.trim_end().rfind('\n').expect("lines") + 1;
        for end in 0..file.len() {
            let found = read(&file.as_bytes()[..end]);
            // The last line can be cut off, or its number.
            let may_pass = end == last || end + 1 == last || end > file.len() - 4;
            assert!(found.is_err() || may_pass, "{end}");
        }
    }
}
