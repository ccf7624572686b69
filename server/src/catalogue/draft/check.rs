//! What must hold between the values of a draft. Whatever could not be read has a mistake already, and is not
//! judged again.

mod dates;
mod reference;

use std::collections::HashMap;
use std::hash::Hash;

use entity::course::Status;
use entity::mailing::Letter;

pub use dates::local;

use super::mistake::{Mistakes, Wrong};
use super::path::{Path, at};
use super::{Draft, Series};

/// Notes everything that does not hold in `draft`.
pub fn course(draft: &Draft, mistakes: &mut Mistakes) {
    dates::of_course(draft, mistakes);
    once_each(draft, mistakes);
    for (index, group) in draft.competencies.iter().enumerate() {
        let names = at![Competencies, index, Names];
        if group.names.is_empty() && mistakes.clean(&names) {
            mistakes.add(names, "is empty; name a competency, or leave the group out");
        }
    }
    prices(draft, mistakes);
    for (day, row) in draft.days.iter().enumerate() {
        for (index, session) in row.sessions.iter().enumerate() {
            let place = at![Days, day, Sessions, index];
            dates::of_session(draft, row.date, session, &at![Days, day, Date], &place, mistakes);
            reference::of_session(draft, session, &place, mistakes);
        }
    }
    reference::organizations(draft, mistakes);
    reference::guests(draft, mistakes);
    rules(draft, mistakes);
    if let Some(row) = &draft.series {
        series(row, &at![Series], mistakes);
        beyond(row, row.position, at![Series, Position], &at![Series], mistakes);
    }
    if draft.course.cancellation_note.is_some()
        && !matches!(draft.course.status, Status::Cancelled | Status::Archived)
    {
        mistakes.add(at![Course, CancellationNote], "belongs to a canceled course alone");
    }
}

/// Notes everything that does not hold in a series, whose fields stand within `place`.
pub fn series(series: &Series, place: &Path, mistakes: &mut Mistakes) {
    once(
        series.parts.iter().map(|part| part.position),
        |index| place.then(&at![Parts, index, Position]),
        mistakes,
    );
    for (index, part) in series.parts.iter().enumerate() {
        beyond(series, part.position, place.then(&at![Parts, index, Position]), place, mistakes);
    }
}

/// That there is such a part of the series, whose fields stand within `place`.
fn beyond(series: &Series, position: i16, at: Path, place: &Path, mistakes: &mut Mistakes) {
    if position > series.length && mistakes.sound(&place.at(super::Field::Length)) {
        mistakes.add(at, format!("is beyond the length of the series ({})", series.length));
    }
}

/// What must be there only once.
fn once_each(draft: &Draft, mistakes: &mut Mistakes) {
    let course = &draft.course;
    once(draft.days.iter().map(|day| day.date), |day| at![Days, day, Date], mistakes);
    let sessions = draft
        .days
        .iter()
        .enumerate()
        .flat_map(|(day, row)| row.sessions.iter().enumerate().map(move |(at, row)| (day, at, row)));
    let (places, keys): (Vec<_>, Vec<_>) =
        sessions.map(|(day, at, row)| (at![Days, day, Sessions, at, Key], &row.key)).unzip();
    once(keys, |index| places.get(index).cloned().unwrap_or_default(), mistakes);
    once(draft.organizations.iter().map(|row| &row.slug), |index| at![Organizations, index, Slug], mistakes);
    once(draft.faculty.iter().map(|row| &row.slug), |index| at![Faculty, index, Slug], mistakes);
    once(draft.tracks.iter().map(|row| &row.slug), |index| at![Tracks, index, Slug], mistakes);
    once(draft.rooms.iter().map(|row| &row.slug), |index| at![Rooms, index, Slug], mistakes);
    once(
        draft.fees.prices.iter().map(|row| row.profession),
        |index| at![Fees, Prices, index, Profession],
        mistakes,
    );
    once(draft.credits.iter().map(|row| row.kind), |index| at![Credits, index, CreditKind], mistakes);
    once(draft.statements.iter().map(|row| row.kind), |index| at![Statements, index, Kind], mistakes);
    once(draft.competencies.iter().map(|row| &row.group), |index| at![Competencies, index, Group], mistakes);
    once(
        draft.reminder_rules.iter().flatten().map(|row| &row.slug),
        |index| at![ReminderRules, index, Slug],
        mistakes,
    );
    for (index, row) in draft.reminder_rules.iter().flatten().enumerate() {
        once(&row.professions, |at| at![ReminderRules, index, Professions, at], mistakes);
    }
    once(&course.objectives, |index| at![Course, Objectives, index], mistakes);
    once(&course.offered_by, |index| at![Course, OfferedBy, index], mistakes);
    once(&course.accredited_by, |index| at![Course, AccreditedBy, index], mistakes);
}

fn once<K: Eq + Hash>(
    keys: impl IntoIterator<Item = K>,
    path: impl Fn(usize) -> Path,
    mistakes: &mut Mistakes,
) {
    let mut seen: HashMap<K, usize> = HashMap::new();
    for (index, key) in keys.into_iter().enumerate() {
        // What could not be read is neither the same as anything nor different.
        if !mistakes.sound(&path(index)) {
            continue;
        }
        match seen.get(&key) {
            Some(first) => mistakes.add(path(index), Wrong::Twice(path(*first))),
            None => {
                seen.insert(key, index);
            }
        }
    }
}

fn prices(draft: &Draft, mistakes: &mut Mistakes) {
    for (index, price) in draft.fees.prices.iter().enumerate() {
        if price.early.is_some_and(|early| early > price.regular)
            && mistakes.sound(&at![Fees, Prices, index, Regular])
        {
            let regular = draft.fees.written(price.regular);
            mistakes.add(at![Fees, Prices, index, Early], format!("is above the regular price ({regular})"));
        }
    }
}

/// A rule is meant for a track of the course, and is not called as the ledger calls a letter that no rule
/// calls for: nobody could tell them apart there.
fn rules(draft: &Draft, mistakes: &mut Mistakes) {
    for (index, row) in draft.reminder_rules.iter().flatten().enumerate() {
        if let Some(track) = &row.track {
            reference::to_track(draft, track, at![ReminderRules, index, RuleTrack], mistakes);
        }
        if Letter::named_without_rule(&row.slug).is_some() {
            let message = format!(
                "is the name of an e-mail that goes out without a rule ({}); call the rule something else",
                row.slug
            );
            mistakes.add(at![ReminderRules, index, Slug], message);
        }
    }
}
