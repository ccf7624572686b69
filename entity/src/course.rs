//! Courses: when they are open, and to whom they say no.

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder};

use crate::deadline::{end_of_day, start_of_day};
use crate::refusal::Refusal;
use crate::{Instant, LocalDate, Zone};

/// Where a course is in its life.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, serde::Serialize, serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Being written; seen by staff alone.
    Draft,
    /// Announced.
    Published,
    /// Will not take place.
    Cancelled,
    /// Over, and kept.
    Archived,
}

/// How a course is taught.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, serde::Serialize, serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Online, in real time.
    LiveOnline,
    /// In a room.
    InPerson,
    /// Both at once.
    Hybrid,
}

impl Format {
    /// Whether people join it from where they are.
    pub fn is_online(self) -> bool {
        match self {
            Self::LiveOnline | Self::Hybrid => true,
            Self::InPerson => false,
        }
    }

    /// Whether people come to where it is taught.
    pub fn is_in_person(self) -> bool {
        match self {
            Self::InPerson | Self::Hybrid => true,
            Self::LiveOnline => false,
        }
    }
}

/// One course.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "course")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Unique, stable name for files and addresses.
    pub slug: String,
    /// Counted up with every change to the course or anything of its page; caches go by it.
    pub version: i32,
    /// Where it is in its life.
    pub status: Status,
    /// Name as people read it.
    pub title: String,
    /// What sort of offer it is, such as `Continuing Education`.
    pub kind: String,
    /// Length in words, such as `Three Days`.
    pub length_label: Option<String>,
    /// One or two sentences. Plain text.
    pub summary: Option<String>,
    /// Markdown.
    pub overview: Option<String>,
    /// How it is taught.
    pub format: Format,
    /// The zone in which all its dates and wall times are meant.
    pub time_zone: Zone,
    /// First day, local.
    pub starts_on: LocalDate,
    /// Last day, local.
    pub ends_on: LocalDate,
    /// Start of the first session; follows the sessions.
    pub starts_at: Option<Instant>,
    /// End of the last session; follows the sessions.
    pub ends_at: Option<Instant>,
    /// When registration opens; none: as soon as the course is published.
    pub registration_opens_at: Option<Instant>,
    /// Last day of the early price, local.
    pub early_deadline_on: Option<LocalDate>,
    /// Last day on which one can register, local; none: until the course starts.
    pub registration_deadline_on: Option<LocalDate>,
    /// Last day of the evaluation, local; none: thirty days after the last day.
    pub evaluation_deadline_on: Option<LocalDate>,
    /// For how many days a seat is held for somebody who has not paid.
    pub payment_days: i16,
    /// ISO 4217 code of all its prices.
    pub currency: String,
    /// Added to every paid registration, never paid back, in the smallest unit of its currency.
    pub processing_fee_minor: Option<i64>,
    /// Seats; none: unlimited.
    pub capacity: Option<i32>,
    /// The series it belongs to.
    pub series_id: Option<Uuid>,
    /// Its place there, from 1.
    pub series_position: Option<i16>,
    /// The centre that develops it.
    pub centre: Option<String>,
    /// Where people write with questions.
    pub contact_email: Option<String>,
    /// The only site whose registrations count, as a host name.
    pub registration_site: Option<String>,
    /// Credit in one line, for the head of the page.
    pub credit_headline: Option<String>,
    /// Where it is taught in person.
    pub venue_name: Option<String>,
    /// Its postal address, line by line.
    pub venue_address: Option<String>,
    /// Where it is on a map, https.
    pub venue_map_url: Option<String>,
    /// How to get there. Markdown.
    pub venue_directions: Option<String>,
    /// When it was entered.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// When it was first published.
    pub published_at: Option<Instant>,
    /// When it was cancelled.
    pub cancelled_at: Option<Instant>,
    /// Why it will not take place, for the letter that says so. Markdown.
    pub cancellation_note: Option<String>,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How long evaluations are taken where a course does not say.
