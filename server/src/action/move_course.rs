//! Teaching a course at another time: the course itself moves, with everybody who has registered for it.

use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::draft::{Distance, Edit, Needs, Open, Saved, move_by_days};
use crate::error::Result;
use crate::viewer::Viewer;

/// A course moves.
#[derive(Clone, Debug)]
pub struct MoveCourse {
    /// The course.
    pub course_id: Uuid,
    /// The version of it that the person saw.
    pub version: i32,
    /// How far.
    pub distance: Distance,
    /// Whether the dates of registration move along.
    pub with_deadlines: bool,
}

/// Moves a course: its days and sessions, the deadline of its evaluation, and, where that is wanted, the dates of its registration. Times on
/// the clock stay. Whoever is confirmed is told, as of any change to the agenda; reminders follow by themselves.
///
/// # Errors
/// As [`Open::save`].
pub async fn move_course(app: &AppState, viewer: &Viewer, input: MoveCourse) -> Result<Saved> {
    let MoveCourse { course_id, version, distance, with_deadlines } = input;
    let edit = Edit { course_id, version, act: "moveCourse", needs: Needs::default() };
    let mut open = Open::stored(app, viewer, edit).await?;
    if let Some(days) = distance.days(open.draft.course.starts_on, &mut open.mistakes) {
        let stood = open.draft.registration.clone();
        move_by_days(&mut open.draft, days);
        if !with_deadlines {
            open.draft.registration = stood;
        }
    }
    open.save().await
}
