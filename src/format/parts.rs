//! What a reader has found in a file: all parts of a [`Definition`], the vocabulary still as data.
//!
//! Readers work in two steps, so that what a file says can be looked at (and tested) before tables are made of it.
//! Making the tables is left to [`Vocabulary::from_model`].

use crate::definition::{Definition, Frame};
use crate::error::Error;
use crate::normalize::Normalizer;
use crate::pretokenize::Split;
use crate::special::{SpecialToken, SpecialTokens};
use crate::vocabulary::{BpeModel, Vocabulary};

/// The parts of a [`Definition`], as they stand in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) model: BpeModel,
    pub(crate) specials: Vec<SpecialToken>,
    pub(crate) normalizer: Normalizer,
    pub(crate) split: Split,
    pub(crate) frame: Frame,
    pub(crate) strips_first_space: bool,
    pub(crate) hides_control: bool,
}

impl Parts {
    /// The definition with these parts. Fails where the vocabulary or the special tokens contradict themselves.
    pub(crate) fn into_definition(self, name: &str) -> Result<Definition, Error> {
        Ok(Definition {
            name: name.into(),
            vocabulary: Vocabulary::from_model(self.model)?,
            specials: SpecialTokens::new(self.specials)?,
            normalizer: self.normalizer,
            split: self.split,
            frame: self.frame,
            strips_first_space: self.strips_first_space,
            hides_control: self.hides_control,
        })
    }
}
