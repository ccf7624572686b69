//! What HTTP says about a request: the matrix of *GraphQL over HTTP, September 2026 edition*, cell by cell.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, header};
use lectern::limits::client::Limits;
use serde_json::{Value, json};

use crate::support::{House, stories};

const NEW: &str = "application/graphql-response+json";
const OLD: &str = "application/json";
/// What clients send that know both.
const BOTH: &str = "application/graphql-response+json, application/json;q=0.9";
/// Data with an error: the first course is asked for in a way that fails when it is asked.
const PARTIAL: &str = "{ __typename courses(after: \"WyJ4IixbXV0\") { nodes { id } } }";

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

fn post(body: impl Into<String>) -> Request<Body> {
    Request::post("/graphql").header(header::CONTENT_TYPE, OLD).body(Body::from(body.into())).expect("a request")
}

fn ask(query: &str) -> Request<Body> {
    post(json!({ "query": query }).to_string())
}

fn get(parameters: &[(&str, &str)]) -> Request<Body> {
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let query: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    Request::get(format!("/graphql?{}", query.join("&"))).body(Body::empty()).expect("a request")
}

fn with(mut request: Request<Body>, name: header::HeaderName, value: &str) -> Request<Body> {
    request.headers_mut().insert(name, value.parse().expect("a value"));
    request
}

fn by(method: Method, mut request: Request<Body>) -> Request<Body> {
    *request.method_mut() = method;
    request
}

async fn answer(house: &House, request: Request<Body>) -> (u16, HeaderMap, Value) {
    let response = house.response(request).await;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).expect("JSON") };
    (status, headers, body)
}

