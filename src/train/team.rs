//! The parts of the words, and the threads that work on them side by side.
//!
//! Most steps of training are short, some microseconds, so threads cannot be woken for each: a helper that has just worked
//! looks for its next task for a while before it lies down to sleep, and is woken only for long tasks. What a helper has not
//! begun when the first thread is done with its own part, that thread takes back and does itself; so a helper
//! that gets no processor time costs nothing.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::Thread;

use super::part::{Merge, Part};
use super::words::Symbol;

/// From this many places in a part on, a task is given to a helper that is awake.
/// (Tests give it everything.)
const WORTHWHILE: usize = if cfg!(test) { 0 } else { 192 };

/// From this many places on, a helper is woken.
const WORTH_WAKING: usize = if cfg!(test) { 4 } else { 16 * 1024 };

/// How often a helper looks for a task before it sleeps.
const LOOKS: u32 = 20_000;

/// What the state of a helper can be.
const IDLE: u8 = 0;
const GIVEN: u8 = 1;
const BEGUN: u8 = 2;
const DONE: u8 = 3;
const END: u8 = 4;
const FAILED: u8 = 5;

/// What is done in every part.
#[derive(Clone, Copy)]
enum Task<S> {
    /// See [`Part::recount`]; the pairs are in `Work`.
    Recount,
    /// See [`Part::merge`].
    Merge(Merge<S>, u32),
}

/// Parts of the words, each for one thread.
pub(super) struct Team<S> {
    seats: Vec<Seat<S>>,
}

struct Seat<S> {
    work: Mutex<Work<S>>,
    state: AtomicU8,
    sleeps: AtomicBool,
}

struct Work<S> {
    part: Part<S>,
    task: Option<Task<S>>,
    sum: u64,
    /// Pairs to be counted, and how often they stand in the part.
    pairs: Vec<Merge<S>>,
    counts: Vec<u64>,
}

impl<S: Symbol> Team<S> {
    pub(super) fn new(parts: Vec<Part<S>>) -> Team<S> {
        let seat = |part| Seat {
            work: Mutex::new(Work { part, task: None, sum: 0, pairs: Vec::new(), counts: Vec::new() }),
            state: AtomicU8::new(IDLE),
            sleeps: AtomicBool::new(false),
        };
        Team { seats: parts.into_iter().map(seat).collect() }
    }

    /// The parts, after all work.
    pub(super) fn into_parts(self) -> impl Iterator<Item = Part<S>> {
        let part = |seat: Seat<S>| seat.work.into_inner().unwrap_or_else(PoisonError::into_inner).part;
        self.seats.into_iter().map(part)
    }

    /// Does `work` with helpers for all parts but the first.
    pub(super) fn with_helpers<R>(&self, work: impl FnOnce(&Helped<'_, S>) -> R) -> R {
        std::thread::scope(|scope| {
            let threads = self.seats.iter().skip(1).map(|seat| {
                let helper = std::thread::Builder::new().spawn_scoped(scope, || seat.help());
                // Without a helper the first thread does it all.
                helper.ok().map(|helper| helper.thread().clone())
            });
            let helped = Helped { seats: &self.seats, threads: threads.collect() };
            work(&helped)
        })
    }
}

/// Parts with their helpers. When this goes, they do.
pub(super) struct Helped<'t, S> {
    seats: &'t [Seat<S>],
    threads: Vec<Option<Thread>>,
}

impl<S> Drop for Helped<'_, S> {
    fn drop(&mut self) {
        for (seat, thread) in self.seats.iter().skip(1).zip(&self.threads) {
            seat.state.store(END, Ordering::Release);
            if let Some(thread) = thread {
                thread.unpark();
            }
        }
    }
}

