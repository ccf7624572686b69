//! When and how people register, and in which series a course stands.

use entity::course::Model;
use entity::deadline::instant_of;
use entity::{Instant, LocalDate};
use serde_json::{Value, json};

use super::beside::{Name, Needs};
use super::open::Open;
use super::patch::{Patch, replace};
use super::path::at;
use super::text::Host;

/// For how many days a seat is held where nobody says.
pub const PAYMENT_DAYS: i16 = 14;

/// When and how people register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// When it opens, on the course's clock; none: as soon as the course is published.
    pub opens: Option<jiff::civil::DateTime>,
    /// Last day of the early price.
    pub early_deadline: Option<LocalDate>,
    /// Last day to register; none: until the course starts.
    pub deadline: Option<LocalDate>,
    /// For how many days a seat is held for somebody who has not paid.
    pub payment_days: i16,
    /// Seats; none: unlimited.
    pub capacity: Option<i32>,
    /// Host name of the only site whose registrations count.
    pub site: Option<Host>,
}

impl Default for Registration {
    /// Open from the beginning, for as many as come.
    fn default() -> Self {
        Self {
            opens: None,
            early_deadline: None,
            deadline: None,
            payment_days: PAYMENT_DAYS,
            capacity: None,
            site: None,
        }
    }
}

impl Registration {
    /// What is stored of it.
    pub fn of(course: &Model) -> Self {
        Self {
            opens: course.registration_opens_at.map(|opens| opens.in_zone(&course.time_zone).datetime()),
            early_deadline: course.early_deadline_on,
            deadline: course.registration_deadline_on,
            payment_days: course.payment_days,
            capacity: course.capacity,
            site: course.registration_site.as_deref().map(Host::stored),
        }
    }

    /// Writes it into the course's row, which has its time zone already. An opening that the clocks show
    /// twice stays the one that is stored.
    pub fn put(&self, row: &mut Model) {
        let Self { opens, early_deadline, deadline, payment_days, capacity, site } = self;
        let reads = |stored: &Instant| Some(stored.in_zone(&row.time_zone).datetime()) == *opens;
        let stored = row.registration_opens_at.filter(reads);
        row.registration_opens_at = stored.or_else(|| opens.map(|opens| instant_of(opens, &row.time_zone)));
        row.early_deadline_on = *early_deadline;
        row.registration_deadline_on = *deadline;
        row.payment_days = *payment_days;
        row.capacity = *capacity;
        row.registration_site = site.clone().map(Into::into);
    }

    /// Its fields as changes tell them.
    pub fn told(&self) -> Vec<(&'static str, Value)> {
        let day = |day: Option<LocalDate>| json!(day.map(|day| day.to_string()));
        vec![
            ("registration_opens", json!(self.opens.map(|opens| opens.to_string()))),
            ("early_deadline_on", day(self.early_deadline)),
            ("registration_deadline_on", day(self.deadline)),
            ("payment_days", json!(self.payment_days)),
            ("capacity", json!(self.capacity)),
            ("registration_site", json!(self.site)),
        ]
    }
}

/// What is to be different about how people register, and about the place in a series.
#[derive(Clone, Debug, Default)]
pub struct RegistrationChange {
    /// When it opens.
    pub opens: Patch<Instant>,
    /// Last day of the early price.
    pub early_deadline: Patch<LocalDate>,
    /// Last day to register.
    pub deadline: Patch<LocalDate>,
    /// For how many days a seat is held.
    pub payment_days: Option<i16>,
    /// Seats.
    pub capacity: Patch<i32>,
    /// The only site whose registrations count.
    pub site: Patch<Host>,
    /// The series, and which part of it the course is, from 1.
    pub series: Patch<(Name, i16)>,
}

impl RegistrationChange {
    /// Adds what must be read for it.
    pub fn needs(&self, needs: &mut Needs) {
        if let Patch::Set((series, _)) = &self.series {
            needs.series = Some(series.clone());
        }
    }

    /// Writes it into a course, whose time zone is the one that it will have.
    pub fn write(self, open: &mut Open<'_>) {
        let Self { opens, early_deadline, deadline, payment_days, capacity, site, series } = self;
        let zone = open.draft.course.time_zone.clone();
        let registration = &mut open.draft.registration;
        opens.map(|at| at.in_zone(&zone).datetime()).put(&mut registration.opens);
        early_deadline.put(&mut registration.early_deadline);
        deadline.put(&mut registration.deadline);
        replace(payment_days, &mut registration.payment_days);
        capacity.put(&mut registration.capacity);
        site.put(&mut registration.site);
        match series {
            Patch::Keep => {}
            Patch::Clear => open.draft.series = None,
            Patch::Set((_, position)) => {
                if let Some(series) = open.series(position, at![Series, SeriesSlug]) {
                    open.draft.series = Some(series);
                }
            }
        }
    }
}
