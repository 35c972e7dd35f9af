//! `tokenize completions`: what a shell completes. Bash, Zsh and Fish also complete the names of models and encodings.

use clap_complete::Generator;
use clap_complete::aot;

use crate::cli::args::{self, CompletionsArgs, Shell};
use crate::cli::failure::Failure;
use crate::cli::output;

/// Runs the command.
pub(crate) fn run(args: &CompletionsArgs) -> Result<(), Failure> {
    let shell = match args.shell {
        Shell::Bash => aot::Shell::Bash,
        Shell::Zsh => aot::Shell::Zsh,
        Shell::Fish => aot::Shell::Fish,
        Shell::Powershell => aot::Shell::PowerShell,
        Shell::Elvish => aot::Shell::Elvish,
    };
    let whole = args::with_names(args::whole());
    let mut script = Vec::new();
    shell.try_generate(&whole, &mut script)?;
    Ok(output::bytes(&script)?)
}
