//! The folder beside the output in which work is put aside: tables of counts that are too large for the memory, and what is
//! needed to go on with a run that was stopped. It is made when it is needed first, and taken away when the output is there.
//!
//! ```text
//! OUT.training/1.counts, 2.counts, …   files of piece counts
//! OUT.training/state.json              which texts are in them, and how far; written last, and removed first
//! ```
//!
//! Whether a state goes with what is to be done now is left to `state`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytepair::Error;
use bytepair::train::{Counts, CountsHeader, CountsTotals, Position};

use super::Corpus;
use super::shards::{AT_ONCE, Shards};
use super::state::{Bad, How, State, known};
use crate::cli::failure::{Failure, Problem};
use crate::cli::input::Input;
use crate::cli::interrupt::Interrupt;
use crate::cli::messages::Messages;
use crate::cli::output::file::{WholeFile, is_stdout};
use crate::cli::{name, unfinished};

const STATE: &str = "state.json";

/// Whether a file is the output, or in the folder beside it: what a run writes it must not read.
pub(super) fn is_own(path: &Path, output: &Path) -> bool {
    let Ok(path) = fs::canonicalize(path) else { return false };
    let is_under = |own: &Path| fs::canonicalize(own).is_ok_and(|own| path.starts_with(own));
    is_under(output) || is_under(&folder_of(output))
}

/// The folder beside the output, however that is spelled. Beside standard output and devices nothing can be put: then it is in
/// the current folder.
fn folder_of(output: &Path) -> PathBuf {
    let is_device = ["/dev", "/proc"].iter().any(|folder| output.starts_with(folder));
    let mut folder = match output.file_name() {
        _ if is_stdout(output) => "stdout".into(),
        Some(name) if is_device => name.to_owned(),
        _ => output.components().collect::<PathBuf>().into_os_string(),
    };
    folder.push(".training");
    folder.into()
}

/// Where work is put aside.
pub(crate) struct Workshop {
    folder: PathBuf,
    texts: Vec<Input>,
    how: How,
    begin: Position,
    interrupt: Interrupt,
    aside: Mutex<Aside>,
}

/// What is in the folder.
#[derive(Default)]
struct Aside {
    made: bool,
    files: Vec<PathBuf>,
    /// How many files were named so far.
    named: usize,
}

impl Workshop {
    /// A workshop for this output, with nothing in it.
    pub(crate) fn new(output: &Path, header: &CountsHeader, binary: bool, interrupt: Interrupt) -> Workshop {
        Workshop {
            folder: folder_of(output),
            texts: Vec::new(),
            how: How::new(header, binary),
            begin: Position::default(),
            interrupt,
            aside: Mutex::default(),
        }
    }

    /// Begins with these texts, or with `resume` goes on where the run was stopped: the texts are put into order then.
    pub(crate) fn begin(
        &mut self,
        resume: bool,
        texts: &mut Vec<Input>,
        messages: &Messages,
    ) -> Result<(), Problem> {
        let exists = self.folder.join(STATE).exists();
        let about = |problem: Problem| problem.about(name::shown(&self.folder));
        match (resume, exists) {
            (false, true) => {
                let problem = Problem::new("holds what a run that was stopped has done");
                return Err(about(problem.hint("--resume goes on with it; to begin anew, remove it")));
            }
            (true, false) => {
                let problem = Problem::new("there is nothing to go on with");
                return Err(about(problem.hint("leave out --resume to begin anew")));
            }
            (true, true) => self.take_up(texts, messages)?,
            (false, false) => {}
        }
        self.texts.clone_from(texts);
        Ok(())
    }

    /// Reads what was done.
    fn take_up(&mut self, texts: &mut Vec<Input>, messages: &Messages) -> Result<(), Problem> {
        let path = self.folder.join(STATE);
        let bytes = fs::read(&path).map_err(|error| Problem::file(&path, &error))?;
        let state: State = serde_json::from_slice(&bytes).map_err(|error| {
            Problem::new(format!("is not what was written: {error}")).about(name::shown(&path))
        })?;
        self.begin = state.go_on(&self.how, texts, messages).map_err(|problem| match problem.about {
            None => problem.about(name::shown(&self.folder)),
            Some(_) => problem,
        })?;
        let files: Vec<PathBuf> = state.files.iter().map(|file| self.folder.join(file)).collect();
        let number = |file: &String| file.strip_suffix(".counts")?.parse().ok();
        let named = state.files.iter().filter_map(number).max().unwrap_or(0);
        *self.lock() = Aside { made: true, files, named };
        Ok(())
    }

