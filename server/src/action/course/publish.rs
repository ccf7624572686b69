//! Announcing a draft.

use entity::Refusal;
use entity::course::Status;
use uuid::Uuid;

use crate::answer::Answer;
use crate::course_file::{Edit, Imported, Needs, edit, publishable};
use crate::desk::Desk;
use crate::viewer::Viewer;

/// Publishes a course. What it still needs is told all at once.
pub async fn publish(desk: &Desk, viewer: &Viewer, course_id: Uuid, version: i32) -> Answer<Imported> {
    let now = desk.nature.now();
    let act = Edit { course_id, version, act: "publishCourse", needs: Needs::default() };
    edit(desk, viewer, act, |_, file| {
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
