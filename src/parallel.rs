//! One text over several threads: cut at places that are sure to be boundaries, counted, added up.
//!
//! The answer is that of one thread, for any number of threads. Memory does not grow with the text: a few
//! blocks are on their way at any time. Several files at a time are left to the caller.

use std::io::Read;
use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::{Error, ErrorKind};
use crate::measure::{Measures, Meter};
use crate::special::SpecialPolicy;
use crate::stream::Counter;
use crate::tokenizer::Tokenizer;

/// How much is read at a time on one thread: small enough to stay in the second-level cache.
const READ: usize = 128 * 1024;

/// How much goes to a thread at a time.
const BLOCK: usize = 256 * 1024;

/// More threads than this are not used for one text: one thread reads for all of them, and each takes memory.
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
/// with the number of bytes read since the last call.
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
    mut reader: impl Read,
    options: CountOptions,
    progress: &mut dyn FnMut(u64),
) -> Result<Tally, Error> {
    // The names of special tokens can stand across any place to cut: such a text is counted on one thread.
    if options.threads > 1 && options.policy == SpecialPolicy::Text {
        return count_on_threads(tokenizer, &mut reader, options, progress);
    }
    let mut buffer = vec![0; READ];
    let mut length = fill(&mut reader, &mut buffer)?;
    progress(length as u64);
    if length < buffer.len() {
        return count_whole(tokenizer, &buffer[..length], options);
    }
    let mut counting = Counting::new(tokenizer, options);
    loop {
        counting.push(&buffer[..length])?;
        if length < buffer.len() {
            return counting.finish();
        }
        length = fill(&mut reader, &mut buffer)?;
        progress(length as u64);
    }
}

/// Counts a text that is all there: what a stream keeps is not needed, which matters for many small files.
fn count_whole(tokenizer: &Tokenizer, text: &[u8], options: CountOptions) -> Result<Tally, Error> {
    let mut measures = Measures::default();
    if options.measure != Measure::Bytes {
        let mut meter = Meter::new(options.measure == Measure::AllWithUnicodeWords);
        meter.push(text);
        measures = meter.finish();
    }
    measures.bytes = text.len() as u64;
    Ok(Tally { tokens: tokenizer.count_with(text, options.policy)? as u64, measures })
}

/// A text that is counted and measured chunk by chunk.
struct Counting<'t> {
    counter: Counter<'t>,
    measure: Measure,
    meter: Meter,
    bytes: u64,
}

