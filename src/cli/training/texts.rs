//! The texts that were named, as a corpus of the library: opened when they are needed, by several threads. Those that one may
//! have to wait for are left to `waiting`.

use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use bytepair::Error;
use bytepair::train::{Corpus, Halt};

use super::Workshop;
use super::state::sum_of;
use super::waiting::Waiting;
use crate::cli::args::CorpusArgs;
use crate::cli::failure::Problem;
use crate::cli::input::{Input, Opened, Text};
use crate::cli::interrupt::Interrupt;
use crate::cli::messages::Messages;
use crate::cli::progress::Progress;

/// Texts to learn from.
pub(super) struct Texts<'a> {
    inputs: &'a [Input],
    /// Whether binary files are texts, too.
    any: bool,
    memory: usize,
    workshop: &'a Workshop,
    interrupt: Interrupt,
    progress: &'a Progress,
    binary: AtomicUsize,
    transcoded: AtomicUsize,
    /// The problems of inputs, or of what is put aside, in words that the library's errors have not.
    problems: Mutex<Vec<(Option<usize>, Problem)>>,
}

impl<'a> Texts<'a> {
    pub(super) fn new(
        inputs: &'a [Input],
        args: &CorpusArgs,
        workshop: &'a Workshop,
        interrupt: Interrupt,
        progress: &'a Progress,
    ) -> Texts<'a> {
        Texts {
            inputs,
            any: args.files.text,
            memory: usize::try_from(args.memory).unwrap_or(usize::MAX),
            workshop,
            interrupt,
            progress,
            binary: AtomicUsize::new(0),
            transcoded: AtomicUsize::new(0),
            problems: Mutex::default(),
        }
    }

    /// Tells what was left out or read otherwise than one may think; how many files were left out.
    pub(super) fn tell(&self, messages: &Messages) -> usize {
        let binary = self.binary.load(Ordering::Relaxed);
        if binary > 0 {
            let files = if binary == 1 { "file" } else { "files" };
            messages.note(format_args!("{binary} binary {files} left out (--text learns from them, too)"));
        }
        let transcoded = self.transcoded.load(Ordering::Relaxed);
        if transcoded > 0 {
            let files = if transcoded == 1 { "file" } else { "files" };
            messages.note(format_args!("{transcoded} {files} of UTF-16, learned from as UTF-8"));
        }
        binary
    }

    /// A sum of the first bytes of a text, if they can be read again.
    pub(super) fn sum_of(&self, number: usize, bytes: u64) -> Option<u32> {
        sum_of(&self.inputs[number], self.any, bytes)
    }

    /// What went wrong.
    pub(super) fn problem(&self, halt: Halt) -> Problem {
        let problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        let known = problems.iter().find(|(input, _)| *input == halt.input);
        known.map_or_else(|| halt.error.into(), |(_, problem)| problem.clone())
    }

    /// Remembers a problem in words; an error that stands for it.
    fn failed(&self, input: Option<usize>, problem: Problem) -> io::Error {
        let error = io::Error::other(problem.what.clone());
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).push((input, problem));
        error
    }

    /// Opens an input; `None` if it is no text.
    fn begin(&self, input: &Input) -> Result<Option<Source>, Problem> {
        let (source, is_transcoded) = if input.size.is_none() {
            let Some(waiting) = Waiting::open(input, self.any, self.interrupt)? else { return Ok(None) };
            let is_transcoded = waiting.is_transcoded;
            (Source::Waiting(waiting), is_transcoded)
        } else {
            let Opened::Text(text) = input.open_unpacked(self.any, false)? else { return Ok(None) };
            let is_transcoded = text.is_transcoded();
            (Source::File(text), is_transcoded)
        };
        self.transcoded.fetch_add(usize::from(is_transcoded), Ordering::Relaxed);
        Ok(Some(source))
    }
}

impl Corpus for Texts<'_> {
    fn len(&self) -> usize {
        self.inputs.len()
    }

    fn open(&self, number: usize) -> Result<Option<Box<dyn Read + Send + '_>>, Error> {
        let input = &self.inputs[number];
        match self.begin(input) {
            Ok(Some(source)) => Ok(Some(Box::new(Reading { texts: self, number, input, source, told: 0 }))),
            Ok(None) => {
                self.binary.fetch_add(1, Ordering::Relaxed);
                self.progress.add(input.size.unwrap_or(0));
                Ok(None)
            }
            Err(problem) => Err(self.failed(Some(number), problem).into()),
        }
    }

    fn name(&self, number: usize) -> String {
        self.inputs[number].shown()
    }

    fn stops(&self) -> bool {
        self.interrupt.is_set()
    }

    fn memory(&self) -> usize {
        self.memory
    }

    fn spill(&self, write: &dyn Fn(&mut dyn Write) -> Result<(), Error>) -> Result<(), Error> {
        self.workshop.put_aside(write).map_err(|problem| self.failed(None, problem).into())
    }
}

/// Where a text comes from.
enum Source {
    File(Box<Text>),
    Waiting(Waiting),
}

/// A text that is being read.
struct Reading<'a> {
    texts: &'a Texts<'a>,
    number: usize,
    input: &'a Input,
    source: Source,
    /// How much of the file the progress was told of.
    told: u64,
}

impl Read for Reading<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.source {
            Source::File(text) => text.read(buffer),
            Source::Waiting(waiting) => waiting.read(buffer),
        };
        let read = read.map_err(|error| match (error.kind(), &mut self.source) {
            (io::ErrorKind::Interrupted, _) => error,
            (_, Source::Waiting(waiting)) => {
                let problem = waiting.problem.take().unwrap_or_else(|| self.input.problem(&error));
                self.texts.failed(Some(self.number), problem)
            }
            _ => self.texts.failed(Some(self.number), self.input.problem(&error)),
        });
        let taken = match &self.source {
            Source::File(text) => text.taken(),
            // Nobody knows how much there is to come: what has come is as good as what was packed.
            Source::Waiting(_) => self.told + *read.as_ref().unwrap_or(&0) as u64,
        };
        self.texts.progress.add(taken - self.told);
        self.told = taken;
        read
    }
}
