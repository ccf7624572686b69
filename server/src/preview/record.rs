//! What the mailing plan called for along the way, and with which verdict: what never became a notice is
//! known from here.

use std::collections::{BTreeMap, HashSet};

use entity::Instant;
use entity::mailing::{NotSentReason, PlannedLetter};

/// Which time which rule speaks: the identity of a planned letter of one person.
type Key = (String, String);

/// Every letter that the mailing plan has named so far.
#[derive(Debug, Default)]
pub(super) struct Record(BTreeMap<Key, Seen>);

#[derive(Debug)]
struct Seen {
    planned: PlannedLetter,
    /// When its moment was found to have come; the verdict is that of then.
    decided_at: Option<Instant>,
    /// Whether the plan still names it.
    stands: bool,
}

impl Record {
    /// Takes note of the plan as it is at `now`.
    pub(super) fn observe(&mut self, plan: Vec<PlannedLetter>, now: Instant) {
        for seen in self.0.values_mut() {
            seen.stands = false;
        }
        for planned in plan {
            let key = (planned.rule.clone(), planned.occurrence.clone());
            let come = planned.due_at <= now;
            match self.0.get_mut(&key) {
                // What was decided in the past stays decided, unless its moment has been moved into the
                // future.
                Some(seen) if come && seen.decided_at.is_some_and(|decided| decided < now) => {
                    seen.stands = true
                }
                Some(_) | None => {
                    self.0.insert(key, Seen { planned, decided_at: come.then_some(now), stands: true });
                }
            }
        }
    }

    /// The next moment after `now` at which the plan calls for a letter, or says why it does not. What a
    /// switched-off rule would say is no such moment: it is decided already.
    pub(super) fn next_after(&self, now: Instant) -> Option<Instant> {
        let standing =
            self.0.values().filter(|seen| seen.stands && seen.planned.verdict != Err(NotSentReason::RuleOff));
        standing.map(|seen| seen.planned.due_at).filter(|due_at| *due_at > now).min()
    }

    /// The letters that are not among those `entered` into the ledger, each with the reason for which it is
    /// not sent.
    pub(super) fn unsent(self, entered: &HashSet<Key>) -> Vec<(PlannedLetter, NotSentReason)> {
        let others = self.0.into_iter().filter(|(key, _)| !entered.contains(key)).map(|(_, seen)| seen);
        let judged = others.filter_map(|seen| {
            let reason = match (seen.planned.verdict, seen.decided_at.is_some() || seen.stands) {
                (Err(reason), true) => reason,
                // An act that was expected has not been done.
                (Ok(()), false) if seen.planned.letter.follows_an_act() => return None,
                // It was to come, and is not named any more; or it was moved to a moment that had passed.
                (Ok(()), true | false) => NotSentReason::Moved,
                // It would not have come, and what it was about has gone, too.
                (Err(_), false) => return None,
            };
            Some((seen.planned, reason))
        });
        judged.collect()
    }
}
