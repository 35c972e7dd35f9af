//! A text in chunks of at most a number of tokens, as retrieval needs them.
//!
//! # Where chunks end
//!
//! A text is made of paragraphs, these of lines, lines of sentences, sentences of words, words of tokens, and these of
//! characters ([`At`] says what each is). One of these kinds is preferred: as many units of this kind as fit make a
//! chunk. Only of a unit that does not fit into any chunk, finer units are taken: they fill up the chunk before, and what is
//! left of them begins a chunk that goes on with what follows.
//!
//! # Counts
//!
//! Each chunk is encoded by itself by whoever reads it, and so it is counted by itself: the limit is never passed. Three steps
//! find the chunks in linear time:
//!
//! ```text
//! count each unit of the coarsest kind by itself                           on all threads
//! as long as there is text:
//!     pack units, their counts added up, into the next chunks; divide what does not fit where it has to be
//!     count these chunks by themselves                                     on all threads
//!     the first that is over the limit gives units back until it is within, and the packing goes on after it
//! ```
//!
//! Units nearly always end where no token reaches across, so the sums are right, but for white space between units that
//! becomes one token: then a chunk is a little smaller than it could be. Where each of the units ends at a place that two
//! characters prove to be one where the text can be cut without a difference to any token (as is done for threads), the sum
//! is the count of the chunk by itself, and is not counted once more. A chunk that gives back all of its units but one
//! has this one divided; a single character that is over the limit is an error.
//!
//! A long text is packed in stretches of four megabytes, on all threads. The chunk at the end of each ends early.
//!
//! The result does not depend on the number of threads. The text is in memory, and some numbers for each unit.

mod offsets;
mod packing;
mod units;

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::{Error, ErrorKind};
use crate::special::SpecialPolicy;
use crate::stream::Counter;
use crate::tokenizer::Tokenizer;
use packing::Packer;

/// Below this many bytes more threads are not worth their start.
const SMALL: usize = 1 << 18;

/// A longer text is packed in stretches of about so many bytes, side by side. Short in tests, so that those have some.
const STRETCH: usize = if cfg!(test) { 1 << 15 } else { 4 << 20 };

/// The units of a text that chunks are made of, if they fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum At {
    /// Paragraphs: blank lines are between them, and belong to the one before.
    #[default]
    Paragraph,
    /// Sentences after Unicode Standard Annex 29, with the white space after them. A line is at least one.
    Sentence,
    /// Lines, with their line feed and the blank lines after them.
    Line,
    /// Words after Unicode Standard Annex 29, with the white space before them.
    Word,
    /// Tokens; where one ends inside a character, together with those that the character goes on with.
    Token,
}

/// How to make chunks.
///
/// ```
/// use bytepair::chunk::{At, Options};
/// let options = Options::new(512).overlap(64).at(At::Sentence).threads(4);
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    limit: usize,
    overlap: usize,
    at: At,
    balanced: bool,
    policy: SpecialPolicy,
    threads: usize,
}

impl Options {
    /// At most so many tokens in a chunk: of whole paragraphs, without overlap, on one thread; names of special tokens are
    /// text.
    pub fn new(limit: u64) -> Options {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let (at, policy) = (At::default(), SpecialPolicy::default());
        Options { limit, overlap: 0, at, balanced: false, policy, threads: 1 }
    }

    /// Each chunk begins with the end of the chunk before: at most so many tokens of it, counted by themselves.
    ///
    /// It begins with a unit of the preferred kind if one begins there, else with one of the next finer kind. Where the
    /// next unit does not fit beside it, the overlap is shorter, or there is none.
    pub fn overlap(mut self, tokens: u64) -> Options {
        self.overlap = usize::try_from(tokens).unwrap_or(usize::MAX);
        self
    }

    /// What chunks are made of.
    pub fn at(mut self, at: At) -> Options {
        self.at = at;
        self
    }

    /// As many chunks as it takes, of about equal size, instead of full ones and a small one at the end.
    pub fn balanced(mut self, balanced: bool) -> Options {
        self.balanced = balanced;
        self
    }

