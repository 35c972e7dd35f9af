//! `tokenize encodings`: the encodings and the numbers of their tokens.

use std::io::Write;

use bytepair::registry::encodings::DEFAULT_ENCODING;
use serde::Serialize;

use crate::cli::args::ListArgs;
use crate::cli::failure::Failure;
use crate::cli::output::table::Table;
use crate::cli::output::{self, Style};

#[derive(Serialize)]
struct Entry {
    name: &'static str,
    tokens: usize,
    special_tokens: usize,
    default: bool,
}

/// Lists.
pub(crate) fn run(args: &ListArgs) -> Result<(), Failure> {
    let mut entries = Vec::new();
    for name in bytepair::encoding_names() {
        let tokenizer = bytepair::encoding(name)?;
        let (tokens, special_tokens) = (tokenizer.vocabulary().len(), tokenizer.specials().iter().len());
        entries.push(Entry { name, tokens, special_tokens, default: name == DEFAULT_ENCODING });
    }
    if args.json {
        return Ok(output::json::value(&entries)?);
    }
    let style = Style::of_stdout(args.common.color);
    let rows = entries.iter().map(|entry| {
        let default = if entry.default { "(default)" } else { "" };
        let name = format!("{} {default}", entry.name).trim_end().to_owned();
        vec![style.number(entry.tokens as u64), style.number(entry.special_tokens as u64), name]
    });
    let header = vec!["tokens", "special", "name"];
    let table = Table { header, rows: rows.collect(), has_total: false, words: 1 };
    let mut out = output::stdout();
    table.write(&mut out, style)?;
    Ok(out.flush()?)
}
