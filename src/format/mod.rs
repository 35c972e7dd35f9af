//! Vocabulary files: readers make vocabularies, writers take them.
//!
//! * [`tiktoken`]: OpenAI's `.tiktoken` text files.
//! * [`pack`]: the form in which this crate carries its vocabularies.
//!
//! A reader never makes a tokenizer, so it cannot change how one behaves.

pub(crate) mod packed;
pub mod tiktoken;

use crate::error::Error;
use crate::vocabulary::{BpeModel, Rules, Vocabulary};

/// The packed form of a vocabulary, as it lies in the repository's `vocab/`.
///
/// # Errors
///
/// [`crate::ErrorKind::InvalidVocabulary`] if a token is longer than 255 bytes.
pub fn pack(vocabulary: &Vocabulary) -> Result<Vec<u8>, Error> {
    let Rules { unit, merging, whole_pieces, .. } = vocabulary.rules();
    let spelled = vocabulary.spelled();
    let (tokens, others) = spelled.split_at(merging as usize);
    let bytes = vocabulary.byte_ranks().map(|rank| rank.filter(|&rank| rank >= merging));
    packed::write(&packed::Pack {
        unit,
        whole_pieces,
        ids: vocabulary.id_runs(),
        tokens: tokens.to_vec(),
        pairs: (!vocabulary.merges_any_neighbours()).then(|| vocabulary.pairs()),
        others: others.to_vec(),
        bytes,
    })
}

/// The vocabulary in a pack.
///
/// # Errors
///
/// [`crate::ErrorKind::InvalidVocabulary`] if the bytes are no pack, and where [`Vocabulary::from_model`] fails.
pub fn unpack(pack: &[u8]) -> Result<Vocabulary, Error> {
    let pack = packed::read(pack)?;
    let ids = pack.ids.iter().flat_map(|&(first, length)| (0..length).map(move |i| first.wrapping_add(i)));
    let mut all = pack.tokens.iter().chain(&pack.others).zip(ids);
    let tokens = all.by_ref().take(pack.tokens.len()).map(|(bytes, id)| (bytes.to_vec(), id)).collect();
    let (mut byte_tokens, mut decode_only) = (Vec::new(), Vec::new());
    for ((bytes, id), rank) in all.zip(pack.tokens.len() as u32..) {
        match **bytes {
            [byte] if pack.bytes[usize::from(byte)] == Some(rank) => byte_tokens.push((byte, id)),
            _ => decode_only.push((bytes.to_vec(), id)),
        }
    }
    let merges = pack.pairs.as_ref().map(|pairs| {
        let merges =
            pairs.iter().zip(0..).filter_map(|(pair, rank)| pair.map(|(left, right)| [left, right, rank]));
        merges.collect()
    });
    Vocabulary::from_model(BpeModel {
        tokens,
        merges,
        unit: pack.unit,
        byte_tokens,
        decode_only,
        unknown: None,
        whole_pieces: pack.whole_pieces,
    })
}
