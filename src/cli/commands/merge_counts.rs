//! `tokenize merge-counts`: files of counts, added up.

use crate::cli::args::MergeCountsArgs;
use crate::cli::failure::{Failure, Problem};
use crate::cli::interrupt::Interrupt;
use crate::cli::messages::Messages;
use crate::cli::output::file::shown;
use crate::cli::training::{self, Workshop};
use crate::cli::walk;

/// Adds up.
pub(crate) fn run(args: &MergeCountsArgs, messages: &Messages) -> Result<(), Failure> {
    let paths = match &args.files0_from {
        Some(file) => walk::list(file, messages)?,
        None => args.paths.clone(),
    };
    if messages.have_failed() {
        return Err(Problem::new("nothing was added up, as not all names can be read").into());
    }
    training::check_twice(&paths, messages)?;
    let interrupt = Interrupt::install()?;
    let mut workshop = Workshop::new(&args.output, &training::header(&paths)?, false, interrupt);
    workshop.begin(false, &mut Vec::new(), messages)?;
    let merged = workshop.few(paths).and_then(|shards| shards.write_sum(&args.output));
    workshop.clear();
    merged.map_err(|failure| match failure {
        Failure::Stopped(_) => {
            Failure::Stopped(Problem::new("stopped; nothing was written").about(shown(&args.output)))
        }
        failure => failure,
    })
}
