//! To somebody who has started to register and not paid: the bill, and how long the seat is held.

use entity::mailing::Letter;
use serde::Serialize;

use super::sample::{self, NoSample};
use super::view::{Bill, Course, Day};
use super::wording::Told;
use super::{Matter, view::View};

/// What it says.
#[derive(Clone, Debug, Serialize)]
pub struct RegistrationStarted {
    /// The course.
    pub course: Course,
    /// The page of the registration.
    pub registration_url: String,
    /// The registration's code, for the phone.
    pub code: String,
    /// The learner's track.
    pub track: Option<String>,
    /// The learner's course days.
    pub days: Vec<Day>,
    /// What it costs; none where it is free.
    pub bill: Option<Bill>,
    /// Until when the seat is held.
    pub held_until: Option<Told>,
    /// Until when the price holds, where that ends before the seat is let go.
    pub price_until: Option<Told>,
}

impl RegistrationStarted {
    /// The letter about the facts of `view`.
    pub fn of(view: &View<'_>) -> Self {
        let (held_until, price_until) = view.hold();
        Self {
            course: view.course(),
            registration_url: view.registration_url(),
            code: view.matter.registration.registration.code.clone(),
            track: view.track(),
            days: view.days(),
            bill: view.bill(),
            held_until,
            price_until,
        }
    }

    /// A matter to try it with.
    ///
    /// # Errors
    /// When this machine does not know the sample's time zones.
    pub fn sample() -> Result<Matter, NoSample> {
        sample::matter(Letter::RegistrationStarted)
    }
}
