//! Training: from texts to a byte-pair encoding, exact and the same on every machine.
//!
//! ```
//! use bytepair::train::Trainer;
//!
//! let trainer = Trainer::new(260).pattern(r"\w+|\W+");
//! let mut counts = trainer.counts()?;
//! counts.add_text(b"banana bandana")?;
//! let trained = trainer.train(&counts)?;
//! let merges: Vec<_> = trained.merges().map(|merge| merge.bytes).collect();
//! assert_eq!(merges, ["an", "ban", "ana", "dana"].map(str::as_bytes));
//! let tokenizer = bytepair::Tokenizer::new(trained.into_definition())?;
//! assert_eq!(tokenizer.count("banana")?, 2);
//! # Ok::<(), bytepair::Error>(())
//! ```
//!
//! # What is learned
//!
//! Texts are cut into pieces, and how often each occurs is counted ([`Counts`]); pieces that occur on different machines
//! are added up, and give the same vocabulary as all texts together. Then, again and again, the pair of neighbours
//! that occurs most often within pieces becomes a token, until the vocabulary is as large as wanted or no pair occurs often
//! enough. Pairs overlap when they are counted and are merged from left to right. Of several that are most frequent,
//! [`Ties`] says which comes first: nothing depends on the order of the texts, on threads or on hashes.
//! Counts are numbers of 64 bits everywhere; what would be too large for them is an error.
//!
//! ```text
//! texts -> pieces and how often they occur      corpus, counter, json_lines, pieces; on disk: counts_file
//!       -> words laid out, the frequent first   words, start
//!       -> merges                               merge, with part, team; the textbook way: naive
//!       -> a vocabulary                         trained
//! ```
//!
//! Where inputs come from, progress and files are left to the caller; how a vocabulary is written is left to
//! [`mod@crate::format`].

mod corpus;
mod counter;
mod counts;
mod counts_file;
mod json_lines;
mod merge;
mod naive;
mod part;
mod pieces;
mod start;
mod team;
#[cfg(test)]
mod tests;
mod trained;
mod words;

use crate::bpe::MOST_TOKENS;
use crate::error::{Error, ErrorKind};
use crate::pretokenize::{Split, known_pattern};
use crate::special::{SpecialToken, SpecialTokens};
use crate::tokenizer::Tokenizer;
use merge::{Goal, Guide, Learned, Numbers};
use start::Start;

pub use corpus::{Corpus, Documents, Halt, Position};
pub use counts::{Counts, PieceSource};
pub use counts_file::{CountsHeader, CountsReader, CountsTotals, CountsWriter, merge as merge_counts};
pub use trained::{LearnedMerge, Stop, Trained};

/// The fewest tokens of a byte-level vocabulary.
const BYTES: usize = 256;

/// Which of several pairs that occur equally often is merged first: that with the smaller left token, then that with the
/// smaller right one. Learned tokens come after the single bytes, in the order in which they were learned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ties {
    /// Bytes in the order of the characters that stand for them in GPT-2's alphabet, as Hugging Face's `BpeTrainer` (0.23)
    /// has them: first those that are printable in Latin-1, then the others, such as the space.
    #[default]
    HuggingFace,
    /// Bytes in the order of their values, as in rustbpe (0.1) and bpeasy.
    Raw,
}

impl Ties {
    /// The bytes in their order.
    fn bytes(self) -> [u8; 256] {
        let mut bytes = std::array::from_fn(|byte| byte as u8);
        if self == Ties::HuggingFace {
            bytes.sort_by_key(|byte| !matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff));
        }
        bytes
    }
}

/// How to train a vocabulary.
#[derive(Clone, Debug)]
pub struct Trainer {
    size: usize,
    split: Split,
    documents: Documents,
    separators: Vec<String>,
    specials: Vec<String>,
    ties: Ties,
    min_frequency: u64,
    min_count: u64,
    max_token_length: u32,
    like_hugging_face: bool,
    alphabet: Vec<char>,
    base: Option<Tokenizer>,
    threads: usize,
}

impl Trainer {
    /// Trains vocabularies of at most `size` tokens: the 256 single bytes, special tokens, and what is learned.
    /// Texts are cut by the pattern of o200k_base.
    pub fn new(size: usize) -> Trainer {
        Trainer {
            size,
            split: Split::Pattern(known_pattern("o200k").unwrap_or_default().to_owned()),
            documents: Documents::Whole,
            separators: Vec::new(),
            specials: Vec::new(),
            ties: Ties::default(),
            min_frequency: 1,
            min_count: 1,
            max_token_length: u32::MAX,
            like_hugging_face: false,
            alphabet: Vec::new(),
            base: None,
            threads: 1,
        }
    }

    /// Cuts texts by this regular expression (see [`crate::Definition::new`]), or by that of `gpt2`, `cl100k` or `o200k`.
    pub fn pattern(self, pattern: &str) -> Trainer {
        let pattern = known_pattern(pattern).unwrap_or(pattern);
        self.split(Split::Pattern(pattern.to_owned()))
    }

