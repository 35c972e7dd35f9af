//! `tokenize train`: a vocabulary learned from texts, or from counts of their pieces.

use bytepair::train::{PieceSource, Stop, Ties, Trained, Trainer};
use std::path::PathBuf;

use bytepair::{ErrorKind, SpecialPolicy, Split, Tokenizer};

use crate::cli::args::{CorpusArgs, PathArgs, Tie, TrainArgs, Words};
use crate::cli::commands::evaluate;
use crate::cli::config::Settings;
use crate::cli::conversion::{self, place};
use crate::cli::evaluation::{Candidate, Evaluation};
use crate::cli::failure::{Failure, Problem};
use crate::cli::input::{Origin, is_stdin};
use crate::cli::interrupt::Interrupt;
use crate::cli::messages::Messages;
use crate::cli::output::Style;
use crate::cli::output::file::{is_stdout, shown};
use crate::cli::output::quality;
use crate::cli::output::training::{Summary, times};
use crate::cli::progress::Progress;
use crate::cli::training::{self, Workshop};
use crate::cli::walk::{self, Gathered};
use crate::cli::{name, plan, vocabulary};

/// Trains.
pub(crate) fn run(args: &TrainArgs, settings: &Settings, messages: &Messages) -> Result<(), Failure> {
    training::check_names(&args.corpus)?;
    let target = place::target(&args.output, args.to)?;
    let trainer = trainer(args, settings, messages)?;
    // What cannot be is told now, and not after the texts were read.
    trainer.check().map_err(|error| match error.kind() {
        ErrorKind::InvalidTraining => Problem::from(error).about("--size"),
        _ => error.into(),
    })?;
    // A vocabulary of nothing shows whether the format can hold one with this pattern.
    let nothing = trainer.train(&trainer.counts()?)?;
    conversion::write(nothing.definition(), target)?;
    place::check(&args.output, target)?;
    let held_out = held_out(args, messages)?;
    let (trained, totals, workshop, corpus) = if args.from_counts {
        let (trained, totals, workshop) = from_counts(args, trainer, messages)?;
        (trained, totals, workshop, None)
    } else {
        let (corpus, workshop) = training::count(&trainer, &args.corpus, &args.output, "train", messages)?;
        let totals = corpus.totals;
        let trained = match learn(&trainer, &corpus, messages) {
            Ok(trained) => trained,
            Err(failure) => return Err(training::keep(failure, &corpus, &workshop, messages)),
        };
        (trained, totals, workshop, Some(corpus))
    };
    let summary = Summary::new(&trained, totals, &args.output);
    // A text to judge by that cannot be read by now must not cost the vocabulary: it is written first.
    let files = conversion::write(trained.definition(), target)?;
    if let Err(failure) = place::write(&args.output, target, &files) {
        // A full disk must not cost what was counted for hours.
        return Err(match &corpus {
            Some(corpus) => training::keep(failure, corpus, &workshop, messages),
            None => failure,
        });
    }
    workshop.clear();
    warn(args, &trained, messages);
    let judged = match held_out {
        Some(held_out) => judge(args, held_out, trained, settings, messages)?,
        None => None,
    };
    if is_stdout(&args.output) {
        return Ok(());
    }
    match (&judged, args.json) {
        (judged, true) => {
            let report = judged.as_ref().map(Judged::report);
            Ok(summary.json(report.as_ref().map(|report| quality::document(report, false)))?)
        }
        // Without a word, the vocabulary alone says that all is well.
        (_, false) if args.common.quiet => Ok(()),
        (None, false) => Ok(summary.text()?),
        (Some(judged), false) => {
            summary.text()?;
            Ok(quality::table(&judged.report(), Style::of_stdout(args.common.color))?)
        }
    }
}

/// What held-out texts say.
struct Judged {
    candidates: Vec<Candidate>,
    evaluation: Evaluation,
}

impl Judged {
    fn report(&self) -> quality::Report<'_> {
        let (candidates, evaluation) = (&*self.candidates, &self.evaluation);
        quality::Report { candidates, evaluation, words: Words::White, by: None }
    }
}

