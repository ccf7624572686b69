//! Seats of courses that are taken or held.

use std::collections::HashMap;

use entity::{Instant, registration};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

/// Seats of a course that are taken or held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// How many.
    pub seats: i64,
    /// The first moment at which one that is held comes free, if nothing else happens; none where none is
    /// held.
    pub lapses_at: Option<Instant>,
}

/// What is taken of these courses at `now`, by the course's id; a course of which nothing is has no entry.
/// One statement.
///
/// # Errors
/// Where the database does not answer.
pub async fn taken(
    db: &impl ConnectionTrait,
    course_ids: &[Uuid],
    now: Instant,
) -> Result<HashMap<Uuid, Taken>, DbErr> {
    use registration::Column;
    // The confirmed keep their seats, however long these were held.
    let held_until: Expr = CaseStatement::new()
        .case(Column::Status.eq(registration::Status::Started), Column::HoldUntil.into_expr())
        .into();
    let rows: Vec<(Uuid, i64, Option<Instant>)> = registration::Entity::find()
        .select_only()
        .column(Column::CourseId)
        .column_as(Column::Id.count(), "seats")
        .column_as(held_until.min(), "lapses_at")
        .filter(Column::CourseId.is_in(course_ids.iter().copied()))
        .filter(registration::seated(now))
        .group_by(Column::CourseId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, seats, lapses_at)| (id, Taken { seats, lapses_at })).collect())
}
