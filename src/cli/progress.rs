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

/// How far the work is, in bytes read.
pub(crate) struct Progress {
    shown: bool,
    begin: Instant,
    done: AtomicU64,
    total: Option<u64>,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    /// Work on `total` bytes, if their number is known.
    pub(crate) fn new(wanted: bool, total: Option<u64>) -> Progress {
        let shown = wanted && io::stderr().is_terminal();
        Progress { shown, begin: Instant::now(), done: AtomicU64::new(0), total, bar: OnceLock::new() }
    }

    /// So many bytes more are done.
    pub(crate) fn add(&self, bytes: u64) {
        if !self.shown {
            return;
        }
        let done = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let elapsed = self.begin.elapsed();
        if elapsed > PATIENCE {
            self.bar.get_or_init(|| bar(self.total, elapsed)).set_position(done);
        }
    }

    /// Takes the bar away, so that results stand alone.
    pub(crate) fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

fn bar(total: Option<u64>, elapsed: Duration) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => (ProgressBar::new(total), "{bytes} of {total_bytes} [{bar:20}] {mean}/s, {left} left"),
        None => (ProgressBar::no_length(), "{bytes}, {mean}/s"),
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
