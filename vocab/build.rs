//! Build script: makes the tables of each embedded vocabulary from its pack in this folder, so that the
//! executable uses the tables where they lie and start-up does no work.
//!
//! It compiles the crate's own reader and table builder; nothing is fetched or generated elsewhere.

// Only a part of each file is used here, and what is public in the library is not reachable in a script.
#![allow(dead_code, unreachable_pub)]

use std::path::Path;

#[path = "../src/bpe/borders.rs"]
mod borders;
#[path = "../src/bpe/chars.rs"]
mod chars;
#[path = "../src/error.rs"]
mod error;
#[path = "../src/bpe/heap.rs"]
mod heap;
#[path = "../src/bpe/join.rs"]
mod join;
#[path = "../src/bpe/merge.rs"]
mod merge;
#[path = "../src/format/packed.rs"]
mod packed;
#[path = "../src/bpe/pairs.rs"]
mod pairs;
#[path = "../src/bpe/pieces.rs"]
mod pieces;
#[path = "../src/bpe/table.rs"]
mod table;
#[path = "../src/token.rs"]
mod token;

/// The packs; gpt2 and r50k_base are one, p50k_edit is p50k_base, o200k_harmony is o200k_base.
const PACKS: [&str; 4] = ["r50k_base", "p50k_base", "cl100k_base", "o200k_base"];

fn main() {
    for source in [
        "error",
        "token",
        "format/packed",
        "bpe/borders",
        "bpe/chars",
        "bpe/heap",
        "bpe/join",
        "bpe/merge",
        "bpe/pairs",
        "bpe/pieces",
        "bpe/table",
    ] {
        println!("cargo::rerun-if-changed=src/{source}.rs");
    }
    let out = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    for name in PACKS {
        let path = format!("vocab/{name}.pack");
        println!("cargo::rerun-if-changed={path}");
        let pack = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let pack = packed::read(&pack).unwrap_or_else(|error| panic!("{path}: {error}"));
        let image = pieces::PieceTable::build_image(pack.tokens.into_iter())
            .unwrap_or_else(|rank| panic!("{path}: the token of rank {rank} is empty or comes twice"));
        let table = pieces::PieceTable::from_image(image.clone().into()).expect("an image just made");
        let pairs_image = pairs::Pairs::build_image(&table);
        let pairs = pairs::Pairs::from_image(pairs_image.clone().into()).expect("an image just made");
        let chars_image = chars::Chars::build_image(&table, &pairs);
        let borders_image = borders::Borders::build_image(&table, &pairs);
        for (kind, image) in
            [("pieces", image), ("pairs", pairs_image), ("chars", chars_image), ("borders", borders_image)]
        {
            let file = Path::new(&out).join(format!("{name}.{kind}"));
            std::fs::write(&file, image).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        }
    }
}
