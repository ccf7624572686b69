//! What a statement costs, and in what state a connection goes back to the pool.

use std::pin::pin;

use futures_util::poll;
use lectern::store::{self, Durability, Limits, is_away};
use sea_orm::ConnectionTrait;

use super::{IMPATIENT, behind_a_proxy, enter, notes, select_one, with_notes};
use crate::support::process::wait_until;
use crate::support::{Backend, database};

/// Somebody begins a transaction and is gone before it has begun, after every number of steps. Whoever gets
/// the connection next is not inside that transaction: what they write is seen by others at once.
async fn nobody_inherits_a_transaction(backend: Backend) {
    let Some(database) = database::fresh(backend, Durability::ProcessEnd).await else { return };
    let one = store::open(&database.url, 1, Limits::PATIENT).await.expect("the database opens");
    with_notes(&one).await;
    let mut abandoned = 0;
    for steps in 0..40 {
        {
            let mut beginning = pin!(one.begin());
            for _ in 0..steps {
                if poll!(beginning.as_mut()).is_ready() {
                    break;
                }
                abandoned += 1;
                tokio::task::yield_now().await;
            }
        }
        enter(&one, steps).await.expect("the next borrower writes");
        assert_eq!(
            notes(&database.db).await,
            i64::from(steps) + 1,
            "after {steps} steps, others see what the next borrower wrote"
        );
    }
    assert!(abandoned > 0, "every transaction had begun at once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_inherits_a_transaction_on_sqlite() {
    nobody_inherits_a_transaction(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_inherits_a_transaction_on_postgres() {
    nobody_inherits_a_transaction(Backend::Postgres).await;
}

/// The same where the network is slow: the database has begun, and its answer has not arrived when we go.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_inherits_a_transaction_whose_beginning_was_not_heard() {
    let Some((direct, proxy, one)) = behind_a_proxy(1, IMPATIENT).await else { return };
    with_notes(&direct.db).await;
    select_one(&one).await.expect("a warm connection");
    proxy.be_silent(true);
    let mut beginning = Box::pin(one.begin());
    assert!(poll!(beginning.as_mut()).is_pending());
    // As far as it gets without an answer.
    for _ in 0..100 {
        tokio::task::yield_now().await;
        assert!(poll!(beginning.as_mut()).is_pending());
    }
    drop(beginning);
    proxy.be_silent(false);
    enter(&one, 1).await.expect("the next borrower writes");
    assert_eq!(notes(&direct.db).await, 1);
}

/// A transaction that is dropped is taken back, and its connection is used again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_transaction_is_taken_back() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let Some(database) = database::fresh(backend, Durability::ProcessEnd).await else { continue };
        let one = store::open(&database.url, 1, Limits::PATIENT).await.expect("the database opens");
        with_notes(&one).await;
        let txn = one.begin().await.expect("a transaction");
        enter(&txn, 1).await.expect("written");
        drop(txn);
        assert_eq!(notes(&one).await, 0);
        let txn = one.begin().await.expect("a transaction");
        enter(&txn, 2).await.expect("written");
        txn.rollback().await.expect("taken back");
        let txn = one.begin().await.expect("a transaction");
        enter(&txn, 3).await.expect("written");
        txn.commit().await.expect("kept");
        assert_eq!(notes(&one).await, 1);
    }
}

/// Whoever waits for a statement is gone after every number of steps: the statement goes on to its end, and
/// its connection, which a table of its own tells from any other, is used again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_outlives_whoever_waits_for_it() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let Some(database) = database::fresh(backend, Durability::ProcessEnd).await else { continue };
        let one = store::open(&database.url, 1, Limits::PATIENT).await.expect("the database opens");
        one.execute_unprepared("create temporary table note (id integer primary key)")
            .await
            .expect("a table");
        let mut abandoned = 0;
        for steps in 1..40 {
            {
                let mut entering = pin!(enter(&one, steps));
                for _ in 0..steps {
                    if poll!(entering.as_mut()).is_ready() {
                        break;
                    }
                    abandoned += 1;
                    tokio::task::yield_now().await;
                }
            }
            let _ = notes(&one).await;
        }
        assert!(abandoned > 0, "every statement was answered at once");
    }
}

