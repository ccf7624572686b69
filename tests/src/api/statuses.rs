//! What HTTP says about a request: the matrix of *GraphQL over HTTP, September 2026 edition*, cell by cell.

mod matrix;

use axum::body::Body;
use axum::http::{Method, Request, header};
use lectern::limits::client::Limits;
use serde_json::json;

use crate::support::database::MANY;
use crate::support::request::{from, get, get_with, post, with};
use crate::support::{Answer, stories};
use matrix::rows;

const NEW: &str = "application/graphql-response+json";
const OLD: &str = "application/json";
/// What clients send that know both.
const BOTH: &str = "application/graphql-response+json, application/json;q=0.9";
/// Data with an error: more ids than are looked up at once, which is found out where they are.
fn partial() -> String {
    format!("{{ __typename nodes(ids: {:?}) {{ id }} }}", ["a"; 101])
}

/// What a cell says of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A GraphQL response.
    Graphql,
    /// JSON that does not call itself one.
    Json,
}

/// A row of the matrix: a request, and what is answered where the new media type is wanted.
struct Row {
    what: &'static str,
    request: Request<Body>,
    status: u16,
    code: &'static str,
    kind: Kind,
}

fn row(what: &'static str, request: Request<Body>, status: u16, code: &'static str, kind: Kind) -> Row {
    Row { what, request, status, code, kind }
}

fn posted(body: impl Into<Body>) -> Request<Body> {
    post("/graphql", body)
}

fn asked(query: &str) -> Request<Body> {
    posted(json!({ "query": query }).to_string())
}

fn gets(parameters: &[(&str, &str)]) -> Request<Body> {
    get_with("/graphql", parameters)
}

fn as_method(method: Method, mut request: Request<Body>) -> Request<Body> {
    *request.method_mut() = method;
    request
}

/// A body in pieces, of which nobody says how many there are.
fn streamed(bytes: usize) -> Request<Body> {
    let pieces =
        futures_util::stream::iter((0..bytes / 1000).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1000])));
    posted(Body::from_stream(pieces))
}

/// Asserts that an answer says what its cell says.
fn judge(row: &str, accept: &str, found: &Answer, status: u16, code: &str, kind: &str) {
    let told = format!("{row}, Accept: {accept}: {found:?}");
    assert_eq!(found.status, status, "{told}");
    assert_eq!(found.header("content-type"), format!("{kind}; charset=utf-8"), "{told}");
    assert_eq!(found.code(), code, "{told}");
    assert_eq!(found.json().get("data").is_some(), (200..300).contains(&status), "{told}");
    assert_eq!(found.headers.contains_key(header::ALLOW), status == 405, "{told}");
    assert!(!found.text().contains("Error("), "no debug text: {told}");
}

