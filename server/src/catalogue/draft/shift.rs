//! Moving a course in time: the whole of it, so that a sample from any year can be shown today, or some of
//! its sessions.

use std::collections::HashSet;

use entity::deadline::instant_of;
use entity::{Instant, LocalDate};

use super::arrange::arrange;
use super::text::Slug;
use super::{Day, Draft, Session};

/// How many days the last day of registration is to lie ahead.
const ROOM_DAYS: i32 = 35;

/// Moves every date of the course by whole weeks, so that registration is open at `now`, with some five weeks
/// to go where the length of its window allows; a course whose registration is open stays where it is.
/// Returns the weeks, negative for a move back.
///
/// Days of the week and times on the clock stay as they are. The earlier runs of the series are history and
/// stay too.
pub fn moved_to_open(draft: &mut Draft, now: Instant) -> i32 {
    let weeks = weeks_to_open(draft, now);
    if weeks != 0 {
        move_by_days(draft, weeks * 7);
    }
    weeks
}

fn weeks_to_open(draft: &Draft, now: Instant) -> i32 {
    let zone = &draft.course.time_zone;
    let today = now.date_in(zone);
    // Without a deadline, registration ends with the start of the course; the day before is its last whole
    // day.
    let last_day = draft.registration.deadline.unwrap_or_else(|| draft.course.starts_on.plus_days(-1));
    let opens = draft.registration.opens;
    let open_after = |weeks: i32| opens.is_none_or(|opens| instant_of(later(opens, weeks), zone) <= now);
    if today <= last_day && open_after(0) {
        return 0;
    }
    let missing = last_day.days_until(today.plus_days(ROOM_DAYS));
    let mut weeks = missing.div_euclid(7) + i32::from(missing.rem_euclid(7) > 0);
    if let Some(opens) = opens {
        // A window shorter than the room wished for opens as late as it can.
        let latest = LocalDate(opens.date()).days_until(today).div_euclid(7);
        weeks = weeks.min(latest);
        if !open_after(weeks) {
            weeks -= 1;
        }
    }
    weeks
}

fn later(moment: jiff::civil::DateTime, weeks: i32) -> jiff::civil::DateTime {
    moment.saturating_add(jiff::Span::new().weeks(weeks))
}

/// Moves every date of the course by `days` (back where negative); times on the clock stay as they are, and
/// so do the earlier runs of the series.
pub fn move_by_days(draft: &mut Draft, days: i32) {
    let move_day = |day: &mut LocalDate| *day = day.plus_days(days);
    let (course, registration) = (&mut draft.course, &mut draft.registration);
    move_day(&mut course.starts_on);
    move_day(&mut course.ends_on);
    course.evaluation_deadline.iter_mut().for_each(move_day);
    registration.early_deadline.iter_mut().for_each(move_day);
    registration.deadline.iter_mut().for_each(move_day);
    registration.opens = registration.opens.map(|opens| opens.saturating_add(jiff::Span::new().days(days)));
    for day in &mut draft.days {
        move_day(&mut day.date);
        day.sessions
            .iter_mut()
            .flat_map(|session| [&mut session.starts_on, &mut session.ends_on])
            .flatten()
            .for_each(move_day);
    }
}

/// Moves the sessions with these keys by `days` (back where negative); times on the clock stay as they are.
/// The first and the last day of the course follow where they were those of its sessions. Deadlines stay.
pub fn move_sessions(draft: &mut Draft, keys: &HashSet<Slug>, days: i32) {
    let (first, last) = (first_day(draft), last_day(draft));
    let mut moved: Vec<Day> = Vec::new();
    for day in &mut draft.days {
        let (going, staying) =
            day.sessions.drain(..).partition(|session: &Session| keys.contains(&session.key));
        day.sessions = staying;
        moved.push(Day { date: day.date.plus_days(days), sessions: going });
    }
    for mut day in moved {
        for session in &mut day.sessions {
            for day in [&mut session.starts_on, &mut session.ends_on].into_iter().flatten() {
                *day = day.plus_days(days);
            }
        }
        match draft.days.iter_mut().find(|other| other.date == day.date) {
            Some(other) => other.sessions.append(&mut day.sessions),
            None => draft.days.push(day),
        }
    }
    arrange(draft);
    if first == Some(draft.course.starts_on) {
        draft.course.starts_on = first_day(draft).unwrap_or(draft.course.starts_on);
    }
    if last == Some(draft.course.ends_on) {
        draft.course.ends_on = last_day(draft).unwrap_or(draft.course.ends_on);
    }
    // What was moved beyond the course's own days widens them.
    draft.course.starts_on =
        first_day(draft).map_or(draft.course.starts_on, |first| first.min(draft.course.starts_on));
    draft.course.ends_on =
        last_day(draft).map_or(draft.course.ends_on, |last| last.max(draft.course.ends_on));
}

fn first_day(draft: &Draft) -> Option<LocalDate> {
    draft.days.iter().map(|day| day.date).min()
}

fn last_day(draft: &Draft) -> Option<LocalDate> {
    draft.days.iter().map(|day| day.date).max()
}
