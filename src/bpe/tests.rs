//! Every way of merging against the textbook, on random vocabularies and random pieces.

use std::borrow::Cow;

use proptest::prelude::*;

use super::naive::Textbook;
use super::window::LongPiece;
use super::{PieceCounter, PieceEncoder, PieceTable, Plan, Tables, borders, heap, join, merge, origin};
use crate::token::{Rank, Unit};

/// A table of all bytes and of some words over a small alphabet, in a random order of ranks. Such words
/// overlap a lot, some cannot be reached by merging, and a long word may come before its parts: everything
/// that a trained vocabulary does not do.
fn vocabularies() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let words = prop::collection::vec("[abc]{2,6}".prop_map(String::into_bytes), 0..40);
    (words, any::<u64>()).prop_map(|(words, seed)| shuffled(words, seed))
}

/// The same with characters of two and three bytes, and with tokens that begin and end inside them.
fn vocabularies_of_characters() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let word = ("[aбв漢ก]{1,4}", 0usize..3, 0usize..3).prop_map(|(word, skip, drop)| {
        let bytes = word.into_bytes();
        let end = bytes.len() - drop.min(bytes.len() - 1);
        bytes[skip.min(end - 1)..end].to_vec()
    });
    (prop::collection::vec(word, 0..60), any::<u64>()).prop_map(|(words, seed)| {
        let long = words.into_iter().filter(|word| word.len() > 1).collect();
        shuffled(long, seed)
    })
}

/// All bytes, and what training makes of a text of such characters: every token can be reached by merging, so
/// pieces are cut where no token reaches across.
fn trained_vocabularies() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let texts = prop::collection::vec("[aбв漢กд😀 ]{1,3}", 1..60);
    (texts, 0usize..40).prop_map(|(words, merges)| trained(words.concat().as_bytes(), merges))
}

/// All bytes, and so many merges of the two neighbours that come most often in the text.
fn trained(text: &[u8], merges: usize) -> Vec<Vec<u8>> {
    let mut tokens: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte]).collect();
    let mut parts: Vec<Vec<u8>> = text.iter().map(|&byte| vec![byte]).collect();
    for _ in 0..merges {
        let pairs: Vec<Vec<u8>> = parts.windows(2).map(|pair| pair.concat()).collect();
        let times = |pair: &Vec<u8>| pairs.iter().filter(|&other| other == pair).count();
        let Some(most) = pairs.iter().max_by_key(|&pair| (times(pair), pair)).filter(|pair| times(pair) > 1)
        else {
            break;
        };
        let mut at = 0;
        while at + 1 < parts.len() {
            if [&parts[at][..], &parts[at + 1]].concat() == *most {
                let right = parts.remove(at + 1);
                parts[at].extend(right);
            }
            at += 1;
        }
        if !tokens.contains(most) {
            tokens.push(most.clone());
        }
    }
    tokens
}

/// All bytes, and these words wherever the seed puts them.
fn shuffled(words: Vec<Vec<u8>>, seed: u64) -> Vec<Vec<u8>> {
    let mut tokens: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte]).collect();
    let mut place = seed;
    for word in words {
        if !tokens.contains(&word) {
            place = place.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            tokens.insert((place >> 33) as usize % (tokens.len() + 1), word);
        }
    }
    tokens
}

fn tables(tokens: &[Vec<u8>]) -> Tables {
    let tokens: Vec<&[u8]> = tokens.iter().map(Vec::as_slice).collect();
    let image = PieceTable::build_image(tokens.iter().copied()).expect("distinct");
    let table = PieceTable::from_image(Cow::Owned(image)).expect("an image just made");
    let pairs = origin::by_rank(&table, Unit::Byte, &[None; 256]);
    let plan = Plan {
        unit: Unit::Byte,
        tokens: &tokens,
        pairs: &pairs,
        others: &[],
        bytes: &[None; 256],
        whole_pieces: true,
        // Both ways are to be right.
        saves_room: tokens.len().is_multiple_of(2),
        side_by_side: tokens.len().is_multiple_of(3),
    };
    Tables::from_images(plan.build_images().map(Cow::Owned)).expect("images just made")
}

/// The oracle of the same vocabulary.
fn textbook(tokens: &[Vec<u8>]) -> Textbook {
    Textbook::new(Unit::Byte, tokens.iter().cloned(), [None; 256], true)
}

fn by_heap(tables: &Tables, piece: &[u8]) -> Vec<Rank> {
    let mut ranks = Vec::new();
    tables.merge_long(piece, &mut heap::Scratch::default(), |rank| ranks.push(rank));
    ranks
}

