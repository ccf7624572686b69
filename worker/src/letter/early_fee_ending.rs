//! To somebody who has started to register at the early price, before that price ends.

use entity::mailing::Letter;
use serde::Serialize;

use super::sample::{self, NoSample};
use super::view::{Bill, Course};
use super::wording::Told;
use super::{Matter, view::View};

/// What it says.
#[derive(Clone, Debug, Serialize)]
pub struct EarlyFeeEnding {
    /// The course.
    pub course: Course,
    /// The page of the registration.
    pub registration_url: String,
    /// What it costs; none where it is free.
    pub bill: Option<Bill>,
    /// The last day of the early price.
    pub ends_on: Option<String>,
    /// The last minute of the early price.
    pub price_until: Option<Told>,
    /// Until when the seat is held.
    pub held_until: Option<Told>,
}

impl EarlyFeeEnding {
    /// The letter about the facts of `view`.
    pub fn of(view: &View<'_>) -> Self {
        let early_ends_at = view.matter.course.course.early_ends_at();
        let held_until = view.matter.registration.registration.hold_until;
        Self {
            course: view.course(),
            registration_url: view.registration_url(),
            bill: view.bill(),
            ends_on: early_ends_at.map(|ends| view.clocks.last_day(ends)),
            price_until: early_ends_at.map(|ends| view.clocks.until(ends)),
            held_until: held_until.map(|held| view.clocks.until(held)),
        }
    }

    /// A matter to try it with.
    ///
    /// # Errors
    /// When this machine does not know the sample's time zones.
    pub fn sample() -> Result<Matter, NoSample> {
        sample::matter(Letter::EarlyFeeEnding)
    }
}
