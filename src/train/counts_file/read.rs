//! Reading a file of piece counts, piece by piece, in constant memory. Nothing in it is believed before it was checked.

use std::io::Read;

use super::{
    CountsHeader, CountsTotals, END, HEAD, MAGIC, PART, PART_SIZE, SECTION, TAIL, VERSION, invalid, shown,
};
use crate::error::{Error, ErrorKind};

/// What to do about a file that is not as it was written.
const DAMAGED: &str = "it was damaged after it was written: copy it again, or count its texts again";

/// Reads a file of piece counts.
///
/// A file of which one bit was changed, one that is cut short and one with anything after its end is refused: the errors
/// name the file, the place in it, what stands there and what should. Entries that were read before are of no use then:
/// only after [`CountsReader::next`] has given `None` all of the file is known to be good.
///
/// It keeps one part of the file in memory, which is about 64 KiB and at most one piece; never more than the file has,
/// whatever it claims.
pub struct CountsReader<R> {
    source: R,
    name: String,
    header: CountsHeader,
    /// How many bytes were read from the source.
    offset: u64,
    /// The body of the section that was read last, and how much of it was given out.
    body: Vec<u8>,
    given: usize,
    piece: Vec<u8>,
    distinct: u64,
    pieces: u64,
    state: State,
}

#[derive(Clone, Copy)]
enum State {
    Entries,
    Ended(CountsTotals),
    Failed,
}

/// What is wrong in a body, and at which byte of it.
struct Wrong {
    at: usize,
    what: String,
}

impl<R: Read> CountsReader<R> {
    /// Begins to read a file: its header. `name` is what errors call the file. The source is read in blocks: it needs no
    /// buffer.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::InvalidCounts`] if it does not begin as a file of piece counts does, with [`ErrorKind::Io`] if
    /// reading fails.
    pub fn new(source: R, name: String) -> Result<CountsReader<R>, Error> {
        let mut reader = CountsReader {
            source,
            name,
            header: CountsHeader::new(Vec::new(), Vec::new(), ""),
            offset: 0,
            body: Vec::new(),
            given: 0,
            piece: Vec::new(),
            distinct: 0,
            pieces: 0,
            state: State::Entries,
        };
        reader.read_magic()?;
        match reader.read_section()? {
            HEAD => reader.header = reader.parsed(header)?,
            kind => return Err(reader.misplaced(kind, "head")),
        }
        (reader.body, reader.given) = (Vec::new(), 0);
        Ok(reader)
    }

    /// How the pieces came to be.
    pub fn header(&self) -> &CountsHeader {
        &self.header
    }

    /// Checks that the counts can be added to those with this header, which errors call `name`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidCounts`] if they were not made in the same way.
    pub fn check_header(&self, header: &CountsHeader, name: &str) -> Result<(), Error> {
        let Some([what, here, there, hint]) = header.difference(&self.header) else { return Ok(()) };
        let own = &self.name;
        let message = format!(
            "{name} and {own} cannot be added up: the {what} of {name} is {here}, that of {own} is {there}"
        );
        Err(invalid(message).with_hint(hint))
    }

    /// What errors call the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The next piece and its count, in the order of bytes; `None` after the last one, when all of the file was checked.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::InvalidCounts`] if the file is not as it was written, with [`ErrorKind::Io`] if reading fails.
    /// The reader is of no use then.
    #[expect(clippy::should_implement_trait, reason = "what is lent cannot be given by an iterator")]
    pub fn next(&mut self) -> Result<Option<(&[u8], u64)>, Error> {
        while self.given == self.body.len() {
            match self.state {
                State::Entries => {}
                State::Ended(_) => return Ok(None),
                State::Failed => return Err(invalid(format!("{} was refused before", self.name))),
            }
            if let Err(error) = self.next_section() {
                (self.given, self.state) = (self.body.len(), State::Failed);
                return Err(error);
            }
        }
        match self.entry() {
            Ok(count) => Ok(Some((&self.piece, count))),
            Err(wrong) => {
                let error = self.wrong(wrong);
                (self.given, self.state) = (self.body.len(), State::Failed);
                Err(error)
            }
        }
    }

    /// The totals of the file, once [`CountsReader::next`] has given `None`.
    pub fn totals(&self) -> Option<CountsTotals> {
        match self.state {
            State::Ended(totals) => Some(totals),
            _ => None,
        }
    }

    /// How many entries were read so far.
    pub fn distinct(&self) -> u64 {
        self.distinct
    }

    /// How many bytes of the file were read so far.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The piece that was read last.
    pub(super) fn piece(&self) -> &[u8] {
        &self.piece
    }

    fn read_magic(&mut self) -> Result<(), Error> {
        let mut begin = Vec::new();
        self.read(MAGIC.len() as u64, &mut begin)?;
        if begin.is_empty() || !MAGIC.starts_with(&begin) {
            return Err(self.no_counts(&begin));
        }
        if begin.len() < MAGIC.len() {
            return Err(self.cut("its beginning"));
        }
        match u32::from_le_bytes(self.fixed("its version")?) {
            VERSION => Ok(()),
            version => {
                let message = format!(
                    "{}: byte {}: the format has the version {version}, and only {VERSION} can be read",
                    self.name,
                    MAGIC.len()
                );
                let hint = "read it with the version of this program that wrote it, or count its texts again";
                Err(invalid(message).with_hint(hint))
            }
        }
    }