fn by_windows(tables: &Tables, piece: &[u8], chunk: usize, window: usize) -> Vec<Rank> {
    let mut ranks = Vec::new();
    let mut long = LongPiece::with_window(tables, window);
    let mut push = |rank| ranks.push(rank);
    for chunk in piece.chunks(chunk) {
        long.push(tables, chunk, &mut push).expect("a window that fits");
    }
    long.finish(tables, &mut push).expect("a window that fits");
    ranks
}

/// A text that is these pieces one after another, and their bounds.
fn text_of(pieces: &[Vec<u8>]) -> (Vec<u8>, Vec<usize>) {
    let mut bounds = vec![0];
    bounds.extend(pieces.iter().scan(0, |end, piece| {
        *end += piece.len();
        Some(*end)
    }));
    (pieces.concat(), bounds)
}

fn encode_and_count(tokens: &[Vec<u8>], pieces: &[Vec<u8>], batch: usize) -> Result<(), TestCaseError> {
    let (tables, textbook) = (tables(tokens), textbook(tokens));
    let (text, bounds) = text_of(pieces);
    let wanted: Vec<Vec<Rank>> = pieces.iter().map(|piece| textbook.encode(piece)).collect();
    // Both know pieces the second time.
    let (mut merger, mut counter) = (PieceEncoder::new(&tables, 100), PieceCounter::new(&tables, 100));
    for _ in 0..2 {
        let mut ranks = Vec::new();
        for first in (0..pieces.len()).step_by(batch) {
            let bounds = &bounds[first..=(first + batch).min(pieces.len())];
            merger.encode(&text, bounds, &mut ranks).expect("short");
        }
        merger.finish(&text, &mut ranks).expect("short");
        prop_assert_eq!(&ranks, &wanted.concat(), "{:?}", text.escape_ascii().to_string());
        let mut count = 0;
        for first in (0..pieces.len()).step_by(batch) {
            let bounds = &bounds[first..=(first + batch).min(pieces.len())];
            count += counter.add(&text, bounds).expect("short");
        }
        count += counter.finish(&text).expect("short");
        prop_assert_eq!(count, wanted.iter().map(Vec::len).sum::<usize>());
    }
    Ok(())
}

