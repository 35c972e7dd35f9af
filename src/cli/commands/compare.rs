//! `tokenize compare`: what texts are for several models, a row for each.
//!
//! Each text is read once and held in memory while all vocabularies count it.

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use bytepair::parallel::{CountOptions, Tally, count_reader};
use bytepair::report::Counts;

use crate::cli::args::{self, CompareArgs, VocabularyArgs};
use crate::cli::arrange;
use crate::cli::commands::count::tell;
use crate::cli::config::Settings;
use crate::cli::failure::{Failure, Problem};
use crate::cli::input::{Input, Opened};
use crate::cli::messages::Messages;
use crate::cli::name as names;
use crate::cli::output::Style;
use crate::cli::output::compare::{self, Group, Report};
use crate::cli::plan::{self, Basis};
use crate::cli::progress::Progress;
use crate::cli::spread::{self, Outcome};
use crate::cli::walk;

/// What is compared if nobody says: a model of each family that many use.
const USUAL: [&str; 8] = [
    "gpt-5.6",
    "gpt-4",
    "claude-opus-5",
    "gemini-2.5-pro",
    "llama-4-maverick",
    "mistral-large-3",
    "qwen3.5",
    "deepseek-v4-pro",
];

/// Runs the command.
pub(crate) fn run(args: &CompareArgs, settings: &Settings, messages: &Messages) -> Result<(), Failure> {
    if walk::would_wait(&args.input.files) {
        args::print_usage(Some("compare"));
        return Err(Problem::new("no PATH, and standard input is a terminal").hint("- reads it").into());
    }
    let bases = bases(args, settings, messages)?;
    let around = bases.iter().map(|basis| {
        plan::frame(&args.input, basis).map(|frame| (frame.before.len() + frame.after.len()) as u64)
    });
    let around = around.collect::<Result<Vec<u64>, Problem>>()?;
    let gathered = walk::gather(&args.input.files, messages)?;
    let words = plan::words(args.words, settings);
    let same = same(&bases, args.vocab.len());
    let different = same.iter().enumerate().filter(|&(place, &first)| place == first).count();
    let comparing = Comparing {
        bases: &bases,
        same,
        around,
        options: spread::options(plan::policy(args.input.special, settings), plan::measure(words)),
        any: args.input.files.text,
        progress: Progress::times(messages.tells_notes(), &gathered.inputs, different),
        counts: Mutex::new(HashMap::new()),
    };
    let one = |place: usize, input: &Input, threads: usize| comparing.one(place, input, threads);
    let outcomes = spread::each(&gathered.inputs, plan::threads(args.threads, settings), &one);
    comparing.progress.finish(messages);
    let mut counted = comparing.counts.into_inner().unwrap_or_else(PoisonError::into_inner);
    let places = gathered.inputs.iter().enumerate();
    let mut files: Vec<(PathBuf, Vec<Counts>)> = Vec::new();
    for (place, input) in places {
        files.extend(counted.remove(&place).map(|counts| (input.path.clone(), counts)));
    }
    let rows = tell(gathered.inputs, outcomes, &gathered.folders, messages);
    if rows.is_empty() && messages.have_failed() {
        return Ok(());
    }
    let (groups, total) = grouped(args.by, &files, bases.len());
    let report = Report { bases: &bases, groups: &groups, total: &total, words, by: args.by };
    if args.json {
        compare::json(&report)?;
    } else if args.csv {
        compare::csv(&report)?;
    } else {
        compare::table(&report, Style::of_stdout(args.common.color))?;
    }
    Ok(())
}

/// The groups that are asked for, in the order in which they first come, and all files together.
fn grouped(by: Option<args::By>, files: &[(PathBuf, Vec<Counts>)], models: usize) -> (Vec<Group>, Group) {
    let mut groups: Vec<Group> = Vec::new();
    let mut places: HashMap<PathBuf, usize> = HashMap::new();
    let mut total = Group::new("total".into(), models);
    for (path, counts) in files {
        total.add(counts);
        let Some(by) = by else { continue };
        let name = arrange::group(by, path);
        let new = groups.len();
        // A file that is named twice is two groups.
        let place = if by == args::By::File { new } else { *places.entry(name.clone()).or_insert(new) };
        if place == new {
            groups.push(Group::new(name, models));
        }
        groups[place].add(counts);
    }
    (groups, total)
}

