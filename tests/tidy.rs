//! The architecture, checked. Reads the project's files as text and reports every breach at once, as
//! `file:line: what is wrong`. Text, not syntax trees: a parser would be the biggest dependency of the
//! project, and every rule here can be seen in the text once comments and literals are blanked out.
//!
//! To change the architecture, change `MODULES`; to weaken a wall, you have to change `WALLS` too.

use std::fs;
use std::path::Path;

#[path = "tidy/can_fail.rs"]
mod can_fail;
#[path = "tidy/text.rs"]
mod text;
use text::{attribute_length, blank_literals, blank_tests, functions, identifier, imports, names, words};

/// One row a module: its name and the modules it may import. A row names only rows above it, which makes
/// cycles impossible and keeps the layers; what is not listed is forbidden, also within a layer.
const MODULES: &[(&str, &str)] = &[
    // L0: words everyone shares
    ("error", ""),
    ("token", ""),
    ("unicode", ""),
    // L1: the parts, which do not know each other
    ("bpe", "error token"),
    // A vocabulary lies in the table that merging looks pieces up in: one copy serves both.
    ("vocabulary", "error token bpe"),
    ("special", "error token"),
    ("measure", "token unicode"),
    ("normalize", "error token unicode"),
    ("pretokenize", "error token unicode"),
    // L2: the parts put together
    ("definition", "error token vocabulary special normalize pretokenize"),
    ("tokenizer", "error token unicode vocabulary special measure normalize pretokenize bpe definition"),
    ("format", "error token vocabulary special normalize pretokenize definition"),
    ("train", "error token unicode vocabulary special pretokenize bpe definition tokenizer"),
    // L3: big inputs, many models, conversations
    ("stream", "error token unicode special measure normalize pretokenize bpe tokenizer"),
    ("parallel", "error token unicode special measure normalize pretokenize bpe tokenizer stream"),
    (
        "registry",
        "error token unicode vocabulary special normalize pretokenize bpe definition tokenizer format",
    ),
    ("chat", "error token special definition tokenizer"),
    ("truncate", "error token unicode special tokenizer stream"),
    ("chunk", "error token unicode special tokenizer stream parallel truncate"),
    ("explain", "error token special pretokenize bpe tokenizer"),
    // L4: numbers and verdicts
    ("report", "error token measure"),
    ("evaluate", "error token vocabulary special measure tokenizer stream parallel explain report"),
    // L5: the command
    ("cli", ANY),
    ("main", ANY),
    // The crate root declares and documents; it re-exports whatever it likes, except the command.
    ("lib", LIBRARY),
];
const ANY: &str = "*";
const LIBRARY: &str = "*-cli-main";

/// What no row may ever say, whatever becomes of the table: each pair is (importer, never imported).
const WALLS: &[(&str, &str)] = &[
    // Splitting knows no vocabulary and merging knows no text: each can be replaced and tested alone.
    ("pretokenize", "bpe vocabulary special normalize tokenizer"),
    ("bpe", "normalize pretokenize vocabulary special unicode tokenizer"),
    // A reader that could reach the tokenizer could patch its behaviour for one file format.
    ("format", "tokenizer"),
    // A report is arithmetic on numbers that others counted.
    ("report", "tokenizer pretokenize bpe stream parallel registry"),
];

/// The world outside, which only the command touches: the library takes bytes or `Read`.
const OUTSIDE_STD: &[&str] = &["env", "process", "fs", "path", "time", "net"];
const OUTSIDE_WORDS: &[&str] = &[
    "stdin",
    "stdout",
    "stderr",
    "println!",
    "eprintln!",
    "print!",
    "eprint!",
    "dbg!",
    "Instant",
    "SystemTime",
];

/// Files in which `unsafe` may be written: wide instructions and the hint to fetch a cache line. Never another
/// file.
const UNSAFE_FILES: &[&str] = &["src/bpe/table.rs", "src/unicode/simd.rs"];

/// Names that say nothing about what a module holds, and so collect everything.
const EMPTY_NAMES: &[&str] = &["util", "utils", "common", "helpers", "misc"];

const MAX_FUNCTION_LINES: usize = 60;
const MAX_FILE_LINES: usize = 500;

/// The names of a row; `ANY` and `LIBRARY` hold none.
fn names_in(row: &str) -> impl Iterator<Item = &str> {
    row.split(' ').filter(|name| name.starts_with(char::is_alphabetic))
}

