//! The front door: what is let in, and what is not.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

use crate::support::stories;

fn post(body: impl Into<String>, content_type: &str) -> Request<Body> {
    Request::post("/graphql").header(header::CONTENT_TYPE, content_type).body(Body::from(body.into())).expect("a request")
}

fn code(body: &str) -> String {
    let answer: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"));
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
}

stories! {
    async fn only_json_bodies_with_one_operation_are_taken(house at "2026-04-01T12:00-04:00") {
        let ask = json!({ "query": "{ viewer { learner { id } } }" }).to_string();
        for (request, status, expected) in [
            (post(ask.clone(), "application/json; charset=utf-8"), StatusCode::OK, ""),
            (post(ask.clone(), "text/plain"), StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_REQUEST"),
            (post(ask.clone(), "multipart/form-data; boundary=x"), StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_REQUEST"),
            (post(format!("[{ask},{ask}]"), "application/json"), StatusCode::BAD_REQUEST, "BAD_REQUEST"),
            (post("{\"query\":", "application/json"), StatusCode::BAD_REQUEST, "BAD_REQUEST"),
            (post("{}", "application/json"), StatusCode::BAD_REQUEST, "BAD_REQUEST"),
            (post("{\"query\":\"{ viewer\"}", "application/json"), StatusCode::BAD_REQUEST, "GRAPHQL_PARSE_FAILED"),
            (post(format!("{{\"query\":\"{}\"}}", " ".repeat(300_000)), "application/json"), StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE"),
        ] {
            let (found, body) = house.http(request).await;
            assert_eq!((found, code(&body).as_str()), (status, expected), "{body}");
            assert!(!body.contains("Error("), "no debug text: {body}");
        }
    }

    async fn get_is_for_queries(house at "2026-04-01T12:00-04:00") {
        let get = |query: &str| Request::get(format!("/graphql?query={query}")).body(Body::empty()).expect("a request");
        let (status, body) = house.http(get("%7Bviewer%7Blearner%7Bid%7D%7D%7D")).await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, "{\"data\":{\"viewer\":null}}"));
        let mutation = "mutation%7BsignOut(input%3A%7B%7D)%7B__typename%7D%7D";
        let (status, body) = house.http(get(mutation)).await;
        assert_eq!((status, code(&body).as_str()), (StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED"));
    }

    async fn a_document_of_doubling_fragments_is_refused_before_the_library_sees_it(house at "2026-04-01T12:00-04:00") {
        let mut text = "{ ...f0 }".to_owned();
        for level in 0..40 {
            text.push_str(&format!(" fragment f{level} on Query {{ ...f{0} ...f{0} }}", level + 1));
        }
        text.push_str(" fragment f40 on Query { __typename }");
        let started = std::time::Instant::now();
        let answer = house.answers(None, &text, json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "QUERY_TOO_COMPLEX", "{answer}");
        assert!(started.elapsed().as_millis() < 500, "refused in {:?}", started.elapsed());
        let answer = house.answers(None, &"{a".repeat(20_000), json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "QUERY_TOO_COMPLEX", "{answer}");
    }

    async fn introspection_by_common_tools_passes(house at "2026-04-01T12:00-04:00") {
        let query = "{ __schema { queryType { name } types { kind name fields(includeDeprecated: true) { name args { name type { kind name ofType { kind name ofType { kind name
            ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } type { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } }";
        let data = house.asks(None, query, json!({})).await;
        assert!(data["__schema"]["types"].as_array().expect("types").len() > 60);
    }

    async fn the_house_says_that_it_is_ready(house at "2026-04-01T12:00-04:00") {
        for (path, expected) in [("/healthz", "alive"), ("/readyz", "ready"), ("/schema.graphql", "type Course"), ("/metrics", "lectern_graphql_request_seconds"), ("/graphiql", "graphiql")] {
            let (status, body) = house.http(Request::get(path).body(Body::empty()).expect("a request")).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(body.contains(expected), "{path}: {body}");
        }
        let (status, _) = house.http(Request::get("/mailbox").body(Body::empty()).expect("a request")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "no mailbox where mail is sent");
    }
}
