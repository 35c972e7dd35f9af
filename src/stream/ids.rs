//! How often each id comes in a text that comes in chunks.
//!
//! Ids are made by the [`Encoder`]; what their numbers say is left to `evaluate`.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::Encoder;
use crate::error::Error;
use crate::special::SpecialPolicy;
use crate::token::TokenId;
use crate::tokenizer::Tokenizer;

/// How many ids are made of a chunk at a time, about: they stay in the first caches.
const STEP: usize = 32 * 1024;

/// How often each id came. As large as there are different ids, so that it can be kept for many small texts.
pub(crate) type IdCounts = HashMap<TokenId, u64, BuildHasherDefault<IdHasher>>;

/// Adds the ids of a text.
pub(crate) fn add_ids(counts: &mut IdCounts, ids: &[TokenId]) {
    for &id in ids {
        *counts.entry(id).or_default() += 1;
    }
}

/// Spreads ids by one multiplication. Whoever makes a vocabulary whose ids collide slows down its own evaluation.
#[derive(Default)]
pub(crate) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u32(u32::from(byte)));
    }

    fn write_u32(&mut self, id: u32) {
        // The table takes the lowest bits and the highest ones, but a product is well mixed in its middle and above.
        self.0 = (self.0 ^ u64::from(id)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(26);
    }
}

/// Counts the ids of a text that comes in chunks.
pub(crate) struct IdCounter<'t> {
    encoder: Encoder<'t>,
    ids: Vec<TokenId>,
    counts: IdCounts,
    /// How many ids were counted since the text began.
    tokens: u64,
}

impl<'t> IdCounter<'t> {
    pub(crate) fn new(tokenizer: &'t Tokenizer, policy: SpecialPolicy) -> IdCounter<'t> {
        let encoder = Encoder::new(tokenizer, policy);
        IdCounter { encoder, ids: Vec::new(), counts: IdCounts::default(), tokens: 0 }
    }

    /// What is pushed now is not the beginning of a text: nothing is put before it.
    pub(crate) fn continue_text(&mut self) {
        self.encoder.splitter.continue_text();
    }

    /// Takes the next bytes of the text.
    pub(crate) fn push(&mut self, chunk: &[u8]) -> Result<(), Error> {
        for step in chunk.chunks(STEP) {
            self.encoder.push(step, &mut self.ids)?;
            self.count();
        }
        Ok(())
    }

    /// Ends the text, and begins a new one: the number of its tokens.
    pub(crate) fn end_text(&mut self) -> Result<u64, Error> {
        self.encoder.splitter.finish(&mut self.ids)?;
        self.count();
        Ok(std::mem::take(&mut self.tokens))
    }

    /// How often each id came, in all texts.
    pub(crate) fn into_counts(self) -> IdCounts {
        self.counts
    }

    fn count(&mut self) {
        self.tokens += self.ids.len() as u64;
        add_ids(&mut self.counts, &self.ids);
        self.ids.clear();
    }
}
