//! A whole text on its way to tokens:
//!
//! ```text
//! special tokens that are found in the text as it is
//!     the text between them, normalized
//!         special tokens that are found in normalized text
//!             the text between them, cut into pieces
//!                 tokens; in their place, where a vocabulary does not know all, what stands for the unknown
//! ```

use std::ops::Range;

use super::Tokenizer;
use crate::bpe::{PieceCounter, PieceEncoder};
use crate::error::{Error, ErrorKind};
use crate::normalize::{Alignment, Normalizer};
use crate::pretokenize::Bounds;
use crate::special::{In, SpecialPolicy};
use crate::token::{Rank, Span, TokenId, Unit};
use crate::unicode::class_at;

/// How many bytes are normalized at a time, if the text can be cut: what is made of them still is near the processor when it
/// is looked at.
const PART: usize = 1 << 17;

/// A part of a text: a special token with its place in the text, or ordinary text.
pub(super) enum Segment<'t> {
    Special(TokenId, Range<usize>),
    Text(Stretch<'t>),
    /// The normalized text of the stretches before goes away.
    End(&'t [u8]),
}

/// A stretch of normalized text without special tokens, and the way back.
pub(super) struct Stretch<'t> {
    /// The normalized text, up to the end of the stretch: nothing that comes after matters.
    text: &'t [u8],
    /// Where it begins in the normalized text.
    start: usize,
    /// From places in the normalized text to places in its source, which begins at `source` in the whole text.
    alignment: Option<&'t Alignment>,
    source: usize,
}

impl<'t> Stretch<'t> {
    pub(super) fn bytes(&self) -> &'t [u8] {
        &self.text[self.start..]
    }

    /// The place in the whole text of a place in this stretch.
    pub(super) fn place(&self, at: usize) -> usize {
        let normalized = self.start + at;
        self.source + self.alignment.map_or(normalized, |alignment| alignment.source(normalized))
    }
}

impl Tokenizer {
    /// Whether text becomes pieces as it is, and every piece tokens.
    pub(super) fn is_plain(&self) -> bool {
        self.normalizer.is_identity() && self.cuts_and_knows_all()
    }

    /// Whether pieces are the text, cut up, and every piece becomes tokens.
    pub(crate) fn cuts_and_knows_all(&self) -> bool {
        self.cuts_and_knows_all
    }

    /// Whether there are special tokens that are looked for in texts.
    pub(super) fn finds_specials(&self, policy: SpecialPolicy) -> bool {
        self.specials.are_in(In::Source, policy) || self.specials.are_in(In::Normalized, policy)
    }

    /// Whether there may be places where a text can be cut, so that its parts can be dealt with apart from each other.
    pub(crate) fn can_be_cut(&self, policy: SpecialPolicy) -> bool {
        let finds = |place| self.specials.are_in(place, policy);
        // An error names the place in the whole text, and after a token in the text as it is another text begins, for the
        // normalizer: what is known of neither here.
        let is_known = policy != SpecialPolicy::Forbid || !finds(In::Source) && !finds(In::Normalized);
        let is_one_text = self.normalizer.is_identity() || !finds(In::Source);
        self.cuts_and_knows_all()
            && self.normalizer.stream().is_some()
            && is_known
            && is_one_text
            && !self.specials.look_around(policy)
    }

    /// The last place that is found where the text can be cut: what comes before becomes the same tokens whatever follows,
    /// and what follows, too ([`crate::normalize::Normalizer::continuing`] says what is not put before it).
    pub(crate) fn last_cut(&self, text: &[u8]) -> Option<usize> {
        self.last_cut_within(text, 0, text.len())
    }

    /// The same, after byte `after` and not after byte `last`.
    pub(crate) fn last_cut_within(&self, text: &[u8], after: usize, last: usize) -> Option<usize> {
        /// How many places are looked at. Nearly every one will do.
        const TRIES: usize = 16;
        // All of the character that begins at `last` is seen.
        let mut end = text.len().min(last + class_at(text, last).1.max(1));
        for _ in 0..TRIES {
            let cut = self.pretokenizer.last_cut(&text[..end], after)?;
            // Characters of more than one byte may become others, between which there is no boundary.
            let is_safe = self.normalizer.is_identity()
                || text[cut - 1].is_ascii() && text[cut].is_ascii() && self.normalizer.is_cut_safe(text, cut);
            if is_safe && !self.specials.join(text[cut - 1], text[cut]) {
                return Some(cut);
            }
            end = cut;
        }
        None
    }

