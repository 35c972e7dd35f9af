//! Every way of merging against the textbook, on random vocabularies and random pieces.

use std::borrow::Cow;

use proptest::prelude::*;

use super::window::LongPiece;
use super::{Merger, PieceTable, heap, merge, naive};
use crate::token::Rank;

/// A table of all bytes and of some words over a small alphabet, in a random order of ranks. Such words
/// overlap a lot, some cannot be reached by merging, and a long word may come before its parts: everything
/// that a trained vocabulary does not do.
fn vocabularies() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let words = prop::collection::vec("[abc]{2,6}", 0..40);
    (words, any::<u64>()).prop_map(|(words, seed)| {
        let mut tokens: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte]).collect();
        let mut place = seed;
        for word in words {
            if !tokens.contains(&word.as_bytes().to_vec()) {
                place = place.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                tokens.insert((place >> 33) as usize % (tokens.len() + 1), word.into_bytes());
            }
        }
        tokens
    })
}

fn table(tokens: &[Vec<u8>]) -> PieceTable {
    let image = PieceTable::build_image(tokens.iter().map(Vec::as_slice)).expect("distinct");
    PieceTable::from_image(Cow::Owned(image)).expect("an image just made")
}

fn by_heap(table: &PieceTable, piece: &[u8]) -> Vec<Rank> {
    let mut ranks = Vec::new();
    heap::merge(table, piece, &mut heap::Scratch::default(), |rank| ranks.push(rank));
    ranks
}

fn by_windows(table: &PieceTable, piece: &[u8], chunk: usize) -> Vec<Rank> {
    let mut ranks = Vec::new();
    let mut long = LongPiece::with_window(table, 0);
    let mut push = |rank| ranks.push(rank);
    for chunk in piece.chunks(chunk) {
        long.push(table, chunk, &mut push).expect("a window that fits");
    }
    long.finish(table, &mut push).expect("a window that fits");
    ranks
}

proptest! {
    #[test]
    fn short_merge_is_the_textbook(tokens in vocabularies(), piece in "[abcd]{1,64}") {
        let table = table(&tokens);
        let mut ranks = Vec::new();
        merge::merge(&table, piece.as_bytes(), |rank| ranks.push(rank));
        prop_assert_eq!(ranks, naive::merge(&table, piece.as_bytes()));
    }

    #[test]
    fn heap_is_the_textbook(tokens in vocabularies(), piece in "[abcd]{1,200}") {
        let table = table(&tokens);
        prop_assert_eq!(by_heap(&table, piece.as_bytes()), naive::merge(&table, piece.as_bytes()));
    }

    #[test]
    fn windows_are_one_heap(tokens in vocabularies(), piece in "[abc]{1,3000}", chunk in 1usize..700) {
        let table = table(&tokens);
        prop_assert_eq!(by_windows(&table, piece.as_bytes(), chunk), by_heap(&table, piece.as_bytes()));
    }

    #[test]
    fn windows_are_one_heap_on_repetition(tokens in vocabularies(), unit in "[abc]{1,9}", times in 1usize..600, tail in "[abc]{0,9}") {
        let table = table(&tokens);
        let piece = unit.repeat(times) + &tail;
        prop_assert_eq!(by_windows(&table, piece.as_bytes(), 1000), by_heap(&table, piece.as_bytes()));
    }

    #[test]
    fn count_and_encode_are_the_textbook(tokens in vocabularies(), pieces in prop::collection::vec("[abcd]{1,5}|[abc]{10,90}", 1..60)) {
        let table = table(&tokens);
        let text = pieces.concat();
        let (mut encoding, mut counting) = (Merger::new(&table, 100), Merger::new(&table, 100));
        let mut start = 0;
        for piece in pieces {
            let end = start + piece.len();
            let wanted = naive::encode(&table, piece.as_bytes());
            let mut ranks = Vec::new();
            encoding.encode(text.as_bytes(), start, end, &mut |rank| ranks.push(rank)).expect("short");
            prop_assert_eq!(counting.count(text.as_bytes(), start, end).expect("short"), wanted.len());
            prop_assert_eq!(ranks, wanted);
            start = end;
        }
    }
}

#[test]
fn tokens_handed_over_early_are_right() {
    let tokens: Vec<Vec<u8>> =
        (0..=255).map(|byte| vec![byte]).chain([b"aa".to_vec(), b"aab".to_vec()]).collect();
    let table = table(&tokens);
    let piece = b"aab".repeat(5000);
    let mut long = LongPiece::with_window(&table, 0);
    let mut early = 0;
    long.push(&table, &piece, &mut |_| early += 1).expect("a trained vocabulary");
    assert!(early > 3000, "{early}: memory would grow with the piece");
    long.finish(&table, &mut |_| early += 1).expect("a trained vocabulary");
    assert_eq!(early, 5000);
}

/// Pairs that overlap, each of lower rank than the one before: what follows decides about all of the piece, so
/// no window that ends early has a right border.
#[test]
fn what_follows_can_reach_back_through_many_windows() {
    let pairs = (0..=254u8).rev().map(|byte| vec![byte, byte + 1]);
    let tokens: Vec<Vec<u8>> = pairs.chain((0..=255).map(|byte| vec![byte])).collect();
    let table = table(&tokens);
    for length in [100, 201, 255, 256] {
        let piece: Vec<u8> = (0..=255).take(length).collect();
        for chunk in [1, 7, 300] {
            assert_eq!(by_windows(&table, &piece, chunk), by_heap(&table, &piece), "{length} {chunk}");
        }
        // Twice, so that the second chain begins where windows were enlarged.
        let twice = piece.repeat(2);
        assert_eq!(by_windows(&table, &twice, 50), naive::merge(&table, &twice));
    }
}