stories! {
    async fn every_cell_of_the_matrix(app at "2026-04-01T12:00-04:00") {
        for accept in [NEW, BOTH] {
            for Row { what, request, status, code, kind } in rows() {
                let found = app.answered(with(request, "accept", accept)).await;
                judge(
                    what,
                    accept,
                    &found,
                    status,
                    code,
                    match kind {
                        Kind::Graphql => NEW,
                        Kind::Json => OLD,
                    },
                );
            }
        }
        // A client from before gets the same codes, but for 294, which means nothing beside application/json;
        // and what says no is a GraphQL response all the same.
        for accept in [OLD, "*/*", "application/*", "text/html, */*;q=0.1"] {
            for Row { what, request, status, code, kind } in rows() {
                let found = app.answered(with(request, "accept", accept)).await;
                let (status, kind) = match (status, kind) {
                    (200 | 294, _) => (200, OLD),
                    (_, Kind::Graphql) => (status, NEW),
                    (_, Kind::Json) => (status, OLD),
                };
                judge(what, accept, &found, status, code, kind);
            }
        }
        for accept in [
            "text/html",
            "application/json;q=0",
            "application/graphql+json",
            "application/json; charset=latin1",
        ] {
            let found = app.answered(with(asked("{ __typename }"), "accept", accept)).await;
            judge("an Accept that names nothing we speak", accept, &found, 406, "NOT_ACCEPTABLE", OLD);
        }
        let bare = app.answered(asked("{ __typename }")).await;
        judge("no Accept", "nothing", &bare, 200, "", OLD);
    }

    async fn a_token_that_opens_nothing_is_told_so_and_nothing_runs(app with the course at "2026-04-01T12:00-04:00") {
        let ada = app.signs_in("ada@example.org").await;
        let eve = app.signs_in("eve@example.org").await;
        eve.does(&app, "signOut", json!({}), "").await;
        let mutation = "mutation { updateProfile(input: { name: \"Changed\" }) { refusal { code } } }";
        for (token, code) in [
            ("lct_forged".to_owned(), "TOKEN_UNKNOWN"),
            (format!("lct_{}", "x".repeat(43)), "TOKEN_UNKNOWN"),
            ("something else".to_owned(), "TOKEN_UNKNOWN"),
            (eve.token.clone(), "TOKEN_EXPIRED"),
        ] {
            for (accept, query) in [(NEW, "{ __typename }"), (OLD, "{ __typename }"), (NEW, mutation)] {
                let request =
                    with(with(asked(query), "accept", accept), "authorization", &format!("Bearer {token}"));
                let found = app.answered(request).await;
                judge(&token, accept, &found, 401, code, NEW);
                let challenge = found.header("www-authenticate");
                assert!(
                    challenge.starts_with("Bearer ") && challenge.contains("error=\"invalid_token\""),
                    "{challenge}"
                );
            }
        }
        // Words that are none of ours open nothing; none at all, and those for a proxy, are nobody's.
        for (words, status) in [
            (ada.token.as_str(), 401),
            ("Bearer ", 401),
            ("Token x", 401),
            ("", 200),
            (" ", 200),
            ("Basic dXNlcjpwYXNz", 200),
        ] {
            let found = app.answered(with(asked("{ __typename }"), "authorization", words)).await;
            assert_eq!(found.status.as_u16(), status, "{words:?}");
        }
        app.travels_to("2026-07-01T12:00-04:00").await;
        let request = with(asked("{ __typename }"), "authorization", &format!("Bearer {}", ada.token));
        judge("an old token", "nothing", &app.answered(request).await, 401, "TOKEN_EXPIRED", NEW);
    }

    async fn a_full_house_says_when_to_come_back(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        // Two in hand at once from one address, and no patience for operations.
        let limits = Limits {
            connections_per_address: 2,
            patience: std::time::Duration::ZERO,
            running_cost: 1000,
            ..Limits::default()
        };
        app.limits_clients(limits);
        let slow = || {
            let endless = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
            from("192.0.2.7", posted(Body::from_stream(endless)))
        };
        let hold = async { tokio::join!(app.response(slow()), app.response(slow())) };
        let third =
            async { app.answered(from("192.0.2.7", with(asked("{ __typename }"), "accept", NEW))).await };
        let found = tokio::select! {
            biased;
            _ = hold => panic!("the bodies never end"),
            found = third => found,
        };
        judge("a third request from one address", NEW, &found, 503, "OVERLOADED", NEW);
        assert!(found.headers.contains_key(header::RETRY_AFTER));
        let other = app.answered(with(asked("{ __typename }"), "accept", NEW)).await;
        judge("a request from elsewhere", NEW, &other, 200, "", NEW);
        let operator = from("192.0.2.7", get("/healthz"));
        assert_eq!(app.http(operator).await.0, 200);
    }

    async fn operations_that_weigh_too_much_together_do_not_run_together(app at "2026-04-01T12:00-04:00") {
        let mut app = app.on_connections(MANY).await;
        app.has_the_course().await;
        app.limits_clients(Limits {
            patience: std::time::Duration::ZERO,
            running_cost: 1000,
            ..Limits::default()
        });
        // Of one and the same, one would be run for all of them.
        let costly = |number: u32| {
            let document = format!(
                "query Q{number} {{ courses(first: 100) {{ nodes {{ sessions(first: 20) {{ nodes {{ title }} }} }} }} }}"
            );
            with(asked(&document), "accept", NEW)
        };
        let all = futures_util::future::join_all((0..20).map(|number| app.answered(costly(number)))).await;
        let turned_away: Vec<_> = all.iter().filter(|found| found.status != 200).collect();
        assert!(!turned_away.is_empty() && turned_away.len() < 20, "{} of 20", turned_away.len());
        for found in turned_away {
            judge("one too many", NEW, found, 503, "OVERLOADED", NEW);
            assert!(found.headers.contains_key(header::RETRY_AFTER));
        }
        judge("alone", NEW, &app.answered(costly(20)).await, 200, "", NEW);
    }

    async fn head_and_options_are_answered_and_every_no_has_words(app at "2026-04-01T12:00-04:00") {
        let head = as_method(Method::HEAD, gets(&[("query", "{ __typename }")]));
        let head = app.answered(head).await;
        assert_eq!((head.status.as_u16(), head.text()), (200, ""));
        assert!(head.headers.contains_key(header::ETAG), "the headers of GET: {head:?}");
        // What is not sent again has no length, or that of what would be sent (RFC 9110, section 8.6).
        for method in [Method::GET, Method::HEAD] {
            let again = with(gets(&[("query", "{ __typename }")]), "if-none-match", head.header("etag"));
            let again = app.answered(as_method(method, again)).await;
            assert_eq!((again.status.as_u16(), again.headers.get(header::CONTENT_LENGTH)), (304, None));
        }
        let options = app.answered(as_method(Method::OPTIONS, asked("{ __typename }"))).await;
        assert_eq!((options.status.as_u16(), options.header("allow")), (204, "GET, HEAD, POST, OPTIONS"));
        for (path, method, status) in [
            ("/nowhere", Method::GET, 404),
            ("/mailbox", Method::GET, 404),
            ("/calendar/x", Method::GET, 404),
            ("/readyz", Method::POST, 405),
        ] {
            let (found, body) = app.http(as_method(method, get(path))).await;
            assert_eq!(found, status, "{path}");
            assert!(body.len() > 10 && body.ends_with('\n'), "{path}: {body:?}");
        }
    }

    async fn what_is_no_json_is_400_whatever_it_begins_with(app with the course at "2026-04-01T12:00-04:00") {
        for (body, status, words) in [
            ("[".repeat(100_000), 400, "is not JSON"),
            ("[{\"query\":\"{ __typename }\"".to_owned(), 400, "is not JSON"),
            ("[{\"query\":\"{ __typename }\"}]".to_owned(), 422, "batches"),
            (" []".to_owned(), 422, "batches"),
        ] {
            let answer = app.answered(posted(body)).await;
            assert!(answer.status == status && answer.text().contains(words), "{status}: {}", answer.text());
        }
        let answer = app.answered(asked("{ courses(orderBy: { field: [NOPE] }) { nodes { id } } }")).await;
        assert!(
            answer.status == 422 && answer.text().contains("`[NOPE]`"),
            "a value stands in a message as people write it: {}",
            answer.text()
        );
    }
}
