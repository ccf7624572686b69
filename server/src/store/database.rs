//! The database as everybody is handed it.

use std::any::Any;
use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use entity::network::Network;
use futures_util::poll;
use sea_orm::sqlx::{PgPool, SqlitePool};
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, SqlxPostgresConnector,
    SqlxSqliteConnector, Statement, sqlx,
};
use tokio::time::Instant;

use super::held::{Begin, Held, Line};
use super::keys::Keys;
use super::operation::{Lent, Operation};
use super::transaction::{Transaction, execution, query};
use super::watch::Watch;
use super::{Limits, away};
use crate::catalogue::Mark;
use crate::turns::{self, Crowded, Turns};

/// How long a client has a connection for what it asks, as a rule: a mutation with its commit takes a few milliseconds, a query fewer.
const A_TURN: Duration = Duration::from_millis(10);
/// A client as it waits for a connection; all who come from nowhere in particular are one.
pub(super) type Client = Option<Network>;

/// A client's right to a connection.
pub(super) type Turn = turns::Turn<Client>;

/// What somebody holds who weighs nothing while this lives.
pub type Resting = Box<dyn Any + Send>;

/// What lets whoever waits weigh nothing meanwhile, where they weigh something.
#[derive(Clone)]
struct Rests(Arc<dyn Fn() -> Option<Resting> + Send + Sync>);

impl fmt::Debug for Rests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rests")
    }
}

/// For whom something is asked.
#[derive(Clone, Copy, Debug)]
enum Caller {
    /// Lectern itself, which waits for nobody's turn.
    System,
    /// A client, who waits with the others.
    Client(Client),
}

/// The database: a pool of connections. A statement takes one for itself and lets it go; [`Database::begin`] keeps one for a transaction; an
/// operation of the API has one for all that it does ([`Database::for_operation`]). Cheap to clone.
#[derive(Clone, Debug)]
pub struct Database {
    opened: Arc<Opened>,
    /// The operation that this handle belongs to, if any.
    operation: Option<Arc<Operation>>,
    caller: Caller,
    rests: Option<Rests>,
    /// How long we wait for a connection.
    wait: Duration,
}

/// What is behind all handles of one database.
#[derive(Debug)]
struct Opened {
    pool: Pool,
    /// How long an answer may take.
    patience: Option<Duration>,
    /// How many connections there can be.
    connections: u32,
    /// A turn for each connection that clients may have at once: all but one, which is for what Lectern asks for itself, such as whether what
    /// is in memory still holds. Where there is one connection alone, they share it.
    turns: Arc<Turns<Client>>,
    /// What one task does at a time.
    keys: Arc<Keys>,
    /// The turn to write, where one writes at a time (SQLite): whoever waits for it has no connection meanwhile, so that others can read.
    writer: Option<Arc<Turns<Client>>>,
    /// How often the file was found locked by another process for as long as a connection waits.
    locked: AtomicU64,
    /// How long a connection waits for a file that another process has.
    busy: Duration,
    watch: Arc<Watch>,
}

#[derive(Debug)]
pub(super) enum Pool {
    Postgres(PgPool),
    Sqlite(SqlitePool),
}

impl Caller {
    /// As whom they wait.
    fn client(self) -> Client {
        match self {
            Self::System => None,
            Self::Client(client) => client,
        }
    }
}

/// A statement that returns no rows.
#[derive(Clone, Debug)]
pub(super) enum Sent {
    Prepared(Statement),
    Unprepared(String),
}

