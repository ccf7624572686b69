//! Rosters: which registrations, in which order. Lists and files that leave Lectern ask alike.
//!
//! Whose registrations they are is never said here: the asker's scope comes from [`crate::viewer::Viewer`].

pub mod cell;
pub mod file;

use entity::profession::Profession;
use entity::registration::{self, Column, Status};
use entity::{Instant, learner};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::listing::search::{LEARNERS, Words};
use crate::listing::{Shape, Sort};

/// Which registrations; what is not given does not narrow. Kept with the ticket to a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// In one of these states.
    pub status: Option<Vec<Status>>,
    /// Of this course; an inner none is an id that names no course.
    pub course: Option<Option<Uuid>>,
    /// In this track; an inner none is an id that names no track.
    pub track: Option<Option<Uuid>>,
    /// As one of these professions.
    pub profession: Option<Vec<Profession>>,
    /// With this code or external id, or of somebody in whose name or address all of its words are found.
    pub text: Option<String>,
    /// Begun at this moment or later.
    pub started_from: Option<Instant>,
    /// Begun before this moment.
    pub started_before: Option<Instant>,
    /// Confirmed at this moment or later.
    pub confirmed_from: Option<Instant>,
    /// Confirmed before this moment.
    pub confirmed_before: Option<Instant>,
}

impl Filter {
    /// The same, for a query over registrations as they are at `now`.
    pub fn condition(&self, now: Instant) -> Condition {
        let Self {
            status,
            course,
            track,
            profession,
            text,
            started_from,
            started_before,
            confirmed_from,
            confirmed_before,
        } = self;
        let status = status.as_ref().map(|wanted| {
            // One false term keeps an empty list from meaning everything.
            let none = Condition::any().add(Expr::val(1).eq(0));
            wanted.iter().fold(none, |any, status| any.add(in_state(*status, now)))
        });
        Condition::all()
            .add_option(status)
            .add_option(course.map(|id| Column::CourseId.is_in(id)))
            .add_option(track.map(|id| Column::TrackId.is_in(id)))
            .add_option(profession.as_ref().map(|wanted| Column::Profession.is_in(wanted.iter().copied())))
            .add_option(text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(about))
            .add_option(started_from.map(|from| Column::StartedAt.gte(from)))
            .add_option(started_before.map(|before| Column::StartedAt.lt(before)))
            .add_option(confirmed_from.map(|from| Column::ConfirmedAt.gte(from)))
            .add_option(confirmed_before.map(|before| Column::ConfirmedAt.lt(before)))
    }
}

/// Registrations in this state at `now`, whatever was last written down about holds that have ended.
fn in_state(status: Status, now: Instant) -> Condition {
    match status {
        Status::Started => {
            Condition::all().add(Column::Status.eq(Status::Started)).add(Column::HoldUntil.gt(now))
        }
        Status::Expired => {
            Condition::any().add(Column::Status.eq(Status::Expired)).add(registration::overdue(now))
        }
        Status::Confirmed | Status::Waitlisted | Status::Cancelled => {
            Condition::all().add(Column::Status.eq(status))
        }
    }
}

/// Registrations with this code or external id, or of learners in whose name or address all words of the text
/// are found.
fn about(text: &str) -> Condition {
    // Whoever wrote a longer one was told so; in the ticket of an older file it finds nobody.
    let words = Words::read(text).unwrap_or(Words::Signs);
    Condition::any()
        .add(Column::Code.eq(text.to_uppercase()))
        .add(Column::ExternalId.eq(text))
        .add(words.all_of(LEARNERS, Column::LearnerId.into_expr()))
}

/// By what registrations are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// When they were begun.
    StartedAt,
    /// The learner's name without regard to case and accents; the address where there is no name.
    LearnerName,
    /// The code.
    Code,
    /// When they were confirmed; those that are not count as latest.
    ConfirmedAt,
}

/// In which order registrations are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// By what.
    pub field: Field,
    /// The largest, latest first.
    pub descending: bool,
}

impl Order {
    /// The order, for a query over registrations.
    pub fn sort(self) -> Sort {
        let column = |column: Column| Expr::col((registration::Entity, column));
        let first = match self.field {
            Field::StartedAt => (column(Column::StartedAt), Shape::At),
            Field::LearnerName => (Expr::SubQuery(None, Box::new(name_of_its_learner().into())), Shape::Text),
            Field::Code => (column(Column::Code), Shape::Text),
            Field::ConfirmedAt => (Expr::col((registration::Entity, "confirmed_key")), Shape::At),
        };
        Sort::ascending([first, (column(Column::Id), Shape::Id)]).turned(self.descending)
    }
}

/// The name of the learner of the registration at hand, as it is ordered by.
fn name_of_its_learner() -> SelectStatement {
    Query::select()
        .expr(Expr::col((learner::Entity, "name_key")))
        .from(learner::Entity)
        .and_where(
            Expr::col((learner::Entity, learner::Column::Id))
                .equals((registration::Entity, Column::LearnerId)),
        )
        .take()
}
