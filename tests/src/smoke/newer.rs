//! A binary at a database that a newer release has changed: every command says so, and what to do.

use std::process::Stdio;

use sea_orm::ConnectionTrait;

use super::{KEY, course_text};
use crate::support::process::{ends, says};
use crate::support::{Backend, database};

/// What a command says that must fail.
fn refused(settings: &[(&str, &str)], arguments: &[&str]) -> String {
    let output = ends(settings, arguments, Stdio::piped(), Stdio::piped());
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Does what the newer release did.
async fn a_newer_release_migrates(url: &str) {
    let db = database::open(url, 1).await;
    let step = "insert into seaql_migrations (version, applied_at) values ('m9999_of_tomorrow', 0)";
    db.execute_unprepared(step).await.expect("a step");
    db.close().await;
}

const SAID: &str =
    "lectern: a newer release of Lectern has changed this database; start that release, or restore a copy";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_say_that_the_embedded_database_is_newer() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let data = data.display().to_string();
    let settings = [("DATA_DIR", data.as_str())];
    let file = folder.path().join("course.toml");
    std::fs::write(&file, course_text("open-course", 0)).expect("a file");
    let file = file.display().to_string();
    says(&settings, &["import", &file]);
    a_newer_release_migrates(&format!("sqlite:{data}/lectern.sqlite3")).await;
    for arguments in
        [&["migrate"][..], &["selfcheck"], &["export", "open-course"], &["import", &file], &["staff", "list"]]
    {
        let said = refused(&settings, arguments);
        assert!(said.contains(SAID) && !said.contains("Custom Error"), "{arguments:?}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrating_and_writing_say_that_a_database_of_their_own_is_newer() {
    let Some(database) = database::empty(Backend::Postgres).await else { return };
    let settings = [("DATABASE_URL", database.url.as_str()), ("SECRET_KEY", KEY)];
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("course.toml");
    std::fs::write(&file, course_text("open-course", 0)).expect("a file");
    let file = file.display().to_string();
    says(&settings, &["migrate"]);
    says(&settings, &["import", &file]);
    a_newer_release_migrates(&database.url).await;
    says(&settings, &["export", "open-course"]);
    for arguments in
        [&["migrate"][..], &["import", &file], &["staff", "add", "ada@example.org", "--role", "admin"]]
    {
        let said = refused(&settings, arguments);
        assert!(said.contains(SAID) && !said.contains("Custom Error"), "{arguments:?}: {said}");
    }
}
