//! Text that comes in chunks: exact counts and ids, with memory that does not grow with the text.
//!
//! [`Counter`] and [`Encoder`] give what [`Tokenizer::count_with`] and [`Tokenizer::encode_with`] give for
//! the whole text, for every way to cut it into chunks, inside characters too. They keep only the end of the
//! text that later bytes could still change: usually less than a line. [`PieceMeter`] measures the pieces in between.
//! [`TextDecoder`] is the other way round.
//!
//! A piece that does not end, such as a gigabyte of zeros, is merged while it comes in. What is kept grows
//! only with a run of white space that has both line ends and other characters (not for GPT-2's pattern), with
//! one endless word for o200k that first has letters without case and then lower-case ones, and, for patterns
//! without a scanner, with the text.

mod ids;
mod pieces;
mod sink;
mod splitter;

use crate::bpe::LongPiece;
use crate::error::{Error, ErrorKind};
use crate::pretokenize::within_character;
use crate::special::SpecialPolicy;
use crate::token::{Span, TokenId};
use crate::tokenizer::Tokenizer;
use crate::unicode::class_at;
pub(crate) use ids::{IdCounter, IdCounts, add_ids};
pub use pieces::{PieceMeter, PieceSizes};
use sink::{Count, Merging, Sink, Spans, Stretch};
use splitter::Splitter;

/// From this many bytes on without a place to cut, harder ways are tried, and again when they have doubled.
const PATIENCE: usize = 64 * 1024;

/// How many bytes of an endless piece are kept at its beginning: more than any pattern looks at.
const HEAD: usize = 64;

/// How many bytes of an endless piece are kept at its end: its last characters may belong to the next piece.
const TAIL: usize = 16;

/// Counts the tokens of a text that comes in chunks.
///
/// ```
/// let tokenizer = bytepair::encoding("o200k_base")?;
/// let mut counter = bytepair::stream::Counter::new(&tokenizer, Default::default());
/// counter.push(b"Hel")?;
/// counter.push(b"lo wor")?;
/// counter.push(b"ld")?;
/// assert_eq!(counter.finish()?, 2);
/// # Ok::<(), bytepair::Error>(())
/// ```
pub struct Counter<'t> {
    splitter: Splitter<'t>,
    tokens: Count,
}

impl<'t> Counter<'t> {
    /// A counter for one text.
    pub fn new(tokenizer: &'t Tokenizer, policy: SpecialPolicy) -> Counter<'t> {
        Counter { splitter: Splitter::new(tokenizer, policy), tokens: Count(0) }
    }

    /// Takes the next bytes of the text.
    ///
    /// # Errors
    ///
    /// As [`Tokenizer::count_with`]. The counter is of no use afterwards.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), Error> {
        self.splitter.push(chunk, &mut self.tokens)
    }

    /// How many tokens are certain so far, whatever follows.
    pub fn so_far(&self) -> u64 {
        self.tokens.0
    }

    /// Ends the text: the number of its tokens.
    ///
    /// # Errors
    ///
    /// As [`Tokenizer::count_with`].
    pub fn finish(mut self) -> Result<u64, Error> {
        self.end_text()
    }

    /// What is pushed now is not the beginning of a text: nothing is put before it.
    pub(crate) fn continue_text(&mut self) {
        self.splitter.continue_text();
    }

    /// Ends the text, and begins a new one: what is known of pieces is kept.
    pub(crate) fn end_text(&mut self) -> Result<u64, Error> {
        self.splitter.finish(&mut self.tokens)?;
        Ok(std::mem::take(&mut self.tokens.0))
    }
}

/// Encodes a text that comes in chunks.
///
/// ```
/// let tokenizer = bytepair::encoding("o200k_base")?;
/// let mut encoder = bytepair::stream::Encoder::new(&tokenizer, Default::default());
/// let mut ids = Vec::new();
/// encoder.push(b"Hello wo", &mut ids)?;
/// encoder.push(b"rld", &mut ids)?;
/// encoder.finish(&mut ids)?;
/// assert_eq!(ids, [13225, 2375]);
/// # Ok::<(), bytepair::Error>(())
/// ```
pub struct Encoder<'t> {
    splitter: Splitter<'t>,
    /// Where the last span ended.
    end: usize,
}

