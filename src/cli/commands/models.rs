//! `tokenize models`: the models, their limits and encodings; or all that is known of one, or of one maker's.

use std::io::Write;

use bytepair::registry::models::{Exactness, Model};
use serde::Serialize;

use crate::cli::args::ModelsArgs;
use crate::cli::config::Settings;
use crate::cli::failure::Failure;
use crate::cli::messages::Messages;
use crate::cli::output::table::Table;
use crate::cli::output::{self, Style};
use crate::cli::own_models::Price;

#[derive(Serialize)]
struct Entry<'a> {
    name: &'a str,
    aliases: Vec<&'a str>,
    provider: &'a str,
    window: Option<u64>,
    max_input: Option<u64>,
    max_output: Option<u64>,
    io: &'static str,
    encoding: Option<&'a str>,
    exactness: &'static str,
    tokenizer: Option<&'a str>,
    released: Option<&'a str>,
    retired: Option<&'a str>,
    source: &'a str,
    as_of: &'a str,
    notes: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_price: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_price: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<&'a str>,
}

impl<'a> Entry<'a> {
    fn of(model: &'a Model, price: Option<&'a Price>) -> Entry<'a> {
        Entry {
            name: &model.name,
            aliases: model.aliases().collect(),
            provider: &model.provider,
            window: model.context_window,
            max_input: model.max_input,
            max_output: model.max_output,
            io: model.io.name(),
            encoding: model.encoding.as_deref(),
            exactness: model.exactness.name(),
            tokenizer: model.tokenizer.as_deref(),
            released: model.released.as_deref(),
            retired: model.retired.as_deref(),
            source: &model.source,
            as_of: &model.as_of,
            notes: model.notes.as_deref(),
            input_price: price.map(|price| price.input),
            output_price: price.and_then(|price| price.output),
            currency: price.map(|price| price.currency.as_str()),
        }
    }
}

/// Lists, or tells about one.
pub(crate) fn run(args: &ModelsArgs, settings: &Settings, messages: &Messages) -> Result<(), Failure> {
    let models = &settings.models;
    let Some(name) = &args.name else {
        return list(args, settings, models.catalogue.models().collect());
    };
    let maker = name.trim().to_lowercase();
    let of_maker: Vec<Model> = models.catalogue.models().filter(|model| model.provider == maker).collect();
    if !of_maker.is_empty() {
        return list(args, settings, of_maker);
    }
    let resolved = match models.catalogue.model(name) {
        Ok(resolved) => resolved,
        // A part that several names have asks for those.
        Err(error) => {
            let holds = |model: &Model| maker.len() >= 3 && model.name.contains(&maker);
            let of_word: Vec<Model> = models.catalogue.models().filter(holds).collect();
            return if of_word.is_empty() { Err(error.into()) } else { list(args, settings, of_word) };
        }
    };
    if let Some(note) = &resolved.note {
        messages.note(note);
    }
    let entry = Entry::of(&resolved.model, models.price(&resolved.model));
    if args.list.json {
        return Ok(output::json::value(&entry)?);
    }
    one(&entry, Style::of_stdout(args.list.common.color))
}

fn list(args: &ModelsArgs, settings: &Settings, models: Vec<Model>) -> Result<(), Failure> {
    let entries: Vec<Entry> =
        models.iter().map(|model| Entry::of(model, settings.models.price(model))).collect();
    if args.list.json {
        return Ok(output::json::value(&entries)?);
    }
    let style = Style::of_stdout(args.list.common.color);
    let limit = |tokens: Option<u64>| tokens.map_or("-".to_owned(), |tokens| style.number(tokens));
    let verbose = args.list.common.verbose;
    let rows = entries.iter().map(|entry| {
        let (window, input, output) = (limit(entry.window), limit(entry.max_input), limit(entry.max_output));
        let encoding = entry.encoding.unwrap_or("-");
        let words = [encoding, shown(entry.exactness), entry.as_of, entry.name];
        let source = verbose.then(|| entry.source.to_owned());
        [window, input, output].into_iter().chain(words.map(str::to_owned)).chain(source).collect()
    });
    let mut header = vec!["window", "max input", "max output", "encoding", "count", "as of", "name"];
    header.extend(verbose.then_some("source"));
    let words = header.len() - 3;
    let table = Table { header, rows: rows.collect(), has_total: false, words };
    let mut out = output::stdout();
    table.write(&mut out, style)?;
    if !verbose {
        writeln!(out, "where each is from: tokenize models NAME, --verbose, or --json")?;
    }
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
        ("window holds", holds(entry.io).to_owned()),
        ("encoding", encoding(entry)),
        ("count", count(entry)),
        ("released", known(entry.released)),
        ("retired", known(entry.retired)),
        ("source", entry.source.to_owned()),
        ("as of", entry.as_of.to_owned()),
        ("notes", known(entry.notes)),
        ("price", price(entry)),
    ];
    let mut out = output::stdout();
    for (key, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
        writeln!(out, "{key:<13} {value}")?;
    }
    Ok(out.flush()?)
}

fn price(entry: &Entry) -> String {
    let (Some(input), Some(currency)) = (entry.input_price, entry.currency) else { return String::new() };
    let output = entry.output_price.map(|output| format!(", {output} {currency} for those of an answer"));
    format!("{input} {currency} for a million tokens of a prompt{}", output.unwrap_or_default())
}

/// What the window is for, in words.
fn holds(io: &str) -> &str {
    match io {
        "shared" => "prompt and answer together",
        "separate" => "the prompt; the answer has its own limit",
        _ => "the text",
    }
}

fn encoding(entry: &Entry) -> String {
    match (entry.encoding, entry.tokenizer) {
        (Some(encoding), Some(_)) => format!("not public; {encoding} stands in"),
        (Some(encoding), None) => encoding.to_owned(),
        (None, _) => "published with the model, not built in (--vocab FILE)".to_owned(),
    }
}

/// How far a count can be trusted, in words.
fn count(entry: &Entry) -> String {
    match entry.tokenizer {
        Some(tokenizer) => format!("estimate: {tokenizer}, by measured ratios"),
        None => shown(entry.exactness).to_owned(),
    }
}

/// The word for people, as `compare` has it.
fn shown(exactness: &'static str) -> &'static str {
    if exactness == Exactness::OfficialLocal.name() { "maker's local" } else { exactness }
}
