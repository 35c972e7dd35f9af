//! `tokenize train`: a vocabulary learned from texts, or from counts of their pieces.

use bytepair::train::{PieceSource, Stop, Ties, Trained, Trainer};
use bytepair::{ErrorKind, SpecialPolicy, Split, Tokenizer};

use crate::cli::args::{PathArgs, Tie, TrainArgs, Words};
use crate::cli::commands::evaluate;
use crate::cli::config::Settings;
use crate::cli::conversion::{self, place};
use crate::cli::evaluation::{Candidate, Evaluation};
use crate::cli::failure::{Failure, Problem};
use crate::cli::interrupt::Interrupt;
use crate::cli::messages::Messages;
use crate::cli::output::Style;
use crate::cli::output::file::{WholeFile, is_stdout};
use crate::cli::output::quality;
use crate::cli::output::training::{Summary, times};
use crate::cli::progress::Progress;
use crate::cli::training::{self, Shards, Workshop};
use crate::cli::{name, plan, vocabulary, walk};

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
    if target != crate::cli::args::Target::Gpt2 && !is_stdout(&args.output) {
        drop(WholeFile::create(&args.output)?);
    }
    let (trained, totals, workshop, corpus) = if args.from_counts {
        let (trained, totals, workshop) = from_counts(args, trainer, messages)?;
        (trained, totals, workshop, None)
    } else {
        let (corpus, workshop) = training::count(&trainer, &args.corpus, &args.output, "train", messages)?;
        let totals = corpus.totals;
        let interrupt = Interrupt::install()?;
        let trained = learn(&trainer, &corpus, messages)?;
        if interrupt.is_set() {
            return Err(workshop.keep(&corpus)?.into());
        }
        (trained, totals, workshop, Some(corpus))
    };
    let summary = Summary::new(&trained, totals, &args.output);
    // A text to judge by that is not there must not cost the vocabulary: it is written first.
    let files = conversion::write(trained.definition(), target)?;
    if let Err(failure) = place::write(&args.output, target, &files) {
        // A full disk must not cost what was counted for hours.
        if let (Some(corpus), false) = (&corpus, is_stdout(&args.output)) {
            messages.error(&workshop.keep(corpus)?);
        }
        return Err(failure);
    }
    workshop.clear();
    warn(args, &trained, messages);
    let judged = judge(args, trained, settings, messages)?;
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

/// Judges the vocabulary by the texts that were held out, if there are any.
fn judge(
    args: &TrainArgs,
    trained: Trained,
    settings: &Settings,
    messages: &Messages,
) -> Result<Option<Judged>, Failure> {
    if args.held_out.is_empty() {
        return Ok(None);
    }
    let files = PathArgs { paths: args.held_out.clone(), files0_from: None, ..args.corpus.files.clone() };
    let gathered = walk::gather(&files, messages)?;
    let tokenizer = Tokenizer::new(trained.into_definition())?;
    let mut candidates = vec![Candidate::new(name::shown(&args.output), tokenizer)];
    evaluate::add_usual(&mut candidates)?;
    let how = evaluate::How {
        policy: SpecialPolicy::Text,
        words: Words::White,
        threads: plan::threads(args.corpus.threads, settings),
        any: args.corpus.files.text,
        by: None,
    };
    let evaluation = evaluate::evaluate(&candidates, gathered, &how, messages);
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
    let paths = args.corpus.files.paths.clone();
    let header = Shards::new(paths.clone()).header().map_err(|problem| match paths.is_empty() {
        true => problem.hint("name them: tokenize train --from-counts FILE… -s N -o OUT"),
        false => problem,
    })?;
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
    let workshop = Workshop::new(&args.output, false, &[], &header)?;
    let shards = workshop.few(paths)?;
    let totals = shards.merge(|_, _| Ok(()))?;
    let trained = learn(&trainer, &shards, messages)?;
    if Interrupt::install()?.is_set() {
        return Err(Problem::new("stopped; nothing was written").about(name::shown(&args.output)).into());
    }
    Ok((trained, totals, workshop))
}

/// Learns merges, with a bar.
fn learn(trainer: &Trainer, pieces: &dyn PieceSource, messages: &Messages) -> Result<Trained, Failure> {
    let interrupt = Interrupt::install()?;
    let progress = Progress::merges(messages.tells_notes(), trainer.merges()? as u64);
    let trained = trainer.train_with(pieces, &mut |_| {
        progress.add(1);
        !interrupt.is_set()
    });
    progress.finish();
    Ok(trained?)
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
            name::shown(&args.output),
            format_args!("{} tokens, not {wanted}: no pair is left{often}", trained.size()),
        );
    }
}
