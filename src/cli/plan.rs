//! What was typed and configured, put together: which encoding, window, policy, words and threads.
//!
//! Flags are the strongest layer, then come those of `config`. Doing it is left to the commands.

use bytepair::parallel::Measure;
use bytepair::registry::encodings::DEFAULT_ENCODING;
use bytepair::registry::estimates::Ratios;
use bytepair::registry::models::{Exactness, Model};
use bytepair::{Frame, SpecialPolicy, Tokenizer};

use crate::cli::args::{InputArgs, Special, VocabularyArgs, Words};
use crate::cli::config::{Layer, Origin, Settings};
use crate::cli::failure::Problem;
use crate::cli::messages::Messages;
use crate::cli::own_models::Price;
use crate::cli::vocabulary;

/// The model if nobody names one or an encoding. It is always stated in the output.
pub(crate) const DEFAULT_MODEL: &str = "gpt-4o";

/// What a count is based on.
pub(crate) struct Basis {
    /// The model, if there is one, with the window of `--context`.
    pub(crate) model: Option<Model>,
    /// The context window in tokens.
    pub(crate) window: Option<u64>,
    /// Whether that is the one of `--context`.
    pub(crate) has_own_window: bool,
    /// The encoding's name, or that of the vocabulary file.
    pub(crate) encoding: String,
    /// How far the count can be trusted to be the model's; without a model, the encoding's.
    pub(crate) exactness: Exactness,
    /// The tokenizer of the encoding.
    pub(crate) tokenizer: Tokenizer,
    /// The ratios that make the model's tokens of those of the encoding; nothing where the count is not changed.
    pub(crate) ratios: Option<Ratios>,
    /// What tokens of the model cost, if the user says so.
    pub(crate) price: Option<Price>,
}

impl Basis {
    /// An error where ids are wanted of a model whose tokenizer is not public.
    pub(crate) fn must_have_ids(&self) -> Result<(), Problem> {
        let (Some(_), Some(model)) = (&self.ratios, &self.model) else { return Ok(()) };
        let what = format!("the tokenizer of {} is not public: there are no token ids", model.name);
        Err(Problem::new(what)
            .hint("tokenize count estimates how many there are; -e ENCODING takes another's ids"))
    }

    /// Whether the count is estimated, and nothing is known of how far off it may be.
    pub(crate) fn is_unmeasured(&self) -> bool {
        self.exactness == Exactness::Estimate && self.ratios.is_none()
    }

    /// How many tokens of the encoding a text may have that must not have more than `limit` of the model. Where the
    /// model's are estimated, that is certain of the usual kinds of text alone.
    pub(crate) fn certain_within(&self, limit: u64) -> u64 {
        self.ratios.map_or(limit, |ratios| ratios.certain_within(limit))
    }

    /// Tells that the encoding of the model is assumed, if it is.
    pub(crate) fn tell_assumed(&self, messages: &Messages) {
        if let (true, Some(model)) = (self.is_unmeasured(), &self.model) {
            messages.note(format_args!(
                "{}: counted with {}, which is assumed; by how much this can be off is not known",
                model.name, self.encoding
            ));
        }
    }

    /// Tells that tokens of an encoding stand in for those of the model, of which there must not be more than `limit`.
    pub(crate) fn tell_stand_in(&self, limit: u64, messages: &Messages) {
        self.tell_assumed(messages);
        let (Some(ratios), Some(model)) = (&self.ratios, &self.model) else { return };
        let within = ratios.certain_within(limit);
        messages.note(format_args!(
            "the tokenizer of {} is not public: {within} tokens of {}, of which 95 % of usual texts have at most {limit} there (check tells of one text)",
            model.name, self.encoding
        ));
    }

    /// The largest prompt beside an answer of `reserve` tokens, if a window is known.
    pub(crate) fn room(&self, reserve: u64) -> Option<u64> {
        match &self.model {
            Some(model) => model.room(reserve),
            None => self.window.map(|window| window.saturating_sub(reserve)),
        }
    }
}

