//! Health: whether the worker is alive, and what it has done since it started.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::survey::Due;

/// A sweep that has neither begun nor succeeded for this long counts as dead.
const SWEEP_PATIENCE: Duration = Duration::from_secs(60);
/// A letter that was due for longer than this, and was never tried, is told.
const OLD_SECONDS: i64 = 600;
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
    mark_ahead_seconds: AtomicI64,
    due: AtomicU64,
    oldest_due_seconds: AtomicI64,
    route_is_down: AtomicBool,
    paused_domains: AtomicU64,
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

    /// By how many seconds the last sweep found the mark ahead of the clock, where that was so far that it
    /// was not believed; else 0. The sweep sets it right, so it stays ahead only where another process keeps
    /// writing by a clock of its own.
    pub fn mark_ahead_seconds(&self) -> i64 {
        self.mark_ahead_seconds.load(Ordering::Relaxed)
    }

    /// Letters that were due when last looked, and had not come to their end.
    pub fn due(&self) -> u64 {
        self.due.load(Ordering::Relaxed)
    }

    /// For how many seconds the oldest of those was due that were never tried.
    pub fn oldest_due_seconds(&self) -> i64 {
        self.oldest_due_seconds.load(Ordering::Relaxed)
    }

    /// Whether mail leaves, as far as is known.
    pub fn route_is_up(&self) -> bool {
        !self.route_is_down.load(Ordering::Relaxed)
    }

    /// How many domains paused when last looked.
    pub fn paused_domains(&self) -> u64 {
        self.paused_domains.load(Ordering::Relaxed)
    }

    /// Seconds since a sweep last succeeded; none before the first.
    pub fn sweep_age_seconds(&self) -> Option<u64> {
        match *pulse(&self.sweep) {
            Pulse::Succeeded(at) => Some(at.elapsed().as_secs()),
            Pulse::Still | Pulse::Begun(_) | Pulse::Failed => None,
        }
    }

    /// What is not well and does not keep people from being served: readiness tells it, and stays ready.
    pub fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        if !self.route_is_up() {
            complaints.push("no e-mails leave: the mail server does not take them".to_owned());
        }
        let oldest = self.oldest_due_seconds();
        if oldest > OLD_SECONDS {
            complaints.push(format!("an e-mail has been due for {} minutes", oldest / 60));
        }
        complaints
    }

    pub(crate) fn found(&self, due: Due, route_is_up: bool, paused_domains: usize) {
        self.due.store(due.letters, Ordering::Relaxed);
        self.oldest_due_seconds.store(due.oldest_seconds, Ordering::Relaxed);
        self.route_is_down.store(!route_is_up, Ordering::Relaxed);
        self.paused_domains.store(u64::try_from(paused_domains).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// That all is well, or what is not, in the words of readiness.
    ///
    /// # Errors
    /// What is wrong.
    pub fn is_well(&self) -> Result<(), String> {
        if !self.sweep_is_alive() {
            return Err("the sweep does not run".to_owned());
        }
        if !self.deliver_is_alive() {
            return Err("no e-mails are delivered".to_owned());
        }
        match self.mark_ahead_seconds() {
            0 => Ok(()),
            ahead => Err(format!("the sweep's mark is {ahead} seconds ahead of the clock")),
        }
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

    /// A sweep has succeeded, and found the mark so many seconds ahead; says whether that is something new.
    pub(crate) fn swept(&self, mark_ahead_seconds: i64) -> bool {
        *pulse(&self.sweep) = Pulse::Succeeded(Instant::now());
        let before = self.mark_ahead_seconds.swap(mark_ahead_seconds, Ordering::Relaxed);
        before == 0 && mark_ahead_seconds > 0
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
    fn a_mark_that_is_ahead_is_told_until_a_sweep_finds_it_right() {
        let health = Health::default();
        health.looked();
        assert!(!health.swept(0), "nothing to tell");
        assert_eq!(health.is_well(), Ok(()));
        assert!(health.swept(86_400), "it is new");
        assert!(!health.swept(86_395), "it has been told");
        assert_eq!(health.is_well(), Err("the sweep's mark is 86395 seconds ahead of the clock".to_owned()));
        assert!(!health.swept(0));
        assert_eq!(health.is_well(), Ok(()));
    }

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

    #[test]
    fn letters_that_wait_are_complained_of_and_keep_nobody_from_being_served() {
        let health = Health::default();
        assert_eq!(health.complaints(), Vec::<String>::new());
        health.found(Due { letters: 3, oldest_seconds: 600 }, true, 1);
        assert_eq!((health.complaints().len(), health.due(), health.paused_domains()), (0, 3, 1));
        health.found(Due { letters: 3, oldest_seconds: 1500 }, false, 0);
        let told =
            ["no e-mails leave: the mail server does not take them", "an e-mail has been due for 25 minutes"];
        assert_eq!(health.complaints(), told);
        health.found(Due::default(), true, 0);
        assert_eq!((health.complaints().len(), health.route_is_up()), (0, true));
    }
}