/// The texts to judge by, if there are any; what is wrong with them is told before the work.
fn held_out(args: &TrainArgs, messages: &Messages) -> Result<Option<Gathered>, Failure> {
    if is_stdout(&args.output) && (args.json || !args.held_out.is_empty()) {
        let flag = if args.json { "--json" } else { "--held-out" };
        let problem = Problem::new("there is no place for the report: standard output takes the vocabulary");
        return Err(problem.about(flag).hint("name a file with -o, or leave the flag out").into());
    }
    if args.held_out.is_empty() {
        return Ok(None);
    }
    let files = PathArgs { paths: args.held_out.clone(), files0_from: None, ..args.corpus.files.clone() };
    let gathered = walk::gather(&files, messages)?;
    training::check_readable(&gathered.inputs, messages);
    if messages.have_failed() {
        return Err(Problem::new("nothing was learned, as not all held-out texts can be read").into());
    }
    if gathered.inputs.is_empty() {
        return Err(Problem::new("there are no files to read").about("--held-out").into());
    }
    let CorpusArgs { files: PathArgs { paths, files0_from, .. }, .. } = &args.corpus;
    let learns_from_stdin = match files0_from {
        Some(list) => is_stdin(list),
        None => paths.is_empty() || paths.iter().any(|path| is_stdin(path)),
    };
    let judges_by_stdin = gathered.inputs.iter().any(|input| input.origin == Origin::Stdin);
    if learns_from_stdin && judges_by_stdin && !args.from_counts {
        let problem = Problem::new("standard input is learned from, and can be read once only");
        return Err(problem.about("--held-out").hint("name a file for one of the two").into());
    }
    Ok(Some(gathered))
}

/// Judges the vocabulary by the texts that were held out.
fn judge(
    args: &TrainArgs,
    held_out: Gathered,
    trained: Trained,
    settings: &Settings,
    messages: &Messages,
) -> Result<Option<Judged>, Failure> {
    let interrupt = Interrupt::install()?;
    let tokenizer = Tokenizer::new(trained.into_definition())?;
    let mut candidates = vec![Candidate::new(name::shown(&args.output), tokenizer)];
    evaluate::add_usual(&mut candidates)?;
    let how = evaluate::How {
        policy: SpecialPolicy::Text,
        words: Words::White,
        threads: plan::threads(args.corpus.threads, settings),
        any: args.corpus.files.text,
        by: None,
        interrupt: Some(interrupt),
    };
    let evaluation = evaluate::evaluate(&candidates, held_out, &how, messages);
    if interrupt.is_set() {
        let problem = Problem::new("is written; stopped before it was judged by all held-out texts");
        return Err(Failure::Stopped(problem.about(shown(&args.output))));
    }
    Ok(evaluation.map(|evaluation| Judged { candidates, evaluation }))
}

/// The trainer that was asked for.
fn trainer(args: &TrainArgs, settings: &Settings, messages: &Messages) -> Result<Trainer, Problem> {
    let base = match &args.from {
        None => None,
        Some(from) => {
            let about = |error: bytepair::Error| Problem::from(error).about(name::shown(from));
            let definition = vocabulary::find(from)?.definition(None, messages)?;
            Some((Tokenizer::new(definition).map_err(about)?, from))
        }
    };
    let size = match (args.size, args.add, &base) {
        (None, Some(add), Some((base, _))) => {
            let specials = base.specials().tokens().len() + args.corpus.special.len();
            add.saturating_add((base.vocabulary().len() + specials) as u64)
        }
        (size, ..) => size.unwrap_or(0),
    };
    let mut trainer = Trainer::new(usize::try_from(size).unwrap_or(usize::MAX))
        .ties(match args.ties {
            Tie::Hf => Ties::HuggingFace,
            Tie::Raw => Ties::Raw,
        })
        .min_frequency(args.min_frequency)
        .min_count(args.min_count)
        .like_hugging_face(args.hf_compat)
        .alphabet(args.initial_alphabet.iter().flat_map(|characters| characters.chars()));
    if let Some(bytes) = args.max_token_length {
        trainer = trainer.max_token_length(bytes);
    }
    if let Some((base, from)) = base {
        let about = |error: bytepair::Error| Problem::from(error).about(name::shown(from));
        trainer = trainer.continuing(&base).map_err(about)?;
    }
    Ok(training::trainer(trainer, &args.corpus, settings))
}

type Work = (Trained, bytepair::train::CountsTotals, Workshop);

