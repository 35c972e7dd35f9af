//! What `train`, `count-words` and `merge-counts` share: from the texts that were named to counts of their pieces.
//!
//! Reading them is in `texts`, with `waiting` for pipes; what is put aside on disk in `workshop`, and how a run that was stopped
//! is taken up again in `state`; files of counts are in `shards`.

mod shards;
mod state;
mod texts;
mod waiting;
mod workshop;

use std::path::Path;

use bytepair::train::{Counts, CountsTotals, Documents, Halt, PieceSource, Position, Trainer};
use bytepair::{Error, SpecialTokens};

use crate::cli::args::{self, CorpusArgs};
use crate::cli::config::Settings;
use crate::cli::failure::{Failure, Problem};
use crate::cli::input::Input;
use crate::cli::interrupt::Interrupt;
use crate::cli::messages::Messages;
use crate::cli::output::file::shown;
use crate::cli::progress::Progress;
use crate::cli::{plan, walk};
pub(crate) use shards::{Shards, check_twice, header};
use texts::Texts;
pub(crate) use workshop::Workshop;

/// The counts of the texts that were named.
pub(crate) struct Corpus {
    /// What is in memory.
    pub(crate) counts: Counts,
    /// What was put aside on disk; it has all counts then, and there are none in memory.
    pub(crate) aside: Option<Shards>,
    /// What was counted in all.
    pub(crate) totals: CountsTotals,
}

impl PieceSource for Corpus {
    fn for_each(&self, each: &mut dyn FnMut(&[u8], u64)) -> Result<(), Error> {
        match &self.aside {
            Some(shards) => shards.for_each(each),
            None => self.counts.for_each(each),
        }
    }
}

/// The trainer for what was typed about texts.
pub(crate) fn trainer(trainer: Trainer, args: &CorpusArgs, settings: &Settings) -> Trainer {
    let documents = match &args.jsonl {
        Some(key) => Documents::Json(key.clone()),
        None if args.lines => Documents::Lines,
        None => Documents::Whole,
    };
    let trainer = args.special.iter().fold(trainer, |trainer, name| trainer.special(name));
    let trainer = args.separator.iter().fold(trainer, |trainer, text| trainer.separator(text));
    let trainer = match &args.pattern {
        Some(pattern) => trainer.pattern(pattern),
        None => trainer,
    };
    trainer.documents(documents).threads(threads(args.threads, settings))
}

/// Says what is wrong with special tokens and separators before any work is done.
pub(crate) fn check_names(args: &CorpusArgs) -> Result<(), Problem> {
    let tokens = |names: &[String]| {
        let control = |(name, id): (&String, u32)| bytepair::SpecialToken::control(name.clone(), id);
        SpecialTokens::new(names.iter().zip(0..).map(control).collect())
    };
    tokens(&args.special).map_err(|error| Problem::from(error).about("--special"))?;
    tokens(&args.separator).map_err(|error| Problem::from(error).about("--separator"))?;
    let across_lines = |name: &&String| args.lines && name.strip_suffix('\n').unwrap_or(name).contains('\n');
    if let Some(name) = args.separator.iter().chain(&args.special).find(across_lines) {
        let problem =
            Problem::new(format!("{name:?} is never found: each line is a document")).about("--lines");
        return Err(problem.hint("leave out --lines, or the name with a line end in it"));
    }
    Ok(())
}

fn threads(flag: Option<u16>, settings: &Settings) -> usize {
    let all = || std::thread::available_parallelism().map_or(1, usize::from);
    plan::threads(flag, settings).unwrap_or_else(all)
}

