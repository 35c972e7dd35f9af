//! A part of the words, and where in it each pair of neighbouring symbols stands.
//!
//! For each pair there is a list of places, in ascending order, of the first symbol of the two. It is made in the step in
//! which the newer symbol of the two is made, and never gets longer after that: a pair with the new symbol can only appear
//! where the new symbol does, and every merge is carried out everywhere at once. It is not made shorter either
//! when a neighbouring merge takes one of the two symbols away; such places are told by what stands there now, and are
//! left out when the list is looked through ([`Part::recount`]).
//!
//! Which pair is merged next is decided in `merge`.

use std::collections::HashMap;

use super::words::{Symbol, Weights, Words, range};
use crate::bpe::prefetch;

/// How many places are looked at together: few enough for the cells to be still near when their neighbours are asked for.
const STEP: usize = 1024;

/// How many places ahead cells are asked for.
const AHEAD: usize = 12;

/// For how many places of a pair cells are asked for before it is looked at.
const ASKED: usize = 64;

/// Up to so many symbols to begin with, pairs of them are found in a table of all pairs.
const FEW: usize = 600;

/// No pair.
pub(super) const NONE: u32 = u32::MAX;

/// Words, and where pairs stand in them.
pub(super) struct Part<S> {
    words: Words<S>,
    /// The places of pairs, for each symbol of those that it is the newer one of.
    places: Vec<Vec<u32>>,
    /// For each pair where in `places` its own begin, and how many they are.
    lists: Vec<(u32, u32)>,
    /// For each symbol which pair in `fresh` it makes with the new one, before it and after it.
    found: [Vec<u32>; 2],
    fresh: Vec<Fresh<S>>,
    scratch: Scratch,
    /// The lengths of all symbols, in bytes.
    lengths: Vec<u32>,
}

#[derive(Default)]
struct Scratch {
    made: Vec<u32>,
    /// For each place in `made`, its new pairs with the symbols before and after it.
    neighbours: Vec<[u32; 2]>,
}

/// A pair that appeared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fresh<S> {
    pub(super) left: S,
    pub(super) right: S,
    /// How often it stands there, by the counts of the words.
    pub(super) weight: u64,
    start: u32,
    length: u32,
}

/// Two neighbours and what they become.
#[derive(Clone, Copy)]
pub(super) struct Merge<S> {
    /// The number of the pair.
    pub(super) pair: u32,
    /// The newer symbol of the two; 0 if both were there to begin with.
    pub(super) newer: u32,
    pub(super) left: S,
    pub(super) right: S,
    pub(super) both: S,
}

impl<S: Symbol> Part<S> {
    /// The words with all pairs in them, which are in [`Part::fresh`]. `lengths` has the lengths in bytes of the symbols that
    /// there are to begin with.
    pub(super) fn new(words: Words<S>, lengths: Vec<u32>) -> Part<S> {
        let mut part = Part {
            words,
            places: vec![Vec::new(); 1],
            lists: Vec::new(),
            found: Default::default(),
            fresh: Vec::new(),
            scratch: Scratch::default(),
            lengths,
        };
        let mut index = Index::new(part.lengths.len());
        let Part { words, fresh, lengths, .. } = &mut part;
        let mut weights = words.weights();
        each_pair(&words.cells, lengths, |place, left, right| {
            let slot = index.slot(left, right);
            if *slot == NONE {
                *slot = fresh.len() as u32;
                fresh.push(Fresh { left, right, weight: 0, start: 0, length: 0 });
            }
            let pair = &mut fresh[*slot as usize];
            pair.weight += weights.of(place);
            pair.length += 1;
        });
        let mut ends = begin_lists(fresh);
        let mut places = vec![0; total(fresh)];
        each_pair(&words.cells, lengths, |place, left, right| {
            let end = &mut ends[*index.slot(left, right) as usize];
            places[*end as usize] = place;
            *end += 1;
        });
        part.places[0] = places;
        part
    }

    /// The same with room for more symbols, between two steps.
    pub(super) fn widened(self) -> Part<u32> {
        let Part { words, places, lists, found, scratch, lengths, .. } = self;
        let cells = words.cells.iter().map(|cell| cell.widened()).collect();
        let words = Words { cells, groups: words.groups };
        Part { words, places, lists, found, fresh: Vec::new(), scratch, lengths }
    }

    /// The pairs that appeared in the last step, each once.
    pub(super) fn fresh(&self) -> &[Fresh<S>] {
        &self.fresh
    }

    /// Says that the pair at `place` in [`Part::fresh`] has this number, which is the next one or, if another part had it,
    /// any of those after the last step.
    pub(super) fn name(&mut self, place: usize, number: u32) {
        let Fresh { start, length, .. } = self.fresh[place];
        let number = number as usize;
        if self.lists.len() <= number {
            self.lists.resize(number + 1, (0, 0));
        }
        self.lists[number] = (start, length);
    }

