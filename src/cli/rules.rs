//! Rules of a project: which files may have how many tokens, as `.tokenize.toml` states them.
//!
//! ```toml
//! model = "gpt-4o"
//!
//! [[rule]]
//! paths = ["AGENTS.md", "prompts/**"]   # as in .gitignore, from the folder of this file
//! exclude = ["prompts/archive/**"]
//! max = "8k"                            # without it: what fits the model, less `reserve`
//! warn-at = "90%"
//! level = "error"                       # or "warning": told, but passed
//! ```
//!
//! Reading and finding the files is here; counting and the verdict are left to `check`.

use std::path::{Component, Path, PathBuf};

use clap::ValueEnum;
use ignore::WalkBuilder;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::cli::failure::Problem;
use crate::cli::messages::Messages;
use crate::cli::{args, name, own_models};

const KEYS: &str = "paths, exclude, max, model, reserve, warn-at, level, total";

/// One rule.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// The file that states it.
    pub(crate) origin: PathBuf,
    /// Which of its rules it is, from 1.
    pub(crate) number: usize,
    /// Globs of the files it is for.
    pub(crate) paths: Vec<String>,
    /// Globs of files it is not for.
    pub(crate) exclude: Vec<String>,
    /// The limit in tokens.
    pub(crate) max: Option<u64>,
    /// The model, in place of the project's.
    pub(crate) model: Option<String>,
    /// Room for the answer, in tokens.
    pub(crate) reserve: Option<u64>,
    /// From which share of the limit on to warn.
    pub(crate) warn_at: Option<args::Share>,
    /// What a file over the limit is.
    pub(crate) level: Level,
    /// Whether the limit is for all files together.
    pub(crate) total: bool,
}

/// What a file over the limit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    /// The check says no.
    Error,
    /// It is told.
    Warning,
}

/// Reads the rules of a file.
pub(crate) fn read(path: &Path, value: &toml::Value) -> Result<Vec<Rule>, Problem> {
    let wrong = || Problem::new("expected tables, [[rule]]").about("rule");
    let tables = value.as_array().ok_or_else(wrong)?;
    let numbered = tables.iter().zip(1..);
    numbered
        .map(|(table, number)| {
            let table = table.as_table().ok_or_else(wrong)?;
            one(path, number, table).map_err(|problem| problem.about(format_args!("rule {number}")))
        })
        .collect()
}

fn one(path: &Path, number: usize, table: &toml::Table) -> Result<Rule, Problem> {
    let mut rule = Rule {
        origin: path.to_owned(),
        number,
        paths: Vec::new(),
        exclude: Vec::new(),
        max: None,
        model: None,
        reserve: None,
        warn_at: None,
        level: Level::Error,
        total: false,
    };
    for (key, value) in table {
        let wrong = |problem: Problem| problem.about(name::escaped(key));
        let text = || value.as_str().ok_or_else(|| wrong(Problem::new("expected a text in quotes")));
        match key.as_str() {
            "paths" => rule.paths = globs(value).map_err(wrong)?,
            "exclude" => rule.exclude = globs(value).map_err(wrong)?,
            "max" => rule.max = Some(own_models::limit(value).map_err(wrong)?),
            "reserve" => rule.reserve = Some(own_models::limit(value).map_err(wrong)?),
            "model" => rule.model = Some(text()?.to_owned()),
            "warn-at" => {
                let wrong_share = |what| wrong(Problem::new(what).hint("for example warn-at = \"90%\""));
                let share = args::part(text()?).map_err(wrong_share)?;
                rule.warn_at = Some(share);
            }
            "level" => {
                let level = Level::from_str(text()?, false);
                rule.level = level.map_err(|_| wrong(Problem::new("expected one of error, warning")))?;
            }
            "total" => {
                let total = value.as_bool();
                rule.total = total.ok_or_else(|| wrong(Problem::new("expected true or false")))?;
            }
            _ => return Err(wrong(Problem::new("unknown key").hint(format!("the keys are {KEYS}")))),
        }
    }
    if rule.paths.is_empty() {
        return Err(Problem::new("has no paths").hint("paths = [\"AGENTS.md\", \"prompts/**\"]"));
    }
    if rule.max.is_some() && rule.reserve.is_some() {
        return Err(Problem::new("has both max and reserve")
            .hint("reserve is what is left of a model's window for the answer; max is the limit itself"));
    }
    rule.matchers()?;
    Ok(rule)
}

/// One glob, or a list of them.
fn globs(value: &toml::Value) -> Result<Vec<String>, Problem> {
    match value.as_array() {
        Some(list) => list.iter().map(glob).collect(),
        None => Ok(vec![glob(value)?]),
    }
}

/// A glob that can match something.
fn glob(value: &toml::Value) -> Result<String, Problem> {
    let text = value.as_str().ok_or_else(|| Problem::new("expected a glob in quotes, or a list of them"))?;
    let wrong = |what: &str| Err(Problem::new(format!("the glob {:?} {what}", name::escaped(text))));
    // It is meant from this folder on, which a slash says.
    let glob = match text.strip_prefix("./") {
        Some(rest) => format!("/{rest}"),
        None => text.to_owned(),
    };
    if glob.trim().is_empty() {
        return wrong("is empty");
    }
    if glob.starts_with(['!', '#']) {
        return wrong("begins with ! or #; exclude = [...] leaves files out");
    }
    if glob.split('/').any(|part| part == "..") {
        return wrong("leads out of the folder of its file");
    }
    if glob.matches('[').count() > glob.matches(']').count() {
        return wrong("has a [ without ]");
    }
    Ok(glob)
}

