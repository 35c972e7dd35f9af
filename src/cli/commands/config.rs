//! `tokenize config`: which settings are in force, and where each is from.

use std::io::Write;

use clap::ValueEnum;
use serde::Serialize;

use crate::cli::args::ListArgs;
use crate::cli::config::{Layer, Settings};
use crate::cli::failure::Failure;
use crate::cli::plan::DEFAULT_MODEL;
use crate::cli::rules::{Level, Rule};
use crate::cli::{name, output};

#[derive(Serialize)]
struct Document {
    settings: Vec<Setting>,
    models_files: Vec<String>,
    own_models: usize,
    rules: Vec<RuleEntry>,
}

#[derive(Serialize)]
struct Setting {
    key: &'static str,
    value: Option<String>,
    origin: String,
}

#[derive(Serialize)]
struct RuleEntry {
    number: usize,
    paths: Vec<String>,
    exclude: Vec<String>,
    max: Option<u64>,
    model: Option<String>,
    reserve: Option<u64>,
    warn_at: Option<f64>,
    level: &'static str,
    total: bool,
    origin: String,
}

impl RuleEntry {
    fn of(rule: &Rule) -> RuleEntry {
        RuleEntry {
            number: rule.number,
            paths: rule.paths.clone(),
            exclude: rule.exclude.clone(),
            max: rule.max,
            model: rule.model.clone(),
            reserve: rule.reserve,
            warn_at: rule.warn_at.map(|share| share.0 as f64 / 10_000.0),
            level: if rule.level == Level::Error { "error" } else { "warning" },
            total: rule.total,
            origin: name::shown(&rule.origin),
        }
    }
}

/// Tells.
pub(crate) fn run(args: &ListArgs, settings: &Settings) -> Result<(), Failure> {
    let own = settings.models.catalogue.models().count() - bytepair::registry::models::models().count();
    let document = Document {
        settings: in_force(settings),
        models_files: settings.model_files.iter().map(|path| name::shown(path)).collect(),
        own_models: own,
        rules: settings.rules().iter().map(RuleEntry::of).collect(),
    };
    if args.json {
        return Ok(output::json::value(&document)?);
    }
    let mut out = output::stdout();
    for Setting { key, value, origin } in &document.settings {
        let value = value.as_deref().unwrap_or("-");
        writeln!(out, "{key:<9} {value:<16} {origin}")?;
    }
    for file in &document.models_files {
        writeln!(out, "models    {file}")?;
    }
    for rule in &document.rules {
        writeln!(out, "rule {:<4} {}", rule.number, in_words(rule))?;
    }
    Ok(out.flush()?)
}

fn in_words(rule: &RuleEntry) -> String {
    let mut words = rule.paths.join(", ");
    if !rule.exclude.is_empty() {
        words += &format!(" but not {}", rule.exclude.join(", "));
    }
    words += match (rule.max, rule.total) {
        (Some(_), false) => ": each at most ",
        (Some(_), true) => ": together at most ",
        (None, false) => ": each what fits",
        (None, true) => ": together what fits",
    };
    if let Some(max) = rule.max {
        words += &format!("{max} tokens");
    }
    words += &rule.model.as_ref().map(|model| format!(", model {model}")).unwrap_or_default();
    words += &rule.reserve.map(|reserve| format!(", reserve {reserve}")).unwrap_or_default();
    words += &rule.warn_at.map(|share| format!(", warn at {}%", share * 100.0)).unwrap_or_default();
    format!("{words} ({}; {})", rule.level, rule.origin)
}

/// Model and encoding are taken together, all else each from the first layer that has it.
fn in_force(settings: &Settings) -> Vec<Setting> {
    let layers = &settings.layers;
    let setting = |key, found: Option<(String, &Layer)>, fallback: &str| match found {
        Some((value, layer)) => Setting { key, value: Some(value), origin: layer.origin.describe() },
        None => {
            let value = (!fallback.is_empty()).then(|| fallback.to_owned());
            Setting { key, value, origin: "by default".to_owned() }
        }
    };
    let first = |get: fn(&Layer) -> Option<String>| {
        layers.iter().find_map(|layer| get(layer).map(|value| (value, layer)))
    };
    let basis = layers.iter().find(|layer| layer.model.is_some() || layer.encoding.is_some());
    let of_basis =
        |get: fn(&Layer) -> Option<String>| basis.and_then(|layer| get(layer).map(|value| (value, layer)));
    let model = if basis.is_none() { DEFAULT_MODEL } else { "" };
    vec![
        setting("model", of_basis(|layer| layer.model.clone()), model),
        setting("encoding", of_basis(|layer| layer.encoding.clone()), ""),
        setting("special", first(|layer| layer.special.and_then(word)), "text"),
        setting("words", first(|layer| layer.words.and_then(word)), "white"),
        setting("threads", first(|layer| layer.threads.map(|threads| threads.to_string())), ""),
    ]
}

fn word(value: impl ValueEnum) -> Option<String> {
    value.to_possible_value().map(|value| value.get_name().to_owned())
}
