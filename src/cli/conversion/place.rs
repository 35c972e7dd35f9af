//! Where converted and trained vocabularies go: the format that a name tells, and files that are written whole or not at
//! all.

use std::fs;
use std::io::Write;
use std::path::Path;

use super::NamedFile;
use crate::cli::args::Target;
use crate::cli::failure::{Failure, Problem};
use crate::cli::output::file::{WholeFile, is_stdout};
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
    let wrong = |error: std::io::Error| Problem::file(out, &error);
    fs::create_dir(out).and_then(|()| fs::remove_dir(out)).map_err(wrong)
}

/// Writes the files of a vocabulary.
pub(crate) fn write(out: &Path, target: Target, files: &[NamedFile]) -> Result<(), Failure> {
    let wrong = |error: std::io::Error| Problem::file(out, &error);
    if let ([(None, bytes)], true) = (files, is_stdout(out)) {
        return Ok(output::bytes(bytes)?);
    }
    let is_new = target == Target::Gpt2 && !out.is_dir();
    if is_new {
        fs::create_dir(out).map_err(wrong)?;
    }
    let done = write_files(out, files);
    if is_new && done.is_err() {
        // What is in it by now, if anything is, is not ours to remove; nobody needs to know of an empty folder.
        let _ = fs::remove_dir(out);
    }
    Ok(done?)
}

/// Writes all files before the first takes its place.
fn write_files(out: &Path, files: &[NamedFile]) -> Result<(), Problem> {
    let mut pending = Vec::new();
    for (name, bytes) in files {
        let path = name.map_or_else(|| out.to_owned(), |name| out.join(name));
        let mut file = WholeFile::create(&path)?;
        file.write_all(bytes).and_then(|()| file.flush()).map_err(|error| Problem::file(&path, &error))?;
        pending.push((path, file));
    }
    pending
        .into_iter()
        .try_for_each(|(path, file)| file.finish().map_err(|error| Problem::file(&path, &error)))
}
