//! Rosters: which registrations, in which order. Lists and files that leave the house ask alike.
//!
//! Whose registrations they are is never said here: the asker's scope comes from [`crate::viewer::Viewer`].

pub mod cell;
pub mod file;

use entity::profession::Profession;
use entity::registration::{self, Column, Status};
use entity::{Instant, learner};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Order as Way, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

use crate::graphql::course::{contains, far};
use crate::graphql::keyset::{Key, Shape};

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
    /// With this code or external id, or of somebody whose name or address contains it.
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
    pub fn condition(&self, now: Instant, backend: DbBackend) -> Condition {
        let Self { status, course, track, profession, text, started_from, started_before, confirmed_from, confirmed_before } = self;
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
            .add_option(text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(|text| about(text, backend)))
            .add_option(started_from.map(|from| Column::StartedAt.gte(from)))
            .add_option(started_before.map(|before| Column::StartedAt.lt(before)))
            .add_option(confirmed_from.map(|from| Column::ConfirmedAt.gte(from)))
            .add_option(confirmed_before.map(|before| Column::ConfirmedAt.lt(before)))
    }
}

/// Registrations in this state at `now`, whatever was last written down about holds that have ended.
fn in_state(status: Status, now: Instant) -> Condition {
    match status {
        Status::Started => Condition::all().add(Column::Status.eq(Status::Started)).add(Column::HoldUntil.gt(now)),
        Status::Expired => Condition::any().add(Column::Status.eq(Status::Expired)).add(registration::overdue(now)),
        Status::Confirmed | Status::Waitlisted | Status::Cancelled => Condition::all().add(Column::Status.eq(status)),
    }
}

/// Registrations with this code or external id, or of learners whose name or address contains the text.
fn about(text: &str, backend: DbBackend) -> Condition {
    let learners = Query::select()
        .column(learner::Column::Id)
        .from(learner::Entity)
        .cond_where(Condition::any().add(contains(learner::Column::EmailKey.into_expr(), text, backend)).add(contains(
            learner::Column::Name.into_expr(),
            text,
            backend,
        )))
        .take();
    Condition::any().add(Column::Code.eq(text.to_uppercase())).add(Column::ExternalId.eq(text)).add(Column::LearnerId.in_subquery(learners))
}

/// By what registrations are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// When they were begun.
    StartedAt,
    /// The learner's name without regard to case; the address where there is no name.
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
    /// The columns that registrations are ordered by; the id makes the order total.
    pub fn columns(self) -> [(Expr, Way); 2] {
        let way = if self.descending { Way::Desc } else { Way::Asc };
        let column = |column: Column| Expr::col((registration::Entity, column));
        let first = match self.field {
            Field::StartedAt => column(Column::StartedAt),
            Field::LearnerName => Expr::SubQuery(None, Box::new(name_of_its_learner().into())),
            Field::Code => column(Column::Code),
            Field::ConfirmedAt => Func::coalesce([column(Column::ConfirmedAt), Expr::val(far())]).into(),
        };
        [(first, way.clone()), (column(Column::Id), way)]
    }

    /// What its cursors look like.
    pub fn shape(self) -> [Shape; 2] {
        match self.field {
            Field::StartedAt | Field::ConfirmedAt => [Shape::At, Shape::Id],
            Field::LearnerName | Field::Code => [Shape::Text, Shape::Id],
        }
    }

    /// The sort keys of these rows: one small statement in the order of names, because only the database knows how it folds a letter.
    pub async fn keys(self, db: &impl ConnectionTrait, rows: &[registration::Model]) -> Result<HashMap<Uuid, Vec<Key>>, DbErr> {
        let names: HashMap<Uuid, String> = match self.field {
            Field::LearnerName => {
                let whose = rows.iter().map(|row| row.learner_id);
                let found: Vec<(Uuid, String)> = learner::Entity::find()
                    .select_only()
                    .column(learner::Column::Id)
                    .column_as(folded_name(), "folded")
                    .filter(learner::Column::Id.is_in(whose))
                    .into_tuple()
                    .all(db)
                    .await?;
                found.into_iter().collect()
            }
            Field::StartedAt | Field::Code | Field::ConfirmedAt => HashMap::new(),
        };
        let key = |row: &registration::Model| match self.field {
            Field::StartedAt => Key::At(row.started_at),
            Field::LearnerName => Key::Text(names.get(&row.learner_id).cloned().unwrap_or_default()),
            Field::Code => Key::Text(row.code.clone()),
            Field::ConfirmedAt => Key::At(row.confirmed_at.unwrap_or_else(far)),
        };
        Ok(rows.iter().map(|row| (row.id, vec![key(row), Key::Id(row.id)])).collect())
    }
}

/// A learner's name as it is ordered by.
fn folded_name() -> Expr {
    let column = |column: learner::Column| Expr::col((learner::Entity, column));
    Func::lower(Expr::from(Func::coalesce([column(learner::Column::Name), column(learner::Column::EmailKey)]))).into()
}

/// The same, of the learner of the registration at hand.
fn name_of_its_learner() -> SelectStatement {
    Query::select()
        .expr(folded_name())
        .from(learner::Entity)
        .and_where(Expr::col((learner::Entity, learner::Column::Id)).equals((registration::Entity, Column::LearnerId)))
        .take()
}
