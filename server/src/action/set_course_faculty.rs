//! Saying who directs and who belongs to the faculty of a course.

use entity::course_faculty::Role;
use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::draft::{Edit, Name, Needs, Open, Saved, set_faculty};
use crate::error::Result;
use crate::viewer::Viewer;

/// The faculty that a course is to have.
#[derive(Clone, Debug)]
pub struct SetCourseFaculty {
    /// The course.
    pub course_id: Uuid,
    /// The version of it that the person saw.
    pub version: i32,
    /// The people, in order, each with their part.
    pub faculty: Vec<(Name, Role)>,
}

/// Sets the faculty of a course. Whoever is left out and speaks in a session stays there as a guest.
///
/// # Errors
/// As [`Open::save`].
pub async fn set_course_faculty(app: &AppState, viewer: &Viewer, input: SetCourseFaculty) -> Result<Saved> {
    let SetCourseFaculty { course_id, version, faculty } = input;
    let needs =
        Needs { faculty: faculty.iter().map(|(member, _)| member.clone()).collect(), ..Needs::default() };
    let mut open =
        Open::stored(app, viewer, Edit { course_id, version, act: "setCourseFaculty", needs }).await?;
    set_faculty(&mut open, faculty);
    open.save().await
}
