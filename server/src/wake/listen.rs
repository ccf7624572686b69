//! Hearing what other processes say on PostgreSQL: that a course or something else has changed, and that
//! there may be a letter to write.
//!
//! It takes one connection of its own, beside those of the pool, and keeps it. What is said while the line is
//! down is lost; so when it is up again, everything counts as said. On SQLite nobody says anything, and the
//! version check of the catalogue and the tick of the sweep find out.

use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sea_orm::sqlx::{self, Executor};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{CATALOGUE_CHANNEL, CHANGE_CHANNEL, Change, WORK_CHANNEL, Wake};
use crate::app::AppState;
use crate::catalogue::Catalogue;

/// How long to wait before listening again when the line broke.
const PAUSE: Duration = Duration::from_secs(2);
/// After so long a silence we ask whether anybody is still there.
const SILENCE: Duration = Duration::from_secs(20);
/// How long connecting, and the answer to that question, may take.
const ANSWER: Duration = Duration::from_secs(5);

/// Passes on what other processes say until `stop`: courses that changed are forgotten, and the worker in
/// this process is woken.
pub async fn listen(app: AppState, stop: CancellationToken) {
    let Some(pool) = app.db.postgres() else { return };
    let options = (*pool.connect_options()).clone();
    let listening = async {
        loop {
            if let Err(error) = hear(options.clone(), &app.catalogue, &app.wake).await {
                tracing::warn!(%error, "what other processes say is not heard; listening again soon");
            }
            #[expect(clippy::disallowed_methods, reason = "a broken line is not hammered")]
            tokio::time::sleep(PAUSE).await;
        }
    };
    // Nothing is written on this connection, so it can be cut off anywhere.
    tokio::select! {
        () = stop.cancelled() => {}
        () = listening => {}
    }
}

/// Listens until the line breaks or goes silent.
async fn hear(options: PgConnectOptions, catalogue: &Catalogue, wake: &Wake) -> Result<(), sqlx::Error> {
    let pool =
        PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None).acquire_timeout(ANSWER);
    let pool = pool.connect_lazy_with(options);
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.eager_reconnect(false);
    timely(listener.listen_all([WORK_CHANNEL, CATALOGUE_CHANNEL, CHANGE_CHANNEL])).await?;
    // What was said before we listened was missed.
    catalogue.forget_all();
    wake.pass_on(Change::Anything);
    wake.work.notify_one();
    loop {
        match tokio::time::timeout(SILENCE, listener.try_recv()).await {
            Ok(Ok(Some(said))) if said.channel() == WORK_CHANNEL => {
                catalogue.hears();
                wake.work.notify_one();
            }
            Ok(Ok(Some(said))) if said.channel() == CHANGE_CHANNEL => {
                catalogue.hears();
                wake.hear(said.payload());
            }
            Ok(Ok(Some(said))) => match Uuid::try_parse(said.payload()) {
                Ok(course_id) => {
                    catalogue.forget(course_id);
                    wake.pass_on(Change::Course(course_id));
                }
                Err(_) => {
                    catalogue.forget_all();
                    wake.pass_on(Change::Anything);
                }
            },
            Ok(Ok(None)) => return Ok(()),
            Ok(Err(error)) => return Err(error),
            Err(_) => timely(listener.execute("select 1")).await.map(drop)?,
        }
    }
}

/// The outcome, unless it takes too long.
async fn timely<T>(asking: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    tokio::time::timeout(ANSWER, asking).await.map_err(|_| sqlx::Error::PoolTimedOut)?
}
