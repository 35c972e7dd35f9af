//! `tokenize stats`: the numbers of texts.

use super::*;

#[test]
fn a_text_has_its_numbers() {
    let out = run(&["stats", "--top", "2"], "The cat saw the other cat, the dog.\nincomprehensibilities\n")
        .silent();
    assert_eq!(
        out,
        "\
tokens                 16
words                   9
chars                  58
bytes                  58
lines                   2
bytes per token      3.62
chars per token      3.62
tokens per word      1.78
share of window     <0.1%
distinct tokens        14
of the vocabulary   <0.1%
single-byte tokens  12.5%
attention, n x n      256
attention, causal     136

lengths of tokens, in bytes
1  2   12.5%  ███████████▌
2  2   12.5%  ███████████▌
3  3   18.8%  █████████████████▎
4  7   43.8%  ████████████████████████████████████████
6  1    6.2%  █████▊
9  1    6.2%  █████▊

lengths of pieces, in bytes
    1  2   16.7%  █████████████▍
    2  1    8.3%  ██████▊
    3  1    8.3%  ██████▊
    4  6   50.0%  ████████████████████████████████████████
    6  1    8.3%  ██████▊
17-32  1    8.3%  ██████▊

tokens of pieces
1  11   91.7%  ████████████████████████████████████████
5   1    8.3%  ███▊

most frequent tokens
count  share    id  token
    2  12.5%   290  \" the\"
    2  12.5%  9059  \" cat\"

gpt-4o, o200k_base, window 128000 tokens, exact
"
    );
}

#[test]
fn json_adds_up() {
    let text = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    for encoding in ["o200k_base", "gpt2", "llama3", "gemma3"] {
        let stats = run(&["stats", "--json", "-e", encoding, "--top", "1000000"], text.clone()).json();
        let count = run(&["count", "--json", "-e", encoding], text.clone()).json();
        let number = |key: &str| stats[key].as_u64().unwrap();
        for key in ["tokens", "words", "bytes", "chars", "lines"] {
            assert_eq!(stats[key], count["total"][key], "{key} {encoding}");
        }
        let lengths = |key: &str| -> Option<(u64, u64)> {
            let pairs = stats[key].as_array()?.iter();
            let pairs = pairs.map(|pair| (pair["bytes"].as_u64().unwrap(), pair["count"].as_u64().unwrap()));
            Some(pairs.fold((0, 0), |sum, (bytes, count)| (sum.0 + bytes * count, sum.1 + count)))
        };
        // Without what a normalizer adds, the tokens are the text.
        let (bytes, tokens) = lengths("token_lengths").unwrap();
        assert_eq!((bytes, tokens), (number("bytes"), number("tokens")), "{encoding}");
        match lengths("piece_lengths") {
            Some((bytes, pieces)) => {
                let pairs = stats["piece_tokens"].as_array().unwrap().iter();
                let pairs =
                    pairs.map(|pair| (pair["tokens"].as_u64().unwrap(), pair["count"].as_u64().unwrap()));
                let sums = pairs.fold((0, 0), |sum, (tokens, count)| (sum.0 + tokens * count, sum.1 + count));
                assert_eq!(sums, (number("tokens") - number("special_tokens"), pieces), "{encoding}");
                assert_eq!(bytes, number("bytes"), "{encoding}");
            }
            None => assert_eq!((encoding, &stats["piece_tokens"]), ("gemma3", &serde_json::Value::Null)),
        }
        let top = stats["top"].as_array().unwrap();
        // Some vocabularies find special tokens in ordinary text, such as runs of line ends.
        let specials = top.len() as u64 - number("distinct_tokens");
        assert_eq!(specials == 0, number("special_tokens") == 0, "{encoding}");
        assert_eq!(top.iter().map(|row| row["count"].as_u64().unwrap()).sum::<u64>(), number("tokens"));
        assert_eq!(number("attention_pairs"), number("tokens").pow(2));
        assert_eq!(number("causal_attention_pairs"), number("tokens") * (number("tokens") + 1) / 2);
    }
}

#[test]
fn several_texts_are_added_up_whatever_the_threads() {
    let files = folder(&[("a.txt", b"one two three"), ("b.txt", b"four five"), ("c.txt", b"six \xff")]);
    let one = run_in(&files, &["stats", "--json", "-j", "1", "."]).json();
    let two = run_in(&files, &["stats", "--json", "-j", "2", "."]).json();
    assert_eq!(one, two);
    assert_eq!(one["files"], 3);
    assert_eq!(one["bytes"], 27);
}

#[test]
fn what_has_no_numbers_says_so() {
    let empty = run(&["stats", "-q"], "").silent();
    assert!(empty.contains("bytes per token        -") && !empty.contains('█'), "{empty}");
    run(&["stats", "-m", "claude-opus-5"], "text").failed(&["not public", "-e ENCODING"]);
    run(&["stats", "--bos"], "text").failed(&["--bos", "leave it out"]);
    run(&["stats", "missing.txt"], "").failed(&["missing.txt"]);
    let whole = run(&["stats", "-e", "gemma3"], "text").silent();
    assert!(whole.contains("lengths of pieces: not known"), "{whole}");
}
