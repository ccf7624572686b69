//! GraphiQL as it is served. What it does in a browser is seen to in `browser`.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::support::{House, stories};

async fn asks(house: &House, path: &str, known: Option<&str>) -> (StatusCode, axum::http::HeaderMap, String) {
    let mut request = Request::get(path);
    if let Some(tag) = known {
        request = request.header(header::IF_NONE_MATCH, tag);
    }
    let answer = house.response(request.body(Body::empty()).expect("a request")).await;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
    (status, headers, String::from_utf8(body.to_vec()).expect("UTF-8"))
}

/// The addresses that a page loads, below the page's own folder.
fn loaded(page: &str) -> Vec<&str> {
    page.split(['"']).filter(|part| part.starts_with("graphiql/")).collect()
}

stories! {
    async fn graphiql_is_its_own_host_and_kept_by_browsers(house at "2026-04-01T12:00-04:00") {
        let (status, headers, page) = asks(&house, "/graphiql", None).await;
        assert_eq!(status, StatusCode::OK);
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
        for part in ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"] {
            assert!(policy.split("; ").any(|rule| rule == part), "{policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"), "{policy}");
        assert!(!page.contains("http:") && !page.contains("https:") && !page.contains("//"), "{page}");
        assert_eq!(page.matches("<script").count(), page.matches("<script src=").count(), "no script stands in the page: {page}");
        let nonce = |page: &str| page.split_once("nonce=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(nonce, _)| nonce.to_owned()).expect("a nonce");
        assert!(policy.contains(&format!("'nonce-{}'", nonce(&page))), "{policy} {page}");
        assert_ne!(nonce(&asks(&house, "/graphiql", None).await.2), nonce(&page), "a nonce is good once");

        let files = loaded(&page);
        assert_eq!(files.len(), 2, "{page}");
        for file in files {
            let (status, headers, text) = asks(&house, &format!("/{file}"), None).await;
            let kept = headers[header::CACHE_CONTROL].to_str().expect("text");
            assert_eq!((status, kept), (StatusCode::OK, "public, max-age=31536000, immutable"), "{file}");
            assert!(text.len() > 10_000, "{file}");
            let tag = headers[header::ETAG].to_str().expect("text");
            let version = file.split_once("?v=").map(|(_, version)| version).expect("a version");
            assert!(tag.starts_with(&format!("W/\"{version}")), "another build has another address: {file} {tag}");
            let (status, headers, text) = asks(&house, &format!("/{file}"), Some(&format!("W/\"other\", {tag}"))).await;
            assert_eq!((status, headers[header::ETAG].to_str().expect("text"), text.as_str()), (StatusCode::NOT_MODIFIED, tag, ""), "{file}");
            assert_eq!(asks(&house, &format!("/{file}"), Some("\"other\"")).await.0, StatusCode::OK);
        }
        let (status, _, licenses) = asks(&house, "/graphiql/LICENSES.txt", None).await;
        assert!(status == StatusCode::OK && licenses.contains("graphiql 4.") && licenses.contains("react-dom 19."), "{licenses}");
        assert_eq!(asks(&house, "/graphiql/package.json", None).await.0, StatusCode::NOT_FOUND);
    }
}
