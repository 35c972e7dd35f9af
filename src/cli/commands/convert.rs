//! `tokenize convert`: a vocabulary in another format, proven to give the same ids, or nothing.

use bytepair::Definition;
use bytepair::format::Loaded;
use bytepair::registry::encodings;

use crate::cli::args::{ConvertArgs, Target};
use crate::cli::conversion::{self, place};
use crate::cli::failure::{Failure, Problem};
use crate::cli::messages::Messages;
use crate::cli::name;
use crate::cli::vocabulary::{self, Named};

/// Converts.
pub(crate) fn run(args: &ConvertArgs, messages: &Messages) -> Result<(), Failure> {
    let target = place::target(&args.output, args.to)?;
    let named = vocabulary::find(&args.input)?;
    let source = source(&named, args, target, messages)?;
    let converted = conversion::convert(&source, target).map_err(|problem| {
        Failure::No(Some(problem.about(name::shown(&args.input)).hint("nothing was written")))
    })?;
    let shown = name::shown(&args.output);
    messages.detail(format_args!("{shown}: the same ids for {} texts", converted.texts));
    place::write(&args.output, target, &converted.files)?;
    if !converted.missing.is_empty() {
        messages.note(format_args!("{shown} does not hold {}", converted.missing.join(", ")));
    }
    Ok(())
}

/// What is to be written. Where neither side holds a pattern, any will do for the comparison.
fn source(
    named: &Named,
    args: &ConvertArgs,
    target: Target,
    messages: &Messages,
) -> Result<Definition, Problem> {
    let known = named.definition(args.like.as_deref(), messages);
    match (named, known) {
        (Named::File(found), Err(problem)) if conversion::holds_ranks_only(target) && args.like.is_none() => {
            let Loaded::Ranks(vocabulary) = &found.loaded else { return Err(problem) };
            let pattern = encodings::definition(encodings::DEFAULT_ENCODING)?.split;
            let definition = Definition::new(found.name.clone(), (**vocabulary).clone(), "");
            Ok(Definition { split: pattern, ..definition })
        }
        (_, known) => known,
    }
}
