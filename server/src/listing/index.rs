//! What lists are ordered and searched by, kept beside what it is made of: folded sort keys, and words.
//!
//! Nothing but this room writes the columns `title_key` and `name_key` and the tables of words. Whoever
//! changes what they are made of calls it in the same transaction with the ids of what has changed; it reads
//! what is stored by then, and writes what differs. So it can be run over everything at any time:
//! [`catch_up`] does so where rows were folded by another rule than today's, as they are right after the
//! schema has learnt of them.

mod owners;
mod words;

use std::collections::HashMap;

use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::fold;
pub use owners::{courses, enquiries, faculty, learners, organizations, serieses};

/// How many rows are looked at together.
const AT_A_TIME: usize = 200;

/// How many sort keys are written by one statement.
const WRITTEN_AT_A_TIME: usize = 1_000;

/// The table with one row that says by which rule everything is folded.
const MARK: &str = "fold_mark";

/// Whether everything is folded by today's rule, or by that of a newer release.
pub async fn is_current<C: ConnectionTrait>(db: &C) -> Result<bool, DbErr> {
    let mark = Query::select().column("rule").from(MARK).take();
    let row = db.query_one(&mark).await?;
    Ok(row.map(|row| row.try_get::<i32>("", "rule")).transpose()?.is_some_and(|rule| rule >= fold::RULE))
}

/// Folds everything by today's rule, where that has not been done; within a transaction, so that nobody finds
/// half of it.
pub async fn catch_up<C: ConnectionTrait>(txn: &C) -> Result<(), DbErr> {
    if is_current(txn).await? {
        return Ok(());
    }
    let changed = all(txn).await?;
    txn.execute(&Query::update().table(MARK).value("rule", fold::RULE).take()).await?;
    if changed > 0 {
        tracing::info!(changed, "sort keys and words were folded");
    }
    Ok(())
}

/// Goes over everything; returns how much had to be changed.
pub async fn all<C: ConnectionTrait>(db: &C) -> Result<u64, DbErr> {
    let mut changed = 0;
    for some in ids(db, "course").await?.chunks(AT_A_TIME) {
        changed += courses(db, some).await?;
    }
    for some in ids(db, "faculty_member").await?.chunks(AT_A_TIME) {
        changed += faculty(db, some).await?;
    }
    for some in ids(db, "organization").await?.chunks(AT_A_TIME) {
        changed += organizations(db, some).await?;
    }
    for some in ids(db, "series").await?.chunks(AT_A_TIME) {
        changed += serieses(db, some).await?;
    }
    for some in ids(db, "learner").await?.chunks(AT_A_TIME) {
        changed += learners(db, some).await?;
    }
    for some in ids(db, "enquiry").await?.chunks(AT_A_TIME) {
        changed += enquiries(db, some).await?;
    }
    if changed > 0 {
        // What was found before may be found no longer, and the other way round, though no course has
        // changed.
        let passes = Expr::col("passes").add(1);
        db.execute(&Query::update().table(MARK).value("passes", passes).take()).await?;
    }
    Ok(changed)
}

/// The ids of a table's rows.
async fn ids<C: ConnectionTrait>(db: &C, table: &'static str) -> Result<Vec<Uuid>, DbErr> {
    let rows = db.query_all(&Query::select().column("id").from(table).take()).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}

/// Writes the sort keys of these rows, each made of its text, where they are not there already; returns how
/// many were changed.
async fn put_keys<C: ConnectionTrait>(
    db: &C,
    table: &'static str,
    column: &'static str,
    texts: &[(Uuid, String)],
) -> Result<u64, DbErr> {
    let ids = texts.iter().map(|(id, _)| *id);
    let stored =
        Query::select().columns(["id", column]).from(table).and_where(Expr::col("id").is_in(ids)).take();
    let mut keys: HashMap<Uuid, String> = HashMap::new();
    for row in db.query_all(&stored).await? {
        keys.insert(row.try_get("", "id")?, row.try_get("", column)?);
    }
    let folded = texts.iter().map(|(id, text)| (*id, fold::sort_key(text)));
    let wrong: Vec<(Uuid, String)> = folded.filter(|(id, key)| keys.get(id) != Some(key)).collect();
    for some in wrong.chunks(WRITTEN_AT_A_TIME) {
        let mut by_id = CaseStatement::new().finally(Expr::col(column));
        for (id, key) in some {
            by_id = by_id.case(Expr::col("id").eq(*id), key.as_str());
        }
        let mut update = Query::update();
        update
            .table(table)
            .value(column, by_id)
            .and_where(Expr::col("id").is_in(some.iter().map(|(id, _)| *id)));
        db.execute(&update).await?;
    }
    Ok(u64::try_from(wrong.len()).unwrap_or(u64::MAX))
}
