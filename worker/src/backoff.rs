//! Pauses: when the mail server, or the server of one domain, wants to be left alone. Kept in memory; after a
//! restart we simply ask again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use entity::Instant;

/// First pause after the mail server could not be reached, in seconds; doubled up to the limit.
const UNREACHABLE: (i64, i64) = (5, 300);
/// First pause after the mail server did not accept us, in seconds: somebody has to change something.
const UNWELCOME: (i64, i64) = (60, 900);
/// First pause after a domain asked for less, in seconds.
const THROTTLED: (i64, i64) = (60, 3600);
/// How many domains are remembered before those whose pause is over are forgotten.
const REMEMBERED: usize = 1000;

/// The pauses in force.
#[derive(Debug, Default)]
pub struct Backoff {
    pauses: Mutex<Pauses>,
}

#[derive(Debug, Default)]
struct Pauses {
    route: Option<Pause>,
    domains: HashMap<String, Pause>,
}

#[derive(Clone, Copy, Debug)]
struct Pause {
    until: Instant,
    seconds: i64,
}

impl Backoff {
    fn pauses(&self) -> MutexGuard<'_, Pauses> {
        self.pauses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until when nothing is to be sent at all.
    pub fn route_paused(&self, now: Instant) -> Option<Instant> {
        self.pauses().route.map(|pause| pause.until).filter(|until| now < *until)
    }

    /// Until when nothing is to be sent to `domain`.
    pub fn domain_paused(&self, domain: &str, now: Instant) -> Option<Instant> {
        self.pauses().domains.get(domain).map(|pause| pause.until).filter(|until| now < *until)
    }

    /// The mail server could not be reached: says until when to leave it alone.
    pub fn unreachable(&self, now: Instant) -> Instant {
        let mut pauses = self.pauses();
        let pause = longer(pauses.route, UNREACHABLE, now);
        pauses.route = Some(pause);
        pause.until
    }

    /// The mail server did not accept us: says until when to leave it alone.
    pub fn unwelcome(&self, now: Instant) -> Instant {
        let mut pauses = self.pauses();
        let pause = longer(pauses.route, UNWELCOME, now);
        pauses.route = Some(pause);
        pause.until
    }

    /// A domain asked for less: says until when to leave it alone.
    pub fn throttled(&self, domain: &str, now: Instant) -> Instant {
        let mut pauses = self.pauses();
        if pauses.domains.len() >= REMEMBERED {
            pauses.domains.retain(|_, pause| now < pause.until);
        }
        let pause = longer(pauses.domains.get(domain).copied(), THROTTLED, now);
        pauses.domains.insert(domain.to_owned(), pause);
        pause.until
    }

    /// A letter to `domain` was accepted.
    pub fn accepted(&self, domain: &str) {
        let mut pauses = self.pauses();
        pauses.route = None;
        pauses.domains.remove(domain);
    }
}

/// The next pause: twice as long as the last, unless that one is still in force (several letters met the same
/// wall at once).
fn longer(last: Option<Pause>, (first, limit): (i64, i64), now: Instant) -> Pause {
    match last {
        Some(last) if now < last.until && last.seconds >= first => last,
        Some(last) => {
            let seconds = (last.seconds * 2).clamp(first, limit);
            Pause { until: now.plus_seconds(seconds), seconds }
        }
        None => Pause { until: now.plus_seconds(first), seconds: first },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_when_the_wall_is_still_there_and_end_when_a_letter_goes_through() {
        let backoff = Backoff::default();
        let start: Instant = "2026-05-06T13:00:00Z".parse().expect("an instant");
        assert_eq!(backoff.unreachable(start), start.plus_seconds(5));
        assert_eq!(
            backoff.unreachable(start.plus_seconds(1)),
            start.plus_seconds(5),
            "the same wall, met by another letter"
        );
        assert_eq!(backoff.unreachable(start.plus_seconds(6)), start.plus_seconds(16));
        assert_eq!(backoff.route_paused(start.plus_seconds(10)), Some(start.plus_seconds(16)));
        assert_eq!(backoff.unwelcome(start.plus_seconds(10)), start.plus_seconds(70));
        assert_eq!(backoff.throttled("example.org", start), start.plus_seconds(60));
        assert_eq!(backoff.domain_paused("example.com", start), None);
        backoff.accepted("example.org");
        assert_eq!((backoff.route_paused(start), backoff.domain_paused("example.org", start)), (None, None));
    }
}