    /// What to say of a file that begins otherwise.
    #[cold]
    fn no_counts(&self, begin: &[u8]) -> Error {
        let found =
            if begin.is_empty() { "is empty".to_owned() } else { format!("begins with {}", shown(begin)) };
        let message = format!("{}: byte 0: not a file of piece counts: it {found}", self.name);
        let words = b"bytepair piece counts";
        let is_packed = begin.starts_with(b"\x1f\x8b") || begin.starts_with(b"\x28\xb5\x2f\xfd");
        invalid(message).with_hint(if is_packed {
            "decompress it first"
        } else if begin.windows(words.len()).any(|window| window == words) {
            "it was changed on its way, as a transfer of text changes line ends: copy it again, as binary"
        } else {
            "give a file that `tokenize count-words` or `tokenize merge-counts` wrote"
        })
    }

    /// Reads the next part, or the end and checks it.
    fn next_section(&mut self) -> Result<(), Error> {
        match self.read_section()? {
            PART => return Ok(()),
            TAIL => {}
            kind => return Err(self.misplaced(kind, "part or tail")),
        }
        let [distinct, pieces, documents, bytes] = self.parsed(tail)?;
        self.given = self.body.len();
        if (distinct, pieces) != (self.distinct, self.pieces) {
            let message = format!(
                "{} distinct pieces and {} pieces were read, and the file has {distinct} and {pieces}",
                self.distinct, self.pieces
            );
            return Err(self.damaged(self.offset, message));
        }
        let at = self.offset;
        let end: [u8; END.len()] = self.fixed("its last section")?;
        if end != *END {
            return Err(self.damaged(at, format!("{} stands where the mark of its end should", shown(&end))));
        }
        let at = self.offset;
        let mut more = Vec::new();
        if self.read(1, &mut more)? > 0 {
            return Err(self.damaged(at, "there are bytes after the end".to_owned()));
        }
        self.state = State::Ended(CountsTotals { documents, bytes, pieces });
        Ok(())
    }

    /// Reads a section into `body`: its kind. Both of its sums are checked.
    fn read_section(&mut self) -> Result<[u8; 4], Error> {
        let at = self.offset;
        let head: [u8; SECTION] = self.fixed("a section")?;
        let sum = number(&head[16..]);
        let found = u64::from(crc32fast::hash(&head[..16]));
        if found != sum {
            return Err(self.damaged(at, mismatch("the head of a section", found, sum)));
        }
        let (length, sum) = (number(&head[4..12]), number(&head[12..16]));
        let begin = self.offset;
        let mut body = std::mem::take(&mut self.body);
        let read = self.read(length, &mut body)?;
        (self.body, self.given) = (body, 0);
        if read < length {
            return Err(self.cut(&format!("a section of {length} bytes that begins at byte {begin}")));
        }
        let found = u64::from(crc32fast::hash(&self.body));
        if found != sum {
            return Err(self.damaged(begin, mismatch("a section", found, sum)));
        }
        Ok([head[0], head[1], head[2], head[3]])
    }

    /// Reads so many bytes, fewer if the file ends: how many. It makes no more room than the file can fill.
    fn read(&mut self, length: u64, into: &mut Vec<u8>) -> Result<u64, Error> {
        into.clear();
        into.reserve(length.min(2 * PART_SIZE as u64) as usize);
        let read = (&mut self.source).take(length).read_to_end(into);
        self.offset += into.len() as u64;
        match read {
            Ok(_) => Ok(into.len() as u64),
            Err(error) => {
                let message = format!("{}: byte {}: reading failed: {error}", self.name, self.offset);
                Err(Error::new(ErrorKind::Io, message).with_source(error))
            }
        }
    }

    fn fixed<const N: usize>(&mut self, what: &str) -> Result<[u8; N], Error> {
        let mut bytes = Vec::new();
        self.read(N as u64, &mut bytes)?;
        match bytes.first_chunk() {
            Some(chunk) => Ok(*chunk),
            None => Err(self.cut(what)),
        }
    }

    /// The next entry: its count. Its piece is kept.
    ///
    /// A part that begins shares nothing with the piece before, so its first piece has to be compared as a whole; within a
    /// part one byte tells the order. As many bytes are shared as can be, so there is one way to write an entry.
    fn entry(&mut self) -> Result<u64, Wrong> {
        let begin = self.given;
        let mut rest = Rest { bytes: &self.body, at: begin };
        let shared = rest.size()?;
        let suffix = rest.text()?;
        let count = rest.number()?;
        let is_first = begin == 0;
        let is_after = match (self.piece.get(shared), suffix.first()) {
            (Some(last), Some(new)) => last < new,
            (None, Some(_)) => shared == self.piece.len(),
            (_, None) => false,
        };
        let is_fine = if is_first { shared == 0 && suffix > &self.piece[..] } else { is_after };
        if !is_fine || count == 0 {
            let what = if is_fine { "a count is 0" } else { "a piece does not come after the one before it" };
            return Err(Wrong { at: begin, what: what.to_owned() });
        }
        self.pieces = self.pieces.checked_add(count).ok_or_else(|| {
            let what = "the counts add up to more than 2^64 - 1".to_owned();
            Wrong { at: begin, what }
        })?;
        self.distinct += 1;
        self.piece.truncate(shared);
        self.piece.extend_from_slice(suffix);
        self.given = rest.at;
        Ok(count)
    }

