//! Makes what `vocab/` holds of a vocabulary file: `cargo run --example pack -- FILE NAME` writes `NAME.pack` and, if the
//! file says what its special tokens are, `NAME.specials` into `vocab/`, and tells what else the file says.

use std::fmt::Write;

use bytepair::format::{Loaded, pack, read};
use bytepair::{SpecialToken, Vocabulary};

#[allow(clippy::print_stdout)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, name] = arguments.as_slice() else {
        return Err("usage: pack FILE NAME".into());
    };
    let vocabulary: Vocabulary = match read(&std::fs::read(input)?, name)? {
        Loaded::Ranks(vocabulary) => *vocabulary,
        Loaded::Definition(definition) => {
            println!("{:?} {:?} {:?}", definition.normalizer.steps(), definition.split, definition.frame);
            let specials = definition.specials.tokens().iter().map(line).collect::<String>();
            std::fs::write(format!("vocab/{name}.specials"), specials)?;
            definition.vocabulary
        }
        _ => return Err("a kind of file that this tool does not know".into()),
    };
    println!("{} tokens, {vocabulary:?}", vocabulary.len());
    std::fs::write(format!("vocab/{name}.pack"), pack(&vocabulary)?)?;
    Ok(())
}

/// A line of a `.specials` file: id, rules, name.
fn line(token: &SpecialToken) -> String {
    let rules = [
        (token.is_control, 'c'),
        (token.in_normalized, 'n'),
        (token.single_word, 'w'),
        (token.strips_left, 'l'),
        (token.strips_right, 'r'),
    ];
    let rules: String = rules.into_iter().filter(|(is_set, _)| *is_set).map(|(_, letter)| letter).collect();
    let mut line = String::new();
    let name =
        token.name.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t").replace('\r', "\\r");
    let rules = if rules.is_empty() { "-" } else { &rules };
    writeln!(line, "{}\t{rules}\t{name}", token.id).expect("a string takes everything");
    line
}
