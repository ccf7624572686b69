//! One connection, as long as somebody has it, and what becomes of it afterwards.
//!
//! A connection goes back to the pool only in a state that we know. sqlx 0.9 does not see to that: when its
//! `begin()` is dropped half way on PostgreSQL, the transaction stays open and the next borrower's statements
//! join it. Here every statement is noted before it is sent and after its end was seen; a connection that is
//! let go in between is closed. So nothing has to be asked when a connection is taken from the pool: no
//! `ROLLBACK` for what is not open, which PostgreSQL would log as a warning, and no ping.
//!
//! A peer that vanished without a word is found by time: every wait for an answer has an end.

use std::sync::Arc;
use std::time::Duration;
use std::{io, mem};

use sea_orm::sqlx::pool::PoolConnection;
use sea_orm::sqlx::{self, AssertSqlSafe, Database, Executor, IntoArguments, Postgres, SqlSafeStr, Sqlite};
use sea_orm::{ExecResult, QueryResult, Statement};
use sea_query_sqlx::SqlxValues;
use sqlx_core::transaction::TransactionManager;
use tokio::runtime::Handle;

use super::away;
use super::database::Turn;
use super::parameter;
use super::returning::Returning;
use super::watch::Watch;

/// How long a connection may take on its way back into the pool, where sqlx asks it for a last sign of life,
/// if nothing else is said.
const RETURN: Duration = Duration::from_secs(10);

/// A connection of either kind.
pub(super) enum Line {
    Postgres(PoolConnection<Postgres>),
    Sqlite(PoolConnection<Sqlite>),
}

/// What a transaction is begun for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begin {
    /// To write. SQLite: at once, because a transaction that reads first and writes later fails with BUSY
    /// instead of waiting. PostgreSQL: READ COMMITTED, its default, with explicit row locks, taken late and
    /// in sorted order.
    ToWrite,
    /// To read from one snapshot, which is that of the first statement. SQLite's transactions are snapshots
    /// whatever they are called.
    ToRead,
}

impl Begin {
    fn in_postgres(self) -> &'static str {
        match self {
            Self::ToWrite => "BEGIN",
            Self::ToRead => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    fn in_sqlite(self) -> &'static str {
        match self {
            Self::ToWrite => "BEGIN IMMEDIATE",
            Self::ToRead => "BEGIN",
        }
    }
}

/// A connection that somebody has.
pub(super) struct Held {
    /// None only once it has been let go.
    line: Option<Line>,
    /// How long an answer may take; no end where there is none.
    patience: Option<Duration>,
    /// Whether a transaction was begun whose end was not seen.
    open: bool,
    /// Whether something was sent whose end was not seen.
    in_doubt: bool,
    /// Whether SQLite may have taken back what was open without having been told to: sqlx goes on counting it
    /// as open, and would never begin another one on this connection.
    spoiled: bool,
    watch: Arc<Watch>,
    returning: Arc<Returning>,
    /// The turn of the client for whom it is, if it is for one.
    _turn: Option<Turn>,
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Held")
            .field("open", &self.open)
            .field("in_doubt", &self.in_doubt)
            .finish_non_exhaustive()
    }
}

impl Held {
    pub(super) fn new(
        line: Line,
        turn: Option<Turn>,
        patience: Option<Duration>,
        watch: Arc<Watch>,
        returning: Arc<Returning>,
    ) -> Self {
        watch.taken();
        Self {
            line: Some(line),
            patience,
            open: false,
            in_doubt: false,
            spoiled: false,
            watch,
            returning,
            _turn: turn,
        }
    }

    pub(super) async fn execute(&mut self, statement: Statement) -> Result<ExecResult, sqlx::Error> {
        self.watch.sent(&statement);
        let (line, patience) = self.sends()?;
        let done = match line {
            Line::Postgres(line) => {
                within(patience, async { query(statement).execute(&mut **line).await.map(ExecResult::from) })
                    .await
            }
            Line::Sqlite(line) => {
                within(patience, async { query(statement).execute(&mut **line).await.map(ExecResult::from) })
                    .await
            }
        };
        self.watch.has_written();
        self.has_answered(done)
    }

