//! The tokenizer: special tokens, normalizer, pre-tokenizer and byte-pair encoding put together.
//!
//! A text goes through the steps that its [`Definition`] tells; how, is in `text`. Streams and threads are left to
//! `stream` and `parallel`.

mod parts;
mod pieces;
mod text;

use std::sync::OnceLock;

use crate::bpe::naive::Textbook;
use crate::bpe::{PieceCounter, PieceEncoder};
use crate::definition::{Definition, Frame};
use crate::error::{Error, ErrorKind};
use crate::normalize::{Normalizer, NormalizerStep};
use crate::pretokenize::{Bounds, Pretokenizer, Split};
use crate::special::{In, SpecialPolicy, SpecialTokens};
use crate::token::{Span, TokenId};
use crate::vocabulary::Vocabulary;
pub(crate) use parts::{TextPart, TextPiece};
use pieces::by_borders;
use text::Segment;

/// Turns text into token ids and back, exactly as the encoding's reference implementation does.
///
/// It never changes after it is made and can be shared between threads. Text is bytes: a `&str`, or any
/// `&[u8]`; see the [crate documentation](crate) for what happens to bytes that are not UTF-8.
///
/// For the embedded encodings only [`SpecialPolicy::Forbid`] can make encoding and counting fail.
#[derive(Clone, Debug)]
pub struct Tokenizer {
    name: String,
    vocabulary: Vocabulary,
    specials: SpecialTokens,
    normalizer: Normalizer,
    split: Split,
    frame: Frame,
    strips_first_space: bool,
    hides_control: bool,
    pretokenizer: Pretokenizer,
    cuts_and_knows_all: bool,
    /// The slow twin of `pretokenizer`, made when it is first asked for.
    by_regex: OnceLock<Pretokenizer>,
    /// The slow twin of the vocabulary's tables.
    textbook: OnceLock<Textbook>,
}

impl Tokenizer {
    /// Makes a tokenizer from its definition.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidPattern`] if a pattern is not a regular expression, [`ErrorKind::InvalidVocabulary`] if a special
    /// token has the id of an ordinary one of other bytes, or if a step of the normalizer cannot be done.
    pub fn new(definition: Definition) -> Result<Tokenizer, Error> {
        let Definition { name, vocabulary, specials, normalizer, split, .. } = definition;
        let Definition { frame, strips_first_space, hides_control, .. } = definition;
        // A file can name a token by SentencePiece's sign for a space.
        let is_another = |(special, id): &(&str, TokenId)| {
            let is_same =
                |bytes: &[u8]| bytes == special.as_bytes() || bytes == special.replace('▁', " ").as_bytes();
            vocabulary.has(*id) && !vocabulary.bytes(*id).is_some_and(is_same)
        };
        if let Some((special, id)) = specials.iter().find(is_another) {
            let message = format!("the special token {special:?} has the id {id} of an ordinary token");
            return Err(Error::new(ErrorKind::InvalidVocabulary, message));
        }
        normalizer.check()?;
        let normalizer = for_known_bytes(normalizer, &vocabulary);
        let pretokenizer = match split {
            Split::Whole => by_borders(&vocabulary).map_or_else(|| Pretokenizer::new(&split), Ok)?,
            _ => Pretokenizer::new(&split)?,
        };
        // What lacks only bytes that are never a part of UTF-8 is given no others, see `for_known_bytes`.
        let cuts_and_knows_all = !pretokenizer.is_general() && vocabulary.knows_all_of_utf8();
        let (by_regex, textbook) = (OnceLock::new(), OnceLock::new());
        Ok(Tokenizer {
            name,
            vocabulary,
            specials,
            normalizer,
            split,
            frame,
            strips_first_space,
            hides_control,
            pretokenizer,
            cuts_and_knows_all,
            by_regex,
            textbook,
        })
    }