    /// Cuts texts so.
    pub fn split(mut self, split: Split) -> Trainer {
        self.split = split;
        self
    }

    /// What is a text of its own within an input.
    pub fn documents(mut self, documents: Documents) -> Trainer {
        self.documents = documents;
        self
    }

    /// One more string that stands between documents and is not learned from.
    pub fn separator(mut self, separator: impl Into<String>) -> Trainer {
        self.separators.push(separator.into());
        self
    }

    /// One more special token. It is part of the vocabulary, after all others; where its name stands in a text, it
    /// separates documents and is not learned from.
    pub fn special(mut self, name: impl Into<String>) -> Trainer {
        self.specials.push(name.into());
        self
    }

    /// Which of equally frequent pairs comes first.
    pub fn ties(mut self, ties: Ties) -> Trainer {
        self.ties = ties;
        self
    }

    /// Pairs that occur less often are not merged; 0 is as good as 1.
    pub fn min_frequency(mut self, count: u64) -> Trainer {
        self.min_frequency = count;
        self
    }

    /// Leaves out pieces that occur less often in all that is learned from; 0 is as good as 1.
    pub fn min_count(mut self, count: u64) -> Trainer {
        self.min_count = count;
        self
    }

    /// No learned token is longer than this, in bytes.
    pub fn max_token_length(mut self, bytes: u32) -> Trainer {
        self.max_token_length = bytes;
        self
    }

    /// Two peculiarities of Hugging Face's `BpeTrainer` (0.23): special tokens get the first ids and not the last, and
    /// with a [`Trainer::max_token_length`] of M tokens have less than M bytes, or two.
    pub fn like_hugging_face(mut self, yes: bool) -> Trainer {
        self.like_hugging_face = yes;
        self
    }

    /// Characters that become a token each, whether the texts have them or not. (The single bytes always are tokens.)
    pub fn alphabet(mut self, characters: impl IntoIterator<Item = char>) -> Trainer {
        self.alphabet.extend(characters);
        self
    }

    /// Continues a vocabulary: its tokens keep their ids, and what is learned comes after them. Its pattern and its
    /// special tokens are taken, too.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidTraining`] if it is not a byte-level vocabulary, or normalizes text.
    pub fn continuing(mut self, tokenizer: &Tokenizer) -> Result<Trainer, Error> {
        Start::vocabulary(tokenizer.vocabulary())?;
        if !tokenizer.normalizer().is_identity() || tokenizer.strips_first_space() {
            let message =
                "only vocabularies that take text as it is can be continued, and this one normalizes it";
            return Err(Error::new(ErrorKind::InvalidTraining, message).with_hint(start::INSTEAD));
        }
        self.split = tokenizer.split().clone();
        self.base = Some(tokenizer.clone());
        Ok(self)
    }

    /// How many threads to use, at least 1.
    pub fn threads(mut self, threads: usize) -> Trainer {
        self.threads = threads.max(1);
        self
    }

    /// Whether there can be such a vocabulary, before any text was read.
    ///
    /// # Errors
    ///
    /// As [`Trainer::train`] and [`Trainer::counts`]; [`ErrorKind::InvalidVocabulary`] if a special token comes twice.
    pub fn check(&self) -> Result<(), Error> {
        self.merges()?;
        let base = self.base.iter().flat_map(|base| base.specials().iter()).map(|(name, _)| name.to_owned());
        let names = base.chain(self.specials.iter().cloned());
        SpecialTokens::new(names.zip(0..).map(|(name, id)| SpecialToken::control(name, id)).collect())?;
        self.counts().map(|_| ())
    }

    /// How many merges are learned, at most.
    ///
    /// # Errors
    ///
    /// As [`Trainer::train`].
    pub fn merges(&self) -> Result<usize, Error> {
        Ok(self.goal(&self.start()?)?.merges)
    }

    /// Learns a vocabulary.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidTraining`] if the size is less than what there is to begin with, or the counts are too large or
    /// have more than 2^32 different pairs.
    pub fn train(&self, counts: &dyn PieceSource) -> Result<Trained, Error> {
        self.train_with(counts, &mut |_| true)
    }

    /// The same; `learned` is called after each merge with how many there are, and ends the work if it returns `false`.
    ///
    /// # Errors
    ///
    /// As [`Trainer::train`].
    pub fn train_with(
        &self,
        counts: &dyn PieceSource,
        learned: &mut dyn FnMut(usize) -> bool,
    ) -> Result<Trained, Error> {
        let start = self.start()?;
        let goal = self.goal(&start)?;
        let mut symbols = start.symbols();
        let least = self.min_count;
        let mut pieces = |each: &mut dyn FnMut(&[u8], u64)| {
            counts.for_each(&mut |piece, count| {
                if count >= least {
                    each(piece, count);
                }
            })
        };
        let mut guide = Recorder::new(&start, learned);
        let lengths = start.lengths();
        if start.tokens.len() < Numbers::of::<u16>().symbols {
            let (words, text) = words::lay_out::<u16>(&mut pieces, self.threads, &mut symbols)?;
            guide.text = text;
            merge::learn(words, &lengths, goal, &mut guide, Numbers::of::<u16>())?;
        } else {
            let (words, text) = words::lay_out::<u32>(&mut pieces, self.threads, &mut symbols)?;
            guide.text = text;
            merge::learn(words, &lengths, goal, &mut guide, Numbers::of::<u32>())?;
        }
        let (merges, text) = (guide.merges, (guide.text, guide.asked));
        Trained::new(self, start, goal, merges, text)
    }

