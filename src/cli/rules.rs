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
                let share = args::share(text()?).map_err(|what| wrong(Problem::new(what)))?;
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
    let wrong =
        || Problem::new("expected a glob in quotes, or a list of them; exclude = [...] leaves files out");
    let one = |value: &toml::Value| {
        let glob = value.as_str().filter(|glob| !glob.is_empty() && !glob.starts_with(['!', '#']));
        glob.map(str::to_owned).ok_or_else(wrong)
    };
    match value.as_array() {
        Some(list) => list.iter().map(one).collect(),
        None => Ok(vec![one(value)?]),
    }
}

impl Rule {
    /// How the rule is called in messages.
    pub(crate) fn shown(&self) -> String {
        format!("rule {} ({})", self.number, self.paths.join(", "))
    }

    /// The folder that the globs start from.
    pub(crate) fn root(&self) -> &Path {
        self.origin.parent().unwrap_or(Path::new("."))
    }

    /// What finds the files it is for, and those among them that it is not for.
    fn matchers(&self) -> Result<[Gitignore; 2], Problem> {
        let wrong =
            |error: ignore::Error| Problem::new(format!("not a glob: {}", name::escaped(&error.to_string())));
        let matcher = |globs: &[String]| {
            let mut builder = GitignoreBuilder::new(self.root());
            for glob in globs {
                builder.add_line(None, glob).map_err(wrong)?;
            }
            builder.build().map_err(wrong)
        };
        Ok([matcher(&self.paths)?, matcher(&self.exclude)?])
    }

    /// The files among these that the rule is for.
    pub(crate) fn files(&self, files: &[PathBuf]) -> Result<Vec<PathBuf>, Problem> {
        let [included, excluded] = self.matchers()?;
        let here = std::env::current_dir().unwrap_or_default();
        let is_meant = |path: &&PathBuf| {
            let absolute = straight(&here.join(path));
            let is_in = |globs: &Gitignore| globs.matched_path_or_any_parents(&absolute, false).is_ignore();
            absolute.starts_with(self.root()) && is_in(&included) && !is_in(&excluded)
        };
        Ok(files.iter().filter(is_meant).cloned().collect())
    }
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

/// All files of a project, sorted by path: hidden ones too, since many prompts are, but none that is ignored, and none of
/// version control. They are named from the current folder.
pub(crate) fn project_files(root: &Path, messages: &Messages) -> Vec<PathBuf> {
    let mut builder = WalkBuilder::new(root);
    builder.hidden(false).require_git(false).sort_by_file_path(Path::cmp);
    builder.filter_entry(|entry| entry.file_name() != ".git" && entry.file_name() != ".hg");
    let mut files = Vec::new();
    for entry in builder.build() {
        match entry {
            Ok(entry) if entry.path().is_file() => files.push(from_here(entry.into_path(), root)),
            Ok(_) => {}
            Err(error) => {
                let problem = Problem::new(name::escaped(&error.to_string()));
                messages.error(&problem.about(name::shown(root)));
            }
        }
    }
    files
}
