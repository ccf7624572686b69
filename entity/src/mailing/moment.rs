//! Moments: what a rule is counted from, when it speaks, and after what it is pointless.

use uuid::Uuid;

use super::{CourseFacts, Offset, RegistrationFacts, SessionFacts};
use crate::deadline::{at_wall_time, end_of_day};
use crate::letter::{CourseAnchor, PersonalAnchor, Trigger};
use crate::{Instant, LocalDate, Zone, reminder_rule};

/// How long a letter that follows a cancellation is worth sending, in days.
pub(super) const CANCELLATION_DAYS: i64 = 30;

/// A moment at which a rule speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Which time it is: see [`super::PlannedLetter::occurrence`].
    pub occurrence: String,
    /// When it speaks.
    pub due_at: Instant,
    /// From when on it is pointless.
    pub pointless_at: Option<Instant>,
    /// The course day it is about.
    pub day: Option<LocalDate>,
    /// The sessions it is about.
    pub session_ids: Vec<Uuid>,
}

/// What a rule is counted from.
struct Anchor {
    occurrence: String,
    at: Instant,
    on: LocalDate,
    pointless_at: Option<Instant>,
    day: Option<LocalDate>,
    session_ids: Vec<Uuid>,
}

/// The moments at which `rule` speaks to `person`, as judged at `now`.
///
/// What somebody did is done: where it bears a moment after `now`, the clock that wrote it was ahead, and it
/// counts as done now.
pub fn of_rule(
    facts: &CourseFacts,
    rule: &reminder_rule::Model,
    person: &RegistrationFacts,
    now: Instant,
) -> Vec<Moment> {
    let registration = &person.registration;
    let fact = |name: &str, at: Option<Instant>, pointless_at: Option<Instant>| {
        at.map(|at| Anchor {
            occurrence: name.to_owned(),
            at,
            on: at.date_in(&facts.course.time_zone),
            pointless_at,
            day: None,
            session_ids: Vec::new(),
        })
    };
    let act = match rule.letter.spec().trigger {
        Trigger::Act(act) => act,
        Trigger::HoldEnd => {
            return registration.hold_until.map(|until| of_hold(facts, rule, until)).into_iter().collect();
        }
        Trigger::Date(_) | Trigger::Request(_) | Trigger::News(_) => {
            return of_course(facts, rule, registration.track_id);
        }
    };
    let anchor = match act {
        PersonalAnchor::RegistrationStart => {
            let started_at = registration.hold_until.map(|_| registration.started_at.min(now));
            fact("started", started_at, registration.hold_until)
        }
        PersonalAnchor::Confirmation => {
            let confirmed_at = registration.confirmed_at.map(|at| at.min(now));
            fact("confirmed", confirmed_at, Some(facts.course.last_instant()))
        }
        PersonalAnchor::Cancellation => fact(
            "cancelled",
            registration.cancelled_at.map(|at| at.min(now)),
            registration.cancelled_at.map(|at| at.plus_seconds(CANCELLATION_DAYS * 86_400)),
        ),
        PersonalAnchor::Expiry => {
            // A seat may be held again, and let go again.
            let until = registration.held_until();
            let end = until.map(|until| until.to_the_second().to_string()).unwrap_or_default();
            fact(&end, until, Some(facts.course.first_instant()))
        }
    };
    anchor.into_iter().map(|anchor| spoken(facts, rule.offset(), anchor)).collect()
}

/// The moment at which `rule` speaks to somebody whose seat is held until `until`, the first instant after
/// the hold.
pub(super) fn of_hold(facts: &CourseFacts, rule: &reminder_rule::Model, until: Instant) -> Moment {
    let on = last_day(until, &facts.course.time_zone);
    let anchor = Anchor {
        occurrence: on.to_string(),
        at: until,
        on,
        pointless_at: Some(until),
        day: None,
        session_ids: Vec::new(),
    };
    spoken(facts, rule.offset(), anchor)
}

/// The last day of what ends with `until`, the first instant after it.
fn last_day(until: Instant, zone: &Zone) -> LocalDate {
    Instant::from_micros(until.as_micros() - 1).date_in(zone)
}

