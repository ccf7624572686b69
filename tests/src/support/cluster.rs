//! A private PostgreSQL cluster for the stories: started once, on a socket of its own, gone with the test
//! process.
//!
//! It is kept in memory where there is room, because `create database` copies some six hundred files, and a
//! file system on a disk that has lately deleted as many, such as those of the last run, takes its time to
//! make new ones.
//!
//! Where PostgreSQL's programs are not found and `TEST_DATABASE_URL` is not set, the stories on PostgreSQL do
//! not run, and say so; with `LECTERN_REQUIRE_POSTGRES` set that is a failure.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// A server that databases can be made on.
#[derive(Debug)]
pub struct Cluster {
    /// Address of the server, without a database.
    base: String,
    /// What is appended to the address.
    options: String,
    /// Whether databases are dropped when their stories are over, because they are in memory. On a disk they
    /// go with the whole cluster.
    pub(super) drops: bool,
    /// Ends the server when the test process ends, because its standard input is closed then.
    _guard: Option<Child>,
}

static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();

/// The cluster, where there is one.
pub fn cluster() -> Option<&'static Cluster> {
    CLUSTER.get_or_init(|| from_environment().or_else(start)).as_ref()
}

impl Cluster {
    /// The address of a database on this server.
    pub fn url(&self, database: &str) -> String {
        format!("{}/{database}{}", self.base, self.options)
    }
}

/// A variable of the environment, where it is set to something.
#[allow(clippy::disallowed_methods, reason = "the tests' own configuration")]
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn from_environment() -> Option<Cluster> {
    let url = variable("TEST_DATABASE_URL")?;
    let (address, options) = url
        .split_once('?')
        .map_or((url.as_str(), String::new()), |(address, options)| (address, format!("?{options}")));
    let (base, _) =
        address.rsplit_once('/').expect("TEST_DATABASE_URL names a database: postgres://…/postgres");
    Some(Cluster { base: base.to_owned(), options, drops: false, _guard: None })
}

fn programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| {
            entries
                .flatten()
                .map(|entry| entry.path().join("bin"))
                .filter(|bin| bin.join("initdb").exists())
                .collect()
        })
        .unwrap_or_default();
    found.sort();
    let on_path = variable("PATH")
        .and_then(|path| path.split(':').map(PathBuf::from).find(|folder| folder.join("initdb").exists()));
    found.pop().or(on_path)
}

fn start() -> Option<Cluster> {
    let Some(bin) = programs() else {
        assert!(
            variable("LECTERN_REQUIRE_POSTGRES").is_none(),
            "PostgreSQL is required, but its programs were not found"
        );
        #[allow(clippy::print_stderr, reason = "said loudly, past the test harness's capture")]
        {
            let _ = std::fs::write(
                "/dev/stderr",
                "\n*** PostgreSQL was not found: THE STORIES ON POSTGRESQL DO NOT RUN. Install it, or set TEST_DATABASE_URL. ***\n",
            );
        }
        return None;
    };
    let memory = memory();
    let mut folder = tempfile::Builder::new();
    folder.prefix("lectern-pg-");
    let folder =
        memory.map_or_else(|| folder.tempdir(), |memory| folder.tempdir_in(memory)).expect("a folder").keep();
    // PostgreSQL does not run as root; the user that Debian's package makes does, or else nobody.
    let root = command("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    let user = if command("id").arg("postgres").output().is_ok_and(|output| output.status.success()) {
        "postgres"
    } else {
        "nobody"
    };
    let run_as = if root { format!("runuser -u {user} -- ") } else { String::new() };
    if root {
        let owned = command("chown").arg(user).arg(&folder).status().is_ok_and(|status| status.success());
        assert!(owned, "the cluster's folder could not be given to {user}");
    }
    let script = script(&bin, &folder, &run_as);
    let guard = command("sh")
        .arg("-c")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell");
    wait_for(&bin, &folder, &run_as);
    let owner = if root {
        user.to_owned()
    } else {
        String::from_utf8_lossy(&command("id").arg("-un").output().expect("id").stdout).trim().to_owned()
    };
    Some(Cluster {
        base: format!("postgres://{owner}@localhost"),
        options: format!("?host={}", folder.display()),
        drops: memory.is_some(),
        _guard: Some(guard),
    })
}

/// A folder that is in memory, where both have room for a cluster with the databases of the stories that are
/// told at a time: several times over, because a container may have less memory than it is told.
fn memory() -> Option<&'static Path> {
    const FOLDER: &str = "/dev/shm";
    const KILOBYTES: u64 = 4 * 1024 * 1024;
    let mounted = std::fs::read_to_string("/proc/mounts").ok()?;
    let in_memory = mounted.lines().any(|line| line.split(' ').skip(1).take(2).eq([FOLDER, "tmpfs"]));
    let number = |text: &str| text.parse::<u64>().unwrap_or_default();
    // The last line, in POSIX's format: what is mounted, its size, what is used, and what is free.
    let told = command("df").args(["-P", "-k", FOLDER]).output().ok()?;
    let free = String::from_utf8_lossy(&told.stdout)
        .lines()
        .last()
        .and_then(|line| line.split_whitespace().nth(3).map(number))?;
    let machine = std::fs::read_to_string("/proc/meminfo").ok()?;
    let available = machine
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:")?.split_whitespace().next().map(number))?;
    (in_memory && free >= KILOBYTES && available >= KILOBYTES).then_some(Path::new(FOLDER))
}

fn command(program: &str) -> Command {
    Command::new(program)
}

/// A server that nobody will miss: it never waits for the disk, writes little, and looks after no statistics
/// (a story that needs them asks for them). Hundreds of stories with a database each are too many for its
/// default housekeeping.
const SETTINGS: &str = "-c listen_addresses= -c max_connections=300 -c shared_buffers=64MB -c jit=off -c autovacuum=off \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=4GB \
    -c checkpoint_timeout=1h -c log_min_messages=error";

/// Makes the cluster, runs it, and takes it down when standard input ends, which it does with the test
/// process, however that ends.
fn script(bin: &Path, folder: &Path, run_as: &str) -> String {
    let (bin, folder) = (bin.display(), folder.display());
    format!(
        "cd / && {run_as}{bin}/initdb -D {folder}/data -A trust -E UTF8 --locale=C --no-sync >{folder}/initdb.log 2>&1 || exit 1
         {run_as}{bin}/postgres -D {folder}/data -k {folder} {SETTINGS} >{folder}/postgres.log 2>&1 &
         cat >/dev/null
         {run_as}{bin}/pg_ctl -D {folder}/data stop -m immediate >/dev/null 2>&1
         rm -rf {folder}"
    )
}

fn wait_for(bin: &Path, folder: &Path, run_as: &str) {
    let probe =
        format!("cd / && {run_as}{}/psql -h {} -d postgres -c 'select 1'", bin.display(), folder.display());
    for _ in 0..300 {
        if command("sh").arg("-c").arg(&probe).output().is_ok_and(|output| output.status.success()) {
            return;
        }
        #[allow(clippy::disallowed_methods, reason = "waiting for a server that is starting")]
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let log = std::fs::read_to_string(folder.join("postgres.log")).unwrap_or_default()
        + &std::fs::read_to_string(folder.join("initdb.log")).unwrap_or_default();
    panic!("the private PostgreSQL did not start:\n{log}");
}
