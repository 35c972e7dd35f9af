//! The models that can be named: those of the table, and those that a user adds or states otherwise.
//!
//! Hosts serve a model with windows of their own, and new models come faster than releases of a library. What a user says
//! counts more than the table. Left to others: the table (`models`), spellings of names (`names`), and reading a user's
//! file (the command).

use super::encodings;
use super::estimates::Ratios;
use super::models::{Exactness, Io, Model, models};
use super::names::{self, Resolved};
use crate::error::{Error, ErrorKind};

/// Models by name.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// Those of the user; a row of the table with the same name is hidden.
    own: Vec<Model>,
}

/// What a user says about a model. What is `None` is taken from the model [`Entry::like`], else from the model that
/// already has the name, else it is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The name; matched without regard to case.
    pub name: String,
    /// The model that it is like, in any spelling.
    pub like: Option<String>,
    /// Other names of the model, beside those that it has already.
    pub aliases: Option<Vec<String>>,
    /// Who makes the model.
    pub provider: Option<String>,
    /// The context window in tokens.
    pub context_window: Option<u64>,
    /// The longest prompt in tokens.
    pub max_input: Option<u64>,
    /// The longest answer in tokens.
    pub max_output: Option<u64>,
    /// Whether prompt and answer share the window.
    pub io: Option<Io>,
    /// The encoding.
    pub encoding: Option<String>,
    /// How far a count with the encoding can be trusted; if an encoding is stated without it: exact.
    pub exactness: Option<Exactness>,
    /// Where the facts are from.
    pub source: Option<String>,
    /// The date of the facts.
    pub as_of: Option<String>,
    /// Remarks.
    pub notes: Option<String>,
}

impl Catalogue {
    /// The models of the table.
    pub const fn built_in() -> Catalogue {
        Catalogue { own: Vec::new() }
    }

    /// All models, sorted by name in byte order.
    pub fn models(&self) -> impl Iterator<Item = Model> {
        let hidden = |model: &Model| self.own.iter().any(|own| own.name == model.name);
        let mut rows = models().filter(move |model| !hidden(model)).peekable();
        let mut own = self.own.iter().peekable();
        std::iter::from_fn(move || match (own.peek(), rows.peek()) {
            (Some(mine), Some(row)) if mine.name > row.name => rows.next(),
            (Some(_), _) => own.next().cloned(),
            (None, _) => rows.next(),
        })
    }

    /// The model that is called so letter for letter. Names of the user come before those of the table.
    pub fn named(&self, name: &str) -> Option<Model> {
        let own = self.own.iter().find(|model| model.is_called(name)).cloned();
        own.or_else(|| self.models().find(|model| model.is_called(name)))
    }

    /// The model with this name, as providers and tools spell it: see [`names`] for the rules.
    ///
    /// # Errors
    ///
    /// As [`model`](crate::model).
    pub fn model(&self, name: &str) -> Result<Resolved, Error> {
        names::resolve_in(self, name).map_err(|unknown| {
            let error = Error::new(ErrorKind::UnknownModel, format!("unknown model {name:?}"));
            if unknown.is_encoding() {
                return error.with_hint(format!("{name} is an encoding, not a model"));
            }
            match (unknown.near.as_slice(), unknown.why) {
                ([], Some(why)) => error.with_hint(why),
                ([], None) => error.with_hint("the table of models has no name like it (`tokenize models`)"),
                (near, None) => {
                    let is_family = name.len() > 2 && near.iter().all(|other| other.contains(name));
                    let all = if is_family {
                        format!(" (`tokenize models {name}` lists all)")
                    } else {
                        String::new()
                    };
                    error.with_hint(format!("did you mean {}?{all}", near.join(", ")))
                }
                (near, Some(why)) => error.with_hint(format!("did you mean {}? {why}", near.join(", "))),
            }
        })
    }

