//! Health: whether the worker is alive, and what it has done since it started.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::route::Pauses;
use crate::survey::Due;

/// A sweep that has neither begun nor succeeded for this long counts as dead.
const SWEEP_PATIENCE: Duration = Duration::from_secs(60);
/// A letter that is due for longer than this is told.
const OLD_SECONDS: i64 = 600;
/// What is told while letters are held.
pub(crate) const HELD: &str = "no e-mails are sent: this database was restored, and `lectern restored` has not been told what becomes of those that fell due";
/// Where none was accepted for this long, those that were put off count as waiting, too: it is not about them.
const QUIET: Duration = Duration::from_secs(600);
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
    /// That sweeps fail, and that the queue cannot be read, are told once.
    pub(crate) sweeping: Outage,
    pub(crate) looking: Outage,
    mark_ahead_seconds: AtomicI64,
    due: AtomicU64,
    oldest_due_seconds: AtomicI64,
    way: Mutex<Way>,
    holds: AtomicBool,
    /// When a letter was last accepted; before the first, when somebody first looked.
    accepted_at: Mutex<Option<Instant>>,
    ambiguous: AtomicU64,
    sent: AtomicU64,
    failed: AtomicU64,
    lapsed: AtomicU64,
    unknown: AtomicU64,
    deferred: AtomicU64,
    quarantined: AtomicU64,
}

/// The way of letters, as it was when last looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// Whether mail leaves, as far as is known.
    pub is_up: bool,
    /// How many domains pause.
    pub paused_domains: u64,
    /// How many pauses have begun since the start.
    pub pauses: Pauses,
}

impl Default for Way {
    fn default() -> Self {
        Self { is_up: true, paused_domains: 0, pauses: Pauses::default() }
    }
}

/// Something that does not work and is told when it begins and when it is over, and not each time it is tried.
#[derive(Debug, Default)]
pub(crate) struct Outage(AtomicBool);

impl Outage {
    /// It does not work; says whether that is new.
    pub(crate) fn is_new(&self) -> bool {
        !self.0.swap(true, Ordering::Relaxed)
    }

    /// It works; says whether it did not before.
    pub(crate) fn is_over(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
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
        lock(&self.sweep).is_alive(Instant::now(), SWEEP_PATIENCE)
    }

    /// Whether the queue was looked at with success within the last half minute.
    pub fn deliver_is_alive(&self) -> bool {
        lock(&self.deliver).is_alive(Instant::now(), DELIVER_PATIENCE)
    }

    /// Whether a sweep has ever succeeded.
    pub fn has_swept(&self) -> bool {
        matches!(*lock(&self.sweep), Pulse::Succeeded(_))
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

    /// For how many seconds the oldest of those is due that were never tried; where none at all was accepted
    /// for ten minutes, the oldest of all.
    pub fn oldest_due_seconds(&self) -> i64 {
        self.oldest_due_seconds.load(Ordering::Relaxed)
    }

    /// Whether a letter has been due for longer than ten minutes.
    pub fn is_late(&self) -> bool {
        self.oldest_due_seconds() > OLD_SECONDS
    }

    /// The way of letters, as it was when last looked at.
    pub fn way(&self) -> Way {
        *lock(&self.way)
    }

    /// Whether letters are held, because the database was restored.
    pub fn is_held(&self) -> bool {
        self.holds.load(Ordering::Relaxed)
    }

    pub(crate) fn holds(&self, held: bool) {
        self.holds.store(held, Ordering::Relaxed);
    }

    /// How often it was not known whether a mail server had taken a letter: no more letters can have arrived
    /// twice.
    pub fn ambiguous(&self) -> u64 {
        self.ambiguous.load(Ordering::Relaxed)
    }

    /// Seconds since a sweep last succeeded; none before the first.
    pub fn sweep_age_seconds(&self) -> Option<u64> {
        match *lock(&self.sweep) {
            Pulse::Succeeded(at) => Some(at.elapsed().as_secs()),
            Pulse::Still | Pulse::Begun(_) | Pulse::Failed => None,
        }
    }

    /// What is not well and does not keep people from being served: readiness tells it, and stays ready.
    pub fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        if self.is_held() {
            complaints.push(HELD.to_owned());
        }
        if !self.way().is_up {
            complaints.push("no e-mails leave: the mail server does not take them".to_owned());
        }
        if self.is_late() {
            let minutes = self.oldest_due_seconds() / 60;
            complaints.push(format!("an e-mail has been due for {minutes} minutes"));
        }
        complaints
    }

    /// What a look at the ledger and at the way has found at `now`.
    pub(crate) fn found(&self, due: Due, way: Way, now: Instant) {
        let accepted_at = *lock(&self.accepted_at).get_or_insert(now);
        let quiet = now.saturating_duration_since(accepted_at) >= QUIET;
        let oldest =
            if quiet { due.oldest_seconds.max(due.oldest_fresh_seconds) } else { due.oldest_fresh_seconds };
        self.due.store(due.letters, Ordering::Relaxed);
        self.oldest_due_seconds.store(oldest, Ordering::Relaxed);
        *lock(&self.way) = way;
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
        lock(&self.sweep).begin(Instant::now());
    }

    pub(crate) fn sweep_failed(&self) {
        lock(&self.sweep).fail();
    }

    /// A sweep has succeeded, and found the mark so many seconds ahead; says whether that is something new.
    pub(crate) fn swept(&self, mark_ahead_seconds: i64) -> bool {
        *lock(&self.sweep) = Pulse::Succeeded(Instant::now());
        let before = self.mark_ahead_seconds.swap(mark_ahead_seconds, Ordering::Relaxed);
        before == 0 && mark_ahead_seconds > 0
    }

    pub(crate) fn looked(&self) {
        *lock(&self.deliver) = Pulse::Succeeded(Instant::now());
    }

    /// It is not known whether a mail server has taken a letter.
    pub(crate) fn knows_not(&self) {
        self.ambiguous.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count(&self, what: Count) {
        if matches!(what, Count::Sent) {
            *lock(&self.accepted_at) = Some(Instant::now());
        }
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

fn lock<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
