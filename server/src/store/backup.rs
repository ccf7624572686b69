//! A copy of an embedded database, made while it is in use.

use std::path::Path;
use std::str::FromStr;

use entity::Instant;
use entity::home::{ActiveModel, Column, Entity, HeldFor, ID};
use sea_orm::sea_query::OnConflict;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, EntityTrait, RuntimeErr,
    SqlxSqliteConnector, Statement,
};

use super::Database;

/// Writes what an embedded database holds at one moment into `file`, which is empty, and looks at the copy.
/// The copy says of itself that it is one, so that nothing is sent from it until somebody has said what
/// becomes of what fell due since; says whether it could be told so, which needs the schema of this release.
///
/// # Errors
/// Where the database or the file fails, and where the copy is damaged.
pub async fn copy(db: &Database, file: &Path, now: Instant) -> Result<bool, DbErr> {
    let name = file.to_str().ok_or_else(|| DbErr::Custom("the file's name is no text".to_owned()))?;
    db.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, "vacuum into $1", [name.into()]))
        .await?;
    let failed = |error| DbErr::Conn(RuntimeErr::SqlxError(std::sync::Arc::new(error)));
    let options = SqliteConnectOptions::from_str("sqlite:")
        .map_err(failed)?
        .filename(file)
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Full);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.map_err(failed)?;
    let marked = mark(&SqlxSqliteConnector::from_sqlx_sqlite_pool(pool.clone()), now).await;
    pool.close().await;
    marked
}

async fn mark(copy: &DatabaseConnection, now: Instant) -> Result<bool, DbErr> {
    let asks = async |question: &str| -> Result<Option<String>, DbErr> {
        let row = copy.query_one_raw(Statement::from_string(DbBackend::Sqlite, question)).await?;
        row.map(|row| row.try_get_by_index(0)).transpose()
    };
    let sound = asks("pragma quick_check(1)").await?;
    if sound.as_deref() != Some("ok") {
        return Err(DbErr::Custom(format!("the copy is damaged: {}", sound.unwrap_or_default())));
    }
    if asks("select name from sqlite_master where type = 'table' and name = 'home'").await?.is_none() {
        return Ok(false);
    }
    let held = ActiveModel {
        id: Set(ID),
        held_at: Set(Some(now)),
        held_for: Set(Some(HeldFor::Backup)),
        backed_up_at: Set(Some(now)),
        updated_at: Set(now),
        ..Default::default()
    };
    let columns = [Column::HeldAt, Column::HeldFor, Column::BackedUpAt, Column::UpdatedAt];
    Entity::insert(held)
        .on_conflict(OnConflict::column(Column::Id).update_columns(columns).to_owned())
        .exec_without_returning(copy)
        .await?;
    Ok(true)
}
