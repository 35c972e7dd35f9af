//! The folder beside the output in which work is put aside: tables of counts that are too large for the memory, and what is
//! needed to go on with a run that was stopped. It is made when it is needed first, and taken away when the output is there.
//!
//! ```text
//! OUT.training/1.counts, 2.counts, …   files of piece counts
//! OUT.training/state.json              which texts are in them, and how far; written last
//! ```

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytepair::Error;
use bytepair::train::{Counts, CountsHeader, CountsWriter, Position};
use serde::{Deserialize, Serialize};

use super::Corpus;
use super::shards::{AT_ONCE, Shards};
use crate::cli::failure::Problem;
use crate::cli::input::Input;
use crate::cli::name;
use crate::cli::output::file::WholeFile;

const STATE: &str = "state.json";

/// Whether a file is the output, or in the folder beside it: what a run writes it must not read.
pub(super) fn is_own(path: &Path, output: &Path) -> bool {
    let Ok(path) = fs::canonicalize(path) else { return false };
    let is_under = |own: &Path| fs::canonicalize(own).is_ok_and(|own| path.starts_with(own));
    is_under(output) || is_under(&folder_of(output))
}

/// The folder beside the output.
fn folder_of(output: &Path) -> PathBuf {
    let mut folder = output.as_os_str().to_owned();
    folder.push(".training");
    folder.into()
}

/// A text: its name, its size, and when it was last changed, in nanoseconds since 1970.
type Known = (String, Option<u64>, Option<u64>);

fn known(input: &Input) -> Known {
    // What has no size, such as a pipe, has no time that says anything.
    let changed = input.size.and_then(|_| fs::metadata(&input.path).ok()?.modified().ok());
    let since = changed.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    (input.path.to_string_lossy().into_owned(), input.size, since.map(|since| since.as_nanos() as u64))
}

/// Where work is put aside.
pub(crate) struct Workshop {
    folder: PathBuf,
    texts: Vec<Known>,
    header: CountsHeader,
    begin: Position,
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

/// What there is to know of a run that was stopped.
#[derive(Serialize, Deserialize)]
struct State {
    schema_version: u32,
    patterns: Vec<String>,
    specials: Vec<String>,
    documents: String,
    /// To see whether they are the same.
    texts: Vec<Known>,
    next: usize,
    begun: Vec<(usize, u64)>,
    files: Vec<String>,
}

impl Workshop {
    /// A workshop for this output; with `resume`, that of the run that was stopped.
    pub(crate) fn new(
        output: &Path,
        resume: bool,
        inputs: &[Input],
        header: &CountsHeader,
    ) -> Result<Workshop, Problem> {
        let mut workshop = Workshop {
            folder: folder_of(output),
            texts: inputs.iter().map(known).collect(),
            header: header.clone(),
            begin: Position::default(),
            aside: Mutex::default(),
        };
        let exists = workshop.folder.join(STATE).exists();
        let about = |what: &str| Problem::new(what).about(name::shown(&workshop.folder));
        match (resume, exists) {
            (false, true) => Err(about("holds what a run that was stopped has done")
                .hint("--resume goes on with it; to begin anew, remove it")),
            (true, false) => {
                Err(about("there is nothing to go on with").hint("leave out --resume to begin anew"))
            }
            (true, true) => {
                workshop.take_up()?;
                Ok(workshop)
            }
            (false, false) => Ok(workshop),
        }
    }

    /// Reads what was done.
    fn take_up(&mut self) -> Result<(), Problem> {
        let path = self.folder.join(STATE);
        let bytes = fs::read(&path).map_err(|error| Problem::file(&path, &error))?;
        let state: State = serde_json::from_slice(&bytes).map_err(|error| {
            Problem::new(format!("is not what was written: {error}")).about(name::shown(&path))
        })?;
        let header = CountsHeader::new(state.patterns, state.specials, state.documents);
        let differs = if header != self.header {
            "the pattern, the special tokens or what documents are"
        } else if state.texts != self.texts {
            "the texts, their sizes or times,"
        } else {
            self.begin = Position { next: state.next, begun: state.begun };
            let files: Vec<PathBuf> = state.files.iter().map(|file| self.folder.join(file)).collect();
            let number = |file: &String| file.strip_suffix(".counts")?.parse().ok();
            let named = state.files.iter().filter_map(number).max().unwrap_or(0);
            *self.lock() = Aside { made: true, files, named };
            return Ok(());
        };
        let problem =
            Problem::new(format!("cannot go on: {differs} are not those of the run that was stopped"));
        Err(problem
            .about(name::shown(&self.folder))
            .hint("the same command goes on with --resume; to begin anew, remove this folder"))
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
            fs::create_dir_all(&self.folder).map_err(|error| Problem::file(&self.folder, &error))?;
            aside.made = true;
        }
        aside.named += 1;
        Ok(self.folder.join(format!("{}.counts", aside.named)))
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

