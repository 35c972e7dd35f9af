//! What several threads learn about pieces at the same time, passed on between them.
//!
//! Threads that count one text meet the same pieces, and to merge one takes as long as to look up fifty. Each
//! has a cache of its own, so that looking up needs no care for the others; what it merged it also writes down
//! here now and then, and takes over what the others wrote down since. Entries are passed on in a ring of fixed
//! size: who comes too late misses some, and merges those pieces itself.
//!
//! What an entry means is left to `cache`, when to trade to [`super::PieceCounter`].

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, TryLockError};

/// How many entries the ring holds: 1 MiB, touched as it fills.
const ENTRIES: usize = 1 << 15;

/// How many entries ahead one is shown that comes soon.
const AHEAD: usize = 8;

/// A piece and its number of tokens, as `cache` packs it.
pub(super) type Entry = [u64; 4];

/// The place where threads trade; all clones are the same place.
#[derive(Clone, Default)]
pub(super) struct Exchange(Arc<Shared>);

#[derive(Default)]
struct Shared {
    traders: AtomicUsize,
    ring: Mutex<Ring>,
}

#[derive(Default)]
struct Ring {
    entries: Vec<Entry>,
    /// How many entries were ever written; the next one has the place that this names, modulo [`ENTRIES`].
    written: usize,
}

/// One who trades.
pub(super) struct Trader {
    exchange: Exchange,
    /// How many of the entries ever written it has seen, or written itself.
    seen: usize,
    fresh: Vec<Entry>,
}

impl Exchange {
    /// One more who trades, from now on.
    pub(super) fn join(&self) -> Trader {
        self.0.traders.fetch_add(1, Ordering::Relaxed);
        Trader { exchange: self.clone(), seen: 0, fresh: Vec::new() }
    }
}

impl Trader {
    /// Whether there is anybody to trade with.
    #[inline]
    pub(super) fn has_company(&self) -> bool {
        self.exchange.0.traders.load(Ordering::Relaxed) > 1
    }

    /// Keeps an entry to be passed on.
    #[inline]
    pub(super) fn offer(&mut self, entry: Entry) {
        self.fresh.push(entry);
    }

    /// Passes on what was offered, and calls `take` for each entry of the others, with one that comes soon. Does
    /// nothing if another thread is trading just now; then it is done the next time.
    pub(super) fn trade(&mut self, mut take: impl FnMut(&Entry, &Entry)) {
        let mut ring = match self.exchange.0.ring.try_lock() {
            Ok(ring) => ring,
            // Every write of an entry is whole, so what a thread that panicked left is good.
            Err(TryLockError::Poisoned(left)) => left.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        let Ring { entries, written } = &mut *ring;
        for place in self.seen.max(written.saturating_sub(ENTRIES))..*written {
            let soon = (place + AHEAD).min(*written - 1);
            take(&entries[place % ENTRIES], &entries[soon % ENTRIES]);
        }
        for entry in self.fresh.drain(..) {
            match entries.get_mut(*written % ENTRIES) {
                Some(place) => *place = entry,
                None => entries.push(entry),
            }
            *written += 1;
        }
        self.seen = *written;
    }
}

impl Drop for Trader {
    fn drop(&mut self) {
        self.exchange.0.traders.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_entry_reaches_the_others_once_and_the_ring_goes_round() {
        let exchange = Exchange::default();
        let (mut one, mut other) = (exchange.join(), exchange.join());
        assert!(one.has_company());
        let mut sent = 0;
        for round in 0..9 {
            for _ in 0..ENTRIES / 4 {
                one.offer([sent, 0, 0, 0]);
                sent += 1;
            }
            one.trade(|_, _| panic!("nobody else wrote"));
            let mut expected = sent - ENTRIES as u64 / 4;
            other.trade(|entry, _| {
                assert_eq!(entry[0], expected, "{round}");
                expected += 1;
            });
            assert_eq!(expected, sent);
        }
        // Who comes late misses what was written over.
        let mut late = exchange.join();
        let mut first = None;
        late.trade(|entry, _| first = first.or(Some(entry[0])));
        assert_eq!(first, Some(sent - ENTRIES as u64));
        drop((other, late));
        assert!(!one.has_company());
    }
}
