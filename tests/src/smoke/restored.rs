//! A backup is made while the server is in use, put in place later, and nothing is sent from it until somebody
//! has said what becomes of what fell due meanwhile.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use entity::letter::NotSentReason;
use entity::notice::{self, Status};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::{Client, KEY, course_text};
use crate::support::process::{Running, ends, free_port, says, wait_until};
use crate::support::smtp::SmtpServer;
use crate::support::{Backend, database};

const HELD: &str = "no e-mails are sent: this database was restored";

async fn readiness(url: &str) -> Option<String> {
    reqwest::get(format!("{url}/readyz")).await.ok()?.error_for_status().ok()?.text().await.ok()
}

/// Puts the backup in the place of an empty database; where it is.
async fn put_in_place(
    backend: Backend,
    backup: &Path,
    folder: &Path,
    name: &str,
) -> (String, Option<database::Database>) {
    match backend {
        Backend::Sqlite => {
            let file = folder.join(name);
            std::fs::copy(backup, &file).expect("a copy");
            (format!("sqlite://{}", file.display()), None)
        }
        Backend::Postgres => {
            let empty = database::empty(backend).await.expect("it was there before");
            let restored = Command::new("pg_restore")
                .args(["--no-owner", "--exit-on-error", "--dbname", &empty.url])
                .arg(backup)
                .output()
                .expect("pg_restore");
            assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
            (empty.url.clone(), Some(empty))
        }
    }
}

async fn nothing_is_sent_twice_unasked(backend: Backend) {
    let Some(database) = database::empty(backend).await else { return };
    let (post, folder) = (SmtpServer::start().await, tempfile::tempdir().expect("a folder"));
    let listen = format!("127.0.0.1:{}", free_port());
    let (url, mail, data) = (format!("http://{listen}"), post.url(), folder.path().display().to_string());
    let at = |database: &str| {
        [
            ("DATABASE_URL", database.to_owned()),
            ("DATA_DIR", data.clone()),
            ("MAIL_URL", mail.clone()),
            ("MAIL_FROM", "office@example.org".to_owned()),
            ("LISTEN", listen.clone()),
            ("SECRET_KEY", KEY.to_owned()),
        ]
    };
    let settings = at(&database.url);
    let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
    says(&settings, &["migrate"]);
    let course = folder.path().join("course.toml");
    std::fs::write(&course, course_text("open-course", 0)).expect("a file");
    says(&settings, &["import", &course.display().to_string()]);

    let server = Running::start(&settings, &["serve"]);
    wait_until("the server to be ready", 30, async || readiness(&url).await).await;
    let mut ada = Client { http: reqwest::Client::new(), url: url.clone(), token: None };
    ada.signs_in(&post, "ada@example.org").await;
    server.stops(30).await;
    let server = Running::start(&settings, &["serve", "--no-worker"]);
    wait_until("the server to be ready", 30, async || readiness(&url).await).await;
    let course =
        ada.asks("{ course(slug: \"open-course\") { id tracks { id } } }", json!({})).await["course"].clone();
    let input =
        json!({ "courseId": course["id"], "trackId": course["tracks"][0]["id"], "professionCode": "nurse" });
    ada.does("register", input, "registration { id }").await;

    let backup = folder.path().join("backup");
    let to = backup.display().to_string();
    assert!(says(&settings, &["backup", &to]).contains("The backup is in"));
    assert_eq!(std::fs::metadata(&backup).expect("a file").permissions().mode() & 0o777, 0o600);
    let written = std::fs::read(&backup).expect("a backup");
    let again = ends(&settings, &["backup", &to], Stdio::null(), Stdio::piped());
    assert!(
        !again.status.success() && String::from_utf8_lossy(&again.stderr).contains("exists"),
        "{again:?}"
    );
    assert!(std::fs::read(&backup).expect("a backup") == written, "what is there is left alone");
    let left = std::fs::read_dir(folder.path()).expect("a folder").flatten().map(|entry| entry.file_name());
    assert_eq!(left.filter(|name| name.to_string_lossy().contains(".part")).count(), 0);

    // What the backup does not know: the letter has been sent.
    let worker = Running::start(&settings, &["work"]);
    let held = || {
        let letters = post.letters().into_iter();
        letters.filter(|letter| letter.subject.starts_with("Your seat is held")).collect::<Vec<_>>()
    };
    wait_until("the letter", 30, async || (held().len() == 1).then_some(())).await;
    worker.stops(30).await;
    server.stops(30).await;

    for (name, said) in [("counted", "--count-as-sent"), ("sent", "--send")] {
        let (place, _kept) = put_in_place(backend, &backup, folder.path(), name).await;
        let settings = at(&place);
        let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
        let server = Running::start(&settings, &["serve"]);
        let told = wait_until("the e-mails to be held", 30, async || {
            readiness(&url).await.filter(|told| told.contains(HELD))
        })
        .await;
        assert!(told.starts_with("ready; "), "people are served: {told}");
        // It is found and entered, and it does not leave.
        let due = async || {
            let metrics = reqwest::get(format!("{url}/metrics")).await.ok()?.text().await.ok()?;
            metrics.contains("\nlectern_letters_due 1\n").then_some(metrics)
        };
        let metrics = wait_until("the letter to be due", 30, due).await;
        assert!(metrics.contains("\nlectern_mail_held 1\n"), "{metrics}");
        let listed = says(&settings, &["restored"]);
        let line = listed.lines().find(|line| line.contains("registration_started")).expect("the kind");
        assert_eq!(line.split_whitespace().nth(1), Some("1"), "{listed}");
        assert_eq!(listed.contains("The backup was made at"), backend == Backend::Sqlite, "{listed}");
        let undecided =
            ends(&settings, &["restored", said, "course_starting"], Stdio::null(), Stdio::piped());
        assert!(
            String::from_utf8_lossy(&undecided.stderr).contains("nothing is said of registration_started")
        );
        let before = held().len();
        assert_eq!(before, 1, "nothing was sent meanwhile");
        says(&settings, &["restored", said, "all"]);
        wait_until("the e-mails to go again", 30, async || {
            readiness(&url).await.filter(|told| !told.contains(HELD))
        })
        .await;
        let db = database::open(&place, 2).await;
        let row = async || {
            let about = notice::Column::Rule.eq("registration_started");
            notice::Entity::find().filter(about).one(&db).await.expect("an answer").expect("the notice")
        };
        if said == "--send" {
            let sent = wait_until("the letter once more", 30, async || {
                let letters = held();
                (letters.len() == 2).then_some(letters)
            })
            .await;
            assert_eq!(sent[0].message_id, sent[1].message_id, "a copy is known as one");
        } else {
            let row = row().await;
            assert_eq!((row.status, row.reason), (Status::Cancelled, Some(NotSentReason::CountedAsSent)));
            // The way is open: a code goes out, and the letter has not gone before it.
            let mut ben = Client { http: reqwest::Client::new(), url: url.clone(), token: None };
            ben.signs_in(&post, "ben@example.org").await;
            assert_eq!(held().len(), 1);
        }
        db.close().await;
        server.stops(30).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_database_sends_nothing_unasked() {
    nothing_is_sent_twice_unasked(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_database_sends_nothing_unasked_on_postgres() {
    nothing_is_sent_twice_unasked(Backend::Postgres).await;
}
