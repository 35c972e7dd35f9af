//! What `train`, `count-words` and `merge-counts` share: from the texts that were named to counts of their pieces.
//!
//! Reading them is in `texts`; what is put aside on disk, and how a run that was stopped is taken up again, in `workshop`;
//! files of counts are in `shards`.

mod shards;
mod texts;
mod workshop;

use std::io;
use std::path::Path;

use bytepair::train::{Counts, CountsTotals, Documents, PieceSource, Trainer};
use bytepair::{Error, SpecialTokens};

use crate::cli::args::{self, CorpusArgs};
use crate::cli::config::Settings;
use crate::cli::failure::{Failure, Problem};
use crate::cli::input::Input;
use crate::cli::interrupt::Interrupt;
use crate::cli::messages::Messages;
use crate::cli::progress::Progress;
use crate::cli::{name, plan, walk};
pub(crate) use shards::Shards;
use texts::Texts;
pub(crate) use workshop::{Workshop, write_sum};

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
    if walk::would_wait(&args.files) {
        args::print_usage(Some(command));
        return Err(Problem::new("no PATH, and standard input is a terminal").hint("- reads it").into());
    }
    let mut inputs = walk::gather(&args.files, messages)?.inputs;
    let all = inputs.len();
    inputs.retain(|input| !workshop::is_own(&input.path, output));
    if inputs.len() < all {
        messages.note(format_args!("{} is not learned from: it is what is written", name::shown(output)));
    }
    inputs.iter().filter_map(|input| readable(input).err()).for_each(|problem| messages.error(&problem));
    if messages.have_failed() {
        return Err(Problem::new("nothing was learned, as not all texts can be read").into());
    }
    let workshop = Workshop::new(output, args.resume, &inputs, trainer.counts()?.header())?;
    let interrupt = Interrupt::install()?;
    let sizes: Option<u64> = inputs.iter().map(|input| input.size).sum();
    let progress = Progress::new(messages.tells_notes(), sizes);
    let texts = Texts::new(&inputs, args, &workshop, interrupt, &progress);
    let mut position = workshop.position();
    let counted = trainer.count_from(&texts, &mut position);
    progress.finish();
    let skipped = texts.tell(messages);
    let counts = match counted {
        Ok(counts) => counts,
        Err(error) => return Err(texts.problem(error).into()),
    };
    if interrupt.is_set() {
        return Err(workshop.stop(&counts, position)?.into());
    }
    if skipped == inputs.len() {
        messages.warning(name::shown(output), "there is no text to learn from");
    }
    let corpus = workshop.collect(counts)?;
    Ok((corpus, workshop))
}

/// Finds out now, and not after hours, that a file cannot be opened.
fn readable(input: &Input) -> Result<(), Problem> {
    if input.size.is_none() {
        return Ok(());
    }
    std::fs::File::open(&input.path).map(|_| ()).map_err(|error: io::Error| input.problem(&error))
}
