//! The built binary with trusted documents: it reads them before it serves, and says what is wrong with them.

use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::process::{Running, ends, free_port, wait_until};

const QUERY: &str = "query Titles { courses { nodes { title } } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trusted_documents_are_read_before_anybody_is_served() {
    let data = tempfile::tempdir().expect("a folder");
    let manifests = data.path().join("manifests");
    std::fs::create_dir(&manifests).expect("a folder");
    let manifest = manifests.join("relay.json");
    let write = |text: Value| std::fs::write(&manifest, format!("{text:#}")).expect("a file");
    let (listen, folder, data) = (format!("127.0.0.1:{}", free_port()), text(&manifests), text(data.path()));
    let settings = [
        ("LISTEN", listen.as_str()),
        ("DATA_DIR", &data),
        ("TRUSTED_DOCUMENTS", &folder),
        ("TRUSTED_DOCUMENTS_MODE", "required"),
    ];

    write(json!({ "sound": QUERY, "unsound": "query { nothing }" }));
    let refused = ends(&settings, &["serve", "--no-worker"], Stdio::piped(), Stdio::piped());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success(), "{said}");
    let expected =
        format!("{}:3: the document \"unsound\", line 1, column 9: Cannot query field", manifest.display());
    assert!(said.contains(&expected), "{said}");
    assert!(!Path::new(&data).join("lectern.sqlite3").exists(), "nothing was opened");

    write(json!({ "sound": QUERY }));
    let server = Running::start(&settings, &["serve", "--no-worker"]);
    let (http, url) = (reqwest::Client::new(), format!("http://{listen}/graphql"));
    let trusted: Value = wait_until("the document to be answered", 60, async || {
        let answer = http.get(format!("{url}/d/sound")).send().await.ok()?;
        answer.status().is_success().then_some(answer)
    })
    .await
    .json()
    .await
    .expect("JSON");
    assert_eq!(trusted["data"]["courses"]["nodes"][0]["title"], "Core Practice of Palliative Care");
    let other = http.post(&url).json(&json!({ "query": "{ __typename }" })).send().await.expect("an answer");
    let answer: Value = other.json().await.expect("JSON");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "DOCUMENT_NOT_TRUSTED", "{answer}");
    server.stops(60).await;
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
