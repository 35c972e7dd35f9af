//! Conversations under a limit: each is a prompt by itself.

use super::group::Framing;
use super::limit::Limit;
use super::{Group, said};
use crate::cli::args::CheckArgs;
use crate::cli::arrange::Row;
use crate::cli::commands::chat::{basis, tell};
use crate::cli::commands::count::tell_empty;
use crate::cli::config::Settings;
use crate::cli::conversation::{self, Counted};
use crate::cli::failure::{Failure, Problem};
use crate::cli::input::Origin;
use crate::cli::messages::Messages;
use crate::cli::walk::Gathered;
use crate::cli::{cost, plan};

/// Counts the conversations of all inputs; what cannot be read is told.
pub(super) fn group(
    args: &CheckArgs,
    gathered: Gathered,
    settings: &Settings,
    messages: &Messages,
) -> Result<Group, Failure> {
    let mut read = Vec::new();
    for (place, folder) in gathered.folders.iter().enumerate() {
        let is_used = gathered.inputs.iter().any(|input| input.origin == Origin::Walked(place));
        tell_empty(folder, is_used, messages);
    }
    for input in &gathered.inputs {
        match conversation::read(input) {
            Ok(conversations) => read.extend(conversations.into_iter().map(|own| (input, own))),
            Err(problem) => messages.error(&problem),
        }
    }
    let (inputs, conversations): (Vec<_>, Vec<_>) = read.into_iter().unzip();
    let (basis, typed) = basis(&args.vocabulary, settings, &conversations, messages)?;
    if args.cost {
        cost::must_have_price(&basis)?;
    }
    let limit = Limit::find(said(args), &basis)?;
    let framed = conversation::template(&args.framing, &basis, typed.as_deref())?;
    let options = conversation::options(&args.framing, plan::policy(args.input.special, settings));
    let (mut rows, mut counted) = (Vec::new(), Vec::new());
    for (input, conversation) in inputs.into_iter().zip(conversations) {
        match Counted::new(conversation, &basis, framed, &options) {
            Ok(count) => {
                let mut name = input.path.clone().into_os_string();
                let place = count.conversation.place();
                if !place.is_empty() {
                    name.push(format!(" {place}"));
                }
                rows.push(Row { name: name.into(), files: 1, counts: count.counts() });
                counted.push(count);
            }
            Err(error) => messages.error(&Problem::from(error).about(input.shown())),
        }
    }
    tell(&counted, messages);
    // The least sure one speaks for all: a label tells both.
    let least = counted.iter().max_by_key(|counted| counted.exactness as u8);
    let framing = least
        .map(|counted| Framing { label: conversation::label(counted, framed), exactness: counted.exactness });
    Ok(Group {
        rule: None,
        limit,
        margin: args.margin,
        per_file: args.per_file || rows.len() > 1,
        rows,
        partial: Vec::new(),
        complete: !messages.have_failed(),
        framing,
        basis,
    })
}
