//! `tokenize tree`: where the tokens are, folder by folder.

use std::path::{Path, PathBuf};

use crate::cli::args::{self, TreeArgs};
use crate::cli::commands::count::tell;
use crate::cli::config::Settings;
use crate::cli::failure::{Failure, Problem};
use crate::cli::messages::Messages;
use crate::cli::output::file::is_stdout;
use crate::cli::output::tree::{self, Report};
use crate::cli::output::{Style, table};
use crate::cli::progress::Progress;
use crate::cli::spread::{self, Counting};
use crate::cli::{folders, name, page, plan, walk};

/// How many levels, and how many entries of a folder, people are shown.
const DEPTH: usize = 2;
const TOP: usize = 10;

/// Runs the command. Without paths it is about the folder that it runs in.
pub(crate) fn run(args: &TreeArgs, settings: &Settings, messages: &Messages) -> Result<(), Failure> {
    let mut files = args.input.files.clone();
    if files.paths.is_empty() && files.files0_from.is_none() {
        files.paths.push(PathBuf::from("."));
    }
    if walk::would_wait(&files) {
        args::print_usage(Some("tree"));
        return Err(Problem::new("standard input is a terminal").hint("name a folder").into());
    }
    let basis = plan::basis(&args.vocabulary, settings, messages)?;
    let frame = plan::frame(&args.input, &basis)?;
    let words = plan::words(args.words, settings);
    let mut gathered = walk::gather(&files, messages)?;
    if let Some(output) = &args.html {
        page::may_write(output)?;
        gathered.leave_out(output, messages);
    }
    let progress = Progress::new(messages.tells_notes(), &gathered.inputs);
    let counting = Counting {
        tokenizer: &basis.tokenizer,
        options: spread::options(plan::policy(args.input.special, settings), plan::measure(words)),
        threads: plan::threads(args.threads, settings),
        any: files.text,
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
    let (depth, top) = match args.json || args.html.is_some() {
        true => (args.depth.unwrap_or(usize::MAX), args.top.unwrap_or(usize::MAX)),
        false => (args.depth.unwrap_or(DEPTH), args.top.unwrap_or(TOP)),
    };
    let mut root = folders::tree(rows);
    root.arrange(depth, top);
    let report = Report { basis: &basis, root: &root, words };
    match &args.html {
        Some(path) => write_page(path, &report, messages)?,
        None if args.json => tree::json(&report)?,
        None => tree::table(&report, Style::of_stdout(args.common.color))?,
    }
    Ok(())
}

/// Writes the page, or nothing if something was not counted.
fn write_page(path: &Path, report: &Report, messages: &Messages) -> Result<(), Failure> {
    if messages.have_failed() {
        return Err(Problem::new("not written, as not all was counted").about(name::shown(path)).into());
    }
    let title = match report.root.is_all {
        true => "tokens".to_owned(),
        false => format!("{}: tokens", name::shown(Path::new(&report.root.name))),
    };
    let style = Style::plain().grouped();
    let Report { basis, root, .. } = report;
    let tokens = table::shown_tokens(basis, style, root.counts.tokens);
    let summary = format!("{tokens} tokens in {}", style.counted(root.files as u64, "file"));
    let about = format!("{summary}; {}", table::basis(basis, Some(&root.counts), style));
    page::treemap::page(&title, &about, page::treemap::data(report)).write_to(path)?;
    if !is_stdout(path) {
        messages.note(format_args!("{}: {summary}", name::shown(path)));
    }
    Ok(())
}
