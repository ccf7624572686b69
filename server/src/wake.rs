//! Waking: after a commit the server tells the worker that there is something to look at, and other processes
//! that a course has changed.
//!
//! A wake is a hint and may be lost; whoever listens also looks by the clock.

mod change;
pub mod listen;

use std::sync::Arc;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

pub use change::{Change, Topic};

/// PostgreSQL channel on which the worker is rung.
pub const WORK_CHANNEL: &str = "lectern_bell";
/// PostgreSQL channel on which changed courses are named.
pub const CATALOGUE_CHANNEL: &str = "lectern_catalogue";
/// PostgreSQL channel on which everything else is named that can be followed.
pub const CHANGE_CHANNEL: &str = "lectern_change";
/// How many changes may wait for somebody who follows. Who is further behind takes it that anything has
/// changed.
const CHANGES: usize = 1024;

/// Rings for the worker in this process, tells those who follow something what has changed, and through
/// PostgreSQL does both for all others.
#[derive(Clone, Debug)]
pub struct Wake {
    work: Arc<Notify>,
    changes: broadcast::Sender<Change>,
    /// This process, so that it does not hear itself.
    origin: Uuid,
}

impl Default for Wake {
    fn default() -> Self {
        Self { work: Arc::default(), changes: broadcast::Sender::new(CHANGES), origin: Uuid::nil() }
    }
}

impl Wake {
    /// The same, of the process with this id, which no other has.
    pub fn of(self, origin: Uuid) -> Self {
        Self { origin, ..self }
    }

    /// What changes from now on, said in this process or in another.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// What the worker in this process waits on.
    pub fn work(&self) -> Arc<Notify> {
        Arc::clone(&self.work)
    }

    /// Says that facts have changed from which a letter may follow.
    pub async fn ring(&self, db: &impl ConnectionTrait) {
        self.work.notify_one();
        notify(db, WORK_CHANNEL, "").await;
    }

    /// Says that a course has changed.
    pub async fn course_changed(&self, db: &impl ConnectionTrait, course_id: Uuid) {
        self.pass_on(Change::Course(course_id));
        notify(db, CATALOGUE_CHANNEL, &course_id.to_string()).await;
    }

    /// Says that something else has changed.
    pub async fn changed(&self, db: &impl ConnectionTrait, change: Change) {
        self.pass_on(change);
        notify(db, CHANGE_CHANNEL, &format!("{} {change}", self.origin)).await;
    }

    /// Tells those who follow something in this process.
    fn pass_on(&self, change: Change) {
        // It is no matter where nobody does.
        let _ = self.changes.send(change);
    }

    /// Hears what a process has said.
    fn hear(&self, said: &str) {
        let (origin, change) = said.split_once(' ').unwrap_or_default();
        if Uuid::try_parse(origin) != Ok(self.origin) {
            self.pass_on(change.parse().unwrap_or(Change::Anything));
        }
    }
}

async fn notify(db: &impl ConnectionTrait, channel: &str, payload: &str) {
    if db.get_database_backend() != DbBackend::Postgres {
        return;
    }
    let statement = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "select pg_notify($1, $2)",
        [channel.into(), payload.into()],
    );
    if let Err(error) = db.execute_raw(statement).await {
        tracing::debug!(%error, channel, "a wake was not passed on");
    }
}
