//! Dates and times: their order, and that the clocks show them.

use entity::deadline::at_wall_time;
use entity::{LocalDate, WallTime, Zone};
use jiff::tz::AmbiguousOffset;

use crate::catalogue::draft::mistake::{Mistakes, Wrong};
use crate::catalogue::draft::path::{Path, at};
use crate::catalogue::draft::{Draft, Session};

/// Until when a course day may go on after midnight.
const NOON: WallTime = WallTime::NOON;
/// How long a session can last, in hours; one that goes over midnight ends on the day after its start.
const LONGEST_HOURS: i64 = 24;
/// The years in which a course can take place.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=9000;

/// The dates of the course, of its registration and of its days.
pub fn of_course(draft: &Draft, mistakes: &mut Mistakes) {
    years(draft, mistakes);
    let (course, registration) = (&draft.course, &draft.registration);
    let (starts_on, ends_on) = (at![Course, StartsOn], at![Course, EndsOn]);
    let (early, deadline) = (at![Registration, EarlyDeadline], at![Registration, Deadline]);
    if course.ends_on < course.starts_on && mistakes.sound(&starts_on) {
        mistakes.add(ends_on.clone(), format!("lies before the first day ({})", course.starts_on));
    }
    let last = Some(course.ends_on);
    let after_deadline = "lies after the registration deadline";
    let after_course = "lies after the last day of the course";
    for (at, day, other, limit, message) in [
        (&early, registration.early_deadline, &deadline, registration.deadline, after_deadline),
        (&early, registration.early_deadline, &ends_on, last, after_course),
        (&deadline, registration.deadline, &ends_on, last, after_course),
    ] {
        if let (Some(day), Some(limit)) = (day, limit)
            && day > limit
            && mistakes.sound(at)
            && mistakes.sound(other)
        {
            mistakes.add(at.clone(), format!("{message} ({limit})"));
        }
    }
    if course.evaluation_deadline.is_some_and(|day| day < course.ends_on) && mistakes.sound(&ends_on) {
        mistakes.add(
            at![Course, EvaluationDeadline],
            format!("lies before the last day of the course ({})", course.ends_on),
        );
    }
    if let Some(opens) = registration.opens {
        shown(opens, &course.time_zone, at![Registration, Opens], mistakes);
        let (close, at) =
            registration.deadline.map_or((course.ends_on, &ends_on), |deadline_on| (deadline_on, &deadline));
        if opens.date() > close.0 && mistakes.sound(at) {
            mistakes.add(at![Registration, Opens], format!("lies after the close of registration ({close})"));
        }
    }
    for (index, day) in draft.days.iter().enumerate() {
        let outside = !(course.starts_on..=course.ends_on).contains(&day.date);
        if outside && mistakes.sound(&starts_on) && mistakes.sound(&ends_on) {
            let message = format!(
                "lies outside of the course, which lasts from {} to {}",
                course.starts_on, course.ends_on
            );
            mistakes.add(at![Days, index, Date], message);
        }
    }
}

/// The times of a session, which stands at `place`, on a day whose date stands at `day`.
pub fn of_session(
    draft: &Draft,
    date: LocalDate,
    session: &Session,
    day: &Path,
    place: &Path,
    mistakes: &mut Mistakes,
) {
    let [start, starts_on, end, ends_on] =
        [at![Start], at![StartsOn], at![End], at![EndsOn]].map(|field| place.then(&field));
    if !mistakes.sound(day) || !mistakes.sound(&starts_on) || !mistakes.sound(&ends_on) {
        return;
    }
    let zone = &draft.course.time_zone;
    let (first, last) = session.days(date);
    shown(local(first, session.start), zone, start.clone(), mistakes);
    shown(local(last, session.end), zone, end.clone(), mistakes);
    // A course day may go on after midnight; what begins in the morning is another day.
    if session.starts_on.is_some() && (date.days_until(first) != 1 || session.start >= NOON) {
        mistakes
            .add(starts_on, "is for what belongs to the evening before: it must be the day after that, and the start must be before noon");
    } else if last < first || first.days_until(last) > 1 {
        mistakes.add(ends_on, "must be the day of the start or the day after it");
    } else if mistakes.sound(&start)
        && at_wall_time(last, session.end, zone) <= at_wall_time(first, session.start, zone)
    {
        let wrong = match session.ends_on {
            None => Wrong::NotAfter(session.start.to_string()),
            Some(_) => Wrong::Said(format!("is not after the start ({})", session.start)),
        };
        mistakes.add(end, wrong);
    } else if mistakes.sound(&start)
        && at_wall_time(first, session.start, zone).plus_minutes(LONGEST_HOURS * 60)
            < at_wall_time(last, session.end, zone)
    {
        mistakes.add(end, format!("is more than {LONGEST_HOURS} hours after the start ({})", session.start));
    }
}

/// A date and a time of day, as jiff keeps them.
pub fn local(date: LocalDate, time: WallTime) -> jiff::civil::DateTime {
    date.0.to_datetime(time.time())
}

/// That the clocks in `zone` show `moment` at all.
fn shown(moment: jiff::civil::DateTime, zone: &Zone, path: Path, mistakes: &mut Mistakes) {
    let jumped = matches!(zone.tz().to_ambiguous_zoned(moment).offset(), AmbiguousOffset::Gap { .. });
    if jumped && mistakes.sound(&at![Course, TimeZone]) {
        let (date, time) = (moment.date(), WallTime::from(moment.time()));
        mistakes.add(
            path,
            format!(
                "there is no {time} on {date} in {zone}: the clocks jump over it into daylight saving time"
            ),
        );
    }
}

/// Days in years that no course takes place in: nothing that is reckoned from them would hold.
fn years(draft: &Draft, mistakes: &mut Mistakes) {
    let (course, registration) = (&draft.course, &draft.registration);
    let mut days = vec![
        (at![Course, StartsOn], Some(course.starts_on)),
        (at![Course, EndsOn], Some(course.ends_on)),
        (at![Course, EvaluationDeadline], course.evaluation_deadline),
        (at![Registration, Opens], registration.opens.map(|opens| LocalDate(opens.date()))),
        (at![Registration, EarlyDeadline], registration.early_deadline),
        (at![Registration, Deadline], registration.deadline),
    ];
    for (day, row) in draft.days.iter().enumerate() {
        days.push((at![Days, day, Date], Some(row.date)));
        for (index, row) in row.sessions.iter().enumerate() {
            days.push((at![Days, day, Sessions, index, StartsOn], row.starts_on));
            days.push((at![Days, day, Sessions, index, EndsOn], row.ends_on));
        }
    }
    for (path, day) in days {
        if let Some(day) = day.filter(|day| !YEARS.contains(&day.0.year())) {
            mistakes.add(path, format!("{day} is too far away for a course"));
        }
    }
}
