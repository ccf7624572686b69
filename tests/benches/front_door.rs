//! What an honest client notices while twenty others ask the worst that is let in, again and again, and what
//! memory that takes.
//!
//! `cargo bench -p lectern-tests` builds the binary as it is released and asks it over loopback, where nobody
//! has a budget; server, database and all clients share the machine. The bounds are for two cores and nothing
//! else at work.
#![allow(clippy::expect_used, reason = "a benchmark ends where something is wrong")]
#![allow(clippy::print_stdout, reason = "figures are for whoever runs the benchmarks")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use lectern::graphql::document::Documents;
use lectern::limits::document::Limits;
use lectern::store::Durability;
use lectern_tests::support::process::{Running, free_port, wait_until};
use lectern_tests::support::{Backend, SAMPLE, SAMPLE_SLUG, TestApp};
use reqwest::Client;
use serde_json::{Map, json};
use tokio::task::JoinSet;

/// A course page as a learner's app reads it.
const PAGE: &str = include_str!("../src/api/course_page.graphql");
/// Courses, each as large as the sample.
const COURSES: usize = 120;
/// Clients that ask the worst.
const WORST: usize = 20;
/// What the honest client asks, with nobody else about and beside the others.
const ALONE: usize = 500;
const BESIDE: usize = 1_000;
/// Times in which an honest client is answered, 99 of 100.
const PATIENCE: Duration = Duration::from_millis(200);
/// The most memory of the server, in bytes.
const MEMORY: u64 = 300 * 1024 * 1024;

#[tokio::main]
async fn main() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        besieged(backend).await;
    }
}

/// The worst of each kind that is let in, by name.
fn worst() -> Vec<(&'static str, String)> {
    let documents = Documents::new(Limits::default()).expect("the schema stands");
    let is_let_in = |text: &str| {
        let read = documents.read(text);
        read.is_ok_and(|document| documents.prepare(&document, None, Map::new()).is_ok())
    };
    let largest = |write: &dyn Fn(usize) -> String| {
        let (mut taken, mut refused) = (0, 3_001);
        while refused - taken > 1 {
            let middle = usize::midpoint(taken, refused);
            if is_let_in(&write(middle)) { taken = middle } else { refused = middle }
        }
        assert!(taken > 0, "{}", write(1));
        write(taken)
    };
    let times = |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<String>();
    let page = format!("course(slug: \"{SAMPLE_SLUG}\")");
    vec![
        (
            "pages within pages",
            largest(&|size| {
                format!(
                    "{{ courses(first: 100) {{ nodes {{ sessions(first: {}) {{ nodes {{ id title startsAt kind }} }} }} }} }}",
                    size.min(100)
                )
            }),
        ),
        (
            "a way around",
            largest(&|fields| {
                let leaves = times(fields, &|place| format!(" a{place}: title"));
                format!(
                    "{{ {page} {{ days {{ sessions {{ course {{ days {{ sessions {{ id {leaves} }} }} }} }} }} }} }}"
                )
            }),
        ),
        (
            "wide rows",
            largest(&|fields| {
                format!(
                    "{{ courses(first: 100) {{ nodes {{ id {} }} }} }}",
                    times(fields, &|place| format!(" a{place}: overview"))
                )
            }),
        ),
        (
            "people and their courses",
            largest(&|size| {
                let size = size.min(100);
                format!(
                    "{{ faculty(first: 100) {{ nodes {{ name bio courses(first: {size}) {{ nodes {{ title summary }} }} }} }} }}"
                )
            }),
        ),
        (
            "one page many times",
            largest(&|count| {
                let one = |place| {
                    format!(
                        " c{place}: {page} {{ title overview sessions(first: 100) {{ nodes {{ title faculty {{ member {{ name bio }} }} }} }} }}"
                    )
                };
                format!("{{{}}}", times(count, &one))
            }),
        ),
        (
            "many counts",
            largest(&|count| {
                let one = |place| {
                    format!(" c{place}: courses(first: 1, filter: {{ text: \"e{place}\" }}) {{ totalCount }}")
                };
                format!("{{{}}}", times(count, &one))
            }),
        ),
        (
            "many searches",
            largest(&|count| {
                let one = |place| {
                    format!(
                        " c{place}: faculty(first: 100, filter: {{ text: \"a{place}\" }}) {{ totalCount nodes {{ name }} }}"
                    )
                };
                format!("{{{}}}", times(count, &one))
            }),
        ),
        (
            "courses of sessions",
            largest(&|size| {
                let size = size.min(100);
                format!(
                    "{{ sessions(first: 100) {{ nodes {{ course {{ sessions(first: {size}) {{ nodes {{ title startsAt }} }} }} }} }} }}"
                )
            }),
        ),
        (
            "the schema",
            largest(&|count| {
                let one = |place| {
                    format!(
                        " s{place}: __schema {{ types {{ name description fields {{ name description args {{ name description }} }} }} }}"
                    )
                };
                format!("{{{}}}", times(count, &one))
            }),
        ),
    ]
}

