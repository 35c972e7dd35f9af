//! Files of piece counts that belong together, read as one.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use bytepair::Error;
use bytepair::train::{CountsHeader, CountsReader, CountsTotals, CountsWriter, PieceSource, merge_counts};

use crate::cli::failure::{Failure, Problem};
use crate::cli::interrupt::Interrupt;
use crate::cli::messages::Messages;
use crate::cli::name;
use crate::cli::output::file::{Place, shown};

/// How many files are read at the same time; systems have a limit of open ones.
pub(crate) const AT_ONCE: usize = 256;

/// After how many pieces the user is asked whether to go on.
const ASKED: u32 = 4096;

/// Files of counts, at most [`AT_ONCE`].
pub(crate) struct Shards {
    paths: Vec<PathBuf>,
    interrupt: Interrupt,
}

impl Shards {
    pub(crate) fn new(paths: Vec<PathBuf>, interrupt: Interrupt) -> Shards {
        Shards { paths, interrupt }
    }

    /// Gives the sums of all files, in the order of the pieces.
    pub(crate) fn merge(
        &self,
        mut each: impl FnMut(&[u8], u64) -> Result<(), Error>,
    ) -> Result<CountsTotals, Failure> {
        let readers = self.paths.iter().map(|path| open(path)).collect::<Result<Vec<_>, _>>()?;
        let mut pieces = 0u32;
        let merged = merge_counts(readers, |piece, count| {
            pieces = pieces.wrapping_add(1);
            if pieces.is_multiple_of(ASKED) && self.interrupt.is_set() {
                return Err(io::Error::other("stopped").into());
            }
            each(piece, count)
        });
        merged.map_err(|error| self.interrupt.instead_of(error, || Problem::new("stopped")))
    }

    /// Writes the sums of all files to `output`.
    pub(crate) fn write_sum(&self, output: &Path) -> Result<(), Failure> {
        let header = header(&self.paths)?;
        let mut place = Place::create(output)?;
        let wrong = |error| Failure::writing(error, shown(output));
        let mut writer = CountsWriter::new(&mut place, &header).map_err(wrong)?;
        // What the writer says is about the output, all else about the files that are read.
        let mut failed = None;
        let merged = self.merge(|piece, count| {
            writer.push(piece, count).map_err(|error| {
                let text = error.to_string();
                failed = Some(error);
                io::Error::other(text).into()
            })
        });
        if let Some(error) = failed {
            return Err(wrong(error));
        }
        writer.finish(merged?).map_err(wrong)?;
        place.finish(output)
    }
}

/// How the pieces of these files came to be. Any two that differ in it are told by their names now, and not after most were
/// added up to a file that nobody has named.
pub(crate) fn header(paths: &[PathBuf]) -> Result<CountsHeader, Problem> {
    let (first, others) = paths.split_first().ok_or_else(|| Problem::new("there are no files of counts"))?;
    let first = open(first)?;
    for other in others {
        open(other)?.check_header(first.header(), first.name())?;
    }
    Ok(first.header().clone())
}

/// Says which file is named twice, whatever its names; and warns of files that hold the same.
pub(crate) fn check_twice(paths: &[PathBuf], messages: &Messages) -> Result<(), Problem> {
    let (mut places, mut sizes) = (HashMap::new(), HashMap::<u64, Vec<&PathBuf>>::new());
    for path in paths {
        let wrong = |error: io::Error| Problem::file(path, &error);
        let place = fs::canonicalize(path).map_err(wrong)?;
        if let Some(other) = places.insert(place, path) {
            let twice = match other == path {
                true => String::new(),
                false => format!(": it is {}, too", name::shown(other)),
            };
            let problem = Problem::new(format!("is named twice, and would count twice{twice}"));
            return Err(problem
                .about(name::shown(path))
                .hint("name it once; what is to weigh twice can be named by a copy of it"));
        }
        let found = fs::metadata(path).map_err(wrong)?;
        if found.is_file() {
            sizes.entry(found.len()).or_default().push(path);
        }
    }
    for same in sizes.into_values().filter(|same| same.len() > 1) {
        warn_of_copies(&same, messages)?;
    }
    Ok(())
}

/// Warns of files of the same size that are the same and have pieces.
fn warn_of_copies(paths: &[&PathBuf], messages: &Messages) -> Result<(), Problem> {
    let mut sums: HashMap<u32, &PathBuf> = HashMap::new();
    for path in paths {
        let has_pieces = open(path)?.next()?.is_some();
        let sum = sum(path).map_err(|error| Problem::file(path, &error))?;
        if let (Some(other), true) = (sums.insert(sum, path), has_pieces) {
            let other = name::shown(other);
            messages
                .warning(name::shown(path), format_args!("holds the same as {other}, and counts besides it"));
        }
    }
    Ok(())
}

fn sum(path: &Path) -> io::Result<u32> {
    let (mut file, mut buffer) = (File::open(path)?, vec![0; 64 * 1024]);
    let mut sum = crc32fast::Hasher::new();
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(sum.finalize()),
            read => sum.update(&buffer[..read]),
        }
    }
}

fn open(path: &Path) -> Result<CountsReader<File>, Problem> {
    let file = File::open(path).map_err(|error| Problem::file(path, &error))?;
    // Even of a folder the system opens a file; what is wrong with it shows in the reading.
    if file.metadata().is_ok_and(|found| found.is_dir()) {
        return Err(Problem::new("is a folder, not a file of counts").about(name::shown(path)));
    }
    Ok(CountsReader::new(file, name::shown(path))?)
}

impl PieceSource for Shards {
    fn for_each(&self, each: &mut dyn FnMut(&[u8], u64)) -> Result<(), Error> {
        let done = self.merge(|piece, count| {
            each(piece, count);
            Ok(())
        });
        let (Failure::Problem(problem) | Failure::Stopped(problem)) = (match done {
            Ok(_) => return Ok(()),
            Err(failure) => failure,
        }) else {
            return Err(io::Error::other("reading the counts failed").into());
        };
        let about = problem.about.map(|about| format!("{about}: ")).unwrap_or_default();
        Err(io::Error::other(format!("{about}{}", problem.what)).into())
    }
}
