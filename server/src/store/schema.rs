//! The schema of the database: bringing it up to date, and asking whether it is.

use std::collections::HashSet;
use std::sync::LazyLock;

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement, TransactionTrait};

use super::{Database, LONGEST_WAIT, away};
use crate::listing::index;

/// The key of the advisory lock under which PostgreSQL is migrated; any number, the same everywhere.
const MIGRATION_LOCK: i64 = 0x4c45_4354_4552_4e00;

/// How the database's schema stands to this release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Every step that this release knows has been taken, and no other.
    UpToDate,
    /// Steps have not been taken yet, or sort keys and words not made by today's rule; the first of what is
    /// missing.
    Behind(String),
    /// A newer release has taken steps that this one does not know; one of them.
    Ahead(String),
}

/// Brings the schema up to date; on PostgreSQL under a lock, so that several processes may try at once.
///
/// # Errors
/// Where a newer release has taken steps that this one does not know ([`super::is_newer`]), where a step fails,
/// or the database does not answer.
pub async fn migrate(db: &Database) -> Result<(), DbErr> {
    if db.get_database_backend() == DbBackend::Sqlite {
        // Sea-orm's statements wait for another process as long as those of requests, which is not long.
        // Whoever has the file lets go of it first.
        db.waiting(LONGEST_WAIT).begin().await?.rollback().await?;
    }
    // The library would speak of a missing file.
    if unknown(&taken(db).await?).is_some() {
        return Err(away::newer());
    }
    migrate_over(&db.for_migrations()).await?;
    fold(db).await
}

/// Makes what the steps leave to the server: sort keys and words. Whoever comes second finds it done.
async fn fold(db: &Database) -> Result<(), DbErr> {
    if index::is_current(db).await? {
        return Ok(());
    }
    let txn = db.begin().await?;
    lift_limits(&txn).await?;
    index::catch_up(&txn).await?;
    txn.commit().await
}

/// Makes sort keys and words anew where they are not what they should be: a process of an older release,
/// which does not know of them, may have written while the schema was brought up to date.
///
/// # Errors
/// Where the database does not answer.
pub async fn fold_again(db: &Database) -> Result<(), DbErr> {
    let txn = db.begin().await?;
    lift_limits(&txn).await?;
    index::all(&txn).await?;
    txn.commit().await
}

/// The same over sea-orm's own connection.
async fn migrate_over(db: &DatabaseConnection) -> Result<(), DbErr> {
    match db.get_database_backend() {
        DbBackend::Postgres => {
            // The lock belongs to the transaction, and so do the steps: one connection is enough, and all
            // steps count or none.
            let guard = db.begin().await?;
            lift_limits(&guard).await?;
            guard.execute_unprepared(&format!("select pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
            Migrator::up(&guard, None).await?;
            guard.commit().await
        }
        _ => Migrator::up(db, None).await,
    }
}

/// Lets the statements of a transaction take their time, however many rows they go through.
async fn lift_limits(txn: &impl ConnectionTrait) -> Result<(), DbErr> {
    if txn.get_database_backend() == DbBackend::Postgres {
        txn.execute_unprepared("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0").await?;
    }
    Ok(())
}

/// Whether this release may write: no newer one has taken a step that it does not know. The names of steps
/// are in their order.
///
/// # Errors
/// Where the database does not answer.
pub async fn may_write(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    is_empty(db, "select 1 from seaql_migrations where version > $1 limit 1").await
}

/// The same, and e-mails are not held.
///
/// # Errors
/// Where the database does not answer.
pub async fn may_send(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let against = "select 1 from seaql_migrations where version > $1
        union all select 1 from home where held_at is not null limit 1";
    is_empty(db, against).await
}

/// Whether a question, which is asked with the newest step that this release knows, finds nothing.
async fn is_empty(db: &impl ConnectionTrait, question: &str) -> Result<bool, DbErr> {
    static NEWEST: LazyLock<String> = LazyLock::new(|| {
        Migrator::migrations().iter().map(|step| step.name().to_owned()).max().unwrap_or_default()
    });
    let question =
        Statement::from_sql_and_values(db.get_database_backend(), question, [NEWEST.as_str().into()]);
    Ok(db.query_one_raw(question).await?.is_none())
}

/// The same as an answer to whoever is about to write.
///
/// # Errors
/// Where a newer release has, and where the database does not answer.
pub(crate) async fn must_write(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    if may_write(db).await? { Ok(()) } else { Err(away::newer()) }
}

/// How the schema stands. Reads two small tables and changes nothing, so that a role without the right to
/// create anything may ask.
///
/// # Errors
/// Where the database does not answer.
pub async fn standing(db: &impl ConnectionTrait) -> Result<Standing, DbErr> {
    let taken = taken(db).await?;
    if let Some(step) = known().into_iter().find(|step| !taken.contains(step)) {
        return Ok(Standing::Behind(step));
    }
    if !index::is_current(db).await? {
        return Ok(Standing::Behind("sort keys and words".to_owned()));
    }
    Ok(unknown(&taken).map_or(Standing::UpToDate, Standing::Ahead))
}

/// The steps that this release knows, in their order.
fn known() -> Vec<String> {
    Migrator::migrations().iter().map(|step| step.name().to_owned()).collect()
}

/// The last of the steps that were taken and that this release does not know.
fn unknown(taken: &HashSet<String>) -> Option<String> {
    let known = known();
    taken.iter().filter(|step| !known.contains(step)).max().cloned()
}

/// The steps that were taken; none in a new database.
async fn taken(db: &impl ConnectionTrait) -> Result<HashSet<String>, DbErr> {
    let taken = Statement::from_string(db.get_database_backend(), "select version from seaql_migrations");
    match db.query_all_raw(taken).await {
        Ok(rows) => rows.iter().map(|row| row.try_get_by_index(0)).collect(),
        Err(error) if is_missing_table(&error) => Ok(HashSet::new()),
        Err(error) => Err(error),
    }
}

/// Whether a database without a single step said so: PostgreSQL by its code, SQLite in words.
fn is_missing_table(error: &DbErr) -> bool {
    use sea_orm::RuntimeErr::SqlxError;
    let DbErr::Query(SqlxError(error)) = error else { return false };
    let Some(told) = error.as_database_error() else { return false };
    told.code().as_deref() == Some("42P01") || told.message().contains("no such table")
}
