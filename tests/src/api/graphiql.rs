//! GraphiQL as it is served. What it does in a browser is seen to in `browser`.

use axum::http::StatusCode;

use crate::support::request::{get, with};
use crate::support::{Answer, TestApp, stories};

async fn asks(app: &TestApp, path: &str) -> Answer {
    app.answered(get(path)).await
}

async fn asks_again(app: &TestApp, path: &str, known: &str) -> Answer {
    app.answered(with(get(path), "if-none-match", known)).await
}

/// The addresses that a page loads, below the page's own folder.
fn loaded(page: &str) -> Vec<&str> {
    page.split(['"']).filter(|part| part.starts_with("graphiql/")).collect()
}

stories! {
    async fn graphiql_is_its_own_host_and_kept_by_browsers(app at "2026-04-01T12:00-04:00") {
        let answer = asks(&app, "/graphiql").await;
        assert_eq!(answer.status, StatusCode::OK);
        let (policy, page) = (answer.header("content-security-policy"), answer.text());
        for part in
            ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"]
        {
            assert!(policy.split("; ").any(|rule| rule == part), "{policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"), "{policy}");
        assert!(!page.contains("http:") && !page.contains("https:") && !page.contains("//"), "{page}");
        assert_eq!(
            page.matches("<script").count(),
            page.matches("<script src=").count(),
            "no script stands in the page: {page}"
        );
        let nonce = |page: &str| {
            page.split_once("nonce=\"")
                .and_then(|(_, rest)| rest.split_once('"'))
                .map(|(nonce, _)| nonce.to_owned())
                .expect("a nonce")
        };
        assert!(policy.contains(&format!("'nonce-{}'", nonce(page))), "{policy} {page}");
        assert_ne!(nonce(asks(&app, "/graphiql").await.text()), nonce(page), "a nonce is good once");

        let files = loaded(page);
        assert_eq!(files.len(), 2, "{page}");
        for file in files {
            let first = asks(&app, &format!("/{file}")).await;
            assert_eq!(
                (first.status, first.header("cache-control")),
                (StatusCode::OK, "public, max-age=31536000, immutable"),
                "{file}"
            );
            assert!(first.body.len() > 10_000, "{file}");
            let tag = first.header("etag");
            let version = file.split_once("?v=").map(|(_, version)| version).expect("a version");
            assert!(
                tag.starts_with(&format!("W/\"{version}")),
                "another build has another address: {file} {tag}"
            );
            let again = asks_again(&app, &format!("/{file}"), &format!("W/\"other\", {tag}")).await;
            assert_eq!(
                (again.status, again.header("etag"), again.text()),
                (StatusCode::NOT_MODIFIED, tag, ""),
                "{file}"
            );
            assert_eq!(asks_again(&app, &format!("/{file}"), "\"other\"").await.status, StatusCode::OK);
        }
        let answer = asks(&app, "/graphiql/LICENSES.txt").await;
        let licenses = answer.text();
        assert!(
            answer.status == StatusCode::OK
                && licenses.contains("graphiql 4.")
                && licenses.contains("react-dom 19."),
            "{licenses}"
        );
        assert_eq!(asks(&app, "/graphiql/package.json").await.status, StatusCode::NOT_FOUND);
    }
}
