//! Answers that are kept: whose, how long, and made how often. That nothing personal is among them is held by
//! a law (`law/access/kept.rs`).

mod bounds;
mod seats;

use axum::http::StatusCode;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::database::MANY;
use crate::support::request::{self, by, from, get, get_with, with};
use crate::support::{SAMPLE, SAMPLE_SLUG, TestApp, stories};

/// A course page as an app reads it.
const PAGE: &str = include_str!("course_page.graphql");

/// The answer was in memory.
pub const HIT: &str = "lectern; hit";
/// It is now.
pub const STORED: &str = "lectern; fwd=miss; stored";

/// What was answered, and what is said of where it came from.
#[derive(Debug, PartialEq)]
pub struct Told {
    /// What `Cache-Status` says, where it is there.
    pub how: Option<String>,
    /// The body.
    pub text: String,
}

impl Told {
    /// The data; there must be no errors.
    pub fn data(&self) -> Value {
        let answer: Value = serde_json::from_str(&self.text).expect("JSON");
        assert!(answer["errors"].is_null(), "{answer:#}");
        answer["data"].clone()
    }
}

/// Asks by POST.
pub async fn ask(app: &TestApp, token: Option<&str>, query: &str, variables: Value) -> Told {
    let answer = app.answered(by(token, request::ask(query, &variables))).await;
    assert_eq!(answer.status, StatusCode::OK, "{query}");
    let how = answer.headers.contains_key("cache-status").then(|| answer.header("cache-status").to_owned());
    Told { how, text: answer.text().to_owned() }
}

/// Asks for the sample's page as a stranger.
async fn page(app: &TestApp) -> Told {
    ask(app, None, PAGE, json!({ "slug": SAMPLE_SLUG })).await
}

/// Bytes of bodies and answers in hand.
async fn in_hand(app: &TestApp) -> u64 {
    let (_, text) = app.http(get("/metrics")).await;
    text.lines().find_map(|line| line.strip_prefix("lectern_in_hand_bytes ")?.parse().ok()).expect("a number")
}

