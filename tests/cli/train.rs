//! `tokenize train`, `count-words` and `merge-counts`: what is learned, from what, and what happens when it goes wrong.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::{folder, run, run_in, tokenize, write};

/// Words with much in common, and others without.
pub(crate) fn text(seed: u64, words: usize) -> Vec<u8> {
    let mut state = seed;
    let mut text = Vec::new();
    let mut next = |most: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let starts = ["the", "token", "merge", "byte", "pair", "漢字", "ภาษาไทย", "naïve", "x", "\u{1F980}"];
    let ends = ["", "s", "ing", "ed", "ness", "42", "-like", "…", "\u{301}"];
    for _ in 0..words {
        let word = [starts[next(10) as usize], ends[next(9) as usize]].concat();
        text.extend_from_slice(word.as_bytes());
        text.push(if next(12) == 0 { b'\n' } else { b' ' });
    }
    text
}

/// The merges of a tokenizer.json.
fn merges(path: impl AsRef<Path>) -> Vec<String> {
    let json: serde_json::Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let merges = json["model"]["merges"].as_array().unwrap().iter();
    merges.map(|pair| format!("{} {}", pair[0].as_str().unwrap(), pair[1].as_str().unwrap())).collect()
}

#[test]
fn what_is_learned_is_written_and_told() {
    let folder = folder(&[("text", b"aaab aaab aaab")]);
    let run = run_in(&folder, &["train", "text", "-s", "259", "--pattern", "gpt2", "-o", "v.json"]).good();
    assert_eq!(
        run.out,
        "v.json: 259 tokens, 3 of them learned\n\
         the last pair that was merged occurred 3 times\n\
         1 document, 14 bytes, 3 pieces: 5 tokens, 2.80 bytes per token\n"
    );
    assert_eq!(run.err, "");
    assert_eq!(merges(folder.path().join("v.json")), ["a a", "a b", "aa ab"]);
    let ids = run_in(&folder, &["encode", "--vocab", "v.json", "text"]).silent();
    assert_eq!(ids, "258 220 258 220 258\n");
}

#[test]
fn the_result_is_the_same_at_any_number_of_threads_and_order_of_files() {
    let files: Vec<(String, Vec<u8>)> =
        (0..7).map(|part| (format!("part{part}"), text(part, 3000 + 500 * part as usize))).collect();
    let folder =
        folder(&files.iter().map(|(name, text)| (name.as_str(), text.as_slice())).collect::<Vec<_>>());
    let mut names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let mut written = Vec::new();
    for (threads, out) in [("1", "one.json"), ("2", "two.json"), ("5", "five.json")] {
        names.reverse();
        let args = [&["train"], names.as_slice(), &["-s", "600", "-o", out, "-j", threads, "-q"]].concat();
        run_in(&folder, &args).good();
        written.push(fs::read(folder.path().join(out)).unwrap());
    }
    // Each file counted apart, and all put together.
    for name in &names {
        run_in(&folder, &["count-words", name, "-o", &format!("{name}.counts"), "-q"]).good();
    }
    let mut shards: Vec<String> = names.iter().map(|name| format!("{name}.counts")).collect();
    shards.rotate_left(3);
    let shards: Vec<&str> = shards.iter().map(String::as_str).collect();
    run_in(&folder, &[&["merge-counts"], shards.as_slice(), &["-o", "all.counts"]].concat()).good();
    run_in(&folder, &["train", "--from-counts", "all.counts", "-s", "600", "-o", "sum.json", "-q"]).good();
    let many =
        [&["train", "--from-counts"], shards.as_slice(), &["-s", "600", "-o", "parts.json", "-q"]].concat();
    run_in(&folder, &many).good();
    // So little memory that tables go to disk all the time.
    let args =
        [&["train"], names.as_slice(), &["-s", "600", "-o", "disk.json", "--memory", "1", "-q"]].concat();
    run_in(&folder, &args).good();
    for out in ["sum.json", "parts.json", "disk.json"] {
        written.push(fs::read(folder.path().join(out)).unwrap());
    }
    assert!(written.iter().all(|other| *other == written[0]), "not all seven ways agree");
    // The counts of all files in one go are the sum of their counts, byte for byte, also when tables went to disk.
    for memory in ["4G", "1"] {
        let args =
            [&["count-words"], names.as_slice(), &["-o", "whole.counts", "--memory", memory, "-q"]].concat();
        run_in(&folder, &args).good();
        let [whole, sum] =
            ["whole.counts", "all.counts"].map(|name| fs::read(folder.path().join(name)).unwrap());
        assert!(whole == sum, "with {memory} of memory");
    }
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_str().unwrap().contains("training")), "{left:?}");
}

