//! The built binary as a process of its own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use serde_json::Value;

/// The binary: as `cargo test --workspace` has left it beside the tests, or, where only some packages are
/// tested and it is missing or older than what it is made from, built now by the cargo that runs them. That
/// may take minutes and blocks its thread: a test that has an app of its own asks for it before.
pub fn binary() -> &'static Path {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    FOUND.get_or_init(|| up_to_date().unwrap_or_else(build))
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

/// The binary in the folder above that of the tests, where nothing that it is made from is younger: the
/// packages of the workspace, all but the stories themselves, and the versions of everything else.
fn up_to_date() -> Option<PathBuf> {
    let tests = std::env::current_exe().ok()?;
    let binary = tests.parent()?.parent()?.join("lectern").with_extension(std::env::consts::EXE_EXTENSION);
    let built = modified(&binary)?;
    let folders = std::fs::read_dir(workspace()).ok()?.flatten().map(|entry| entry.path());
    let packages = folders.filter(|folder| {
        folder.join("Cargo.toml").exists() && folder != Path::new(env!("CARGO_MANIFEST_DIR"))
    });
    let versions = ["Cargo.toml", "Cargo.lock"].map(|file| workspace().join(file));
    let stale = packages.chain(versions).any(|path| changed_since(built, &path));
    (!stale).then_some(binary)
}

fn modified(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).and_then(|file| file.modified()).ok()
}

/// Whether a file is younger than `built`, or gone; or anything in a folder.
fn changed_since(built: SystemTime, path: &Path) -> bool {
    let inside = std::fs::read_dir(path).into_iter().flatten().flatten();
    modified(path).is_none_or(|modified| modified > built)
        || inside.map(|entry| entry.path()).any(|entry| changed_since(built, &entry))
}

fn build() -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    // What the outer cargo says about the package under test would make `ring`, and all that rests on it, be
    // built afresh.
    for name in std::env::vars_os().map(|(name, _)| name) {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
        {
            cargo.env_remove(name);
        }
    }
    // Benchmarks are built as what is released is, and so is what they measure.
    let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
    let built = cargo
        .args(["build", "--workspace", "--bin", "lectern", "--profile", profile, "--message-format=json"])
        .current_dir(workspace())
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    assert!(built.status.success(), "the binary does not build");
    String::from_utf8_lossy(&built.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .expect("cargo names the executable")
}

/// A process that is killed when the test is over.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Starts the binary with nothing but these settings in its environment; what it says is not kept.
    pub fn start(settings: &[(&str, &str)], arguments: &[&str]) -> Self {
        Self::start_saying(settings, arguments, Stdio::null(), Stdio::null())
    }

    /// The same, with what it says going to `output` and what it logs going to `log`.
    pub fn start_saying(settings: &[(&str, &str)], arguments: &[&str], output: Stdio, log: Stdio) -> Self {
        Self(lectern(settings, arguments).stdout(output).stderr(log).spawn().expect("the binary starts"))
    }

    /// The other ends of its standard output and standard error, where they are pipes.
    pub fn pipes(&mut self) -> (Option<ChildStdout>, Option<ChildStderr>) {
        (self.0.stdout.take(), self.0.stderr.take())
    }

    /// The most memory that it has had, in bytes; none where the system does not tell.
    pub fn most_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).ok()?;
        let kilobytes =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?;
        kilobytes.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
    }

    /// Asks it to stop, as a service manager does (SIGTERM), and waits for its end.
    pub async fn stopped(mut self) -> ExitStatus {
        let asked = Command::new("sh")
            .args(["-c", "kill -TERM \"$0\"", &self.0.id().to_string()])
            .status()
            .expect("a shell");
        assert!(asked.success(), "it had ended before it was asked to stop: {:?}", self.0.try_wait());
        wait_until("its end", 60, async || self.0.try_wait().expect("its state")).await
    }

    /// Starts the binary in the same way with a limit on open files, which it cannot raise.
    pub fn start_with_descriptors(descriptors: u32, settings: &[(&str, &str)], arguments: &[&str]) -> Self {
        let mut shell = Command::new("sh");
        shell
            .arg("-c")
            .arg(format!("ulimit -n {descriptors}; exec \"$0\" \"$@\""))
            .arg(binary())
            .args(arguments);
        shell.env_clear().envs(settings.iter().copied());
        Self(shell.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts"))
    }

    /// Asks it to stop, with SIGTERM, and waits at most that many seconds for its end, which must be a good
    /// one.
    pub async fn stops(mut self, seconds: u64) {
        let asked = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().expect("kill");
        assert!(asked.success(), "it ended by itself before it was asked to");
        let ended =
            wait_until("the process to stop", seconds, async || self.0.try_wait().expect("its state")).await;
        assert!(ended.success(), "{ended}");
    }

    /// Kills it with SIGKILL and waits for its end; it must have been alive until then.
    pub fn killed(mut self) {
        assert!(self.0.try_wait().expect("its state").is_none(), "it ended by itself before it was killed");
        self.0.kill().expect("the kill");
        self.0.wait().expect("its end");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn lectern(settings: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command
        .args(arguments)
        .env_clear()
        .envs(settings.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs the binary to its end, whatever that is, with what it says going to `output` and what it logs going
/// to `log`.
pub fn ends(settings: &[(&str, &str)], arguments: &[&str], output: Stdio, log: Stdio) -> Output {
    lectern(settings, arguments)
        .stdout(output)
        .stderr(log)
        .spawn()
        .expect("the binary starts")
        .wait_with_output()
        .expect("its end")
}

/// Runs the binary to its end, whatever that is, with `input` on its standard input.
pub fn hears(settings: &[(&str, &str)], arguments: &[&str], input: &[u8]) -> Output {
    let mut running = lectern(settings, arguments).stdin(Stdio::piped()).spawn().expect("the binary starts");
    let mut ear = running.stdin.take().expect("a pipe");
    std::thread::scope(|threads| {
        // It may have heard enough before the end.
        threads.spawn(move || drop(ear.write_all(input)));
        running.wait_with_output().expect("its end")
    })
}

/// Runs the binary to its end, which must be a good one; returns what it says.
pub fn says(settings: &[(&str, &str)], arguments: &[&str]) -> String {
    let output = lectern(settings, arguments).output().expect("the binary runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{arguments:?} failed: {said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

/// A port of 127.0.0.1 that nobody listens on.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

/// Looks again and again until something is found, for at most that many seconds.
#[allow(
    clippy::disallowed_methods,
    reason = "a real process takes real time; what is waited for is looked at again and again"
)]
pub async fn wait_until<T>(what: &str, seconds: u64, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let patience = tokio::time::Instant::now() + Duration::from_secs(seconds);
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(tokio::time::Instant::now() < patience, "waited {seconds} s in vain: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