/// A source file: as written, and as code only (comments, literals and test items blanked, same offsets).
struct Source {
    path: String,
    raw: String,
    code: String,
    test_lines: usize,
}

impl Source {
    fn new(path: &str, raw: &str) -> Source {
        let (code, test_lines) = blank_tests(&blank_literals(raw));
        Source { path: path.into(), raw: raw.into(), code, test_lines }
    }

    /// The top-level module a file under src/ belongs to, and how many `super::` lead from it to the root.
    fn module(&self) -> Option<(&str, usize)> {
        let inside = self.path.strip_prefix("src/")?.strip_suffix(".rs")?;
        let inside = inside.strip_suffix("/mod").unwrap_or(inside);
        Some((inside.split('/').next()?, inside.split('/').count()))
    }

    /// `tests.rs` and `tests/…` inside a module are its tests, moved out for length.
    fn is_test(&self) -> bool {
        !self.path.starts_with("src/") || self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    fn at(&self, offset: usize, message: &str) -> String {
        format!("{}:{}: {message}", self.path, self.code[..offset].matches('\n').count() + 1)
    }
}

#[test]
fn the_house_is_tidy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(root, "", &mut files);
    let sources: Vec<Source> =
        files.iter().filter(|(p, _)| p.ends_with(".rs")).map(|(p, raw)| Source::new(p, raw)).collect();
    // A search that finds nothing would pass for ever.
    assert!(sources.iter().any(|s| s.path == "src/lib.rs"), "no sources found under {}", root.display());

    let mut breaches = table_breaches(MODULES);
    sources.iter().for_each(|source| breaches.extend(source_breaches(source)));
    files.iter().for_each(|(path, text)| breaches.extend(machine_paths(path, text)));
    if let Some((_, readme)) = files.iter().find(|(path, _)| path == "README.md") {
        breaches.extend(sources.iter().flat_map(|source| flags_not_in(readme, source)));
    }
    breaches.sort();
    assert!(breaches.is_empty(), "{} breaches:\n{}\n", breaches.len(), breaches.join("\n"));
}

/// All files written by hand; golden data and what the build makes are not.
fn collect(root: &Path, folder: &str, files: &mut Vec<(String, String)>) {
    const SKIPPED: &[&str] = &["target", "fuzz/target", "fuzz/corpus", "fuzz/artifacts"];
    for entry in fs::read_dir(root.join(folder)).expect("a readable folder") {
        let entry = entry.expect("a readable entry");
        let name = entry.file_name().into_string().expect("a UTF-8 file name");
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        if path == ".git" {
            continue; // A folder, or in a linked work tree a file that holds a path.
        }
        if entry.file_type().expect("a file type").is_dir() {
            let data = path.starts_with("tests/data/") || SKIPPED.contains(&path.as_str());
            if !data {
                collect(root, &path, files);
            }
        } else if let Ok(text) = fs::read_to_string(root.join(&path)) {
            files.push((path, text)); // What is not UTF-8 is a vocabulary, not text.
        }
    }
}

/// Checks the table itself, so that an edit cannot open a cycle or a wall unnoticed.
fn table_breaches(table: &[(&str, &str)]) -> Vec<String> {
    let mut breaches = Vec::new();
    for (row, (module, imports)) in table.iter().enumerate() {
        for import in names_in(imports) {
            if !table[..row].iter().any(|(above, _)| *above == import) {
                breaches.push(format!("tests/tidy.rs: {module} may not import {import}: it is not above it"));
            }
            if WALLS.iter().any(|(wall, never)| wall == module && names_in(never).any(|name| name == import))
            {
                breaches.push(format!("tests/tidy.rs: there is a wall between {module} and {import}"));
            }
        }
    }
    breaches
}

fn source_breaches(source: &Source) -> Vec<String> {
    let mut breaches = Vec::new();
    if !source.raw.starts_with("//!") {
        breaches.push(format!("{}:1: does not begin with //!", source.path));
    }
    for (at, lines) in functions(&source.code) {
        if lines > MAX_FUNCTION_LINES {
            breaches
                .push(source.at(at, &format!("a function of {lines} lines, more than {MAX_FUNCTION_LINES}")));
        }
    }
    if !UNSAFE_FILES.contains(&source.path.as_str()) {
        breaches.extend(words(&source.code, "unsafe").map(|at| source.at(at, "unsafe outside UNSAFE_FILES")));
    }
    let stems = source.path.split(['/', '.']).map(|stem| (0, stem));
    let inline = words(&source.code, "mod").map(|at| (at, identifier(source.code[at + 3..].trim_start())));
    for (at, name) in stems.chain(inline).filter(|(_, name)| EMPTY_NAMES.contains(name)) {
        breaches.push(source.at(at, &format!("a module named `{name}`: say what it holds")));
    }
    if !source.is_test() {
        breaches.extend(production_breaches(source));
    }
    breaches
}

