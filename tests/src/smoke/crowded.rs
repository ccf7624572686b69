//! The built server while one address asks for as much as it can: everybody else is answered as though it were not there.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use reqwest::{Client, StatusCode};
use serde_json::json;
use tokio::task::JoinSet;

use super::KEY;
use crate::support::process::{Running, free_port, says, wait_until};
use crate::support::{Backend, SAMPLE_SLUG, database};

/// Requests that the greedy address has in hand at any moment; each is a transaction.
const GREEDY: usize = 300;

/// A client at an address of its own, with a connection for each request that it has in hand; all of 127.0.0.0/8 is this machine.
fn at(last: u8) -> Client {
    Client::builder().local_address(IpAddr::from(Ipv4Addr::new(127, 0, 0, last))).build().expect("a client")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_that_asks_for_codes_without_end_keeps_nobody_out() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        besieged(backend).await;
    }
}

async fn besieged(backend: Backend) {
    let Some(database) = database::empty(backend).await else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (listen, mail) = (format!("127.0.0.1:{}", free_port()), format!("file:{}", folder.path().display()));
    let settings = [
        ("DATABASE_URL", database.url.as_str()),
        ("LISTEN", listen.as_str()),
        ("SECRET_KEY", KEY),
        ("MAIL_URL", mail.as_str()),
        ("MAIL_FROM", "Example Course Office <office@example.org>"),
    ];
    says(&settings, &["migrate"]);
    let file = folder.path().join("course.toml");
    std::fs::write(&file, super::course_text(SAMPLE_SLUG, 0)).expect("a file");
    says(&settings, &["import", &file.display().to_string()]);
    let _server = Running::start(&settings, &["serve", "--no-worker"]);
    let (greedy, honest) = (at(1), at(2));
    let url = format!("http://{listen}");
    wait_until("the server to be ready", 60, async || {
        honest.get(format!("{url}/readyz")).send().await.ok().filter(|answer| answer.status().is_success())
    })
    .await;

    let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut siege = JoinSet::new();
    for number in 0..GREEDY {
        let (greedy, url, stop, answered) = (greedy.clone(), format!("{url}/graphql"), Arc::clone(&stop), Arc::clone(&answered));
        siege.spawn(async move {
            let act = format!("mutation {{ requestSignInCode(input: {{ email: \"p{number}@example.org\" }}) {{ refusal {{ code }} }} }}");
            let act = json!({ "query": act });
            while !stop.load(Ordering::Relaxed) {
                let _ = greedy.post(&url).json(&act).send().await;
                answered.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    wait_until("the siege to be complete", 60, async || (answered.load(Ordering::Relaxed) > GREEDY).then_some(())).await;
    for number in 0..30 {
        // Words that nobody has asked for yet, and a token that has to be looked up.
        let query = json!({ "query": format!("{{ courses(filter: {{ text: \"core {number}\" }}) {{ totalCount }} }}") });
        let asked = honest.post(format!("{url}/graphql")).json(&query);
        let (asked, token) = if number % 3 == 0 { (asked.bearer_auth(format!("lct_{}", "x".repeat(43))), true) } else { (asked, false) };
        let answer = asked.send().await.expect("an answer");
        let status = answer.status();
        assert_eq!(status, if token { StatusCode::UNAUTHORIZED } else { StatusCode::OK }, "{number}: {:?}", answer.text().await);
    }
    assert!(answered.load(Ordering::Relaxed) > GREEDY);
    stop.store(true, Ordering::Relaxed);
    while siege.join_next().await.is_some() {}
}
