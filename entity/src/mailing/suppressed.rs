//! Suppressed addresses, applied to what the facts call for: whatever speaks for a letter, it is not sent where
//! the address is known to be dead, or its owner has complained. It comes last, also after what staff said
//! about single letters, so that nobody sends again what would only come back.

use super::{NotSentReason, PlannedLetter};
use crate::{Instant, suppression};

/// Takes back what is owed to an address that is suppressed at the moment at which it would be sent: when it
/// falls due, or now where it is late.
pub fn apply(letters: &mut [PlannedLetter], suppressions: &[suppression::Model], now: Instant) {
    for planned in letters.iter_mut().filter(|planned| planned.verdict.is_ok()) {
        let at = planned.due_at.max(now);
        if suppressions.iter().any(|row| row.stops(planned.letter, at)) {
            planned.verdict = Err(NotSentReason::AddressSuppressed);
        }
    }
}
