//! The second look: what is owed and has no notice, whenever it fell due. The sweep itself looks at what is
//! new since its mark; where the mark was wrong for a while, this finds what was passed over.

use super::PlannedLetter;
use crate::Instant;
use crate::letter::{Letter, Trigger};

/// Whether a planned letter without a notice was passed over by the sweep, and is to be entered now.
///
/// What follows what somebody did, and the end of a course, is owed whenever it is found. Anything else has a
/// moment that the course's dates and what the person is decide: where one of the two was changed at or after
/// that moment, nobody was passed over, because the letter may have become due to this person by the change
/// alone, as a reminder of a course that was moved closer.
pub fn was_passed_over(
    planned: &PlannedLetter,
    course_changed_at: Instant,
    person_changed_at: Instant,
    now: Instant,
) -> bool {
    let settled_at = match planned.letter.spec().trigger {
        Trigger::Act(_) | Trigger::Request(_) => None,
        Trigger::News(_)
            if matches!(planned.letter, Letter::CourseCancelled | Letter::RegistrationCorrected) =>
        {
            None
        }
        Trigger::News(_) | Trigger::HoldEnd => Some(person_changed_at),
        Trigger::Date(_) => Some(course_changed_at.max(person_changed_at)),
    };
    planned.verdict.is_ok() && planned.due_at <= now && settled_at.is_none_or(|at| at < planned.due_at)
}
