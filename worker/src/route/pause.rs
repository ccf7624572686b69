//! Pauses, and how they grow.

use entity::Instant;

/// Why the route pauses, which says what ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The server was not reached, or did not want us: a letter that comes as far as its reader ends it.
    Way,
    /// Answers to content were lost: any answer to content ends it.
    Lost,
    /// Refusals of policy everywhere: an acceptance ends it.
    Distrust,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Pause {
    pub(super) until: Instant,
    pub(super) seconds: i64,
    pub(super) cause: Cause,
}

impl Pause {
    /// Whether it is another pause than the last one.
    pub(super) fn follows(self, last: Option<Self>) -> bool {
        last.is_none_or(|last| last.until != self.until)
    }
}

/// How many pauses have begun.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pauses {
    /// Of all mail.
    pub route: u64,
    /// Of single domains.
    pub domains: u64,
}

/// The next pause: twice as long as the last, unless that one is still in force (several letters met the same
/// wall at once).
pub(super) fn longer(last: Option<Pause>, (first, limit): (i64, i64), cause: Cause, now: Instant) -> Pause {
    match last {
        Some(last) if now < last.until => last,
        Some(last) => {
            let seconds = (last.seconds * 2).clamp(first, limit);
            Pause { until: now.plus_seconds(seconds), seconds, cause }
        }
        None => Pause { until: now.plus_seconds(first), seconds: first, cause },
    }
}