impl<'t> Counting<'t> {
    fn new(tokenizer: &'t Tokenizer, options: CountOptions) -> Counting<'t> {
        let meter = Meter::new(options.measure == Measure::AllWithUnicodeWords);
        let counter = Counter::new(tokenizer, options.policy);
        Counting { counter, measure: options.measure, meter, bytes: 0 }
    }

    fn push(&mut self, chunk: &[u8]) -> Result<(), Error> {
        self.bytes += chunk.len() as u64;
        if self.measure != Measure::Bytes {
            self.meter.push(chunk);
        }
        self.counter.push(chunk)
    }

    /// Ends the text, and begins a new one.
    fn finish(&mut self) -> Result<Tally, Error> {
        let meter = Meter::new(self.measure == Measure::AllWithUnicodeWords);
        let mut measures = std::mem::replace(&mut self.meter, meter).finish();
        measures.bytes = std::mem::take(&mut self.bytes);
        Ok(Tally { tokens: self.counter.end_text()?, measures })
    }
}

/// A part of the text between two sure boundaries, and its place among the parts.
struct Block {
    place: usize,
    text: Vec<u8>,
}

fn count_on_threads(
    tokenizer: &Tokenizer,
    reader: &mut dyn Read,
    options: CountOptions,
    progress: &mut dyn FnMut(u64),
) -> Result<Tally, Error> {
    // Words of UAX 29 can span a place where tokens may be cut, so they are counted where the text is whole.
    let mut words = (options.measure == Measure::AllWithUnicodeWords).then(|| Meter::new(true));
    let threads = options.threads.min(MOST_THREADS);
    let (sender, receiver) = sync_channel(4 * threads);
    let receiver = Arc::new(Mutex::new(receiver));
    let (used, free) = channel();
    let mut parts: Vec<(usize, Tally)> = std::thread::scope(|scope| {
        let mut workers = Vec::new();
        // This thread counts, too, when all others are busy.
        for _ in 1..threads {
            let (receiver, used) = (Arc::clone(&receiver), used.clone());
            let work = move || count_blocks(tokenizer, options, &receiver, &used);
            match std::thread::Builder::new().spawn_scoped(scope, work) {
                Ok(worker) => workers.push(worker),
                Err(_) if !workers.is_empty() => break,
                Err(error) => return Err(error.into()),
            }
        }
        // Only the workers hold it now: when they all have ended, sending fails instead of waiting.
        drop((receiver, used));
        let own = cut_into_blocks(tokenizer, reader, options, (&sender, &free), &mut |chunk| {
            progress(chunk.len() as u64);
            if let Some(words) = &mut words {
                words.push(chunk);
            }
        });
        drop(sender);
        let mut parts = own?;
        for worker in workers {
            match worker.join() {
                Ok(counted) => parts.extend(counted?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok::<_, Error>(parts)
    })?;
    parts.sort_unstable_by_key(|(place, _)| *place);
    let mut total = Tally::default();
    for (_, part) in &parts {
        total.tokens += part.tokens;
        total.measures.append(&part.measures);
    }
    if let Some(words) = words {
        total.measures.words = words.finish().words;
    }
    Ok(total)
}

/// Counts blocks until there are no more, and hands back their memory.
fn count_blocks(
    tokenizer: &Tokenizer,
    options: CountOptions,
    blocks: &Mutex<Receiver<Block>>,
    used: &Sender<Vec<u8>>,
) -> Result<Vec<(usize, Tally)>, Error> {
    let mut parts = Vec::new();
    let mut counting = Counting::new(tokenizer, options);
    loop {
        let next = blocks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Block { place, text }) = next else { return Ok(parts) };
        counting.push(&text)?;
        parts.push((place, counting.finish()?));
        // Nobody wants it any more when all of the text is read.
        let _ = used.send(text);
    }
}

/// Reads the text and sends it off in blocks; counts a block here when nobody is free for it. Where no sure
/// boundary is found for a whole block, the text is counted here, as a stream, until there is one.
fn cut_into_blocks(
    tokenizer: &Tokenizer,
    reader: &mut dyn Read,
    options: CountOptions,
    (blocks, free): (&SyncSender<Block>, &Receiver<Vec<u8>>),
    read: &mut dyn FnMut(&[u8]),
) -> Result<Vec<(usize, Tally)>, Error> {
    let mut own = Vec::new();
    let mut counting = Counting::new(tokenizer, options);
    let mut streaming = false;
    let mut rest: Vec<u8> = Vec::new();
    let mut place = 0;
    let mut spare = None;
    loop {
        let mut text = spare.take().or_else(|| free.try_recv().ok()).unwrap_or_default();
        let begin = rest.len();
        text.resize(begin + BLOCK, 0);
        text[..begin].copy_from_slice(&rest);
        let length = fill(reader, &mut text[begin..])?;
        text.truncate(begin + length);
        read(&text[begin..]);
        let last = length < BLOCK;
        let cut = if last { Some(text.len()) } else { tokenizer.pretokenizer().last_cut(&text, 0) };
        let end = cut.unwrap_or(text.len());
        rest.clear();
        rest.extend_from_slice(&text[end..]);
        text.truncate(end);
        let here = match (streaming, cut) {
            (false, Some(_)) => match blocks.try_send(Block { place, text }) {
                Ok(()) => None,
                Err(TrySendError::Full(block)) => Some(block.text),
                // All workers have ended early: one of them failed, and its error is reported.
                Err(TrySendError::Disconnected(_)) => return Ok(own),
            },
            _ => Some(text),
        };
        if let Some(text) = here {
            counting.push(&text)?;
            streaming = cut.is_none();
            if !streaming {
                own.push((place, counting.finish()?));
            }
            spare = Some(text);
        }
        place += usize::from(cut.is_some());
        if last {
            return Ok(own);
        }
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