pub const EVALUATION_DAYS: i32 = 30;

/// What registration is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowState {
    /// Not open yet.
    NotYetOpen,
    /// Open, at the early price where one is offered.
    OpenEarly,
    /// Open.
    Open,
    /// Over, or the course is not to be had.
    Closed,
}

impl Model {
    /// A draft of which nothing is said yet, entered at `now`.
    pub fn blank(id: Uuid, now: Instant) -> Self {
        let no_day = LocalDate(jiff::civil::Date::ZERO);
        Self {
            id,
            slug: String::new(),
            version: 1,
            status: Status::Draft,
            title: String::new(),
            kind: String::new(),
            length_label: None,
            summary: None,
            overview: None,
            format: Format::LiveOnline,
            time_zone: Zone::utc(),
            starts_on: no_day,
            ends_on: no_day,
            starts_at: None,
            ends_at: None,
            registration_opens_at: None,
            early_deadline_on: None,
            registration_deadline_on: None,
            evaluation_deadline_on: None,
            payment_days: 0,
            currency: String::new(),
            processing_fee_minor: None,
            capacity: None,
            series_id: None,
            series_position: None,
            centre: None,
            contact_email: None,
            registration_site: None,
            credit_headline: None,
            venue_name: None,
            venue_address: None,
            venue_map_url: None,
            venue_directions: None,
            created_at: now,
            updated_at: now,
            published_at: None,
            cancelled_at: None,
            cancellation_note: None,
        }
    }

    /// What [`Model::updated_at`] becomes with a change at `now`: always later than before, so that whoever
    /// goes by it notices every change that leaves the version as it is, such as an announcement, even two
    /// within one tick of the clock.
    pub fn changed_at(&self, now: Instant) -> Instant {
        now.max(Instant::from_micros(self.updated_at.as_micros().saturating_add(1)))
    }

    /// Where people come to, on one line: the venue and its address; none where the course is taught online
    /// alone, or nothing is said.
    pub fn location(&self) -> Option<String> {
        let lines = self
            .venue_name
            .iter()
            .map(String::as_str)
            .chain(self.venue_address.iter().flat_map(|address| address.lines()));
        let lines: Vec<&str> = lines.map(str::trim).filter(|line| !line.is_empty()).collect();
        (self.format.is_in_person() && !lines.is_empty()).then(|| lines.join(", "))
    }

    /// The first instant at which the early price no longer counts; none without an early deadline.
    pub fn early_ends_at(&self) -> Option<Instant> {
        self.early_deadline_on.map(|day| end_of_day(day, &self.time_zone))
    }

    /// The first instant of the course: its first session, or the start of its first day while it has none.
    pub fn first_instant(&self) -> Instant {
        self.starts_at.unwrap_or_else(|| start_of_day(self.starts_on, &self.time_zone))
    }

    /// The first instant after the course: the end of its last session, or of its last day while it has none.
    pub fn last_instant(&self) -> Instant {
        self.ends_at.unwrap_or_else(|| end_of_day(self.ends_on, &self.time_zone))
    }

    /// The first instant at which registration is closed: see [`closes_at`].
    pub fn registration_closes_at(&self) -> Instant {
        closes_at(self.registration_deadline_on, (self.first_instant(), self.last_instant()), &self.time_zone)
    }

    /// Whether the course was cancelled, and is archived since or not.
    pub fn is_cancelled(&self) -> bool {
        self.status == Status::Cancelled || self.cancelled_at.is_some()
    }

    /// What registration is doing at `now`.
    pub fn window(&self, now: Instant) -> WindowState {
        let early = self.early_ends_at().is_some_and(|ends| now < ends);
        match self.status {
            Status::Draft | Status::Cancelled | Status::Archived => WindowState::Closed,
            Status::Published if now >= self.registration_closes_at() => WindowState::Closed,
            Status::Published if self.registration_opens_at.is_some_and(|opens| now < opens) => {
                WindowState::NotYetOpen
            }
            Status::Published if early => WindowState::OpenEarly,
            Status::Published => WindowState::Open,
        }
    }

