use super::*;
use crate::WallTime;
use crate::announcement::Professions;
use crate::letter::Letter;
use crate::mailing::sample::{PEDIATRIC, at, facts, rule};
use crate::profession::Profession;

fn days(days: i16) -> Offset {
    Offset::Days { days, at: WallTime::NINE }
}

fn minutes(minutes: i32) -> Offset {
    Offset::Exact { minutes }
}

fn verdict(letter: Letter, offset: Offset, now: &str) -> Result<(), String> {
    can_fire(&facts(), &rule("rule", letter, offset), at(now)).map_err(|impossible| impossible.to_string())
}

const APRIL: &str = "2026-04-01T12:00:00Z";

#[test]
fn what_has_a_moment_ahead_can_speak() {
    for (letter, offset) in [
        (Letter::RegistrationStarted, minutes(0)),
        (Letter::RegistrationConfirmed, minutes(60)),
        (Letter::RegistrationCancelled, minutes(0)),
        (Letter::PaymentDue, days(-3)),
        (Letter::PaymentDue, days(0)),
        (Letter::PaymentDue, minutes(-60)),
        (Letter::RegistrationExpired, minutes(0)),
        (Letter::RegistrationClosing, days(-3)),
        (Letter::RegistrationClosing, days(0)),
        (Letter::CourseStarting, days(-2)),
        (Letter::DayStarting, minutes(30)),
        (Letter::SessionStarting, minutes(-10)),
        (Letter::EvaluationOpen, minutes(60)),
        (Letter::EvaluationClosing, days(-1)),
    ] {
        assert_eq!(verdict(letter, offset, APRIL), Ok(()), "{letter:?} {offset:?}");
    }
    assert_eq!(
        verdict(Letter::DayStarting, minutes(-60), "2026-05-13T18:00:00Z"),
        Ok(()),
        "the second day is still ahead"
    );
}

#[test]
fn what_never_can_is_told_why() {
    for (letter, offset, now, words) in [
        (Letter::SignInCode, minutes(0), APRIL, "automatically"),
        (Letter::ScheduleChanged, minutes(0), APRIL, "automatically"),
        (Letter::Announcement, minutes(0), APRIL, "automatically"),
        (Letter::EnquiryAnswered, minutes(0), APRIL, "automatically"),
        (Letter::RegistrationConfirmed, minutes(-1), APRIL, "0 or more"),
        (Letter::RegistrationCancelled, days(1), APRIL, "0 or more"),
        (Letter::RegistrationStarted, minutes(16 * 1440), APRIL, "no longer held"),
        (Letter::RegistrationConfirmed, minutes(60 * 1440), APRIL, "course is over"),
        (Letter::RegistrationCancelled, minutes(30 * 1440), APRIL, "a month"),
        (Letter::PaymentDue, minutes(0), APRIL, "no longer held"),
        (Letter::PaymentDue, days(1), APRIL, "no longer held"),
        (Letter::PaymentDue, days(-1), "2026-05-08T12:00:00Z", "no longer be sent"),
        (Letter::RegistrationExpired, days(0), APRIL, "0 or more"),
        (Letter::EarlyFeeEnding, days(-1), APRIL, "no early deadline"),
        (Letter::RegistrationClosing, days(1), APRIL, "registration has closed"),
        (Letter::CourseStarting, minutes(0), APRIL, "the course has begun"),
        (Letter::DayStarting, minutes(600), APRIL, "over by then"),
        (Letter::SessionStarting, minutes(1), APRIL, "session has begun"),
        (Letter::EvaluationOpen, minutes(40 * 1440), APRIL, "evaluation has closed"),
        (
            Letter::CourseStarting,
            days(-7),
            "2026-05-08T12:00:00Z",
            "9:00 a.m. Eastern Time on Thursday, May 7, 2026",
        ),
    ] {
        let refused = verdict(letter, offset, now).expect_err("a rule that never speaks");
        assert!(refused.contains(words), "{letter:?} {offset:?}: {refused}");
    }
}

#[test]
fn an_offset_is_whole_or_none() {
    let whole = rule("rule", Letter::CourseStarting, days(-2));
    for broken in [
        reminder_rule::Model { wall_time: None, ..whole.clone() },
        reminder_rule::Model { offset_days: None, ..whole.clone() },
        reminder_rule::Model { offset_minutes: Some(-5), ..whole.clone() },
        reminder_rule::Model { offset_days: None, wall_time: None, ..whole.clone() },
    ] {
        assert_eq!(can_fire(&facts(), &broken, at(APRIL)), Err(Impossible::HalfOffset));
    }
}

#[test]
fn a_rule_for_a_track_goes_by_its_sessions() {
    let pediatric = reminder_rule::Model {
        track_id: Some(PEDIATRIC),
        ..rule("rule", Letter::CourseStarting, minutes(-60))
    };
    let spoken: Vec<Instant> =
        moments(&facts(), &pediatric).into_iter().map(|moment| moment.due_at).collect();
    assert_eq!(
        spoken,
        [at("2026-05-13T13:00:00Z"), at("2026-05-14T15:00:00Z")],
        "who has chosen no track takes part in everything"
    );
    assert_eq!(can_fire(&facts(), &pediatric, at("2026-05-14T12:00:00Z")), Ok(()));
    let mut bare = facts();
    bare.sessions.clear();
    let refused = can_fire(&bare, &pediatric, at(APRIL));
    assert_eq!(refused, Err(Impossible::NothingToCountFrom { missing: "session that teaches" }));
}

#[test]
fn a_rule_reaches_whom_it_is_meant_for() {
    use crate::mailing::plan::{LearnerKind, of_kind};
    let mut facts = facts();
    facts.rules = vec![reminder_rule::Model {
        professions: Some(Professions(vec![Profession::Nurse])),
        track_id: Some(PEDIATRIC),
        ..rule("nurses", Letter::CourseStarting, days(-2))
    }];
    let planned = of_kind(&facts, LearnerKind::Confirmed, at(APRIL));
    let told: Vec<(&str, bool)> =
        planned.iter().map(|planned| (planned.rule.as_str(), planned.verdict.is_ok())).collect();
    assert_eq!(told, [("nurses", true)], "the plan has what is meant for some, too");
    facts.rules = vec![rule("closing", Letter::RegistrationClosing, days(-1))];
    assert_eq!(of_kind(&facts, LearnerKind::Enquirer, at(APRIL)).len(), 1);
    assert_eq!(
        of_kind(&facts, LearnerKind::Confirmed, at(APRIL)),
        [],
        "the confirmed have nothing to do with the deadline"
    );
}
