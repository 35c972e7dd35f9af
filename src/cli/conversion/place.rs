//! Where converted and trained vocabularies go: the format that a name tells, and files that are written whole or not at
//! all.

use std::path::Path;

use super::NamedFile;
use crate::cli::args::Target;
use crate::cli::failure::{Failure, Problem};
use crate::cli::output::file::{NewFolder, WholeFile, WholeFiles, is_stdout};
use crate::cli::{name, output};

/// The format that is asked for, or that the name of the output tells.
pub(crate) fn target(out: &Path, asked: Option<Target>) -> Result<Target, Problem> {
    if let Some(target) = asked {
        if target == Target::Gpt2 && is_stdout(out) {
            let problem = Problem::new("two files cannot go to standard output").about("--to gpt2");
            return Err(problem.hint("name a folder with -o"));
        }
        return Ok(target);
    }
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

/// Finds out whether the files of a vocabulary can be written, before there are any.
pub(crate) fn check(out: &Path, target: Target) -> Result<(), Problem> {
    if is_stdout(out) {
        return Ok(());
    }
    if target != Target::Gpt2 {
        return WholeFile::create(out).map(drop);
    }
    if out.is_dir() {
        return WholeFile::create(&out.join("vocab.json")).map(drop);
    }
    NewFolder::create(out).map(drop)
}

/// Writes the files of a vocabulary: all before the first takes its place.
pub(crate) fn write(out: &Path, target: Target, files: &[NamedFile]) -> Result<(), Failure> {
    if let ([(None, bytes)], true) = (files, is_stdout(out)) {
        return Ok(output::bytes(bytes)?);
    }
    let is_new = target == Target::Gpt2 && !out.is_dir();
    let _folder = if is_new { Some(NewFolder::create(out)?) } else { None };
    let mut whole = WholeFiles::default();
    for (name, bytes) in files {
        whole.add(&name.map_or_else(|| out.to_owned(), |name| out.join(name)), bytes)?;
    }
    Ok(whole.finish()?)
}
