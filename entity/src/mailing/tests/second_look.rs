//! What the sweep has passed over.

use super::super::second_look::was_passed_over;
use super::*;

fn planned(letter: Letter, verdict: Result<(), NotSentReason>) -> PlannedLetter {
    PlannedLetter {
        rule: "rule".to_owned(),
        letter,
        occurrence: "once".to_owned(),
        due_at: at("2026-05-06T13:00:00Z"),
        pointless_at: None,
        day: None,
        session_ids: Vec::new(),
        verdict,
    }
}

#[test]
fn what_is_owed_was_passed_over_unless_it_became_due_by_a_later_change() {
    use Letter::{CourseCancelled, CourseStarting, PaymentDue, RegistrationConfirmed, ScheduleChanged};
    let (before, after) = (at("2026-05-06T12:59:59Z"), at("2026-05-06T13:00:00Z"));
    let now = at("2026-05-07T08:00:00Z");
    for (letter, course, person, expected) in [
        (RegistrationConfirmed, after, after, true),
        (CourseCancelled, after, after, true),
        (CourseStarting, before, before, true),
        (CourseStarting, after, before, false),
        (CourseStarting, before, after, false),
        (PaymentDue, after, before, true),
        (PaymentDue, before, after, false),
        (ScheduleChanged, after, before, true),
        (ScheduleChanged, before, after, false),
    ] {
        let found = was_passed_over(&planned(letter, Ok(())), course, person, now);
        assert_eq!(found, expected, "{letter:?}, course {course}, person {person}");
    }
    let owed = planned(CourseStarting, Ok(()));
    assert!(!was_passed_over(&owed, before, before, before), "its moment has not come");
    let late = planned(RegistrationConfirmed, Err(NotSentReason::Pointless));
    assert!(!was_passed_over(&late, before, before, now), "what is not owed is not missed");
}