/// The holds about which something that is counted from their ends is said in `(since, now]`: those whose end
/// lies in `(after, until]`. None where nothing is said then.
pub fn holds_spoken_of(
    offset: Offset,
    zone: &Zone,
    since: Instant,
    now: Instant,
) -> Option<(Instant, Instant)> {
    match offset {
        Offset::Exact { minutes } => {
            Some((since.plus_minutes(-i64::from(minutes)), now.plus_minutes(-i64::from(minutes))))
        }
        Offset::Days { days, at } => {
            let today = |moment: Instant| {
                let day = moment.date_in(zone);
                if at_wall_time(day, at, zone) <= moment { day } else { day.plus_days(-1) }
            };
            // Of the days on which it is said: the last one before the window, and the last one in it.
            let (before, last) = (today(since), today(now));
            let of = |day: LocalDate| end_of_day(day.plus_days(-i32::from(days)), zone);
            (before < last).then(|| (of(before), of(last)))
        }
    }
}

/// The moments at which `rule` speaks to anybody in `track`, where it is counted from the course's own dates;
/// else none.
pub fn of_course(facts: &CourseFacts, rule: &reminder_rule::Model, track: Option<Uuid>) -> Vec<Moment> {
    let course = &facts.course;
    let taught = || {
        facts.sessions.iter().filter(move |session| session.session.kind.teaches() && session.concerns(track))
    };
    let Trigger::Date(date) = rule.letter.spec().trigger else { return Vec::new() };
    let anchors: Vec<Anchor> = match date {
        CourseAnchor::EarlyDeadline => {
            course.early_deadline_on.map(|day| deadline(facts, day)).into_iter().collect()
        }
        CourseAnchor::RegistrationDeadline => {
            course.registration_deadline_on.map(|day| deadline(facts, day)).into_iter().collect()
        }
        CourseAnchor::EvaluationDeadline => vec![deadline(facts, course.evaluation_deadline())],
        CourseAnchor::CourseStart => taught()
            .next()
            .map(|first| Anchor { pointless_at: Some(first.session.starts_at), ..start(facts, &[first]) })
            .into_iter()
            .collect(),
        CourseAnchor::DayStart => {
            let mut days: Vec<Anchor> = Vec::new();
            for session in taught() {
                let anchor = start(facts, &[session]);
                if days.last().is_none_or(|last| last.on != anchor.on) {
                    days.push(Anchor {
                        pointless_at: Some(session.session.ends_at),
                        day: Some(anchor.on),
                        ..anchor
                    });
                }
            }
            days
        }
        CourseAnchor::SessionStart => {
            let sessions: Vec<&SessionFacts> = taught().collect();
            sessions
                .chunk_by(|one, other| one.session.starts_at == other.session.starts_at)
                .map(|together| {
                    let anchor = start(facts, together);
                    let first = together.first().map(|first| first.session.slug.as_str()).unwrap_or_default();
                    Anchor {
                        occurrence: format!("{first} {}", anchor.on),
                        pointless_at: Some(anchor.at),
                        day: Some(anchor.on),
                        session_ids: together.iter().map(|session| session.session.id).collect(),
                        ..anchor
                    }
                })
                .collect()
        }
        CourseAnchor::CourseEnd => {
            let on = course.last_instant().date_in(&course.time_zone);
            vec![Anchor {
                occurrence: on.to_string(),
                at: course.last_instant(),
                on,
                pointless_at: Some(course.evaluation_closes_at()),
                day: None,
                session_ids: Vec::new(),
            }]
        }
    };
    anchors.into_iter().map(|anchor| spoken(facts, rule.offset(), anchor)).collect()
}

/// A deadline on `day`: the whole day counts.
fn deadline(facts: &CourseFacts, day: LocalDate) -> Anchor {
    let at = end_of_day(day, &facts.course.time_zone);
    Anchor {
        occurrence: day.to_string(),
        at,
        on: day,
        pointless_at: Some(at),
        day: None,
        session_ids: Vec::new(),
    }
}

/// The start of sessions that begin together.
fn start(facts: &CourseFacts, together: &[&SessionFacts]) -> Anchor {
    let at = together.first().map_or_else(|| facts.course.first_instant(), |first| first.session.starts_at);
    let zone = &facts.course.time_zone;
    let on = together.first().map_or_else(|| at.date_in(zone), |first| first.session.day(zone));
    Anchor { occurrence: on.to_string(), at, on, pointless_at: None, day: None, session_ids: Vec::new() }
}

fn spoken(facts: &CourseFacts, offset: Offset, anchor: Anchor) -> Moment {
    let due_at = match offset {
        Offset::Days { days, at } => {
            at_wall_time(anchor.on.plus_days(days.into()), at, &facts.course.time_zone)
        }
        Offset::Exact { minutes } => anchor.at.plus_minutes(minutes.into()),
    };
    Moment {
        occurrence: anchor.occurrence,
        due_at,
        pointless_at: anchor.pointless_at,
        day: anchor.day,
        session_ids: anchor.session_ids,
    }
}
