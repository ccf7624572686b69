//! A database for each story: a copy of one that was migrated once.

use std::path::PathBuf;

use lectern::store::{self, Durability, Limits};
use sea_orm::sqlx::{Connection, PgConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::administrator::Made;
use super::cluster::{Cluster, cluster};

/// Which database a story runs on.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
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
    place: Option<Place>,
}

/// Where a database is, for as long as it is wanted.
#[derive(Debug)]
enum Place {
    /// The folder of the file.
    Folder {
        folder: TempDir,
    },
    Server {
        made: Made,
    },
}

impl Database {
    /// The same database through a pool of its own; it lives no longer than this one.
    pub async fn again(&self, connections: u32) -> Self {
        let db = open(&self.url, connections).await;
        Self { db, url: self.url.clone(), place: None }
    }

    /// The same database through this pool; it lives no longer than this one.
    pub fn through(&self, db: store::Database) -> Self {
        Self { db, url: self.url.clone(), place: None }
    }

    /// Hangs up and leaves the database as it is, for copies to be made of it; it is not to be a second pool's.
    pub async fn into_template(self) -> Template {
        self.db.close().await;
        match self.place.expect("a database of its own") {
            Place::Folder { folder } => Template::File(folder.keep().join("story.sqlite3")),
            Place::Server { made } => made.into_template(),
        }
    }

    /// The same database through the same pool; it lives no longer than this one.
    pub fn as_it_is(&self) -> Self {
        Self { db: self.db.clone(), url: self.url.clone(), place: None }
    }
}

static SQLITE: OnceCell<Template> = OnceCell::const_new();
static POSTGRES: OnceCell<Template> = OnceCell::const_new();

/// A database that is copied, and that nobody writes any more.
#[derive(Clone, Debug)]
pub enum Template {
    /// A file.
    File(PathBuf),
    /// A database of this name on the server.
    Server(&'static Cluster, String),
}

/// A migrated database of its own; none where the backend is not to be had.
pub async fn fresh(backend: Backend, durability: Durability) -> Option<Database> {
    let template = match backend {
        Backend::Sqlite => SQLITE.get_or_init(sqlite_template).await,
        Backend::Postgres => {
            let cluster = cluster()?;
            POSTGRES.get_or_init(|| postgres_template(cluster)).await
        }
    };
    Some(copy(template, durability).await)
}

/// A database of its own that holds what this one holds.
pub async fn copy(template: &Template, durability: Durability) -> Database {
    let (url, place) = match template {
        Template::File(template) => {
            let folder = tempfile::Builder::new().prefix("lectern-story-").tempdir().expect("a folder");
            let file = folder.path().join("story.sqlite3");
            std::fs::copy(template, &file).expect("a copy of the template");
            (format!("sqlite://{}", file.display()), Place::Folder { folder })
        }
        Template::Server(cluster, name) => {
            let made = Made::of(cluster, story(), name, strategy(cluster).await).await;
            (made.url(), Place::Server { made })
        }
    };
    let db =
        store::open_with(&url, CONNECTIONS, Limits::PATIENT, durability).await.expect("the database opens");
    Database { db, url, place: Some(place) }
}

/// An empty database, not migrated.
pub async fn empty(backend: Backend) -> Option<Database> {
    let (url, place) = match backend {
        Backend::Sqlite => {
            let folder = tempfile::tempdir().expect("a folder");
            (format!("sqlite://{}", folder.path().join("empty.sqlite3").display()), Place::Folder { folder })
        }
        Backend::Postgres => {
            let made = Made::of(cluster()?, story(), "template0", "").await;
            (made.url(), Place::Server { made })
        }
    };
    let db = open(&url, 4).await;
    Some(Database { db, url, place: Some(place) })
}

/// Opens a story's database, which need not outlive a loss of power.
pub async fn open(url: &str, connections: u32) -> store::Database {
    store::open_with(url, connections, Limits::PATIENT, Durability::ProcessEnd)
        .await
        .expect("the database opens")
}

async fn sqlite_template() -> Template {
    let folder = tempfile::Builder::new().prefix("lectern-template-").tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("story.sqlite3").display());
    migrated(open(&url, 1).await, url, Place::Folder { folder }).await
}

async fn postgres_template(cluster: &'static Cluster) -> Template {
    let made = Made::of(cluster, format!("template_{}", unique()), "template1", "").await;
    let url = made.url();
    migrated(open(&url, 2).await, url, Place::Server { made }).await
}

async fn migrated(db: store::Database, url: String, place: Place) -> Template {
    store::migrate(&db).await.expect("the template is migrated");
    Database { db, url, place: Some(place) }.into_template().await
}

/// How the server is told to copy: file by file costs a third of what going through the log does, and servers
/// from 15 on can be told to.
async fn strategy(cluster: &Cluster) -> &'static str {
    static STRATEGY: OnceCell<&str> = OnceCell::const_new();
    let asked = async || {
        let admin = PgConnection::connect(&cluster.url("postgres")).await.expect("the server answers");
        let told = admin.server_version_num().is_some_and(|version| version >= 150_000);
        admin.close().await.expect("the connection closes");
        if told { "strategy file_copy" } else { "" }
    };
    STRATEGY.get_or_init(asked).await
}

fn story() -> String {
    format!("story_{}", unique())
}

#[allow(clippy::disallowed_methods, reason = "names of databases must differ between test processes")]
fn unique() -> String {
    Uuid::new_v4().simple().to_string()
}
