//! What must hold between the fields of a file. Fields that could not be read are not judged again.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::hash::Hash;

use entity::course::Status;
use entity::deadline::at_wall_time;
use entity::mailing::Letter;
use entity::{LocalDate, WallTime, Zone};
use jiff::tz::AmbiguousOffset;

use super::format::{CourseFile, Series, Session, Standing};
use super::notes::Notes;

/// Notes every mistake between the fields of `file`.
pub fn all(notes: &Notes, file: &CourseFile) {
    dates(notes, file);
    once_each(notes, file);
    prices(notes, file);
    for (day, row) in file.days.iter().enumerate() {
        for (index, session) in row.sessions.iter().enumerate() {
            let path = format!("days[{day}].sessions[{index}]");
            times(notes, file, &path, &format!("days[{day}].date"), row.date, session);
            references(notes, file, &path, session);
        }
    }
    organizations(notes, file);
    guests(notes, file);
    rules(notes, file);
    if let Some(series) = &file.series {
        parts(notes, series);
    }
    if file.course.cancellation_note.is_some() && !matches!(file.course.status, Status::Cancelled | Status::Archived) {
        notes.wrong("course.cancellation_note", "belongs to a cancelled course alone");
    }
    if file.course.status == Status::Published && file.days.iter().all(|day| day.sessions.is_empty()) {
        notes.wrong("course.status", "a published course needs sessions; leave it a draft until it has some");
    }
}

fn dates(notes: &Notes, file: &CourseFile) {
    let (course, registration) = (&file.course, &file.registration);
    let ordered = |earlier: Option<LocalDate>, earlier_path: &str, later: Option<LocalDate>, later_path: &str, at: &str, message: &str| {
        let sound = notes.sound(earlier_path) && notes.sound(later_path);
        if let (Some(earlier), Some(later), true) = (earlier, later, sound)
            && earlier > later
        {
            notes.wrong(at, format!("{message} ({later})"));
        }
    };
    let last = Some(course.ends_on);
    let (starts_on, ends_on, deadline) = ("course.starts_on", "course.ends_on", "registration.deadline");
    let early = "registration.early_deadline";
    let evaluation = "course.evaluation_deadline";
    if course.ends_on < course.starts_on && notes.sound(starts_on) {
        notes.wrong(ends_on, format!("lies before the first day ({})", course.starts_on));
    }
    ordered(registration.early_deadline, early, registration.deadline, deadline, early, "lies after the registration deadline");
    ordered(registration.early_deadline, early, last, ends_on, early, "lies after the last day of the course");
    ordered(registration.deadline, deadline, last, ends_on, deadline, "lies after the last day of the course");
    if let Some(day) = course.evaluation_deadline
        && day < course.ends_on
        && notes.sound(ends_on)
    {
        notes.wrong(evaluation, format!("lies before the last day of the course ({})", course.ends_on));
    }
    if let Some(opens) = registration.opens {
        if let Some(gap) = gap(opens, &course.time_zone, notes) {
            notes.wrong("registration.opens", gap);
        }
        let close = registration.deadline.unwrap_or(course.ends_on);
        if opens.date() > close.0 && notes.sound(if registration.deadline.is_some() { deadline } else { ends_on }) {
            notes.wrong("registration.opens", format!("lies after the close of registration ({close})"));
        }
    }
    for (index, day) in file.days.iter().enumerate() {
        let path = format!("days[{index}].date");
        if notes.sound(starts_on) && notes.sound(ends_on) && !(course.starts_on..=course.ends_on).contains(&day.date) {
            notes.wrong(&path, format!("lies outside of the course, which lasts from {} to {}", course.starts_on, course.ends_on));
        }
    }
}

