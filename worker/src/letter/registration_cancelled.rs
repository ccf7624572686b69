//! To somebody whose registration was cancelled. Where the days were in a calendar, a file that takes them
//! out goes with it.

use entity::mailing::Letter;
use serde::Serialize;

use super::sample::{self, NoSample};
use super::view::Course;
use super::wording::Told;
use super::{Matter, view::View};

/// What it says.
#[derive(Clone, Debug, Serialize)]
pub struct RegistrationCancelled {
    /// The course.
    pub course: Course,
    /// The registration's code, for the phone.
    pub code: String,
    /// When it was cancelled.
    pub cancelled: Option<Told>,
    /// What was paid; none where nothing was.
    pub paid: Option<String>,
    /// The part of it that is never paid back.
    pub kept_fee: Option<String>,
}

impl RegistrationCancelled {
    /// The letter about the facts of `view`.
    pub fn of(view: &View<'_>) -> Self {
        let registration = &view.matter.registration.registration;
        Self {
            course: view.course(),
            code: registration.code.clone(),
            cancelled: registration.cancelled_at.map(|at| view.clocks.moment(at)),
            paid: view.bill().and_then(|bill| bill.paid),
            kept_fee: view.kept_fee(),
        }
    }

    /// A matter to try it with.
    ///
    /// # Errors
    /// When this machine does not know the sample's time zones.
    pub fn sample() -> Result<Matter, NoSample> {
        sample::matter(Letter::RegistrationCancelled)
    }
}
