//! Browsers: pages of other origins, answers that are kept, and answers that are pressed.

use axum::body::Body;
use axum::http::{Method, Request};

use crate::support::request::{by, get, post, with};
use crate::support::{Answer, TestApp, stories};

const PAGE: &str = "https://www.example.org";
const QUERY: &str = "/graphql?query=%7B__typename%7D";

fn with_all(mut request: Request<Body>, headers: &[(&str, &str)]) -> Request<Body> {
    for (name, value) in headers {
        request = with(request, name, value);
    }
    request
}

async fn gets(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Answer {
    app.answered(with_all(get(path), headers)).await
}

/// Asks beforehand, as a browser does for a page of another origin.
async fn preflight(app: &TestApp, path: &str) -> Answer {
    let headers = [
        ("origin", PAGE),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization,content-type"),
    ];
    let mut request = with_all(get(path), &headers);
    *request.method_mut() = Method::OPTIONS;
    app.answered(request).await
}

stories! {
    async fn pages_of_origins_that_are_let_in_may_ask(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        app.has_the_course().await;
        let closed = preflight(&app, "/graphql").await;
        assert_eq!(closed.header("access-control-allow-origin"), "", "where nobody is let in");

        app.lets_in("https://www.example.org, https://staff.example.org");
        for path in ["/graphql", "/altcha/core-practice-of-palliative-care", "/schema.graphql"] {
            let preflight = preflight(&app, path).await;
            assert_eq!(preflight.status, 200, "{path}");
            assert_eq!(preflight.header("access-control-allow-origin"), PAGE, "{path}");
            assert!(preflight.header("access-control-allow-methods").contains("POST"), "{path}");
            assert_eq!(
                preflight.header("access-control-allow-headers"),
                "authorization,content-type",
                "{path}"
            );
            assert_eq!(preflight.header("access-control-max-age"), "86400", "{path}");
        }
        let answer = gets(&app, QUERY, &[("origin", PAGE)]).await;
        assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (200, PAGE));
        let exposed = answer.header("access-control-expose-headers").to_ascii_lowercase();
        for name in ["retry-after", "ratelimit", "ratelimit-policy", "etag"] {
            assert!(exposed.split(',').any(|exposed| exposed.trim() == name), "{name} in {exposed}");
        }
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        let refused =
            gets(&app, &format!("/graphql?query={}", "x".repeat(20_000)), &[("origin", PAGE)]).await;
        assert_eq!(
            (refused.status.as_u16(), refused.header("access-control-allow-origin")),
            (414, PAGE),
            "a page can read why"
        );
        let stranger = gets(&app, QUERY, &[("origin", "https://evil.example.org")]).await;
        assert_eq!(stranger.header("access-control-allow-origin"), "");
        let elsewhere = gets(&app, "/healthz", &[("origin", PAGE)]).await;
        assert_eq!(elsewhere.header("access-control-allow-origin"), "", "the API alone is open");
        app.lets_in("*");
        let anybody = gets(&app, QUERY, &[("origin", "https://evil.example.org")]).await;
        assert_eq!(anybody.header("access-control-allow-origin"), "*");
    }

    async fn what_a_client_has_is_not_sent_again(app with the course at "2026-04-01T12:00-04:00") {
        let courses = "/graphql?query=%7Bcourses%7Bnodes%7Bslug%20title%7D%7D%7D";
        for (path, cache) in [("/schema.graphql", "no-cache"), (courses, "no-cache")] {
            let first = gets(&app, path, &[]).await;
            assert_eq!((first.status.as_u16(), first.header("cache-control")), (200, cache), "{path}");
            let tag = first.header("etag");
            assert!(tag.starts_with("W/\"") && !first.body.is_empty(), "{path}: {tag}");
            let again = gets(&app, path, &[("if-none-match", tag)]).await;
            assert_eq!((again.status.as_u16(), again.header("etag"), again.text()), (304, tag, ""), "{path}");
            assert_eq!(gets(&app, path, &[("if-none-match", "\"x\"")]).await.status, 200, "{path}");
        }
        let before = gets(&app, courses, &[]).await;
        app.imports(
            &crate::support::SAMPLE
                .replace("\"Core Practice of Palliative Care\"", "\"Core Practice, Anew\""),
        )
        .await;
        app.nature.move_to(crate::support::time::at("2026-04-01T12:01-04:00"));
        assert_eq!(
            gets(&app, courses, &[("if-none-match", before.header("etag"))]).await.status,
            200,
            "the title is another"
        );

        let ada = app.signs_in("ada@example.org").await;
        let hers = app.answered(by(Some(&ada.token), get(courses))).await;
        assert_eq!(hers.header("cache-control"), "private, no-cache");
        assert!(hers.header("vary").contains("authorization"), "{hers:?}");
        let refused = gets(&app, "/graphql?query=%7Bnothing%7D", &[]).await;
        assert_eq!(
            (refused.header("cache-control"), refused.header("etag")),
            ("no-store", ""),
            "a no is not kept"
        );
        let posted = app.answered(post("/graphql", "{\"query\":\"{__typename}\"}")).await;
        assert_eq!(
            (posted.header("cache-control"), posted.header("etag")),
            ("no-store", ""),
            "nor is what was posted"
        );
    }

    async fn large_answers_are_pressed_as_the_client_likes(app at "2026-04-01T12:00-04:00") {
        let plain = gets(&app, "/schema.graphql", &[]).await.body;
        for (accepted, used) in [
            ("br", "br"),
            ("gzip", "gzip"),
            ("zstd", "zstd"),
            ("gzip;q=0.5, br;q=1.0", "br"),
            ("identity", ""),
            ("compress", ""),
        ] {
            let answer = gets(&app, "/schema.graphql", &[("accept-encoding", accepted)]).await;
            assert_eq!(
                (answer.status.as_u16(), answer.header("content-encoding")),
                (200, used),
                "{accepted}"
            );
            assert!(answer.header("vary").contains("accept-encoding"), "{accepted}: {:?}", answer.headers);
            let pressed = answer.body.len();
            assert_eq!(
                pressed * 3 < plain.len(),
                !used.is_empty(),
                "{accepted}: {pressed} of {}",
                plain.len()
            );
        }
        let small = gets(&app, QUERY, &[("accept-encoding", "br")]).await;
        assert_eq!(
            (small.header("content-encoding"), small.text()),
            ("", "{\"data\":{\"__typename\":\"Query\"}}"),
            "not worth it"
        );
    }
}
