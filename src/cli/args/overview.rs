//! The help of the whole: which commands there are, in groups by what they are for, and which options the short help has.

use anstyle::Style;
use clap::{Command, Subcommand};

/// All commands, by what they are for. A test sees to it that each is in one place.
const GROUPS: &[(&str, &[&str])] = &[
    ("Count", &["count", "check", "chat", "compare", "tree", "stats"]),
    ("See", &["show", "explain"]),
    ("Ids and texts", &["encode", "decode", "cut", "chunk"]),
    ("Vocabularies", &["vocab", "convert", "evaluate", "train", "count-words", "merge-counts"]),
    ("About", &["models", "encodings", "config", "completions", "man", "help"]),
];

/// The options of `count` that are in the short help of the whole; `--help` has all.
const SHORT: &[&str] = &[
    "paths", "model", "encoding", "vocab", "quiet", "glob", "hidden", "json", "sort", "top", "by", "help",
    "version",
];

/// The help of a command: its examples, and what its signs and figures are, before the flags.
const EXAMPLES_FIRST: &str =
    "{before-help}{about-with-newline}\n{usage-heading} {usage}{after-help}\n\n{all-args}";

/// The definition of the whole, with commands in groups and a short help that is short.
pub(super) fn arrange(command: Command) -> Command {
    let command = command.mut_args(|argument| {
        let is_common = SHORT.contains(&argument.get_id().as_str());
        argument.hide_short_help(!is_common)
    });
    let template = format!(
        "{{before-help}}{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{}{{all-args}}{{after-help}}",
        groups()
    );
    // In groups they are told already.
    command
        .mut_subcommands(|command| command.hide(true).help_template(EXAMPLES_FIRST))
        .help_template(template)
}

fn groups() -> String {
    let heading = Style::new().bold().underline();
    let name = Style::new().bold();
    let commands = super::Command::augment_subcommands(Command::new("tokenize"));
    let about = |name: &str| match commands.find_subcommand(name).and_then(Command::get_about) {
        Some(about) => about.to_string(),
        None => "Print this, or the help of a command".to_owned(),
    };
    let mut text = String::new();
    for (group, names) in GROUPS {
        text.push_str(&format!("{heading}{group}:{heading:#}\n"));
        for command in *names {
            text.push_str(&format!("  {name}{command:<12}{name:#}  {}\n", about(command)));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn each_command_is_in_one_group() {
        let whole = super::super::Cli::command();
        let mut all: Vec<&str> = whole.get_subcommands().map(Command::get_name).collect();
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| *names).copied().collect();
        grouped.retain(|name| *name != "help");
        all.sort_unstable();
        grouped.sort_unstable();
        assert_eq!(all, grouped);
    }

    #[test]
    fn the_definition_has_no_faults() {
        let whole = super::super::Cli::command;
        arrange(whole()).debug_assert();
        super::super::shell::with_names(whole()).debug_assert();
    }

    #[test]
    fn each_line_of_the_groups_fits_a_terminal() {
        for line in groups().lines() {
            let parts = line.split('\u{1b}').enumerate();
            let shown = parts.map(|(place, part)| match (place, part.split_once('m')) {
                (1.., Some((_, text))) => text.chars().count(),
                _ => part.chars().count(),
            });
            assert!(shown.sum::<usize>() <= 80, "{line}");
        }
    }
}
