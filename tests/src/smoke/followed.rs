//! The built binary, followed: what is done through one server is told by another, and a server that stops
//! says so and does not wait.

use serde_json::json;

use super::{Client, KEY, course_text};
use crate::support::follower::{Events, Follower};
use crate::support::process::{Running, free_port, says, wait_until};
use crate::support::smtp::SmtpServer;
use crate::support::{Backend, database};

const SEATS: &str = "subscription Seats($id: ID!) { seats(courseId: $id) { available } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seats_are_followed_on_one_server() {
    followed(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seats_are_followed_on_two_servers_of_one_database() {
    followed(Backend::Postgres).await;
}

async fn followed(backend: Backend) {
    let Some(database) = database::empty(backend).await else { return };
    let post = SmtpServer::start().await;
    let (here, there, mail) =
        (format!("127.0.0.1:{}", free_port()), format!("127.0.0.1:{}", free_port()), post.url());
    let settings = |listen| {
        [
            ("DATABASE_URL", database.url.as_str()),
            ("MAIL_URL", mail.as_str()),
            ("MAIL_FROM", "Example Course Office <office@example.org>"),
            ("LISTEN", listen),
            ("SECRET_KEY", KEY),
        ]
    };
    says(&settings(&here), &["migrate"]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("course.toml");
    let course =
        course_text("open-course", 0).replacen("[registration]\n", "[registration]\ncapacity = 30\n", 1);
    std::fs::write(&file, course).expect("a file");
    says(&settings(&here), &["import", &file.display().to_string()]);

    let server = Running::start(&settings(&here), &["serve"]);
    let (other, followed) = match backend {
        Backend::Sqlite => (None, &here),
        Backend::Postgres => (Some(Running::start(&settings(&there), &["serve", "--no-worker"])), &there),
    };
    let http = reqwest::Client::new();
    for address in [&here, followed] {
        wait_until("the server to be ready", 60, async || {
            http.get(format!("http://{address}/readyz"))
                .send()
                .await
                .ok()
                .filter(|answer| answer.status().is_success())
        })
        .await;
    }

    let mut ada = Client { http, url: format!("http://{here}"), token: None };
    ada.signs_in(&post, "ada@example.org").await;
    let course =
        ada.asks("{ course(slug: \"open-course\") { id tracks { id } } }", json!({})).await["course"].clone();
    let of = json!({ "id": course["id"] });
    let mut socket = Follower::connects(followed, ada.token.as_deref()).await;
    socket.follows("seats", SEATS, of.clone()).await;
    let mut events = Events::opens(followed, "/graphql", None, SEATS, of).await.expect("events");
    assert_eq!((socket.event("seats").await, events.event().await), (left(30), left(30)));
    let input = json!({ "courseId": course["id"], "trackId": course["tracks"][0]["id"], "professionCode": "nurse", "idempotencyKey": "follow-1" });
    ada.does("register", input, "registration { id }").await;
    assert_eq!((socket.event("seats").await, events.event().await), (left(29), left(29)));

    // What is followed has no end of its own, and holds nobody up.
    other.unwrap_or(server).stops(25).await;
    assert_eq!(socket.closing().await, 1012);
    assert_eq!(events.next().await, None);
}

fn left(available: u32) -> serde_json::Value {
    json!({ "seats": { "available": available } })
}
