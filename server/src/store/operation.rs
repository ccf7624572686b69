//! What one operation of the API has of the database: one connection, and that only while it needs it.
//!
//! What an operation reads, it reads from one snapshot: a read-only transaction, opened by the first
//! statement, so that an operation without a statement has no connection at all. Resolvers and loaders use it
//! in turn. An action that writes ends the snapshot and begins its own transaction on the same connection;
//! what is read after the commit opens a snapshot anew. While that transaction is open, nothing can be read
//! past it: that would take a second connection, for which the operation might wait until it lets go of the
//! first, so it is refused at once, in whatever build, and every test that comes by sees it.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use futures_util::poll;
use sea_orm::{DbErr, ExecResult, QueryResult, Statement, sqlx};
use tokio::time::Instant;

use super::away;
use super::database::{Database, Sent, Turn, only_reads};
use super::held::{Begin, Held};
use super::transaction::{execution, query};
use crate::catalogue::Mark;

/// What is said of a statement that was not sent any more.
const STOPPED: &str = "the operation was told to stop";

/// Whether a statement was not sent because its operation had been told to stop.
pub fn is_stopped(error: &DbErr) -> bool {
    matches!(error, DbErr::Custom(why) if why == STOPPED)
}

/// A place for one connection.
type Place = Option<Held>;

/// The connection of one operation.
pub(super) struct Operation {
    /// Locked while a statement runs.
    place: tokio::sync::Mutex<Place>,
    /// Whether a transaction that writes has the connection.
    lent: AtomicBool,
    /// When the snapshot was opened; none where there is none.
    opened: Mutex<Option<Mark>>,
    /// Tells the moment at which a snapshot is about to be opened.
    mark: Box<dyn Fn() -> Mark + Send + Sync>,
    /// Whether statements may still be sent.
    may_go_on: Box<dyn Fn() -> bool + Send + Sync>,
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Operation")
            .field("lent", &self.lent)
            .field("opened", &self.opened)
            .finish_non_exhaustive()
    }
}

impl Operation {
    pub(super) fn new(
        mark: Box<dyn Fn() -> Mark + Send + Sync>,
        may_go_on: Box<dyn Fn() -> bool + Send + Sync>,
    ) -> Self {
        Self {
            place: tokio::sync::Mutex::default(),
            lent: AtomicBool::new(false),
            opened: Mutex::default(),
            mark,
            may_go_on,
        }
    }

    /// When the snapshot was opened, where there is one.
    pub(super) fn opened(&self) -> Option<Mark> {
        *self.noted()
    }

    /// Reads from the snapshot; what may write, such as an `insert … returning`, is executed outside of it.
    pub(super) async fn query_one(
        &self,
        db: &Database,
        statement: Statement,
    ) -> Result<Option<QueryResult>, DbErr> {
        let mut place = self.turn().await?;
        let (until, writes) = (db.until(), !only_reads(&statement.sql));
        let _writer = if writes { self.writer(db, &mut place, until).await? } else { None };
        loop {
            let done = self.fit_for(writes, db, &mut place, until).await?.query_one(statement.clone()).await;
            match self.settle(&mut place, done) {
                Err(error) if writes && db.is_locked(&error, until) => {}
                done => return done.map_err(query),
            }
        }
    }

    /// Reads from the snapshot; what may write, such as an `insert … returning`, is executed outside of it.
    pub(super) async fn query_all(
        &self,
        db: &Database,
        statement: Statement,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let mut place = self.turn().await?;
        let (until, writes) = (db.until(), !only_reads(&statement.sql));
        let _writer = if writes { self.writer(db, &mut place, until).await? } else { None };
        loop {
            let done = self.fit_for(writes, db, &mut place, until).await?.query_all(statement.clone()).await;
            match self.settle(&mut place, done) {
                Err(error) if writes && db.is_locked(&error, until) => {}
                done => return done.map_err(query),
            }
        }
    }

    /// Executes a statement that counts by itself, outside of the snapshot; what is read after it is read
    /// from a new one.
    pub(super) async fn execute(&self, db: &Database, sent: Sent) -> Result<ExecResult, DbErr> {
        let (mut place, until) = (self.turn().await?, db.until());
        let _writer = self.writer(db, &mut place, until).await?;
        loop {
            let held = self.blind(db, &mut place, until).await?;
            let done = match sent.clone() {
                Sent::Prepared(statement) => held.execute(statement).await,
                Sent::Unprepared(sql) => held.execute_unprepared(sql).await,
            };
            match self.settle(&mut place, done) {
                Err(error) if db.is_locked(&error, until) => {}
                done => return done.map_err(execution),
            }
        }
    }

    /// Begins a transaction that writes, on the operation's connection.
    pub(super) async fn begin(self: &Arc<Self>, db: &Database, until: Instant) -> Result<Lent, DbErr> {
        let mut place = self.turn().await?;
        let writer = self.writer(db, &mut place, until).await?;
        let kept = self.unseeing(&mut place);
        let held = begun(kept, Begin::ToWrite, db, until).await?;
        self.lent.store(true, Ordering::SeqCst);
        Ok(Lent { held: Some(held), owner: Some(Arc::clone(self)), _writer: writer })
    }

