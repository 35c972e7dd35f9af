//! `tokenize explain`. That the ids are right is checked by tests/vectors.rs, with every golden row.

use serde_json::json;

use crate::vocabulary::tiktoken;
use crate::{folder, run, run_in};

#[test]
fn every_merge_and_the_row_that_it_leaves() {
    let expected = "\
text        strawberry
encoding    o200k_base (gpt-4o)
pieces      1: strawberry
tokens      3: st raw berry
ids         302 1618 19772

strawberry: 10 symbols, 7 merges, 3 tokens
  step   rank  merge     row
     0                   s t r a w b e r r y
     1    259  e + r     s t r a w b er r y
     2    302  s + t     st r a w b er r y
     3    614  r + a     st ra w b er r y
     4    718  b + er    st ra w ber r y
     5   1102  r + y     st ra w ber ry
     6   1618  ra + w    st raw ber ry
     7  19772  ber + ry  st raw berry
  no two neighbours merge any more: st raw berry

tokens  other encodings  text of the tokens
     3  cl100k_base      str aw berry
     3  llama3           str aw berry
     1  gemma3           strawberry
";
    assert_eq!(run(&["explain", "strawberry"], "").silent(), expected);
    assert_eq!(run(&["explain"], "strawberry").silent(), expected);
    assert_eq!(run(&["explain", "-"], "strawberry").silent(), expected);
    let ids = run(&["encode"], "strawberry").silent();
    assert_eq!(ids, "302 1618 19772\n");
}

#[test]
fn pieces_signs_and_what_is_cut() {
    let text = b" the e\xcc\x81\xe2\x80 the<|endoftext|>";
    let expected = "\
text        ␣the␣e\\u{301}‹e2 80›␣the<|endoftext|>
encoding    o200k_base
pieces      4: ␣the ␣e\\u{301}‹e2 80› ␣the <|endoftext|>
tokens      6: ␣the ␣e \\u{301} ‹e2 80› ␣the <|endoftext|>
ids         290 319 13430 318 290 199999

piece 1 of 4: ␣the: 4 symbols, 3 merges, 1 token
  step  rank  merge  row
     0               ␣ t h e
     1   260  ␣ + t  ␣t h e
     2   273  h + e  ␣t he
  more merges: 1 (--limit 0 shows all)
  looked up as a whole: token 290 (merging comes to the same)

piece 2 of 4: ␣e\\u{301}‹e2 80›: 6 symbols, 3 merges, 3 tokens
";
    let args = ["explain", "-e", "o200k_base", "--in", "none", "--special", "encode", "--limit", "2"];
    let out = run(&args, text).silent();
    assert!(out.starts_with(expected), "{out}");
    assert!(out.ends_with("\nmore pieces: 2 (--limit 0 shows all)\n"), "{out}");
    let all = run(&["explain", "-e", "o200k_base", "--in", "none", "--special", "encode"], text).silent();
    let end = "\npiece 3 of 4: ␣the, as piece 1\n\npiece 4 of 4: <|endoftext|>\n  the special token 199999, found before \
               the text is cut\n";
    assert!(all.ends_with(end), "{all}");
}

#[test]
fn why_a_token_is_not_there() {
    let args = ["explain", "strawberry", "--in", "none", "--no-merge-found"];
    let expected = ["raw", "er", "be", "straw", "happy"].map(|token| ["--expect", token]).concat();
    let out = run(&[&args[..], &expected].concat(), "").silent();
    let wanted = "
  no two neighbours merge any more: st raw berry
  st + raw: together no token
  raw + berry: together no token

expected raw, the token 1618 (made of ra + w, rank 1618)
  byte 2 to 5: it is there

expected er, the token 259 (made of e + r, rank 259)
  byte 6 to 8: it is made, and then merge 4 (rank 718) joins b + er

expected be, the token 1464 (made of b + e, rank 1464)
  byte 5 to 7: merge 1 (rank 259) joins e + r first, across its border (its own merge has rank 1464)

expected straw: no token of o200k_base; by itself it becomes st raw

expected happy, the token 51917 (made of h + appy, rank 51917)
  its bytes are not in the text; a space before a word belongs to the token
";
    assert!(out.ends_with(wanted), "{out}");

    let cut =
        run(&["explain", "it's 1234", "--expect", "234", "--expect", "<|endoftext|>", "--in", "none"], "");
    let cut = cut.silent();
    assert!(cut.contains("piece 3, byte 1 to 4: the text is cut after 123, before merging begins"), "{cut}");
    let special =
        run(&["explain", "<|endoftext|>", "--expect", "<|endoftext|>", "--in", "none"], "").silent();
    assert!(
        special.ends_with("no special token was found here: --special encode looks for them\n"),
        "{special}"
    );
}

