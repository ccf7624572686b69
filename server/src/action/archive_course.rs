//! Putting a course away: kept for reference, and never changed again.

use entity::course::Status;
use entity::{Refusal, registration};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::draft::{Edit, Needs, Open, Saved};
use crate::error::Result;
use crate::viewer::Viewer;

/// Archives a draft that nobody has registered for, a cancelled course, or one whose evaluation is closed.
///
/// # Errors
/// As [`Open::save`]; and refuses a draft with registrations, and a course whose evaluation is still open.
pub async fn archive_course(app: &AppState, viewer: &Viewer, course_id: Uuid, version: i32) -> Result<Saved> {
    viewer.signed_in()?;
    let now = app.nature.now();
    // Nobody can register for a draft, so a draft that is empty now stays so.
    let registered = registration::Entity::find()
        .filter(registration::Column::CourseId.eq(course_id))
        .count(&app.db)
        .await?;
    let edit = Edit { course_id, version, act: "archiveCourse", needs: Needs::default() };
    let mut open = Open::stored(app, viewer, edit).await?;
    let course = open.page()?.course.clone();
    match course.status {
        Status::Draft if registered > 0 => open.refuse(Refusal::HasRegistrations),
        Status::Published if now < course.evaluation_closes_at() => {
            open.refuse(Refusal::TooEarlyToArchive {
                from: course.evaluation_deadline().plus_days(1).to_string(),
            });
        }
        Status::Draft | Status::Published | Status::Cancelled | Status::Archived => {
            open.draft.course.status = Status::Archived
        }
    }
    open.save().await
}
