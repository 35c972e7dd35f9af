//! The JSON of a `tokenizer.json`, as it stands there: typed where it is big, so that no tree is made of it.
//!
//! What the small parts mean is left to the neighbours of this file.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::super::merge_model::Merge;
use super::super::{Text, invalid, json_error};
use crate::error::Error;
use crate::token::TokenId;

/// The whole file.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File<'f> {
    #[serde(default)]
    pub(super) version: Value,
    #[serde(default)]
    pub(super) truncation: Value,
    #[serde(default)]
    pub(super) padding: Value,
    #[serde(default, borrow)]
    pub(super) added_tokens: Vec<AddedToken<'f>>,
    #[serde(default)]
    pub(super) normalizer: Value,
    #[serde(default)]
    pub(super) pre_tokenizer: Value,
    #[serde(default)]
    pub(super) post_processor: Value,
    #[serde(default)]
    pub(super) decoder: Value,
    #[serde(borrow)]
    pub(super) model: Model<'f>,
}

/// One of the `added_tokens`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AddedToken<'f> {
    pub(super) id: TokenId,
    #[serde(borrow)]
    pub(super) content: Text<'f>,
    pub(super) single_word: bool,
    pub(super) lstrip: bool,
    pub(super) rstrip: bool,
    pub(super) normalized: bool,
    pub(super) special: bool,
}

/// The `model`. The fields of other kinds of models are there so that an error can name the kind.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Model<'f> {
    #[serde(default, rename = "type", borrow)]
    kind: Option<Text<'f>>,
    #[serde(default)]
    dropout: Option<f64>,
    #[serde(default, borrow)]
    pub(super) unk_token: Option<Text<'f>>,
    #[serde(default, borrow)]
    continuing_subword_prefix: Option<Text<'f>>,
    #[serde(default, borrow)]
    end_of_word_suffix: Option<Text<'f>>,
    #[serde(default)]
    pub(super) fuse_unk: bool,
    #[serde(default)]
    pub(super) byte_fallback: bool,
    #[serde(default)]
    pub(super) ignore_merges: bool,
    #[serde(borrow)]
    vocab: Vocab<'f>,
    #[serde(default, borrow)]
    merges: Option<Merges<'f>>,
    #[serde(default, rename = "max_input_chars_per_word")]
    _max_input_chars_per_word: IgnoredAny,
    #[serde(default, rename = "unk_id")]
    _unk_id: IgnoredAny,
}

/// Names and ids, or the list of pieces and scores of a Unigram model.
enum Vocab<'f> {
    Ids(Vec<(Text<'f>, TokenId)>),
    Scores,
}

struct Merges<'f>(Vec<Merge<'f>>);

impl<'f> File<'f> {
    pub(super) fn parse(bytes: &'f [u8]) -> Result<File<'f>, Error> {
        serde_json::from_slice(bytes).map_err(|error| json_error("tokenizer.json", error))
    }
}

impl<'f> Model<'f> {
    /// Fails, naming it, if the model is of a kind or has a setting that is not supported.
    pub(super) fn check(&self) -> Result<(), Error> {
        // Files of before 2020 do not say what they are.
        let kind = match (&self.kind, &self.vocab, &self.merges) {
            (Some(kind), ..) => kind.as_ref(),
            (None, Vocab::Scores, _) => "Unigram",
            (None, _, Some(_)) => "BPE",
            (None, _, None) => "WordPiece or WordLevel",
        };
        if kind != "BPE" {
            return Err(invalid(format!(
                "the model of this tokenizer.json is {kind}; only BPE is supported"
            )));
        }
        if matches!(self.vocab, Vocab::Scores) {
            return Err(invalid("the vocab of the model is a list; that of BPE has names and ids"));
        }
        if self.merges.is_none() {
            return Err(invalid("the model has no merges"));
        }
        if let Some(dropout) = self.dropout.filter(|&dropout| dropout != 0.0) {
            return Err(invalid(format!(
                "the model has dropout {dropout}: it would give other ids each time"
            )));
        }
        for (part, value) in [
            ("continuing_subword_prefix", &self.continuing_subword_prefix),
            ("end_of_word_suffix", &self.end_of_word_suffix),
        ] {
            if let Some(value) = value.as_ref().filter(|value| !value.as_ref().is_empty()) {
                let message =
                    format!("the model has the {part} {:?}, which is not supported", value.as_ref());
                return Err(invalid(message));
            }
        }
        Ok(())
    }

    /// The names and ids of the tokens.
    pub(super) fn tokens(&self) -> Vec<(Cow<'_, str>, TokenId)> {
        match &self.vocab {
            Vocab::Ids(tokens) => {
                tokens.iter().map(|(name, id)| (Cow::Borrowed(name.as_ref()), *id)).collect()
            }
            Vocab::Scores => Vec::new(),
        }
    }

    /// The merges, the first to be done first.
    pub(super) fn merges(&self) -> Vec<Merge<'_>> {
        let merges = self.merges.iter().flat_map(|merges| &merges.0);
        merges
            .map(|merge| match merge {
                Merge::Line(line) => Merge::Line(Cow::Borrowed(line)),
                Merge::Pair(left, right) => Merge::Pair(Cow::Borrowed(left), Cow::Borrowed(right)),
            })
            .collect()
    }
}

impl<'de: 'f, 'f> Deserialize<'de> for Vocab<'f> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Ids;
        impl<'de> Visitor<'de> for Ids {
            type Value = Vocab<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("tokens and their ids")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vocab<'de>, A::Error> {
                let mut tokens = Vec::new();
                while let Some(token) = map.next_entry::<Text<'de>, TokenId>()? {
                    tokens.push(token);
                }
                Ok(Vocab::Ids(tokens))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vocab<'de>, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Vocab::Scores)
            }
        }
        deserializer.deserialize_any(Ids)
    }
}

impl<'de: 'f, 'f> Deserialize<'de> for Merges<'f> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Merges<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of merges")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Merges<'de>, A::Error> {
                let mut merges = Vec::new();
                while let Some(OneMerge(merge)) = seq.next_element()? {
                    merges.push(merge);
                }
                Ok(Merges(merges))
            }
        }
        deserializer.deserialize_seq(List)
    }
}

struct OneMerge<'f>(Merge<'f>);

impl<'de: 'f, 'f> Deserialize<'de> for OneMerge<'f> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct One;
        impl<'de> Visitor<'de> for One {
            type Value = OneMerge<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a merge: two tokens with a space between them, or a list of two tokens")
            }

            fn visit_borrowed_str<E>(self, line: &'de str) -> Result<OneMerge<'de>, E> {
                Ok(OneMerge(Merge::Line(Cow::Borrowed(line))))
            }

            fn visit_str<E>(self, line: &str) -> Result<OneMerge<'de>, E> {
                Ok(OneMerge(Merge::Line(Cow::Owned(line.into()))))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OneMerge<'de>, A::Error> {
                let mut part = |number| {
                    let part = seq.next_element::<Text<'de>>()?;
                    part.ok_or_else(|| serde::de::Error::invalid_length(number, &self))
                };
                let (left, right) = (part(0)?, part(1)?);
                if seq.next_element::<IgnoredAny>()?.is_some() {
                    return Err(serde::de::Error::invalid_length(3, &self));
                }
                Ok(OneMerge(Merge::Pair(left.0, right.0)))
            }
        }
        deserializer.deserialize_any(One)
    }
}
