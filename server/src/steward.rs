//! The steward: what time alone causes, whether or not anybody asks. Every `lectern serve` has one; at one
//! course they act one after another, and whoever comes second finds nothing left to do.
//!
//! A hold that has ended counts as ended for everybody who looks; the steward writes it down, so that a seat
//! that has come free is told to those who follow the seats, and lists that go by what is stored are right.
//! It calls what people's own acts call. And what has served its time it takes away (`purge`).

pub mod purge;

use std::time::Duration;

use entity::registration;
use sea_orm::{EntityTrait, QueryFilter, QuerySelect};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::app::AppState;
use crate::error::Result;
use crate::wake::Change;
use crate::write::seats;

/// How often the steward makes its round.
const ROUND: Duration = Duration::from_secs(30);

/// Makes rounds until `stop`. A round that fails is told, and the next one begins afresh.
pub async fn run(app: AppState, stop: CancellationToken) {
    let mut rounds = interval(ROUND);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = rounds.tick() => {}
        }
        // Each step of a round is a transaction of its own, so a process that ends in the middle leaves
        // nothing half done.
        match round(&app).await {
            Ok(0) => {}
            Ok(lapsed) => tracing::info!(lapsed, "holds have ended"),
            Err(error) => tracing::warn!(%error, "the steward's round failed; the next one goes on"),
        }
        match purge::bite(&app).await {
            Ok(0) => {}
            Ok(gone) => tracing::debug!(gone, "what has served its time was taken away"),
            Err(error) => {
                tracing::warn!(%error, "what has served its time was not taken away; the next round goes on")
            }
        }
    }
}

/// One round: holds that have ended are written down as such. Returns how many there were.
///
/// # Errors
/// Where the database fails; what was written by then stays so.
pub async fn round(app: &AppState) -> Result<u64> {
    let now = app.nature.now();
    let courses: Vec<Uuid> = registration::Entity::find()
        .select_only()
        .column(registration::Column::CourseId)
        .distinct()
        .filter(registration::overdue(now))
        .into_tuple()
        .all(&app.db)
        .await?;
    let mut lapsed = 0;
    for course_id in courses {
        let ended = lapse(app, course_id).await?;
        if ended > 0 {
            app.wake.ring(&app.db).await;
            app.wake.changed(&app.db, Change::Registrations(course_id)).await;
        }
        lapsed += ended;
    }
    Ok(lapsed)
}

/// Writes down the holds of one course that have ended, and says how many there were.
async fn lapse(app: &AppState, course_id: Uuid) -> Result<u64> {
    let txn = app.begin().await?;
    seats::lock_course(&txn, course_id).await?;
    let ended = seats::expire_overdue(&txn, course_id, app.nature.now()).await?;
    txn.commit().await?;
    Ok(ended)
}
