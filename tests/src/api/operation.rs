//! What one operation has of the database: one snapshot, on one connection.

use std::net::IpAddr;
use std::pin::pin;
use std::time::Duration;

use entity::network::Network;
use futures_util::stream::FuturesUnordered;
use futures_util::{StreamExt, poll};
use lectern::store::{self, Durability, Limits, is_away, is_crowded};
use lectern::write::turn::{self, Over};
use sea_orm::sqlx::{Connection, Executor, SqliteConnection};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;

use crate::support::request::{ask, by, from};
use crate::support::{SAMPLE_SLUG, TestApp, stories};

/// How many courses this connection sees.
async fn courses(db: &impl ConnectionTrait) -> i64 {
    let row = db
        .query_one_raw(Statement::from_string(db.get_database_backend(), "select count(*) from course"))
        .await;
    row.expect("an answer").expect("a row").try_get_by_index(0).expect("a number")
}

fn network(address: &str) -> Network {
    Network::from(address.parse::<IpAddr>().expect("an address"))
}

/// Takes all courses away, or fails at it.
async fn clear(db: &impl ConnectionTrait) {
    db.execute_unprepared("delete from course").await.expect("no more courses");
}

/// An app that asks over one connection, beside one in which everything can happen meanwhile.
async fn narrow(app: &TestApp) -> TestApp {
    let narrow = app.on_connections(1).await;
    narrow.db().watch().most_in_use();
    narrow
}

