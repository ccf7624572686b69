//! Waiting for one's turn: what must not be counted twice at once about one address or one client happens one after another.
//!
//! On SQLite every transaction that writes is alone already. On PostgreSQL a lock that ends with the transaction stands for the address or the
//! client, because there may be no row yet that could be locked. A client is always waited for before an address, so nobody waits in a circle.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use crate::store::Transaction;

/// Over what one waits.
#[derive(Clone, Copy, Debug)]
pub enum Over<'a> {
    /// A client, by its key.
    Client(&'a str),
    /// An e-mail address, by its key.
    Address(&'a str),
}

/// Waits until no other transaction has the same turn; the turn ends with `tx`.
pub async fn wait(tx: &Transaction, over: Over<'_>) -> Result<(), DbErr> {
    if tx.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let (class, name) = match over {
        Over::Client(key) => (1, key),
        Over::Address(key) => (2, key),
    };
    // Two names with one hash wait for each other for nothing; that is all.
    let lock = "select pg_advisory_xact_lock($1, hashtext($2))";
    tx.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, lock, [class.into(), name.into()])).await?;
    Ok(())
}
