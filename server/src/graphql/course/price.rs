//! When one can register, what it costs, and how many seats there are.

use async_graphql::{Enum, SimpleObject};
use entity::{Instant, course, price};

use crate::catalogue::CoursePage;
use crate::graphql::directive::list_size;
use crate::graphql::profession::Profession;
use crate::graphql::scalar::{Date, DateTime, Money};

/// What registration is doing. More may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "course::WindowState")]
pub enum RegistrationWindowState {
    /// Not open yet.
    NotYetOpen,
    /// Open, at the early price where one is offered.
    OpenEarly,
    /// Open, at the regular price.
    Open,
    /// Over, or the course is not to be had.
    Closed,
}

/// When one can register for a course. Days are in the course's zone and count whole.
#[derive(Clone, Debug, SimpleObject)]
pub struct RegistrationWindow {
    /// What registration is doing now.
    state: RegistrationWindowState,
    /// When registration opens, in UTC; null: as soon as the course is published.
    opens_at: Option<DateTime>,
    /// Last day of the early price; null while none is set.
    early_deadline: Option<Date>,
    /// The first moment at which the early price no longer counts, in UTC; null while no early deadline is
    /// set.
    early_ends_at: Option<DateTime>,
    /// Last day on which one can register; null: until the course starts.
    deadline: Option<Date>,
    /// The first moment at which registration is closed, in UTC.
    closes_at: DateTime,
}

impl RegistrationWindow {
    /// The window of `course` as it is at `now`.
    pub fn at(course: &course::Model, now: Instant) -> Self {
        Self {
            state: course.window(now).into(),
            opens_at: course.registration_opens_at.map(DateTime),
            early_deadline: course.early_deadline_on.map(Date),
            early_ends_at: course.early_ends_at().map(DateTime),
            deadline: course.registration_deadline_on.map(Date),
            closes_at: DateTime(course.registration_closes_at()),
        }
    }
}

/// What a course costs for one profession, without the processing fee.
#[derive(Clone, Debug, SimpleObject)]
pub struct Price {
    /// Who pays it.
    profession: Profession,
    /// The profession as the course page names it.
    label: String,
    /// The regular price.
    regular: Money,
    /// The early price; null where there is none. It counts only once the course has an early deadline, and
    /// until then.
    early: Option<Money>,
    /// What is to be paid by who registers now.
    current: Money,
    /// Audiences of the course whose members pay this price, in the course's order.
    #[graphql(directive = list_size::apply(4))]
    audiences: Vec<String>,
}

impl Price {
    /// One price of a course as it is at `now`.
    pub fn at(page: &CoursePage, row: &price::Model, now: Instant) -> Self {
        let currency = &page.course.currency;
        let (_, current) = row.at(&page.course, now);
        let pays = |profession| {
            price::for_profession(&page.prices, profession).is_some_and(|price| price.id == row.id)
        };
        Self {
            profession: row.profession.into(),
            label: row.label.clone(),
            regular: Money::of(row.regular_minor, currency),
            early: row.early_minor.map(|minor| Money::of(minor, currency)),
            current: Money::of(current, currency),
            audiences: page
                .audiences
                .iter()
                .filter(|audience| pays(audience.profession))
                .map(|audience| audience.name.clone())
                .collect(),
        }
    }
}

/// Seats of a course whose number is limited.
#[derive(Clone, Debug, SimpleObject)]
pub struct Seats {
    /// How many there are.
    capacity: i32,
    /// How many are neither taken nor held for somebody who has yet to pay.
    available: i32,
}

impl Seats {
    /// Seats of which so many are taken or held.
    pub fn of(capacity: i32, taken: i64) -> Self {
        let taken = i32::try_from(taken).unwrap_or(i32::MAX);
        Self { capacity, available: capacity.saturating_sub(taken).max(0) }
    }
}
