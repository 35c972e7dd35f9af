//! Every golden row of the reference implementation, through the library: ids, special modes, raw bytes,
//! documents, decoding and ids that do not exist. The rows and their origin are in `tests/data/`.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use bytepair::{ErrorKind, SpecialPolicy, Tokenizer};
use serde_json::Value;
use sha2::{Digest, Sha256};

const ENCODINGS: [&str; 7] =
    ["gpt2", "r50k_base", "p50k_base", "p50k_edit", "cl100k_base", "o200k_base", "o200k_harmony"];

#[test]
fn every_row_gives_the_reference_s_ids() {
    let mut failures = Vec::new();
    for encoding in ENCODINGS {
        let tokenizer = bytepair::encoding(encoding).unwrap();
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

enum Outcome {
    Right,
    Wrong(String),
    NoDocument(String),
}

fn check(tokenizer: &Tokenizer, row: &Value) -> Outcome {
    match row["kind"].as_str().unwrap() {
        "doc" => {
            let name = row["doc"].as_str().unwrap();
            let Ok(text) = std::fs::read(format!("tests/data/docs/{name}")) else {
                return Outcome::NoDocument(name.to_owned());
            };
            let found = tokenizer.encode(&text).unwrap();
            let bytes: Vec<u8> = found.iter().flat_map(|id| id.to_le_bytes()).collect();
            let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            equal(
                (found.len() as u64, hash.as_str()),
                (row["count"].as_u64().unwrap(), row["ids_sha256"].as_str().unwrap()),
            )
        }
        "decode" => equal(tokenizer.decode(&ids(row)).unwrap(), bytes(row)),
        "decode_error" => equal(tokenizer.decode(&ids(row)).unwrap_err().kind(), ErrorKind::UnknownToken),
        _ => {
            let policy = match row["special"].as_str().unwrap() {
                "none" => SpecialPolicy::Text,
                "all" => SpecialPolicy::Encode,
                other => panic!("no such mode: {other}"),
            };
            let text = bytes(row);
            let found = tokenizer.encode_with(&text, policy).unwrap();
            let count = tokenizer.count_with(&text, policy).unwrap();
            equal((found, count), (ids(row), ids(row).len()))
        }
    }
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
