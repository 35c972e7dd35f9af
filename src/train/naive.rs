//! The textbook trainer, kept for ever as the oracle of the fast one: it counts everything anew before each merge.
//!
//! Sennrich, Haddow, Birch 2016, "Neural Machine Translation of Rare Words with Subword Units", algorithm 1, with the ties
//! of [`super::Ties`]. Pairs overlap when they are counted (`aaa` has `a a` twice) and are merged from left to right, as in
//! Hugging Face's tokenizers 0.23 and rustbpe 0.1.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::merge::{Goal, Guide, Learned};

/// What [`super::merge::learn`] tells of the same words, given as symbols with their counts.
pub(super) fn learn(mut words: Vec<(Vec<u32>, u64)>, lengths: &[u32], goal: Goal, guide: &mut dyn Guide) {
    let mut lengths = lengths.to_vec();
    for _ in 0..goal.merges {
        let mut counts: HashMap<(u32, u32), u64> = HashMap::new();
        for (word, count) in &words {
            for pair in word.windows(2) {
                *counts.entry((pair[0], pair[1])).or_insert(0) += count;
            }
        }
        let length = |(left, right): (u32, u32)| lengths[left as usize] + lengths[right as usize];
        let is_first = |pair: (u32, u32)| goal.first_pairs_pass && length(pair) == 2;
        let allowed = |&(pair, count): &((u32, u32), u64)| {
            count >= goal.least
                && (length(pair) <= goal.longest || is_first(pair))
                && !guide.refuses(pair.0, pair.1)
        };
        let best = counts.into_iter().filter(allowed).max_by_key(|&(pair, count)| (count, Reverse(pair)));
        let Some((pair, count)) = best else { return };
        let both = lengths.len() as u32;
        lengths.push(length(pair));
        let mut made = 0;
        for (word, count) in &mut words {
            let before = word.len();
            merge(word, pair, both);
            made += (before - word.len()) as u64 * *count;
        }
        if !guide.learned(Learned { left: pair.0, right: pair.1, count, made }) {
            return;
        }
    }
}

/// Merges the pair in a word, from left to right.
fn merge(word: &mut Vec<u32>, (left, right): (u32, u32), both: u32) {
    let mut merged = Vec::with_capacity(word.len());
    let mut at = 0;
    while at < word.len() {
        let is_pair = word[at] == left && word.get(at + 1) == Some(&right);
        merged.push(if is_pair { both } else { word[at] });
        at += if is_pair { 2 } else { 1 };
    }
    *word = merged;
}