    /// What [`Trainer::train`] gives, in the way of the textbook: quadratic. The oracle of the fast way.
    ///
    /// # Errors
    ///
    /// As [`Trainer::train`].
    pub fn train_naively(&self, counts: &dyn PieceSource) -> Result<Trained, Error> {
        let start = self.start()?;
        let goal = self.goal(&start)?;
        let mut symbols = start.symbols();
        let (mut words, mut failed) = (Vec::new(), None);
        let mut text = Text::default();
        counts.for_each(&mut |piece, count| {
            if count < self.min_count {
                return;
            }
            let mut row = Vec::new();
            failed = symbols.of(piece, &mut row).err().or(failed.take());
            text.bytes += piece.len() as u64 * count;
            text.tokens += row.len() as u64 * count;
            words.push((row.into_iter().map(|(symbol, _)| symbol).collect(), count));
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        let mut always = |_| true;
        let mut guide = Recorder { text, ..Recorder::new(&start, &mut always) };
        naive::learn(words, &start.lengths(), goal, &mut guide);
        let (merges, text) = (guide.merges, (guide.text, guide.asked));
        Trained::new(self, start, goal, merges, text)
    }

    fn start(&self) -> Result<Start, Error> {
        match &self.base {
            Some(base) => Start::vocabulary(base.vocabulary()),
            None if !self.alphabet.is_empty() => {
                Start::vocabulary(&start::with_characters(self.ties, &self.alphabet)?)
            }
            None => Ok(Start::bytes(self.ties)),
        }
    }

    fn goal(&self, start: &Start) -> Result<Goal, Error> {
        let specials =
            self.specials.len() + self.base.as_ref().map_or(0, |base| base.specials().tokens().len());
        let begin = start.tokens.len() + specials;
        let Some(merges) = self.size.checked_sub(begin) else {
            let parts = match (&self.base, self.alphabet.is_empty()) {
                (Some(base), _) => format!("the tokens of {}", base.name()),
                (None, true) => format!("the {BYTES} single bytes"),
                (None, false) => format!("the {BYTES} single bytes and the alphabet"),
            };
            let message = format!(
                "a vocabulary of {} tokens is too small: {parts} and special tokens are {begin}",
                self.size
            );
            return Err(Error::new(ErrorKind::InvalidTraining, message));
        };
        // As `BpeModel` holds them, with the tokens of single bytes twice.
        if self.size >= MOST_TOKENS - BYTES {
            let most = MOST_TOKENS - BYTES - 1;
            let message =
                format!("a vocabulary of {} tokens is too large: it holds {most} at most", self.size);
            return Err(Error::new(ErrorKind::InvalidTraining, message));
        }
        let longest = match self.like_hugging_face && self.max_token_length != u32::MAX {
            true => self.max_token_length.saturating_sub(1),
            false => self.max_token_length,
        };
        let least = self.min_frequency.max(1);
        Ok(Goal { merges, least, longest, first_pairs_pass: self.like_hugging_face })
    }
}

/// How long all that is learned from is together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Text {
    bytes: u64,
    /// Tokens, by what is learned so far.
    tokens: u64,
}

/// Notes down what is learned.
struct Recorder<'g> {
    merges: Vec<Learned>,
    /// Whether somebody wants no more.
    asked: bool,
    text: Text,
    start: &'g Start,
    tokens: Vec<Vec<u8>>,
    each: &'g mut dyn FnMut(usize) -> bool,
}

impl<'g> Recorder<'g> {
    fn new(start: &'g Start, each: &'g mut dyn FnMut(usize) -> bool) -> Recorder<'g> {
        Recorder { merges: Vec::new(), asked: false, text: Text::default(), start, tokens: Vec::new(), each }
    }

    fn bytes(&self, symbol: u32) -> &[u8] {
        let symbol = symbol as usize;
        let first = self.start.tokens.len();
        if symbol < first { &self.start.tokens[symbol] } else { &self.tokens[symbol - first] }
    }
}

impl Guide for Recorder<'_> {
    fn refuses(&self, left: u32, right: u32) -> bool {
        // In a vocabulary from elsewhere there can be tokens that merging does not come to; they must not come twice.
        let Some(base) = &self.start.base else { return false };
        base.vocabulary.id(&[self.bytes(left), self.bytes(right)].concat()).is_some()
    }

    fn learned(&mut self, merge: Learned) -> bool {
        if self.start.base.is_some() {
            self.tokens.push([self.bytes(merge.left), self.bytes(merge.right)].concat());
        }
        self.text.tokens -= merge.made;
        self.merges.push(merge);
        self.asked = !(self.each)(self.merges.len());
        !self.asked
    }
}
