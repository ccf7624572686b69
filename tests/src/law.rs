//! Laws that no compiler checks.

mod access;
mod answers;
mod contract;
mod documents;
mod mutation;
mod payload;
mod people;
mod recipe;
mod style;
mod zero;

use std::fs;
use std::path::{Path, PathBuf};

use lectern::graphql::schema;
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::Value;

use crate::support::{Backend, database};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// Every Rust file under a folder of the workspace, with its path from the workspace.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.strip_prefix(root()).expect("inside").display().to_string();
                found.push((name, fs::read_to_string(&path).expect("a file")));
            }
        }
    }
    assert!(!found.is_empty(), "nothing in {folder}");
    found
}

fn dependencies(package: &str) -> Vec<String> {
    let manifest = fs::read_to_string(root().join(package).join("Cargo.toml")).expect("a manifest");
    let section = manifest
        .split("[dependencies]")
        .nth(1)
        .expect("dependencies")
        .split("\n[")
        .next()
        .expect("a section");
    section
        .lines()
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

/// What the schema answers to a question about itself.
async fn introspected(query: &str) -> Value {
    let answer = schema::build().execute(query).await.into_result().expect("introspection");
    answer.data.into_json().expect("JSON")
}

#[test]
fn the_schema_in_the_repository_is_the_one_that_is_served() {
    let written = fs::read_to_string(root().join("schema.graphql")).expect("schema.graphql");
    let printed = schema::print(&schema::build());
    assert!(
        written == printed,
        "schema.graphql differs from the code; run `cargo run -- schema > schema.graphql` and look at the diff"
    );
}

#[test]
fn the_access_matrix_in_the_repository_is_the_one_in_the_code() {
    let written = fs::read_to_string(root().join("ACCESS.md")).expect("ACCESS.md");
    assert!(
        written == lectern::access::print(),
        "ACCESS.md differs from the code; run `cargo run -- access > ACCESS.md` and look at the diff"
    );
}

#[test]
fn every_address_has_a_line_in_the_access_matrix() {
    let http = fs::read_to_string(root().join("server/src/http.rs")).expect("http.rs");
    let mut served: Vec<&str> = http
        .split(".route(")
        .skip(1)
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        .collect();
    let mut told: Vec<&str> = lectern::access::ROUTES.iter().map(|route| route.path).collect();
    served.sort_unstable();
    told.sort_unstable();
    assert_eq!(served, told);
}

#[tokio::test]
async fn everything_in_the_schema_is_described() {
    let query = "{ __schema { types { name description fields(includeDeprecated: true) { name description args { name description } } inputFields { name description }
        enumValues(includeDeprecated: true) { name description } } } }";
    let answer = introspected(query).await;
    // What the library makes by itself: introspection, and the scalars of the specification.
    let made =
        |name: &str| name.starts_with("__") || ["ID", "String", "Int", "Float", "Boolean"].contains(&name);
    let mut bare = Vec::new();
    for kind in answer["__schema"]["types"].as_array().expect("types") {
        let name = kind["name"].as_str().expect("a name");
        if made(name) {
            continue;
        }
        let mut look = |what: &Value, at: String| {
            if what["description"].as_str().is_none_or(|words| words.trim().is_empty()) {
                bare.push(at);
            }
        };
        look(kind, name.to_owned());
        for list in ["fields", "inputFields", "enumValues"] {
            for part in kind[list].as_array().into_iter().flatten() {
                let at = format!("{name}.{}", part["name"].as_str().expect("a name"));
                look(part, at.clone());
                for argument in part["args"].as_array().into_iter().flatten() {
                    look(argument, format!("{at}({})", argument["name"].as_str().expect("a name")));
                }
            }
        }
    }
    assert_eq!(bare, Vec::<String>::new());
}

