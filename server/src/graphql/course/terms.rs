//! Under which terms people take part: when they register, how many, and in which series.

use async_graphql::{ID, InputObject, MaybeUndefined};

use crate::catalogue::draft::{Field, Mistakes, Patch, RegistrationChange, at, number};
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
    /// Seats, up to 1,000,000; null: their number is not limited. Not fewer than are taken.
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
    /// What is to be different.
    pub fn read(self, mistakes: &mut Mistakes) -> RegistrationChange {
        let Self {
            registration_opens_at,
            early_deadline,
            registration_deadline,
            payment_days,
            capacity,
            registration_site,
            series,
        } = self;
        let mut read = Reader::at(at![Series], mistakes);
        let series = match series {
            MaybeUndefined::Undefined => Patch::Keep,
            MaybeUndefined::Null => Patch::Clear,
            MaybeUndefined::Value(SeriesPlacementInput { series, position }) => {
                let position =
                    read.value(Field::Position, number::whole(&number::PARTS, position.into())).unwrap_or(1);
                Patch::Set((named(Kind::Series, &series), position))
            }
        };
        let mut read = Reader::at(at![Registration], mistakes);
        RegistrationChange {
            opens: read.patch(Field::Opens, registration_opens_at, |at| Ok(at.0)),
            early_deadline: read.patch(Field::EarlyDeadline, early_deadline, |day| Ok(day.0)),
            deadline: read.patch(Field::Deadline, registration_deadline, |day| Ok(day.0)),
            payment_days: payment_days.and_then(|days| {
                read.value(Field::PaymentDays, number::whole(&number::PAYMENT_DAYS, days.into()))
            }),
            capacity: read
                .patch(Field::Capacity, capacity, |seats| number::whole(&number::CAPACITY, seats.into())),
            site: read.patch_text(Field::Site, registration_site),
            series,
        }
    }
}
