//! What a query may take while it runs, and who stops it.

use std::pin::pin;
use std::time::Duration;

use axum::http::header;
use futures_util::poll;
use lectern::limits::client::{Bounds, Limits, Rates};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::support::process::wait_until;
use crate::support::request::{ask, by, from, get};
use crate::support::{Answer, SAMPLE, SAMPLE_SLUG, TestApp, stories};

/// What the schema says that a list costs beside its rows.
const LIST: u64 = 100;
const UNBOUNDED: Bounds = Bounds { values: u64::MAX, bytes: u64::MAX, time: Duration::from_secs(3_600) };

async fn asks(app: &TestApp, client: &str, query: &str) -> Answer {
    app.answered(from(client, ask(query, &Value::Null))).await
}

/// The answer to a query, where queries may take no more than this.
async fn within(app: &mut TestApp, query: Bounds, text: &str) -> Answer {
    app.limits_clients(Limits { query, ..Limits::default() });
    asks(app, "192.0.2.1", text).await
}

/// The largest bound within which a query is refused; one more, and it is answered. `bounded` makes bounds of
/// a number.
async fn edge(app: &mut TestApp, text: &str, bounded: impl Fn(u64) -> Bounds) -> u64 {
    let (mut too_few, mut enough) = (0, 1 << 20);
    while enough - too_few > 1 {
        let middle = u64::midpoint(too_few, enough);
        let answer = within(app, bounded(middle), text).await;
        if answer.status == 200 {
            enough = middle;
            continue;
        }
        too_few = middle;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (422, "ANSWER_TOO_LARGE"), "{answer:?}");
        assert!(answer.json().get("data").is_none(), "nothing of the answer is told: {answer:?}");
    }
    enough
}

/// How much of a budget for a minute is left, as the headers of an answer have it.
async fn left(app: &TestApp, client: &str, query: &str) -> i64 {
    let answer = asks(app, client, query).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.parameter("ratelimit", "r")
}

/// Begins to ask, is gone while the server waits for the database, and lets the server come to the end of it.
/// Returns how many statements were sent after that.
async fn hangs_up(app: &TestApp, query: &str, variables: Value) -> u64 {
    let narrow = app.on_connections(1).await;
    let holder = narrow.db().begin().await.expect("the only connection");
    {
        let mut asking = pin!(narrow.response(ask(query, &variables)));
        while !is_running(&narrow).await {
            assert!(poll!(asking.as_mut()).is_pending(), "it cannot have been answered");
            tokio::task::yield_now().await;
        }
    }
    let before = narrow.statements();
    drop(holder);
    wait_until("the operation to end", 20, async || (!is_running(&narrow).await).then_some(())).await;
    narrow.statements() - before
}

/// Whether an operation is running, or waits for the database.
async fn is_running(app: &TestApp) -> bool {
    metric(app, "lectern_running_cost").await != "0" || metric(app, "lectern_waiting_cost").await != "0"
}

/// What the metrics say of this.
async fn metric(app: &TestApp, name: &str) -> String {
    let (_, text) = app.http(get("/metrics")).await;
    let told = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    told.unwrap_or_else(|| panic!("{name} in {text}")).to_owned()
}

