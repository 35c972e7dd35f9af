//! Normalizing: what is done to text before it is cut into pieces.
//!
//! Bytes go in, bytes come out. Special tokens are found before, pieces are cut after; both are left to others.
//!
//! The steps do what those of Hugging Face's tokenizers (0.23) and of SentencePiece (0.2.3) do, byte for byte. The
//! normalization forms and the combining marks are those of Unicode 9.0, as in the former; lower case and white
//! space are those of the Rust that this was compiled with, as there.
//!
//! # Bytes that are not valid UTF-8
//!
//! They stay as they are (but for [`NormalizerStep::ReplaceInvalid`]), and a stretch of valid UTF-8 between them is
//! normalized as a text of its own. Only what is done at the ends of a text (`Prepend`, `Strip`, `SqueezeSpaces`) is
//! done at the ends of all of it.

mod alignment;
mod character_map;
mod characters;
mod forms;
mod rewriter;
mod step;
mod stream;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

pub(crate) use alignment::Alignment;
pub(crate) use stream::NormalizerStream;

use crate::error::{Error, ErrorKind};
use rewriter::Rewriter;
use step::Step;

/// What is done to text before it is cut into pieces: steps, one after the other. None by default.
#[derive(Clone, Debug, Default)]
pub struct Normalizer {
    steps: Vec<NormalizerStep>,
    /// Made at the first use: reading a vocabulary does not need it. Or what is wrong with a step.
    ready: OnceLock<Result<Vec<Arc<Step>>, Wrong>>,
}

/// What is wrong with a step: an error that can be told more than once.
type Wrong = (ErrorKind, String);

impl PartialEq for Normalizer {
    fn eq(&self, other: &Normalizer) -> bool {
        self.steps == other.steps
    }
}

impl Eq for Normalizer {}

/// One thing that is done to a text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NormalizerStep {
    /// Unicode normalization form C, by the data of Unicode 9.0, as are the other three.
    Nfc,
    /// Unicode normalization form D.
    Nfd,
    /// Unicode normalization form KC.
    Nfkc,
    /// Unicode normalization form KD.
    Nfkd,
    /// All letters in lower case, each for itself (a sigma at the end of a word is no special case).
    Lowercase,
    /// Combining marks (`\p{M}` of Unicode 9.0) are left out; letters that contain one stay as they are.
    StripAccents,
    /// White space at the beginning (left) or end (right) is left out.
    Strip {
        /// At the beginning.
        left: bool,
        /// At the end.
        right: bool,
    },
    /// A string is replaced wherever it stands.
    Replace {
        /// What is looked for; not empty.
        from: String,
        /// What stands there then.
        to: String,
    },
    /// The matches of a regular expression (in the syntax of the `fancy-regex` crate, but `^` and `$` are those of
    /// a line, as in Oniguruma) are replaced.
    ReplacePattern {
        /// What is looked for.
        pattern: String,
        /// What stands there then, as it is.
        to: String,
    },
    /// A string is put before the text, unless the text is empty.
    Prepend(String),
    /// A precompiled character map of SentencePiece, as it lies in a `.model` file: at each place the longest
    /// string that it knows is replaced. [`NormalizerStep::ReplaceInvalid`] right after it is done in the same go,
    /// as SentencePiece does it.
    CharacterMap(Vec<u8>),
    /// Each byte that is not valid UTF-8 becomes U+FFFD, as SentencePiece does it.
    ReplaceInvalid,
    /// Spaces at both ends are left out, at the right end `▁` as well, and every run of spaces becomes one
    /// (SentencePiece's `remove_extra_whitespaces` together with its `escape_whitespaces`).
    SqueezeSpaces,
}

impl Normalizer {
    /// A normalizer of these steps, in this order. They are looked at when they are first needed, see
    /// [`Normalizer::check`].
    pub fn new(steps: Vec<NormalizerStep>) -> Normalizer {
        Normalizer { steps, ready: OnceLock::new() }
    }

    /// The steps, in order.
    pub fn steps(&self) -> &[NormalizerStep] {
        &self.steps
    }

