//! The rules of a project, applied: each makes a group of the files that it is for.

use std::fs::Metadata;
use std::path::PathBuf;

use super::limit::{Limit, Said};
use super::{Group, count};
use crate::cli::args::{CheckArgs, VocabularyArgs};
use crate::cli::config::{Layer, Origin, Settings};
use crate::cli::failure::{Failure, Problem};
use crate::cli::input::{self, Input};
use crate::cli::messages::Messages;
use crate::cli::rules::{Project, Rule, project};
use crate::cli::walk::{self, Gathered};
use crate::cli::{cost, name, plan};

/// Checks the files of every rule: those that were named, else those of the whole project.
pub(super) fn groups(
    args: &CheckArgs,
    settings: &Settings,
    messages: &Messages,
) -> Result<Vec<Group>, Failure> {
    let rules = settings.rules();
    let Some(first) = rules.first() else {
        let problem = Problem::new("there are no rules: no .tokenize.toml here or above has a [[rule]]");
        return Err(problem
            .hint("[[rule]] paths = [\"prompts/**\"] max = \"8k\", each on a line; see tokenize check --help")
            .into());
    };
    let errors = messages.errors();
    let named = named_files(args, messages)?;
    // Of files that were named, only a limit for all together asks for the others.
    let project = match named.is_none() || rules.iter().any(|rule| rule.total) {
        true => project(first.root(), messages),
        false => Project::default(),
    };
    let all_found = errors == messages.errors();
    let mut groups = Vec::new();
    let settings = &without_environment(settings);
    for rule in rules {
        let wrong = |problem: Problem| problem.about(rule.shown()).about(name::shown(&rule.origin));
        let of_rule = rule.files(&project.files).map_err(wrong)?;
        if named.is_none() {
            tell_idle(rule, &project, messages).map_err(wrong)?;
        }
        let meant = match &named {
            None => of_rule,
            Some(named) => match rule.files(named).map_err(wrong)? {
                // Of a limit for all together, the others count as well.
                meant if rule.total && !meant.is_empty() => of_rule,
                meant => meant,
            },
        };
        let inputs: Vec<Input> = meant.into_iter().map(input).collect();
        if inputs.is_empty() {
            continue;
        }
        let group = group(rule, args, settings, messages)?;
        let gathered = Gathered { inputs, folders: Vec::new() };
        let group = count(group, gathered, args, settings, messages, &mut Vec::new())?;
        groups.push(Group { complete: group.complete && all_found, ..group });
    }
    if groups.is_empty() && named.is_none() {
        let problem =
            Problem::new("no file matches any rule: nothing is guarded").about(name::shown(&first.origin));
        return Err(problem.hint("globs are as in .gitignore, from the folder of this file").into());
    }
    Ok(groups)
}

/// The files that were named, if any were: else it is about the whole project.
fn named_files(args: &CheckArgs, messages: &Messages) -> Result<Option<Vec<PathBuf>>, Failure> {
    if args.input.files.paths.is_empty() && args.input.files.files0_from.is_none() {
        refuse_filters(args)?;
        return Ok(None);
    }
    let inputs = walk::gather(&args.input.files, messages)?.inputs;
    if inputs.iter().any(|input| input.origin == input::Origin::Stdin) {
        let problem = Problem::new("rules are for files, and standard input has no name").about("--rules");
        return Err(problem.hint("without --rules it is checked against --max N or a model").into());
    }
    Ok(Some(inputs.into_iter().map(|input| input.path).collect()))
}

fn input(path: PathBuf) -> Input {
    let size = path.metadata().ok().filter(Metadata::is_file).map(|found| found.len());
    Input { path, origin: input::Origin::Named, size }
}

/// The settings by which a project is checked: what its file says of a model comes before what somebody's environment does,
/// so that the verdict is the same for everyone.
fn without_environment(settings: &Settings) -> Settings {
    let states_model = |layer: &Layer| layer.model.is_some() || layer.encoding.is_some();
    let mut own = settings.clone();
    if settings.layers.iter().any(|layer| matches!(layer.origin, Origin::File(_)) && states_model(layer)) {
        own.layers.retain(|layer| matches!(layer.origin, Origin::File(_)) || !states_model(layer));
    }
    own
}

/// Tells that rules say something of a file that was named, if nobody asked for them.
pub(super) fn tell_covered(
    args: &CheckArgs,
    settings: &Settings,
    messages: &Messages,
) -> Result<(), Failure> {
    for rule in settings.rules() {
        if let Some(path) = rule.files(&args.input.files.paths)?.first() {
            let shown = name::shown(path);
            messages.note(format_args!("{shown}: {} is not looked at without --rules", rule.shown()));
        }
    }
    Ok(())
}

/// Tells what a rule is for and does not check: what is not there any more, or cannot be looked at.
fn tell_idle(rule: &Rule, project: &Project, messages: &Messages) -> Result<(), Problem> {
    for glob in rule.idle_globs(&project.files)? {
        let what = format_args!("rule {}: no file matches {glob:?}", rule.number);
        messages.warning(name::shown(&rule.origin), what);
    }
    for other in rule.files(&project.others)? {
        messages.warning(name::shown(&other), "no file, or a link to none: not checked");
    }
    Ok(())
}

/// What says which files of folders are read says nothing where rules do.
fn refuse_filters(args: &CheckArgs) -> Result<(), Problem> {
    let input = &args.input;
    let filters = [
        ("--glob", !input.files.glob.is_empty()),
        ("--hidden", input.files.hidden),
        ("--no-ignore", input.files.no_ignore),
        ("--text", input.files.text),
        ("--max-filesize", input.files.max_filesize.is_some()),
        ("--follow", input.files.follow),
    ];
    match filters.iter().find(|(_, is_given)| *is_given) {
        Some((flag, _)) => {
            let problem = Problem::new("rules say themselves which files they are for (paths, exclude)");
            Err(problem.about(flag).hint("it has a meaning for folders that are named"))
        }
        None => Ok(()),
    }
}

/// A group of this rule, still without inputs. A model that a flag names comes before that of the rule.
fn group(rule: &Rule, args: &CheckArgs, settings: &Settings, messages: &Messages) -> Result<Group, Failure> {
    let wrong = |problem: Problem| problem.about(rule.shown()).about(name::shown(&rule.origin));
    let named = &args.vocabulary;
    let by_flag = named.model.is_some() || named.encoding.is_some() || named.vocab.is_some();
    let own = VocabularyArgs { model: rule.model.clone(), ..named.clone() };
    let of_rule = !by_flag && rule.model.is_some();
    if let (true, Some(model)) = (by_flag, &rule.model) {
        messages
            .note(format_args!("{}: checked for the model of the flags, and not for {model}", rule.shown()));
    }
    let basis = plan::basis(if of_rule { &own } else { named }, settings, messages);
    let basis = if of_rule { basis.map_err(wrong)? } else { basis? };
    if args.cost {
        cost::must_have_price(&basis)?;
    }
    let warn_at = args.warn_at.or(rule.warn_at);
    let said =
        Said { max: rule.max, reserve: rule.reserve, max_output: args.max_output, warn_at, key: "reserve" };
    let limit = Limit::find(said, &basis).map_err(wrong)?;
    let origin =
        if rule.max.is_some() { rule.shown() } else { format!("{}, {}", rule.shown(), limit.origin) };
    Ok(Group {
        rule: Some(rule.clone()),
        basis,
        limit: Limit { origin, ..limit },
        margin: args.margin,
        per_file: !rule.total,
        rows: Vec::new(),
        partial: Vec::new(),
        complete: true,
        framing: None,
    })
}