#[test]
fn one_flipped_bit_in_a_shard_is_refused_with_its_name() {
    let folder = folder(&[("good", b"one two three"), ("bad", b"four five six")]);
    for name in ["good", "bad"] {
        run_in(&folder, &["count-words", name, "-o", &format!("{name}.counts"), "-q"]).good();
    }
    let path = folder.path().join("bad.counts");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(&path, bytes).unwrap();
    let merge = ["merge-counts", "good.counts", "bad.counts", "-o", "all.counts"];
    run_in(&folder, &merge).failed(&["bad.counts", "byte"]);
    let train = ["train", "--from-counts", "good.counts", "bad.counts", "-s", "300", "-o", "v.json"];
    run_in(&folder, &train).failed(&["bad.counts", "byte"]);
    assert!(!folder.path().join("all.counts").exists() && !folder.path().join("v.json").exists());
}

#[test]
fn counts_must_fit_together_and_to_what_is_asked() {
    let folder = folder(&[("text", b"one two three")]);
    let count = |out: &str, more: &[&str]| {
        run_in(&folder, &[&["count-words", "text", "-q", "-o", out], more].concat()).good();
    };
    count("gpt2.counts", &["--pattern", "gpt2"]);
    count("o200k.counts", &[]);
    count("special.counts", &["--special", "<|end|>"]);
    let merge = |files: &[&str]| run_in(&folder, &[&["merge-counts", "-o", "all"], files].concat());
    merge(&["gpt2.counts", "o200k.counts"]).failed(&["pattern", "--pattern"]);
    merge(&["special.counts", "o200k.counts"]).failed(&["special tokens", "--special"]);
    merge(&["text"]).failed(&["text"]);
    let train = |more: &[&str]| {
        run_in(&folder, &[&["train", "-s", "300", "-o", "v.json", "--from-counts"], more].concat())
    };
    train(&["o200k.counts", "--special", "<|end|>"]).failed(&["<|end|>", "count the texts with --special"]);
    train(&["gpt2.counts", "--pattern", "cl100k"]).failed(&["another pattern", "--pattern"]);
    train(&["special.counts", "--special", "<|end|>", "-q"]).good();
    train(&[]).failed(&["no files of counts"]);
}

#[test]
fn a_size_that_cannot_be_is_told_before_the_work() {
    let folder = folder(&[("text", b"one two three")]);
    let train = |more: &[&str]| run_in(&folder, &[&["train", "text", "-o", "v.json"], more].concat());
    train(&["-s", "255"]).failed(&["255", "256 single bytes", "--size"]);
    train(&["-s", "256", "--special", "<|end|>"]).failed(&["257"]);
    train(&["-s", "300", "--special", "a", "--special", "a"]).failed(&["--special", "twice"]);
    train(&["-s", "300", "--pattern", "("]).failed(&["pattern"]);
    train(&["-s", "300", "--lines", "--separator", "\n\n"]).failed(&["--lines", "never"]);
    train(&["-s", "2M"]).failed(&["--size", "too large"]);
    train(&["--from", "gpt2", "--add", "9", "--special", "<|endoftext|>"])
        .failed(&["<|endoftext|>", "twice"]);
    train(&[]).failed(&["--size"]);
    run_in(&folder, &["train", "text", "-s", "300", "-o", "v.unknown"]).failed(&["--to"]);
    run_in(&folder, &["train", "text", "-s", "300", "-o", "no/such/v.json"]).failed(&["no/such"]);
    run_in(&folder, &["train", "text", "missing", "-s", "300", "-o", "v.json"]).failed(&["missing"]);
    train(&["-s", "300", "--to", "gpt2"]).failed(&["pattern"]);
    assert!(!folder.path().join("v.json").exists());
}

