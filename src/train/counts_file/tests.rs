//! Files of piece counts: what is written is read, whatever is changed is refused, and parts add up to the whole.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use proptest::prelude::*;

use super::write::{push_number, write_section};
use super::*;

type Counts = BTreeMap<Vec<u8>, u64>;

fn header() -> CountsHeader {
    CountsHeader::new(vec![r"\w+|\W+".to_owned()], vec!["<|b|>".to_owned(), "<|a|>".to_owned()], "file")
}

fn written(counts: &Counts, documents: u64, bytes: u64) -> Vec<u8> {
    let mut writer = CountsWriter::new(Vec::new(), &header()).unwrap();
    for (piece, &count) in counts {
        writer.push(piece, count).unwrap();
    }
    assert_eq!(writer.distinct(), counts.len() as u64);
    let pieces = writer.pieces();
    writer.finish(CountsTotals { documents, bytes, pieces }).unwrap()
}

fn read(file: &[u8]) -> Result<(Counts, CountsTotals), Error> {
    read_from(file)
}

fn read_from(source: impl Read) -> Result<(Counts, CountsTotals), Error> {
    let mut reader = CountsReader::new(source, "the file".to_owned())?;
    let mut counts = Counts::new();
    while let Some((piece, count)) = reader.next()? {
        counts.insert(piece.to_vec(), count);
    }
    assert_eq!(reader.distinct(), counts.len() as u64);
    Ok((counts, reader.totals().unwrap()))
}

/// A few pieces that share beginnings, with counts of all lengths.
fn few() -> Counts {
    let pieces: [(&[u8], u64); 9] = [
        (b"\0", 3),
        (b"\0\0", u64::MAX / 2),
        (b" a", 1 << 40),
        (b" ab", 127),
        (b" abc", 128),
        (b" b", 1),
        (b"the", 300),
        ("漢字".as_bytes(), 2),
        (b"\xff", 1),
    ];
    pieces.into_iter().map(|(piece, count)| (piece.to_vec(), count)).collect()
}

/// Enough for several parts.
fn many(seed: u64) -> Counts {
    let mut state = seed;
    let mut random = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        state >> 33
    };
    (0..40_000).map(|_| (format!("piece {}", random() % 90_000).into_bytes(), 1 + random() % 1000)).collect()
}

/// A file made of these sections, all sums right.
fn made_of(sections: &[([u8; 4], &[u8])], end: &[u8]) -> Vec<u8> {
    let mut file = MAGIC.to_vec();
    file.extend(VERSION.to_le_bytes());
    for (kind, body) in sections {
        write_section(&mut file, *kind, body).unwrap();
    }
    file.extend(end);
    file
}

fn head() -> Vec<u8> {
    let mut body = Vec::new();
    for text in ["16.0.0", "file"] {
        push_number(&mut body, text.len() as u64);
        body.extend(text.as_bytes());
    }
    body.extend([0, 0]);
    body
}