    /// Adds a model, or states it otherwise.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownModel`] if there is none that it is said to be like, or if a name is empty, holds white space or
    /// was added before; [`ErrorKind::UnknownEncoding`] if there is no such encoding.
    ///
    /// ```
    /// use bytepair::registry::catalogue::{Catalogue, Entry};
    /// let mut catalogue = Catalogue::built_in();
    /// let mut entry = Entry::named("our-llama");
    /// entry.like = Some("llama-3.1".to_owned());
    /// entry.context_window = Some(16_384);
    /// catalogue.add(entry)?;
    /// let model = catalogue.model("our-llama")?.model;
    /// assert_eq!((model.context_window, model.encoding.as_deref()), (Some(16_384), Some("llama3")));
    /// # Ok::<(), bytepair::Error>(())
    /// ```
    pub fn add(&mut self, entry: Entry) -> Result<(), Error> {
        let name = entry.name.trim().to_lowercase();
        let aliases = entry.aliases.as_deref().unwrap_or_default();
        let aliases: Vec<String> = aliases.iter().map(|alias| alias.trim().to_lowercase()).collect();
        for name in aliases.iter().chain([&name]) {
            let wrong =
                |what: &str| Err(Error::new(ErrorKind::UnknownModel, format!("the name {name:?} {what}")));
            if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == ',') {
                return wrong("is empty, or holds white space or a comma");
            }
            if self.own.iter().any(|model| model.is_called(name)) {
                return wrong("stands twice");
            }
        }
        let model = entry.over(self.base(&entry, &name)?, name, &aliases)?;
        let place = self.own.partition_point(|own| own.name < model.name);
        self.own.insert(place, model);
        Ok(())
    }

    /// The model that an entry is taken from.
    fn base(&self, entry: &Entry, name: &str) -> Result<Model, Error> {
        match (&entry.like, self.named(name)) {
            (Some(like), _) => {
                let like = self.model(like)?.model;
                Ok(Model { aliases: "".into(), ..like })
            }
            (None, Some(row)) if row.name == name => Ok(row),
            // What is said of one snapshot is not said of the others that the row stands for.
            (None, Some(row)) => Ok(Model { aliases: "".into(), ..row }),
            (None, None) => Ok(Model {
                name: name.to_owned().into(),
                provider: "-".into(),
                context_window: None,
                max_input: None,
                max_output: None,
                io: Io::Shared,
                encoding: None,
                exactness: Exactness::Exact,
                tokenizer: None,
                released: None,
                retired: None,
                source: "-".into(),
                as_of: "-".into(),
                notes: None,
                aliases: "".into(),
            }),
        }
    }
}

impl Entry {
    /// An entry that says nothing yet.
    pub fn named(name: impl Into<String>) -> Entry {
        Entry { name: name.into(), ..Entry::default() }
    }

    /// Whether it says something about a model that others say, too; then it is the source.
    pub fn states_facts(&self) -> bool {
        let Entry { like, context_window, max_input, max_output, io, encoding, exactness, .. } = self;
        let limits = [context_window, max_input, max_output].into_iter().any(Option::is_some);
        like.is_some() || limits || io.is_some() || encoding.is_some() || exactness.is_some()
    }

