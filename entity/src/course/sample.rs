//! A course for unit tests: published, in New York, for payment within 14 days, and with nothing that a course can be without. What a test is
//! about, it says itself and takes the rest from here.

use uuid::Uuid;

use super::{Format, Model, Status};
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
        id: Uuid::from_u128(0xc0),
        slug: "course".to_owned(),
        version: 1,
        status: Status::Published,
        title: "Course".to_owned(),
        kind: "Continuing Education".to_owned(),
        length_label: None,
        summary: None,
        overview: None,
        format: Format::LiveOnline,
        time_zone: "America/New_York".parse().expect("a zone"),
        starts_on: day(starts_on),
        ends_on: day(ends_on),
        starts_at: None,
        ends_at: None,
        registration_opens_at: None,
        early_deadline_on: None,
        registration_deadline_on: None,
        evaluation_deadline_on: None,
        payment_days: 14,
        currency: "USD".to_owned(),
        processing_fee_cents: None,
        capacity: None,
        series_id: None,
        series_position: None,
        centre: None,
        contact_email: None,
        registration_site: None,
        credit_headline: None,
        created_at: written_at,
        updated_at: written_at,
        published_at: Some(written_at),
        cancelled_at: None,
        cancellation_note: None,
    }
}