    pub(super) async fn execute_unprepared(&mut self, sql: String) -> Result<ExecResult, sqlx::Error> {
        self.watch.sent_unprepared();
        let (line, patience) = self.sends()?;
        let sql = AssertSqlSafe(sql);
        let done = match line {
            Line::Postgres(line) => {
                within(patience, async { (&mut **line).execute(sql).await.map(ExecResult::from) }).await
            }
            Line::Sqlite(line) => {
                within(patience, async { (&mut **line).execute(sql).await.map(ExecResult::from) }).await
            }
        };
        self.watch.has_written();
        self.has_answered(done)
    }

    pub(super) async fn query_one(
        &mut self,
        statement: Statement,
    ) -> Result<Option<QueryResult>, sqlx::Error> {
        self.watch.sent(&statement);
        let (line, patience) = self.sends()?;
        let done = match line {
            Line::Postgres(line) => {
                within(patience, async {
                    Ok(query(statement).fetch_optional(&mut **line).await?.map(QueryResult::from))
                })
                .await
            }
            Line::Sqlite(line) => {
                within(patience, async {
                    Ok(query(statement).fetch_optional(&mut **line).await?.map(QueryResult::from))
                })
                .await
            }
        };
        self.has_answered(done)
    }

    pub(super) async fn query_all(&mut self, statement: Statement) -> Result<Vec<QueryResult>, sqlx::Error> {
        self.watch.sent(&statement);
        let (line, patience) = self.sends()?;
        let done = match line {
            Line::Postgres(line) => {
                let rows = within(patience, query(statement).fetch_all(&mut **line)).await;
                rows.map(|rows| rows.into_iter().map(QueryResult::from).collect())
            }
            Line::Sqlite(line) => {
                let rows = within(patience, query(statement).fetch_all(&mut **line)).await;
                rows.map(|rows| rows.into_iter().map(QueryResult::from).collect())
            }
        };
        self.has_answered(done)
    }

    /// Begins a transaction.
    pub(super) async fn begin(&mut self, what: Begin) -> Result<(), sqlx::Error> {
        self.open = true;
        let (line, patience) = self.sends()?;
        let done = match line {
            Line::Postgres(line) => {
                within(
                    patience,
                    <Postgres as Database>::TransactionManager::begin(
                        &mut *line,
                        Some(what.in_postgres().into_sql_str()),
                    ),
                )
                .await
            }
            Line::Sqlite(line) => {
                within(
                    patience,
                    <Sqlite as Database>::TransactionManager::begin(
                        &mut *line,
                        Some(what.in_sqlite().into_sql_str()),
                    ),
                )
                .await
            }
        };
        // Where no answer came, it may have begun.
        self.open = !done.as_ref().is_err_and(|error| !away::is_broken(error));
        self.has_answered(done)
    }

    /// Commits what is open. Where that fails, nobody knows whether it was done, and the connection is not
    /// used again.
    pub(super) async fn commit(&mut self) -> Result<(), sqlx::Error> {
        let (line, patience) = self.sends()?;
        let done = match line {
            Line::Postgres(line) => {
                within(patience, <Postgres as Database>::TransactionManager::commit(line)).await
            }
            Line::Sqlite(line) => {
                within(patience, <Sqlite as Database>::TransactionManager::commit(line)).await
            }
        };
        self.watch.has_written();
        self.spoiled |= done.is_err();
        done?;
        self.open = false;
        self.has_answered(Ok(()))
    }

    /// Takes back what is open, and waits until that is done.
    pub(super) async fn roll_back(&mut self) -> Result<(), sqlx::Error> {
        let (line, patience) = self.sends()?;
        let done = match line {
            Line::Postgres(line) => {
                within(patience, <Postgres as Database>::TransactionManager::rollback(line)).await
            }
            Line::Sqlite(line) => {
                within(patience, <Sqlite as Database>::TransactionManager::rollback(line)).await
            }
        };
        self.spoiled |= done.is_err();
        done?;
        self.open = false;
        self.has_answered(Ok(()))
    }