impl Database {
    pub(super) fn new(pool: Pool, connections: u32, limits: Limits) -> Self {
        let turns = connections.saturating_sub(1).max(1);
        // As many of one client may wait as can be served while the last of them still waits, were there no other. With ten connections that are
        // 720: a hospital whose 500 people come within the same second gets through. All clients together are bounded by the requests in hand.
        // Of those who wait for one thing that others have, a key or the turn to write, there are as many as get it in time.
        let after_one = usize::try_from(limits.wait.as_millis() / A_TURN.as_millis()).unwrap_or(usize::MAX);
        let longest = after_one.saturating_mul(usize::try_from(turns).unwrap_or(usize::MAX));
        let writer = matches!(pool, Pool::Sqlite(_)).then(|| Turns::new(1, longest));
        let opened = Opened {
            pool,
            patience: limits.patience(),
            connections,
            turns: Turns::new(turns, longest),
            keys: Keys::new(after_one),
            writer,
            locked: AtomicU64::new(0),
            busy: limits.wait,
            watch: Arc::default(),
        };
        Self { opened: Arc::new(opened), operation: None, caller: Caller::System, rests: None, wait: limits.wait }
    }

    /// The same database for one operation of a client: it and its clones read from one snapshot, which the first statement opens, and have no
    /// more than one connection among them. `mark` tells when a snapshot is about to be opened; a statement that would be sent once `may_go_on` says no
    /// is an error instead ([`super::is_stopped`]). The connection is let go with the last clone.
    pub fn for_operation(
        &self,
        client: Option<Network>,
        mark: impl Fn() -> Mark + Send + Sync + 'static,
        may_go_on: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Self {
        let operation = Operation::new(Box::new(mark), Box::new(may_go_on));
        Self { operation: Some(Arc::new(operation)), caller: Caller::Client(client), ..self.clone() }
    }

    /// The same database as it is at one moment, for what Lectern asks for itself: what is read is of one snapshot, as in an operation.
    pub(super) fn at_one_moment(&self) -> Self {
        let operation = Operation::new(Box::new(Mark::beginning), Box::new(|| true));
        Self { operation: Some(Arc::new(operation)), ..self.clone() }
    }

    /// The same database for what a client asks outside of operations: each statement waits until it is the client's turn, as operations do.
    /// Whoever holds a connection may not ask so, because it might wait for itself.
    pub fn for_client(&self, client: Network) -> Self {
        Self { operation: None, caller: Caller::Client(Some(client)), ..self.clone() }
    }

    /// The same database for somebody who weighs nothing while they wait for their turn, for a key or for a connection, and as long as what
    /// `rest` returns lives.
    pub fn resting(self, rest: impl Fn() -> Option<Resting> + Send + Sync + 'static) -> Self {
        Self { rests: Some(Rests(Arc::new(rest))), ..self }
    }

    /// When the snapshot that is read from was opened; none where there is none yet, and where this handle belongs to no operation.
    pub fn snapshot(&self) -> Option<Mark> {
        self.operation.as_ref()?.opened()
    }

    /// The same database for somebody who would rather wait `wait` for a connection.
    pub fn waiting(&self, wait: Duration) -> Self {
        Self { wait, ..self.clone() }
    }

    /// How long this handle waits for a connection.
    pub fn wait(&self) -> Duration {
        self.wait
    }

    /// What goes on between us and the database.
    pub fn watch(&self) -> &Watch {
        &self.opened.watch
    }

    /// How many connections are open and wait in the pool.
    pub fn idle(&self) -> usize {
        match &self.opened.pool {
            Pool::Postgres(pool) => pool.num_idle(),
            Pool::Sqlite(pool) => pool.num_idle(),
        }
    }

    /// Which kind of database it is.
    pub fn get_database_backend(&self) -> DbBackend {
        match &self.opened.pool {
            Pool::Postgres(_) => DbBackend::Postgres,
            Pool::Sqlite(_) => DbBackend::Sqlite,
        }
    }

    /// Begins a transaction that writes.
    ///
    /// # Errors
    /// Where no connection is to be had in time, or the database does not answer; and where the operation has such a transaction already.
    pub async fn begin(&self) -> Result<Transaction, DbErr> {
        let until = self.until();
        let lent = match &self.operation {
            Some(operation) => operation.begin(self, until).await?,
            None => {
                let writer = self.writer(until).await?;
                Lent::of_pool(self.begun(Begin::ToWrite, until).await?, writer)
            }
        };
        Ok(Transaction::new(lent, self.get_database_backend()))
    }

    /// The same, once no other transaction of this process has one of these keys. They are waited for in their order, by clients in turn, and
    /// without a connection: one that the operation has is let go, and its snapshot with it. Keys and connection together are waited for as long
    /// as a connection is.
    ///
    /// # Errors
    /// As [`Self::begin`], and where the keys are not to be had in time.
    pub async fn begin_with(&self, keys: &[String]) -> Result<Transaction, DbErr> {
        let until = self.until();
        if let Some(operation) = &self.operation {
            operation.rest().await?;
        }
        let client = self.caller.client();
        let waiting = async {
            let mut taken = Vec::with_capacity(keys.len());
            for key in keys {
                taken.push(self.opened.keys.take(key, client).await?);
            }
            Ok(taken)
        };
        let taken = self.in_turn(until, waiting).await?;
        let begun = self.waiting(until.saturating_duration_since(Instant::now())).begin().await?;
        Ok(begun.keeping(taken))
    }

    /// Closes all connections, once they are no longer in use.
    pub async fn close(&self) {
        match &self.opened.pool {
            Pool::Postgres(pool) => pool.close().await,
            Pool::Sqlite(pool) => pool.close().await,
        }
    }

    /// The same pool as sea-orm knows it: for migrations, which take nothing else.
    pub fn for_migrations(&self) -> DatabaseConnection {
        match &self.opened.pool {
            Pool::Postgres(pool) => SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone()),
            Pool::Sqlite(pool) => SqlxSqliteConnector::from_sqlx_sqlite_pool(pool.clone()),
        }
    }