#[test]
fn crates_depend_one_way() {
    let forbidden = [
        (
            "entity",
            vec![
                "migration",
                "worker",
                "lectern",
                "async-graphql",
                "axum",
                "tokio",
                "lettre",
                "apalis",
                "apalis-core",
                "reqwest",
            ],
        ),
        ("migration", vec!["entity", "worker", "lectern", "async-graphql", "axum"]),
        ("worker", vec!["migration", "lectern", "axum", "async-graphql"]),
        ("server", vec!["apalis", "apalis-core", "apalis-cron", "lettre", "minijinja", "icalendar"]),
    ];
    for (package, banned) in forbidden {
        let found = dependencies(package);
        assert!(!found.is_empty(), "{package} has no dependencies?");
        let broken: Vec<&String> = found.iter().filter(|name| banned.contains(&name.as_str())).collect();
        assert!(broken.is_empty(), "{package} must not depend on {broken:?}");
    }
}

#[test]
fn entity_never_awaits() {
    for (name, text) in sources("entity/src") {
        for banned in ["async fn", ".await", "graphql("] {
            assert!(!text.contains(banned), "{name} holds {banned:?}");
        }
    }
}

#[test]
fn apalis_lives_in_one_file_and_lettre_in_one_folder() {
    let used = |text: &str, krate: &str| {
        text.lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .any(|line| line.contains(&format!("{krate}::")) || line.contains(&format!("{krate}_")))
    };
    for (name, text) in
        sources("worker/src").into_iter().chain(sources("server/src")).chain(sources("entity/src"))
    {
        assert!(!used(&text, "apalis") || name.starts_with("worker/src/queue"), "{name} names apalis");
        assert!(!used(&text, "lettre") || name.starts_with("worker/src/post"), "{name} names lettre");
    }
}

#[test]
fn the_server_names_the_worker_in_few_rooms() {
    for (name, text) in sources("server/src") {
        let named =
            text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("worker::"));
        let binary = name == "server/src/main.rs"
            || name == "server/src/command.rs"
            || name.starts_with("server/src/command/");
        let allowed = binary || name == "server/src/preview.rs" || name.starts_with("server/src/preview/");
        let store = name == "server/src/store/at_work.rs";
        // The facts that letters go by have one reader, whoever asks.
        let facts =
            text.lines().filter(|line| line.contains("worker::")).all(|line| line.contains("worker::facts"));
        assert!(!named || allowed || store || facts, "{name} names the worker");
    }
}

/// What the API is made of knows nothing of the API.
#[test]
fn http_and_commands_alone_import_graphql() {
    let is_room = |name: &str, room: &str| {
        name == format!("server/src/{room}.rs") || name.starts_with(&format!("server/src/{room}/"))
    };
    let mut above = 0;
    for (name, text) in sources("server/src").into_iter().filter(|(name, _)| !is_room(name, "graphql")) {
        let imports = text.lines().any(|line| {
            !line.trim_start().starts_with("//")
                && (line.contains("crate::graphql") || line.contains("lectern::graphql"))
        });
        assert!(!imports || is_room(&name, "http") || is_room(&name, "command"), "{name} imports graphql");
        above += usize::from(imports);
    }
    assert!(above > 1, "the law looks for what nobody writes any more");
}

/// What strangers send is read by [`lectern::json`], which knows of what serde_json does with keys of its
/// own. Manifests are the operator's.
#[test]
fn json_of_strangers_is_read_in_one_place() {
    let mut readers = Vec::new();
    for (name, text) in sources("server/src") {
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let ways = [
            "serde_json::from_slice",
            "serde_json::from_str",
            "serde_json::from_reader",
            "serde_json::Deserializer",
            "axum::Json",
        ];
        if ways.iter().any(|way| code.contains(way)) {
            readers.push(name);
        }
    }
    readers.sort();
    assert_eq!(readers, ["server/src/graphql/document/manifest.rs", "server/src/json.rs"]);
}

#[test]
fn the_ledger_has_one_writer() {
    for (name, text) in sources("server/src") {
        for banned in [
            "notice::ActiveModel",
            "sweep_mark::ActiveModel",
            "notice::Entity::insert",
            "notice::Entity::update",
            "notice::Entity::delete",
        ] {
            assert!(!text.contains(banned), "{name} writes what belongs to the worker: {banned}");
        }
    }
    for (name, text) in sources("worker/src") {
        for table in ["registration", "course", "session", "payment", "learner", "quote", "evaluation"] {
            for verb in ["ActiveModel", "Entity::insert", "Entity::update", "Entity::delete"] {
                assert!(
                    !text.contains(&format!(" {table}::{verb}")),
                    "{name} writes {table}, which belongs to the server"
                );
            }
        }
    }
}

