//! `tokenize chunk`: a text in chunks of at most a number of tokens.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use bytepair::chunk::{At, Chunk, Options, chunks_with};
use bytepair::{Meter, Tokenizer};

use crate::cli::args::{self, ChunkArgs, Unit};
use crate::cli::commands::count::tell_remarks;
use crate::cli::config::Settings;
use crate::cli::failure::{Failure, Problem};
use crate::cli::input::{Input, Opened};
use crate::cli::messages::Messages;
use crate::cli::output::file::{WholeFiles, is_stdout};
use crate::cli::output::{self, stdout};
use crate::cli::progress::Progress;
use crate::cli::{name, plan, spread, walk};

/// Makes chunks.
pub(crate) fn run(args: &ChunkArgs, settings: &Settings, messages: &Messages) -> Result<(), Failure> {
    if walk::would_wait_for(args.input.path.as_deref()) {
        args::print_usage(Some("chunk"));
        return Err(Problem::new("no PATH, and standard input is a terminal").hint("- reads it").into());
    }
    let pattern = args.output.as_deref().filter(|path| !is_stdout(path)).map(Pattern::new).transpose()?;
    let basis = plan::basis(&args.vocabulary, settings, messages)?;
    let limit = basis.certain_within(args.tokens);
    if args.overlap > 0 && args.overlap >= limit {
        let what = format!("{} tokens, and chunks have at most {limit}", args.overlap);
        return Err(Problem::new(what).about("--overlap").hint("it has to be smaller than -n").into());
    }
    basis.tell_stand_in(args.tokens, messages);
    let input = walk::one(args.input.path.as_deref())?;
    let text = read(&input, &basis.tokenizer, messages)?;
    let threads = spread::threads(plan::threads(args.threads, settings), Some(text.len() as u64));
    let options = Options::new(limit)
        .overlap(args.overlap)
        .at(unit(args.at))
        .balanced(args.balanced)
        .policy(plan::policy(args.input.special, settings))
        .threads(threads);
    let progress = Progress::text(messages.tells_notes(), text.len() as u64, 2);
    let chunks = chunks_with(&basis.tokenizer, &text, &options, &|bytes| progress.add(bytes));
    let chunks = chunks.map_err(|error| spread::explain(error, &input))?;
    progress.finish(messages);
    if let Some(pattern) = pattern {
        pattern.write(&text, &chunks)?;
        let (first, last) = (pattern.path(0), pattern.path(chunks.len().saturating_sub(1)));
        match chunks.len() {
            0 => messages.note("there is no text, and so no chunk"),
            1 => messages.note(format_args!("1 chunk: {}", name::shown(&first))),
            many => messages.note(format_args!(
                "{many} chunks: {} to {}",
                name::shown(&first),
                name::shown(&last)
            )),
        }
        return Ok(());
    }
    messages.detail(format_args!("{}: {} chunks", input.shown(), chunks.len()));
    let mut out = stdout();
    if args.null {
        if let Some(at) = text.iter().position(|&byte| byte == 0) {
            let what = format!("has a NUL at byte {at}: chunks could not be told apart");
            return Err(Problem::new(what)
                .about(input.shown())
                .hint("leave out --null for JSON lines")
                .into());
        }
        output::chunks::null(&text, &chunks, &mut out)?;
    } else {
        output::chunks::json(&text, &chunks, threads, basis.ratios, &mut out)?;
    }
    Ok(out.flush()?)
}

/// Reads all of the input.
fn read(input: &Input, tokenizer: &Tokenizer, messages: &Messages) -> Result<Vec<u8>, Problem> {
    let Opened::Text(mut text) = input.open(true, false)? else {
        return Err(Problem::new("is no text").about(input.shown()));
    };
    let size = input.size.and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
    let mut read = Vec::with_capacity(size.saturating_add(1));
    text.read_to_end(&mut read).map_err(|error| input.problem(&error))?;
    // To measure takes longer than to see that there is nothing to tell.
    let measures = match std::str::from_utf8(&read) {
        Err(_) if messages.tells_notes() => {
            let mut meter = Meter::default();
            meter.push(&read);
            Some(meter.finish())
        }
        _ => None,
    };
    tell_remarks(input, &text.remarks(measures.as_ref(), tokenizer), messages);
    Ok(read)
}

fn unit(unit: Unit) -> At {
    match unit {
        Unit::Paragraph => At::Paragraph,
        Unit::Sentence => At::Sentence,
        Unit::Line => At::Line,
        Unit::Word => At::Word,
        Unit::Token => At::Token,
    }
}

/// The name of the files that chunks are written to: what comes before and after the index, and its width.
struct Pattern {
    before: String,
    width: usize,
    after: String,
}

impl Pattern {
    fn new(path: &Path) -> Result<Pattern, Problem> {
        let wrong = |what: &str| {
            let problem = Problem::new(what).about(name::shown(path)).about("--output");
            problem.hint("{} stands for the index of a chunk, {:04} for four digits: -o 'part-{:04}.txt'")
        };
        let text = path.to_str().ok_or_else(|| wrong("is not valid UTF-8"))?;
        let Some((before, rest)) = text.split_once('{') else {
            return Err(wrong("has no {} for the index, so all chunks would be one file"));
        };
        let (inner, after) = rest.split_once('}').ok_or_else(|| wrong("has a { without }"))?;
        if [before, after].iter().any(|part| part.contains(['{', '}'])) {
            return Err(wrong("has more than one place for the index"));
        }
        let width = match inner.strip_prefix(":0") {
            _ if inner.is_empty() => 0,
            Some(width) if width.len() == 1 => width.parse().map_err(|_| wrong("has no number after {:0"))?,
            _ => return Err(wrong("has something else in { }")),
        };
        Ok(Pattern { before: before.to_owned(), width, after: after.to_owned() })
    }

    fn path(&self, index: usize) -> PathBuf {
        let Pattern { before, width, after } = self;
        PathBuf::from(format!("{before}{index:0width$}{after}"))
    }

    /// Writes the chunks, all of them or none.
    fn write(&self, text: &[u8], chunks: &[Chunk]) -> Result<(), Problem> {
        let mut whole = WholeFiles::default();
        for (index, chunk) in chunks.iter().enumerate() {
            whole.add(&self.path(index), &text[chunk.start..chunk.end])?;
        }
        whole.finish()
    }
}
