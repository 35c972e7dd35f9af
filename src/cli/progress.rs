//! Progress of long work: a bar on stderr, if that is a terminal and the work takes over a second.
//!
//! Short work pays two atomic additions a chunk and no more.

use std::fmt;
use std::io::{self, IsTerminal};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressState, ProgressStyle};

/// How long to work without a word.
const PATIENCE: Duration = Duration::from_secs(1);

/// How far the work is, in bytes read or merges learned.
pub(crate) struct Progress {
    shown: bool,
    begin: Instant,
    done: AtomicU64,
    total: Option<u64>,
    template: [&'static str; 2],
    bar: OnceLock<ProgressBar>,
}

/// What a bar on bytes says, with a total and without.
const BYTES: [&str; 2] = ["{bytes} of {total_bytes} [{bar:20}] {mean}/s, {left} left", "{bytes}, {mean}/s"];

/// What a bar on merges says.
const MERGES: [&str; 2] = ["{pos} of {len} merges [{bar:20}] {left} left"; 2];

impl Progress {
    /// Work on `total` bytes, if their number is known.
    pub(crate) fn new(wanted: bool, total: Option<u64>) -> Progress {
        Progress::with(wanted, total, BYTES)
    }

    /// Work on this number of merges.
    pub(crate) fn merges(wanted: bool, total: u64) -> Progress {
        Progress::with(wanted, Some(total), MERGES)
    }

    fn with(wanted: bool, total: Option<u64>, template: [&'static str; 2]) -> Progress {
        let shown = wanted && io::stderr().is_terminal();
        let (begin, done) = (Instant::now(), AtomicU64::new(0));
        Progress { shown, begin, done, total, template, bar: OnceLock::new() }
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

    /// Takes the bar away, so that results stand alone.
    pub(crate) fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
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
