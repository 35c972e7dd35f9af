//! Models of the user: `models.toml`, which adds models to the table, states others otherwise, and may have prices.
//!
//! ```toml
//! [models."our-llama"]
//! like = "llama-3.1"       # what is not said is as there
//! window = 16384
//! input-price = 0.10       # for a million tokens
//!
//! [models."gpt-4o"]        # a model of the table: only the window is another
//! window = 64000
//! ```
//!
//! What the facts mean is left to the library's catalogue. There are no prices but these: what a table of a program
//! says about prices is soon wrong.

use std::path::Path;

use bytepair::registry::catalogue::{Catalogue, Entry};
use bytepair::registry::models::{Exactness, Io, Model};

use crate::cli::config::{toml_file, wrong_in};
use crate::cli::failure::Problem;
use crate::cli::name;

const KEYS: &str = "like, aliases, provider, window, max-input, max-output, io, encoding, exactness, source, as-of, notes, \
                    input-price, output-price, currency";

/// What a user's file says.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnModels {
    /// The models, with those of the table.
    pub(crate) catalogue: Catalogue,
    prices: Vec<(String, Price)>,
}

/// What tokens of a model cost.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Price {
    /// A million tokens of a prompt.
    pub(crate) input: f64,
    /// A million tokens of an answer, if it was said.
    pub(crate) output: Option<f64>,
    /// In what.
    pub(crate) currency: String,
    /// The file that says so.
    pub(crate) origin: String,
}

impl OwnModels {
    /// The price of a model, if one is known.
    pub(crate) fn price(&self, model: &Model) -> Option<&Price> {
        self.prices.iter().rev().find(|(name, _)| *name == model.name).map(|(_, price)| price)
    }

    /// Adds what a file says. `None` if there is no such file.
    pub(crate) fn read(&mut self, path: &Path) -> Result<Option<()>, Problem> {
        let Some(table) = toml_file(path)? else { return Ok(None) };
        let wrong = |problem: Problem| wrong_in(path, problem);
        let mut models = Vec::new();
        for (key, value) in &table {
            let Some(named) = value.as_table().filter(|_| key == "models") else {
                let problem = Problem::new("unknown key").about(name::escaped(key));
                return Err(wrong(problem.hint("a model is a table: [models.\"NAME\"]")));
            };
            models.extend(named);
        }
        // A model can be like one that stands after it: those that wait for none come first.
        while !models.is_empty() {
            let names: Vec<Vec<String>> = models.iter().map(|(name, facts)| all_names(name, facts)).collect();
            let waits = |(name, facts): &(&String, &toml::Value)| {
                let like = facts.get("like").and_then(toml::Value::as_str).map(str::to_lowercase);
                let own = all_names(name, facts);
                like.is_some_and(|like| {
                    !own.contains(&like) && names.iter().any(|names| names.contains(&like))
                })
            };
            let (waiting, ready): (Vec<_>, Vec<_>) = models.into_iter().partition(waits);
            if ready.is_empty() {
                let names: Vec<&str> = waiting.iter().map(|(name, _)| name.as_str()).collect();
                let what = format!("these are like each other in a circle: {}", names.join(", "));
                return Err(wrong(Problem::new(what)));
            }
            models = waiting;
            for (name, facts) in ready {
                let shown = format!("models.{name:?}");
                let facts = facts.as_table().ok_or_else(|| {
                    wrong(Problem::new("expected a table, [models.\"NAME\"]").about(&shown))
                })?;
                self.add(name, facts, path).map_err(|problem| wrong(problem.about(&shown)))?;
            }
        }
        Ok(Some(()))
    }

