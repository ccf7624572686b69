//! Hearing of changes that other processes make.
//!
//! PostgreSQL tells at once; where it does not, or on SQLite, the version check of [`super::Catalogue::pages`] finds out within a second.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::postgres::PgListener;
use sea_orm::{DatabaseConnection, DbBackend};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Catalogue;
use crate::bell::CATALOGUE_CHANNEL;

/// How long to wait before listening again when the connection broke.
const PAUSE: Duration = Duration::from_secs(2);

/// Forgets every course that another process says it has changed, until `stop`.
pub async fn forget_what_others_change(db: DatabaseConnection, catalogue: Arc<Catalogue>, stop: CancellationToken) {
    if db.get_database_backend() != DbBackend::Postgres {
        return;
    }
    while !stop.is_cancelled() {
        if let Err(error) = listen(&db, &catalogue, &stop).await {
            tracing::warn!(%error, "changes by other processes are not heard at once");
        }
        // Whatever was said meanwhile was missed.
        catalogue.forget_all();
        tokio::select! {
            () = stop.cancelled() => {}
            () = pause() => {}
        }
    }
}

async fn listen(db: &DatabaseConnection, catalogue: &Catalogue, stop: &CancellationToken) -> Result<(), sea_orm::sqlx::Error> {
    let mut listener = PgListener::connect_with(db.get_postgres_connection_pool()).await?;
    listener.listen(CATALOGUE_CHANNEL).await?;
    loop {
        let heard = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            heard = listener.recv() => heard?,
        };
        match Uuid::try_parse(heard.payload()) {
            Ok(course_id) => catalogue.forget(course_id),
            Err(_) => catalogue.forget_all(),
        }
    }
}

async fn pause() {
    #[expect(clippy::disallowed_methods, reason = "a broken connection is not hammered")]
    tokio::time::sleep(PAUSE).await;
}
