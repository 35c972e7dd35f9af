//! Every golden vocabulary of the reference trainers: Hugging Face's BpeTrainer with its options, and rustbpe's order of
//! ties. The corpora, their origin and what was learned from them are in `tests/data/train`.
//!
//! With `BYTEPAIR_TRAIN` set to a folder of more such corpora, these are checked, too.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fs;
use std::path::Path;

use bytepair::train::{Documents, Ties, Trained, Trainer};

#[test]
fn every_golden_vocabulary_is_learned() {
    let mut failures = Vec::new();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/train");
    let checked = check_folder(&own, &mut failures);
    assert!(checked >= 75, "only {checked} golden files were found");
    match std::env::var_os("BYTEPAIR_TRAIN") {
        Some(folder) => {
            let checked = check_folder(Path::new(&folder), &mut failures);
            println!("{checked} golden files in the other folder");
            assert!(checked > 0, "there are no golden files");
        }
        None => println!("left out: BYTEPAIR_TRAIN names no folder"),
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Checks every corpus of a folder; how many golden files there were.
fn check_folder(folder: &Path, failures: &mut Vec<String>) -> usize {
    let mut checked = 0;
    let mut corpora: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    corpora.sort();
    for corpus in corpora.iter().filter(|path| path.is_dir()) {
        let text = fs::read(corpus.join("corpus.txt")).unwrap();
        for entry in fs::read_dir(corpus).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let Some(trainer) = trainer_for(&name, corpus) else { continue };
            let mut counts = trainer.counts().unwrap();
            counts.add_text(&text).unwrap();
            let golden = fs::read_to_string(&path).unwrap();
            for (way, trained) in ways(&trainer, &counts, text.len()) {
                let learned = shown(&trained, &name);
                if let Some(place) = difference(&learned, &golden) {
                    failures.push(format!("{}, {way}: {place}", path.display()));
                }
            }
            checked += 1;
        }
    }
    checked
}

/// The fast way on one thread and on two, and for small corpora the textbook way.
fn ways(trainer: &Trainer, counts: &bytepair::train::Counts, bytes: usize) -> Vec<(&'static str, Trained)> {
    let mut ways = vec![
        ("one thread", trainer.clone().threads(1).train(counts).unwrap()),
        ("two threads", trainer.clone().threads(2).train(counts).unwrap()),
    ];
    if bytes < 4096 {
        ways.push(("the textbook way", trainer.train_naively(counts).unwrap()));
    }
    ways
}

/// How a golden file was made, by its name: `WHOSE_PATTERN_DOCUMENTS_OPTION.KIND`.
fn trainer_for(name: &str, corpus: &Path) -> Option<Trainer> {
    let (stem, kind) = name.split_once('.')?;
    let mut parts = stem.split('_');
    let ties = match (parts.next()?, kind) {
        ("hf", "merges") => Ties::HuggingFace,
        ("rawid", "tokens.hex") => Ties::Raw,
        _ => return None,
    };
    let size = if corpus.ends_with("real_mix") { 4096 } else { 856 };
    let trainer = Trainer::new(size).ties(ties).like_hugging_face(true).pattern(parts.next()?);
    let trainer = match parts.next()? {
        "lines" => trainer.documents(Documents::Lines),
        _ => trainer,
    };
    Some(match parts.next() {
        None => trainer,
        Some("minfreq2") => trainer.min_frequency(2),
        Some(option) => trainer.max_token_length(option.strip_prefix("maxlen")?.parse().unwrap()),
    })
}

/// What was learned, as the golden files write it.
fn shown(trained: &Trained, name: &str) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    if name.ends_with("hex") {
        return trained.merges().map(|merge| hex(merge.bytes) + "\n").collect();
    }
    let vocabulary = &trained.definition().vocabulary;
    let written = |id| vocabulary.bytes(id).unwrap().iter().map(|&byte| char_of(byte)).collect::<String>();
    let merges = vocabulary.merges();
    merges.map(|(left, right, _)| format!("{} {}\n", written(left), written(right))).collect()
}

/// The character that stands for a byte in GPT-2's files.
fn char_of(byte: u8) -> char {
    let is_printable = |byte: &u8| matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
    if is_printable(&byte) {
        return char::from(byte);
    }
    let before = (0..byte).filter(|byte| !is_printable(byte)).count() as u32;
    char::from_u32(0x100 + before).unwrap()
}

/// The first line in which two texts differ.
fn difference(learned: &str, golden: &str) -> Option<String> {
    let (learned, golden): (Vec<_>, Vec<_>) = (learned.lines().collect(), golden.lines().collect());
    (0..learned.len().max(golden.len())).find(|&line| learned.get(line) != golden.get(line)).map(|line| {
        format!(
            "merge {line} is {:?} and not {:?} ({} merges, {} golden)",
            learned.get(line),
            golden.get(line),
            learned.len(),
            golden.len()
        )
    })
}