/// Every row that needs no token, afresh: a body is sent once.
fn rows() -> Vec<Row> {
    use Kind::{Graphql, Json};
    let query = json!({ "query": "{ __typename }" }).to_string();
    vec![
        row("data", ask("{ __typename }"), 200, "", Graphql),
        row("data by GET", get(&[("query", "{ __typename }")]), 200, "", Graphql),
        row(
            "everything empty by GET",
            get(&[("query", "{ __typename }"), ("operationName", ""), ("variables", ""), ("extensions", "")]),
            200,
            "",
            Graphql,
        ),
        row(
            "null for what is optional",
            post("{\"query\":\"{ __typename }\",\"variables\":null,\"operationName\":null,\"extensions\":null}"),
            200,
            "",
            Graphql,
        ),
        row("members that nobody knows", post("{\"query\":\"{ __typename }\",\"id\":7}"), 200, "", Graphql),
        row(
            "a charset that is the one",
            with(post(query.clone()), header::CONTENT_TYPE, "Application/JSON; Charset=\"UTF-8\""),
            200,
            "",
            Graphql,
        ),
        row("data with an error", ask(PARTIAL), 294, "BAD_USER_INPUT", Graphql),
        row("no JSON", post("NONSENSE"), 400, "BAD_REQUEST", Json),
        row("half of JSON", post("{\"query\":"), 400, "BAD_REQUEST", Json),
        row("no body", post(""), 400, "BAD_REQUEST", Json),
        row("no JSON in variables by GET", get(&[("query", "{ __typename }"), ("variables", "{")]), 400, "BAD_REQUEST", Json),
        row("a document that does not parse", ask("{"), 400, "GRAPHQL_PARSE_FAILED", Graphql),
        row("an empty document", ask(""), 400, "GRAPHQL_PARSE_FAILED", Graphql),
        row("no query", post("{\"qeury\":\"{ __typename }\"}"), 422, "BAD_REQUEST", Graphql),
        row("no query by GET", get(&[("operationName", "Q")]), 422, "BAD_REQUEST", Graphql),
        row("query of a wrong type", post("{\"query\":7}"), 422, "BAD_REQUEST", Graphql),
        row("variables of a wrong type", post("{\"query\":\"{ __typename }\",\"variables\":[7]}"), 422, "BAD_REQUEST", Graphql),
        row("variables of a wrong type by GET", get(&[("query", "{ __typename }"), ("variables", "[7]")]), 422, "BAD_REQUEST", Graphql),
        row("an operation's name of a wrong type", post("{\"query\":\"{ __typename }\",\"operationName\":7}"), 422, "BAD_REQUEST", Graphql),
        row("extensions of a wrong type", post("{\"query\":\"{ __typename }\",\"extensions\":\"x\"}"), 422, "BAD_REQUEST", Graphql),
        row("JSON that is no object", post("7"), 422, "BAD_REQUEST", Graphql),
        row("a batch", post(format!("[{query},{query}]")), 422, "BAD_REQUEST", Graphql),
        row("query said twice", get(&[("query", "{ __typename }"), ("query", "{ __typename }")]), 422, "BAD_REQUEST", Graphql),
        row("a document that does not validate", ask("{ nothing }"), 422, "GRAPHQL_VALIDATION_FAILED", Graphql),
        row(
            "no operation by that name",
            post("{\"query\":\"query Q { __typename }\",\"operationName\":\"R\"}"),
            422,
            "OPERATION_RESOLUTION_FAILURE",
            Graphql,
        ),
        row(
            "several operations, none chosen",
            ask("query Q { __typename } query R { __typename }"),
            422,
            "OPERATION_RESOLUTION_FAILURE",
            Graphql,
        ),
        row(
            "variables that do not fit",
            post("{\"query\":\"query($slug: String!) { course(slug: $slug) { id } }\",\"variables\":{\"slug\":null}}"),
            422,
            "BAD_USER_INPUT",
            Graphql,
        ),
        row(
            "a document that asks for too much",
            ask("{ courses(first: 100) { nodes { sessions(first: 100) { nodes { title faculty { role } } } } } }"),
            422,
            "QUERY_TOO_COMPLEX",
            Graphql,
        ),
        row("a mutation by GET", get(&[("query", "mutation { signOut(input: {}) { __typename } }")]), 405, "METHOD_NOT_ALLOWED", Json),
        row("another method", by(Method::PUT, ask("{ __typename }")), 405, "METHOD_NOT_ALLOWED", Json),
        row(
            "a method that nobody knows",
            by(Method::from_bytes(b"BREW").expect("a method"), ask("{ __typename }")),
            405,
            "METHOD_NOT_ALLOWED",
            Json,
        ),
        row(
            "no content type",
            {
                let mut bare = post(query.clone());
                bare.headers_mut().remove(header::CONTENT_TYPE);
                bare
            },
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            Json,
        ),
        row(
            "a form",
            with(post(query.clone()), header::CONTENT_TYPE, "multipart/form-data; boundary=x"),
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            Json,
        ),
        row("text", with(post(query.clone()), header::CONTENT_TYPE, "text/plain"), 415, "UNSUPPORTED_MEDIA_TYPE", Json),
        row(
            "another charset",
            with(post(query), header::CONTENT_TYPE, "application/json; charset=latin1"),
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            Json,
        ),
        row("a body that is too large", post(format!("{{\"query\":\"{}\"}}", " ".repeat(300_000))), 413, "TOO_LARGE", Json),
        row("a body of unknown length that is too large", streamed(300_000), 413, "TOO_LARGE", Json),
        row("an address that is too long", get(&[("query", &"{".repeat(8_000))]), 414, "URI_TOO_LONG", Json),
        row("headers that are too large", with(ask("{ __typename }"), header::COOKIE, &"x".repeat(17_000)), 431, "HEADERS_TOO_LARGE", Json),
    ]
}

/// A body in pieces, of which nobody says how many there are.
fn streamed(bytes: usize) -> Request<Body> {
    let pieces = futures_util::stream::iter((0..bytes / 1000).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1000])));
    Request::post("/graphql").header(header::CONTENT_TYPE, OLD).body(Body::from_stream(pieces)).expect("a request")
}

