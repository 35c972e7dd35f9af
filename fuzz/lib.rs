//! What the fuzz targets share: the tokenizers they run, made once, and what holds of every file that a reader is
//! given.

use std::sync::LazyLock;

use bytepair::Tokenizer;

#[path = "../tests/formats/check.rs"]
mod check;

/// One tokenizer of each pattern.
pub static TOKENIZERS: LazyLock<Vec<Tokenizer>> = LazyLock::new(|| {
    let names = ["gpt2", "cl100k_base", "o200k_harmony"];
    names.iter().map(|name| bytepair::encoding(name).expect("embedded")).collect()
});

/// Reads a file as the target of this name does, and checks what came out.
pub fn check(target: &str, file: &[u8]) {
    check::check(target, file);
}
