//! `tokenize stats`: the numbers of texts under a vocabulary, with the lengths of tokens and pieces.

use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use bytepair::evaluate::{Quality, Usage};
use bytepair::parallel::CountOptions;
use bytepair::report::Counts;
use bytepair::stream::{PieceMeter, PieceSizes};
use bytepair::{Error, Tokenizer};

use crate::cli::args::{self, StatsArgs};
use crate::cli::commands::count::tell;
use crate::cli::config::Settings;
use crate::cli::failure::{Failure, Problem};
use crate::cli::input::{Input, Opened, Text};
use crate::cli::messages::Messages;
use crate::cli::output::Style;
use crate::cli::output::stats::{self, Report};
use crate::cli::progress::Progress;
use crate::cli::spread::{self, Outcome};
use crate::cli::{plan, walk};

/// Runs the command.
pub(crate) fn run(args: &StatsArgs, settings: &Settings, messages: &Messages) -> Result<(), Failure> {
    if walk::would_wait(&args.input.files) {
        args::print_usage(Some("stats"));
        return Err(Problem::new("no PATH, and standard input is a terminal").hint("- reads it").into());
    }
    if args.input.bos || args.input.eos {
        let flag = if args.input.bos { "--bos" } else { "--eos" };
        let problem = Problem::new("the numbers are those of text, and these tokens are not made of text");
        return Err(problem.about(flag).hint("leave it out").into());
    }
    let basis = plan::basis(&args.vocabulary, settings, messages)?;
    basis.must_have_ids()?;
    let gathered = walk::gather(&args.input.files, messages)?;
    let words = plan::words(args.words, settings);
    let gathering = Gathering {
        tokenizer: &basis.tokenizer,
        options: spread::options(plan::policy(args.input.special, settings), plan::measure(words)),
        any: args.input.files.text,
        progress: Progress::new(messages.tells_notes(), &gathered.inputs),
        sum: Mutex::default(),
    };
    let wanted = plan::threads(args.threads, settings);
    let one = |_: usize, input: &Input, threads: usize| gathering.one(input, threads);
    let outcomes = spread::each(&gathered.inputs, wanted, &one);
    gathering.progress.finish(messages);
    let rows = tell(gathered.inputs, outcomes, &gathered.folders, messages);
    if rows.is_empty() && messages.have_failed() {
        return Ok(());
    }
    let has_pieces = PieceMeter::new(&basis.tokenizer, gathering.options.policy).is_some();
    let Sum { usage, pieces } = gathering.sum.into_inner().unwrap_or_else(PoisonError::into_inner);
    let report = Report {
        basis: &basis,
        files: rows.len(),
        quality: Quality::of(&usage, &basis.tokenizer),
        usage: &usage,
        pieces: has_pieces.then_some(&pieces),
        words,
        top: args.top,
    };
    if args.json {
        stats::json(&report)?;
    } else {
        stats::table(&report, Style::of_stdout(args.common.color))?;
    }
    Ok(())
}

#[derive(Default)]
struct Sum {
    usage: Usage,
    pieces: PieceSizes,
}

struct Gathering<'a> {
    tokenizer: &'a Tokenizer,
    options: CountOptions,
    any: bool,
    progress: Progress,
    sum: Mutex<Sum>,
}

impl Gathering<'_> {
    fn one(&self, input: &Input, threads: usize) -> Outcome {
        let mut text = match input.open(self.any, false) {
            Ok(Opened::Text(text)) => text,
            Ok(Opened::Binary) => return Outcome::Binary,
            Err(problem) => return Outcome::Failed(problem),
        };
        let mut options = self.options;
        options.threads = threads;
        let mut metered =
            Metered { text: &mut text, meter: PieceMeter::new(self.tokenizer, options.policy), failed: None };
        let progress = &mut |bytes| self.progress.add(bytes);
        let usage = Usage::read(self.tokenizer, &mut metered, options, progress);
        match usage.and_then(|usage| Ok((usage, metered.finish()?))) {
            Ok((usage, pieces)) => {
                let measures = *usage.measures();
                let tokens = usage.tokens();
                let mut sum = self.sum.lock().unwrap_or_else(PoisonError::into_inner);
                sum.usage.add(&usage);
                sum.pieces.add(&pieces);
                let remarks = text.remarks(Some(&measures), self.tokenizer);
                Outcome::Counted(Counts { tokens, upper: tokens, measures }, remarks)
            }
            Err(error) => Outcome::Failed(spread::explain(error, input)),
        }
    }
}

/// A text whose pieces are measured while somebody reads it.
struct Metered<'a, 't> {
    text: &'a mut Text,
    meter: Option<PieceMeter<'t>>,
    /// Why there is no meter any more.
    failed: Option<Error>,
}

impl Metered<'_, '_> {
    fn finish(self) -> Result<PieceSizes, Error> {
        match (self.failed, self.meter) {
            (Some(error), _) => Err(error),
            (None, Some(meter)) => meter.finish(),
            (None, None) => Ok(PieceSizes::default()),
        }
    }
}

impl Read for Metered<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.text.read(buffer)?;
        if let Some(meter) = &mut self.meter
            && let Err(error) = meter.push(&buffer[..length])
        {
            self.failed = Some(error);
            self.meter = None;
        }
        Ok(length)
    }
}
