//! `tokenize convert`: a vocabulary in another format, proven to give the same ids, or nothing.

use std::fs;
use std::io::Write;
use std::path::Path;

use bytepair::Definition;
use bytepair::format::Loaded;
use bytepair::registry::encodings;

use crate::cli::args::{ConvertArgs, Target};
use crate::cli::conversion::{self, Conversion};
use crate::cli::failure::{Failure, Problem};
use crate::cli::messages::Messages;
use crate::cli::output::file::{WholeFile, is_stdout};
use crate::cli::vocabulary::{self, Named};
use crate::cli::{name, output};

/// Converts.
pub(crate) fn run(args: &ConvertArgs, messages: &Messages) -> Result<(), Failure> {
    let target = target(args)?;
    let named = vocabulary::find(&args.input)?;
    let source = source(&named, args, target, messages)?;
    let converted = conversion::convert(&source, target).map_err(|problem| {
        Failure::No(Some(problem.about(name::shown(&args.input)).hint("nothing was written")))
    })?;
    let shown = name::shown(&args.output);
    messages.detail(format_args!("{shown}: the same ids for {} texts", converted.texts));
    write(&args.output, target, &converted)?;
    if !converted.missing.is_empty() {
        messages.note(format_args!("{shown} does not hold {}", converted.missing.join(", ")));
    }
    Ok(())
}

/// The format that is asked for, or that the name of the output tells.
fn target(args: &ConvertArgs) -> Result<Target, Problem> {
    if let Some(target) = args.to {
        return Ok(target);
    }
    let out = &args.output;
    let problem = |what: &str| Problem::new(what).about(name::shown(out));
    let is_folder = out.is_dir() || out.as_os_str().as_encoded_bytes().ends_with(b"/");
    let name = out.file_name().unwrap_or_default();
    if !is_folder
        && ["vocab.json", "encoder.json", "merges.txt", "vocab.bpe"].iter().any(|half| name == *half)
    {
        return Err(problem("is only one of GPT-2's two files").hint("name the folder, with --to gpt2"));
    }
    match out.extension().and_then(|end| end.to_str()) {
        _ if is_folder => Ok(Target::Gpt2),
        Some("tiktoken") => Ok(Target::Tiktoken),
        Some("json") => Ok(Target::TokenizerJson),
        Some("pack") => Ok(Target::Pack),
        _ => Err(problem("this name tells no format")
            .hint("--to tiktoken, tokenizer.json, gpt2 (a folder) or pack")),
    }
}

/// What is to be written. Where neither side holds a pattern, any will do for the comparison.
fn source(
    named: &Named,
    args: &ConvertArgs,
    target: Target,
    messages: &Messages,
) -> Result<Definition, Problem> {
    let known = named.definition(args.like.as_deref(), messages);
    match (named, known) {
        (Named::File(found), Err(problem)) if conversion::holds_ranks_only(target) && args.like.is_none() => {
            let Loaded::Ranks(vocabulary) = &found.loaded else { return Err(problem) };
            let pattern = encodings::definition(encodings::DEFAULT_ENCODING)?.split;
            let definition = Definition::new(found.name.clone(), (**vocabulary).clone(), "");
            Ok(Definition { split: pattern, ..definition })
        }
        (_, known) => known,
    }
}

fn write(out: &Path, target: Target, converted: &Conversion) -> Result<(), Failure> {
    let wrong = |error: std::io::Error| Problem::file(out, &error);
    if let ([(None, bytes)], true) = (converted.files.as_slice(), is_stdout(out)) {
        return Ok(output::bytes(bytes)?);
    }
    let is_new = target == Target::Gpt2 && !out.is_dir();
    if is_new {
        fs::create_dir(out).map_err(wrong)?;
    }
    let done = write_files(out, converted);
    if is_new && done.is_err() {
        // What is in it by now, if anything is, is not ours to remove; nobody needs to know of an empty folder.
        let _ = fs::remove_dir(out);
    }
    Ok(done?)
}

/// Writes all files before the first takes its place.
fn write_files(out: &Path, converted: &Conversion) -> Result<(), Problem> {
    let mut pending = Vec::new();
    for (name, bytes) in &converted.files {
        let path = name.map_or_else(|| out.to_owned(), |name| out.join(name));
        let mut file = WholeFile::create(&path)?;
        file.write_all(bytes).and_then(|()| file.flush()).map_err(|error| Problem::file(&path, &error))?;
        pending.push((path, file));
    }
    pending
        .into_iter()
        .try_for_each(|(path, file)| file.finish().map_err(|error| Problem::file(&path, &error)))
}
