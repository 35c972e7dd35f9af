//! A reader of gzip and zstd files that gives what was compressed, in constant memory.
//!
//! Nothing that is wrong with such a file passes as its end: it is an error that says what to do. Which inputs are read
//! this way is left to `input`.

use std::error::Error as StdError;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// How much of a compressed file is read at a time.
const BLOCK: usize = 64 * 1024;

/// How a file is compressed, and what its first bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// RFC 1952; several members are one text.
    Gzip,
    /// RFC 8878; several frames are one text, and what is to be skipped is skipped.
    Zstd,
    /// Something that cannot be decompressed here: its name, and the command that can.
    Other(&'static str, &'static str),
}

impl Packing {
    /// How a file that begins so is compressed, if it is.
    pub(crate) fn of(head: &[u8]) -> Option<Packing> {
        match head {
            [0x1f, 0x8b, ..] => Some(Packing::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Packing::Zstd),
            // The frame to be skipped that parallel compressors begin with.
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Packing::Zstd),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Packing::Other("xz", "xz -dc")),
            [b'B', b'Z', b'h', b'1'..=b'9', b'1', b'A', b'Y', b'&', b'S', b'Y', ..] => {
                Some(Packing::Other("bzip2", "bzip2 -dc"))
            }
            [0x04, 0x22, 0x4d, 0x18, ..] => Some(Packing::Other("lz4", "lz4 -dc")),
            [b'P', b'K', 3, 4, ..] => Some(Packing::Other("zip", "unzip -p")),
            _ => None,
        }
    }
}

/// What is wrong with a compressed file. It travels as the inside of an [`io::Error`].
#[derive(Debug)]
pub(crate) struct Damage {
    /// What is wrong, in one line.
    pub(crate) what: String,
    /// What to try, in one line.
    pub(crate) hint: &'static str,
}

impl Damage {
    /// The damage that an error of reading tells about.
    pub(crate) fn of(error: &io::Error) -> Option<&Damage> {
        error.get_ref()?.downcast_ref()
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl StdError for Damage {}

/// Reads what was compressed.
pub(crate) struct Decompressor<R> {
    decoder: Decoder<R>,
    /// Something was wrong: nothing that comes after can be believed.
    failed: bool,
}

enum Decoder<R> {
    Gzip(Box<MultiGzDecoder<BufReader<Watched<R>>>>),
    Zstd(Box<Frames<R>>),
}

impl<R: Read> Decompressor<R> {
    /// A reader of gzip.
    pub(crate) fn gzip(source: R) -> Decompressor<R> {
        let decoder = Decoder::Gzip(Box::new(MultiGzDecoder::new(watched(source))));
        Decompressor { decoder, failed: false }
    }

    /// A reader of zstd.
    pub(crate) fn zstd(source: R) -> Decompressor<R> {
        let frames =
            Frames { source: watched(source), decoder: FrameDecoder::new(), is_open: false, given: 0 };
        Decompressor { decoder: Decoder::Zstd(Box::new(frames)), failed: false }
    }

    /// How many bytes of the compressed file were taken so far.
    pub(crate) fn taken(&self) -> u64 {
        self.watched().taken
    }

    fn watched(&self) -> &Watched<R> {
        match &self.decoder {
            Decoder::Gzip(decoder) => decoder.get_ref().get_ref(),
            Decoder::Zstd(frames) => frames.source.get_ref(),
        }
    }

    /// An error in the words of whoever has the file. The decoders hide what their source said.
    #[cold]
    fn problem(&mut self, error: &dyn fmt::Display) -> io::Error {
        self.failed = true;
        let name = match self.decoder {
            Decoder::Gzip(_) => "gzip",
            Decoder::Zstd(_) => "zstd",
        };
        let source = match &mut self.decoder {
            Decoder::Gzip(decoder) => decoder.get_mut().get_mut(),
            Decoder::Zstd(frames) => frames.source.get_mut(),
        };
        if let Some(error) = source.error.take() {
            return error;
        }
        let taken = source.taken;
        io::Error::other(match source.ended {
            true => Damage {
                what: format!("the {name} file ends after {taken} bytes, before its end or with a wrong one"),
                hint: "it is cut short or damaged: copy or download it again, and test it with gzip -t or zstd -t",
            },
            false => Damage {
                what: format!("the {name} file is damaged within its first {taken} bytes: {error}"),
                hint: "copy or download it again; what follows after its end, if anything, has to be taken off",
            },
        })
    }
}

impl<R: Read> Read for Decompressor<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.failed {
            return Err(self.problem(&"it was refused before"));
        }
        match &mut self.decoder {
            Decoder::Gzip(decoder) => decoder.read(buffer).map_err(|error| self.problem(&error)),
            Decoder::Zstd(frames) => frames.read(buffer).map_err(|wrong| self.problem(&wrong)),
        }
    }
}

