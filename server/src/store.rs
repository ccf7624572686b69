//! The database: how it is opened, how a connection is taken and let go, and how a transaction begins and
//! ends.
//!
//! SQLite: WAL, synchronous FULL, foreign keys, a busy time-out that is as long as we wait for a connection;
//! those who write have turns, which they take before a connection, so that a file that another process has
//! locked keeps nobody from reading. PostgreSQL: UTC, and an end to statements that take too long, to waits
//! for a lock, and to transactions that sit idle. Both: no statement is waited for without end, and a
//! connection goes back to the pool only in a state that is known (see `held.rs`).

mod at_work;
mod away;
pub mod backup;
pub mod clock;
mod database;
mod held;
mod keys;
mod operation;
mod parameter;
mod returning;
mod schema;
mod shared;
mod transaction;
mod watch;

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sea_orm::sqlx::{self, ConnectOptions, Connection, PgConnection};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, RuntimeErr, Statement};

pub use away::{Away, is_away, is_crowded, is_newer};
pub use clock::Clock;
use database::Pool;
pub use database::{Database, Resting};
pub use operation::is_stopped;
pub(crate) use schema::must_write;
pub use schema::{Standing, fold_again, migrate, standing};
pub use shared::Shared;
pub use transaction::Transaction;
pub use watch::Watch;

/// The longest that anybody waits for a connection; sqlx spaces out its attempts by it.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// For how long a connection of the pool is trusted without a question.
const TRUST: Duration = Duration::from_secs(10);
/// How long one that has idled longer may take to answer a first question.
const FIRST_ANSWER: Duration = Duration::from_millis(300);

/// How long the database may keep us waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For a connection; and, on SQLite, for a file that another process has locked.
    pub wait: Duration,
    /// For one statement, by PostgreSQL's own clock; no end where there is none. Half of it for a lock.
    pub statement: Option<Duration>,
}

impl Limits {
    /// For a command that somebody waits for: no statement is cut off.
    pub const PATIENT: Self = Self { wait: LONGEST_WAIT, statement: None };

    /// How long we wait for an answer before the connection is given up: longer than PostgreSQL's own limit
    /// for a statement, so that it speaks first where it can.
    fn patience(self) -> Option<Duration> {
        self.statement.map(|statement| statement + statement / 4 + Duration::from_millis(100))
    }
}

/// A database that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum CannotOpen {
    /// The address is of no kind that we know.
    #[error("DATABASE_URL must begin with sqlite: or postgres:")]
    UnknownKind,
    /// The address cannot be read.
    #[error("DATABASE_URL cannot be read (signs such as # and @ in a password are written %23 and %40): {0}")]
    Address(sqlx::Error),
    /// The database does not answer, or its file cannot be opened.
    #[error("cannot open the database at {0}: {1}")]
    At(String, sqlx::Error),
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
    /// The end of the process, however it ends, and no more: nothing waits for the disk. For databases of
    /// tests, which nobody will miss.
    ProcessEnd,
}

/// Opens the database at `url` with at most `connections` connections; what is committed outlives the loss of
/// power.
///
/// # Errors
/// An address of an unknown kind, a database that does not answer, or one that does not take our settings.
pub async fn open(url: &str, connections: u32, limits: Limits) -> Result<Database, CannotOpen> {
    open_with(url, connections, limits, Durability::PowerLoss).await
}

/// The same with a durability of the caller's choice.
///
/// # Errors
/// As [`open`].
pub async fn open_with(
    url: &str,
    connections: u32,
    limits: Limits,
    durability: Durability,
) -> Result<Database, CannotOpen> {
    if url.starts_with("sqlite:") {
        open_sqlite(url, connections, limits, durability).await
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        open_postgres(url, connections, limits, durability).await
    } else {
        Err(CannotOpen::UnknownKind)
    }
}

/// The file of SQLite's database at `url`, where there is none: [`open`] would make it.
pub fn missing_file(url: &str) -> Option<PathBuf> {
    file_of(url).filter(|file| !file.exists())
}

/// The file of SQLite's database at `url`; none of another kind.
pub fn file_of(url: &str) -> Option<PathBuf> {
    let options = url.starts_with("sqlite:").then(|| SqliteConnectOptions::from_str(url).ok()).flatten()?;
    Some(options.get_filename().to_owned())
}

