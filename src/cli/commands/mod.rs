//! The commands, one file each: from what was typed to what is written.

pub(crate) mod chat;
pub(crate) mod check;
mod chunk;
mod compare;
mod completions;
mod config;
mod convert;
mod count;
mod count_words;
mod cut;
mod decode;
mod encode;
mod encodings;
mod evaluate;
mod explain;
mod man;
mod merge_counts;
mod models;
mod show;
mod stats;
mod tokens;
mod train;
mod tree;
mod vocab;

use crate::cli::args::{Cli, Command};
use crate::cli::config::Settings;
use crate::cli::failure::Failure;
use crate::cli::messages::Messages;

/// Runs the command that was typed, or `count`.
pub(crate) fn run(typed: &Cli, settings: &Settings, messages: &Messages) -> Result<(), Failure> {
    match &typed.command {
        None => count::run(&typed.count, None, settings, messages),
        Some(Command::Count(args)) => count::run(args, Some("count"), settings, messages),
        Some(Command::Check(args)) => check::run(args, settings, messages),
        Some(Command::Config(args)) => config::run(args, settings),
        Some(Command::Encode(args)) => encode::run(args, settings, messages),
        Some(Command::Show(args)) => show::run(args, settings, messages),
        Some(Command::Decode(args)) => decode::run(args, settings, messages),
        Some(Command::Explain(args)) => explain::run(args, settings, messages),
        Some(Command::Chat(args)) => chat::run(args, settings, messages),
        Some(Command::Cut(args)) => cut::run(args, settings, messages),
        Some(Command::Chunk(args)) => chunk::run(args, settings, messages),
        Some(Command::Encodings(args)) => encodings::run(args),
        Some(Command::Vocab(args)) => vocab::run(args, messages),
        Some(Command::Train(args)) => train::run(args, settings, messages),
        Some(Command::CountWords(args)) => count_words::run(args, settings, messages),
        Some(Command::MergeCounts(args)) => merge_counts::run(args, messages),
        Some(Command::Convert(args)) => convert::run(args, messages),
        Some(Command::Evaluate(args)) => evaluate::run(args, settings, messages),
        Some(Command::Compare(args)) => compare::run(args, settings, messages),
        Some(Command::Tree(args)) => tree::run(args, settings, messages),
        Some(Command::Stats(args)) => stats::run(args, settings, messages),
        Some(Command::Models(args)) => models::run(args, settings, messages),
        Some(Command::Completions(args)) => completions::run(args),
        Some(Command::Man(args)) => man::run(args, messages),
    }
}
