//! `tokenize vocab NAME` with a question about tokens: those that are named, all, the longest, those that match, those that
//! are never made, and how they differ from another vocabulary's.

use std::path::Path;

use bytepair::Tokenizer;

use crate::cli::args::{TokenArgs, VocabArgs};
use crate::cli::failure::{Failure, Problem};
use crate::cli::messages::Messages;
use crate::cli::output::{Style, tokens as output, twofold};
use crate::cli::tokens::{self, Entry, difference};
use crate::cli::vocabulary::{self, Named};

/// How many tokens are listed if nobody says.
const SOME: usize = 20;

/// Whether anything is asked about tokens.
pub(crate) fn is_asked(args: &TokenArgs) -> bool {
    names_any(args)
        || args.tree
        || args.list_all
        || args.longest.is_some()
        || args.search.is_some()
        || args.diff.is_some()
        || args.unreachable
        || args.jsonl
}

fn names_any(args: &TokenArgs) -> bool {
    !args.id.is_empty() || !args.token.is_empty() || !args.bytes.is_empty()
}

/// Answers.
pub(crate) fn run(which: &Path, args: &VocabArgs, messages: &Messages) -> Result<(), Failure> {
    let asked = &args.tokens;
    let like = args.like.as_deref();
    let tokenizer = tokenizer(which, like, asked.diff.is_some(), messages)?;
    let style = Style::of_stdout(args.list.common.color);
    let form = output::Form { json: args.list.json, lines: asked.jsonl, style };
    if names_any(asked) {
        let entries = named(&tokenizer, asked)?;
        return Ok(output::named(&tokenizer, &entries, asked.tree, &form)?);
    }
    if asked.tree {
        return Err(Problem::new("of which token?")
            .about("--tree")
            .hint("--id, --token and --bytes name tokens")
            .into());
    }
    let lists_all = asked.list_all || asked.longest.is_some() || asked.jsonl;
    let limit = match asked.limit {
        None if lists_all => usize::MAX,
        None => SOME,
        Some(0) => usize::MAX,
        Some(limit) => limit,
    };
    if let Some(other) = &asked.diff {
        let other = self::tokenizer(other, like, true, messages)?;
        let difference = difference::between(&tokenizer, &other);
        return Ok(twofold::write(&difference, [tokenizer.name(), other.name()], limit, &form)?);
    }
    let found: Vec<Entry> = if let Some(pattern) = &asked.search {
        tokens::search(tokens::all(&tokenizer), pattern)?
    } else if let Some(count) = asked.longest {
        tokens::longest(tokens::all(&tokenizer), count, asked.chars)
    } else if asked.unreachable {
        tokens::never_made(&tokenizer)?
    } else {
        tokens::all(&tokenizer)
    };
    if found.is_empty() {
        messages.note("there are no such tokens");
    }
    Ok(output::list(&tokenizer, &found, limit, &form)?)
}

fn named(tokenizer: &Tokenizer, asked: &TokenArgs) -> Result<Vec<Entry>, Problem> {
    let by_id = asked.id.iter().map(|&id| tokens::by_id(tokenizer, id));
    let by_text =
        asked.token.iter().map(|text| tokens::by_bytes(tokenizer, text.as_encoded_bytes(), "--token"));
    let by_bytes = asked.bytes.iter().map(|bytes| tokens::by_bytes(tokenizer, &bytes.0, "--bytes"));
    by_id.chain(by_text).chain(by_bytes).collect()
}

/// The tokenizer of what was named. Of two, `like` may be meant for one only: then it is taken where it is needed.
fn tokenizer(
    which: &Path,
    like: Option<&str>,
    is_one_of_two: bool,
    messages: &Messages,
) -> Result<Tokenizer, Problem> {
    let named = vocabulary::find(which)?;
    let definition = match named.definition(like.filter(|_| !is_one_of_two), messages) {
        Err(_) if is_one_of_two && like.is_some() => named.definition(like, messages)?,
        definition => definition?,
    };
    Tokenizer::new(definition).map_err(|error| match &named {
        Named::Encoding(_) => error.into(),
        Named::File(found) => found.problem(error),
    })
}
