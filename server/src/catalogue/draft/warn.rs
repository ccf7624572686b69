//! What is allowed and still worth a second look. A warning stops nothing.

mod meanwhile;
mod too_late;
mod way_in;
mod zone;

use std::fmt;

use entity::credit_amount::PLACES;
use entity::deadline::{end_of_day, instant_of};
use entity::decimal::Decimal;
use entity::profession::Profession;
use entity::{Instant, LocalDate};
use jiff::tz::AmbiguousOffset;
use sea_orm::ActiveEnum;
pub use too_late::too_late;

use super::Draft;
use super::check::local;
use super::field::Field;
use super::path::{Path, at};
use super::stored::instants;

/// Something worth a second look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Where.
    pub path: Path,
    /// What was seen, and what it leads to.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

/// Everything in `draft` that is worth a second look at `now`.
pub fn warnings(draft: &Draft, now: Instant) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |path: Path, message: String| warnings.push(Warning { path, message });
    if let Some(message) = zone::warning(draft.course.time_zone.name()) {
        warn(at![Course, TimeZone], message);
    }
    hours(draft, &mut warn);
    parts(draft, &mut warn);
    prices(draft, &mut warn);
    twice(draft, &mut warn);
    rooms(draft, &mut warn);
    competencies(draft, &mut warn);
    way_in::venue(draft, &mut warn);
    way_in::links(draft, now, &mut warn);
    meanwhile::sessions(draft, &mut warn);
    warnings
}

/// Hundredths of an hour in which something is taught, parallel sessions counted once.
fn taught_hundredths(draft: &Draft) -> i64 {
    let mut spans: Vec<(i64, i64)> = draft
        .days
        .iter()
        .flat_map(|day| {
            day.sessions
                .iter()
                .filter(|session| session.kind.teaches())
                .map(move |session| instants(draft, day, session))
        })
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

fn hours(draft: &Draft, warn: &mut impl FnMut(Path, String)) {
    let taught = taught_hundredths(draft);
    let offered =
        draft.credits.iter().enumerate().filter_map(|(index, row)| row.amount.map(|amount| (index, amount)));
    let Some((index, most)) = offered.max_by_key(|(index, amount)| (*amount, std::cmp::Reverse(*index)))
    else {
        return;
    };
    if taught > 0 && taught != i64::from(most.0) {
        let hours = Decimal::new(taught, PLACES);
        warn(
            at![Credits, index, Amount],
            format!(
                "is {most}, while the sessions without breaks, meals and transitions last {hours} hours; the amount counts as written"
            ),
        );
    }
}

fn parts(draft: &Draft, warn: &mut impl FnMut(Path, String)) {
    for (index, credit) in draft.credits.iter().enumerate() {
        let sum: i64 = credit.parts.iter().map(|part| i64::from(part.amount.0)).sum();
        if let Some(whole) = credit.amount
            && sum > i64::from(whole.0)
        {
            let sum = Decimal::new(sum, PLACES);
            warn(
                at![Credits, index, Parts],
                format!("the parts add up to {sum}, more than the whole ({whole}); they may overlap"),
            );
        }
    }
}

fn prices(draft: &Draft, warn: &mut impl FnMut(Path, String)) {
    let prices = &draft.fees.prices;
    if prices.iter().any(|price| price.early.is_some()) && draft.registration.early_deadline.is_none() {
        let message =
            "is missing although there is an early price; until it is set everybody pays the regular price";
        warn(at![Registration, EarlyDeadline], message.to_owned());
    }
    if prices.iter().all(|price| price.early.is_none()) && draft.registration.early_deadline.is_some() {
        warn(at![Registration, EarlyDeadline], "is set although there is no early price".to_owned());
    }
    early(draft, warn);
    let other = prices.iter().any(|price| price.profession == Profession::AlliedHealthOther);
    for (index, audience) in draft.course.audiences.iter().enumerate() {
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
            at![Course, Audiences, index],
            format!("{} register as {profession}, which has no price of its own; {pays}", audience.name),
        );
    }
}

/// An early price that nobody can get, because it ends before registration opens.
fn early(draft: &Draft, warn: &mut impl FnMut(Path, String)) {
    let (Some(opens), Some(early)) = (draft.registration.opens, draft.registration.early_deadline) else {
        return;
    };
    let zone = &draft.course.time_zone;
    if end_of_day(early, zone) <= instant_of(opens, zone) {
        let opens = LocalDate(opens.date());
        let message = format!("is before registration opens on {opens}, so nobody can pay the early price");
        warn(at![Registration, EarlyDeadline], message);
    }
}

/// Rooms that hold fewer people than the course has seats, where something is held for everyone.
fn rooms(draft: &Draft, warn: &mut impl FnMut(Path, String)) {
    let Some(seats) = draft.registration.capacity else { return };
    if !draft.course.format.is_in_person() {
        return;
    }
    for (index, room) in draft.rooms.iter().enumerate() {
        let Some(holds) = room.capacity.filter(|holds| *holds < seats) else { continue };
        let for_all = draft
            .days
            .iter()
            .flat_map(|day| &day.sessions)
            .find(|session| session.tracks.is_empty() && session.room.as_ref() == Some(&room.slug));
        if let Some(session) = for_all {
            let message = format!(
                "is {holds}, while the course has {seats} seats and \"{}\" is held in it for everyone",
                &*session.title
            );
            warn(at![Rooms, index, Capacity], message);
        }
    }
}

/// Competencies that a group names twice.
fn competencies(draft: &Draft, warn: &mut impl FnMut(Path, String)) {
    for (index, group) in draft.competencies.iter().enumerate() {
        for (place, name) in group.names.iter().enumerate() {
            if group.names.iter().take(place).any(|other| other == name) {
                let message = format!("\"{}\" stands twice in \"{}\"", &**name, &*group.group);
                warn(at![Competencies, index, Names, place], message);
            }
        }
    }
}

/// Times that come twice because the clocks are set back.
fn twice(draft: &Draft, warn: &mut impl FnMut(Path, String)) {
    for (day, row) in draft.days.iter().enumerate() {
        for (index, session) in row.sessions.iter().enumerate() {
            let (first, last) = session.days(row.date);
            let place = at![Days, day, Sessions, index];
            for (field, date, time) in [(Field::Start, first, session.start), (Field::End, last, session.end)]
            {
                let zoned = draft.course.time_zone.tz().to_ambiguous_zoned(local(date, time));
                if matches!(zoned.offset(), AmbiguousOffset::Fold { .. }) {
                    let message = format!(
                        "{time} comes twice on {date}, when the clocks are set back; the first is meant"
                    );
                    warn(place.at(field), message);
                }
            }
        }
    }
}
