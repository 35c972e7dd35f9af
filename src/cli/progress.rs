//! Progress of long work: a bar on stderr, if that is a terminal and the work takes over a second; and, in its place at the
//! end, a line with what was done in what time. Nothing of it is there for programs.
//!
//! Short work pays two atomic additions a chunk and no more.

use std::fmt;
use std::io::{self, IsTerminal};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::cli::input::Input;
use crate::cli::messages::Messages;
use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressState, ProgressStyle};

/// How long to work without a word.
const PATIENCE: Duration = Duration::from_secs(1);

/// How far the work is, in bytes read or merges learned.
pub(crate) struct Progress {
    shown: bool,
    begin: Instant,
    done: AtomicU64,
    total: Option<u64>,
    work: Work,
    template: [&'static str; 2],
    bar: OnceLock<ProgressBar>,
}

/// What is done.
#[derive(Clone, Copy)]
enum Work {
    /// So many files are read, each so many times.
    Files(usize, u64),
    /// A text in memory is gone through so many times.
    Text(u64),
    /// Merges are learned.
    Merges,
}

/// What a bar on bytes says, with a total and without.
const BYTES: [&str; 2] = ["{bytes} of {total_bytes} [{bar:20}] {mean}/s, {left} left", "{bytes}, {mean}/s"];

/// What a bar on merges says.
const MERGES: [&str; 2] = ["{pos} of {len} merges [{bar:20}] {left} left"; 2];

impl Progress {
    /// Reads these inputs.
    pub(crate) fn new(wanted: bool, inputs: &[Input]) -> Progress {
        Progress::times(wanted, inputs, 1)
    }

    /// Reads these inputs, each so many times.
    pub(crate) fn times(wanted: bool, inputs: &[Input], times: usize) -> Progress {
        let sizes: Option<u64> = inputs.iter().map(|input| input.size).sum();
        let times = times as u64;
        let total = sizes.map(|size| size.saturating_mul(times));
        Progress::with(wanted, total, Work::Files(inputs.len(), times), BYTES)
    }

    /// Goes so many times through a text of so many bytes.
    pub(crate) fn text(wanted: bool, bytes: u64, times: u64) -> Progress {
        Progress::with(wanted, Some(bytes.saturating_mul(times)), Work::Text(times), BYTES)
    }

    /// Work on this number of merges.
    pub(crate) fn merges(wanted: bool, total: u64) -> Progress {
        Progress::with(wanted, Some(total), Work::Merges, MERGES)
    }

    fn with(wanted: bool, total: Option<u64>, work: Work, template: [&'static str; 2]) -> Progress {
        let shown = wanted && io::stderr().is_terminal();
        let (begin, done) = (Instant::now(), AtomicU64::new(0));
        Progress { shown, begin, done, total, work, template, bar: OnceLock::new() }
    }

    /// So many bytes more are done.
    pub(crate) fn add(&self, bytes: u64) {
        if !self.shown {
            return;
        }
        let done = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let elapsed = self.begin.elapsed();
        if elapsed > PATIENCE {
            self.bar.get_or_init(|| bar(self.total, self.template, elapsed)).set_position(done);
        }
    }

    /// All is done: takes the bar away, so that results stand alone, and says what was done if there was one.
    pub(crate) fn finish(&self, messages: &Messages) {
        self.clear();
        if self.bar.get().is_some() {
            let told = self.done.load(Ordering::Relaxed);
            // Of a text the last steps may not have been told.
            let done = match self.work {
                Work::Text(_) => self.total.unwrap_or(told),
                _ => told,
            };
            messages.note(summary(self.work, done, self.begin.elapsed()));
        }
    }

    /// The work has ended before its end: takes the bar away.
    pub(crate) fn clear(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

/// What was done in what time, and how fast.
fn summary(work: Work, done: u64, took: Duration) -> String {
    let seconds = took.as_secs_f64();
    let rate = done as f64 / seconds.max(0.001);
    let took = match took.as_secs() {
        0..60 => format!("{seconds:.1} s"),
        whole @ 60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        whole => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    };
    match work {
        Work::Merges => format!("done: {done} merges in {took} ({rate:.0}/s)"),
        Work::Text(times) => {
            let [text, rate] = [done / times, rate as u64 / times].map(HumanBytes);
            format!("done: {text} in {took} ({rate}/s)")
        }
        Work::Files(files, times) => {
            let noun = if files == 1 { "file" } else { "files" };
            let times = if times == 1 { String::new() } else { format!(" {times} times") };
            let [read, rate] = [done, rate as u64].map(HumanBytes);
            format!("done: {files} {noun}{times}, {read} in {took} ({rate}/s)")
        }
    }
}

fn bar(total: Option<u64>, [with, without]: [&str; 2], elapsed: Duration) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => (ProgressBar::new(total), with),
        None => (ProgressBar::no_length(), without),
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    // The bar's own estimates begin with the bar, a second too late: they would show wild numbers at first.
    let style = style
        .with_key("mean", |state: &ProgressState, out: &mut dyn fmt::Write| {
            let _ = write!(out, "{}", HumanBytes(mean_rate(state) as u64));
        })
        .with_key("left", |state: &ProgressState, out: &mut dyn fmt::Write| {
            let rest = state.len().unwrap_or_default().saturating_sub(state.pos());
            let seconds = rest as f64 / mean_rate(state).max(1.0);
            let _ = write!(out, "{:#}", HumanDuration(Duration::from_secs(seconds as u64)));
        });
    bar.with_style(style).with_elapsed(elapsed)
}

/// Bytes a second since the work began.
fn mean_rate(state: &ProgressState) -> f64 {
    state.pos() as f64 / state.elapsed().as_secs_f64().max(0.001)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_says_what_took_how_long() {
        let of = |work, done, millis| summary(work, done, Duration::from_millis(millis));
        assert_eq!(of(Work::Files(1, 1), 3 << 20, 1500), "done: 1 file, 3.00 MiB in 1.5 s (2.00 MiB/s)");
        let long = of(Work::Files(3, 8), 610 << 20, 61_000);
        assert_eq!(long, "done: 3 files 8 times, 610.00 MiB in 1 min 1 s (10.00 MiB/s)");
        assert_eq!(of(Work::Text(2), 6 << 20, 1500), "done: 3.00 MiB in 1.5 s (2.00 MiB/s)");
        assert_eq!(of(Work::Merges, 7_380_000, 7_380_000), "done: 7380000 merges in 2 h 3 min (1000/s)");
    }

    #[test]
    fn what_is_not_wanted_is_never_drawn() {
        let progress = Progress { begin: Instant::now() - 2 * PATIENCE, ..Progress::new(false, &[]) };
        progress.add(1);
        assert!(progress.bar.get().is_none());
    }
}
