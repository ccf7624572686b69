//! How a transaction that writes begins.

use sea_orm::{SqliteTransactionMode, TransactionOptions};

/// Options for every transaction that writes.
///
/// SQLite: `BEGIN IMMEDIATE`, because a deferred transaction that reads first and writes later fails with BUSY instead of waiting.
/// PostgreSQL: READ COMMITTED, which is its default, with explicit row locks, taken late and in sorted order. The level is not named here,
/// because SQLite, which knows only one, answers each mention of it with a warning.
pub fn write() -> TransactionOptions {
    TransactionOptions { isolation_level: None, access_mode: None, sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate) }
}