    /// The name of the encoding.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The ordinary tokens.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The special tokens.
    pub fn specials(&self) -> &SpecialTokens {
        &self.specials
    }

    /// What is done to text before it is cut into pieces.
    pub fn normalizer(&self) -> &Normalizer {
        &self.normalizer
    }

    /// Where text is cut into pieces, as it was given.
    pub fn split(&self) -> &Split {
        &self.split
    }

    /// What the model's own tokenizer puts around a text. Nothing here does so by itself.
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// Whether decoding leaves out one space at the beginning, which encoding puts there.
    pub fn strips_first_space(&self) -> bool {
        self.strips_first_space
    }

    /// Whether control tokens are decoded to nothing.
    pub fn hides_control(&self) -> bool {
        self.hides_control
    }

    /// The ids of a text; names of special tokens are ordinary text. As tiktoken's `encode_ordinary`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::PatternFailed`] for patterns that have no scanner of their own.
    ///
    /// ```
    /// let tokenizer = bytepair::encoding("cl100k_base")?;
    /// assert_eq!(tokenizer.encode("hello world")?, [15339, 1917]);
    /// let latin1 = tokenizer.encode(b"caf\xe9")?; // not UTF-8: the byte itself is encoded
    /// assert_eq!(tokenizer.decode(&latin1)?, b"caf\xe9");
    /// # Ok::<(), bytepair::Error>(())
    /// ```
    pub fn encode(&self, text: impl AsRef<[u8]>) -> Result<Vec<TokenId>, Error> {
        self.encode_with(text, SpecialPolicy::Text)
    }

    /// The ids of a text, with a choice of what the names of special tokens mean.
    ///
    /// # Errors
    ///
    /// As [`Tokenizer::encode`]; [`ErrorKind::ForbiddenSpecial`] with [`SpecialPolicy::Forbid`] if the text
    /// holds such a name.
    ///
    /// ```
    /// use bytepair::SpecialPolicy;
    /// let tokenizer = bytepair::encoding("cl100k_base")?;
    /// assert_eq!(tokenizer.encode_with("<|endoftext|>", SpecialPolicy::Encode)?, [100257]);
    /// assert_eq!(tokenizer.encode_with("<|endoftext|>", SpecialPolicy::Text)?.len(), 7);
    /// assert!(tokenizer.encode_with("<|endoftext|>", SpecialPolicy::Forbid).is_err());
    /// # Ok::<(), bytepair::Error>(())
    /// ```
    pub fn encode_with(&self, text: impl AsRef<[u8]>, policy: SpecialPolicy) -> Result<Vec<TokenId>, Error> {
        let text = text.as_ref();
        let mut merger = self.merger(text.len());
        self.vocabulary.expect_ids(text.len());
        // Most text has a token for four bytes; memory that is not touched costs nothing.
        let mut ids = Vec::with_capacity(text.len() / 4);
        let mut room = Bounds::new();
        self.each_segment(text, policy, |segment| {
            self.encode_segment(&mut merger, &mut room, &segment, &mut ids)
        })?;
        Ok(ids)
    }

    /// The number of tokens of a text: the length of [`Tokenizer::encode`], without making the ids.
    ///
    /// # Errors
    ///
    /// As [`Tokenizer::encode`].
    ///
    /// ```
    /// let tokenizer = bytepair::encoding("o200k_base")?;
    /// assert_eq!(tokenizer.count("The quick brown fox")?, 4);
    /// # Ok::<(), bytepair::Error>(())
    /// ```
    pub fn count(&self, text: impl AsRef<[u8]>) -> Result<usize, Error> {
        self.count_with(text, SpecialPolicy::Text)
    }

