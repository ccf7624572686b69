//! Announcing: staff write to the registrants of a course. First a draft, which reaches nobody; then, by a
//! second call, the word that it may go out; then ten minutes in which it can be stopped.

use entity::announcement::{self, State};
use entity::{Instant, Refusal, course, learner, registration};
use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter,
};
use serde_json::json;
use uuid::Uuid;

use super::audit::{self, Act, Actor};
use super::seats;
use crate::app::AppState;
use crate::error::Result;
use crate::store::Transaction;
use crate::viewer::Viewer;

/// To how many people it would go at `now`; nobody is loaded to be counted.
pub async fn count(db: &impl ConnectionTrait, row: &announcement::Model, now: Instant) -> Result<u64, DbErr> {
    registration::Entity::find().filter(row.audience(now)).count(db).await
}

/// The course, locked, where the viewer runs it and it has registrants to write to.
///
/// # Errors
/// Refused where it is not the viewer's to run, and where it is not published or will not take place.
pub async fn running(txn: &Transaction, viewer: &Viewer, course_id: Uuid) -> Result<course::Model> {
    let mine = viewer.run_courses().ok_or_else(|| Refusal::not_found("course"))?;
    let found = course::Entity::find_by_id(course_id).filter(mine).count(txn).await?;
    if found == 0 {
        return Err(Refusal::not_found("course").into());
    }
    let course = seats::lock_course(txn, course_id).await?;
    if course.is_cancelled() {
        return Err(Refusal::CourseCancelled.into());
    }
    match course.status {
        course::Status::Published => Ok(course),
        course::Status::Cancelled | course::Status::Archived => Err(Refusal::CourseArchived.into()),
        course::Status::Draft => {
            Err(Refusal::invalid("This course is a draft; nobody is registered for it.", &["courseId"])
                .into())
        }
    }
}

/// The announcement, where it is of a course that the viewer runs.
///
/// # Errors
/// Refused where it is not, as though there were none.
pub async fn found(txn: &Transaction, viewer: &Viewer, id: Uuid) -> Result<announcement::Model> {
    let unknown = || Refusal::not_found("announcement");
    let mine = viewer.run_courses().ok_or_else(unknown)?;
    let mine = Query::select().column(course::Column::Id).from(course::Entity).cond_where(mine).take();
    let row = announcement::Entity::find_by_id(id)
        .filter(announcement::Column::CourseId.in_subquery(mine))
        .one(txn)
        .await?;
    Ok(row.ok_or_else(unknown)?)
}

/// That nothing is to be confirmed or stopped any more, because of this state.
pub fn settled(state: State) -> Refusal {
    let words = match state {
        State::Draft => "This announcement is a draft.",
        State::Waiting => {
            "This announcement was confirmed before; it goes out at its moment, and can be stopped until then."
        }
        State::Sent => "This announcement has gone out.",
        State::Stopped => "This announcement was stopped.",
    };
    Refusal::AnnouncementSettled { words: words.to_owned() }
}

/// Lets the sweep see that the course has news: its moment of change moves, its page and so its version do
/// not.
pub async fn ring_through(txn: &Transaction, course: &course::Model, now: Instant) -> Result<(), DbErr> {
    let changed_at = course.changed_at(now);
    let change =
        course::ActiveModel { id: Set(course.id), updated_at: Set(changed_at), ..Default::default() };
    course::Entity::update(change).exec(txn).await.map(drop)
}

/// Puts on record what the author did with an announcement, in the act `name`.
pub async fn put_on_record(
    txn: &Transaction,
    app: &AppState,
    author: &learner::Model,
    name: &str,
    row: &announcement::Model,
) -> Result<(), DbErr> {
    let after = json!({
        "subject": row.subject,
        "statuses": row.statuses,
        "professions": row.professions,
        "track": row.track_id,
        "confirmed_at": row.confirmed_at,
        "due_at": row.due_at,
        "stopped_at": row.stopped_at,
    });
    let act = Act {
        name,
        subject_type: "announcement",
        subject_id: row.id,
        course_id: Some(row.course_id),
        before: None,
        after: Some(after),
    };
    audit::record(txn, app, Actor::Person(author), act).await
}