/// What must be there only once.
fn once_each(notes: &Notes, file: &CourseFile) {
    let course = &file.course;
    once(notes, file.days.iter().map(|day| day.date), |index| format!("days[{index}].date"));
    let keys =
        file.days.iter().enumerate().flat_map(|(day, row)| row.sessions.iter().enumerate().map(move |(at, row)| (day, at, &row.key)));
    let (places, keys): (Vec<_>, Vec<_>) = keys.map(|(day, at, key)| ((day, at), key)).unzip();
    once(notes, keys, |index| places.get(index).map_or_else(String::new, |(day, at)| format!("days[{day}].sessions[{at}].key")));
    once(notes, file.organizations.iter().map(|row| &row.slug), |index| format!("organizations[{index}].slug"));
    once(notes, file.faculty.iter().map(|row| &row.slug), |index| format!("faculty[{index}].slug"));
    once(notes, file.tracks.iter().map(|row| &row.slug), |index| format!("tracks[{index}].slug"));
    once(notes, file.fees.prices.iter().map(|row| row.profession), |index| format!("fees.prices[{index}].profession"));
    once(notes, file.credits.iter().map(|row| row.kind), |index| format!("credits[{index}].kind"));
    once(notes, file.statements.iter().map(|row| row.kind), |index| format!("statements[{index}].kind"));
    once(notes, file.competencies.iter().map(|row| &row.group), |index| format!("competencies[{index}].group"));
    once(notes, file.reminder_rules.iter().flatten().map(|row| &row.slug), |index| format!("reminder_rules[{index}].slug"));
    for (index, row) in file.reminder_rules.iter().flatten().enumerate() {
        once(notes, &row.professions, |at| format!("reminder_rules[{index}].professions[{at}]"));
    }
    once(notes, &course.objectives, |index| format!("course.objectives[{index}]"));
    once(notes, &course.offered_by, |index| format!("course.offered_by[{index}]"));
    once(notes, &course.accredited_by, |index| format!("course.accredited_by[{index}]"));
    once(notes, file.series.iter().flat_map(|row| &row.parts).map(|row| row.position), |index| format!("series.parts[{index}].position"));
}

fn once<K: Eq + Hash>(notes: &Notes, keys: impl IntoIterator<Item = K>, path: impl Fn(usize) -> String) {
    let mut seen: HashMap<K, usize> = HashMap::new();
    for (index, key) in keys.into_iter().enumerate() {
        // What could not be read is neither the same as anything nor different.
        if !notes.sound(&path(index)) {
            continue;
        }
        match seen.get(&key) {
            Some(first) => notes.wrong(&path(index), format!("is there already, as {}", path(*first))),
            None => {
                seen.insert(key, index);
            }
        }
    }
}

fn prices(notes: &Notes, file: &CourseFile) {
    for (index, price) in file.fees.prices.iter().enumerate() {
        let path = format!("fees.prices[{index}]");
        if price.early.is_some_and(|early| early > price.regular) && notes.sound(&format!("{path}.regular")) {
            notes.wrong(&format!("{path}.early"), format!("is above the regular price ({})", entity::money::decimal(price.regular)));
        }
    }
}

fn times(notes: &Notes, file: &CourseFile, path: &str, date_path: &str, date: LocalDate, session: &Session) {
    let [start, end, ends_on] = ["start", "end", "ends_on"].map(|field| format!("{path}.{field}"));
    if !notes.sound(date_path) || !notes.sound(&ends_on) {
        return;
    }
    let zone = &file.course.time_zone;
    let last = session.ends_on.unwrap_or(date);
    for (path, date, time) in [(&start, date, session.start), (&end, last, session.end)] {
        if let Some(gap) = gap(local(date, time), zone, notes) {
            notes.wrong(path, gap);
        }
    }
    if last < date || date.days_until(last) > 1 {
        notes.wrong(&ends_on, "must be the day of the session or the day after it");
    } else if notes.sound(&start) && at_wall_time(last, session.end, zone) <= at_wall_time(date, session.start, zone) {
        let hint = if session.ends_on.is_none() { "; a session that goes over midnight says `ends_on` too" } else { "" };
        notes.wrong(&end, format!("is not after the start ({}){hint}", session.start));
    }
    if last > file.course.ends_on && notes.sound("course.ends_on") {
        notes.wrong(&ends_on, format!("lies after the last day of the course ({})", file.course.ends_on));
    }
}

/// A date and a time of day, as jiff keeps them.
pub fn local(date: LocalDate, time: WallTime) -> jiff::civil::DateTime {
    date.0.to_datetime(time.time())
}

/// Why the clocks in `zone` never show `moment`, where they do not.
fn gap(moment: jiff::civil::DateTime, zone: &Zone, notes: &Notes) -> Option<String> {
    let jumped = matches!(zone.tz().to_ambiguous_zoned(moment).offset(), AmbiguousOffset::Gap { .. });
    let told = notes.sound("course.time_zone");
    (jumped && told).then(|| {
        let (date, time) = (moment.date(), WallTime::from(moment.time()));
        format!("there is no {time} on {date} in {zone}: the clocks jump over it into daylight saving time")
    })
}