/// Whoever asks a database for the time in passing decides by a clock that no test can move.
#[test]
fn the_database_is_asked_for_the_time_in_one_place() {
    let mut askers = Vec::new();
    for folder in ["server/src", "worker/src", "entity/src", "migration/src"] {
        for (name, text) in sources(folder) {
            let code: String = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .flat_map(|line| [line.to_lowercase(), "\n".to_owned()])
                .collect();
            let asks =
                ["clock_timestamp", "current_timestamp", "\"select now()", " now()\"", "datetime('now"];
            if asks.iter().any(|way| code.contains(way)) {
                askers.push(name);
            }
        }
    }
    assert_eq!(askers, ["server/src/store/clock.rs"]);
}

#[test]
fn nothing_that_is_served_forgoes_the_disk() {
    for (name, text) in sources("server/src") {
        let allowed = name == "server/src/store.rs";
        assert!(
            allowed || !(text.contains("open_with(") || text.contains("ProcessEnd")),
            "{name} opens a database as only tests may"
        );
    }
}

#[tokio::test]
async fn the_database_that_is_served_waits_for_the_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("served.sqlite3").display());
    let db =
        lectern::store::open(&url, 1, lectern::store::Limits::PATIENT).await.expect("the database opens");
    let asked = Statement::from_string(DbBackend::Sqlite, "pragma synchronous");
    let answer = db.query_one_raw(asked).await.expect("an answer").expect("a row");
    assert_eq!(answer.try_get_by_index::<i64>(0).expect("a number"), 2, "FULL");
}

async fn up_down_up(backend: Backend) {
    let Some(database) = database::empty(backend).await else { return };
    // One connection: another one of SQLite's may still believe in an index that has just been dropped, and
    // refuse to make it again.
    let database = database.again(if backend == Backend::Sqlite { 1 } else { 4 }).await;
    let steps = database.db.for_migrations();
    Migrator::up(&steps, None).await.expect("up");
    Migrator::down(&steps, None).await.expect("down");
    Migrator::up(&steps, None).await.expect("up again");
    lectern::store::migrate(&database.db).await.expect("once more changes nothing");
    assert_eq!(
        lectern::store::standing(&database.db).await.expect("an answer"),
        lectern::store::Standing::UpToDate
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrations_go_up_down_and_up_on_sqlite() {
    up_down_up(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrations_go_up_down_and_up_on_postgres() {
    up_down_up(Backend::Postgres).await;
}

/// A step that fails half way, as one does whose process is killed, leaves nothing of itself, and is made
/// once nothing stands in its way.
async fn half_a_step(backend: Backend) {
    let Some(database) = database::empty(backend).await else { return };
    let database = database.again(1).await;
    let steps = database.db.for_migrations();
    let before =
        Migrator::migrations().iter().position(|step| step.name() == "m0011_reach").expect("the step");
    Migrator::up(&steps, Some(u32::try_from(before).expect("few"))).await.expect("up to it");
    // Its second statement finds its name taken; its first one has added a column by then.
    steps.execute_unprepared("create index course_by_lag on course (slug)").await.expect("an index");
    for _ in 0..2 {
        let failed = Migrator::up(&steps, None).await.expect_err("the name is taken").to_string();
        assert!(failed.contains("course_by_lag"), "{backend:?}: {failed}");
    }
    steps.execute_unprepared("drop index course_by_lag").await.expect("it goes");
    lectern::store::migrate(&database.db).await.expect("up");
    assert_eq!(
        lectern::store::standing(&database.db).await.expect("an answer"),
        lectern::store::Standing::UpToDate
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_migration_is_none_on_sqlite() {
    half_a_step(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_migration_is_none_on_postgres() {
    half_a_step(Backend::Postgres).await;
}
