//! How long the pieces of a text are, and how many tokens each has, while the text comes in chunks.
//!
//! Which stretches of text there are is found by the [parent](super). An endless piece comes in parts here; it ends where the
//! next stretch of whole pieces begins, or a special token, or with the text.

use std::collections::BTreeMap;

use super::sink::{Merging, Sink, Stretch};
use super::splitter::Splitter;
use crate::error::Error;
use crate::pretokenize::{Bounds, Split};
use crate::special::SpecialPolicy;
use crate::token::{Rank, TokenId};
use crate::tokenizer::Tokenizer;

/// Lengths up to this one are counted in a row, which is faster than a map.
const OFTEN: usize = 64;

/// How often each number came.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Tally {
    often: [u64; OFTEN],
    seldom: BTreeMap<u64, u64>,
}

impl Default for Tally {
    fn default() -> Tally {
        Tally { often: [0; OFTEN], seldom: BTreeMap::new() }
    }
}

impl Tally {
    fn add(&mut self, number: u64, times: u64) {
        match usize::try_from(number).ok().and_then(|number| self.often.get_mut(number)) {
            Some(count) => *count += times,
            None => *self.seldom.entry(number).or_default() += times,
        }
    }

    fn add_all(&mut self, other: &Tally) {
        other.pairs().into_iter().for_each(|(number, times)| self.add(number, times));
    }

    fn pairs(&self) -> BTreeMap<u64, u64> {
        let often = (0..).zip(self.often).filter(|&(_, times)| times > 0);
        often.chain(self.seldom.iter().map(|(&number, &times)| (number, times))).collect()
    }
}

/// How often there were pieces of each length, and of each number of tokens; of one text or several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PieceSizes {
    bytes: Tally,
    tokens: Tally,
}

impl PieceSizes {
    /// How often there was a piece of so many bytes.
    pub fn by_bytes(&self) -> BTreeMap<u64, u64> {
        self.bytes.pairs()
    }

    /// How often there was a piece of so many tokens.
    pub fn by_tokens(&self) -> BTreeMap<u64, u64> {
        self.tokens.pairs()
    }

    /// Adds the pieces of another text.
    pub fn add(&mut self, other: &PieceSizes) {
        self.bytes.add_all(&other.bytes);
        self.tokens.add_all(&other.tokens);
    }

    fn add_piece(&mut self, bytes: u64, tokens: u64) {
        self.bytes.add(bytes, 1);
        self.tokens.add(tokens, 1);
    }
}

/// Measures the pieces of a text that comes in chunks: those of [`Tokenizer::pieces`] between its special tokens, which are
/// no pieces themselves.
///
/// ```
/// use bytepair::stream::PieceMeter;
///
/// let tokenizer = bytepair::encoding("cl100k_base")?;
/// let mut meter = PieceMeter::new(&tokenizer, Default::default()).expect("it has a pattern");
/// meter.push(b"it's 12")?;
/// meter.push(b"345")?;
/// let sizes = meter.finish()?;
/// // it, 's, the space, 123 and 45
/// assert_eq!(sizes.by_bytes().into_iter().collect::<Vec<_>>(), [(1, 1), (2, 3), (3, 1)]);
/// assert_eq!(sizes.by_tokens().into_iter().collect::<Vec<_>>(), [(1, 5)]);
/// # Ok::<(), bytepair::Error>(())
/// ```
pub struct PieceMeter<'t> {
    splitter: Splitter<'t>,
    pieces: Pieces,
}

impl<'t> PieceMeter<'t> {
    /// A meter for one text; `None` where pieces are not known to be parts of the text as it is: there is no pattern, the text
    /// is normalized before, the pattern leaves something out, special tokens take the white space beside them, or the
    /// vocabulary lacks some bytes.
    pub fn new(tokenizer: &'t Tokenizer, policy: SpecialPolicy) -> Option<PieceMeter<'t>> {
        let is_known = tokenizer.normalizer().is_identity() && !matches!(tokenizer.split(), Split::Whole);
        let splitter = Splitter::new(tokenizer, policy);
        let is_cut = is_known && splitter.is_chunk_by_chunk();
        is_cut.then(|| PieceMeter { splitter, pieces: Pieces::default() })
    }

    /// Takes the next bytes of the text.
    ///
    /// # Errors
    ///
    /// As [`Tokenizer::count_with`]. The meter is of no use afterwards.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), Error> {
        self.splitter.push(chunk, &mut self.pieces)
    }

    /// Ends the text: the sizes of its pieces.
    ///
    /// # Errors
    ///
    /// As [`Tokenizer::count_with`].
    pub fn finish(mut self) -> Result<PieceSizes, Error> {
        self.splitter.finish(&mut self.pieces)?;
        self.pieces.end_piece();
        Ok(self.pieces.sizes)
    }
}

#[derive(Default)]
struct Pieces {
    sizes: PieceSizes,
    /// Bytes and tokens that are known of an endless piece.
    going_on: (u64, u64),
    /// Where pieces end. Kept for its room.
    ends: Vec<usize>,
}

impl Pieces {
    fn end_piece(&mut self) {
        let (bytes, tokens) = std::mem::take(&mut self.going_on);
        if bytes > 0 {
            self.sizes.add_piece(bytes, tokens);
        }
    }
}

