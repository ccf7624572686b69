//! Calendars: files (RFC 5545) with an event for each course day, as letters carry them and as addresses
//! serve them.
//!
//! The rule of what a day is, and of its id, stands here alone, so that a day from a letter and the same day
//! from a subscribed calendar are one event. A later file about a day replaces the earlier one, because the
//! id stays and the number grows with the course's version. Everything that people typed is cleaned before
//! the library sees it: the library writes addresses and names of parameters as they are, line breaks and
//! quotes included; and it takes the clock where a stamp is missing, so each event brings its own.

use icalendar::{Component, Property};
use uuid::Uuid;

use crate::email::Address;
use crate::mailing::{CourseFacts, SessionFacts};
use crate::plain::{NAME_LENGTH, is_link, line};
use crate::{Instant, LocalDate};

/// The file announces; it does not ask for an answer.
pub const METHOD: &str = "PUBLISH";

/// The most characters of a paragraph in a description.
const PARAGRAPH_LENGTH: usize = 1000;

/// Whether a day takes place for whoever reads the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Confirmed,
    /// No longer.
    Cancelled,
}

/// A course day as a calendar tells it.
#[derive(Clone, Debug)]
pub struct Event {
    /// The id, from [`uid`].
    pub uid: String,
    /// When this file was made (UTC): what lets one file be newer than another about the same version.
    pub stamp: Instant,
    /// When what it tells last changed (UTC).
    pub modified: Instant,
    /// The course's version.
    pub sequence: i32,
    /// Start of the first session.
    pub from: Instant,
    /// End of the last session.
    pub to: Instant,
    /// One line, from [`summary`].
    pub summary: String,
    /// Paragraphs, parted by line breaks.
    pub description: String,
    /// Where people come to, on one line; none: nowhere, or nothing is said.
    pub location: Option<String>,
    /// The page to read more; an address that is none is left out.
    pub page: String,
    /// Whether it takes place.
    pub standing: Standing,
    /// Who announces it.
    pub organizer: Organizer,
}

/// Who announces the days.
#[derive(Clone, Debug)]
pub struct Organizer {
    /// The office's name.
    pub name: String,
    /// Addresses to write to, the best first, as people typed them.
    pub addresses: Vec<String>,
    /// A place on the web, which stands for an address where none is good.
    pub page: String,
}

/// The sessions of a learner in `track` (none: of everybody) in the order of time, without breaks, meals and
/// transitions.
pub fn taught(course: &CourseFacts, track: Option<Uuid>) -> impl Iterator<Item = &SessionFacts> {
    course.sessions.iter().filter(move |session| session.session.kind.teaches() && session.concerns(track))
}

/// The course days of a learner in `track` (none: of everybody), each with the start of its first session and
/// the end of its last.
pub fn days(course: &CourseFacts, track: Option<Uuid>) -> Vec<(LocalDate, Instant, Instant)> {
    let mut days: Vec<(LocalDate, Instant, Instant)> = Vec::new();
    for session in taught(course, track).map(|facts| &facts.session) {
        let date = session.day(&course.course.time_zone);
        match days.iter_mut().find(|day| day.0 == date) {
            Some((_, from, to)) => {
                *from = (*from).min(session.starts_at);
                *to = (*to).max(session.ends_at);
            }
            None => days.push((date, session.starts_at, session.ends_at)),
        }
    }
    days.sort_unstable();
    days
}

/// The id of a course day, the same for ever and everywhere; `host` keeps it apart from those of other
/// houses.
pub fn uid(course_id: Uuid, date: LocalDate, host: &str) -> String {
    format!("{course_id}-{date}@{host}")
}

/// What a day is called: the course's title, and which of its days it is where it has several. `place` counts
/// from 1.
pub fn summary(title: &str, place: usize, count: usize) -> String {
    if count == 1 {
        line(title, NAME_LENGTH)
    } else {
        format!("{} (day {place} of {count})", line(title, NAME_LENGTH))
    }
}

/// What the calendar of somebody confirmed in `track` says of the way to take part, with the `page` of the
/// registration: links are promised where there are some.
pub fn way_in(course: &CourseFacts, track: Option<Uuid>, page: &str) -> String {
    let linked = || taught(course, track).any(|facts| facts.session.join_url.is_some());
    if course.course.format.is_online() && linked() {
        format!("Your registration, with the links to join: {page}")
    } else {
        format!("Your registration: {page}")
    }
}

/// The file with these events, its lines ended by CRLF and folded.
pub fn file(events: Vec<Event>) -> String {
    let mut file = icalendar::Calendar::empty();
    file.append_property(("VERSION", "2.0"));
    file.append_property(("PRODID", "-//Lectern//Course days//EN"));
    file.append_property(("CALSCALE", "GREGORIAN"));
    file.append_property(("METHOD", METHOD));
    for event in events {
        file.push(written(event));
    }
    file.to_string()
}

fn written(event: Event) -> icalendar::Event {
    let Event {
        uid,
        stamp,
        modified,
        sequence,
        from,
        to,
        summary,
        description,
        location,
        page,
        standing,
        organizer,
    } = event;
    let description: Vec<String> = description.lines().map(|text| line(text, PARAGRAPH_LENGTH)).collect();
    let mut written = icalendar::Event::new();
    written
        .add_property("UID", line(&uid, NAME_LENGTH))
        .add_property("DTSTAMP", utc(stamp))
        .add_property("LAST-MODIFIED", utc(modified))
        .add_property("SEQUENCE", sequence.to_string())
        .add_property("DTSTART", utc(from))
        .add_property("DTEND", utc(to))
        // A title has its place in a summary, with its day behind it.
        .add_property("SUMMARY", line(&summary, 2 * NAME_LENGTH))
        .add_property("DESCRIPTION", description.join("\n"))
        .add_property(
            "STATUS",
            match standing {
                Standing::Confirmed => "CONFIRMED",
                Standing::Cancelled => "CANCELLED",
            },
        );
    if let Some(location) = location {
        written.add_property("LOCATION", line(&location, PARAGRAPH_LENGTH));
    }
    if is_link(&page) {
        written.add_property("URL", page);
    }
    if let Some(organizer) = organizer.written() {
        written.append_property(organizer);
    }
    written
}

impl Organizer {
    /// As a property; none where there is neither an address nor a place on the web.
    fn written(&self) -> Option<Property> {
        let address = self.addresses.iter().find_map(|typed| Address::parse(typed).ok());
        let place = match address {
            Some(address) => format!("mailto:{}", address.as_sent()),
            None => Some(self.page.clone()).filter(|page| is_link(page))?,
        };
        // A quote cannot stand in a parameter at all, escaped or not (RFC 5545, 3.1).
        let name = line(&self.name, NAME_LENGTH).replace('"', "'");
        Some(Property::new("ORGANIZER", place).add_parameter("CN", &name).done())
    }
}

/// A moment in the form of RFC 5545 with UTC time (3.3.5).
fn utc(at: Instant) -> String {
    at.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// `slug` as the stem of a file's name that every machine takes.
pub fn file_stem(slug: &str) -> String {
    let stem: String = slug
        .chars()
        .filter(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_'))
        .take(80)
        .collect();
    if stem.is_empty() { "course".to_owned() } else { stem }
}
