//! From texts to counts of pieces, on several threads, in memory that depends on how many different pieces there are and
//! not on how long the texts are.
//!
//! Each thread takes an input, reads a block of it up to a place where it can be cut, gives the rest back for whoever
//! comes next, and counts the block in a table of its own. Counts are sums, so neither the number of threads nor the order
//! of the inputs can change them. Whoever stops the work gets to know how far every input was read, and can go on
//! from there. An input that cannot be read stops it, too: whatever is wrong in a block shows before any of it is counted, and
//! before the next one is read. Only a pattern may give up later, while others count what follows: with one that may,
//! each block has a table of its own, which is added to the others only after those of all blocks before it in that input.
//!
//! Where inputs come from is left to the caller, counting a block to `counter`; what decides where a text is cut is in
//! `pretokenize` and `special`.

use std::io::{Read, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::counter::Counter;
use super::counts_file::{CountsHeader, CountsTotals};
use super::json_lines::Strings;
use super::pieces::PieceCounts;
use crate::error::{Error, ErrorKind};
use crate::pretokenize::Pretokenizer;
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

/// Why counting ended before the end of all inputs, though nobody has asked for it. What was counted until then is good.
#[derive(Debug)]
#[non_exhaustive]
pub struct Halt {
    /// The input that could not be read further than [`Position::begun`] says; `None` if [`Corpus::spill`] has failed.
    pub input: Option<usize>,
    /// What went wrong, with the name of the input.
    pub error: Error,
}

/// What was counted, and why no more.
pub(crate) struct Counted {
    pub(crate) pieces: PieceCounts,
    pub(crate) totals: CountsTotals,
    pub(crate) halts: Vec<Halt>,
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
///
/// Fails if what was counted is of no use.
pub(crate) fn count(
    corpus: &dyn Corpus,
    splitting: &Splitting,
    threads: usize,
    position: &mut Position,
) -> Result<Counted, Error> {
    let (position_now, idle, pending) = (position.clone(), Vec::new(), Vec::new());
    let state = State { idle, pending, position: position_now, reading: 0, failed: false };
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
    state.position.begun.extend(state.pending);
    state.position.begun.sort_unstable();
    // What comes after a block that was given up is not counted either.
    state.position.begun.dedup_by_key(|begun| begun.0);
    *position = state.position;
    done
}

fn add(mut one: Counted, other: Counted) -> Result<Counted, Error> {
    one.pieces.absorb(other.pieces);
    one.totals = sum(one.totals, other.totals)?;
    one.halts.extend(other.halts);
    Ok(one)
}

/// The totals of both together.
pub(super) fn sum(one: CountsTotals, other: CountsTotals) -> Result<CountsTotals, Error> {
    one.checked_add(other)
        .ok_or_else(|| Error::new(ErrorKind::InvalidCounts, "there are more than 2^64 bytes of text"))
}

/// An input that is being read.
struct Stream<'c> {
    number: usize,
    reader: Box<dyn Read + Send + 'c>,
    /// What was read and comes after the last place to cut.
    rest: Vec<u8>,
    /// How many bytes of it were handed out to be counted, and of lines of JSON how many lines they are.
    counted: u64,
    lines: u64,
}

/// A stretch of an input, which begins and ends where it can be cut.
#[derive(Default)]
struct Block {
    text: Vec<u8>,
    /// What is in the text, if it is lines of JSON.
    strings: Strings,
    begins_input: bool,
}

struct State<'c> {
    /// Inputs that were begun, and that nobody reads from now.
    idle: Vec<Stream<'c>>,
    /// With a pattern that may give up: the inputs of blocks that are not counted yet, and where in these they begin.
    pending: Vec<(usize, u64)>,
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
        let halt = self.count_blocks(&mut counter)?;
        guard.1 = halt.is_some();
        drop(guard);
        Ok(Counted { pieces: counter.counts, totals: counter.totals, halts: halt.into_iter().collect() })
    }

    /// The same; what stopped it before the end. Fails if what was counted is of no use.
    fn count_blocks(&self, counter: &mut Counter<'_>) -> Result<Option<Halt>, Error> {
        let mut block = Block::default();
        loop {
            let mut stream = match self.next() {
                Ok(Some(stream)) => stream,
                Ok(None) => return Ok(None),
                Err(halt) => return Ok(Some(halt)),
            };
            let (number, from) = (stream.number, stream.counted);
            let goes_on = match stream.read_block(self.splitting, &mut block) {
                Ok(goes_on) => goes_on,
                Err(error) => return Ok(self.give_up(number, from, error)),
            };
            let can_fail = self.splitting.pretokenizer.can_fail();
            if can_fail {
                self.lock().pending.push((number, from));
            }
            self.give_back(goes_on.then_some(stream));
            if can_fail {
                match self.count_apart((number, from), &block, counter) {
                    Ok(true) => {}
                    Ok(false) => return Ok(None),
                    Err(halt) => return Ok(Some(halt)),
                }
            } else {
                counter
                    .add(&block.text, &block.strings, block.begins_input)
                    .map_err(|error| self.named(number, error))?;
            }
            self.corpus.progress(block.text.len() as u64);
            if counter.counts.memory() > self.memory {
                if let Err(error) = self.corpus.spill(&|sink| counter.write(sink)) {
                    return Ok(Some(Halt { input: None, error }));
                }
                (counter.counts, counter.totals) = Default::default();
            }
        }
    }

    /// Counts a pending block, if nothing that comes before it in its input is given up; whether it was counted.
    fn count_apart(
        &self,
        begin: (usize, u64),
        block: &Block,
        counter: &mut Counter<'_>,
    ) -> Result<bool, Halt> {
        let mut apart = Counter::new(self.splitting);
        let added = apart
            .add(&block.text, &block.strings, block.begins_input)
            .and_then(|()| sum(counter.totals, apart.totals));
        let mut state = self.lock();
        let is_after = |pending: &(usize, u64)| pending.0 == begin.0 && pending.1 < begin.1;
        while !state.failed && state.pending.iter().any(is_after) {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.pending.iter().any(is_after) {
            return Ok(false);
        }
        let added = match added {
            Ok(totals) => {
                state.pending.retain(|pending| *pending != begin);
                Ok(totals)
            }
            Err(error) => {
                state.failed = true;
                Err(error)
            }
        };
        self.changed.notify_all();
        drop(state);
        let halt = |error| Halt { input: Some(begin.0), error: self.named(begin.0, error) };
        counter.totals = added.map_err(halt)?;
        counter.counts.absorb(apart.counts);
        Ok(true)
    }

    /// An error with the name of the input that it is about.
    fn named(&self, number: usize, error: Error) -> Error {
        let named = Error::new(error.kind(), format!("{}: {error}", self.corpus.name(number)));
        match error.hint() {
            Some(hint) => named.with_hint(hint),
            None => named,
        }
    }

    /// Ends the work at an input of which `counted` bytes are counted. If it was to end anyway, the error may come from that.
    fn give_up(&self, number: usize, counted: u64, error: Error) -> Option<Halt> {
        let mut state = self.lock();
        state.reading -= 1;
        state.position.begun.push((number, counted));
        state.failed = true;
        self.changed.notify_all();
        drop(state);
        let is_wanted = self.corpus.stops();
        (!is_wanted).then(|| Halt { input: Some(number), error: self.named(number, error) })
    }

    /// An input to read a block of; `None` if there are no more, or the work is to stop.
    fn next(&self) -> Result<Option<Stream<'c>>, Halt> {
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
            match self.open(number, counted) {
                Ok(Some(stream)) => return Ok(Some(stream)),
                Ok(None) => self.give_back(None),
                Err(error) => return self.give_up(number, counted, error).map_or(Ok(None), Err),
            }
            state = self.lock();
        }
    }

    /// Opens an input, and reads over what is counted already.
    fn open(&self, number: usize, counted: u64) -> Result<Option<Stream<'c>>, Error> {
        let Some(reader) = self.corpus.open(number)? else { return Ok(None) };
        let mut stream = Stream { number, reader, rest: Vec::new(), counted: 0, lines: 0 };
        stream.skip(counted)?;
        Ok(Some(stream))
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
        let mut buffer = vec![0; BLOCK.min(usize::try_from(bytes).unwrap_or(BLOCK))];
        while self.counted < bytes {
            let wanted =
                usize::try_from(bytes - self.counted).map_or(buffer.len(), |left| left.min(buffer.len()));
            let read = fill(&mut self.reader, &mut buffer[..wanted])?;
            self.counted += read as u64;
            self.lines += memchr::memchr_iter(b'\n', &buffer[..read]).count() as u64;
            if read < wanted {
                let found = self.counted;
                let message = format!("ends after {found} bytes, but {bytes} were read from it before");
                return Err(Error::new(ErrorKind::Io, message));
            }
        }
        Ok(())
    }

    /// Reads the next block; `false` if it is the last one.
    fn read_block(&mut self, splitting: &Splitting, block: &mut Block) -> Result<bool, Error> {
        let goes_on = self.read_text(splitting, &mut block.text)?;
        if let Documents::Json(key) = &splitting.documents {
            self.lines += block.strings.read(&block.text, key, self.counted, self.lines)?;
        }
        block.begins_input = self.counted == 0;
        self.counted += block.text.len() as u64;
        Ok(goes_on)
    }

    /// Fills `text` up to a place to cut; `false` if that is the end.
    fn read_text(&mut self, splitting: &Splitting, text: &mut Vec<u8>) -> Result<bool, Error> {
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
