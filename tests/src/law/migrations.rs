//! Migrations go both ways, and half of one is none.

use migration::{Migrator, MigratorTrait};
use sea_orm::ConnectionTrait;

use crate::support::{Backend, database};

async fn up_down_up(backend: Backend) {
    let Some(database) = database::empty(backend).await else { return };
    // One connection: another one of SQLite's may still believe in an index that has just been dropped, and
    // refuse to make it again.
    let database = database.again(if backend == Backend::Sqlite { 1 } else { 4 }).await;
    let steps = database.db.for_migrations();
    Migrator::up(&steps, None).await.expect("up");
    Migrator::down(&steps, None).await.expect("down");
    Migrator::up(&steps, None).await.expect("up again");
    lectern::store::migrate(&database.db).await.expect("once more changes nothing");
    assert_eq!(
        lectern::store::standing(&database.db).await.expect("an answer"),
        lectern::store::Standing::UpToDate
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrations_go_up_down_and_up_on_sqlite() {
    up_down_up(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrations_go_up_down_and_up_on_postgres() {
    up_down_up(Backend::Postgres).await;
}

/// A step that fails half way, as one does whose process is killed, leaves nothing of itself, and is made
/// once nothing stands in its way.
async fn half_a_step(backend: Backend) {
    let Some(database) = database::empty(backend).await else { return };
    let database = database.again(1).await;
    let steps = database.db.for_migrations();
    let before =
        Migrator::migrations().iter().position(|step| step.name() == "m0011_reach").expect("the step");
    Migrator::up(&steps, Some(u32::try_from(before).expect("few"))).await.expect("up to it");
    // Its second statement finds its name taken; its first one has added a column by then.
    steps.execute_unprepared("create index course_by_lag on course (slug)").await.expect("an index");
    for _ in 0..2 {
        let failed = Migrator::up(&steps, None).await.expect_err("the name is taken").to_string();
        assert!(failed.contains("course_by_lag"), "{backend:?}: {failed}");
    }
    steps.execute_unprepared("drop index course_by_lag").await.expect("it goes");
    lectern::store::migrate(&database.db).await.expect("up");
    assert_eq!(
        lectern::store::standing(&database.db).await.expect("an answer"),
        lectern::store::Standing::UpToDate
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_migration_is_none_on_sqlite() {
    half_a_step(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_migration_is_none_on_postgres() {
    half_a_step(Backend::Postgres).await;
}
