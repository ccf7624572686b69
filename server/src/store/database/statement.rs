//! Statements that come alone, each on a connection of its own.

use std::sync::Arc;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement, sqlx};

use super::Database;
use crate::store::away;
use crate::store::held::Held;
use crate::store::transaction::{execution, query};

/// A statement that returns no rows.
#[derive(Clone, Debug)]
pub(in crate::store) enum Sent {
    Prepared(Statement),
    Unprepared(String),
}

impl Database {
    /// Has a statement done on a connection of its own. Where another process has the file, nothing has
    /// happened, and it is tried again; so is one that only reads and whose connection had died in the pool.
    async fn alone<T, F>(
        &self,
        reads: bool,
        told: fn(sqlx::Error) -> DbErr,
        run: impl Fn(Held) -> F + Send + Sync,
    ) -> Result<T, DbErr>
    where
        T: Send + 'static,
        F: Future<Output = (Held, Result<T, sqlx::Error>)> + Send + 'static,
    {
        let (until, mut dead) = (self.until(), 0);
        let writer = Arc::new(if reads { None } else { self.writer(until).await? });
        loop {
            let (running, writer) = (run(self.acquire(until).await?), Arc::clone(&writer));
            let done = to_its_end(async move {
                let (held, done) = running.await;
                // Not before it has really come to its end.
                drop((held, writer));
                done
            });
            match done.await {
                Err(error) if reads && away::was_dead(&error) && dead < self.opened.connections => dead += 1,
                Err(error) if self.is_locked(&error, until) => {}
                done => return done.map_err(told),
            }
        }
    }

    async fn executed(&self, sent: Sent) -> Result<ExecResult, DbErr> {
        self.alone(false, execution, |mut held| {
            let sent = sent.clone();
            async move {
                let done = match sent {
                    Sent::Prepared(statement) => held.execute(statement).await,
                    Sent::Unprepared(sql) => held.execute_unprepared(sql).await,
                };
                (held, done)
            }
        })
        .await
    }
}

/// Waits for a statement that has a connection for itself. Whoever stops waiting in the middle of it, such as
/// a request whose client hung up, would take the connection along; so it goes on by itself.
async fn to_its_end<T: Send + 'static>(
    statement: impl Future<Output = Result<T, sqlx::Error>> + Send + 'static,
) -> Result<T, sqlx::Error> {
    match tokio::spawn(statement).await {
        Ok(done) => done,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The process ends.
            Err(_) => Err(sqlx::Error::PoolClosed),
        },
    }
}

/// Whether a statement is known to change nothing.
pub(in crate::store) fn only_reads(sql: &str) -> bool {
    let begins = sql.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '(');
    begins.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("select"))
}

#[async_trait::async_trait]
impl ConnectionTrait for Database {
    fn get_database_backend(&self) -> DbBackend {
        Self::get_database_backend(self)
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match &self.operation {
            Some(operation) => operation.execute(self, Sent::Prepared(statement)).await,
            None => self.executed(Sent::Prepared(statement)).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match &self.operation {
            Some(operation) => operation.execute(self, Sent::Unprepared(sql.to_owned())).await,
            None => self.executed(Sent::Unprepared(sql.to_owned())).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        if let Some(operation) = &self.operation {
            return operation.query_one(self, statement).await;
        }
        self.alone(only_reads(&statement.sql), query, |mut held| {
            let statement = statement.clone();
            async move {
                let done = held.query_one(statement).await;
                (held, done)
            }
        })
        .await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        if let Some(operation) = &self.operation {
            return operation.query_all(self, statement).await;
        }
        self.alone(only_reads(&statement.sql), query, |mut held| {
            let statement = statement.clone();
            async move {
                let done = held.query_all(statement).await;
                (held, done)
            }
        })
        .await
    }
}
