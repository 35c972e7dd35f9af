//! Every golden row of the reference implementations, through the library and through the command: ids, special
//! modes, raw bytes, documents, decoding and ids that do not exist. The rows and their origin are in
//! `tests/data/`.
//!
//! With `BYTEPAIR_VOCABULARIES` set to a folder of the original files, named as in `vocab/encodings.tsv` in a folder
//! for each encoding, the same rows are checked with what is read from these.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use bytepair::format::Loaded;
use bytepair::{Definition, ErrorKind, SpecialPolicy, Tokenizer, Unit};
use serde_json::Value;
use sha2::{Digest, Sha256};

#[test]
fn every_row_gives_the_reference_s_ids() {
    let encodings = bytepair::encoding_names().map(|name| (name, bytepair::encoding(name).unwrap()));
    check_all(encodings.collect());
}

/// The same rows with the vocabulary read from the file that it was packed from.
#[test]
fn every_row_gives_the_reference_s_ids_with_the_original_file() {
    let Some(folder) = std::env::var_os("BYTEPAIR_VOCABULARIES") else {
        println!("left out: BYTEPAIR_VOCABULARIES names no folder");
        return;
    };
    let mut loaded = Vec::new();
    for encoding in bytepair::registry::encodings::encodings() {
        let path = std::path::Path::new(&folder).join(encoding.name).join(encoding.file);
        let Ok(file) = std::fs::read(&path) else {
            println!("left out: there is no {}", path.display());
            continue;
        };
        let definition = match bytepair::format::read(&file, encoding.name).unwrap() {
            Loaded::Definition(mut definition) => {
                // A GGUF file says less of special tokens, and tekken.json nothing that the rows ask for.
                definition.name = encoding.name.to_owned();
                *definition
            }
            // A file of ranks says nothing but the ranks.
            Loaded::Ranks(vocabulary) => {
                Definition { vocabulary: *vocabulary, ..encoding.definition().unwrap() }
            }
            _ => panic!("a kind of file that this test does not know"),
        };
        loaded.push((encoding.name, Tokenizer::new(definition).unwrap()));
    }
    assert!(!loaded.is_empty(), "none of the files is there");
    check_all(loaded);
}

fn check_all(encodings: Vec<(&str, Tokenizer)>) {
    let mut failures = Vec::new();
    for (encoding, tokenizer) in encodings {
        let (mut checked, mut left_out) = (0, Vec::new());
        for row in rows(encoding) {
            match check(&tokenizer, &row) {
                Outcome::Right => checked += 1,
                Outcome::NoDocument(name) => left_out.push(name),
                Outcome::Wrong(what) => failures.push(format!("{encoding} {}: {what}", row["id"])),
            }
        }
        println!("{encoding}: {checked} rows right, {} documents not here: {left_out:?}", left_out.len());
        assert!(checked + left_out.len() > 600 || !failures.is_empty());
        assert!(left_out.len() <= 7, "{left_out:?}");
    }
    assert!(failures.is_empty(), "{} rows differ:\n{}", failures.len(), failures.join("\n"));
}

/// One run of the command for each encoding and mode encodes all its rows, each a file of its own.
#[cfg(feature = "cli")]
#[test]
fn every_row_gives_the_reference_s_ids_through_the_command() {
    let folder = tempfile::tempdir().unwrap();
    for encoding in bytepair::encoding_names() {
        let tokenizer = bytepair::encoding(encoding).unwrap();
        for (mode, flag) in [("none", "text"), ("all", "encode")] {
            let rows: Vec<Value> = rows(encoding)
                .into_iter()
                .filter(|row| row["special"] == mode && row["kind"] != "doc")
                .collect();
            if rows.is_empty() {
                continue;
            }
            let files = rows.iter().enumerate().map(|(place, row)| {
                let file = folder.path().join(place.to_string());
                std::fs::write(&file, bytes(row)).unwrap();
                file
            });
            let output = tokenize()
                .args(["encode", "-q", "-e", encoding, "--special", flag])
                .args(files)
                .output()
                .unwrap();
            assert!(output.status.success(), "{output:?}");
            let lines = String::from_utf8(output.stdout).unwrap();
            assert_eq!(lines.lines().count(), rows.len());
            for (row, line) in rows.iter().zip(lines.lines()) {
                assert_eq!(line, words(&ids(row)).join(" "), "{encoding} {}", row["id"]);
            }
        }
        for row in rows(encoding) {
            let kind = row["kind"].as_str().unwrap();
            if kind.starts_with("decode") {
                let output =
                    tokenize().args(["decode", "-e", encoding]).args(words(&ids(&row))).output().unwrap();
                match kind {
                    "decode" => {
                        let text = tokenizer.decode(&ids(&row)).unwrap();
                        assert_eq!((output.status.code(), output.stdout), (Some(0), text));
                    }
                    _ => assert_eq!((output.status.code(), output.stdout), (Some(2), Vec::new())),
                }
            } else if let Some(file) = document(&row) {
                let output = tokenize().args(["-q", "-e", encoding, &file]).output().unwrap();
                assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), row["count"].to_string());
            }
        }
    }
}

