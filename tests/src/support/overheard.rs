//! A database whose statements are overheard.

use std::sync::{Arc, Mutex, PoisonError};

use lectern::store::Database;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};

/// The same database; what it is asked is kept, each kind of statement once.
#[derive(Clone, Debug)]
pub struct Overheard {
    db: Database,
    statements: Arc<Mutex<Vec<Statement>>>,
    /// What was asked apart from any snapshot.
    apart: Arc<Mutex<Vec<Statement>>>,
    in_a_snapshot: bool,
}

/// What is kept, each kind of statement once.
fn keep(kept: &Mutex<Vec<Statement>>, statement: &Statement) {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    if !kept.iter().any(|known| known.sql == statement.sql) {
        kept.push(statement.clone());
    }
}

impl Overheard {
    /// From now on what is asked of `db` through this is kept.
    pub fn new(db: &Database) -> Self {
        Self { db: db.clone(), statements: Arc::default(), apart: Arc::default(), in_a_snapshot: false }
    }

    /// What was asked since this was asked last.
    pub fn statements(&self) -> Vec<Statement> {
        std::mem::take(&mut *self.statements.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What of it was asked apart from any snapshot ([`worker::Store::at_one_moment`]).
    pub fn apart(&self) -> Vec<Statement> {
        std::mem::take(&mut *self.apart.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn hear(&self, statement: &Statement) {
        keep(&self.statements, statement);
        if !self.in_a_snapshot {
            keep(&self.apart, statement);
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Overheard {
    fn get_database_backend(&self) -> DbBackend {
        self.db.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.hear(&statement);
        self.db.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.hear(&Statement::from_string(self.db.get_database_backend(), sql));
        self.db.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.hear(&statement);
        self.db.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.hear(&statement);
        self.db.query_all_raw(statement).await
    }
}

impl worker::Store for Overheard {
    fn at_one_moment(&self) -> Self {
        Self { db: worker::Store::at_one_moment(&self.db), in_a_snapshot: true, ..self.clone() }
    }

    async fn may_write(&self) -> Result<bool, DbErr> {
        worker::Store::may_write(&self.db).await
    }

    async fn may_send(&self) -> Result<bool, DbErr> {
        worker::Store::may_send(&self.db).await
    }
}