/// One zstd frame after the other.
struct Frames<R> {
    source: BufReader<Watched<R>>,
    decoder: FrameDecoder,
    /// Whether a frame was begun and not yet ended.
    is_open: bool,
    /// How much of the frame was given out.
    given: u64,
}

impl<R: Read> Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, String> {
        let text = |error: FrameDecoderError| error.to_string();
        loop {
            if !self.is_open && !self.begin()? {
                return Ok(0);
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let strategy = BlockDecodingStrategy::UptoBlocks(1);
                self.decoder.decode_blocks(&mut self.source, strategy).map_err(text)?;
            }
            let read = self.decoder.read(buffer).map_err(|error| error.to_string())?;
            self.given += read as u64;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            self.end()?;
        }
    }

    /// Begins the next frame; false if there is none.
    fn begin(&mut self) -> Result<bool, String> {
        loop {
            if self.source.fill_buf().map_err(|error| error.to_string())?.is_empty() {
                return Ok(false);
            }
            match self.decoder.init(&mut self.source) {
                Ok(()) => break,
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let mut skipped = (&mut self.source).take(u64::from(length));
                    let read = io::copy(&mut skipped, &mut io::sink()).map_err(|error| error.to_string())?;
                    if read < u64::from(length) {
                        return Err("a frame to be skipped has no end".to_owned());
                    }
                }
                Err(error) => return Err(error.to_string()),
            }
        }
        (self.is_open, self.given) = (true, 0);
        Ok(true)
    }

    /// Ends a frame. The decoder leaves it to its user to compare the sums.
    fn end(&mut self) -> Result<(), String> {
        self.is_open = false;
        let written = self.decoder.get_checksum_from_data();
        if written.is_some() && written != self.decoder.get_calculated_checksum() {
            return Err("a frame does not have its checksum".to_owned());
        }
        match self.decoder.content_size() {
            0 => Ok(()),
            size if size == self.given => Ok(()),
            size => Err(format!("a frame has {} bytes and says {size}", self.given)),
        }
    }
}

/// A source, and what it said: decoders make other errors of it.
struct Watched<R> {
    source: R,
    taken: u64,
    ended: bool,
    error: Option<io::Error>,
}

