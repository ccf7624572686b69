//! Moments that had passed when the agenda came to be what it is.

use super::super::{NotSentReason, of_registration};
use super::*;

const AFTER: &str = "2026-05-28T12:00-04:00";

fn week(facts: &CourseFacts, track: Option<u128>) -> Option<(String, Result<(), NotSentReason>)> {
    let letters = of_registration(facts, &confirmed(track), at(AFTER));
    let mut week = letters.into_iter().filter(|planned| planned.rule == "course_starting_7d");
    let one = week.next().map(|planned| (planned.occurrence, planned.verdict));
    assert!(week.next().is_none(), "one time");
    one
}

/// «In a week», of Monday, June 1, is due on May 25.
#[test]
fn a_reminder_of_a_day_that_was_set_after_its_moment_was_never_due() {
    let due = Some(("2026-06-01".to_owned(), Ok(())));
    let passed = Some(("2026-06-01".to_owned(), Err(NotSentReason::MomentPassed)));
    let moved = |made: &str, old: Option<&str>| {
        let mut facts = course();
        facts.changes = vec![change(made, 0x51, &[], old, Some(NINE))];
        facts
    };
    let june_10 = Some("2026-06-10T13:00:00Z");
    assert_eq!(week(&moved("2026-05-24T12:00-04:00", june_10), Some(ADULT)), due, "set before");
    assert_eq!(week(&moved("2026-05-27T12:00-04:00", june_10), Some(ADULT)), passed, "set after");
    assert_eq!(week(&moved("2026-05-27T12:00-04:00", None), Some(ADULT)), passed, "added after");
    assert_eq!(week(&moved("2026-05-27T12:00-04:00", Some(NOON)), Some(ADULT)), due, "on that day already");
    // The other session of the day was there.
    assert_eq!(week(&moved("2026-05-27T12:00-04:00", june_10), Some(PEDIATRIC)), due);
    assert_eq!(week(&moved("2026-05-27T12:00-04:00", june_10), None), due);
    // What took its place was there, and has been taken out since.
    let mut facts = moved("2026-05-27T12:00-04:00", june_10);
    facts.changes.push(change("2026-05-27T12:00-04:00", 0x5f, &[], Some(NOON), None));
    assert_eq!(week(&facts, Some(ADULT)), due);
    // Away and back again.
    let mut facts = moved("2026-05-27T12:00-04:00", june_10);
    facts.changes.insert(0, change("2026-05-26T12:00-04:00", 0x51, &[], Some(NINE), june_10));
    assert_eq!(week(&facts, Some(ADULT)), due);
    // In one edit out of one track and into this one.
    let mut facts = course();
    facts.sessions = vec![session(0x51, "2026-06-01T09:00-04:00", "2026-06-01T10:00-04:00", &[ADULT])];
    facts.changes = vec![
        change("2026-05-27T12:00-04:00", 0x51, &[PEDIATRIC], Some(NINE), None),
        change("2026-05-27T12:00-04:00", 0x51, &[ADULT], None, Some(NINE)),
    ];
    assert_eq!(week(&facts, Some(ADULT)), passed);
}

#[test]
fn what_the_ledger_knows_since_it_was_due_is_not_unsaid() {
    let mut facts = course();
    facts.changes = vec![change("2026-05-27T12:00-04:00", 0x51, &[], None, Some(NINE))];
    let letters = of_registration(&facts, &confirmed(Some(ADULT)), at(AFTER));
    let week = letters.into_iter().find(|planned| planned.rule == "course_starting_7d");
    assert_eq!(week.map(|planned| planned.in_ledger().verdict), Some(Ok(())));
}
