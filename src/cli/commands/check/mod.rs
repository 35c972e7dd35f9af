//! `tokenize check`: whether texts fit a limit, as an exit status.
//!
//! 0: they fit, 1: they do not, 2: anything else, also if not all could be read. In `limit` is what the limit is, in
//! `piped` how standard input is read, in `rules` which files a project guards; `group` gives the verdict.

mod chat;
mod group;
mod limit;
mod piped;
mod rules;

use std::io::{self, IsTerminal};

use bytepair::parallel::Measure;
use bytepair::report::budget::Verdict;

use crate::cli::args::{self, CheckArgs};
use crate::cli::arrange::Row;
use crate::cli::commands::count::{tell, tell_remarks};
use crate::cli::config::Settings;
use crate::cli::failure::{Failure, Problem};
use crate::cli::input::Origin;
use crate::cli::messages::Messages;
use crate::cli::output::{self, Style};
use crate::cli::plan::Basis;
use crate::cli::progress::Progress;
use crate::cli::spread::{self, Counting};
use crate::cli::walk::{self, Gathered};
use crate::cli::{cost, plan};

pub(crate) use group::Group;
use group::{Framing, with_margin};
use limit::{Limit, Said};
use piped::Piped;

/// Checks.
pub(crate) fn run(args: &CheckArgs, settings: &Settings, messages: &Messages) -> Result<(), Failure> {
    let mut passed = Vec::new();
    let has_rules = !settings.rules().is_empty();
    let by_rules = args.rules || names_nothing(args) && has_rules;
    if has_rules && !args.rules && args.input.files.paths.is_empty() && !io::stdin().is_terminal() {
        messages.note(match by_rules {
            true => "checking by the rules of .tokenize.toml (--rules); - would read standard input",
            false => "reading standard input; --rules would check by the rules of .tokenize.toml",
        });
    }
    if has_rules && !by_rules && !args.input.files.paths.is_empty() {
        rules::tell_covered(args, settings, messages)?;
    }
    let groups = if by_rules {
        rules::groups(args, settings, messages)?
    } else {
        if walk::would_wait(&args.input.files) {
            args::print_usage(Some("check"));
            return Err(Problem::new("no PATH, and standard input is a terminal").hint("- reads it").into());
        }
        vec![plain(args, settings, messages, &mut passed)?]
    };
    for group in &groups {
        tell_verdict(group, args, messages);
    }
    let is_over = |group: &Group| group.verdict() == Verdict::Over && group.is_strict();
    let says_no = groups.iter().any(is_over);
    let written = write(args, &groups, messages);
    if says_no {
        // No is no, also if nobody reads why.
        return match written {
            Ok(()) | Err(Failure::Closed) => Err(Failure::No(None)),
            Err(problem) => Err(problem),
        };
    }
    written?;
    if args.pass && !messages.have_failed() {
        output::bytes(&passed)?;
    }
    Ok(())
}

/// Whether nothing was said about what to check or against which limit: the rules of the project say it then.
fn names_nothing(args: &CheckArgs) -> bool {
    let CheckArgs { input, vocabulary, max, reserve, max_output, per_file, pass, chat, .. } = args;
    let says_limit =
        max.is_some() || reserve.is_some() || max_output.is_some() || *per_file || *pass || *chat;
    let says_model = vocabulary.model.is_some()
        || vocabulary.encoding.is_some()
        || vocabulary.vocab.is_some()
        || vocabulary.context.is_some();
    input.files.paths.is_empty() && input.files.files0_from.is_none() && !says_limit && !says_model
}

/// The check of what was named against the limit that was named.
fn plain(
    args: &CheckArgs,
    settings: &Settings,
    messages: &Messages,
    passed: &mut Vec<u8>,
) -> Result<Group, Failure> {
    if args.chat {
        let gathered = walk::gather(&args.input.files, messages)?;
        return chat::group(args, gathered, settings, messages);
    }
    let basis = plan::basis(&args.vocabulary, settings, messages)?;
    if args.cost {
        cost::must_have_price(&basis)?;
    }
    let limit = Limit::find(said(args), &basis)?;
    if let (Some(max), Some(room)) = (args.max, basis.room(0).filter(|_| args.vocabulary.model.is_some()))
        && max > room
    {
        messages
            .note(format_args!("--max {max} is more than the largest prompt of the model, {room} tokens"));
    }
    let gathered = walk::gather(&args.input.files, messages)?;
    if args.pass && !matches!(gathered.inputs.as_slice(), [input] if input.origin == Origin::Stdin) {
        return Err(Problem::new("copies standard input, and so reads nothing else").about("--pass").into());
    }
    let group = Group {
        rule: None,
        basis,
        limit,
        margin: args.margin,
        per_file: args.per_file,
        rows: Vec::new(),
        partial: Vec::new(),
        complete: true,
        framing: None,
    };
    let group = count(group, gathered, args, settings, messages, passed)?;
    // What could not even be found is missing, too.
    Ok(Group { complete: !messages.have_failed(), ..group })
}