stories! {
    async fn an_operation_reads_one_snapshot(app with the course at "2026-04-01T12:00-04:00") {
        let narrow = narrow(&app).await;
        let state = narrow.state.for_operation(None, || true);
        assert_eq!(narrow.db().watch().most_in_use(), 0, "who has asked nothing has no connection");
        assert_eq!(courses(&state.db).await, 1);
        clear(app.db()).await;
        let clone = state.db.clone();
        let (one, other, third) = tokio::join!(courses(&state.db), courses(&state.db), courses(&clone));
        assert_eq!((one, other, third), (1, 1, 1), "what is read does not change while it is read");
        assert_eq!(narrow.db().watch().most_in_use(), 1);
        drop((state, clone));
        assert_eq!(courses(narrow.db()).await, 0, "the only connection is free again");
        assert_eq!(
            courses(&narrow.state.for_operation(None, || true).db).await,
            0,
            "the next operation has a snapshot of its own"
        );
    }

    /// Operations take all connections but one: that one is for what Lectern asks for itself. Where there is
    /// one alone, they share it.
    async fn operations_leave_one_connection_to_the_house(app with the course at "2026-04-01T12:00-04:00") {
        let soon = Duration::from_millis(20);
        for connections in [3, 1] {
            let narrow = app.on_connections(connections).await;
            let running: Vec<_> =
                (1..connections.max(2)).map(|_| narrow.state.for_operation(None, || true)).collect();
            for operation in &running {
                assert_eq!(courses(&operation.db).await, 1);
            }
            let one_more = narrow.state.for_operation(None, || true).db.waiting(soon);
            let no = one_more
                .query_one_raw(Statement::from_string(one_more.get_database_backend(), "select 1"))
                .await;
            assert!(no.as_ref().is_err_and(is_away), "{no:?}");
            // Where there is one more, it may have to be opened first, which takes what it takes on a busy
            // machine.
            let patience = if connections > 1 { Duration::from_secs(60) } else { soon };
            let ours = narrow
                .db()
                .waiting(patience)
                .query_one_raw(Statement::from_string(one_more.get_database_backend(), "select 1"))
                .await;
            assert_eq!(ours.is_ok(), connections > 1, "{ours:?}");
            drop(running);
            assert_eq!(courses(&narrow.state.for_operation(None, || true).db).await, 1, "a turn again");
        }
    }

    /// With two connections clients have one turn. Hundreds of one address wait for it, in operations and to
    /// have their tokens looked at; then somebody else comes.
    async fn one_address_keeps_no_other_out(app with the course at "2026-04-01T12:00-04:00") {
        let narrow = app.on_connections(2).await;
        let taken = narrow.state.for_operation(Some(network("192.0.2.1")), || true);
        assert_eq!(courses(&taken.db).await, 1);
        let asking = async |client: &'static str, for_operation: bool| {
            let operation = for_operation.then(|| narrow.state.for_operation(Some(network(client)), || true));
            let state = operation.unwrap_or_else(|| narrow.state.for_client(network(client)));
            assert_eq!(courses(&state.db).await, 1);
            client
        };
        let mut all: FuturesUnordered<_> =
            (0..300).map(|number| asking("192.0.2.1", number % 2 == 0)).collect();
        assert!(poll!(all.next()).is_pending());
        for one in ["198.51.100.1", "198.51.100.2", "2001:db8::1"] {
            all.push(asking(one, true));
            all.push(asking(one, false));
        }
        assert!(poll!(all.next()).is_pending());
        assert_eq!(courses(narrow.db()).await, 1, "Lectern waits for nobody's turn");
        drop(taken);
        let served: Vec<_> = all.collect().await;
        let last = served.iter().rposition(|client| *client != "192.0.2.1").expect("the others were served");
        assert!(served.len() == 306 && last < 20, "the last of the others was served as number {last}");
    }

    /// Who would wait in vain is told so at once; others are not.
    async fn a_client_has_as_many_waiting_as_can_be_served_in_time(app with the course at "2026-04-01T12:00-04:00") {
        let limits = Limits { wait: Duration::from_secs(2), statement: None };
        let db =
            store::open_with(app.url(), 2, limits, Durability::ProcessEnd).await.expect("the database opens");
        let taken = db.for_client(network("192.0.2.1")).begin().await.expect("the only turn");
        let one = db.for_client(network("192.0.2.1"));
        let mut waiting: FuturesUnordered<_> = (0..200).map(|_| courses(&one)).collect();
        assert!(poll!(waiting.next()).is_pending());
        let look = Statement::from_string(one.get_database_backend(), "select 1");
        let no = one.query_one_raw(look).await.expect_err("two seconds are two hundred turns");
        assert!(is_crowded(&no) && !is_away(&no), "{no}");
        let other = db.for_client(network("192.0.2.2"));
        let mut other = pin!(courses(&other));
        assert!(poll!(other.as_mut()).is_pending(), "another address waits in a line of its own");
        drop(waiting);
        taken.rollback().await.expect("taken back");
        assert_eq!(other.await, 1);
    }

    /// Who waits because others of the same client ask for codes has no connection meanwhile.
    async fn who_waits_for_a_turn_over_a_client_keeps_no_connection(app at "2026-04-01T12:00-04:00") {
        let client = app.state.key.client_key(network("192.0.2.1"));
        let first = turn::begin(&app.state, &[Over::Client(&client)]).await.expect("a transaction");
        let act = "mutation($email: String!) { requestSignInCode(input: { email: $email }) { signInRequest { id } refusal { code } } }";
        let asks = |client, number: usize| {
            app.answered(from(client, ask(act, &json!({ "email": format!("p{number}@example.org") }))))
        };
        let mut waiting: FuturesUnordered<_> = (0..30).map(|number| asks("192.0.2.1", number)).collect();
        assert!(poll!(waiting.next()).is_pending());
        app.db().watch().most_in_use();
        if app.db().get_database_backend() == DbBackend::Postgres {
            for number in 30..40 {
                assert_eq!(asks("192.0.2.2", number).await.status, 200, "nobody else waits");
                assert!(poll!(waiting.next()).is_pending());
            }
        }
        // Enough for all of them to begin, if they could.
        for _ in 0..100 {
            courses(app.db()).await;
            assert!(poll!(waiting.next()).is_pending());
        }
        assert!(app.db().watch().most_in_use() <= 3, "the first, and whoever has just asked");
        first.rollback().await.expect("taken back");
        let answers: Vec<_> = waiting.collect().await;
        assert!(
            answers.len() == 30
                && answers
                    .iter()
                    .all(|answer| answer.json()["data"]["requestSignInCode"]["signInRequest"].is_object())
        );
    }

    /// Hundreds wait for one thing, a turn over an address, from 30 networks. They do nothing meanwhile, and
    /// keep nobody out of what can run side by side.
    async fn who_waits_for_a_turn_weighs_nothing(app with the course at "2026-04-01T12:00-04:00") {
        let first =
            turn::begin(&app.state, &[Over::Address("ada@example.org")]).await.expect("a transaction");
        let act = "mutation { requestSignInCode(input: { email: \"ada@example.org\" }) { signInRequest { id } refusal { code } } }";
        let asks = async |client: String| {
            let answer = app.answered(from(&client, ask(act, &json!({})))).await;
            (client, answer)
        };
        // More than fit into both lanes, each with its weight.
        let mut waiting: FuturesUnordered<_> =
            (0..600).map(|number| asks(format!("198.51.100.{}", number % 30))).collect();
        for _ in 0..100 {
            courses(app.db()).await;
            assert!(poll!(waiting.next()).is_pending());
        }
        let search =
            "query($text: String!) { courses(first: 100, filter: { text: $text }) { nodes { title } } }";
        for number in 0..5 {
            let answer = app
                .answered(from("192.0.2.7", ask(search, &json!({ "text": format!("care {number}") }))))
                .await;
            assert!(answer.status == 200 && answer.json()["errors"].is_null(), "{}", answer.text());
        }
        waiting.push(asks("192.0.2.7".to_owned()));
        assert!(poll!(waiting.next()).is_pending());
        first.rollback().await.expect("taken back");
        let served: Vec<_> = waiting.collect().await;
        let place = served.iter().position(|(client, _)| client == "192.0.2.7").expect("it was served");
        assert_eq!(served[place].1.status, 200);
        // One of each other network, and whoever was under way.
        assert!(served.len() == 601 && place < 100, "it was served as number {place}");
    }

    /// A file that another process has locked: who writes is told soon, and keeps nobody from reading; and
    /// who may wait is served once it is free.
    async fn a_file_that_another_process_has_locked_keeps_nobody_from_reading(app at "2026-04-01T12:00-04:00") {
        if app.db().get_database_backend() != DbBackend::Sqlite {
            return;
        }
        app.has_the_course().await;
        let person = app.signs_in("ada@example.org").await;
        let narrow = app.waiting(3, Duration::from_millis(300)).await;
        let mut other = SqliteConnection::connect(app.url()).await.expect("another process");
        other.execute("begin exclusive").await.expect("the lock");
        let act = "mutation { updateProfile(input: { name: \"Ada\" }) { refusal { code } } }";
        let acts = async |client: String| {
            narrow.answered(from(&client, by(Some(&person.token), ask(act, &json!({}))))).await
        };
        let mut writing: FuturesUnordered<_> =
            (0..40).map(|number| acts(format!("198.51.100.{}", number % 4))).collect();
        let patient = narrow.db().waiting(Duration::from_secs(60));
        let mut patient = pin!(patient.begin());
        let search =
            "query($text: String!) { courses(first: 100, filter: { text: $text }) { nodes { title } } }";
        let (mut told, mut read) = (0, 0);
        while told < 40 {
            tokio::select! {
                biased;
                answer = writing.next() => {
                    let answer = answer.expect("forty answers");
                    assert!(answer.status == 503 && answer.code() == "UNAVAILABLE", "{}", answer.text());
                    told += 1;
                }
                answer = narrow.answered(from("192.0.2.7", ask(search, &json!({ "text": format!("care {read}") })))) => {
                    assert!(answer.status == 200 && answer.json()["errors"].is_null(), "while {told} of 40 were told: {}", answer.text());
                    read += 1;
                }
                _ = patient.as_mut() => panic!("the file is locked"),
            }
        }
        assert!(read > 0);
        other.execute("rollback").await.expect("free");
        patient.await.expect("who may wait loses nothing").rollback().await.expect("taken back");
        assert_eq!(acts("192.0.2.7".to_owned()).await.status, 200);
    }

    /// An operation that has read something lets go of its connection before it waits.
    async fn who_has_read_something_waits_without_a_connection_too(app with the course at "2026-04-01T12:00-04:00") {
        let narrow = app.on_connections(2).await;
        let first =
            turn::begin(&narrow.state, &[Over::Address("ada@example.org")]).await.expect("a transaction");
        let state = narrow.state.for_operation(Some(network("192.0.2.1")), || true);
        assert_eq!((courses(&state.db).await, narrow.db().watch().in_use()), (1, 2));
        {
            let over = [Over::Client("somebody"), Over::Address("ada@example.org")];
            let mut second = pin!(turn::begin(&state, &over));
            assert!(poll!(second.as_mut()).is_pending());
            assert_eq!(narrow.db().watch().in_use(), 1);
            first.commit().await.expect("committed");
            second.await.expect("it comes after it").commit().await.expect("committed");
        }
        assert_eq!(courses(&state.db).await, 1);
    }

    async fn what_is_read_after_an_act_shows_what_it_did(app with the course at "2026-04-01T12:00-04:00") {
        let narrow = narrow(&app).await;
        let state = narrow.state.for_operation(None, || true);
        assert_eq!(courses(&state.db).await, 1);
        let txn = state.begin().await.expect("a transaction on the same connection");
        clear(&txn).await;
        txn.commit().await.expect("committed");
        assert_eq!(courses(&state.db).await, 0);
        // What counts by itself is no part of a snapshot, and is not lost with it.
        app.has_the_course().await;
        assert_eq!(courses(&state.db).await, 0, "the snapshot is as old as the first look");
        clear(&state.db).await;
        assert_eq!(courses(app.db()).await, 0);
        app.has_the_course().await;
        let written = "update course set title = 'Another' returning id";
        let row =
            state.db.query_one_raw(Statement::from_string(state.db.get_database_backend(), written)).await;
        assert!(row.expect("written").is_some(), "what writes sees what there is now");
        drop(state);
        let titled = "select count(*) from course where title = 'Another'";
        let row =
            app.db().query_one_raw(Statement::from_string(app.db().get_database_backend(), titled)).await;
        assert_eq!(row.expect("an answer").expect("a row").try_get_by_index::<i64>(0).expect("a number"), 1);
    }

    async fn a_second_connection_is_refused(app with the course at "2026-04-01T12:00-04:00") {
        let state = app.state.for_operation(None, || true);
        let txn = state.begin().await.expect("a transaction");
        let refused =
            |error: sea_orm::DbErr| assert!(error.to_string().contains("a second connection"), "{error}");
        refused(
            state
                .db
                .query_one_raw(Statement::from_string(state.db.get_database_backend(), "select 1"))
                .await
                .expect_err("a read"),
        );
        refused(state.db.execute_unprepared("delete from course").await.expect_err("a write"));
        refused(state.begin().await.expect_err("another transaction"));
        refused(state.catalogue.page_by_slug(&state.db, SAMPLE_SLUG).await.expect_err("a page"));
        assert_eq!(courses(&txn).await, 1, "the transaction has it");
        drop(txn);
        assert_eq!(courses(&state.db).await, 1, "and gives it back, whether it was committed or not");
        let txn = state.begin().await.expect("another transaction");
        txn.rollback().await.expect("taken back");
        assert_eq!(courses(&state.db).await, 1);
    }

    /// A resolver is dropped when one beside it fails; the others go on with a connection in a state that is
    /// known.
    async fn who_is_dropped_while_asking_takes_nothing_along(app with the course at "2026-04-01T12:00-04:00") {
        let narrow = narrow(&app).await;
        let state = narrow.state.for_operation(None, || true);
        for steps in 0..20 {
            {
                let mut asking = pin!(courses(&state.db));
                for _ in 0..steps {
                    if poll!(asking.as_mut()).is_ready() {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
            }
            assert_eq!(courses(&state.db).await, 1, "after {steps} steps");
            if steps % 5 == 4 {
                let txn = state.begin().await.expect("a transaction");
                txn.commit().await.expect("committed");
            }
        }
        assert_eq!(narrow.db().watch().most_in_use(), 1);
    }

    async fn what_is_in_memory_takes_no_connection(app with the course at "2026-04-01T12:00-04:00") {
        let query = "query($slug: String!) { course(slug: $slug) { title sessions { nodes { title tracks { name } } } faculty { nodes { name } } } }";
        let narrow = narrow(&app).await;
        let first = narrow.asks(None, query, json!({ "slug": SAMPLE_SLUG })).await;
        assert_eq!(narrow.db().watch().most_in_use(), 1, "it was read");
        let before = narrow.statements();
        assert_eq!(narrow.asks(None, query, json!({ "slug": SAMPLE_SLUG })).await, first);
        assert_eq!((narrow.statements() - before, narrow.db().watch().most_in_use()), (0, 0));
    }
}
