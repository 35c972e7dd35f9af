//! `tokenize cut`: as much of a text as a number of tokens allows.

use std::io::{self, IsTerminal, Write};

use bytepair::registry::estimates::{Estimate, Profile};
use bytepair::truncate::{self, At, Beginning, Cut, Options};

use crate::cli::args::{self, Border, CutArgs, Keep};
use crate::cli::commands::count::tell_remarks;
use crate::cli::config::Settings;
use crate::cli::failure::{Failure, Problem};
use crate::cli::input::{Input, Opened};
use crate::cli::messages::Messages;
use crate::cli::output::file::{WholeFile, is_stdout};
use crate::cli::output::stdout;
use crate::cli::plan::{self, Basis};
use crate::cli::{spread, walk};

/// Cuts.
pub(crate) fn run(args: &CutArgs, settings: &Settings, messages: &Messages) -> Result<(), Failure> {
    if walk::would_wait_for(args.input.path.as_deref()) {
        args::print_usage(Some("cut"));
        return Err(Problem::new("no PATH, and standard input is a terminal").hint("- reads it").into());
    }
    let basis = plan::basis(&args.vocabulary, settings, messages)?;
    basis.tell_assumed(messages);
    let limit = args.tokens;
    let options = |limit: u64| {
        Options::new(limit)
            .keep(keep(args.keep))
            .at(border(args.at))
            .ellipsis(args.ellipsis.as_bytes())
            .policy(plan::policy(args.input.special, settings))
    };
    let input = walk::one(args.input.path.as_deref())?;
    // The upper bound of an estimate is never below the tokens of the encoding: to read for so many of these is enough.
    let beginning = read(&input, &basis, &options(limit), messages)?;
    let mut within = limit;
    let (cut, kept, written) = loop {
        let options = options(within);
        let cut = truncate::truncate(&basis.tokenizer, &beginning.text, &options)
            .map_err(|error| spread::explain(error, &input))?;
        let kept = estimate(&basis, cut.tokens, &cut.parts(&beginning.text, &options));
        if kept.upper <= limit || within == 0 {
            break (cut, kept, write(args, &cut.parts(&beginning.text, &options)));
        }
        // Nearer to the limit by as much as it was missed; where that is nothing, by one token.
        let share = u128::from(within) * u128::from(limit) / u128::from(kept.upper);
        within = u64::try_from(share).unwrap_or(u64::MAX).min(within - 1);
    };
    // That something was cut is so, also if nobody reads what is left.
    match written {
        Err(Failure::Closed) if cut.is_cut && args.fail_if_cut => {}
        written => written?,
    }
    if !cut.is_cut {
        return Ok(());
    }
    let is_all = beginning.is_all || input.size == Some(beginning.text.len() as u64);
    let at_least = if is_all { "" } else { "at least " };
    let Cut { tokens, of, .. } = cut;
    let (tokens, unit) = match basis.ratios {
        Some(_) => (format!("~{}, at most {},", kept.tokens, kept.upper), format!(" of {}", basis.encoding)),
        None => (tokens.to_string(), String::new()),
    };
    if args.fail_if_cut {
        let what = format!("{at_least}{of} tokens{unit}, more than {limit}: cut to {tokens}");
        let what = what.trim_end_matches(',').to_owned();
        return Err(Failure::No(Some(Problem::new(what).about(input.shown()))));
    }
    let what = match basis.ratios {
        Some(_) => format!("kept {tokens} of {limit} tokens; the text has {at_least}{of}{unit}"),
        None => format!("kept {tokens} of {at_least}{of} tokens"),
    };
    messages.note(format_args!("{}: {what}", input.shown()));
    Ok(())
}

/// The tokens of the model that what is kept has; of most models those of the encoding.
fn estimate(basis: &Basis, tokens: u64, parts: &[&[u8]]) -> Estimate {
    let Some(ratios) = basis.ratios else { return Estimate { tokens, upper: tokens } };
    let mut profile = Profile::default();
    parts.iter().for_each(|part| profile.push(part));
    ratios.estimate(tokens, &profile)
}

/// Reads what has to be seen of the input.
fn read(input: &Input, basis: &Basis, options: &Options, messages: &Messages) -> Result<Beginning, Problem> {
    let Opened::Text(mut text) = input.open(true, messages.tells_notes())? else {
        return Err(Problem::new("is no text").about(input.shown()));
    };
    let beginning = truncate::read(&basis.tokenizer, &mut text, options)
        .map_err(|error| spread::explain(error, input))?;
    tell_remarks(input, &text.remarks(None, &basis.tokenizer), messages);
    Ok(beginning)
}

fn write(args: &CutArgs, parts: &[&[u8]]) -> Result<(), Failure> {
    let Some(path) = args.output.as_ref().filter(|path| !is_stdout(path)) else {
        let mut out = stdout();
        parts.iter().try_for_each(|part| out.write_all(part))?;
        let is_open = parts.iter().rev().find_map(|part| part.last()).is_some_and(|&byte| byte != b'\n');
        // On a terminal, what comes next would stand in the last line of the text.
        if is_open && io::stdout().is_terminal() {
            out.write_all(b"\n")?;
        }
        return Ok(out.flush()?);
    };
    let mut out = WholeFile::create(path)?;
    let written = parts.iter().try_for_each(|part| out.write_all(part)).and_then(|()| out.finish());
    written.map_err(|error| Problem::file(path, &error).into())
}

fn keep(keep: Keep) -> truncate::Keep {
    match keep {
        Keep::Head => truncate::Keep::Head,
        Keep::Tail => truncate::Keep::Tail,
        Keep::Ends => truncate::Keep::Ends,
    }
}

fn border(border: Border) -> At {
    match border {
        Border::Token => At::Token,
        Border::Char => At::Char,
        Border::Word => At::Word,
        Border::Line => At::Line,
    }
}