    /// The model that `base` becomes.
    fn over(&self, base: Model, name: String, aliases: &[String]) -> Result<Model, Error> {
        let stated = |text: &Option<String>| text.clone().map(Into::into);
        let names = base.aliases().chain(aliases.iter().map(String::as_str));
        let names: Vec<&str> = names.filter(|alias| *alias != name).collect();
        let names = names.join(",");
        let (mut encoding, mut exactness, mut tokenizer) = (base.encoding, base.exactness, base.tokenizer);
        if let Some(own) = &self.encoding {
            encodings::find(own)?;
            // What was measured holds for the encoding it was measured with, and for no other.
            let is_measured =
                tokenizer.as_deref().and_then(Ratios::of).is_some_and(|it| it.encoding() == own);
            if !is_measured {
                tokenizer = None;
                exactness = Exactness::Exact;
            }
            encoding = Some(own.clone().into());
        }
        // A window that was stated is not cut by a limit of the model elsewhere.
        let max_input = match (self.max_input, self.context_window) {
            (None, Some(window)) => base.max_input.filter(|&input| input <= window),
            (own, _) => own.or(base.max_input),
        };
        Ok(Model {
            name: name.into(),
            provider: stated(&self.provider).unwrap_or(base.provider),
            context_window: self.context_window.or(base.context_window),
            max_input,
            max_output: self.max_output.or(base.max_output),
            io: self.io.unwrap_or(base.io),
            encoding,
            exactness: self.exactness.unwrap_or(exactness),
            tokenizer,
            source: stated(&self.source).unwrap_or(base.source),
            as_of: stated(&self.as_of).unwrap_or(base.as_of),
            notes: stated(&self.notes).or(base.notes),
            aliases: names.into(),
            released: base.released,
            retired: base.retired,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn with(entry: Entry) -> Catalogue {
        let mut catalogue = Catalogue::built_in();
        catalogue.add(entry).unwrap();
        catalogue
    }

    #[test]
    fn a_row_can_be_stated_otherwise() {
        let own = with(Entry { context_window: Some(64_000), ..Entry::named("GPT-4o") });
        let model = own.model("openai/gpt-4o").unwrap().model;
        assert_eq!((model.context_window, model.max_output), (Some(64_000), Some(16_384)));
        assert_eq!(own.model("gpt-4o-2024-08-06").unwrap().model, model);
        assert_eq!(own.models().count(), models().count());
        assert!(own.models().map(|model| model.name).is_sorted());
    }

    #[test]
    fn a_snapshot_can_be_stated_otherwise() {
        let own = with(Entry { context_window: Some(9000), ..Entry::named("gpt-4o-2024-08-06") });
        let window = |name: &str| own.model(name).unwrap().model.context_window;
        assert_eq!(window("openai/gpt-4o-2024-08-06"), Some(9000));
        for other in ["gpt-4o", "gpt-4o-2024-11-20", "gpt-4o-audio-preview"] {
            assert_eq!(window(other), Some(128_000), "{other}");
        }
    }

    #[test]
    fn a_model_can_be_added() {
        let mut own = with(Entry {
            encoding: Some("llama3".to_owned()),
            context_window: Some(8192),
            aliases: Some(vec!["acme/Tuned".to_owned()]),
            ..Entry::named("tuned-7")
        });
        let model = own.model("ACME/tuned").unwrap().model;
        assert_eq!(
            (&*model.name, model.exactness, model.room(192)),
            ("tuned-7", Exactness::Exact, Some(8000))
        );
        assert_eq!(own.model("tuned-8").unwrap_err().hint(), Some("did you mean tuned-7?"));
        for (name, wanted) in [("Tuned-7", "twice"), ("", "empty"), ("a b", "white space")] {
            let error = own.add(Entry::named(name)).unwrap_err();
            assert!(error.to_string().contains(wanted), "{error}");
        }
        let unknown = Entry { encoding: Some("nonsense".to_owned()), ..Entry::named("x") };
        assert_eq!(own.add(unknown).unwrap_err().kind(), ErrorKind::UnknownEncoding);
        let unlike = Entry { like: Some("nonsense".to_owned()), ..Entry::named("x") };
        assert_eq!(own.add(unlike).unwrap_err().kind(), ErrorKind::UnknownModel);
    }

    #[test]
    fn ratios_go_with_their_encoding() {
        let like = || Entry { like: Some("claude-opus-5".to_owned()), ..Entry::named("x") };
        assert!(with(like()).named("x").unwrap().ratios().is_some());
        let own = with(Entry { encoding: Some("cl100k_base".to_owned()), ..like() });
        assert_eq!(own.named("x").unwrap().ratios(), None);
        assert_eq!(own.named("x").unwrap().exactness, Exactness::Exact);
    }

    #[test]
    fn a_window_that_is_stated_counts() {
        let own = with(Entry { context_window: Some(100_000), ..Entry::named("gpt-5") });
        assert_eq!(own.named("gpt-5").unwrap().room(0), Some(100_000));
        let own = with(Entry { context_window: Some(300_000), ..Entry::named("gpt-5") });
        assert_eq!(own.named("gpt-5").unwrap().room(0), Some(272_000));
    }
}