    /// From where on there is work to do.
    pub(super) fn position(&self) -> Position {
        self.begin.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Aside> {
        self.aside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The place of a new file.
    fn name_file(&self) -> Result<PathBuf, Problem> {
        let mut aside = self.lock();
        if !aside.made {
            unfinished::add(&self.folder);
            fs::create_dir_all(&self.folder).map_err(|error| Problem::file(&self.folder, &error))?;
            aside.made = true;
        }
        aside.named += 1;
        let path = self.folder.join(format!("{}.counts", aside.named));
        // Of no use before there is a state that names it.
        unfinished::add(&path);
        Ok(path)
    }

    /// Puts counts aside, which `write` writes.
    pub(super) fn put_aside(
        &self,
        write: &dyn Fn(&mut dyn Write) -> Result<(), Error>,
    ) -> Result<(), Problem> {
        let path = self.name_file()?;
        let mut file = WholeFile::create(&path)?;
        write(&mut file).map_err(|error| Problem::from(error).about(name::shown(&path)))?;
        file.finish().map_err(|error| Problem::file(&path, &error))?;
        self.lock().files.push(path);
        Ok(())
    }

    /// Leaves what is needed to go on, if there is anything; the problem that says so. `bad` are the texts that have stopped
    /// the run.
    pub(super) fn stop(
        &self,
        counts: &Counts,
        position: Position,
        bad: Vec<Bad>,
    ) -> Result<Problem, Problem> {
        let is_bad = !bad.is_empty();
        // Documents without a piece are counted, too.
        let is_nothing = counts.totals() == CountsTotals::default();
        if is_nothing && self.lock().files.is_empty() {
            return Ok(
                Problem::new("stopped before anything was counted; nothing is kept").about(self.shown())
            );
        }
        if !is_nothing {
            self.put_aside(&|sink| counts.write(sink))?;
        }
        self.write_state(position, bad)?;
        Ok(self.kept(match is_bad {
            false => "the same command goes on with --resume",
            true => "once the file is mended or left out, the same command goes on with --resume",
        }))
    }

    fn shown(&self) -> String {
        name::shown(&self.folder)
    }

    fn kept(&self, hint: &str) -> Problem {
        Problem::new("stopped; what was counted is kept").about(self.shown()).hint(hint)
    }

    fn write_state(&self, position: Position, bad: Vec<Bad>) -> Result<(), Problem> {
        let aside = self.lock();
        let name = |path: &PathBuf| Some(path.file_name()?.to_str()?.to_owned());
        let state = State {
            schema_version: 1,
            how: self.how.clone(),
            texts: self.texts.iter().map(known).collect(),
            next: position.next,
            begun: position.begun,
            bad,
            files: aside.files.iter().filter_map(name).collect(),
        };
        let path = self.folder.join(STATE);
        let mut file = WholeFile::create(&path)?;
        let json = serde_json::to_vec(&state).map_err(|error| Problem::new(error.to_string()))?;
        file.write_all(&json).and_then(|()| file.finish()).map_err(|error| Problem::file(&path, &error))?;
        aside.settle(&self.folder);
        Ok(())
    }

    /// Leaves all counts, for a run that was stopped after them; the problem that says so.
    pub(crate) fn keep(&self, corpus: &Corpus) -> Result<Problem, Problem> {
        let end = Position { next: self.texts.len(), begun: Vec::new() };
        if corpus.aside.is_none() {
            return self.stop(&corpus.counts, end, Vec::new());
        }
        self.write_state(end, Vec::new())?;
        Ok(self.kept("the same command goes on with --resume"))
    }

    /// All that was counted: in memory, or, if any of it is on disk, all there.
    pub(super) fn collect(&self, counts: Counts) -> Result<Corpus, Failure> {
        if self.lock().files.is_empty() {
            let totals = counts.totals();
            return Ok(Corpus { counts, aside: None, totals });
        }
        self.put_aside(&|sink| counts.write(sink))?;
        let files = self.lock().files.clone();
        let summed = self.few(files).and_then(|shards| Ok((shards.merge(|_, _| Ok(()))?, shards)));
        summed.map(|(totals, shards)| Corpus { counts, aside: Some(shards), totals }).map_err(|failure| {
            let end = Position { next: self.texts.len(), begun: Vec::new() };
            match (failure, self.write_state(end, Vec::new())) {
                (Failure::Stopped(_), Ok(())) => {
                    Failure::Stopped(self.kept("the same command goes on with --resume"))
                }
                (failure, _) => failure,
            }
        })
    }

    /// These files of counts, or others with their sums which are not too many to be read at once.
    pub(crate) fn few(&self, mut paths: Vec<PathBuf>) -> Result<Shards, Failure> {
        while paths.len() > AT_ONCE {
            let some: Vec<PathBuf> = paths.drain(..AT_ONCE).collect();
            let sum = self.name_file()?;
            Shards::new(some.clone(), self.interrupt).write_sum(&sum)?;
            let mut aside = self.lock();
            aside.files.retain(|file| !some.contains(file));
            aside.files.push(sum.clone());
            paths.push(sum);
        }
        Ok(Shards::new(paths, self.interrupt))
    }

    /// Takes the folder away: all is done.
    pub(crate) fn clear(&self) {
        let mut aside = self.lock();
        if aside.made {
            // What cannot be removed does no harm. A state without its counts would.
            let _ = fs::remove_file(self.folder.join(STATE));
            for number in 1..=aside.named {
                let _ = fs::remove_file(self.folder.join(format!("{number}.counts")));
            }
            let _ = fs::remove_dir(&self.folder);
            aside.settle(&self.folder);
        }
        *aside = Aside::default();
    }
}

impl Aside {
    /// What is in the folder is of use from now on, or gone.
    fn settle(&self, folder: &Path) {
        for number in 1..=self.named {
            unfinished::take_out(&folder.join(format!("{number}.counts")));
        }
        unfinished::take_out(folder);
    }
}

/// Whoever stops without a state leaves nothing.
impl Drop for Workshop {
    fn drop(&mut self) {
        if !self.folder.join(STATE).exists() {
            self.clear();
        }
    }
}