proptest! {
    #[test]
    fn short_merge_is_the_textbook(tokens in vocabularies(), piece in "[abcd]{1,62}") {
        let tables = tables(&tokens);
        let mut ranks = Vec::new();
        tables.merge_short::<{ merge::LARGE }>(piece.as_bytes(), |rank| ranks.push(rank));
        prop_assert_eq!(ranks, textbook(&tokens).merge(piece.as_bytes()));
    }

    #[test]
    fn heap_is_the_textbook(tokens in vocabularies(), piece in "[abcd]{1,200}") {
        let tables = tables(&tokens);
        prop_assert_eq!(by_heap(&tables, piece.as_bytes()), textbook(&tokens).merge(piece.as_bytes()));
    }

    /// Characters are put together in advance only where that changes nothing, in valid text or not.
    #[test]
    fn characters_in_advance_change_nothing(
        tokens in vocabularies_of_characters(),
        text in "[aбв漢กд ]{1,60}",
        broken in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let tables = tables(&tokens);
        let mut piece = text.into_bytes();
        if let Some(broken) = broken {
            piece.remove(broken.index(piece.len()));
        }
        prop_assert_eq!(by_heap(&tables, &piece), textbook(&tokens).merge(&piece));
    }

    /// Between any two tokens that are neighbours at some step of the textbook, the table of pairs knows whether
    /// they merge.
    #[test]
    fn pairs_are_what_the_textbook_merges(tokens in vocabularies(), piece in "[abc]{2,40}") {
        let tables = tables(&tokens);
        let mut parts: Vec<Vec<u8>> = piece.bytes().map(|byte| vec![byte]).collect();
        let place = |part: &[u8]| tokens.iter().position(|token| token == part).map(|place| place as Rank);
        loop {
            let joined = |at: usize| place(&[&parts[at][..], &parts[at + 1]].concat());
            for at in 0..parts.len() - 1 {
                let rank = |part: &[u8]| place(part).expect("a token");
                let found = tables.pairs.rank(rank(&parts[at]), rank(&parts[at + 1]));
                prop_assert_eq!((found != join::NO_PAIR).then_some(found), joined(at));
            }
            let lowest = (0..parts.len() - 1).filter(|&at| joined(at).is_some()).min_by_key(|&at| joined(at));
            let Some(at) = lowest else { break };
            let right = parts.remove(at + 1);
            parts[at].extend(right);
        }
    }

    #[test]
    fn count_and_encode_are_the_textbook(
        tokens in vocabularies(),
        pieces in prop::collection::vec("[abcd]{1,5}|[abc]{10,90}|a{1,40}".prop_map(String::into_bytes), 1..60),
        batch in 1usize..70,
    ) {
        encode_and_count(&tokens, &pieces, batch)?;
    }

    #[test]
    fn count_and_encode_of_characters_are_the_textbook(
        tokens in vocabularies_of_characters(),
        pieces in prop::collection::vec("[aбв漢กд ]{1,9}|[a漢]{10,30}".prop_map(String::into_bytes), 1..60),
        batch in 1usize..70,
    ) {
        encode_and_count(&tokens, &pieces, batch)?;
    }

    /// The same where pieces are cut: long and short ones, more than a batch holds.
    #[test]
    fn count_and_encode_of_cut_pieces_are_the_textbook(
        tokens in trained_vocabularies(),
        pieces in prop::collection::vec("[aбв漢กд😀 ]{1,9}|[aбв漢กд😀 ]{20,60}".prop_map(String::into_bytes), 1..20),
        times in 1usize..90,
    ) {
        let many: Vec<Vec<u8>> = pieces.iter().cycle().take(pieces.len() * times).cloned().collect();
        encode_and_count(&tokens, &many, 511)?;
    }

    /// What is cut where no token reaches across is merged as if it were not, in valid text or not.
    #[test]
    fn cuts_inside_a_piece_change_nothing(
        tokens in prop_oneof![3 => trained_vocabularies(), 1 => vocabularies_of_characters()],
        text in "[aбв漢กд😀 ]{1,900}",
        broken in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
    ) {
        let tables = tables(&tokens);
        let mut piece = text.into_bytes();
        for broken in broken {
            piece.remove(broken.index(piece.len()));
            piece.push(b'a');
        }
        let wanted = by_heap(&tables, &piece);
        let bounds = [0, piece.len()];
        let mut ranks = Vec::new();
        let mut encoder = PieceEncoder::new(&tables, 100);
        let encoded = encoder.encode(&piece, &bounds, &mut ranks).and_then(|()| encoder.finish(&piece, &mut ranks));
        encoded.expect("a window that fits");
        prop_assert_eq!(&ranks, &wanted);
        let mut counter = PieceCounter::new(&tables, 100);
        let counted = counter.add(&piece, &bounds).and_then(|tokens| Ok(tokens + counter.finish(&piece)?));
        prop_assert_eq!(counted.expect("a window that fits"), wanted.len());
    }

    #[test]
    fn windows_are_one_heap(tokens in vocabularies(), piece in "[abc]{1,3000}", chunk in 1usize..700, window in 0usize..2000) {
        let tables = tables(&tokens);
        prop_assert_eq!(by_windows(&tables, piece.as_bytes(), chunk, window), by_heap(&tables, piece.as_bytes()));
    }

    #[test]
    fn windows_of_characters_are_one_heap(
        tokens in vocabularies_of_characters(),
        text in "[aбв漢กд ]{1,600}",
        broken in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
        chunk in 1usize..700,
        window in 0usize..2000,
    ) {
        let tables = tables(&tokens);
        let mut piece = text.into_bytes();
        for broken in broken {
            piece.remove(broken.index(piece.len()));
            piece.push(b'a');
        }
        prop_assert_eq!(by_windows(&tables, &piece, chunk, window), by_heap(&tables, &piece));
    }

    #[test]
    fn windows_are_one_heap_on_repetition(tokens in vocabularies(), unit in "[abc]{1,9}", times in 1usize..600, head in "[abc]{0,9}", tail in "[abc]{0,9}", window in 0usize..1000) {
        let tables = tables(&tokens);
        let piece = head + &unit.repeat(times) + &tail + &unit.repeat(times / 3);
        prop_assert_eq!(by_windows(&tables, piece.as_bytes(), 1000, window), by_heap(&tables, piece.as_bytes()));
    }
}