/// The rules for what ends up in the library or the command: everything under src/ but its tests.
fn production_breaches(source: &Source) -> Vec<String> {
    let Some((module, depth)) = source.module() else { return Vec::new() };
    let mut breaches = Vec::new();
    let lines = source.raw.lines().count() - source.test_lines;
    let generated = source.raw.lines().take(10).any(|line| line.contains("@generated"));
    if lines > MAX_FILE_LINES && !generated {
        breaches.push(format!("{}:1: {lines} lines without tests, more than {MAX_FILE_LINES}", source.path));
    }
    for (at, _) in source.code.match_indices(".unwrap()") {
        breaches.push(source.at(at, "unwrap() outside tests"));
    }
    let Some((_, allowed)) = MODULES.iter().find(|(name, _)| *name == module) else {
        breaches.push(format!("{}:1: module `{module}` is not in MODULES of tests/tidy.rs", source.path));
        return breaches;
    };
    for (at, name) in imports(&source.code, depth) {
        let fine = match *allowed {
            ANY => true,
            LIBRARY => name != "cli" && name != "main",
            // A re-export at the root (`crate::Error`) is no row: name the module, so the import can be seen.
            listed => name == module || names_in(listed).any(|listed| listed == name),
        };
        if !fine {
            breaches.push(source.at(at, &format!("{module} may not import `{name}`")));
        }
    }
    if *allowed != ANY {
        breaches.extend(outside(&source.code).iter().map(|(at, what)| {
            source.at(*at, &format!("`{what}`: only the command touches the world outside"))
        }));
    }
    breaches
}

/// Where code reaches for the world outside, and by what name.
fn outside(code: &str) -> Vec<(usize, String)> {
    let std = words(code, "std::").flat_map(|at| names(&code[at + 5..]).map(move |name| (at, name)));
    let std =
        std.filter(|(_, name)| OUTSIDE_STD.contains(name)).map(|(at, name)| (at, format!("std::{name}")));
    let plain = OUTSIDE_WORDS.iter().flat_map(|word| words(code, word).map(|at| (at, word.to_string())));
    std.chain(plain).collect()
}

/// Long flags of clap's derive (`long`, `long = "x"`) that the README does not name.
fn flags_not_in(readme: &str, source: &Source) -> Vec<String> {
    let mut missing = Vec::new();
    if !source.path.starts_with("src/cli/") {
        return missing;
    }
    for (at, _) in source.code.match_indices("#[arg(") {
        let end = at + attribute_length(&source.code[at..]);
        let Some(long) = words(&source.code[at..end], "long").next().map(|offset| at + offset) else {
            continue;
        };
        let value = source.raw[long + 4..end].trim_start().strip_prefix('=');
        let value = value.and_then(|value| value.trim_start().strip_prefix('"')?.split('"').next());
        // Without a value the flag is named after the field, which follows the last attribute.
        let mut field = source.code[end..].trim_start();
        while field.starts_with("#[") {
            field = field[attribute_length(field)..].trim_start();
        }
        let field =
            field.split(':').next().and_then(|field| field.split_whitespace().next_back()).unwrap_or("?");
        let flag = format!("--{}", value.map_or(field.replace('_', "-"), String::from));
        let longer = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if !readme.match_indices(&flag).any(|(i, _)| !readme[i + flag.len()..].starts_with(longer)) {
            missing.push(source.at(long, &format!("flag {flag} is not in README.md")));
        }
    }
    missing
}

/// Paths that exist on one machine only. Split in two here, or this file would report itself.
fn machine_paths(path: &str, text: &str) -> Vec<String> {
    let roots = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];
    let starts = |line: &str, root: &str| {
        let before = |at: usize| line[..at].chars().next_back();
        line.match_indices(root)
            .any(|(at, _)| !before(at).is_some_and(|c| c.is_alphanumeric() || "._-".contains(c)))
    };
    let numbered = text.lines().enumerate();
    let bad = numbered.filter(|(_, line)| roots.iter().any(|root| starts(line, root)));
    bad.map(|(i, _)| format!("{path}:{}: a path of one machine", i + 1)).collect()
}
