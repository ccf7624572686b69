//! Opening the database, with the settings that the rest of the house takes for granted.
//!
//! SQLite: WAL, synchronous FULL, foreign keys, a busy time-out. PostgreSQL: UTC, and an end to transactions that sit idle. Both: a connection
//! that comes back to the pool with a transaction still open (sqlx 0.9 does that when `begin()` is cancelled) is rolled back before anybody
//! else gets it.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use migration::{Migrator, MigratorTrait};
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sea_orm::sqlx::{self, ConnectOptions, Executor};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, RuntimeErr, SqlxPostgresConnector, SqlxSqliteConnector, Statement,
    TransactionTrait,
};

/// How long a writer waits for another one on SQLite.
const BUSY_TIMEOUT: Duration = Duration::from_secs(15);
/// The key of the advisory lock under which PostgreSQL is migrated; any number, the same everywhere.
const MIGRATION_LOCK: i64 = 0x4c45_4354_4552_4e00;

/// A database that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum CannotOpen {
    /// The address is of no kind that we know.
    #[error("DATABASE_URL must begin with sqlite: or postgres:")]
    UnknownKind,
    /// The address cannot be read, or the database does not answer.
    #[error("cannot open the database: {0}")]
    Sqlx(#[from] sqlx::Error),
    /// A setting did not take.
    #[error("the database does not have the setting {name} = {wanted}, but {found}")]
    Setting {
        /// Name of the setting.
        name: &'static str,
        /// What we rely on.
        wanted: &'static str,
        /// What is there.
        found: String,
    },
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[from] DbErr),
}

/// What a commit outlives. No setting reaches this: the binary always has [`Durability::PowerLoss`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// The loss of power: a commit waits for the disk.
    PowerLoss,
    /// The end of the process, however it ends, and no more: nothing waits for the disk. For databases of tests, which nobody will miss.
    ProcessEnd,
}

/// Opens the database at `url` with at most `connections` connections; what is committed outlives the loss of power.
///
/// # Errors
/// An address of an unknown kind, a database that does not answer, or one that does not take our settings.
pub async fn open(url: &str, connections: u32) -> Result<DatabaseConnection, CannotOpen> {
    open_with(url, connections, Durability::PowerLoss).await
}

/// The same with a durability of the caller's choice.
///
/// # Errors
/// As [`open`].
pub async fn open_with(url: &str, connections: u32, durability: Durability) -> Result<DatabaseConnection, CannotOpen> {
    if url.starts_with("sqlite:") {
        open_sqlite(url, connections, durability).await
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        open_postgres(url, connections, durability).await
    } else {
        Err(CannotOpen::UnknownKind)
    }
}

async fn open_sqlite(url: &str, connections: u32, durability: Durability) -> Result<DatabaseConnection, CannotOpen> {
    // As a pragma takes it, and as it tells it.
    let (synchronous, told) = match durability {
        Durability::PowerLoss => (SqliteSynchronous::Full, "2"),
        Durability::ProcessEnd => (SqliteSynchronous::Off, "0"),
    };
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging();
    let pool = SqlitePoolOptions::new()
        .max_connections(connections)
        .before_acquire(|connection, _| {
            Box::pin(async move {
                // An error says that no transaction was open, as it should be.
                let _ = connection.execute("ROLLBACK").await;
                Ok(true)
            })
        })
        .connect_with(options)
        .await?;
    let db = SqlxSqliteConnector::from_sqlx_sqlite_pool(pool);
    for (name, wanted) in [("journal_mode", "wal"), ("synchronous", told), ("foreign_keys", "1")] {
        let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, format!("pragma {name}"))).await?;
        let found = match &row {
            Some(row) => row.try_get_by_index::<String>(0).or_else(|_| row.try_get_by_index::<i64>(0).map(|number| number.to_string()))?,
            None => String::new(),
        };
        if found != wanted {
            return Err(CannotOpen::Setting { name, wanted, found });
        }
    }
    Ok(db)
}

async fn open_postgres(url: &str, connections: u32, durability: Durability) -> Result<DatabaseConnection, CannotOpen> {
    let mut options = PgConnectOptions::from_str(url)?
        .application_name("lectern")
        .options([("timezone", "UTC"), ("idle_in_transaction_session_timeout", "30s"), ("client_min_messages", "error")])
        .disable_statement_logging();
    // Whether a commit waits for the disk is otherwise the server's own setting.
    if durability == Durability::ProcessEnd {
        options = options.options([("synchronous_commit", "off")]);
    }
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .before_acquire(|connection, _| {
            Box::pin(async move {
                connection.execute("ROLLBACK").await?;
                Ok(true)
            })
        })
        .connect_with(options)
        .await?;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

/// Opens an empty database in memory, which is gone when it is closed; for rehearsals. It has one connection, because each connection to
/// memory is a database of its own, and that one is never let go.
pub async fn open_in_memory() -> Result<DatabaseConnection, DbErr> {
    let failed = |error: sqlx::Error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)));
    let options = SqliteConnectOptions::from_str("sqlite::memory:").map_err(failed)?.foreign_keys(true).disable_statement_logging();
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .map_err(failed)?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

/// Brings the schema up to date; on PostgreSQL under a lock, so that several processes may try at once.
pub async fn migrate(db: &DatabaseConnection) -> Result<(), DbErr> {
    match db.get_database_backend() {
        DbBackend::Postgres => {
            // The lock belongs to a transaction, so it ends with it however this ends.
            let guard = db.begin().await?;
            guard.execute_unprepared(&format!("select pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
            Migrator::up(db, None).await?;
            guard.commit().await
        }
        _ => Migrator::up(db, None).await,
    }
}

/// Whether every step of the schema has been taken.
pub async fn is_migrated(db: &DatabaseConnection) -> bool {
    matches!(Migrator::get_pending_migrations(db).await, Ok(pending) if pending.is_empty())
}
