//! What is waited for before a statement runs: one's turn, the turn to write, a connection. Whoever waits
//! weighs nothing meanwhile.

use std::any::Any;
use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;

use futures_util::poll;
use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, sqlx};
use tokio::time::Instant;

use super::{Caller, Database, Pool, Turn};
use crate::store::away;
use crate::store::held::{Begin, Held, Line};
use crate::store::transaction::execution;
use crate::turns::Crowded;

/// What somebody holds who weighs nothing while this lives.
pub type Resting = Box<dyn Any + Send>;

/// What lets whoever waits weigh nothing meanwhile, where they weigh something.
#[derive(Clone)]
pub(super) struct Rests(pub(super) Arc<dyn Fn() -> Option<Resting> + Send + Sync>);

impl fmt::Debug for Rests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rests")
    }
}

impl Database {
    /// Until when whoever begins to wait now does.
    pub(in crate::store) fn until(&self) -> Instant {
        Instant::now() + self.wait
    }

    /// Waits for one's turn, weighing nothing meanwhile.
    pub(super) async fn in_turn<T>(
        &self,
        until: Instant,
        waiting: impl Future<Output = Result<T, Crowded>>,
    ) -> Result<T, DbErr> {
        match tokio::time::timeout_at(until, self.weightless(waiting)).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(Crowded)) => Err(away::crowded()),
            Err(_) => Err(away::in_vain()),
        }
    }

    /// Waits; where that takes any time, weighing nothing meanwhile.
    pub async fn weightless<T>(&self, waiting: impl Future<Output = T>) -> T {
        let mut waiting = pin!(waiting);
        if let Poll::Ready(done) = poll!(waiting.as_mut()) {
            return done;
        }
        let _rest = self.rests.as_ref().and_then(|rests| (rests.0)());
        waiting.await
    }

    /// The turn to write, where one writes at a time. Whoever has a connection lets go of it before they
    /// wait: others want to read.
    ///
    /// Another process may have the file for as long as we wait for it. Whoever has stood behind somebody who
    /// found that out, and could not wait as long again, need not find it out once more.
    pub(in crate::store) async fn writer(&self, until: Instant) -> Result<Option<Turn>, DbErr> {
        let Some(writer) = &self.opened.writer else { return Ok(None) };
        let before = self.opened.locked.load(Ordering::SeqCst);
        let turn = self.in_turn(until, writer.take(self.caller.client(), 1)).await?;
        let is_locked = self.opened.locked.load(Ordering::SeqCst) != before;
        if is_locked && until.saturating_duration_since(Instant::now()) < self.opened.busy {
            return Err(away::locked());
        }
        Ok(Some(turn))
    }

    /// Whether what was to be written is worth another try: another process has the file, so that nothing
    /// happened, and there is time left.
    pub(in crate::store) fn is_locked(&self, error: &sqlx::Error, until: Instant) -> bool {
        let is_locked = away::is_locked(error);
        if is_locked {
            self.opened.locked.fetch_add(1, Ordering::SeqCst);
        }
        is_locked && Instant::now() < until
    }

    /// A connection with a transaction. Connections that died in the pool are passed over: nothing has
    /// happened on them.
    pub(in crate::store) async fn begun(&self, what: Begin, until: Instant) -> Result<Held, DbErr> {
        let mut dead = 0;
        loop {
            let mut held = self.acquire(until).await?;
            loop {
                match held.begin(what).await {
                    Ok(()) => return Ok(held),
                    Err(error) if self.is_locked(&error, until) => {}
                    Err(error) if away::was_dead(&error) && dead < self.opened.connections => break,
                    Err(error) => return Err(execution(error)),
                }
            }
            dead += 1;
        }
    }

    /// A connection of the pool; for a client, once it is its turn.
    pub(in crate::store) async fn acquire(&self, until: Instant) -> Result<Held, DbErr> {
        let turn = match self.caller {
            Caller::System => None,
            Caller::Client(client) => Some(self.in_turn(until, self.opened.turns.take(client, 1)).await?),
        };
        // Apart, because it is large, and lies within whatever waits for it.
        let taking = Box::pin(async {
            if self.idle() == 0 {
                self.opened.returning.next().await;
            }
            match &self.opened.pool {
                Pool::Postgres(pool) => pool.acquire().await.map(Line::Postgres),
                Pool::Sqlite(pool) => pool.acquire().await.map(Line::Sqlite),
            }
        });
        let taken = tokio::time::timeout_at(until, self.weightless(taking)).await;
        let line = taken.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map_err(|error| match error {
            sqlx::Error::PoolTimedOut => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
            sqlx::Error::PoolClosed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
            error => DbErr::Conn(RuntimeErr::SqlxError(error.into())),
        })?;
        let (watch, returning) = (Arc::clone(&self.opened.watch), Arc::clone(&self.opened.returning));
        Ok(Held::new(line, turn, self.opened.patience, watch, returning))
    }
}
