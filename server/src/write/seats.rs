//! Seats: never sold twice.
//!
//! Whoever takes a seat first locks the course, then looks. On PostgreSQL the lock is the course's row; on
//! SQLite the writing transaction itself lets nobody else in. Locks are taken in one order, so that nobody
//! waits in a circle: courses first, by their ids, then registrations, by theirs, and learners last, whom every
//! row that names one holds until its transaction ends.

use entity::registration::{self, Status};
use entity::{Instant, Refusal, course};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::error::Result;
use crate::store::Transaction;

/// Locks the course until the transaction ends, and reads it as it is then.
pub async fn lock_course(txn: &Transaction, course_id: Uuid) -> Result<course::Model> {
    let locked = course::Entity::find_by_id(course_id).lock(LockType::NoKeyUpdate).one(txn).await?;
    Ok(locked.ok_or_else(|| Refusal::not_found("course"))?)
}

/// Locks the registration until the transaction ends, and reads it as it is then.
pub async fn lock_registration(txn: &Transaction, registration_id: Uuid) -> Result<registration::Model> {
    let locked =
        registration::Entity::find_by_id(registration_id).lock(LockType::NoKeyUpdate).one(txn).await?;
    Ok(locked.ok_or_else(|| Refusal::not_found("registration"))?)
}

/// Writes down that the holds of this course which have ended by `now` have expired, so that their learners
/// may register anew; says how many there were.
pub async fn expire_overdue(txn: &Transaction, course_id: Uuid, now: Instant) -> Result<u64, DbErr> {
    let ended = || registration::overdue(now).add(registration::Column::CourseId.eq(course_id));
    let rows = registration::Entity::find().filter(ended()).all(txn).await?;
    // Whatever the clock says, later than any of them was last changed: the sweep goes by it.
    let Some(changed_at) = rows.iter().map(|row| row.changed_at(now)).max() else { return Ok(0) };
    let ended = registration::Entity::update_many()
        .col_expr(registration::Column::Status, Expr::value(Status::Expired))
        .col_expr(registration::Column::ExpiredAt, Expr::value(now))
        .col_expr(registration::Column::UpdatedAt, Expr::value(changed_at))
        .filter(ended())
        .exec(txn)
        .await?;
    Ok(ended.rows_affected)
}

/// Makes sure that one more seat of the locked `course` is free.
pub async fn must_be_free(txn: &Transaction, course: &course::Model, now: Instant) -> Result<()> {
    if is_free(txn, course, now).await? { Ok(()) } else { Err(Refusal::CourseFull.into()) }
}

/// Whether one more seat of the locked `course` is free.
pub async fn is_free(txn: &Transaction, course: &course::Model, now: Instant) -> Result<bool, DbErr> {
    let Some(capacity) = course.capacity else { return Ok(true) };
    Ok(taken(txn, course.id, now).await? < u64::try_from(capacity).unwrap_or(0))
}

/// How many seats of a course are taken at `now`.
pub async fn taken(db: &impl ConnectionTrait, course_id: Uuid, now: Instant) -> Result<u64, DbErr> {
    registration::Entity::find()
        .filter(registration::Column::CourseId.eq(course_id))
        .filter(registration::seated(now))
        .count(db)
        .await
}

/// Whether `error` says that the learner has another live registration for the course.
pub fn second_live(error: &DbErr) -> bool {
    crate::error::breaks(error, "registration_one_live", "registration.course_id, registration.learner_id")
}
