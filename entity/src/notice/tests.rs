use super::sample::notice;
use super::*;

fn at(text: &str) -> Instant {
    text.parse().expect("an instant")
}

#[test]
fn a_lost_answer_is_met_with_one_more_try_where_the_kind_allows_it() {
    let claimed = notice(Letter::DayStarting, Status::Claimed);
    assert_eq!(claimed.after_claim(), AfterClaim::Send);
    let lost = notice(Letter::DayStarting, Status::Sending);
    assert_eq!(lost.after_claim(), AfterClaim::SendOnceMore);
    let lost_twice = Model { reason: Some(NotSentReason::OutcomeUnknown), ..lost.clone() };
    assert_eq!(lost_twice.after_claim(), AfterClaim::Unknowable);
    assert_eq!(notice(Letter::SignInCode, Status::Sending).after_claim(), AfterClaim::Unknowable);
    let deadly = Model { crashes: MAX_CRASHES, ..claimed };
    assert_eq!(deadly.after_claim(), AfterClaim::Quarantine);

    let now = at("2026-05-06T13:30:00Z");
    assert_eq!(lost.once_more_at(now), Some(at("2026-05-06T13:40:00Z")));
    assert_eq!(
        lost.once_more_at(at("2026-05-06T13:50:00Z")),
        None,
        "a reminder is not sent again when it is of no more use"
    );
    assert_eq!(lost_twice.once_more_at(now), None);
    assert_eq!(notice(Letter::SignInCode, Status::Sending).once_more_at(now), None);
}

#[test]
fn a_deferred_notice_is_tried_until_it_is_pointless_or_four_days_old() {
    let reminder = notice(Letter::DayStarting, Status::Sending);
    let now = at("2026-05-06T13:30:00Z");
    assert_eq!(reminder.after_deferral(1, 128, now), AfterDeferral::Again(at("2026-05-06T13:31:00Z")));
    assert_eq!(reminder.after_deferral(4, 128, now), AfterDeferral::Pointless);
    let confirmation = Model { pointless_at: None, ..notice(Letter::RegistrationConfirmed, Status::Sending) };
    assert_eq!(confirmation.after_deferral(30, 128, at("2026-05-10T12:00:00Z")), AfterDeferral::GiveUp);
    for (attempts, chance, seconds) in [(1, 0, 48), (1, 255, 72), (8, 128, 21_600), (20, 128, 21_600)] {
        let next = next_attempt(reminder.due_at, attempts, chance, now);
        assert_eq!(next, Some(now.plus_seconds(seconds)), "attempt {attempts}, chance {chance}");
    }
}

#[test]
fn what_may_have_reached_its_reader_is_not_called_lapsed() {
    let fresh = notice(Letter::DayStarting, Status::Claimed);
    assert_eq!(fresh.end_unsent(NotSentReason::Cancelled), (Status::Lapsed, NotSentReason::Cancelled));
    assert_eq!(fresh.waiting(), Status::Planned);
    let tried = Model { reason: Some(NotSentReason::OutcomeUnknown), attempts: 1, ..fresh };
    assert_eq!(tried.end_unsent(NotSentReason::Cancelled), (Status::Unknown, NotSentReason::OutcomeUnknown));
    assert_eq!(tried.waiting(), Status::Retry);
}

#[test]
fn what_failed_before_goes_behind_what_was_never_tried() {
    let mut queue: Vec<(Letter, i16)> = [
        (Letter::DayStarting, 0),
        (Letter::CourseStarting, 2),
        (Letter::SignInCode, 1),
        (Letter::CourseStarting, 0),
        (Letter::SignInCode, 0),
    ]
    .into();
    queue.sort_by_key(|(letter, attempts)| notice(*letter, Status::Planned).place(*attempts));
    let expected = [
        (Letter::SignInCode, 0),
        (Letter::DayStarting, 0),
        (Letter::CourseStarting, 0),
        (Letter::SignInCode, 1),
        (Letter::CourseStarting, 2),
    ];
    assert_eq!(queue, expected);
}

#[test]
fn a_code_is_awaited_and_a_reminder_is_not() {
    for attempts in 0..3 {
        let place = |letter: Letter| notice(letter, Status::Planned).place(attempts);
        assert!(AWAITED.contains(&place(Letter::SignInCode)));
        assert!(!AWAITED.contains(&place(Letter::RegistrationConfirmed)));
        assert!(!AWAITED.contains(&place(Letter::CourseStarting)));
    }
}

#[test]
fn a_message_id_is_made_of_the_identity_alone() {
    let id = |rule, occurrence| message_id([rule, "ada", "registration", occurrence], "example.org");
    assert_eq!(id("talk", "2026-05-13"), id("talk", "2026-05-13"));
    assert_ne!(id("talk", "2026-05-13"), id("talk", "2026-05-14"));
    assert_ne!(id("talk", "2026-05-13"), id("day", "2026-05-13"));
    assert_ne!(message_id(["a", "b", "", ""], "x"), message_id(["a", "", "b", ""], "x"));
    let (name, host) =
        id("talk", "2026-05-13").split_once('@').map(|(a, b)| (a.to_owned(), b.to_owned())).expect("both");
    assert_eq!((name.len(), host.as_str()), (32, "example.org"));
}
