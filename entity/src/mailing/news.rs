//! News: letters that follow from what happens to the course itself. No rule calls for them, so nobody can
//! switch them off: changes to the agenda, the course's cancellation, what staff announce; and what staff
//! correct in a registration.

use super::moment::Moment;
use super::{CourseFacts, Letter, NotSentReason, PlannedLetter, RegistrationFacts, change};
use crate::registration::Status;
use crate::{Instant, announcement};

/// The news that there are for the person, as judged at `now`.
pub fn of_person(facts: &CourseFacts, person: &RegistrationFacts, now: Instant) -> Vec<PlannedLetter> {
    let mut news = Vec::new();
    let mut tell = |letter: Letter, moment: Moment, verdict: Result<(), NotSentReason>| {
        let late = moment.pointless_at.is_some_and(|pointless| now >= pointless);
        let verdict = if verdict.is_ok() && late { Err(NotSentReason::Pointless) } else { verdict };
        news.extend(letter.without_rule().map(|rule| PlannedLetter::of(&rule, letter, moment, verdict)));
    };
    let gatherings = change::of_person(facts, person);
    for gathering in &gatherings {
        let moment = Moment {
            occurrence: gathering.since.to_string(),
            due_at: gathering.due_at,
            pointless_at: gathering.moved.iter().filter_map(change::Moved::pointless_at).max(),
            day: None,
            session_ids: gathering.moved.iter().map(|moved| moved.session_id).collect(),
        };
        let last = change::verdict(&gatherings, gathering, now);
        tell(Letter::ScheduleChanged, moment, still_there(person, now).and(facts.runs()).and(last));
    }
    if let Some(at) = person.registration.corrected_at {
        let moment = at_once(at.to_string(), at.min(now), None);
        tell(Letter::RegistrationCorrected, moment, facts.runs().and_then(|()| still_there(person, now)));
    }
    if let Some(at) = facts.course.cancelled_at {
        let moment = at_once("cancelled".to_owned(), at.min(now), None);
        tell(Letter::CourseCancelled, moment, live(person, at, now));
    }
    for announcement in &facts.announcements {
        let Some(due_at) = announcement.due_at else { continue };
        let pointless_at = due_at.plus_seconds(announcement::LIFE_DAYS * 86_400);
        let moment = at_once(announcement.id.to_string(), due_at, Some(pointless_at));
        tell(
            Letter::Announcement,
            moment,
            facts.runs().and_then(|()| announced(announcement, person, due_at, now)),
        );
    }
    news
}

/// When there are news of the course for anybody.
pub fn moments(facts: &CourseFacts) -> Vec<Instant> {
    let announced = facts.announcements.iter().filter(|announcement| announcement.stopped_at.is_none());
    change::moments(facts)
        .into_iter()
        .chain(facts.course.cancelled_at)
        .chain(announced.filter_map(|announcement| announcement.due_at))
        .collect()
}

fn at_once(occurrence: String, due_at: Instant, pointless_at: Option<Instant>) -> Moment {
    Moment { occurrence, due_at, pointless_at, day: None, session_ids: Vec::new() }
}

/// Whether the registration is live.
fn still_there(person: &RegistrationFacts, now: Instant) -> Result<(), NotSentReason> {
    match person.registration.status_at(now) {
        Status::Started | Status::Confirmed | Status::Waitlisted => Ok(()),
        Status::Cancelled => Err(NotSentReason::Cancelled),
        Status::Expired => Err(NotSentReason::Expired),
    }
}

/// Whether the registration was live when the course was cancelled at `at`, and has not been given up since.
/// A hold that would have ended since then has not: there was nothing left to pay for.
fn live(person: &RegistrationFacts, at: Instant, now: Instant) -> Result<(), NotSentReason> {
    let registration = &person.registration;
    if registration.started_at > at {
        return Err(NotSentReason::LateRegistration);
    }
    match registration.status_at(at) {
        Status::Started | Status::Confirmed | Status::Waitlisted => Ok(()),
        Status::Cancelled => Err(NotSentReason::Cancelled),
        Status::Expired if registration.expired_at.is_some_and(|expired| expired >= at && expired <= now) => {
            Ok(())
        }
        Status::Expired => Err(NotSentReason::Expired),
    }
}

fn announced(
    announcement: &announcement::Model,
    person: &RegistrationFacts,
    due_at: Instant,
    now: Instant,
) -> Result<(), NotSentReason> {
    if announcement.stopped_at.is_some() {
        return Err(NotSentReason::StoppedByStaff);
    }
    let registration = &person.registration;
    let since = registration
        .confirmed_at
        .filter(|_| registration.status_at(now) == Status::Confirmed)
        .unwrap_or(registration.started_at);
    if !announcement.reaches(registration, now) {
        return Err(match registration.status_at(now) {
            Status::Cancelled => NotSentReason::Cancelled,
            Status::Expired => NotSentReason::Expired,
            Status::Started | Status::Confirmed | Status::Waitlisted => NotSentReason::NotConcerned,
        });
    }
    // Who became one of those addressed only afterwards is not one of those who were written to.
    if since > due_at { Err(NotSentReason::LateRegistration) } else { Ok(()) }
}
