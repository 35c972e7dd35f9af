//! `tokenize count-words`: the counts of the pieces of some texts, for `train --from-counts`.

use std::path::Path;

use bytepair::train::Trainer;

use crate::cli::args::CountWordsArgs;
use crate::cli::config::Settings;
use crate::cli::failure::Failure;
use crate::cli::messages::Messages;
use crate::cli::output::file::{Place, WholeFile, is_stdout, shown};
use crate::cli::training::{self, Corpus};

/// Counts pieces.
pub(crate) fn run(args: &CountWordsArgs, settings: &Settings, messages: &Messages) -> Result<(), Failure> {
    training::check_names(&args.corpus)?;
    // The size of a vocabulary is no matter here.
    let trainer = training::trainer(Trainer::new(0), &args.corpus, settings);
    // Whether it can be written shows before the work.
    if !is_stdout(&args.output) {
        drop(WholeFile::create(&args.output)?);
    }
    let (corpus, workshop) = training::count(&trainer, &args.corpus, &args.output, "count-words", messages)?;
    if let Err(failure) = write(&corpus, &args.output) {
        return Err(training::keep(failure, &corpus, &workshop, messages));
    }
    workshop.clear();
    let totals = corpus.totals;
    messages.note(format_args!(
        "{}: {} pieces of {} bytes of text",
        shown(&args.output),
        totals.pieces,
        totals.bytes
    ));
    Ok(())
}

fn write(corpus: &Corpus, output: &Path) -> Result<(), Failure> {
    if let Some(shards) = &corpus.aside {
        return shards.write_sum(output);
    }
    let mut place = Place::create(output)?;
    corpus.counts.write(&mut place).map_err(|error| Failure::writing(error, shown(output)))?;
    place.finish(output)
}