fn watched<R: Read>(source: R) -> BufReader<Watched<R>> {
    BufReader::with_capacity(BLOCK, Watched { source, taken: 0, ended: false, error: None })
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.source.read(buffer) {
                Ok(read) => {
                    self.taken += read as u64;
                    self.ended |= read == 0 && !buffer.is_empty();
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let kind = error.kind();
                    self.error = Some(error);
                    return Err(kind.into());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(text: &[u8]) -> Vec<u8> {
        compress_to_vec(text, CompressionLevel::Fastest)
    }

    /// A frame to be skipped.
    fn skipped(length: u8) -> Vec<u8> {
        let mut frame = vec![0x5a, 0x2a, 0x4d, 0x18, length, 0, 0, 0];
        frame.extend(vec![7; usize::from(length)]);
        frame
    }

    /// A reader that gives a few bytes at a time.
    struct Dripping<'a>(&'a [u8], usize);

    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(buffer.len());
            self.0.read(&mut buffer[..length])
        }
    }

    fn unpacked(file: &[u8], drip: usize) -> io::Result<Vec<u8>> {
        let source = Dripping(file, drip);
        let mut reader = match Packing::of(file) {
            Some(Packing::Gzip) => Decompressor::gzip(source),
            Some(Packing::Zstd) => Decompressor::zstd(source),
            _ => return Err(io::ErrorKind::InvalidData.into()),
        };
        let mut text = Vec::new();
        reader.read_to_end(&mut text)?;
        assert_eq!(reader.taken(), file.len() as u64);
        Ok(text)
    }

    fn text() -> Vec<u8> {
        (0..400).flat_map(|i| format!("line {} of {}\n", i * i % 97, i).into_bytes()).collect()
    }

    #[test]
    fn members_and_frames_are_one_text() {
        let (text, twice) = (text(), [text(), text()].concat());
        assert_eq!(unpacked(&[gzip(&text), gzip(&text)].concat(), 9999).unwrap(), twice);
        assert_eq!(unpacked(&[gzip(b""), gzip(&text), gzip(b"")].concat(), 1).unwrap(), text);
        assert_eq!(unpacked(&[zstd(&text), zstd(&text)].concat(), 9999).unwrap(), twice);
        let frames = [skipped(3), zstd(b""), skipped(0), zstd(&text), zstd(b""), skipped(200)].concat();
        assert_eq!(unpacked(&frames, 1).unwrap(), text);
        assert_eq!(unpacked(&gzip(b""), 1).unwrap(), b"");
        assert_eq!(unpacked(&zstd(b""), 1).unwrap(), b"");
    }

    /// What `zstd -19` writes, with its checksum: a line, twenty times.
    #[test]
    fn a_checksum_of_zstd_is_checked() {
        let file: [u8; 47] = [
            0x28, 0xb5, 0x2f, 0xfd, 0x64, 0x08, 0x01, 0x0d, 0x01, 0x00, 0xd0, 0x74, 0x68, 0x65, 0x20, 0x71,
            0x75, 0x69, 0x63, 0x6b, 0x20, 0x62, 0x72, 0x6f, 0x77, 0x6e, 0x20, 0x66, 0x6f, 0x78, 0x20, 0x6a,
            0x75, 0x6d, 0x70, 0x73, 0x0a, 0x01, 0x00, 0xae, 0xb7, 0x3a, 0xc7, 0x6e, 0xfd, 0xaf, 0xd8,
        ];
        assert_eq!(unpacked(&file, 100).unwrap(), "the quick brown fox jumps\n".repeat(20).as_bytes());
        for at in file.len() - 4..file.len() {
            let mut damaged = file;
            damaged[at] ^= 1;
            assert!(unpacked(&damaged, 100).unwrap_err().to_string().contains("checksum"));
        }
    }

    #[test]
    fn a_file_that_is_cut_short_or_goes_on_is_an_error() {
        let text = text();
        for file in [gzip(&text), zstd(&text)] {
            // Cut before its magic is whole, it is no such file.
            for length in 4..file.len() {
                let error = unpacked(&file[..length], 4096).unwrap_err();
                let damage = Damage::of(&error).expect("a damage");
                assert!(damage.what.contains(&format!("ends after {length} bytes")), "{length}: {error}");
                assert!(damage.hint.contains("cut short"));
            }
            for more in [&b"\0"[..], b"garbage that follows after the end", &file[..file.len() / 2]] {
                let error = unpacked(&[&file, more].concat(), 4096).unwrap_err();
                assert!(Damage::of(&error).is_some(), "{error}");
            }
        }
    }

    /// Wherever a byte of the text is changed, the sums tell.
    #[test]
    fn a_file_that_is_damaged_is_an_error() {
        let text = text();
        for file in [gzip(&text), zstd(&text)] {
            for at in 10..file.len() {
                let mut damaged = file.clone();
                damaged[at] ^= 0x10;
                match unpacked(&damaged, 100_000) {
                    Ok(read) => assert!(read == text, "byte {at}"),
                    Err(error) => assert!(Damage::of(&error).is_some(), "byte {at}: {error}"),
                }
            }
        }
    }

    /// What the disk says is told, not what the decoder makes of it; and an error is no end.
    #[test]
    fn an_error_of_the_source_is_passed_on() {
        struct Bad;
        impl Read for Bad {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::new(io::ErrorKind::TimedOut, "the network is gone"))
            }
        }
        let (gzip, zstd) = (gzip(&text()), zstd(&text()));
        let readers =
            [Decompressor::gzip((&gzip[..100]).chain(Bad)), Decompressor::zstd((&zstd[..100]).chain(Bad))];
        for mut reader in readers {
            let error = reader.read_to_end(&mut Vec::new()).unwrap_err();
            assert_eq!(error.to_string(), "the network is gone");
            assert!(reader.read(&mut [0; 10]).is_err());
        }
    }

    #[test]
    fn what_cannot_be_decompressed_is_known() {
        assert_eq!(Packing::of(b"\xfd7zXZ\0\0"), Some(Packing::Other("xz", "xz -dc")));
        assert_eq!(Packing::of(b"BZh91AY&SY"), Some(Packing::Other("bzip2", "bzip2 -dc")));
        assert_eq!(Packing::of(b"PK\x03\x04"), Some(Packing::Other("zip", "unzip -p")));
        for text in [&b""[..], b"\x1f", b"BZh", b"PK", b"(\xb5", b"text"] {
            assert_eq!(Packing::of(text), None);
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_out(text in "[a-zé\n ]{0,3000}", drip in 1usize..5000) {
            prop_assert_eq!(unpacked(&gzip(text.as_bytes()), drip).unwrap(), text.as_bytes());
            prop_assert_eq!(unpacked(&zstd(text.as_bytes()), drip).unwrap(), text.as_bytes());
        }

        #[test]
        fn any_bytes_are_an_error_or_a_text(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = unpacked(&[b"\x1f\x8b\x08\0", &bytes[..]].concat(), 64);
            let _ = unpacked(&[b"\x28\xb5\x2f\xfd", &bytes[..]].concat(), 64);
        }
    }
}