/// What was counted is kept if the vocabulary cannot be written, and the same command goes on from there.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_does_not_cost_the_counts() {
    let folder = folder(&[("text", b"one two three two three")]);
    let out = folder.path().join("v.tiktoken");
    std::os::unix::fs::symlink("/dev/full", &out).unwrap();
    let args = ["train", "text", "-s", "270", "-o", "v.tiktoken"];
    run_in(&folder, &args).failed(&["No space left", "--resume"]);
    fs::remove_file(&out).unwrap();
    run_in(&folder, &[&args[..], &["--resume"]].concat()).good();
    assert!(out.exists() && !folder.path().join("v.tiktoken.training").exists());
}

/// What is written into the folder that is read is not learned from the next time.
#[test]
fn the_output_is_not_learned_from() {
    let folder = folder(&[("text", b"one two three two three")]);
    let mut written = Vec::new();
    for _ in 0..2 {
        run_in(&folder, &["train", ".", "-s", "270", "-o", "v.json", "-q"]).good();
        written.push(fs::read(folder.path().join("v.json")).unwrap());
    }
    assert_eq!(written[0], written[1]);
}

#[test]
fn when_pairs_run_out_it_says_so_and_goes_well() {
    let folder = folder(&[("text", b"hello world"), ("empty", b""), ("a", b"a")]);
    let run = run_in(&folder, &["train", "text", "-s", "100k", "--pattern", "gpt2", "-o", "v.json"]).good();
    assert!(run.err.contains("265 tokens, not 100000"), "{run:#?}");
    assert!(run.out.starts_with("v.json: 265 tokens, 9 of them learned\n"));
    for name in ["empty", "a"] {
        let run = run_in(&folder, &["train", name, "-s", "300", "-o", "e.tiktoken"]).good();
        assert!(run.err.contains("256 tokens, not 300"), "{run:#?}");
        assert_eq!(fs::read_to_string(folder.path().join("e.tiktoken")).unwrap().lines().count(), 256);
    }
}

#[test]
fn special_tokens_separate_documents_and_are_part_of_the_vocabulary() {
    let text = "a<|end|>b<|end|>c<|end|>\n".repeat(5);
    let folder = folder(&[("text", text.as_bytes())]);
    let train = ["train", "text", "-s", "270", "--pattern", "gpt2", "--special", "<|end|>", "-o", "v.json"];
    let run = run_in(&folder, &train).good();
    assert!(run.out.starts_with("v.json: 257 tokens, 0 of them learned\n"), "{run:#?}");
    let ids = run_in(&folder, &["encode", "--vocab", "v.json", "--special", "encode", "text"]).silent();
    assert!(ids.starts_with("64 256 65 256"), "{ids}");
    // As Hugging Face numbers them.
    run_in(&folder, &[&train[..], &["--hf-compat", "-q"]].concat()).good();
    let ids = run_in(&folder, &["encode", "--vocab", "v.json", "--special", "encode", "text"]).silent();
    assert!(ids.starts_with("65 0 66 0"), "{ids}");
}

#[test]
fn documents_are_files_lines_separated_or_json() {
    let json = "{\"text\": \"ab\\nab\", \"id\": 1}\n\n{\"id\": 2, \"text\": \"ab\"}\n";
    let folder = folder(&[("lines", b"ab\nab\n"), ("separated", b"ab==ab==ab"), ("jsonl", json.as_bytes())]);
    let train = |more: &[&str]| {
        let args =
            [&["train", "-s", "300", "--pattern", r"[\s\S]+", "-o", "v.json", "-q", "--json"], more].concat();
        let json = run_in(&folder, &args).json();
        (
            json["documents"].as_u64().unwrap(),
            json["pieces"].as_u64().unwrap(),
            merges(folder.path().join("v.json")),
        )
    };
    assert_eq!(train(&["lines"]), (1, 1, vec!["a b".into(), "ab Ċ".into(), "abĊ abĊ".into()]));
    assert_eq!(train(&["lines", "--lines"]), (2, 2, vec!["a b".into(), "ab Ċ".into()]));
    assert_eq!(train(&["separated", "--separator", "=="]), (1, 3, vec!["a b".into()]));
    assert_eq!(
        train(&["jsonl", "--jsonl", "text"]),
        (2, 2, vec!["a b".into(), "Ċ ab".into(), "ab Ċab".into()])
    );
    let wrong = ["train", "jsonl", "--jsonl", "no", "-s", "300", "-o", "w.json"];
    run_in(&folder, &wrong).failed(&["jsonl", "\"no\""]);
    let wrong = ["train", "lines", "--jsonl", "text", "-s", "300", "-o", "w.json"];
    run_in(&folder, &wrong).failed(&["lines", "JSON"]);
}