    /// What a body that has to be used up says.
    fn parsed<T>(&self, parse: impl Fn(&mut Rest<'_>) -> Result<T, Wrong>) -> Result<T, Error> {
        let mut rest = Rest { bytes: &self.body, at: 0 };
        let parsed = parse(&mut rest).and_then(|parsed| match rest.at == self.body.len() {
            true => Ok(parsed),
            false => {
                Err(Wrong { at: rest.at, what: "there are bytes after the end of a section".to_owned() })
            }
        });
        parsed.map_err(|wrong| self.wrong(wrong))
    }

    #[cold]
    fn wrong(&self, wrong: Wrong) -> Error {
        self.damaged(self.offset - self.body.len() as u64 + wrong.at as u64, wrong.what)
    }

    #[cold]
    fn misplaced(&self, kind: [u8; 4], wanted: &str) -> Error {
        let at = self.offset - self.body.len() as u64 - SECTION as u64;
        self.damaged(at, format!("a section {} stands where a {wanted} should", shown(&kind)))
    }

    #[cold]
    fn cut(&self, what: &str) -> Error {
        let message = format!(
            "{}: byte {}: the file ends here, within {what}, where its end mark should be the last thing",
            self.name, self.offset
        );
        invalid(message).with_hint("it is cut short: copy it again, or count its texts again")
    }

    #[cold]
    fn damaged(&self, at: u64, what: String) -> Error {
        invalid(format!("{}: byte {at}: {what}", self.name)).with_hint(DAMAGED)
    }
}

fn mismatch(what: &str, found: u64, wanted: u64) -> String {
    format!("{what} has the CRC-32 {found:08x}, where {wanted:08x} was written")
}

/// A number of up to eight bytes, the lowest first.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

fn header(rest: &mut Rest<'_>) -> Result<CountsHeader, Wrong> {
    let (unicode, documents) = (rest.utf8()?, rest.utf8()?);
    let (patterns, specials) = (rest.list()?, rest.list()?);
    Ok(CountsHeader { unicode, documents, patterns, specials })
}

fn tail(rest: &mut Rest<'_>) -> Result<[u64; 4], Wrong> {
    let mut numbers = [0; 4];
    for place in &mut numbers {
        *place = number(rest.take(8)?);
    }
    Ok(numbers)
}

/// The rest of a body.
struct Rest<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Rest<'b> {
    #[inline]
    fn take(&mut self, length: usize) -> Result<&'b [u8], Wrong> {
        match self.bytes[self.at..].get(..length) {
            Some(taken) => {
                self.at += length;
                Ok(taken)
            }
            None => Err(self.wrong(&format!("{length} bytes should follow in a section that has fewer"))),
        }
    }

    /// A number in LEB128, as short as can be.
    #[inline]
    fn number(&mut self) -> Result<u64, Wrong> {
        match self.bytes.get(self.at) {
            Some(&byte) if byte < 0x80 => {
                self.at += 1;
                Ok(u64::from(byte))
            }
            _ => self.long_number(),
        }
    }

    fn long_number(&mut self) -> Result<u64, Wrong> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.take(1)?[0];
            let bits = u64::from(byte & 0x7f);
            // The tenth byte has room for the highest bit alone.
            if shift > 63 || (bits << shift) >> shift != bits || (byte == 0 && shift > 0) {
                return Err(self.wrong("a number is longer than it can be"));
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
            shift += 7;
        }
    }

    #[inline]
    fn size(&mut self) -> Result<usize, Wrong> {
        let size = self.number()?;
        usize::try_from(size).map_err(|_| self.wrong("a length is more than memory has"))
    }

    /// Bytes with their length before them.
    #[inline]
    fn text(&mut self) -> Result<&'b [u8], Wrong> {
        let length = self.size()?;
        self.take(length)
    }

    fn utf8(&mut self) -> Result<String, Wrong> {
        let text = self.text()?;
        String::from_utf8(text.to_vec()).map_err(|_| self.wrong("a text of the head is not valid UTF-8"))
    }

    /// Texts with their number before them; each takes a byte at least, so a wrong number soon ends.
    fn list(&mut self) -> Result<Vec<String>, Wrong> {
        let length = self.number()?;
        (0..length).map(|_| self.utf8()).collect()
    }

    #[cold]
    fn wrong(&self, what: &str) -> Wrong {
        Wrong { at: self.at, what: what.to_owned() }
    }
}