stories! {
    async fn an_answer_has_so_many_values_at_most(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        app.has_the_course().await;
        let mut values =
            async |text: &str| edge(&mut app, text, |values| Bounds { values, ..UNBOUNDED }).await;
        assert_eq!(values("{ courses { nodes { id title } } }").await, LIST + 1 + 2);
        // Lists count by what they hold, and lists of plain values, too.
        let sessions =
            values("{ courses { nodes { sessions { nodes { id } } } } }").await - (LIST + 1 + 1 + 1);
        assert_eq!(sessions, 20, "a page of sessions");
        let objectives = values("{ courses { nodes { objectives } } }").await - (LIST + 1 + 1);
        assert_eq!(objectives, 4);
        // Rows that are wide are counted one by one, and come to the same.
        let wide: String = (0..60).map(|place| format!(" a{place}: title")).collect();
        assert_eq!(values(&format!("{{ courses {{ nodes {{{wide} }} }} }}")).await, LIST + 1 + 60);
        let both =
            values(&format!("{{ courses {{ nodes {{{wide} sessions {{ nodes {{ id }} }} }} }} }}")).await;
        assert_eq!(both, LIST + 1 + 60 + 1 + 1 + 20);
    }

    async fn an_answer_has_so_many_bytes_at_most(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        app.has_the_course().await;
        let wide: String = (0..60).map(|place| format!(" a{place}: overview")).collect();
        for text in [
            "{ courses { nodes { title overview sessions(first: 100) { nodes { title startsAt kind } } } } }"
                .to_owned(),
            format!("{{ courses {{ nodes {{{wide} }} }} }}"),
            format!("{{ course(slug: \"{SAMPLE_SLUG}\") {{{wide} }} }}"),
        ] {
            let answer = within(&mut app, UNBOUNDED, &text).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            let bytes = edge(&mut app, &text, |bytes| Bounds { bytes, ..UNBOUNDED }).await;
            assert_eq!(bytes, u64::try_from(answer.body.len()).expect("a number"), "as many as are written");
        }
    }

    async fn an_answer_is_given_up_where_there_is_no_room_for_it_while_it_grows(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        app.has_the_course().await;
        // Two parcels of 64 KB for the answers of one address that are being made.
        app.limits_clients(Limits { held_bytes: 1024 * 1024, query: UNBOUNDED, ..Limits::default() });
        let overviews = |count: usize| -> String {
            let fields: String = (0..count).map(|place| format!(" a{place}: overview")).collect();
            format!("{{ course(slug: \"{SAMPLE_SLUG}\") {{{fields} }} }}")
        };
        let answer = asks(&app, "192.0.2.1", &overviews(150)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!((65_536..3 * 65_536).contains(&answer.body.len()), "{}", answer.body.len());
        // The bytes of an answer hold its place.
        drop(answer);
        assert_eq!(metric(&app, "lectern_in_hand_bytes").await, "0");
        let refused = asks(&app, "192.0.2.1", &overviews(600)).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (503, "OVERLOADED"), "{refused:?}");
        assert_eq!(refused.headers[header::RETRY_AFTER], "2");
        assert!(refused.json().get("data").is_none(), "{refused:?}");
        // What was given up takes no room any more, though its no is still on the way; so the same address is
        // answered again.
        assert_eq!(asks(&app, "192.0.2.1", &overviews(151)).await.status, 200);
        drop(refused);
        assert_eq!(metric(&app, "lectern_in_hand_bytes").await, "0");
    }

    /// Many small objects take eighty times their bytes once they are read.
    async fn a_body_counts_as_what_it_takes_once_it_is_read(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        // A quarter of this for one address.
        app.limits_clients(Limits { held_bytes: 1024 * 1024, query: UNBOUNDED, ..Limits::default() });
        let with = |objects: usize| {
            from(
                "192.0.2.1",
                ask("{ __typename }", &json!({ "nobody declared it": vec![json!({ "a": 0 }); objects] })),
            )
        };
        assert_eq!(app.answered(with(100)).await.status, 200);
        let refused = app.answered(with(1_000)).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code().as_str()),
            (503, "OVERLOADED"),
            "eight kilobytes: {refused:?}"
        );
        drop(refused);
        assert_eq!(metric(&app, "lectern_in_hand_bytes").await, "0");
    }

    async fn a_query_that_takes_too_long_is_told_so(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        app.has_the_course().await;
        let answer =
            within(&mut app, Bounds { time: Duration::ZERO, ..UNBOUNDED }, "{ courses { nodes { id } } }")
                .await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("retry-after"), answer.code().as_str()),
            (503, "2", "TIME_EXCEEDED"),
            "{answer:?}"
        );
        assert!(answer.json().get("data").is_none(), "{answer:?}");
        // An act is not stopped.
        let asked = app
            .does(None, "requestSignInCode", json!({ "email": "ada@example.org" }), "signInRequest { id }")
            .await;
        assert!(asked["id"].is_string(), "{asked}");
    }

    /// An act is done, and what is told of it has the bounds of every answer: where they are reached, nothing
    /// more is resolved.
    async fn an_act_is_done_though_its_answer_would_be_too_large(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        app.has_the_course().await;
        let ada = app.signs_in("ada@example.org").await;
        let (course, track) = app.course_and_track().await;
        let wide: String = (0..300).map(|place| format!(" a{place}: overview")).collect();
        let act = format!(
            "mutation($input: RegisterInput!) {{ register(input: $input) {{ registration {{ course {{ sessions(first: 100) {{ nodes {{ course {{{wide} }} }} }} }} }} }} }}"
        );
        let input = json!({ "courseId": course, "trackId": track, "professionCode": "nurse" });
        app.limits_clients(Limits { query: Bounds { bytes: 100_000, ..UNBOUNDED }, ..Limits::default() });
        let answer = app.answered(by(Some(&ada.token), ask(&act, &json!({ "input": input })))).await;
        let told = answer.json();
        assert_eq!(
            (answer.status.as_u16(), &told["data"], answer.code().as_str()),
            (200, &Value::Null, "ANSWER_TOO_LARGE"),
            "{told}"
        );
        assert_eq!(told["errors"][0]["path"], json!(["register"]));
        assert_eq!(
            entity::registration::Entity::find().all(app.db()).await.expect("registrations").len(),
            1,
            "it is done"
        );
    }

    async fn nothing_more_is_asked_for_a_client_who_has_hung_up(app with the course at "2026-04-01T12:00-04:00") {
        // With something personal in it, so that nobody looks first whether an answer is in memory.
        let query = "{ courses { totalCount nodes { title } } faculty { totalCount nodes { name } } viewer { learner { id } } }";
        assert_eq!(hangs_up(&app, query, json!({})).await, 0);
    }

    async fn an_act_is_brought_to_its_end_though_the_client_has_hung_up(app at "2026-04-01T12:00-04:00") {
        let act =
            "mutation { requestSignInCode(input: { email: \"ada@example.org\" }) { signInRequest { id } } }";
        assert!(hangs_up(&app, act, json!({})).await > 0);
        // Who waits for a turn weighs nothing, so an act may still be on its way where nothing seems to run.
        let codes = async || entity::sign_in_code::Entity::find().all(app.db()).await.expect("codes").len();
        wait_until("the code", 20, async || (codes().await == 1).then_some(())).await;
    }

    /// What a list could hold is taken from a budget at first, and what it did not hold is given back.
    async fn a_client_pays_for_what_was_resolved(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        app.has_the_course().await;
        app.imports(&SAMPLE.replace(SAMPLE_SLUG, "another-course")).await;
        app.limits_clients(Limits {
            rates: Rates { address: 10_000, person: 10_000, loopback: false },
            ..Limits::default()
        });
        let paid = async |client: &str, query: &str| {
            u64::try_from(10_000 - left(&app, client, query).await).expect("no more than there was")
        };
        assert_eq!(
            paid("198.51.100.1", "{ courses(first: 100) { nodes { id slug } } }").await,
            LIST + 1 + 2 * 2
        );
        assert_eq!(paid("198.51.100.2", "{ __typename }").await, 1);
        let cost = async |client: &str, rest: &str| {
            let answer = asks(&app, client, &format!("{{ rateLimit {{ cost }} {rest} }}")).await;
            answer.json()["data"]["rateLimit"]["cost"].as_u64().expect("a cost")
        };
        // The schema holds what it holds; an empty list holds nothing, and was looked for.
        let schema = "__schema { types { name fields { name } } }";
        let told = cost("198.51.100.3", schema).await;
        assert!(told > 100, "{told}");
        assert_eq!(paid("198.51.100.4", &format!("{{ rateLimit {{ cost }} {schema} }}")).await, told);
        assert_eq!(
            paid("198.51.100.5", "{ courses(first: 100, filter: { text: \"nowhere\" }) { nodes { id } } }")
                .await,
            LIST + 1 + 1_000
        );
    }
}