/// What was said about the limit.
fn said(args: &CheckArgs) -> Said {
    let CheckArgs { max, reserve, max_output, warn_at, .. } = *args;
    Said { max, reserve, max_output, warn_at, key: "--reserve" }
}

/// Counts the inputs of a group: files whole, standard input only until it is certain that it does not fit.
fn count(
    mut group: Group,
    gathered: Gathered,
    args: &CheckArgs,
    settings: &Settings,
    messages: &Messages,
    passed: &mut Vec<u8>,
) -> Result<Group, Failure> {
    let errors = messages.errors();
    let frame = plan::frame(&args.input, &group.basis)?;
    let around = (frame.before.len() + frame.after.len()) as u64;
    // What has no size, such as a pipe, may have no end.
    let (piped, files): (Vec<_>, Vec<_>) =
        gathered.inputs.into_iter().partition(|input| input.size.is_none());
    let progress = Progress::new(messages.tells_notes(), &files);
    let policy = plan::policy(args.input.special, settings);
    let counting = Counting {
        tokenizer: &group.basis.tokenizer,
        options: spread::options(policy, Measure::All),
        threads: plan::threads(args.threads, settings),
        any: args.input.files.text,
        around,
        ratios: group.basis.ratios,
        progress: &progress,
    };
    let outcomes = counting.all(&files);
    progress.finish(messages);
    group.rows = tell(files, outcomes, &gathered.folders, messages);
    for input in piped {
        let before = if group.per_file { 0 } else { group.total().upper };
        let (limit, margin) = (group.limit.budget.limit, group.margin);
        let read = Piped {
            tokenizer: &group.basis.tokenizer,
            policy,
            ratios: group.basis.ratios,
            around,
            is_over: &|upper| with_margin(before.saturating_add(upper), margin) > limit,
            keeps: args.pass,
        }
        .read(&input);
        match read {
            Ok(read) => {
                tell_remarks(&input, &read.remarks, messages);
                if read.at_least {
                    group.partial.push(input.path.clone());
                }
                *passed = read.text;
                group.rows.push(Row { name: input.path, files: 1, counts: read.counts });
            }
            Err(problem) => messages.error(&problem),
        }
    }
    group.complete = errors == messages.errors();
    Ok(group)
}

/// Tells what a verdict is worth where that does not show in it.
fn tell_verdict(group: &Group, args: &CheckArgs, messages: &Messages) {
    let Basis { model, encoding, .. } = &group.basis;
    let is_approximate = |framing: &Framing| framing.exactness == bytepair::chat::Exactness::Approximate;
    if group.margin.is_none() && group.framing.as_ref().is_some_and(is_approximate) {
        messages.note(
            "the framing is approximate; by how much it can be off is not known (--margin 5% adds some)",
        );
    } else if let (true, Some(model)) = (group.basis.is_unmeasured() && group.margin.is_none(), model) {
        messages.note(format_args!(
            "{}: counted with {encoding}, which is assumed; by how much this can be off is not known (--margin 10% adds some)",
            model.name
        ));
    }
    if args.pass && group.verdict() == Verdict::Near {
        messages.warning("standard input", output::check::sentence(group, Style::plain()));
    }
}

/// Writes the verdicts. With `--pass`, what does not fit is an error, and all else is the text's.
fn write(args: &CheckArgs, groups: &[Group], messages: &Messages) -> Result<(), Failure> {
    if args.json {
        return Ok(output::check::json(groups, args.cost)?);
    }
    if args.github {
        return Ok(output::check::github(groups)?);
    }
    if args.pass {
        for group in groups.iter().filter(|group| group.verdict() == Verdict::Over) {
            messages.no(output::check::sentence(group, Style::plain()));
        }
        return Ok(());
    }
    if args.common.quiet {
        return Ok(());
    }
    let style = Style::of_stdout(args.common.color);
    Ok(output::check::text(&mut output::stdout(), groups, args.cost, style)?)
}