    /// The number of tokens of a text: the length of [`Tokenizer::encode_with`].
    ///
    /// # Errors
    ///
    /// As [`Tokenizer::encode_with`].
    pub fn count_with(&self, text: impl AsRef<[u8]>, policy: SpecialPolicy) -> Result<usize, Error> {
        let text = text.as_ref();
        let mut counter = self.piece_counter(text.len());
        let (mut tokens, mut room) = (0, Bounds::new());
        self.each_segment(text, policy, |segment| {
            tokens += self.count_segment(&mut counter, &mut room, &segment)?;
            Ok(())
        })?;
        Ok(tokens)
    }

    /// The number of tokens of a text if it is at most `limit`, else `None`. Exact, and stops reading the
    /// text soon after the limit is passed, so a small limit on a large text is cheap.
    ///
    /// # Errors
    ///
    /// As [`Tokenizer::encode`].
    ///
    /// ```
    /// let tokenizer = bytepair::encoding("o200k_base")?;
    /// assert_eq!(tokenizer.count_within("one two three", 3)?, Some(3));
    /// assert_eq!(tokenizer.count_within("one two three", 2)?, None);
    /// # Ok::<(), bytepair::Error>(())
    /// ```
    pub fn count_within(&self, text: impl AsRef<[u8]>, limit: usize) -> Result<Option<usize>, Error> {
        let text = text.as_ref();
        if !self.is_plain() || self.specials.are_in(In::Source, SpecialPolicy::Text) {
            return Ok(Some(self.count(text)?).filter(|&tokens| tokens <= limit));
        }
        let mut counter = self.piece_counter(text.len());
        let mut bounds = Bounds::new();
        let mut pieces = self.pretokenizer.pieces(text, text.len(), &mut bounds);
        let longest = self.vocabulary.longest_token();
        let mut tokens = 0;
        while let Some(bounds) = pieces.next_batch()? {
            for piece in bounds.windows(2) {
                // A piece has at least as many tokens as it takes to cover it: a long one need not be merged.
                if tokens + (piece[1] - piece[0]).div_ceil(longest) > limit {
                    return Ok(None);
                }
                tokens += counter.add(text, piece)? + counter.finish(text)?;
                if tokens > limit {
                    return Ok(None);
                }
            }
        }
        Ok(Some(tokens))
    }

    /// The tokens of a text with the bytes that each stands for.
    ///
    /// # Errors
    ///
    /// As [`Tokenizer::encode_with`].
    ///
    /// ```
    /// use bytepair::{Span, SpecialPolicy};
    /// let tokenizer = bytepair::encoding("o200k_base")?;
    /// let spans = tokenizer.spans("Hello world", SpecialPolicy::Text)?;
    /// assert_eq!(spans[1], Span { id: 2375, start: 5, end: 11 });
    /// # Ok::<(), bytepair::Error>(())
    /// ```
    pub fn spans(&self, text: impl AsRef<[u8]>, policy: SpecialPolicy) -> Result<Vec<Span>, Error> {
        let text = text.as_ref();
        self.vocabulary.tables().expect_lengths(text.len());
        let mut spans: Vec<Span> = Vec::new();
        let mut merger = self.merger(text.len());
        self.each_segment(text, policy, |segment| {
            match segment {
                Segment::Special(id, range) => spans.push(Span { id, start: range.start, end: range.end }),
                Segment::Text(text) => self.segment_spans(&mut merger, &text, &mut spans)?,
                Segment::End(_) => {}
            }
            Ok(())
        })?;
        Ok(spans)
    }

    /// The ids of a text as [`Tokenizer::encode`] gives them, found the slow way: cut by a general
    /// regular-expression engine, merged as the textbook says, in quadratic time. It shares no fast path with
    /// `encode`, so that one can be checked against the other.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::PatternFailed`] if the engine gives up, as it does on long runs of white space.
    pub fn encode_naively(&self, text: impl AsRef<[u8]>) -> Result<Vec<TokenId>, Error> {
        let textbook = self.textbook.get_or_init(|| self.vocabulary.textbook());
        let by_regex = self.by_regex()?;
        let mut ids = Vec::new();
        self.each_segment_of_whole(text.as_ref(), SpecialPolicy::Text, &mut |segment| {
            match segment {
                Segment::Special(id, _) => ids.push(id),
                Segment::Text(text) => {
                    for piece in by_regex.general_pieces(text.bytes(), text.place(0))? {
                        self.to_known_ids(&textbook.encode(&piece), &mut ids)?;
                    }
                }
                Segment::End(_) => {}
            }
            Ok(())
        })?;
        Ok(ids)
    }

