//! A course for unit tests: published, in New York, for payment within 14 days, and with nothing that a
//! course can be without. What a test is about, it says itself and takes the rest from here.

use uuid::Uuid;

use super::{Model, Status};
use crate::{Instant, LocalDate};

/// A day.
pub fn day(text: &str) -> LocalDate {
    text.parse().expect("a day")
}

/// A moment.
pub fn at(text: &str) -> Instant {
    text.parse().expect("a moment")
}

/// The course, from one day to another.
pub fn course(starts_on: &str, ends_on: &str) -> Model {
    let written_at = at("2026-01-01T00:00:00Z");
    Model {
        slug: "course".to_owned(),
        status: Status::Published,
        title: "Course".to_owned(),
        kind: "Continuing Education".to_owned(),
        time_zone: "America/New_York".parse().expect("a zone"),
        starts_on: day(starts_on),
        ends_on: day(ends_on),
        payment_days: 14,
        currency: "USD".to_owned(),
        published_at: Some(written_at),
        ..Model::blank(Uuid::from_u128(0xc0), written_at)
    }
}
