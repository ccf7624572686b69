//! Answers that are kept: whose, how long, and made how often. That nothing personal is among them is held by a law (`law/access/kept.rs`).

mod bounds;
mod seats;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{House, SAMPLE, SAMPLE_SLUG, stories};

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
pub async fn ask(house: &House, token: Option<&str>, query: &str, variables: Value) -> Told {
    let body = json!({ "query": query, "variables": variables }).to_string();
    let mut request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let response = house.response(request.body(Body::from(body)).expect("a request")).await;
    assert_eq!(response.status(), StatusCode::OK, "{query}");
    let how = response.headers().get("cache-status").map(|value| value.to_str().expect("text").to_owned());
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    Told { how, text: String::from_utf8(bytes.to_vec()).expect("UTF-8") }
}

/// Asks for the sample's page as a stranger.
async fn page(house: &House) -> Told {
    ask(house, None, PAGE, json!({ "slug": SAMPLE_SLUG })).await
}

stories! {
    async fn who_asks_what_a_stranger_has_asked_gets_the_same_bytes(house at "2026-04-01T12:00-04:00") {
        house.has_the_course().await;
        let first = page(&house).await;
        assert_eq!(first.how.as_deref(), Some(STORED));
        assert_eq!(first.data()["course"]["title"], "Core Practice of Palliative Care");
        let before = house.statements();
        let second = page(&house).await;
        assert_eq!((second.how.as_deref(), &second.text), (Some(HIT), &first.text));
        assert_eq!(house.statements(), before, "nothing is asked of the database");
        // Another question is another answer.
        let other = ask(&house, None, PAGE, json!({ "slug": "nothing" })).await;
        assert_eq!((other.how.as_deref(), &other.data()["course"]), (Some(STORED), &Value::Null));
        let renamed = ask(&house, None, &PAGE.replace("title summary", "name: title summary"), json!({ "slug": SAMPLE_SLUG })).await;
        assert_eq!((renamed.how.as_deref(), &renamed.data()["course"]["name"]), (Some(STORED), &first.data()["course"]["title"]));
        // Who is signed in is answered for themselves.
        let ada = house.signs_in("ada@example.org").await;
        let hers = ask(&house, Some(&ada.token), PAGE, json!({ "slug": SAMPLE_SLUG })).await;
        assert_eq!((hers.how, hers.text), (None, first.text));
    }

    async fn a_list_is_kept_as_a_page_is(house at "2026-04-01T12:00-04:00") {
        house.has_the_course().await;
        let list = "{ courses(first: 20) { totalCount edges { cursor node { slug title startsAt registrationWindow { state } } } } }";
        let member = "{ facultyMember(slug: \"harry-han\") { name courses { nodes { title } } sessions { nodes { title } } } }";
        for query in [list, member] {
            let first = ask(&house, None, query, json!({})).await;
            assert_eq!((first.how.as_deref(), ask(&house, None, query, json!({})).await), (Some(STORED), Told { how: Some(HIT.to_owned()), text: first.text.clone() }));
            house.imports(&SAMPLE.replace("title = \"Core Practice of Palliative Care\"\nkind", "title = \"Palliative Care\"\nkind")).await;
            let changed = ask(&house, None, query, json!({})).await;
            assert_eq!(changed.how.as_deref(), Some(STORED));
            assert!(changed.text.contains("\"Palliative Care\""), "{}", changed.text);
            house.imports(SAMPLE).await;
        }
    }

    async fn of_many_who_ask_at_once_one_is_answered_from_the_database(house at "2026-04-01T12:00-04:00") {
        house.has_the_course().await;
        let query = "{ courses(first: 20, filter: { text: \"palliative\" }) { totalCount nodes { title days { sessions { title } } } } }";
        house.desk.catalogue.forget_all();
        let before = house.statements();
        let one = ask(&house, None, query, json!({})).await;
        let once = house.statements() - before;
        house.imports(&SAMPLE.replace("title = \"Core Practice of Palliative Care\"\nkind", "title = \"Palliative Care\"\nkind")).await;
        house.desk.catalogue.forget_all();
        let before = house.statements();
        let told = join_all((0..20).map(|_| ask(&house, None, query, json!({})))).await;
        assert!(house.statements() - before <= once, "{} statements instead of {once}", house.statements() - before);
        assert_ne!(told[0].text, one.text);
        assert!(told.iter().all(|other| other.text == told[0].text));
        assert_eq!(told.iter().filter(|told| told.how.as_deref() == Some(HIT)).count(), 19);
    }

    async fn an_answer_with_errors_is_not_kept(house at "2026-04-01T12:00-04:00") {
        house.has_the_course().await;
        let query = "query($after: String) { course(slug: \"core-practice-of-palliative-care\") { title sessions(after: $after) { nodes { title } } } }";
        for _ in 0..2 {
            let body = json!({ "query": query, "variables": { "after": "nonsense" } }).to_string();
            let request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json").body(Body::from(body)).expect("a request");
            let response = house.response(request).await;
            assert!(response.headers().get("cache-status").is_none());
            let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
            let answer: Value = serde_json::from_slice(&bytes).expect("JSON");
            assert!(!answer["errors"].is_null(), "{answer}");
        }
    }

    async fn who_takes_it_compressed_gets_what_was_compressed_once(house at "2026-04-01T12:00-04:00") {
        house.has_the_course().await;
        let plain = page(&house).await;
        for (accepted, expected) in [("br, gzip", Some("br")), ("gzip", Some("gzip")), ("zstd", Some("zstd")), ("identity", None)] {
            let mut lengths = Vec::new();
            for _ in 0..2 {
                let body = json!({ "query": PAGE, "variables": { "slug": SAMPLE_SLUG } }).to_string();
                let request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json").header(header::ACCEPT_ENCODING, accepted);
                let response = house.response(request.body(Body::from(body)).expect("a request")).await;
                assert_eq!(response.headers().get(header::CONTENT_ENCODING).map(|name| name.to_str().expect("text")), expected);
                assert_eq!(response.headers()["cache-status"], HIT);
                let length = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body").len();
                assert!(if expected.is_some() { length < plain.text.len() / 3 } else { length == plain.text.len() }, "{accepted}: {length}");
                lengths.push(length);
            }
            assert_eq!(lengths[0], lengths[1]);
        }
    }

    /// By GET it has a tag, and who has that gets no body, without a look at the document; it costs what reading costs.
    async fn who_has_the_answer_already_is_told_so(house at "2026-04-01T12:00-04:00") {
        let mut house = house;
        house.limits_clients(lectern::limits::client::Limits {
            rates: lectern::limits::client::Rates { address: 100_000, person: 100_000, loopback: false },
            ..lectern::limits::client::Limits::default()
        });
        house.has_the_course().await;
        let variables = json!({ "slug": SAMPLE_SLUG }).to_string();
        let address = reqwest::Url::parse_with_params("http://courses.example.org/graphql", [("query", PAGE), ("variables", &variables)]).expect("an address");
        let address = format!("/graphql?{}", address.query().expect("a query"));
        let get = async |tag: Option<&str>, client: &str| {
            let mut request = Request::get(&address).header("x-forwarded-for", client);
            if let Some(tag) = tag {
                request = request.header(header::IF_NONE_MATCH, tag);
            }
            let response = house.response(request.body(Body::empty()).expect("a request")).await;
            let (status, headers) = (response.status(), response.headers().clone());
            let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
            let left = headers["ratelimit"].to_str().expect("text").split(';').find_map(|part| part.strip_prefix("r=")).expect("what is left").to_owned();
            (status, headers, body, left.parse::<u64>().expect("a number"))
        };
        let (status, headers, body, left) = get(None, "192.0.2.1").await;
        assert_eq!((status, headers["cache-status"].to_str().expect("text")), (StatusCode::OK, STORED));
        assert!(left < 99_900, "{left}: it was made");
        let tag = headers[header::ETAG].to_str().expect("text").to_owned();
        let (status, headers, none, left) = get(Some(&tag), "192.0.2.2").await;
        assert_eq!((status, none.len(), headers["cache-status"].to_str().expect("text")), (StatusCode::NOT_MODIFIED, 0, HIT));
        assert_eq!(left, 99_900, "it was only read");
        let (status, _, same, _) = get(Some("W/\"another\""), "192.0.2.3").await;
        assert_eq!((status, same), (StatusCode::OK, body));
    }
}