    /// Leaves what is needed to go on; the problem that says so.
    pub(super) fn stop(&self, counts: &Counts, position: Position) -> Result<Problem, Problem> {
        self.put_aside(&|sink| counts.write(sink))?;
        self.write_state(position)
    }

    fn write_state(&self, position: Position) -> Result<Problem, Problem> {
        let files = self
            .lock()
            .files
            .iter()
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .collect();
        let state = State {
            schema_version: 1,
            patterns: self.header.patterns.clone(),
            specials: self.header.specials.clone(),
            documents: self.header.documents.clone(),
            texts: self.texts.clone(),
            next: position.next,
            begun: position.begun,
            files,
        };
        let path = self.folder.join(STATE);
        let mut file = WholeFile::create(&path)?;
        let json = serde_json::to_vec(&state).map_err(|error| Problem::new(error.to_string()))?;
        file.write_all(&json).and_then(|()| file.finish()).map_err(|error| Problem::file(&path, &error))?;
        let problem = Problem::new("stopped; what was counted is kept").about(name::shown(&self.folder));
        Ok(problem.hint("the same command goes on with --resume"))
    }

    /// Leaves all counts, for a run that was stopped after them; the problem that says so.
    pub(crate) fn keep(&self, corpus: &Corpus) -> Result<Problem, Problem> {
        let end = Position { next: self.texts.len(), begun: Vec::new() };
        match corpus.aside {
            Some(_) => self.write_state(end),
            None => self.stop(&corpus.counts, end),
        }
    }

    /// All that was counted: in memory, or, if any of it is on disk, all there.
    pub(super) fn collect(&self, counts: Counts) -> Result<Corpus, Problem> {
        if self.lock().files.is_empty() {
            let totals = counts.totals();
            return Ok(Corpus { counts, aside: None, totals });
        }
        self.put_aside(&|sink| counts.write(sink))?;
        let shards = self.few(self.lock().files.clone())?;
        let totals = shards.merge(|_, _| Ok(()))?;
        Ok(Corpus { counts, aside: Some(shards), totals })
    }

    /// These files of counts, or others with their sums which are not too many to be read at once.
    pub(crate) fn few(&self, mut paths: Vec<PathBuf>) -> Result<Shards, Problem> {
        while paths.len() > AT_ONCE {
            let some: Vec<PathBuf> = paths.drain(..AT_ONCE).collect();
            let sum = self.name_file()?;
            write_sum(&Shards::new(some.clone()), &sum)?;
            let mut aside = self.lock();
            aside.files.retain(|file| !some.contains(file));
            aside.files.push(sum.clone());
            paths.push(sum);
        }
        Ok(Shards::new(paths))
    }

    /// Takes the folder away: all is done.
    pub(crate) fn clear(&self) {
        let aside = std::mem::take(&mut *self.lock());
        if aside.made {
            // What cannot be removed does no harm.
            for number in 1..=aside.named {
                let _ = fs::remove_file(self.folder.join(format!("{number}.counts")));
            }
            let _ = fs::remove_file(self.folder.join(STATE));
            let _ = fs::remove_dir(&self.folder);
        }
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

/// Writes the sums of files of counts.
pub(crate) fn write_sum(shards: &Shards, output: &Path) -> Result<(), Problem> {
    let mut file = WholeFile::create(output)?;
    let about = |error: Error| Problem::from(error).about(name::shown(output));
    let mut writer = CountsWriter::new(&mut file, &shards.header()?).map_err(about)?;
    let totals = shards.merge(|piece, count| writer.push(piece, count))?;
    writer.finish(totals).map_err(about)?;
    file.finish().map_err(|error| Problem::file(output, &error))
}