    /// The first moment after `now` at which [`Model::window`], or what is to be paid
    /// ([`crate::price::Model::at`]), may be another; none where both stay as they are.
    pub fn terms_change_after(&self, now: Instant) -> Option<Instant> {
        let moments = [self.registration_opens_at, self.early_ends_at(), Some(self.registration_closes_at())];
        moments.into_iter().flatten().filter(|moment| now < *moment).min()
    }

    /// Whether somebody may register at `now`; whether a seat is free is another question.
    pub fn admits(&self, now: Instant) -> Result<(), Refusal> {
        if self.status == Status::Draft {
            return Err(Refusal::not_found("course"));
        }
        if self.is_cancelled() {
            return Err(Refusal::CourseCancelled);
        }
        match self.window(now) {
            WindowState::Closed => Err(Refusal::RegistrationClosed),
            WindowState::NotYetOpen => Err(Refusal::RegistrationNotOpen),
            WindowState::Open | WindowState::OpenEarly => Ok(()),
        }
    }

    /// Until when a seat is held for somebody who starts to register at `now`: the end of the last of the
    /// days to pay, and not beyond the close of registration.
    pub fn hold_until(&self, now: Instant) -> Instant {
        self.held_for(self.payment_days, now)
    }

    /// Until when a seat taken at `from` is held where there are `payment_days` to pay.
    pub fn held_for(&self, payment_days: i16, from: Instant) -> Instant {
        let last_day = from.date_in(&self.time_zone).plus_days(payment_days.into());
        end_of_day(last_day, &self.time_zone).min(self.registration_closes_at())
    }

    /// The last day of the evaluation, local.
    pub fn evaluation_deadline(&self) -> LocalDate {
        self.evaluation_deadline_on.unwrap_or_else(|| self.ends_on.plus_days(EVALUATION_DAYS))
    }

    /// The first instant at which evaluations are no longer taken.
    pub fn evaluation_closes_at(&self) -> Instant {
        end_of_day(self.evaluation_deadline(), &self.time_zone)
    }
}

/// The first instant at which registration is closed for a course that lasts from `first` to `last`: the last
/// day of registration counts whole, but nobody registers for what is over; without such a day, it is the
/// start of the course.
pub fn closes_at(deadline: Option<LocalDate>, (first, last): (Instant, Instant), zone: &Zone) -> Instant {
    deadline.map_or(first, |day| end_of_day(day, zone).min(last))
}

/// Courses that anybody may see: those that have been announced, whatever became of them. A draft that was
/// archived never was.
///
/// The status stands in the statement and is no parameter of it. Where most courses have the same status,
/// PostgreSQL's plan for any status expects hardly a course to have another one, and goes through all
/// sessions of all courses for the few of one person.
pub fn visible_to_all() -> Condition {
    use sea_orm::sea_query::{Expr, ExprTrait};
    let draft = Expr::cust(format!("'{}'", Status::Draft.to_value()));
    Condition::all().add(Expr::col((Entity, Column::Status)).ne(draft)).add(Column::PublishedAt.is_not_null())
}

/// Courses whose mailing plan can still call for a letter at or after `moment`: everything up to the end of
/// their evaluation.
pub fn with_future_after(moment: Instant) -> Select<Entity> {
    // A course ends within a year of this, whatever its evaluation deadline says; the plan itself judges
    // exactly.
    let horizon = moment.plus_seconds(-400 * 86_400);
    Entity::find()
        .filter(Column::Status.is_in([Status::Published, Status::Cancelled]))
        .filter(Condition::any().add(Column::EndsAt.is_null()).add(Column::EndsAt.gt(horizon)))
        .order_by_asc(Column::Id)
}
