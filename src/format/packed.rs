//! The packed form of a vocabulary, as it lies in `vocab/`: its ranks, ids and bytes, without the need to decompress or
//! to parse. The build script reads it and makes the tables.
//!
//! ```text
//! magic    "bytepair pack 3\n"
//! header   flags (1: merging begins with characters, 2: whole pieces are looked up, 4: only listed pairs merge);
//!          tokens that merge; others; runs                                                        (u32 each)
//! bytes    for each of 256 bytes, rank + 1 of the other that stands for it, or 0                  (u32 each)
//! runs     first id and length: the tokens in the order of their ranks, then the first of the
//!          others, have the ids of the runs, one run after the other                              (u32 each)
//! pairs    if listed: for each token that merges, rank + 1 of both parts, or 0 0                  (u32 each)
//! lengths  the length of each token in bytes                                                      (u16 each)
//! spelled  the bytes of all tokens, then of the others
//! ```
//!
//! Numbers are little-endian. Special tokens, normalizer and pattern are not in the pack; they stand in `registry`.

use crate::error::{Error, ErrorKind};
use crate::token::Unit;

const MAGIC: &[u8] = b"bytepair pack 3\n";

const CHARACTERS: u32 = 1;
const WHOLE_PIECES: u32 = 2;
const LISTED: u32 = 4;

/// What a pack holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pack<'p> {
    pub(crate) unit: Unit,
    pub(crate) whole_pieces: bool,
    /// The ids of the ranks 0, 1, 2, ... as runs of (first id, length).
    pub(crate) ids: Vec<(u32, u32)>,
    /// The bytes of the tokens that merge, in the order of their ranks.
    pub(crate) tokens: Vec<&'p [u8]>,
    /// The two tokens that each of them is made of, if only listed pairs merge.
    pub(crate) pairs: Option<Vec<Option<(u32, u32)>>>,
    /// What has ranks above those of the tokens.
    pub(crate) others: Vec<&'p [u8]>,
    /// The ranks of the others that stand for single bytes.
    pub(crate) bytes: [Option<u32>; 256],
}

/// What is left to be read.
struct Rest<'p>(&'p [u8]);

impl<'p> Rest<'p> {
    fn take(&mut self, bytes: usize) -> Result<&'p [u8], Error> {
        let (taken, rest) = self.0.split_at_checked(bytes).ok_or_else(|| invalid("it is cut short"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u32, Error> {
        let bytes = self.take(4)?;
        Ok(bytes.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes)))
    }

    /// So many rows of two numbers; their memory is that of the bytes they are read from.
    fn pairs(&mut self, count: u32) -> Result<Vec<(u32, u32)>, Error> {
        let numbers = self.take(count as usize * 8)?.chunks_exact(8);
        let number = |bytes: &[u8]| bytes.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
        Ok(numbers.map(|row| (number(row), number(&row[4..]))).collect())
    }
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
    let mut rest = Rest(rest);
    let (flags, merging, others, runs) = (rest.number()?, rest.number()?, rest.number()?, rest.number()?);
    let mut bytes = [None; 256];
    for place in &mut bytes {
        *place = rest.number()?.checked_sub(1);
    }
    let ids = rest.pairs(runs)?;
    let is_listed = flags & LISTED != 0;
    let pairs = if is_listed { Some(rest.pairs(merging)?) } else { None };
    let parts = |&(left, right): &(u32, u32)| Some((left.checked_sub(1)?, right.checked_sub(1)?));
    let pairs: Option<Vec<_>> = pairs.map(|pairs| pairs.iter().map(parts).collect());
    let all = merging as usize + others as usize;
    let lengths = rest.take(2 * all)?.chunks_exact(2);
    let length = |bytes: &[u8]| bytes.first_chunk().map_or(0, |bytes| u16::from_le_bytes(*bytes));
    let spelled =
        lengths.map(|bytes| rest.take(usize::from(length(bytes)))).collect::<Result<Vec<_>, _>>()?;
    if !rest.0.is_empty() {
        return Err(invalid("bytes follow after its last token"));
    }
    let known: u64 = ids.iter().map(|&(_, length)| u64::from(length)).sum();
    if !(u64::from(merging)..=all as u64).contains(&known) {
        return Err(invalid("it has too few or too many ids for its tokens"));
    }
    if ids.iter().any(|&(first, length)| first.checked_add(length.saturating_sub(1)).is_none()) {
        return Err(invalid("it has ids beyond 2^32"));
    }
    let is_in = |rank: u32, from: usize, to: usize| (from..to).contains(&(rank as usize));
    let merging = merging as usize;
    if bytes.iter().flatten().any(|&rank| !is_in(rank, merging, all)) {
        return Err(invalid("what stands for a byte is no token of it"));
    }
    let mut parts = pairs.iter().flatten().flatten();
    if parts.any(|&(left, right)| !is_in(left, 0, merging) || !is_in(right, 0, merging)) {
        return Err(invalid("a token is made of what is no token of it"));
    }
    let (unit, whole_pieces) =
        (if flags & CHARACTERS != 0 { Unit::Character } else { Unit::Byte }, flags & WHOLE_PIECES != 0);
    let (tokens, others) = spelled.split_at(merging);
    Ok(Pack { unit, whole_pieces, ids, tokens: tokens.to_vec(), pairs, others: others.to_vec(), bytes })
}

