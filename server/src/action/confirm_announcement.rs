//! An announcement may go out ([`crate::write::announcing`]).

use entity::Refusal;
use entity::announcement::{self, State, WAIT_MINUTES};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};
use uuid::Uuid;

use crate::app::AppState;
use crate::error::Result;
use crate::viewer::Viewer;
use crate::write::announcing::{count, found, put_on_record, ring_through, running, settled};

/// Lets a draft go out ten minutes from now, if it goes to as many people as its author has seen.
///
/// # Errors
/// Refuses what is not a draft of a course that the viewer runs, a course that is no longer published, and a
/// count that no longer holds.
pub async fn confirm_announcement(
    app: &AppState,
    viewer: &Viewer,
    id: Uuid,
    recipient_count: i32,
) -> Result<announcement::Model> {
    let author = viewer.signed_in()?;
    let txn = app.begin().await?;
    let course = running(&txn, viewer, found(&txn, viewer, id).await?.course_id).await?;
    // Read again under the course's lock, so that two calls at once do not both find a draft.
    let row = found(&txn, viewer, id).await?;
    let now = app.nature.now();
    match row.state(now) {
        State::Draft => {}
        state @ (State::Waiting | State::Sent | State::Stopped) => return Err(settled(state).into()),
    }
    let count = count(&txn, &row, now).await?;
    if u64::try_from(recipient_count) != Ok(count) {
        return Err(Refusal::AnnouncementChanged { count }.into());
    }
    let change = announcement::ActiveModel {
        confirmed_at: Set(Some(now)),
        due_at: Set(Some(now.plus_minutes(WAIT_MINUTES))),
        ..row.into_active_model()
    };
    let row = change.update(&txn).await?;
    ring_through(&txn, &course, now).await?;
    put_on_record(&txn, app, author, "confirmAnnouncement", &row).await?;
    txn.commit().await?;
    app.wake.ring(&app.db).await;
    Ok(row)
}
