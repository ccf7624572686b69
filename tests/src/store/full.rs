//! A disk that was full for a while.

use lectern::store::{self, Durability, Limits};
use sea_orm::{ConnectionTrait, Statement};

use super::{enter, notes, with_notes};
use crate::support::{Backend, database};

/// SQLite takes back a transaction by itself where the disk is full, and sqlx goes on counting it as open: who
/// gets that connection next would never begin another one. SQLite's own bound on the file stands for the disk.
#[tokio::test]
async fn a_transaction_that_a_full_disk_has_ended_spoils_nobody_elses() {
    let database = database::fresh(Backend::Sqlite, Durability::ProcessEnd).await.expect("a database");
    let one = store::open(&database.url, 1, Limits::PATIENT).await.expect("the database opens");
    with_notes(&one).await;
    let bound = Statement::from_string(one.get_database_backend(), "pragma max_page_count = 1");
    let fills = "create table filler as select zeroblob(8000000) as bytes";
    for told in ["rolled back", "let go"] {
        // As small as the file is now.
        one.query_one_raw(bound.clone()).await.expect("an answer").expect("a bound");
        let txn = one.begin().await.expect("a transaction");
        let full = txn.execute_unprepared(fills).await.expect_err("there is no room");
        assert!(full.to_string().contains("full"), "{full}");
        if told == "rolled back" {
            // SQLite says that there is nothing to roll back.
            drop(txn.rollback().await);
        } else {
            drop(txn);
        }
        let before = notes(&one).await;
        let id = u32::try_from(before).expect("a number") + 1;
        let txn = one.begin().await.unwrap_or_else(|error| panic!("{told}: {error}"));
        enter(&txn, id).await.expect("a note");
        txn.commit().await.expect("a commit");
        assert_eq!(notes(&one).await, before + 1, "{told}");
    }
}