/// Two round trips a statement: itself, and the last sign of life that the pool asks for. None is for a
/// ROLLBACK of what is not open.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_costs_two_round_trips() {
    let Some((direct, proxy, one)) = behind_a_proxy(1, Limits::PATIENT).await else { return };
    with_notes(&direct.db).await;
    let costs = async |what: &str| {
        wait_until("the connection is back in the pool", 20, async || (one.idle() == 1).then_some(())).await;
        let before = proxy.round_trips();
        for _ in 0..20 {
            match what {
                "a statement" => select_one(&one).await.expect("an answer"),
                "a transaction" => {
                    let txn = one.begin().await.expect("a transaction");
                    select_one(&txn).await.expect("an answer");
                    txn.commit().await.expect("kept");
                }
                _ => {
                    let txn = one.begin().await.expect("a transaction");
                    select_one(&txn).await.expect("an answer");
                }
            }
        }
        wait_until("the connection is back in the pool", 20, async || (one.idle() == 1).then_some(())).await;
        proxy.round_trips() - before
    };
    // The first time, a statement is made known to the database.
    select_one(&one).await.expect("an answer");
    assert_eq!(costs("a statement").await, 20 * 2);
    assert_eq!(costs("a transaction").await, 20 * (1 + 1 + 1 + 1));
    assert_eq!(costs("a transaction that is dropped").await, 20 * (1 + 1 + 1));
}

/// The database was started afresh: every connection of the pool is dead. Who reads or begins does not
/// notice; who writes without a transaction is told that the database was away, because nobody can know what
/// became of the statement.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dead_connections_are_passed_over() {
    let Some((direct, proxy, db)) = behind_a_proxy(3, IMPATIENT).await else { return };
    with_notes(&direct.db).await;
    let all_used = async || {
        let held = [db.begin().await, db.begin().await, db.begin().await];
        assert!(held.iter().all(Result::is_ok), "{held:?}");
        drop(held);
        wait_until("all connections are back in the pool", 20, async || (db.idle() == 3).then_some(())).await;
    };
    all_used().await;
    proxy.hang_up().await;
    select_one(&db).await.expect("read on a fresh connection");

    all_used().await;
    proxy.hang_up().await;
    let txn = db.begin().await.expect("begun on a fresh connection");
    enter(&txn, 1).await.expect("written");
    txn.commit().await.expect("kept");

    all_used().await;
    proxy.hang_up().await;
    let error = enter(&db, 2).await.expect_err("nobody knows whether it was written");
    assert!(is_away(&error), "{error}");
    assert_eq!(notes(&db).await, 1, "and it is not tried again");
}

/// Somebody who asks one thing after another has one connection after another on its way back, and waits for
/// it rather than open a second one. A machine that is very busy may keep one for longer than anybody waits,
/// so there are several tries.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_one_thing_after_another_has_one_connection() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let Some(database) = database::fresh(backend, Durability::ProcessEnd).await else { continue };
        let mut opened = Vec::new();
        for _ in 0..10 {
            let db = store::open(&database.url, 5, Limits::PATIENT).await.expect("the database opens");
            for _ in 0..10 {
                select_one(&db).await.expect("an answer");
                db.begin().await.expect("a transaction").commit().await.expect("kept");
            }
            let all_back = async || (db.opened_connections() as usize == db.idle()).then(|| db.idle());
            opened.push(wait_until("all connections are back in the pool", 20, all_back).await);
            db.close().await;
            if opened.last() == Some(&1) {
                break;
            }
        }
        assert_eq!(opened.last(), Some(&1), "{backend:?}: {opened:?}");
    }
}

/// Whose statement was not answered is told so, and with that a place in the pool is free: nobody waits until
/// the connection has been closed in good manners, which takes an answer, too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_without_an_answer_leaves_its_place_at_once() {
    let Some((_direct, proxy, one)) = behind_a_proxy(1, IMPATIENT).await else { return };
    select_one(&one).await.expect("a warm connection");
    assert_eq!(one.opened_connections(), 1);
    proxy.be_silent(true);
    select_one(&one).await.expect_err("no answer");
    assert_eq!(one.opened_connections(), 0);
    proxy.be_silent(false);
    select_one(&one).await.expect("an answer on a fresh connection");
}
