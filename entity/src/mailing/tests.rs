//! The mailing plan, asked about a small course: what happens to the course itself, people who only asked,
//! and what staff said.
//!
//! The course: Monday, June 1, 2026, in New York, one session for everybody at 9:00 and one for the pediatric
//! track at 14:00.

mod change;
mod enquirer;
mod hold;
mod instructed;
mod news;
mod past;
mod second_look;
mod suppressed;

use uuid::Uuid;

use super::sample as made_up;
use super::{
    CourseFacts, DEFAULT_RULES, DefaultRule, EnquiryFacts, Letter, NotSentReason, PlannedLetter,
    RegistrationFacts, SessionFacts,
};
use crate::announcement::{Professions, Statuses};
use crate::course::sample::{self, at, day};
use crate::letter_instruction::{self, Kind};
use crate::profession::Profession;
use crate::quote::Basis;
use crate::registration::Status;
use crate::schedule_change::TrackIds;
use crate::{Instant, announcement, course, enquiry, registration, reminder_rule, schedule_change, session};

/// Moments on the day of the course, in the order of time.
const NINE: &str = "2026-06-01T13:00:00Z";
const NOON: &str = "2026-06-01T16:00:00Z";
const ONE: &str = "2026-06-01T17:00:00Z";

const ADULT: u128 = 0xa;
const PEDIATRIC: u128 = 0xb;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn session(number: u128, from: &str, to: &str, tracks: &[u128]) -> SessionFacts {
    let facts = made_up::session(number, from, to, tracks.iter().copied().map(id).collect());
    SessionFacts { session: session::Model { id: id(number), course_id: id(1), ..facts.session }, ..facts }
}

fn rule((position, rule): (i16, DefaultRule)) -> reminder_rule::Model {
    rule.copied(id(0x100 + u128::from(position.unsigned_abs())), id(1), position, at("2026-01-01T00:00Z"))
}

fn course() -> CourseFacts {
    CourseFacts {
        course: course::Model {
            id: id(1),
            starts_at: Some(at("2026-06-01T09:00-04:00")),
            ends_at: Some(at("2026-06-01T15:00-04:00")),
            early_deadline_on: Some(day("2026-05-01")),
            registration_deadline_on: Some(day("2026-05-20")),
            ..sample::course("2026-06-01", "2026-06-01")
        },
        sessions: vec![
            session(0x51, "2026-06-01T09:00-04:00", "2026-06-01T10:00-04:00", &[]),
            session(0x52, "2026-06-01T14:00-04:00", "2026-06-01T15:00-04:00", &[PEDIATRIC]),
        ],
        rules: (1..).zip(DEFAULT_RULES).map(rule).collect(),
        changes: Vec::new(),
        announcements: Vec::new(),
    }
}

/// Somebody confirmed on April 1, in `track`.
fn confirmed(track: Option<u128>) -> RegistrationFacts {
    let on = at("2026-04-01T12:00-04:00");
    RegistrationFacts {
        registration: registration::Model {
            id: id(0x20),
            code: "CODE".to_owned(),
            course_id: id(1),
            learner_id: id(0x21),
            profession: Profession::Nurse,
            known_as: None,
            external_id: None,
            track_id: track.map(id),
            status: Status::Confirmed,
            started_at: on,
            hold_until: None,
            confirmed_at: Some(on),
            cancelled_at: None,
            expired_at: None,
            entered_by: None,
            corrected_at: None,
            updated_at: on,
        },
        basis: Some(Basis::Early),
        registered_again: false,
        evaluated_at: None,
        unsubscribed: Vec::new(),
        suppressions: Vec::new(),
        instructions: Vec::new(),
        said: Vec::new(),
    }
}

/// Somebody who asked on April 1 and agreed to letters about deadlines.
fn asked() -> EnquiryFacts {
    let on = at("2026-04-01T12:00-04:00");
    EnquiryFacts {
        enquiry: enquiry::Model {
            id: id(0x30),
            course_id: id(1),
            name: "Ines".to_owned(),
            email: "ines@example.org".to_owned(),
            email_key: "ines@example.org".to_owned(),
            profession: None,
            question: None,
            consent_version: Some("1".to_owned()),
            consented_at: Some(on),
            answer: None,
            answered_by: None,
            answered_at: None,
            created_at: on,
            updated_at: on,
        },
        has_registered: false,
        unsubscribed_at: None,
        suppressions: Vec::new(),
        instructions: Vec::new(),
    }
}

/// A change made at `made`: an hour from `old` on became an hour from `new` on.
fn change(
    made: &str,
    session: u128,
    tracks: &[u128],
    old: Option<&str>,
    new: Option<&str>,
) -> schedule_change::Model {
    schedule_change::Model {
        id: id(0x900),
        course_id: id(1),
        session_id: id(session),
        title: format!("Session {session}"),
        track_ids: TrackIds(tracks.iter().copied().map(id).collect()),
        at: at(made),
        old_starts_at: old.map(at),
        old_ends_at: old.map(|old| at(old).plus_minutes(60)),
        new_starts_at: new.map(at),
        new_ends_at: new.map(|new| at(new).plus_minutes(60)),
        link_changed: false,
    }
}

fn announced(statuses: &[Status]) -> announcement::Model {
    announcement::Model {
        id: id(0x70),
        course_id: id(1),
        subject: "News".to_owned(),
        body: "News".to_owned(),
        statuses: Statuses(statuses.to_vec()),
        professions: Professions::default(),
        track_id: None,
        written_by: id(0x71),
        created_at: at("2026-05-04T09:00-04:00"),
        confirmed_at: Some(at("2026-05-04T09:00-04:00")),
        due_at: Some(at("2026-05-04T09:10-04:00")),
        stopped_at: None,
    }
}

fn said(rule: &str, occurrence: &str, kind: Kind, moment: &str) -> letter_instruction::Model {
    letter_instruction::Model {
        id: id(0x80),
        subject_id: id(0x20),
        rule: rule.to_owned(),
        occurrence: occurrence.to_owned(),
        kind,
        at: at(moment),
        said_by: id(0x71),
    }
}

/// The verdicts on one letter, with their occurrences.
fn verdicts(letters: &[PlannedLetter], letter: Letter) -> Vec<(String, Result<(), NotSentReason>)> {
    letters
        .iter()
        .filter(|one| one.letter == letter)
        .map(|one| (one.occurrence.clone(), one.verdict))
        .collect()
}