/// Counts the pieces of the texts. `command` is what is typed to do it, `output` what it is for.
pub(crate) fn count(
    trainer: &Trainer,
    args: &CorpusArgs,
    output: &Path,
    command: &str,
    messages: &Messages,
) -> Result<(Corpus, Workshop), Failure> {
    let mut inputs = inputs(args, output, command, messages)?;
    let interrupt = Interrupt::install()?;
    let mut workshop = Workshop::new(output, trainer.counts()?.header(), args.files.text, interrupt);
    workshop.begin(args.resume, &mut inputs, messages)?;
    let progress = Progress::new(messages.tells_notes(), &inputs);
    let texts = Texts::new(&inputs, args, &workshop, interrupt, &progress);
    let mut position = workshop.position();
    let counted = trainer.count_from(&texts, &mut position);
    match &counted {
        Ok((_, halts)) if halts.is_empty() && !interrupt.is_set() => progress.finish(messages),
        _ => progress.clear(),
    }
    let skipped = texts.tell(messages);
    let (counts, halts) = counted?;
    if !halts.is_empty() {
        return Err(halted(&texts, halts, &workshop, &counts, position, messages));
    }
    if interrupt.is_set() {
        return Err(Failure::Stopped(workshop.stop(&counts, position, Vec::new())?));
    }
    if skipped == inputs.len() {
        messages.warning(shown(output), "there is no text to learn from");
    }
    let corpus = workshop.collect(counts)?;
    Ok((corpus, workshop))
}

/// The inputs that were named, if all can be opened.
fn inputs(
    args: &CorpusArgs,
    output: &Path,
    command: &str,
    messages: &Messages,
) -> Result<Vec<Input>, Failure> {
    if walk::would_wait(&args.files) {
        args::print_usage(Some(command));
        return Err(Problem::new("no PATH, and standard input is a terminal").hint("- reads it").into());
    }
    let mut inputs = walk::gather(&args.files, messages)?.inputs;
    let all = inputs.len();
    inputs.retain(|input| !workshop::is_own(&input.path, output));
    if inputs.len() < all {
        messages.note(format_args!("{} is not learned from: it is what is written", shown(output)));
    }
    check_readable(&inputs, messages);
    if messages.have_failed() {
        return Err(Problem::new("nothing was learned, as not all texts can be read").into());
    }
    Ok(inputs)
}

/// Tells what stopped the work before its end, and keeps what was done.
fn halted(
    texts: &Texts<'_>,
    halts: Vec<Halt>,
    workshop: &Workshop,
    counts: &Counts,
    position: Position,
    messages: &Messages,
) -> Failure {
    let counted =
        |number: usize| position.begun.iter().find(|begun| begun.0 == number).map_or(0, |begun| begun.1);
    let numbers = halts.iter().filter_map(|halt| halt.input);
    let bad = numbers.map(|number| (number, texts.sum_of(number, counted(number)))).collect();
    let mut problems = halts.into_iter().map(|halt| texts.problem(halt)).collect::<Vec<_>>();
    let kept = workshop.stop(counts, position, bad);
    let last = match kept {
        // There is nothing to go on with.
        Ok(problem) if problem.hint.is_none() => problems.pop(),
        Ok(problem) => Some(problem),
        Err(problem) => Some(
            problem.hint("what was counted is lost, as it cannot be put aside: see to it that there is room"),
        ),
    };
    problems.iter().for_each(|problem| messages.error(problem));
    last.unwrap_or_else(|| Problem::new("not all texts were read")).into()
}

/// What became of a run that failed or was stopped after all was counted: what was counted is kept.
pub(crate) fn keep(failure: Failure, corpus: &Corpus, workshop: &Workshop, messages: &Messages) -> Failure {
    match (failure, workshop.keep(corpus)) {
        (Failure::Stopped(_), Ok(kept)) => Failure::Stopped(kept),
        (failure @ Failure::Problem(_), Ok(kept)) => {
            messages.error(&kept);
            failure
        }
        (failure, _) => failure,
    }
}

/// Finds out now, and not after hours, which files cannot be opened, and tells it.
pub(crate) fn check_readable(inputs: &[Input], messages: &Messages) {
    for input in inputs.iter().filter(|input| input.size.is_some()) {
        if let Err(error) = std::fs::File::open(&input.path) {
            messages.error(&input.problem(&error));
        }
    }
}
