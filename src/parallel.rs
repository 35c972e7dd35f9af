//! One text over several threads: cut at places that are sure to be boundaries, counted, added up.
//!
//! The answer is that of one thread, for any number of threads. Memory does not grow with the text: a few
//! blocks are on their way at any time. Several files at a time are left to the caller.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, ErrorKind};
use crate::measure::{Measures, Meter};
use crate::special::SpecialPolicy;
use crate::stream::{Counter, IdCounter, IdCounts, add_ids};
use crate::tokenizer::Tokenizer;

/// How much is read at a time on one thread: small enough to stay in the second-level cache.
const READ: usize = 128 * 1024;

/// How much a thread takes at a time.
const BLOCK: usize = 256 * 1024;

/// More threads than this are not used for one text: only one reads at a time, and each takes memory.
const MOST_THREADS: usize = 16;

/// How to count a text.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CountOptions {
    /// How many threads to use, at least 1; for one text not more than 16 are used.
    pub threads: usize,
    /// What the names of special tokens in the text mean.
    pub policy: SpecialPolicy,
    /// What else to measure.
    pub measure: Measure,
}

/// What to measure besides tokens and bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Measure {
    /// Nothing: all measures but the bytes stay 0.
    Bytes,
    /// Everything, words as runs between white space.
    All,
    /// Everything, words after Unicode Standard Annex 29. Measured on one thread.
    AllWithUnicodeWords,
}

impl Default for CountOptions {
    fn default() -> CountOptions {
        CountOptions { threads: 1, policy: SpecialPolicy::Text, measure: Measure::All }
    }
}

/// The result of counting a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tokens.
    pub tokens: u64,
    /// Everything else.
    pub measures: Measures,
}

/// Counts the tokens of everything that a reader gives, and measures it. `progress` is called on this thread
/// with the number of bytes read since the last call. With more than one thread, any of them reads, one at a time
/// (so a reader has to be `Send`: [`std::io::stdin`] itself and not its lock).
///
/// # Errors
///
/// [`ErrorKind::Io`] if reading fails, else as [`Tokenizer::count_with`].
///
/// ```
/// use bytepair::parallel::{CountOptions, count_reader};
/// let tokenizer = bytepair::encoding("o200k_base")?;
/// let tally = count_reader(&tokenizer, "Hello world\n".as_bytes(), CountOptions::default(), &mut |_| ())?;
/// assert_eq!((tally.tokens, tally.measures.words, tally.measures.bytes), (3, 2, 12));
/// # Ok::<(), bytepair::Error>(())
/// ```
pub fn count_reader(
    tokenizer: &Tokenizer,
    mut reader: impl Read + Send,
    options: CountOptions,
    progress: &mut dyn FnMut(u64),
) -> Result<Tally, Error> {
    tally(tokenizer, &mut reader, options, progress, None)
}

/// As [`count_reader`], and how often each id came is added to `ids`.
pub(crate) fn count_ids(
    tokenizer: &Tokenizer,
    reader: &mut (dyn Read + Send),
    options: CountOptions,
    progress: &mut dyn FnMut(u64),
    ids: &mut IdCounts,
) -> Result<Tally, Error> {
    tally(tokenizer, reader, options, progress, Some(ids))
}

fn tally(
    tokenizer: &Tokenizer,
    reader: &mut (dyn Read + Send),
    options: CountOptions,
    progress: &mut dyn FnMut(u64),
    ids: Option<&mut IdCounts>,
) -> Result<Tally, Error> {
    if options.threads > 1 && tokenizer.can_be_cut(options.policy) {
        return count_on_threads(tokenizer, reader, options, progress, ids);
    }
    let mut buffer = vec![0; READ];
    let mut length = fill(reader, &mut buffer)?;
    progress(length as u64);
    if length < buffer.len() {
        return count_whole(tokenizer, &buffer[..length], options, ids);
    }
    let mut counting = Counting::new(tokenizer, options, ids.is_some());
    loop {
        counting.push(&buffer[..length])?;
        if length < buffer.len() {
            let total = counting.finish()?;
            counting.add_ids_to(ids);
            return Ok(total);
        }
        length = fill(reader, &mut buffer)?;
        progress(length as u64);
    }
}

