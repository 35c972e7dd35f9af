//! The file of piece counts: what a vocabulary is trained from, sorted, compact, and checked to the last bit.
//!
//! Files of the parts of a corpus add up to the file of the whole, byte for byte, in any order. Cutting and counting are
//! left to others; so is naming and renaming of files.
//!
//! ```text
//! magic     89 "bytepair piece counts" 0d 0a 1a 0a
//! version   1                                                                                       (u32)
//! sections  kind (4 bytes), length of the body (u64), CRC-32 of the body (u32), CRC-32 of these 16 bytes (u32); body
//!   "head"  once: version of Unicode; how documents were told apart; number of patterns, and each; number of special
//!           tokens, and each. A text is its length and its UTF-8
//!   "part"  any number: entries. An entry is how many bytes its piece shares with the piece before it in this part, how
//!           many follow, these bytes, and the count
//!   "tail"  once: distinct pieces, pieces, documents, bytes of text                                  (u64 each)
//! end       "end" 89 0d 0a 1a 0a
//! ```
//!
//! Fixed numbers are little-endian; those within head and parts are LEB128, as short as can be. A part ends with the entry
//! that brings it to 64 KiB. CRC-32 is that of zlib and PNG (polynomial 0xedb88320): it finds every error of one bit, and
//! because no length is believed before its own sum is checked, so does the whole file. The magic is made as PNG's is
//! (PNG specification, 5.2): a transfer that strips the eighth bit or changes line ends shows at once.

mod merge;
mod read;
#[cfg(test)]
mod tests;
mod write;

use crate::error::{Error, ErrorKind};
use crate::unicode::UNICODE_VERSION;

pub use merge::merge;
pub use read::CountsReader;
pub use write::CountsWriter;

const MAGIC: &[u8; 26] = b"\x89bytepair piece counts\r\n\x1a\n";
const VERSION: u32 = 1;
const HEAD: [u8; 4] = *b"head";
const PART: [u8; 4] = *b"part";
const TAIL: [u8; 4] = *b"tail";
const END: &[u8; 8] = b"end\x89\r\n\x1a\n";

/// The size of what stands before the body of a section.
const SECTION: usize = 20;

/// The entry that brings a part to this size is its last.
const PART_SIZE: usize = 64 * 1024;

/// How pieces came to be: only counts of the same kind can be added up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CountsHeader {
    /// The version of Unicode that the classes of the patterns are from.
    pub unicode: String,
    /// How documents were told apart, in a few words of the caller's choice.
    pub documents: String,
    /// The regular expressions that texts were split by, in the order in which they were applied.
    pub patterns: Vec<String>,
    /// The special tokens that separated documents: sorted by their bytes, each once.
    pub specials: Vec<String>,
}

impl CountsHeader {
    /// The header of counts that this version of the library makes. The special tokens may come in any order.
    pub fn new(
        patterns: Vec<String>,
        mut specials: Vec<String>,
        documents: impl Into<String>,
    ) -> CountsHeader {
        specials.sort_unstable();
        specials.dedup();
        CountsHeader { unicode: UNICODE_VERSION.to_owned(), documents: documents.into(), patterns, specials }
    }

    /// What keeps counts of this header from being added to those of another: what it is, what it is here and there, and
    /// what to do.
    fn difference(&self, other: &CountsHeader) -> Option<[String; 4]> {
        let rows = [
            (
                "pattern",
                listed(&self.patterns),
                listed(&other.patterns),
                "count both with the same pattern (--pattern)",
            ),
            (
                "special tokens",
                listed(&self.specials),
                listed(&other.specials),
                "count both with the same special tokens (--special)",
            ),
            (
                "way to tell documents apart",
                format!("{:?}", self.documents),
                format!("{:?}", other.documents),
                "count both with documents told apart in the same way (by file, --lines, --separator or --jsonl)",
            ),
            (
                "version of Unicode",
                self.unicode.clone(),
                other.unicode.clone(),
                "count both with the same version of this program",
            ),
        ];
        let (what, here, there, hint) = rows.into_iter().find(|(_, here, there, _)| here != there)?;
        Some([what.to_owned(), here, there, hint.to_owned()])
    }
}

/// Texts in quotes, one after the other.
fn listed(texts: &[String]) -> String {
    match texts {
        [] => "none".to_owned(),
        texts => texts.iter().map(|text| format!("{text:?}")).collect::<Vec<_>>().join(", "),
    }
}

/// What all entries of a file came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CountsTotals {
    /// Documents.
    pub documents: u64,
    /// The bytes of their texts.
    pub bytes: u64,
    /// The pieces that these were cut into: the sum of all counts.
    pub pieces: u64,
}

impl CountsTotals {
    /// The totals of both together; `None` if one of them does not fit into 64 bits.
    pub fn checked_add(self, other: CountsTotals) -> Option<CountsTotals> {
        Some(CountsTotals {
            documents: self.documents.checked_add(other.documents)?,
            bytes: self.bytes.checked_add(other.bytes)?,
            pieces: self.pieces.checked_add(other.pieces)?,
        })
    }
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidCounts, message)
}

/// A piece as messages show it: not more than its first bytes.
fn shown(piece: &[u8]) -> String {
    const SHOWN: usize = 40;
    let rest = if piece.len() > SHOWN { "…" } else { "" };
    format!("\"{}{rest}\"", piece[..piece.len().min(SHOWN)].escape_ascii())
}
