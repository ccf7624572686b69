//! A front door that clients try to keep for themselves: by sending half of what they announce, by silence,
//! by not taking answers.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::support::process::{Running, free_port, wait_until};

/// Half-sent bodies in a siege.
const BESIEGERS: usize = 4_200;
/// How many of them are on their way at once.
const WAVE: usize = 100;
/// A head that announces a body, and the beginning of it.
const HALF_A_BODY: &str = "POST /graphql HTTP/1.1\r\nhost: lectern\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{\"query\":";
const HALF_A_HEAD: &str = "POST /graphql HTTP/1.1\r\nhost: lectern\r\nx-half: ";
const A_REQUEST: &str = "GET /healthz HTTP/1.1\r\nhost: lectern\r\n\r\n";

/// A server that holds nothing but the sample course, and a client of it at an address of its own.
struct Besieged {
    server: Running,
    address: String,
    honest: reqwest::Client,
    _data: TempDir,
}

impl Besieged {
    async fn start(settings: &[(&str, &str)], descriptors: Option<u32>) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let (address, folder) = (format!("127.0.0.1:{}", free_port()), data.path().display().to_string());
        let mut all = vec![("LISTEN", address.as_str()), ("DATA_DIR", folder.as_str())];
        all.extend_from_slice(settings);
        let arguments = ["serve", "--no-worker"];
        let server = match descriptors {
            Some(descriptors) => Running::start_with_descriptors(descriptors, &all, &arguments),
            None => Running::start(&all, &arguments),
        };
        // A connection for every request, as from many people; all of 127.0.0.0/8 is this machine.
        let honest = reqwest::Client::builder()
            .local_address(IpAddr::from(Ipv4Addr::new(127, 0, 0, 2)))
            .pool_max_idle_per_host(0)
            .build()
            .expect("a client");
        let ready = format!("http://{address}/readyz");
        wait_until("the server to be ready", 60, async || {
            honest.get(&ready).send().await.ok().filter(|answer| answer.status().is_success())
        })
        .await;
        Self { server, address, honest, _data: data }
    }

    async fn says(&self, bytes: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).await.expect("a connection");
        stream.write_all(bytes.as_bytes()).await.expect("the bytes are sent");
        stream
    }

    /// An honest question, answered.
    async fn serves(&self) {
        let query = json!({ "query": "{ courses { nodes { slug } } }" });
        let answer = self
            .honest
            .post(format!("http://{}/graphql", self.address))
            .json(&query)
            .send()
            .await
            .expect("an answer");
        let answer: Value = answer.json().await.expect("JSON");
        assert_eq!(answer["data"]["courses"]["nodes"].as_array().map(Vec::len), Some(1), "{answer}");
    }

    /// The counter or gauge of this name, its label included; zero where it has not been counted.
    async fn metric(&self, name: &str) -> f64 {
        let text = self
            .honest
            .get(format!("http://{}/metrics", self.address))
            .send()
            .await
            .expect("metrics")
            .text()
            .await
            .expect("text");
        text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok()).unwrap_or_default()
    }
}

/// What comes until the connection is closed; none of it may be waited for longer than that many seconds.
async fn all_of(mut stream: TcpStream, seconds: u64) -> String {
    let mut heard = Vec::new();
    let whole =
        tokio::time::timeout(std::time::Duration::from_secs(seconds), stream.read_to_end(&mut heard)).await;
    // A reset is an end, too.
    let _ = whole.unwrap_or_else(|_| panic!("open after {seconds} s: {:?}", String::from_utf8_lossy(&heard)));
    String::from_utf8_lossy(&heard).into_owned()
}

