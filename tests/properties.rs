//! What always holds, on random input: nothing is lost, streams and threads change nothing, fast is slow.

#![allow(clippy::unwrap_used)]

use bytepair::parallel::{CountOptions, Measure, count_reader};
use bytepair::stream::{Counter, Encoder, TextDecoder};
use bytepair::{SpecialPolicy, Tokenizer, encoding, encoding_names};
use proptest::prelude::*;
use std::sync::LazyLock;

/// Text as people write it, text made of what tokenizers trip over, and any bytes at all.
fn texts() -> impl Strategy<Value = Vec<u8>> {
    let odd = prop::sample::select(vec![
        "the ",
        "Hello",
        " world",
        "don't",
        "I'LL",
        "'ſ",
        "漢字",
        "かな",
        "ภาษาไทย",
        "हिन्दी",
        "é",
        "e\u{301}",
        "🦀",
        "👩‍👩‍👧",
        "12345",
        "½",
        " ",
        "   ",
        "\n",
        "\r\n",
        "\n\n",
        "\t",
        "\u{a0}",
        "\u{3000}",
        "\u{feff}",
        "/",
        "...",
        "=====",
        "<|endoftext|>",
        "<|endofprompt|>",
        "<|fim_prefix|>",
        "<|end",
        "of",
        "text|>",
        "<|start|>",
        "<|reserved_200001|>",
        "{\"a\": [1, 2]}",
        "fn main() {}",
    ]);
    let part = prop_oneof![
        8 => odd.prop_map(|part| part.as_bytes().to_vec()),
        2 => "[a-zA-Z ]{1,12}".prop_map(String::into_bytes),
        1 => any::<char>().prop_map(|c| c.to_string().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 1..5),
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

/// Every vocabulary, split, normalizer and kind of special tokens that is built in; the slow ways keep what they need.
fn tokenizers() -> &'static [Tokenizer] {
    static ALL: LazyLock<Vec<Tokenizer>> = LazyLock::new(|| {
        let alike = [
            "r50k_base",
            "p50k_edit",
            "deepseek-v3",
            "deepseek-r1",
            "deepseek-v3.1",
            "glm-4",
            "mistral-v2",
            "mistral-v7",
            "qwen2",
            "qwen3",
            "tekken-240718",
        ];
        let names = encoding_names().filter(|name| !alike.contains(name));
        names.map(|name| encoding(name).unwrap()).collect()
    });
    &ALL
}

/// Whether text becomes pieces as it is, so that it can be got back.
fn keeps_text(tokenizer: &Tokenizer) -> bool {
    tokenizer.normalizer().is_identity()
}

const POLICIES: [SpecialPolicy; 2] = [SpecialPolicy::Text, SpecialPolicy::Encode];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn decode_gives_the_text_back(text in texts()) {
        for tokenizer in tokenizers() {
            for policy in POLICIES {
                let ids = tokenizer.encode_with(&text, policy).unwrap();
                if keeps_text(tokenizer) {
                    prop_assert_eq!(tokenizer.decode(&ids).unwrap(), text.clone());
                }
                prop_assert_eq!(tokenizer.count_with(&text, policy).unwrap(), ids.len());
            }
        }
    }

    #[test]
    fn fast_is_slow(text in texts()) {
        for tokenizer in tokenizers() {
            prop_assert_eq!(tokenizer.encode(&text).unwrap(), tokenizer.encode_naively(&text).unwrap(), "{} {:?}", tokenizer.name(), text.escape_ascii().to_string());
        }
    }

    #[test]
    fn spans_cover_the_text(text in texts()) {
        for tokenizer in tokenizers() {
            for policy in POLICIES {
                let spans = tokenizer.spans(&text, policy).unwrap();
                let ids: Vec<u32> = spans.iter().map(|span| span.id).collect();
                prop_assert_eq!(ids, tokenizer.encode_with(&text, policy).unwrap());
                let mut at = 0;
                for span in spans {
                    prop_assert!(span.start == at || !keeps_text(tokenizer) && (at..=text.len()).contains(&span.start));
                    prop_assert!(span.end >= span.start);
                    at = span.end;
                    if policy == SpecialPolicy::Text && keeps_text(tokenizer) {
                        prop_assert_eq!(tokenizer.token_bytes(span.id).unwrap(), &text[span.start..span.end]);
                    }
                }
                prop_assert!(at == text.len(), "{} {:?}", tokenizer.name(), text.escape_ascii().to_string());
            }
        }
    }

    #[test]
    fn count_within_is_count(text in texts(), slack in 0usize..3) {
        for tokenizer in tokenizers() {
            let tokens = tokenizer.count(&text).unwrap();
            prop_assert_eq!(tokenizer.count_within(&text, tokens + slack).unwrap(), Some(tokens));
            if let Some(less) = tokens.checked_sub(slack + 1) {
                prop_assert_eq!(tokenizer.count_within(&text, less).unwrap(), None);
            }
        }
    }

    #[test]
    fn a_stream_is_the_whole(text in texts(), sizes in prop::collection::vec(prop_oneof![3 => 1usize..30, 1 => 100usize..2000], 1..6)) {
        for tokenizer in tokenizers() {
            for policy in POLICIES {
                let wanted = tokenizer.encode_with(&text, policy).unwrap();
                let (ids, count) = streamed(tokenizer, &text, policy, &sizes);
                prop_assert_eq!(&ids, &wanted, "{} {:?}", tokenizer.name(), text.escape_ascii().to_string());
                prop_assert_eq!(count, wanted.len() as u64);
                let mut encoder = Encoder::new(tokenizer, policy);
                let mut spans = Vec::new();
                for chunk in text.chunks(sizes[0]) {
                    encoder.push_spans(chunk, &mut spans).unwrap();
                }
                encoder.finish_spans(&mut spans).unwrap();
                prop_assert_eq!(spans, tokenizer.spans(&text, policy).unwrap());
            }
        }
    }

    #[test]
    fn forbidden_is_found_in_every_chunking(before in "[a-z ]{0,20}", size in 1usize..8) {
        let tokenizer = encoding("cl100k_base").unwrap();
        let text = format!("{before}<|endoftext|> after");
        let whole = tokenizer.count_with(&text, SpecialPolicy::Forbid).unwrap_err().to_string();
        prop_assert!(whole.contains(&format!("byte {}", before.len())), "{}", whole);
        let mut counter = Counter::new(&tokenizer, SpecialPolicy::Forbid);
        let streamed = text.as_bytes().chunks(size).try_for_each(|chunk| counter.push(chunk)).and_then(|()| counter.finish());
        prop_assert_eq!(streamed.unwrap_err().to_string(), whole);
    }

    #[test]
    fn decoding_one_by_one_is_decoding_all(ids in prop::collection::vec(0u32..100_000, 0..40)) {
        let tokenizer = encoding("cl100k_base").unwrap();
        let mut decoder = TextDecoder::new(&tokenizer);
        let mut text: String = ids.iter().map(|&id| decoder.push(id).unwrap()).collect();
        text += &decoder.finish();
        prop_assert_eq!(text, tokenizer.decode_lossy(&ids).unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Blocks of 256 KiB are cut for threads, so the text has to be larger.
    #[test]
    fn threads_change_nothing(parts in prop::collection::vec(texts(), 1..8), spaces in any::<bool>(), finds in any::<bool>()) {
        let mut text = parts.concat();
        if !spaces {
            // Without white space and with nothing but one class, there is hardly a place to cut.
            text.retain(|byte| !byte.is_ascii_whitespace());
        }
        text.push(b'x');
        let text = text.repeat(3_500_000 / text.len());
        let policy = if finds { SpecialPolicy::Encode } else { SpecialPolicy::Text };
        for name in [
            "gpt2", "cl100k_base", "o200k_harmony", "qwen3.5", "mistral-v3", "gemma2", "gemma3", "gemma4", "deepseek-v3", "kimi-k2",
        ] {
            let tokenizer = encoding(name).unwrap();
            // Long texts are cut if they are to be normalized; a stream that is pushed one after another is not.
            let ids = tokenizer.encode_with(&text, policy).unwrap();
            prop_assert!(ids == streamed(&tokenizer, &text, policy, &[1 << 20]).0, "{}", name);
            let wanted = tokenizer.count_with(&text, policy).unwrap() as u64;
            prop_assert_eq!(wanted, ids.len() as u64);
            let mut tallies = Vec::new();
            for threads in [1, 2, 3] {
                let measure = if threads == 2 { Measure::AllWithUnicodeWords } else { Measure::All };
                let mut options = CountOptions::default();
                (options.threads, options.measure, options.policy) = (threads, measure, policy);
                let mut bytes = 0;
                let tally = count_reader(&tokenizer, text.as_slice(), options, &mut |read| bytes += read).unwrap();
                prop_assert_eq!(bytes, text.len() as u64);
                let mut meter = bytepair::Meter::new(threads == 2);
                meter.push(&text);
                prop_assert_eq!(tally.measures, meter.finish());
                tallies.push(tally.tokens);
            }
            prop_assert_eq!(tallies, vec![wanted; 3]);
        }
    }
}

/// A long text that is normalized is cut, and its tokens are still where they are.
#[test]
fn spans_of_long_texts_are_in_place() {
    let text = "The quick brown fox\n\n\njumps  over 12 lazy dogs; é漢字 <table>\t\tthe end. ".repeat(6000);
    for name in ["mistral-v3", "gemma3", "gemma4", "qwen3.5"] {
        let tokenizer = encoding(name).unwrap();
        let spans = tokenizer.spans(&text, SpecialPolicy::Text).unwrap();
        assert_eq!(spans.last().unwrap().end, text.len());
        // The first token can hold a space that is put before the text.
        for (before, span) in spans.iter().zip(&spans[1..]) {
            assert_eq!(before.end, span.start, "{name}");
            let bytes = tokenizer.token_bytes(span.id).unwrap();
            assert_eq!(bytes, &text.as_bytes()[span.start..span.end], "{name} {span:?}");
        }
    }
}

fn streamed(tokenizer: &Tokenizer, text: &[u8], policy: SpecialPolicy, sizes: &[usize]) -> (Vec<u32>, u64) {
    let mut encoder = Encoder::new(tokenizer, policy);
    let mut counter = Counter::new(tokenizer, policy);
    let mut ids = Vec::new();
    let (mut rest, mut sizes) = (text, sizes.iter().cycle());
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at((*sizes.next().unwrap()).min(rest.len()));
        encoder.push(chunk, &mut ids).unwrap();
        counter.push(chunk).unwrap();
        assert!(counter.so_far() <= ids.len() as u64);
        rest = after;
    }
    encoder.finish(&mut ids).unwrap();
    (ids, counter.finish().unwrap())
}

/// Pieces without end, each followed by what decides where it ends.
#[test]
fn endless_pieces_are_streamed_exactly() {
    let mut seed = 1u64;
    let mut letters = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b'a' + (seed >> 33) as u8 % 26)
    };
    let random: String = (0..300_000).map(|_| letters()).collect();
    let runs = [
        "a".repeat(300_000),
        "^".repeat(300_000),
        " ".repeat(300_000),
        "\n".repeat(300_000),
        "\0".repeat(300_000),
        "Z".repeat(300_000),
        "漢".repeat(100_000),
        "ก".repeat(100_000),
        "1".repeat(300_000),
        "\u{301}".repeat(150_000),
        " \n".repeat(150_000),
        "🦀".repeat(75_000),
        "=-".repeat(150_000),
        random,
    ];
    for name in [
        "gpt2",
        "cl100k_base",
        "o200k_base",
        "qwen2",
        "deepseek-v3",
        "kimi-k2",
        "mistral-v3",
        "gemma3",
        "gemma4",
    ] {
        let tokenizer = encoding(name).unwrap();
        for run in &runs {
            for tail in ["", "x", "\nx", "'s", " y", "/z", "A", "\u{301}b", "1"] {
                for head in ["", "'", "x y"] {
                    let text = [head, run.as_str(), tail].concat();
                    let count = tokenizer.count(&text).unwrap() as u64;
                    let mut counter = Counter::new(&tokenizer, SpecialPolicy::Text);
                    for chunk in text.as_bytes().chunks(50_001) {
                        counter.push(chunk).unwrap();
                    }
                    let first: String = run.chars().take(3).collect();
                    assert_eq!(counter.finish().unwrap(), count, "{name} {head:?} {first:?}... {tail:?}");
                }
            }
        }
    }
}

/// The id 200018 has two names and decodes to the first: the one case in which decoding gives other bytes.
#[test]
fn a_special_token_with_two_names_keeps_its_place() {
    let tokenizer = encoding("o200k_harmony").unwrap();
    let text = "<|reserved_200018|>x";
    let spans = tokenizer.spans(text, SpecialPolicy::Encode).unwrap();
    assert_eq!(
        spans.iter().map(|span| (span.id, span.start, span.end)).collect::<Vec<_>>(),
        [(200_018, 0, 19), (87, 19, 20)]
    );
    assert_eq!(tokenizer.decode(&[200_018, 87]).unwrap(), b"<|endofprompt|>x");
}

/// Far more than the limit allows: it must not take the time of merging it all, which would be half a minute here.
#[test]
fn count_within_does_not_merge_what_is_too_long() {
    let tokenizer = encoding("o200k_base").unwrap();
    let text = vec![b'a'; 1 << 28];
    assert_eq!(tokenizer.count_within(&text, 1000).unwrap(), None);
}