/// Which model and vocabulary are named, and where.
struct Chosen<'a> {
    origin: &'a Origin,
    model: Option<&'a str>,
    encoding: Option<&'a str>,
    described: String,
}

/// Finds model and encoding. Both are taken from the first layer that names either, so that a model that is
/// named is never counted with an encoding that was once configured for another.
pub(crate) fn basis(
    args: &VocabularyArgs,
    settings: &Settings,
    messages: &Messages,
) -> Result<Basis, Problem> {
    let (model, encoding) = (args.model.as_deref(), args.encoding.as_deref());
    let by_flags = Chosen { origin: &Origin::Flags, model, encoding, described: Origin::Flags.describe() };
    if args.vocab.is_some() {
        of_file(args, model_of(&by_flags, args, settings, messages)?, settings, messages)
    } else if model.is_some() || encoding.is_some() {
        named(&by_flags, args, settings, messages)
    } else {
        let names_one = |layer: &&Layer| layer.model.is_some() || layer.encoding.is_some();
        let chosen = match settings.layers.iter().find(names_one) {
            Some(Layer { origin, model, encoding, .. }) => {
                let described = origin.describe();
                Chosen { origin, model: model.as_deref(), encoding: encoding.as_deref(), described }
            }
            None => Chosen { model: Some(DEFAULT_MODEL), described: "by default".to_owned(), ..by_flags },
        };
        named(&chosen, args, settings, messages)
    }
}

/// The model that was named, with the window that flags give it.
fn model_of(
    chosen: &Chosen<'_>,
    args: &VocabularyArgs,
    settings: &Settings,
    messages: &Messages,
) -> Result<Option<Model>, Problem> {
    let Some(name) = chosen.model else { return Ok(None) };
    let resolved = settings.models.catalogue.model(name).map_err(|error| {
        let problem = chosen.origin.blame("model", error.into());
        match bytepair::encoding_names().any(|encoding| encoding == name) {
            true => problem.hint(format!("{name} is an encoding: --encoding {name}")),
            false => problem,
        }
    })?;
    if let Some(note) = &resolved.note {
        messages.note(note);
    }
    let mut model = resolved.model;
    if let Some(window) = args.context {
        model.context_window = Some(window);
        // The model's own limit of a prompt may be larger or smaller than what this host allows.
        model.max_input = model.max_input.filter(|&input| input <= window);
    }
    Ok(Some(model))
}

/// What names give.
fn named(
    chosen: &Chosen<'_>,
    args: &VocabularyArgs,
    settings: &Settings,
    messages: &Messages,
) -> Result<Basis, Problem> {
    let model = model_of(chosen, args, settings, messages)?;
    let own = match &model {
        Some(model) => model.encoding.clone(),
        None => Some(DEFAULT_ENCODING.into()),
    };
    let Some(encoding) = chosen.encoding.or(own.as_deref()) else {
        let name = model.as_ref().map_or("", |model| &model.name);
        let what = format!("the tokenizer of {name} is not built in");
        let hint = match model.as_ref().is_some_and(|model| model.provider == "-") {
            true => "state its encoding in the models file, or name its file with --vocab",
            false => "it is published with the model: name its file with --vocab, tokenizer.json for example",
        };
        return Err(Problem::new(what).hint(hint));
    };
    let key = if chosen.encoding.is_some() { "encoding" } else { "model" };
    let tokenizer = bytepair::encoding(encoding).map_err(|error| {
        let problem = chosen.origin.blame(key, error.into());
        let is_file = chosen.encoding.is_some() && std::path::Path::new(encoding).exists();
        if is_file { problem.hint("a vocabulary file is read with --vocab FILE") } else { problem }
    })?;
    let exactness = match &model {
        Some(_) if Some(encoding) != own.as_deref() => Exactness::Estimate,
        Some(model) => model.exactness,
        None => Exactness::Exact,
    };
    if messages.tells_details() {
        let model = model.as_ref().map_or("none", |model| &model.name);
        let described = &chosen.described;
        messages.detail(format_args!("model: {model}; encoding: {encoding} ({described}, {exactness})"));
    }
    let ratios = model.as_ref().and_then(Model::ratios).filter(|ratios| ratios.encoding() == encoding);
    Ok(Basis::new(model, args, (encoding, exactness), tokenizer, ratios, settings))
}

