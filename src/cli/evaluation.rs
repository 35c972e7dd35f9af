//! Vocabularies evaluated on inputs, side by side: each on all of them, put together by file, folder or extension.
//!
//! Files that are compressed are evaluated on what was compressed. Figures are left to the library, writing them to `output::quality`. A file is read once for each vocabulary; what can be
//! read only once, such as a pipe, is handed to all of them at the same time.

use std::collections::HashMap;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use bytepair::evaluate::{Quality, Usage, unreachable_tokens};
use bytepair::parallel::CountOptions;
use bytepair::report::Counts;
use bytepair::{Measures, Tokenizer};

use crate::cli::args::By;
use crate::cli::arrange;
use crate::cli::failure::Problem;
use crate::cli::input::{Input, Opened, Text};
use crate::cli::interrupt::Interrupt;
use crate::cli::progress::Progress;
use crate::cli::spread::{self, Outcome};

/// How much of a pipe is read at a time, and how many such parts a vocabulary may be behind.
const PART: usize = 256 * 1024;
const BEHIND: usize = 4;

/// A vocabulary that is evaluated.
pub(crate) struct Candidate {
    /// What the user calls it.
    pub(crate) name: String,
    /// It, with all that makes the tokenizer.
    pub(crate) tokenizer: Tokenizer,
    /// How many of its tokens no text has, if that is known.
    pub(crate) unreachable: Option<u64>,
}

impl Candidate {
    /// A vocabulary with what the user calls it.
    pub(crate) fn new(name: impl Into<String>, tokenizer: Tokenizer) -> Candidate {
        let unreachable = unreachable_tokens(&tokenizer);
        Candidate { name: name.into(), tokenizer, unreachable }
    }
}

/// How to evaluate.
pub(crate) struct Evaluating<'a> {
    /// The vocabularies, at least one.
    pub(crate) candidates: &'a [Candidate],
    /// The library's options; their number of threads is set here.
    pub(crate) options: CountOptions,
    /// How many threads the user wants.
    pub(crate) threads: Option<usize>,
    /// Whether files that are no text are read, too.
    pub(crate) any: bool,
    /// What is put together; `None`: all.
    pub(crate) by: Option<By>,
    /// Who says that it is to end, if anybody can.
    pub(crate) interrupt: Option<Interrupt>,
    /// Where to tell how far it is.
    pub(crate) progress: &'a Progress,
}

/// Some inputs, with the quality of each vocabulary for them.
pub(crate) struct Group {
    /// The file, the folder or the extension.
    pub(crate) name: PathBuf,
    /// How many files it stands for.
    pub(crate) files: usize,
    /// The qualities, in the order of the vocabularies.
    pub(crate) qualities: Vec<Quality>,
}

/// What came out.
pub(crate) struct Evaluation {
    /// The groups that are asked for, in the order in which they first come.
    pub(crate) groups: Vec<Group>,
    /// All inputs together.
    pub(crate) total: Group,
    /// How often each id came in all inputs, for each vocabulary.
    pub(crate) usages: Vec<Usage>,
}

/// A sum that inputs are added to. Of a file there are no more to come, so that its usages need not be kept.
#[derive(Clone, Default)]
struct Sum {
    name: PathBuf,
    files: usize,
    usages: Vec<Usage>,
    qualities: Vec<Quality>,
}

