//! Build script: makes the tables of each embedded vocabulary from its pack in this folder, so that the
//! executable uses the tables where they lie and start-up does no work.
//!
//! It compiles the crate's own reader and table builder; nothing is fetched or generated elsewhere.

// Only a part of each file is used here, and what is public in the library is not reachable in a script.
#![allow(dead_code, unreachable_pub)]

use std::fmt::Write;
use std::path::Path;

#[path = "../src/bpe/borders.rs"]
mod borders;
#[path = "../src/bpe/chars.rs"]
mod chars;
#[path = "../src/bpe/displace.rs"]
mod displace;
#[path = "../src/error.rs"]
mod error;
#[path = "../src/bpe/heap.rs"]
mod heap;
#[path = "../src/bpe/join.rs"]
mod join;
#[path = "../src/bpe/merge.rs"]
mod merge;
#[path = "../src/bpe/origin.rs"]
mod origin;
#[path = "../src/format/packed.rs"]
mod packed;
#[path = "../src/bpe/pairs.rs"]
mod pairs;
#[path = "../src/bpe/pieces.rs"]
mod pieces;
#[path = "../src/bpe/plan.rs"]
mod plan;
#[path = "../src/bpe/table.rs"]
mod table;
#[path = "../src/token.rs"]
mod token;
#[path = "../src/bpe/tokens.rs"]
mod tokens;

/// The packs, and the licence class of each: but for those of OpenAI, which are always there, the feature with which it is
/// built in. Several encodings can share one.
const PACKS: [(&str, &str); 21] = [
    ("r50k_base", "openai"),
    ("p50k_base", "openai"),
    ("cl100k_base", "openai"),
    ("o200k_base", "openai"),
    ("claude-legacy", "mit"),
    ("deepseek", "mit"),
    ("glm-4", "mit"),
    ("glm-4.7", "mit"),
    ("gemma4", "apache"),
    ("gpt-neox", "apache"),
    ("mistral-v1", "apache"),
    ("mistral-v3", "apache"),
    ("qwen2", "apache"),
    ("qwen3.5", "apache"),
    ("tekken", "apache"),
    ("llama2", "llama"),
    ("llama3", "llama"),
    ("llama4", "llama"),
    ("gemma2", "gemma"),
    ("gemma3", "gemma"),
    ("kimi-k2", "kimi"),
];

/// The images of a vocabulary, in the order in which `bpe` takes them.
const KINDS: [&str; 4] = ["tokens", "pairs", "chars", "borders"];

fn main() {
    for source in [
        "error",
        "token",
        "format/packed",
        "bpe/borders",
        "bpe/chars",
        "bpe/displace",
        "bpe/heap",
        "bpe/join",
        "bpe/merge",
        "bpe/origin",
        "bpe/pairs",
        "bpe/pieces",
        "bpe/plan",
        "bpe/table",
        "bpe/tokens",
    ] {
        println!("cargo::rerun-if-changed=src/{source}.rs");
    }
    let out = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    tables(Path::new(&out));
    let mut code = String::new();
    let mut names = Vec::new();
    for (name, class) in PACKS {
        let path = format!("vocab/{name}.pack");
        println!("cargo::rerun-if-changed={path}");
        let feature = format!("CARGO_FEATURE_LICENCE_{}", class.to_uppercase());
        if class != "openai" && std::env::var_os(feature).is_none() {
            continue;
        }
        let pack = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let pack = packed::read(&pack).unwrap_or_else(|error| panic!("{path}: {error}"));
        let (borders, images) = images(&path, &pack);
        for (kind, image) in KINDS.iter().zip(images) {
            let file = Path::new(&out).join(format!("{name}.{kind}"));
            std::fs::write(&file, image).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        }
        describe(&mut code, name, &pack, borders).expect("a string takes everything");
        names.push(name);
    }
    list(&mut code, &names, Path::new(&out)).expect("a string takes everything");
    let file = Path::new(&out).join("packs.rs");
    std::fs::write(&file, code).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
}

fn images(path: &str, pack: &packed::Pack<'_>) -> (origin::KnownBorders, [Vec<u8>; 4]) {
    let image = pieces::PieceTable::build_image(pack.tokens.iter().copied())
        .unwrap_or_else(|rank| panic!("{path}: the token of rank {rank} is empty or comes twice"));
    let table = pieces::PieceTable::from_image(image.into()).expect("an image just made");
    let found = || origin::by_rank(&table, pack.unit, &pack.bytes);
    let pairs = pack.pairs.clone().unwrap_or_else(found);
    let plan = plan::Plan {
        unit: pack.unit,
        tokens: &pack.tokens,
        pairs: &pairs,
        others: &pack.others,
        bytes: &pack.bytes,
        whole_pieces: pack.whole_pieces,
        saves_room: true,
        side_by_side: false,
    };
    (origin::KnownBorders::of(&pack.tokens, &pairs), plan.build_images())
}

/// Writes the pack down as a static of the library.
fn describe(
    code: &mut String,
    name: &str,
    pack: &packed::Pack<'_>,
    borders: origin::KnownBorders,
) -> std::fmt::Result {
    writeln!(code, "static {}: Pack = Pack {{", constant(name))?;
    writeln!(code, "    images: [")?;
    for kind in KINDS {
        writeln!(code, "        include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.{kind}\")),")?;
    }
    writeln!(code, "    ],")?;
    writeln!(code, "    ids: &{:?},", pack.ids)?;
    writeln!(code, "    rules: Rules {{")?;
    writeln!(code, "        unit: Unit::{:?},", pack.unit)?;
    writeln!(code, "        merging: {},", pack.tokens.len())?;
    writeln!(code, "        whole_pieces: {},", pack.whole_pieces)?;
    writeln!(code, "        is_listed: {},", pack.pairs.is_some())?;
    writeln!(code, "        borders: {borders:?},")?;
    writeln!(code, "    }},")?;
    writeln!(code, "}};")
}