#[test]
fn compressed_texts_pipes_and_folders_are_read() {
    let words = text(7, 4000);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&words).unwrap();
    let gzip = gzip.finish().unwrap();
    let folder = folder(&[("plain", &words), ("packed.gz", &gzip), ("sub/plain.txt", &words)]);
    let args = ["-s", "500", "-q", "-o"];
    run_in(&folder, &[&["train", "plain"], &args[..], &["a.json"]].concat()).good();
    run_in(&folder, &[&["train", "packed.gz"], &args[..], &["b.json"]].concat()).good();
    run_in(&folder, &[&["train", "sub"], &args[..], &["c.json"]].concat()).good();
    let piped = folder.path().join("d.json");
    run(&[&["train", "-"], &args[..], &[piped.to_str().unwrap()]].concat(), words).good();
    let written =
        ["a", "b", "c", "d"].map(|name| fs::read(folder.path().join(format!("{name}.json"))).unwrap());
    assert!(written.iter().all(|other| *other == written[0]));
    write(&folder, "cut.gz", &gzip[..gzip.len() / 2]);
    run_in(&folder, &[&["train", "cut.gz"], &args[..], &["e.json"]].concat()).failed(&["cut.gz"]);
    assert!(!folder.path().join("e.json").exists());
}

#[test]
fn vocabularies_are_continued() {
    let folder = folder(&[
        ("first", b"low lower lowest "),
        ("more", "\u{1F980}\u{1F980} crab crabs ".repeat(3).as_bytes()),
    ]);
    run_in(
        &folder,
        &["train", "first", "-s", "262", "--pattern", "gpt2", "--special", "<|x|>", "-o", "a.json", "-q"],
    )
    .good();
    let args = ["train", "more", "--from", "a.json", "--add", "4", "-o", "b.json", "-q"];
    run_in(&folder, &args).good();
    let [before, after] = ["a.json", "b.json"].map(|name| merges(folder.path().join(name)));
    assert_eq!((&after[..before.len()], after.len()), (&before[..], before.len() + 4));
    let ids =
        |name: &str| run_in(&folder, &["encode", "--vocab", name, "first", "--special", "encode"]).silent();
    assert_eq!(ids("a.json"), ids("b.json"));
    // Of a built-in encoding, ids stay what they are, and new ones come after its special tokens.
    let args = ["train", "more", "--from", "gpt2", "--add", "2", "-o", "gpt2+.json", "-q"];
    run_in(&folder, &args).good();
    let ids = run(&["encode", "-e", "gpt2"], "Hello \u{1F980}\u{1F980}").silent();
    let mut command = tokenize(&["encode", "--vocab", "gpt2+.json"]);
    command.current_dir(&folder).write_stdin("Hello \u{1F980}\u{1F980}");
    let extended = crate::finish(command).silent();
    assert!(
        extended.starts_with("15496 ") && extended != ids && extended.contains("5025"),
        "{ids}{extended}"
    );
    run_in(&folder, &["train", "more", "--from", "mistral-v1", "-s", "40k", "-o", "c.json"])
        .failed(&["byte-level"]);
}

#[test]
fn held_out_texts_judge_the_vocabulary() {
    let folder = folder(&[("text", &text(1, 2000)), ("other", &text(2, 500))]);
    let args = ["train", "text", "-s", "400", "-o", "v.json", "--held-out", "other"];
    let table = run_in(&folder, &args).silent();
    let header = table.lines().nth(3).unwrap();
    assert!(
        header.contains("v.json") && header.contains("o200k_base") && header.contains("cl100k_base"),
        "{table}"
    );
    let judged = run_in(&folder, &["evaluate", "v.json", "other"]).silent();
    assert!(table.ends_with(&judged), "{table}\n{judged}");
    let json = run_in(&folder, &[&args[..], &["--json"]].concat()).json();
    assert_eq!(json["held_out"]["total"]["files"], 1, "{json}");
    // What is compressed is judged by its text.
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&text(2, 500)).unwrap();
    write(&folder, "other.gz", &gzip.finish().unwrap());
    let args = ["train", "text", "-s", "400", "-o", "v.json", "--held-out", "other.gz"];
    assert_eq!(run_in(&folder, &args).silent(), table);
    assert_eq!(run_in(&folder, &["evaluate", "v.json", "other.gz"]).silent(), judged);
}