    /// How many places the pair of this number has, at most.
    pub(super) fn places(&self, pair: u32) -> usize {
        self.lists.get(pair as usize).map_or(0, |list| list.1 as usize)
    }

    /// Counts the pairs anew, into `counts`: how often each stands there, by the counts of the words.
    ///
    /// Many at a time, because most lists are short and nothing that they lead to is near: all of it is asked for before it is
    /// looked at.
    pub(super) fn recount(&mut self, pairs: &[Merge<S>], counts: &mut Vec<u64>) {
        counts.clear();
        for merge in pairs {
            prefetch(&self.lists, merge.pair as usize);
            prefetch(&self.places, merge.newer as usize);
        }
        for merge in pairs {
            if let Some(places) = self.list(merge) {
                prefetch(places, 0);
                prefetch(places, places.len() - 1);
            }
        }
        let ask = |part: &Part<S>, merge: Option<&Merge<S>>| {
            for &place in merge.and_then(|merge| part.list(merge)).into_iter().flatten().take(ASKED) {
                prefetch(&part.words.cells, place as usize);
            }
        };
        ask(self, pairs.first());
        for (at, merge) in pairs.iter().enumerate() {
            ask(self, pairs.get(at + 1));
            counts.push(self.recount_one(merge));
        }
    }

    /// The places of a pair, if it has any.
    fn list(&self, merge: &Merge<S>) -> Option<&[u32]> {
        let &(start, length) = self.lists.get(merge.pair as usize)?;
        (length > 0).then(|| &self.places[merge.newer as usize][range(start, length)])
    }

    fn recount_one(&mut self, merge: &Merge<S>) -> u64 {
        let Some(list) = self.lists.get_mut(merge.pair as usize) else { return 0 };
        let places = &mut self.places[merge.newer as usize][range(list.0, list.1)];
        let cells = &self.words.cells;
        let step = self.lengths[merge.left.index()] as usize;
        let mut weights = self.words.weights();
        let (mut weight, mut kept) = (0, 0);
        for at in 0..places.len() {
            if let Some(&next) = places.get(at.max(ASKED - AHEAD) + AHEAD) {
                prefetch(cells, next as usize);
            }
            let place = places[at];
            if cells[place as usize] == merge.left && cells[place as usize + step] == merge.right {
                weight += weights.of(place);
                places[kept] = place;
                kept += 1;
            }
        }
        list.1 = kept as u32;
        weight
    }

    /// Merges the pair wherever it stands. The new pairs are in [`Part::fresh`] then, but those that would make symbols of
    /// more than `longest` bytes. How often it was merged, by the counts of the words.
    pub(super) fn merge(&mut self, merge: Merge<S>, longest: u32) -> u64 {
        self.fresh.clear();
        self.scratch.made.clear();
        self.scratch.neighbours.clear();
        let list = self.lists.get_mut(merge.pair as usize).map(std::mem::take).unwrap_or_default();
        let list = range(list.0, list.1);
        let [left, right] = [merge.left, merge.right].map(|symbol| self.lengths[symbol.index()]);
        let length = left.saturating_add(right);
        debug_assert_eq!(self.lengths.len(), merge.both.index());
        self.lengths.push(length);
        for found in &mut self.found {
            found.resize(merge.both.index() + 1, NONE);
        }
        let mut merging =
            Merging { cells: &mut self.words.cells, merge, left: left as usize, length: length as usize };
        let mut pairing = Pairing {
            both: merge.both,
            length: length as usize,
            weights: Weights::new(&self.words.groups),
            found: &mut self.found,
            fresh: &mut self.fresh,
            neighbours: &mut self.scratch.neighbours,
            sum: 0,
        };
        let made = &mut self.scratch.made;
        let mut paired = 0;
        for places in self.places[merge.newer as usize][list].chunks(STEP) {
            merging.carry_out(places, made);
            // What follows the last one may be merged with the next places.
            let certain = made.len().saturating_sub(1).max(paired);
            pairing.look_around(merging.cells, &made[paired..certain]);
            paired = certain;
        }
        pairing.look_around(merging.cells, &made[paired..]);
        let sum = pairing.sum;
        for pair in &self.fresh {
            let (side, other) = if pair.left == merge.both { (1, pair.right) } else { (0, pair.left) };
            self.found[side][other.index()] = NONE;
        }
        self.list_fresh(merge.both, longest);
        sum
    }

    /// Makes the lists of the pairs that appeared.
    fn list_fresh(&mut self, both: S, longest: u32) {
        let length = |symbol: S| self.lengths[symbol.index()];
        for pair in self.fresh.iter_mut() {
            if length(pair.left).saturating_add(length(pair.right)) > longest {
                (pair.length, pair.weight) = (0, 0);
            }
        }
        let mut ends = begin_lists(&mut self.fresh);
        let mut places = vec![0; total(&self.fresh)];
        for (&place, neighbours) in self.scratch.made.iter().zip(&self.scratch.neighbours) {
            for (pair, is_before) in neighbours.iter().zip([true, false]) {
                let Some(fresh) = self.fresh.get(*pair as usize).filter(|fresh| fresh.weight > 0) else {
                    continue;
                };
                let end = &mut ends[*pair as usize];
                places[*end as usize] = if is_before { place - length(fresh.left) } else { place };
                *end += 1;
            }
        }
        if self.places.len() <= both.index() {
            self.places.resize_with(both.index() + 1, Vec::new);
        }
        self.places[both.index()] = places;
    }
}

