use uuid::Uuid;

use super::*;
use crate::mailing::sample::{at, facts, rule, zone};
use crate::mailing::{Offset, RegistrationFacts, of_registration};
use crate::profession::Profession;
use crate::quote::Basis;
use crate::{WallTime, registration};

const NOW: &str = "2026-05-08T12:00:00Z";

fn course() -> CourseFacts {
    let mut facts = facts();
    facts.rules = vec![
        rule("week", Letter::CourseStarting, Offset::Days { days: -7, at: WallTime::NINE }),
        rule("day", Letter::CourseStarting, Offset::Days { days: -1, at: WallTime::NINE }),
    ];
    facts
}

fn person(confirmed_at: &str) -> RegistrationFacts {
    let registration = registration::Model {
        id: Uuid::from_u128(1),
        code: "CODE".to_owned(),
        course_id: Uuid::from_u128(0xc0),
        learner_id: Uuid::from_u128(2),
        profession: Profession::Nurse,
        track_id: None,
        known_as: None,
        external_id: None,
        status: registration::Status::Confirmed,
        started_at: at(confirmed_at),
        hold_until: None,
        confirmed_at: Some(at(confirmed_at)),
        cancelled_at: None,
        expired_at: None,
        entered_by: None,
        corrected_at: None,
        updated_at: at(confirmed_at),
    };
    RegistrationFacts {
        registration,
        basis: Some(Basis::Regular),
        registered_again: false,
        evaluated_at: None,
        unsubscribed: Vec::new(),
        suppressions: Vec::new(),
        instructions: Vec::new(),
        said: Vec::new(),
    }
}

fn notice(rule: &str, occurrence: &str, status: Status, reason: Option<NotSentReason>) -> notice::Model {
    notice::Model {
        rule: rule.to_owned(),
        occurrence: occurrence.to_owned(),
        reason,
        pointless_at: None,
        updated_at: at("2026-05-06T13:00:20Z"),
        sent_at: (status == Status::Sent).then(|| at("2026-05-06T13:00:20Z")),
        ..notice::sample::notice(Letter::CourseStarting, status)
    }
}

fn told(
    confirmed_at: &str,
    notices: &[notice::Model],
    now: &str,
) -> Vec<(String, Outcome, Option<NotSentReason>)> {
    let letters = of_registration(&course(), &person(confirmed_at), at(now));
    let accounts = accounts(Letter::CourseStarting, &letters, notices, swept(Some(at(now))), at(now));
    accounts.into_iter().map(|account| (account.rule, account.outcome, account.reason)).collect()
}

/// A sweep that has come to `swept_to`; course and person have been as they are for long.
fn swept(swept_to: Option<Instant>) -> Sweeping {
    let long_ago = at("2026-01-01T12:00:00Z");
    Sweeping { swept_to, course_changed_at: long_ago, person_changed_at: long_ago }
}

#[test]
fn the_future_is_the_agenda_and_the_past_the_ledger() {
    let sent = notice("week", "2026-05-13", Status::Sent, None);
    assert_eq!(
        told("2026-04-01T12:00:00Z", &[sent], NOW),
        [("week".to_owned(), Outcome::Sent, None), ("day".to_owned(), Outcome::Planned, None)]
    );
    let late = told("2026-05-07T12:00:00Z", &[], NOW);
    assert_eq!(late[0], ("week".to_owned(), Outcome::NotSent, Some(NotSentReason::LateRegistration)));
    let refused = notice("week", "2026-05-13", Status::Failed, Some(NotSentReason::AddressRefused));
    assert_eq!(told("2026-04-01T12:00:00Z", &[refused], NOW)[0].2, Some(NotSentReason::AddressRefused));
}

#[test]
fn what_was_said_of_a_day_that_has_moved_is_told_too() {
    let old = notice("week", "2026-05-12", Status::Sent, None);
    let waiting =
        notice::Model { ready_at: Some(at(NOW)), ..notice("week", "2026-05-11", Status::Planned, None) };
    let all = told("2026-04-01T12:00:00Z", &[old, waiting], NOW);
    assert_eq!(all.iter().filter(|(_, outcome, _)| *outcome == Outcome::Sent).count(), 1);
    assert!(all.contains(&("week".to_owned(), Outcome::NotSent, Some(NotSentReason::Moved))), "{all:?}");
}

#[test]
fn what_was_missed_is_on_its_way_and_what_a_change_made_due_in_the_past_is_not() {
    let missed = told("2026-04-01T12:00:00Z", &[], NOW);
    assert_eq!(missed[0].1, Outcome::Waiting, "the second look finds it");
    let letters = of_registration(&course(), &person("2026-04-01T12:00:00Z"), at(NOW));
    let moved = Sweeping { course_changed_at: at("2026-05-07T12:00:00Z"), ..swept(Some(at(NOW))) };
    let all = accounts(Letter::CourseStarting, &letters, &[], moved, at(NOW));
    let first = &all[0];
    assert_eq!((first.outcome, first.reason), (Outcome::NotSent, Some(NotSentReason::MomentPassed)));
    let just_due = accounts(
        Letter::CourseStarting,
        &letters,
        &[],
        Sweeping { swept_to: Some(at("2026-05-06T13:05:00Z")), ..moved },
        at("2026-05-06T13:05:00Z"),
    );
    assert_eq!(just_due[0].outcome, Outcome::Waiting, "the sweep still looks at it");
}

#[test]
fn accounts_are_told_in_words_on_the_clock_of_the_course() {
    let letters = of_registration(&course(), &person("2026-04-01T12:00:00Z"), at(NOW));
    let sent = notice("week", "2026-05-13", Status::Sent, None);
    let all = accounts(Letter::CourseStarting, &letters, &[sent], swept(None), at(NOW));
    let words: Vec<String> = all.iter().map(|account| account.in_words(&zone(), at(NOW))).collect();
    assert_eq!(
        words,
        [
            "It was sent at 9:00 a.m. Eastern Time on Wednesday, May 6, 2026.",
            "It will be sent at 9:00 a.m. Eastern Time on Tuesday, May 12, 2026."
        ]
    );
    assert_eq!(summary(&course(), Letter::CourseStarting, &all), "This e-mail: 1 sent, 1 planned.");
    assert!(summary(&course(), Letter::DayStarting, &[]).contains("no rule"));
    let mut off = course();
    off.rules.iter_mut().for_each(|rule| rule.enabled = false);
    let letters = of_registration(&off, &person("2026-04-01T12:00:00Z"), at(NOW));
    let all = accounts(Letter::CourseStarting, &letters, &[], swept(None), at(NOW));
    assert_eq!(
        summary(&off, Letter::CourseStarting, &all),
        "This e-mail: 2 not sent. Every rule for this e-mail is switched off."
    );
    assert!(all[1].in_words(&zone(), at(NOW)).ends_with("The rule is switched off."), "{all:?}");
    let mut early = course();
    early.rules = vec![rule("early", Letter::EarlyFeeEnding, Offset::Exact { minutes: -60 })];
    assert!(summary(&early, Letter::EarlyFeeEnding, &[]).contains("no early deadline"));
}
