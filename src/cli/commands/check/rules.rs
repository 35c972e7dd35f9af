//! The rules of a project, applied: each makes a group of the files that it is for.

use super::limit::{Limit, Said};
use super::{Group, count};
use crate::cli::args::{CheckArgs, VocabularyArgs};
use crate::cli::config::Settings;
use crate::cli::failure::{Failure, Problem};
use crate::cli::input::{Input, Origin};
use crate::cli::messages::Messages;
use crate::cli::rules::{Rule, project_files};
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
        return Err(problem.hint("tokenize check --help shows one").into());
    };
    let is_whole = args.input.paths.is_empty() && args.input.files0_from.is_none();
    let files = match is_whole {
        true => project_files(first.root(), messages),
        false => walk::gather(&args.input, messages)?.inputs.into_iter().map(|input| input.path).collect(),
    };
    let all_found = !messages.have_failed();
    let mut groups = Vec::new();
    for rule in rules {
        let wrong = |problem: Problem| problem.about(rule.shown()).about(name::shown(&rule.origin));
        let mut meant = rule.files(&files).map_err(wrong)?;
        if rule.total && !is_whole && !meant.is_empty() {
            // Of a limit for all together, the others count as well.
            meant = rule.files(&project_files(rule.root(), messages)).map_err(wrong)?;
        }
        let inputs: Vec<Input> = meant
            .into_iter()
            .map(|path| {
                let size = path.metadata().ok().map(|found| found.len());
                Input { path, origin: Origin::Named, size }
            })
            .collect();
        if inputs.is_empty() {
            if is_whole {
                messages
                    .warning(name::shown(&rule.origin), format_args!("{}: no file matches", rule.shown()));
            }
            continue;
        }
        let group = group(rule, args, settings, messages)?;
        let gathered = Gathered { inputs, folders: Vec::new() };
        let group = count(group, gathered, args, settings, messages, &mut Vec::new())?;
        groups.push(Group { complete: group.complete && all_found, ..group });
    }
    Ok(groups)
}

/// A group of this rule, still without inputs. A model that a flag names comes before that of the rule.
fn group(rule: &Rule, args: &CheckArgs, settings: &Settings, messages: &Messages) -> Result<Group, Failure> {
    let wrong = |problem: Problem| problem.about(rule.shown()).about(name::shown(&rule.origin));
    let named = &args.vocabulary;
    let by_flag = named.model.is_some() || named.encoding.is_some() || named.vocab.is_some();
    let own = VocabularyArgs { model: rule.model.clone(), ..named.clone() };
    let of_rule = !by_flag && rule.model.is_some();
    let basis = plan::basis(if of_rule { &own } else { named }, settings, messages);
    let basis = if of_rule { basis.map_err(wrong)? } else { basis? };
    if args.cost {
        cost::must_have_price(&basis)?;
    }
    let warn_at = args.warn_at.or(rule.warn_at);
    let said = Said { max: rule.max, reserve: rule.reserve, max_output: args.max_output, warn_at };
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
        at_least: false,
        complete: true,
        framing: None,
    })
}
