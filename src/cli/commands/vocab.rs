//! `tokenize vocab`: the embedded encodings with their licences and origins; or all about one, or about a file.

use std::io::{self, Write};
use std::path::Path;

use bytepair::Tokenizer;
use bytepair::registry::encodings::{self, Encoding};
use serde::Serialize;

use crate::cli::args::{ListArgs, VocabArgs};
use crate::cli::commands::tokens;
use crate::cli::description::Description;
use crate::cli::failure::Failure;
use crate::cli::messages::Messages;
use crate::cli::name;
use crate::cli::output::table::Table;
use crate::cli::output::{self, Style};
use crate::cli::vocabulary::{self, Named};

/// How much of a SHA-256 a table shows.
const SHORT: usize = 12;

/// How many special tokens are shown if not all are asked for.
const SOME: usize = 20;

/// What is known of an embedded encoding besides its tokenizer.
#[derive(Serialize)]
struct Source {
    name: &'static str,
    built_in: bool,
    tokens: Option<usize>,
    special_tokens: Option<usize>,
    bytes: Option<usize>,
    licence: &'static str,
    /// The cargo feature that builds it in; nothing if it always is.
    feature: Option<String>,
    file: &'static str,
    sha256: &'static str,
    origin: &'static str,
}

/// One encoding or file, in full.
#[derive(Serialize)]
struct Whole {
    #[serde(flatten)]
    source: Option<Source>,
    #[serde(flatten)]
    description: Description,
}

impl Source {
    fn of(encoding: &Encoding) -> Result<Source, bytepair::Error> {
        let definition = encoding.is_built_in().then(|| encoding.definition()).transpose()?;
        let definition = definition.as_ref();
        Ok(Source {
            name: encoding.name,
            built_in: encoding.is_built_in(),
            tokens: definition.map(|definition| definition.vocabulary.len()),
            special_tokens: definition.map(|definition| definition.specials.iter().len()),
            bytes: encoding.built_in_bytes(),
            licence: encoding.licence,
            feature: (encoding.class != "openai").then(|| format!("licence-{}", encoding.class)),
            file: encoding.file,
            sha256: encoding.sha256,
            origin: encoding.origin,
        })
    }
}

/// Lists, or tells about one.
pub(crate) fn run(args: &VocabArgs, messages: &Messages) -> Result<(), Failure> {
    let Some(which) = &args.which else { return all(&args.list) };
    if tokens::is_asked(&args.tokens) {
        return tokens::run(which, args, messages);
    }
    let whole = whole(which, args, messages)?;
    if args.list.json {
        return Ok(output::json::value(&whole)?);
    }
    Ok(one(&whole, args.all, Style::of_stdout(args.list.common.color))?)
}

fn whole(which: &Path, args: &VocabArgs, messages: &Messages) -> Result<Whole, Failure> {
    let named = vocabulary::find(which)?;
    let definition = named.definition(args.like.as_deref(), messages)?;
    let tokenizer = match &named {
        Named::Encoding(_) => Tokenizer::new(definition)?,
        Named::File(found) => Tokenizer::new(definition).map_err(|error| found.problem(error))?,
    };
    let source = match &named {
        Named::Encoding(encoding) => Some(Source::of(encoding)?),
        Named::File(_) => None,
    };
    Ok(Whole { source, description: Description::of(&tokenizer) })
}

fn all(args: &ListArgs) -> Result<(), Failure> {
    let sources = encodings::encodings().map(|encoding| Source::of(&encoding));
    let sources: Vec<Source> = sources.collect::<Result<_, _>>()?;
    if args.json {
        return Ok(output::json::value(&sources)?);
    }
    let style = Style::of_stdout(args.common.color);
    let number = |number: Option<usize>| number.map_or("-".to_owned(), |number| style.number(number as u64));
    let built_in = sources.iter().filter(|source| source.built_in);
    let rows = built_in.map(|source| {
        let numbers = [source.tokens, source.special_tokens, source.bytes].map(number);
        let sha256 = source.sha256.get(..SHORT).unwrap_or(source.sha256);
        let words = [source.name, sha256, source.licence, source.file].map(str::to_owned);
        [numbers.to_vec(), words.to_vec()].concat()
    });
    let header = vec!["tokens", "special", "bytes", "name", "sha256", "licence", "file"];
    let table = Table { header, rows: rows.collect(), has_total: false, words: 4 };
    let mut out = output::stdout();
    table.write(&mut out, style)?;
    writeln!(out, "encodings made from the same file have the same tokens, and share their bytes")?;
    for source in sources.iter().filter(|source| !source.built_in) {
        let feature = source.feature.as_deref().unwrap_or_default();
        writeln!(out, "{}: left out when this was built (cargo feature {feature})", source.name)?;
    }
    Ok(out.flush()?)
}

fn one(whole: &Whole, all_specials: bool, style: Style) -> io::Result<()> {
    let mut out = output::stdout();
    let description = &whole.description;
    let mut line = |key: &str, value: &str| writeln!(out, "{key:<11} {}", name::escaped(value));
    line("name", &description.name)?;
    if let Some(source) = &whole.source {
        let feature = source.feature.as_ref().map(|feature| format!(" (cargo feature {feature})"));
        line("licence", &format!("{}{}", source.licence, feature.unwrap_or_default()))?;
        line("file", source.file)?;
        line("sha256", source.sha256)?;
        line("origin", source.origin)?;
        line("bytes", &source.bytes.map_or("-".to_owned(), |bytes| style.number(bytes as u64)))?;
    }
    for (key, value) in description.lines(style) {
        line(key, &value)?;
    }
    let specials = &description.specials;
    let shown = if all_specials { specials.len() } else { specials.len().min(SOME) };
    if shown > 0 {
        let rows = specials
            .iter()
            .take(shown)
            .map(|special| vec![special.id.to_string(), special.in_words(), name::escaped(&special.name)]);
        let header = vec!["id", "kind", "special token"];
        Table { header, rows: rows.collect(), has_total: false, words: 2 }.write(&mut out, style)?;
    }
    if shown < specials.len() {
        writeln!(out, "and {} more (--all)", style.number((specials.len() - shown) as u64))?;
    }
    out.flush()
}
