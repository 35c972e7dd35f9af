//! Build script: makes the piece table of each embedded vocabulary from its pack in this folder, so that the
//! executable uses the tables where they lie and start-up does no work.
//!
//! It compiles the crate's own reader and table builder; nothing is fetched or generated elsewhere.

// Only a part of each file is used here, and what is public in the library is not reachable in a script.
#![allow(dead_code, unreachable_pub)]

use std::path::Path;

#[path = "../src/error.rs"]
mod error;
#[path = "../src/format/packed.rs"]
mod packed;
#[path = "../src/bpe/table.rs"]
mod table;

/// The packs; gpt2 and r50k_base are one, p50k_edit is p50k_base, o200k_harmony is o200k_base.
const PACKS: [&str; 4] = ["r50k_base", "p50k_base", "cl100k_base", "o200k_base"];

fn main() {
    println!("cargo::rerun-if-changed=src/error.rs");
    println!("cargo::rerun-if-changed=src/format/packed.rs");
    println!("cargo::rerun-if-changed=src/bpe/table.rs");
    let out = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    for name in PACKS {
        let path = format!("vocab/{name}.pack");
        println!("cargo::rerun-if-changed={path}");
        let pack = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let pack = packed::read(&pack).unwrap_or_else(|error| panic!("{path}: {error}"));
        let image = table::PieceTable::build_image(pack.tokens.into_iter())
            .unwrap_or_else(|rank| panic!("{path}: the token of rank {rank} is empty or comes twice"));
        let table = Path::new(&out).join(format!("{name}.table"));
        std::fs::write(&table, image).unwrap_or_else(|error| panic!("{}: {error}", table.display()));
    }
}