impl<'t> Encoder<'t> {
    /// An encoder for one text.
    pub fn new(tokenizer: &'t Tokenizer, policy: SpecialPolicy) -> Encoder<'t> {
        Encoder { splitter: Splitter::new(tokenizer, policy), end: 0 }
    }

    /// Takes the next bytes of the text and appends the ids that are certain now.
    ///
    /// # Errors
    ///
    /// As [`Tokenizer::encode_with`]. The encoder is of no use afterwards.
    pub fn push(&mut self, chunk: &[u8], ids: &mut Vec<TokenId>) -> Result<(), Error> {
        self.splitter.tokenizer().vocabulary().expect_ids(chunk.len());
        self.splitter.push(chunk, ids)
    }

    /// As [`Encoder::push`], with the bytes of the text that each token stands for, counted from its beginning.
    ///
    /// # Errors
    ///
    /// As [`Encoder::push`].
    pub fn push_spans(&mut self, chunk: &[u8], spans: &mut Vec<Span>) -> Result<(), Error> {
        self.splitter.tokenizer().vocabulary().tables().expect_lengths(chunk.len());
        self.splitter.expect_places();
        self.splitter.push(chunk, &mut Spans { spans, end: &mut self.end })
    }

    /// Ends the text and appends its last spans.
    ///
    /// # Errors
    ///
    /// As [`Encoder::finish`].
    pub fn finish_spans(mut self, spans: &mut Vec<Span>) -> Result<(), Error> {
        self.end_spans(spans)
    }

    /// The same, and begins a new text: what is known of pieces is kept.
    pub(crate) fn end_spans(&mut self, spans: &mut Vec<Span>) -> Result<(), Error> {
        self.splitter.finish(&mut Spans { spans, end: &mut self.end })?;
        self.end = 0;
        Ok(())
    }

    /// Ends the text and appends its last ids.
    ///
    /// # Errors
    ///
    /// As [`Tokenizer::encode_with`].
    pub fn finish(mut self, ids: &mut Vec<TokenId>) -> Result<(), Error> {
        self.splitter.finish(ids)
    }
}

/// Decodes ids one by one into text. A character that is spread over several tokens comes out with the last
/// of them; bytes that are no UTF-8 come out as U+FFFD, as [`String::from_utf8_lossy`] would put it for all
/// the text together.
///
/// ```
/// let tokenizer = bytepair::encoding("cl100k_base")?;
/// let mut decoder = bytepair::stream::TextDecoder::new(&tokenizer);
/// assert_eq!(decoder.push(9468)?, ""); // the first two bytes of a character
/// assert_eq!(decoder.push(239)?, "");
/// assert_eq!(decoder.push(235)?, "👍");
/// assert_eq!(decoder.finish(), "");
/// # Ok::<(), bytepair::Error>(())
/// ```
pub struct TextDecoder<'t> {
    tokenizer: &'t Tokenizer,
    pending: Vec<u8>,
}

impl<'t> TextDecoder<'t> {
    /// A decoder for one row of ids.
    pub fn new(tokenizer: &'t Tokenizer) -> TextDecoder<'t> {
        TextDecoder { tokenizer, pending: Vec::new() }
    }

    /// Takes the next id; the text that is complete with it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownToken`] if the encoding has no such id.
    pub fn push(&mut self, id: TokenId) -> Result<String, Error> {
        self.pending.extend_from_slice(self.tokenizer.token_bytes(id)?);
        let mut text = String::new();
        let mut rest = self.pending.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(valid) => {
                    text.push_str(valid);
                    rest = &[];
                    break;
                }
                Err(error) => {
                    let (valid, after) = rest.split_at(error.valid_up_to());
                    text.push_str(&String::from_utf8_lossy(valid));
                    rest = after;
                    // No length: the bytes may yet become a character.
                    let Some(length) = error.error_len() else { break };
                    text.push(char::REPLACEMENT_CHARACTER);
                    rest = &rest[length..];
                }
            }
        }
        self.pending = rest.to_vec();
        Ok(text)
    }

    /// Ends the row: what is left of a character that never became complete, as U+FFFD.
    pub fn finish(self) -> String {
        String::from_utf8_lossy(&self.pending).into_owned()
    }
}

