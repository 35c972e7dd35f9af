//! What holds of every cut, on text of all kinds, with vocabularies of three kinds.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::registry::encoding;
use crate::registry::encodings::find;
use crate::{BpeModel, Definition, Unit, UnknownToken, Vocabulary};

/// Bytes with a known pattern; SentencePiece with a normalizer; another pattern.
/// Those that are built in: which are, is a matter of features.
static TOKENIZERS: LazyLock<Vec<Tokenizer>> = LazyLock::new(|| {
    let is_built_in = |name: &&str| find(name).is_ok_and(|encoding| encoding.is_built_in());
    let names = ["o200k_base", "gemma3", "llama3", "mistral-v1"];
    names.into_iter().filter(is_built_in).map(|name| encoding(name).expect("built in")).collect()
});

/// Text with everything that is hard to cut, at times with a byte left out or wrong.
pub(crate) fn texts() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        4 => "[a-zA-Z]{1,12}[ .,]",
        2 => prop::sample::select(vec![
            "internationalization", "don't ", "  ", "\n", "\r\n", "\n\n", " \n \n", "\t\t\t", "        ", "漢字かな交じり文。",
            "ภาษาไทย", "한국어 문장. ", "e\u{301}\u{323}", "👩‍👩‍👧‍👦", "🇩🇪🇫🇷", "❤\u{fe0f}", "Is it? Yes! ", "Mr. Smith. ",
            "<|endoftext|>", "\u{a0}\u{2003}", "12345.678", "======", "\u{fdfa}",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    let text = prop::collection::vec(part, 0..30).prop_map(|parts| parts.concat().into_bytes());
    (text, prop::option::weighted(0.3, (any::<prop::sample::Index>(), any::<Option<u8>>()))).prop_map(
        |(mut text, wrong)| {
            if let Some((place, byte)) = wrong.filter(|_| !text.is_empty()) {
                let place = place.index(text.len());
                match byte {
                    Some(byte) => text[place] = byte,
                    None => drop(text.remove(place)),
                }
            }
            text
        },
    )
}

fn all_options() -> impl Strategy<Value = Options> {
    let keep = prop::sample::select(vec![Keep::Head, Keep::Tail, Keep::Ends]);
    let at = prop::sample::select(vec![At::Token, At::Char, At::Word, At::Line]);
    let ellipsis = prop::sample::select(vec!["", "…", " [...] ", "\n"]);
    let policy = prop::sample::select(vec![SpecialPolicy::Text, SpecialPolicy::Encode, SpecialPolicy::Plain]);
    (0u64..60, keep, at, ellipsis, policy).prop_map(|(limit, keep, at, ellipsis, policy)| {
        Options::new(limit).keep(keep).at(at).ellipsis(ellipsis).policy(policy)
    })
}

fn holds(tokenizer: &Tokenizer, text: &[u8], options: &Options) -> Result<(), TestCaseError> {
    let of = tokenizer.count_with(text, options.policy).expect("counts") as u64;
    let ellipsis = tokenizer.count_with(&options.ellipsis, options.policy).expect("counts") as u64;
    let cut = match truncate(tokenizer, text, options) {
        Err(error) => {
            prop_assert_eq!(error.kind(), ErrorKind::OverLimit);
            prop_assert!(of > options.limit && ellipsis > options.limit);
            return Ok(());
        }
        Ok(cut) => cut,
    };
    let result = cut.parts(text, options).concat();
    prop_assert_eq!(cut.tokens, tokenizer.count_with(&result, options.policy).expect("counts") as u64);
    prop_assert_eq!(cut.of, of);
    prop_assert!(cut.tokens <= options.limit, "{} of {}", cut.tokens, options.limit);
    prop_assert_eq!(cut.is_cut, of > options.limit);
    if !cut.is_cut {
        prop_assert_eq!(&result, text);
        return Ok(());
    }
    prop_assert!(cut.head <= cut.tail && cut.tail <= text.len());
    for at in [cut.head, cut.tail] {
        prop_assert!(is_between(text, at), "{at} is inside a character");
        let is_line = at == 0 || at == text.len() || text[at - 1] == b'\n';
        prop_assert!(options.at != At::Line || is_line);
    }
    match options.keep {
        Keep::Head => prop_assert_eq!(cut.tail, text.len()),
        Keep::Tail => prop_assert_eq!(cut.head, 0),
        Keep::Ends => {}
    }
    if let (Ok(whole), Keep::Head) = (std::str::from_utf8(text), options.keep) {
        prop_assert!(whole.is_char_boundary(cut.head) && whole.is_char_boundary(cut.tail));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn never_over_the_limit_never_inside_a_character(text in texts(), options in all_options()) {
        for tokenizer in &*TOKENIZERS {
            holds(tokenizer, &text, &options)?;
        }
    }

    /// What is read of a longer text gives the head that all of it gives, or at least one that holds.
    #[test]
    fn heads_of_what_was_read(text in texts(), limit in 0u64..40) {
        let options = Options::new(limit);
        for tokenizer in &*TOKENIZERS {
            let beginning = read(tokenizer, &*text, &options).expect("a slice");
            prop_assert!(beginning.is_all || beginning.text.len() == text.len(), "it is read at once");
            let endless = text.repeat(3000);
            let beginning = read(tokenizer, &*endless, &options).expect("a slice");
            prop_assert!(beginning.text.len() <= READ * 16);
            holds(tokenizer, &beginning.text, &options)?;
            let cut = truncate(tokenizer, &beginning.text, &options).expect("no ellipsis");
            prop_assert_eq!(cut.is_cut, !beginning.is_all || cut.of > limit);
        }
    }
}

/// The limit is used: what is left out would not have fitted, but for some tokens at the seams.
#[test]
fn not_much_less_than_the_limit() {
    let text = "It was the best of times, it was the worst of times. 漢字 and emoji 👩‍👩‍👧‍👦 too.\n".repeat(200);
    for tokenizer in &*TOKENIZERS {
        for keep in [Keep::Head, Keep::Tail, Keep::Ends] {
            for limit in [100, 101, 102, 103, 1000] {
                let cut = truncate(tokenizer, &text, &Options::new(limit).keep(keep)).expect("no ellipsis");
                assert!(cut.tokens + 12 >= limit, "{} {keep:?} {limit}: {cut:?}", tokenizer.name());
                let options = Options::new(limit).keep(keep).at(At::Char);
                let wide = truncate(tokenizer, &text, &options).expect("no ellipsis");
                assert!(wide.head >= cut.head && wide.tail <= cut.tail, "{wide:?} {cut:?}");
            }
        }
    }
}

#[test]
fn the_borders_that_were_asked_for() {
    let tokenizer = &TOKENIZERS[0];
    let text = b"one two\nthree internationalization\nfive six\n";
    let kept = |limit, keep, at| {
        let options = Options::new(limit).keep(keep).at(at);
        let cut = truncate(tokenizer, text, &options).expect("no ellipsis");
        String::from_utf8(cut.parts(text, &options).concat()).expect("whole characters")
    };
    assert_eq!(kept(5, Keep::Head, At::Word), "one two\nthree ");
    assert_eq!(kept(5, Keep::Head, At::Line), "one two\n");
    assert_eq!(kept(5, Keep::Tail, At::Line), "five six\n");
    assert_eq!(kept(6, Keep::Ends, At::Line), "one two\nfive six\n");
    assert_eq!(kept(1, Keep::Head, At::Line), "", "not even the first line fits");
}

#[test]
fn an_ellipsis_that_does_not_fit() {
    let error =
        truncate(&TOKENIZERS[0], "one two three", &Options::new(0).ellipsis("...")).expect_err("one token");
    assert_eq!(error.kind(), ErrorKind::OverLimit);
    assert_eq!(error.to_string(), "the ellipsis alone has 1 token, more than the limit of 0");
    let fits = truncate(&TOKENIZERS[0], "", &Options::new(0).ellipsis("...")).expect("nothing to cut");
    assert!(!fits.is_cut);
}

/// A vocabulary that does not know every character: the places of its tokens are not known.
#[test]
fn without_places_of_tokens() {
    let tokens = ["a", "b", " ", "ab", "<unk>"].into_iter().zip(0u32..);
    let tokens = tokens.map(|(token, id)| (token.as_bytes().to_vec(), id)).collect();
    let unknown = Some(UnknownToken { id: 4, fuses: true });
    let model = BpeModel { unknown, unit: Unit::Character, ..BpeModel::ranked(tokens) };
    let vocabulary = Vocabulary::from_model(model).expect("a vocabulary");
    let tokenizer = Tokenizer::new(Definition::new("small", vocabulary, r"\s+|\S+")).expect("a tokenizer");
    assert!(tokenizer.spans("ab", SpecialPolicy::Text).is_err());
    let text = "ab ba x漢y aab ".repeat(50);
    for limit in [0, 1, 7, 50] {
        for keep in [Keep::Head, Keep::Tail, Keep::Ends] {
            holds(&tokenizer, text.as_bytes(), &Options::new(limit).keep(keep)).expect("holds");
        }
    }
}
