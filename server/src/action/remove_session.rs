//! Taking a session out of a course.

use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::draft::agenda::take;
use crate::catalogue::draft::{Edit, Needs, Open, Saved, Scope, Telling, at, course_of_session};
use crate::error::Result;
use crate::viewer::Viewer;

/// Takes out a session of the course that the person saw in this `version`.
///
/// # Errors
/// As [`Open::save`]; and refuses a session of a course that is not the viewer's to run, as though it did not
/// exist.
pub async fn remove_session(
    app: &AppState,
    viewer: &Viewer,
    session_id: Uuid,
    version: i32,
) -> Result<Saved> {
    let course_id = course_of_session(app, viewer, session_id).await?;
    let edit = Edit { course_id, version, act: "removeSession", needs: Needs::default() };
    let mut open = Open::stored(app, viewer, edit).await?;
    // What stands against a session that goes is told of the days as a whole.
    open.telling = Telling::Input(Scope { part: at![Days], all_at: Some("sessionId") });
    match open.session(session_id) {
        Ok(place) => {
            take(&mut open.draft, &place.key);
        }
        Err(no) => open.refuse(no),
    }
    open.save().await
}