fn tail_of(numbers: [u64; 4]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

#[test]
fn what_is_written_is_read() {
    for counts in [Counts::new(), few(), many(1)] {
        let file = written(&counts, 7, u64::MAX);
        let (read, totals) = read(&file).unwrap();
        assert!(read == counts);
        assert_eq!(totals, CountsTotals { documents: 7, bytes: u64::MAX, pieces: counts.values().sum() });
        let reader = CountsReader::new(&file[..], "x".to_owned()).unwrap();
        assert_eq!(*reader.header(), header());
        assert_eq!(reader.header().specials, ["<|a|>", "<|b|>"]);
        assert_eq!(reader.totals(), None, "nothing is known before the end");
    }
}

/// The format itself: a change of it needs a new version.
#[test]
fn the_bytes_of_a_file() {
    let mut writer =
        CountsWriter::new(Vec::new(), &CountsHeader::new(vec!["x".to_owned()], vec![], "lines")).unwrap();
    writer.push(b"ab", 1).unwrap();
    writer.push(b"abc", 300).unwrap();
    let file = writer.finish(CountsTotals { documents: 2, bytes: 902, pieces: 301 }).unwrap();
    let mut head = vec![UNICODE_VERSION.len() as u8];
    head.extend(UNICODE_VERSION.as_bytes());
    head.extend(b"\x05lines\x01\x01x\x00");
    let part = b"\x00\x02ab\x01\x02\x01c\xac\x02";
    let tail = tail_of([2, 301, 2, 902]);
    assert_eq!(file, made_of(&[(HEAD, &head), (PART, part), (TAIL, &tail)], END));
    assert!(file.starts_with(b"\x89bytepair piece counts\r\n\x1a\n\x01\0\0\0head"));
    // CRC-32 as zlib, PNG and gzip have it: its check value.
    assert_eq!(crc32fast::hash(b"123456789"), 0xcbf4_3926);
}

#[test]
fn one_flipped_bit_is_refused_wherever_it_is() {
    let file = written(&few(), 3, 1 << 50);
    for bit in 0..8 * file.len() {
        let mut flipped = file.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let error = read(&flipped).expect_err(&format!("bit {bit}"));
        assert_eq!(error.kind(), ErrorKind::InvalidCounts);
        assert!(error.to_string().starts_with("the file: byte "), "{error}");
        assert!(error.hint().is_some(), "{error}");
    }
}

#[test]
fn a_file_cut_short_or_with_more_after_it_is_refused() {
    let file = written(&few(), 3, 99);
    for length in 0..file.len() {
        let error = read(&file[..length]).expect_err(&format!("{length} bytes"));
        let what = if length == 0 { "it is empty" } else { "the file ends here" };
        assert!(error.to_string().contains(what), "{length}: {error}");
    }
    for more in [&b"\0"[..], b"\n", &file] {
        let error = read(&[&file, more].concat()).unwrap_err();
        let wanted = format!("the file: byte {}: there are bytes after the end", file.len());
        assert_eq!(error.to_string(), wanted);
    }
}

#[test]
fn what_happens_to_files_on_their_way_is_named() {
    let file = written(&few(), 3, 99);
    let hint = |file: &[u8]| read(file).unwrap_err().hint().unwrap().to_owned();
    let unix = String::from_utf8_lossy(&file).replace("\r\n", "\n");
    assert!(hint(unix.as_bytes()).contains("as binary"));
    let stripped: Vec<u8> = file.iter().map(|byte| byte & 0x7f).collect();
    assert!(hint(&stripped).contains("as binary"));
    assert_eq!(hint(b"\x1f\x8b\x08 and so on, some more bytes of a file"), "decompress it first");
    assert!(hint(b"the").contains("count-words"));
    let mut newer = file.clone();
    newer[MAGIC.len()] = 2;
    assert!(read(&newer).unwrap_err().to_string().contains("the version 2, and only 1 can be read"));
}

/// A file whose sums are right, and whose content is not.
#[test]
fn what_no_writer_writes_is_refused() {
    let (head, one) = (head(), tail_of([1, 1, 1, 1]));
    let file = |part: &[u8]| made_of(&[(HEAD, &head), (PART, part), (TAIL, &one)], END);
    assert!(read(&file(b"\0\x01a\x01")).is_ok());
    let bad: [&[u8]; 11] = [
        b"\0\x01a\0",
        b"\0\0\x01",
        b"\x01\x01a\x01",
        b"\0\x02a\x01",
        b"\0\x01a\x01\0\x01a\x01",
        b"\0\x01b\x01\0\x01a\x01",
        b"\0\x01a\x01\0\x02ab\x01",
        b"\0\x01a\x01\x02\x01b\x01",
        b"\0\x01a\x81\x00",
        b"\0\x01a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
        b"\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01a\x01",
    ];
    for part in bad {
        let error = read(&file(part)).expect_err(&format!("{}", part.escape_ascii()));
        assert_eq!(error.kind(), ErrorKind::InvalidCounts);
    }
    let part: &[u8] = b"\0\x01a\x01";
    let two = tail_of([2, 1, 1, 1]);
    let sections: [&[([u8; 4], &[u8])]; 8] = [
        &[],
        &[(PART, part), (TAIL, &one)],
        &[(HEAD, &head), (HEAD, &head), (PART, part), (TAIL, &one)],
        &[(HEAD, &head), (PART, part), (PART, part), (TAIL, &one)],
        &[(HEAD, &head), (PART, part), (TAIL, &two)],
        &[(HEAD, &head), (PART, part), (TAIL, &one), (PART, part)],
        &[(HEAD, &head), (PART, part), (TAIL, &one[1..])],
        &[(HEAD, &head), (PART, part), (*b"more", part), (TAIL, &one)],
    ];
    for sections in sections {
        assert!(read(&made_of(sections, END)).is_err(), "{sections:?}");
    }
    let longer = [&head[..], b"\0"].concat();
    assert!(read(&made_of(&[(HEAD, &longer), (PART, part), (TAIL, &one)], END)).is_err());
    let largest = b"\0\x01a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
    assert!(
        read(&made_of(&[(HEAD, &head), (PART, largest), (TAIL, &tail_of([1, u64::MAX, 1, 1]))], END)).is_ok()
    );
}

/// A section that says it has almost all bytes there are: what is read is what there is.
#[test]
fn a_length_is_not_believed() {
    for length in [u64::MAX, 1 << 32, 1 << 62] {
        let mut section = HEAD.to_vec();
        section.extend(length.to_le_bytes());
        section.extend([0; 4]);
        let sum = crc32fast::hash(&section);
        section.extend(sum.to_le_bytes());
        let file = [&made_of(&[], &section)[..], b"a few bytes"].concat();
        let error = read(&file).unwrap_err().to_string();
        assert!(
            error.contains(&format!("the file ends here, within a section of {length} bytes")),
            "{error}"
        );
    }
}

#[test]
fn a_writer_takes_only_what_ascends() {
    let refused = |piece: &[u8], count| {
        let mut writer = CountsWriter::new(Vec::new(), &header()).unwrap();
        writer.push(b"abc", u64::MAX - 5).unwrap();
        writer.push(piece, count).unwrap_err().to_string()
    };
    assert!(refused(b"abc", 1).contains("\"abc\" comes after \"abc\""));
    for lower in [&b"ab"[..], b"abb", b"aac", b"A"] {
        assert!(refused(lower, 1).contains("comes after \"abc\""));
    }
    assert!(refused(b"abd", 0).contains("count 0"));
    assert!(refused(b"", 1).contains("empty"));
    assert!(refused(b"abd", 6).contains("2^64"));
    let writer = CountsWriter::new(Vec::new(), &header()).unwrap();
    assert!(writer.finish(CountsTotals { documents: 0, bytes: 0, pieces: 1 }).is_err());
}

/// A disk that is full, and a source that fails.
#[test]
fn what_the_world_refuses_is_an_error() {
    struct Full(usize);
    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let room = self.0.min(bytes.len());
            self.0 -= room;
            if room == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(room) }
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let whole = written(&few(), 1, 1).len();
    for room in 0..whole {
        let attempt = || {
            let mut writer = CountsWriter::new(Full(room), &header())?;
            few().iter().try_for_each(|(piece, &count)| writer.push(piece, count))?;
            let pieces = writer.pieces();
            writer.finish(CountsTotals { documents: 1, bytes: 1, pieces }).map(|_| ())
        };
        assert_eq!(attempt().unwrap_err().kind(), ErrorKind::Io, "{room}");
    }
    struct Bad;
    impl Read for Bad {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let file = written(&many(5), 1, 1);
    let error = read_from(file[..100_000].chain(Bad)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().starts_with("the file: byte 100000: reading failed: the disk"), "{error}");
}

/// After an error a reader never says that the file ended well.
#[test]
fn a_reader_that_failed_goes_on_failing() {
    let mut file = written(&many(2), 1, 1);
    let middle = file.len() / 2;
    file[middle] ^= 4;
    let mut reader = CountsReader::new(&file[..], "x".to_owned()).unwrap();
    while let Ok(next) = reader.next() {
        assert!(next.is_some());
    }
    for _ in 0..3 {
        assert!(reader.next().is_err());
        assert_eq!(reader.totals(), None);
    }
}

/// Pieces longer than a part, and readers that give a few bytes at a time.
#[test]
fn long_pieces_and_short_reads() {
    struct Dripping<'a>(&'a [u8]);
    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = buffer.len().min(1 + self.0.len() % 1000);
            self.0.read(&mut buffer[..length])
        }
    }
    let counts: Counts =
        [1, 1000, 65_535, 65_536, 300_000, 300_001].map(|length| (vec![b'a'; length], length as u64)).into();
    let file = written(&counts, 1, 1);
    assert!(read_from(Dripping(&file)).unwrap().0 == counts);
}

