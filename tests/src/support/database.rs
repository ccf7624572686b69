//! A database for each story: a copy of one that was migrated once.

use std::path::PathBuf;

use lectern::store::{self, Durability, Limits};
use sea_orm::sqlx::{Connection, Executor, PgConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::administrator::Made;
use super::cluster::{Cluster, cluster};

/// Which database a story runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// An embedded file.
    Sqlite,
    /// A server.
    Postgres,
}

/// The connections of a story in which one thing happens after the other, or two at once: two operations have
/// one each, and the app itself has one. The pool uses all that it may have in turn, and on PostgreSQL each
/// is a process that learns the tables and plans the statements by itself.
const CONNECTIONS: u32 = 3;
/// The connections of a story in which many act at once.
pub const MANY: u32 = 12;

/// A database, and what must live as long as it.
#[derive(Debug)]
pub struct Database {
    /// The connection.
    pub db: store::Database,
    /// Its address, for a second process.
    pub url: String,
    _place: Option<Place>,
}

/// Where a database is, for as long as it is wanted.
#[derive(Debug)]
enum Place {
    /// The folder of the file.
    Folder {
        _folder: TempDir,
    },
    Server {
        _made: Made,
    },
}

impl Database {
    /// The same database through a pool of its own; it lives no longer than this one.
    pub async fn again(&self, connections: u32) -> Self {
        let db = open(&self.url, connections).await;
        Self { db, url: self.url.clone(), _place: None }
    }

    /// The same database through this pool; it lives no longer than this one.
    pub fn through(&self, db: store::Database) -> Self {
        Self { db, url: self.url.clone(), _place: None }
    }

    /// The same database through the same pool; it lives no longer than this one.
    pub fn as_it_is(&self) -> Self {
        Self { db: self.db.clone(), url: self.url.clone(), _place: None }
    }
}

static SQLITE: OnceCell<PathBuf> = OnceCell::const_new();
static POSTGRES: OnceCell<Template> = OnceCell::const_new();

/// A database on the server that is copied.
#[derive(Debug)]
struct Template {
    name: String,
    /// Copying file by file costs a third of what going through the log does; servers from 15 on can be told
    /// to.
    strategy: &'static str,
}

/// A migrated database of its own; none where the backend is not to be had.
pub async fn fresh(backend: Backend, durability: Durability) -> Option<Database> {
    let (url, place) = match backend {
        Backend::Sqlite => {
            let template = SQLITE.get_or_init(sqlite_template).await;
            let folder = tempfile::Builder::new().prefix("lectern-story-").tempdir().expect("a folder");
            let file = folder.path().join("story.sqlite3");
            std::fs::copy(template, &file).expect("a copy of the template");
            (format!("sqlite://{}", file.display()), Place::Folder { _folder: folder })
        }
        Backend::Postgres => {
            let cluster = cluster()?;
            let template = POSTGRES.get_or_init(|| postgres_template(cluster)).await;
            let made = Made::of(cluster, story(), &template.name, template.strategy).await;
            (made.url(), Place::Server { _made: made })
        }
    };
    let db =
        store::open_with(&url, CONNECTIONS, Limits::PATIENT, durability).await.expect("the database opens");
    Some(Database { db, url, _place: Some(place) })
}

/// An empty database, not migrated.
pub async fn empty(backend: Backend) -> Option<Database> {
    let (url, place) = match backend {
        Backend::Sqlite => {
            let folder = tempfile::tempdir().expect("a folder");
            (
                format!("sqlite://{}", folder.path().join("empty.sqlite3").display()),
                Place::Folder { _folder: folder },
            )
        }
        Backend::Postgres => {
            let made = Made::of(cluster()?, story(), "template0", "").await;
            (made.url(), Place::Server { _made: made })
        }
    };
    let db = open(&url, 4).await;
    Some(Database { db, url, _place: Some(place) })
}

/// Opens a story's database, which need not outlive a loss of power.
pub async fn open(url: &str, connections: u32) -> store::Database {
    store::open_with(url, connections, Limits::PATIENT, Durability::ProcessEnd)
        .await
        .expect("the database opens")
}

async fn sqlite_template() -> PathBuf {
    let file = tempfile::Builder::new()
        .prefix("lectern-template-")
        .tempdir()
        .expect("a folder")
        .keep()
        .join("template.sqlite3");
    let db = open(&format!("sqlite://{}", file.display()), 1).await;
    store::migrate(&db).await.expect("the template is migrated");
    db.close().await;
    file
}

async fn postgres_template(cluster: &Cluster) -> Template {
    let name = format!("template_{}", unique());
    let mut admin = PgConnection::connect(&cluster.url("postgres")).await.expect("the server answers");
    admin
        .execute(sea_orm::sqlx::AssertSqlSafe(format!("create database {name}")))
        .await
        .expect("the template is made");
    let strategy = if admin.server_version_num().is_some_and(|version| version >= 150_000) {
        "strategy file_copy"
    } else {
        ""
    };
    admin.close().await.expect("the connection closes");
    let db = open(&cluster.url(&name), 2).await;
    store::migrate(&db).await.expect("the template is migrated");
    db.close().await;
    Template { name, strategy }
}

fn story() -> String {
    format!("story_{}", unique())
}

#[allow(clippy::disallowed_methods, reason = "names of databases must differ between test processes")]
fn unique() -> String {
    Uuid::new_v4().simple().to_string()
}
