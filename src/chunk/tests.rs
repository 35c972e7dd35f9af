//! What holds of all chunks, on text of all kinds, with vocabularies of several kinds.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::units::{Level, ends};
use super::*;
use crate::registry::encoding;
use crate::registry::encodings::find;
use crate::truncate::{is_between, tests::texts};

/// Those that are built in: which are, is a matter of features.
static TOKENIZERS: LazyLock<Vec<Tokenizer>> = LazyLock::new(|| {
    let is_built_in = |name: &&str| find(name).is_ok_and(|encoding| encoding.is_built_in());
    let names = ["o200k_base", "gemma3", "llama3", "gpt2", "mistral-v1"];
    names.into_iter().filter(is_built_in).map(|name| encoding(name).expect("built in")).collect()
});

fn all_options() -> impl Strategy<Value = Options> {
    let at = prop::sample::select(vec![At::Paragraph, At::Sentence, At::Line, At::Word, At::Token]);
    let policy = prop::sample::select(vec![SpecialPolicy::Text, SpecialPolicy::Encode, SpecialPolicy::Plain]);
    let limit = prop_oneof![1u64..12, 12u64..60];
    (limit, 0u64..20, at, any::<bool>(), policy).prop_map(|(limit, overlap, at, balanced, policy)| {
        let overlap = if balanced { 0 } else { overlap.min(limit - 1) };
        Options::new(limit).overlap(overlap).at(at).balanced(balanced).policy(policy)
    })
}

