//! A file that is written whole or not at all: written beside its place, and moved there at the end. Or standard output, if
//! that is named.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, StdoutLock, Write};
use std::path::{Path, PathBuf};

use crate::cli::failure::{Failure, Problem};
use crate::cli::unfinished;

/// How many names to try for the file beside.
const ATTEMPTS: u32 = 100;

/// A file that takes its place when it is finished. Dropped before, it leaves nothing behind.
pub(crate) struct WholeFile {
    out: BufWriter<File>,
    /// The file beside and the place it will take; nothing for a device or pipe, which is written to as it is.
    pending: Option<(PathBuf, PathBuf)>,
}

/// Whether a path is a name of standard output: it is written to as it stands, and never replaced.
pub(crate) fn is_stdout(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].into_iter().any(|name| path == Path::new(name))
}

/// What messages call an output.
pub(crate) fn shown(path: &Path) -> String {
    if is_stdout(path) { "standard output".to_owned() } else { crate::cli::name::shown(path) }
}

impl WholeFile {
    /// Begins the file that will be at `path`. Of a symbolic link, the file it leads to is replaced.
    pub(crate) fn create(path: &Path) -> Result<WholeFile, Problem> {
        let wrong = |error: io::Error| Problem::file(path, &error);
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let old = fs::metadata(&place).ok();
        if old.as_ref().is_some_and(|old| old.is_dir()) {
            return Err(Problem::new("is a folder").about(crate::cli::name::shown(path)));
        }
        if old.as_ref().is_some_and(|old| !old.is_file()) {
            let file = OpenOptions::new().write(true).open(&place).map_err(wrong)?;
            return Ok(WholeFile { out: BufWriter::new(file), pending: None });
        }
        let (file, beside) = beside(&place).map_err(wrong)?;
        let whole = WholeFile { out: BufWriter::new(file), pending: Some((beside, place)) };
        if let Some(old) = old {
            whole.out.get_ref().set_permissions(old.permissions()).map_err(wrong)?;
        }
        Ok(whole)
    }

    /// Puts the file in its place.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.out.flush()?;
        if let Some((beside, place)) = &self.pending {
            fs::rename(beside, place)?;
            unfinished::take_out(beside);
        }
        self.pending = None;
        Ok(())
    }
}

/// Where one result goes: a file that is written whole or not at all, or standard output.
pub(crate) enum Place {
    /// A file.
    File(WholeFile),
    /// Standard output, in large blocks.
    Stdout(BufWriter<StdoutLock<'static>>),
}

impl Place {
    /// Begins to write to what is named.
    pub(crate) fn create(path: &Path) -> Result<Place, Problem> {
        Ok(if is_stdout(path) {
            Place::Stdout(super::stdout())
        } else {
            Place::File(WholeFile::create(path)?)
        })
    }

    /// All is written: puts a file in its place. `path` is what was named.
    pub(crate) fn finish(self, path: &Path) -> Result<(), Failure> {
        match self {
            Place::File(file) => Ok(file.finish().map_err(|error| Problem::file(path, &error))?),
            Place::Stdout(mut out) => Ok(out.flush()?),
        }
    }
}

impl Write for Place {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Place::File(file) => file.write(bytes),
            Place::Stdout(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Place::File(file) => file.flush(),
            Place::Stdout(out) => out.flush(),
        }
    }
}

/// Makes a new file in the folder of `place`.
fn beside(place: &Path) -> io::Result<(File, PathBuf)> {
    let Some(name) = place.file_name() else { return Err(ErrorKind::InvalidInput.into()) };
    for attempt in 0..ATTEMPTS {
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}-{attempt}.tmp", std::process::id()));
        let path = place.with_file_name(hidden);
        unfinished::add(&path);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((file, path)),
            Err(error) => {
                unfinished::take_out(&path);
                if error.kind() != ErrorKind::AlreadyExists {
                    return Err(error);
                }
            }
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if let Some((beside, _)) = &self.pending {
            // Nobody is left who could be told.
            let _ = fs::remove_file(beside);
            unfinished::take_out(beside);
        }
    }
}
