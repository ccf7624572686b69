//! What happens to the sample course, for the letters that tell of it.

use entity::deadline::at_wall_time;
use entity::mailing::{CourseFacts, Letter};
use entity::schedule_change::{self, TrackIds};
use entity::{Instant, LocalDate, Zone, announcement, course, registration, session};
use jiff::civil::{date, time};

use super::id;

/// How something happens to a course.
type Happening = fn(&mut CourseFacts, &Zone);

/// The letters that tell of news, and what must have happened before one of them is called for.
const NEWS: [(Letter, Happening); 3] = [
    (Letter::ScheduleChanged, schedule_changes),
    (Letter::CourseCancelled, is_cancelled),
    (Letter::Announcement, is_announced_to),
];

/// Does to the course what `letter` tells of; nothing for a letter that tells of no news.
pub(super) fn happen(facts: &mut CourseFacts, letter: Letter, zone: &Zone) {
    if let Some((_, happens)) = NEWS.iter().find(|(news, _)| *news == letter) {
        happens(facts, zone);
    }
}

/// A moment of April 28.
fn at(hour: i8, minute: i8, zone: &Zone) -> Instant {
    at_wall_time(LocalDate(date(2026, 4, 28)), time(hour, minute, 0, 0).into(), zone)
}

fn schedule_changes(facts: &mut CourseFacts, zone: &Zone) {
    facts.changes = changes(facts, zone);
}

fn is_cancelled(facts: &mut CourseFacts, zone: &Zone) {
    facts.course.status = course::Status::Cancelled;
    facts.course.cancelled_at = Some(at(10, 0, zone));
    facts.course.cancellation_note = Some(
        "Too few people could come this spring, and small groups need *people*.\n\nThe course will be held again in the autumn; \
         [its page](https://learn.example.org/autumn) opens in July."
            .to_owned(),
    );
}

fn is_announced_to(facts: &mut CourseFacts, zone: &Zone) {
    facts.announcements = vec![announcement::Model {
        id: id(0x70),
        course_id: facts.course.id,
        subject: "Please bring a case to the small groups".to_owned(),
        body: "In the small groups we talk about **your** patients. Please bring:\n\n- a case of serious illness, without names\n\
               - one question about it\n\nHow to describe a case is told in [two pages](https://learn.example.org/cases)."
            .to_owned(),
        statuses: announcement::Statuses(vec![registration::Status::Confirmed]),
        professions: announcement::Professions::default(),
        track_id: None,
        written_by: id(0x71),
        created_at: at(9, 50, zone),
        confirmed_at: Some(at(10, 0, zone)),
        due_at: Some(at(10, 10, zone)),
        stopped_at: None,
    }];
}

/// One session moved to another day, one new, one taken out.
fn changes(facts: &CourseFacts, zone: &Zone) -> Vec<schedule_change::Model> {
    let at = |month: i8, day: i8, hour: i8| {
        at_wall_time(LocalDate(date(2026, month, day)), time(hour, 0, 0, 0).into(), zone)
    };
    let changed_at = at(4, 28, 10);
    let bare = |number: u128, title: &str| schedule_change::Model {
        id: id(0x80 + number),
        course_id: facts.course.id,
        session_id: id(0x90 + number),
        title: title.to_owned(),
        track_ids: TrackIds::default(),
        at: changed_at,
        old_starts_at: None,
        old_ends_at: None,
        new_starts_at: None,
        new_ends_at: None,
        link_changed: false,
    };
    let old = |change: schedule_change::Model, from: Instant, to: Instant| schedule_change::Model {
        old_starts_at: Some(from),
        old_ends_at: Some(to),
        ..change
    };
    let new = |change: schedule_change::Model, session: &session::Model| schedule_change::Model {
        session_id: session.id,
        new_starts_at: Some(session.starts_at),
        new_ends_at: Some(session.ends_at),
        ..change
    };
    let found = |title: &str| {
        facts.sessions.iter().map(|facts| &facts.session).find(|session| session.title == title)
    };
    let moved = found("Pain").map(|session| new(old(bare(1, "Pain"), at(5, 16, 10), at(5, 16, 11)), session));
    let added = found("Closing").map(|session| new(bare(2, "Closing"), session));
    let gone = old(bare(3, "Ethics Rounds"), at(5, 16, 11), at(5, 16, 12));
    moved.into_iter().chain(added).chain([gone]).collect()
}