/// Asserts that an answer says what its cell says.
fn judge(row: &str, accept: &str, found: &(u16, HeaderMap, Value), status: u16, code: &str, kind: &str) {
    let (found_status, headers, body) = found;
    let told = format!("{row}, Accept: {accept}: {found_status} {headers:?} {body}");
    assert_eq!(*found_status, status, "{told}");
    assert_eq!(headers[header::CONTENT_TYPE].to_str().expect("text"), format!("{kind}; charset=utf-8"), "{told}");
    assert_eq!(body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default(), code, "{told}");
    assert_eq!(body.get("data").is_some(), (200..300).contains(&status), "{told}");
    assert_eq!(headers.contains_key(header::ALLOW), status == 405, "{told}");
    assert!(!told.contains("Error("), "no debug text: {told}");
}

stories! {
    async fn every_cell_of_the_matrix(house at "2026-04-01T12:00-04:00") {
        for accept in [NEW, BOTH] {
            for Row { what, request, status, code, kind } in rows() {
                let found = answer(&house, with(request, header::ACCEPT, accept)).await;
                judge(what, accept, &found, status, code, match kind { Kind::Graphql => NEW, Kind::Json => OLD });
            }
        }
        // A client from before gets the same codes, but for 294, which means nothing beside application/json; and what says no is a GraphQL
        // response all the same.
        for accept in [OLD, "*/*", "application/*", "text/html, */*;q=0.1"] {
            for Row { what, request, status, code, kind } in rows() {
                let found = answer(&house, with(request, header::ACCEPT, accept)).await;
                let (status, kind) = match (status, kind) {
                    (200 | 294, _) => (200, OLD),
                    (_, Kind::Graphql) => (status, NEW),
                    (_, Kind::Json) => (status, OLD),
                };
                judge(what, accept, &found, status, code, kind);
            }
        }
        for accept in ["text/html", "application/json;q=0", "application/graphql+json", "application/json; charset=latin1"] {
            let found = answer(&house, with(ask("{ __typename }"), header::ACCEPT, accept)).await;
            judge("an Accept that names nothing we speak", accept, &found, 406, "NOT_ACCEPTABLE", OLD);
        }
        let bare = answer(&house, ask("{ __typename }")).await;
        judge("no Accept", "nothing", &bare, 200, "", OLD);
    }

    async fn a_token_that_opens_nothing_is_told_so_and_nothing_runs(house at "2026-04-01T12:00-04:00") {
        house.has_the_course().await;
        let ada = house.signs_in("ada@example.org").await;
        let eve = house.signs_in("eve@example.org").await;
        eve.does(&house, "signOut", json!({}), "").await;
        let mutation = "mutation { updateProfile(input: { name: \"Changed\" }) { refusal { code } } }";
        for (token, code) in [
            ("lct_forged".to_owned(), "TOKEN_UNKNOWN"),
            (format!("lct_{}", "x".repeat(43)), "TOKEN_UNKNOWN"),
            ("something else".to_owned(), "TOKEN_UNKNOWN"),
            (eve.token.clone(), "TOKEN_EXPIRED"),
        ] {
            for (accept, query) in [(NEW, "{ __typename }"), (OLD, "{ __typename }"), (NEW, mutation)] {
                let request = with(with(ask(query), header::ACCEPT, accept), header::AUTHORIZATION, &format!("Bearer {token}"));
                let found = answer(&house, request).await;
                judge(&token, accept, &found, 401, code, NEW);
                let challenge = found.1[header::WWW_AUTHENTICATE].to_str().expect("text");
                assert!(challenge.starts_with("Bearer ") && challenge.contains("error=\"invalid_token\""), "{challenge}");
            }
        }
        house.travels_to("2026-07-01T12:00-04:00").await;
        let request = with(ask("{ __typename }"), header::AUTHORIZATION, &format!("Bearer {}", ada.token));
        judge("an old token", "nothing", &answer(&house, request).await, 401, "TOKEN_EXPIRED", NEW);
    }

    async fn a_full_house_says_when_to_come_back(house at "2026-04-01T12:00-04:00") {
        let mut house = house;
        // Two in hand at once from one address, and no patience for operations.
        let limits = Limits { connections_per_address: 2, patience: std::time::Duration::ZERO, running_cost: 1000, ..Limits::default() };
        house.limits_clients(limits);
        let slow = || {
            let endless = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
            Request::post("/graphql").header(header::CONTENT_TYPE, OLD).header("x-forwarded-for", "192.0.2.7").body(Body::from_stream(endless)).expect("a request")
        };
        let hold = async { tokio::join!(house.response(slow()), house.response(slow())) };
        let third = async {
            let mut request = with(ask("{ __typename }"), header::ACCEPT, NEW);
            request.headers_mut().insert("x-forwarded-for", "192.0.2.7".parse().expect("a value"));
            answer(&house, request).await
        };
        let found = tokio::select! {
            biased;
            _ = hold => panic!("the bodies never end"),
            found = third => found,
        };
        judge("a third request from one address", NEW, &found, 503, "OVERLOADED", NEW);
        assert!(found.1.contains_key(header::RETRY_AFTER));
        let other = answer(&house, with(ask("{ __typename }"), header::ACCEPT, NEW)).await;
        judge("a request from elsewhere", NEW, &other, 200, "", NEW);
        let operator = Request::get("/healthz").header("x-forwarded-for", "192.0.2.7").body(Body::empty()).expect("a request");
        assert_eq!(house.http(operator).await.0, 200);
    }

    async fn operations_that_weigh_too_much_together_do_not_run_together(house at "2026-04-01T12:00-04:00") {
        let mut house = house;
        house.has_the_course().await;
        house.limits_clients(Limits { patience: std::time::Duration::ZERO, running_cost: 1000, ..Limits::default() });
        // Of one and the same, one would be run for all of them.
        let costly = |number: u32| {
            let document = format!("query Q{number} {{ courses(first: 100) {{ nodes {{ sessions(first: 20) {{ nodes {{ title }} }} }} }} }}");
            with(ask(&document), header::ACCEPT, NEW)
        };
        let all = futures_util::future::join_all((0..20).map(|number| answer(&house, costly(number)))).await;
        let turned_away: Vec<_> = all.iter().filter(|found| found.0 != 200).collect();
        assert!(!turned_away.is_empty() && turned_away.len() < 20, "{} of 20", turned_away.len());
        for found in turned_away {
            judge("one too many", NEW, found, 503, "OVERLOADED", NEW);
            assert!(found.1.contains_key(header::RETRY_AFTER));
        }
        judge("alone", NEW, &answer(&house, costly(20)).await, 200, "", NEW);
    }

    async fn head_and_options_are_answered_and_every_no_has_words(house at "2026-04-01T12:00-04:00") {
        let head = by(Method::HEAD, get(&[("query", "{ __typename }")]));
        let (status, headers, body) = answer(&house, head).await;
        assert_eq!((status, body), (200, Value::Null));
        assert!(headers.contains_key(header::ETAG), "the headers of GET: {headers:?}");
        let (status, headers, _) = answer(&house, by(Method::OPTIONS, ask("{ __typename }"))).await;
        assert_eq!((status, headers[header::ALLOW].to_str().expect("text")), (204, "GET, HEAD, POST, OPTIONS"));
        for (path, method, status) in [("/nowhere", Method::GET, 404), ("/mailbox", Method::GET, 404), ("/calendar/x", Method::GET, 404), ("/readyz", Method::POST, 405)] {
            let request = Request::builder().method(method).uri(path).body(Body::empty()).expect("a request");
            let (found, body) = house.http(request).await;
            assert_eq!(found, status, "{path}");
            assert!(body.len() > 10 && body.ends_with('\n'), "{path}: {body:?}");
        }
    }
}
