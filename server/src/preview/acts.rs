//! Who does what in a rehearsal, and when.

use std::collections::{HashSet, VecDeque};

use entity::deadline::instant_of;
use entity::{Instant, LocalDate, Refusal, Zone};

use super::script::{MOST_MOVES, Role, Script};
use crate::catalogue::CoursePage;
use crate::course_file::CourseFile;

/// How many days before its first day the life of a course begins at the latest.
const BEFORE_COURSE_DAYS: i32 = 60;
/// How many days before registration closes it begins at the latest.
const BEFORE_CLOSE_DAYS: i32 = 30;
/// How many days before the day that is moved it is moved, where nothing is said.
const BEFORE_MOVE_DAYS: i32 = 3;

/// Something that somebody does.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// The person registers.
    Register,
    /// The person asks about the course, and agrees to letters about its deadlines.
    Ask,
    /// The office records the payment of what is due.
    Pay,
    /// The office moves these sessions by so many days.
    Move(HashSet<String>, i32),
    /// The office cancels the course.
    Cancel,
}

fn noon(day: LocalDate, zone: &Zone) -> Instant {
    instant_of(day.0.at(12, 0, 0, 0), zone)
}

/// When the life of the course begins.
pub(super) fn start(page: &CoursePage, role: Role, now: Instant) -> Instant {
    let zone = &page.course.time_zone;
    let close = page.course.registration_closes_at().date_in(zone);
    let early = noon(page.course.starts_on.plus_days(-BEFORE_COURSE_DAYS), zone).min(noon(close.plus_days(-BEFORE_CLOSE_DAYS), zone));
    let start = now.min(early);
    match role {
        Role::Late(day) => start.min(noon(day, zone)),
        Role::Confirmed | Role::Started | Role::Enquirer => start,
    }
}

/// What is done, and when, in that order.
///
/// # Errors
/// Refused where there are too many moves, and where a day that is moved is none of the course.
pub(super) fn of(page: &CoursePage, file: &CourseFile, script: &Script, start: Instant) -> Result<VecDeque<(Instant, Act)>, Refusal> {
    let zone = &page.course.time_zone;
    let opens = page.course.registration_opens_at.map_or(start, |opens| opens.max(start));
    let mut acts = match script.role {
        Role::Confirmed => vec![(opens, Act::Register), (opens, Act::Pay)],
        Role::Started => vec![(opens, Act::Register)],
        Role::Late(day) => vec![(noon(day, zone), Act::Register), (noon(day, zone), Act::Pay)],
        Role::Enquirer => vec![(start, Act::Ask)],
    };
    if script.moves.len() > MOST_MOVES {
        return Err(Refusal::invalid(format!("At most {MOST_MOVES} days can be moved in one rehearsal."), &["moves"]));
    }
    for moved in &script.moves {
        let day = moved.day_of(file)?;
        let keys = day.sessions.iter().map(|session| session.key.clone()).collect();
        let at = noon(moved.on.unwrap_or_else(|| day.date.plus_days(-BEFORE_MOVE_DAYS)), zone).max(start);
        acts.push((at, Act::Move(keys, moved.by_days)));
    }
    if let Some(day) = script.cancelled_on {
        acts.push((noon(day, zone).max(start), Act::Cancel));
    }
    acts.sort_by_key(|(at, _)| *at);
    Ok(acts.into())
}
