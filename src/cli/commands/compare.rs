//! `tokenize compare`: what texts are for several models, a row for each.
//!
//! A text is held in memory while all vocabularies count it, but for large files: each vocabulary reads these by itself.

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
use crate::cli::input::{Input, Opened, Origin, Text};
use crate::cli::messages::Messages;
use crate::cli::name as names;
use crate::cli::output::Style;
use crate::cli::output::compare::{self, Group, Report};
use crate::cli::plan::{self, Basis};
use crate::cli::progress::Progress;
use crate::cli::spread::{self, LARGE, Outcome};
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
        let can_be_read_again = input.origin != Origin::Stdin && input.size.is_some_and(|size| size >= LARGE);
        let mut held = None;
        if !can_be_read_again {
            let mut bytes = Vec::new();
            if let Err(error) = text.read_to_end(&mut bytes) {
                return Outcome::Failed(input.problem(&error));
            }
            held = Some(bytes);
        }
        let mut options = self.options;
        options.threads = threads;
        // Models that share an encoding are counted once.
        let mut tallies: Vec<Tally> = Vec::new();
        let mut counts = Vec::new();
        for (place, (basis, around)) in self.bases.iter().zip(&self.around).enumerate() {
            let tally = match tallies.get(self.same[place]) {
                Some(&tally) => tally,
                None => match self.count(place, input, (&mut text, held.as_deref()), options) {
                    Ok(tally) => tally,
                    Err(problem) => return Outcome::Failed(problem),
                },
            };
            if tallies.first().is_some_and(|first| !is_same_text(first, &tally)) {
                return Outcome::Failed(changed(input));
            }
            tallies.push(tally);
            counts.push(spread::counts(tally.tokens + around, basis.ratios, text.profiled(), tally.measures));
        }
        let Some(&first) = counts.first() else { return Outcome::Binary };
        let remarks = text.remarks(Some(&first.measures), &self.bases[0].tokenizer);
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).insert(place, counts);
        Outcome::Counted(first, remarks)
    }

    /// Counts a text by one vocabulary: what is held of it, or else the file. The first reads what is open already.
    fn count(
        &self,
        place: usize,
        input: &Input,
        (text, held): (&mut Text, Option<&[u8]>),
        options: CountOptions,
    ) -> Result<Tally, Problem> {
        let tokenizer = &self.bases[place].tokenizer;
        let progress = &mut |bytes| self.progress.add(bytes);
        let counted = match held {
            Some(bytes) => count_reader(tokenizer, bytes, options, progress),
            None if place == 0 => count_reader(tokenizer, text, options, progress),
            None => match input.open(self.any, false)? {
                Opened::Text(mut again) => count_reader(tokenizer, &mut *again, options, progress),
                Opened::Binary => return Err(changed(input)),
            },
        };
        counted.map_err(|error| spread::explain(error, input))
    }
}

/// Whether two vocabularies have read the same, as far as the measures tell.
fn is_same_text(one: &Tally, other: &Tally) -> bool {
    let measures = |tally: &Tally| {
        let measures = tally.measures;
        (measures.bytes, measures.chars, measures.words, measures.lines)
    };
    measures(one) == measures(other)
}

/// A row of one text beside a row of another would be wrong.
fn changed(input: &Input) -> Problem {
    Problem::new("has changed while it was read").about(input.shown()).hint("run it again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_text_is_noticed() {
        let tally = |text: &str| Tally { tokens: 0, measures: bytepair::Measures::of(text.as_bytes()) };
        assert!(is_same_text(&tally("one two\n"), &tally("six ten\n")), "as far as the measures tell");
        for other in ["one two\n\n", "onetwos\n", "on\ntwos\n", "öe two\n", ""] {
            assert!(!is_same_text(&tally("one two\n"), &tally(other)), "{other:?}");
        }
    }
}