fn merged(files: &[&[u8]]) -> Result<Vec<u8>, Error> {
    let readers = files.iter().enumerate().map(|(i, file)| CountsReader::new(*file, format!("shard {i}")));
    let mut writer = CountsWriter::new(Vec::new(), &header())?;
    let totals = merge(readers.collect::<Result<_, _>>()?, |piece, count| writer.push(piece, count))?;
    writer.finish(totals)
}

#[test]
fn parts_add_up_to_the_whole_in_any_order() {
    let parts: Vec<Counts> = (0..7).map(many).collect();
    let mut whole = Counts::new();
    for (piece, count) in parts.iter().flatten() {
        *whole.entry(piece.clone()).or_default() += count;
    }
    let files: Vec<Vec<u8>> = parts.iter().zip(1..).map(|(part, i)| written(part, i, 10 * i)).collect();
    let mut files: Vec<&[u8]> = files.iter().map(|file| &file[..]).collect();
    let wanted = written(&whole, 28, 280);
    for _ in 0..7 {
        files.rotate_left(1);
        assert!(merged(&files).unwrap() == wanted);
    }
    files.swap(2, 5);
    let (some, others) = files.split_at(3);
    let halves = [merged(some).unwrap(), merged(others).unwrap()];
    assert!(merged(&[&halves[0], &halves[1]]).unwrap() == wanted, "sums of sums");
    assert!(merged(&[&wanted]).unwrap() == wanted);
    let empty = written(&Counts::new(), 0, 0);
    assert!(merged(&[&empty, &wanted, &empty]).unwrap() == wanted);
    assert!(merged(&[]).unwrap() == empty);
}

