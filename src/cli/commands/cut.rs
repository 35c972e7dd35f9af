//! `tokenize cut`: as much of a text as a number of tokens allows.

use std::io::Write;

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
    let limit = basis.certain_within(args.tokens);
    basis.tell_stand_in(args.tokens, messages);
    let options = Options::new(limit)
        .keep(keep(args.keep))
        .at(border(args.at))
        .ellipsis(args.ellipsis.as_bytes())
        .policy(plan::policy(args.input.special, settings));
    let input = walk::one(args.input.path.as_deref())?;
    let beginning = read(&input, &basis, &options, messages)?;
    let cut = truncate::truncate(&basis.tokenizer, &beginning.text, &options)
        .map_err(|error| spread::explain(error, &input))?;
    write(args, &cut.parts(&beginning.text, &options))?;
    if !cut.is_cut {
        return Ok(());
    }
    let is_all = beginning.is_all || input.size == Some(beginning.text.len() as u64);
    let at_least = if is_all { "" } else { "at least " };
    let Cut { tokens, of, .. } = cut;
    if args.fail_if_cut {
        let what = format!("{at_least}{of} tokens, more than {limit}: cut to {tokens}");
        return Err(Failure::No(Some(Problem::new(what).about(input.shown()))));
    }
    messages.note(format_args!("{}: kept {tokens} of {at_least}{of} tokens", input.shown()));
    Ok(())
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
