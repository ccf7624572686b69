//! To whom the office has corrected a registration: under which name, as what and in which track the person
//! takes part now, and what that costs.

use entity::mailing::Letter;
use entity::plain::{NAME_LENGTH, line};
use serde::Serialize;

use super::sample::{self, NoSample};
use super::view::{Bill, Course, Day};
use super::wording::Told;
use super::{Matter, view::View};

/// What it says.
#[derive(Clone, Debug, Serialize)]
pub struct RegistrationCorrected {
    /// The course.
    pub course: Course,
    /// The page of the registration.
    pub registration_url: String,
    /// The registration's code, for the phone.
    pub code: String,
    /// The learner's name; none where it is not known.
    pub name: Option<String>,
    /// As what the learner takes part.
    pub profession: String,
    /// The learner's track.
    pub track: Option<String>,
    /// The learner's course days.
    pub days: Vec<Day>,
    /// What it costs; none where it is free.
    pub bill: Option<Bill>,
    /// Until when the seat is held; none where it is paid for.
    pub held_until: Option<Told>,
    /// Until when the price holds, where that ends before the seat is let go.
    pub price_until: Option<Told>,
}

impl RegistrationCorrected {
    /// The letter about the facts of `view`.
    pub fn of(view: &View<'_>) -> Self {
        let confirmed = view.matter.registration.registration.confirmed_at.is_some();
        let (held_until, price_until) = if confirmed { (None, None) } else { view.hold() };
        Self {
            course: view.course(),
            registration_url: view.registration_url(),
            code: view.matter.registration.registration.code.clone(),
            name: view
                .matter
                .learner
                .name
                .as_deref()
                .map(|name| line(name, NAME_LENGTH))
                .filter(|name| !name.is_empty()),
            profession: view.matter.registration.registration.profession.label().to_owned(),
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
        sample::matter(Letter::RegistrationCorrected)
    }
}