#[test]
fn sums_that_do_not_fit_are_refused() {
    let file = |piece: &[u8], count, bytes| written(&[(piece.to_vec(), count)].into(), 1, bytes);
    let (half, rest) = (file(b"a", 1 << 63, 1), file(b"a", (1 << 63) - 1, 1));
    assert!(merged(&[&half, &rest]).is_ok());
    let error = merged(&[&half, &half]).unwrap_err().to_string();
    assert_eq!(error, "the counts of \"a\" add up to more than 2^64 - 1");
    assert!(merged(&[&half, &file(b"b", 1 << 63, 1)]).is_err());
    assert!(
        merged(&[&file(b"a", 1, 1 << 63), &file(b"b", 1, 1 << 63)])
            .unwrap_err()
            .to_string()
            .contains("shard 1")
    );
}

#[test]
fn counts_of_another_kind_are_not_added() {
    let (a, b) = (|| vec!["a".to_owned()], || vec!["b".to_owned()]);
    let with = |header: CountsHeader| {
        CountsWriter::new(Vec::new(), &header).unwrap().finish(CountsTotals::default()).unwrap()
    };
    let mut other = CountsHeader::new(a(), b(), "file");
    other.unicode = "9.0".to_owned();
    let (first, other) = (with(CountsHeader::new(a(), b(), "file")), with(other));
    let rows = [
        (
            with(CountsHeader::new(b(), b(), "file")),
            "the pattern of shard 0 is \"a\", that of shard 1 is \"b\"",
            "--pattern",
        ),
        (
            with(CountsHeader::new(a(), vec![], "file")),
            "special tokens of shard 0 is \"b\", that of shard 1 is none",
            "--special",
        ),
        (
            with(CountsHeader::new(a(), b(), "lines")),
            "apart of shard 0 is \"file\", that of shard 1 is \"lines\"",
            "--lines",
        ),
        (other, "that of shard 1 is 9.0", "version"),
    ];
    for (file, what, hint) in &rows {
        let error = merged(&[&first, &first, file]).unwrap_err();
        let wanted = what.replace("shard 1", "shard 2");
        assert!(error.to_string().contains(&wanted), "{error}");
        assert!(error.hint().unwrap().contains(hint));
    }
    assert!(merged(&[&first, &first]).is_ok());
}

