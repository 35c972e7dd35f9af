//! `tokenize count`: tokens, words and bytes of inputs, and their share of the model's context window.

use std::path::PathBuf;

use bytepair::parallel::Measure;

use crate::cli::args::{self, By, CountArgs, Words};
use crate::cli::arrange::{Arrangement, Row};
use crate::cli::config::Settings;
use crate::cli::failure::{Failure, Problem};
use crate::cli::input::{Input, Origin, Remark};
use crate::cli::messages::Messages;
use crate::cli::output::{self, Report, Style};
use crate::cli::progress::Progress;
use crate::cli::spread::{self, Counting, Outcome};
use crate::cli::walk::{self, Folder};
use crate::cli::{cost, name, plan};

/// Counts. `command` is how the user called it, for the help.
pub(crate) fn run(
    args: &CountArgs,
    command: Option<&str>,
    settings: &Settings,
    messages: &Messages,
) -> Result<(), Failure> {
    if walk::would_wait(&args.input.files) {
        args::print_usage(command);
        return Err(Problem::new("no PATH, and standard input is a terminal").hint("- reads it").into());
    }
    let basis = plan::basis(&args.vocabulary, settings, messages)?;
    if args.cost {
        cost::must_have_price(&basis)?;
    }
    let frame = plan::frame(&args.input, &basis)?;
    let words = plan::words(args.words, settings);
    let gathered = walk::gather(&args.input.files, messages)?;
    let progress = Progress::new(messages.tells_notes(), &gathered.inputs);
    let counting = Counting {
        tokenizer: &basis.tokenizer,
        options: spread::options(plan::policy(args.input.special, settings), measure(args, words)),
        threads: plan::threads(args.threads, settings),
        any: args.input.files.text,
        around: (frame.before.len() + frame.after.len()) as u64,
        ratios: basis.ratios,
        progress: &progress,
    };
    let outcomes = counting.all(&gathered.inputs);
    progress.finish(messages);
    let rows = tell(gathered.inputs, outcomes, &gathered.folders, messages);
    if rows.is_empty() && messages.have_failed() {
        return Ok(());
    }
    let arrangement = Arrangement { by: args.by, sort: args.sort, reverse: args.reverse, top: args.top };
    let rows = arrangement.apply(rows);
    let by = by(args.by);
    let (chars, lines, cost) = (args.chars, args.lines, args.cost);
    let report = Report { rows: &rows, basis: &basis, words, by, chars, lines, cost };
    Ok(write(args, &report)?)
}

fn write(args: &CountArgs, report: &Report) -> std::io::Result<()> {
    let format = args.format;
    if format.json {
        output::json::document(report)
    } else if format.jsonl {
        output::json::lines(report)
    } else if format.csv {
        output::csv::counts(report)
    } else if args.common.quiet {
        output::line(report.rows.total.counts.tokens)
    } else {
        output::table::counts(report, Style::of_stdout(args.common.color))
    }
}

/// What has to be measured for the output that is asked for.
fn measure(args: &CountArgs, words: Words) -> Measure {
    let format = args.format;
    let only_tokens = args.common.quiet && !(format.json || format.jsonl || format.csv);
    match words {
        _ if only_tokens => Measure::Bytes,
        words => plan::measure(words),
    }
}

fn by(by: By) -> &'static str {
    match by {
        By::File => "file",
        By::Dir => "dir",
        By::Ext => "ext",
    }
}

/// Tells what there is to tell about the inputs, in their order, and keeps the counts.
pub(crate) fn tell(
    inputs: Vec<Input>,
    outcomes: Vec<Outcome>,
    folders: &[Folder],
    messages: &Messages,
) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut binary: Vec<PathBuf> = Vec::new();
    let mut used = vec![false; folders.len()];
    for (input, outcome) in inputs.into_iter().zip(outcomes) {
        if let (Origin::Walked(folder), true) = (input.origin, !matches!(outcome, Outcome::Binary)) {
            used[folder] = true;
        }
        match outcome {
            Outcome::Counted(counts, remarks) => {
                tell_remarks(&input, &remarks, messages);
                if matches!(input.origin, Origin::Stdin) && counts.measures.bytes == 0 {
                    messages.note("standard input was empty");
                }
                rows.push(Row { name: input.path, files: 1, counts });
            }
            Outcome::Binary => {
                messages.detail(format_args!("{}: binary, left out", input.shown()));
                binary.push(input.path);
            }
            Outcome::Failed(problem) => messages.error(&problem),
        }
    }
    tell_binary(&binary, messages);
    for (folder, used) in folders.iter().zip(used) {
        tell_empty(folder, used, messages);
    }
    rows
}

/// Tells what a reader noticed about its input.
pub(crate) fn tell_remarks(input: &Input, remarks: &[Remark], messages: &Messages) {
    for remark in remarks {
        match remark {
            Remark::Note(what) => messages.note(format_args!("{}: {what}", input.shown())),
            Remark::Warning(what) => messages.warning(input.shown(), what),
        }
    }
}

/// Tells which files of folders were left out for not being text, in one line.
pub(crate) fn tell_binary(paths: &[PathBuf], messages: &Messages) {
    let Some(first) = paths.first().map(|path| name::shown(path)) else { return };
    match paths.len() {
        1 => messages.note(format_args!("{first}: binary file left out (--text counts it)")),
        many => {
            messages.note(format_args!("{many} binary files left out, such as {first} (--text counts them)"))
        }
    }
}

/// A folder without any text is an error: nothing is what the user did not ask for.
pub(crate) fn tell_empty(folder: &Folder, used: bool, messages: &Messages) {
    if used || folder.had_errors {
        return;
    }
    let problem = Problem::new("no files to read in this folder").about(name::shown(&folder.path));
    let hint = "files may be hidden (--hidden), ignored (--no-ignore), binary (--text) or filtered";
    messages.error(&problem.hint(hint));
}
