//! How we stand to the database: what a statement costs, and what happens when a connection dies, goes
//! silent, or is let go half way.

mod clock;
mod connections;
mod full;
mod open_words;
mod release;
mod silence;

use std::time::Duration;

use lectern::store::{self, Database, Durability, Limits};
use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::support::proxy::Proxy;
use crate::support::{Backend, database};

/// Short enough for a test, long enough for a busy machine.
const IMPATIENT: Limits = Limits { wait: Duration::from_secs(10), statement: Some(Duration::from_secs(2)) };

/// A database behind a proxy, with a pool of so many connections; none where there is no PostgreSQL of our
/// own.
async fn behind_a_proxy(connections: u32, limits: Limits) -> Option<(database::Database, Proxy, Database)> {
    let direct = database::fresh(Backend::Postgres, Durability::ProcessEnd).await?;
    let proxy = Proxy::before(&direct.url).await?;
    let db =
        store::open(&proxy.url, connections, limits).await.expect("the database opens through the proxy");
    Some((direct, proxy, db))
}

async fn select_one(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    db.query_one_raw(Statement::from_string(db.get_database_backend(), "select 1")).await.map(drop)
}

/// A statement that changes something.
async fn enter(db: &impl ConnectionTrait, id: u32) -> Result<(), DbErr> {
    db.execute_unprepared(&format!("insert into note (id) values ({id})")).await.map(drop)
}

/// How many notes this connection sees.
async fn notes(db: &impl ConnectionTrait) -> i64 {
    let row = db
        .query_one_raw(Statement::from_string(db.get_database_backend(), "select count(*) from note"))
        .await;
    row.expect("an answer").expect("a row").try_get_by_index(0).expect("a number")
}

async fn with_notes(db: &impl ConnectionTrait) {
    db.execute_unprepared("create table note (id integer primary key)").await.expect("a table");
}