/// Writes a pack.
///
/// Fails with [`ErrorKind::InvalidVocabulary`] if a token is longer than 65,535 bytes.
pub(crate) fn write(pack: &Pack<'_>) -> Result<Vec<u8>, Error> {
    let Pack { unit, whole_pieces, ids, tokens, pairs, others, bytes } = pack;
    let flag = |is_set: bool, flag: u32| if is_set { flag } else { 0 };
    let flags = flag(*unit == Unit::Character, CHARACTERS)
        | flag(*whole_pieces, WHOLE_PIECES)
        | flag(pairs.is_some(), LISTED);
    let mut out = MAGIC.to_vec();
    let mut put = |number: u32| out.extend_from_slice(&number.to_le_bytes());
    [flags, tokens.len() as u32, others.len() as u32, ids.len() as u32].into_iter().for_each(&mut put);
    bytes.iter().for_each(|rank| put(rank.map_or(0, |rank| rank + 1)));
    ids.iter().flat_map(|&(first, length)| [first, length]).for_each(&mut put);
    let parts = |pair: &Option<(u32, u32)>| pair.map_or([0, 0], |(left, right)| [left + 1, right + 1]);
    pairs.iter().flatten().flat_map(parts).for_each(&mut put);
    let all = || tokens.iter().chain(others);
    for token in all() {
        let length = u16::try_from(token.len()).map_err(|_| {
            invalid(&format!("a token of {} bytes is longer than the 65,535 that it can hold", token.len()))
        })?;
        out.extend_from_slice(&length.to_le_bytes());
    }
    out.extend(all().copied().flatten());
    Ok(out)
}

fn invalid(what: &str) -> Error {
    Error::new(ErrorKind::InvalidVocabulary, format!("this is not a packed vocabulary: {what}"))
}

#[cfg(test)]
mod tests {
    use super::super::{pack, unpack};
    use super::*;
    use crate::vocabulary::{BpeModel, Vocabulary};

    /// Characters with a list of merges (nothing makes `aba`), bytes for the rest, and one token that is only decoded.
    fn listed() -> Vocabulary {
        let tokens = [&b"a"[..], b"b", b"ab", b"ba", b"aba"].into_iter().zip([7, 8, 9, 20, 21]);
        Vocabulary::from_model(BpeModel {
            tokens: tokens.map(|(bytes, id)| (bytes.to_vec(), id)).collect(),
            merges: Some(vec![[1, 0, 3], [0, 1, 2]]),
            unit: Unit::Character,
            byte_tokens: (0..=255u8).map(|byte| (byte, 100 + u32::from(byte))).collect(),
            decode_only: vec![(b"<x>".to_vec(), 99)],
            unknown: None,
            whole_pieces: false,
        })
        .expect("a small model")
    }

    fn ranked() -> Vocabulary {
        let words = [&b"ab"[..], b"ba", b"aba"].map(<[u8]>::to_vec);
        let tokens = (0..=255u8).map(|byte| vec![byte]).chain(words).zip(10..);
        Vocabulary::new(tokens).expect("distinct tokens")
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        for vocabulary in [listed(), ranked()] {
            let packed = pack(&vocabulary).expect("short tokens");
            let again = unpack(&packed).expect("our own pack");
            assert_eq!(again.unit(), vocabulary.unit());
            assert_eq!(again.whole_pieces(), vocabulary.whole_pieces());
            assert!(again.merges().eq(vocabulary.merges()));
            for (id, bytes) in vocabulary.iter() {
                assert_eq!(again.bytes(id), Some(bytes));
            }
            assert_eq!(again.len(), vocabulary.len());
            assert_eq!(again.missing_bytes().count(), 0);
        }
    }

    #[test]
    fn damaged_packs_are_refused() {
        for vocabulary in [listed(), ranked()] {
            let whole = pack(&vocabulary).expect("short tokens");
            for end in 0..whole.len() {
                assert!(unpack(&whole[..end]).is_err(), "{end}");
            }
            assert!(unpack(&[&whole[..], b"x"].concat()).is_err());
            // Counts of up to 2^32 take no memory.
            for place in (MAGIC.len()..MAGIC.len() + 16).step_by(4).skip(1) {
                let mut huge = whole.clone();
                huge[place..place + 4].copy_from_slice(&u32::MAX.to_le_bytes());
                assert!(unpack(&huge).is_err(), "{place}");
            }
        }
        assert!(unpack(b"").expect_err("nothing").to_string().contains("does not begin as a pack does"));
    }

    #[test]
    fn parts_and_ids_must_be_there() {
        let whole = pack(&listed()).expect("short tokens");
        let change = |find: &dyn Fn(&mut Pack<'_>)| {
            let mut packed = read(&whole).expect("our own pack");
            find(&mut packed);
            let bytes = write(&packed).expect("short tokens");
            unpack(&bytes).map(|vocabulary| vocabulary.len())
        };
        assert!(change(&|_| ()).is_ok());
        let pair = |pair| move |packed: &mut Pack<'_>| packed.pairs.as_mut().expect("a list")[2] = Some(pair);
        assert!(change(&pair((0, 0))).expect_err("aa is not ba").to_string().contains("makes"));
        assert!(change(&pair((0, 99))).expect_err("no token").to_string().contains("no token of it"));
        assert!(change(&|packed| packed.bytes[0] = Some(0)).is_err());
        assert!(change(&|packed| packed.ids = vec![(u32::MAX - 3, 262)]).is_err());
        // Fewer ids than tokens that merge, or more than there are tokens.
        assert!(change(&|packed| packed.ids = vec![(0, 2)]).is_err());
        assert!(change(&|packed| packed.ids.push((5000, 1))).is_err());
        assert!(change(&|packed| packed.ids = vec![(0, 262), (3, 0)]).is_ok());
        let long = [b'x'; 70_000];
        let too_long = Pack { tokens: vec![&long], pairs: None, ..read(&whole).expect("our own pack") };
        assert!(write(&too_long).expect_err("70,000 bytes").to_string().contains("70000 bytes is longer"));
    }
}