/// With 1,024 descriptors the server has room for 920 clients, and one address for 230 of them; where bodies
/// may take an hour, those 230 stay.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_half_sent_bodies_from_one_address_keep_nobody_out() {
    let besieged = Besieged::start(&[("BODY_SECONDS", "3600")], Some(1024)).await;
    let (address, wave) = (Arc::new(besieged.address.clone()), Arc::new(Semaphore::new(WAVE)));
    let mut siege = JoinSet::new();
    for _ in 0..BESIEGERS {
        let (address, wave) = (Arc::clone(&address), Arc::clone(&wave));
        siege.spawn(async move {
            let turn = wave.acquire_owned().await.expect("a turn");
            let Ok(mut stream) = TcpStream::connect(address.as_str()).await else { return };
            let sent = stream.write_all(HALF_A_BODY.as_bytes()).await;
            drop(turn);
            if sent.is_ok() {
                let _ = stream.read_to_end(&mut Vec::new()).await;
            }
        });
    }
    let away = "lectern_turned_away_total{reason=\"connections_of_address\"}";
    wait_until("the siege to be complete", 300, async || {
        besieged.serves().await;
        (besieged.metric(away).await >= (BESIEGERS - 230) as f64).then_some(())
    })
    .await;
    for _ in 0..20 {
        besieged.serves().await;
    }
    // What the siege holds: its 230 connections, and the one that asks; the server may not have noticed yet
    // that earlier ones have gone.
    wait_until("the siege to be alone with who asks", 60, async || {
        (besieged.metric("lectern_connections").await == 231.0).then_some(())
    })
    .await;
    siege.abort_all();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_takes_too_long_is_told_so_and_let_go() {
    let seconds = [
        ("HEADER_SECONDS", "1"),
        ("BODY_SECONDS", "1"),
        ("IDLE_SECONDS", "1"),
        ("ANSWER_SECONDS", "1"),
        ("DRAIN_SECONDS", "60"),
    ];
    let besieged = Besieged::start(&seconds, None).await;

    let half_a_head = all_of(besieged.says(HALF_A_HEAD).await, 60).await;
    assert!(half_a_head.starts_with("HTTP/1.1 408 ") && half_a_head.contains("TOO_LATE"), "{half_a_head}");
    let half_a_body = all_of(besieged.says(HALF_A_BODY).await, 60).await;
    assert!(half_a_body.starts_with("HTTP/1.1 408 ") && half_a_body.contains("TOO_LATE"), "{half_a_body}");
    assert!(half_a_body.to_ascii_lowercase().contains("connection: close"), "{half_a_body}");
    assert_eq!(all_of(besieged.says("").await, 60).await, "", "who says nothing hears nothing");
    let once = all_of(besieged.says(A_REQUEST).await, 60).await;
    assert!(once.ends_with("alive\n"), "one answer, and after it silence: {once}");
    let mut half_of_the_next = besieged.says(A_REQUEST).await;
    let mut once = Vec::new();
    while !once.ends_with(b"alive\n") {
        assert_ne!(half_of_the_next.read_buf(&mut once).await.expect("an answer"), 0);
    }
    half_of_the_next.write_all(HALF_A_HEAD.as_bytes()).await.expect("the bytes are sent");
    let half_of_the_next = all_of(half_of_the_next, 60).await;
    assert!(half_of_the_next.starts_with("HTTP/1.1 408 "), "{half_of_the_next}");

    // Answers to a hundred questions, a hundred kilobytes each, that nobody takes.
    let hungry = besieged.says(&"GET /schema.graphql HTTP/1.1\r\nhost: lectern\r\n\r\n".repeat(100)).await;
    let cut = "lectern_connections_cut_total{reason=\"answer\"}";
    wait_until("the glutton to be let go", 60, async || (besieged.metric(cut).await == 1.0).then_some(()))
        .await;
    let served = all_of(hungry, 60).await.matches("HTTP/1.1 200 OK").count();
    assert!((1..100).contains(&served), "{served} answers");
    assert_eq!(besieged.metric("lectern_in_hand_bytes").await, 0.0);
    besieged.serves().await;
}

/// With time limits of an hour, nothing but its own haste lets the server end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_told_to_stop_waits_for_nobody_who_has_sent_half() {
    let hours = ["HEADER_SECONDS", "BODY_SECONDS", "IDLE_SECONDS", "ANSWER_SECONDS", "DRAIN_SECONDS"]
        .map(|name| (name, "3600"));
    let besieged = Besieged::start(&hours, None).await;
    let mut open = Vec::new();
    for _ in 0..20 {
        for bytes in [HALF_A_BODY, HALF_A_HEAD, A_REQUEST, ""] {
            open.push(besieged.says(bytes).await);
        }
    }
    wait_until("all of them to be let in", 60, async || {
        (besieged.metric("lectern_connections").await >= 81.0).then_some(())
    })
    .await;
    let half_a_body = open.remove(0);
    besieged.server.stops(60).await;
    let told = all_of(half_a_body, 60).await;
    assert!(
        told.starts_with("HTTP/1.1 503 ") && told.to_ascii_lowercase().contains("retry-after: "),
        "{told}"
    );
}
