//! Health: whether the worker is alive, and what it has done since it started.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Without a successful sweep for this long, the sweep counts as dead.
const SWEEP_PATIENCE: Duration = Duration::from_secs(60);
/// Without a successful look at the queue for this long, deliver counts as dead.
const DELIVER_PATIENCE: Duration = Duration::from_secs(30);

/// What readiness and the metrics ask. Time here is the machine's own monotonic clock: it measures the process, not the world.
#[derive(Debug, Default)]
pub struct Health {
    sweep: Mutex<Option<Instant>>,
    deliver: Mutex<Option<Instant>>,
    sent: AtomicU64,
    failed: AtomicU64,
    lapsed: AtomicU64,
    unknown: AtomicU64,
    deferred: AtomicU64,
    quarantined: AtomicU64,
}

/// What was done since the start, each a number of letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Accepted by a mail server.
    pub sent: u64,
    /// Refused for good, or not to be written.
    pub failed: u64,
    /// No longer called for.
    pub lapsed: u64,
    /// Handed over without an answer; one that is sent again counts again.
    pub unknown: u64,
    /// Put off by a mail server; each time counts.
    pub deferred: u64,
    /// Set aside because they crashed their worker.
    pub quarantined: u64,
}

/// What can be counted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Count {
    Sent,
    Failed,
    Lapsed,
    Unknown,
    Deferred,
    Quarantined,
}

impl Health {
    /// Whether a sweep has succeeded within the last minute.
    pub fn sweep_is_alive(&self) -> bool {
        fresh(&self.sweep, SWEEP_PATIENCE)
    }

    /// Whether the queue was looked at with success within the last half minute.
    pub fn deliver_is_alive(&self) -> bool {
        fresh(&self.deliver, DELIVER_PATIENCE)
    }

    /// What was done since the start.
    pub fn counts(&self) -> Counts {
        let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
        Counts {
            sent: read(&self.sent),
            failed: read(&self.failed),
            lapsed: read(&self.lapsed),
            unknown: read(&self.unknown),
            deferred: read(&self.deferred),
            quarantined: read(&self.quarantined),
        }
    }

    pub(crate) fn swept(&self) {
        *self.sweep.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    pub(crate) fn looked(&self) {
        *self.deliver.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    pub(crate) fn count(&self, what: Count) {
        let number = match what {
            Count::Sent => &self.sent,
            Count::Failed => &self.failed,
            Count::Lapsed => &self.lapsed,
            Count::Unknown => &self.unknown,
            Count::Deferred => &self.deferred,
            Count::Quarantined => &self.quarantined,
        };
        number.fetch_add(1, Ordering::Relaxed);
    }
}

fn fresh(last: &Mutex<Option<Instant>>, patience: Duration) -> bool {
    last.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|last| last.elapsed() < patience)
}
