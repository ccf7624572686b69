//! Under which terms people take part: when they register, how many, and in which series.

use async_graphql::{ID, InputObject, MaybeUndefined};
use entity::Refusal;

use super::at::none_such;
use super::describe::{named, set};
use crate::course_file::format::CourseFile;
use crate::course_file::{Needs, Stored};
use crate::graphql::global_id::Kind;
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
    pub fn write(self, stored: &Stored<'_>, file: &mut CourseFile) -> Result<(), Refusal> {
        let Self { registration_opens_at, early_deadline, registration_deadline, payment_days, capacity, registration_site, series } = self;
        let zone = file.course.time_zone.clone();
        let registration = &mut file.registration;
        set(&mut registration.opens, registration_opens_at, |at| at.0.in_zone(&zone).datetime());
        set(&mut registration.early_deadline, early_deadline, |day| day.0);
        set(&mut registration.deadline, registration_deadline, |day| day.0);
        set(&mut registration.capacity, capacity, |seats| seats);
        set(&mut registration.site, registration_site, |text| text);
        if let Some(days) = payment_days {
            registration.payment_days =
                i16::try_from(days).map_err(|_| Refusal::invalid("Seats are held for 1 to 365 days.", &["paymentDays"]))?;
        }
        match series {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => file.series = None,
            MaybeUndefined::Value(SeriesPlacementInput { series: _, position }) => {
                let position =
                    i16::try_from(position).map_err(|_| Refusal::invalid("A series has 1 to 50 parts.", &["series", "position"]))?;
                file.series = Some(stored.series(position).ok_or_else(|| none_such("series", &["series", "series"]))?);
            }
        }
        Ok(())
    }
}
