//! A course for the tests of the mailing plan: May 13 and 14, 2026, in New York, with an adult and a
//! pediatric track on the second day.

use uuid::Uuid;

use super::{CourseFacts, Letter, Offset, SessionFacts};
pub use crate::course::sample::at;
use crate::course::sample::{course, day};
use crate::{Zone, course, reminder_rule, session};

/// The adult track.
pub const ADULT: Uuid = Uuid::from_u128(0xad);
/// The pediatric track, which has nothing on the first day.
pub const PEDIATRIC: Uuid = Uuid::from_u128(0xed);

/// The zone of the course.
pub fn zone() -> Zone {
    facts().course.time_zone
}

/// A rule of the course, made on March 1.
pub fn rule(slug: &str, letter: Letter, offset: Offset) -> reminder_rule::Model {
    let (offset_days, wall_time, offset_minutes) = offset.columns();
    reminder_rule::Model {
        id: Uuid::from_u128(0x40),
        course_id: Uuid::from_u128(0xc0),
        slug: slug.to_owned(),
        position: 1,
        letter,
        offset_days,
        wall_time,
        offset_minutes,
        enabled: true,
        applies_from: at("2026-03-01T12:00:00Z"),
        subject: None,
        opening: None,
        professions: None,
        track_id: None,
    }
}

/// A session of the course.
pub fn session(number: u128, starts_at: &str, ends_at: &str, track_ids: Vec<Uuid>) -> SessionFacts {
    let session = session::Model {
        slug: format!("session-{number}"),
        title: format!("Session {number}"),
        ..session::Model::blank(
            Uuid::from_u128(0x50 + number),
            Uuid::from_u128(0xc0),
            (at(starts_at), at(ends_at)),
        )
    };
    SessionFacts { session, track_ids }
}

/// The facts of the course, without rules.
pub fn facts() -> CourseFacts {
    let course = course::Model {
        starts_at: Some(at("2026-05-13T14:00:00Z")),
        ends_at: Some(at("2026-05-14T20:00:00Z")),
        registration_deadline_on: Some(day("2026-05-06")),
        ..course("2026-05-13", "2026-05-14")
    };
    let sessions = vec![
        session(1, "2026-05-13T14:00:00Z", "2026-05-13T15:00:00Z", vec![ADULT]),
        session(2, "2026-05-14T14:00:00Z", "2026-05-14T15:00:00Z", vec![ADULT]),
        session(3, "2026-05-14T16:00:00Z", "2026-05-14T20:00:00Z", vec![PEDIATRIC]),
    ];
    CourseFacts { course, sessions, rules: Vec::new(), changes: Vec::new(), announcements: Vec::new() }
}
