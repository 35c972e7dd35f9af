//! `tokenize count-words`: the counts of the pieces of some texts, for `train --from-counts`.

use bytepair::train::Trainer;

use crate::cli::args::CountWordsArgs;
use crate::cli::config::Settings;
use crate::cli::failure::{Failure, Problem};
use crate::cli::messages::Messages;
use crate::cli::name;
use crate::cli::output::file::WholeFile;
use crate::cli::training::{self, write_sum};

/// Counts pieces.
pub(crate) fn run(args: &CountWordsArgs, settings: &Settings, messages: &Messages) -> Result<(), Failure> {
    training::check_names(&args.corpus)?;
    // The size of a vocabulary is no matter here.
    let trainer = training::trainer(Trainer::new(0), &args.corpus, settings);
    // Whether it can be written shows before the work.
    let mut file = WholeFile::create(&args.output)?;
    let (corpus, workshop) = training::count(&trainer, &args.corpus, &args.output, "count-words", messages)?;
    match &corpus.aside {
        Some(shards) => {
            drop(file);
            write_sum(shards, &args.output)?;
        }
        None => {
            let wrong = |error| Problem::from(error).about(name::shown(&args.output));
            corpus.counts.write(&mut file).map_err(wrong)?;
            file.finish().map_err(|error| Problem::file(&args.output, &error))?;
        }
    }
    workshop.clear();
    let totals = corpus.totals;
    messages.note(format_args!(
        "{}: {} pieces of {} bytes of text",
        name::shown(&args.output),
        totals.pieces,
        totals.bytes
    ));
    Ok(())
}