    /// Where the pattern cuts a text into pieces: the end of each piece, in bytes. No token spans two pieces.
    ///
    /// # Errors
    ///
    /// As [`Tokenizer::encode`].
    ///
    /// ```
    /// let tokenizer = bytepair::encoding("cl100k_base")?;
    /// assert_eq!(tokenizer.pieces("it's 12345")?, [2, 4, 5, 8, 10]);
    /// # Ok::<(), bytepair::Error>(())
    /// ```
    pub fn pieces(&self, text: impl AsRef<[u8]>) -> Result<Vec<usize>, Error> {
        all_pieces(&self.pretokenizer, text.as_ref())
    }

    /// What [`Tokenizer::pieces`] gives, found by a general regular-expression engine.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::PatternFailed`] if the engine gives up, as it does on long runs of white space.
    pub fn pieces_naively(&self, text: impl AsRef<[u8]>) -> Result<Vec<usize>, Error> {
        all_pieces(self.by_regex()?, text.as_ref())
    }

    fn by_regex(&self) -> Result<&Pretokenizer, Error> {
        match self.by_regex.get() {
            Some(by_regex) => Ok(by_regex),
            None => {
                let made = Pretokenizer::by_regex(&self.split)?;
                Ok(self.by_regex.get_or_init(|| made))
            }
        }
    }

    /// The bytes that a token stands for: those of an ordinary token, or the name of a special one (or none, see
    /// [`Tokenizer::hides_control`]).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownToken`] if the encoding has no such id.
    pub fn token_bytes(&self, id: TokenId) -> Result<&[u8], Error> {
        if let Some(bytes) = self.vocabulary.bytes(id) {
            return Ok(bytes);
        }
        let token = self.specials.token(id).ok_or_else(|| self.unknown_token(id))?;
        Ok(if self.hides_control && token.is_control { b"" } else { token.name.as_bytes() })
    }

