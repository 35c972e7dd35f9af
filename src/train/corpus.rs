//! From texts to counts of pieces, on several threads, in memory that depends on how many different pieces there are and
//! not on how long the texts are.
//!
//! Each thread takes an input, reads a block of it up to a place where it can be cut, gives the rest back for whoever
//! comes next, and counts the block in a table of its own. Counts are sums, so neither the number of threads nor the order
//! of the inputs can change them. Whoever stops the work gets to know how far every input was read, and can go on
//! from there.
//!
//! Where inputs come from is left to the caller; what decides where a text is cut is in `pretokenize` and `special`.

use std::io::{Read, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::counts_file::{CountsHeader, CountsTotals};
use super::pieces::PieceCounts;
use crate::error::{Error, ErrorKind};
use crate::pretokenize::{Bounds, Pretokenizer};
use crate::special::{In, SpecialPolicy, SpecialTokens};

/// How much of an input is read at a time.
const BLOCK: usize = 512 * 1024;

/// From this many bytes on without a place to cut, harder ways are tried.
const PATIENCE: usize = 4 * BLOCK;

/// The longest piece, and so the longest text without a place to cut, in bytes.
pub(super) const LONGEST: usize = 1 << 31;

/// The error for a piece that may be longer than [`LONGEST`].
pub(super) fn too_long() -> Error {
    let message = format!("a text has no place to cut within {LONGEST} bytes");
    Error::new(ErrorKind::InvalidTraining, message)
        .with_hint("with another pattern, or --lines, it may have some")
}

/// Inputs to learn from.
pub trait Corpus: Sync {
    /// How many there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Opens the input of this number; `None` if it is to be left out. Called from several threads.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`], naming the input.
    fn open(&self, number: usize) -> Result<Option<Box<dyn Read + Send + '_>>, Error>;

    /// The name of the input, for messages.
    fn name(&self, number: usize) -> String;

    /// Called with the number of bytes of text that were read since the last call, from several threads.
    fn progress(&self, _bytes: u64) {}

    /// Whether to stop. What was counted until then is not lost: see [`super::Trainer::count_from`].
    fn stops(&self) -> bool {
        false
    }

    /// How much memory the tables of counts may take, in bytes, before [`Corpus::spill`] is called.
    fn memory(&self) -> usize {
        usize::MAX
    }

    /// Puts counts aside: `write` writes them as a file of piece counts, and they are no longer in memory then. Called from
    /// several threads.
    ///
    /// # Errors
    ///
    /// What goes wrong with writing.
    fn spill(&self, _write: &dyn Fn(&mut dyn Write) -> Result<(), Error>) -> Result<(), Error> {
        Ok(())
    }
}

/// What is a text of its own within an input: no piece reaches across its borders.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Documents {
    /// Every input.
    Whole,
    /// Every line, with what ends it, as Hugging Face's trainers read files.
    Lines,
    /// A string in every line, which is a JSON object: the value under this key.
    Json(String),
}

/// How far the inputs of a [`Corpus`] were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// The first input that nobody has begun to read.
    pub next: usize,
    /// Those that were begun and not finished, and how many bytes of each are counted.
    pub begun: Vec<(usize, u64)>,
}

/// How a text becomes pieces.
pub(crate) struct Splitting {
    pub(crate) pretokenizer: Pretokenizer,
    /// What separates documents and is not learned from.
    pub(crate) separators: SpecialTokens,
    pub(crate) documents: Documents,
    /// What is written with the counts.
    pub(crate) header: CountsHeader,
}

/// Counts the pieces of all inputs from `position` on, which is moved on to where the work ended.
pub(crate) fn count(
    corpus: &dyn Corpus,
    splitting: &Splitting,
    threads: usize,
    position: &mut Position,
) -> Result<(PieceCounts, CountsTotals), Error> {
    let state = State { idle: Vec::new(), position: position.clone(), reading: 0, failed: false };
    // A table that has to grow is there twice for a moment.
    let memory = corpus.memory() / threads.max(1) / 2;
    let shared = Shared { corpus, splitting, memory, state: Mutex::new(state), changed: Condvar::new() };
    let done = std::thread::scope(|scope| {
        let workers: Vec<_> = (1..threads.max(1))
            .filter_map(|_| std::thread::Builder::new().spawn_scoped(scope, || shared.work()).ok())
            .collect();
        let mut done = shared.work();
        for worker in workers {
            let other = worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            done = match (done, other) {
                (Ok(mine), Ok(other)) => add(mine, other),
                (Err(error), _) | (_, Err(error)) => Err(error),
            };
        }
        done
    });
    let mut state = shared.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    state.position.begun.extend(state.idle.iter().map(|stream| (stream.number, stream.counted)));
    state.position.begun.sort_unstable();
    *position = state.position;
    done
}

