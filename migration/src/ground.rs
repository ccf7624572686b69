//! The few words on which the two databases differ, and a way to run a step written with them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// Placeholder, SQLite type, PostgreSQL type.
///
/// SQLite stores an instant as text in UTC with a fixed offset (`2026-05-06T12:00:00+00:00`, with a fraction
/// where there is one), which sorts as time does.
const TYPES: [(&str, &str, &str); 5] = [
    ("{id}", "blob", "uuid"),
    ("{instant}", "text", "timestamptz"),
    ("{date}", "text", "date"),
    ("{json}", "text", "jsonb"),
    ("{bytes}", "blob", "bytea"),
];

/// Whether the step runs on SQLite.
pub fn is_sqlite(manager: &SchemaManager<'_>) -> bool {
    manager.get_database_backend() == DbBackend::Sqlite
}

/// Runs the statements of `sql` one after another, with the type placeholders filled in.
///
/// Statements end with a semicolon at the end of a line; a semicolon within a line (in a trigger's body) does
/// not end one.
pub async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let sqlite = is_sqlite(manager);
    let mut script = sql.to_owned();
    for (placeholder, on_sqlite, on_postgres) in TYPES {
        script = script.replace(placeholder, if sqlite { on_sqlite } else { on_postgres });
    }
    for statement in script.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}

/// Drops the named tables, in the order given: dependants first.
pub async fn drop_tables(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    for table in tables {
        manager.get_connection().execute_unprepared(&format!("drop table {table}")).await?;
    }
    Ok(())
}