    /// What the names of special tokens mean, in the text and in each chunk.
    pub fn policy(mut self, policy: SpecialPolicy) -> Options {
        self.policy = policy;
        self
    }

    /// How many threads count. The chunks are the same for any number.
    pub fn threads(mut self, threads: usize) -> Options {
        self.threads = threads;
        self
    }
}

/// A part of a text: `text[start..end]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends, in bytes (exclusive).
    pub end: usize,
    /// The index, in the encoding of the whole text, of the first token that begins at `start` or after it. `None` where
    /// the places of tokens are not known: for vocabularies that do not know every character, and patterns that leave text out.
    pub token_start: Option<u64>,
    /// The number of its tokens, counted by itself. It can differ by some from the number of tokens that it has in the encoding
    /// of the whole text, when it does not begin or end where a token does.
    pub tokens: u64,
}

/// Divides a text into chunks, in order. Without overlap they are the text, one after another; with overlap each but the
/// first begins within the one before, and ends after it. An empty text has no chunks.
///
/// # Errors
///
/// [`ErrorKind::OverLimit`] if the overlap is not smaller than the limit, or if a single character has more tokens than the
/// limit; else as [`Tokenizer::count_with`].
///
/// ```
/// use bytepair::chunk::{Options, chunks};
/// let tokenizer = bytepair::encoding("o200k_base")?;
/// let text = "One paragraph.\n\nAnother one.\n\nA third, which is longer. It has two sentences.\n";
/// let chunks = chunks(&tokenizer, text, &Options::new(10))?;
/// let texts: Vec<&str> = chunks.iter().map(|chunk| &text[chunk.start..chunk.end]).collect();
/// assert_eq!(texts, [
///     "One paragraph.\n\nAnother one.\n\n",
///     "A third, which is longer. ",
///     "It has two sentences.\n",
/// ]);
/// assert!(chunks.iter().all(|chunk| chunk.tokens <= 10));
/// assert_eq!(chunks[1].token_start, Some(6));
/// # Ok::<(), bytepair::Error>(())
/// ```
pub fn chunks(tokenizer: &Tokenizer, text: impl AsRef<[u8]>, options: &Options) -> Result<Vec<Chunk>, Error> {
    chunks_with(tokenizer, text.as_ref(), options, &|_| ())
}

/// As [`chunks`], for long texts: `progress` is called, by any thread, with the number of bytes that were dealt with since
/// the last call. Each byte of the text is dealt with twice: it is counted, and packed.
///
/// # Errors
///
/// As [`chunks`].
pub fn chunks_with(
    tokenizer: &Tokenizer,
    text: &[u8],
    options: &Options,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Vec<Chunk>, Error> {
    let mut options = options.clone();
    if options.overlap > 0 && options.overlap >= options.limit {
        let message = format!(
            "an overlap of {} tokens in chunks of {}: it has to be smaller than the chunks",
            options.overlap, options.limit
        );
        return Err(
            Error::new(ErrorKind::OverLimit, message).with_hint("a smaller overlap, or larger chunks")
        );
    }
    if options.policy == SpecialPolicy::Forbid {
        // An error names the place in the whole text. Without an error there is nothing to forbid in its parts.
        tokenizer.count_with(text, options.policy)?;
        options.policy = SpecialPolicy::Text;
    }
    let can_be_cut = tokenizer.can_be_cut(options.policy);
    let work = Work { tokenizer, text, options: &options, can_be_cut, progress };
    let coarse = work.coarse_units()?;
    let mut chunks = work.packed(&coarse)?;
    if options.balanced && chunks.len() > 1 {
        chunks = balanced(&work, &coarse, chunks)?;
    }
    if let Some(starts) = work.token_starts(&chunks)? {
        chunks.iter_mut().zip(starts).for_each(|(chunk, start)| chunk.token_start = Some(start));
    }
    Ok(chunks)
}

/// Packs as many chunks again, but of the smallest size that is found to do: the mean, or somewhat more.
fn balanced(work: &Work<'_>, coarse: &[units::Unit], full: Vec<Chunk>) -> Result<Vec<Chunk>, Error> {
    let total: u64 = full.iter().map(|chunk| chunk.tokens).sum();
    let mean = usize::try_from(total.div_ceil(full.len() as u64)).unwrap_or(usize::MAX);
    let mut more = 0;
    while mean.saturating_add(more) < work.options.limit {
        let chunks = Packer::new(work, coarse, mean + more).all()?;
        if chunks.len() <= full.len() {
            return Ok(chunks);
        }
        more = (2 * more).max(mean / 64).max(1);
    }
    Ok(full)
}

/// What there is to do.
#[derive(Clone, Copy)]
struct Work<'a> {
    tokenizer: &'a Tokenizer,
    text: &'a [u8],
    options: &'a Options,
    /// Whether there may be places where the text can be cut without a difference to any token.
    can_be_cut: bool,
    /// Whom to tell how many bytes were dealt with.
    progress: &'a (dyn Fn(u64) + Sync),
}