fn add((mut counts, totals): Counted, (more, others): Counted) -> Result<Counted, Error> {
    counts.absorb(more);
    Ok((counts, sum(totals, others)?))
}

/// The totals of both together.
pub(super) fn sum(one: CountsTotals, other: CountsTotals) -> Result<CountsTotals, Error> {
    one.checked_add(other)
        .ok_or_else(|| Error::new(ErrorKind::InvalidCounts, "there are more than 2^64 bytes of text"))
}

type Counted = (PieceCounts, CountsTotals);

/// An input that is being read.
struct Stream<'c> {
    number: usize,
    reader: Box<dyn Read + Send + 'c>,
    /// What was read and comes after the last place to cut.
    rest: Vec<u8>,
    /// How many bytes of it were handed out to be counted.
    counted: u64,
}

struct State<'c> {
    /// Inputs that were begun, and that nobody reads from now.
    idle: Vec<Stream<'c>>,
    /// What is to be begun; of what was begun before, what is still to be opened again.
    position: Position,
    /// How many inputs somebody is reading a block of.
    reading: usize,
    failed: bool,
}

struct Shared<'c> {
    corpus: &'c dyn Corpus,
    splitting: &'c Splitting,
    /// How much the table of a thread may take.
    memory: usize,
    state: Mutex<State<'c>>,
    changed: Condvar,
}

/// Tells the others that a thread has failed, however it did.
struct Guard<'s, 'c>(&'s Shared<'c>, bool);

impl Drop for Guard<'_, '_> {
    fn drop(&mut self) {
        if self.1 {
            self.0.lock().failed = true;
            self.0.changed.notify_all();
        }
    }
}

impl<'c> Shared<'c> {
    fn lock(&self) -> MutexGuard<'_, State<'c>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts blocks until there are no more.
    fn work(&self) -> Result<Counted, Error> {
        let mut counter = Counter::new(self.splitting);
        let mut guard = Guard(self, true);
        let mut text = Vec::new();
        while let Some(mut stream) = self.next()? {
            let goes_on = stream.read_block(self.splitting, &mut text).map_err(|error| {
                Error::new(error.kind(), format!("{}: {error}", self.corpus.name(stream.number)))
            })?;
            let (number, from) = (stream.number, stream.counted);
            stream.counted += text.len() as u64;
            self.give_back(goes_on.then_some(stream));
            counter.add(&text, from == 0).map_err(|error| {
                Error::new(error.kind(), format!("{}: {error}", self.corpus.name(number)))
            })?;
            self.corpus.progress(text.len() as u64);
            if counter.counts.memory() > self.memory {
                self.corpus.spill(&|sink| counter.write(sink))?;
                (counter.counts, counter.totals) = Default::default();
            }
        }
        guard.1 = false;
        Ok((counter.counts, counter.totals))
    }

    /// An input to read a block of; `None` if there are no more, or the work is to stop.
    fn next(&self) -> Result<Option<Stream<'c>>, Error> {
        let mut state = self.lock();
        loop {
            if state.failed || self.corpus.stops() {
                self.changed.notify_all();
                return Ok(None);
            }
            if let Some(stream) = state.idle.pop() {
                state.reading += 1;
                return Ok(Some(stream));
            }
            let (number, counted) = match state.position.begun.pop() {
                Some(begun) => begun,
                None if state.position.next < self.corpus.len() => {
                    state.position.next += 1;
                    (state.position.next - 1, 0)
                }
                None if state.reading == 0 => return Ok(None),
                None => {
                    state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                    continue;
                }
            };
            state.reading += 1;
            drop(state);
            if let Some(reader) = self.corpus.open(number)? {
                let mut stream = Stream { number, reader, rest: Vec::new(), counted };
                stream.skip(counted)?;
                return Ok(Some(stream));
            }
            self.give_back(None);
            state = self.lock();
        }
    }

    fn give_back(&self, stream: Option<Stream<'c>>) {
        let mut state = self.lock();
        state.reading -= 1;
        let is_last = stream.is_none() && state.reading == 0;
        state.idle.extend(stream);
        if is_last { self.changed.notify_all() } else { self.changed.notify_one() }
    }
}

impl Stream<'_> {
    /// Reads over what is counted already.
    fn skip(&mut self, bytes: u64) -> Result<(), Error> {
        let skipped = std::io::copy(&mut (&mut self.reader).take(bytes), &mut std::io::sink())?;
        match skipped == bytes {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::Io, "it has become shorter since it was read")),
        }
    }

    /// Fills `text` up to a place to cut; `false` if that is the end.
    fn read_block(&mut self, splitting: &Splitting, text: &mut Vec<u8>) -> Result<bool, Error> {
        text.clear();
        text.append(&mut self.rest);
        let (mut searched, mut block) = (0, BLOCK);
        loop {
            let before = text.len();
            text.resize(before + block, 0);
            let read = fill(&mut self.reader, &mut text[before..])?;
            text.truncate(before + read);
            if read < block {
                return Ok(false);
            }
            if let Some(cut) = splitting.last_cut(text, searched)? {
                self.rest.extend_from_slice(&text[cut..]);
                text.truncate(cut);
                return Ok(true);
            }
            if text.len() > LONGEST {
                return Err(too_long());
            }
            // A place just before the end is looked at once more when what follows is known.
            searched = text.len().saturating_sub(4);
            block = text.len();
        }
    }
}

