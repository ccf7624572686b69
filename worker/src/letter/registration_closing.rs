//! To somebody who has started to register and not paid, before registration closes.

use entity::mailing::Letter;
use serde::Serialize;

use super::sample::{self, NoSample};
use super::view::{Bill, Course};
use super::wording::Told;
use super::{Matter, view::View};

/// What it says.
#[derive(Clone, Debug, Serialize)]
pub struct RegistrationClosing {
    /// The course.
    pub course: Course,
    /// The page of the registration.
    pub registration_url: String,
    /// What it costs; none where it is free.
    pub bill: Option<Bill>,
    /// The last day of registration.
    pub closes_on: String,
    /// The last minute of registration.
    pub open_until: Told,
    /// Until when the seat is held.
    pub held_until: Option<Told>,
}

impl RegistrationClosing {
    /// The letter about the facts of `view`.
    pub fn of(view: &View<'_>) -> Self {
        let closes_at = view.matter.course.course.registration_closes_at();
        let held_until = view.matter.registration.registration.hold_until;
        Self {
            course: view.course(),
            registration_url: view.registration_url(),
            bill: view.bill(),
            closes_on: view.clocks.last_day(closes_at),
            open_until: view.clocks.until(closes_at),
            held_until: held_until.map(|held| view.clocks.until(held)),
        }
    }

    /// A matter to try it with.
    ///
    /// # Errors
    /// When this machine does not know the sample's time zones.
    pub fn sample() -> Result<Matter, NoSample> {
        sample::matter(Letter::RegistrationClosing)
    }
}
