//! How a transaction that writes begins.

use sea_orm::{IsolationLevel, SqliteTransactionMode, TransactionOptions};

/// Options for every transaction that writes.
///
/// SQLite: `BEGIN IMMEDIATE`, because a deferred transaction that reads first and writes later fails with BUSY instead of waiting.
/// PostgreSQL: READ COMMITTED with explicit row locks, taken late and in sorted order.
pub fn write() -> TransactionOptions {
    TransactionOptions {
        isolation_level: Some(IsolationLevel::ReadCommitted),
        access_mode: None,
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
    }
}