#[test]
fn hard_texts_are_learned_from_as_they_are() {
    let mut nul = b"\0\0\0\0 a\0b \xff\xfe\xff\xfe \xe6\xbc".repeat(50);
    nul.extend_from_slice("ſ\u{feff}\r\n\r\n".as_bytes());
    let folder =
        folder(&[("nul", &nul), ("line", &b"x".repeat(3_000_000)), ("spaces", &b" ".repeat(3_000_000))]);
    for name in ["nul", "line", "spaces"] {
        run_in(
            &folder,
            &["train", name, "-s", "290", "--max-token-length", "64", "-o", "v.json", "-q", "-a"],
        )
        .good();
        let ids = run_in(&folder, &["encode", "--vocab", "v.json", name]).good().out;
        let mut command = tokenize(&["decode", "--vocab", "v.json"]);
        command.current_dir(&folder).write_stdin(ids.trim_end());
        let text = fs::read(folder.path().join(name)).unwrap();
        assert!(crate::finish(command).good().raw == text, "{name}");
    }
}

#[test]
fn what_cannot_be_written_or_judged_is_told_before_the_work() {
    let folder = folder(&[("text", b"one two three two three"), ("out/x", b"")]);
    let train = |more: &[&str]| run_in(&folder, &[&["train", "text", "-s", "270"], more].concat());
    train(&["--pattern", "gpt2", "--to", "gpt2", "-o", "no/such/folder"]).failed(&["no/such/folder"]);
    train(&["--pattern", "gpt2", "--to", "gpt2", "-o", "text"]).failed(&["text"]);
    train(&["--pattern", "gpt2", "--to", "gpt2", "-o", "-"]).failed(&["two files", "-o"]);
    for held_out in ["missing", "out/empty"] {
        fs::create_dir_all(folder.path().join("out/empty")).unwrap();
        train(&["-o", "v.json", "--held-out", held_out]).failed(&["held"]);
    }
    train(&["-o", "-", "--to", "tokenizer.json", "--held-out", "text"]).failed(&["--held-out", "-o"]);
    train(&["-o", "-", "--to", "tokenizer.json", "--json"]).failed(&["--json", "-o"]);
    let both = ["train", "-", "-s", "270", "-o", "v.json", "--held-out", "-"];
    run_in(&folder, &both).failed(&["--held-out", "once only"]);
    assert!(!folder.path().join("v.json").exists());
    let vocabulary = train(&["-o", "-", "--to", "tokenizer.json", "-q"]).silent();
    train(&["-o", "v.json", "-q"]).good();
    assert_eq!(fs::read_to_string(folder.path().join("v.json")).unwrap(), vocabulary);
}

/// Counts go to standard output as any other result does, and what is put aside is in the current folder then.
#[test]
fn counts_go_to_standard_output() {
    let folder = folder(&[("text", &text(1, 3000)), ("other", &text(2, 3000))]);
    run_in(&folder, &["count-words", "text", "-o", "a.counts", "-q"]).good();
    run_in(&folder, &["count-words", "other", "-o", "b.counts", "-q"]).good();
    run_in(&folder, &["merge-counts", "a.counts", "b.counts", "-o", "sum.counts"]).silent();
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    for (out, memory) in [("-", "1G"), ("/dev/stdout", "1G"), ("-", "1")] {
        let run = run_in(&folder, &["count-words", "text", "-o", out, "--memory", memory]).good();
        assert!(run.raw == read("a.counts") && run.err.contains("standard output:"), "{:?}", run.err);
    }
    let run = run_in(&folder, &["merge-counts", "a.counts", "b.counts", "-o", "-"]).good();
    assert!(run.raw == read("sum.counts"));
    let mut left: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["a.counts", "b.counts", "other", "sum.counts", "text"]);
}

