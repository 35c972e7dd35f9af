//! `tokenize chat`: the tokens of conversations as the model gets them, message for message.
//!
//! Reading and counting are the library's.

use std::io::{self, IsTerminal};
use std::path::Path;

use bytepair::chat::Conversation;

use crate::cli::args::{self, ChatArgs, VocabularyArgs};
use crate::cli::config::Settings;
use crate::cli::conversation::{self, Counted};
use crate::cli::failure::{Failure, Problem};
use crate::cli::input::{Input, Origin, is_stdin};
use crate::cli::messages::Messages;
use crate::cli::name;
use crate::cli::output::{self, Style};
use crate::cli::plan::{self, Basis};

/// Counts the conversations of a file.
pub(crate) fn run(args: &ChatArgs, settings: &Settings, messages: &Messages) -> Result<(), Failure> {
    if args.path.is_none() && io::stdin().is_terminal() {
        args::print_usage(Some("chat"));
        return Err(Problem::new("no FILE, and standard input is a terminal").hint("- reads it").into());
    }
    let stdin = Path::new("-");
    let path = args.path.as_deref().unwrap_or(stdin);
    let origin = if is_stdin(path) { Origin::Stdin } else { Origin::Named };
    let input = Input { path: path.to_owned(), origin, size: None };
    let conversations = conversation::read(&input)?;
    let (basis, typed) = basis(&args.vocabulary, settings, &conversations, messages)?;
    let framed = conversation::template(&args.framing, &basis, typed.as_deref())?;
    let options = conversation::options(&args.framing, plan::policy(args.special, settings));
    let mut counted: Vec<Counted> = Vec::new();
    for conversation in conversations {
        match Counted::new(conversation, &basis, framed, &options) {
            Ok(count) => counted.push(count),
            Err(error) => return Err(Problem::from(error).about(input.shown()).into()),
        }
    }
    tell(&counted, messages);
    let report = output::chat::Report { basis: &basis, framed, counted: &counted };
    if args.json {
        return Ok(report.json()?);
    }
    if args.common.quiet {
        return Ok(output::line(report.total().tokens)?);
    }
    Ok(report.table(Style::of_stdout(args.common.color))?)
}

/// What the counts are based on: what was typed, or the model of the body; and the name of that model as it is written.
pub(crate) fn basis(
    typed: &VocabularyArgs,
    settings: &Settings,
    conversations: &[Conversation],
    messages: &Messages,
) -> Result<(Basis, Option<String>), Failure> {
    if typed.model.is_some() || typed.encoding.is_some() || typed.vocab.is_some() {
        return Ok((plan::basis(typed, settings, messages)?, typed.model.clone()));
    }
    let mut named = conversations.iter().filter_map(|conversation| conversation.model());
    let Some(model) = named.next() else {
        let configured =
            settings.layers.iter().find(|layer| layer.model.is_some() || layer.encoding.is_some());
        let model = configured.and_then(|layer| layer.model.clone());
        if let (None, Some(maker)) = (configured, conversations.iter().find_map(Conversation::maker)) {
            let what = format!("a body of {maker}'s API that names no model");
            return Err(Problem::new(what).hint("-m MODEL says which one to count for").into());
        }
        return Ok((plan::basis(typed, settings, messages)?, model));
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
    let of_body = VocabularyArgs { model: Some(model.to_owned()), ..typed.clone() };
    let basis = plan::basis(&of_body, settings, messages)
        .map_err(|problem| problem.about("the model of the body"))?;
    Ok((basis, Some(model.to_owned())))
}

/// Tells what there is to know besides the numbers, each thing once.
pub(crate) fn tell(counted: &[Counted], messages: &Messages) {
    let mut told: Vec<String> = Vec::new();
    let notes = counted.iter().flat_map(|Counted { conversation, count, .. }| {
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
