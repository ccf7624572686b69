//! The database as everybody is handed it.

mod statement;
mod wait;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use entity::network::Network;
use sea_orm::sqlx::{PgPool, SqlitePool};
use sea_orm::{DatabaseConnection, DbBackend, DbErr, SqlxPostgresConnector, SqlxSqliteConnector};
use tokio::time::Instant;

use super::Limits;
use super::held::Begin;
use super::keys::Keys;
use super::operation::{Lent, Operation};
use super::returning::Returning;
use super::transaction::Transaction;
use super::watch::Watch;
use crate::catalogue::Mark;
use crate::turns::{self, Turns};
pub(super) use statement::{Sent, only_reads};
pub use wait::Resting;
use wait::Rests;

/// How long a client has a connection for what it asks, as a rule: a mutation with its commit takes a few
/// milliseconds, a query fewer.
const A_TURN: Duration = Duration::from_millis(10);
/// A client as it waits for a connection; all who come from nowhere in particular are one.
pub(super) type Client = Option<Network>;

/// A client's right to a connection.
pub(super) type Turn = turns::Turn<Client>;

/// For whom something is asked.
#[derive(Clone, Copy, Debug)]
enum Caller {
    /// Lectern itself, which waits for nobody's turn.
    System,
    /// A client, who waits with the others.
    Client(Client),
}

/// The database: a pool of connections. A statement takes one for itself and lets it go; [`Database::begin`]
/// keeps one for a transaction; an operation of the API has one for all that it does
/// ([`Database::for_operation`]). Cheap to clone.
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
    /// A turn for each connection that clients may have at once: all but one, which is for what Lectern asks
    /// for itself, such as whether what is in memory still holds. Where there is one connection alone, they
    /// share it.
    turns: Arc<Turns<Client>>,
    /// What one task does at a time.
    keys: Arc<Keys>,
    /// The turn to write, where one writes at a time (SQLite): whoever waits for it has no connection
    /// meanwhile, so that others can read.
    writer: Option<Arc<Turns<Client>>>,
    /// How often the file was found locked by another process for as long as a connection waits.
    locked: AtomicU64,
    /// How long a connection waits for a file that another process has.
    busy: Duration,
    watch: Arc<Watch>,
    returning: Arc<Returning>,
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

impl Database {
    pub(super) fn new(pool: Pool, connections: u32, limits: Limits) -> Self {
        let turns = connections.saturating_sub(1).max(1);
        // As many of one client may wait as can be served while the last of them still waits, were there no
        // other. With ten connections that are 720: a hospital whose 500 people come within the same second
        // gets through. All clients together are bounded by the requests in hand. Of those who wait for one
        // key there are as many as get it in time.
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
            returning: Arc::default(),
        };
        Self {
            opened: Arc::new(opened),
            operation: None,
            caller: Caller::System,
            rests: None,
            wait: limits.wait,
        }
    }

    /// The same database for one operation of a client: it and its clones read from one snapshot, which the
    /// first statement opens, and have no more than one connection among them. `mark` tells when a snapshot
    /// is about to be opened; a statement that would be sent once `may_go_on` says no is an error instead
    /// ([`super::is_stopped`]). The connection is let go with the last clone.
    pub fn for_operation(
        &self,
        client: Option<Network>,
        mark: impl Fn() -> Mark + Send + Sync + 'static,
        may_go_on: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Self {
        let operation = Operation::new(Box::new(mark), Box::new(may_go_on));
        Self { operation: Some(Arc::new(operation)), caller: Caller::Client(client), ..self.clone() }
    }

    /// The same database as it is at one moment, for what Lectern asks for itself: what is read is of one
    /// snapshot, as in an operation.
    pub(super) fn at_one_moment(&self) -> Self {
        let operation = Operation::new(Box::new(Mark::beginning), Box::new(|| true));
        Self { operation: Some(Arc::new(operation)), ..self.clone() }
    }

    /// The same database for what a client asks outside of operations: each statement waits until it is the
    /// client's turn, as operations do. Whoever holds a connection may not ask so, because it might wait for
    /// itself.
    pub fn for_client(&self, client: Network) -> Self {
        Self { operation: None, caller: Caller::Client(Some(client)), ..self.clone() }
    }

    /// The same database for somebody who weighs nothing while they wait for their turn, for a key or for a
    /// connection, and as long as what `rest` returns lives.
    pub fn resting(self, rest: impl Fn() -> Option<Resting> + Send + Sync + 'static) -> Self {
        Self { rests: Some(Rests(Arc::new(rest))), ..self }
    }

    /// When the snapshot that is read from was opened; none where there is none yet, and where this handle
    /// belongs to no operation.
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

    /// How many connections there can be.
    pub fn most_connections(&self) -> u32 {
        self.opened.connections
    }

    /// How many connections are open, whether somebody has them or not.
    pub fn opened_connections(&self) -> u32 {
        match &self.opened.pool {
            Pool::Postgres(pool) => pool.size(),
            Pool::Sqlite(pool) => pool.size(),
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
    /// Where no connection is to be had in time, or the database does not answer; and where the operation has
    /// such a transaction already.
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

    /// The same, once no other transaction of this process has one of these keys. They are waited for in
    /// their order, by clients in turn, and without a connection: one that the operation has is let go, and
    /// its snapshot with it. Keys and connection together are waited for as long as a connection is.
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
}
