//! What is allowed and still worth a second look. A warning stops nothing.

use std::fmt;

use entity::profession::Profession;
use jiff::tz::AmbiguousOffset;
use sea_orm::ActiveEnum;

use super::check::local;
use super::format::{CourseFile, Session};
use super::stored::instants;

/// Something worth a second look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Where in the file's structure, such as `credits[0].amount`.
    pub field: String,
    /// What was seen, and what it leads to.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

/// Everything in `file` that is worth a second look.
pub fn warnings(file: &CourseFile) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |field: String, message: String| warnings.push(Warning { field, message });
    hours(file, &mut warn);
    parts(file, &mut warn);
    prices(file, &mut warn);
    twice(file, &mut warn);
    overlaps(file, &mut warn);
    warnings
}

/// Hundredths of an hour in which something is taught, parallel sessions counted once.
fn taught_hundredths(file: &CourseFile) -> i64 {
    let mut spans: Vec<(i64, i64)> = file
        .days
        .iter()
        .flat_map(|day| day.sessions.iter().filter(|session| session.kind.teaches()).map(move |session| instants(file, day, session)))
        .map(|(start, end)| (start.as_micros(), end.as_micros()))
        .collect();
    spans.sort_unstable();
    let mut reached = i64::MIN;
    let mut micros = 0;
    for (start, end) in spans {
        let from = start.max(reached);
        if end > from {
            micros += end - from;
            reached = end;
        }
    }
    micros / 36_000_000
}

fn hours(file: &CourseFile, warn: &mut impl FnMut(String, String)) {
    let taught = taught_hundredths(file);
    let offered = file.credits.iter().enumerate().filter_map(|(index, row)| row.amount.map(|amount| (index, amount)));
    let Some((index, most)) = offered.max_by_key(|(index, amount)| (*amount, std::cmp::Reverse(*index))) else { return };
    if taught > 0 && taught != i64::from(most.0) {
        let hours = entity::money::decimal(taught);
        warn(
            format!("credits[{index}].amount"),
            format!("is {most}, while the sessions without breaks, meals and transitions last {hours} hours; the amount counts as written"),
        );
    }
}

fn parts(file: &CourseFile, warn: &mut impl FnMut(String, String)) {
    for (index, credit) in file.credits.iter().enumerate() {
        let sum: i64 = credit.parts.iter().map(|part| i64::from(part.amount.0)).sum();
        if let Some(whole) = credit.amount
            && sum > i64::from(whole.0)
        {
            let sum = entity::money::decimal(sum);
            warn(format!("credits[{index}].parts"), format!("add up to {sum}, more than the whole ({whole}); parts may overlap"));
        }
    }
}

fn prices(file: &CourseFile, warn: &mut impl FnMut(String, String)) {
    let prices = &file.fees.prices;
    if prices.iter().any(|price| price.early.is_some()) && file.registration.early_deadline.is_none() {
        let message = "is missing although there is an early price; until it is set everybody pays the regular price";
        warn("registration.early_deadline".to_owned(), message.to_owned());
    }
    if prices.iter().all(|price| price.early.is_none()) && file.registration.early_deadline.is_some() {
        warn("registration.early_deadline".to_owned(), "is set although there is no early price".to_owned());
    }
    let other = prices.iter().any(|price| price.profession == Profession::AlliedHealthOther);
    for (index, audience) in file.course.audiences.iter().enumerate() {
        if prices.iter().any(|price| price.profession == audience.profession) {
            continue;
        }
        let profession = audience.profession.to_value();
        let pays = if other {
            format!("they pay as {:?}", Profession::AlliedHealthOther.label())
        } else {
            "and there is none for allied_health_other, so they cannot register".to_owned()
        };
        warn(
            format!("course.audiences[{index}]"),
            format!("{} register as {profession}, which has no price of its own; {pays}", audience.name),
        );
    }
}

/// Times that come twice because the clocks are set back.
fn twice(file: &CourseFile, warn: &mut impl FnMut(String, String)) {
    for (day, row) in file.days.iter().enumerate() {
        for (index, session) in row.sessions.iter().enumerate() {
            let last = session.ends_on.unwrap_or(row.date);
            for (field, date, time) in [("start", row.date, session.start), ("end", last, session.end)] {
                let zoned = file.course.time_zone.tz().to_ambiguous_zoned(local(date, time));
                if matches!(zoned.offset(), AmbiguousOffset::Fold { .. }) {
                    let message = format!("{time} comes twice on {date}, when the clocks are set back; the first is meant");
                    warn(format!("days[{day}].sessions[{index}].{field}"), message);
                }
            }
        }
    }
}

/// Sessions that somebody would have to sit in at the same time: what is for everyone beside anything else, and what shares a track.
fn overlaps(file: &CourseFile, warn: &mut impl FnMut(String, String)) {
    struct Sitting<'a> {
        path: String,
        row: &'a Session,
        start: entity::Instant,
        end: entity::Instant,
    }
    let mut sittings = Vec::new();
    for (day, row) in file.days.iter().enumerate() {
        for (index, session) in row.sessions.iter().enumerate() {
            let (start, end) = instants(file, row, session);
            sittings.push(Sitting { path: format!("days[{day}].sessions[{index}].start"), row: session, start, end });
        }
    }
    sittings.sort_by_key(|sitting| sitting.start);
    for (place, one) in sittings.iter().enumerate() {
        let meanwhile = sittings.iter().skip(place + 1).take_while(|other| other.start < one.end);
        for other in meanwhile.filter(|other| meet(&one.row.tracks, &other.row.tracks)) {
            let (title, start, end) = (&one.row.title, one.row.start, one.row.end);
            let shared = other.row.tracks.iter().find(|slug| one.row.tracks.contains(slug));
            let who = shared.map_or_else(|| "the same people".to_owned(), |slug| format!("everyone in the track {slug}"));
            warn(other.path.clone(), format!("is before {title:?} ({start} to {end}) is over, so {who} would have to be in both"));
        }
    }
}

/// Whether somebody takes part in sessions of both sets of tracks; an empty set is everyone.
fn meet(one: &[String], other: &[String]) -> bool {
    one.is_empty() || other.is_empty() || one.iter().any(|slug| other.contains(slug))
}
