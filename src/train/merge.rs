//! Which pair is merged next, until there are enough tokens.
//!
//! ```text
//! all pairs of the words into a queue, by (count, tie rule)
//! repeat:
//!     take the first pair out of the queue
//!     if one of its symbols was merged since it was counted: count it anew; if it has become rarer, put it back
//!     else: it is the next merge; carry it out wherever it stands; put the pairs that appear into the queue
//! ```
//!
//! Why this is right: the count of a pair never grows after the step in which it appears (see `part`), so what the queue
//! says of a pair is at least what is true, and a pair whose count is true and comes first is first of all.
//! One entry for each pair is enough, and nothing has to be done about the pairs that a merge makes rarer.
//!
//! Symbols are numbered so that the tie rule is their order: see [`super::Ties`].

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::part::{Merge, NONE, Part};
use super::team::{Helped, Task, Team};
use super::words::{Symbol, Words};

/// What is to be learned, and when to stop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Goal {
    /// How many merges, at most.
    pub(super) merges: usize,
    /// Pairs that occur less often are not merged; at least 1.
    pub(super) least: u64,
    /// No token gets longer than this, in bytes.
    pub(super) longest: u32,
    /// Whether pairs of single bytes may be longer than `longest`.
    pub(super) first_pairs_pass: bool,
}

/// A merge that was learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Learned {
    pub(super) left: u32,
    pub(super) right: u32,
    /// How often the two stood side by side.
    pub(super) count: u64,
    /// How often they were merged: less, if they overlapped.
    pub(super) made: u64,
}

/// What the caller has to say while merges are learned.
pub(super) trait Guide {
    /// Whether these two symbols must never be merged.
    fn refuses(&self, left: u32, right: u32) -> bool;

    /// Hears of a merge; on `false` the work ends.
    fn learned(&mut self, merge: Learned) -> bool;
}

/// Learns merges from words. `lengths` are the lengths in bytes of the symbols to begin with; the symbol of a merge is
/// the next number.
pub(super) fn learn<S: Symbol>(words: Vec<Words<S>>, lengths: &[u32], goal: Goal, guide: &mut dyn Guide) {
    let parts = std::thread::scope(|scope| {
        let parts = words.into_iter().map(|words| scope.spawn(|| Part::new(words, lengths.to_vec())));
        let parts: Vec<_> = parts.collect();
        let part = |part: std::thread::ScopedJoinHandle<'_, Part<S>>| {
            part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        parts.into_iter().map(part).collect()
    });
    Team::new(parts).with_helpers(|team| {
        let mut learner = Learner::new(team, goal, lengths);
        learner.enqueue(&mut Names::Any(HashMap::new()));
        learner.learn(guide);
    });
}

struct Learner<'t, S> {
    team: &'t Helped<'t, S>,
    goal: Goal,
    /// How many symbols there are to begin with.
    first: usize,
    lengths: Vec<u32>,
    /// For each symbol, after how many merges it was last merged with another.
    touched: Vec<u32>,
    queue: Queue,
    /// How many pairs were given numbers.
    pairs: u32,
    fresh: Vec<((u32, u32), u64)>,
}

