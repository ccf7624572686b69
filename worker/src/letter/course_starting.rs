//! To the confirmed, before the first session: when it starts, and the days.

use entity::mailing::Letter;
use serde::Serialize;

use super::sample::{self, NoSample};
use super::view::{Course, Day, Place};
use super::wording::Told;
use super::{Matter, view::View};

/// What it says.
#[derive(Clone, Debug, Serialize)]
pub struct CourseStarting {
    /// The course.
    pub course: Course,
    /// Where people come to; none where they come to nowhere, or nothing is said.
    pub place: Option<Place>,
    /// The page of the registration.
    pub registration_url: String,
    /// The day of the first session.
    pub starts_on: String,
    /// When the first session starts.
    pub starts: Told,
    /// The learner's track.
    pub track: Option<String>,
    /// The learner's course days.
    pub days: Vec<Day>,
    /// Whether a reminder comes before each course day.
    pub before_days: bool,
}

impl CourseStarting {
    /// The letter about the facts of `view`.
    pub fn of(view: &View<'_>) -> Self {
        let starts_at = view.matter.taught().map(|facts| facts.session.starts_at).min();
        let starts_at = starts_at.unwrap_or_else(|| view.matter.course.course.first_instant());
        let [before_days] = view.will_send([Letter::DayStarting]);
        Self {
            course: view.course(),
            place: view.place(),
            registration_url: view.registration_url(),
            starts_on: view.clocks.date(view.clocks.date_of(starts_at)),
            starts: view.clocks.moment(starts_at),
            track: view.track(),
            days: view.days(),
            before_days,
        }
    }

    /// A matter to try it with.
    ///
    /// # Errors
    /// When this machine does not know the sample's time zones.
    pub fn sample() -> Result<Matter, NoSample> {
        sample::matter(Letter::CourseStarting)
    }
}