#[test]
fn a_damaged_file_is_named_among_many() {
    let mut bad = written(&many(3), 1, 1);
    let last = bad.len() - 30;
    bad[last] ^= 1;
    let good = written(&many(4), 1, 1);
    let error = merged(&[&good, &bad, &good]).unwrap_err();
    assert!(error.to_string().starts_with("shard 1: byte "), "{error}");
}

fn any_counts() -> impl Strategy<Value = Counts> {
    let piece = proptest::collection::vec(prop_oneof![Just(b'a'), Just(b'b'), any::<u8>()], 1..12);
    proptest::collection::btree_map(piece, 1u64..1 << 40, 0..60)
}

proptest! {
    #[test]
    fn any_counts_come_back(counts in any_counts(), documents: u64, bytes: u64) {
        let file = written(&counts, documents, bytes);
        let (back, totals) = read(&file).unwrap();
        prop_assert_eq!(totals, CountsTotals { documents, bytes, pieces: counts.values().sum() });
        prop_assert_eq!(back, counts);
    }

    #[test]
    fn any_parts_add_up(parts in proptest::collection::vec(any_counts(), 0..6)) {
        let files: Vec<_> = parts.iter().map(|part| written(part, 1, 2)).collect();
        let files: Vec<&[u8]> = files.iter().map(|file| &file[..]).collect();
        let mut whole = Counts::new();
        for (piece, count) in parts.iter().flatten() {
            *whole.entry(piece.clone()).or_default() += count;
        }
        let wanted = written(&whole, parts.len() as u64, 2 * parts.len() as u64);
        prop_assert_eq!(merged(&files).unwrap(), wanted);
    }

    /// Beginnings that are shared are left out, as many bytes as there are.
    #[test]
    fn beginnings_are_shared(same in proptest::collection::vec(any::<u8>(), 0..40), a in "[a-m]{0,20}", b in "[n-z]{1,20}") {
        let with = |end: &str| [&same[..], end.as_bytes()].concat();
        prop_assume!(!with(&a).is_empty());
        let entry = |shared: u8, rest: usize| vec![shared, rest as u8];
        let mut part = [entry(0, with(&a).len()), with(&a), vec![1]].concat();
        part.extend([entry(same.len() as u8, b.len()), b.clone().into_bytes(), vec![1]].concat());
        let file = written(&[(with(&a), 1), (with(&b), 1)].into(), 1, 1);
        let at = file.windows(part.len()).any(|window| window == part);
        prop_assert!(at);
    }

    #[test]
    fn any_bit_of_a_larger_file_counts(place in 0usize..usize::MAX) {
        thread_local!(static FILE: Vec<u8> = written(&many(9), 1, 1));
        let mut file = FILE.with(Vec::clone);
        let bit = place % (8 * file.len());
        file[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(read(&file).is_err());
        file[bit / 8] ^= 1 << (bit % 8);
        file.truncate(bit / 8);
        prop_assert!(read(&file).is_err());
    }

    /// No panic, and no file that its writer did not write.
    #[test]
    fn any_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(read(&bytes).is_err());
        prop_assert!(read(&made_of(&[], &bytes)).is_err());
    }

    /// Bodies of any bytes with sums that are right: what is read is what is written again.
    #[test]
    fn any_bodies_are_read_or_refused(
        head in prop_oneof![Just(head()), proptest::collection::vec(0u8..4, 0..20)],
        parts in proptest::collection::vec(proptest::collection::vec(prop_oneof![0u8..4, any::<u8>()], 0..12), 0..3),
        tail in proptest::collection::vec(0u64..4, 4..=4),
    ) {
        let tail = tail_of([tail[0], tail[1], tail[2], tail[3]]);
        let mut sections = vec![(HEAD, &head[..])];
        sections.extend(parts.iter().map(|part| (PART, &part[..])));
        sections.push((TAIL, &tail));
        if let Ok((counts, totals)) = read(&made_of(&sections, END)) {
            let again = written(&counts, totals.documents, totals.bytes);
            prop_assert_eq!(read(&again).unwrap(), (counts, totals));
        }
    }
}
