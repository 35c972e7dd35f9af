//! Names of files: how they are shown to people.
//!
//! A name can be any bytes: it must not be able to move the cursor or to pretend to be another line.

use std::ffi::OsString;
use std::path::Path;

/// A name for tables and messages: what is not UTF-8 as U+FFFD, control characters escaped.
pub(crate) fn shown(path: &Path) -> String {
    escaped(&path.to_string_lossy())
}

/// A text of others in one line: control characters and those that turn the direction of writing escaped.
pub(crate) fn escaped(text: &str) -> String {
    let unsafe_here = |c: char| {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        c.is_control() || turns
    };
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if unsafe_here(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// The bytes of a name that is not UTF-8, as programs may need them.
pub(crate) fn raw_bytes(path: &Path) -> Option<Vec<u8>> {
    path.to_str().is_none().then(|| path.as_os_str().as_encoded_bytes().to_vec())
}

/// The name that these bytes are; `None` where the system has no such names.
#[cfg(unix)]
pub(crate) fn from_bytes(bytes: &[u8]) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt;
    Some(OsString::from_vec(bytes.to_vec()))
}

/// The name that these bytes are; `None` where the system has no such names.
#[cfg(not(unix))]
pub(crate) fn from_bytes(bytes: &[u8]) -> Option<OsString> {
    std::str::from_utf8(bytes).ok().map(OsString::from)
}
