//! Under which terms people take part: when they register, how many, and in which series.

use async_graphql::{ID, InputObject, MaybeUndefined};

use crate::catalogue::draft::{Field, Needs, Open, at, number};
use crate::graphql::global_id::Kind;
use crate::graphql::input::{Reader, named};
use crate::graphql::scalar::{Date, DateTime};

/// When and how people register. What is left out stays as it is; null takes away what may be missing.
#[derive(Clone, Debug, InputObject)]
pub struct CourseTermsInput {
    /// When registration opens; null: as soon as the course is published.
    registration_opens_at: MaybeUndefined<DateTime>,
    /// Last day of the early prices; the whole day counts. Null: nobody is given an early price.
    early_deadline: MaybeUndefined<Date>,
    /// Last day to register; the whole day counts. Null: until the course starts.
    registration_deadline: MaybeUndefined<Date>,
    /// For how many days a seat is held for somebody who has not paid, 1 to 365.
    payment_days: Option<i32>,
    /// Seats, up to 1,000,000; null: their number is not limited. Fewer seats than are taken take none away.
    capacity: MaybeUndefined<i32>,
    /// Host name of the only site through which registrations count, such as `registration.example.org`.
    registration_site: MaybeUndefined<String>,
    /// The series that the course belongs to, and its place there; null: none.
    series: MaybeUndefined<SeriesPlacementInput>,
}

/// The place of a course in a series.
#[derive(Clone, Debug, InputObject)]
pub struct SeriesPlacementInput {
    /// The series: its id, or its slug.
    series: ID,
    /// Which part the course is, from 1.
    position: i32,
}

impl CourseTermsInput {
    /// Adds what must be read for it.
    pub fn needs(&self, needs: &mut Needs) {
        if let MaybeUndefined::Value(placement) = &self.series {
            needs.series = Some(named(Kind::Series, &placement.series));
        }
    }

    /// Writes it into a course, whose time zone is the one that it will have.
    pub fn write(self, open: &mut Open<'_>) {
        let Self { registration_opens_at, early_deadline, registration_deadline, payment_days, capacity, registration_site, series } = self;
        let zone = open.draft.course.time_zone.clone();
        let registration = &mut open.draft.registration;
        let mut read = Reader::at(at![Registration], &mut open.mistakes);
        read.patch(Field::Opens, registration_opens_at, |at| Ok(at.0.in_zone(&zone).datetime())).put(&mut registration.opens);
        read.patch(Field::EarlyDeadline, early_deadline, |day| Ok(day.0)).put(&mut registration.early_deadline);
        read.patch(Field::Deadline, registration_deadline, |day| Ok(day.0)).put(&mut registration.deadline);
        read.patch(Field::Capacity, capacity, |seats| number::whole(&number::CAPACITY, seats.into())).put(&mut registration.capacity);
        read.patch_text(Field::Site, registration_site).put(&mut registration.site);
        let payment_days = payment_days.map(|days| number::whole(&number::PAYMENT_DAYS, days.into()));
        if let Some(days) = payment_days.and_then(|days| read.value(Field::PaymentDays, days)) {
            registration.payment_days = days;
        }
        match series {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => open.draft.series = None,
            MaybeUndefined::Value(SeriesPlacementInput { series: _, position }) => {
                let mut read = Reader::at(at![Series], &mut open.mistakes);
                let position = read.value(Field::Position, number::whole(&number::PARTS, position.into())).unwrap_or(1);
                if let Some(series) = open.series(position, at![Series, SeriesSlug]) {
                    open.draft.series = Some(series);
                }
            }
        }
    }
}
