//! `tokenize merge-counts`: files of counts, added up.

use crate::cli::args::MergeCountsArgs;
use crate::cli::failure::Failure;
use crate::cli::messages::Messages;
use crate::cli::training::{Shards, Workshop, write_sum};

/// Adds up.
pub(crate) fn run(args: &MergeCountsArgs, _messages: &Messages) -> Result<(), Failure> {
    let header = Shards::new(args.paths.clone()).header()?;
    let workshop = Workshop::new(&args.output, false, &[], &header)?;
    let shards = workshop.few(args.paths.clone())?;
    write_sum(&shards, &args.output)?;
    workshop.clear();
    Ok(())
}