/// Where neighbours are put together.
struct Merging<'p, S> {
    cells: &'p mut [S],
    merge: Merge<S>,
    /// The lengths in bytes of the left symbol and of both.
    left: usize,
    length: usize,
}

impl<S: Symbol> Merging<'_, S> {
    /// Merges at those of the places where the pair still stands, from left to right; these are put to `made`.
    #[inline]
    fn carry_out(&mut self, places: &[u32], made: &mut Vec<u32>) {
        let Merge { left, right, both, .. } = self.merge;
        for at in 0..places.len() {
            if let Some(&next) = places.get(at + AHEAD) {
                prefetch(self.cells, next as usize);
            }
            let place = places[at] as usize;
            let middle = place + self.left;
            if self.cells[place] != left || self.cells[middle] != right {
                continue;
            }
            self.cells[middle - 1] = S::HOLE;
            self.cells[middle] = S::HOLE;
            self.cells[place] = both;
            self.cells[place + self.length - 1] = both;
            made.push(place as u32);
        }
    }
}

/// Where the pairs of a new symbol with its neighbours are found.
struct Pairing<'p, S> {
    both: S,
    length: usize,
    weights: Weights<'p>,
    found: &'p mut [Vec<u32>; 2],
    fresh: &'p mut Vec<Fresh<S>>,
    neighbours: &'p mut Vec<[u32; 2]>,
    sum: u64,
}

impl<S: Symbol> Pairing<'_, S> {
    #[inline]
    fn look_around(&mut self, cells: &[S], made: &[u32]) {
        for &place in made {
            let weight = self.weights.of(place);
            self.sum += weight;
            let before = cells[place as usize - 1];
            let after = cells[place as usize + self.length];
            // Of two new symbols side by side, the first tells.
            let first = if before == S::BORDER || before == self.both {
                NONE
            } else {
                self.pair(0, before, before, self.both, weight)
            };
            let second = match after == S::BORDER {
                true => NONE,
                false => self.pair(1, after, self.both, after, weight),
            };
            self.neighbours.push([first, second]);
        }
    }

    #[inline(always)]
    fn pair(&mut self, side: usize, other: S, left: S, right: S, weight: u64) -> u32 {
        let slot = &mut self.found[side][other.index()];
        if *slot == NONE {
            *slot = self.fresh.len() as u32;
            self.fresh.push(Fresh { left, right, weight: 0, start: 0, length: 0 });
        }
        let pair = &mut self.fresh[*slot as usize];
        pair.weight += weight;
        pair.length += 1;
        *slot
    }
}

/// Gives each pair its part of one row of places; where each begins.
fn begin_lists<S: Symbol>(fresh: &mut [Fresh<S>]) -> Vec<u32> {
    let mut end = 0;
    for pair in fresh.iter_mut() {
        pair.start = end;
        end += pair.length;
    }
    fresh.iter().map(|pair| pair.start).collect()
}

fn total<S>(fresh: &[Fresh<S>]) -> usize {
    fresh.last().map_or(0, |pair| (pair.start + pair.length) as usize)
}

/// Calls `each` with the place of every pair of neighbours and the two symbols.
fn each_pair<S: Symbol>(cells: &[S], lengths: &[u32], mut each: impl FnMut(u32, S, S)) {
    let mut place = 1;
    let mut before: Option<(usize, S)> = None;
    while place < cells.len() {
        let symbol = cells[place];
        if symbol == S::BORDER {
            before = None;
            place += 1;
            continue;
        }
        if let Some((start, left)) = before {
            each(start as u32, left, symbol);
        }
        before = Some((place, symbol));
        place += lengths[symbol.index()] as usize;
    }
}

/// The numbers of pairs of the symbols that there are to begin with.
enum Index {
    All(Vec<u32>, usize),
    Some(HashMap<(u32, u32), u32>),
}

impl Index {
    fn new(symbols: usize) -> Index {
        match symbols {
            0..FEW => Index::All(vec![NONE; symbols * symbols], symbols),
            _ => Index::Some(HashMap::new()),
        }
    }

    #[inline(always)]
    fn slot<S: Symbol>(&mut self, left: S, right: S) -> &mut u32 {
        match self {
            Index::All(slots, symbols) => &mut slots[left.index() * *symbols + right.index()],
            Index::Some(slots) => slots.entry((left.index() as u32, right.index() as u32)).or_insert(NONE),
        }
    }
}