impl<S: Symbol> Helped<'_, S> {
    /// How many parts there are.
    pub(super) fn parts(&self) -> usize {
        self.seats.len()
    }

    /// A part, while nothing is done to it.
    pub(super) fn part<R>(&self, number: usize, look: impl FnOnce(&mut Part<S>) -> R) -> R {
        look(&mut self.seats[number].lock().part)
    }

    /// Merges the pair in every part, see [`Part::merge`]; the sum of the results.
    pub(super) fn merge(&self, merge: Merge<S>, longest: u32) -> u64 {
        self.run(Task::Merge(merge, longest))
    }

    /// Counts the pairs anew, into `counts`, see [`Part::recount`].
    pub(super) fn recount(&self, pairs: &[Merge<S>], counts: &mut Vec<u64>) {
        for seat in self.seats {
            pairs.clone_into(&mut seat.lock().pairs);
        }
        self.run(Task::Recount);
        counts.clear();
        counts.resize(pairs.len(), 0);
        for seat in self.seats {
            counts.iter_mut().zip(&seat.lock().counts).for_each(|(all, count)| *all += count);
        }
    }

    /// Does the task in every part; the sum of the results.
    fn run(&self, task: Task<S>) -> u64 {
        let given: Vec<bool> = match self.seats.len() {
            1 => Vec::new(),
            _ => self
                .seats
                .iter()
                .skip(1)
                .zip(&self.threads)
                .map(|(seat, thread)| seat.give(task, thread.as_ref()))
                .collect(),
        };
        let mut sum = self.seats[0].lock().carry_out(task);
        for (seat, given) in self.seats.iter().skip(1).zip(given) {
            sum += if given { seat.take_back() } else { seat.lock().carry_out(task) };
        }
        sum
    }
}

impl<S: Symbol> Seat<S> {
    fn lock(&self) -> MutexGuard<'_, Work<S>> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the task to the helper, if that pays.
    fn give(&self, task: Task<S>, helper: Option<&Thread>) -> bool {
        let Some(helper) = helper else { return false };
        let mut work = self.lock();
        let places = match task {
            Task::Merge(merge, _) => work.part.places(merge.pair),
            Task::Recount => work.pairs.iter().map(|merge| work.part.places(merge.pair)).sum(),
        };
        let sleeps = self.sleeps.load(Ordering::Relaxed);
        if places < if sleeps { WORTH_WAKING } else { WORTHWHILE } {
            return false;
        }
        work.task = Some(task);
        drop(work);
        self.state.store(GIVEN, Ordering::SeqCst);
        if self.sleeps.load(Ordering::SeqCst) {
            helper.unpark();
        }
        true
    }

    /// The result of the task that was given, done here if the helper has not begun.
    fn take_back(&self) -> u64 {
        if self.state.compare_exchange(GIVEN, IDLE, Ordering::AcqRel, Ordering::Acquire).is_ok() {
            return self.lock().do_task();
        }
        let mut looks = 0;
        loop {
            match self.state.load(Ordering::Acquire) {
                DONE => break,
                FAILED => panic!("a thread that helps with training has failed"),
                _ => rest(&mut looks),
            }
        }
        self.state.store(IDLE, Ordering::Release);
        self.lock().sum
    }

    /// Does the tasks that are given, until there are no more.
    fn help(&self) {
        let mut looks = 0;
        loop {
            match self.state.compare_exchange(GIVEN, BEGUN, Ordering::SeqCst, Ordering::SeqCst) {
                Ok(_) => {
                    let failing = Failing(self);
                    self.lock().do_task();
                    std::mem::forget(failing);
                    // The first thread may have ended all meanwhile; that is to be seen.
                    let _ = self.state.compare_exchange(BEGUN, DONE, Ordering::AcqRel, Ordering::Acquire);
                    looks = 0;
                }
                Err(END) => return,
                Err(_) if looks < LOOKS => {
                    looks += 1;
                    std::hint::spin_loop();
                }
                Err(_) => {
                    self.sleeps.store(true, Ordering::SeqCst);
                    if !matches!(self.state.load(Ordering::SeqCst), GIVEN | END) {
                        std::thread::park();
                    }
                    self.sleeps.store(false, Ordering::SeqCst);
                    looks = 0;
                }
            }
        }
    }
}

/// Says that a helper has failed, however it did.
struct Failing<'s, S>(&'s Seat<S>);

impl<S> Drop for Failing<'_, S> {
    fn drop(&mut self) {
        self.0.state.store(FAILED, Ordering::Release);
    }
}

impl<S: Symbol> Work<S> {
    fn do_task(&mut self) -> u64 {
        self.sum = self.task.take().map_or(0, |task| self.carry_out(task));
        self.sum
    }

    fn carry_out(&mut self, task: Task<S>) -> u64 {
        match task {
            Task::Recount => {
                self.part.recount(&self.pairs, &mut self.counts);
                0
            }
            Task::Merge(merge, longest) => self.part.merge(merge, longest),
        }
    }
}

/// Waits a moment; after many of them, longer.
fn rest(looks: &mut u32) {
    *looks += 1;
    if *looks < LOOKS { std::hint::spin_loop() } else { std::thread::yield_now() }
}
