//! The survey: a look from time to time at what is due and has not left, for whoever watches over the worker.

use std::time::Duration;

use entity::notice::{Column, Entity};
use entity::{Instant, notice};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio_util::sync::CancellationToken;

use crate::health::Health;
use crate::{Store, Worker};

/// The time between two looks.
const PAUSE: Duration = Duration::from_secs(5);

/// What a look finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Letters whose moment has come, and that have not come to their end.
    pub letters: u64,
    /// For how many seconds the oldest of those is due that were never tried.
    pub oldest_seconds: i64,
}

/// What is due at `now`, and for how long.
pub async fn due(worker: &Worker<impl Store>, now: Instant) -> Result<Due, DbErr> {
    let due = Entity::find().filter(notice::open()).filter(Column::DueAt.lte(now));
    let letters = due.clone().count(&worker.db).await?;
    let oldest: Option<Instant> = due
        .filter(Column::Attempts.eq(0))
        .select_only()
        .column(Column::DueAt)
        .order_by_asc(Column::DueAt)
        .limit(1)
        .into_tuple()
        .one(&worker.db)
        .await?;
    let micros = oldest.map_or(0, |oldest| now.as_micros() - oldest.as_micros());
    Ok(Due { letters, oldest_seconds: micros / 1_000_000 })
}

/// Looks until told to stop. A look that fails changes nothing: that the database does not answer is told by
/// others.
pub(crate) async fn until_stopped(
    worker: Worker<impl Store>,
    health: std::sync::Arc<Health>,
    stop: CancellationToken,
) {
    while !stop.is_cancelled() {
        let now = worker.nature.now();
        if let Ok(due) = due(&worker, now).await {
            health.found(due, worker.route.is_up(), worker.route.paused_domains(now));
        }
        if tokio::time::timeout(PAUSE, stop.cancelled()).await.is_ok() {
            return;
        }
    }
}
