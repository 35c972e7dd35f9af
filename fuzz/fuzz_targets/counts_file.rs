//! Files of piece counts: any bytes are an error or a file; what is written is read; one bit changed or one byte cut off is
//! an error.

#![no_main]

use std::collections::BTreeMap;

use bytepair::train::{CountsHeader, CountsReader, CountsTotals, CountsWriter};
use libfuzzer_sys::fuzz_target;

type Counts = BTreeMap<Vec<u8>, u64>;

fn read(file: &[u8]) -> Result<(CountsHeader, Counts, CountsTotals), bytepair::Error> {
    let mut reader = CountsReader::new(file, "any".to_owned())?;
    let mut counts = Counts::new();
    while let Some((piece, count)) = reader.next()? {
        assert!(counts.last_key_value().is_none_or(|(last, _)| &last[..] < piece));
        counts.insert(piece.to_vec(), count);
    }
    let totals = reader.totals().expect("it has ended");
    Ok((reader.header().clone(), counts, totals))
}

fn write(header: &CountsHeader, counts: &Counts, totals: CountsTotals) -> Vec<u8> {
    let mut writer = CountsWriter::new(Vec::new(), header).expect("memory takes all");
    for (piece, &count) in counts {
        writer.push(piece, count).expect("it ascends");
    }
    writer.finish(totals).expect("nothing was lost")
}

fuzz_target!(|data: &[u8]| {
    if let Ok((header, counts, totals)) = read(data) {
        let again = read(&write(&header, &counts, totals)).expect("our own file");
        assert!(again == (header, counts, totals));
    }
    // The first two bytes say which bit is changed; the rest are pieces, each as often as it is there.
    let Some((place, text)) = data.split_first_chunk() else { return };
    let mut counts = Counts::new();
    for piece in text.split(|&byte| byte == b' ').filter(|piece| !piece.is_empty()) {
        *counts.entry(piece.to_vec()).or_default() += 1;
    }
    let header = CountsHeader::new(vec![r"\S+".to_owned()], Vec::new(), "file");
    let totals = CountsTotals { documents: 1, bytes: text.len() as u64, pieces: counts.values().sum() };
    let mut file = write(&header, &counts, totals);
    assert!(read(&file).expect("our own file") == (header, counts, totals));
    let bit = usize::from(u16::from_le_bytes(*place)) % (8 * file.len());
    file[bit / 8] ^= 1 << (bit % 8);
    assert!(read(&file).is_err());
    file[bit / 8] ^= 1 << (bit % 8);
    assert!(read(&file[..bit / 8]).is_err());
});
