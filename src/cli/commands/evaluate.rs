//! `tokenize evaluate`: how good vocabularies are for texts, side by side.

use std::cell::Cell;
use std::path::Path;

use bytepair::registry::encodings::{self, Encoding};
use bytepair::{SpecialPolicy, Tokenizer};

use crate::cli::args::{self, By, EvaluateArgs, Words};
use crate::cli::commands::count::tell;
use crate::cli::config::Settings;
use crate::cli::evaluation::{Candidate, Evaluating, Evaluation};
use crate::cli::failure::{Failure, Problem};
use crate::cli::interrupt::Interrupt;
use crate::cli::messages::Messages;
use crate::cli::output::{Style, quality};
use crate::cli::progress::Progress;
use crate::cli::vocabulary::{self, Named};
use crate::cli::walk::{self, Gathered};
use crate::cli::{name, plan, spread};

/// What a vocabulary is compared with if nobody says.
const AGAINST: [&str; 2] = ["o200k_base", "cl100k_base"];

/// Evaluates.
pub(crate) fn run(args: &EvaluateArgs, settings: &Settings, messages: &Messages) -> Result<(), Failure> {
    if walk::would_wait(&args.input.files) {
        args::print_usage(Some("evaluate"));
        return Err(Problem::new("no PATH, and standard input is a terminal").hint("- reads it").into());
    }
    if args.input.bos || args.input.eos {
        let flag = if args.input.bos { "--bos" } else { "--eos" };
        let what =
            "a vocabulary is evaluated by what it makes of text, and these tokens are not made of text";
        return Err(Problem::new(what).about(flag).hint("leave it out").into());
    }
    let candidates = candidates(args, messages)?;
    let gathered = walk::gather(&args.input.files, messages)?;
    let words = plan::words(args.words, settings);
    let how = How {
        policy: plan::policy(args.input.special, settings),
        words,
        threads: plan::threads(args.threads, settings),
        any: args.input.files.text,
        by: args.by,
        interrupt: None,
    };
    let Some(evaluation) = evaluate(&candidates, gathered, &how, messages) else { return Ok(()) };
    let report = quality::Report { candidates: &candidates, evaluation: &evaluation, words, by: args.by };
    if args.json {
        quality::json(&report, args.all)?;
    } else if args.csv {
        quality::csv(&report)?;
    } else {
        quality::table(&report, Style::of_stdout(args.common.color))?;
    }
    Ok(())
}

/// How to evaluate, as it was typed and configured.
pub(crate) struct How {
    /// What names of special tokens are.
    pub(crate) policy: SpecialPolicy,
    /// What a word is.
    pub(crate) words: Words,
    /// How many threads, if anybody says.
    pub(crate) threads: Option<usize>,
    /// Whether binary files of folders are read, too.
    pub(crate) any: bool,
    /// What is put together; `None`: all.
    pub(crate) by: Option<By>,
    /// Who says that it is to end, if anybody can.
    pub(crate) interrupt: Option<Interrupt>,
}

/// Evaluates vocabularies on inputs and tells what went wrong; `None` if nothing could be read, or it was to end.
pub(crate) fn evaluate(
    candidates: &[Candidate],
    gathered: Gathered,
    how: &How,
    messages: &Messages,
) -> Option<Evaluation> {
    // Each vocabulary reads a file; what can be read once only has no size.
    let progress = Progress::times(messages.tells_notes(), &gathered.inputs, candidates.len());
    let evaluating = Evaluating {
        candidates,
        options: spread::options(how.policy, plan::measure(how.words)),
        threads: how.threads,
        any: how.any,
        by: how.by,
        interrupt: how.interrupt,
        progress: &progress,
    };
    let (outcomes, evaluation) = evaluating.all(&gathered.inputs);
    if how.interrupt.is_some_and(Interrupt::is_set) {
        progress.clear();
        return None;
    }
    progress.finish(messages);
    let rows = tell(gathered.inputs, outcomes, &gathered.folders, messages);
    (!rows.is_empty() || !messages.have_failed()).then_some(evaluation)
}

/// The vocabularies that are named, none of them twice.
fn candidates(args: &EvaluateArgs, messages: &Messages) -> Result<Vec<Candidate>, Problem> {
    let used = Cell::new(false);
    let like = args.like.as_deref().map(|like| (like, &used));
    let first = candidate(&args.vocabulary, like, messages).map_err(|problem| match problem.hint {
        Some(_) => problem,
        None => problem.hint("the first argument is the vocabulary: tokenize evaluate VOCABULARY PATH..."),
    })?;
    let mut candidates = vec![first];
    if args.against.is_empty() {
        add_usual(&mut candidates)?;
    }
    let is_none = |path: &Path| path == Path::new("none");
    if args.against.len() > 1 && args.against.iter().any(|path| is_none(path)) {
        let problem = Problem::new("none cannot stand beside a vocabulary").about("--against");
        return Err(problem.hint("a vocabulary file with this name is ./none"));
    }
    for which in args.against.iter().filter(|path| !is_none(path)) {
        let candidate = candidate(which, like, messages)?;
        if candidates.iter().all(|other| other.name != candidate.name) {
            candidates.push(candidate);
        }
    }
    if let (Some(like), false) = (&args.like, used.get()) {
        let problem =
            Problem::new(format!("no vocabulary here needs {like}: all say themselves how text is cut"));
        return Err(problem.about("--like").hint("leave it out"));
    }
    Ok(candidates)
}

/// Adds what vocabularies are usually compared with, as far as it is built in and not there yet.
pub(crate) fn add_usual(candidates: &mut Vec<Candidate>) -> Result<(), Problem> {
    for encoding in AGAINST.into_iter().filter_map(|name| encodings::find(name).ok()) {
        if encoding.is_built_in() && candidates.iter().all(|other| other.name != encoding.name) {
            candidates.push(of_encoding(&encoding)?);
        }
    }
    Ok(())
}

fn of_encoding(encoding: &Encoding) -> Result<Candidate, Problem> {
    Ok(Candidate::new(encoding.name, Tokenizer::new(encoding.definition()?)?))
}

/// The encoding or file of this name. `like` is for files that hold tokens only, and remembers whether there was one: others
/// are what they are.
fn candidate(
    which: &Path,
    like: Option<(&str, &Cell<bool>)>,
    messages: &Messages,
) -> Result<Candidate, Problem> {
    match vocabulary::find(which)? {
        Named::Encoding(encoding) => of_encoding(&encoding),
        Named::File(found) => {
            let like = like.filter(|_| found.needs_like()).map(|(like, used)| {
                used.set(true);
                like
            });
            let definition = found.definition(like, messages)?;
            let tokenizer = Tokenizer::new(definition).map_err(|error| found.problem(error))?;
            Ok(Candidate::new(name::shown(which), tokenizer))
        }
    }
}
