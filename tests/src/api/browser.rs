//! Browsers: pages of other origins, answers that are kept, and answers that are pressed.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, header};

use crate::support::{House, stories};

const PAGE: &str = "https://www.example.org";
const QUERY: &str = "/graphql?query=%7B__typename%7D";

fn request(method: Method, path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).expect("a request")
}

async fn gets(house: &House, path: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, Vec<u8>) {
    answered(house, request(Method::GET, path, headers)).await
}

async fn answered(house: &House, request: Request<Body>) -> (u16, HeaderMap, Vec<u8>) {
    let response = house.response(request).await;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body").to_vec())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().expect("text"))
}

stories! {
    async fn pages_of_origins_that_are_let_in_may_ask(house at "2026-04-01T12:00-04:00") {
        let mut house = house;
        house.has_the_course().await;
        let before = [("origin", PAGE), ("access-control-request-method", "POST"), ("access-control-request-headers", "authorization,content-type")];
        let (_, closed, _) = answered(&house, request(Method::OPTIONS, "/graphql", &before)).await;
        assert_eq!(text(&closed, "access-control-allow-origin"), "", "where nobody is let in");

        house.lets_in("https://www.example.org, https://staff.example.org");
        for path in ["/graphql", "/altcha/core-practice-of-palliative-care", "/schema.graphql"] {
            let (status, preflight, _) = answered(&house, request(Method::OPTIONS, path, &before)).await;
            assert_eq!(status, 200, "{path}");
            assert_eq!(text(&preflight, "access-control-allow-origin"), PAGE, "{path}");
            assert!(text(&preflight, "access-control-allow-methods").contains("POST"), "{path}");
            assert_eq!(text(&preflight, "access-control-allow-headers"), "authorization,content-type", "{path}");
            assert_eq!(text(&preflight, "access-control-max-age"), "86400", "{path}");
        }
        let (status, answer, _) = gets(&house, QUERY, &[("origin", PAGE)]).await;
        assert_eq!((status, text(&answer, "access-control-allow-origin")), (200, PAGE));
        let exposed = text(&answer, "access-control-expose-headers").to_ascii_lowercase();
        for name in ["retry-after", "ratelimit", "ratelimit-policy", "etag"] {
            assert!(exposed.split(',').any(|exposed| exposed.trim() == name), "{name} in {exposed}");
        }
        assert_eq!(text(&answer, "access-control-allow-credentials"), "");
        let (status, refused, _) = gets(&house, &format!("/graphql?query={}", "x".repeat(20_000)), &[("origin", PAGE)]).await;
        assert_eq!((status, text(&refused, "access-control-allow-origin")), (414, PAGE), "a page can read why");
        let (_, stranger, _) = gets(&house, QUERY, &[("origin", "https://evil.example.org")]).await;
        assert_eq!(text(&stranger, "access-control-allow-origin"), "");
        let (_, elsewhere, _) = gets(&house, "/healthz", &[("origin", PAGE)]).await;
        assert_eq!(text(&elsewhere, "access-control-allow-origin"), "", "the API alone is open");
        house.lets_in("*");
        let (_, anybody, _) = gets(&house, QUERY, &[("origin", "https://evil.example.org")]).await;
        assert_eq!(text(&anybody, "access-control-allow-origin"), "*");
    }

    async fn what_a_client_has_is_not_sent_again(house at "2026-04-01T12:00-04:00") {
        house.has_the_course().await;
        let courses = "/graphql?query=%7Bcourses%7Bnodes%7Bslug%20title%7D%7D%7D";
        for (path, cache) in [("/schema.graphql", "no-cache"), (courses, "no-cache")] {
            let (status, headers, body) = gets(&house, path, &[]).await;
            assert_eq!((status, text(&headers, "cache-control")), (200, cache), "{path}");
            let tag = text(&headers, "etag").to_owned();
            assert!(tag.starts_with("W/\"") && !body.is_empty(), "{path}: {tag}");
            let (status, headers, body) = gets(&house, path, &[("if-none-match", &tag)]).await;
            assert_eq!((status, text(&headers, "etag"), body.len()), (304, tag.as_str(), 0), "{path}");
            assert_eq!(gets(&house, path, &[("if-none-match", "\"x\"")]).await.0, 200, "{path}");
        }
        let (_, headers, _) = gets(&house, courses, &[]).await;
        let tag = text(&headers, "etag").to_owned();
        house.imports(&crate::support::SAMPLE.replace("\"Core Practice of Palliative Care\"", "\"Core Practice, Anew\"")).await;
        house.nature.move_to(crate::support::time::at("2026-04-01T12:01-04:00"));
        assert_eq!(gets(&house, courses, &[("if-none-match", &tag)]).await.0, 200, "the title is another");

        let ada = house.signs_in("ada@example.org").await;
        let (_, headers, _) = gets(&house, courses, &[("authorization", &format!("Bearer {}", ada.token))]).await;
        assert_eq!(text(&headers, "cache-control"), "private, no-cache");
        assert!(text(&headers, "vary").contains("authorization"), "{headers:?}");
        let (_, headers, _) = gets(&house, "/graphql?query=%7Bnothing%7D", &[]).await;
        assert_eq!((text(&headers, "cache-control"), text(&headers, "etag")), ("no-store", ""), "a no is not kept");
        let post = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json").body(Body::from("{\"query\":\"{__typename}\"}"));
        let (_, headers, _) = answered(&house, post.expect("a request")).await;
        assert_eq!((text(&headers, "cache-control"), text(&headers, "etag")), ("no-store", ""), "nor is what was posted");
    }

    async fn large_answers_are_pressed_as_the_client_likes(house at "2026-04-01T12:00-04:00") {
        let (_, _, plain) = gets(&house, "/schema.graphql", &[]).await;
        for (accepted, used) in [("br", "br"), ("gzip", "gzip"), ("zstd", "zstd"), ("gzip;q=0.5, br;q=1.0", "br"), ("identity", ""), ("compress", "")] {
            let (status, headers, body) = gets(&house, "/schema.graphql", &[("accept-encoding", accepted)]).await;
            assert_eq!((status, text(&headers, "content-encoding")), (200, used), "{accepted}");
            assert!(text(&headers, "vary").contains("accept-encoding"), "{accepted}: {headers:?}");
            assert_eq!(body.len() * 3 < plain.len(), !used.is_empty(), "{accepted}: {} of {}", body.len(), plain.len());
        }
        let (_, headers, body) = gets(&house, QUERY, &[("accept-encoding", "br")]).await;
        assert_eq!((text(&headers, "content-encoding"), body.as_slice()), ("", b"{\"data\":{\"__typename\":\"Query\"}}".as_slice()), "not worth it");
    }
}
