//! `tokenize encode`: the token ids of inputs, written as they are found.

use std::io::{self, IsTerminal, Read, Write};
use std::path::PathBuf;

use bytepair::stream::Encoder;
use bytepair::{Frame, SpecialPolicy, Tokenizer};

use crate::cli::args::{self, EncodeArgs};
use crate::cli::commands::count::{tell_binary, tell_empty, tell_remarks};
use crate::cli::config::Settings;
use crate::cli::failure::{Failure, Problem};
use crate::cli::input::{Input, Opened, Origin, Text};
use crate::cli::messages::Messages;
use crate::cli::output::file::{WholeFile, is_stdout};
use crate::cli::output::ids::IdWriter;
use crate::cli::output::stdout;
use crate::cli::progress::Progress;
use crate::cli::walk::{self, Gathered};
use crate::cli::{name, plan, spread};

/// How much is read at a time.
const READ: usize = 64 * 1024;

/// Encodes.
pub(crate) fn run(args: &EncodeArgs, settings: &Settings, messages: &Messages) -> Result<(), Failure> {
    if walk::would_wait(&args.input.files) {
        args::print_usage(Some("encode"));
        return Err(Problem::new("no PATH, and standard input is a terminal").hint("- reads it").into());
    }
    let basis = plan::basis(&args.vocabulary, settings, messages)?;
    basis.must_have_ids()?;
    let frame = plan::frame(&args.input, &basis)?;
    let mut gathered = walk::gather(&args.input.files, messages)?;
    if let Some(output) = &args.output {
        gathered.leave_out(output, messages);
    }
    // Ids that run over the screen leave no line for a bar.
    let is_on_screen = args.output.as_ref().is_none_or(|path| is_stdout(path)) && io::stdout().is_terminal();
    let encoding = Encoding {
        tokenizer: &basis.tokenizer,
        policy: plan::policy(args.input.special, settings),
        frame,
        any: args.input.files.text,
        progress: Progress::new(messages.tells_notes() && !is_on_screen, &gathered.inputs),
        messages,
    };
    let ids = if args.jsonl { IdWriter::json(&basis.tokenizer) } else { IdWriter::plain() };
    let Some(path) = args.output.as_ref().filter(|path| !is_stdout(path)) else {
        let mut out = stdout();
        encoding.all(gathered, ids, &mut out)?;
        return Ok(out.flush()?);
    };
    let mut out = WholeFile::create(path)?;
    encoding.all(gathered, ids, &mut out)?;
    if messages.have_failed() {
        return Err(Problem::new("not written, as not all was encoded").about(name::shown(path)).into());
    }
    out.finish().map_err(|error| Problem::file(path, &error).into())
}

/// How to encode.
struct Encoding<'a> {
    tokenizer: &'a Tokenizer,
    policy: SpecialPolicy,
    /// What is put around each text.
    frame: Frame,
    any: bool,
    progress: Progress,
    messages: &'a Messages,
}

impl Encoding<'_> {
    fn all(&self, gathered: Gathered, mut ids: IdWriter, out: &mut impl Write) -> Result<(), Failure> {
        let mut binary: Vec<PathBuf> = Vec::new();
        let mut used = vec![false; gathered.folders.len()];
        for input in gathered.inputs {
            let opened = input.open(self.any, self.messages.tells_notes());
            if let (Origin::Walked(folder), true) = (input.origin, !matches!(opened, Ok(Opened::Binary))) {
                used[folder] = true;
            }
            match opened {
                Ok(Opened::Text(mut text)) => {
                    self.one(&input, &mut text, &mut ids, out)?;
                    tell_remarks(&input, &text.remarks(None, self.tokenizer), self.messages);
                }
                Ok(Opened::Binary) => binary.push(input.path),
                Err(problem) => self.messages.error(&problem),
            }
        }
        self.progress.finish(self.messages);
        tell_binary(&binary, self.messages);
        for (folder, used) in gathered.folders.iter().zip(used) {
            tell_empty(folder, used, self.messages);
        }
        Ok(())
    }

    /// Encodes one input. Only a failure of writing ends the run.
    fn one(
        &self,
        input: &Input,
        text: &mut Text,
        writer: &mut IdWriter,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        let mut encoder = Encoder::new(self.tokenizer, self.policy);
        let mut buffer = vec![0; READ];
        writer.put_at(0, &self.frame.before);
        let mut length = 0;
        let done = loop {
            let chunk = match text.read(&mut buffer) {
                Ok(0) => {
                    let done = writer.finish(encoder);
                    break done.map(|()| writer.put_at(length, &self.frame.after));
                }
                Ok(read) => &buffer[..read],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    self.messages.error(&input.problem(&error));
                    break Ok(());
                }
            };
            self.progress.add(chunk.len() as u64);
            length += chunk.len();
            if let Err(error) = writer.push(&mut encoder, chunk) {
                break Err(error);
            }
            writer.write(out)?;
        };
        match done {
            Ok(()) => writer.write(out)?,
            Err(error) => self.messages.error(&spread::explain(error, input)),
        }
        Ok(writer.end(out)?)
    }
}
