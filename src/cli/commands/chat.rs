//! `tokenize chat`: the tokens of conversations as the model gets them, message for message.
//!
//! Reading and counting are the library's.

use std::io::{self, IsTerminal, Read};
use std::path::Path;

use bytepair::chat::{self, ChatCount, Conversation, Options, Reasoning, Template};
use bytepair::registry::models::Exactness;

use crate::cli::args::{self, ChatArgs, Effort, VocabularyArgs};
use crate::cli::config::Layer;
use crate::cli::failure::{Failure, Problem};
use crate::cli::input::{Input, Opened, Origin, is_stdin};
use crate::cli::messages::Messages;
use crate::cli::name;
use crate::cli::output::{self, Style};
use crate::cli::plan::{self, Basis};

/// Counts the conversations of a file.
pub(crate) fn run(args: &ChatArgs, layers: &[Layer], messages: &Messages) -> Result<(), Failure> {
    if args.path.is_none() && io::stdin().is_terminal() {
        args::print_usage(Some("chat"));
        return Err(Problem::new("no FILE, and standard input is a terminal").hint("- reads it").into());
    }
    let stdin = Path::new("-");
    let path = args.path.as_deref().unwrap_or(stdin);
    let origin = if is_stdin(path) { Origin::Stdin } else { Origin::Named };
    let input = Input { path: path.to_owned(), origin, size: None };
    let conversations =
        chat::read(&bytes(&input)?).map_err(|error| Problem::from(error).about(input.shown()))?;
    let (basis, typed) = basis(args, layers, &conversations, messages)?;
    let (template, is_own) = template(args, &basis, typed.as_deref())?;
    let options = Options {
        image_tokens: args.image_tokens,
        date: args.date.clone(),
        reasoning: match args.reasoning {
            Effort::Low => Reasoning::Low,
            Effort::Medium => Reasoning::Medium,
            Effort::High => Reasoning::High,
        },
        special: plan::policy(args.special, layers),
    };
    let mut counted: Vec<(Conversation, ChatCount)> = Vec::new();
    for conversation in conversations {
        match chat::count(&basis.tokenizer, template, &conversation, &options) {
            Ok(count) => counted.push((conversation, count)),
            Err(error) => return Err(Problem::from(error).about(input.shown()).into()),
        }
    }
    tell(&counted, messages);
    let report = output::chat::Report { basis: &basis, template, is_own, counted: &counted };
    if args.json {
        return Ok(report.json()?);
    }
    if args.common.quiet {
        return Ok(output::line(report.total())?);
    }
    Ok(report.table(Style::of_stdout(args.common.color))?)
}

/// All of an input, which is no longer than what is made of it.
fn bytes(input: &Input) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    if let Opened::Text(mut text) = input.open(true, false)? {
        text.read_to_end(&mut bytes).map_err(|error| input.problem(&error))?;
    }
    Ok(bytes)
}

/// What the counts are based on: what was typed, or the model of the body; and the name of that model as it is written.
fn basis(
    args: &ChatArgs,
    layers: &[Layer],
    conversations: &[Conversation],
    messages: &Messages,
) -> Result<(Basis, Option<String>), Failure> {
    let typed = &args.vocabulary;
    if typed.model.is_some() || typed.encoding.is_some() || typed.vocab.is_some() {
        return Ok((plan::basis(typed, layers, messages)?, typed.model.clone()));
    }
    let mut named = conversations.iter().filter_map(|conversation| conversation.model());
    let Some(model) = named.next() else {
        let configured = layers.iter().find(|layer| layer.model.is_some() || layer.encoding.is_some());
        let typed = configured.and_then(|layer| layer.model.clone());
        return Ok((plan::basis(typed_nothing(), layers, messages)?, typed));
    };
    if let Some(other) = named.find(|other| *other != model) {
        let what = format!(
            "the conversations name several models: {} and {}",
            name::escaped(model),
            name::escaped(other)
        );
        return Err(Problem::new(what).hint("-m MODEL says which one to count for").into());
    }
    messages.note(format_args!("the body names the model {} (-m MODEL for another)", name::escaped(model)));
    let of_body = VocabularyArgs { model: Some(model.to_owned()), encoding: None, vocab: None, like: None };
    let basis =
        plan::basis(&of_body, layers, messages).map_err(|problem| problem.about("the model of the body"))?;
    Ok((basis, Some(model.to_owned())))
}

fn typed_nothing() -> &'static VocabularyArgs {
    const NOTHING: &VocabularyArgs = &VocabularyArgs { model: None, encoding: None, vocab: None, like: None };
    NOTHING
}

/// The template that was named, or that of the model; and whether it is the model's, as far as is known here.
fn template(args: &ChatArgs, basis: &Basis, typed: Option<&str>) -> Result<(Template, bool), Problem> {
    // The table has one row for snapshots that frame messages in two ways.
    let is_0301 = typed.is_some_and(|typed| typed.trim().ends_with("-0301"));
    let model = basis.model.map(|model| if is_0301 { "gpt-3.5-turbo-0301" } else { model.name });
    // A vocabulary file stands for the encoding of the model that is named with it.
    let encoding = basis.model.map_or(basis.encoding.as_str(), |model| model.encoding);
    let own = Template::of(model, encoding);
    match &args.template {
        None => Ok((own?, true)),
        Some(name) => {
            let named = Template::named(name).map_err(|error| Problem::from(error).about("--template"))?;
            // Without a model, whoever names a template knows for which model it is.
            Ok((named, basis.model.is_none() || own.is_ok_and(|own| own == named)))
        }
    }
}

/// Tells what there is to know besides the numbers, each thing once.
fn tell(counted: &[(Conversation, ChatCount)], messages: &Messages) {
    let mut told: Vec<String> = Vec::new();
    let notes = counted.iter().flat_map(|(conversation, count)| {
        let ignored = conversation.ignored();
        let keys = name::escaped(&ignored.join(", "));
        let ignored = (!ignored.is_empty())
            .then(|| format!("nothing is counted for {keys}: not known to be sent to the model"));
        ignored.into_iter().chain(count.notes().iter().cloned())
    });
    for note in notes {
        if !told.contains(&note) {
            messages.note(name::escaped(&note));
            told.push(note);
        }
    }
}

/// How far a total can be trusted: no further than the framing and the vocabulary. `is_own`: the framing is the model's.
pub(crate) fn exactness(basis: &Basis, is_own: bool, count: chat::Exactness) -> chat::Exactness {
    match (basis.exactness, count) {
        _ if !is_own => chat::Exactness::Approximate,
        (Exactness::Estimate, _) | (_, chat::Exactness::Approximate) => chat::Exactness::Approximate,
        (Exactness::OfficialLocal, _) => chat::Exactness::OfficialLocal,
        (Exactness::Exact, count) => count,
    }
}