    /// Calls `each` for the special tokens of a text and the stretches of ordinary text between them. A long text that is
    /// to be normalized is cut first, if it can be, so that what is normalized is still near when it is looked at.
    pub(super) fn each_segment(
        &self,
        text: &[u8],
        policy: SpecialPolicy,
        mut each: impl FnMut(Segment<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut from = 0;
        if !self.normalizer.is_identity() && text.len() > PART && self.can_be_cut(policy) {
            let mut continuing = None;
            while text.len() - from > PART
                && let Some(cut) = self.last_cut(&text[from..from + PART])
            {
                let normalizer = continuing.as_ref().unwrap_or(&self.normalizer);
                self.each_normalized_segment(normalizer, &text[from..from + cut], from, policy, &mut each)?;
                from += cut;
                continuing.get_or_insert_with(|| self.normalizer.continuing());
            }
            if let Some(normalizer) = continuing {
                return self.each_normalized_segment(&normalizer, &text[from..], from, policy, &mut each);
            }
        }
        self.each_segment_of_whole(text, policy, &mut each)
    }

    /// The same, without cutting the text.
    pub(super) fn each_segment_of_whole(
        &self,
        text: &[u8],
        policy: SpecialPolicy,
        each: &mut impl FnMut(Segment<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut at = 0;
        while let Some(found) = self.specials.find(text, at, In::Source, policy) {
            if policy == SpecialPolicy::Forbid && found.is_control {
                return Err(self.forbidden(found.id, found.range.start as u64));
            }
            let before = &text[at..found.range.start];
            self.each_normalized_segment(&self.normalizer, before, at, policy, each)?;
            at = found.range.end;
            each(Segment::Special(found.id, found.range))?;
        }
        self.each_normalized_segment(&self.normalizer, &text[at..], at, policy, each)
    }

    /// The same for a stretch of the text that begins at `source`, and the tokens that are found when it is normalized.
    fn each_normalized_segment(
        &self,
        normalizer: &Normalizer,
        text: &[u8],
        source: usize,
        policy: SpecialPolicy,
        each: &mut impl FnMut(Segment<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let normalized;
        let (text, alignment) = if normalizer.is_identity() {
            (text, None)
        } else {
            normalized = normalizer.apply_aligned(text)?;
            (&*normalized.0, Some(&normalized.1).filter(|alignment| !alignment.is_identity()))
        };
        let mut at = 0;
        while let Some(found) = self.specials.find(text, at, In::Normalized, policy) {
            let place = |start| Stretch { text: &[], start, alignment, source }.place(0);
            let range = place(found.range.start)..place(found.range.end);
            if policy == SpecialPolicy::Forbid && found.is_control {
                return Err(self.forbidden(found.id, range.start as u64));
            }
            let before = &text[..found.range.start];
            each(Segment::Text(Stretch { text: before, start: at, alignment, source }))?;
            at = found.range.end;
            each(Segment::Special(found.id, range))?;
        }
        each(Segment::Text(Stretch { text, start: at, alignment, source }))?;
        each(Segment::End(text))
    }

    /// Puts the ids of a part to `ids`, or with a later part.
    pub(super) fn encode_segment(
        &self,
        merger: &mut PieceEncoder<'_>,
        room: &mut Bounds,
        segment: &Segment<'_>,
        ids: &mut Vec<TokenId>,
    ) -> Result<(), Error> {
        let from = ids.len();
        match segment {
            Segment::Special(id, _) => merger.put(self.vocabulary.apart(*id)),
            Segment::Text(stretch) if self.cuts_and_knows_all() => {
                self.encode_some(merger, room, stretch.text, stretch.start, ids)?;
            }
            Segment::Text(stretch) => {
                merger.finish(stretch.text, ids)?;
                self.vocabulary.to_ids(&mut ids[from..]);
                return self.encode_generally(merger, stretch, ids);
            }
            Segment::End(text) => merger.finish(text, ids)?,
        }
        self.vocabulary.to_ids(&mut ids[from..]);
        Ok(())
    }

    /// Puts the ids of a stretch to `ids`, whatever its pieces are and whether or not they are known.
    fn encode_generally(
        &self,
        merger: &mut PieceEncoder<'_>,
        stretch: &Stretch<'_>,
        ids: &mut Vec<TokenId>,
    ) -> Result<(), Error> {
        let mut ranks = Vec::new();
        for piece in self.pretokenizer.general_pieces(stretch.bytes(), stretch.place(0))? {
            ranks.clear();
            merger.encode(&piece, &[0, piece.len()], &mut ranks)?;
            merger.finish(&piece, &mut ranks)?;
            self.to_known_ids(&ranks, ids)?;
        }
        Ok(())
    }

    /// The number of tokens of a part, or of the parts before that were not counted yet.
    pub(super) fn count_segment(
        &self,
        counter: &mut PieceCounter<'_>,
        room: &mut Bounds,
        segment: &Segment<'_>,
    ) -> Result<usize, Error> {
        match segment {
            Segment::Special(..) => Ok(1),
            Segment::Text(stretch) if self.cuts_and_knows_all() => {
                self.count_some(counter, room, stretch.text, stretch.start)
            }
            Segment::Text(stretch) => {
                let mut ids = Vec::new();
                self.encode_generally(&mut self.merger(stretch.bytes().len()), stretch, &mut ids)?;
                Ok(ids.len())
            }
            Segment::End(text) => counter.finish(text),
        }
    }

    /// Puts the tokens of a stretch to `spans`.
    pub(super) fn segment_spans(
        &self,
        merger: &mut PieceEncoder<'_>,
        text: &Stretch<'_>,
        spans: &mut Vec<Span>,
    ) -> Result<(), Error> {
        if !self.cuts_and_knows_all() {
            let message = "the places of tokens are not known for a vocabulary that does not know every character, \
                           or whose split leaves text out";
            return Err(Error::new(ErrorKind::InvalidVocabulary, message));
        }
        let mut ranks = Vec::new();
        let bytes = text.bytes();
        self.encode_pieces(merger, &mut Bounds::new(), bytes, [0, bytes.len()], &mut ranks)?;
        let tables = self.vocabulary.tables();
        let mut at = 0;
        for rank in ranks {
            let start = at;
            at += tables.token_length(rank);
            let (start, end) = (text.place(start), text.place(at));
            spans.push(Span { id: self.vocabulary.id_of(rank), start, end });
        }
        Ok(())
    }

    /// Puts the ids of the tokens of a piece to `ids`; where something is no token, what stands for the unknown.
    pub(crate) fn to_known_ids(&self, ranks: &[Rank], ids: &mut Vec<TokenId>) -> Result<(), Error> {
        let is_known = |&rank: &Rank| self.vocabulary.is_known(rank);
        for stretch in ranks.chunk_by(|a, b| is_known(a) == is_known(b)) {
            if stretch.first().is_some_and(is_known) {
                ids.extend(stretch.iter().map(|&rank| self.vocabulary.id_of(rank)));
                continue;
            }
            let mut bytes = Vec::new();
            stretch.iter().for_each(|&rank| self.vocabulary.tables().spell(rank, &mut bytes));
            let Some(unknown) = self.vocabulary.unknown() else { return Err(self.no_token(&bytes)) };
            let times = match self.vocabulary.unit() {
                _ if unknown.fuses => 1,
                Unit::Byte => bytes.len(),
                Unit::Character => String::from_utf8_lossy(&bytes).chars().count(),
            };
            ids.extend(std::iter::repeat_n(unknown.id, times));
        }
        Ok(())
    }

    /// The error for text that is no token, when nothing stands for the unknown.
    fn no_token(&self, bytes: &[u8]) -> Error {
        let what = match String::from_utf8_lossy(bytes).chars().next() {
            Some(char)
                if char != char::REPLACEMENT_CHARACTER && self.vocabulary.unit() == Unit::Character =>
            {
                format!("the character {char:?} (U+{:04X})", u32::from(char))
            }
            _ => format!("the byte 0x{:02x}", bytes.first().copied().unwrap_or_default()),
        };
        let message = format!("{what} of the text is no token of {}, and nothing stands for it", self.name);
        Error::new(ErrorKind::UnknownToken, message).with_hint(
            "the vocabulary was made without it: leave it out of the text, or use another vocabulary",
        )
    }
}
