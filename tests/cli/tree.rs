//! `tokenize tree`: where the tokens are.

use super::*;

const FOX: &[u8] = b"The quick brown fox jumps over the lazy dog.\n";

fn project() -> tempfile::TempDir {
    let twice = [FOX, FOX].concat();
    folder(&[
        ("top.txt", FOX),
        ("docs/a.md", &twice),
        ("docs/b.md", FOX),
        ("src/deep/er/c.txt", FOX),
        ("src/d.txt", b"one\n"),
    ])
}

#[test]
fn folders_have_bars() {
    let files = project();
    assert_eq!(
        run_in(&files, &["tree"]).silent(),
        "\
tokens   share  window  words/token                        name
    52  100.0%   <0.1%         0.88  ████████████████████  .
    30   57.7%   <0.1%         0.90  ███████████▋          ├─ docs/
    20   38.5%   <0.1%         0.90  ███████▊              │  ├─ a.md
    10   19.2%   <0.1%         0.90  ███▉                  │  └─ b.md
    12   23.1%   <0.1%         0.83  ████▋                 ├─ src/
    10   19.2%   <0.1%         0.90  ███▉                  │  ├─ deep/
     2    3.8%   <0.1%         0.50  ▉                     │  └─ d.txt
    10   19.2%   <0.1%         0.90  ███▉                  └─ top.txt
gpt-4o, o200k_base, window 128000 tokens, exact
"
    );
}

#[test]
fn what_is_not_shown_is_in_the_sums() {
    let files = project();
    let out = run_in(&files, &["tree", "--depth", "1", "--top", "1"]).silent();
    assert_eq!(
        out,
        "\
tokens   share  window  words/token                        name
    52  100.0%   <0.1%         0.88  ████████████████████  .
    30   57.7%   <0.1%         0.90  ███████████▋          ├─ docs/
    22   42.3%   <0.1%         0.86  ████████▌             └─ and 2 more
gpt-4o, o200k_base, window 128000 tokens, exact
"
    );
}

#[test]
fn sums_are_those_of_count() {
    fn check(entry: &serde_json::Value) {
        let children = entry["children"].as_array().unwrap();
        if children.is_empty() {
            return;
        }
        for key in ["files", "tokens", "upper", "words", "bytes"] {
            let sum: u64 = children.iter().map(|child| child[key].as_u64().unwrap()).sum();
            assert_eq!(entry[key].as_u64().unwrap(), sum, "{key} of {}", entry["name"]);
        }
        children.iter().for_each(check);
    }
    let root = env!("CARGO_MANIFEST_DIR");
    for model in ["gpt-4o", "claude-opus-5"] {
        let tree = run_in(root, &["tree", "--json", "-m", model, "src", "README.md"]).json();
        let count = run_in(root, &["count", "--json", "-m", model, "src", "README.md"]).json();
        let (tree, total) = (&tree["tree"], &count["total"]);
        for key in ["files", "tokens", "upper", "words", "bytes", "words_per_token", "window_share"] {
            assert_eq!(tree[key], total[key], "{key}");
        }
        assert_eq!(
            (&tree["children"][0]["name"], &tree["children"][0]["kind"]),
            (&"src".into(), &"folder".into())
        );
        assert_eq!((&tree["children"][1]["kind"], &tree["kind"]), (&"file".into(), &"all".into()));
        check(tree);
    }
}

#[test]
fn paths_are_what_was_typed() {
    let files = project();
    let absolute = files.path().join("docs").to_str().unwrap().to_owned();
    let tree = run(&["tree", "--json", &absolute], "").json();
    assert_eq!((tree["tree"]["name"].as_str(), &tree["tree"]["files"]), (Some(&*absolute), &2.into()));
    // Levels count from the folder that was named.
    let deep = run_in(&files, &["tree", "--depth", "1", "src/deep/er", "src/d.txt"]).silent();
    assert!(deep.contains("  src/\n") && deep.contains("├─ deep/\n"), "{deep}");
    let one = run_in(&files, &["tree", "--depth", "0", "src/deep/er"]).silent();
    assert!(one.contains("  src/deep/er/c.txt\n"), "{one}");
    run(&["tree", "missing"], "").failed(&["missing"]);
    let piped = run(&["tree", "-"], "a b c").silent();
    assert!(piped.contains("     3  100.0%"), "{piped}");
}

#[test]
fn an_empty_folder_is_an_error() {
    let files = folder(&[]);
    run_in(&files, &["tree"]).failed(&["no files to read"]);
}

#[test]
fn a_page_is_written_whole_or_not_at_all() {
    let files = project();
    let map = files.path().join("map.html");
    let wrote = run_in(&files, &["tree", "--html", "map.html", "-m", "claude-opus-5"]);
    assert_eq!((&*wrote.out, &*wrote.err), ("", "tokenize: note: map.html: ~78 tokens in 5 files\n"));
    let page = std::fs::read(&map).unwrap();
    assert!(page.starts_with(b"<!DOCTYPE html>"));
    // What was written before is no part of what is counted, and is told.
    let again = run_in(&files, &["tree", "--html", "map.html", "-m", "claude-opus-5"]);
    assert_eq!(
        again.err,
        "tokenize: note: ./map.html: left out, as it is the file to be written\n\
         tokenize: note: map.html: ~78 tokens in 5 files\n"
    );
    assert_eq!(std::fs::read(&map).unwrap(), page);
    assert!(run_in(&files, &["tree", "--html", "-", "docs"]).silent().contains("docs: tokens</title>"));
    run_in(&files, &["tree", "--html", "map.html", "docs", "missing"])
        .failed(&["missing", "map.html: not written"]);
    assert_eq!(std::fs::read(&map).unwrap(), page);
    run_in(&files, &["tree", "--html", "map.html", "--json"]).failed(&["--json"]);
}
