//! A browser: headless Chromium, driven over WebDriver (W3C) by its own chromedriver.
//!
//! Where the two are not found the tests that need them do not run, and say so; with
//! `LECTERN_REQUIRE_CHROMIUM` set that is a failure.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::cluster::variable;
use super::process::{free_port, wait_until};

/// Chromium asks many hosts of its maker's for many things unless it is told not to. Root needs
/// `--no-sandbox`.
const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// How long the driver may take over one command.
const PATIENCE: Duration = Duration::from_secs(60);

/// A window of a browser of its own, which is closed when the test is over.
#[derive(Debug)]
pub struct Browser {
    driver: Child,
    http: reqwest::Client,
    /// The address of the driver, and of the window.
    root: String,
    session: String,
    _profile: TempDir,
}

impl Browser {
    /// Opens a window; none where there is no browser.
    pub async fn open() -> Option<Self> {
        let Some((chromium, chromedriver)) = program("chromium").zip(program("chromedriver")) else {
            assert!(
                variable("LECTERN_REQUIRE_CHROMIUM").is_none(),
                "Chromium is required, but it was not found"
            );
            let _ = std::fs::write(
                "/dev/stderr",
                "\n*** Chromium and chromedriver were not found: THE TESTS IN A BROWSER DO NOT RUN. Install them. ***\n",
            );
            return None;
        };
        let profile = tempfile::tempdir().expect("a folder");
        let port = free_port();
        let mut command = Command::new(chromedriver);
        command
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let driver = command.spawn().expect("chromedriver starts");
        let http = reqwest::Client::builder().timeout(PATIENCE).build().expect("a client");
        let root = format!("http://127.0.0.1:{port}");
        let mut browser = Self { driver, http, root, session: String::new(), _profile: profile };
        wait_until("chromedriver", 60, async || {
            browser
                .http
                .get(format!("{}/status", browser.root))
                .send()
                .await
                .ok()
                .filter(|answer| answer.status().is_success())
        })
        .await;
        let flags = FLAGS
            .map(str::to_owned)
            .into_iter()
            .chain([format!("--user-data-dir={}", browser._profile.path().display())]);
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": { "binary": chromium, "args": flags.collect::<Vec<_>>() },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        } } });
        let opened = browser.commands("session", wanted).await;
        browser.session =
            format!("session/{}", opened["sessionId"].as_str().unwrap_or_else(|| panic!("{opened}")));
        Some(browser)
    }

    async fn commands(&self, path: &str, body: Value) -> Value {
        let answer = self
            .http
            .post(format!("{}/{path}", self.root))
            .json(&body)
            .send()
            .await
            .expect("the driver answers");
        let (status, answer) = (answer.status(), answer.json::<Value>().await.expect("JSON"));
        assert!(status.is_success(), "{path}: {answer:#}");
        answer["value"].clone()
    }

    /// Goes to an address, and waits until the page is loaded.
    pub async fn goes_to(&self, url: &str) {
        self.commands(&format!("{}/url", self.session), json!({ "url": url })).await;
    }

    /// Runs the body of a function in the page; gives what it returns.
    pub async fn runs(&self, script: &str) -> Value {
        self.commands(&format!("{}/execute/sync", self.session), json!({ "script": script, "args": [] }))
            .await
    }

    /// Runs the body of a function in the page again and again, until it returns something that counts as
    /// true there; gives that.
    pub async fn sees(&self, what: &str, script: &str) -> Value {
        wait_until(what, 60, async || {
            let seen = self.runs(script).await;
            (!matches!(&seen, Value::Null | Value::Bool(false)) && seen != "").then_some(seen)
        })
        .await
    }

    /// Every address that was asked for since the last look, and every complaint of the browser's (what the
    /// page's policy forbids, what could not be loaded, errors of scripts).
    pub async fn log(&self) -> (Vec<String>, Vec<String>) {
        let path = format!("{}/se/log", self.session);
        let entries = self.commands(&path, json!({ "type": "performance" })).await;
        let asked = entries.as_array().expect("entries").iter().filter_map(|entry| {
            let message: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let message = &message["message"];
            (message["method"] == "Network.requestWillBeSent")
                .then(|| message["params"]["request"]["url"].as_str().map(str::to_owned))?
        });
        let asked = asked.collect();
        let entries = self.commands(&path, json!({ "type": "browser" })).await;
        let complaints = entries
            .as_array()
            .expect("entries")
            .iter()
            .filter(|entry| entry["level"] != "INFO" && entry["level"] != "DEBUG");
        (asked, complaints.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect())
    }

    /// Puts a picture of the window into the folder that `LECTERN_SCREENSHOTS` names, if it names one: for
    /// people to look at.
    pub async fn shows(&self, name: &str) {
        let Some(folder) = variable("LECTERN_SCREENSHOTS") else { return };
        let answer = self
            .http
            .get(format!("{}/{}/screenshot", self.root, self.session))
            .send()
            .await
            .expect("the driver answers");
        let answer: Value = answer.json().await.expect("JSON");
        let picture = STANDARD.decode(answer["value"].as_str().expect("a picture")).expect("base64");
        std::fs::write(PathBuf::from(folder).join(name), picture).expect("a file");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends its browser where it is asked to, not when it is killed.
        let ended = || -> std::io::Result<usize> {
            let host = self.root.trim_start_matches("http://");
            let mut driver = TcpStream::connect(host)?;
            driver.set_read_timeout(Some(PATIENCE))?;
            write!(driver, "DELETE /{} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n", self.session)?;
            // The driver answers once the browser has ended, and keeps the connection.
            driver.read(&mut [0; 1024])
        };
        let _ = ended();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn program(name: &str) -> Option<PathBuf> {
    let path = variable("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}
