//! Writes an embedded vocabulary in another format: `cargo run --example write -- NAME FORMAT FILE`, where FORMAT is
//! `tokenizer.json` or `tiktoken`. Prints as JSON what a `.tiktoken` file does not hold: pattern and special tokens.
//! For `tests/bench/convert_round_trip.py`.

use bytepair::format::{tiktoken, tokenizer_json};
use bytepair::{Split, registry};

#[allow(clippy::print_stdout)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, format, path] = arguments.as_slice() else {
        return Err("usage: write NAME FORMAT FILE".into());
    };
    let definition = registry::encodings::definition(name)?;
    let file = match format.as_str() {
        "tokenizer.json" => tokenizer_json::write(&definition)?,
        "tiktoken" => tiktoken::write(&definition.vocabulary)?,
        _ => return Err("FORMAT is tokenizer.json or tiktoken".into()),
    };
    std::fs::write(path, file)?;
    let pattern = match &definition.split {
        Split::Pattern(pattern) => serde_json::Value::from(pattern.as_str()),
        _ => serde_json::Value::Null,
    };
    let specials: serde_json::Map<_, _> =
        definition.specials.iter().map(|(name, id)| (name.to_owned(), id.into())).collect();
    println!("{}", serde_json::json!({ "pattern": pattern, "specials": specials }));
    Ok(())
}
