//! The calendar that goes with a letter: a file with an event for each of the learner's course days. What a
//! day is and how it is written is said by [`entity::calendar`], so that the addresses that serve calendars
//! tell the same events.

use entity::calendar::{self, Event, METHOD, Organizer};

use crate::letter::view::View;
use crate::letter::{Calendar, Letterhead};

pub use entity::calendar::Standing;

#[cfg(test)]
mod tests;

/// What is said of a day that was moved away.
const MOVED_AWAY: &str = "The course has no sessions on this day any more.";

/// The calendar of the learner's course days, which are on, or are taken out for the reason given; none where
/// the course has no sessions yet.
pub fn of_days(view: &View<'_>, style: &Letterhead, taken_out: Option<&str>) -> Option<Calendar> {
    let standing = if taken_out.is_some() { Standing::Cancelled } else { Standing::Confirmed };
    let matter = view.matter;
    let course = &matter.course.course;
    let days = matter.days();
    let count = days.len();
    // What has been attended stays in the calendar.
    let days = (1..)
        .zip(days)
        .filter(|(_, (_, _, to))| taken_out.is_none() || *to > matter.now)
        .map(|(place, day)| (day, standing, calendar::summary(&course.title, place, count)));
    // A day that was moved away has an event of its own, which would stand in the learner's calendar for
    // ever.
    let gone = matter
        .gone_days()
        .into_iter()
        .map(|day| (day, Standing::Cancelled, calendar::summary(&course.title, 1, 1)));
    let days: Vec<_> = days.chain(gone).collect();
    if days.is_empty() {
        return None;
    }
    let page = view.registration_url();
    let event = |((date, from, to), standing, summary)| Event {
        uid: calendar::uid(course.id, date, view.public_url.host()),
        stamp: matter.now,
        modified: course.updated_at,
        sequence: course.version,
        from,
        to,
        summary,
        description: match standing {
            Standing::Confirmed => {
                let track = matter.registration.registration.track_id;
                let way_in = calendar::way_in(&matter.course, track, &page);
                format!("{}\n\n{way_in}", view.clocks.span(from, to).text)
            }
            Standing::Cancelled => format!("{}\n\n{page}", taken_out.unwrap_or(MOVED_AWAY)),
        },
        location: course.location(),
        page: page.clone(),
        standing,
        organizer: organizer(view, style),
    };
    let ics = calendar::file(days.into_iter().map(event).collect());
    Some(Calendar { ics, method: METHOD, file_name: format!("{}.ics", calendar::file_stem(&course.slug)) })
}

/// Who announces the days: the course office, or the office that runs Lectern.
fn organizer(view: &View<'_>, style: &Letterhead) -> Organizer {
    let office = view.matter.course.course.contact_email.clone();
    Organizer {
        name: style.office_name.clone(),
        addresses: office.into_iter().chain([style.contact.clone()]).collect(),
        page: view.course().url,
    }
}
