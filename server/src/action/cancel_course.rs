//! Calling a course off. The letters follow from the fact.

use entity::Refusal;
use entity::course::Status;
use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::draft::text::Prose;
use crate::catalogue::draft::{Edit, Mistakes, Needs, Open, Saved};
use crate::error::Result;
use crate::viewer::Viewer;

/// A course will not take place.
#[derive(Clone, Debug)]
pub struct CancelCourse {
    /// The course.
    pub course_id: Uuid,
    /// The version of it that the person saw.
    pub version: i32,
    /// Why, and what people should do.
    pub note: Option<Prose>,
}

/// Cancels a published course that is not over; `mistakes` are those of reading the input.
///
/// # Errors
/// As [`Open::save`]; and refuses a course that is over.
pub async fn cancel_course(
    app: &AppState,
    viewer: &Viewer,
    (input, mistakes): (CancelCourse, Mistakes),
) -> Result<Saved> {
    let CancelCourse { course_id, version, note } = input;
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
