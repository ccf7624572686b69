//! The database as everybody is handed it.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::{PgPool, SqlitePool};
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, SqlxPostgresConnector,
    SqlxSqliteConnector, Statement, sqlx,
};

use super::held::{Held, Line};
use super::transaction::{Transaction, execution, query};
use super::watch::Watch;
use super::{Limits, away};

/// The database: a pool of connections. A statement takes one for itself and lets it go; [`Database::begin`] keeps one for a transaction.
/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct Database {
    opened: Arc<Opened>,
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
    watch: Arc<Watch>,
}

#[derive(Debug)]
pub(super) enum Pool {
    Postgres(PgPool),
    Sqlite(SqlitePool),
}

impl Database {
    pub(super) fn new(pool: Pool, connections: u32, limits: Limits) -> Self {
        let opened = Opened { pool, patience: limits.patience(), connections, watch: Arc::default() };
        Self { opened: Arc::new(opened), wait: limits.wait }
    }

    /// The same database for somebody who would rather wait `wait` for a connection.
    pub fn waiting(&self, wait: Duration) -> Self {
        Self { wait, ..self.clone() }
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
    /// Where no connection is to be had in time, or the database does not answer.
    pub async fn begin(&self) -> Result<Transaction, DbErr> {
        let held = self.begun().await?;
        Ok(Transaction::new(held, self.get_database_backend()))
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

    /// A connection with a transaction. Connections that died in the pool are passed over: nothing has happened on them.
    async fn begun(&self) -> Result<Held, DbErr> {
        let mut dead = 0;
        loop {
            let mut held = self.acquire().await?;
            match held.begin().await {
                Ok(()) => return Ok(held),
                Err(error) if away::was_dead(&error) && dead < self.opened.connections => dead += 1,
                Err(error) => return Err(execution(error)),
            }
        }
    }

    async fn acquire(&self) -> Result<Held, DbErr> {
        let taking = async {
            Ok(match &self.opened.pool {
                Pool::Postgres(pool) => Line::Postgres(pool.acquire().await?),
                Pool::Sqlite(pool) => Line::Sqlite(pool.acquire().await?),
            })
        };
        match tokio::time::timeout(self.wait, taking).await {
            Ok(Ok(line)) => Ok(Held::new(line, self.opened.patience, Arc::clone(&self.opened.watch))),
            Ok(Err(sqlx::Error::PoolTimedOut)) | Err(_) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)),
            Ok(Err(sqlx::Error::PoolClosed)) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)),
            Ok(Err(error)) => Err(DbErr::Conn(RuntimeErr::SqlxError(error.into()))),
        }
    }

    /// Whether a statement that failed is worth another try: it only reads, and its connection had died in the pool.
    fn again(&self, sql: &str, error: &sqlx::Error, dead: &mut u32) -> bool {
        *dead += 1;
        only_reads(sql) && away::was_dead(error) && *dead <= self.opened.connections
    }
}

/// Whether a statement is known to change nothing.
fn only_reads(sql: &str) -> bool {
    let begins = sql.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '(');
    begins.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("select"))
}

#[async_trait::async_trait]
impl ConnectionTrait for Database {
    fn get_database_backend(&self) -> DbBackend {
        Self::get_database_backend(self)
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.acquire().await?.execute(statement).await.map_err(execution)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.acquire().await?.execute_unprepared(sql.to_owned()).await.map_err(execution)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let mut dead = 0;
        loop {
            match self.acquire().await?.query_one(statement.clone()).await {
                Err(error) if self.again(&statement.sql, &error, &mut dead) => {}
                done => return done.map_err(query),
            }
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut dead = 0;
        loop {
            match self.acquire().await?.query_all(statement.clone()).await {
                Err(error) if self.again(&statement.sql, &error, &mut dead) => {}
                done => return done.map_err(query),
            }
        }
    }
}
