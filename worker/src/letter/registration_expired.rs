//! To somebody whose seat was let go because it was not paid for in time: what was paid, what becomes of it,
//! and how to come back.

use entity::mailing::Letter;
use serde::Serialize;

use super::sample::{self, NoSample};
use super::view::Course;
use super::wording::Told;
use super::{Matter, view::View};

/// What it says.
#[derive(Clone, Debug, Serialize)]
pub struct RegistrationExpired {
    /// The course.
    pub course: Course,
    /// The registration's code, for the phone.
    pub code: String,
    /// Until when the seat was held.
    pub held_until: Option<Told>,
    /// What was paid; none where nothing was.
    pub paid: Option<String>,
    /// The last minute of registration, where it is not over.
    pub open_until: Option<Told>,
}

impl RegistrationExpired {
    /// The letter about the facts of `view`.
    pub fn of(view: &View<'_>) -> Self {
        let course = &view.matter.course.course;
        let registration = &view.matter.registration.registration;
        let closes_at = course.registration_closes_at();
        Self {
            course: view.course(),
            code: registration.code.clone(),
            held_until: registration.hold_until.map(|held| view.clocks.until(held)),
            paid: view.bill().and_then(|bill| bill.paid),
            open_until: course.admits(view.matter.now).is_ok().then(|| view.clocks.until(closes_at)),
        }
    }

    /// A matter to try it with.
    ///
    /// # Errors
    /// When this machine does not know the sample's time zones.
    pub fn sample() -> Result<Matter, NoSample> {
        sample::matter(Letter::RegistrationExpired)
    }
}