#[cfg(feature = "cli")]
fn tokenize() -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_tokenize"));
    command.env_clear().stdin(std::process::Stdio::null());
    command
}

#[cfg(feature = "cli")]
fn words(ids: &[u32]) -> Vec<String> {
    ids.iter().map(u32::to_string).collect()
}

/// The file of the document that a row is about, if it is here.
fn document(row: &Value) -> Option<String> {
    let file = format!("tests/data/docs/{}", row["doc"].as_str()?);
    std::path::Path::new(&file).exists().then_some(file)
}

enum Outcome {
    Right,
    Wrong(String),
    NoDocument(String),
}

fn check(tokenizer: &Tokenizer, row: &Value) -> Outcome {
    match row["kind"].as_str().unwrap() {
        "doc" => {
            let Some(file) = document(row) else { return Outcome::NoDocument(row["doc"].to_string()) };
            let text = std::fs::read(file).unwrap();
            let found = tokenizer.encode(&text).unwrap();
            let bytes: Vec<u8> = found.iter().flat_map(|id| id.to_le_bytes()).collect();
            let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            equal(
                (found.len() as u64, hash.as_str()),
                (row["count"].as_u64().unwrap(), row["ids_sha256"].as_str().unwrap()),
            )
        }
        "decode" => equal(decoded(tokenizer, &ids(row)), bytes(row)),
        "decode_error" => equal(tokenizer.decode(&ids(row)).unwrap_err().kind(), ErrorKind::UnknownToken),
        _ => {
            let policy = match row["special"].as_str().unwrap() {
                "none" => SpecialPolicy::Text,
                "all" => SpecialPolicy::Encode,
                "plain" => SpecialPolicy::Plain,
                other => panic!("no such mode: {other}"),
            };
            let text = bytes(row);
            let found = tokenizer.encode_with(&text, policy).unwrap();
            let count = tokenizer.count_with(&text, policy).unwrap();
            let explained = bytepair::explain::explain(tokenizer, &text, policy).unwrap().ids();
            equal((found, count, explained), (ids(row), ids(row).len(), ids(row)))
        }
    }
}

/// What the reference implementation decodes ids to. Those whose vocabularies begin with characters give text: each
/// byte that is no part of a character is U+FFFD, in Hugging Face's tokenizers also each byte of a row of byte tokens that
/// is not text as a whole.
fn decoded(tokenizer: &Tokenizer, ids: &[u32]) -> Vec<u8> {
    if tokenizer.vocabulary().unit() == Unit::Byte {
        return tokenizer.decode(ids).unwrap();
    }
    if tokenizer.hides_control() {
        return text(&tokenizer.decode(ids).unwrap());
    }
    let bytes = |id: &u32| tokenizer.token_bytes(*id).unwrap();
    let is_byte = |id: &u32| matches!(*bytes(id), [byte] if byte >= 0x80);
    let rows = ids.chunk_by(|a, b| is_byte(a) == is_byte(b)).map(|row| {
        let spelled: Vec<u8> = row.iter().flat_map(|id| bytes(id).to_vec()).collect();
        match std::str::from_utf8(&spelled) {
            Err(_) if is_byte(&row[0]) => "\u{fffd}".repeat(spelled.len()).into_bytes(),
            _ => spelled,
        }
    });
    rows.collect::<Vec<_>>().concat()
}

fn text(bytes: &[u8]) -> Vec<u8> {
    let chunks = bytes.utf8_chunks();
    chunks
        .flat_map(|chunk| [chunk.valid(), &"\u{fffd}".repeat(chunk.invalid().len())].concat().into_bytes())
        .collect()
}

fn equal<T: PartialEq + std::fmt::Debug>(found: T, wanted: T) -> Outcome {
    if found == wanted { Outcome::Right } else { Outcome::Wrong(format!("{found:?}, wanted {wanted:?}")) }
}

fn rows(encoding: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(format!("tests/data/vectors/{encoding}.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn ids(row: &Value) -> Vec<u32> {
    row["ids"].as_array().unwrap().iter().map(|id| u32::try_from(id.as_u64().unwrap()).unwrap()).collect()
}

fn bytes(row: &Value) -> Vec<u8> {
    match row["text"].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => base64(row["bytes_b64"].as_str().unwrap()),
    }
}

fn base64(text: &str) -> Vec<u8> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0u32, 0);
    for symbol in text.chars().filter(|symbol| *symbol != '=') {
        bits = bits << 6 | ALPHABET.find(symbol).unwrap() as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    bytes
}
