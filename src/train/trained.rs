//! What training gives: a definition, and how it came to be.

use super::merge::{Goal, Learned};
use super::start::{self, Start};
use super::{Text, Trainer};
use crate::definition::Definition;
use crate::error::Error;
use crate::special::{SpecialToken, SpecialTokens};
use crate::token::TokenId;
use crate::vocabulary::{BpeModel, Vocabulary};

/// A vocabulary that was learned.
#[derive(Clone, Debug)]
pub struct Trained {
    definition: Definition,
    merges: Vec<(TokenId, u64)>,
    stop: Stop,
    size: usize,
    text: Text,
}

/// Why training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stop {
    /// The vocabulary is as large as wanted.
    Size,
    /// No pair was left that occurs often enough and is short enough.
    Pairs,
    /// Whoever was told of the merges wanted it.
    Asked,
}

/// A merge that was learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LearnedMerge<'t> {
    /// The token that it makes.
    pub id: TokenId,
    /// Its bytes.
    pub bytes: &'t [u8],
    /// How often the two stood side by side when they were merged.
    pub count: u64,
}

impl Trained {
    pub(super) fn new(
        trainer: &Trainer,
        start: Start,
        goal: Goal,
        learned: Vec<Learned>,
        (text, asked): (Text, bool),
    ) -> Result<Trained, Error> {
        let stop = match learned.len() == goal.merges {
            true => Stop::Size,
            false if asked => Stop::Asked,
            false => Stop::Pairs,
        };
        let mut tokens = start.tokens;
        for merge in &learned {
            let both = [&*tokens[merge.left as usize], &tokens[merge.right as usize]].concat();
            tokens.push(both);
        }
        let first = tokens.len() - learned.len();
        let base = trainer.base.as_ref();
        let is_first = trainer.like_hugging_face && base.is_none();
        let shift = if is_first { trainer.specials.len() as TokenId } else { 0 };
        // What is continued keeps its ids, and may have gaps and special tokens among and after them.
        let old: Vec<TokenId> = match (base, &start.base) {
            (Some(_), Some(base)) => base.ids.clone(),
            _ => (0..first as TokenId).map(|id| id + shift).collect(),
        };
        let special_ids = base.map(|base| base.specials().iter().map(|(_, id)| id).max()).unwrap_or_default();
        let next = old.iter().copied().chain(special_ids).max().map_or(0, |id| id + 1);
        let ids: Vec<TokenId> = old.into_iter().chain(next..next + learned.len() as TokenId).collect();
        let after = next + learned.len() as TokenId;
        let first_special = if is_first { 0 } else { after };
        let mut specials = base.map_or(Vec::new(), |base| base.specials().tokens().to_vec());
        let new = trainer.specials.iter().cloned().zip(first_special..);
        specials.extend(new.map(|(name, id)| SpecialToken::control(name, id)));
        let merges = learned.iter().zip(&ids[first..]).map(|(merge, &id)| (id, merge.count)).collect();
        let model = model(start.base.as_ref().map(|base| &base.vocabulary), tokens, &ids, &learned);
        let size = model.tokens.len() + specials.len();
        let vocabulary = match &start.base {
            Some(_) => Vocabulary::from_model(model)?,
            // The bytes of a token are merged in the same way wherever they become that token: no merge has reached
            // across its ends. So the pair that made it is the one that its bytes come down to, and the only one.
            None => Vocabulary::from_learned(model, trainer.threads)?,
        };
        let mut definition = Definition::new("trained", vocabulary, "");
        definition.split = trainer.split.clone();
        definition.specials = SpecialTokens::new(specials)?;
        if let Some(base) = base {
            definition.frame = base.frame().clone();
            definition.hides_control = base.hides_control();
        }
        Ok(Trained { definition, merges, stop, size, text })
    }

    /// How many tokens the vocabulary has, with special ones.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Why training ended.
    pub fn stop(&self) -> Stop {
        self.stop
    }

    /// The merges that were learned, in their order.
    pub fn merges(&self) -> impl ExactSizeIterator<Item = LearnedMerge<'_>> {
        self.merges.iter().map(|&(id, count)| {
            let bytes = self.definition.vocabulary.bytes(id).unwrap_or_default();
            LearnedMerge { id, bytes, count }
        })
    }

    /// How many bytes all that was learned from has: every piece as often as it was counted.
    pub fn text_bytes(&self) -> u64 {
        self.text.bytes
    }

    /// How many tokens that is, as the merges were carried out in it.
    pub fn text_tokens(&self) -> u64 {
        self.text.tokens
    }

    /// The tokenizer as data.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// The tokenizer as data.
    pub fn into_definition(self) -> Definition {
        self.definition
    }
}

/// The model of these tokens, with the merges of the vocabulary that was continued before those that were learned.
fn model(base: Option<&Vocabulary>, tokens: Vec<Vec<u8>>, ids: &[TokenId], learned: &[Learned]) -> BpeModel {
    let first = tokens.len() - learned.len();
    let place = |id: TokenId| ids.partition_point(|&other| other < id) as u32;
    let mut merges: Vec<[u32; 3]> = Vec::new();
    if let Some(base) = base {
        // The symbols of a continued vocabulary are in the order of its ids; those of an alphabet keep theirs, shifted.
        let shift = if base.id(&tokens[0]) == Some(ids[0]) { 0 } else { ids[0] };
        merges
            .extend(base.merges().map(|(left, right, both)| [left, right, both].map(|id| place(id + shift))));
    }
    let new = learned.iter().zip(first as u32..);
    merges.extend(new.map(|(merge, both)| [merge.left, merge.right, both]));
    let model = start::model(tokens.into_iter().zip(ids.iter().copied()).collect(), merges);
    BpeModel { whole_pieces: base.is_some_and(Vocabulary::whole_pieces), ..model }
}
