//! The embedded default, started for the first time: by two at once, in a folder with an odd name, and killed
//! in the middle.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde_json::json;

use crate::support::Letter;
use crate::support::process::{Running, free_port, says, wait_until};

/// What others may do with each file and folder below `folder`, by name.
fn open_to_others(folder: &Path, found: &mut BTreeMap<String, u32>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let mode = std::fs::metadata(&path).expect("a file").mode() & 0o077;
        if mode != 0 {
            found.insert(path.display().to_string(), mode);
        }
        if path.is_dir() {
            open_to_others(&path, found);
        }
    }
}

async fn is_ready(url: &str) {
    let http = reqwest::Client::new();
    wait_until("the server to be ready", 60, async || {
        http.get(format!("{url}/readyz")).send().await.ok().filter(|answer| answer.status().is_success())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_start_at_once_wait_for_each_other_and_leave_nothing_open_to_others() {
    let above = tempfile::tempdir().expect("a folder");
    let folder = above.path().join("what? 100%3F #1");
    let data = folder.display().to_string();
    let listens = [free_port(), free_port()].map(|port| format!("127.0.0.1:{port}"));
    let _running = [0, 1].map(|place: usize| {
        Running::start(&[("DATA_DIR", data.as_str()), ("LISTEN", listens[place].as_str())], &["serve"])
    });
    for listen in &listens {
        is_ready(&format!("http://{listen}")).await;
    }
    // Both have one key: what one has signed the other believes. The code is in the mailbox of both.
    let ask = json!({ "query": "mutation { requestSignInCode(input: { email: \"ada@example.org\" }) { signInRequest { id } } }" });
    let http = reqwest::Client::new();
    let asked: serde_json::Value = http
        .post(format!("http://{}/graphql", listens[0]))
        .json(&ask)
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let request =
        asked["data"]["requestSignInCode"]["signInRequest"]["id"].as_str().expect("a request").to_owned();
    let letter = wait_until("the letter", 60, async || {
        let mut letters = std::fs::read_dir(folder.join("mailbox")).ok()?.flatten().map(|entry| entry.path());
        letters.find(|path| path.extension().is_some_and(|ending| ending == "eml"))
    })
    .await;
    let code = Letter::read("ada@example.org", &std::fs::read(letter).expect("a letter")).code();
    let sign_in = json!({ "query": "mutation($r: ID!, $c: String!) { signIn(input: { requestId: $r, code: $c }) { signedIn { token } refusal { message } } }",
        "variables": { "r": request, "c": code } });
    let signed: serde_json::Value = http
        .post(format!("http://{}/graphql", listens[1]))
        .json(&sign_in)
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert!(signed["data"]["signIn"]["signedIn"]["token"].is_string(), "{signed}");

    assert_eq!(std::fs::metadata(&folder).expect("the folder").mode() & 0o777, 0o700);
    let mut open = BTreeMap::new();
    open_to_others(&folder, &mut open);
    assert_eq!(open, BTreeMap::new());
}

/// What an earlier release left open is closed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_open_to_others_is_closed() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().display().to_string();
    let settings = [("DATA_DIR", data.as_str())];
    says(&settings, &["migrate"]);
    let file = folder.path().join("lectern.sqlite3");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("open");
    says(&settings, &["migrate"]);
    assert_eq!(std::fs::metadata(&file).expect("the database").mode() & 0o777, 0o600);
}

/// Whenever a first start is killed, the next one goes on: at each thing that it leaves on the way, and as
/// the database grows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_start_that_is_killed_starts_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let milestones = [
        ("lectern.lock", 0),
        ("lectern.sqlite3", 0),
        ("lectern.sqlite3-wal", 1),
        ("lectern.sqlite3-wal", 200_000),
        ("secret.key", 1),
    ];
    for (number, (name, bytes)) in milestones.into_iter().enumerate() {
        let folder = folder.path().join(number.to_string());
        let data = folder.display().to_string();
        let listen = format!("127.0.0.1:{}", free_port());
        let settings = [("DATA_DIR", data.as_str()), ("LISTEN", listen.as_str())];
        let first = Running::start(&settings, &["serve"]);
        let file = folder.join(name);
        let come = || std::fs::metadata(&file).ok().filter(|file| file.len() >= bytes);
        wait_until(&format!("{name} of {bytes} bytes"), 60, async || come()).await;
        first.killed();
        let told = says(&settings, &["migrate"]);
        assert!(told.contains("up to date"), "killed at {name} of {bytes} bytes: {told}");
        let checked = says(&settings, &["selfcheck"]);
        assert!(!checked.contains("BROKEN"), "{checked}");
    }
}
