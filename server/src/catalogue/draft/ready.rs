//! What a course needs before it is announced. The checks of a draft say whether it makes sense; this says whether people can register for it,
//! know what they get, and are told what an accredited provider must tell them.

use entity::course::closes_at;
use entity::deadline::{end_of_day, instant_of, start_of_day};
use entity::{Instant, statement};

use super::mistake::Mistake;
use super::path::at;
use super::stored::instants;
use super::{Draft, Standing};

/// Every part that is missing at `now`, each at its place; empty where the course can be published.
pub fn publishable(draft: &Draft, now: Instant) -> Vec<Mistake> {
    let (course, registration) = (&draft.course, &draft.registration);
    let spans = || draft.days.iter().flat_map(|day| day.sessions.iter().map(move |session| instants(draft, day, session)));
    let starts = spans().map(|(start, _)| start).min();
    let ends = spans().map(|(_, end)| end).max();
    let zone = &course.time_zone;
    let first = starts.unwrap_or_else(|| start_of_day(course.starts_on, zone));
    let last = ends.unwrap_or_else(|| end_of_day(course.ends_on, zone));
    let (over, closes) = (last <= now, closes_at(registration.deadline, (first, last), zone));
    let opens = registration.opens.map(|opens| instant_of(opens, zone));
    let says = |kind: statement::Kind| draft.statements.iter().any(|row| row.kind == kind);
    let credit = draft.credits.iter().any(|row| row.amount.is_some());
    let wanted = [
        (course.summary.is_some(), at![Course, Summary], "it has no summary"),
        (!course.objectives.is_empty(), at![Course, Objectives], "it has no objectives"),
        (!course.offered_by.is_empty(), at![Course, OfferedBy], "no organization offers it"),
        (course.contact_email.is_some(), at![Course, ContactEmail], "it has no e-mail address for questions"),
        (starts.is_some(), at![Days], "it has no sessions"),
        (draft.faculty.iter().any(|row| row.role == Standing::Director), at![Faculty], "nobody directs it"),
        (!draft.fees.prices.is_empty(), at![Fees, Prices], "it has no price; a free course has a price of 0.00"),
        (!over, at![Course, EndsOn], "it is over"),
        (over || closes > now, at![Registration, Deadline], "its registration is over"),
        (opens.is_none_or(|opens| opens < closes), at![Registration, Opens], "its registration would open after it has closed"),
        (!credit || !course.accredited_by.is_empty(), at![Course, AccreditedBy], "it offers credit, and no organization accredits it"),
        (!credit || says(statement::Kind::Accreditation), at![Statements], "it offers credit without a statement of accreditation"),
        (!credit || says(statement::Kind::Disclosure), at![Statements], "it offers credit without a statement of disclosure"),
    ];
    wanted.into_iter().filter(|(there, ..)| !there).map(|(_, path, message)| Mistake { path, wrong: message.into() }).collect()
}