/// A stretch of ordinary text that is still going on.
#[derive(Default)]
struct Segment {
    /// The text from the last boundary on; of an endless piece, its beginning and its end only.
    text: Vec<u8>,
    /// Up to here no place to cut was found.
    searched: usize,
    /// How long `text` was when the harder ways last failed.
    tried: usize,
    /// The endless piece that `text` begins with, and how many of its bytes in `text` were taken already.
    long: Option<(LongPiece, usize)>,
}

impl Segment {
    fn push(&mut self, merging: &mut Merging<'_>, chunk: &[u8], sink: &mut impl Sink) -> Result<(), Error> {
        let pretokenizer = merging.tokenizer.pretokenizer();
        if self.long.is_none()
            && let Some((first, last)) = pretokenizer.cuts(chunk)
        {
            return self.push_between(merging, chunk, first, last, sink);
        }
        self.text.extend_from_slice(chunk);
        let longest = merging.tokenizer.vocabulary().longest_token();
        if let Some(cut) = pretokenizer.last_cut(&self.text, self.searched) {
            return self.pass(merging, cut, sink);
        }
        // The last character may be incomplete, so a place just before it is looked at once more.
        self.searched = self.text.len().saturating_sub(4);
        // A piece that may yet be one token is looked up whole first, so it must not be taken for endless.
        let patience = PATIENCE.max(longest + HEAD + TAIL);
        if self.text.len() < patience.max(2 * self.tried) {
            return Ok(());
        }
        // Of an open run no end is certain, so it does not matter what is asked first; this is sooner answered.
        if pretokenizer.is_open_run(&self.text)? {
            return self.shorten(merging, sink);
        }
        if let Some(end) = pretokenizer.certain_end(&self.text)? {
            return self.pass(merging, end, sink);
        }
        self.tried = self.text.len();
        Ok(())
    }

    /// Takes a chunk with two places to cut (or one twice): what lies between them need not be copied.
    fn push_between(
        &mut self,
        merging: &mut Merging<'_>,
        chunk: &[u8],
        first: usize,
        last: usize,
        sink: &mut impl Sink,
    ) -> Result<(), Error> {
        let mut start = 0;
        if !self.text.is_empty() {
            self.text.extend_from_slice(&chunk[..first]);
            let end = self.text.len();
            self.pass(merging, end, sink)?;
            start = first;
        }
        sink.pieces(merging, chunk, Stretch::Pieces(start, last))?;
        self.text.extend_from_slice(&chunk[last..]);
        (self.searched, self.tried) = (0, 0);
        Ok(())
    }

    fn finish(mut self, merging: &mut Merging<'_>, sink: &mut impl Sink) -> Result<(), Error> {
        if self.text.is_empty() {
            // There is no endless piece either: some of it would be kept.
            return Ok(());
        }
        let end = self.text.len();
        self.pass(merging, end, sink)
    }

    /// Passes on the pieces of `text` up to the boundary `stop`.
    fn pass(&mut self, merging: &mut Merging<'_>, stop: usize, sink: &mut impl Sink) -> Result<(), Error> {
        let tokenizer = merging.tokenizer;
        let mut start = 0;
        if let Some((piece, taken)) = self.long.take() {
            let room = &mut merging.bounds;
            let mut pieces = tokenizer.pretokenizer().pieces(&self.text, stop, room);
            start = pieces.next_batch()?.map_or(stop, |bounds| bounds[1]);
            end_piece(piece, tokenizer, &self.text[taken.min(start)..start], sink)?;
        }
        sink.pieces(merging, &self.text, Stretch::Pieces(start, stop))?;
        self.text.drain(..stop);
        self.searched = 0;
        self.tried = 0;
        Ok(())
    }

