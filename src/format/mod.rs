//! Vocabulary files: readers make vocabularies, writers take them.
//!
//! * [`tiktoken`]: OpenAI's `.tiktoken` text files.
//! * [`pack`]: the form in which this crate carries its vocabularies.
//!
//! A reader never makes a tokenizer, so it cannot change how one behaves.

pub(crate) mod packed;
pub mod tiktoken;

use crate::error::Error;
use crate::vocabulary::Vocabulary;

/// The packed form of a vocabulary, as it lies in the repository's `vocab/`.
///
/// # Errors
///
/// [`crate::ErrorKind::InvalidVocabulary`] if a token is longer than 255 bytes.
pub fn pack(vocabulary: &Vocabulary) -> Result<Vec<u8>, Error> {
    let tokens: Vec<&[u8]> = vocabulary.iter().map(|(_, bytes)| bytes).collect();
    packed::write(&vocabulary.id_runs(), &tokens)
}

/// The vocabulary in a pack.
///
/// # Errors
///
/// [`crate::ErrorKind::InvalidVocabulary`] if the bytes are no pack, and where [`Vocabulary::new`] fails.
pub fn unpack(pack: &[u8]) -> Result<Vocabulary, Error> {
    let packed::Pack { ids, tokens } = packed::read(pack)?;
    let ids = ids.into_iter().flat_map(|(first, length)| (0..length).map(move |i| first.wrapping_add(i)));
    Vocabulary::new(tokens.into_iter().map(<[u8]>::to_vec).zip(ids))
}
