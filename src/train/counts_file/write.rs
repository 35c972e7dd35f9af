//! Writing a file of piece counts, piece by piece in their order, in constant memory.

use std::io::Write;

use super::{
    CountsHeader, CountsTotals, END, HEAD, MAGIC, PART, PART_SIZE, SECTION, TAIL, VERSION, invalid, shown,
};
use crate::error::Error;

/// Writes a file of piece counts.
///
/// The same header, entries and totals give the same bytes. What it writes is a file only once
/// [`CountsWriter::finish`] has succeeded: a file without its end is refused by [`CountsReader`](super::CountsReader).
///
/// It keeps one part of the file in memory, which is 64 KiB and at most one piece.
///
/// ```
/// use bytepair::train::{CountsHeader, CountsReader, CountsTotals, CountsWriter};
///
/// let header = CountsHeader::new(vec![r"\w+|\W+".to_owned()], vec![], "file");
/// let mut writer = CountsWriter::new(Vec::new(), &header)?;
/// writer.push(b" ", 1)?;
/// writer.push(b"so", 2)?;
/// let file = writer.finish(CountsTotals { documents: 1, bytes: 5, pieces: 3 })?;
///
/// let mut reader = CountsReader::new(&file[..], "so so".to_owned())?;
/// assert_eq!(reader.next()?, Some((&b" "[..], 1)));
/// assert_eq!(reader.next()?, Some((&b"so"[..], 2)));
/// assert_eq!(reader.next()?, None);
/// # Ok::<(), bytepair::Error>(())
/// ```
pub struct CountsWriter<W> {
    sink: W,
    part: Vec<u8>,
    last: Vec<u8>,
    distinct: u64,
    pieces: u64,
}

impl<W: Write> CountsWriter<W> {
    /// Begins a file. The sink is written to in blocks: it needs no buffer.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Io`](crate::ErrorKind::Io) if the sink fails.
    pub fn new(mut sink: W, header: &CountsHeader) -> Result<CountsWriter<W>, Error> {
        let mut body = Vec::new();
        let one = |body: &mut Vec<u8>, text: &str| {
            push_number(body, text.len() as u64);
            body.extend_from_slice(text.as_bytes());
        };
        one(&mut body, &header.unicode);
        one(&mut body, &header.documents);
        for texts in [&header.patterns, &header.specials] {
            push_number(&mut body, texts.len() as u64);
            texts.iter().for_each(|text| one(&mut body, text));
        }
        sink.write_all(MAGIC)?;
        sink.write_all(&VERSION.to_le_bytes())?;
        write_section(&mut sink, HEAD, &body)?;
        let part = Vec::with_capacity(PART_SIZE + 1024);
        Ok(CountsWriter { sink, part, last: Vec::new(), distinct: 0, pieces: 0 })
    }

    /// Adds a piece, which was counted `count` times.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::InvalidCounts`](crate::ErrorKind::InvalidCounts) if the piece is empty, if it does not come after
    /// the one before in the order of bytes, if the count is 0, or if the counts add up to more than 64 bits hold; with
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the sink fails. The writer is of no use then.
    pub fn push(&mut self, piece: &[u8], count: u64) -> Result<(), Error> {
        let shared = shared(&self.last, piece);
        // Only the empty piece comes after none; the one before may be longer, but not an extension.
        let is_after = match (self.last.get(shared), piece.get(shared)) {
            (Some(last), Some(new)) => last < new,
            (None, Some(_)) => true,
            (_, None) => false,
        };
        if !is_after || count == 0 {
            return Err(self.refused(piece, count));
        }
        self.pieces = self
            .pieces
            .checked_add(count)
            .ok_or_else(|| invalid("the counts of all pieces add up to more than 2^64 - 1"))?;
        self.distinct += 1;
        let prefix = if self.part.is_empty() { 0 } else { shared };
        push_number(&mut self.part, prefix as u64);
        push_number(&mut self.part, (piece.len() - prefix) as u64);
        self.part.extend_from_slice(&piece[prefix..]);
        push_number(&mut self.part, count);
        self.last.truncate(shared);
        self.last.extend_from_slice(&piece[shared..]);
        if self.part.len() >= PART_SIZE {
            self.write_part()?;
        }
        Ok(())
    }

    /// The sum of all counts so far.
    pub fn pieces(&self) -> u64 {
        self.pieces
    }

    /// The number of entries so far.
    pub fn distinct(&self) -> u64 {
        self.distinct
    }

    /// Ends the file and gives back the sink, flushed.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::InvalidCounts`](crate::ErrorKind::InvalidCounts) if the pieces of the totals are not the sum of
    /// the counts: something was lost, or counted twice. With [`ErrorKind::Io`](crate::ErrorKind::Io) if the sink fails.
    pub fn finish(mut self, totals: CountsTotals) -> Result<W, Error> {
        if totals.pieces != self.pieces {
            let message = format!(
                "the counts add up to {} pieces, and the texts were cut into {}",
                self.pieces, totals.pieces
            );
            return Err(invalid(message));
        }
        if !self.part.is_empty() {
            self.write_part()?;
        }
        let numbers = [self.distinct, totals.pieces, totals.documents, totals.bytes];
        let body: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        write_section(&mut self.sink, TAIL, &body)?;
        self.sink.write_all(END)?;
        self.sink.flush()?;
        Ok(self.sink)
    }

    fn write_part(&mut self) -> Result<(), Error> {
        write_section(&mut self.sink, PART, &self.part)?;
        self.part.clear();
        Ok(())
    }

    #[cold]
    fn refused(&self, piece: &[u8], count: u64) -> Error {
        let piece_shown = shown(piece);
        invalid(match (piece, count) {
            ([], _) => "an empty piece was counted".to_owned(),
            (_, 0) => format!("the piece {piece_shown} has the count 0, where counts are 1 or more"),
            _ => format!(
                "the piece {piece_shown} comes after {}, where pieces ascend in the order of their bytes",
                shown(&self.last)
            ),
        })
    }
}

/// How many bytes two pieces have in common at their beginnings.
fn shared(one: &[u8], other: &[u8]) -> usize {
    let mut shared = 0;
    // Eight bytes at a time: most pieces differ within the first eight, and one branch finds where.
    while let (Some(a), Some(b)) = (one[shared..].first_chunk(), other[shared..].first_chunk()) {
        let differ = u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        if differ != 0 {
            return shared + differ.trailing_zeros() as usize / 8;
        }
        shared += 8;
    }
    shared + one[shared..].iter().zip(&other[shared..]).take_while(|(a, b)| a == b).count()
}

/// Writes a section with its sums.
pub(super) fn write_section(sink: &mut impl Write, kind: [u8; 4], body: &[u8]) -> Result<(), Error> {
    let mut head = [0; SECTION];
    head[..4].copy_from_slice(&kind);
    head[4..12].copy_from_slice(&(body.len() as u64).to_le_bytes());
    head[12..16].copy_from_slice(&crc32fast::hash(body).to_le_bytes());
    let sum = crc32fast::hash(&head[..16]);
    head[16..].copy_from_slice(&sum.to_le_bytes());
    sink.write_all(&head)?;
    sink.write_all(body)?;
    Ok(())
}

/// A number in LEB128: seven bits a byte, the lowest first, the eighth bit set in all bytes but the last.
pub(super) fn push_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}
