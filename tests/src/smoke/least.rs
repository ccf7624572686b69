//! A server and a worker that own nothing of the database: they read and write rows, and make nothing.

use sea_orm::ConnectionTrait;
use serde_json::json;

use super::{Client, KEY, course_text};
use crate::support::process::{Running, free_port, says, wait_until};
use crate::support::smtp::SmtpServer;
use crate::support::{Backend, database};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_that_may_make_nothing_is_enough_to_serve() {
    let Some(database) = database::empty(Backend::Postgres).await else { return };
    let port = free_port();
    let role = format!("lectern_app_{port}");
    let mut url = reqwest::Url::parse(&database.url).expect("an address");
    url.set_username(&role).expect("a name");
    let post = SmtpServer::start().await;
    let (listen, here, mail, theirs) =
        (format!("127.0.0.1:{port}"), format!("http://127.0.0.1:{port}"), post.url(), url.to_string());
    let settings = |url| {
        [
            ("DATABASE_URL", url),
            ("MAIL_URL", mail.as_str()),
            ("MAIL_FROM", "Example Course Office <office@example.org>"),
            ("LISTEN", listen.as_str()),
            ("SECRET_KEY", KEY),
        ]
    };
    let owner = settings(database.url.as_str());
    says(&owner, &["migrate"]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("course.toml");
    std::fs::write(&file, course_text("open-course", 0)).expect("a file");
    says(&owner, &["import", &file.display().to_string()]);
    let db = database::open(&database.url, 1).await;
    for statement in [
        format!("create role {role} login"),
        "revoke create on schema public from public".to_owned(),
        format!("grant usage on schema public to {role}"),
        format!("grant select, insert, update, delete on all tables in schema public to {role}"),
    ] {
        db.execute_unprepared(&statement).await.expect("a grant");
    }
    let served = settings(theirs.as_str());
    let server = Running::start(&served, &["serve"]);
    let http = reqwest::Client::new();
    wait_until("the server to be ready", 60, async || {
        http.get(format!("{here}/readyz")).send().await.ok().filter(|answer| answer.status().is_success())
    })
    .await;
    let mut ada = Client { http, url: here, token: None };
    ada.signs_in(&post, "ada@example.org").await;
    let course =
        ada.asks("{ course(slug: \"open-course\") { id tracks { id } } }", json!({})).await["course"].clone();
    let input =
        json!({ "courseId": course["id"], "trackId": course["tracks"][0]["id"], "professionCode": "nurse" });
    assert_eq!(ada.does("register", input, "registration { status }").await["status"], "STARTED");
    wait_until("the letter about it", 30, async || {
        post.letters().into_iter().find(|letter| letter.subject.starts_with("Your seat is held"))
    })
    .await;
    server.stops(30).await;
    let gone = format!("drop owned by {role}; drop role {role}");
    db.execute_unprepared(&gone).await.expect("the role goes");
    db.close().await;
}
