//! Letters that are counted from the end of a hold.

use super::super::moment::holds_spoken_of;
use super::super::{Offset, of_registration};
use super::*;
use crate::WallTime;
use crate::deadline::end_of_day;

/// Somebody who started on April 1 and has not paid; the seat is held through `last`.
fn held(last: &str) -> RegistrationFacts {
    let mut person = confirmed(None);
    person.registration.status = Status::Started;
    person.registration.confirmed_at = None;
    person.registration.hold_until = Some(end_of_day(day(last), &course().course.time_zone));
    person
}

/// What is owed, or why not, of these letters: the rule, the moment on the course's clock, the verdict.
fn of(
    person: &RegistrationFacts,
    now: &str,
    letters: &[Letter],
) -> Vec<(String, String, Result<(), NotSentReason>)> {
    let zone = course().course.time_zone;
    let planned =
        of_registration(&course(), person, at(now)).into_iter().filter(|one| letters.contains(&one.letter));
    planned
        .map(|one| (one.rule, one.due_at.in_zone(&zone).strftime("%m-%d %H:%M").to_string(), one.verdict))
        .collect()
}

fn row(
    rule: &str,
    moment: &str,
    verdict: Result<(), NotSentReason>,
) -> (String, String, Result<(), NotSentReason>) {
    (rule.to_owned(), moment.to_owned(), verdict)
}

const ENDS: [Letter; 4] =
    [Letter::PaymentDue, Letter::EarlyFeeEnding, Letter::RegistrationClosing, Letter::RegistrationExpired];

#[test]
fn who_has_not_paid_is_told_before_the_hold_ends_and_when_it_has() {
    let person = held("2026-04-15");
    let told = of(&person, "2026-04-12T09:00-04:00", &[Letter::PaymentDue, Letter::RegistrationExpired]);
    assert_eq!(
        told,
        [
            row("payment_due_3d", "04-12 09:00", Ok(())),
            row("payment_due_1d", "04-14 09:00", Ok(())),
            // As long as nobody pays.
            row("registration_expired", "04-16 00:00", Ok(())),
        ]
    );
    let told = of(&person, "2026-04-16T00:00-04:00", &[Letter::PaymentDue, Letter::RegistrationExpired]);
    assert_eq!(told[2], row("registration_expired", "04-16 00:00", Ok(())));
    assert_eq!((told[0].2, told[1].2), (Err(NotSentReason::Expired), Err(NotSentReason::Expired)));
    // Who comes back to it once the course has begun is told nothing.
    let told = of(&person, "2026-06-01T09:00-04:00", &[Letter::RegistrationExpired]);
    assert_eq!(told, [row("registration_expired", "04-16 00:00", Err(NotSentReason::Pointless))]);
}

#[test]
fn what_was_said_at_the_start_is_not_said_again_within_a_day() {
    let mut person = held("2026-04-02");
    person.registration.started_at = at("2026-03-31T12:00-04:00");
    let told = |person: &RegistrationFacts| of(person, "2026-04-01T08:00-04:00", &[Letter::PaymentDue]);
    assert_eq!(told(&person)[1], row("payment_due_1d", "04-01 09:00", Err(NotSentReason::LateRegistration)));
    person.registration.started_at = at("2026-03-31T09:00-04:00");
    assert_eq!(told(&person)[1], row("payment_due_1d", "04-01 09:00", Ok(())));
}

#[test]
fn of_several_ends_on_one_day_the_nearest_is_told_and_the_deadlines_where_they_are_one() {
    let ends = |last: &str| of(&held(last), "2026-04-10T12:00-04:00", &ENDS);
    let superseded = Err(NotSentReason::Superseded);
    // The early price ends on May 1, registration on May 20.
    let together = ends("2026-05-01");
    assert!(together.contains(&row("payment_due_1d", "04-30 09:00", superseded)), "{together:?}");
    assert!(together.contains(&row("early_fee_ending_1d", "04-30 09:00", Ok(()))), "{together:?}");
    // On April 24 the early price is spoken of a week ahead, the hold the day before its end: the hold's is
    // the nearer one.
    let hold_first = ends("2026-04-25");
    assert!(hold_first.contains(&row("payment_due_1d", "04-24 09:00", Ok(()))), "{hold_first:?}");
    assert!(hold_first.contains(&row("early_fee_ending_7d", "04-24 09:00", superseded)), "{hold_first:?}");
    // On other days each speaks for itself.
    assert!(hold_first.contains(&row("payment_due_3d", "04-22 09:00", Ok(()))), "{hold_first:?}");
    // Who wants no letters about deadlines is told of the payment.
    let mut person = held("2026-05-01");
    person.unsubscribed = vec![super::super::Topic::Deadlines];
    let told = of(&person, "2026-04-10T12:00-04:00", &[Letter::PaymentDue]);
    assert!(told.len() == 2 && told.iter().all(|(_, _, verdict)| verdict.is_ok()), "{told:?}");
}

/// The sweep asks for the holds about which something is to be said: none is left out, whatever the clocks
/// do.
#[test]
fn the_holds_that_are_asked_for_are_those_of_whom_something_is_said() {
    let mut facts = course();
    let zone = facts.course.time_zone.clone();
    // Around the change to daylight saving time (March 8) and back (November 1).
    for first in ["2026-03-04", "2026-10-28"] {
        for offset in [
            Offset::Days { days: -3, at: WallTime::NINE },
            Offset::Days { days: 0, at: WallTime::NINE },
            Offset::Exact { minutes: -90 },
        ] {
            let wanted =
                rule((1, DefaultRule { slug: "due", letter: Letter::PaymentDue, offset, enabled: true }));
            facts.rules = vec![wanted];
            for hours in 0..24 * 9 {
                let since = end_of_day(day(first), &zone).plus_minutes(hours * 60 - 720);
                let now = since.plus_minutes(if hours % 3 == 0 { 5 } else { 60 * 31 });
                for last in 0..12 {
                    let until = end_of_day(day(first).plus_days(last - 1), &zone);
                    let mut person = held(first);
                    person.registration.hold_until = Some(until);
                    let due_at = of_registration(&facts, &person, now)[0].due_at;
                    let said = since < due_at && due_at <= now;
                    let asked = holds_spoken_of(offset, &zone, since, now)
                        .is_some_and(|(after, by)| after < until && until <= by);
                    assert_eq!(
                        asked, said,
                        "{offset:?}: a hold until {until}, spoken of at {due_at}, in ({since}, {now}]"
                    );
                }
            }
        }
    }
}

/// Whoever does not pay will be told that the seat is gone; that is known before.
#[test]
fn the_end_of_a_hold_is_foreseen() {
    let mut person = confirmed(None);
    person.registration.status = Status::Started;
    person.registration.confirmed_at = None;
    person.registration.hold_until = Some(at("2026-04-15T00:00-04:00"));
    let letters = of_registration(&course(), &person, at("2026-04-02T12:00-04:00"));
    let expired = letters.iter().find(|planned| planned.letter == Letter::RegistrationExpired);
    let expired = expired.map(|planned| (planned.due_at, planned.verdict));
    assert_eq!(expired, Some((at("2026-04-15T00:00-04:00"), Ok(()))));
}