/// Counts a text that is all there: what a stream keeps is not needed, which matters for many small files.
fn count_whole(
    tokenizer: &Tokenizer,
    text: &[u8],
    options: CountOptions,
    ids: Option<&mut IdCounts>,
) -> Result<Tally, Error> {
    let mut measures = Measures::default();
    if options.measure != Measure::Bytes {
        let mut meter = Meter::new(options.measure == Measure::AllWithUnicodeWords);
        meter.push(text);
        measures = meter.finish();
    }
    measures.bytes = text.len() as u64;
    let tokens = match ids {
        None => tokenizer.count_with(text, options.policy)?,
        Some(counts) => {
            let ids = tokenizer.encode_with(text, options.policy)?;
            add_ids(counts, &ids);
            ids.len()
        }
    };
    Ok(Tally { tokens: tokens as u64, measures })
}

/// What is counted: tokens alone, or also how often each id comes.
enum Tokens<'t> {
    Number(Box<Counter<'t>>),
    Ids(Box<IdCounter<'t>>),
}

/// A text that is counted and measured chunk by chunk.
struct Counting<'t> {
    tokens: Tokens<'t>,
    measure: Measure,
    meter: Meter,
    bytes: u64,
}

impl<'t> Counting<'t> {
    fn new(tokenizer: &'t Tokenizer, options: CountOptions, with_ids: bool) -> Counting<'t> {
        let meter = Meter::new(options.measure == Measure::AllWithUnicodeWords);
        let tokens = match with_ids {
            false => Tokens::Number(Box::new(Counter::new(tokenizer, options.policy))),
            true => Tokens::Ids(Box::new(IdCounter::new(tokenizer, options.policy))),
        };
        Counting { tokens, measure: options.measure, meter, bytes: 0 }
    }

    /// Says that what comes is the `place`th block, or goes on with it.
    fn begin(&mut self, place: usize) {
        if place > 0 && self.bytes == 0 {
            match &mut self.tokens {
                Tokens::Number(counter) => counter.continue_text(),
                Tokens::Ids(counter) => counter.continue_text(),
            }
        }
    }

    fn push(&mut self, chunk: &[u8]) -> Result<(), Error> {
        self.bytes += chunk.len() as u64;
        if self.measure != Measure::Bytes {
            self.meter.push(chunk);
        }
        match &mut self.tokens {
            Tokens::Number(counter) => counter.push(chunk),
            Tokens::Ids(counter) => counter.push(chunk),
        }
    }

    /// Ends the text, and begins a new one.
    fn finish(&mut self) -> Result<Tally, Error> {
        let meter = Meter::new(self.measure == Measure::AllWithUnicodeWords);
        let mut measures = std::mem::replace(&mut self.meter, meter).finish();
        measures.bytes = std::mem::take(&mut self.bytes);
        let tokens = match &mut self.tokens {
            Tokens::Number(counter) => counter.end_text()?,
            Tokens::Ids(counter) => counter.end_text()?,
        };
        Ok(Tally { tokens, measures })
    }

    /// Adds how often each id came in all texts to `ids`. The order of such sums does not matter.
    fn add_ids_to(self, ids: Option<&mut IdCounts>) {
        if let (Some(sum), Tokens::Ids(counter)) = (ids, self.tokens) {
            counter.into_counts().into_iter().for_each(|(id, count)| *sum.entry(id).or_default() += count);
        }
    }
}

/// What all threads take their blocks from. Who wants one reads it, so that it is in the caches of the thread
/// that counts it.
struct Source<'r> {
    reader: &'r mut (dyn Read + Send),
    /// What was read and comes after the last place to cut.
    rest: Vec<u8>,
    /// How many blocks were taken: the place of the next one among them.
    taken: usize,
    /// Whether a thread counts on without a place to cut: the others have to wait for the next one.
    streaming: bool,
    ended: bool,
    /// Words of UAX 29 can span a place where tokens may be cut, so they are counted where the text is whole.
    words: Option<Meter>,
}

/// The counts of blocks, added up in the order of the text.
#[derive(Default)]
struct Sum {
    total: Tally,
    /// How many blocks are in `total`.
    added: usize,
    /// Blocks that were counted while a thread was still at work on one in front of them.
    early: BTreeMap<usize, Tally>,
}

/// What the threads share.
struct Shared<'r> {
    source: Mutex<Source<'r>>,
    /// When a block was read.
    was_read: Condvar,
    /// How many bytes were read that `progress` was not told of.
    read: AtomicU64,
    sum: Mutex<Sum>,
    /// How often each id came, if that is asked for.
    ids: Option<Mutex<&'r mut IdCounts>>,
}

