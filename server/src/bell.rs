//! The bell: after a commit the server tells the worker that there is something to look at, and other processes that a course has changed.
//!
//! A bell is a hint and may be lost; whoever listens also looks by the clock.

pub mod listen;

use std::sync::Arc;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio::sync::Notify;
use uuid::Uuid;

/// PostgreSQL channel on which the worker is rung.
pub const WORK_CHANNEL: &str = "lectern_bell";
/// PostgreSQL channel on which changed courses are named.
pub const CATALOGUE_CHANNEL: &str = "lectern_catalogue";

/// Rings for the worker in this process, and through PostgreSQL for all others.
#[derive(Clone, Debug, Default)]
pub struct Bell {
    work: Arc<Notify>,
}

impl Bell {
    /// What the worker in this process waits on.
    pub fn work(&self) -> Arc<Notify> {
        Arc::clone(&self.work)
    }

    /// Says that facts have changed from which a letter may follow.
    pub async fn ring(&self, db: &impl ConnectionTrait) {
        self.work.notify_one();
        notify(db, WORK_CHANNEL, "").await;
    }

    /// Says to other processes that a course has changed.
    pub async fn course_changed(&self, db: &impl ConnectionTrait, course_id: Uuid) {
        notify(db, CATALOGUE_CHANNEL, &course_id.to_string()).await;
    }
}

async fn notify(db: &impl ConnectionTrait, channel: &str, payload: &str) {
    if db.get_database_backend() != DbBackend::Postgres {
        return;
    }
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, "select pg_notify($1, $2)", [channel.into(), payload.into()]);
    if let Err(error) = db.execute_raw(statement).await {
        tracing::debug!(%error, channel, "the bell was not heard");
    }
}
