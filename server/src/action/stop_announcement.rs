//! An announcement is stopped ([`crate::write::announcing`]).

use entity::announcement;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};
use uuid::Uuid;

use crate::app::AppState;
use crate::error::Result;
use crate::viewer::Viewer;
use crate::write::announcing::{found, put_on_record, ring_through, settled};
use crate::write::seats;

/// Stops an announcement before it goes out; a draft is put away.
///
/// # Errors
/// Refuses what is not of a course that the viewer runs, and what has gone out or was stopped.
pub async fn stop_announcement(app: &AppState, viewer: &Viewer, id: Uuid) -> Result<announcement::Model> {
    let author = viewer.signed_in()?;
    let txn = app.begin().await?;
    let course = seats::lock_course(&txn, found(&txn, viewer, id).await?.course_id).await?;
    let row = found(&txn, viewer, id).await?;
    let now = app.nature.now();
    if !row.can_be_stopped(now) {
        return Err(settled(row.state(now)).into());
    }
    let row = announcement::ActiveModel { stopped_at: Set(Some(now)), ..row.into_active_model() }
        .update(&txn)
        .await?;
    ring_through(&txn, &course, now).await?;
    put_on_record(&txn, app, author, "stopAnnouncement", &row).await?;
    txn.commit().await?;
    app.wake.ring(&app.db).await;
    Ok(row)
}
