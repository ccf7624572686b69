//! Health: whether the worker is alive, and what it has done since it started.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A sweep that has neither begun nor succeeded for this long counts as dead.
const SWEEP_PATIENCE: Duration = Duration::from_secs(60);
/// Without a successful look at the queue for this long, deliver counts as dead.
const DELIVER_PATIENCE: Duration = Duration::from_secs(30);

/// How something that is done over and over is faring.
#[derive(Clone, Copy, Debug, Default)]
enum Pulse {
    /// It has not begun.
    #[default]
    Still,
    /// It has begun for the first time and not come to an end; with much to do, such as after a start, that
    /// may take a while.
    Begun(Instant),
    /// It has never succeeded, and failed.
    Failed,
    /// It succeeded, last at this moment; what has failed since is tried again.
    Succeeded(Instant),
}

impl Pulse {
    fn begin(&mut self, now: Instant) {
        match self {
            Self::Still => *self = Self::Begun(now),
            Self::Begun(_) | Self::Failed | Self::Succeeded(_) => {}
        }
    }

    fn fail(&mut self) {
        match self {
            Self::Still | Self::Begun(_) => *self = Self::Failed,
            Self::Failed | Self::Succeeded(_) => {}
        }
    }

    /// Whether it is well at `now`: at work for the first time, or successful, no longer ago than this.
    fn is_alive(self, now: Instant, patience: Duration) -> bool {
        match self {
            Self::Still | Self::Failed => false,
            Self::Begun(at) | Self::Succeeded(at) => now.saturating_duration_since(at) < patience,
        }
    }
}

/// What readiness and the metrics ask. Time here is the machine's own monotonic clock: it measures the
/// process, not the world.
#[derive(Debug, Default)]
pub struct Health {
    sweep: Mutex<Pulse>,
    deliver: Mutex<Pulse>,
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
    /// Whether a sweep has succeeded within the last minute, or the first one has been at work for less than
    /// that. Letters that are due do not keep people from being served, so nobody waits for the first sweep;
    /// but one that fails, or gets stuck, is told.
    pub fn sweep_is_alive(&self) -> bool {
        pulse(&self.sweep).is_alive(Instant::now(), SWEEP_PATIENCE)
    }

    /// Whether the queue was looked at with success within the last half minute.
    pub fn deliver_is_alive(&self) -> bool {
        pulse(&self.deliver).is_alive(Instant::now(), DELIVER_PATIENCE)
    }

    /// Whether a sweep has ever succeeded.
    pub fn has_swept(&self) -> bool {
        matches!(*pulse(&self.sweep), Pulse::Succeeded(_))
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

    pub(crate) fn sweep_begins(&self) {
        pulse(&self.sweep).begin(Instant::now());
    }

    pub(crate) fn sweep_failed(&self) {
        pulse(&self.sweep).fail();
    }

    pub(crate) fn swept(&self) {
        *pulse(&self.sweep) = Pulse::Succeeded(Instant::now());
    }

    pub(crate) fn looked(&self) {
        *pulse(&self.deliver) = Pulse::Succeeded(Instant::now());
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

fn pulse(pulse: &Mutex<Pulse>) -> MutexGuard<'_, Pulse> {
    pulse.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_sweep_is_given_a_minute_and_a_failed_one_none() {
        let start = Instant::now();
        let after = |seconds: u64| start + Duration::from_secs(seconds);
        let alive = |pulse: Pulse, seconds: u64| pulse.is_alive(after(seconds), SWEEP_PATIENCE);
        let mut sweep = Pulse::default();
        assert!(!alive(sweep, 0), "nothing has begun");
        sweep.begin(after(1));
        assert!(alive(sweep, 60));
        assert!(!alive(sweep, 61), "stuck");
        sweep.begin(after(70));
        assert!(!alive(sweep, 71), "it has been at it all the time");
        sweep.fail();
        assert!(!alive(sweep, 2), "failed");
        sweep.begin(after(80));
        assert!(!alive(sweep, 81), "whoever has only ever failed is not well for trying again");
        sweep = Pulse::Succeeded(after(90));
        sweep.fail();
        assert!(alive(sweep, 149), "what failed once is tried again");
        assert!(!alive(sweep, 150));
    }
}
