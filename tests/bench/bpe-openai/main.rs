//! Times the crate bpe-openai: `bpe-openai-passes count|encode ENCODING FILE PASSES`. `passes.rs` says what is printed.

#[path = "../../tools/passes.rs"]
mod passes;

use passes::Made;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, encoding, path, passes] = arguments.as_slice() else {
        return Err("usage: bpe-openai-passes count|encode ENCODING FILE PASSES".into());
    };
    let tokenizer = match encoding.as_str() {
        "cl100k_base" => bpe_openai::cl100k_base(),
        "o200k_base" => bpe_openai::o200k_base(),
        other => return Err(format!("bpe-openai has no {other}").into()),
    };
    let text = std::fs::read_to_string(path)?;
    let pass = || match what.as_str() {
        "count" => Made::Count(tokenizer.count(&text)),
        _ => Made::Ids(tokenizer.encode(&text)),
    };
    println!("{}", passes::report(passes, pass)?);
    Ok(())
}
