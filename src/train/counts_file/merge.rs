//! Adding up files of piece counts: all of them are read at once, and the least piece of all comes next.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::io::Read;

use super::{CountsReader, CountsTotals, invalid, shown};
use crate::error::Error;

/// Adds up any number of files: each piece once, in the order of bytes, with the sum of its counts. Gives the sum of their
/// totals. The order of the files does not matter.
///
/// It takes the memory of the readers and of one piece.
///
/// # Errors
///
/// With [`ErrorKind::InvalidCounts`](crate::ErrorKind::InvalidCounts) if the headers are not equal (before the first piece
/// is given out), if a file is damaged, or if a sum does not fit into 64 bits; with
/// [`ErrorKind::Io`](crate::ErrorKind::Io) if reading fails; and with what `each` fails with.
pub fn merge<R: Read>(
    readers: Vec<CountsReader<R>>,
    mut each: impl FnMut(&[u8], u64) -> Result<(), Error>,
) -> Result<CountsTotals, Error> {
    check_headers(&readers)?;
    let mut totals = CountsTotals::default();
    let mut heap = BinaryHeap::with_capacity(readers.len());
    for reader in readers {
        let mut source = Source { key: 0, count: 0, reader: Box::new(reader) };
        match source.advance()? {
            None => heap.push(source),
            Some(ended) => add(&mut totals, ended, &source)?,
        }
    }
    // The piece that is being added up. No piece is empty.
    let (mut piece, mut count) = (Vec::new(), 0u64);
    while let Some(mut top) = heap.peek_mut() {
        if top.reader.piece() == piece {
            count = count.checked_add(top.count).ok_or_else(|| {
                invalid(format!("the counts of {} add up to more than 2^64 - 1", shown(&piece)))
            })?;
        } else {
            if !piece.is_empty() {
                each(&piece, count)?;
            }
            piece.clear();
            piece.extend_from_slice(top.reader.piece());
            count = top.count;
        }
        if let Some(ended) = top.advance()? {
            add(&mut totals, ended, &top)?;
            PeekMut::pop(top);
        }
    }
    if !piece.is_empty() {
        each(&piece, count)?;
    }
    Ok(totals)
}

fn add<R>(totals: &mut CountsTotals, ended: CountsTotals, source: &Source<R>) -> Result<(), Error>
where
    R: Read,
{
    let name = source.reader.name();
    *totals = totals
        .checked_add(ended)
        .ok_or_else(|| invalid(format!("with {name}, the totals add up to more than 2^64 - 1")))?;
    Ok(())
}

/// Checks that the counts are of one kind.
fn check_headers<R: Read>(readers: &[CountsReader<R>]) -> Result<(), Error> {
    let Some((first, others)) = readers.split_first() else { return Ok(()) };
    for other in others {
        other.check_header(first.header(), first.name())?;
    }
    Ok(())
}

/// A file with the piece that comes next in it.
struct Source<R> {
    /// The first bytes of the piece: they tell the order in most cases without a look at the piece.
    key: u64,
    count: u64,
    reader: Box<CountsReader<R>>,
}

impl<R: Read> Source<R> {
    /// Reads the next piece; the totals of the file if there is none.
    fn advance(&mut self) -> Result<Option<CountsTotals>, Error> {
        if let Some((piece, count)) = self.reader.next()? {
            (self.key, self.count) = (key(piece), count);
            return Ok(None);
        }
        Ok(Some(self.reader.totals().unwrap_or_default()))
    }
}

/// The first eight bytes as a number that orders as they do; those of a shorter piece are filled up with zeros.
fn key(piece: &[u8]) -> u64 {
    match piece.first_chunk() {
        Some(first) => u64::from_be_bytes(*first),
        None => {
            let mut first = [0; 8];
            first[..piece.len()].copy_from_slice(piece);
            u64::from_be_bytes(first)
        }
    }
}

/// The heap has its greatest on top: that is the file with the least piece.
impl<R: Read> Ord for Source<R> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.key.cmp(&self.key).then_with(|| other.reader.piece().cmp(self.reader.piece()))
    }
}

impl<R: Read> PartialOrd for Source<R> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<R: Read> PartialEq for Source<R> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<R: Read> Eq for Source<R> {}
