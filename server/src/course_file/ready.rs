//! What a course needs before it is announced. The checks of a file say whether it makes sense; this says whether people can register for it,
//! know what they get, and are told what an accredited provider must tell them.

use entity::deadline::end_of_day;
use entity::refusal::Detail;
use entity::{Instant, statement};

use super::format::{CourseFile, Standing};
use super::judge::segments;
use super::stored::instants;

/// Every part that is missing at `now`, with the path of its field as a file has it; empty where the course can be published.
pub fn publishable(file: &CourseFile, now: Instant) -> Vec<Detail> {
    let (course, registration) = (&file.course, &file.registration);
    let spans = || file.days.iter().flat_map(|day| day.sessions.iter().map(move |session| instants(file, day, session)));
    let starts = spans().map(|(start, _)| start).min();
    let ends = spans().map(|(_, end)| end).max();
    let zone = &course.time_zone;
    let over = ends.unwrap_or_else(|| end_of_day(course.ends_on, zone)) <= now;
    let closes = match registration.deadline {
        Some(day) => end_of_day(day, zone),
        None => starts.unwrap_or_else(|| entity::deadline::start_of_day(course.starts_on, zone)),
    };
    let says = |kind: statement::Kind| file.statements.iter().any(|row| row.kind == kind);
    let credit = file.credits.iter().any(|row| row.amount.is_some());
    let wanted = [
        (course.summary.is_some(), "course.summary", "it has no summary"),
        (!course.objectives.is_empty(), "course.objectives", "it has no objectives"),
        (!course.offered_by.is_empty(), "course.offered_by", "no organization offers it"),
        (course.contact_email.is_some(), "course.contact_email", "it has no e-mail address for questions"),
        (starts.is_some(), "days", "it has no sessions"),
        (file.faculty.iter().any(|row| row.role == Standing::Director), "faculty", "nobody directs it"),
        (!file.fees.prices.is_empty(), "fees.prices", "it has no price; a free course has a price of 0.00"),
        (!over, "course.ends_on", "it is over"),
        (over || closes > now, "registration.deadline", "its registration is over"),
        (!credit || !course.accredited_by.is_empty(), "course.accredited_by", "it offers credit, and no organization accredits it"),
        (!credit || says(statement::Kind::Accreditation), "statements", "it offers credit without a statement of accreditation"),
        (!credit || says(statement::Kind::Disclosure), "statements", "it offers credit without a statement of disclosure"),
    ];
    let missing = |(there, path, message): &(bool, &str, &str)| {
        (!there).then(|| Detail { path: segments(path), message: (*message).to_owned(), line: None })
    };
    wanted.iter().filter_map(missing).collect()
}
