//! Inputs over threads: small files many at a time, large ones one after another with all threads.
//!
//! The outcomes are in the order of the inputs and the same for any number of threads. How one text is
//! spread over threads is left to the library.

use std::error::Error;
use std::io;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytepair::parallel::{CountOptions, count_reader};
use bytepair::registry::estimates::{Estimate, Profile, Ratios};
use bytepair::report::Counts;
use bytepair::{ErrorKind, Measures, SpecialPolicy, Tokenizer};

use crate::cli::failure::Problem;
use crate::cli::input::{Input, Opened, Remark};
use crate::cli::progress::Progress;

/// From this size on a file gets all threads.
pub(crate) const LARGE: u64 = 8 << 20;

/// Below this size all together are not worth a thread.
const SMALL: u64 = 1 << 20;

/// What became of an input.
pub(crate) enum Outcome {
    /// It was counted.
    Counted(Counts, Vec<Remark>),
    /// It is no text and was left out.
    Binary,
    /// It could not be read or counted.
    Failed(Problem),
}

/// How to count.
pub(crate) struct Counting<'a> {
    /// The tokenizer.
    pub(crate) tokenizer: &'a Tokenizer,
    /// The library's options; their number of threads is set here.
    pub(crate) options: CountOptions,
    /// How many threads the user wants.
    pub(crate) threads: Option<usize>,
    /// Whether files that are no text are counted, too.
    pub(crate) any: bool,
    /// How many tokens are put around each text.
    pub(crate) around: u64,
    /// The ratios of the model, if its tokens are estimated.
    pub(crate) ratios: Option<Ratios>,
    /// Where to tell how far it is.
    pub(crate) progress: &'a Progress,
}

impl Counting<'_> {
    /// Counts all inputs.
    pub(crate) fn all(&self, inputs: &[Input]) -> Vec<Outcome> {
        each(inputs, self.threads, &|_, input, threads| self.one(input, threads))
    }

    fn one(&self, input: &Input, threads: usize) -> Outcome {
        let mut text = match input.open(self.any, false) {
            Ok(Opened::Text(text)) => text,
            Ok(Opened::Binary) => return Outcome::Binary,
            Err(problem) => return Outcome::Failed(problem),
        };
        let mut options = self.options;
        options.threads = if text.is_short() { 1 } else { threads };
        if self.ratios.is_some() {
            text.profile();
        }
        let progress = &mut |bytes| self.progress.add(bytes);
        match count_reader(self.tokenizer, &mut text, options, progress) {
            Ok(tally) => {
                let profile = text.profiled();
                let counts = counts(tally.tokens + self.around, self.ratios, profile, tally.measures);
                Outcome::Counted(counts, text.remarks(Some(&tally.measures), self.tokenizer))
            }
            Err(error) => Outcome::Failed(explain(error, input)),
        }
    }
}

/// What is done with an input: its place, it, and the number of threads for it.
type Doing<'a> = &'a (dyn Fn(usize, &Input, usize) -> Outcome + Sync);

/// Does the same with all inputs.
pub(crate) fn each(inputs: &[Input], wanted: Option<usize>, one: Doing<'_>) -> Vec<Outcome> {
    let threads = threads(wanted, inputs.iter().map(|input| input.size).sum());
    let is_large = |input: &Input| input.size.is_none_or(|size| size >= LARGE);
    let mut outcomes: Vec<Option<Outcome>> = Vec::new();
    outcomes.resize_with(inputs.len(), || None);
    let small: Vec<usize> = (0..inputs.len()).filter(|&place| !is_large(&inputs[place])).collect();
    if threads > 1 && small.len() > 1 {
        for (place, outcome) in side_by_side(inputs, &small, threads, one) {
            outcomes[place] = Some(outcome);
        }
    }
    let left = inputs.iter().zip(outcomes).enumerate();
    left.map(|(place, (input, outcome))| outcome.unwrap_or_else(|| one(place, input, threads))).collect()
}

fn side_by_side(inputs: &[Input], places: &[usize], threads: usize, one: Doing<'_>) -> Vec<(usize, Outcome)> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut outcomes = Vec::new();
        while let Some(&place) = places.get(next.fetch_add(1, Ordering::Relaxed)) {
            outcomes.push((place, one(place, &inputs[place], 1)));
        }
        outcomes
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (1..threads.min(places.len())).map(|_| scope.spawn(work)).collect();
        let mut outcomes = work();
        for worker in workers {
            match worker.join() {
                Ok(more) => outcomes.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        outcomes
    })
}

/// Counts, estimated if there are ratios.
pub(crate) fn counts(
    tokens: u64,
    ratios: Option<Ratios>,
    profile: Option<&Profile>,
    measures: Measures,
) -> Counts {
    let estimate = ratios.zip(profile).map(|(ratios, profile)| ratios.estimate(tokens, profile));
    let Estimate { tokens, upper } = estimate.unwrap_or(Estimate { tokens, upper: tokens });
    Counts { tokens, upper, measures }
}

/// How many threads are worth it for so many bytes. To ask for the number of processors takes longer than a small file.
pub(crate) fn threads(wanted: Option<usize>, bytes: Option<u64>) -> usize {
    if bytes.is_some_and(|bytes| bytes < SMALL) {
        return 1;
    }
    wanted.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, NonZero::get))
}

/// An error of the library about an input, with the flag that helps.
pub(crate) fn explain(error: bytepair::Error, input: &Input) -> Problem {
    if let Some(error) = error.source().and_then(|source| source.downcast_ref::<io::Error>()) {
        return input.problem(error);
    }
    let is_forbidden = error.kind() == ErrorKind::ForbiddenSpecial;
    let problem = Problem::from(error).about(input.shown());
    if is_forbidden {
        return problem.hint("--special text takes it as ordinary text, --special encode as the token");
    }
    problem
}

/// Options of the library for these choices.
pub(crate) fn options(policy: SpecialPolicy, measure: bytepair::parallel::Measure) -> CountOptions {
    let mut options = CountOptions::default();
    options.policy = policy;
    options.measure = measure;
    options
}