#[test]
fn tokens_handed_over_early_are_right() {
    let tokens: Vec<Vec<u8>> =
        (0..=255).map(|byte| vec![byte]).chain([b"aa".to_vec(), b"aab".to_vec()]).collect();
    let tables = tables(&tokens);
    let piece = b"aab".repeat(5000);
    let mut long = LongPiece::with_window(&tables, 0);
    let mut early = 0;
    long.push(&tables, &piece, &mut |_| early += 1).expect("a trained vocabulary");
    assert!(early > 3000, "{early}: memory would grow with the piece");
    long.finish(&tables, &mut |_| early += 1).expect("a trained vocabulary");
    assert_eq!(early, 5000);
}

/// Between two characters that no token holds side by side there is a place to cut, and it is found; at others
/// there is none.
#[test]
fn places_to_cut_are_found() {
    let text = "漢字u漢字v字бw字бx👍🏽y👍🏽z";
    let end_of_character = [b'a', "д".as_bytes()[0]];
    let tables = tables(&[trained(text.as_bytes(), 40), vec![end_of_character.to_vec()]].concat());
    let cut = |text: &str| -> Vec<usize> {
        let mut walk = borders::Walk::from(0);
        std::iter::from_fn(|| tables.borders.next(text.as_bytes(), &mut walk, text.len())).collect()
    };
    assert_eq!(cut("漢字漢字"), [6]);
    assert_eq!(cut("漢字б 字漢"), [8, 9, 12]);
    assert_eq!(cut("👍🏽👍"), [8]);
    // A token that ends inside a character reaches across the border before it.
    assert_eq!(cut("aдд"), [3]);
    assert!(cut("ab").is_empty());
    let text = "漢字".repeat(1000);
    assert_eq!(tables.borders.outermost(text.as_bytes(), 0, text.len()), Some((6, text.len() - 6)));
    assert_eq!(tables.borders.outermost("aaaa".repeat(1000).as_bytes(), 0, 4000), None);
}

/// Pairs that overlap, each of lower rank than the one before: what follows decides about all of the piece, so
/// no window that ends early has a right border.
#[test]
fn what_follows_can_reach_back_through_many_windows() {
    let pairs = (0..=254u8).rev().map(|byte| vec![byte, byte + 1]);
    let tokens: Vec<Vec<u8>> = pairs.chain((0..=255).map(|byte| vec![byte])).collect();
    let tables = tables(&tokens);
    for length in [100, 201, 255, 256] {
        let piece: Vec<u8> = (0..=255).take(length).collect();
        for chunk in [1, 7, 300] {
            assert_eq!(by_windows(&tables, &piece, chunk, 0), by_heap(&tables, &piece), "{length} {chunk}");
        }
        // Twice, so that the second chain begins where windows were enlarged.
        let twice = piece.repeat(2);
        assert_eq!(by_windows(&tables, &twice, 50, 0), textbook(&tokens).merge(&twice));
    }
}

/// Many pieces of every length that a cache keeps, through caches of the largest size, that are handed on to the
/// next text, and between two counters at a time.
#[test]
fn large_caches_handed_on_and_two_counters_are_the_textbook() {
    let words = ["ab", "abc", "bca", "cab", "aabb", "ccabab"].map(|word| word.as_bytes().to_vec());
    let vocabulary = shuffled(words.to_vec(), 7);
    let (tables, textbook) = (tables(&vocabulary), textbook(&vocabulary));
    let mut state = 1u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) % below
    };
    let pieces: Vec<Vec<u8>> =
        (0..12_000).map(|_| (0..=next(40)).map(|_| b"abc"[next(3) as usize]).collect()).collect();
    let (text, bounds) = text_of(&pieces);
    let wanted: Vec<Vec<Rank>> = pieces.iter().map(|piece| textbook.encode(piece)).collect();
    let tokens: usize = wanted.iter().map(Vec::len).sum();
    for _ in 0..2 {
        let mut ranks = Vec::new();
        let mut encoder = PieceEncoder::new(&tables, 1 << 20);
        encoder.encode(&text, &bounds, &mut ranks).expect("short");
        encoder.finish(&text, &mut ranks).expect("short");
        assert!(ranks == wanted.concat());
        let mut counters = [PieceCounter::new(&tables, 1 << 20), PieceCounter::new(&tables, 1 << 20)];
        let mut counted = [0, 0];
        // One is ahead of the other, so that it has something to pass on.
        for first in (0..pieces.len()).step_by(100) {
            for (counter, counted) in counters.iter_mut().zip(&mut counted) {
                *counted += counter.add(&text, &bounds[first..=first + 100]).expect("short");
            }
        }
        for (counter, counted) in counters.iter_mut().zip(&mut counted) {
            *counted += counter.finish(&text).expect("short");
        }
        assert_eq!(counted, [tokens, tokens]);
    }
}