async fn open_sqlite(
    url: &str,
    connections: u32,
    limits: Limits,
    durability: Durability,
) -> Result<Database, CannotOpen> {
    // As a pragma takes it, and as it tells it.
    let (synchronous, told) = match durability {
        Durability::PowerLoss => (SqliteSynchronous::Full, "2"),
        Durability::ProcessEnd => (SqliteSynchronous::Off, "0"),
    };
    let options = SqliteConnectOptions::from_str(url)
        .map_err(CannotOpen::Address)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .foreign_keys(true)
        .busy_timeout(limits.wait)
        // Half a megabyte of pages for each connection instead of two: the system keeps the file in memory
        // anyway, and once for all.
        .pragma("cache_size", "-512")
        .disable_statement_logging();
    let file = options.get_filename().display().to_string();
    let pool = SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(LONGEST_WAIT)
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .map_err(|error| CannotOpen::At(file, error))?;
    let db = Database::new(Pool::Sqlite(pool), connections, limits);
    for (name, wanted) in [("journal_mode", "wal"), ("synchronous", told), ("foreign_keys", "1")] {
        let row =
            db.query_one_raw(Statement::from_string(DbBackend::Sqlite, format!("pragma {name}"))).await?;
        let found = match &row {
            Some(row) => row
                .try_get_by_index::<String>(0)
                .or_else(|_| row.try_get_by_index::<i64>(0).map(|number| number.to_string()))?,
            None => String::new(),
        };
        if found != wanted {
            return Err(CannotOpen::Setting { name, wanted, found });
        }
    }
    Ok(db)
}

/// What PostgreSQL plans by. Its defaults are those of spinning disks and of reports: a row that is looked up
/// in an index costs four times one that is come across, so from some thousand courses on it rather goes
/// through all sessions than look up those of a few courses, and it spends time on helpers and on machine
/// code. We ask for little, often, and of what is in memory or on a disk without arms.
const PLANNING: [(&str, &str); 3] =
    [("random_page_cost", "1.1"), ("max_parallel_workers_per_gather", "0"), ("jit", "off")];

async fn open_postgres(
    url: &str,
    connections: u32,
    limits: Limits,
    durability: Durability,
) -> Result<Database, CannotOpen> {
    let milliseconds = |limit: Duration| format!("{}ms", limit.as_millis().max(1));
    let mut options = PgConnectOptions::from_str(url)
        .map_err(CannotOpen::Address)?
        .application_name("lectern")
        .options([
            ("timezone", "UTC"),
            ("idle_in_transaction_session_timeout", "30s"),
            ("client_min_messages", "error"),
        ])
        .options(PLANNING)
        .disable_statement_logging();
    // Whether a commit waits for the disk is otherwise the server's own setting.
    if durability == Durability::ProcessEnd {
        options = options.options([("synchronous_commit", "off")]);
    }
    if let Some(statement) = limits.statement {
        options = options.options([
            ("statement_timeout", milliseconds(statement)),
            ("lock_timeout", milliseconds(statement / 2)),
        ]);
    }
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(LONGEST_WAIT)
        .test_before_acquire(false)
        .before_acquire(|connection, lately| {
            Box::pin(async move { Ok(lately.idle_for < TRUST || answers(connection).await) })
        })
        .connect_with(options.clone())
        .await;
    match pool {
        Ok(pool) => Ok(Database::new(Pool::Postgres(pool), connections, limits)),
        Err(error) => Err(CannotOpen::At(
            format!("{}:{}", options.get_host(), options.get_port()),
            cause(error, &options).await,
        )),
    }
}

/// Why there is no connection. A pool tries again and again, and says in the end that time was up.
async fn cause(error: sqlx::Error, options: &PgConnectOptions) -> sqlx::Error {
    match (&error, tokio::time::timeout(FIRST_ANSWER, options.connect()).await) {
        (sqlx::Error::PoolTimedOut, Ok(Err(cause))) => cause,
        _ => error,
    }
}

/// Whether anybody is at the other end. Asked only of a connection that nobody has used for a while: the peer
/// may have vanished without a word.
async fn answers(connection: &mut PgConnection) -> bool {
    matches!(tokio::time::timeout(FIRST_ANSWER, connection.ping()).await, Ok(Ok(())))
}

/// Opens an empty database in memory, which is gone when it is closed; for rehearsals. It has one connection,
/// because each connection to memory is a database of its own, and that one is never let go.
///
/// # Errors
/// Where there is no memory for it.
pub async fn open_in_memory() -> Result<Database, DbErr> {
    let failed = |error: sqlx::Error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)));
    let options = SqliteConnectOptions::from_str("sqlite::memory:")
        .map_err(failed)?
        .foreign_keys(true)
        .disable_statement_logging();
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .map_err(failed)?;
    Ok(Database::new(Pool::Sqlite(pool), 1, Limits::PATIENT))
}
