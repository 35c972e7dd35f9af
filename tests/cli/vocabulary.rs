//! `--vocab`, `--bos`, `--eos`, `--special plain` and `tokenize vocab`.

use bytepair::format;
use serde_json::json;

use crate::{folder, run, run_in};

/// A `.tiktoken` file of the 256 bytes (with ids from 0 on) and these tokens.
pub(crate) fn tiktoken(tokens: &[&[u8]]) -> Vec<u8> {
    let bytes = (0..=255u8).map(|byte| vec![byte]);
    let all = bytes.chain(tokens.iter().map(|token| token.to_vec())).zip(0..);
    format::tiktoken::write(&bytepair::Vocabulary::new(all).unwrap()).unwrap()
}

/// A small `tokenizer.json`: "ab", a beginning, an end, and a token that is found in ordinary text.
fn tokenizer_json() -> Vec<u8> {
    let added = |id: u32, content: &str, special: bool| {
        json!({ "id": id, "content": content, "special": special, "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": false })
    };
    let special = |name: &str, id: u32| json!({ "id": name, "ids": [id], "tokens": [name] });
    // The ids of the added tokens are among the others', so they have to be in the vocabulary.
    let mut all = vocab();
    for (name, id) in [("<b>", 4), ("<e>", 5), ("aa", 6)] {
        all[name] = id.into();
    }
    let file = json!({
        "version": "1.0", "truncation": null, "padding": null,
        "added_tokens": [added(4, "<b>", true), added(5, "<e>", true), added(6, "aa", false)],
        "normalizer": null,
        "pre_tokenizer": { "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true },
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [
                { "SpecialToken": { "id": "<b>", "type_id": 0 } },
                { "Sequence": { "id": "A", "type_id": 0 } },
                { "SpecialToken": { "id": "<e>", "type_id": 0 } },
            ],
            "pair": [],
            "special_tokens": { "<b>": special("<b>", 4), "<e>": special("<e>", 5) },
        },
        "decoder": { "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true },
        "model": {
            "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
            "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
            "vocab": all, "merges": [["a", "b"]],
        },
    });
    serde_json::to_vec(&file).unwrap()
}

/// The 256 bytes in the byte alphabet with ids from 10 on, and "ab" with the id 3.
fn vocab() -> serde_json::Value {
    let mut vocab = serde_json::Map::new();
    let mut more = 256;
    for byte in 0..=255u32 {
        let shown = matches!(byte, 33..=126 | 161..=172 | 174..=255);
        let code = if shown { byte } else { more };
        more += u32::from(!shown);
        vocab.insert(char::from_u32(code).unwrap().to_string(), (byte + 10).into());
    }
    vocab.insert("ab".into(), 3.into());
    vocab.into()
}

/// Rows of a small GGUF file: the key, the number of the type, the value.
fn gguf() -> Vec<u8> {
    let text = |text: &str| [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat();
    let value =
        |key: &str, kind: u32, value: Vec<u8>| [text(key), kind.to_le_bytes().to_vec(), value].concat();
    let list = |kind: u32, values: Vec<Vec<u8>>| {
        let count = (values.len() as u64).to_le_bytes();
        [&kind.to_le_bytes()[..], &count, &values.concat()].concat()
    };
    let vocab = vocab();
    let mut names: Vec<(u64, &str)> =
        vocab.as_object().unwrap().iter().map(|(name, id)| (id.as_u64().unwrap(), name.as_str())).collect();
    names.sort_unstable();
    let tokens = names.iter().map(|(_, name)| text(name)).collect();
    let rows = [
        value("tokenizer.ggml.model", 8, text("gpt2")),
        value("tokenizer.ggml.pre", 8, text("gpt-2")),
        value("tokenizer.ggml.tokens", 9, list(8, tokens)),
        value("tokenizer.ggml.merges", 9, list(8, vec![text("a b")])),
    ];
    let count = rows.len() as u64;
    [b"GGUF".to_vec(), 3u32.to_le_bytes().to_vec(), vec![0; 8], count.to_le_bytes().to_vec(), rows.concat()]
        .concat()
}

#[test]
fn files_of_all_kinds() {
    let merges = b"#version: 0.2\na b\n";
    let vocab = serde_json::to_vec(&vocab()).unwrap();
    let weights = [gguf(), vec![0xaa; 100_000]].concat();
    let folder = folder(&[
        ("ranks", &tiktoken(&[b"ab"])),
        ("model/tokenizer.json", &tokenizer_json()),
        ("model/unrelated.gguf", b"no GGUF file"),
        ("gpt2/vocab.json", &vocab),
        ("gpt2/merges.txt", merges),
        ("gpt2/added_tokens.json", b"{\"<new>\": 777}"),
        ("old/encoder.json", &vocab),
        ("old/vocab.bpe", merges),
        ("weights/some.gguf", &weights),
        ("text", b"ab abc"),
    ]);
    for (vocab, ids) in [
        ("model", "3 42 3 109\n"),
        ("model/tokenizer.json", "3 42 3 109\n"),
        // The token "ab" is the first, and the ids are those of the list.
        ("weights", "0 33 0 100\n"),
        ("weights/some.gguf", "0 33 0 100\n"),
    ] {
        assert_eq!(run_in(&folder, &["encode", "--vocab", vocab, "text"]).silent(), ids, "{vocab}");
        assert_eq!(run_in(&folder, &["-q", "--vocab", vocab, "text"]).silent(), "4\n", "{vocab}");
        let decode =
            [&["decode", "--vocab", vocab], &ids.split_whitespace().collect::<Vec<_>>()[..]].concat();
        assert_eq!(run_in(&folder, &decode).silent(), "ab abc", "{vocab}");
    }
    // Of these, only OpenAI's own is known to have GPT-2's pattern.
    for vocab in ["gpt2", "old"] {
        run_in(&folder, &["--vocab", vocab, "text"]).failed(&["holds tokens only", "hint: --like gpt2"]);
        let encode = ["encode", "--vocab", vocab, "--like", "gpt2", "text"];
        assert_eq!(run_in(&folder, &encode).silent(), "3 42 3 109\n", "{vocab}");
    }
    let added = ["decode", "--vocab", "gpt2", "--like", "gpt2", "777", "50256"];
    assert_eq!(run_in(&folder, &added).silent(), "<new><|endoftext|>");
    let like = ["encode", "--vocab", "ranks", "--like", "llama2", "text"];
    assert!(run_in(&folder, &like).failed(&["ranks: ", "id"]).out.is_empty());
    assert_eq!(
        run_in(&folder, &["encode", "--vocab", "ranks", "--like", "cl100k_base", "text"]).silent(),
        "256 32 256 99\n"
    );
    run_in(&folder, &["--vocab", "ranks", "text"]).failed(&["ranks: holds tokens only", "hint: --like"]);
    run_in(&folder, &["--vocab", "model", "--like", "gpt2", "text"]).failed(&["--like: ", "leave it out"]);
    run_in(&folder, &["--like", "gpt2", "text"]).failed(&["--vocab"]);
}

#[test]
fn ranks_of_an_encoding_are_known() {
    let file = format::tiktoken::write(bytepair::encoding("cl100k_base").unwrap().vocabulary()).unwrap();
    let packed = format::pack(bytepair::encoding("gemma3").unwrap().vocabulary()).unwrap();
    let folder = folder(&[
        ("a.tiktoken", &file),
        ("b.pack", &packed),
        ("text", "it's  1234\n\nñ<|endoftext|>".as_bytes()),
    ]);
    for (vocab, encoding) in [("a.tiktoken", "cl100k_base"), ("b.pack", "gemma3")] {
        for special in ["text", "encode"] {
            let with =
                |flag, name| run_in(&folder, &["encode", flag, name, "--special", special, "text"]).silent();
            assert_eq!(with("--vocab", vocab), with("-e", encoding));
        }
    }
    let told = run_in(&folder, &["-v", "--vocab", "a.tiktoken", "text"]).good();
    assert!(told.err.contains("a.tiktoken has the tokens of cl100k_base: "), "{}", told.err);
    let half: String = String::from_utf8(file).unwrap().split_inclusive('\n').take(50_000).collect();
    std::fs::write(folder.path().join("half"), half).unwrap();
    let told = run_in(&folder, &["--vocab", "half", "--like", "cl100k_base", "text"]).good();
    let words = "half has only 50000 of the 100256 tokens of cl100k_base: is it whole?";
    assert!(told.err.contains(words), "{}", told.err);
}

#[test]
fn the_window_of_a_model() {
    let file = format::tiktoken::write(bytepair::encoding("cl100k_base").unwrap().vocabulary()).unwrap();
    let folder = folder(&[("own.tiktoken", &file), ("other.json", &tokenizer_json()), ("text", b"ab")]);
    let last = |args: &[&str]| run_in(&folder, args).silent().lines().last().unwrap().to_owned();
    assert_eq!(
        last(&["--vocab", "own.tiktoken", "-m", "gpt-4", "text"]),
        "gpt-4, own.tiktoken, window 8192 tokens, exact"
    );
    assert_eq!(
        last(&["--vocab", "other.json", "-m", "gpt-4", "text"]),
        "gpt-4, other.json, window 8192 tokens, estimate: not exactly the model's encoding, cl100k_base"
    );
    assert_eq!(last(&["--vocab", "other.json", "text"]), "other.json, exact; no model named, so no window");
    let json = run_in(&folder, &["--vocab", "other.json", "-m", "gpt-4", "--json", "text"]).json();
    assert_eq!((&json["encoding"], &json["window"]), (&"other.json".into(), &8192.into()));
    let json = run_in(&folder, &["--vocab", "other.json", "--json", "text"]).json();
    assert_eq!((&json["model"], &json["window"]), (&json!(null), &json!(null)));
    run_in(&folder, &["--vocab", "other.json", "-e", "gpt2", "text"]).failed(&["cannot be used with"]);
    run_in(&folder, &["-e", "other.json", "text"]).failed(&["hint: a vocabulary file is read with --vocab"]);
}

#[test]
fn what_is_no_vocabulary_is_an_error_that_names_the_file() {
    let folder = folder(&[
        ("text", b"ab"),
        ("page", b"<!DOCTYPE html><html></html>"),
        ("cut.gguf", &gguf()[..100]),
        ("empty/text", b""),
        ("two/a.tiktoken", b""),
        ("two/b.model", b""),
        ("vocab.json", &serde_json::to_vec(&vocab()).unwrap()),
        ("bad.tiktoken", b"AA== 0\n!! 1\n"),
    ]);
    for (vocab, words) in [
        ("page", &["page: not a vocabulary file: ", "HTML"][..]),
        ("text", &["text: not a vocabulary file: "]),
        ("missing", &["missing: No such file"]),
        ("cut.gguf", &["cut.gguf: "]),
        ("empty", &["empty: no vocabulary file in this folder", "hint: looked for tokenizer.json"]),
        ("two", &["two: 2 files in this folder may be", "a.tiktoken"]),
        ("vocab.json", &["vocab.json: ", "merges.txt", "hint: give the folder"]),
        ("bad.tiktoken", &["bad.tiktoken: line 2: "]),
        ("/dev/null", &["/dev/null: not a vocabulary file"]),
    ] {
        let failed = run_in(&folder, &["--vocab", vocab, "text"]).failed(words);
        assert_eq!(failed.out, "", "{vocab}");
    }
}

#[test]
fn beginning_and_end() {
    let folder = folder(&[("v.json", &tokenizer_json()), ("a", b"ab"), ("b", b"")]);
    let encode = |args: &[&str]| run_in(&folder, &[&["encode", "--vocab", "v.json"], args].concat()).silent();
    assert_eq!(encode(&["--bos", "a", "b"]), "4 3\n4\n");
    assert_eq!(encode(&["--bos", "--eos", "a", "b"]), "4 3 5\n4 5\n");
    let lines = "{\"id\":4,\"bytes\":\"<b>\",\"start\":0,\"end\":0}\n\
                 {\"id\":3,\"bytes\":\"ab\",\"start\":0,\"end\":2}\n\
                 {\"id\":5,\"bytes\":\"<e>\",\"start\":2,\"end\":2}\n";
    assert_eq!(encode(&["--bos", "--eos", "--jsonl", "a"]), lines);
    let json = run_in(&folder, &["--vocab", "v.json", "--bos", "--eos", "--json", "a", "b"]).json();
    let tokens = |value: &serde_json::Value| value["tokens"].as_u64().unwrap();
    assert_eq!((tokens(&json["files"][0]), tokens(&json["files"][1]), tokens(&json["total"])), (3, 2, 5));

    assert_eq!(run(&["encode", "-e", "llama3", "--bos"], "Hello").silent(), "128000 9906\n");
    assert_eq!(run(&["-q", "-m", "gemini-2.5-pro", "--bos"], "Hello").silent(), "2\n");
    for args in [&["--bos"][..], &["encode", "--bos"], &["encode", "-e", "llama3", "--eos"]] {
        let failed = run(args, "Hello").failed(&["puts no token", "hint: leave out --"]);
        assert_eq!(failed.out, "");
    }
}

#[test]
fn plain_text_is_not_searched_for_anything() {
    let folder = folder(&[("v.json", &tokenizer_json()), ("a", b"aa<b>")]);
    let with =
        |special| run_in(&folder, &["encode", "--vocab", "v.json", "--special", special, "a"]).silent();
    assert_eq!(with("text"), "6 70 108 72\n");
    assert_eq!(with("encode"), "6 4\n");
    assert_eq!(with("plain"), "107 107 70 108 72\n");
}

#[test]
fn bytes_that_are_no_utf8() {
    let warned = run(&["-q", "-e", "gemma3"], b"a\xff").good();
    assert_eq!(warned.err, "");
    let warned = run(&["encode", "-e", "gemma3"], b"a\xff").good();
    assert!(warned.err.contains("not valid UTF-8 from byte 1 on; U+FFFD stands for"), "{}", warned.err);
    assert_eq!(warned.out, run(&["encode", "-e", "gemma3"], "a\u{fffd}").silent());
    let warned = run(&["encode", "-e", "llama3"], b"a\xff").good();
    assert!(warned.err.contains("from byte 1 on; counted as the bytes it is"), "{}", warned.err);
}

#[test]
fn the_list_of_vocabularies() {
    let list = run(&["vocab"], "").silent();
    let row = list.lines().find(|line| line.contains(" o200k_base ")).unwrap();
    let cells: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(cells[..2], ["199998", "2"]);
    assert_eq!(cells[3..], ["o200k_base", "446a9538cb6c", "MIT", "o200k_base.tiktoken"]);
    let json = run(&["vocab", "--json"], "").json();
    let entries = json.as_array().unwrap();
    assert_eq!(entries.len(), bytepair::encoding_names().count());
    let llama = entries.iter().find(|entry| entry["name"] == "llama3").unwrap();
    assert_eq!((&llama["built_in"], &llama["feature"]), (&true.into(), &"licence-llama".into()));
    assert_eq!(llama["sha256"].as_str().unwrap().len(), 64);
    assert!(llama["origin"].as_str().unwrap().contains("llama-models"));
    assert!(llama["bytes"].as_u64().unwrap() > 1_000_000);
}

#[test]
fn one_vocabulary() {
    let shown = run(&["vocab", "llama3"], "").silent();
    for line in [
        "name        llama3",
        "licence     Llama 3.1 Community License (cargo feature licence-llama)",
        "tokens      128000 (ids 0-127999)",
        "special     256",
        "bos         128000 <|begin_of_text|>",
        "eos         -",
        "128000  control  <|begin_of_text|>",
        "and 236 more (--all)",
    ] {
        assert!(shown.lines().any(|shown| shown.trim() == line), "{line:?} is missing in {shown}");
    }
    assert!(shown.contains("split       (?i:'s|'t|"), "{shown}");
    assert!(run(&["vocab", "llama3", "--all"], "").silent().lines().count() > 256);
    let json = run(&["vocab", "gemma3", "--json"], "").json();
    assert_eq!(
        (&json["unit"], &json["bos"], &json["hides_control"]),
        (&"character".into(), &json!([2]), &true.into())
    );
    assert_eq!((&json["split"], json["normalizer"].as_array().unwrap().len()), (&json!([]), 2));
    assert_eq!(json["specials"].as_array().unwrap().len() as u64, json["special_tokens"].as_u64().unwrap());

    let folder = folder(&[("v/tokenizer.json", &tokenizer_json()), ("ranks", &tiktoken(&[b"ab"]))]);
    let json = run_in(&folder, &["vocab", "v", "--json"]).json();
    assert_eq!((&json["name"], &json["tokens"]), (&"tokenizer.json".into(), &257.into()));
    assert_eq!((&json["ids"], &json["eos"]), (&json!([[3, 3], [10, 265]]), &json!([5])));
    assert_eq!(
        json["specials"][2],
        json!({ "id": 6, "name": "aa", "kind": "text", "in_normalized": false,
        "single_word": false, "strips_left": false, "strips_right": false })
    );
    assert!(
        run_in(&folder, &["vocab", "ranks", "--like", "cl100k_base"]).silent().contains("257 (ids 0-256)")
    );

    run(&["vocab", "gpt-4o"], "").failed(&["gpt-4o: ", "hint: the model's encoding is o200k_base"]);
    run(&["vocab", "nothing"], "").failed(&["nothing: no encoding has this name"]);
    run(&["vocab", "gpt2", "--like", "gpt2"], "").failed(&["--like: "]);
}

#[test]
fn tokens_by_id_text_and_bytes() {
    let expected = "\
id      0
text    \"!\"
bytes   21
length  1 in bytes, 1 in characters
kind    symbol
rank    0
made of merging begins with it

\"!\"  0

id      279
text    \" the\"
bytes   20 74 68 65
length  4 in bytes, 4 in characters
kind    merge
rank    279
made of \" th\" (270) + \"e\" (68)

\" the\"  279  rank 279
├─ \" th\"  270  rank 270
│  ├─ \" t\"  259  rank 259
│  │  ├─ \" \"  220
│  │  └─ \"t\"  83
│  └─ \"h\"  71
└─ \"e\"  68

id      378
text    \"\\xe2\\x80\"
bytes   e2 80
length  2 in bytes, 0 in characters
kind    merge
rank    378
made of \"\\xe2\" (158) + \"\\x80\" (222)

\"\\xe2\\x80\"  378  rank 378
├─ \"\\xe2\"  158
└─ \"\\x80\"  222
";
    let args = ["vocab", "cl100k_base", "--token", " the", "--id", "0", "--bytes", "E2 80", "--tree"];
    assert_eq!(run(&args, "").silent(), expected);
    let json = run(&[&args[..], &["--json"]].concat(), "").json();
    assert_eq!(json["tokens"][1]["tree"]["parts"][0]["id"], 270);
    assert_eq!(json["tokens"][2]["bytes_hex"], "e280");
    let special = run(&["vocab", "cl100k_base", "--id", "100257", "--jsonl"], "").silent();
    let wanted = json!({ "id": 100257, "rank": null, "text": "<|endoftext|>", "bytes": 13, "chars": 13,
        "kind": "special", "left": null, "right": null });
    assert_eq!(serde_json::from_str::<serde_json::Value>(&special).unwrap(), wanted);

    run(&["vocab", "cl100k_base", "--id", "100256"], "")
        .failed(&["--id: 100256 is no token", "hint: its ids are"]);
    let missing = run(&["vocab", "cl100k_base", "--token", "tokenization"], "");
    missing.failed(&["is no token of cl100k_base", "hint: it becomes \"token\" \"ization\""]);
    run(&["vocab", "llama2", "--token", "▁the"], "")
        .failed(&["hint: the spaces that SentencePiece writes as ▁"]);
    run(&["vocab", "cl100k_base", "--bytes", "e"], "").failed(&["two hexadecimal digits a byte"]);
    run(&["vocab", "cl100k_base", "--tree"], "").failed(&["--tree: of which token?"]);
    run(&["vocab", "--id", "1"], "").failed(&["NAME|FILE|FOLDER"]);
}

#[test]
fn lists_of_tokens() {
    let tokens: [&[u8]; 6] = [b"ab", "é".as_bytes(), b"xyz", b"ab\"\\\n", "\u{200b}".as_bytes(), b"abab"];
    let folder = folder(&[("ranks", &tiktoken(&tokens))]);
    let vocab = |args: &[&str]| run_in(&folder, &[&["vocab", "ranks", "--like", "gpt2"], args].concat());
    // That of the ids of special tokens which is free comes with the pattern.
    let expected = "   id  rank  bytes  kind         text
50256     -     13  special      \"<|endoftext|>\"
  259     -      5  whole-piece  \"ab\\\"\\\\\\n\"
  261   261      4  merge        \"abab\"
";
    assert_eq!(vocab(&["--longest", "3"]).silent(), expected);
    let found = vocab(&["--search", "^[^a<]..$"]).silent();
    assert_eq!(found, " id  rank  bytes  kind         text\n258     -      3  whole-piece  \"xyz\"\n");
    let bytes = vocab(&["--search", r"(?-u:\xc3)", "--limit", "1"]).silent();
    assert_eq!(
        bytes,
        " id  rank  bytes  kind    text\n195   195      1  symbol  \"\\xc3\"\nand 1 more (--limit 0 lists all)\n"
    );
    assert_eq!(vocab(&["--search", "nothing"]).good().err, "tokenize: note: there are no such tokens\n");
    vocab(&["--search", "(?="])
        .failed(&["--search: \"(?=\" is no regular expression: look-around", "hint: "]);
    vocab(&["--search", "a", "--list"]).failed(&["cannot be used with"]);

    let list = vocab(&["--list"]).silent();
    let lines: Vec<&str> = list.lines().skip(1).collect();
    assert_eq!(lines.len(), 263);
    for (line, object) in lines.iter().zip(vocab(&["--jsonl"]).silent().lines()) {
        let object: serde_json::Value = serde_json::from_str(object).unwrap();
        let id: u32 = line.split_whitespace().next().unwrap().parse().unwrap();
        assert_eq!(object["id"], id);
        let text = read_back(line.split_once('"').unwrap().1.strip_suffix('"').unwrap());
        let wanted = match (object["text"].as_str(), object["bytes_hex"].as_str()) {
            (Some(text), None) => text.as_bytes().to_vec(),
            (None, Some(hex)) => vec![u8::from_str_radix(hex, 16).unwrap()],
            _ => panic!("{object}"),
        };
        assert_eq!(text, wanted, "{line}");
    }
}

/// The bytes of a text between quotes, as the help of `vocab --list` describes it.
fn read_back(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c != '\\' {
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            rest = &rest[c.len_utf8()..];
            continue;
        }
        match rest.as_bytes()[1] {
            b'x' => {
                bytes.push(u8::from_str_radix(&rest[2..4], 16).unwrap());
                rest = &rest[4..];
            }
            b'u' => {
                let end = rest.find('}').unwrap();
                let c = char::from_u32(u32::from_str_radix(&rest[3..end], 16).unwrap()).unwrap();
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                rest = &rest[end + 1..];
            }
            other => {
                bytes.push(match other {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    other => other,
                });
                rest = &rest[2..];
            }
        }
    }
    bytes
}

#[test]
fn tokens_that_are_never_made() {
    let expected = "  id  rank  bytes  why  text
3413  3413      3  cut  \" I'\"
3914  3914      3  cut  \"\\n//\"
and 10 more (--limit 0 lists all)
";
    let args = ["vocab", "o200k_base", "--unreachable", "--limit", "2"];
    assert_eq!(run(&args, "").silent(), expected);
    let none = run(&["vocab", "gpt2", "--unreachable"], "").good();
    assert_eq!((none.out.as_str(), none.err.as_str()), ("", "tokenize: note: there are no such tokens\n"));
    // Bytes that have a token of their own as characters are never encoded with those that stand for bytes.
    let json = run(&["vocab", "mistral-v3", "--unreachable", "--json", "--limit", "1"], "").json();
    assert_eq!((&json["found"], &json["tokens"][0]["why"]), (&125.into(), &"never".into()));
    let file = folder(&[("v/tokenizer.json", &listed())]);
    let never = run_in(&file, &["vocab", "v", "--unreachable"]).silent();
    assert_eq!(never, "id  rank  bytes  why    text\n 7     -      3  never  \"xyz\"\n");
}

/// As `tokenizer_json`, with a token that no merge makes.
fn listed() -> Vec<u8> {
    let mut file: serde_json::Value = serde_json::from_slice(&tokenizer_json()).unwrap();
    file["model"]["vocab"]["xyz"] = 7.into();
    serde_json::to_vec(&file).unwrap()
}

#[test]
fn two_vocabularies_differ() {
    let expected = "\
tokens  special tokens are counted, too
100261  tokens of cl100k_base
128256  tokens of llama3
100256  in both, with the same id
     0  in both, with another id
     0  of these, made of other parts
     5  only in cl100k_base
 28000  only in llama3

only in cl100k_base:
    id  rank  bytes  kind     text
100257     -     13  special  \"<|endoftext|>\"
and 4 more (--limit 0 lists all)

only in llama3:
    id    rank  bytes  kind   text
100256  100256      2  merge  \" \\xd9\"
and 27999 more (--limit 0 lists all)
";
    let args = ["vocab", "cl100k_base", "--diff", "llama3", "--limit", "1"];
    assert_eq!(run(&args, "").silent(), expected);
    let json = run(&[&args[..], &["--json"]].concat(), "").json();
    assert_eq!((&json["same"], &json["vocabularies"][1]["only_here"]), (&100256.into(), &28000.into()));

    let folder = folder(&[
        ("one", &tiktoken(&[b"ab", b"bc", b"abc", b"q1"])),
        ("other", &tiktoken(&[b"bc", b"ab", b"abc", b"q2"])),
    ]);
    run_in(&folder, &["vocab", "one", "--diff", "other"]).failed(&["one: holds tokens only", "--like"]);
    let out = run_in(&folder, &["vocab", "one", "--like", "gpt2", "--diff", "other"]).silent();
    assert!(out.contains("     1  of these, made of other parts\n"), "{out}");
    let lines = run_in(&folder, &["vocab", "one", "--like", "gpt2", "--diff", "other", "--jsonl"]);
    let found: Vec<serde_json::Value> =
        lines.silent().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let found: Vec<_> =
        found.iter().map(|line| (&line["only_in"], &line["text"], &line["other_id"])).collect();
    let wanted = [
        (json!("one"), json!("q1"), json!(null)),
        (json!("other"), json!("q2"), json!(null)),
        (json!(null), json!("ab"), json!(257)),
        (json!(null), json!("bc"), json!(256)),
    ];
    assert_eq!(found, wanted.iter().map(|(a, b, c)| (a, b, c)).collect::<Vec<_>>());
}