/// "xyz" is a token that no merge makes, and "bc" one that another merge keeps from being made.
#[test]
fn what_merging_does_not_come_to() {
    let folder = folder(&[("ranks", &tiktoken(&[b"ab", b"xyz", b"bc", b"abc"]))]);
    let args = ["explain", "xyz", "xyzz", "abc", "--vocab", "ranks", "--like", "cl100k_base", "--in", "none"];
    let out = run_in(&folder, &[&args[..], &["--no-merge-found", "--expect", "bc"]].concat()).silent();
    let whole = "\nxyz: 3 symbols, 0 merges, 1 token\n  looked up as a whole: token 257 (merging would \
                 come to x y z)\n";
    assert!(out.contains(whole), "{out}");
    let apart = "  no two neighbours merge any more: x y z z\n  x + y: together no token\n";
    assert!(out.contains(apart), "{out}");
    let crossed =
        "byte 1 to 3: merge 1 (rank 256) joins a + b first, across its border (its own merge has rank 258)\n";
    assert!(out.ends_with(crossed), "{out}");
}

#[test]
fn one_document_for_programs() {
    let args = ["explain", "hé", "e", "--json", "--in", "cl100k_base", "--expect", "h", "--no-merge-found"];
    let json = run(&args, "").json();
    assert_eq!((&json["schema_version"], &json["encoding"]), (&1.into(), &"o200k_base".into()));
    assert_eq!(json["texts"].as_array().unwrap().len(), 2);
    let text = &json["texts"][0];
    assert_eq!(
        (&text["text"], &text["normalized"], &text["ids"]),
        (&"hé".into(), &json!(null), &json!([79163]))
    );
    let piece = &text["pieces"][0];
    assert_eq!(piece["way"], "whole");
    assert_eq!(piece["symbols"][1], json!({ "id": 127, "bytes_hex": "c3", "start": 1, "end": 2 }));
    let merge = json!({ "rank": 377, "left": 127, "right": 102, "token": 377, "text": "é", "start": 1, "middle": 2,
        "end": 3 });
    assert_eq!((&piece["merges"][0], piece["merges"].as_array().unwrap().len()), (&merge, 2));
    assert_eq!(piece["merged"], json!([{ "id": 79163, "text": "hé", "start": 0, "end": 3 }]));
    let other = json!([{ "encoding": "cl100k_base", "tokens": 2, "ids": [71, 978],
        "texts": [{ "text": "h" }, { "text": "é" }] }]);
    assert_eq!(text["others"], other);
    assert_eq!(
        (&text["expected"][0]["id"], &text["expected"][0]["places"][0]["reason"]),
        (&71.into(), &"merged_on".into())
    );
}

#[test]
fn what_a_normalizer_does_is_shown() {
    let out = run(&["explain", "a b", "-e", "mistral-v1", "--in", "none"], "").silent();
    assert!(
        out.starts_with("text        a␣b\nnormalized  ␣a␣b\nencoding    mistral-v1\npieces      1: ␣a␣b\n"),
        "{out}"
    );
    let json = run(&["explain", "a b", "-e", "mistral-v1", "--in", "none", "--json"], "").json();
    assert_eq!(json["texts"][0]["normalized"], json!({ "text": " a b" }));
}

#[test]
fn what_cannot_be_explained() {
    run(&["explain", "x", "--in", "nothing"], "").failed(&["--in: unknown encoding \"nothing\"", "hint: "]);
    run(&["explain", "x", "--in", "none", "--in", "llama3"], "")
        .failed(&["--in: none leaves out all others"]);
    run(&["explain", "-m", "claude-opus-4", "x"], "").failed(&["is not public: there are no token ids"]);
    run(&["explain", "x", "--expect", ""], "").failed(&["--expect: an empty text is no token"]);
    run(&["explain", "-", "-"], "").failed(&["-: standard input can be read only once"]);
    let forbidden = run(&["explain", "<|endoftext|>", "--special", "forbid"], "");
    forbidden.failed(&["the text holds the special token <|endoftext|> at byte 0"]);
    let empty = run(&["explain", "", "--in", "none"], "").silent();
    assert_eq!(empty, "text\nencoding    o200k_base (gpt-4o)\npieces      0:\ntokens      0:\nids\n");
}

/// A word of a megabyte: shown in part, and quickly.
#[test]
fn a_long_word() {
    let out = run(&["explain", "--in", "none", "--limit", "3"], "ab".repeat(500_000)).silent();
    assert!(out.contains(": 1000000 symbols, "), "{}", &out[..2000]);
    assert!(out.lines().all(|line| line.chars().count() < 200) && out.lines().count() < 20);
}
