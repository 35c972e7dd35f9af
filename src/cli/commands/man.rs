//! `tokenize man`: pages for `man`, one for the whole and one for each command.

use std::fs;
use std::io::Write;
use std::path::Path;

use clap::Command;
use clap_mangen::Man;

use crate::cli::args::{self, ManArgs};
use crate::cli::failure::{Failure, Problem};
use crate::cli::messages::Messages;
use crate::cli::output::{self, file::WholeFile};

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
    fs::create_dir_all(folder).map_err(|error| Problem::file(folder, &error))?;
    let commands = whole.get_subcommands().filter(|command| command.get_name() != "help");
    let mut written = 0;
    for command in std::iter::once(whole).chain(commands) {
        let path = folder.join(format!("{}.1", name(command)));
        let wrong = |error: std::io::Error| Problem::file(&path, &error);
        let mut file = WholeFile::create(&path)?;
        file.write_all(&page(command)?).map_err(wrong)?;
        file.finish().map_err(wrong)?;
        written += 1;
    }
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
