//! The calendar that goes with a letter: a file with an event for each of the learner's course days. What a day is and how it is written is
//! said by [`entity::calendar`], so that the addresses that serve calendars tell the same events.

use entity::calendar::{self, Event, METHOD, Organizer};

use crate::letter::view::View;
use crate::letter::{Calendar, HouseStyle};

pub use entity::calendar::Standing;

#[cfg(test)]
mod tests;

/// The calendar of the learner's course days; none where the course has no sessions yet.
pub fn of_days(view: &View<'_>, style: &HouseStyle, standing: Standing) -> Option<Calendar> {
    let matter = view.matter;
    let course = &matter.course.course;
    let days = matter.days();
    if days.is_empty() {
        return None;
    }
    let (count, page) = (days.len(), view.registration_url());
    let event = |(place, (date, from, to))| Event {
        uid: calendar::uid(course.id, date, view.house.host()),
        stamp: matter.now,
        modified: course.updated_at,
        sequence: course.version,
        from,
        to,
        summary: calendar::summary(&course.title, place, count),
        description: match standing {
            Standing::Confirmed => format!("{}\n\nYour registration, with the links to join: {page}", view.clocks.span(from, to).text),
            Standing::Cancelled => format!("Your registration was cancelled.\n\n{page}"),
        },
        page: page.clone(),
        standing,
        organizer: organizer(view, style),
    };
    let ics = calendar::file((1..).zip(days).map(event).collect());
    Some(Calendar { ics, method: METHOD, file_name: format!("{}.ics", calendar::file_stem(&course.slug)) })
}

/// Who announces the days: the course office, or the house itself.
fn organizer(view: &View<'_>, style: &HouseStyle) -> Organizer {
    let office = view.matter.course.course.contact_email.clone();
    Organizer {
        name: style.house_name.clone(),
        addresses: office.into_iter().chain([style.contact.clone()]).collect(),
        page: view.course().url,
    }
}
