//! What the fuzz targets share: the tokenizers they run, made once.

use std::sync::LazyLock;

use bytepair::Tokenizer;

/// One tokenizer of each pattern.
pub static TOKENIZERS: LazyLock<Vec<Tokenizer>> = LazyLock::new(|| {
    let names = ["gpt2", "cl100k_base", "o200k_harmony"];
    names.iter().map(|name| bytepair::encoding(name).expect("embedded")).collect()
});
