//! Makes `vocab/*.pack` from `.tiktoken` files: `cargo run --example pack -- IN.tiktoken OUT.pack`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output] = arguments.as_slice() else {
        return Err("usage: pack IN.tiktoken OUT.pack".into());
    };
    let vocabulary = bytepair::format::tiktoken::read(&std::fs::read(input)?)?;
    std::fs::write(output, bytepair::format::pack(&vocabulary)?)?;
    Ok(())
}
