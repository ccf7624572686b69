//! A peer that vanished without a word: every wait has an end, and the connection is not used again.

use lectern::store::{Limits, is_away};

use super::{IMPATIENT, behind_a_proxy, enter, notes, select_one, with_notes};

/// Statements in flight when the network is cut end with an error that says so; when it is back, everybody is
/// served, by as many connections as before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_is_told_and_who_comes_later_is_served() {
    let Some((direct, proxy, db)) = behind_a_proxy(2, IMPATIENT).await else { return };
    with_notes(&direct.db).await;
    let txn = db.begin().await.expect("a transaction");
    enter(&txn, 1).await.expect("written");
    proxy.be_silent(true);
    let (read, committed) = tokio::join!(select_one(&db), txn.commit());
    for error in [read.expect_err("no answer"), committed.expect_err("no answer")] {
        assert!(is_away(&error), "{error}");
    }
    // Nobody gets in, and is told so.
    let error =
        select_one(&db.waiting(std::time::Duration::from_millis(200))).await.expect_err("no connection");
    assert!(is_away(&error), "{error}");

    proxy.be_silent(false);
    let both = (db.begin().await.expect("a transaction"), db.begin().await.expect("another"));
    enter(&both.0, 2).await.expect("written");
    both.0.commit().await.expect("kept");
    assert!(notes(&db).await >= 1);
}

/// A connection that goes silent on its way back into the pool does not keep its place for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_does_not_come_back_is_given_up() {
    let Some((direct, proxy, one)) = behind_a_proxy(1, IMPATIENT).await else { return };
    with_notes(&direct.db).await;
    let txn = one.begin().await.expect("a transaction");
    enter(&txn, 1).await.expect("written");
    proxy.be_silent(true);
    drop(txn);
    let error = select_one(&one.waiting(std::time::Duration::from_millis(100)))
        .await
        .expect_err("the only connection is on its way");
    assert!(is_away(&error), "{error}");
    proxy.hang_up().await;
    proxy.be_silent(false);
    select_one(&one).await.expect("a fresh connection");
}

/// PostgreSQL itself ends what takes too long.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_that_takes_too_long_is_ended_by_the_database() {
    let limits = Limits { statement: Some(std::time::Duration::from_millis(500)), ..IMPATIENT };
    let Some((_direct, _proxy, db)) = behind_a_proxy(1, limits).await else { return };
    let slow = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, "select pg_sleep(600)");
    let error = sea_orm::ConnectionTrait::query_one_raw(&db, slow).await.expect_err("cut off");
    assert!(is_away(&error) && error.to_string().contains("statement timeout"), "{error}");
    select_one(&db).await.expect("the connection is as good as before");
}
