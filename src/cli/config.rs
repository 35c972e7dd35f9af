//! Settings of the environment and of configuration files, as layers from the strongest to the weakest.
//!
//! Only their shape is checked here; what the names mean, and that flags come first, is left to `plan`.

use std::env;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use etcetera::BaseStrategy;

use crate::cli::args::{CommonArgs, MOST_THREADS, Special, Words};
use crate::cli::failure::{Failure, Problem};
use crate::cli::messages::Messages;
use crate::cli::name;
use crate::cli::own_models::OwnModels;
use crate::cli::rules::{self, Rule};

/// The file that is looked for in the current folder and above.
const PROJECT_FILE: &str = ".tokenize.toml";

/// The file in the user's configuration folder.
const USER_FILE: &str = "tokenize/config.toml";

/// The file with models of the user, in the same folder.
const MODELS_FILE: &str = "tokenize/models.toml";

const KEYS: &str = "model, encoding, special, words, threads, and in .tokenize.toml [[rule]]";

/// Everything that was configured.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// Settings from the strongest layer to the weakest, below the flags.
    pub(crate) layers: Vec<Layer>,
    /// The models, with those of the user.
    pub(crate) models: OwnModels,
    /// Files that say something about models.
    pub(crate) model_files: Vec<PathBuf>,
}

impl Settings {
    /// The rules of the project.
    pub(crate) fn rules(&self) -> &[Rule] {
        self.layers
            .iter()
            .map(|layer| layer.rules.as_slice())
            .find(|rules| !rules.is_empty())
            .unwrap_or_default()
    }
}

/// The settings of one place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layer {
    /// Where they are from; nothing for flags.
    pub(crate) origin: Origin,
    /// A model's name.
    pub(crate) model: Option<String>,
    /// An encoding's name.
    pub(crate) encoding: Option<String>,
    /// What names of special tokens are.
    pub(crate) special: Option<Special>,
    /// What a word is.
    pub(crate) words: Option<Words>,
    /// How many threads to use.
    pub(crate) threads: Option<u16>,
    /// Which files may have how many tokens; only files of projects have rules.
    pub(crate) rules: Vec<Rule>,
}

/// Where a setting is from.
#[derive(Clone, Debug, Default)]
pub(crate) enum Origin {
    /// A flag: errors need not say where it is.
    #[default]
    Flags,
    /// A variable `TOKENIZE_…`.
    Environment,
    /// A file.
    File(PathBuf),
}

impl Origin {
    /// Says where a wrong value for `key` stands.
    pub(crate) fn blame(&self, key: &str, problem: Problem) -> Problem {
        match self {
            Origin::Flags => problem,
            Origin::Environment => problem.about(variable(key)),
            Origin::File(path) => problem.about(key).about(name::shown(path)),
        }
    }

    /// In words, for `--verbose`.
    pub(crate) fn describe(&self) -> String {
        match self {
            Origin::Flags => "by flag".to_owned(),
            Origin::Environment => "from the environment".to_owned(),
            Origin::File(path) => format!("from {}", name::shown(path)),
        }
    }
}

/// What was configured. `models` is a file with models of the user, named by flag.
pub(crate) fn settings(common: &CommonArgs, messages: &Messages) -> Result<Settings, Failure> {
    let mut settings = Settings { layers: vec![environment()?], ..Settings::default() };
    if !common.no_config {
        let folder = etcetera::choose_base_strategy().ok().map(|base| base.config_dir());
        let user = folder.as_ref().map(|folder| folder.join(USER_FILE));
        let mut project_files = project_files();
        for (path, is_project) in [(project_files.next(), true), (user, false)] {
            let Some(path) = path else { continue };
            if let Some(mut layer) = file(&path, is_project)? {
                messages.detail(format_args!("configuration: {}", name::shown(&path)));
                if is_project && layer.rules.is_empty() {
                    layer.rules = rules_of_others(&mut project_files)?;
                }
                settings.layers.push(layer);
            }
        }
        // A file that is named replaces the usual one.
        let usual = folder.map(|folder| folder.join(MODELS_FILE)).filter(|_| common.models.is_none());
        if let Some(path) = usual
            && settings.models.read(&path)?.is_some()
        {
            settings.model_files.push(path);
        }
    }
    if let Some(path) = &common.models {
        let missing = || Problem::new("No such file or directory").about(name::shown(path));
        settings.models.read(path)?.ok_or_else(missing)?;
        settings.model_files.push(path.clone());
    }
    for path in &settings.model_files {
        messages.detail(format_args!("models: {}", name::shown(path)));
    }
    Ok(settings)
}

/// The project files in this folder and above, the nearest first. A current folder that does not exist any more has none.
fn project_files() -> impl Iterator<Item = PathBuf> {
    let here = env::current_dir().unwrap_or_default();
    let folders: Vec<PathBuf> = here.ancestors().map(Path::to_owned).collect();
    let files = folders.into_iter().map(|folder| folder.join(PROJECT_FILE));
    files.filter(|path| path.is_absolute() && path.symlink_metadata().is_ok())
}

