//! What a course needs before it is announced, and as long as it is. The checks of a draft say whether it
//! makes sense; this says whether people can register for it, know what they get, and are told what an
//! accredited provider must tell them.

use entity::course::{Status, closes_at};
use entity::deadline::{end_of_day, instant_of, start_of_day};
use entity::{Instant, statement};

use super::mistake::{Mistake, Mistakes};
use super::path::{Path, at};
use super::stored::instants;
use super::{Draft, Standing};

/// Everything that a published course cannot be without and `draft` is, each at its place; with `now`, what
/// is too late then, too.
fn lacks(draft: &Draft, now: Option<Instant>) -> Vec<(Path, &'static str)> {
    let (course, registration) = (&draft.course, &draft.registration);
    let opens = registration.opens.map(|opens| instant_of(opens, &course.time_zone));
    let says = |kind: statement::Kind| draft.statements.iter().any(|row| row.kind == kind);
    let credit = draft.credits.iter().any(|row| row.amount.is_some());
    let over = now.is_some_and(|now| bounds(draft).1 <= now);
    let wanted = [
        (course.summary.is_some(), at![Course, Summary], "it has no summary"),
        (!course.objectives.is_empty(), at![Course, Objectives], "it has no objectives"),
        (!course.offered_by.is_empty(), at![Course, OfferedBy], "no organization offers it"),
        (course.contact_email.is_some(), at![Course, ContactEmail], "it has no e-mail address for questions"),
        (span(draft).is_some(), at![Days], "it has no sessions"),
        (draft.faculty.iter().any(|row| row.role == Standing::Director), at![Faculty], "nobody directs it"),
        (
            !draft.fees.prices.is_empty(),
            at![Fees, Prices],
            "it has no price; a free course has a price of 0.00",
        ),
        (!over, at![Course, EndsOn], "it is over"),
        (
            over || now.is_none_or(|now| closes(draft) > now),
            at![Registration, Deadline],
            "its registration is over",
        ),
        (
            opens.is_none_or(|opens| opens < closes(draft)),
            at![Registration, Opens],
            "its registration would open after it has closed",
        ),
        (
            !credit || !course.accredited_by.is_empty(),
            at![Course, AccreditedBy],
            "it offers credit, and no organization accredits it",
        ),
        (
            !credit || says(statement::Kind::Accreditation),
            at![Statements],
            "it offers credit without a statement of accreditation",
        ),
        (
            !credit || says(statement::Kind::Disclosure),
            at![Statements],
            "it offers credit without a statement of disclosure",
        ),
    ];
    wanted.into_iter().filter(|(there, ..)| !there).map(|(_, path, message)| (path, message)).collect()
}

/// The start of the first session and the end of the last; none where there are no sessions.
fn span(draft: &Draft) -> Option<(Instant, Instant)> {
    let spans = || {
        draft
            .days
            .iter()
            .flat_map(|day| day.sessions.iter().map(move |session| instants(draft, day, session)))
    };
    spans().map(|(start, _)| start).min().zip(spans().map(|(_, end)| end).max())
}

/// The same, or else the days of the course.
pub(super) fn bounds(draft: &Draft) -> (Instant, Instant) {
    let (course, zone) = (&draft.course, &draft.course.time_zone);
    span(draft).unwrap_or_else(|| (start_of_day(course.starts_on, zone), end_of_day(course.ends_on, zone)))
}

/// The first instant at which registration is closed.
pub(super) fn closes(draft: &Draft) -> Instant {
    closes_at(draft.registration.deadline, bounds(draft), &draft.course.time_zone)
}

/// Every part that is missing at `now`, each at its place; empty where the course can be published.
pub fn publishable(draft: &Draft, now: Instant) -> Vec<Mistake> {
    lacks(draft, Some(now))
        .into_iter()
        .map(|(path, message)| Mistake { path, wrong: message.into() })
        .collect()
}

/// Notes what a published course lacks: what publishing asks for holds for as long as the course is
/// published. What the course that is stored lacked already, when less was asked for, keeps nobody from
/// editing it.
pub fn stays_publishable(draft: &Draft, stored: Option<&Draft>, mistakes: &mut Mistakes) {
    if draft.course.status != Status::Published {
        return;
    }
    let before = stored
        .filter(|stored| stored.course.status == Status::Published)
        .map(|stored| lacks(stored, None))
        .unwrap_or_default();
    let mut told: Vec<(Path, String)> = Vec::new();
    for (path, message) in lacks(draft, None).into_iter().filter(|lack| !before.contains(lack)) {
        match told.iter_mut().find(|(known, _)| *known == path) {
            // One place has one mistake.
            Some((_, words)) => *words = format!("{words}, and {message}"),
            None => told.push((path, format!("the course is published, and {message}"))),
        }
    }
    for (path, message) in told {
        // What could not be read is not missing.
        if mistakes.clean(&path) {
            mistakes.add(path, message);
        }
    }
}
