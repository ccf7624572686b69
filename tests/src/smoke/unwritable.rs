//! A log that cannot be written changes nothing, nor does a greeting; what was asked for and cannot be handed
//! over is a failure, and no panic.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::net::unix::pipe;

use crate::support::SAMPLE_SLUG;
use crate::support::process::{Running, ends, free_port, wait_until};

/// What becomes of what a process writes.
#[derive(Clone, Copy, Debug)]
enum Written {
    /// It is read by nobody, and nobody minds.
    Ignored,
    /// Each write fails: the disk is full.
    Full,
    /// Each write fails: the reader of the pipe has gone.
    ReaderGone,
    /// Each write waits for ever as soon as the pipe is full: its reader does not read.
    ReaderAsleep,
    /// The same, and it is full already.
    ReaderAsleepAndFull,
}

impl Written {
    fn stdio(self) -> Stdio {
        match self {
            Self::Ignored => Stdio::null(),
            Self::Full => {
                File::options().write(true).open("/dev/full").expect("a device that is always full").into()
            }
            Self::ReaderGone | Self::ReaderAsleep | Self::ReaderAsleepAndFull => Stdio::piped(),
        }
    }
}

/// The ends of a pipe into which nothing more fits.
fn full_pipe() -> (OwnedFd, pipe::Receiver) {
    let (sender, receiver) = pipe::pipe().expect("a pipe");
    // Whole pages first, then what is left of the last one.
    for piece in [4096, 1] {
        while sender.try_write(&vec![b'.'; piece]).is_ok() {}
    }
    (sender.into_blocking_fd().expect("an end that waits"), receiver)
}

/// Serves with its output and its log in this state: answers, and stops when it is asked to.
async fn serves(output: Written, log: Written, arguments: &[&str], level: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, listen) = (folder.path().display().to_string(), format!("127.0.0.1:{}", free_port()));
    let settings = [("DATA_DIR", data.as_str()), ("LISTEN", listen.as_str()), ("LOG", level)];
    let full = matches!(output, Written::ReaderAsleepAndFull).then(full_pipe);
    let (end, _reader) = full.unzip();
    let mut server = Running::start_saying(
        &settings,
        arguments,
        end.map_or_else(|| output.stdio(), Stdio::from),
        log.stdio(),
    );
    let (said, logged) = server.pipes();
    // An end that is dropped is a reader who has gone.
    let _said = said.filter(|_| matches!(output, Written::ReaderAsleep));
    let _logged = logged.filter(|_| matches!(log, Written::ReaderAsleep));
    let http = reqwest::Client::new();
    let case = format!("{arguments:?} with its output {output:?} and its log {log:?}");
    wait_until(&case, 60, async || {
        http.get(format!("http://{listen}/readyz"))
            .send()
            .await
            .ok()
            .filter(|answer| answer.status().is_success())
    })
    .await;
    let query = json!({ "query": "query($slug: String!) { course(slug: $slug) { slug } }", "variables": { "slug": SAMPLE_SLUG } });
    for _ in 0..3 {
        let answer =
            http.post(format!("http://{listen}/graphql")).json(&query).send().await.expect("an answer");
        let answer: Value = answer.json().await.expect("JSON");
        assert_eq!(answer["data"]["course"]["slug"], SAMPLE_SLUG, "{case}: {answer}");
    }
    assert_eq!(server.stopped().await.code(), Some(0), "{case}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_cannot_be_written_changes_nothing() {
    for (log, level) in
        [(Written::Full, "info"), (Written::ReaderGone, "info"), (Written::ReaderAsleep, "trace")]
    {
        serves(Written::Ignored, log, &["serve"], level).await;
        serves(Written::Ignored, log, &["serve", "--no-worker"], level).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_greeting_that_cannot_be_written_changes_nothing() {
    for output in [Written::Full, Written::ReaderGone, Written::ReaderAsleepAndFull] {
        serves(output, Written::Ignored, &["serve", "--no-worker"], "info").await;
    }
    serves(Written::ReaderAsleepAndFull, Written::Ignored, &["serve"], "info").await;
    serves(Written::ReaderGone, Written::ReaderGone, &["serve"], "info").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deed_counts_though_nobody_can_be_told_and_what_cannot_be_handed_over_is_a_failure() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().display().to_string();
    let settings = [("DATA_DIR", data.as_str())];
    let full = || Written::Full.stdio();
    for arguments in [&["migrate"][..], &["staff", "add", "ada@example.org", "--role", "staff"]] {
        assert_eq!(ends(&settings, arguments, full(), full()).status.code(), Some(0), "{arguments:?}");
    }
    for arguments in [&["schema"][..], &["access"], &["selfcheck"]] {
        let ended = ends(&settings, arguments, full(), Stdio::piped());
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(
            said.contains("lectern: standard output cannot be written: ") && !said.contains("panicked"),
            "{arguments:?}: {said}"
        );
        assert_eq!(
            ends(&settings, arguments, full(), full()).status.code(),
            Some(1),
            "{arguments:?}, and nobody can be told why"
        );
    }
}