    /// The pool, where it is one of PostgreSQL.
    pub(crate) fn postgres(&self) -> Option<&PgPool> {
        match &self.opened.pool {
            Pool::Postgres(pool) => Some(pool),
            Pool::Sqlite(_) => None,
        }
    }

    /// Until when whoever begins to wait now does.
    pub(super) fn until(&self) -> Instant {
        Instant::now() + self.wait
    }

    /// Waits for one's turn, weighing nothing meanwhile.
    async fn in_turn<T>(&self, until: Instant, waiting: impl Future<Output = Result<T, Crowded>>) -> Result<T, DbErr> {
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

    /// The turn to write, where one writes at a time. Whoever has a connection lets go of it before they wait: others want to read.
    ///
    /// Another process may have the file for as long as we wait for it. Whoever has stood behind somebody who found that out, and could not wait
    /// as long again, need not find it out once more.
    pub(super) async fn writer(&self, until: Instant) -> Result<Option<Turn>, DbErr> {
        let Some(writer) = &self.opened.writer else { return Ok(None) };
        let before = self.opened.locked.load(Ordering::SeqCst);
        let turn = self.in_turn(until, writer.take(self.caller.client(), 1)).await?;
        let is_locked = self.opened.locked.load(Ordering::SeqCst) != before;
        if is_locked && until.saturating_duration_since(Instant::now()) < self.opened.busy {
            return Err(away::locked());
        }
        Ok(Some(turn))
    }

    /// Whether what was to be written is worth another try: another process has the file, so that nothing happened, and there is time left.
    pub(super) fn is_locked(&self, error: &sqlx::Error, until: Instant) -> bool {
        let is_locked = away::is_locked(error);
        if is_locked {
            self.opened.locked.fetch_add(1, Ordering::SeqCst);
        }
        is_locked && Instant::now() < until
    }

    /// A connection with a transaction. Connections that died in the pool are passed over: nothing has happened on them.
    pub(super) async fn begun(&self, what: Begin, until: Instant) -> Result<Held, DbErr> {
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
    pub(super) async fn acquire(&self, until: Instant) -> Result<Held, DbErr> {
        let turn = match self.caller {
            Caller::System => None,
            Caller::Client(client) => Some(self.in_turn(until, self.opened.turns.take(client, 1)).await?),
        };
        // Apart, because it is large, and lies within whatever waits for it.
        let taking = Box::pin(async {
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
        Ok(Held::new(line, turn, self.opened.patience, Arc::clone(&self.opened.watch)))
    }

    /// Executes a statement on a connection of its own. Where another process has the file, nothing has happened, and it is tried again.
    async fn executed(&self, sent: Sent) -> Result<ExecResult, DbErr> {
        let until = self.until();
        let writer = Arc::new(self.writer(until).await?);
        loop {
            let (mut held, sent, writer) = (self.acquire(until).await?, sent.clone(), Arc::clone(&writer));
            let done = to_its_end(async move {
                let done = match sent {
                    Sent::Prepared(statement) => held.execute(statement).await,
                    Sent::Unprepared(sql) => held.execute_unprepared(sql).await,
                };
                // Not before it has really come to its end.
                drop((held, writer));
                done
            });
            match done.await {
                Err(error) if self.is_locked(&error, until) => {}
                done => return done.map_err(execution),
            }
        }
    }

    /// Whether a statement that failed is worth another try: it only reads, and its connection had died in the pool.
    fn again(&self, sql: &str, error: &sqlx::Error, dead: &mut u32) -> bool {
        *dead += 1;
        only_reads(sql) && away::was_dead(error) && *dead <= self.opened.connections
    }
}

/// Waits for a statement that has a connection for itself. Whoever stops waiting in the middle of it, such as a request whose client hung up,
/// would take the connection along; so it goes on by itself.
async fn to_its_end<T: Send + 'static>(statement: impl Future<Output = Result<T, sqlx::Error>> + Send + 'static) -> Result<T, sqlx::Error> {
    match tokio::spawn(statement).await {
        Ok(done) => done,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The process ends.
            Err(_) => Err(sqlx::Error::PoolClosed),
        },
    }
}

/// Whether a statement is known to change nothing.
pub(super) fn only_reads(sql: &str) -> bool {
    let begins = sql.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '(');
    begins.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("select"))
}

