//! The packed form of a vocabulary, as it lies in `vocab/`: what a `.tiktoken` file says, in under half its
//! size, without the need to decompress. The build script reads it and makes the piece tables.
//!
//! ```text
//! magic    "bytepair pack 1\n"
//! runs     number of id runs (u32), then for each its first id and its length (u32 each): the tokens in the
//!          order of their ranks have the ids of the runs, one run after the other
//! lengths  the length of each token in bytes, one byte each
//! bytes    the bytes of all tokens
//! ```
//!
//! Numbers are little-endian. The names, special tokens and pattern of an encoding are not in the pack; they
//! stand in `registry/encodings.rs`.

use crate::error::{Error, ErrorKind};

const MAGIC: &[u8] = b"bytepair pack 1\n";

/// What a pack holds.
pub(crate) struct Pack<'p> {
    /// The ids of the ranks 0, 1, 2, ... as runs of (first id, length).
    pub(crate) ids: Vec<(u32, u32)>,
    /// The bytes of the tokens, in the order of their ranks.
    pub(crate) tokens: Vec<&'p [u8]>,
}

/// Whether a file begins as a pack does.
pub(crate) fn is_pack(file: &[u8]) -> bool {
    file.starts_with(MAGIC)
}

/// Reads a pack.
///
/// Fails with [`ErrorKind::InvalidVocabulary`] if the block is no pack, or is cut short or too long.
pub(crate) fn read(pack: &[u8]) -> Result<Pack<'_>, Error> {
    let rest = pack.strip_prefix(MAGIC).ok_or_else(|| invalid("it does not begin as a pack does"))?;
    let (runs, rest) = take_number(rest)?;
    let mut ids = Vec::new();
    let mut rest = rest;
    let mut tokens = 0usize;
    for _ in 0..runs {
        let (first, after) = take_number(rest)?;
        let (length, after) = take_number(after)?;
        ids.push((first, length));
        // What comes before the lengths cannot be so much that it does not fit.
        tokens = tokens.checked_add(length as usize).ok_or_else(|| invalid("it is cut short"))?;
        rest = after;
    }
    let (lengths, mut rest) = rest.split_at_checked(tokens).ok_or_else(|| invalid("it is cut short"))?;
    let mut pieces = Vec::with_capacity(tokens);
    for &length in lengths {
        let (token, after) =
            rest.split_at_checked(usize::from(length)).ok_or_else(|| invalid("it is cut short"))?;
        pieces.push(token);
        rest = after;
    }
    if !rest.is_empty() {
        return Err(invalid("bytes follow after its last token"));
    }
    Ok(Pack { ids, tokens: pieces })
}

/// Writes a pack of tokens in the order of their ranks.
///
/// Fails with [`ErrorKind::InvalidVocabulary`] if a token is longer than 255 bytes.
pub(crate) fn write(runs: &[(u32, u32)], tokens: &[&[u8]]) -> Result<Vec<u8>, Error> {
    let mut pack = MAGIC.to_vec();
    pack.extend_from_slice(&(runs.len() as u32).to_le_bytes());
    for (first, length) in runs {
        pack.extend_from_slice(&first.to_le_bytes());
        pack.extend_from_slice(&length.to_le_bytes());
    }
    for token in tokens {
        let length = u8::try_from(token.len()).map_err(|_| {
            invalid(&format!("a token of {} bytes is longer than the 255 that it can hold", token.len()))
        })?;
        pack.push(length);
    }
    pack.extend(tokens.iter().copied().flatten());
    Ok(pack)
}

fn take_number(bytes: &[u8]) -> Result<(u32, &[u8]), Error> {
    let (number, rest) = bytes.split_first_chunk::<4>().ok_or_else(|| invalid("it is cut short"))?;
    Ok((u32::from_le_bytes(*number), rest))
}

fn invalid(what: &str) -> Error {
    Error::new(ErrorKind::InvalidVocabulary, format!("this is not a packed vocabulary: {what}"))
}
