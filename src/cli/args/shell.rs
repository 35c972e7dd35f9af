//! What a shell and `man` are told of the command: made of the same definition as the help, so that they cannot differ.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, Command, ValueEnum};

use super::shared::CommonArgs;

/// The shells that completions are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    /// Bash.
    Bash,
    /// Zsh.
    Zsh,
    /// Fish.
    Fish,
    /// PowerShell.
    Powershell,
    /// Elvish.
    Elvish,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tokenize completions bash \\
    > ~/.local/share/bash-completion/completions/tokenize
  tokenize completions zsh > ~/.zfunc/_tokenize         where fpath has ~/.zfunc
  tokenize completions fish > ~/.config/fish/completions/tokenize.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    pub(crate) shell: Shell,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tokenize man | man -l -                     read it at once
  tokenize man --dir ~/.local/share/man/man1  all, for `man tokenize-check`")]
pub(crate) struct ManArgs {
    /// The page of this command, such as check [default: that of the whole].
    #[arg(value_name = "COMMAND", conflicts_with = "dir")]
    pub(crate) command: Option<String>,
    /// Write the pages of all commands into this folder, tokenize.1 and tokenize-COMMAND.1: all of them or none.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// The definition with the names of models and encodings, which shells complete.
pub(crate) fn with_names(command: Command) -> Command {
    let models: Vec<PossibleValue> = bytepair::registry::models::models()
        .map(|model| PossibleValue::new(model.name.to_string()))
        .collect();
    let encodings: Vec<PossibleValue> = bytepair::encoding_names().map(PossibleValue::new).collect();
    let name = |argument: clap::Arg| match argument.get_id().as_str() {
        "model" => argument.value_parser(PossibleValuesParser::new(models.clone())),
        "encoding" | "like" => argument.value_parser(PossibleValuesParser::new(encodings.clone())),
        _ => argument,
    };
    let command = command.mut_args(&name);
    command.mut_subcommands(|sub| sub.mut_args(&name))
}
