//! Times the library, one thread, text in memory: `encode_passes ENCODING FILE PASSES`. The first pass of
//! `Tokenizer::encode` is the first thing that the process encodes. `passes.rs` says what is printed;
//! `tests/bench/peers.sh` compares it with other tokenizers.

#[path = "passes.rs"]
mod passes;

#[allow(clippy::print_stdout)] // The result.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [encoding, path, passes] = arguments.as_slice() else {
        return Err("usage: encode_passes ENCODING FILE PASSES".into());
    };
    let tokenizer = bytepair::encoding(encoding)?;
    let text = std::fs::read(path)?;
    let encode = || passes::Made::Ids(tokenizer.encode(&text).expect("a known pattern"));
    println!("{}", passes::report(passes, encode)?);
    Ok(())
}
