//! A file that is written whole or not at all: written beside its place, and moved there at the end. Several that belong
//! together are moved when all are written. Or standard output, if that is named.
//!
//! Ctrl-C in the meantime leaves nothing behind: see `unfinished`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, StdoutLock, Write};
use std::path::{Path, PathBuf};

use crate::cli::failure::{Failure, Problem};
use crate::cli::{interrupt, unfinished};

/// How many names to try for the file beside.
const ATTEMPTS: u32 = 100;

/// A file that takes its place when it is finished. Dropped before, it leaves nothing behind.
pub(crate) struct WholeFile {
    out: BufWriter<File>,
    /// The file beside and the place it will take; nothing for a device or pipe, which is written to as it is.
    pending: Option<Pending>,
}

/// A file beside its place. Dropped before it is moved there, it is gone.
struct Pending {
    beside: PathBuf,
    place: PathBuf,
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
        let wrong = |error: io::Error| match error.kind() {
            ErrorKind::NotFound => {
                Problem::file(path, &error).hint("the folder that it is to be in does not exist")
            }
            _ => Problem::file(path, &error),
        };
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let old = fs::metadata(&place).ok();
        if old.as_ref().is_some_and(|old| old.is_dir()) {
            return Err(Problem::new("is a folder").about(crate::cli::name::shown(path)));
        }
        if old.as_ref().is_some_and(|old| !old.is_file()) {
            let file = OpenOptions::new().write(true).open(&place).map_err(wrong)?;
            return Ok(WholeFile { out: BufWriter::new(file), pending: None });
        }
        interrupt::clean_up()?;
        let (file, beside) = beside(&place).map_err(wrong)?;
        let pending = Some(Pending { beside, place });
        let whole = WholeFile { out: BufWriter::new(file), pending };
        if let Some(old) = old {
            whole.out.get_ref().set_permissions(old.permissions()).map_err(wrong)?;
        }
        Ok(whole)
    }

    /// Puts the file in its place.
    pub(crate) fn finish(self) -> io::Result<()> {
        let pending = self.close()?;
        put_in_place(pending.as_slice()).map_err(|(_, error)| error)
    }

    /// All is written.
    fn close(mut self) -> io::Result<Option<Pending>> {
        self.out.flush()?;
        Ok(self.pending)
    }
}

fn put_in_place(pending: &[Pending]) -> Result<(), (usize, io::Error)> {
    let moves = pending.iter().map(|Pending { beside, place }| (beside.as_path(), place.as_path()));
    unfinished::put_in_place(moves)
}

/// Files that take their places together, when all of them are written. Dropped before, they leave nothing behind.
#[derive(Default)]
pub(crate) struct WholeFiles {
    pending: Vec<Pending>,
    /// What each was called.
    paths: Vec<PathBuf>,
}

impl WholeFiles {
    /// Writes one of them.
    pub(crate) fn add(&mut self, path: &Path, bytes: &[u8]) -> Result<(), Problem> {
        let mut file = WholeFile::create(path)?;
        let written = file.write_all(bytes).and_then(|()| file.close());
        if let Some(pending) = written.map_err(|error| Problem::file(path, &error))? {
            self.pending.push(pending);
            self.paths.push(path.to_owned());
        }
        Ok(())
    }

    /// Puts all in their places. Ctrl-C waits until it is done; should the system refuse one of them, those before it are in
    /// their places already.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        put_in_place(&self.pending).map_err(|(index, error)| Problem::file(&self.paths[index], &error))
    }
}

/// A folder that did not exist. Dropped when nothing is in it, it is gone again.
pub(crate) struct NewFolder(PathBuf);

impl NewFolder {
    /// Makes the folder. Its own folder must exist.
    pub(crate) fn create(path: &Path) -> Result<NewFolder, Problem> {
        interrupt::clean_up()?;
        unfinished::folder(path).map_err(|error| Problem::file(path, &error))?;
        Ok(NewFolder(path.to_owned()))
    }

    /// Makes it and those above it, as far as they do not exist. The innermost is the first.
    pub(crate) fn create_all(path: &Path) -> Result<Vec<NewFolder>, Problem> {
        let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.is_dir();
        let missing: Vec<&Path> = path.ancestors().take_while(is_missing).collect();
        // Asked once more: `a/..` exists as soon as `a` does.
        let missing = missing.into_iter().rev().filter(is_missing);
        let mut folders = missing.map(NewFolder::create).collect::<Result<Vec<_>, _>>()?;
        folders.reverse();
        Ok(folders)
    }
}

impl Drop for NewFolder {
    fn drop(&mut self) {
        // Where something is in it, it is there to stay.
        unfinished::remove(&self.0);
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
        match unfinished::file(&path) {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
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

impl Drop for Pending {
    fn drop(&mut self) {
        unfinished::remove(&self.beside);
    }
}
