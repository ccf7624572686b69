//! Letters about somebody's account rather than about a course. They follow what somebody has just done, and
//! nobody can switch them off. What bears a moment that has not come was written by a clock that was ahead,
//! and counts as done now.

use super::{Letter, NotSentReason, PlannedLetter};
use crate::email_change::{self, Side};
use crate::{Instant, sign_in_code};

/// The letter that a request for a code calls for, as judged at `now`.
pub fn of_sign_in_code(code: &sign_in_code::Model, now: Instant) -> PlannedLetter {
    let verdict = if code.used_at.is_some() {
        Err(NotSentReason::CodeUsed)
    } else if now >= code.expires_at {
        Err(NotSentReason::Pointless)
    } else {
        Ok(())
    };
    let letter = if code.learner_id.is_some() { Letter::EmailChangeCode } else { Letter::SignInCode };
    at_once(letter, "requested", code.created_at.min(now), Some(code.expires_at), verdict)
}

/// The letter by which one of the two addresses is told that it was changed.
pub fn of_email_change(change: &email_change::Model, side: Side, now: Instant) -> PlannedLetter {
    at_once(Letter::EmailChanged, side.occurrence(), change.changed_at.min(now), None, Ok(()))
}

fn at_once(
    letter: Letter,
    occurrence: &str,
    due_at: Instant,
    pointless_at: Option<Instant>,
    verdict: Result<(), NotSentReason>,
) -> PlannedLetter {
    PlannedLetter {
        // What nobody can switch off has no rule: the ledger knows it by its own name.
        rule: letter.without_rule().unwrap_or_default(),
        letter,
        occurrence: occurrence.to_owned(),
        due_at,
        pointless_at,
        day: None,
        session_ids: Vec::new(),
        verdict,
    }
}