impl Rule {
    /// How the rule is called in messages.
    pub(crate) fn shown(&self) -> String {
        format!("rule {} ({})", self.number, self.paths.join(", "))
    }

    /// The folder that the globs start from, and that is searched for files.
    pub(crate) fn root(&self) -> &Path {
        self.origin.parent().unwrap_or(Path::new("."))
    }

    /// What finds the files it is for, and those among them that it is not for.
    fn matchers(&self) -> Result<[Gitignore; 2], Problem> {
        Ok([matcher(self.root(), &self.paths)?, matcher(self.root(), &self.exclude)?])
    }

    /// The files among these that the rule is for.
    pub(crate) fn files(&self, files: &[PathBuf]) -> Result<Vec<PathBuf>, Problem> {
        let [included, excluded] = self.matchers()?;
        let is_meant = |path: &&PathBuf| is_in(&included, path) && !is_in(&excluded, path);
        Ok(files.iter().filter(is_meant).cloned().collect())
    }

    /// The globs, those of files to leave out too, that are for none of these files.
    pub(crate) fn idle_globs(&self, files: &[PathBuf]) -> Result<Vec<&str>, Problem> {
        let mut idle = Vec::new();
        for glob in self.paths.iter().chain(&self.exclude) {
            let matcher = matcher(self.root(), std::slice::from_ref(glob))?;
            if !files.iter().any(|path| is_in(&matcher, path)) {
                idle.push(glob.as_str());
            }
        }
        Ok(idle)
    }
}

fn matcher(root: &Path, globs: &[String]) -> Result<Gitignore, Problem> {
    let wrong =
        |error: ignore::Error| Problem::new(format!("not a glob: {}", name::escaped(&error.to_string())));
    let mut builder = GitignoreBuilder::new(root);
    for glob in globs {
        builder.add_line(None, glob).map_err(wrong)?;
    }
    builder.build().map_err(wrong)
}

/// Whether one of the globs is for this file. Where it was reached by a link to the project, the link is resolved; a file that
/// is a link itself is a prompt by the name of the link.
fn is_in(globs: &Gitignore, path: &Path) -> bool {
    let mut whole = straight(&std::env::current_dir().unwrap_or_default().join(path));
    if !whole.starts_with(globs.path())
        && let (Some(folder), Some(file)) = (whole.parent(), whole.file_name())
        && let Ok(folder) = folder.canonicalize()
    {
        whole = folder.join(file);
    }
    whole.starts_with(globs.path()) && globs.matched_path_or_any_parents(&whole, false).is_ignore()
}

/// The path without `.` and `..`. Links are not followed: a prompt that is a link to another is a file of its own.
fn straight(path: &Path) -> PathBuf {
    let mut straight = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(straight.pop()),
            part => straight.push(part),
        }
    }
    straight
}

/// A path below `root`, which is the current folder or above it, as seen from the current folder.
fn from_here(path: PathBuf, root: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    if let Ok(below) = path.strip_prefix(&here) {
        return below.to_owned();
    }
    match (here.strip_prefix(root), path.strip_prefix(root)) {
        (Ok(down), Ok(rest)) => down.components().map(|_| Path::new("..")).collect::<PathBuf>().join(rest),
        _ => path,
    }
}

/// What was found in a project, named from the current folder and sorted by path.
#[derive(Default)]
pub(crate) struct Project {
    /// The files: hidden ones too, since many prompts are.
    pub(crate) files: Vec<PathBuf>,
    /// What is neither a file nor a folder, or leads out of sight: links to folders and to nothing, pipes.
    pub(crate) others: Vec<PathBuf>,
}

/// Finds what a project has, without what its own .gitignore files leave out, and without the folders of version control.
///
/// No other file decides what is checked: what stands in a home folder, or above the project, is not the same for everyone.
pub(crate) fn project(root: &Path, messages: &Messages) -> Project {
    let mut builder = WalkBuilder::new(root);
    builder.hidden(false).parents(false).ignore(false).git_global(false).git_exclude(false);
    builder.git_ignore(true).require_git(false).sort_by_file_path(Path::cmp);
    builder
        .filter_entry(|entry| ![".git", ".hg", ".svn", ".jj"].iter().any(|name| entry.file_name() == *name));
    let mut project = Project::default();
    for entry in builder.build() {
        match entry {
            Ok(entry) if entry.path().is_file() => project.files.push(from_here(entry.into_path(), root)),
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_dir()) => {}
            Ok(entry) => project.others.push(from_here(entry.into_path(), root)),
            Err(error) => {
                let problem = Problem::new(name::escaped(&error.to_string()));
                messages.error(&problem.about(name::shown(root)));
            }
        }
    }
    project
}