    fn add(&mut self, name: &str, facts: &toml::Table, path: &Path) -> Result<(), Problem> {
        let mut entry = Entry::named(name);
        let (mut input, mut output, mut currency) = (None, None, None);
        for (key, value) in facts {
            let wrong = |problem: Problem| problem.about(name::escaped(key));
            let text = || text(value).map_err(wrong);
            match key.as_str() {
                "like" => entry.like = Some(text()?),
                "aliases" => entry.aliases = Some(texts(value).map_err(wrong)?),
                "provider" => entry.provider = Some(text()?),
                "window" => entry.context_window = Some(limit(value).map_err(wrong)?),
                "max-input" => entry.max_input = Some(limit(value).map_err(wrong)?),
                "max-output" => entry.max_output = Some(limit(value).map_err(wrong)?),
                "io" => {
                    let io = Io::from_name(&text()?);
                    entry.io = Some(io.ok_or_else(|| {
                        wrong(Problem::new("expected one of shared, separate, input-only"))
                    })?);
                }
                "encoding" => entry.encoding = Some(text()?),
                "exactness" => {
                    let exactness = Exactness::from_name(&text()?);
                    entry.exactness = Some(exactness.ok_or_else(|| {
                        wrong(Problem::new("expected one of exact, official-local, estimate"))
                    })?);
                }
                "source" => entry.source = Some(text()?),
                "as-of" => entry.as_of = Some(text()?),
                "notes" => entry.notes = Some(text()?),
                "input-price" => input = Some(price(value).map_err(wrong)?),
                "output-price" => output = Some(price(value).map_err(wrong)?),
                "currency" => currency = Some(text()?),
                _ if value.is_table() => {
                    let whole = format!(
                        "a name with points stands in quotes: [models.{:?}]",
                        format!("{name}.{key}")
                    );
                    return Err(wrong(Problem::new("unknown key").hint(whole)));
                }
                _ => return Err(wrong(Problem::new("unknown key").hint(format!("the keys are {KEYS}")))),
            }
        }
        if entry.states_facts() {
            entry.source.get_or_insert_with(|| name::shown(path));
            entry.as_of.get_or_insert_with(|| "-".to_owned());
        }
        self.catalogue.add(entry)?;
        let name = name.trim().to_lowercase();
        let name = self.catalogue.named(&name).map_or(name, |model| model.name.into_owned());
        match (input, output.is_some() || currency.is_some()) {
            (Some(input), _) => {
                let currency = currency.unwrap_or_else(|| "USD".to_owned());
                self.prices.push((name, Price { input, output, currency, origin: name::shown(path) }));
            }
            (None, true) => return Err(Problem::new("has a price, but no input-price")),
            (None, false) => {}
        }
        Ok(())
    }
}

/// The name of a model and its other names, as they are compared.
fn all_names(name: &str, facts: &toml::Value) -> Vec<String> {
    let aliases = facts.get("aliases").and_then(|aliases| texts(aliases).ok()).unwrap_or_default();
    aliases.iter().map(String::as_str).chain([name]).map(|name| name.trim().to_lowercase()).collect()
}

fn text(value: &toml::Value) -> Result<String, Problem> {
    let text = value.as_str().filter(|text| !text.is_empty());
    text.map(str::to_owned).ok_or_else(|| Problem::new("expected a text in quotes"))
}

fn texts(value: &toml::Value) -> Result<Vec<String>, Problem> {
    let items = value.as_array().and_then(|items| items.iter().map(|item| text(item).ok()).collect());
    items.ok_or_else(|| Problem::new("expected a list of texts"))
}

/// A number of tokens: `8000`, or `"8k"`.
pub(crate) fn limit(value: &toml::Value) -> Result<u64, Problem> {
    let number = match value {
        toml::Value::Integer(number) => u64::try_from(*number).ok(),
        toml::Value::String(text) => crate::cli::args::tokens(text).ok(),
        _ => None,
    };
    let wrong = || Problem::new("expected a number of tokens, such as 8000 or \"8k\"");
    number.ok_or_else(|| wrong().hint("k is 1000, M a million, and with them it stands in quotes"))
}

fn price(value: &toml::Value) -> Result<f64, Problem> {
    let number = match value {
        toml::Value::Integer(number) => Some(*number as f64),
        toml::Value::Float(number) => Some(*number),
        _ => None,
    };
    let number = number.filter(|number| number.is_finite() && *number >= 0.0);
    number.ok_or_else(|| Problem::new("expected a price for a million tokens, such as 2.50"))
}