/// Trains from files of counts.
fn from_counts(args: &TrainArgs, trainer: Trainer, messages: &Messages) -> Result<Work, Failure> {
    let paths = shards(args, messages)?;
    let interrupt = Interrupt::install()?;
    let header = training::header(&paths)?;
    let trainer = match (&args.corpus.pattern, &args.from) {
        (None, None) => trainer.split(match header.patterns.as_slice() {
            [] => Split::Whole,
            [one] => Split::Pattern(one.clone()),
            _ => Split::Patterns(header.patterns.clone()),
        }),
        _ => trainer,
    };
    let own = trainer.counts()?;
    let about = || name::shown(&paths[0]);
    if own.header().unicode != header.unicode {
        let (theirs, ours) = (&header.unicode, &own.header().unicode);
        let problem = Problem::new(format!("was counted with Unicode {theirs}, and this program has {ours}"));
        return Err(problem.about(about()).hint("count its texts again with this program").into());
    }
    if own.header().patterns != header.patterns {
        let problem = Problem::new("was counted with another pattern than the vocabulary is to have");
        return Err(problem.about(about()).hint("leave out --pattern to use that of the counts").into());
    }
    if let Some(special) = own.header().specials.iter().find(|name| !header.specials.contains(name)) {
        let problem =
            Problem::new(format!("was counted without the special token {special}: it may be in pieces"));
        return Err(problem
            .about(about())
            .hint(format!("count the texts with --special {special:?}"))
            .into());
    }
    let mut workshop = Workshop::new(&args.output, &header, false, interrupt);
    workshop.begin(false, &mut Vec::new(), messages)?;
    let work = || {
        let shards = workshop.few(paths)?;
        let totals = shards.merge(|_, _| Ok(()))?;
        Ok((learn(&trainer, &shards, messages)?, totals))
    };
    match work() {
        Ok((trained, totals)) => Ok((trained, totals, workshop)),
        Err(Failure::Stopped(_)) => {
            let problem = Problem::new("stopped; nothing was written");
            Err(Failure::Stopped(problem.about(shown(&args.output))))
        }
        Err(failure) => Err(failure),
    }
}

/// The files of counts that were named, each once.
fn shards(args: &TrainArgs, messages: &Messages) -> Result<Vec<PathBuf>, Failure> {
    let files = &args.corpus.files;
    if files.paths.is_empty() && files.files0_from.is_none() {
        let problem = Problem::new("there are no files of counts");
        return Err(problem.hint("name them: tokenize train --from-counts FILE… -s N -o OUT").into());
    }
    let inputs = walk::gather(files, messages)?.inputs;
    if messages.have_failed() {
        return Err(Problem::new("nothing was learned, as not all files can be read").into());
    }
    if let Some(input) = inputs.iter().find(|input| input.size.is_none()) {
        let problem =
            Problem::new("counts are read more than once: it has to be a file").about(input.shown());
        return Err(problem.hint("write them to a file first").into());
    }
    let paths: Vec<PathBuf> = inputs.into_iter().map(|input| input.path).collect();
    training::check_twice(&paths, messages)?;
    Ok(paths)
}

/// Learns merges, with a bar.
fn learn(trainer: &Trainer, pieces: &dyn PieceSource, messages: &Messages) -> Result<Trained, Failure> {
    let interrupt = Interrupt::install()?;
    let progress = Progress::merges(messages.tells_notes(), trainer.merges()? as u64);
    let trained = trainer.train_with(pieces, &mut |_| {
        progress.add(1);
        !interrupt.is_set()
    });
    match interrupt.is_set() {
        true => progress.clear(),
        false => progress.finish(messages),
    }
    match trained {
        Ok(trained) if !interrupt.is_set() => Ok(trained),
        Ok(_) => Err(Failure::Stopped(Problem::new("stopped"))),
        Err(error) => Err(interrupt.instead_of(error, || Problem::new("stopped"))),
    }
}

/// Says if the vocabulary is smaller than it was to be.
fn warn(args: &TrainArgs, trained: &Trained, messages: &Messages) {
    if trained.stop() == Stop::Pairs {
        let wanted = match (args.size, args.add) {
            (Some(size), _) => format!("{size}"),
            (None, add) => format!("{} more", add.unwrap_or(0)),
        };
        let often = match args.min_frequency {
            0 | 1 => String::new(),
            least => format!(" that occurs {}", times(least)),
        };
        messages.warning(
            shown(&args.output),
            format_args!("{} tokens, not {wanted}: no pair is left{often}", trained.size()),
        );
    }
}
