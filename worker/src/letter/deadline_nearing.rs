//! To people who asked about a course and agreed to letters about its deadlines: before the early price ends,
//! and before registration closes. They have no registration and no bill; what they are told is what the
//! course costs, and until when.

use entity::mailing::Letter;
use serde::Serialize;

use super::Matter;
use super::enquirer::{EnquirerView, Prices};
use super::sample::{self, NoSample};
use super::view::{self, Course, Day, Place};
use super::wording::Told;

/// What both say.
#[derive(Clone, Debug, Serialize)]
pub struct DeadlineNearing {
    /// The course.
    pub course: Course,
    /// How it is held, in words.
    pub held: &'static str,
    /// Where people come to; none where they come to nowhere, or nothing is said.
    pub place: Option<Place>,
    /// Its days.
    pub days: Vec<Day>,
    /// What it costs.
    pub prices: Prices,
    /// The last day of the early price, while it is to be had.
    pub early_ends_on: Option<String>,
    /// The last day of registration, where it is not over.
    pub closes_on: Option<String>,
    /// The last minute of registration, where it is not over.
    pub open_until: Option<Told>,
    /// Whether the course has only so many seats, which may all be taken.
    pub limited: bool,
    /// What one can earn.
    pub credit: Option<String>,
}

impl DeadlineNearing {
    /// The letter about the facts of `view`.
    pub fn of(view: &EnquirerView<'_>) -> Self {
        let (course, now) = (&view.matter.course.course, view.matter.now);
        let last_day = |end| view.clocks.last_day(end);
        Self {
            course: view.course(),
            held: view::held(course.format),
            place: view::place_of(course),
            days: view.days(),
            prices: view.prices(),
            early_ends_on: course.early_ends_at().filter(|ends| now < *ends).map(last_day),
            closes_on: Some(course.registration_closes_at()).filter(|ends| now < *ends).map(last_day),
            open_until: view.open_until(),
            limited: course.capacity.is_some(),
            credit: view.credit(),
        }
    }

    /// A matter to try it with: the end of the early price, or of registration.
    ///
    /// # Errors
    /// When this machine does not know the sample's time zones, or for a letter about something else.
    pub fn sample(letter: Letter) -> Result<Matter, NoSample> {
        sample::to_enquirer(letter)
    }
}