    /// Takes the middle out of `text`, all of which belongs to one piece.
    fn shorten(&mut self, merging: &mut Merging<'_>, sink: &mut impl Sink) -> Result<(), Error> {
        let border = |at: usize| (0..=at).rev().find(|&at| !within_character(&self.text, at));
        let (Some(head), Some(tail)) = (border(HEAD), border(self.text.len() - TAIL)) else {
            let message = "no character ends in a run of characters";
            return Err(Error::new(ErrorKind::PatternFailed, message));
        };
        let tokenizer = merging.tokenizer;
        let tables = tokenizer.vocabulary().tables();
        let (piece, taken) = self.long.get_or_insert_with(|| (LongPiece::new(tables), 0));
        let mut from = *taken;
        if let Some((first, last)) = tables.borders.outermost(&self.text, from, tail) {
            let before = std::mem::replace(piece, LongPiece::new(tables));
            end_piece(before, tokenizer, &self.text[from..first], sink)?;
            sink.pieces(merging, &self.text, Stretch::Part(first, last))?;
            from = last;
        }
        piece.push(tables, &self.text[from..tail], &mut |rank| sink.rank(tokenizer, rank))?;
        *taken = head;
        if tokenizer.pretokenizer().is_by_neighbours() {
            // What was taken must not become a boundary with what it now stands beside. Within a piece, no byte makes one
            // with itself.
            let before = self.text[tail - 1];
            self.text[..head].fill(before);
        } else if class_at(&self.text, head).0 == 0 {
            // Bytes that are no UTF-8 on both sides could become a character together. Those of the beginning
            // are taken already and only have to stay what they are.
            self.text[head - 3..head].fill(0xff);
        }
        self.text.drain(head..tail);
        self.searched = 0;
        self.tried = 0;
        Ok(())
    }
}

