//! Who does what in a rehearsal, and when.

use std::collections::{HashSet, VecDeque};

use entity::deadline::instant_of;
use entity::{Instant, LocalDate, Refusal, Zone};

use super::script::{MOST_MOVES, Role, Script};
use crate::catalogue::CoursePage;
use crate::catalogue::draft::Draft;
use crate::catalogue::draft::text::Slug;

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
    Move(HashSet<Slug>, i32),
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
    let early = noon(page.course.starts_on.plus_days(-BEFORE_COURSE_DAYS), zone)
        .min(noon(close.plus_days(-BEFORE_CLOSE_DAYS), zone));
    let start = now.min(early);
    match role {
        Role::Late(day) => start.min(noon(day, zone)),
        Role::Confirmed | Role::Started | Role::Enquirer => start,
    }
}

/// The days of a course's life, from its publication to its last day, or to the last to which one is moved.
struct Days {
    first: LocalDate,
    last: LocalDate,
}

impl Days {
    fn of(page: &CoursePage, draft: &Draft, script: &Script, start: Instant) -> Self {
        let moved = script
            .moves
            .iter()
            .filter_map(|moved| Some(moved.day_of(draft).ok()?.date.plus_days(moved.by_days)));
        Self { first: start.date_in(&page.course.time_zone), last: moved.fold(page.course.ends_on, Ord::max) }
    }

    /// Whether something can be done on a day.
    ///
    /// # Errors
    /// Refused where the day is none of them; `what` cannot be done then.
    fn takes(&self, day: LocalDate, what: &str, field: &'static str) -> Result<(), Refusal> {
        let Self { first, last } = self;
        if (*first..=*last).contains(&day) {
            return Ok(());
        }
        Err(Refusal::invalid(
            format!(
                "{what} on {day}: it is rehearsed from {first}, when it is published, to its last day, {last}."
            ),
            &[field],
        ))
    }
}

/// What is done, and when, in that order.
///
/// # Errors
/// Refused where there are too many moves, where a day that is moved is none of the course, and where
/// something is to be done on a day that lies outside of the course's life.
pub(super) fn of(
    page: &CoursePage,
    draft: &Draft,
    script: &Script,
    start: Instant,
) -> Result<VecDeque<(Instant, Act)>, Refusal> {
    let zone = &page.course.time_zone;
    let opens = page.course.registration_opens_at.map_or(start, |opens| opens.max(start));
    let mut acts = match script.role {
        Role::Confirmed => vec![(opens, Act::Register), (opens, Act::Pay)],
        Role::Started => vec![(opens, Act::Register)],
        Role::Late(day) => vec![(noon(day, zone), Act::Register), (noon(day, zone), Act::Pay)],
        Role::Enquirer => vec![(start, Act::Ask)],
    };
    if script.moves.len() > MOST_MOVES {
        return Err(Refusal::invalid(
            format!("At most {MOST_MOVES} days can be moved in one rehearsal."),
            &["moves"],
        ));
    }
    let life = Days::of(page, draft, script, start);
    for moved in &script.moves {
        let day = moved.day_of(draft)?;
        let keys = day.sessions.iter().map(|session| session.key.clone()).collect();
        if let Some(on) = moved.on {
            life.takes(on, "A day of the course cannot be moved", "moves")?;
        }
        let at = noon(moved.on.unwrap_or_else(|| day.date.plus_days(-BEFORE_MOVE_DAYS)), zone).max(start);
        acts.push((at, Act::Move(keys, moved.by_days)));
    }
    if let Some(day) = script.cancelled_on {
        life.takes(day, "The course cannot be canceled", "cancelledOn")?;
        acts.push((noon(day, zone).max(start), Act::Cancel));
    }
    acts.sort_by_key(|(at, _)| *at);
    Ok(acts.into())
}
