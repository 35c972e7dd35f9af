//! The parts of a text one by one, as merging meets them, for those who want to see them: where they come from in the text
//! and what they are made of.
//!
//! Slower than `text`, and the same: a text that is not split is one piece here, which there is cut where no token reaches
//! across.

use std::ops::Range;

use super::Tokenizer;
use super::text::Segment;
use crate::error::Error;
use crate::pretokenize::Split;
use crate::special::SpecialPolicy;
use crate::token::TokenId;

/// What a text consists of.
pub(crate) enum TextPart<'p> {
    /// A special token, and the bytes of the whole text that it was found in.
    Special(TokenId, Range<usize>),
    /// A stretch of normalized text; its pieces follow.
    Stretch(&'p [u8]),
    /// A piece of the stretch.
    Piece(TextPiece<'p>),
}

/// A piece of text.
pub(crate) struct TextPiece<'p> {
    pub(crate) bytes: &'p [u8],
    /// The bytes of the stretch that it is made from.
    pub(crate) in_stretch: Range<usize>,
    /// The bytes of the whole text that these were before normalizing.
    pub(crate) source: Range<usize>,
}

impl Tokenizer {
    /// Calls `each` for the parts of a text in their order.
    pub(crate) fn each_part(
        &self,
        text: &[u8],
        policy: SpecialPolicy,
        mut each: impl FnMut(TextPart<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.each_segment_of_whole(text, policy, &mut |segment| {
            let stretch = match segment {
                Segment::Special(id, range) => return each(TextPart::Special(id, range)),
                Segment::End(_) => return Ok(()),
                Segment::Text(stretch) => stretch,
            };
            let bytes = stretch.bytes();
            if bytes.is_empty() {
                return Ok(());
            }
            each(TextPart::Stretch(bytes))?;
            let mut piece = |bytes: &[u8], in_stretch: Range<usize>| {
                let source = stretch.place(in_stretch.start)..stretch.place(in_stretch.end);
                each(TextPart::Piece(TextPiece { bytes, in_stretch, source }))
            };
            if *self.split() == Split::Whole {
                return piece(bytes, 0..bytes.len());
            }
            let mut pieces = self.pretokenizer().located_pieces(bytes, stretch.place(0))?.into_iter();
            pieces.try_for_each(|(bytes, range)| piece(&bytes, range))
        })
    }
}
