//! From paths to inputs: what was named, and the files of folders.
//!
//! A named file is always taken. Folders are walked in the order of their paths, past what is hidden or
//! ignored. Whether a file is text is seen when it is opened, in `input`.

use std::error::Error;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use ignore::overrides::{Override, OverrideBuilder};
use ignore::{DirEntry, WalkBuilder};

use crate::cli::args::{self, PathArgs};
use crate::cli::failure::{Failure, Problem, reason};
use crate::cli::input::{Input, Origin, is_stdin};
use crate::cli::messages::Messages;
use crate::cli::name;

/// The inputs of a run.
pub(crate) struct Gathered {
    /// In the order in which they were named; those of a folder by path.
    pub(crate) inputs: Vec<Input>,
    /// The folders that were named, which should have files to read.
    pub(crate) folders: Vec<Folder>,
}

impl Gathered {
    /// Leaves out the file that is to be written, if it was found in a folder: there it is what an earlier run has made of
    /// the others. Where it is named itself it stays.
    pub(crate) fn leave_out(&mut self, output: &Path, messages: &Messages) {
        let Ok(output) = output.canonicalize() else { return };
        let is_output = |input: &Input| {
            let is_walked = matches!(input.origin, Origin::Walked(_));
            // Most are told by their names, without asking the system.
            let has_name = is_walked && input.path.file_name() == output.file_name();
            has_name && input.path.canonicalize().is_ok_and(|path| path == output)
        };
        self.inputs.retain(|input| {
            let stays = !is_output(input);
            if !stays {
                let name = name::shown(&input.path);
                messages.note(format_args!("{name}: left out, as it is the file to be written"));
            }
            stays
        });
    }
}

/// A folder that was named.
pub(crate) struct Folder {
    /// Its path.
    pub(crate) path: PathBuf,
    /// Whether something in it could not be read, which was told already.
    pub(crate) had_errors: bool,
}

/// Whether to print a help instead of waiting for somebody to type.
pub(crate) fn would_wait(args: &PathArgs) -> bool {
    args.paths.is_empty() && args.files0_from.is_none() && io::stdin().is_terminal()
}

/// The same for a command that takes one input.
pub(crate) fn would_wait_for(path: Option<&Path>) -> bool {
    path.is_none() && io::stdin().is_terminal()
}

/// The one input that was named, or standard input.
pub(crate) fn one(path: Option<&Path>) -> Result<Input, Problem> {
    let Some(path) = path.filter(|path| !is_stdin(path)) else { return Ok(stdin()) };
    let found = std::fs::metadata(path).map_err(|error| not_found(path, &error))?;
    if found.is_dir() {
        let problem = Problem::new("is a folder").about(name::shown(path));
        return Err(problem.hint("this command takes one file, or - for standard input"));
    }
    let size = found.is_file().then_some(found.len());
    Ok(Input { path: path.to_owned(), origin: Origin::Named, size })
}

/// Finds the inputs. What cannot be found is told; the rest goes on.
pub(crate) fn gather(args: &PathArgs, messages: &Messages) -> Result<Gathered, Failure> {
    let mut gathered = Gathered { inputs: Vec::new(), folders: Vec::new() };
    let listed;
    let paths = match &args.files0_from {
        Some(file) => {
            listed = list(file, messages)?;
            &listed
        }
        None => &args.paths,
    };
    if args.paths.is_empty() && args.files0_from.is_none() {
        gathered.inputs.push(stdin());
    }
    let globs = if args.glob.is_empty() { None } else { Some(overrides(&args.glob)?) };
    for path in paths {
        if is_stdin(path) {
            gathered.inputs.push(stdin());
            continue;
        }
        match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => walk(path, args, globs.as_ref(), messages, &mut gathered),
            Ok(found) => {
                let size = found.is_file().then_some(found.len());
                gathered.inputs.push(Input { path: path.clone(), origin: Origin::Named, size });
            }
            Err(error) => messages.error(&not_found(path, &error)),
        }
    }
    Ok(gathered)
}

fn stdin() -> Input {
    Input { path: PathBuf::from("-"), origin: Origin::Stdin, size: None }
}

fn not_found(path: &Path, error: &io::Error) -> Problem {
    let problem = Problem::file(path, error);
    if args::is_command(path) {
        let name = name::shown(path);
        return problem.hint(format!("a command comes first: tokenize {name}"));
    }
    match args::near_command(path) {
        Some(command) => problem.hint(format!("is the command meant: tokenize {command}?")),
        None => problem,
    }
}

