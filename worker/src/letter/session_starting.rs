//! To the confirmed, before a teaching session, where a course has this switched on.

use entity::mailing::Letter;
use serde::Serialize;

use super::sample::{self, NoSample};
use super::view::{Course, Place, Session, only_join_url};
use super::wording::Told;
use super::{Matter, view::View};

/// What it says.
#[derive(Clone, Debug, Serialize)]
pub struct SessionStarting {
    /// The course.
    pub course: Course,
    /// Where people come to; none where they come to nowhere, or nothing is said.
    pub place: Option<Place>,
    /// The page of the registration.
    pub registration_url: String,
    /// Name of the session, or of the first of those that start together.
    pub title: String,
    /// When it starts.
    pub starts: Told,
    /// The sessions that start.
    pub sessions: Vec<Session>,
    /// Where to join, where it is one place, https.
    pub join_url: Option<String>,
}

impl SessionStarting {
    /// The letter about the facts of `view`.
    pub fn of(view: &View<'_>) -> Self {
        let matter = view.matter;
        let facts: Vec<_> =
            matter.taught().filter(|facts| matter.planned.session_ids.contains(&facts.session.id)).collect();
        let starts_at = facts.first().map_or(matter.now, |first| first.session.starts_at);
        let mut sessions: Vec<Session> = facts.into_iter().map(|facts| view.session(facts)).collect();
        let join_url = only_join_url(&mut sessions);
        let course = view.course();
        let title = sessions.first().map_or_else(|| course.title.clone(), |first| first.title.clone());
        Self {
            course,
            place: view.place(),
            registration_url: view.registration_url(),
            title,
            starts: view.clocks.moment(starts_at),
            sessions,
            join_url,
        }
    }

    /// A matter to try it with.
    ///
    /// # Errors
    /// When this machine does not know the sample's time zones.
    pub fn sample() -> Result<Matter, NoSample> {
        sample::matter(Letter::SessionStarting)
    }
}