impl Splitting {
    /// The last place that is found where the text can be cut, after byte `from`.
    fn last_cut(&self, text: &[u8], from: usize) -> Result<Option<usize>, Error> {
        if self.documents != Documents::Whole {
            return Ok(memchr::memrchr(b'\n', &text[from..]).map(|at| from + at + 1));
        }
        let mut end = text.len();
        while let Some(cut) = self.pretokenizer.last_cut(&text[..end], from) {
            if !self.separators.join(text[cut - 1], text[cut]) {
                return Ok(Some(cut));
            }
            end = cut;
        }
        let separates = || self.separators.find(text, 0, In::Source, SpecialPolicy::Encode).is_some();
        if text.len() < PATIENCE || separates() {
            return Ok(None);
        }
        let certain = self.pretokenizer.certain_end(text)?;
        Ok(certain.filter(|&cut| cut < text.len() && !self.separators.join(text[cut - 1], text[cut])))
    }
}

/// The counts of one thread.
pub(crate) struct Counter<'s> {
    splitting: &'s Splitting,
    bounds: Bounds,
    pub(crate) counts: PieceCounts,
    pub(crate) totals: CountsTotals,
}

impl<'s> Counter<'s> {
    pub(crate) fn new(splitting: &'s Splitting) -> Counter<'s> {
        let (counts, totals) = (PieceCounts::default(), CountsTotals::default());
        Counter { splitting, bounds: Bounds::new(), counts, totals }
    }

    /// Counts the pieces of a stretch of an input, which begins and ends where it can be cut.
    pub(crate) fn add(&mut self, text: &[u8], begins_input: bool) -> Result<(), Error> {
        self.totals.bytes += text.len() as u64;
        match &self.splitting.documents {
            Documents::Whole => {
                self.totals.documents += u64::from(begins_input);
                self.add_between_separators(text)
            }
            Documents::Lines => lines(text).try_for_each(|line| {
                self.totals.documents += 1;
                self.add_between_separators(line)
            }),
            Documents::Json(key) => {
                lines(text).filter(|line| !line.trim_ascii().is_empty()).try_for_each(|line| {
                    self.totals.documents += 1;
                    let text = string_in(line, key)?;
                    self.add_between_separators(text.as_bytes())
                })
            }
        }
    }

    /// Writes what was counted, sorted.
    pub(crate) fn write(&self, sink: &mut dyn Write) -> Result<(), Error> {
        self.counts.write(sink, &self.splitting.header, self.totals)
    }

    fn add_between_separators(&mut self, text: &[u8]) -> Result<(), Error> {
        let mut from = 0;
        while let Some(found) = self.splitting.separators.find(text, from, In::Source, SpecialPolicy::Encode)
        {
            self.add_text(&text[from..found.range.start])?;
            from = found.range.end;
        }
        self.add_text(&text[from..])
    }

    fn add_text(&mut self, text: &[u8]) -> Result<(), Error> {
        if self.splitting.pretokenizer.is_general() {
            for piece in self.splitting.pretokenizer.general_pieces(text, 0)? {
                if !piece.is_empty() {
                    self.counts.add(&piece, 1);
                    self.totals.pieces += 1;
                }
            }
            return Ok(());
        }
        let mut pieces = self.splitting.pretokenizer.pieces(text, text.len(), &mut self.bounds);
        while let Some(bounds) = pieces.next_batch()? {
            self.counts.add_batch(text, bounds);
            self.totals.pieces += bounds.len() as u64 - 1;
        }
        Ok(())
    }
}

/// The lines of a text, with what ends them.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|&byte| byte == b'\n')
}

/// The string under this key of a JSON object.
fn string_in(line: &[u8], key: &str) -> Result<String, Error> {
    let invalid = |what: String| Error::new(ErrorKind::Io, what);
    let value: serde_json::Value =
        serde_json::from_slice(line).map_err(|error| invalid(format!("a line is not JSON: {error}")))?;
    match value.get(key) {
        Some(serde_json::Value::String(text)) => Ok(text.clone()),
        _ => Err(invalid(format!("a line has no string under {key:?}"))),
    }
}

/// Reads until the buffer is full or the reader ends; how many bytes were read.
fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> Result<usize, Error> {
    let mut length = 0;
    while length < buffer.len() {
        match reader.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(length)
}