/// Who is told how many bytes were read: one of the threads has it.
type Progress<'p> = Option<&'p mut dyn FnMut(u64)>;

fn count_on_threads(
    tokenizer: &Tokenizer,
    reader: &mut (dyn Read + Send),
    mut options: CountOptions,
    progress: &mut dyn FnMut(u64),
    ids: Option<&mut IdCounts>,
) -> Result<Tally, Error> {
    let mut words = None;
    if options.measure == Measure::AllWithUnicodeWords {
        words = Some(Meter::new(true));
        options.measure = Measure::All;
    }
    let source = Source { reader, rest: Vec::new(), taken: 0, streaming: false, ended: false, words };
    let (source, sum) = (Mutex::new(source), Mutex::new(Sum::default()));
    let ids = ids.map(Mutex::new);
    let shared = Shared { source, was_read: Condvar::new(), read: AtomicU64::new(0), sum, ids };
    std::thread::scope(|scope| {
        let mut workers = Vec::new();
        for _ in 1..options.threads.min(MOST_THREADS) {
            let work = || shared.count_blocks(tokenizer, options, None);
            match std::thread::Builder::new().spawn_scoped(scope, work) {
                Ok(worker) => workers.push(worker),
                // With fewer threads the answer is the same.
                Err(_) => break,
            }
        }
        let mut done = shared.count_blocks(tokenizer, options, Some(progress));
        for worker in workers {
            match worker.join() {
                Ok(counted) => done = done.and(counted),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    })?;
    progress(shared.read.into_inner());
    let mut total = shared.sum.into_inner().unwrap_or_else(PoisonError::into_inner).total;
    let source = shared.source.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(words) = source.words {
        total.measures.words = words.finish().words;
    }
    Ok(total)
}

impl Sum {
    /// Adds the block that was taken as the `place`th.
    fn add(&mut self, place: usize, block: Tally) {
        self.early.insert(place, block);
        while let Some(block) = self.early.remove(&self.added) {
            self.total.tokens += block.tokens;
            self.total.measures.append(&block.measures);
            self.added += 1;
        }
    }
}

impl<'r> Shared<'r> {
    fn lock(&self) -> MutexGuard<'_, Source<'r>> {
        // When a thread panicked, it ends all the others, too.
        self.source.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, progress: &mut Progress<'_>) {
        if let Some(progress) = progress {
            progress(self.read.swap(0, Ordering::Relaxed));
        }
    }

    /// Counts blocks until there are no more.
    fn count_blocks(
        &self,
        tokenizer: &Tokenizer,
        options: CountOptions,
        mut progress: Progress<'_>,
    ) -> Result<(), Error> {
        let mut counting = Counting::new(tokenizer, options, self.ids.is_some());
        let mut text = Vec::new();
        // Whether this ends well or not, the others must not wait for it.
        let _end = End(self);
        while let Some(place) = self.next(tokenizer, &mut text, &mut counting, &mut progress)? {
            counting.begin(place);
            counting.push(&text)?;
            let block = counting.finish()?;
            self.sum.lock().unwrap_or_else(PoisonError::into_inner).add(place, block);
        }
        if let Some(ids) = &self.ids {
            counting.add_ids_to(Some(&mut **ids.lock().unwrap_or_else(PoisonError::into_inner)));
        }
        Ok(())
    }

    /// Fills `text` up to a place to cut, and returns its place among the blocks; `None` if all blocks are taken.
    /// As long as there is no place to cut, what is read is pushed to `counting`.
    fn next(
        &self,
        tokenizer: &Tokenizer,
        text: &mut Vec<u8>,
        counting: &mut Counting<'_>,
        progress: &mut Progress<'_>,
    ) -> Result<Option<usize>, Error> {
        let mut source = self.lock();
        while source.streaming {
            drop(self.was_read.wait(source));
            self.tell(progress);
            source = self.lock();
        }
        while !source.ended {
            let is_cut = source.read_block(tokenizer, text)?;
            self.read.fetch_add(text.len() as u64, Ordering::Relaxed);
            let place = source.taken;
            source.taken += usize::from(is_cut);
            source.streaming = !is_cut;
            drop(source);
            self.tell(progress);
            // Who waits goes on, or says how far this thread is.
            self.was_read.notify_all();
            if is_cut {
                return Ok(Some(place));
            }
            counting.begin(place);
            counting.push(text)?;
            source = self.lock();
        }
        Ok(None)
    }
}

/// Ends the text for all threads when one has ended.
struct End<'s, 'r>(&'s Shared<'r>);

impl Drop for End<'_, '_> {
    fn drop(&mut self) {
        let mut source = self.0.lock();
        (source.ended, source.streaming) = (true, false);
        self.0.was_read.notify_all();
    }
}

impl Source<'_> {
    /// Fills `text` with what is left of the last block and with what comes next; `false` if there is no place
    /// to cut in it.
    fn read_block(&mut self, tokenizer: &Tokenizer, text: &mut Vec<u8>) -> Result<bool, Error> {
        let begin = self.rest.len();
        text.resize(begin + BLOCK, 0);
        text[..begin].copy_from_slice(&self.rest);
        let length = fill(self.reader, &mut text[begin..])?;
        text.truncate(begin + length);
        if let Some(words) = &mut self.words {
            words.push(&text[begin..]);
        }
        self.ended = length < BLOCK;
        let cut = if self.ended { Some(text.len()) } else { tokenizer.last_cut(text) };
        let end = cut.unwrap_or(text.len());
        self.rest.clear();
        self.rest.extend_from_slice(&text[end..]);
        text.truncate(end);
        Ok(cut.is_some())
    }
}

/// Reads until the buffer is full or the reader ends; how many bytes were read.
fn fill(reader: &mut (impl Read + ?Sized), buffer: &mut [u8]) -> Result<usize, Error> {
    let mut length = 0;
    while length < buffer.len() {
        match reader.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => {
                let message = format!("reading failed: {error}");
                return Err(Error::new(ErrorKind::Io, message).with_source(error));
            }
        }
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::encoding;

    /// Gives a text in uneven pieces, and then fails, panics or ends.
    struct Uneven<'t> {
        text: &'t [u8],
        state: u64,
        end: fn() -> std::io::Result<usize>,
    }

    impl Read for Uneven<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.text.is_empty() {
                return (self.end)();
            }
            self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let length = (1 + (self.state >> 33) as usize % 100_000).min(buffer.len()).min(self.text.len());
            let (now, later) = self.text.split_at(length);
            buffer[..length].copy_from_slice(now);
            self.text = later;
            Ok(length)
        }
    }

    /// Stretches with places to cut, and others without any for several blocks.
    fn text() -> Vec<u8> {
        let words = "words, and more of them\n".repeat(30_000);
        [&words, &"x".repeat(900_000), &words, &"漢字".repeat(150_000), &words]
            .map(|text| text.as_bytes())
            .concat()
    }

    fn count(
        text: &[u8],
        threads: usize,
        measure: Measure,
        end: fn() -> std::io::Result<usize>,
    ) -> (Result<Tally, Error>, u64) {
        let tokenizer = encoding("o200k_base").expect("embedded");
        let options = CountOptions { threads, measure, ..CountOptions::default() };
        let mut told = 0;
        let counted =
            count_reader(&tokenizer, Uneven { text, state: 7, end }, options, &mut |read| told += read);
        (counted, told)
    }

    #[test]
    fn threads_stream_and_cut_in_turns() {
        let text = text();
        for measure in [Measure::All, Measure::AllWithUnicodeWords] {
            let (wanted, _) = count(&text, 1, measure, || Ok(0));
            let wanted = wanted.expect("a scanner");
            for threads in [2, 3, 8] {
                let (counted, told) = count(&text, threads, measure, || Ok(0));
                assert_eq!(counted.expect("a scanner"), wanted, "{threads}");
                assert_eq!(told, text.len() as u64, "{threads}: all that was read is told");
            }
        }
    }

    /// One thread meets it, while others wait for it or count.
    #[test]
    fn a_reader_that_fails_ends_all_threads() {
        for text in [text(), b"x".repeat(2_000_000)] {
            for threads in [2, 5] {
                let broken = || Err(std::io::ErrorKind::ConnectionReset.into());
                let error = count(&text, threads, Measure::All, broken).0.expect_err("the reader fails");
                assert_eq!(error.kind(), ErrorKind::Io);
                let panics = || panic!("a reader with a fault");
                let counted = std::panic::catch_unwind(|| count(&text, threads, Measure::All, panics).1);
                assert!(counted.is_err(), "{threads}");
            }
        }
    }
}
