//! The front door: what is let in, and what is not.

use axum::http::StatusCode;
use serde_json::json;

use crate::support::request::get;
use crate::support::stories;

stories! {
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
            let (status, body) = house.http(get(path)).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(body.contains(expected), "{path}: {body}");
        }
        let (status, _) = house.http(get("/mailbox")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "no mailbox where mail is sent");
    }
}