    /// Whether there are no steps, so that every text stays as it is.
    pub fn is_identity(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether all steps can be done.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidPattern`] if a pattern is no regular expression, [`ErrorKind::InvalidVocabulary`] if a
    /// character map is not whole or a string that is looked for is empty.
    pub fn check(&self) -> Result<(), Error> {
        self.ready().map(|_| ())
    }

    fn ready(&self) -> Result<&[Arc<Step>], Error> {
        let make = || {
            let nexts = self.steps.iter().skip(1).map(Some).chain([None]);
            let steps = self.steps.iter().zip(nexts).map(|(step, next)| Step::new(step, next).map(Arc::new));
            steps.collect::<Result<Vec<_>, Error>>().map_err(|error| (error.kind(), error.to_string()))
        };
        match self.ready.get_or_init(make) {
            Ok(steps) => Ok(steps),
            Err((kind, message)) => Err(Error::new(*kind, message.clone())),
        }
    }

    /// The text, normalized; borrowed if nothing changed.
    ///
    /// # Errors
    ///
    /// What [`Normalizer::check`] says, and [`ErrorKind::PatternFailed`] if a pattern needs too many steps.
    pub(crate) fn apply<'t>(&self, text: &'t [u8]) -> Result<Cow<'t, [u8]>, Error> {
        self.rewrite(text, None)
    }

    /// The text, normalized, and the way back from it. Fails as [`Normalizer::apply`] does.
    pub(crate) fn apply_aligned<'t>(&self, text: &'t [u8]) -> Result<(Cow<'t, [u8]>, Alignment), Error> {
        let mut alignment = Alignment::default();
        let text = self.rewrite(text, Some(&mut alignment))?;
        Ok((text, alignment))
    }

    fn rewrite<'t>(
        &self,
        text: &'t [u8],
        mut alignment: Option<&mut Alignment>,
    ) -> Result<Cow<'t, [u8]>, Error> {
        let mut text = Cow::Borrowed(text);
        for step in self.ready()? {
            let mut rewriter = Rewriter::new(&text, alignment.is_some());
            step.run(&mut rewriter)?;
            let (Some(changed), edits) = rewriter.finish() else { continue };
            if let Some(alignment) = &mut alignment {
                alignment.push(edits, text.len(), changed.len());
            }
            text = Cow::Owned(changed);
        }
        Ok(text)
    }

    /// For a text that comes in chunks; `None` if there is a step that has to see all of it (`Strip`,
    /// `ReplacePattern`, `SqueezeSpaces`, `Replace` of a string of more than 64 bytes), or one that cannot be done.
    pub(crate) fn stream(&self) -> Option<NormalizerStream> {
        let steps = self.ready().ok()?;
        steps.iter().all(|step| step.is_streamable()).then(|| NormalizerStream::new(steps))
    }

    /// The normalizer for a part of a text that is not its beginning, where nothing is put and nothing left out at
    /// the left end.
    pub(crate) fn continuing(&self) -> Normalizer {
        let left = |step: &NormalizerStep| match step {
            NormalizerStep::Prepend(_) => None,
            NormalizerStep::Strip { right: false, .. } => None,
            NormalizerStep::Strip { right: true, .. } => {
                Some(NormalizerStep::Strip { left: false, right: true })
            }
            step => Some(step.clone()),
        };
        Normalizer::new(self.steps.iter().filter_map(left).collect())
    }

    /// Whether `text[at..]`, normalized as a part that is not the beginning ([`Normalizer::continuing`]), goes on
    /// where `text[..at]`, normalized by itself, ends: together they are the whole text, normalized, and the bytes on both
    /// sides of the cut are still what they were. A no may be said too often, a yes never.
    pub(crate) fn is_cut_safe(&self, text: &[u8], at: usize) -> bool {
        let Ok(steps) = self.ready() else { return false };
        if at == 0 || at >= text.len() || steps.is_empty() {
            return true;
        }
        // What the later steps see at the cut is made of the surroundings; of those, what is not settled within
        // them is left out.
        let reach = steps.iter().map(|step| step.reach()).sum::<usize>() * 2 + 64;
        let (start, end) = (at.saturating_sub(reach), text.len().min(at + reach));
        let mut sides =
            Sides { left: text[start..at].into(), right: text[at..end].into(), is_all: start == 0 };
        steps.iter().all(|step| sides.are_apart(step) && sides.advance(step).is_some())
            && sides.left.last() == text.get(at - 1)
            && sides.right.first() == text.get(at)
    }
}

/// The text on both sides of a cut, as far as it is known.
struct Sides {
    left: Vec<u8>,
    right: Vec<u8>,
    /// Whether the left side is all of the text before the cut.
    is_all: bool,
}

impl Sides {
    fn are_apart(&self, step: &Step) -> bool {
        let is_known = !self.left.is_empty() && (self.is_all || self.left.len() >= step.reach());
        is_known && step.is_cut(&[&self.left[..], &self.right].concat(), self.left.len())
    }

    /// Does a step to both sides, which are apart, and leaves out what may depend on what is not known.
    fn advance(&mut self, step: &Step) -> Option<()> {
        let both = [&self.left[..], &self.right].concat();
        let at = self.left.len();
        let start =
            if self.is_all { 0 } else { (step.reach()..at).find(|&start| step.is_cut(&both, start))? };
        let end = (at..both.len()).rev().find(|&end| step.is_cut(&both, end))?;
        let run = |text: &[u8], is_beginning: bool| {
            if !is_beginning && matches!(step, Step::Prepend(_) | Step::Strip { .. }) {
                return Some(text.to_vec());
            }
            let mut rewriter = Rewriter::new(text, false);
            step.run(&mut rewriter).ok()?;
            Some(rewriter.finish().0.unwrap_or_else(|| text.to_vec()))
        };
        self.left = run(&both[start..at], self.is_all)?;
        self.right = run(&both[at..end], false)?;
        Some(())
    }
}
