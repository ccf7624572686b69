//! Announcing a draft.

use entity::Refusal;
use entity::course::Status;
use uuid::Uuid;

use crate::app::AppState;
use crate::course_file::{Edit, Imported, Needs, edit, publishable};
use crate::error::Result;
use crate::viewer::Viewer;

/// Publishes a course. What it still needs is told all at once.
pub async fn publish(app: &AppState, viewer: &Viewer, course_id: Uuid, version: i32) -> Result<Imported> {
    let now = app.nature.now();
    let act = Edit { course_id, version, act: "publishCourse", needs: Needs::default() };
    edit(app, viewer, act, |_, file| {
        if file.course.status == Status::Published {
            return Err(Refusal::AlreadyPublished);
        }
        let missing = publishable(file, now);
        if !missing.is_empty() {
            return Err(Refusal::NotReady { missing });
        }
        file.course.status = Status::Published;
        Ok(())
    })
    .await
}
