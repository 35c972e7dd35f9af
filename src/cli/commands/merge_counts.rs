//! `tokenize merge-counts`: files of counts, added up.

use crate::cli::args::MergeCountsArgs;
use crate::cli::failure::{Failure, Problem};
use crate::cli::interrupt::Interrupt;
use crate::cli::messages::Messages;
use crate::cli::output::file::shown;
use crate::cli::training::{self, Workshop};

/// Adds up.
pub(crate) fn run(args: &MergeCountsArgs, messages: &Messages) -> Result<(), Failure> {
    training::check_twice(&args.paths, messages)?;
    let interrupt = Interrupt::install()?;
    let mut workshop = Workshop::new(&args.output, &training::header(&args.paths)?, false, interrupt);
    workshop.begin(false, &mut Vec::new(), messages)?;
    let merged = workshop.few(args.paths.clone()).and_then(|shards| shards.write_sum(&args.output));
    workshop.clear();
    merged.map_err(|failure| match failure {
        Failure::Stopped(_) => {
            Failure::Stopped(Problem::new("stopped; nothing was written").about(shown(&args.output)))
        }
        failure => failure,
    })
}
