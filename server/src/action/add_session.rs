//! Adding a session to a course.

use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::draft::text::Slug;
use crate::catalogue::draft::{Edit, Mistakes, NewSession, Open, Saved, SessionChange};
use crate::error::Result;
use crate::viewer::Viewer;

/// A session is added.
#[derive(Clone, Debug)]
pub struct AddSession {
    /// The course.
    pub course_id: Uuid,
    /// The version of it that the person saw.
    pub version: i32,
    /// The session.
    pub session: NewSession,
    /// What more it is.
    pub change: SessionChange,
}

/// Adds a session; `mistakes` are those of reading the input, seen from the session. Returns its key, too.
///
/// # Errors
/// As [`Open::save`].
pub async fn add_session(
    app: &AppState,
    viewer: &Viewer,
    (input, mistakes): (AddSession, Mistakes),
) -> Result<(Saved, Slug)> {
    let AddSession { course_id, version, session, change } = input;
    let edit = Edit { course_id, version, act: "addSession", needs: change.needs() };
    let mut open = Open::stored(app, viewer, edit).await?;
    let place = session.put(&mut open, change, mistakes);
    Ok((open.save().await?, place.key))
}