/// However the folder is spelled; and what cannot have a folder beside it has one in the current folder.
#[test]
fn a_state_belongs_to_its_output() {
    let folder = folder(&[("text", b"one two three two three"), ("bad.gz", b"\x1f\x8b\x08")]);
    let args = ["train", "text", "bad.gz", "-s", "270", "-j", "1", "--pattern", "gpt2"];
    let train = |out: &[&str]| run_in(&folder, &[&args[..], out].concat());
    for [out, same] in [["gp/", "gp"], ["gp", "./gp/"]] {
        train(&["--to", "gpt2", "-o", out]).failed(&["gp.training: stopped"]);
        train(&["--to", "gpt2", "-o", same]).failed(&["gp.training", "--resume goes on"]);
        fs::remove_dir_all(folder.path().join("gp.training")).unwrap();
    }
    for out in ["-", "/dev/stdout"] {
        train(&["--to", "tokenizer.json", "-o", out]).failed(&["stdout.training: stopped"]);
        fs::remove_dir_all(folder.path().join("stdout.training")).unwrap();
    }
}

#[test]
fn shards_count_once() {
    let folder = folder(&[("text", &text(1, 3000)), ("empty", b"")]);
    for name in ["text", "empty"] {
        fs::create_dir(folder.path().join(format!("s-{name}"))).unwrap();
        let out = format!("s-{name}/{name}.counts");
        run_in(&folder, &["count-words", name, "-o", &out, "-q"]).good();
    }
    let shard = "s-text/text.counts";
    let merge = |shards: &[&str]| run_in(&folder, &[&["merge-counts", "-o", "sum"], shards].concat());
    let train = |shards: &[&str]| {
        let args = [&["train", "--from-counts", "-s", "300", "-o", "v.json"], shards].concat();
        run_in(&folder, &args)
    };
    let twice = ["s-text/../s-text/text.counts: is named twice", "it is s-text/text.counts, too"];
    merge(&[shard, "s-text/../s-text/text.counts"]).failed(&twice);
    train(&[shard, "s-text/../s-text/text.counts"]).failed(&twice);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.path().join(shard), folder.path().join("link")).unwrap();
        merge(&[shard, "link"]).failed(&["link: is named twice"]);
    }
    assert!(!folder.path().join("sum").exists());
    // A copy may be meant so; two that are empty are nothing to wonder about.
    fs::copy(folder.path().join(shard), folder.path().join("copy")).unwrap();
    assert!(
        merge(&[shard, "copy"]).good().err.contains("warning: copy: holds the same as s-text/text.counts")
    );
    fs::copy(folder.path().join("s-empty/empty.counts"), folder.path().join("nothing")).unwrap();
    assert_eq!(merge(&["s-empty/empty.counts", "nothing"]).good().err, "");
    // Lists and folders of shards.
    train(&[shard, "-q"]).good();
    let read = || fs::read(folder.path().join("v.json")).unwrap();
    let expected = read();
    write(&folder, "list", format!("{shard}\0").as_bytes());
    for shards in [&["--files0-from", "list"][..], &["s-text", "-a"]] {
        fs::remove_file(folder.path().join("v.json")).unwrap();
        train(&[shards, &["-q"]].concat()).good();
        assert!(read() == expected, "{shards:?}");
    }
    train(&["-"]).failed(&["standard input", "a file"]);
    train(&["missing"]).failed(&["missing"]);
}

#[test]
fn counts_of_another_unicode_are_refused() {
    use bytepair::train::{CountsHeader, CountsTotals, CountsWriter};
    let mut header = CountsHeader::new(vec!["x".to_owned()], Vec::new(), "file");
    header.unicode = "9.0.0".to_owned();
    let mut writer = CountsWriter::new(Vec::new(), &header).unwrap();
    writer.push(b"x", 1).unwrap();
    let file = writer.finish(CountsTotals { documents: 1, bytes: 1, pieces: 1 }).unwrap();
    let folder = folder(&[("old.counts", &file)]);
    let train = ["train", "--from-counts", "old.counts", "-s", "300", "-o", "v.json"];
    run_in(&folder, &train).failed(&["old.counts: was counted with Unicode 9.0.0", "count its texts again"]);
}

