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
use super::team::{Helped, Team};
use super::words::{Symbol, Words};
use crate::error::{Error, ErrorKind};

/// How many pairs are counted anew at a time, at most.
const AGAIN: usize = 16;

/// Among how many that come next they are looked for.
const LOOKED_AT: usize = 32;

/// How many places they have together, at most, if they are more than one.
const MOST_WORK: u64 = 16 * 1024;

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

/// How many numbers there are.
#[derive(Clone, Copy)]
pub(super) struct Numbers {
    /// For pairs: at most [`NONE`].
    pub(super) pairs: u32,
    /// For symbols, in the cells of the words as they are laid out.
    pub(super) symbols: usize,
}

impl Numbers {
    /// Those that cells of this kind have.
    pub(super) fn of<S: Symbol>() -> Numbers {
        Numbers { pairs: NONE, symbols: S::HOLE.index() }
    }
}

/// Learns merges from words. `lengths` are the lengths in bytes of the symbols to begin with; the symbol of a merge is
/// the next number. When there are no more numbers for symbols, cells get wider: the first merges, which have most of the
/// work, are done in narrow ones, of which twice as many are near.
///
/// Fails if there are more pairs than numbers for them.
pub(super) fn learn<S: Symbol>(
    words: Vec<Words<S>>,
    lengths: &[u32],
    goal: Goal,
    guide: &mut dyn Guide,
    numbers: Numbers,
) -> Result<(), Error> {
    let parts = side_by_side(words, |words| Part::new(words, lengths.to_vec()));
    let team = Team::new(parts);
    let mut course = Course::new(goal, lengths, numbers);
    course = team.with_helpers(|team| {
        let mut learner = Learner::new(team, course);
        learner.enqueue(&mut Names::Any(HashMap::new()));
        learner.learn(guide);
        learner.course
    });
    if course.needs_wider() {
        course.symbols = Numbers::of::<u32>().symbols;
        let team = Team::new(side_by_side(team.into_parts(), Part::widened));
        course = team.with_helpers(|team| {
            let mut learner = Learner::new(team, course);
            learner.learn(guide);
            learner.course
        });
    }
    if !course.is_full {
        return Ok(());
    }
    let message =
        format!("there are more than {} different pairs, which cannot be told apart", course.most_pairs);
    Err(Error::new(ErrorKind::InvalidTraining, message)
        .with_hint("leave out rare pieces (--min-count 2), or learn from fewer texts"))
}