impl Evaluating<'_> {
    /// Evaluates on all inputs. What fails is in the outcomes only.
    pub(crate) fn all(&self, inputs: &[Input]) -> (Vec<Outcome>, Evaluation) {
        let (groups, mut sums) = self.grouped(inputs);
        sums.push(Sum { name: "total".into(), ..Sum::default() });
        let total = sums.len() - 1;
        let sums = Mutex::new(sums);
        let one = |place: usize, input: &Input, threads: usize| {
            self.one(input, threads, |usages| {
                let own = if self.by == Some(By::File) { self.qualities(usages) } else { Vec::new() };
                let mut sums = sums.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(&group) = groups.get(place) {
                    sums[group].add(usages);
                    if !own.is_empty() {
                        sums[group].qualities = own;
                        sums[group].usages = Vec::new();
                    }
                }
                sums[total].add(usages);
            })
        };
        let outcomes = spread::each(inputs, self.threads, &one);
        let mut sums = sums.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut total = sums.pop().unwrap_or_default();
        total.usages.resize(self.candidates.len(), Usage::default());
        let usages = total.usages.clone();
        let groups = sums.into_iter().filter(|sum| sum.files > 0).map(|sum| self.end(sum)).collect();
        (outcomes, Evaluation { groups, total: self.end(total), usages })
    }

    /// The place of the group of each input, and the groups.
    fn grouped(&self, inputs: &[Input]) -> (Vec<usize>, Vec<Sum>) {
        let Some(by) = self.by else { return (Vec::new(), Vec::new()) };
        let (mut places, mut sums) = (HashMap::new(), Vec::new());
        let mut place = |input: &Input| {
            let name = arrange::group(by, &input.path);
            let new = sums.len();
            // A file that is named twice is two rows.
            let place = if by == By::File { new } else { *places.entry(name.clone()).or_insert(new) };
            if place == new {
                sums.push(Sum { name, ..Sum::default() });
            }
            place
        };
        (inputs.iter().map(&mut place).collect(), sums)
    }

    fn qualities(&self, usages: &[Usage]) -> Vec<Quality> {
        let pairs = usages.iter().zip(self.candidates);
        pairs.map(|(usage, candidate)| Quality::of(usage, &candidate.tokenizer)).collect()
    }

    fn end(&self, sum: Sum) -> Group {
        let Sum { name, files, usages, qualities } = sum;
        let qualities = if qualities.is_empty() { self.qualities(&usages) } else { qualities };
        Group { name, files, qualities }
    }

    /// Evaluates on one input: `add` takes the usages if all vocabularies have one.
    fn one(&self, input: &Input, threads: usize, add: impl FnOnce(&[Usage])) -> Outcome {
        if self.interrupt.is_some_and(Interrupt::is_set) {
            return Outcome::Failed(Problem::new("stopped").about(input.shown()));
        }
        let mut text = match input.open_unpacked(self.any, false) {
            Ok(Opened::Text(text)) => text,
            Ok(Opened::Binary) => return Outcome::Binary,
            Err(problem) => return Outcome::Failed(problem),
        };
        let mut options = self.options;
        options.threads = if text.is_short() { 1 } else { threads };
        let read = match (input.size, self.candidates) {
            (None, [_, _, ..]) => self.once(input, &mut text, options),
            _ => self.again(input, &mut text, options),
        };
        match read {
            Ok(usages) => {
                let measures = usages.first().map_or_else(Measures::default, |usage| *usage.measures());
                let tokens = usages.first().map_or(0, Usage::tokens);
                add(&usages);
                let counts = Counts { tokens, upper: tokens, measures };
                let remarks =
                    self.candidates.first().map(|first| text.remarks(Some(&measures), &first.tokenizer));
                Outcome::Counted(counts, remarks.unwrap_or_default())
            }
            Err(problem) => Outcome::Failed(problem),
        }
    }

    /// Reads a file once for each vocabulary.
    fn again(&self, input: &Input, text: &mut Text, options: CountOptions) -> Result<Vec<Usage>, Problem> {
        let mut usages: Vec<Usage> = Vec::new();
        for candidate in self.candidates {
            let usage = if usages.is_empty() {
                let mut text = self.reading(text);
                Usage::read(&candidate.tokenizer, &mut text, options, &mut |_| ())
            } else {
                let Opened::Text(mut text) = input.open_unpacked(true, false)? else { continue };
                let mut text = self.reading(&mut text);
                Usage::read(&candidate.tokenizer, &mut text, options, &mut |_| ())
            };
            usages.push(usage.map_err(|error| spread::explain(error, input))?);
        }
        if usages.iter().any(|usage| usage.measures() != usages[0].measures()) {
            let problem = Problem::new("changed while it was read").about(input.shown());
            return Err(problem.hint("each vocabulary reads it: try again when nothing writes to it"));
        }
        Ok(usages)
    }

    fn reading<'t>(&'t self, text: &'t mut Text) -> Reading<'t> {
        Reading { text, told: 0, interrupt: self.interrupt, progress: self.progress }
    }

    /// Reads a text once for all vocabularies.
    fn once(&self, input: &Input, text: &mut Text, options: CountOptions) -> Result<Vec<Usage>, Problem> {
        std::thread::scope(|scope| {
            let (mut senders, mut readers) = (Vec::new(), Vec::new());
            for candidate in self.candidates {
                let (sender, parts) = sync_channel::<Arc<[u8]>>(BEHIND);
                let mut parts = Parts { parts, part: Arc::default(), at: 0 };
                let read = move || Usage::read(&candidate.tokenizer, &mut parts, options, &mut |_| ());
                senders.push(sender);
                readers.push(scope.spawn(read));
            }
            let mut buffer = vec![0; PART];
            let mut text = self.reading(text);
            let read = loop {
                match text.read(&mut buffer) {
                    Ok(0) => break Ok(()),
                    Ok(length) => {
                        let part: Arc<[u8]> = buffer[..length].into();
                        // Who is gone has failed already; if all have, there is nobody to read for.
                        senders.retain(|sender| sender.send(Arc::clone(&part)).is_ok());
                        if senders.is_empty() {
                            break Ok(());
                        }
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => break Err(input.problem(&error)),
                }
            };
            drop(senders);
            let usages = readers.into_iter().map(|reader| match reader.join() {
                Ok(usage) => usage.map_err(|error| spread::explain(error, input)),
                Err(panic) => std::panic::resume_unwind(panic),
            });
            let usages: Result<Vec<Usage>, Problem> = usages.collect();
            read.and(usages)
        })
    }
}

impl Sum {
    fn add(&mut self, usages: &[Usage]) {
        self.files += 1;
        if self.usages.is_empty() {
            self.usages = usages.to_vec();
            return;
        }
        self.usages.iter_mut().zip(usages).for_each(|(sum, usage)| sum.add(usage));
    }
}

/// A text that is read, with word of how far it is.
struct Reading<'t> {
    text: &'t mut Text,
    /// How much of the file the progress was told of: of one that is compressed, that is not how long its text is.
    told: u64,
    interrupt: Option<Interrupt>,
    progress: &'t Progress,
}

impl Read for Reading<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.interrupt.is_some_and(Interrupt::is_set) {
            return Err(io::Error::other("stopped"));
        }
        let read = self.text.read(buffer);
        let taken = self.text.taken();
        self.progress.add(taken - self.told);
        self.told = taken;
        read
    }
}

/// Parts of a text that another thread reads.
struct Parts {
    parts: Receiver<Arc<[u8]>>,
    part: Arc<[u8]>,
    at: usize,
}

impl Read for Parts {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.part.len() {
            // Nobody sends any more: the text has ended.
            let Ok(part) = self.parts.recv() else { return Ok(0) };
            (self.part, self.at) = (part, 0);
        }
        let length = buffer.len().min(self.part.len() - self.at);
        buffer[..length].copy_from_slice(&self.part[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}