#[async_trait::async_trait]
impl ConnectionTrait for Database {
    fn get_database_backend(&self) -> DbBackend {
        Self::get_database_backend(self)
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match &self.operation {
            Some(operation) => operation.execute(self, Sent::Prepared(statement)).await,
            None => self.executed(Sent::Prepared(statement)).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match &self.operation {
            Some(operation) => operation.execute(self, Sent::Unprepared(sql.to_owned())).await,
            None => self.executed(Sent::Unprepared(sql.to_owned())).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        if let Some(operation) = &self.operation {
            return operation.query_one(self, statement).await;
        }
        let (until, mut dead) = (self.until(), 0);
        let writer = Arc::new(if only_reads(&statement.sql) { None } else { self.writer(until).await? });
        loop {
            let (mut held, sent, writer) = (self.acquire(until).await?, statement.clone(), Arc::clone(&writer));
            let done = to_its_end(async move {
                let done = held.query_one(sent).await;
                drop((held, writer));
                done
            });
            match done.await {
                Err(error) if self.again(&statement.sql, &error, &mut dead) || self.is_locked(&error, until) => {}
                done => return done.map_err(query),
            }
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        if let Some(operation) = &self.operation {
            return operation.query_all(self, statement).await;
        }
        let (until, mut dead) = (self.until(), 0);
        let writer = Arc::new(if only_reads(&statement.sql) { None } else { self.writer(until).await? });
        loop {
            let (mut held, sent, writer) = (self.acquire(until).await?, statement.clone(), Arc::clone(&writer));
            let done = to_its_end(async move {
                let done = held.query_all(sent).await;
                drop((held, writer));
                done
            });
            match done.await {
                Err(error) if self.again(&statement.sql, &error, &mut dead) || self.is_locked(&error, until) => {}
                done => return done.map_err(query),
            }
        }
    }
}
