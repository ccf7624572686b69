//! Announcing a draft.

use entity::Refusal;
use entity::course::Status;
use entity::refusal::Detail;
use uuid::Uuid;

use crate::app::AppState;
use crate::catalogue::draft::{Edit, Needs, Open, Saved, publishable};
use crate::error::Result;
use crate::viewer::Viewer;

/// Publishes a course. What it still needs is told all at once.
///
/// # Errors
/// As [`Open::save`]; and refuses a course that is published already, or not ready to be.
pub async fn publish_course(app: &AppState, viewer: &Viewer, course_id: Uuid, version: i32) -> Result<Saved> {
    let now = app.nature.now();
    let edit = Edit { course_id, version, act: "publishCourse", needs: Needs::default() };
    let mut open = Open::stored(app, viewer, edit).await?;
    let missing: Vec<Detail> =
        publishable(&open.draft, now).iter().map(|missing| open.telling.detail(missing)).collect();
    if open.draft.course.status == Status::Published {
        open.refuse(Refusal::AlreadyPublished);
    } else if !missing.is_empty() {
        open.refuse(Refusal::NotReady { missing });
    } else {
        open.draft.course.status = Status::Published;
    }
    open.save().await
}
