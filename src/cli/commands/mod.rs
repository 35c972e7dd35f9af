//! The commands, one file each: from what was typed to what is written.

mod chunk;
mod convert;
mod count;
mod cut;
mod decode;
mod encode;
mod encodings;
mod models;
mod vocab;

use crate::cli::args::{Cli, Command};
use crate::cli::config::Layer;
use crate::cli::failure::Failure;
use crate::cli::messages::Messages;

/// Runs the command that was typed, or `count`.
pub(crate) fn run(typed: &Cli, layers: &[Layer], messages: &Messages) -> Result<(), Failure> {
    match &typed.command {
        None => count::run(&typed.count, None, layers, messages),
        Some(Command::Count(args)) => count::run(args, Some("count"), layers, messages),
        Some(Command::Encode(args)) => encode::run(args, layers, messages),
        Some(Command::Decode(args)) => decode::run(args, layers, messages),
        Some(Command::Cut(args)) => cut::run(args, layers, messages),
        Some(Command::Chunk(args)) => chunk::run(args, layers, messages),
        Some(Command::Encodings(args)) => encodings::run(args),
        Some(Command::Vocab(args)) => vocab::run(args, messages),
        Some(Command::Convert(args)) => convert::run(args, messages),
        Some(Command::Models(args)) => models::run(args, messages),
    }
}