/// The vocabulary of a file, and the model that was named for its window.
fn of_file(
    args: &VocabularyArgs,
    model: Option<Model>,
    settings: &Settings,
    messages: &Messages,
) -> Result<Basis, Problem> {
    let path = args.vocab.as_deref().unwrap_or("".as_ref());
    let found = vocabulary::read(path)?;
    let definition = found.definition(args.like.as_deref(), messages)?;
    let exactness = match &model {
        // Of a model whose tokenizer is not built in, its file is all there is.
        Some(Model { encoding: None, exactness, .. }) => *exactness,
        Some(Model { encoding: Some(own), exactness, .. }) if vocabulary::is_that_of(&definition, own) => {
            *exactness
        }
        Some(_) => Exactness::Estimate,
        None => Exactness::Exact,
    };
    let encoding = definition.name.clone();
    let tokenizer = Tokenizer::new(definition).map_err(|error| found.problem(error))?;
    if messages.tells_details() {
        let model = model.as_ref().map_or("none", |model| &model.name);
        messages.detail(format_args!("model: {model}; vocabulary: {} ({exactness})", found.shown()));
    }
    Ok(Basis::new(model, args, (&encoding, exactness), tokenizer, None, settings))
}

impl Basis {
    fn new(
        model: Option<Model>,
        args: &VocabularyArgs,
        (encoding, exactness): (&str, Exactness),
        tokenizer: Tokenizer,
        ratios: Option<Ratios>,
        settings: &Settings,
    ) -> Basis {
        let price = model.as_ref().and_then(|model| settings.models.price(model)).cloned();
        let window = args.context.or(model.as_ref().and_then(|model| model.context_window));
        let (encoding, has_own_window) = (encoding.to_owned(), args.context.is_some());
        Basis { model, window, has_own_window, encoding, exactness, tokenizer, ratios, price }
    }
}

/// What `--bos` and `--eos` put around each text.
pub(crate) fn frame(args: &InputArgs, basis: &Basis) -> Result<Frame, Problem> {
    let own = basis.tokenizer.frame();
    let mut frame = Frame::default();
    for (flag, wanted, ids, taken, place) in [
        ("--bos", args.bos, &own.before, &mut frame.before, "before"),
        ("--eos", args.eos, &own.after, &mut frame.after, "after"),
    ] {
        if wanted && ids.is_empty() {
            let what = format!("the tokenizer of {} puts no token {place} a text by itself", basis.encoding);
            let hint = format!("leave out {flag}; `tokenize vocab NAME|FILE` tells which tokens there are");
            return Err(Problem::new(what).about(flag).hint(hint));
        }
        if wanted {
            taken.clone_from(ids);
        }
    }
    Ok(frame)
}

/// What names of special tokens are.
pub(crate) fn policy(flag: Option<Special>, settings: &Settings) -> SpecialPolicy {
    match flag.or_else(|| settings.layers.iter().find_map(|layer| layer.special)) {
        None | Some(Special::Text) => SpecialPolicy::Text,
        Some(Special::Encode) => SpecialPolicy::Encode,
        Some(Special::Forbid) => SpecialPolicy::Forbid,
        Some(Special::Plain) => SpecialPolicy::Plain,
    }
}

/// What a word is.
pub(crate) fn words(flag: Option<Words>, settings: &Settings) -> Words {
    flag.or_else(|| settings.layers.iter().find_map(|layer| layer.words)).unwrap_or(Words::White)
}

/// What has to be measured to count such words.
pub(crate) fn measure(words: Words) -> Measure {
    match words {
        Words::White => Measure::All,
        Words::Unicode => Measure::AllWithUnicodeWords,
    }
}

/// How many threads, if anybody says.
pub(crate) fn threads(flag: Option<u16>, settings: &Settings) -> Option<usize> {
    flag.or_else(|| settings.layers.iter().find_map(|layer| layer.threads)).map(usize::from)
}
