//! Files of every format: small ones that are read as other libraries read them, and hostile ones. What the fuzz
//! targets begin with (`fuzz/seeds`) and what they have found (`fuzz/regressions`) is replayed here; what each reader
//! says of each fault is tested beside it.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fs;
use std::path::{Path, PathBuf};

use bytepair::format::{Loaded, gpt2, read};
use bytepair::{Definition, ErrorKind, SpecialPolicy, Tokenizer};

#[path = "formats/check.rs"]
mod check;
use check::{both_files, check, read_counts};

const TARGETS: [&str; 9] = [
    "counts_file",
    "gguf",
    "gpt2_files",
    "js_tiktoken",
    "packed",
    "sentencepiece",
    "tekken",
    "tiktoken_file",
    "tokenizer_json",
];

/// The files in a folder of a target. A package of the library does not hold them: then there are none.
fn files(folder: &str, target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let path = Path::new("fuzz").join(folder).join(target);
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn is_package() -> bool {
    !Path::new("fuzz/Cargo.toml").exists()
}

#[test]
fn every_seed_is_read() {
    for target in TARGETS {
        let seeds = files("seeds", target);
        assert!(seeds.len() > 1 || is_package(), "{target} has no seeds");
        for (path, file) in seeds {
            assert!(check(target, &file), "{}", path.display());
        }
    }
}

#[test]
fn the_seed_of_counts_holds_some() {
    if is_package() {
        return;
    }
    let file = fs::read("fuzz/seeds/counts_file/few.counts").unwrap();
    let (_, counts, totals) = read_counts(&file).unwrap();
    assert!(!counts.is_empty() && counts.values().sum::<u64>() == totals.pieces);
}

#[test]
fn what_fuzzing_has_found_is_mended() {
    for target in TARGETS {
        for (path, file) in files("regressions", target) {
            println!("{}", path.display());
            check(target, &file);
        }
    }
}

/// Every beginning of a file, and the file with one byte after the other changed, is read or refused, whatever comes out.
/// Long files are cut at one place in several.
#[test]
fn damaged_files_do_not_panic() {
    for target in TARGETS {
        for (path, file) in files("seeds", target) {
            println!("{}", path.display());
            let step = file.len() / 700 + 1;
            for end in (0..file.len()).step_by(step) {
                check(target, &file[..end]);
            }
            for (place, to) in
                (0..file.len()).step_by(step).zip([0xff, 0, b'"', b'9', 0x80, 1].into_iter().cycle())
            {
                let mut damaged = file.clone();
                damaged[place] = to;
                check(target, &damaged);
            }
        }
    }
}

const GOLDEN_TEXT: &str = "hello wo ab aab  123 <s> b c aba lo\n\u{e9} ba b1a!";

/// Files and the ids of [`GOLDEN_TEXT`]. `tokenizer.json` and GPT-2's pair: Hugging Face tokenizers 0.23.3, special
/// tokens being found; `.model`: sentencepiece 0.2.3; files of ranks: tiktoken 0.14.0.
const GOLDEN: [(&str, SpecialPolicy, &[u32]); 12] = [
    (
        "tokenizer_json/byte_level.json",
        SpecialPolicy::Encode,
        &[
            259, 261, 32, 265, 32, 266, 32, 32, 263, 32, 267, 32, 98, 32, 99, 32, 265, 97, 32, 108, 111, 10,
            195, 169, 32, 98, 97, 32, 98, 49, 97, 33,
        ],
    ),
    (
        "tokenizer_json/byte_fallback.json",
        SpecialPolicy::Encode,
        &[
            259, 107, 104, 262, 266, 259, 122, 263, 267, 264, 265, 268, 52, 53, 54, 259, 1, 268, 261, 259,
            102, 267, 260, 259, 266, 13, 198, 172, 259, 261, 260, 259, 261, 52, 260, 36,
        ],
    ),
    (
        "tokenizer_json/metaspace.json",
        SpecialPolicy::Encode,
        &[
            1, 0, 0, 0, 0, 0, 1, 0, 0, 4, 3, 4, 5, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 3, 1, 0, 4, 3, 2, 1, 0, 0,
            0, 0, 1, 6, 1, 3, 0, 2, 0,
        ],
    ),
    ("sentencepiece/byte_fallback.model", SpecialPolicy::Text, &LLAMA),
    ("gguf/llama.gguf", SpecialPolicy::Text, &LLAMA),
    (
        "sentencepiece/defaults.model",
        SpecialPolicy::Text,
        &[7, 0, 10, 10, 0, 7, 0, 6, 4, 5, 7, 0, 7, 0, 7, 9, 7, 0, 6, 8, 7, 10, 0, 7, 9, 8, 7, 9, 0, 8, 0],
    ),
    (
        "sentencepiece/unknown.model",
        SpecialPolicy::Text,
        &[0, 12, 12, 0, 9, 0, 8, 6, 7, 9, 0, 9, 0, 9, 11, 9, 0, 8, 10, 9, 12, 0, 9, 11, 10, 9, 11, 0, 10, 0],
    ),
    (
        "tekken/all.json",
        SpecialPolicy::Text,
        &[
            263, 265, 36, 267, 36, 269, 36, 36, 266, 36, 64, 119, 66, 36, 102, 36, 103, 36, 267, 101, 36,
            112, 115, 14, 199, 173, 36, 102, 101, 36, 102, 53, 101, 37,
        ],
    ),
    (
        "js_tiktoken/claude.json",
        SpecialPolicy::Text,
        &[
            259, 261, 32, 263, 32, 265, 32, 32, 49, 50, 51, 32, 60, 115, 62, 32, 98, 32, 99, 32, 263, 97, 32,
            108, 111, 10, 195, 169, 32, 98, 97, 32, 98, 49, 97, 33,
        ],
    ),
    ("tiktoken_file/all.tiktoken", SpecialPolicy::Text, &RANKS),
    ("packed/ranks.pack", SpecialPolicy::Text, &RANKS),
    (
        "gpt2_files/bytes.txt",
        SpecialPolicy::Text,
        &[
            259, 261, 32, 265, 32, 266, 32, 32, 263, 32, 60, 115, 62, 32, 98, 32, 99, 32, 265, 97, 32, 108,
            111, 10, 195, 169, 32, 98, 97, 32, 98, 49, 97, 33,
        ],
    ),
];

const LLAMA: [u32; 40] = [
    263, 107, 104, 266, 266, 114, 263, 122, 114, 262, 260, 261, 259, 52, 53, 54, 263, 63, 118, 65, 263, 265,
    263, 102, 262, 264, 263, 266, 114, 13, 198, 172, 263, 265, 264, 263, 265, 52, 264, 36,
];
const RANKS: [u32; 36] = [
    259, 32, 119, 111, 32, 263, 32, 265, 32, 32, 262, 32, 60, 115, 62, 32, 98, 32, 99, 32, 263, 97, 32, 108,
    111, 10, 195, 169, 32, 98, 97, 32, 98, 49, 97, 33,
];

/// The tokenizer of a file; one of ranks only is given the pattern `\S+|\s+`.
fn load(file: &[u8]) -> Tokenizer {
    let definition = match read(file, "test") {
        Ok(Loaded::Definition(definition)) => *definition,
        Ok(Loaded::Ranks(ranks)) => Definition::new("test", *ranks, r"\S+|\s+"),
        _ => {
            let (vocab, merges) = both_files(file);
            gpt2::read(vocab, merges, "test").unwrap()
        }
    };
    Tokenizer::new(definition).unwrap()
}

#[test]
fn small_files_encode_as_other_libraries_do() {
    if is_package() {
        return;
    }
    for (name, policy, wanted) in GOLDEN {
        let tokenizer = load(&fs::read(Path::new("fuzz/seeds").join(name)).unwrap());
        let mut found = tokenizer.encode_with(GOLDEN_TEXT, policy).unwrap();
        // The pack has other ids from the 260th token on.
        if name.starts_with("packed") {
            found.iter_mut().filter(|id| **id >= 300).for_each(|id| *id -= 40);
        }
        assert_eq!(found, wanted, "{name}");
    }
}

#[test]
fn half_of_a_pair_is_no_file() {
    let files = "{\"a\": 0, \"b\": 1, \"ab\": 2}\n#version: 0.2\na b\n";
    let (vocab, merges) = both_files(files.as_bytes());
    for (half, words) in [(vocab, "together with merges.txt"), (merges, "together with vocab.json")] {
        let error = read(half, "test").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidVocabulary);
        assert!(error.to_string().contains(words), "{error}");
        assert!(error.hint().unwrap().contains("folder"));
    }
}