    /// Whether a transaction was begun and has not ended.
    pub(super) fn is_in_transaction(&self) -> bool {
        self.open && !self.in_doubt
    }

    /// Whether it is known in what state the connection is.
    pub(super) fn is_sound(&self) -> bool {
        !self.in_doubt
    }

    /// Takes back what is open, together with whatever is sent next.
    pub(super) fn give_up(&mut self) {
        if !mem::take(&mut self.open) || self.in_doubt {
            return;
        }
        match &mut self.line {
            Some(Line::Postgres(line)) => <Postgres as Database>::TransactionManager::start_rollback(line),
            Some(Line::Sqlite(line)) => <Sqlite as Database>::TransactionManager::start_rollback(line),
            None => {}
        }
    }

    /// Something is about to be sent.
    fn sends(&mut self) -> Result<(&mut Line, Option<Duration>), sqlx::Error> {
        if self.in_doubt {
            return Err(sqlx::Error::Io(io::Error::new(
                io::ErrorKind::NotConnected,
                "the connection broke before",
            )));
        }
        self.in_doubt = true;
        let line = self.line.as_mut().ok_or(sqlx::Error::PoolClosed)?;
        Ok((line, self.patience))
    }

    /// The end of what was sent was seen.
    fn has_answered<T>(&mut self, done: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        self.in_doubt = done.as_ref().is_err_and(away::is_broken);
        self.spoiled |= done.as_ref().is_err_and(away::takes_back);
        done
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let in_doubt = self.in_doubt;
        if in_doubt && matches!(self.line, Some(Line::Sqlite(_))) {
            // SQLite runs in this process: what was sent comes to its end whether anybody waits or not, and a
            // database in memory lives as long as its connection.
            self.in_doubt = false;
        }
        self.give_up();
        self.watch.let_go();
        let Some(line) = self.line.take() else { return };
        let Ok(runtime) = Handle::try_current() else { return detach(line) };
        let is_postgres = matches!(line, Line::Postgres(_));
        if (in_doubt && is_postgres) || (self.spoiled && !is_postgres) {
            // To close it in good manners takes an answer, too, and sqlx would wait for it with its place.
            return detach(line);
        }
        let under_way = self.returning.sets_out();
        match line {
            Line::Postgres(mut line) => {
                // sqlx would wait without end for a last sign of life, and keep the place in the pool.
                let (back, patience) = (line.return_to_pool(), self.patience.unwrap_or(RETURN));
                runtime.spawn(async move {
                    if tokio::time::timeout(patience, back).await.is_err() {
                        tracing::warn!("a connection to the database did not come back and was given up");
                    }
                    drop(under_way);
                });
            }
            Line::Sqlite(mut line) => {
                let back = line.return_to_pool();
                runtime.spawn(async move {
                    back.await;
                    drop(under_way);
                });
            }
        }
    }
}

/// Lets a connection go for good. What was sent on it comes to its end or not; the pool has its place back.
fn detach(line: Line) {
    match line {
        Line::Postgres(line) => drop(line.detach()),
        Line::Sqlite(line) => drop(line.detach()),
    }
}

fn query<DB: Database>(statement: Statement) -> sqlx::query::Query<'static, DB, SqlxValues>
where
    SqlxValues: IntoArguments<DB>,
{
    let values = statement.values.unwrap_or_else(|| sea_orm::Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql), SqlxValues(parameter::storable(values)))
}

/// The outcome of `future`, or an error when it takes longer than `patience`.
async fn within<T>(
    patience: Option<Duration>,
    future: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    let Some(patience) = patience else { return future.await };
    let silent =
        |_| sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, "the database did not answer in time"));
    tokio::time::timeout(patience, future).await.map_err(silent)?
}
