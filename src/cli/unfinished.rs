//! Files and folders that are of no use before they are finished, so that a program that is ended at once can take them away.
//!
//! Whoever makes one adds it here, and takes it out when it is whole or gone. A folder is taken away only if nothing else is
//! in it. The end of the program waits for what is done here, so that it never comes between two steps that belong together.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A path comes after the folder that it is in.
static PATHS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn paths() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    PATHS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// This file or folder is of no use yet.
pub(crate) fn add(path: &Path) {
    paths().insert(path.to_owned());
}

/// Makes a file that is of no use yet. There must be none.
pub(crate) fn file(path: &Path) -> io::Result<File> {
    let mut paths = paths();
    let file = OpenOptions::new().write(true).create_new(true).open(path)?;
    paths.insert(path.to_owned());
    Ok(file)
}

/// Makes a folder that is of no use yet. There must be none.
pub(crate) fn folder(path: &Path) -> io::Result<()> {
    let mut paths = paths();
    fs::create_dir(path)?;
    paths.insert(path.to_owned());
    Ok(())
}

/// This file or folder is whole, or about to go. Whether it was still here.
pub(crate) fn take_out(path: &Path) -> bool {
    paths().remove(path)
}

/// Takes this file, or a folder with nothing in it, away, if it was still of no use.
pub(crate) fn remove(path: &Path) {
    let mut paths = paths();
    if paths.remove(path) {
        // Nobody is left who could be told.
        let _ = fs::remove_file(path).or_else(|_| fs::remove_dir(path));
    }
}

/// Moves files to their places, all of them before the program can be ended; each is whole then. An error says which could
/// not be moved: those before it are in their places.
pub(crate) fn put_in_place<'a>(
    moves: impl Iterator<Item = (&'a Path, &'a Path)>,
) -> Result<(), (usize, io::Error)> {
    let mut paths = paths();
    for (index, (file, place)) in moves.enumerate() {
        fs::rename(file, place).map_err(|error| (index, error))?;
        paths.remove(file);
    }
    Ok(())
}

/// Takes all of them away and ends the program.
pub(crate) fn end(status: u8) -> ! {
    // Held to the end: whoever wants to begin another file waits for ever.
    let paths = paths();
    for path in paths.iter().rev() {
        // Nobody is left who could be told.
        let _ = fs::remove_file(path).or_else(|_| fs::remove_dir(path));
    }
    process::exit(status.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_unfinished_until_they_are_in_their_places() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        file(&at("a.tmp")).unwrap();
        file(&at("b.tmp")).unwrap();
        assert!(file(&at("a.tmp")).is_err(), "it is there");
        fs::create_dir(at("b")).unwrap();
        fs::write(at("b/full"), "").unwrap();
        let (from, to) = ([at("a.tmp"), at("b.tmp")], [at("a"), at("b")]);
        let moves = from.iter().zip(&to).map(|(from, to)| (from.as_path(), to.as_path()));
        assert_eq!(put_in_place(moves).unwrap_err().0, 1, "a folder is in the way");
        assert!(at("a").exists() && at("b.tmp").exists());
        assert!(!take_out(&at("a.tmp")) && take_out(&at("b.tmp")) && !take_out(&at("b.tmp")));
    }

    #[test]
    fn a_folder_comes_before_what_is_in_it() {
        let mut paths: Vec<&Path> = ["d/x", "d.e", "d", "d-a/y", "d/x/y"].map(Path::new).to_vec();
        paths.sort();
        let place = |path: &str| paths.iter().position(|other| *other == Path::new(path));
        assert!(place("d") < place("d/x") && place("d/x") < place("d/x/y"));
    }
}