impl Sink for Pieces {
    fn pieces(&mut self, merging: &mut Merging<'_>, text: &[u8], stretch: Stretch) -> Result<(), Error> {
        let Merging { tokenizer, counter, .. } = merging;
        let [start, stop] = match stretch {
            Stretch::Pieces(start, stop) => [start, stop],
            Stretch::Part(start, stop) => {
                self.going_on.0 += (stop - start) as u64;
                self.going_on.1 += (counter.add(text, &[start, stop])? + counter.finish(text)?) as u64;
                return Ok(());
            }
        };
        self.end_piece();
        let text = &text[start..];
        self.ends.clear();
        let mut room = Bounds::new();
        let mut pieces = tokenizer.pretokenizer().pieces(text, stop - start, &mut room);
        while let Some(bounds) = pieces.next_batch()? {
            self.ends.extend_from_slice(&bounds[1..]);
        }
        // To cut the text once more is faster than to merge its pieces one at a time.
        let tokens = tokenizer.count_sections(counter, text, &self.ends)?;
        let mut before = 0;
        for (&end, tokens) in self.ends.iter().zip(tokens) {
            self.sizes.add_piece((end - before) as u64, tokens as u64);
            before = end;
        }
        Ok(())
    }

    fn rank(&mut self, tokenizer: &Tokenizer, rank: Rank) {
        self.going_on.0 += tokenizer.vocabulary().tables().token_length(rank) as u64;
        self.going_on.1 += 1;
    }

    fn special(&mut self, _: TokenId, _: usize) {
        self.end_piece();
    }

    // What has to be seen as a whole has no meter.
    fn whole(&mut self, _: &Tokenizer, _: &[u8], _: SpecialPolicy) -> Result<(), Error> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::encoding;

    fn metered(tokenizer: &Tokenizer, text: &[u8], size: usize) -> PieceSizes {
        let mut meter = PieceMeter::new(tokenizer, SpecialPolicy::Plain).expect("pieces are known");
        text.chunks(size).for_each(|chunk| meter.push(chunk).expect("a scanner"));
        meter.finish().expect("a scanner")
    }

    /// The same, from all of the text.
    fn naively(tokenizer: &Tokenizer, text: &[u8]) -> PieceSizes {
        let mut sizes = PieceSizes::default();
        let spans = tokenizer.spans(text, SpecialPolicy::Plain).expect("a scanner");
        let mut start = 0;
        for end in tokenizer.pieces(text).expect("a scanner") {
            let tokens = spans.iter().filter(|span| (start..end).contains(&span.start)).count();
            sizes.add_piece((end - start) as u64, tokens as u64);
            start = end;
        }
        sizes
    }

    #[test]
    fn chunks_make_no_difference() {
        let text = "It's 12345 naïve ‘quotes’, 漢字かな  \n\n\t x\r\n<|endoftext|>  🦀🦀 don't   ".repeat(3);
        for name in ["gpt2", "cl100k_base", "o200k_base", "llama3", "deepseek-v3"] {
            let Ok(tokenizer) = encoding(name) else { continue };
            let wanted = naively(&tokenizer, text.as_bytes());
            let bytes: u64 = wanted.by_bytes().iter().map(|(bytes, times)| bytes * times).sum();
            assert_eq!(bytes, text.len() as u64);
            for size in [1, 2, 3, 7, 64, 1000] {
                assert_eq!(metered(&tokenizer, text.as_bytes(), size), wanted, "{name} {size}");
            }
        }
    }

    #[test]
    fn an_endless_piece_is_one() {
        for name in ["gpt2", "cl100k_base", "o200k_base"] {
            let tokenizer = encoding(name).expect("embedded");
            for unit in ["x", " ", "\0", "^=", "漢", "\n", "aB"] {
                let text = "two ".to_owned() + &unit.repeat(200_000 / unit.len()) + " end";
                let pieces = tokenizer.pieces(&text).expect("a scanner");
                let tokens = tokenizer.count(&text).expect("a scanner") as u64;
                let sizes = metered(&tokenizer, text.as_bytes(), 10_007);
                let mut wanted = BTreeMap::new();
                let mut start = 0;
                for end in pieces {
                    *wanted.entry((end - start) as u64).or_default() += 1;
                    start = end;
                }
                assert_eq!(sizes.by_bytes(), wanted, "{name} {unit:?}");
                let sum: u64 = sizes.by_tokens().iter().map(|(tokens, times)| tokens * times).sum();
                assert_eq!(sum, tokens, "{name} {unit:?}");
            }
        }
    }

    #[test]
    fn special_tokens_are_between_pieces() {
        let tokenizer = encoding("gpt2").expect("embedded");
        let mut meter = PieceMeter::new(&tokenizer, SpecialPolicy::Encode).expect("pieces are known");
        meter.push(b"one<|endof").expect("a scanner");
        meter.push(b"text|>two two").expect("a scanner");
        let sizes = meter.finish().expect("a scanner");
        assert_eq!(sizes.by_bytes(), BTreeMap::from([(3, 2), (4, 1)]));
        // What is normalized before has no pieces of the text.
        let normalizer = crate::normalize::Normalizer::new(vec![crate::NormalizerStep::Nfc]);
        let vocabulary = tokenizer.vocabulary().clone();
        let definition = crate::Definition::new("test", vocabulary, crate::pretokenize::pattern::GPT2);
        let normalized = Tokenizer::new(crate::Definition { normalizer, ..definition }).expect("known");
        assert!(PieceMeter::new(&normalized, SpecialPolicy::Text).is_none());
    }
}