    /// The turn to write. Who has to wait for it lets go of the connection, and of the snapshot with it: who
    /// has the turn may wait for one.
    async fn writer(&self, db: &Database, place: &mut Place, until: Instant) -> Result<Option<Turn>, DbErr> {
        let mut waiting = pin!(db.writer(until));
        if let Poll::Ready(turn) = poll!(waiting.as_mut()) {
            return turn;
        }
        *self.noted() = None;
        *place = None;
        waiting.await
    }

    /// Lets go of the connection, and of the snapshot with it: who waits for something else keeps nobody
    /// waiting.
    pub(super) async fn rest(&self) -> Result<(), DbErr> {
        let mut place = self.turn().await?;
        *self.noted() = None;
        *place = None;
        Ok(())
    }

    /// The place, once no other statement runs.
    async fn turn(&self) -> Result<tokio::sync::MutexGuard<'_, Place>, DbErr> {
        let place = self.place.lock().await;
        if self.lent.load(Ordering::SeqCst) {
            return Err(DbErr::Custom(
                "an operation asked for a second connection while its transaction was open".to_owned(),
            ));
        }
        self.may_go_on()?;
        Ok(place)
    }

    fn may_go_on(&self) -> Result<(), DbErr> {
        if (self.may_go_on)() { Ok(()) } else { Err(DbErr::Custom(STOPPED.to_owned())) }
    }

    /// The connection for a statement that returns rows.
    async fn fit_for<'a>(
        &self,
        writes: bool,
        db: &Database,
        place: &'a mut Place,
        until: Instant,
    ) -> Result<&'a mut Held, DbErr> {
        if writes { self.blind(db, place, until).await } else { self.seeing(db, place, until).await }
    }

    /// The connection with the snapshot, which is opened where there is none.
    async fn seeing<'a>(
        &self,
        db: &Database,
        place: &'a mut Place,
        until: Instant,
    ) -> Result<&'a mut Held, DbErr> {
        if !place.as_ref().is_some_and(Held::is_in_transaction) {
            let kept = self.unseeing(place);
            *self.noted() = Some((self.mark)());
            *place = Some(begun(kept, Begin::ToRead, db, until).await.inspect_err(|_| *self.noted() = None)?);
            // A connection may have been long in coming.
            self.may_go_on()?;
        }
        place.as_mut().ok_or_else(|| execution(sqlx::Error::PoolClosed))
    }

    /// The connection without the snapshot.
    async fn blind<'a>(
        &self,
        db: &Database,
        place: &'a mut Place,
        until: Instant,
    ) -> Result<&'a mut Held, DbErr> {
        *place = match self.unseeing(place) {
            Some(held) => Some(held),
            None => Some(db.acquire(until).await?),
        };
        place.as_mut().ok_or_else(|| execution(sqlx::Error::PoolClosed))
    }

    /// Takes the connection, if there is one that is sound, and ends its snapshot together with whatever is
    /// sent next.
    fn unseeing(&self, place: &mut Place) -> Place {
        *self.noted() = None;
        let mut held = place.take().filter(Held::is_sound)?;
        held.give_up();
        Some(held)
    }

    /// Lets go of a connection on which a statement failed: it may be broken, and PostgreSQL runs nothing
    /// more in its transaction.
    fn settle<T>(&self, place: &mut Place, done: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        if done.is_err() {
            *self.noted() = None;
            *place = None;
        }
        done
    }

    fn noted(&self) -> MutexGuard<'_, Option<Mark>> {
        // Nothing in here panics half way through a change.
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A transaction on the connection that was kept or, where there is none or it had died, on another one:
/// nothing has happened on it.
async fn begun(kept: Place, what: Begin, db: &Database, until: Instant) -> Result<Held, DbErr> {
    let Some(mut held) = kept else { return db.begun(what, until).await };
    loop {
        match held.begin(what).await {
            Ok(()) => return Ok(held),
            Err(error) if db.is_locked(&error, until) => {}
            Err(error) if away::was_dead(&error) => {
                drop(held);
                return db.begun(what, until).await;
            }
            Err(error) => return Err(execution(error)),
        }
    }
}

/// A connection with a transaction that writes, of an operation or of the pool, to which it goes back in the
/// end.
#[derive(Debug)]
pub(super) struct Lent {
    /// None only once it has gone back.
    held: Option<Held>,
    owner: Option<Arc<Operation>>,
    /// The turn to write, where one writes at a time.
    _writer: Option<Turn>,
}

impl Lent {
    /// A connection of the pool.
    pub(super) fn of_pool(held: Held, writer: Option<Turn>) -> Self {
        Self { held: Some(held), owner: None, _writer: writer }
    }

    /// The connection.
    pub(super) fn held(&mut self) -> Result<&mut Held, sqlx::Error> {
        self.held.as_mut().ok_or(sqlx::Error::PoolClosed)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(owner) = self.owner.take() else { return };
        if let Some(mut held) = self.held.take().filter(Held::is_sound)
            // Who has the place now is about to be refused it; the connection goes to the pool instead.
            && let Ok(mut place) = owner.place.try_lock()
        {
            held.give_up();
            *place = Some(held);
        }
        owner.lent.store(false, Ordering::SeqCst);
    }
}
