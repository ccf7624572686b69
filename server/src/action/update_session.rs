//! Changing a session, or moving it.

use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::draft::text::Slug;
use crate::catalogue::draft::{Edit, Field, Mistakes, Open, Saved, SessionChange, course_of_session};
use crate::error::Result;
use crate::viewer::Viewer;

/// Changes to a session.
#[derive(Clone, Debug)]
pub struct UpdateSession {
    /// The session.
    pub session_id: Uuid,
    /// The version of its course that the person saw.
    pub version: i32,
    /// What is to be different.
    pub change: SessionChange,
    /// Whether a session that is still to come may move to where it would have begun.
    pub into_the_past: bool,
}

/// Changes a session; `mistakes` are those of reading the input, seen from the session. Returns its key, too.
///
/// # Errors
/// As [`Open::save`]; and refuses to move what is still to come into the past, where that is not said in so
/// many words, and a session of a course that is not the viewer's to run, as though it did not exist.
pub async fn update_session(
    app: &AppState,
    viewer: &Viewer,
    (input, mistakes): (UpdateSession, Mistakes),
) -> Result<(Saved, Slug)> {
    let UpdateSession { session_id, version, change, into_the_past } = input;
    let course_id = course_of_session(app, viewer, session_id).await?;
    let edit = Edit { course_id, version, act: "updateSession", needs: change.needs() };
    let mut open = Open::stored(app, viewer, edit).await?;
    match open.session(session_id) {
        Ok(place) => {
            let field = if change.date.is_some() { Field::Date } else { Field::Start };
            let place = change.write(&mut open, &place, mistakes);
            open.no_past = (!into_the_past).then(|| place.of(field));
            Ok((open.save().await?, place.key))
        }
        Err(no) => Err(open.close(no).await),
    }
}
