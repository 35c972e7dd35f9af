//! Files of piece counts that belong together, read as one.

use std::fs::File;
use std::path::{Path, PathBuf};

use bytepair::Error;
use bytepair::train::{CountsHeader, CountsReader, CountsTotals, PieceSource, merge_counts};

use crate::cli::failure::Problem;
use crate::cli::name;

/// How many files are read at the same time; systems have a limit of open ones.
pub(crate) const AT_ONCE: usize = 256;

/// Files of counts, at most [`AT_ONCE`].
pub(crate) struct Shards {
    paths: Vec<PathBuf>,
}

impl Shards {
    pub(crate) fn new(paths: Vec<PathBuf>) -> Shards {
        Shards { paths }
    }

    /// How the pieces of the first one came to be.
    pub(crate) fn header(&self) -> Result<CountsHeader, Problem> {
        let first = self.paths.first().ok_or_else(|| Problem::new("there are no files of counts"))?;
        Ok(open(first)?.header().clone())
    }

    /// Gives the sums of all files, in the order of the pieces.
    pub(crate) fn merge(
        &self,
        each: impl FnMut(&[u8], u64) -> Result<(), Error>,
    ) -> Result<CountsTotals, Problem> {
        let readers = self.paths.iter().map(|path| open(path)).collect::<Result<Vec<_>, _>>()?;
        Ok(merge_counts(readers, each)?)
    }
}

fn open(path: &Path) -> Result<CountsReader<File>, Problem> {
    let file = File::open(path).map_err(|error| Problem::file(path, &error))?;
    Ok(CountsReader::new(file, name::shown(path))?)
}

impl PieceSource for Shards {
    fn for_each(&self, each: &mut dyn FnMut(&[u8], u64)) -> Result<(), Error> {
        let done = self.merge(|piece, count| {
            each(piece, count);
            Ok(())
        });
        match done {
            Ok(_) => Ok(()),
            Err(problem) => {
                let about = problem.about.map(|about| format!("{about}: ")).unwrap_or_default();
                Err(std::io::Error::other(format!("{about}{}", problem.what)).into())
            }
        }
    }
}
