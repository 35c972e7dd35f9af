//! What there is to know of a run that was stopped, and whether another run can go on from there.
//!
//! After Ctrl-C or a full disk, the texts have to be the same. If it was stopped by a text that could not be read, this text
//! may have been mended or be gone, and those that nobody has begun to read may be others. Where it is kept is left to
//! `workshop`.

use std::collections::HashMap;
use std::fs;
use std::io::Read;

use bytepair::train::{CountsHeader, Position};
use serde::{Deserialize, Serialize};

use crate::cli::failure::Problem;
use crate::cli::input::{Input, Opened, Origin};
use crate::cli::messages::Messages;

/// A text: its name, its size, and when it was last changed, in nanoseconds since 1970.
type Known = (String, Option<u64>, Option<u64>);

/// What is known of a text.
pub(super) fn known(input: &Input) -> Known {
    // What has no size, such as a pipe, has no time that says anything.
    let changed = input.size.and_then(|_| fs::metadata(&input.path).ok()?.modified().ok());
    let since = changed.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    (input.path.to_string_lossy().into_owned(), input.size, since.map(|since| since.as_nanos() as u64))
}

/// A text that could not be read: its place, and a sum of what was read of it, if it can be read again.
pub(super) type Bad = (usize, Option<u32>);

/// The sum of the first bytes of a text; `None` if they cannot be read again.
pub(super) fn sum_of(input: &Input, any: bool, bytes: u64) -> Option<u32> {
    input.size?;
    let Ok(Opened::Text(text)) = input.open_unpacked(any, false) else { return (bytes == 0).then_some(0) };
    let (mut text, mut buffer) = (text.take(bytes), vec![0; 256 * 1024]);
    let mut sum = crc32fast::Hasher::new();
    loop {
        match text.read(&mut buffer) {
            Ok(0) => return (text.limit() == 0).then(|| sum.finalize()),
            Ok(read) => sum.update(&buffer[..read]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

/// How texts are read and cut: all that decides on the counts, besides the texts themselves.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct How {
    unicode: String,
    patterns: Vec<String>,
    specials: Vec<String>,
    documents: String,
    /// Whether binary files of folders are texts, too.
    binary: bool,
}

impl How {
    pub(super) fn new(header: &CountsHeader, binary: bool) -> How {
        let CountsHeader { unicode, patterns, specials, documents, .. } = header.clone();
        How { unicode, patterns, specials, documents, binary }
    }

    /// What of it is not the same, in words.
    fn difference(&self, other: &How) -> Option<&'static str> {
        if self.unicode != other.unicode {
            return Some("the version of Unicode is not that");
        }
        if self.binary != other.binary {
            return Some("whether binary files are read (--text) is not as in that");
        }
        (self != other).then_some("the pattern, the special tokens or what documents are, are not those")
    }
}

/// What there is to know of a run that was stopped.
#[derive(Serialize, Deserialize)]
pub(super) struct State {
    pub(super) schema_version: u32,
    pub(super) how: How,
    pub(super) texts: Vec<Known>,
    pub(super) next: usize,
    pub(super) begun: Vec<(usize, u64)>,
    /// The texts that have stopped it.
    pub(super) bad: Vec<Bad>,
    /// The files of counts.
    pub(super) files: Vec<String>,
}

impl State {
    /// From where on there is work to do, if a run like that can go on. The inputs are put into the order that the position
    /// is about.
    pub(super) fn go_on(
        &self,
        how: &How,
        inputs: &mut Vec<Input>,
        messages: &Messages,
    ) -> Result<Position, Problem> {
        let differs = |what: &str| {
            Problem::new(format!("cannot go on: {what} of the run that was stopped"))
                .hint("the same command goes on with --resume; to begin anew, remove this folder")
        };
        if let Some(what) = self.how.difference(how) {
            return Err(differs(what));
        }
        if self.bad.is_empty() {
            if !inputs.iter().map(known).eq(self.texts.iter().cloned()) {
                return Err(differs("the texts, their sizes or times, are not those"));
            }
            return Ok(Position { next: self.next, begun: self.begun.clone() });
        }
        self.match_texts(how.binary, inputs, messages)
    }

    /// The same, after a text that could not be read.
    fn match_texts(
        &self,
        binary: bool,
        inputs: &mut Vec<Input>,
        messages: &Messages,
    ) -> Result<Position, Problem> {
        let mut named: HashMap<String, Vec<(usize, Known)>> = HashMap::new();
        for (place, input) in inputs.iter().enumerate().rev() {
            let known = known(input);
            named.entry(known.0.clone()).or_default().push((place, known));
        }
        let mut left: Vec<Option<Input>> = inputs.drain(..).map(Some).collect();
        let (mut done, mut begun) = (Vec::new(), Vec::new());
        for (place, before) in self.texts.iter().enumerate().take(self.next) {
            let counted = self.begun.iter().find(|(number, _)| *number == place).map(|(_, counted)| *counted);
            let bad = self.bad.iter().find(|(number, _)| *number == place).map(|(_, sum)| *sum);
            if counted == Some(0) && bad.is_some() {
                continue;
            }
            let now = named.get_mut(&before.0).and_then(Vec::pop);
            let now = now.and_then(|(place, known)| Some((left[place].take()?, known)));
            let Some((now, known)) = now else {
                done.push(gone(before, counted.filter(|_| bad.is_some()), messages)?);
                continue;
            };
            if known != *before {
                check_mended(&now, bad.zip(counted), binary)?;
            }
            match counted {
                Some(counted) => begun.push((now, counted)),
                None => done.push(now),
            }
        }
        let (next, first) = (done.len() + begun.len(), done.len());
        let counted =
            begun.iter().enumerate().map(|(place, (_, counted))| (first + place, *counted)).collect();
        inputs.extend(done);
        inputs.extend(begun.into_iter().map(|(input, _)| input));
        inputs.extend(left.into_iter().flatten());
        Ok(Position { next, begun: counted })
    }
}

fn cannot(what: impl std::fmt::Display, text: &str) -> Problem {
    let hint = "what was read must be as it was; to begin anew, remove the folder of what was done";
    Problem::new(format!("cannot go on: {what}")).about(text).hint(hint)
}

/// What stands for a text that is gone, if it could not be read further than `counted` bytes: all that can be is done.
fn gone(before: &Known, counted: Option<u64>, messages: &Messages) -> Result<Input, Problem> {
    let Some(counted) = counted else {
        return Err(cannot("it was learned from, and is not among the texts now", &before.0));
    };
    let what = "is gone, but what was read of it before it failed has been learned from";
    messages.warning(&before.0, format_args!("{what}: the first {counted} bytes of its text"));
    Ok(Input { path: (&before.0).into(), origin: Origin::Named, size: before.1 })
}

/// Says if a text that has changed is not one that failed, or what was read of it has changed, too.
fn check_mended(now: &Input, bad: Option<(Option<u32>, u64)>, binary: bool) -> Result<(), Problem> {
    let shown = now.shown();
    let Some((sum, counted)) = bad else {
        return Err(cannot("it was learned from, and has changed since", &shown));
    };
    if sum.is_none() || sum_of(now, binary, counted) != sum {
        let what = format!("the first {counted} bytes of its text are not those that were learned from");
        return Err(cannot(what, &shown));
    }
    Ok(())
}
