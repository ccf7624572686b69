//! The session that an act has written.

use super::Session;
use crate::app::AppState;
use crate::catalogue::draft::Saved;
use crate::catalogue::draft::text::Slug;
use crate::error::{Fault, Result};
use crate::graphql::course;

/// The session with this key as it stands now.
///
/// # Errors
/// Faults of the database.
pub async fn written(app: &AppState, (saved, key): (Saved, Slug)) -> Result<Session> {
    let course = course::written(app, &saved).await?;
    let page = course.page();
    let row = page.sessions.iter().find(|row| key == row.session.slug);
    let found = row.and_then(|row| Session::find(page, row.session.id));
    Ok(found.ok_or_else(|| Fault::Stored(format!("session {key} of course {} has gone", page.course.id)))?)
}
