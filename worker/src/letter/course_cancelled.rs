//! To everybody with a live registration, when the course is cancelled. Where the days were in a calendar, a
//! file that takes them out goes with it.

use entity::mailing::Letter;
use serde::Serialize;

use super::sample::{self, NoSample};
use super::view::{Course, Day};
use super::{Matter, view::View};

/// What it says.
#[derive(Clone, Debug, Serialize)]
pub struct CourseCancelled {
    /// The course.
    pub course: Course,
    /// Whether it has begun for the learner, so that only the rest does not take place.
    pub begun: bool,
    /// The days on which it, or the rest of it, would have been.
    pub days: Vec<Day>,
    /// Why, in the office's own words. Markdown.
    pub note: Option<String>,
    /// The registration's code, for the phone.
    pub code: String,
    /// What was paid; none where nothing was.
    pub paid: Option<String>,
    /// Whether something was still to be paid, which now need not be.
    pub unpaid: bool,
}

impl CourseCancelled {
    /// The letter about the facts of `view`.
    pub fn of(view: &View<'_>) -> Self {
        let bill = view.bill();
        let note = view
            .matter
            .course
            .course
            .cancellation_note
            .as_deref()
            .map(str::trim)
            .filter(|note| !note.is_empty());
        Self {
            course: view.course(),
            begun: view.matter.days().iter().any(|(_, from, _)| *from <= view.matter.now),
            days: view.days_to_come(),
            note: note.map(str::to_owned),
            code: view.matter.registration.registration.code.clone(),
            unpaid: bill.as_ref().is_some_and(|bill| bill.paid.is_none()),
            paid: bill.and_then(|bill| bill.paid),
        }
    }

    /// A matter to try it with.
    ///
    /// # Errors
    /// When this machine does not know the sample's time zones.
    pub fn sample() -> Result<Matter, NoSample> {
        sample::matter(Letter::CourseCancelled)
    }
}
