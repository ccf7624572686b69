//! Suppressed addresses.

use super::super::{NotSentReason, RegistrationFacts, instructed, of_registration};
use super::*;
use crate::suppression::{self, Scope};

fn until(scope: Scope, expires_at: Option<&str>) -> suppression::Model {
    suppression::Model { expires_at: expires_at.map(at), ..suppression::Model::for_good(scope) }
}

#[test]
fn a_letter_goes_by_what_holds_when_it_is_due() {
    let facts = course();
    let now = at("2026-05-20T10:00-04:00");
    let verdict = |row: suppression::Model, rule: &str| {
        let person = RegistrationFacts { suppressions: vec![row], ..confirmed(None) };
        let letters = of_registration(&facts, &person, now);
        letters.into_iter().find(|planned| planned.rule == rule).expect("a letter").verdict
    };
    let kept_back = Err(NotSentReason::AddressSuppressed);
    let (week, day) = ("course_starting_7d", "day_starting_1h");
    assert_eq!(verdict(until(Scope::All, None), week), kept_back);
    assert_eq!(verdict(until(Scope::Optional, None), week), kept_back);
    assert_eq!(verdict(until(Scope::Commercial, None), week), Ok(()));
    // It has expired by the time of the one and not of the other.
    let expires = Some("2026-05-26T12:00-04:00");
    assert_eq!(verdict(until(Scope::All, expires), week), kept_back);
    assert_eq!(verdict(until(Scope::All, expires), day), Ok(()));
    let lifted = suppression::Model { lifted_at: Some(now), ..until(Scope::All, None) };
    assert_eq!(verdict(lifted, week), Ok(()));
}

#[test]
fn what_staff_send_again_is_kept_back_too_and_other_reasons_stay() {
    let facts = course();
    let now = at("2026-05-26T10:00-04:00");
    let (week, day) = ("course_starting_7d", "2026-06-01");
    let person = RegistrationFacts {
        suppressions: vec![until(Scope::All, None)],
        instructions: vec![said(week, day, Kind::Again, "2026-05-26T09:30-04:00")],
        unsubscribed: vec![super::super::Topic::Evaluations],
        ..confirmed(None)
    };
    let letters = of_registration(&facts, &person, now);
    let again = letters.iter().find(|one| one.occurrence == instructed::again(day, 1)).expect("it again");
    assert_eq!(again.verdict, Err(NotSentReason::AddressSuppressed));
    let evaluation = letters.iter().find(|one| one.rule == "evaluation_open_1h").expect("a letter");
    assert_eq!(evaluation.verdict, Err(NotSentReason::Unsubscribed));
    assert!(letters.iter().all(|one| one.verdict.is_err()));
}
