//! `tokenize models`: the models, their limits and encodings; or all that is known of one.

use std::io::Write;

use bytepair::registry::models::{Model, models};
use serde::Serialize;

use crate::cli::args::{ListArgs, ModelsArgs};
use crate::cli::failure::Failure;
use crate::cli::messages::Messages;
use crate::cli::output::table::Table;
use crate::cli::output::{self, Style};

#[derive(Serialize)]
struct Entry {
    name: &'static str,
    aliases: Vec<&'static str>,
    provider: &'static str,
    window: Option<u64>,
    max_input: Option<u64>,
    max_output: Option<u64>,
    io: &'static str,
    encoding: &'static str,
    exactness: &'static str,
    released: Option<&'static str>,
    retired: Option<&'static str>,
    source: &'static str,
    as_of: &'static str,
    notes: Option<&'static str>,
}

impl Entry {
    fn of(model: &Model) -> Entry {
        Entry {
            name: model.name,
            aliases: model.aliases().collect(),
            provider: model.provider,
            window: model.context_window,
            max_input: model.max_input,
            max_output: model.max_output,
            io: model.io.name(),
            encoding: model.encoding,
            exactness: model.exactness.name(),
            released: model.released,
            retired: model.retired,
            source: model.source,
            as_of: model.as_of,
            notes: model.notes,
        }
    }
}

/// Lists, or tells about one.
pub(crate) fn run(args: &ModelsArgs, messages: &Messages) -> Result<(), Failure> {
    let Some(name) = &args.name else { return all(&args.list) };
    let resolved = bytepair::model(name)?;
    if let Some(note) = &resolved.note {
        messages.note(note);
    }
    let entry = Entry::of(&resolved.model);
    if args.list.json {
        return Ok(output::json::value(&entry)?);
    }
    one(&entry, Style::of_stdout(args.list.common.color))
}

fn all(args: &ListArgs) -> Result<(), Failure> {
    let entries: Vec<Entry> = models().map(|model| Entry::of(&model)).collect();
    if args.json {
        return Ok(output::json::value(&entries)?);
    }
    let style = Style::of_stdout(args.common.color);
    let limit = |tokens: Option<u64>| tokens.map_or("-".to_owned(), |tokens| style.number(tokens));
    let rows = entries.iter().map(|entry| {
        let (window, input, output) = (limit(entry.window), limit(entry.max_input), limit(entry.max_output));
        let words = [entry.encoding, entry.exactness, entry.name].map(str::to_owned);
        [vec![window, input, output], words.to_vec()].concat()
    });
    let header = vec!["window", "max input", "max output", "encoding", "count", "name"];
    let table = Table { header, rows: rows.collect(), has_total: false, words: 3 };
    let mut out = output::stdout();
    table.write(&mut out, style)?;
    Ok(out.flush()?)
}

fn one(entry: &Entry, style: Style) -> Result<(), Failure> {
    let limit = |tokens: Option<u64>| tokens.map_or("-".to_owned(), |tokens| style.number(tokens));
    let known = |text: Option<&str>| text.unwrap_or("-").to_owned();
    let lines = [
        ("name", entry.name.to_owned()),
        ("aliases", entry.aliases.join(", ")),
        ("provider", entry.provider.to_owned()),
        ("window", limit(entry.window)),
        ("max input", limit(entry.max_input)),
        ("max output", limit(entry.max_output)),
        ("window holds", entry.io.to_owned()),
        ("encoding", entry.encoding.to_owned()),
        ("count", entry.exactness.to_owned()),
        ("released", known(entry.released)),
        ("retired", known(entry.retired)),
        ("source", entry.source.to_owned()),
        ("as of", entry.as_of.to_owned()),
        ("notes", known(entry.notes)),
    ];
    let mut out = output::stdout();
    for (key, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
        writeln!(out, "{key:<13} {value}")?;
    }
    Ok(out.flush()?)
}
