//! Tests of the reader and the writer: every part that is supported and every one that is not, by name. What whole
//! tokenizers encode is compared in `tests/`.

use serde_json::{Value, json};

use super::*;
use crate::normalize::NormalizerStep;
use crate::pretokenize::{Behavior, Split, SplitStep};
use crate::special::SpecialToken;
use crate::vocabulary::UnknownToken;

/// A small file with these parts in place of others.
fn file(parts: Value) -> Value {
    let mut file = json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
        "pre_tokenizer": null, "post_processor": null, "decoder": null,
        "model": model(json!({})),
    });
    put(&mut file, parts);
    file
}

fn model(parts: Value) -> Value {
    let mut model = json!({
        "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
        "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
        "vocab": {"a": 0, "b": 1, "ab": 2, "c": 3}, "merges": ["a b"],
    });
    put(&mut model, parts);
    model
}

fn put(object: &mut Value, parts: Value) {
    for (key, value) in parts.as_object().into_iter().flatten() {
        object[key] = value.clone();
    }
}

fn read_parts(parts: Value) -> Result<Parts, Error> {
    parse(file(parts).to_string().as_bytes())
}

/// The message of what is refused.
fn refused(parts: Value) -> String {
    match read_parts(parts.clone()) {
        Ok(read) => panic!("{parts} was read as {read:?}"),
        Err(error) => error.to_string(),
    }
}

fn steps(normalizer: Value) -> Vec<NormalizerStep> {
    let read = read_parts(json!({ "normalizer": normalizer })).expect("a supported normalizer");
    read.normalizer.steps().to_vec()
}

fn split(pre_tokenizer: Value) -> Split {
    read_parts(json!({ "pre_tokenizer": pre_tokenizer })).expect("a supported pre-tokenizer").split
}

fn one(pattern: &str, behavior: Behavior, invert: bool) -> Split {
    Split::Steps(vec![SplitStep::Pattern { pattern: pattern.into(), behavior, invert }])
}

fn added(id: u32, content: &str) -> Value {
    json!({
        "id": id, "content": content, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
        "special": true,
    })
}

