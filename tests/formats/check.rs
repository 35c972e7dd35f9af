//! What holds of any file that a reader is given, good or bad: for the fuzz targets, and for the tests that replay
//! what they found. `target` is the name of a target, which is also that of its folders of files.

use std::collections::BTreeMap;

use bytepair::format::{
    gguf, gpt2, js_tiktoken, pack, sentencepiece, tekken, tiktoken, tokenizer_json, unpack,
};
use bytepair::train::{CountsHeader, CountsReader, CountsTotals, CountsWriter};
use bytepair::{Definition, Error, SpecialPolicy, Tokenizer, Vocabulary};

/// Some of everything: words, digits, spaces, marks that combine, an emoji, a special token, bytes that are no UTF-8.
const TEXT: &[u8] =
    b"Hello, w\xc3\xb6rld's  <s>abc 123\r\n\n e\xcc\x81 \xf0\x9f\x98\x80\xe2\x96\x81 aab \xff\xe4\xb8";

/// Reads a file as the target does and checks what came out. Never panics but for a fault of ours. Says whether there is
/// a tokenizer, or for files of counts whether they are some, or words of which some were made.
pub(crate) fn check(target: &str, file: &[u8]) -> bool {
    let name = "any";
    match target {
        "tokenizer_json" => check_definition(tokenizer_json::read(file, name), file),
        "gpt2_files" => {
            let (vocab, merges) = both_files(file);
            check_definition(gpt2::read(vocab, merges, name), file)
        }
        "tekken" => check_definition(tekken::read(file, name), file),
        "sentencepiece" => check_definition(sentencepiece::read(file, name), file),
        "gguf" => check_definition(gguf::read(file, name), file),
        "js_tiktoken" => check_definition(js_tiktoken::read(file, name), file),
        "packed" => check_pack(file),
        "tiktoken_file" => check_ranks(file),
        "counts_file" => check_counts(file) | check_words(file),
        _ => panic!("there is no target {target}"),
    }
}

/// `vocab.json` and `merges.txt` in one file: the second begins with its `#version`.
pub(crate) fn both_files(files: &[u8]) -> (&[u8], &[u8]) {
    const HEAD: &[u8] = b"#version";
    let cut = files.windows(HEAD.len()).position(|window| window == HEAD).unwrap_or(files.len());
    files.split_at(cut)
}

/// What is packed again is the same.
fn check_pack(file: &[u8]) -> bool {
    let Ok(vocabulary) = unpack(file) else { return false };
    let again = unpack(&pack(&vocabulary).expect("no token is longer")).expect("our own pack");
    // Tokens that nothing merges into have no order.
    let by_id = |vocabulary: &Vocabulary| {
        vocabulary.iter().map(|(id, bytes)| (id, bytes.to_vec())).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(by_id(&again), by_id(&vocabulary));
    assert!(again.merges().eq(vocabulary.merges()));
    check_definition(Ok(Definition::new("any", vocabulary, r"\S+|\s+")), file)
}

/// What is written again is the same.
fn check_ranks(file: &[u8]) -> bool {
    let Ok(vocabulary) = tiktoken::read(file) else { return false };
    let written = tiktoken::write(&vocabulary).expect("ids in the order of ranks");
    let again = tiktoken::read(&written).expect("our own file");
    assert!(again.iter().eq(vocabulary.iter()));
    check_definition(Ok(Definition::new("any", vocabulary, r"\S+|\s+")), file)
}

/// How often each piece occurs.
type Counts = BTreeMap<Vec<u8>, u64>;

/// All that is in a file of piece counts.
pub(crate) fn read_counts(file: &[u8]) -> Result<(CountsHeader, Counts, CountsTotals), Error> {
    let mut reader = CountsReader::new(file, "any".to_owned())?;
    let mut counts = Counts::new();
    while let Some((piece, count)) = reader.next()? {
        assert!(counts.last_key_value().is_none_or(|(last, _)| &last[..] < piece));
        counts.insert(piece.to_vec(), count);
    }
    let totals = reader.totals().expect("it has ended");
    Ok((reader.header().clone(), counts, totals))
}

fn write_counts(header: &CountsHeader, counts: &Counts, totals: CountsTotals) -> Vec<u8> {
    let mut writer = CountsWriter::new(Vec::new(), header).expect("memory takes all");
    for (piece, &count) in counts {
        writer.push(piece, count).expect("it ascends");
    }
    writer.finish(totals).expect("nothing was lost")
}

/// What is written again is the same.
fn check_counts(file: &[u8]) -> bool {
    let Ok(read) = read_counts(file) else { return false };
    assert!(read_counts(&write_counts(&read.0, &read.1, read.2)).expect("our own file") == read);
    true
}

/// The first two bytes say which bit of a file is changed, and where another one is cut; the rest are pieces, each as often
/// as it is there. Of such files only the one as it was written is read.
fn check_words(file: &[u8]) -> bool {
    let Some((place, text)) = file.split_first_chunk() else { return false };
    let mut counts = Counts::new();
    for piece in text.split(|&byte| byte == b' ').filter(|piece| !piece.is_empty()) {
        *counts.entry(piece.to_vec()).or_default() += 1;
    }
    let header = CountsHeader::new(vec![r"\S+".to_owned()], Vec::new(), "file");
    let totals = CountsTotals { documents: 1, bytes: text.len() as u64, pieces: counts.values().sum() };
    let mut written = write_counts(&header, &counts, totals);
    assert!(read_counts(&written).expect("our own file") == (header, counts, totals));
    let bit = usize::from(u16::from_le_bytes(*place)) % (8 * written.len());
    written[bit / 8] ^= 1 << (bit % 8);
    assert!(read_counts(&written).is_err());
    written[bit / 8] ^= 1 << (bit % 8);
    assert!(read_counts(&written[..bit / 8]).is_err());
    true
}

/// If a file was read and makes a tokenizer, all ways to encode a text agree: for one of ours, and for the end of the
/// file itself.
fn check_definition(read: Result<Definition, Error>, file: &[u8]) -> bool {
    let Ok(definition) = read else { return false };
    let Ok(tokenizer) = Tokenizer::new(definition) else { return false };
    let end = &file[file.len().saturating_sub(60)..];
    for text in [TEXT, end, b""] {
        for policy in [SpecialPolicy::Text, SpecialPolicy::Encode] {
            let Ok(ids) = tokenizer.encode_with(text, policy) else {
                assert!(tokenizer.count_with(text, policy).is_err());
                continue;
            };
            assert_eq!(tokenizer.count_with(text, policy).expect("as many as there are ids"), ids.len());
            tokenizer.decode(&ids).expect("own ids");
            // The engine gives up on some patterns; then there is nothing to compare with.
            if policy == SpecialPolicy::Text
                && let Ok(slowly) = tokenizer.encode_naively(text)
            {
                assert_eq!(ids, slowly);
            }
        }
    }
    true
}