/// The paths in a file, each ended by a NUL. What is no path is told; the rest goes on.
pub(crate) fn list(file: &Path, messages: &Messages) -> Result<Vec<PathBuf>, Problem> {
    let mut names = Vec::new();
    let read = if is_stdin(file) {
        io::stdin().lock().read_to_end(&mut names).map(|_| ())
    } else {
        std::fs::read(file).map(|read| names = read)
    };
    read.map_err(|error| Problem::file(file, &error))?;
    let mut paths = Vec::new();
    for (place, bytes) in names.strip_suffix(b"\0").unwrap_or(&names).split(|&byte| byte == 0).enumerate() {
        let path = name::from_bytes(bytes).map(PathBuf::from);
        let wrong = match &path {
            _ if names.is_empty() => continue,
            _ if bytes.is_empty() => "is empty",
            None => "is no name on this system",
            Some(path) if is_stdin(file) && is_stdin(path) => "is -, but standard input holds the list",
            Some(path) => {
                paths.push(path.clone());
                continue;
            }
        };
        let what = format!("name {} {wrong}", place + 1);
        messages.error(&Problem::new(what).about(name::shown(file)));
    }
    Ok(paths)
}

fn overrides(globs: &[String]) -> Result<Override, Problem> {
    let here = std::env::current_dir().unwrap_or_default();
    let mut builder = OverrideBuilder::new(here);
    for glob in globs {
        let wrong = |error: ignore::Error| {
            Problem::new(format!("not a glob: {}", name::escaped(&error.to_string()))).about("--glob")
        };
        builder.add(glob).map_err(wrong)?;
    }
    builder.build().map_err(|error| Problem::new(name::escaped(&error.to_string())).about("--glob"))
}

/// Adds the files of a folder.
fn walk(
    root: &Path,
    args: &PathArgs,
    globs: Option<&Override>,
    messages: &Messages,
    gathered: &mut Gathered,
) {
    let mut builder = WalkBuilder::new(root);
    let ignores = !args.no_ignore;
    builder.hidden(!args.hidden).parents(ignores).ignore(ignores);
    builder.git_ignore(ignores).git_exclude(ignores).git_global(ignores).require_git(false);
    builder.follow_links(args.follow).max_filesize(args.max_filesize);
    builder.sort_by_file_path(Path::cmp);
    if let Some(globs) = globs {
        builder.overrides(globs.clone());
    }
    let place = gathered.folders.len();
    let mut had_errors = false;
    for entry in builder.build() {
        match entry {
            Ok(entry) => {
                if let Some(error) = entry.error() {
                    messages.warning(name::shown(entry.path()), name::escaped(&error.to_string()));
                }
                gathered.inputs.extend(input(&entry, place, messages));
            }
            Err(error) => had_errors |= tell(root, &error, messages),
        }
    }
    gathered.folders.push(Folder { path: root.to_owned(), had_errors });
}

/// The input that an entry is, if it is a file.
fn input(entry: &DirEntry, place: usize, messages: &Messages) -> Option<Input> {
    let kind = entry.file_type()?;
    if kind.is_symlink() && entry.path().metadata().is_err() {
        messages.warning(name::shown(entry.path()), "a symbolic link to nothing: left out");
    }
    let size = entry.metadata().ok().map(|found| found.len());
    let origin = Origin::Walked(place);
    kind.is_file().then(|| Input { path: entry.path().to_owned(), origin, size })
}

/// Tells an error of walking; whether it is one. Links that lead nowhere or in a circle lose no text.
fn tell(root: &Path, error: &ignore::Error, messages: &Messages) -> bool {
    let path = path_of(error).unwrap_or(root);
    if is_loop(error) {
        messages.warning(name::shown(path), "a symbolic link to a folder that it is in: left out");
        return false;
    }
    let is_link = path.symlink_metadata().is_ok_and(|found| found.is_symlink());
    let is_missing = error.io_error().is_some_and(|error| error.kind() == io::ErrorKind::NotFound);
    if is_link && (is_missing || path.metadata().is_err()) {
        messages.warning(name::shown(path), "a symbolic link to nothing: left out");
        return false;
    }
    let what = match error.io_error() {
        // The walker wraps the system's error in a sentence that names the path again.
        Some(error) => {
            let cause = error.source().and_then(|source| source.downcast_ref());
            reason(cause.unwrap_or(error))
        }
        None => name::escaped(&error.to_string()),
    };
    messages.error(&Problem::new(what).about(name::shown(path)));
    true
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::Loop { child, .. } => Some(child),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        ignore::Error::Partial(errors) => errors.iter().find_map(path_of),
        _ => None,
    }
}

fn is_loop(error: &ignore::Error) -> bool {
    match error {
        ignore::Error::Loop { .. } => true,
        ignore::Error::WithPath { err, .. }
        | ignore::Error::WithDepth { err, .. }
        | ignore::Error::WithLineNumber { err, .. } => is_loop(err),
        _ => false,
    }
}
