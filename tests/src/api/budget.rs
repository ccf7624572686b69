//! What one client may ask in a minute.

use axum::body::Body;
use axum::http::{HeaderMap, Request, header};
use lectern::limits::client::Limits;
use lectern::limits::client::Rates;
use serde_json::{Value, json};

use crate::support::time::at;
use crate::support::{House, stories};

/// A course page as a learner's app reads it.
const PAGE: &str = include_str!("course_page.graphql");

async fn asks(house: &House, client: &str, token: Option<&str>, body: Value) -> (u16, HeaderMap, Value) {
    let mut request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json").header("x-forwarded-for", client);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let response = house.response(request.body(Body::from(body.to_string())).expect("a request")).await;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    (status, headers, serde_json::from_slice(&body).expect("JSON"))
}

fn query(text: &str) -> Value {
    json!({ "query": text })
}

/// A parameter of a member of a structured list (RFC 9651).
fn parameter(headers: &HeaderMap, name: &str, key: &str) -> i64 {
    let value = headers[name].to_str().expect("text");
    let found = value.split(';').find_map(|part| part.strip_prefix(&format!("{key}=")));
    found.unwrap_or_else(|| panic!("{key} in {value}")).parse().expect("a number")
}

/// So many fields, each of which costs what it uses: 1.
fn names(count: usize) -> String {
    (0..count).map(|place| format!(" a{place}: __typename")).collect()
}

fn limited(address: u64, person: u64) -> Limits {
    Limits { rates: Rates { address, person, loopback: false }, ..Limits::default() }
}

stories! {
    async fn a_budget_is_spent_told_and_comes_back(house at "2026-04-01T12:00-04:00") {
        let mut house = house;
        house.limits_clients(limited(600, 60_000));
        // Nothing of it is in a list, so all that it costs is used; how much that is, `rateLimit` says.
        let question = &format!("{{ rateLimit {{ cost limit remaining resetAt }} {} }}", names(60));
        let (status, headers, answer) = asks(&house, "198.51.100.1", None, query(question)).await;
        assert_eq!(status, 200, "{answer}");
        let told = &answer["data"]["rateLimit"];
        let cost = told["cost"].as_i64().expect("a cost");
        assert!((50..300).contains(&cost), "{told}");
        assert_eq!((&told["limit"], told["remaining"].as_i64()), (&json!(600), Some(600 - cost)), "{told}");
        assert!(told["resetAt"].as_str().expect("a moment") > "2026-04-01T16:00:00Z", "{told}");
        assert_eq!(headers["ratelimit-policy"], "\"address\";q=600;qu=\"lectern-cost\";w=60");
        assert_eq!(parameter(&headers, "ratelimit", "r"), 600 - cost);
        assert!(parameter(&headers, "ratelimit", "t") <= 60);

        // Until nothing is left, which is told with when to come back; then another address still has its own.
        let mut left = 600 - cost;
        while left >= cost {
            assert_eq!(asks(&house, "198.51.100.1", None, query(question)).await.0, 200);
            left -= cost;
        }
        let (status, headers, refused) = asks(&house, "198.51.100.1", None, query(question)).await;
        assert_eq!((status, &refused["errors"][0]["extensions"]["code"]), (429, &json!("RATE_LIMITED")), "{refused}");
        assert!(refused.get("data").is_none(), "{refused}");
        let wait: i64 = headers[header::RETRY_AFTER].to_str().expect("text").parse().expect("seconds");
        assert_eq!((wait, parameter(&headers, "ratelimit", "t"), parameter(&headers, "ratelimit", "r")), ((cost - left + 9) / 10, wait, left));
        assert_eq!(asks(&house, "198.51.100.2", None, query(question)).await.0, 200);

        house.nature.move_to(entity::Instant::from_micros(at("2026-04-01T12:00-04:00").as_micros() + wait * 1_000_000));
        assert_eq!(asks(&house, "198.51.100.1", None, query(question)).await.0, 200, "as was said");
    }

    async fn ipv6_clients_share_the_budget_of_their_network_and_people_have_their_own(house at "2026-04-01T12:00-04:00") {
        let mut house = house;
        let ada = house.signs_in("ada@example.org").await;
        house.limits_clients(limited(100, 1_000));
        // More than half of what an address has.
        let question = query(&format!("{{{}}}", names(60)));
        assert_eq!(asks(&house, "2001:db8:1:2::1", None, question.clone()).await.0, 200);
        assert_eq!(asks(&house, "2001:db8:1:2:ffff::2", None, question.clone()).await.0, 429);
        assert_eq!(asks(&house, "2001:db8:1:3::1", None, question.clone()).await.0, 200);
        let (status, headers, _) = asks(&house, "2001:db8:1:2::1", Some(&ada.token), question).await;
        assert_eq!((status, parameter(&headers, "ratelimit-policy", "q")), (200, 1_000), "{headers:?}");
    }

    async fn what_cannot_be_run_costs_its_reading(house at "2026-04-01T12:00-04:00") {
        let mut house = house;
        house.limits_clients(limited(1_000, 1_000));
        for number in 0..10 {
            let (status, headers, _) = asks(&house, "198.51.100.1", None, query(&format!("{{ nothing{number} }}"))).await;
            assert_eq!((status, parameter(&headers, "ratelimit", "r")), (422, 1_000 - 100 * (number + 1)));
        }
        assert_eq!(asks(&house, "198.51.100.1", None, query("{ nothing }")).await.0, 429);
        assert_eq!(asks(&house, "198.51.100.2", Some("lct_forged"), query("{ __typename }")).await.0, 401);
        let (_, headers, _) = asks(&house, "198.51.100.2", None, query("{ __typename }")).await;
        assert_eq!(parameter(&headers, "ratelimit", "r"), 1_000 - 100 - 1, "a look at a token is work, too");
    }

    async fn this_machine_has_no_budget_where_nothing_is_said(house at "2026-04-01T12:00-04:00") {
        let mut house = house;
        house.limits_clients(limited(100, 100));
        let question = "{ rateLimit { cost limit remaining resetAt } courses(first: 100) { nodes { slug } } }";
        let (status, headers, answer) = asks(&house, "127.0.0.1", None, query(question)).await;
        assert_eq!((status, headers.contains_key("ratelimit")), (200, false), "{answer}");
        let told = &answer["data"]["rateLimit"];
        assert!(told["cost"].as_i64() > Some(100) && told["limit"].is_null() && told["remaining"].is_null() && told["resetAt"].is_null(), "{told}");
    }

    /// A hospital is one address.
    async fn five_hundred_people_behind_one_address_read_a_course_page_in_a_minute(house at "2026-04-01T12:00-04:00") {
        let mut house = house;
        house.has_the_course().await;
        house.limits_clients(Limits::default());
        let page = json!({ "query": PAGE, "variables": { "slug": crate::support::SAMPLE_SLUG } });
        let mut left = 0;
        for person in 0..500 {
            let (status, headers, answer) = asks(&house, "198.51.100.1", None, page.clone()).await;
            assert_eq!(status, 200, "person {person}: {answer}");
            left = parameter(&headers, "ratelimit", "r");
        }
        assert!(left > 0, "{left}");
    }
}
