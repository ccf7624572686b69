//! The calendar that goes with a letter: a file (RFC 5545) with an event for each course day.
//!
//! A later file about the same day replaces the earlier one in the learner's calendar, because the id of the event stays and its number
//! grows with the course's version. Everything that people typed is cleaned before the library sees it: the library writes addresses and
//! names of parameters as they are, line breaks and quotes included.

use entity::Instant;
use entity::agenda::Letter;
use entity::email::Address;
use icalendar::{Component, Event, Property};

use crate::letter::plain::{NAME_LENGTH, line};
use crate::letter::view::View;
use crate::letter::{Calendar, HouseStyle};

#[cfg(test)]
mod tests;

/// Whether the learner takes part in the days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The learner does.
    Confirmed,
    /// No longer.
    Cancelled,
}

/// The calendar of the learner's course days; none where the course has no sessions yet.
pub fn of_days(view: &View<'_>, style: &HouseStyle, standing: Standing) -> Option<Calendar> {
    let matter = view.matter;
    let course = &matter.course.course;
    let days = matter.days();
    let count = days.len();
    let place = |place: usize| if count == 1 { String::new() } else { format!(" (day {} of {count})", place + 1) };
    let days = days.into_iter().enumerate().map(|(number, day)| (day, standing, place(number)));
    // A day that was moved away has an event of its own, which would stand in the learner's calendar for ever.
    let gone = matter.gone_days().into_iter().map(|day| (day, Standing::Cancelled, String::new()));
    let days: Vec<_> = days.chain(gone).collect();
    if days.is_empty() {
        return None;
    }
    let mut file = icalendar::Calendar::empty();
    file.append_property(("VERSION", "2.0"));
    file.append_property(("PRODID", "-//Lectern//Course days//EN"));
    file.append_property(("CALSCALE", "GREGORIAN"));
    file.append_property(("METHOD", METHOD));
    let told = view.course();
    for ((date, from, to), standing, place) in days {
        let page = view.registration_url();
        let summary = format!("{}{place}", told.title);
        let description = match standing {
            Standing::Confirmed => format!("{}\n\nYour registration, with the links to join: {page}", view.clocks.span(from, to).text),
            Standing::Cancelled => format!("{}\n\n{page}", why_not(matter.occasion.letter)),
        };
        let mut event = Event::new();
        event
            .add_property("UID", format!("{}-{date}@{}", course.id, view.house.host()))
            .add_property("DTSTAMP", utc(matter.now))
            .add_property("LAST-MODIFIED", utc(course.updated_at))
            .add_property("SEQUENCE", course.version.to_string())
            .add_property("DTSTART", utc(from))
            .add_property("DTEND", utc(to))
            .add_property("SUMMARY", summary)
            .add_property("DESCRIPTION", description)
            .add_property("URL", page)
            .add_property(
                "STATUS",
                match standing {
                    Standing::Confirmed => "CONFIRMED",
                    Standing::Cancelled => "CANCELLED",
                },
            );
        event.append_property(organizer(view, style));
        file.push(event);
    }
    Some(Calendar { ics: file.to_string(), method: METHOD, file_name: format!("{}.ics", file_stem(&course.slug)) })
}

/// Why a day is taken out of the learner's calendar.
fn why_not(letter: Letter) -> &'static str {
    match letter {
        Letter::CourseCancelled => "The course will not take place.",
        Letter::ScheduleChanged => "The course has no sessions on this day any more.",
        Letter::SignInCode
        | Letter::RegistrationStarted
        | Letter::RegistrationConfirmed
        | Letter::RegistrationCancelled
        | Letter::EarlyFeeEnding
        | Letter::RegistrationClosing
        | Letter::CourseStarting
        | Letter::DayStarting
        | Letter::SessionStarting
        | Letter::EvaluationOpen
        | Letter::EvaluationClosing
        | Letter::Announcement
        | Letter::InformationRequested
        | Letter::EnquiryAnswered => "Your registration was cancelled.",
    }
}

/// The file announces; it does not ask for an answer.
const METHOD: &str = "PUBLISH";

/// Who announces the days: the course office, or the house itself. An address that is none is left out, and a place on the web stands for it.
fn organizer(view: &View<'_>, style: &HouseStyle) -> Property {
    let course = &view.matter.course.course;
    let addresses = [course.contact_email.as_deref(), Some(style.contact.as_str())];
    let address = addresses.into_iter().flatten().find_map(|typed| Address::parse(typed).ok());
    let place = address.map_or_else(|| view.course().url, |address| format!("mailto:{}", address.as_sent()));
    // A quote cannot stand in a parameter at all, escaped or not (RFC 5545, 3.1).
    let name = line(&style.house_name, NAME_LENGTH).replace('"', "'");
    Property::new("ORGANIZER", place).add_parameter("CN", &name).done()
}

/// A moment in the form of RFC 5545 with UTC time (3.3.5).
fn utc(at: Instant) -> String {
    at.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// `slug` as a file name that every machine takes.
fn file_stem(slug: &str) -> String {
    let stem: String = slug.chars().filter(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_')).take(80).collect();
    if stem.is_empty() { "course".to_owned() } else { stem }
}
