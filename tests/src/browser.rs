//! What a browser makes of the pages, against the built binary. Where there is no Chromium these tests do not
//! run, and say so.

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use serde_json::json;

use crate::support::SAMPLE_SLUG;
use crate::support::browser::Browser;
use crate::support::process::{Running, free_port, wait_until};

/// A Lectern of its own, with the sample course, at this address.
async fn serves(folder: &std::path::Path, more: &[(&str, &str)]) -> (Running, String) {
    let (data, listen) = (folder.display().to_string(), format!("127.0.0.1:{}", free_port()));
    let settings: Vec<(&str, &str)> = [("DATA_DIR", data.as_str()), ("LISTEN", listen.as_str())]
        .into_iter()
        .chain(more.iter().copied())
        .collect();
    let server = Running::start(&settings, &["serve"]);
    let url = format!("http://{listen}");
    let http = reqwest::Client::new();
    wait_until("the server to be ready", 60, async || {
        http.get(format!("{url}/readyz")).send().await.ok().filter(|answer| answer.status().is_success())
    })
    .await;
    (server, url)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn graphiql_asks_and_shows_the_answer_and_asks_no_other_host() {
    let Some(browser) = Browser::open().await else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (_server, url) = serves(folder.path(), &[]).await;
    browser.goes_to(&format!("{url}/graphiql")).await;
    browser.sees("the editor", "return !!document.querySelector('.graphiql-query-editor .CodeMirror')").await;
    // The schema has been read once the documentation can be opened.
    let query = json!(format!("{{ course(slug: \"{SAMPLE_SLUG}\") {{ slug }} }}"));
    browser
        .runs(&format!(
            "document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.setValue({query})"
        ))
        .await;
    browser.runs("document.querySelector('.graphiql-execute-button').click()").await;
    let shown = browser
        .sees(
            "the answer",
            "return document.querySelector('.result-window .CodeMirror')?.CodeMirror.getValue()",
        )
        .await;
    let shown: serde_json::Value = serde_json::from_str(shown.as_str().expect("text")).expect("JSON");
    assert_eq!(shown["data"]["course"]["slug"], SAMPLE_SLUG, "{shown}");
    browser
        .runs("document.querySelector('button[aria-label=\"Show Documentation Explorer\"]').click()")
        .await;
    browser
        .sees(
            "the documentation",
            "return [...document.querySelectorAll('a')].some((link) => link.textContent === 'Query')",
        )
        .await;
    browser.shows("graphiql.png").await;
    browser.runs("document.querySelector('button[aria-label=\"Open settings dialog\"]').click()").await;
    browser.sees("the dialog", "return !!document.querySelector('[role=dialog]')").await;
    let (asked, complaints) = browser.log().await;
    let asked: Vec<String> = asked.into_iter().filter(|asked| asked.starts_with("http")).collect();
    assert!(
        asked.len() >= 5 && asked.iter().all(|asked| asked.starts_with(&format!("{url}/graph"))),
        "{asked:#?}"
    );
    assert_eq!(
        complaints,
        Vec::<String>::new(),
        "nothing that the page's policy forbids, and nothing missing"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn graphiql_can_be_switched_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_server, url) = serves(folder.path(), &[("GRAPHIQL", "false")]).await;
    for path in ["/graphiql", "/graphiql/graphiql.js"] {
        let answer = reqwest::get(format!("{url}{path}")).await.expect("an answer");
        assert_eq!(answer.status(), reqwest::StatusCode::NOT_FOUND, "{path}");
    }
    let home = reqwest::get(&url).await.expect("an answer").text().await.expect("text");
    assert!(!home.contains("graphiql"), "{home}");
}

/// The page of `tests/clients/altcha`, on an origin of its own, as the pages of a course office are.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_altcha_widget_lets_somebody_ask_from_a_page_on_another_origin() {
    let Some(browser) = Browser::open().await else { return };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    let folder = tempfile::tempdir().expect("a folder");
    let (_server, url) = serves(folder.path(), &[("ALLOWED_ORIGINS", origin.as_str())]).await;
    let page = include_str!("../clients/altcha/index.html").replace("https://courses.example.org", &url);
    let widget = ([("content-type", "text/javascript")], include_str!("../clients/altcha/altcha.min.js"));
    let pages = Router::new()
        .route("/", get(async move || Html(page)))
        .route("/altcha.min.js", get(async move || widget));
    tokio::spawn(axum::serve(listener, pages).into_future());

    browser.goes_to(&origin).await;
    browser.sees("the proof", "return document.querySelector('input[name=proof]')?.value").await;
    browser
        .runs(
            "const type = (name, text) => { document.querySelector(`[name=${name}]`).value = text };
        type('name', 'Ada Example'); type('email', 'ada@example.org'); type('question', 'Can I take part by phone?');
        document.querySelector('button').click()",
        )
        .await;
    let answer = browser.sees("the answer", "return document.querySelector('output').textContent").await;
    browser.shows("altcha.png").await;
    let (_, complaints) = browser.log().await;
    assert_eq!(answer, "The answer goes to ada@example.org.", "{complaints:?}");
    assert_eq!(complaints, Vec::<String>::new());
}
