//! Constraints that are taken away, or say something else than they did.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::ground::is_sqlite;

/// Makes the constraint `name` of `table` say `check` instead of what it said; what is stored must fit.
pub async fn replace(manager: &SchemaManager<'_>, table: &str, name: &str, check: &str) -> Result<(), DbErr> {
    let becomes = format!("constraint {name} check ({check})");
    if !is_sqlite(manager) {
        let alter = format!("alter table {table} drop constraint {name}, add {becomes}");
        return manager.get_connection().execute_unprepared(&alter).await.map(drop);
    }
    // SQLite does not look at what is stored by itself.
    let others = Statement::from_string(
        DbBackend::Sqlite,
        format!("select 1 from {table} where not ({check}) limit 1"),
    );
    if manager.get_connection().query_one_raw(others).await?.is_some() {
        return Err(DbErr::Migration(format!("{table} holds what {name} does not allow")));
    }
    rewrite(manager, table, |sql| without(sql, name).map(|sql| with(&sql, &becomes))).await
}

/// Rewrites how SQLite remembers that `table` is made. It has no statement that drops a constraint; this is
/// the way that its documentation gives for changes which do not touch what is stored
/// (<https://www.sqlite.org/lang_altertable.html>, section 7). It is part of the transaction.
pub async fn rewrite(
    manager: &SchemaManager<'_>,
    table: &str,
    change: impl Fn(&str) -> Option<String>,
) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let read = |sql: &str| Statement::from_string(DbBackend::Sqlite, sql.to_owned());
    let unknown = || DbErr::Migration(format!("the table {table} is not made as expected"));
    let made = db
        .query_one_raw(read(&format!(
            "select sql from sqlite_schema where type = 'table' and name = '{table}'"
        )))
        .await?;
    let made: String = made.ok_or_else(unknown)?.try_get("", "sql")?;
    let changed = change(&made).ok_or_else(unknown)?;
    let version = db.query_one_raw(read("pragma schema_version")).await?;
    let version: i32 = version.ok_or_else(unknown)?.try_get("", "schema_version")?;
    db.execute_unprepared("pragma writable_schema = on").await?;
    let sql = "update sqlite_schema set sql = $1 where type = 'table' and name = $2";
    let written = db
        .execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, [changed.into(), table.into()]))
        .await;
    // Connections, this one included, read the schema anew.
    db.execute_unprepared(&format!("pragma schema_version = {}", version.wrapping_add(1))).await?;
    db.execute_unprepared("pragma writable_schema = off").await?;
    written.map(drop)
}

/// The statement without the constraint and the comma before it; none where it has no such constraint.
pub fn without(sql: &str, constraint: &str) -> Option<String> {
    let start = sql.find(&format!("constraint {constraint} check ("))?;
    let mut depth = 0;
    let length = sql.get(start..)?.char_indices().find_map(|(place, char)| {
        depth += match char {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        (char == ')' && depth == 0).then_some(place + 1)
    })?;
    let (before, after) = (sql.get(..start)?, sql.get(start + length..)?);
    let before = before.trim_end().strip_suffix(',')?;
    Some(format!("{before}{after}"))
}

/// The statement with the constraint at its end.
pub fn with(sql: &str, check: &str) -> String {
    match sql.rsplit_once(')') {
        Some((columns, end)) => format!("{},\n    {check}\n){end}", columns.trim_end()),
        None => sql.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{with, without};

    #[test]
    fn a_constraint_goes_and_comes() {
        let made = "create table t (\n    a text,\n    constraint a_known check (a is null or a in ('x', 'y')),\n    constraint t_pk primary key (a)\n)";
        let open = without(made, "a_known").expect("the constraint");
        assert_eq!(open, "create table t (\n    a text,\n    constraint t_pk primary key (a)\n)");
        assert_eq!(without(&open, "a_known"), None);
        let again = with(&open, "constraint a_known check (a in ('x'))");
        assert_eq!(
            again,
            "create table t (\n    a text,\n    constraint t_pk primary key (a),\n    constraint a_known check (a in ('x'))\n)"
        );
    }
}
