//! Runs that end before their end: by Ctrl-C, or for a text that `tokenize train` cannot read. What is left behind, and how it
//! goes on.

use std::fs;
use std::io::Write;

use crate::train::text;
use crate::{Run, folder, run_in, write};

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text).unwrap();
    gzip.finish().unwrap()
}

fn train(folder: &tempfile::TempDir, texts: &[&str], more: &[&str]) -> Run {
    run_in(folder, &[&["train", "-s", "400", "-o", "v.json", "-j", "1"], more, texts].concat())
}

/// Trains in one go, and compares.
#[track_caller]
fn is_in_one_go(folder: &tempfile::TempDir, texts: &[&str], more: &[&str]) {
    assert!(!folder.path().join("v.json.training").exists());
    run_in(folder, &[&["train", "-s", "400", "-o", "w.json", "-q"], more, texts].concat()).good();
    let [parts, whole] = ["v.json", "w.json"].map(|name| fs::read(folder.path().join(name)).unwrap());
    assert!(parts == whole, "not the same as in one go");
}

#[test]
fn a_bad_text_late_in_a_run_does_not_cost_the_counts() {
    let (words, other) = (text(1, 200_000), text(2, 200_000));
    let packed = gzip(&words);
    let cut = &packed[..packed.len() - packed.len() / 4];
    let folder = folder(&[("a", &text(3, 3000)), ("z.gz", cut), ("zz", b"the last one")]);
    let texts = ["a", "z.gz", "zz"];
    let told =
        ["z.gz: the gzip file ends after", "v.json.training: stopped; what was counted is kept", "--resume"];
    let run = train(&folder, &texts, &[]).failed(&told);
    assert!(!folder.path().join("v.json").exists(), "{run:#?}");
    // As long as it is not mended, it fails again, and nothing is lost.
    train(&folder, &texts, &["--resume"]).failed(&told);
    train(&folder, &texts, &["--resume", "-a"]).failed(&["--text", "to begin anew"]);
    train(&folder, &texts, &["--resume", "--lines"]).failed(&["what documents are"]);
    write(&folder, "z.gz", &gzip(&other));
    train(&folder, &texts, &["--resume"]).failed(&["z.gz", "not those that were learned from"]);
    write(&folder, "z.gz", &packed);
    // What was not begun may be another; what was learned from may not be gone.
    write(&folder, "zz", b"other words than before");
    train(&folder, &["z.gz", "zz"], &["--resume"]).failed(&["a: cannot go on", "not among the texts now"]);
    train(&folder, &texts, &["--resume", "-q"]).good();
    is_in_one_go(&folder, &texts, &[]);
}

#[test]
fn a_bad_text_may_be_left_out() {
    let words = text(1, 200_000);
    let packed = gzip(&words);
    let cut = &packed[..packed.len() - packed.len() / 4];
    let folder = folder(&[("a", &text(3, 3000)), ("z.gz", cut), ("zz.gz", &packed[..50])]);
    train(&folder, &["a", "z.gz"], &[]).failed(&["z.gz"]);
    let run = train(&folder, &["a"], &["--resume"]).good();
    assert!(run.err.contains("warning: z.gz: is gone") && run.err.contains("bytes of its text"), "{run:#?}");
    fs::remove_file(folder.path().join("v.json")).unwrap();
    // Of this one nothing was counted: without it all is as if it had never been.
    train(&folder, &["a", "zz.gz"], &[]).failed(&["zz.gz"]);
    let run = train(&folder, &["a"], &["--resume"]).good();
    assert_eq!(run.err, "");
    is_in_one_go(&folder, &["a"], &[]);
    // A first text that cannot be read leaves nothing behind.
    train(&folder, &["zz.gz"], &[]).failed(&["zz.gz: the gzip file ends after 50 bytes"]);
    assert!(!folder.path().join("v.json.training").exists());
}

