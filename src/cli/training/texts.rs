//! The texts that were named, as a corpus of the library: opened when they are needed, by several threads.

use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use bytepair::Error;
use bytepair::train::Corpus;

use super::Workshop;
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
    /// The first problem of a file, in words that the library's error has not.
    problem: Mutex<Option<Problem>>,
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
            problem: Mutex::new(None),
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

    /// What went wrong.
    pub(super) fn problem(&self, error: Error) -> Problem {
        let known = self.problem.lock().unwrap_or_else(PoisonError::into_inner).take();
        known.unwrap_or_else(|| error.into())
    }

    /// Remembers a problem in words; an error that stands for it.
    fn failed(&self, problem: Problem) -> io::Error {
        let error = io::Error::other(problem.what.clone());
        self.problem.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(problem);
        error
    }
}

impl Corpus for Texts<'_> {
    fn len(&self) -> usize {
        self.inputs.len()
    }

    fn open(&self, number: usize) -> Result<Option<Box<dyn Read + Send + '_>>, Error> {
        let input = &self.inputs[number];
        match input.open_unpacked(self.any, false) {
            Ok(Opened::Text(text)) => {
                self.transcoded.fetch_add(usize::from(text.is_transcoded()), Ordering::Relaxed);
                Ok(Some(Box::new(Reading { texts: self, input, text, told: 0 })))
            }
            Ok(Opened::Binary) => {
                self.binary.fetch_add(1, Ordering::Relaxed);
                self.progress.add(input.size.unwrap_or(0));
                Ok(None)
            }
            Err(problem) => Err(self.failed(problem).into()),
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
        self.workshop.put_aside(write).map_err(|problem| self.failed(problem).into())
    }
}

/// A text that is being read.
struct Reading<'a> {
    texts: &'a Texts<'a>,
    input: &'a Input,
    text: Box<Text>,
    /// How much of the file the progress was told of.
    told: u64,
}

impl Read for Reading<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.text.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            _ => self.texts.failed(self.input.problem(&error)),
        });
        let taken = self.text.taken();
        self.texts.progress.add(taken - self.told);
        self.told = taken;
        read
    }
}
