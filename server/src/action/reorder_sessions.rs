//! Putting sessions that start together in another order.

use entity::Refusal;
use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::draft::agenda::{Disorder, reorder};
use crate::catalogue::draft::{Edit, Needs, Open, Saved};
use crate::error::Result;
use crate::viewer::Viewer;

/// Sessions that start together are put in another order.
#[derive(Clone, Debug)]
pub struct ReorderSessions {
    /// The course.
    pub course_id: Uuid,
    /// The version of it that the person saw.
    pub version: i32,
    /// All sessions that start at one time of one day, in order; none stands for an id that is none of a
    /// session.
    pub session_ids: Vec<Option<Uuid>>,
}

/// Puts the sessions in order.
///
/// # Errors
/// As [`Open::save`]; and refuses what are not all the sessions of the course that start together, each once.
pub async fn reorder_sessions(app: &AppState, viewer: &Viewer, input: ReorderSessions) -> Result<Saved> {
    let ReorderSessions { course_id, version, session_ids } = input;
    let edit = Edit { course_id, version, act: "reorderSessions", needs: Needs::default() };
    let mut open = Open::stored(app, viewer, edit).await?;
    if let Err(no) = put_in_order(&mut open, &session_ids) {
        open.refuse(no);
    }
    open.save().await
}

fn put_in_order(open: &mut Open<'_>, ids: &[Option<Uuid>]) -> Result<(), Refusal> {
    let at = |index: usize, message: &str| Refusal::invalid(message, &["sessionIds", &index.to_string()]);
    let mut keys = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        let place = id.and_then(|id| open.session(id).ok());
        keys.push(place.ok_or_else(|| at(index, "There is no such session in this course."))?.key);
    }
    let keys: Vec<&str> = keys.iter().map(|key| &**key).collect();
    reorder(&mut open.draft, &keys).map_err(|disorder| match disorder {
        Disorder::Strange(index) => at(index, "This session is named twice."),
        Disorder::Apart => Refusal::invalid(
            "These sessions start at different times, and time orders them. Only sessions that start together can change places.",
            &["sessionIds"],
        ),
        Disorder::Missing => Refusal::invalid("Name every session that starts at this time, each once.", &["sessionIds"]),
    })
}
