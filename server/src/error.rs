//! How an action ends: with what was asked for, with a refusal, or with a fault.

pub mod away;

use entity::Refusal;
use sea_orm::DbErr;

/// What an action returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an action did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An expected no, told to the asker.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Something is broken here; the asker learns only that.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Something that should not happen, with its source. Logged once, where it leaves Lectern.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[from] DbErr),
    /// A stored value does not fit what the code knows.
    #[error("a stored value does not fit: {0}")]
    Stored(String),
    /// A task of our own was lost.
    #[error("a task was lost: {0}")]
    Task(#[from] tokio::task::JoinError),
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        Self::Fault(error.into())
    }
}

/// The name of the constraint that `error` says was broken, where the database tells: how races are answered.
///
/// PostgreSQL names the constraint. SQLite names a check, but for a unique index only its columns
/// (`table.column, …`), so those are given too.
pub fn breaks(error: &DbErr, constraint: &str, columns: &str) -> bool {
    let text = error.to_string();
    text.contains(&format!("\"{constraint}\""))
        || text.contains(&format!("constraint failed: {constraint}"))
        || { !columns.is_empty() && text.ends_with(&format!("UNIQUE constraint failed: {columns}")) }
}
