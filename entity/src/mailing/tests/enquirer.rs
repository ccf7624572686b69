//! People who only asked.

use super::super::{EnquiryFacts, Letter, NotSentReason, of_enquiry};
use super::*;

#[test]
fn who_agreed_is_told_of_deadlines_until_they_registered_had_enough_or_the_course_began() {
    let (facts, now) = (course(), at("2026-05-13T09:00-04:00"));
    let closing = |person: &EnquiryFacts, now: Instant| {
        let letters = of_enquiry(&facts, person, now);
        letters
            .into_iter()
            .find(|one| one.rule == "registration_closing_7d")
            .map(|one| (one.due_at, one.verdict))
            .expect("a letter")
    };
    assert_eq!(closing(&asked(), now), (now, Ok(())));
    assert_eq!(
        closing(&EnquiryFacts { has_registered: true, ..asked() }, now).1,
        Err(NotSentReason::HasRegistered)
    );
    let stopped = EnquiryFacts { unsubscribed_at: Some(at("2026-04-02T00:00Z")), ..asked() };
    assert_eq!(closing(&stopped, now).1, Err(NotSentReason::Unsubscribed));
    // Who had had enough before and agrees again is asked again.
    let before = EnquiryFacts { unsubscribed_at: Some(at("2026-03-02T00:00Z")), ..asked() };
    assert_eq!(closing(&before, now).1, Ok(()));
    let mut without = asked();
    without.enquiry.consented_at = None;
    assert_eq!(closing(&without, now).1, Err(NotSentReason::NoConsent));
    let mut late = asked();
    late.enquiry.consented_at = Some(at("2026-05-14T09:00-04:00"));
    assert_eq!(closing(&late, now).1, Err(NotSentReason::LateRegistration));
    assert_eq!(closing(&asked(), at("2026-05-21T00:00-04:00")).1, Err(NotSentReason::Pointless));

    let mut cancelled = course();
    cancelled.course.status = course::Status::Cancelled;
    let letters = of_enquiry(&cancelled, &asked(), now);
    assert!(letters.iter().all(|one| one.verdict.is_err()), "{letters:?}");
    let mut answered = asked();
    answered.enquiry.answer = Some("Yes.".to_owned());
    answered.enquiry.answered_at = Some(now);
    let owed: Vec<Letter> = of_enquiry(&cancelled, &answered, now)
        .into_iter()
        .filter(|one| one.verdict.is_ok())
        .map(|one| one.letter)
        .collect();
    assert_eq!(owed, [Letter::EnquiryAnswered], "an answer is owed whatever became of the course");
    assert!(letters.iter().all(|one| !matches!(one.letter, Letter::CourseStarting | Letter::DayStarting)));
}
