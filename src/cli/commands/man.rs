//! `tokenize man`: pages for `man`, one for the whole and one for each command.

use std::path::Path;

use clap::Command;
use clap_mangen::Man;

use crate::cli::args::{self, ManArgs};
use crate::cli::failure::{Failure, Problem};
use crate::cli::messages::Messages;
use crate::cli::output;
use crate::cli::output::file::{NewFolder, WholeFiles};

/// Runs the command.
pub(crate) fn run(args: &ManArgs, messages: &Messages) -> Result<(), Failure> {
    let whole = args::whole();
    if let Some(folder) = &args.dir {
        return write_all(&whole, folder, messages);
    }
    let command = match &args.command {
        None => &whole,
        Some(name) => whole.find_subcommand(name).ok_or_else(|| {
            let names: Vec<&str> = whole.get_subcommands().map(Command::get_name).collect();
            Problem::new(format!("there is no command {name:?}"))
                .hint(format!("the commands are {}", names.join(", ")))
        })?,
    };
    Ok(output::bytes(&page(command)?)?)
}

fn write_all(whole: &Command, folder: &Path, messages: &Messages) -> Result<(), Failure> {
    let _new = NewFolder::create_all(folder)?;
    let commands = whole.get_subcommands().filter(|command| command.get_name() != "help");
    let mut pages = WholeFiles::default();
    let mut written = 0;
    for command in std::iter::once(whole).chain(commands) {
        pages.add(&folder.join(format!("{}.1", name(command))), &page(command)?)?;
        written += 1;
    }
    pages.finish()?;
    messages.note(format!("{written} pages are in {}", crate::cli::name::shown(folder)));
    Ok(())
}

/// The name of a page: commands of `tokenize` have its name before theirs.
fn name(command: &Command) -> String {
    command.get_display_name().unwrap_or(command.get_name()).to_owned()
}

fn page(command: &Command) -> std::io::Result<Vec<u8>> {
    let mut page = Vec::new();
    let version = concat!("tokenize ", env!("CARGO_PKG_VERSION"));
    Man::new(command.clone()).source(version).manual("tokenize").render(&mut page)?;
    Ok(page)
}