/// A regular expression that gives up on one line late in a text.
#[test]
fn a_pattern_that_gives_up_late_does_not_cost_the_counts() {
    let words = String::from_utf8(text(1, 120_000)).unwrap().replace('x', "z");
    let (middle, _) = words.match_indices('\n').find(|(at, _)| at * 5 > words.len() * 4).unwrap();
    let middle = middle + 1;
    let bad = [&words[..middle], &"x".repeat(60), "\n", &words[middle..]].concat();
    let folder = folder(&[("a", &text(3, 3000)), ("t", bad.as_bytes())]);
    let pattern = ["--pattern", r"(x+x+)+\1y|[^x\n]+|[x\n]", "--lines"];
    for threads in ["1", "3"] {
        write(&folder, "t", bad.as_bytes());
        let args = [&["-j", threads], &pattern[..]].concat();
        let run =
            |command: &[&str], more: &[&str]| run_in(&folder, &[command, &args, more, &["a", "t"]].concat());
        let count = ["count-words", "-o", "sum.counts"];
        let told = ["t: ", "gave up", "stopped; what was counted is kept", "--resume"];
        run(&count, &[]).failed(&told);
        run(&count, &["--resume"]).failed(&told);
        let train = ["train", "-s", "400", "-o", "v.json"];
        run(&train, &[]).failed(&told);
        write(&folder, "t", words.as_bytes());
        run(&count, &["--resume", "-q"]).good();
        run(&train, &["--resume", "-q"]).good();
        is_in_one_go(&folder, &["a", "t"], &pattern);
        run(&["count-words", "-o", "whole.counts"], &["-q"]).good();
        let [sum, whole] =
            ["sum.counts", "whole.counts"].map(|name| fs::read(folder.path().join(name)).unwrap());
        assert!(sum == whole, "{threads} threads");
        fs::remove_file(folder.path().join("v.json")).unwrap();
    }
}

#[test]
fn a_bad_line_is_told_with_its_place() {
    let good = "\u{feff}{\"text\": \"one two\"}\n{\"text\": \"two three\"}\n";
    let bad = "{\"text\": \"four\"}\n\n{\"text\": \"\\ud83d five\"}\n{\"text\": \"six\"}\n";
    let folder = folder(&[("good", good.as_bytes()), ("bad", bad.as_bytes()), ("mark", "{}\n".as_bytes())]);
    let args = ["--jsonl", "text"];
    let told = ["bad: line 3, byte 3", "hex escape", "hint: half of a UTF-16 pair", "--resume"];
    train(&folder, &["good", "bad"], &args).failed(&told);
    write(&folder, "bad", bad.replace("\\ud83d", "\\ud83d\\ude00").as_bytes());
    train(&folder, &["good", "bad"], &["--jsonl", "text", "--resume", "-q"]).good();
    is_in_one_go(&folder, &["good", "bad"], &args);
    train(&folder, &["mark"], &args)
        .failed(&["mark: line 1, byte 0: the line is no object with a string under"]);
    write(&folder, "mark", "{\"text\": \"a\"}\n\u{feff}{\"text\": \"b\"}\n".as_bytes());
    train(&folder, &["mark"], &args).failed(&["mark: line 2, byte 14: not JSON", "byte order mark"]);
    // Elsewhere it is text like any other.
    train(&folder, &["good"], &["--lines", "-q"]).good();
}

#[cfg(unix)]
mod signals {
    use std::fs::File;
    use std::io::Read;
    use std::os::unix::process::ExitStatusExt;
    use std::path::Path;
    use std::process::{Child, Command, Output, Stdio};
    use std::time::Duration;

    use bytepair::train::{CountsHeader, CountsTotals, CountsWriter};

    use super::*;

