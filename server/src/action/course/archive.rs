//! Putting a course away: kept for reference, and never changed again.

use entity::course::Status;
use entity::{Refusal, registration};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use crate::app::AppState;
use crate::course_file::{Edit, Imported, Needs, edit};
use crate::error::Result;
use crate::viewer::Viewer;

/// Archives a draft that nobody has registered for, a cancelled course, or one whose evaluation is closed.
pub async fn archive(app: &AppState, viewer: &Viewer, course_id: Uuid, version: i32) -> Result<Imported> {
    viewer.signed_in()?;
    let now = app.nature.now();
    // Nobody can register for a draft, so a draft that is empty now stays so.
    let registered = registration::Entity::find().filter(registration::Column::CourseId.eq(course_id)).count(&app.db).await?;
    let act = Edit { course_id, version, act: "archiveCourse", needs: Needs::default() };
    edit(app, viewer, act, |stored, file| {
        let Some(page) = stored.page else { return Err(Refusal::not_found("course")) };
        match file.course.status {
            Status::Draft if registered > 0 => return Err(Refusal::HasRegistrations),
            Status::Published if now < page.course.evaluation_closes_at() => {
                return Err(Refusal::TooEarlyToArchive { from: page.course.evaluation_deadline().plus_days(1).to_string() });
            }
            Status::Draft | Status::Published | Status::Cancelled | Status::Archived => {}
        }
        file.course.status = Status::Archived;
        Ok(())
    })
    .await
}