/// What is compared, in the order of models, encodings and files; none of them twice.
fn bases(args: &CompareArgs, settings: &Settings, messages: &Messages) -> Result<Vec<Basis>, Problem> {
    let nothing = VocabularyArgs { model: None, context: None, encoding: None, vocab: None, like: None };
    let models =
        args.model.iter().map(|model| VocabularyArgs { model: Some(model.clone()), ..nothing.clone() });
    let encodings =
        args.encoding.iter().map(|name| VocabularyArgs { encoding: Some(name.clone()), ..nothing.clone() });
    let files = args.vocab.iter().map(|path| VocabularyArgs {
        vocab: Some(path.clone()),
        like: args.like.clone(),
        ..nothing.clone()
    });
    let named: Vec<VocabularyArgs> = models.chain(encodings).chain(files).collect();
    let mut bases: Vec<Basis> = Vec::new();
    // Files are told by their paths: two can have the same name, or that of an encoding.
    let mut seen: HashSet<(Option<&Path>, String)> = HashSet::new();
    for which in &named {
        let mut basis = plan::basis(which, settings, messages)?;
        if let Some(path) = &which.vocab {
            basis.encoding = names::shown(path);
        }
        if seen.insert((which.vocab.as_deref(), compare::name(&basis).to_owned())) {
            bases.push(basis);
        }
    }
    if named.is_empty() {
        for model in USUAL {
            let which = VocabularyArgs { model: Some(model.to_owned()), ..nothing.clone() };
            match plan::basis(&which, settings, messages) {
                Ok(basis) => bases.push(basis),
                // A build can lack vocabularies.
                Err(problem) => messages.note(format_args!("{model} is left out: {}", problem.what)),
            }
        }
    }
    Ok(bases)
}

/// For each, the first that has the same tokenizer. The last of them, `files` at most, are of files, each with its own.
fn same(bases: &[Basis], files: usize) -> Vec<usize> {
    let built_in = bases.len().saturating_sub(files);
    let first = |(place, basis): (usize, &Basis)| {
        let shares = |other: &Basis| place < built_in && other.encoding == basis.encoding;
        bases[..place].iter().position(shares).unwrap_or(place)
    };
    bases.iter().enumerate().map(first).collect()
}

struct Comparing<'a> {
    bases: &'a [Basis],
    /// For each, the first that has the same tokenizer.
    same: Vec<usize>,
    /// How many tokens each puts around a text.
    around: Vec<u64>,
    options: CountOptions,
    any: bool,
    progress: Progress,
    /// For each input, by its place, the counts of all.
    counts: Mutex<HashMap<usize, Vec<Counts>>>,
}

impl Comparing<'_> {
    fn one(&self, place: usize, input: &Input, threads: usize) -> Outcome {
        let mut text = match input.open(self.any, false) {
            Ok(Opened::Text(text)) => text,
            Ok(Opened::Binary) => return Outcome::Binary,
            Err(problem) => return Outcome::Failed(problem),
        };
        if self.bases.iter().any(|basis| basis.ratios.is_some()) {
            text.profile();
        }
        let mut bytes = Vec::new();
        if let Err(error) = text.read_to_end(&mut bytes) {
            return Outcome::Failed(input.problem(&error));
        }
        let mut options = self.options;
        options.threads = threads;
        let progress = &mut |bytes| self.progress.add(bytes);
        // Models that share an encoding are counted once.
        let mut tallies: Vec<Tally> = Vec::new();
        let mut counts = Vec::new();
        for (place, (basis, around)) in self.bases.iter().zip(&self.around).enumerate() {
            let tally = match tallies.get(self.same[place]) {
                Some(&tally) => tally,
                None => match count_reader(&basis.tokenizer, &*bytes, options, progress) {
                    Ok(tally) => tally,
                    Err(error) => return Outcome::Failed(spread::explain(error, input)),
                },
            };
            tallies.push(tally);
            counts.push(spread::counts(tally.tokens + around, basis.ratios, text.profiled(), tally.measures));
        }
        let Some(&first) = counts.first() else { return Outcome::Binary };
        let remarks = text.remarks(Some(&first.measures), &self.bases[0].tokenizer);
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).insert(place, counts);
        Outcome::Counted(first, remarks)
    }
}
