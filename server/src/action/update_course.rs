//! Changing what is said of a course, and how people register for it.

use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::draft::{DraftChange, Edit, Mistakes, Open, Saved, at};
use crate::error::Result;
use crate::viewer::Viewer;

/// Changes to a course.
#[derive(Clone, Debug)]
pub struct UpdateCourse {
    /// The course.
    pub course_id: Uuid,
    /// The version of it that the person saw.
    pub version: i32,
    /// What is to be different.
    pub change: DraftChange,
    /// Whether sessions that are still to come may move to where they would have begun, as with another time
    /// zone.
    pub into_the_past: bool,
}

/// Changes a course; `mistakes` are those of reading the input.
///
/// # Errors
/// As [`Open::save`]; and refuses to move what is still to come into the past, where that is not said in so
/// many words.
pub async fn update_course(
    app: &AppState,
    viewer: &Viewer,
    (input, mistakes): (UpdateCourse, Mistakes),
) -> Result<Saved> {
    let UpdateCourse { course_id, version, change, into_the_past } = input;
    let edit = Edit { course_id, version, act: "updateCourse", needs: change.needs() };
    let mut open = Open::stored(app, viewer, edit).await?;
    open.mistakes = mistakes;
    open.no_past = (!into_the_past).then(|| at![Course, TimeZone]);
    change.write(&mut open);
    open.save().await
}