impl<'t, S: Symbol> Learner<'t, S> {
    fn new(team: &'t Helped<'t, S>, goal: Goal, lengths: &[u32]) -> Learner<'t, S> {
        Learner {
            team,
            goal,
            first: lengths.len(),
            lengths: lengths.to_vec(),
            touched: vec![0; lengths.len()],
            queue: Queue::default(),
            pairs: 0,
            fresh: Vec::new(),
        }
    }

    fn learn(&mut self, guide: &mut dyn Guide) {
        let mut names = Names::Beside([Vec::new(), Vec::new()]);
        let mut merges = 0;
        while (merges as usize) < self.goal.merges {
            let Some(top) = self.queue.pop() else { return };
            let Reverse((left, right)) = top.pair;
            let (l, r) = (left as usize, right as usize);
            let newer = left.max(right);
            let newer = if (newer as usize) < self.first { 0 } else { newer };
            let length = self.lengths[l].saturating_add(self.lengths[r]);
            let is_first = length == 2 && self.goal.first_pairs_pass;
            let merge = Merge {
                pair: top.number,
                newer,
                left: S::new(l),
                right: S::new(r),
                both: S::new(self.lengths.len()),
            };
            if self.touched[l].max(self.touched[r]) > top.step {
                let count = self.team.run(Task::Recount(merge));
                if count != top.count {
                    if count >= self.goal.least {
                        self.queue.push(Entry { count, step: merges, ..top });
                    }
                    continue;
                }
            }
            if (length > self.goal.longest && !is_first) || guide.refuses(left, right) {
                continue;
            }
            let made = self.team.run(Task::Merge(merge, self.goal.longest));
            debug_assert!(made <= top.count);
            merges += 1;
            self.lengths.push(length);
            self.touched.push(0);
            (self.touched[l], self.touched[r]) = (merges, merges);
            self.enqueue(&mut names);
            if !guide.learned(Learned { left, right, count: top.count, made }) {
                return;
            }
        }
    }

    /// Gives numbers to the pairs that appeared, and puts them into the queue.
    fn enqueue(&mut self, names: &mut Names) {
        let (step, before) = (self.touched.len().saturating_sub(self.first) as u32, self.pairs);
        let mut fresh = std::mem::take(&mut self.fresh);
        for part in 0..self.team.parts() {
            self.team.part(part, |part| {
                for place in 0..part.fresh().len() {
                    let pair = part.fresh()[place];
                    if pair.weight == 0 {
                        continue;
                    }
                    let symbols = (pair.left.index() as u32, pair.right.index() as u32);
                    let name = names.of(symbols, self.lengths.len() as u32 - 1);
                    if *name == NONE {
                        *name = self.pairs;
                        self.pairs += 1;
                        fresh.push((symbols, 0));
                    }
                    fresh[(*name - before) as usize].1 += pair.weight;
                    part.name(place, *name);
                }
            });
        }
        for ((symbols, count), number) in fresh.drain(..).zip(before..) {
            *names.of(symbols, self.lengths.len() as u32 - 1) = NONE;
            if count >= self.goal.least {
                self.queue.push(Entry { count, pair: Reverse(symbols), number, step });
            }
        }
        self.fresh = fresh;
    }
}

/// The numbers of the pairs of a step.
enum Names {
    Any(HashMap<(u32, u32), u32>),
    /// Of pairs with the newest symbol: by the symbol before it, and after it.
    Beside([Vec<u32>; 2]),
}

impl Names {
    #[inline]
    fn of(&mut self, (left, right): (u32, u32), newest: u32) -> &mut u32 {
        match self {
            Names::Any(names) => names.entry((left, right)).or_insert(NONE),
            Names::Beside(names) => {
                let (names, other) =
                    if left == newest { (&mut names[1], right) } else { (&mut names[0], left) };
                if names.len() <= other as usize {
                    names.resize(newest as usize + 1, NONE);
                }
                &mut names[other as usize]
            }
        }
    }
}

/// A pair in the queue: the most frequent first, and of equally frequent ones the smallest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    count: u64,
    pair: Reverse<(u32, u32)>,
    number: u32,
    /// After how many merges it was counted.
    step: u32,
}

/// Entries by their counts. Only those of the most frequent class are in order, so that there are few; rarer ones wait: most
/// are never asked for.
#[derive(Default)]
struct Queue {
    sorted: BinaryHeap<Entry>,
    /// By class.
    waiting: Vec<Vec<Entry>>,
    /// The class that is in order, and all above it.
    class: usize,
}

/// Counts of the same class differ by an eighth at most.
pub(super) fn class(count: u64) -> usize {
    let bits = (u64::BITS - count.leading_zeros()) as usize;
    match bits.checked_sub(4) {
        None => count as usize,
        Some(shift) => shift * 8 + (count >> shift) as usize,
    }
}

impl Queue {
    fn push(&mut self, entry: Entry) {
        let class = class(entry.count);
        if class >= self.class && self.class > 0 {
            self.sorted.push(entry);
            return;
        }
        if self.waiting.len() <= class {
            self.waiting.resize_with(class + 1, Vec::new);
        }
        self.waiting[class].push(entry);
    }

    fn pop(&mut self) -> Option<Entry> {
        loop {
            if let Some(entry) = self.sorted.pop() {
                return Some(entry);
            }
            let waiting = self.waiting.pop()?;
            self.class = self.waiting.len();
            self.sorted = waiting.into();
        }
    }
}