    /// The bytes of a row of tokens, exactly. They need not be valid UTF-8: a row can end inside a character.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownToken`], naming the id and its place, if the encoding has no such id. Nothing is
    /// skipped.
    ///
    /// ```
    /// let tokenizer = bytepair::encoding("cl100k_base")?;
    /// assert_eq!(tokenizer.decode(&[15339, 1917])?, b"hello world");
    /// assert!(tokenizer.decode(&[100256]).is_err()); // a gap in the ids
    /// # Ok::<(), bytepair::Error>(())
    /// ```
    pub fn decode(&self, ids: &[TokenId]) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        for (place, &id) in ids.iter().enumerate() {
            if self.vocabulary.spell(id, &mut bytes) {
                continue;
            }
            let token = self.token_bytes(id).map_err(|error| {
                let message = format!("{error} (at place {place} of the ids, from 0)");
                let hint = error.hint().unwrap_or_default().to_owned();
                Error::new(ErrorKind::UnknownToken, message).with_hint(hint)
            })?;
            bytes.extend_from_slice(token);
        }
        if self.strips_first_space && bytes.first() == Some(&b' ') {
            bytes.remove(0);
        }
        Ok(bytes)
    }

    /// The text of a row of tokens; where the bytes are not valid UTF-8, U+FFFD stands instead, as
    /// [`String::from_utf8_lossy`] puts it.
    ///
    /// # Errors
    ///
    /// As [`Tokenizer::decode`].
    pub fn decode_lossy(&self, ids: &[TokenId]) -> Result<String, Error> {
        Ok(String::from_utf8_lossy(&self.decode(ids)?).into_owned())
    }

    /// What merges the pieces of a text of about this many bytes.
    pub(crate) fn merger(&self, expected_bytes: usize) -> PieceEncoder<'_> {
        PieceEncoder::new(self.vocabulary.tables(), expected_bytes)
    }

    /// What counts the tokens of the pieces of a text of about this many bytes.
    pub(crate) fn piece_counter(&self, expected_bytes: usize) -> PieceCounter<'_> {
        PieceCounter::new(self.vocabulary.tables(), expected_bytes)
    }

    pub(crate) fn pretokenizer(&self) -> &Pretokenizer {
        &self.pretokenizer
    }

    /// The error for a name that [`SpecialPolicy::Forbid`] found at byte `place`.
    pub(crate) fn forbidden(&self, id: TokenId, place: u64) -> Error {
        let name = self.specials.name(id).unwrap_or_default();
        let message = format!("the text holds the special token {name} at byte {place}");
        Error::new(ErrorKind::ForbiddenSpecial, message)
    }

    fn unknown_token(&self, id: TokenId) -> Error {
        // Vocabularies of one's own can have any number of gaps; a hint has room for some.
        let ordinary = self.vocabulary.id_ranges().map(|(first, last)| format!("{first}-{last}"));
        let mut ids: Vec<String> = ordinary.take(9).collect();
        if let Some(last) = ids.get_mut(8) {
            *last = "more".to_owned();
        }
        let specials: Vec<TokenId> = self.specials.iter().map(|(_, id)| id).collect();
        match (specials.iter().min(), specials.iter().max()) {
            (Some(first), Some(last)) if first != last => {
                ids.push(format!("special tokens in {first}-{last}"))
            }
            (Some(only), _) => ids.push(format!("the special token {only}")),
            _ => {}
        }
        Error::new(ErrorKind::UnknownToken, format!("{id} is no token of {}", self.name))
            .with_hint(format!("its ids are {}", ids.join(", ")))
    }
}

/// The normalizer for a vocabulary. Some lack the bytes that are never a part of UTF-8 (GPT-NeoX does): then each byte
/// of a text that is no UTF-8 becomes U+FFFD, as in vocabularies of SentencePiece, since not all could be encoded.
fn for_known_bytes(normalizer: Normalizer, vocabulary: &Vocabulary) -> Normalizer {
    let replaces = normalizer.steps().contains(&NormalizerStep::ReplaceInvalid);
    if vocabulary.knows_all() || !vocabulary.knows_all_of_utf8() || replaces {
        return normalizer;
    }
    let steps = std::iter::once(NormalizerStep::ReplaceInvalid).chain(normalizer.steps().iter().cloned());
    Normalizer::new(steps.collect())
}

fn all_pieces(pretokenizer: &Pretokenizer, text: &[u8]) -> Result<Vec<usize>, Error> {
    let mut bounds = Bounds::new();
    let mut pieces = pretokenizer.pieces(text, text.len(), &mut bounds);
    let mut all = Vec::new();
    loop {
        let Some(bounds) = pieces.next_batch()? else { return Ok(all) };
        all.extend_from_slice(&bounds[1..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::SpecialToken;

    #[test]
    fn can_be_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Tokenizer>();
        shared::<Error>();
    }

    #[test]
    fn a_special_token_with_an_ordinary_id_is_refused() {
        let vocabulary =
            Vocabulary::new((0..=255u8).map(|byte| (vec![byte], u32::from(byte)))).expect("all bytes");
        let specials = SpecialTokens::new(vec![SpecialToken::control("<|end|>", 7)]).expect("one name");
        let definition = Definition { specials, ..Definition::new("test", vocabulary, ".") };
        let error = Tokenizer::new(definition).expect_err("the id 7 is taken");
        assert_eq!(error.kind(), ErrorKind::InvalidVocabulary);
    }
}