/// Ends an endless piece with these bytes.
fn end_piece(
    mut piece: LongPiece,
    tokenizer: &Tokenizer,
    bytes: &[u8],
    sink: &mut impl Sink,
) -> Result<(), Error> {
    let tables = tokenizer.vocabulary().tables();
    let token = &mut |rank| sink.rank(tokenizer, rank);
    piece.push(tables, bytes, token)?;
    piece.finish(tables, token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::encoding;
    use crate::{Definition, SpecialToken, SpecialTokens, Vocabulary};

    /// How many bytes a counter kept at most while it took this text, and what it counted.
    fn kept(tokenizer: &Tokenizer, text: &[u8]) -> (usize, u64) {
        let mut counter = Counter::new(tokenizer, SpecialPolicy::Text);
        let mut most = 0;
        for chunk in text.chunks(10_007) {
            counter.push(chunk).expect("a scanner");
            most = most.max(counter.splitter.kept());
        }
        (most, counter.finish().expect("a scanner"))
    }

    #[test]
    fn what_is_kept_does_not_grow_with_the_text() {
        let units = [
            "x",
            " ",
            "\0",
            "^",
            "\n",
            "漢",
            "7",
            "Z",
            "aB",
            "abcDEF",
            "ก\u{e34}",
            "ที่",
            "e\u{301}",
            "❤\u{fe0f}",
            "!\u{301}",
            "!\n/",
            "/\n",
            "漢A",
            "a漢",
            "🦀",
            "\u{301}",
            "漢字、",
            "==-",
            "#!x1",
            "\u{a0}\u{2003}",
            "한국어",
            "हिन्दी",
            "a> ",
            "> </",
            "aé.",
            "é a",
        ];
        for name in ["gpt2", "cl100k_base", "o200k_base", "gemma3", "mistral-v3"] {
            let Ok(tokenizer) = encoding(name) else { continue };
            for unit in units {
                for start in ["", "x ", "' "] {
                    let text = start.to_owned() + &unit.repeat(700_000 / unit.len());
                    let (most, tokens) = kept(&tokenizer, text.as_bytes());
                    assert!(most < 300_000, "{name} {start:?} {unit:?}: {most} bytes were kept");
                    assert_eq!(
                        tokens,
                        tokenizer.count(&text).expect("a scanner") as u64,
                        "{name} {start:?} {unit:?}"
                    );
                }
            }
            for (start, byte) in [("漢字、", 0xff), ("x", 0x80), ("", 0xc3)] {
                let mut bytes = start.as_bytes().to_vec();
                bytes.resize(700_000, byte);
                bytes.extend_from_slice(b"\x80 x");
                let (most, tokens) = kept(&tokenizer, &bytes);
                assert!(most < 300_000, "{name}: {byte} is no UTF-8");
                assert_eq!(tokens, tokenizer.count(&bytes).expect("a scanner") as u64, "{name} {byte}");
            }
        }
    }

    /// Such pieces are cut where no token reaches across: in other places than when all of the text is there.
    #[test]
    fn endless_pieces_of_many_characters_are_cut_rightly() {
        let mut state = 1u64;
        let mut next = |below: u32| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as u32 % below
        };
        for (first, many) in [(0x4e00, 3000), (0xe01, 40), (0xe0, 20), (0x1f600, 60), (0xac00, 9000)] {
            let character = |code| char::from_u32(first + code).expect("no surrogate");
            let text: String = (0..90_000).map(|_| character(next(many))).collect();
            for name in ["gpt2", "cl100k_base", "o200k_base"] {
                let tokenizer = encoding(name).expect("embedded");
                let (mut ids, mut encoder) = (Vec::new(), Encoder::new(&tokenizer, SpecialPolicy::Text));
                for chunk in text.as_bytes().chunks(20_011) {
                    encoder.push(chunk, &mut ids).expect("a scanner");
                }
                encoder.finish(&mut ids).expect("a scanner");
                assert!(ids == tokenizer.encode(&text).expect("a scanner"), "{name} {first:x}");
                assert_eq!(kept(&tokenizer, text.as_bytes()).1, ids.len() as u64, "{name} {first:x}");
            }
        }
    }

    /// A lead byte at the end of what is kept of the beginning, follow bytes at the beginning of the end.
    #[test]
    fn bytes_that_are_no_utf8_do_not_meet() {
        let bytes = [&[0xc3; 100][..], &[0xff], &[0x80; 65_536]].concat();
        for name in ["gpt2", "cl100k_base", "o200k_base"] {
            let tokenizer = encoding(name).expect("embedded");
            let mut counter = Counter::new(&tokenizer, SpecialPolicy::Text);
            counter.push(&bytes).expect("a scanner");
            assert_eq!(
                counter.finish().expect("a scanner"),
                tokenizer.count(&bytes).expect("a scanner") as u64
            );
            let mut encoder = Encoder::new(&tokenizer, SpecialPolicy::Text);
            let mut ids = Vec::new();
            encoder.push(&bytes, &mut ids).expect("a scanner");
            encoder.finish(&mut ids).expect("a scanner");
            assert_eq!(tokenizer.decode(&ids).expect("own ids"), bytes);
        }
    }

    /// A pattern that looks ahead must not see the token that ends a stretch.
    #[test]
    fn stretches_between_tokens_end_there() {
        let bytes = (0..=255u8).map(|byte| (vec![byte], u32::from(byte) + 7));
        let vocabulary =
            Vocabulary::new(bytes.chain([(b"  ".to_vec(), 300), (b"   ".to_vec(), 299)])).expect("all bytes");
        let token =
            SpecialToken { is_control: false, in_normalized: true, ..SpecialToken::control("<x>", 1) };
        let specials = SpecialTokens::new(vec![token]).expect("one name");
        let definition = Definition::new("test", vocabulary, crate::pretokenize::pattern::CL100K);
        let tokenizer = Tokenizer::new(Definition { specials, ..definition }).expect("known");
        let text = "a   <x>   <x>b  <x><x>   c<x>   <x>".repeat(9);
        let wanted = tokenizer.encode_naively(&text).expect("a short text");
        assert_eq!(tokenizer.encode(&text).expect("a scanner"), wanted);
        assert_eq!(tokenizer.count(&text).expect("a scanner"), wanted.len());
        for size in [1, 7, 100, 1000] {
            let (mut ids, mut encoder) = (Vec::new(), Encoder::new(&tokenizer, SpecialPolicy::Text));
            let mut counter = Counter::new(&tokenizer, SpecialPolicy::Text);
            for chunk in text.as_bytes().chunks(size) {
                encoder.push(chunk, &mut ids).expect("a scanner");
                counter.push(chunk).expect("a scanner");
            }
            encoder.finish(&mut ids).expect("a scanner");
            assert_eq!(ids, wanted, "{size}");
            assert_eq!(counter.finish().expect("a scanner"), wanted.len() as u64, "{size}");
        }
    }

    #[test]
    fn a_token_longer_than_the_patience_is_found() {
        let tokens = (0..=255u8).map(|byte| (vec![byte], u32::from(byte))).chain([(vec![b'a'; 70_000], 256)]);
        let pattern = crate::pretokenize::pattern::O200K;
        let vocabulary = Vocabulary::new(tokens).expect("all bytes");
        let tokenizer = Tokenizer::new(Definition::new("test", vocabulary, pattern)).expect("known");
        assert_eq!(kept(&tokenizer, &[b'a'; 70_000]).1, 1);
        assert_eq!(
            kept(&tokenizer, &[b'a'; 90_000]).1,
            tokenizer.count([b'a'; 90_000]).expect("a scanner") as u64
        );
    }
}
