//! Calling a course off. The letters follow from the fact.

use entity::Refusal;
use entity::course::Status;
use uuid::Uuid;

use crate::app::AppState;
use crate::course_file::{Edit, Imported, Needs, edit};
use crate::error::Result;
use crate::viewer::Viewer;

/// Cancels a published course that is not over; `note` says why, in Markdown.
pub async fn cancel(app: &AppState, viewer: &Viewer, course_id: Uuid, version: i32, note: Option<String>) -> Result<Imported> {
    let now = app.nature.now();
    let act = Edit { course_id, version, act: "cancelCourse", needs: Needs::default() };
    edit(app, viewer, act, |stored, file| {
        let over = stored.page.is_some_and(|page| page.course.last_instant() <= now);
        if over && file.course.status == Status::Published {
            return Err(Refusal::CourseOver);
        }
        file.course.status = Status::Cancelled;
        file.course.cancellation_note = note;
        Ok(())
    })
    .await
}
