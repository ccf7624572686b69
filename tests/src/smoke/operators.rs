//! What operators ask, on an address of their own: of a server, and of a worker that serves nobody else.

use super::KEY;
use crate::support::openmetrics::Exposition;
use crate::support::process::{Running, free_port, says, wait_until};
use crate::support::{Backend, database};

const ASKED: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// The status and the text of an answer.
async fn asks(http: &reqwest::Client, address: &str, path: &str) -> Option<(u16, String)> {
    let answer = http.get(format!("http://{address}{path}")).send().await.ok()?;
    Some((answer.status().as_u16(), answer.text().await.ok()?))
}

async fn ready(http: &reqwest::Client, address: &str) -> String {
    wait_until("readiness", 30, async || {
        asks(http, address, "/readyz").await.filter(|(status, _)| *status == 200).map(|(_, text)| text)
    })
    .await
}

async fn addresses_of_their_own(backend: Backend) {
    let Some(database) = database::empty(backend).await else { return };
    let [public, operators, work] = [(); 3].map(|()| format!("127.0.0.1:{}", free_port()));
    let folder = tempfile::tempdir().expect("a folder");
    let mail = format!("file:{}", folder.path().display());
    let settings = [
        ("DATABASE_URL", database.url.as_str()),
        ("LISTEN", public.as_str()),
        ("OPERATOR_LISTEN", operators.as_str()),
        ("MAIL_URL", mail.as_str()),
        ("MAIL_FROM", "office@example.org"),
        ("SECRET_KEY", KEY),
    ];
    says(&settings, &["migrate"]);
    let server = Running::start(&settings, &["serve", "--no-worker"]);
    // The same settings: LISTEN in the environment is the server's, and what follows --listen the worker's.
    let worker = Running::start(&settings, &["work", "--listen", &work]);
    let http = reqwest::Client::new();
    assert_eq!(ready(&http, &operators).await, "ready\n");
    assert_eq!(ready(&http, &work).await, "ready\n");
    for address in [&operators, &work] {
        for path in ASKED {
            let (status, _) = asks(&http, address, path).await.expect("an answer");
            assert_eq!(status, 200, "{address}{path}");
        }
        let (status, _) = asks(&http, address, "/graphql").await.expect("an answer");
        assert_eq!(status, 404, "{address} is for nothing else");
    }
    for path in ASKED {
        let (status, _) = asks(&http, &public, path).await.expect("an answer");
        assert_eq!(status, 404, "{path} is not for everybody any more");
    }
    let (_, home) = asks(&http, &public, "/").await.expect("an answer");
    assert!(home.contains("/schema.graphql") && !home.contains("/metrics"), "{home}");

    let [of_server, of_worker] = [&operators, &work].map(async |address: &String| {
        let (_, text) = asks(&http, address, "/metrics").await.expect("an answer");
        Exposition::read(&text)
    });
    let (of_server, of_worker) = (of_server.await, of_worker.await);
    assert_eq!(of_worker.value("lectern_letters_due", &[]), Some(0.0));
    assert_eq!(of_server.value("lectern_letters_due", &[]), None, "it has no worker");
    server.stops(20).await;
    worker.stops(20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operators_have_addresses_of_their_own() {
    addresses_of_their_own(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operators_have_addresses_of_their_own_on_postgres() {
    addresses_of_their_own(Backend::Postgres).await;
}

/// Where no address is set, a worker listens nowhere, not even where the environment has one for the server.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_does_not_take_the_address_of_the_server() {
    let Some(database) = database::empty(Backend::Sqlite).await else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mail = format!("file:{}", folder.path().display());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let listen = taken.local_addr().expect("an address").to_string();
    let settings = [
        ("DATABASE_URL", database.url.as_str()),
        ("LISTEN", listen.as_str()),
        ("MAIL_URL", mail.as_str()),
        ("MAIL_FROM", "office@example.org"),
        ("SECRET_KEY", KEY),
    ];
    says(&settings, &["migrate"]);
    let work = format!("127.0.0.1:{}", free_port());
    let with_address = [&settings[..], &[("WORK_LISTEN", work.as_str())]].concat();
    let worker = Running::start(&with_address, &["work"]);
    assert_eq!(ready(&reqwest::Client::new(), &work).await, "ready\n", "though LISTEN is taken");
    worker.stops(20).await;
}
