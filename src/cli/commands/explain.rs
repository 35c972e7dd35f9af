//! `tokenize explain`: how a text became its tokens, merge after merge.

use std::io::{self, IsTerminal, Read};

use crate::cli::args::{self, ExplainArgs};
use crate::cli::config::Settings;
use crate::cli::explaining::{self, Explained};
use crate::cli::failure::{Failure, Problem};
use crate::cli::messages::Messages;
use crate::cli::output::{Style, columns, explain};
use crate::cli::plan;

/// Explains.
pub(crate) fn run(args: &ExplainArgs, settings: &Settings, messages: &Messages) -> Result<(), Failure> {
    if args.words.is_empty() && io::stdin().is_terminal() {
        args::print_usage(Some("explain"));
        return Err(Problem::new("no WORD, and standard input is a terminal").hint("- reads it").into());
    }
    let basis = plan::basis(&args.vocabulary, settings, messages)?;
    basis.must_have_ids()?;
    basis.tell_assumed(messages);
    let others = explaining::others(args, &basis.encoding)?;
    let policy = plan::policy(args.special, settings);
    let texts = texts(args)?;
    if args.words.is_empty() && texts.iter().all(Vec::is_empty) {
        messages.note("standard input was empty");
    }
    let explained = texts
        .into_iter()
        .map(|text| explaining::of(&basis.tokenizer, &others, text, args, policy))
        .collect::<Result<Vec<Explained>, Problem>>()?;
    if args.json {
        return Ok(explain::json(&basis, &explained, args.no_merge_found)?);
    }
    let style = Style::of_stdout(args.common.color);
    let how = explain::How { limit: args.limit, neighbours: args.no_merge_found, style, columns: columns() };
    Ok(explain::text(&basis, &explained, &how)?)
}

/// The texts that were typed; - is standard input, which is read once.
fn texts(args: &ExplainArgs) -> Result<Vec<Vec<u8>>, Problem> {
    if args.words.is_empty() {
        return Ok(vec![stdin()?]);
    }
    let mut is_read = false;
    let text = |word: &std::ffi::OsString| {
        if word != "-" {
            return Ok(word.as_encoded_bytes().to_vec());
        }
        if std::mem::replace(&mut is_read, true) {
            return Err(Problem::new("standard input can be read only once").about("-"));
        }
        stdin()
    };
    args.words.iter().map(text).collect()
}

/// All of standard input, with the line feed that `echo` puts at its end: it has tokens, too.
fn stdin() -> Result<Vec<u8>, Problem> {
    let mut read = Vec::new();
    let done = io::stdin().lock().read_to_end(&mut read);
    done.map_err(|error| Problem::file("-".as_ref(), &error))?;
    Ok(read)
}