/// A server over so many courses, and how it is reached.
struct Server {
    process: Running,
    http: Client,
    url: String,
    _house: TestApp,
    _data: tempfile::TempDir,
}

impl Server {
    async fn start(backend: Backend) -> Option<Self> {
        let app = TestApp::open_with(backend, "2026-04-01T12:00-04:00", Durability::PowerLoss).await?;
        app.has_the_course().await;
        for number in 1..COURSES {
            app.imports(&SAMPLE.replace(SAMPLE_SLUG, &format!("course-{number}"))).await;
        }
        let data = tempfile::tempdir().expect("a folder");
        let (listen, mail) =
            (format!("127.0.0.1:{}", free_port()), format!("file:{}", data.path().display()));
        let settings = [
            ("LISTEN", listen.as_str()),
            ("DATABASE_URL", app.url()),
            ("SECRET_KEY", "a key for benchmarks, of 32 bytes"),
            ("MAIL_URL", mail.as_str()),
            ("MAIL_FROM", "Example Course Office <office@example.org>"),
        ];
        let process = Running::start(&settings, &["serve", "--no-worker"]);
        let (http, url) = (Client::new(), format!("http://{listen}"));
        wait_until("the server to be ready", 60, async || {
            http.get(format!("{url}/readyz")).send().await.ok().filter(|answer| answer.status().is_success())
        })
        .await;
        Some(Self { process, http, url, _house: app, _data: data })
    }

    /// Asks, reads the answer to its end, and tells status, bytes and time.
    async fn asks(&self, http: &Client, query: &str, variables: serde_json::Value) -> (u16, usize, Duration) {
        let begin = Instant::now();
        let request = http
            .post(format!("{}/graphql", self.url))
            .json(&json!({ "query": query, "variables": variables }));
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.expect("the whole of it").len();
        (status, bytes, begin.elapsed())
    }

    /// How long an honest client waits for so many course pages, sorted.
    async fn honest(&self, times: usize) -> Vec<Duration> {
        let http = Client::new();
        let mut took = Vec::with_capacity(times);
        for _ in 0..times {
            let (status, _, time) = self.asks(&http, PAGE, json!({ "slug": SAMPLE_SLUG })).await;
            assert_eq!(status, 200, "an honest client is answered");
            took.push(time);
        }
        took.sort_unstable();
        took
    }
}

fn of_hundred(sorted: &[Duration], part: usize) -> Duration {
    sorted[(sorted.len() * part / 100).min(sorted.len() - 1)]
}

async fn besieged(backend: Backend) {
    let Some(server) = Server::start(backend).await else { return };
    let server = Arc::new(server);
    let worst = Arc::new(worst());
    for (name, text) in worst.iter() {
        let (status, bytes, took) = server.asks(&server.http, text, json!({})).await;
        println!("{backend:?}: {name}: {} characters, {status}, {bytes} bytes in {took:?}", text.len());
    }
    let alone = server.honest(ALONE).await;

    let (stop, answered, refused) =
        (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut clients = JoinSet::new();
    for client in 0..WORST {
        let (server, worst, stop) = (Arc::clone(&server), Arc::clone(&worst), Arc::clone(&stop));
        let (answered, refused) = (Arc::clone(&answered), Arc::clone(&refused));
        clients.spawn(async move {
            let http = Client::new();
            for turn in 0.. {
                let (_, text) = &worst[(client + turn) % worst.len()];
                let (status, _, _) = server.asks(&http, text, json!({})).await;
                if status == 200 { &answered } else { &refused }.fetch_add(1, Ordering::Relaxed);
                if stop.load(Ordering::Relaxed) {
                    return;
                }
            }
        });
    }
    wait_until("the worst to be under way", 60, async || {
        (answered.load(Ordering::Relaxed) >= WORST).then_some(())
    })
    .await;
    let begin = Instant::now();
    let beside = server.honest(BESIDE).await;
    let took = begin.elapsed();
    stop.store(true, Ordering::Relaxed);
    while let Some(ended) = clients.join_next().await {
        ended.expect("a client");
    }
    let p99 = of_hundred(&beside, 99);
    println!(
        "{backend:?}: a course page takes {:?} (p99 {:?}) alone, {:?} (p99 {p99:?}, longest {:?}) beside {WORST} clients who ask the worst, of whom {} were answered and {} refused in {took:?}",
        of_hundred(&alone, 50),
        of_hundred(&alone, 99),
        of_hundred(&beside, 50),
        of_hundred(&beside, 100),
        answered.load(Ordering::Relaxed),
        refused.load(Ordering::Relaxed),
    );
    let memory = server.process.most_memory();
    if let Some(memory) = memory {
        println!("{backend:?}: the server has taken {} MB of memory at most", memory / (1024 * 1024));
    }
    assert!(p99 < PATIENCE, "{backend:?}: an honest client waits {p99:?}, more than {PATIENCE:?}");
    assert!(memory.is_none_or(|memory| memory < MEMORY), "{backend:?}: {memory:?} bytes of memory");
}