/// What becomes of some, each on a thread of its own.
fn side_by_side<A: Send, B: Send>(all: impl IntoIterator<Item = A>, make: impl Fn(A) -> B + Sync) -> Vec<B> {
    let make = &make;
    std::thread::scope(|scope| {
        let threads: Vec<_> = all.into_iter().map(|one| scope.spawn(move || make(one))).collect();
        let done = threads.into_iter().map(|thread| match thread.join() {
            Ok(made) => made,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        done.collect()
    })
}

/// How far learning has come.
struct Course {
    goal: Goal,
    /// How many symbols there are to begin with.
    first: usize,
    /// How many there can be, as wide as cells are.
    symbols: usize,
    lengths: Vec<u32>,
    /// For each symbol, after how many merges it was last merged with another.
    touched: Vec<u32>,
    queue: Queue,
    /// How many pairs were given numbers, how many can be, and whether there are more pairs than that.
    pairs: u32,
    most_pairs: u32,
    is_full: bool,
    /// Whether nothing more is to be learned, or can be.
    is_done: bool,
}

impl Course {
    fn new(goal: Goal, lengths: &[u32], numbers: Numbers) -> Course {
        Course {
            goal,
            first: lengths.len(),
            symbols: numbers.symbols,
            lengths: lengths.to_vec(),
            touched: vec![0; lengths.len()],
            queue: Queue::default(),
            pairs: 0,
            most_pairs: numbers.pairs,
            is_full: false,
            is_done: false,
        }
    }

    /// How many merges were learned.
    fn merges(&self) -> usize {
        self.lengths.len() - self.first
    }

    fn is_at_end(&self) -> bool {
        self.is_done || self.is_full || self.merges() >= self.goal.merges
    }

    /// Whether it ended only because there were no more numbers for symbols.
    fn needs_wider(&self) -> bool {
        !self.is_at_end() && self.lengths.len() >= self.symbols
    }
}

struct Learner<'t, S> {
    team: &'t Helped<'t, S>,
    course: Course,
    fresh: Vec<((u32, u32), u64)>,
    again: Again<S>,
}

/// Pairs that are counted anew.
struct Again<S> {
    pairs: Vec<Merge<S>>,
    /// For each but the first, its place in the queue.
    places: Vec<usize>,
    counts: Vec<u64>,
}

impl<'t, S: Symbol> Learner<'t, S> {
    fn new(team: &'t Helped<'t, S>, course: Course) -> Learner<'t, S> {
        let again = Again { pairs: Vec::new(), places: Vec::new(), counts: Vec::new() };
        Learner { team, course, fresh: Vec::new(), again }
    }

    /// Learns merges as long as there are any to learn and numbers for them.
    fn learn(&mut self, guide: &mut dyn Guide) {
        let mut names = Names::Beside([Vec::new(), Vec::new()]);
        while !self.course.is_at_end() && self.course.lengths.len() < self.course.symbols {
            let Some(top) = self.course.queue.pop() else {
                self.course.is_done = true;
                return;
            };
            let Reverse((left, right)) = top.pair;
            let (l, r) = (left as usize, right as usize);
            if self.is_old(&top) {
                self.count_again(top, self.course.merges() as u32);
                continue;
            }
            let Course { goal, lengths, .. } = &self.course;
            let length = lengths[l].saturating_add(lengths[r]);
            let is_first = length == 2 && goal.first_pairs_pass;
            if (length > goal.longest && !is_first) || guide.refuses(left, right) {
                continue;
            }
            let made = self.team.merge(self.merge_of(&top), goal.longest);
            debug_assert!(made <= top.count);
            self.course.lengths.push(length);
            self.course.touched.push(0);
            let merges = self.course.merges() as u32;
            (self.course.touched[l], self.course.touched[r]) = (merges, merges);
            self.enqueue(&mut names);
            self.course.is_done = !guide.learned(Learned { left, right, count: top.count, made });
        }
    }

    /// Whether one of the two symbols was merged since the pair was counted.
    fn is_old(&self, entry: &Entry) -> bool {
        let Reverse((left, right)) = entry.pair;
        self.course.touched[left as usize].max(self.course.touched[right as usize]) > entry.step
    }

    fn merge_of(&self, entry: &Entry) -> Merge<S> {
        let Reverse((left, right)) = entry.pair;
        let newer = left.max(right);
        Merge {
            pair: entry.number,
            newer: if (newer as usize) < self.course.first { 0 } else { newer },
            left: S::new(left as usize),
            right: S::new(right as usize),
            both: S::new(self.course.lengths.len()),
        }
    }

    /// Counts anew a pair that was taken out of the queue, and with it some that come next: to look far away for many things
    /// takes not much longer than for one, and they are work enough for several threads. That one of them may have to be
    /// counted once more before its turn does no harm.
    fn count_again(&mut self, top: Entry, step: u32) {
        let mut again =
            std::mem::replace(&mut self.again, Again { pairs: vec![], places: vec![], counts: vec![] });
        again.pairs.clear();
        again.places.clear();
        again.pairs.push(self.merge_of(&top));
        let mut work = top.count;
        let next = self.course.queue.run.len();
        for place in (next.saturating_sub(LOOKED_AT)..next).rev() {
            let entry = self.course.queue.run[place];
            if entry.count == GONE || !self.is_old(&entry) {
                continue;
            }
            // A pair has no more places than its count.
            work = work.saturating_add(entry.count);
            if work > MOST_WORK || again.pairs.len() == AGAIN {
                break;
            }
            again.pairs.push(self.merge_of(&entry));
            again.places.push(place);
        }
        self.team.recount(&again.pairs, &mut again.counts);
        let least = self.course.goal.least;
        let count = again.counts[0];
        if count >= least {
            self.course.queue.push(Entry { count, step, ..top });
        }
        for (&place, &count) in again.places.iter().zip(&again.counts[1..]) {
            let entry = &mut self.course.queue.run[place];
            let before = std::mem::replace(entry, Entry { step, ..*entry });
            if count == before.count {
                continue;
            }
            entry.count = GONE;
            if count >= least {
                self.course.queue.push(Entry { count, step, ..before });
            }
        }
        self.again = again;
    }

    /// Gives numbers to the pairs that appeared, and puts them into the queue.
    fn enqueue(&mut self, names: &mut Names) {
        let (step, before) =
            (self.course.touched.len().saturating_sub(self.course.first) as u32, self.course.pairs);
        let mut fresh = std::mem::take(&mut self.fresh);
        for part in 0..self.team.parts() {
            self.team.part(part, |part| {
                for place in 0..part.fresh().len() {
                    let pair = part.fresh()[place];
                    if pair.weight == 0 {
                        continue;
                    }
                    let symbols = (pair.left.index() as u32, pair.right.index() as u32);
                    let name = names.of(symbols, self.course.lengths.len() as u32 - 1);
                    if *name == NONE {
                        if self.course.pairs == self.course.most_pairs {
                            self.course.is_full = true;
                            return;
                        }
                        *name = self.course.pairs;
                        self.course.pairs += 1;
                        fresh.push((symbols, 0));
                    }
                    fresh[(*name - before) as usize].1 += pair.weight;
                    part.name(place, *name);
                }
            });
        }
        for ((symbols, count), number) in fresh.drain(..).zip(before..) {
            *names.of(symbols, self.course.lengths.len() as u32 - 1) = NONE;
            if count >= self.course.goal.least {
                self.course.queue.push(Entry { count, pair: Reverse(symbols), number, step });
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
    /// The class that was put in order, the first to be taken at the end.
    run: Vec<Entry>,
    /// What has come into that class since, or above it.
    late: BinaryHeap<Entry>,
    /// By class.
    waiting: Vec<Vec<Entry>>,
    /// The class that is in order, and all above it.
    class: usize,
}

/// The count of an entry in the run that is not there any more.
const GONE: u64 = 0;

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
            self.late.push(entry);
            return;
        }
        if self.waiting.len() <= class {
            self.waiting.resize_with(class + 1, Vec::new);
        }
        self.waiting[class].push(entry);
    }

    fn pop(&mut self) -> Option<Entry> {
        loop {
            while self.run.last().is_some_and(|entry| entry.count == GONE) {
                self.run.pop();
            }
            match (self.run.last(), self.late.peek()) {
                (None, None) => {
                    self.run = self.waiting.pop()?;
                    self.class = self.waiting.len();
                    self.run.sort_unstable();
                }
                (Some(next), late) if late.is_none_or(|late| late < next) => return self.run.pop(),
                _ => return self.late.pop(),
            }
        }
    }
}