    fn spawn(folder: &tempfile::TempDir, args: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tokenize"));
        command.env_clear().env("XDG_CONFIG_HOME", "/nonexistent").args(args).current_dir(folder);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn interrupt(child: &Child) {
        send(child, "-INT");
    }

    fn send(child: &Child, signal: &str) {
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// The status as a shell has it.
    fn status(output: &Output) -> i32 {
        output.status.code().or(output.status.signal().map(|signal| 128 + signal)).unwrap()
    }

    /// Waits until a file beside its place is begun.
    fn wait_for_beside(folder: &Path) {
        let is_begun = || {
            let mut names =
                fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().file_name());
            names.any(|name| name.to_string_lossy().ends_with(".tmp"))
        };
        while !is_begun() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn pipe(folder: &tempfile::TempDir, name: &str) -> std::path::PathBuf {
        let path = folder.path().join(name);
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        path
    }

    #[track_caller]
    fn told(output: &Output, words: &[&str]) {
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{told}");
        words.iter().for_each(|word| assert!(told.contains(word), "{word:?} is missing in {told}"));
    }

    fn names(folder: &tempfile::TempDir) -> Vec<String> {
        let entries = fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// A run that waits for a pipe that says nothing is stopped, leaves what is needed to go on, and goes on to the same result.
    #[test]
    fn a_run_that_is_stopped_is_taken_up_again() {
        let words = text(3, 60_000);
        let files: Vec<(String, &[u8])> = (0..30).map(|part| (format!("t/{part}"), &words[..])).collect();
        let folder = folder(&files.iter().map(|(name, text)| (name.as_str(), *text)).collect::<Vec<_>>());
        let path = pipe(&folder, "pipe");
        let args = ["train", "t", "pipe", "-s", "400", "-j", "1", "-o", "v.json"];
        let child = spawn(&folder, &args);
        // Opened when the other end is, which is when all others were read.
        let mut writer = fs::OpenOptions::new().write(true).open(&path).unwrap();
        writer.write_all(b"some text ").unwrap();
        interrupt(&child);
        told(&child.wait_with_output().unwrap(), &["v.json.training: stopped", "--resume"]);
        drop(writer);
        assert_eq!(names(&folder), ["pipe", "t", "v.json.training"]);
        train(&folder, &["t"], &[]).failed(&["--resume", "remove it"]);
        train(&folder, &["t"], &["--resume"]).failed(&["the texts"]);
        // The pipe again, this time with an end.
        let writer = std::thread::spawn(move || {
            let mut writer = fs::OpenOptions::new().write(true).open(path).unwrap();
            writer.write_all(b"some text ").unwrap();
        });
        run_in(&folder, &[&args[..], &["--resume", "-q"]].concat()).good();
        writer.join().unwrap();
        write(&folder, "end", b"some text ");
        is_in_one_go(&folder, &["t", "end"], &[]);
    }

    /// Twice in a row: whichever moment that is, nothing is left half-written.
    #[test]
    fn the_second_signal_leaves_nothing_unfinished() {
        for command in ["train", "count-words"] {
            let folder = folder(&[("t", &text(3, 60_000))]);
            let path = pipe(&folder, "pipe");
            let size: &[&str] = if command == "train" { &["-s", "400"] } else { &[] };
            let args = [&[command, "t", "pipe", "-o", "v.json", "--memory", "1"], size].concat();
            let child = spawn(&folder, &args);
            let writer = fs::OpenOptions::new().write(true).open(&path).unwrap();
            interrupt(&child);
            interrupt(&child);
            told(&child.wait_with_output().unwrap(), &[]);
            drop(writer);
            let left = names(&folder);
            let has_state = folder.path().join("v.json.training/state.json").exists();
            match has_state {
                true => assert_eq!(left, ["pipe", "t", "v.json.training"]),
                false => assert_eq!(left, ["pipe", "t"]),
            }
        }
    }

    #[test]
    fn merging_is_stopped_and_leaves_nothing() {
        let header = CountsHeader::new(vec!["x".to_owned()], Vec::new(), "file");
        let mut writer = CountsWriter::new(Vec::new(), &header).unwrap();
        for number in 0..200_000u32 {
            writer.push(&number.to_be_bytes(), 1).unwrap();
        }
        let totals = CountsTotals { documents: 1, bytes: 800_000, pieces: 200_000 };
        let folder = folder(&[("a.counts", &writer.finish(totals).unwrap())]);
        fs::copy(folder.path().join("a.counts"), folder.path().join("b.counts")).unwrap();
        // Into a pipe that nobody reads from until the signal was sent.
        let path = pipe(&folder, "out");
        let child = spawn(&folder, &["merge-counts", "a.counts", "b.counts", "-o", "out"]);
        let mut reader = File::open(path).unwrap();
        interrupt(&child);
        std::thread::sleep(std::time::Duration::from_millis(200));
        reader.read_to_end(&mut Vec::new()).unwrap();
        told(&child.wait_with_output().unwrap(), &["stopped; nothing was written"]);
        assert_eq!(names(&folder), ["a.counts", "b.counts", "out"]);
        // The same with more files than are read at a time.
        let many: Vec<String> = (0..300).map(|number| format!("{number}.counts")).collect();
        for name in &many {
            fs::copy(folder.path().join("a.counts"), folder.path().join(name)).unwrap();
        }
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let child = spawn(&folder, &[&["merge-counts", "-q", "-o", "sum"], &many[..]].concat());
        while !folder.path().join("sum.training").exists() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        interrupt(&child);
        told(&child.wait_with_output().unwrap(), &["stopped; nothing was written"]);
        assert!(names(&folder).iter().all(|name| !name.contains("sum")), "{:?}", names(&folder));
    }

    /// The input is a pipe that says something, and then no more.
    #[test]
    fn what_reads_is_stopped_and_leaves_nothing() {
        for (args, begins) in [
            (&["encode", "pipe", "-o", "out"][..], true),
            (&["encode", "--jsonl", "a", "pipe", "-o", "out"], true),
            (&["encode", "pipe"], false),
            (&["show", "--html", "out", "pipe"], false),
            (&["tree", "--html", "out", "pipe"], false),
            (&["cut", "-n", "1000000", "pipe", "-o", "out"], false),
            (&["chunk", "-n", "10", "pipe", "-o", "out-{}"], false),
            (&["count", "pipe"], false),
        ] {
            for (signal, number) in [("-INT", 2), ("-TERM", 15)] {
                let folder = folder(&[("a", b"some text")]);
                let path = pipe(&folder, "pipe");
                let child = spawn(&folder, args);
                let mut writer = fs::OpenOptions::new().write(true).open(&path).unwrap();
                writer.write_all(&b"some text ".repeat(1000)).unwrap();
                if begins {
                    wait_for_beside(folder.path());
                }
                send(&child, signal);
                let output = child.wait_with_output().unwrap();
                drop(writer);
                // Where there is something to take away the status is that of Ctrl-C; else the system's own.
                assert_eq!(status(&output), if begins { 130 } else { 128 + number }, "{args:?} {output:?}");
                assert_eq!(names(&folder), ["a", "pipe"], "{args:?}");
            }
        }
    }

    /// One of several files is a pipe that nobody reads from: those before it are written, and wait for it.
    #[test]
    fn of_files_that_belong_together_none_is_left() {
        let folder = folder(&[("text", &text(3, 20_000)), ("o/0", b"old")]);
        let into = folder.path().join("o");
        let left = |args: &[&str], name: &str| {
            assert!(Command::new("mkfifo").arg(into.join(name)).status().unwrap().success());
            let child = spawn(&folder, args);
            wait_for_beside(&into);
            interrupt(&child);
            assert_eq!(status(&child.wait_with_output().unwrap()), 130, "{args:?}");
            let mut left: Vec<_> =
                fs::read_dir(&into).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            left.sort();
            fs::remove_file(into.join(name)).unwrap();
            left.into_iter().map(|name| name.into_string().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(left(&["chunk", "-n", "50", "text", "-o", "o/{}"], "7"), ["0", "7"]);
        assert_eq!(fs::read(into.join("0")).unwrap(), b"old");
        assert_eq!(left(&["man", "--dir", "o"], "tokenize-man.1"), ["0", "tokenize-man.1"]);
        assert_eq!(left(&["convert", "gpt2", "-o", "o", "--to", "gpt2"], "merges.txt"), ["0", "merges.txt"]);
    }
}
