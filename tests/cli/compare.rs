//! `tokenize compare`: a row for each model.

use super::*;

#[test]
fn each_model_has_a_row() {
    let files =
        folder(&[("fox.txt", b"The quick brown fox jumps over the lazy dog.\n"), ("b.md", b"# Title\n")]);
    let args =
        ["compare", "-m", "gpt-4o", "-m", "gpt-4", "-m", "claude-opus-5", "-e", "gpt2", "fox.txt", "b.md"];
    let out = run_in(&files, &args).silent();
    assert_eq!(
        out,
        "\
tokens  at most  words/token  bytes/token  window  window size  count     encoding     model
    13       13         0.85         4.08   <0.1%       128000  exact     o200k_base   gpt-4o
    13       13         0.85         4.08    0.2%         8192  exact     cl100k_base  gpt-4
   ~20       26         0.55         2.65   <0.1%      1000000  estimate  o200k_base   claude-opus-5
    14       14         0.79         3.79       -            -  exact     gpt2         -
2 files, 53 bytes, 11 words
~: estimated by measured ratios; 95 % of such texts have at most what is said
"
    );
}

/// What stands in a row is what `count` says of the same model.
#[test]
fn rows_are_what_count_says() {
    let files = folder(&[
        ("a.txt", b"Numbers: 12345, and a tab\t.\n"),
        ("sub/b.rs", b"fn main() {\n    println!(\"hi\");\n}\n"),
        ("sub/c.txt", "日本語の文章です。".as_bytes()),
    ]);
    let models = ["gpt-5.6", "gpt-4", "claude-opus-5", "gemini-2.5-pro", "llama-4-maverick"];
    for by in ["file", "dir", "ext"] {
        let mut args = vec!["compare", "--json", "--by", by, "."];
        models.iter().for_each(|model| args.extend(["-m", model]));
        let compared = run_in(&files, &args).json();
        for (place, model) in models.iter().enumerate() {
            let counted = run_in(&files, &["count", "--json", "--by", by, "-m", model, "."]).json();
            let groups = compared["groups"].as_array().unwrap();
            let rows = counted["files"].as_array().unwrap();
            assert_eq!(groups.len(), rows.len());
            let totals = (&compared["total"], &counted["total"]);
            for (group, row) in groups.iter().zip(rows).chain([totals]) {
                let entry = &group["models"][place];
                assert_eq!(group["path"], row["path"]);
                for key in ["files", "words", "bytes", "chars", "lines"] {
                    assert_eq!(group[key], row[key], "{key}");
                }
                for key in ["tokens", "upper", "words_per_token", "bytes_per_token", "window_share"] {
                    assert_eq!(entry[key], row[key], "{key} of {model}");
                }
                assert_eq!(entry["model"].as_str(), Some(*model));
                assert_eq!(
                    (&entry["window"], &entry["encoding"]),
                    (&counted["window"], &counted["encoding"])
                );
            }
        }
    }
}

#[test]
fn a_pipe_is_read_once_for_all() {
    let out = run(&["compare", "--json"], "What is read from a pipe is there once.").json();
    let models = out["total"]["models"].as_array().unwrap();
    assert!(models.len() >= 3, "{out}");
    let exact = run(&["-q", "-m", "gpt-4"], "What is read from a pipe is there once.").silent();
    let gpt4 = models.iter().find(|row| row["model"] == "gpt-4").unwrap();
    assert_eq!(gpt4["tokens"].to_string(), exact.trim());
    let one = run(&["compare", "--csv", "-j1", "-e", "gpt2", "-e", "gpt2", "-m", "gpt-4"], "a b").silent();
    assert_eq!(
        one,
        "path,files,model,encoding,window,exactness,tokens,upper,words,words_per_token,tokens_per_word,bytes,\
         bytes_per_token,window_share\r\n\
         total,1,gpt-4,cl100k_base,8192,exact,2,2,2,1,1,3,1.5,0.000244140625\r\n\
         total,1,,gpt2,,exact,2,2,2,1,1,3,1.5,\r\n"
    );
}

/// Two files can have the same name, and a file that of an encoding: each is what it is.
#[test]
fn files_are_told_by_their_paths() {
    let files = folder(&[("text", b"Numbers: 12345678, and so on.")]);
    for (encoding, to) in [("gpt2", "a/v.json"), ("llama3", "b/v.json"), ("llama3", "gpt2/tokenizer.json")] {
        fs::create_dir_all(files.path().join(to).parent().unwrap()).unwrap();
        run_in(&files, &["convert", encoding, "-o", to, "-q"]).good();
    }
    let args = [
        "compare", "--json", "-e", "gpt2", "--vocab", "a/v.json", "--vocab", "b/v.json", "--vocab", "gpt2",
        "text",
    ];
    let compared = run_in(&files, &args).json();
    let rows = compared["total"]["models"].as_array().unwrap().iter();
    let rows: Vec<(String, String)> =
        rows.map(|row| (row["encoding"].as_str().unwrap().into(), row["tokens"].to_string())).collect();
    let count = |flag, name| run_in(&files, &["-q", flag, name, "text"]).silent().trim().to_owned();
    let expected = [("-e", "gpt2"), ("--vocab", "a/v.json"), ("--vocab", "b/v.json"), ("--vocab", "gpt2")];
    assert_eq!(rows, expected.map(|(flag, name)| (name.to_owned(), count(flag, name))));
    assert_ne!(rows[0].1, rows[3].1);
}

#[test]
fn what_cannot_be_compared_is_refused() {
    run(&["compare", "-m", "gpt4o"], "text").failed(&["gpt4o", "gpt-4o"]);
    run(&["compare", "-e", "nothing"], "text").failed(&["nothing"]);
    run(&["compare", "--vocab", "missing.json"], "text").failed(&["missing.json"]);
    run(&["compare", "missing.txt"], "").failed(&["missing.txt"]);
}

/// Large files are read once for each vocabulary, standard input is held: the numbers are the same, and those of `count`.
#[test]
fn large_files_have_the_same_numbers() {
    let text = "Where are the tokens? où sont les jetons ?\n".repeat(220_000).into_bytes();
    let files = folder(&[("text", &text)]);
    let args = ["compare", "--json", "-e", "gpt2", "-m", "claude-opus-5", "-m", "gpt-4o"];
    let read = run_in(&files, &[&args[..], &["text"]].concat()).json();
    let held = run(&args, text.clone()).json();
    assert_eq!(read["total"], held["total"]);
    let rows = read["total"]["models"].as_array().unwrap();
    for row in rows {
        let (flag, name) = match row["model"].as_str() {
            Some(model) => ("-m", model),
            None => ("-e", row["encoding"].as_str().unwrap()),
        };
        let counted = run_in(&files, &["count", "--json", flag, name, "text"]).json();
        assert_eq!(row["tokens"], counted["total"]["tokens"], "{name}");
    }
    assert_eq!(rows.len(), 3);
}