/// A file of the count of one piece, with other tables of Unicode.
fn counts_of(unicode: &str) -> Vec<u8> {
    use bytepair::train::{CountsHeader, CountsTotals, CountsWriter};
    let mut header = CountsHeader::new(vec!["x".to_owned()], Vec::new(), "file");
    header.unicode = unicode.to_owned();
    let mut writer = CountsWriter::new(Vec::new(), &header).unwrap();
    writer.push(b"x", 1).unwrap();
    writer.finish(CountsTotals { documents: 1, bytes: 1, pieces: 1 }).unwrap()
}

/// Also when they are so many that they are added up in groups, to files that nobody has named.
#[test]
fn counts_of_different_unicode_are_refused_with_both_names() {
    let folder = folder(&[("new.counts", &counts_of("9.0.0")), ("old.counts", &counts_of("8.0.0"))]);
    let told = [
        "new.counts and old.counts cannot be added up",
        "the version of Unicode of new.counts is 9.0.0, that of old.counts is 8.0.0",
        "same version of this program",
    ];
    run_in(&folder, &["merge-counts", "new.counts", "old.counts", "-o", "sum"]).failed(&told);
    let train = ["train", "--from-counts", "-s", "300", "-o", "v.json"];
    run_in(&folder, &[&train[..], &["new.counts", "old.counts"]].concat()).failed(&told);
    let mut names: Vec<String> = (0..600).map(|number| format!("{number}.counts")).collect();
    for name in &names {
        write(&folder, name, &counts_of("9.0.0"));
    }
    (names[0], names[599]) = ("new.counts".to_owned(), "old.counts".to_owned());
    write(&folder, "list", names.join("\0").as_bytes());
    for command in [&["merge-counts", "-o", "sum"][..], &train] {
        run_in(&folder, &[command, &["--files0-from", "list", "-q"]].concat()).failed(&told);
    }
    let mut left = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.all(|name| name.to_str().is_some_and(|name| name.ends_with(".counts") || name == "list")));
}

#[test]
fn counts_are_named_in_a_list() {
    let names: Vec<String> = (0..300).map(|number| format!("{number}.counts")).collect();
    let folder = folder(&[("list", names.join("\0").as_bytes()), ("nothing", b""), ("gap", b"1.counts\0\0")]);
    for (name, number) in names.iter().zip(0..) {
        write(&folder, "text", &text(number, 20));
        run_in(&folder, &["count-words", "text", "-q", "-o", name]).good();
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    run_in(&folder, &[&["merge-counts", "-q", "-o", "named"], &names[..]].concat()).good();
    let merge = |list: &str| ["merge-counts", "-o", "listed", "--files0-from", list].map(str::to_owned);
    let merged = |list: &str| run_in(&folder, &merge(list).each_ref().map(String::as_str));
    merged("list").good();
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    let expected = read("named");
    assert!(read("listed") == expected);
    let mut command = tokenize(&["merge-counts", "-o", "piped", "--files0-from", "-"]);
    command.current_dir(&folder).write_stdin(names.join("\0"));
    crate::finish(command).good();
    assert!(read("piped") == expected);
    fs::remove_file(folder.path().join("listed")).unwrap();
    merged("nothing").failed(&["there are no files of counts"]);
    merged("gap").failed(&["gap: name 2 is empty", "nothing was added up"]);
    merged("missing").failed(&["missing"]);
    run_in(&folder, &["merge-counts", "-o", "listed", "--files0-from", "list", "1.counts"])
        .failed(&["--files0-from"]);
    run_in(&folder, &["merge-counts", "-o", "listed"]).failed(&["COUNTS"]);
    assert!(!folder.path().join("listed").exists());
}

#[test]
fn what_cannot_be_continued_is_told_why() {
    let folder = folder(&[("text", b"one two")]);
    let train =
        |from: &str| run_in(&folder, &["train", "text", "--from", from, "--add", "5", "-o", "v.json"]);
    train("mistral-v1").failed(&[
        "mistral-v1: ",
        "merges characters, as SentencePiece does",
        "without --from",
    ]);
    train("gemma3").failed(&["gemma3: ", "merges characters, as SentencePiece does", "without --from"]);
}