impl<'a> Work<'a> {
    fn counter(&self) -> Counter<'a> {
        Counter::new(self.tokenizer, self.options.policy)
    }

    /// Chunks of these units, filled up to the limit.
    fn packed(&self, coarse: &[units::Unit]) -> Result<Vec<Chunk>, Error> {
        let limit = self.options.limit;
        if self.options.overlap > 0 || self.options.balanced || self.text.len() <= STRETCH {
            let chunks = Packer::new(self, coarse, limit).all();
            (self.progress)(self.text.len() as u64);
            return chunks;
        }
        let mut stretches = Vec::with_capacity(self.text.len() / STRETCH + 1);
        let mut rest = coarse;
        while let Some(first) = rest.first() {
            let (stretch, after) =
                rest.split_at(rest.partition_point(|unit| unit.end <= first.start + STRETCH).max(1));
            stretches.push(stretch);
            rest = after;
        }
        let options = self.options.clone().threads(1);
        let alone = Work { options: &options, ..*self };
        let job = |_: &mut Counter<'_>, place: usize| {
            let stretch = stretches[place];
            let chunks = Packer::new(&alone, stretch, limit).all();
            if let (Some(first), Some(last)) = (stretch.first(), stretch.last()) {
                (self.progress)((last.end - first.start) as u64);
            }
            chunks
        };
        Ok(self.on_threads(stretches.len(), self.text.len(), || self.counter(), job)?.concat())
    }

    /// The results of some jobs, each with the counter of the thread that does it. `bytes` is how much text they are about.
    fn on_threads<C, T: Send>(
        &self,
        jobs: usize,
        bytes: usize,
        counter: impl Fn() -> C + Sync,
        job: impl Fn(&mut C, usize) -> Result<T, Error> + Sync,
    ) -> Result<Vec<T>, Error> {
        let threads = if bytes < SMALL { 1 } else { self.options.threads.clamp(1, jobs.max(1)) };
        if threads == 1 {
            let mut counter = counter();
            return (0..jobs).map(|place| job(&mut counter, place)).collect();
        }
        let next = AtomicUsize::new(0);
        let work = || {
            let (mut counter, mut done) = (counter(), Vec::new());
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                if place >= jobs {
                    return Ok(done);
                }
                done.push((place, job(&mut counter, place)?));
            }
        };
        let shares = std::thread::scope(|scope| {
            let workers: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut shares: Vec<Result<Vec<(usize, T)>, Error>> = vec![work()];
            for worker in workers {
                match worker.join() {
                    Ok(share) => shares.push(share),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            shares
        });
        let mut results: Vec<Option<T>> = Vec::new();
        results.resize_with(jobs, || None);
        for share in shares {
            share?.into_iter().for_each(|(place, result)| results[place] = Some(result));
        }
        Ok(results.into_iter().flatten().collect())
    }
}

#[cfg(test)]
mod tests;
