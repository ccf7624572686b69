//! To somebody who has started to register and not paid, before the seat is let go.

use entity::mailing::Letter;
use serde::Serialize;

use super::sample::{self, NoSample};
use super::view::{Bill, Course};
use super::wording::Told;
use super::{Matter, view::View};

/// What it says.
#[derive(Clone, Debug, Serialize)]
pub struct PaymentDue {
    /// The course.
    pub course: Course,
    /// The page of the registration.
    pub registration_url: String,
    /// The registration's code, for the phone.
    pub code: String,
    /// What it costs; none where it is free.
    pub bill: Option<Bill>,
    /// The last day of the hold.
    pub due_on: Option<String>,
    /// Until when the seat is held.
    pub held_until: Option<Told>,
    /// Until when the price holds, where that ends before the seat is let go.
    pub price_until: Option<Told>,
    /// The last minute of registration, where it comes after the hold.
    pub open_until: Option<Told>,
}

impl PaymentDue {
    /// The letter about the facts of `view`.
    pub fn of(view: &View<'_>) -> Self {
        let (held_until, price_until) = view.hold();
        let closes_at = view.matter.course.course.registration_closes_at();
        let held = view.matter.registration.registration.hold_until;
        let later = held.is_some_and(|held| held < closes_at);
        Self {
            course: view.course(),
            registration_url: view.registration_url(),
            code: view.matter.registration.registration.code.clone(),
            bill: view.bill(),
            due_on: held.map(|held| view.clocks.last_day(held)),
            held_until,
            price_until,
            open_until: later.then(|| view.clocks.until(closes_at)),
        }
    }

    /// A matter to try it with.
    ///
    /// # Errors
    /// When this machine does not know the sample's time zones.
    pub fn sample() -> Result<Matter, NoSample> {
        sample::matter(Letter::PaymentDue)
    }
}
