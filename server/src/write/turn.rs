//! Waiting for one's turn: what must not be counted twice at once about one address or one client happens one
//! after another.
//!
//! Within this process whoever waits does so before there is a transaction, so that it keeps no connection
//! from others. Between processes, on PostgreSQL, a lock that ends with the transaction stands for the
//! address or the client, because there may be no row yet that could be locked; one connection of each
//! process waits for it at most. Who waits weighs nothing, and clients have their turn ([`crate::turns`]). A
//! client is always waited for before an address, and an address before roles, so nobody waits in a circle.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use crate::app::AppState;
use crate::store::Transaction;

/// Over what one waits.
#[derive(Clone, Copy, Debug)]
pub enum Over<'a> {
    /// A client, by its key.
    Client(&'a str),
    /// An e-mail address, by its key.
    Address(&'a str),
    /// Who has which role.
    Roles,
    /// What somebody keeps in files, by the learner's id.
    Files(&'a str),
}

impl<'a> Over<'a> {
    /// Which kind of thing it is, as a number, and its key.
    fn parts(self) -> (i32, &'a str) {
        match self {
            Self::Client(key) => (1, key),
            Self::Address(key) => (2, key),
            Self::Roles => (3, ""),
            Self::Files(learner) => (4, learner),
        }
    }
}

/// Begins a transaction that writes, once no other has one of these turns, which end with it. A client stands
/// before an address, an address before roles.
///
/// # Errors
/// Where a turn or a connection is not to be had in time, or the database does not answer.
pub async fn begin(app: &AppState, over: &[Over<'_>]) -> Result<Transaction, DbErr> {
    let keys: Vec<String> =
        over.iter().map(|over| over.parts()).map(|(class, key)| format!("{class} {key}")).collect();
    let txn = app.begin_with(&keys).await?;
    if txn.get_database_backend() == DbBackend::Postgres {
        for (class, key) in over.iter().map(|over| over.parts()) {
            // Two names with one hash wait for each other for nothing; that is all.
            let lock = "select pg_advisory_xact_lock($1, hashtext($2))";
            let lock = Statement::from_sql_and_values(DbBackend::Postgres, lock, [class.into(), key.into()]);
            app.db.weightless(txn.execute_raw(lock)).await?;
        }
    }
    Ok(txn)
}
