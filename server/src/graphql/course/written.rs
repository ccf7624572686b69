//! The course that an act has written.

use crate::app::AppState;
use crate::catalogue::draft::Saved;
use crate::error::{Fault, Result};
use crate::graphql::course::Course;

/// The course as it stands now.
///
/// # Errors
/// Faults of the database.
pub async fn written(app: &AppState, saved: &Saved) -> Result<Course> {
    let page = app.catalogue.page(&app.db, saved.course_id).await?;
    Ok(page.map(Course::new).ok_or_else(|| Fault::Stored(format!("course {} has gone", saved.course_id)))?)
}
