//! The survey: a look from time to time at what is due and has not left, for whoever watches over the worker.

use std::time::Duration;

use entity::notice::{Column, Entity};
use entity::{Instant, home, notice};
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use tokio_util::sync::CancellationToken;

use crate::health::{HELD, Health, Outage, Way};
use crate::{Store, Worker};

/// The time between two looks.
const PAUSE: Duration = Duration::from_secs(5);

/// What a look finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Letters whose moment has come, and that have not come to their end.
    pub letters: u64,
    /// For how many seconds the oldest of those is due that were never tried.
    pub oldest_fresh_seconds: i64,
    /// For how many seconds the oldest of all is due.
    pub oldest_seconds: i64,
}

/// What is due at `now`, and for how long.
pub async fn due(worker: &Worker<impl Store>, now: Instant) -> Result<Due, DbErr> {
    let due = Entity::find().filter(notice::open()).filter(Column::DueAt.lte(now));
    let letters = due.clone().count(&worker.db).await?;
    let age = async |some: Select<Entity>| {
        let oldest = some.select_only().column(Column::DueAt).order_by_asc(Column::DueAt).limit(1);
        let oldest: Option<Instant> = oldest.into_tuple().one(&worker.db).await?;
        Ok::<_, DbErr>(oldest.map_or(0, |oldest| now.as_micros() - oldest.as_micros()) / 1_000_000)
    };
    if letters == 0 {
        return Ok(Due::default());
    }
    let oldest_fresh_seconds = age(due.clone().filter(Column::Attempts.eq(0))).await?;
    Ok(Due { letters, oldest_fresh_seconds, oldest_seconds: age(due).await? })
}

/// Looks until told to stop. A look that fails changes nothing: that the database does not answer is told by
/// others.
pub(crate) async fn until_stopped(
    worker: Worker<impl Store>,
    health: std::sync::Arc<Health>,
    stop: CancellationToken,
) {
    let (late, holding) = (Outage::default(), Outage::default());
    while !stop.is_cancelled() {
        let now = worker.nature.now();
        if let Ok(due) = due(&worker, now).await {
            let paused = worker.route.paused_domains(now);
            let way = Way {
                is_up: worker.route.is_up(),
                paused_domains: u64::try_from(paused).unwrap_or(u64::MAX),
                pauses: worker.route.pauses(),
            };
            health.found(due, way, std::time::Instant::now());
            tell(&health, &late);
        }
        if let Ok(held) = home::Entity::find().filter(home::held()).one(&worker.db).await {
            health.holds(held.is_some());
            if held.is_some() && holding.is_new() {
                tracing::warn!("{HELD}");
            } else if held.is_none() && holding.is_over() {
                tracing::info!("e-mails are no longer held");
            }
        }
        if tokio::time::timeout(PAUSE, stop.cancelled()).await.is_ok() {
            return;
        }
    }
}

/// Tells once that a letter waits for too long, and once that none does any more.
fn tell(health: &Health, late: &Outage) {
    let minutes = health.oldest_due_seconds() / 60;
    if health.is_late() && late.is_new() {
        tracing::warn!(due = health.due(), minutes, "an e-mail has been due for more than ten minutes");
    } else if !health.is_late() && late.is_over() {
        tracing::info!("no e-mail has been due for more than ten minutes any more");
    }
}
