//! To the confirmed, before each course day: the day's sessions, and where to join.

use entity::mailing::Letter;
use serde::Serialize;

use super::sample::{self, NoSample};
use super::view::{Course, Place, Session, only_join_url};
use super::wording::Told;
use super::{Matter, view::View};

/// What it says.
#[derive(Clone, Debug, Serialize)]
pub struct DayStarting {
    /// The course.
    pub course: Course,
    /// Where people come to; none where they come to nowhere, or nothing is said.
    pub place: Option<Place>,
    /// The page of the registration.
    pub registration_url: String,
    /// The day.
    pub date: String,
    /// When its first session starts.
    pub starts: Told,
    /// The learner's track.
    pub track: Option<String>,
    /// The learner's sessions of that day.
    pub sessions: Vec<Session>,
    /// Where to join, where all sessions of the day are in one place, https.
    pub join_url: Option<String>,
}

impl DayStarting {
    /// The letter about the facts of `view`.
    pub fn of(view: &View<'_>) -> Self {
        let matter = view.matter;
        // The planned letter names its day; one without it could only be the day of writing.
        let day = matter.planned.day.unwrap_or_else(|| view.clocks.date_of(matter.now));
        let starts_at = matter
            .days()
            .into_iter()
            .find(|(date, _, _)| *date == day)
            .map_or(matter.now, |(_, from, _)| from);
        let mut sessions = view.sessions_on(day);
        let join_url = only_join_url(&mut sessions);
        Self {
            course: view.course(),
            place: view.place(),
            registration_url: view.registration_url(),
            date: view.clocks.date(day),
            starts: view.clocks.moment(starts_at),
            track: view.track(),
            sessions,
            join_url,
        }
    }

    /// A matter to try it with.
    ///
    /// # Errors
    /// When this machine does not know the sample's time zones.
    pub fn sample() -> Result<Matter, NoSample> {
        sample::matter(Letter::DayStarting)
    }
}
