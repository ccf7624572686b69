//! Calling a course off. The letters follow from the fact.

use entity::Refusal;
use entity::course::Status;
use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::draft::text::Prose;
use crate::catalogue::draft::{Edit, Mistakes, Needs, Open, Saved};
use crate::error::Result;
use crate::viewer::Viewer;

/// Cancels a published course that is not over; `note` says why, with the mistakes of reading it.
pub async fn cancel(
    app: &AppState,
    viewer: &Viewer,
    (course_id, version): (Uuid, i32),
    (note, mistakes): (Option<Prose>, Mistakes),
) -> Result<Saved> {
    let now = app.nature.now();
    let edit = Edit { course_id, version, act: "cancelCourse", needs: Needs::default() };
    let mut open = Open::stored(app, viewer, edit).await?;
    open.mistakes = mistakes;
    let over = open.page().is_ok_and(|page| page.course.last_instant() <= now);
    if over && open.draft.course.status == Status::Published {
        open.refuse(Refusal::CourseOver);
    } else {
        open.draft.course.status = Status::Cancelled;
        open.draft.course.cancellation_note = note;
    }
    open.save().await
}