/// The rules of the first of these files that has any: settings for a part of a project do not end its guard.
fn rules_of_others(files: &mut impl Iterator<Item = PathBuf>) -> Result<Vec<Rule>, Problem> {
    for path in files {
        let rules = file(&path, true)?.map(|layer| layer.rules).unwrap_or_default();
        if !rules.is_empty() {
            return Ok(rules);
        }
    }
    Ok(Vec::new())
}

fn environment() -> Result<Layer, Problem> {
    let mut layer = Layer { origin: Origin::Environment, ..Layer::default() };
    for key in ["model", "encoding", "threads"] {
        let Some(value) = env::var_os(variable(key)).filter(|value| !value.is_empty()) else { continue };
        let wrong = |problem| Origin::Environment.blame(key, problem);
        let text = value.into_string().map_err(|_| wrong(Problem::new("is not valid UTF-8")))?;
        let value = match text.parse() {
            Ok(number) if key == "threads" => toml::Value::Integer(number),
            _ => toml::Value::String(text),
        };
        layer.set(key, &value).map_err(wrong)?;
    }
    Ok(layer)
}

/// How to go on without configuration files.
const NO_CONFIG: &str = "--no-config reads no such files";

fn variable(key: &str) -> String {
    format!("TOKENIZE_{}", key.to_ascii_uppercase())
}

/// A problem with something that a file says.
pub(crate) fn wrong_in(path: &Path, problem: Problem) -> Problem {
    let hint = problem.hint.clone().unwrap_or_else(|| NO_CONFIG.to_owned());
    problem.about(name::shown(path)).hint(hint)
}

/// What a file holds; `None` if there is none.
pub(crate) fn toml_file(path: &Path) -> Result<Option<toml::Table>, Problem> {
    // A pipe or a device in this place would be waited for.
    if path.metadata().is_ok_and(|found| !found.is_file()) {
        return Err(Problem::new("is no regular file").about(name::shown(path)).hint(NO_CONFIG));
    }
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        // A home folder that is closed to this user holds no settings of theirs.
        Err(_) if path.symlink_metadata().is_err() => return Ok(None),
        Err(error) => return Err(Problem::file(path, &error).hint(NO_CONFIG)),
    };
    let table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        wrong_in(path, Problem::new(format!("line {line}: {}", name::escaped(error.message()))))
    })?;
    Ok(Some(table))
}

/// The settings of a file; `None` if there is none.
fn file(path: &Path, is_project: bool) -> Result<Option<Layer>, Problem> {
    let Some(table) = toml_file(path)? else { return Ok(None) };
    let mut layer = Layer { origin: Origin::File(path.to_owned()), ..Layer::default() };
    for (key, value) in &table {
        if key == "rule" {
            let rules = match is_project {
                true => rules::read(path, value),
                false => {
                    Err(Problem::new("rules are those of a project: they belong into .tokenize.toml")
                        .about(key))
                }
            };
            layer.rules = rules.map_err(|problem| wrong_in(path, problem))?;
            continue;
        }
        layer.set(key, value).map_err(|problem| wrong_in(path, problem.about(name::escaped(key))))?;
    }
    Ok(Some(layer))
}

impl Layer {
    /// Takes a value for a key.
    fn set(&mut self, key: &str, value: &toml::Value) -> Result<(), Problem> {
        match key {
            "model" => self.model = Some(string(value)?),
            "encoding" => self.encoding = Some(string(value)?),
            "special" => self.special = Some(choice(value)?),
            "words" => self.words = Some(choice(value)?),
            "threads" => self.threads = Some(threads(value)?),
            _ => return Err(Problem::new("unknown key").hint(format!("the keys are {KEYS}"))),
        }
        Ok(())
    }
}

fn string(value: &toml::Value) -> Result<String, Problem> {
    let text = value.as_str().filter(|text| !text.is_empty());
    text.map(str::to_owned).ok_or_else(|| Problem::new("expected a name in quotes"))
}

fn choice<T: ValueEnum>(value: &toml::Value) -> Result<T, Problem> {
    let chosen = value.as_str().and_then(|text| T::from_str(text, false).ok());
    chosen.ok_or_else(|| {
        let values = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let names: Vec<String> = values.map(|value| value.get_name().to_owned()).collect();
        Problem::new(format!("expected one of {}", names.join(", ")))
    })
}

fn threads(value: &toml::Value) -> Result<u16, Problem> {
    let number = value.as_integer().filter(|number| (1..=MOST_THREADS).contains(number));
    let number = number.and_then(|number| u16::try_from(number).ok());
    number.ok_or_else(|| Problem::new(format!("expected a whole number from 1 to {MOST_THREADS}")))
}
