//! The front door: what is let in, and what is not.

use axum::http::StatusCode;
use serde_json::json;

use crate::support::request::{get, with};
use crate::support::stories;

stories! {
    async fn a_document_of_doubling_fragments_is_refused_before_the_library_sees_it(app at "2026-04-01T12:00-04:00") {
        let mut text = "{ ...f0 }".to_owned();
        for level in 0..40 {
            text.push_str(&format!(" fragment f{level} on Query {{ ...f{0} ...f{0} }}", level + 1));
        }
        text.push_str(" fragment f40 on Query { __typename }");
        let started = std::time::Instant::now();
        let answer = app.answers(None, &text, json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "QUERY_TOO_COMPLEX", "{answer}");
        assert!(started.elapsed().as_millis() < 500, "refused in {:?}", started.elapsed());
        let answer = app.answers(None, &"{a".repeat(20_000), json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "QUERY_TOO_COMPLEX", "{answer}");
    }

    async fn introspection_by_common_tools_passes(app at "2026-04-01T12:00-04:00") {
        let query = "{ __schema { queryType { name } types { kind name fields(includeDeprecated: true) { name args { name type { kind name ofType { kind name ofType { kind name
            ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } type { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } }";
        let data = app.asks(None, query, json!({})).await;
        assert!(data["__schema"]["types"].as_array().expect("types").len() > 60);
    }

    async fn the_house_says_that_it_is_ready(app at "2026-04-01T12:00-04:00") {
        for (path, expected) in [
            ("/healthz", "alive"),
            ("/readyz", "ready"),
            ("/schema.graphql", "type Course"),
            ("/metrics", "lectern_graphql_request_seconds"),
            ("/graphiql", "graphiql"),
        ] {
            let (status, body) = app.http(get(path)).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(body.contains(expected), "{path}: {body}");
        }
        let (status, _) = app.http(get("/mailbox")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "no mailbox where mail is sent");
    }

    /// A page on the web whose name leads to this machine asks by that name, and reads nothing.
    async fn the_mailbox_is_shown_by_our_own_names_alone(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(
            folder.path().join("1.eml"),
            "To: ada@example.org\r\nSubject: A code\r\n\r\n12345678\r\n",
        )
        .expect("a letter");
        app.shows_letters(folder.path());
        let (_, list) = app.http(with(get("/mailbox"), "host", "localhost:8000")).await;
        assert!(list.contains("<p>1 e-mail. It has not left this machine.</p>"), "{list}");
        let asks = async |path: &str, host: &str| app.http(with(get(path), "host", host)).await;
        for path in ["/mailbox", "/mailbox/1.eml", "/mailbox/1.eml/html"] {
            for ours in ["courses.example.org", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"] {
                let (status, body) = asks(path, ours).await;
                assert_eq!(status, StatusCode::OK, "{path} at {ours}: {body}");
            }
            let (status, body) = asks(path, "rebound.example.net:8000").await;
            assert_eq!(status, StatusCode::MISDIRECTED_REQUEST, "{path}");
            assert!(!body.contains("12345678") && !body.contains("ada@example.org"), "{body}");
            assert_eq!(
                app.http(get(path)).await.0,
                StatusCode::MISDIRECTED_REQUEST,
                "{path} by no name at all"
            );
        }
    }
}