#[test]
fn the_model_is_read() {
    let parts = read_parts(json!({})).expect("a small file");
    let names: Vec<&[u8]> = parts.model.tokens.iter().map(|(bytes, _)| bytes.as_slice()).collect();
    assert_eq!(names, [&b"a"[..], b"b", b"ab", b"c"]);
    assert_eq!(parts.model.merges, Some(vec![[0, 1, 2]]));
    assert_eq!((parts.model.unit, parts.model.whole_pieces), (Unit::Character, false));
    assert_eq!((parts.split, parts.frame), (Split::Whole, Frame::default()));
    let pairs = read_parts(json!({"model": model(json!({"merges": [["a", "b"]], "ignore_merges": true}))}));
    let pairs = pairs.expect("merges as pairs").model;
    assert_eq!((pairs.merges, pairs.whole_pieces), (Some(vec![[0, 1, 2]]), true));
    let unknown = json!({"unk_token": "c", "fuse_unk": true, "byte_fallback": true});
    let unknown = read_parts(json!({ "model": model(unknown) })).expect("an unknown token").model;
    assert_eq!(unknown.unknown, Some(UnknownToken { id: 3, fuses: true }));
    // Old files name neither the model's kind nor its newer settings; Windows puts a mark before them.
    let old = json!({"model": {"vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}}).to_string();
    assert!(parse(old.as_bytes()).is_ok());
    assert!(parse(&[b"\xef\xbb\xbf", old.as_bytes()].concat()).is_ok());
}

#[test]
fn models_that_are_not_supported_are_named() {
    for (parts, words) in [
        (json!({"type": "WordPiece"}), "is WordPiece; only BPE is supported"),
        (json!({"type": "WordLevel"}), "is WordLevel; only BPE is supported"),
        (json!({"type": "Unigram", "vocab": [["a", 0.5]], "unk_id": 0}), "is Unigram; only BPE is supported"),
        (json!({"vocab": [["a", 0.5]]}), "the vocab of the model is a list"),
        (json!({"merges": null}), "the model has no merges"),
        (json!({"dropout": 0.1}), "dropout 0.1"),
        (json!({"continuing_subword_prefix": "##"}), "continuing_subword_prefix \"##\""),
        (json!({"end_of_word_suffix": "</w>"}), "end_of_word_suffix \"</w>\""),
        (json!({"new_setting": 1}), "unknown field `new_setting`"),
        (json!({"unk_token": "?"}), "the unknown token \"?\" is not in the vocabulary"),
        (json!({"vocab": {"a": 0, "b": 0}}), "the tokens \"a\" and \"b\" both have the id 0"),
        (json!({"vocab": {"a": -1}}), "invalid value"),
        (json!({"vocab": {"a": 4294967296u64}}), "invalid value"),
        (json!({"vocab": {"a": "0"}}), "invalid type"),
        (json!({"merges": ["ab"]}), "merge 1, \"ab\", is not two tokens"),
        (
            json!({"merges": ["a b", "a x"]}),
            "merge 2, \"a\" and \"x\": the token \"x\" is not in the vocabulary",
        ),
        (json!({"merges": [["b", "a"]]}), "their result \"ba\" is not in the vocabulary"),
        (json!({"merges": [["a", "b", "c"]]}), "a merge: two tokens"),
        (json!({"merges": [["a"]]}), "a merge: two tokens"),
        (json!({"merges": [5]}), "a merge: two tokens"),
        (json!({"merges": [["", "a"]]}), "the token \"\" is not in the vocabulary"),
        (json!({"merges": {"a": "b"}}), "a list of merges"),
        (
            json!({"vocab": {"<0x61>": 0, "a": 1}, "byte_fallback": true, "merges": []}),
            "1 of the 256 byte tokens",
        ),
    ] {
        let found = refused(json!({ "model": model(parts) }));
        assert!(found.contains(words), "{found}");
    }
    let twice = r#"{"model": {"vocab": {"a": 0, "b": 1, "a": 2}, "merges": []}}"#;
    let error = parse(twice.as_bytes()).expect_err("a name that comes twice").to_string();
    assert!(error.contains("the token \"a\" comes twice"), "{error}");
}

#[test]
fn other_parts_that_are_not_supported_are_named() {
    for (parts, words) in [
        (json!({"truncation": {"max_length": 512}}), "tokenizer.json sets truncation"),
        (json!({"padding": {"strategy": "BatchLongest"}}), "tokenizer.json sets padding"),
        (json!({"new_part": 1}), "unknown field `new_part`"),
        (
            json!({"normalizer": {"type": "Precompiled", "precompiled_charsmap": ""}}),
            "the normalizer Precompiled",
        ),
        (
            json!({"normalizer": {"type": "BertNormalizer", "lowercase": true}}),
            "the normalizer BertNormalizer",
        ),
        (json!({"normalizer": {"type": "Nmt"}}), "the normalizer Nmt is not supported"),
        (json!({"normalizer": {"type": "NFC", "fast": true}}), "the normalizer NFC with the setting fast"),
        (json!({"normalizer": {}}), "the normalizer of the tokenizer.json has no type"),
        (json!({"normalizer": "NFC"}), "the normalizer of the tokenizer.json has no type"),
        (json!({"normalizer": {"type": "Sequence"}}), "the setting normalizers of the normalizer Sequence"),
        (json!({"pre_tokenizer": {"type": "UnicodeScripts"}}), "the pre-tokenizer UnicodeScripts"),
        (json!({"pre_tokenizer": {"type": "FixedLength", "length": 5}}), "the pre-tokenizer FixedLength"),
        (json!({"post_processor": {"type": "Other"}}), "the post-processor Other is not supported"),
        (json!({"decoder": {"type": "WordPiece", "prefix": "##"}}), "the decoder WordPiece is not supported"),
        (json!({"decoder": {"type": "BPEDecoder"}}), "the decoder BPEDecoder is not supported"),
        (json!({"decoder": {"type": "CTC"}}), "the decoder CTC is not supported"),
        (json!({"decoder": {"type": "Strip", "content": " ", "start": 2, "stop": 0}}), "the decoder Strip"),
        (
            json!({"decoder": {"type": "Replace", "pattern": {"String": "x"}, "content": " "}}),
            "the decoder Replace",
        ),
    ] {
        let found = refused(parts);
        assert!(found.contains(words), "{found}");
    }
}

#[test]
fn normalizers_become_steps() {
    let replace = |from: &str, to: &str| NormalizerStep::Replace { from: from.into(), to: to.into() };
    for (kind, step) in [
        ("NFC", NormalizerStep::Nfc),
        ("NFD", NormalizerStep::Nfd),
        ("NFKC", NormalizerStep::Nfkc),
        ("NFKD", NormalizerStep::Nfkd),
        ("Lowercase", NormalizerStep::Lowercase),
        ("StripAccents", NormalizerStep::StripAccents),
        ("Strip", NormalizerStep::Strip { left: true, right: true }),
    ] {
        assert_eq!(steps(json!({ "type": kind })), [step], "{kind}");
    }
    let strip = json!({"type": "Strip", "strip_left": false, "strip_right": true});
    assert_eq!(steps(strip), [NormalizerStep::Strip { left: false, right: true }]);
    assert_eq!(steps(json!({"type": "Prepend", "prepend": "x"})), [NormalizerStep::Prepend("x".into())]);
    let string = json!({"type": "Replace", "pattern": {"String": "x"}, "content": "yy"});
    assert_eq!(steps(string), [replace("x", "yy")]);
    let regex = json!({"type": "Replace", "pattern": {"Regex": r"\s+$"}, "content": ""});
    let step = NormalizerStep::ReplacePattern { pattern: r"\s+(?m:$)".into(), to: String::new() };
    assert_eq!(steps(regex), [step]);
    // A space is not made a sign; the sign is made a space.
    let llama = json!({"type": "Sequence", "normalizers": [
        {"type": "Prepend", "prepend": "\u{2581}"},
        {"type": "Sequence", "normalizers": [
            {"type": "Replace", "pattern": {"String": " "}, "content": "\u{2581}"},
        ]},
    ]});
    assert_eq!(steps(llama), [replace("\u{2581}", " "), NormalizerStep::Prepend(" ".into())]);
    let order = json!({"type": "Sequence", "normalizers": [{"type": "Lowercase"}, {"type": "NFC"}]});
    assert_eq!(steps(order), [NormalizerStep::Lowercase, NormalizerStep::Nfc]);
}

#[test]
fn normalizers_that_cannot_be_done_are_named() {
    let sign = json!({"type": "Replace", "pattern": {"String": " "}, "content": "\u{2581}"});
    for (normalizer, words) in [
        (json!({"type": "Replace", "pattern": {"String": ""}, "content": "x"}), "of the empty string"),
        (
            json!({"type": "Replace", "pattern": {"Regex": "(?x)a"}, "content": "x"}),
            "the normalizer Replace: (?x",
        ),
        (json!({"type": "Replace", "pattern": {"Glob": "a"}, "content": "x"}), "the setting pattern"),
        (json!({"type": "Replace", "pattern": {"String": "a"}}), "the setting content"),
        (json!({"type": "Prepend"}), "the setting prepend"),
        (json!({"type": "Strip", "strip_left": "yes"}), "the setting strip_left"),
        (
            json!({"type": "Sequence", "normalizers": [sign, {"type": "NFKC"}]}),
            "NFKC after spaces have become",
        ),
        (
            json!({"type": "Sequence", "normalizers": [sign, {"type": "Strip"}]}),
            "Strip after spaces have become",
        ),
        (
            json!({"type": "Sequence", "normalizers": [{"type": "ByteLevel"}, {"type": "NFC"}]}),
            "NFC after ByteLevel",
        ),
    ] {
        let found = refused(json!({ "normalizer": normalizer }));
        assert!(found.contains(words), "{found}");
    }
}

#[test]
fn pre_tokenizers_become_splits() {
    let split_by = |pattern: Value, behavior: &str, invert: bool| {
        split(json!({"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}))
    };
    assert_eq!(split_by(json!({"Regex": "a+"}), "Isolated", false), Split::Pattern("a+".into()));
    assert_eq!(split_by(json!({"String": "a+"}), "Isolated", false), Split::Pattern(r"a\+".into()));
    for (name, behavior) in [
        ("Removed", Behavior::Removed),
        ("MergedWithPrevious", Behavior::MergedWithPrevious),
        ("MergedWithNext", Behavior::MergedWithNext),
        ("Contiguous", Behavior::Contiguous),
    ] {
        assert_eq!(split_by(json!({"Regex": "a"}), name, true), one("a", behavior, true), "{name}");
    }
    let kind = |kind: &str| split(json!({ "type": kind }));
    assert_eq!(kind("Whitespace"), one(r"\w+|[^\w\s]+", Behavior::Removed, true));
    assert_eq!(kind("WhitespaceSplit"), one(r"\s", Behavior::Removed, false));
    assert_eq!(kind("Digits"), one(r"\p{N}", Behavior::Contiguous, false));
    let punctuation = r"[!-/:-@\[-`{-~\p{P}]";
    assert_eq!(kind("Punctuation"), Split::Pattern(punctuation.into()));
    let each = json!({"type": "Digits", "individual_digits": true});
    assert_eq!(split(each), Split::Pattern(r"\p{N}".into()));
    let delimiter = json!({"type": "CharDelimiterSplit", "delimiter": "|"});
    assert_eq!(split(delimiter), one(r"\|", Behavior::Removed, false));
    let both = json!({"type": "Sequence", "pretokenizers": [
        {"type": "Split", "pattern": {"Regex": "a"}, "behavior": "Isolated", "invert": false},
        {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true}]},
    ]});
    assert_eq!(split(both), Split::Patterns(vec!["a".into(), r"\p{N}".into()]));
    let bert = Split::Steps(vec![
        SplitStep::Pattern { pattern: r"\s".into(), behavior: Behavior::Removed, invert: false },
        SplitStep::Pattern { pattern: punctuation.into(), behavior: Behavior::Isolated, invert: false },
    ]);
    assert_eq!(kind("BertPreTokenizer"), bert);
}

#[test]
fn signs_of_spaces_become_spaces() {
    let metaspace = |scheme: &str| {
        let pre =
            json!({"type": "Metaspace", "replacement": "\u{2581}", "prepend_scheme": scheme, "split": true});
        let vocab = json!({"\u{2581}": 0, "a": 1, "\u{2581}a": 2});
        let model = model(json!({"vocab": vocab, "merges": ["\u{2581} a"]}));
        read_parts(json!({"pre_tokenizer": pre, "model": model, "decoder": pre}))
    };
    let cut = SplitStep::Pattern { pattern: " ".into(), behavior: Behavior::MergedWithNext, invert: false };
    let prefix = |only_first| SplitStep::Prefix { text: " ".into(), only_first };
    for (scheme, wanted) in [
        ("always", vec![prefix(false), cut.clone()]),
        ("first", vec![prefix(true), cut.clone()]),
        ("never", vec![cut]),
    ] {
        let parts = metaspace(scheme).expect("a known scheme");
        assert_eq!(parts.split, Split::Steps(wanted), "{scheme}");
        assert_eq!(parts.model.tokens[2].0, b" a");
        assert_eq!(parts.strips_first_space, scheme != "never");
    }
    assert!(metaspace("often").expect_err("no scheme").to_string().contains("prepend_scheme"));
}

/// A stretch after a special token is not the beginning of the text. Ids of tokenizers 0.23.3.
#[test]
fn what_is_put_before_the_first_piece_is_put_once() {
    let text = "a<s>a b<s><s>a";
    for (scheme, wanted) in [
        ("first", [2, 4, 1, 0, 3, 4, 4, 1].as_slice()),
        ("always", &[2, 4, 2, 0, 3, 4, 4, 2]),
        ("never", &[1, 4, 1, 0, 3, 4, 4, 1]),
    ] {
        let pre =
            json!({"type": "Metaspace", "replacement": "\u{2581}", "prepend_scheme": scheme, "split": false});
        let vocab = json!({"\u{2581}": 0, "a": 1, "\u{2581}a": 2, "b": 3});
        let model = model(json!({"vocab": vocab, "merges": ["\u{2581} a"]}));
        let whole = file(
            json!({"pre_tokenizer": pre, "model": model, "decoder": pre, "added_tokens": [added(4, "<s>")]}),
        );
        let tokenizer =
            crate::Tokenizer::new(read(whole.to_string().as_bytes(), "test").expect("a known scheme"));
        let tokenizer = tokenizer.expect("a small file");
        let ids = tokenizer.encode_with(text, crate::SpecialPolicy::Encode).expect("known characters");
        assert_eq!(ids, wanted, "{scheme}");
        let mut encoder = crate::stream::Encoder::new(&tokenizer, crate::SpecialPolicy::Encode);
        let mut streamed = Vec::new();
        text.as_bytes()
            .chunks(3)
            .for_each(|chunk| encoder.push(chunk, &mut streamed).expect("known characters"));
        encoder.finish(&mut streamed).expect("known characters");
        assert_eq!(streamed, wanted, "{scheme}");
    }
}

#[test]
fn ids_and_versions_that_others_take_for_something_else_are_refused() {
    let found = refused(json!({"added_tokens": [added(4, "<x>"), added(9, "<y>")]}));
    assert!(
        found.contains("<y>") && found.contains("has the id 9") && found.contains("give it 5"),
        "{found}"
    );
    assert!(refused(json!({"version": "2.0"})).contains("version \"2.0\""));
    assert!(read_parts(json!({"version": null})).is_ok());
}

#[test]
fn byte_level_means_bytes() {
    let vocab = json!({"a": 0, "\u{120}": 1, "\u{120}a": 2, "\u{c3}": 3});
    let model = model(json!({"vocab": vocab, "merges": ["\u{120} a"]}));
    let pre = |prefix: bool, regex: bool| json!({"type": "ByteLevel", "add_prefix_space": prefix, "use_regex": regex});
    let read = |pre: Value| read_parts(json!({"pre_tokenizer": pre, "model": model})).expect("byte-level");
    let parts = read(pre(false, false));
    let names: Vec<&[u8]> = parts.model.tokens.iter().map(|(bytes, _)| bytes.as_slice()).collect();
    assert_eq!((parts.model.unit, names), (Unit::Byte, vec![&b"a"[..], b" ", b" a", b"\xc3"]));
    assert_eq!(parts.split, Split::Whole);
    assert!(matches!(read(pre(false, true)).split, Split::Pattern(_)));
    let prefix = SplitStep::Prefix { text: " ".into(), only_first: false };
    assert_eq!(read(pre(true, false)).split, Split::Steps(vec![prefix]));
    let normalizer = json!({"normalizer": {"type": "ByteLevel"}, "model": model});
    assert_eq!(read_parts(normalizer).expect("a normalizer").model.unit, Unit::Byte);
    for (parts, words) in [
        (
            json!({"normalizer": {"type": "ByteLevel"}, "pre_tokenizer": pre(false, false)}),
            "after the normalizer",
        ),
        (
            json!({"pre_tokenizer": {"type": "Sequence", "pretokenizers": [pre(false, false), {"type": "Digits"}]}}),
            "the pre-tokenizer Digits after ByteLevel",
        ),
        (
            json!({"pre_tokenizer": pre(false, false), "model": {
                "type": "BPE", "vocab": {" ": 0, "a": 1, " a": 2}, "merges": [[" ", "a"]],
            }}),
            "is not written in the byte alphabet",
        ),
    ] {
        let found = refused(parts);
        assert!(found.contains(words), "{found}");
    }
}

#[test]
fn frames_are_read() {
    let sequence = json!({"Sequence": {"id": "A", "type_id": 0}});
    let special = |name: &str| json!({"SpecialToken": {"id": name, "type_id": 0}});
    let template = |single: Value| {
        json!({"type": "TemplateProcessing", "single": single, "pair": [], "special_tokens": {
            "<s>": {"id": "<s>", "ids": [7], "tokens": ["<s>"]}, "</s>": {"id": "</s>", "ids": [8, 9], "tokens": []},
        }})
    };
    let whole = template(json!([special("<s>"), sequence, special("</s>")]));
    let read = |post: Value| read_parts(json!({ "post_processor": post })).map(|parts| parts.frame);
    assert_eq!(read(whole.clone()).expect("a template"), Frame { before: vec![7], after: vec![8, 9] });
    let roberta =
        json!({"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": true});
    assert_eq!(read(roberta).expect("both tokens"), Frame { before: vec![0], after: vec![2] });
    let byte_level = json!({"type": "ByteLevel", "trim_offsets": false});
    let nested = json!({"type": "Sequence", "processors": [byte_level, whole]});
    assert_eq!(read(nested).expect("a sequence").before, [7]);
    for broken in
        [json!([special("<s>")]), json!([sequence, sequence]), json!([special("?"), sequence]), json!(["A"])]
    {
        let error = read(template(broken.clone())).expect_err("no template").to_string();
        assert!(error.contains("a template of one text"), "{broken}: {error}");
    }
}

#[test]
fn added_tokens_keep_their_rules() {
    let mut token = added(4, "<x>");
    put(
        &mut token,
        json!({"single_word": true, "lstrip": true, "rstrip": true, "normalized": true, "special": false}),
    );
    let parts =
        read_parts(json!({"added_tokens": [token, added(5, "<y>"), added(9, "ab")]})).expect("added tokens");
    let all = SpecialToken {
        is_control: false,
        in_normalized: true,
        single_word: true,
        strips_left: true,
        strips_right: true,
        ..SpecialToken::control("<x>", 4)
    };
    // The last one is in the vocabulary, whose id it has.
    assert_eq!(parts.specials, [all, SpecialToken::control("<y>", 5), SpecialToken::control("ab", 2)]);
    let mut upper = added(4, "<X>");
    put(&mut upper, json!({"normalized": true}));
    let lower = json!({"added_tokens": [upper], "normalizer": {"type": "Lowercase"}});
    assert_eq!(read_parts(lower).expect("a name that is normalized").specials[0].name, "<x>");
    for (tokens, words) in [
        (json!([added(2, "<x>")]), "\"<x>\" has the id 2 of another token"),
        (json!([added(4, "<x>"), added(4, "<y>")]), "\"<x>\" and \"<y>\" both have the id 4"),
        (json!([added(4, "<x>"), added(5, "<x>")]), "\"<x>\" has the ids 4 and 5"),
        (json!([{"id": 4, "content": "<x>"}]), "missing field"),
    ] {
        let found = refused(json!({ "added_tokens": tokens }));
        assert!(found.contains(words), "{found}");
    }
    let twice = json!([added(4, "<x>"), added(4, "<x>"), added(6, "")]);
    assert_eq!(read_parts(json!({ "added_tokens": twice })).expect("once is enough").specials.len(), 1);
}

#[test]
fn damaged_files_are_refused() {
    let whole = file(json!({})).to_string();
    assert!(parse(whole.as_bytes()).is_ok());
    for end in 0..whole.len() {
        assert!(parse(&whole.as_bytes()[..end]).is_err(), "{end}");
    }
    // What is nested deeper than any file does not end in a full stack.
    let deep = "[".repeat(200_000);
    let nested = "{\"type\":\"Sequence\",\"normalizers\":[".repeat(100_000);
    for part in
        [format!("{{\"model\":{deep}"), format!("{{\"normalizer\":{nested}"), format!("{{\"x\":{deep}")]
    {
        assert!(parse(part.as_bytes()).is_err());
    }
    let error = parse(b"{\"model\": {\"vocab\": {\"\xff\": 0}}}").expect_err("not UTF-8");
    assert!(error.to_string().starts_with("tokenizer.json cannot be read"), "{error}");
}

/// A vocabulary of bytes and some merges, with a definition around it.
fn definition() -> Definition {
    let bytes = (0..=255u8).map(|byte| vec![byte]);
    let words = [&b"ab"[..], b" a", b"abab", b"\xc3\xa9"].map(<[u8]>::to_vec);
    let vocabulary =
        crate::vocabulary::Vocabulary::new(bytes.chain(words).zip(0..)).expect("distinct tokens");
    let mut definition = Definition::new("test", vocabulary, r"\p{L}+|\s+(?!\S)|\s+|[^\s\p{L}]+");
    let specials = vec![
        SpecialToken::control("<s>", 260),
        SpecialToken { strips_left: true, is_control: false, ..SpecialToken::control("<x>", 261) },
    ];
    definition.specials = crate::special::SpecialTokens::new(specials).expect("two names");
    definition.frame.before = vec![260];
    definition
}

#[test]
fn what_is_written_is_read_again() {
    for normalizer in
        [vec![], vec![NormalizerStep::Nfc], vec![NormalizerStep::Lowercase, NormalizerStep::Nfkd]]
    {
        let mut definition = definition();
        definition.normalizer = Normalizer::new(normalizer);
        let again = read(&write(&definition).expect("byte-level"), "test").expect("our own file");
        assert_eq!(again.split, definition.split);
        assert_eq!(again.normalizer, definition.normalizer);
        assert_eq!(again.frame, definition.frame);
        assert_eq!(again.specials.tokens(), definition.specials.tokens());
        let by_id = |definition: &Definition| {
            let mut all: Vec<(u32, Vec<u8>)> =
                definition.vocabulary.iter().map(|(id, bytes)| (id, bytes.to_vec())).collect();
            all.sort();
            all
        };
        assert_eq!(by_id(&again), by_id(&definition));
        assert!(again.vocabulary.merges().eq(definition.vocabulary.merges()));
    }
}

#[test]
fn what_cannot_be_written_is_refused() {
    let refused = |change: &dyn Fn(&mut Definition)| {
        let mut definition = definition();
        change(&mut definition);
        write(&definition).expect_err("no such file").to_string()
    };
    let special = |token: SpecialToken| {
        move |definition: &mut Definition| {
            definition.specials = crate::special::SpecialTokens::new(vec![token.clone()]).expect("one name");
        }
    };
    let prefix = || SplitStep::Prefix { text: " ".into(), only_first: true };
    type Change<'c> = &'c dyn Fn(&mut Definition);
    let cases: [(Change<'_>, &str); 7] = [
        (&|definition| definition.strips_first_space = true, "leaves out the first space"),
        (&|definition| definition.split = Split::Pattern("^a".into()), "would mean something else there: ^a"),
        (&|definition| definition.split = Split::Steps(vec![prefix()]), "puts something before pieces"),
        (
            &|definition| definition.normalizer = Normalizer::new(vec![NormalizerStep::SqueezeSpaces]),
            "SentencePiece",
        ),
        (&|definition| definition.frame.before = vec![999], "the id 999 around texts has no name"),
        (
            &special(SpecialToken::control("ab", 300)),
            "the special token \"ab\" has the name of another token",
        ),
        (
            &special(SpecialToken::control("<s>", 5)),
            "the special token \"<s>\" has the id 5 of another token",
        ),
    ];
    for (change, words) in cases {
        let found = refused(change);
        assert!(found.contains(words), "{found}");
    }
}
