//! What one operation has of the database: one snapshot, on one connection.

use std::pin::pin;
use std::time::Duration;

use futures_util::poll;
use lectern::store::is_away;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use crate::support::{House, SAMPLE_SLUG, stories};

/// How many courses this connection sees.
async fn courses(db: &impl ConnectionTrait) -> i64 {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), "select count(*) from course")).await;
    row.expect("an answer").expect("a row").try_get_by_index(0).expect("a number")
}

/// Takes all courses away, or fails at it.
async fn clear(db: &impl ConnectionTrait) {
    db.execute_unprepared("delete from course").await.expect("no more courses");
}

/// A house that asks over one connection, beside one in which everything can happen meanwhile.
async fn narrow(house: &House) -> House {
    let narrow = house.on_connections(1).await;
    narrow.db().watch().most_in_use();
    narrow
}

stories! {
    async fn an_operation_reads_one_snapshot(house at "2026-04-01T12:00-04:00") {
        house.has_the_course().await;
        let narrow = narrow(&house).await;
        let desk = narrow.desk.for_operation(|| true);
        assert_eq!(narrow.db().watch().most_in_use(), 0, "who has asked nothing has no connection");
        assert_eq!(courses(&desk.db).await, 1);
        clear(house.db()).await;
        let clone = desk.db.clone();
        let (one, other, third) = tokio::join!(courses(&desk.db), courses(&desk.db), courses(&clone));
        assert_eq!((one, other, third), (1, 1, 1), "what is read does not change while it is read");
        assert_eq!(narrow.db().watch().most_in_use(), 1);
        drop((desk, clone));
        assert_eq!(courses(narrow.db()).await, 0, "the only connection is free again");
        assert_eq!(courses(&narrow.desk.for_operation(|| true).db).await, 0, "the next operation has a snapshot of its own");
    }

    /// Operations take all connections but one: that one is for what the house asks for itself. Where there is one alone, they share it.
    async fn operations_leave_one_connection_to_the_house(house at "2026-04-01T12:00-04:00") {
        house.has_the_course().await;
        let soon = Duration::from_millis(20);
        for connections in [3, 1] {
            let narrow = house.on_connections(connections).await;
            let running: Vec<_> = (1..connections.max(2)).map(|_| narrow.desk.for_operation(|| true)).collect();
            for operation in &running {
                assert_eq!(courses(&operation.db).await, 1);
            }
            let one_more = narrow.desk.for_operation(|| true).db.waiting(soon);
            let no = one_more.query_one_raw(Statement::from_string(one_more.get_database_backend(), "select 1")).await;
            assert!(no.as_ref().is_err_and(is_away), "{no:?}");
            // Where there is one more, it may have to be opened first, which takes what it takes on a busy machine.
            let patience = if connections > 1 { Duration::from_secs(60) } else { soon };
            let ours = narrow.db().waiting(patience).query_one_raw(Statement::from_string(one_more.get_database_backend(), "select 1")).await;
            assert_eq!(ours.is_ok(), connections > 1, "{ours:?}");
            drop(running);
            assert_eq!(courses(&narrow.desk.for_operation(|| true).db).await, 1, "a turn again");
        }
    }

    async fn what_is_read_after_an_act_shows_what_it_did(house at "2026-04-01T12:00-04:00") {
        house.has_the_course().await;
        let narrow = narrow(&house).await;
        let desk = narrow.desk.for_operation(|| true);
        assert_eq!(courses(&desk.db).await, 1);
        let txn = desk.begin().await.expect("a transaction on the same connection");
        clear(&txn).await;
        txn.commit().await.expect("committed");
        assert_eq!(courses(&desk.db).await, 0);
        // What counts by itself is no part of a snapshot, and is not lost with it.
        house.has_the_course().await;
        assert_eq!(courses(&desk.db).await, 0, "the snapshot is as old as the first look");
        clear(&desk.db).await;
        assert_eq!(courses(house.db()).await, 0);
        house.has_the_course().await;
        let written = "update course set title = 'Another' returning id";
        let row = desk.db.query_one_raw(Statement::from_string(desk.db.get_database_backend(), written)).await;
        assert!(row.expect("written").is_some(), "what writes sees what there is now");
        drop(desk);
        let titled = "select count(*) from course where title = 'Another'";
        let row = house.db().query_one_raw(Statement::from_string(house.db().get_database_backend(), titled)).await;
        assert_eq!(row.expect("an answer").expect("a row").try_get_by_index::<i64>(0).expect("a number"), 1);
    }

    async fn a_second_connection_is_refused(house at "2026-04-01T12:00-04:00") {
        house.has_the_course().await;
        let desk = house.desk.for_operation(|| true);
        let txn = desk.begin().await.expect("a transaction");
        let refused = |error: sea_orm::DbErr| assert!(error.to_string().contains("a second connection"), "{error}");
        refused(desk.db.query_one_raw(Statement::from_string(desk.db.get_database_backend(), "select 1")).await.expect_err("a read"));
        refused(desk.db.execute_unprepared("delete from course").await.expect_err("a write"));
        refused(desk.begin().await.expect_err("another transaction"));
        refused(desk.catalogue.page_by_slug(&desk.db, SAMPLE_SLUG).await.expect_err("a page"));
        assert_eq!(courses(&txn).await, 1, "the transaction has it");
        drop(txn);
        assert_eq!(courses(&desk.db).await, 1, "and gives it back, whether it was committed or not");
        let txn = desk.begin().await.expect("another transaction");
        txn.rollback().await.expect("taken back");
        assert_eq!(courses(&desk.db).await, 1);
    }

    /// A resolver is dropped when one beside it fails; the others go on with a connection in a state that is known.
    async fn who_is_dropped_while_asking_takes_nothing_along(house at "2026-04-01T12:00-04:00") {
        house.has_the_course().await;
        let narrow = narrow(&house).await;
        let desk = narrow.desk.for_operation(|| true);
        for steps in 0..20 {
            {
                let mut asking = pin!(courses(&desk.db));
                for _ in 0..steps {
                    if poll!(asking.as_mut()).is_ready() {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
            }
            assert_eq!(courses(&desk.db).await, 1, "after {steps} steps");
            if steps % 5 == 4 {
                let txn = desk.begin().await.expect("a transaction");
                txn.commit().await.expect("committed");
            }
        }
        assert_eq!(narrow.db().watch().most_in_use(), 1);
    }

    async fn what_is_in_memory_takes_no_connection(house at "2026-04-01T12:00-04:00") {
        house.has_the_course().await;
        let query = "query($slug: String!) { course(slug: $slug) { title sessions { nodes { title tracks { name } } } faculty { nodes { name } } } }";
        let narrow = narrow(&house).await;
        let first = narrow.asks(None, query, json!({ "slug": SAMPLE_SLUG })).await;
        assert_eq!(narrow.db().watch().most_in_use(), 1, "it was read");
        let before = narrow.statements();
        assert_eq!(narrow.asks(None, query, json!({ "slug": SAMPLE_SLUG })).await, first);
        assert_eq!((narrow.statements() - before, narrow.db().watch().most_in_use()), (0, 0));
    }
}
