//! The cancellation of a course, and announcements.

use super::super::{
    CourseFacts, Letter, NotSentReason, PlannedLetter, RegistrationFacts, of_registration, timetable,
};
use super::*;

#[test]
fn a_cancelled_course_says_so_to_the_live_and_nothing_else() {
    let mut facts = course();
    facts.course.status = course::Status::Cancelled;
    facts.course.cancelled_at = Some(at("2026-05-04T09:00-04:00"));
    facts.changes = vec![change("2026-05-04T08:55-04:00", 0x51, &[], Some(NINE), Some(NOON))];
    facts.announcements = vec![announced(&[Status::Confirmed])];
    let now = at("2026-05-04T09:30-04:00");
    let owed = |person: &RegistrationFacts| -> Vec<Letter> {
        let confirmation = |one: &PlannedLetter| one.letter != Letter::RegistrationConfirmed;
        of_registration(&facts, person, now)
            .into_iter()
            .filter(|one| one.verdict.is_ok() && confirmation(one))
            .map(|one| one.letter)
            .collect()
    };
    assert_eq!(owed(&confirmed(None)), [Letter::CourseCancelled]);

    let mut held = confirmed(None);
    held.registration.status = Status::Started;
    held.registration.confirmed_at = None;
    held.registration.hold_until = Some(at("2026-05-04T09:10-04:00"));
    assert_eq!(owed(&held), [Letter::CourseCancelled], "a hold that ends afterwards was live");
    held.registration.hold_until = Some(at("2026-05-04T08:00-04:00"));
    assert_eq!(owed(&held), []);

    let mut gone = confirmed(None);
    gone.registration.status = Status::Cancelled;
    gone.registration.cancelled_at = Some(at("2026-05-03T09:00-04:00"));
    assert_eq!(owed(&gone), [Letter::RegistrationCancelled]);

    let mut late = confirmed(None);
    late.registration.started_at = at("2026-05-04T09:20-04:00");
    assert_eq!(owed(&late), [], "nobody can have registered since");
}

#[test]
fn an_announcement_reaches_those_it_is_meant_for() {
    let mut facts = course();
    facts.announcements = vec![announced(&[Status::Confirmed])];
    let now = at("2026-05-04T09:10-04:00");
    let verdict = |facts: &CourseFacts, person: &RegistrationFacts| {
        verdicts(&of_registration(facts, person, now), Letter::Announcement)[0].1
    };
    assert_eq!(verdict(&facts, &confirmed(Some(ADULT))), Ok(()));
    let mut started = confirmed(None);
    started.registration.status = Status::Started;
    assert_eq!(verdict(&facts, &started), Err(NotSentReason::NotConcerned));
    let mut newer = confirmed(None);
    newer.registration.confirmed_at = Some(at("2026-05-04T09:10:01-04:00"));
    assert_eq!(verdict(&facts, &newer), Err(NotSentReason::LateRegistration));
    facts.announcements[0].track_id = Some(id(PEDIATRIC));
    assert_eq!(verdict(&facts, &confirmed(Some(ADULT))), Err(NotSentReason::NotConcerned));
    assert_eq!(verdict(&facts, &confirmed(None)), Ok(()));
    facts.announcements[0].professions = Professions(vec![Profession::Physician]);
    assert_eq!(verdict(&facts, &confirmed(None)), Err(NotSentReason::NotConcerned));
    facts.announcements[0].stopped_at = Some(at("2026-05-04T09:05-04:00"));
    assert_eq!(verdict(&facts, &confirmed(None)), Err(NotSentReason::StoppedByStaff));
    assert!(!timetable(&facts).contains(&now), "nobody is called for what was stopped");
}
