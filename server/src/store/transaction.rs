//! A transaction that writes.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement, sqlx};
use tokio::sync::Mutex;

use super::keys::Key;
use super::operation::Lent;

/// A transaction that writes. What it wrote counts once [`Transaction::commit`] has returned; one that is
/// dropped is taken back.
#[derive(Debug)]
pub struct Transaction {
    lent: Mutex<Lent>,
    backend: DbBackend,
    /// What no other transaction of this process has meanwhile. Let go last.
    _keys: Vec<Key>,
}

impl Transaction {
    /// What was begun on `lent`.
    pub(super) fn new(lent: Lent, backend: DbBackend) -> Self {
        Self { lent: Mutex::new(lent), backend, _keys: Vec::new() }
    }

    /// The same, which has these keys until it has ended.
    pub(super) fn keeping(self, keys: Vec<Key>) -> Self {
        Self { _keys: keys, ..self }
    }

    /// Makes what was written count.
    ///
    /// # Errors
    /// Where the database does not say yes. If it did not say anything, what was written may count or not.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.lent.into_inner().held().map_err(execution)?.commit().await.map_err(execution)
    }

    /// Takes back what was written.
    ///
    /// # Errors
    /// Where the database does not answer; what was written does not count in any case.
    pub async fn rollback(self) -> Result<(), DbErr> {
        self.lent.into_inner().held().map_err(execution)?.roll_back().await.map_err(execution)
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.lent.lock().await.held().map_err(execution)?.execute(statement).await.map_err(execution)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.lent
            .lock()
            .await
            .held()
            .map_err(execution)?
            .execute_unprepared(sql.to_owned())
            .await
            .map_err(execution)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.lent.lock().await.held().map_err(query)?.query_one(statement).await.map_err(query)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.lent.lock().await.held().map_err(query)?.query_all(statement).await.map_err(query)
    }
}

/// As sea-orm names what went wrong with a statement that returns no rows.
pub(super) fn execution(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(error.into()))
}

/// As sea-orm names what went wrong with a statement that returns rows.
pub(super) fn query(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(error.into()))
}