fn constant(name: &str) -> String {
    name.replace(['-', '.'], "_").to_uppercase()
}

/// Writes the tables without what only those read who change them: all comments but the line that names the columns.
fn tables(out: &Path) {
    for name in ["models.tsv", "encodings.tsv"] {
        println!("cargo::rerun-if-changed=vocab/{name}");
        let table = std::fs::read_to_string(format!("vocab/{name}"))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let head = table.lines().take_while(|line| line.starts_with('#')).last();
        let rows = table.lines().filter(|line| !line.starts_with('#'));
        let short: String = head.into_iter().chain(rows).map(|line| format!("{line}\n")).collect();
        std::fs::write(out.join(name), short).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

/// Writes a list of special tokens without the rule that nearly all of them have, `c`, and with runs as one row: see
/// `registry::specials`. In the order of ids, so that runs are together. Returns the number of tokens.
fn short_list(out: &Path, name: &str) -> usize {
    let path = format!("vocab/{name}.specials");
    println!("cargo::rerun-if-changed={path}");
    let list = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut rows: Vec<(u32, &str, &str)> = list.lines().map(|line| special(&path, line)).collect();
    rows.sort_by_key(|&(id, ..)| id);
    let mut short = String::new();
    let mut rest = rows.as_slice();
    while let &[(id, rules, name), ..] = rest {
        write!(short, "{id}\t{rules}\t").expect("a string takes everything");
        let (count, before, number, after) = run(rest).unwrap_or((1, name, 0, ""));
        if count > 1 {
            writeln!(short, "{before}\t{number}\t{count}\t{after}").expect("a string takes everything");
        } else {
            writeln!(short, "{name}").expect("a string takes everything");
        }
        rest = &rest[count..];
    }
    std::fs::write(out.join(format!("{name}.specials")), short)
        .unwrap_or_else(|error| panic!("{path}: {error}"));
    rows.len()
}

/// The id, rules and name in a line of a list.
fn special<'l>(path: &str, line: &'l str) -> (u32, &'l str, &'l str) {
    let cells: Vec<&str> = line.split('\t').collect();
    let [id, rules, name] = cells[..] else { panic!("{path}: {line:?} has no three cells") };
    assert!(!rules.is_empty(), "{path}: {line:?} has no rule");
    let id = id.parse().unwrap_or_else(|error| panic!("{path}: {line:?}: {error}"));
    (id, if rules == "c" { "" } else { rules }, name)
}

/// How many tokens from the first on have names that differ by a number that grows with the id: their number, and
/// what is before the first number, that number, and what is after it.
fn run<'l>(rows: &[(u32, &str, &'l str)]) -> Option<(usize, &'l str, u32, &'l str)> {
    let &(id, rules, name) = rows.first()?;
    let end = name.rfind(|char: char| char.is_ascii_digit())? + 1;
    let start = name[..end]
        .rfind(|char: char| !char.is_ascii_digit())
        .map_or(0, |at| at + name[at..].chars().next().map_or(0, char::len_utf8));
    let (before, after) = (&name[..start], &name[end..]);
    let number: u32 = name[start..end].parse().ok()?;
    let is_next = |(next, row): (u32, &(u32, &str, &str))| {
        *row == (id + next, rules, format!("{before}{}{after}", number + next).as_str())
    };
    let count = (0..).zip(rows).take_while(|&row| is_next(row)).count();
    // Names with a backslash are written in another way than they are.
    (count > 2 && !name.contains('\\')).then_some((count, before, number, after))
}

/// Writes the functions that find a pack and a list of special tokens by its name.
fn list(code: &mut String, packs: &[&str], out: &Path) -> std::fmt::Result {
    writeln!(code, "pub(super) fn pack(name: &str) -> Option<&'static Pack> {{\n    Some(match name {{")?;
    for name in packs {
        writeln!(code, "        {name:?} => &{},", constant(name))?;
    }
    writeln!(code, "        _ => return None,\n    }})\n}}")?;
    println!("cargo::rerun-if-changed=vocab/encodings.tsv");
    let table = std::fs::read_to_string("vocab/encodings.tsv")
        .unwrap_or_else(|error| panic!("encodings.tsv: {error}"));
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    let mut lists: Vec<&str> = rows.filter_map(|row| row.split('\t').nth(2)).collect();
    lists.sort_unstable();
    lists.dedup();
    let mut found = String::new();
    for name in lists {
        let (list, count) = (format!("SPECIALS_OF_{}", constant(name)), short_list(out, name));
        let rows = format!("include_str!(concat!(env!(\"OUT_DIR\"), \"/{name}.specials\"))");
        writeln!(code, "static {list}: List = List::new({count}, {rows});")?;
        writeln!(found, "        {name:?} => &{list},")?;
    }
    writeln!(code, "pub(super) fn specials(name: &str) -> Option<&'static List> {{\n    Some(match name {{")?;
    writeln!(code, "{found}        _ => return None,\n    }})\n}}")
}
