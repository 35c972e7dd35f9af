//! Files and folders that are of no use before they are finished, so that a program that is ended at once can take them away.
//!
//! Whoever makes one adds it here, and takes it out when it is whole or gone. A folder comes before what is in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static PATHS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn paths() -> MutexGuard<'static, Vec<PathBuf>> {
    PATHS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// This file or folder is of no use yet.
pub(crate) fn add(path: &Path) {
    paths().push(path.to_owned());
}

/// This file or folder is whole, or gone.
pub(crate) fn take_out(path: &Path) {
    paths().retain(|other| other != path);
}

/// Takes all of them away; a folder only if nothing else is in it. For the end of the program.
pub(crate) fn remove_all() {
    for path in paths().drain(..).rev() {
        // Nobody is left who could be told.
        let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir(&path));
    }
}