fn holds(tokenizer: &Tokenizer, text: &[u8], options: &Options) -> Result<(), TestCaseError> {
    let count = |part: &[u8]| tokenizer.count_with(part, options.policy).expect("counts");
    let made = match chunks(tokenizer, text, options) {
        Err(error) => {
            prop_assert_eq!(error.kind(), ErrorKind::OverLimit);
            let characters = ends(text, Level::Character, &[]);
            let starts = [0].into_iter().chain(characters.iter().copied());
            let most = starts.zip(&characters).map(|(start, &end)| count(&text[start..end])).max();
            prop_assert!(most > Some(options.limit), "{error}");
            return Ok(());
        }
        Ok(made) => made,
    };
    let spans = tokenizer.spans(text, options.policy).expect("places are known");
    let (mut end, mut start) = (0, None);
    for chunk in &made {
        let part = &text[chunk.start..chunk.end];
        prop_assert_eq!(chunk.tokens, count(part) as u64);
        prop_assert!(chunk.tokens <= options.limit as u64);
        prop_assert!(chunk.end > end, "each chunk goes on");
        prop_assert!(is_between(text, chunk.start) && is_between(text, chunk.end));
        let overlap = &text[chunk.start..end.max(chunk.start)];
        prop_assert!(count(overlap) <= options.overlap, "{} over {}", count(overlap), options.overlap);
        prop_assert!(chunk.start <= end, "nothing is left out");
        prop_assert!(start.is_none_or(|start| start < chunk.start));
        let first = spans.iter().filter(|span| span.start < chunk.start).count() as u64;
        prop_assert_eq!(chunk.token_start, Some(first), "of {:?} in {:?}", chunk, options);
        (end, start) = (chunk.end, Some(chunk.start));
    }
    prop_assert_eq!(end, text.len());
    if options.overlap == 0 {
        let parts: Vec<&[u8]> = made.iter().map(|chunk| &text[chunk.start..chunk.end]).collect();
        prop_assert_eq!(parts.concat(), text);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn never_over_the_limit_and_together_the_text(text in texts(), options in all_options()) {
        for tokenizer in &*TOKENIZERS {
            holds(tokenizer, &text, &options)?;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn threads_change_nothing(text in texts(), options in all_options()) {
        let text = text.repeat(SMALL.div_ceil(text.len().max(1)).min(2000) + 1);
        let options = Options { limit: options.limit.max(20), overlap: 0, balanced: false, ..options };
        let tokenizer = &TOKENIZERS[0];
        let one = chunks(tokenizer, &text, &options).expect("characters are smaller");
        let three = chunks(tokenizer, &text, &options.clone().threads(3)).expect("characters are smaller");
        prop_assert_eq!(one, three);
    }
}

fn parts<'t>(text: &'t str, options: &Options) -> Vec<&'t str> {
    let made = chunks(&TOKENIZERS[0], text, options).expect("it can be done");
    made.iter().map(|chunk| &text[chunk.start..chunk.end]).collect()
}

const TEXT: &str = "First one. And more of it.\nIts second line.\n\nA second paragraph. It is short.\n\n\
                    The third, Mr. Smith said, is \"longer than all others\" as 3.14 is longer than 3. Is it? Yes!\n";

#[test]
fn the_preferred_unit_where_it_fits() {
    let paragraphs: Vec<&str> = TEXT.split_inclusive("\n\n").collect();
    assert_eq!(
        parts(TEXT, &Options::new(40)),
        [&TEXT[..paragraphs[0].len() + paragraphs[1].len()], paragraphs[2]]
    );
    assert_eq!(parts(TEXT, &Options::new(1000)), [TEXT]);
    let lines = parts(TEXT, &Options::new(40).at(At::Line));
    assert_eq!(lines[0], &TEXT[..TEXT.find("The third").unwrap_or(0)]);
    let sentences = parts("One is here. Two is here. Three is here.", &Options::new(9).at(At::Sentence));
    assert_eq!(sentences, ["One is here. Two is here. ", "Three is here."]);
    let words = parts("the internationalization of words", &Options::new(3).at(At::Word));
    assert_eq!(words, ["the internationalization", " of words"]);
}

#[test]
fn finer_units_only_of_what_does_not_fit() {
    let long =
        format!("Short.\n\n{}\n\nThe end.\n", "Twelve tokens are in this sentence of mine. ".repeat(6));
    let made = parts(&long, &Options::new(30));
    assert!(made[0].starts_with("Short.\n\nTwelve") && made[0].ends_with("mine. "), "{made:?}");
    assert!(made.iter().all(|part| part.ends_with("mine. ") || part.ends_with(".\n")), "{made:?}");
    let word = "x".repeat(1000);
    assert!(parts(&word, &Options::new(10)).len() > 10);
}

#[test]
fn overlaps_begin_at_the_preferred_unit_or_a_word() {
    let text = "One is here. Two is here. Three is here. Four is here. Five is here. ";
    let made = parts(text, &Options::new(14).overlap(5).at(At::Sentence));
    assert_eq!(made[0], "One is here. Two is here. Three is here. ");
    assert!(made[1].starts_with("Three is here. Four is here. "), "{made:?}");
    let made = parts(text, &Options::new(14).overlap(3).at(At::Sentence));
    assert!(made[1].starts_with(" is here. ") || made[1].starts_with(" here. "), "{made:?}");
}

#[test]
fn balanced_chunks_are_as_many_and_alike() {
    let text = "A sentence of seven tokens is. ".repeat(65);
    let full = chunks(&TOKENIZERS[0], &text, &Options::new(128).at(At::Sentence)).expect("made");
    let alike =
        chunks(&TOKENIZERS[0], &text, &Options::new(128).at(At::Sentence).balanced(true)).expect("made");
    assert_eq!(full.len(), alike.len());
    let smallest = |chunks: &[Chunk]| chunks.iter().map(|chunk| chunk.tokens).min();
    let largest = |chunks: &[Chunk]| chunks.iter().map(|chunk| chunk.tokens).max();
    assert!(smallest(&alike) > smallest(&full) && largest(&alike) < largest(&full), "{alike:?}");
}

#[test]
fn what_cannot_be_done() {
    let error = |text: &str, options: Options| {
        let error = chunks(&TOKENIZERS[0], text, &options).expect_err("cannot be done");
        assert_eq!(error.kind(), ErrorKind::OverLimit);
        error.to_string()
    };
    assert!(error("x", Options::new(5).overlap(5)).contains("an overlap of 5 tokens in chunks of 5"));
    let sign = error("a \u{12000}", Options::new(2));
    assert!(
        sign.starts_with("the character at bytes 2-6 has ") && sign.ends_with(", more than the limit of 2"),
        "{sign}"
    );
    assert_eq!(
        error("x", Options::new(0)),
        "the character at bytes 0-1 has 1 token, more than the limit of 0"
    );
    assert!(chunks(&TOKENIZERS[0], "", &Options::new(0)).expect("nothing to do").is_empty());
    let forbidden = Options::new(5).policy(SpecialPolicy::Forbid);
    let error =
        chunks(&TOKENIZERS[0], "many words before it <|endoftext|>", &forbidden).expect_err("forbidden");
    assert!(error.to_string().ends_with("at byte 21"), "{error}");
}

/// Long text, of units that are all of them too large, takes a time that is about linear.
#[test]
fn long_texts_of_one_unit() {
    for unit in ["x", "漢", " ", "\n", "a b", "word. ", "\u{fdfa}"] {
        let text = unit.repeat(400_000 / unit.len());
        for at in [At::Paragraph, At::Token] {
            let options = Options::new(100).at(at).threads(2);
            let made = chunks(&TOKENIZERS[0], &text, &options).expect("made");
            assert_eq!(made.last().map(|chunk| chunk.end), Some(text.len()));
            assert!(made.iter().all(|chunk| chunk.tokens <= 100));
        }
    }
}

#[test]
fn progress_tells_each_byte_twice() {
    let tokenizer = crate::encoding("o200k_base").expect("embedded");
    let text = "One line of text, and a number 12345.\n\nAnother paragraph.\n".repeat(60_000);
    for options in [
        Options::new(100),
        Options::new(100).threads(3),
        Options::new(100).overlap(10),
        Options::new(100).balanced(true).at(At::Line),
    ] {
        let told = std::sync::atomic::AtomicU64::new(0);
        let add = |bytes| {
            told.fetch_add(bytes, std::sync::atomic::Ordering::Relaxed);
        };
        let text = if options.overlap > 0 { &text[..100_000] } else { &text };
        chunks_with(&tokenizer, text.as_bytes(), &options, &add).expect("a scanner");
        assert_eq!(told.into_inner(), 2 * text.len() as u64);
    }
}