stories! {
    /// Whoever does not take what is in memory once, however often it is asked for, keeps no more room from
    /// others than that.
    async fn what_all_share_counts_once(app with the course at "2026-04-01T12:00-04:00") {
        let length = u64::try_from(page(&app).await.text.len()).expect("a length");
        let asked = |query: &str| request::ask(query, &json!({ "slug": SAMPLE_SLUG }));
        let mut untaken = Vec::new();
        let mut held = Vec::new();
        for _ in 0..50 {
            let response = app.response(asked(PAGE)).await;
            assert_eq!(response.headers()["cache-status"], HIT);
            untaken.push(response);
            held.push(in_hand(&app).await);
        }
        // Each request has what was sent, and all of them have the answer.
        let sent = held[1] - held[0];
        assert_eq!((held[0], held[49]), (length + sent, length + 50 * sent), "an answer of {length} bytes");
        let bodies = held[49];
        untaken
            .push(app.response(asked("{ viewer { learner { id } } courses { nodes { overview } } }")).await);
        assert!(in_hand(&app).await > bodies, "one's own answer counts");
        drop(untaken);
        assert_eq!(in_hand(&app).await, 0);
    }

    async fn who_asks_what_a_stranger_has_asked_gets_the_same_bytes(app with the course at "2026-04-01T12:00-04:00") {
        let first = page(&app).await;
        assert_eq!(first.how.as_deref(), Some(STORED));
        assert_eq!(first.data()["course"]["title"], "Core Practice of Palliative Care");
        let before = app.statements();
        let second = page(&app).await;
        assert_eq!((second.how.as_deref(), &second.text), (Some(HIT), &first.text));
        assert_eq!(app.statements(), before, "nothing is asked of the database");
        // Another question is another answer.
        let other = ask(&app, None, PAGE, json!({ "slug": "nothing" })).await;
        assert_eq!((other.how.as_deref(), &other.data()["course"]), (Some(STORED), &Value::Null));
        let renamed = ask(
            &app,
            None,
            &PAGE.replace("title summary", "name: title summary"),
            json!({ "slug": SAMPLE_SLUG }),
        )
        .await;
        assert_eq!(
            (renamed.how.as_deref(), &renamed.data()["course"]["name"]),
            (Some(STORED), &first.data()["course"]["title"])
        );
        // Who is signed in is answered for themselves.
        let ada = app.signs_in("ada@example.org").await;
        let hers = ask(&app, Some(&ada.token), PAGE, json!({ "slug": SAMPLE_SLUG })).await;
        assert_eq!((hers.how, hers.text), (None, first.text));
    }

    async fn a_list_is_kept_as_a_page_is(app with the course at "2026-04-01T12:00-04:00") {
        let list = "{ courses(first: 20) { totalCount edges { cursor node { slug title startsAt registrationWindow { state } } } } }";
        let member = "{ facultyMember(slug: \"harry-han\") { name courses { nodes { title } } sessions { nodes { title } } } }";
        for query in [list, member] {
            let first = ask(&app, None, query, json!({})).await;
            assert_eq!(
                (first.how.as_deref(), ask(&app, None, query, json!({})).await),
                (Some(STORED), Told { how: Some(HIT.to_owned()), text: first.text.clone() })
            );
            app.imports(&SAMPLE.replace(
                "title = \"Core Practice of Palliative Care\"\nkind",
                "title = \"Palliative Care\"\nkind",
            ))
            .await;
            let changed = ask(&app, None, query, json!({})).await;
            assert_eq!(changed.how.as_deref(), Some(STORED));
            assert!(changed.text.contains("\"Palliative Care\""), "{}", changed.text);
            app.imports(SAMPLE).await;
        }
    }

    async fn of_many_who_ask_at_once_one_is_answered_from_the_database(app at "2026-04-01T12:00-04:00") {
        let app = app.on_connections(MANY).await;
        app.has_the_course().await;
        let query = "{ courses(first: 20, filter: { text: \"palliative\" }) { totalCount nodes { title days { sessions { title } } } } }";
        app.state.catalogue.forget_all();
        let before = app.statements();
        let one = ask(&app, None, query, json!({})).await;
        let once = app.statements() - before;
        app.imports(&SAMPLE.replace(
            "title = \"Core Practice of Palliative Care\"\nkind",
            "title = \"Palliative Care\"\nkind",
        ))
        .await;
        app.state.catalogue.forget_all();
        let before = app.statements();
        let told = join_all((0..20).map(|_| ask(&app, None, query, json!({})))).await;
        assert!(
            app.statements() - before <= once,
            "{} statements instead of {once}",
            app.statements() - before
        );
        assert_ne!(told[0].text, one.text);
        assert!(told.iter().all(|other| other.text == told[0].text));
        assert_eq!(told.iter().filter(|told| told.how.as_deref() == Some(HIT)).count(), 19);
    }

    async fn an_answer_with_errors_is_not_kept(app with the course at "2026-04-01T12:00-04:00") {
        let query = "query($after: String) { course(slug: \"core-practice-of-palliative-care\") { title sessions(after: $after) { nodes { title } } } }";
        for _ in 0..2 {
            let answer = app.answered(request::ask(query, &json!({ "after": "nonsense" }))).await;
            assert!(!answer.headers.contains_key("cache-status"), "{answer:?}");
            assert!(!answer.json()["errors"].is_null(), "{answer:?}");
        }
    }

    async fn who_takes_it_compressed_gets_what_was_compressed_once(app with the course at "2026-04-01T12:00-04:00") {
        let plain = page(&app).await;
        for (accepted, expected) in [("br, gzip", "br"), ("gzip", "gzip"), ("zstd", "zstd"), ("identity", "")]
        {
            let mut lengths = Vec::new();
            for _ in 0..2 {
                let asked = request::ask(PAGE, &json!({ "slug": SAMPLE_SLUG }));
                let answer = app.answered(with(asked, "accept-encoding", accepted)).await;
                assert_eq!(
                    (answer.header("content-encoding"), answer.header("cache-status")),
                    (expected, HIT)
                );
                let length = answer.body.len();
                assert!(
                    if expected.is_empty() {
                        length == plain.text.len()
                    } else {
                        length < plain.text.len() / 3
                    },
                    "{accepted}: {length}"
                );
                lengths.push(length);
            }
            assert_eq!(lengths[0], lengths[1]);
        }
    }

    /// By GET it has a tag, and who has that gets no body, without a look at the document; it costs what
    /// reading costs.
    async fn who_has_the_answer_already_is_told_so(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        app.limits_clients(lectern::limits::client::Limits {
            rates: lectern::limits::client::Rates { address: 100_000, person: 100_000, loopback: false },
            ..lectern::limits::client::Limits::default()
        });
        app.has_the_course().await;
        let variables = json!({ "slug": SAMPLE_SLUG }).to_string();
        let asked =
            |client: &str| from(client, get_with("/graphql", &[("query", PAGE), ("variables", &variables)]));
        let first = app.answered(asked("192.0.2.1")).await;
        assert_eq!((first.status, first.header("cache-status")), (StatusCode::OK, STORED));
        let left = first.parameter("ratelimit", "r");
        assert!(left < 99_900, "{left}: it was made");
        let none = app.answered(with(asked("192.0.2.2"), "if-none-match", first.header("etag"))).await;
        assert_eq!(
            (none.status, none.body.len(), none.header("cache-status")),
            (StatusCode::NOT_MODIFIED, 0, HIT)
        );
        assert_eq!(none.parameter("ratelimit", "r"), 99_900, "it was only read");
        let same = app.answered(with(asked("192.0.2.3"), "if-none-match", "W/\"another\"")).await;
        assert_eq!((same.status, same.body), (StatusCode::OK, first.body));
    }
}
