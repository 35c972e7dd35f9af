//! What was typed and configured, put together: which encoding, window, policy, words and threads.
//!
//! Flags are the strongest layer, then come those of `config`. Doing it is left to the commands.

use bytepair::registry::encodings::DEFAULT_ENCODING;
use bytepair::registry::models::{Exactness, Model};
use bytepair::{Frame, SpecialPolicy, Tokenizer};

use crate::cli::args::{InputArgs, Special, VocabularyArgs, Words};
use crate::cli::config::Layer;
use crate::cli::failure::Problem;
use crate::cli::messages::Messages;
use crate::cli::vocabulary;

/// The model if nobody names one or an encoding. It is always stated in the output.
pub(crate) const DEFAULT_MODEL: &str = "gpt-4o";

/// What a count is based on.
pub(crate) struct Basis {
    /// The model, if there is one: gives the window.
    pub(crate) model: Option<Model>,
    /// The encoding's name, or that of the vocabulary file.
    pub(crate) encoding: String,
    /// How far the count can be trusted to be the model's; without a model, the encoding's.
    pub(crate) exactness: Exactness,
    /// The tokenizer of the encoding.
    pub(crate) tokenizer: Tokenizer,
}

impl Basis {
    /// The context window of the model in tokens.
    pub(crate) fn window(&self) -> Option<u64> {
        self.model.and_then(|model| model.context_window)
    }
}

/// Finds model and encoding. Both are taken from the first layer that names either, so that a model that is
/// named is never counted with an encoding that was once configured for another.
pub(crate) fn basis(args: &VocabularyArgs, layers: &[Layer], messages: &Messages) -> Result<Basis, Problem> {
    if args.vocab.is_some() {
        return basis_of_file(args, messages);
    }
    let flags = Layer { model: args.model.clone(), encoding: args.encoding.clone(), ..Layer::default() };
    let names_one = |layer: &&Layer| layer.model.is_some() || layer.encoding.is_some();
    let layer = [&flags].into_iter().chain(layers).find(names_one);
    let fallback = Layer { model: Some(DEFAULT_MODEL.to_owned()), ..Layer::default() };
    let chosen = layer.unwrap_or(&fallback);
    let blame = |key: &'static str| move |error: bytepair::Error| chosen.origin.blame(key, error.into());

    let resolved = chosen.model.as_deref().map(bytepair::model).transpose().map_err(|error| {
        let name = chosen.model.as_deref().unwrap_or_default();
        let problem = blame("model")(error);
        match bytepair::encoding_names().any(|encoding| encoding == name) {
            true => problem.hint(format!("{name} is an encoding: --encoding {name}")),
            false => problem,
        }
    })?;
    if let Some(note) = resolved.as_ref().and_then(|resolved| resolved.note.as_ref()) {
        messages.note(note);
    }
    let model = resolved.map(|resolved| resolved.model);
    let own = model.map_or(DEFAULT_ENCODING, |model| model.encoding);
    let encoding = chosen.encoding.as_deref().unwrap_or(own);
    let key = if chosen.encoding.is_some() { "encoding" } else { "model" };
    let tokenizer = bytepair::encoding(encoding).map_err(|error| {
        let problem = blame(key)(error);
        let is_file = chosen.encoding.is_some() && std::path::Path::new(encoding).exists();
        if is_file { problem.hint("a vocabulary file is read with --vocab FILE") } else { problem }
    })?;
    let exactness = match model {
        Some(_) if encoding != own => Exactness::Estimate,
        Some(model) => model.exactness,
        None => Exactness::Exact,
    };
    if messages.tells_details() {
        let origin = layer.map_or("by default".to_owned(), |layer| layer.origin.describe());
        let model = model.map_or("none", |model| model.name);
        messages.detail(format_args!("model: {model}; encoding: {encoding} ({origin}, {exactness})"));
    }
    Ok(Basis { model, encoding: encoding.to_owned(), exactness, tokenizer })
}

/// The vocabulary of a file, and the model that was named for its window.
fn basis_of_file(args: &VocabularyArgs, messages: &Messages) -> Result<Basis, Problem> {
    let path = args.vocab.as_deref().unwrap_or("".as_ref());
    let resolved = args.model.as_deref().map(bytepair::model).transpose()?;
    if let Some(note) = resolved.as_ref().and_then(|resolved| resolved.note.as_ref()) {
        messages.note(note);
    }
    let model = resolved.map(|resolved| resolved.model);
    let found = vocabulary::read(path)?;
    let definition = found.definition(args.like.as_deref(), messages)?;
    let exactness = match model {
        Some(model) if !vocabulary::is_that_of(&definition, model.encoding) => Exactness::Estimate,
        Some(model) => model.exactness,
        None => Exactness::Exact,
    };
    let encoding = definition.name.clone();
    let tokenizer = Tokenizer::new(definition).map_err(|error| found.problem(error))?;
    if messages.tells_details() {
        let model = model.map_or("none", |model| model.name);
        messages.detail(format_args!("model: {model}; vocabulary: {} ({exactness})", found.shown()));
    }
    Ok(Basis { model, encoding, exactness, tokenizer })
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
pub(crate) fn policy(flag: Option<Special>, layers: &[Layer]) -> SpecialPolicy {
    match flag.or_else(|| layers.iter().find_map(|layer| layer.special)) {
        None | Some(Special::Text) => SpecialPolicy::Text,
        Some(Special::Encode) => SpecialPolicy::Encode,
        Some(Special::Forbid) => SpecialPolicy::Forbid,
        Some(Special::Plain) => SpecialPolicy::Plain,
    }
}

/// What a word is.
pub(crate) fn words(flag: Option<Words>, layers: &[Layer]) -> Words {
    flag.or_else(|| layers.iter().find_map(|layer| layer.words)).unwrap_or(Words::White)
}

/// How many threads, if anybody says.
pub(crate) fn threads(flag: Option<u16>, layers: &[Layer]) -> Option<usize> {
    flag.or_else(|| layers.iter().find_map(|layer| layer.threads)).map(usize::from)
}