fn references(notes: &Notes, file: &CourseFile, path: &str, session: &Session) {
    let tracks: HashSet<&str> = file.tracks.iter().map(|track| track.slug.as_str()).collect();
    for (index, track) in session.tracks.iter().enumerate() {
        refers(notes, &format!("{path}.tracks[{index}]"), track, &tracks, "tracks");
    }
    once(notes, &session.tracks, |index| format!("{path}.tracks[{index}]"));
    let members: HashSet<&str> = file.faculty.iter().map(|member| member.slug.as_str()).collect();
    let place = |index: usize| {
        let single = format!("{path}.faculty[{index}]");
        if notes.stands_at(&format!("{single}.member")) { format!("{single}.member") } else { single }
    };
    for (index, speaker) in session.faculty.iter().enumerate() {
        refers(notes, &place(index), &speaker.member, &members, "faculty");
    }
    once(notes, session.faculty.iter().map(|speaker| &speaker.member), place);
}

fn refers(notes: &Notes, path: &str, slug: &str, known: &HashSet<&str>, list: &str) {
    if !known.contains(slug) {
        notes.wrong(path, unknown_reference(slug, list));
    }
}

fn unknown_reference(slug: impl Display, list: &str) -> String {
    format!("the file has no {slug:?} among its [[{list}]]", slug = slug.to_string())
}

fn organizations(notes: &Notes, file: &CourseFile) {
    let known: HashSet<&str> = file.organizations.iter().map(|row| row.slug.as_str()).collect();
    let mut spoken_of: HashSet<&str> = HashSet::new();
    for (field, slugs) in [("offered_by", &file.course.offered_by), ("accredited_by", &file.course.accredited_by)] {
        for (index, slug) in slugs.iter().enumerate() {
            refers(notes, &format!("course.{field}[{index}]"), slug, &known, "organizations");
            spoken_of.insert(slug);
        }
    }
    for (index, organization) in file.organizations.iter().enumerate() {
        let readable = notes.sound("course.offered_by") && notes.sound("course.accredited_by");
        if readable && !spoken_of.contains(organization.slug.as_str()) {
            notes.wrong(&format!("organizations[{index}].slug"), "is neither in course.offered_by nor in course.accredited_by");
        }
    }
}

/// A guest is in the file only for a session.
fn guests(notes: &Notes, file: &CourseFile) {
    let speaks = |slug: &str| file.days.iter().flat_map(|day| &day.sessions).flat_map(|row| &row.faculty).any(|row| row.member == slug);
    for (index, member) in file.faculty.iter().enumerate() {
        if member.role == Standing::Guest && !speaks(&member.slug) && notes.sound(&format!("faculty[{index}].slug")) {
            notes.wrong(&format!("faculty[{index}].role"), "is that of a guest, who must speak in some session");
        }
    }
}

/// A rule is meant for a track of the course, and is not called as the ledger calls a letter that no rule calls for: nobody could tell them
/// apart there.
fn rules(notes: &Notes, file: &CourseFile) {
    let tracks: HashSet<&str> = file.tracks.iter().map(|track| track.slug.as_str()).collect();
    for (index, row) in file.reminder_rules.iter().flatten().enumerate() {
        if let Some(track) = &row.track {
            refers(notes, &format!("reminder_rules[{index}].track"), track, &tracks, "tracks");
        }
        if Letter::named_without_rule(&row.slug).is_some() {
            notes.wrong(
                &format!("reminder_rules[{index}].slug"),
                format!("is the name of a letter that goes out without a rule ({}); call the rule something else", row.slug),
            );
        }
    }
}

fn parts(notes: &Notes, series: &Series) {
    let fits = |position: i16| !notes.sound("series.length") || position <= series.length;
    let message = format!("is beyond the length of the series ({})", series.length);
    if !fits(series.position) {
        notes.wrong("series.position", message.as_str());
    }
    for (index, part) in series.parts.iter().enumerate() {
        if !fits(part.position) {
            notes.wrong(&format!("series.parts[{index}].position"), message.as_str());
        }
    }
}
